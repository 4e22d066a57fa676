"""Indices and data for tests of exact answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from govindex import (
    Dimension,
    Framework,
    IndexResult,
    Indicator,
    Methodology,
    aggregate,
    robustness,
    rules,
)
from govindex.robustness import (
    sample_ranks,
)
from govindex.testing import observed


def leaf(code: str, weight: float = 1.0, **settings: Any) -> Indicator:
    return Indicator(code, rule=settings.pop("rule", rules.Identity()), weight=weight, **settings)


def index_of(children: list[Any], **settings: Any) -> Methodology:
    fields = ("aggregate", "absence", "rule", "views")
    of_framework = {k: settings.pop(k) for k in fields if k in settings}
    return Methodology("example", "1", Framework("index", children, **of_framework), **settings)


def tree(**settings: Any) -> Methodology:
    inside = [leaf("x"), leaf("y", 2)]
    return index_of([Dimension("a", inside), leaf("z", 1.5), leaf("v", 0.5)], **settings)


def numbers(seed: int, units: int, codes: str = "vxyz") -> dict[str, Any]:
    """Return shares that are level now and then."""
    rng = np.random.default_rng(seed)
    return {code: (rng.integers(1, 20, units) / 20).tolist() for code in codes}


def result_of(seed: int = 1, units: int = 8, **settings: Any) -> IndexResult:
    return tree(**settings).compute(observed(numbers(seed, units)))


def rows_of(table: pd.DataFrame, outcome: str = "swaps") -> list[Any]:
    return list(table[table["outcome"] == outcome].itertuples())


def ranks_under(result: IndexResult, method: Methodology, weights: pd.DataFrame) -> pd.DataFrame:
    """Return ranks under weights of the indicators, a row per draw, by the engine."""
    shares: dict[str, Any] = {str(code): weights[code].to_numpy() for code in weights}
    if result.framework.has("a"):
        # Its weight is that of its indicators, among siblings that are parts as well.
        shares["a"] = shares["x"] + shares["y"]
        nothing = shares["a"] == 0
        shares |= {code: np.where(nothing, 1.0, shares[code]) for code in "xy"}
    vary = [robustness.Given(weights=shares)]
    assert result.observations is not None
    return sample_ranks(method, result.observations, vary=vary, rng=0).to_frame()


MEANS = [
    aggregate.Arithmetic(),
    aggregate.Geometric(),
    aggregate.Geometric(offset=0.1),
    aggregate.Harmonic(),
    aggregate.PowerMean(3),
    aggregate.PowerMean(-0.5),
    aggregate.Dual(aggregate.Geometric(offset=0.2)),
]


def beyond(end: float, now: float) -> list[float]:
    """Return a weight a bit farther away than an end."""
    return [end - min(1e-6, end / 2) if end < now else end + min(1e-6, (1.0 - end) / 2)]


def moved(now: Any, node: str, to: Any) -> pd.DataFrame:
    """Return weights with one at some values and the others in proportion, a row for each."""
    others = np.outer(1.0 - np.asarray(to), now / (1.0 - now[node]))
    return pd.DataFrame(others, columns=now.index).assign(**{node: to})

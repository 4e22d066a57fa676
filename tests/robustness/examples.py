"""Indices, data and samples for tests of robustness."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from govindex import (
    Dimension,
    Framework,
    Indicator,
    Methodology,
    Observations,
    absence,
    aggregate,
    prepare,
    robustness,
    rules,
    treat,
)
from govindex.robustness import RankSample, sample_ranks
from tests.asem import asem_data, asem_framework, asem_table


def index_of(children: list[Any], **settings: Any) -> Methodology:
    of_framework = {k: settings.pop(k) for k in ("aggregate", "absence", "rule") if k in settings}
    return Methodology(
        "example.made-up", "1", Framework("index", children, **of_framework), **settings
    )


def flat(codes: str = "xyz", rule: Any = None, **settings: Any) -> Methodology:
    return index_of([Indicator(code, rule=rule or rules.Affine()) for code in codes], **settings)


def data_of(columns: dict[str, Any], **fields: Any) -> Observations:
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"unit": [f"u{i:03}" for i in range(count)], **columns, **fields})
    return Observations.from_frame(
        frame, unit="unit", league="league" if "league" in fields else None
    )


def random_data(seed: int, units: int, codes: str = "xyz", **fields: Any) -> Observations:
    numbers = np.random.default_rng(seed).random((units, len(codes)))
    return data_of({code: numbers[:, i] for i, code in enumerate(codes)}, **fields)


def asem_replications() -> RankSample:
    """Replay winsorised points, normalisation, aggregation and weights, 144 times."""
    drawn = asem_table("sa_params")
    pool = asem_table("ua_noisy_weights_pool").astype({"set": int, "Weight": float})
    below = pool[pool["iCode"] != "Index"].groupby("set")
    sets = [dict(zip(rows["iCode"], rows["Weight"], strict=True)) for _, rows in below]
    choices = {
        "steps": drawn["winmax"].astype(int).to_numpy() - 1,
        "rule": (drawn["norm"] == "n_zscore").to_numpy().astype(int),
        "aggregate": (drawn["f_ag"] == "a_gmean").to_numpy().astype(int),
        "weights": drawn["weightset"].astype(int).to_numpy() - 1,
    }
    log = treat.Log()
    vary: list[Any] = [
        robustness.Alternatives(
            steps=[
                [prepare.Treat([treat.Winsorise(points), log], remaining="accept")]
                for points in range(1, 6)
            ]
        ),
        robustness.Alternatives(rule=[rules.MinMax(0.01, 1.0), rules.ZScore(0.10, 0.02)]),
        robustness.Alternatives(aggregate=[aggregate.Arithmetic(), aggregate.Geometric()]),
        robustness.Alternatives(weights=sets),
        robustness.Given(choices=choices),
    ]
    method = Methodology("asem", "1", asem_framework(rules.MinMax()))
    return sample_ranks(method, asem_data("stage_Screened"), vary=vary, rng=0)


def tree() -> Methodology:
    return index_of(
        [
            Dimension(
                "a",
                [
                    Indicator("x", rule=rules.Identity()),
                    Indicator("y", rule=rules.Identity(), weight=2),
                ],
            ),
            Dimension("b", [Indicator("z", rule=rules.Identity())], weight=3),
        ],
        absence=absence.Shrink(),
    )


def failing() -> tuple[Methodology, Observations]:
    method = flat("xy", rules.Identity(), aggregate=aggregate.Geometric())
    return method, data_of({"x": [0.5, 0.6, 0.01], "y": [0.5, 0.6, 0.4]})

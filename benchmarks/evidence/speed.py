"""Speed beside other packages in one run, and how cost grows: seconds of processor time.

The processor's time is the best of a few runs that take turns: a busy machine does not stretch it
much. What is not installed is not listed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

import govindex as gi
from benchmarks import composite, robustness, scoring
from benchmarks.evidence.files import Rows

REPEATS = 5
GROWTH = (1_000, 2_000, 4_000, 8_000)
Work = Callable[[], Any]


def figures() -> dict[str, Rows]:
    return {"peers": [*_peers()], "growth": [*_growth()]}


def seconds(works: Mapping[str, Work], repeats: int = REPEATS) -> dict[str, float]:
    """Return the least processor time of each work, after a run that only warms up."""
    least = dict.fromkeys(works, np.inf)
    for turn in range(repeats + 1):
        for name, work in works.items():
            start = time.process_time()
            work()
            if turn:
                least[name] = min(least[name], time.process_time() - start)
    return {name: float(f"{value:.3g}") for name, value in least.items()}


def _peers() -> Iterator[dict[str, Any]]:
    for units, indicators in scoring.SIZES:
        frame = scoring.frame_of(units, indicators)
        method = scoring.method_of(frame)
        works: dict[str, Work] = {
            "govindex": partial(scoring.with_govindex, method, frame),
            "pandas, by hand": partial(scoring.with_pandas, frame),
        }
        yield from _rows("from a table of figures to a table of ranks", units, indicators, works)
    for units in (1_000, 10_000):
        data = composite.data_of(units, composite.INDICATORS, gaps=0)
        method = composite.flat(data)
        works = {"govindex": partial(composite.weighed_and_ranked, method, data)}
        if find_spec("pymcdm"):
            works["pymcdm"] = partial(composite.with_pymcdm, data.values)
        if find_spec("skcriteria"):
            works["scikit-criteria"] = partial(composite.with_scikit_criteria, data.values)
        yield from _rows("normalise, weigh, add, rank", units, composite.INDICATORS, works)
    draws = 500
    works = {
        "govindex": robustness.sampled(63, draws),
        "pandas, by hand": robustness.pandas_loop(63, draws, normalise=False),
    }
    name = "rank again under 500 sets of weights"
    yield from _rows(name, 63, robustness.INDICATORS, works)


def _growth() -> Iterator[dict[str, Any]]:
    works: dict[str, Work]
    for units in GROWTH:
        data = composite.data_of(units, composite.INDICATORS)
        works = {"govindex": partial(composite.pipeline, composite.methodology_for(data), data)}
        name = "impute, treat, normalise, weigh, aggregate, rank"
        yield from _rows(name, units, composite.INDICATORS, works, 3)
    for units in GROWTH[:3]:
        data = composite.data_of(units, 10, gaps=0)
        works = {"govindex": partial(composite.flat(data, gi.aggregate.Copeland()).compute, data)}
        yield from _rows("Copeland: each unit with all others", units, 10, works, 3)
    for units in (63, 630, 6_300):
        works = {"govindex": robustness.sampled(units, 200)}
        name = "rank again under 200 sets of weights"
        yield from _rows(name, units, robustness.INDICATORS, works, 2)


def _rows(
    work: str, units: int, indicators: int, works: Mapping[str, Work], repeats: int = REPEATS
) -> Iterator[dict[str, Any]]:
    for package, taken in seconds(works, repeats).items():
        yield {
            "work": work,
            "units": units,
            "indicators": indicators,
            "package": package,
            "seconds": taken,
        }

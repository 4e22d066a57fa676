"""Scoring end to end from a DataFrame, against the pandas code of a notebook.

Both sides start from the same frame and end with a sorted table of ranks, scores and dimensions.
Run: ``python benchmarks/scoring.py``.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import govindex as gi

SIZES = [(63, 98), (10_000, 100)]
DIMENSIONS = 8


def frame_of(units: int, indicators: int) -> pd.DataFrame:
    rng = np.random.default_rng(2026)
    columns = [f"i{number:03}" for number in range(indicators)]
    frame = pd.DataFrame(rng.gamma(2.0, 10.0, (units, indicators)), columns=columns)
    frame.insert(0, "unit", [f"u{number:05}" for number in range(units)])
    return frame


def groups_of(frame: pd.DataFrame) -> dict[str, list[str]]:
    columns = list(frame.columns[1:])
    return {f"d{number}": columns[number::DIMENSIONS] for number in range(DIMENSIONS)}


def with_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    """Score as a notebook does: min-max, mean per dimension, mean of dimensions, rank, sort."""
    values = frame.set_index("unit")
    shares = (values - values.min()) / (values.max() - values.min())
    table = pd.DataFrame(
        {code: shares[columns].mean(axis=1) * 100 for code, columns in groups_of(frame).items()}
    )
    table.insert(0, "score", table.mean(axis=1))
    table.insert(0, "rank", table["score"].rank(ascending=False, method="min").astype(int))
    return table.sort_values("rank").reset_index()


def method_of(frame: pd.DataFrame) -> gi.Methodology:
    rule = gi.rules.MinMax()
    dimensions = [
        gi.Dimension(code, [gi.Indicator(column, rule=rule) for column in columns])
        for code, columns in groups_of(frame).items()
    ]
    return gi.Methodology("bench.minmax", "1", gi.Framework("bench", dimensions))


def with_govindex(method: gi.Methodology, frame: pd.DataFrame) -> pd.DataFrame:
    return method.compute(gi.Observations.from_frame(frame, unit="unit")).table()


def seconds(works: list[Callable[[], object]], repeats: int) -> list[float]:
    """Return the median of each work's runs, taken in turn after a warm-up."""
    times: list[list[float]] = [[] for _ in works]
    for turn in range(repeats + 1):
        for work, own in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            if turn:
                own.append(time.perf_counter() - start)
    return [statistics.median(own) for own in times]


def report(name: str, theirs: float, ours: float) -> None:
    print(f"{name:>14} {theirs * 1e3:>7.2f} ms {ours * 1e3:>7.2f} ms {ours / theirs:>7.2f}")


def compare(units: int, indicators: int) -> None:
    frame = frame_of(units, indicators)
    method = method_of(frame)
    ours = with_govindex(method, frame)["score"].sort_index()
    theirs = with_pandas(frame).set_index("unit")["score"].sort_index()
    assert np.allclose(ours.to_numpy(), theirs.to_numpy(), atol=1e-9)
    works: list[Callable[[], object]] = [
        lambda: with_pandas(frame),
        lambda: with_govindex(method, frame),
    ]
    report(f"{units} x {indicators}", *seconds(works, 200 if units < 1000 else 25))


def main() -> None:
    print(f"{'end to end':>14} {'pandas':>10} {'govindex':>10} {'ratio':>7}")
    for units, indicators in SIZES:
        compare(units, indicators)


if __name__ == "__main__":
    main()

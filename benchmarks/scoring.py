"""Scoring end to end from a DataFrame, against the pandas code of a notebook.

Both sides start from the same frame and end with a sorted table of places, scores and dimensions.
Run: ``python benchmarks/scoring.py``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
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
    return table.sort_values("rank")


def method_of(frame: pd.DataFrame) -> gi.Methodology:
    rule = gi.rules.MinMax()
    dimensions = [
        gi.Dimension(code, [gi.Indicator(column, rule=rule) for column in columns])
        for code, columns in groups_of(frame).items()
    ]
    return gi.Methodology("bench.minmax", "1", gi.Framework("bench", dimensions))


def with_govindex(method: gi.Methodology, frame: pd.DataFrame) -> pd.DataFrame:
    return method.compute(gi.Observations.from_frame(frame, unit="unit")).table()


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median of some runs after a warm-up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def import_seconds(module: str) -> float:
    """Return the median time of a fresh interpreter that imports a module, less an empty one."""

    def run(code: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True), 9)

    return run(f"import {module}") - run("pass")


def main() -> None:
    print(f"{'end to end':>14} {'pandas':>10} {'govindex':>10} {'ratio':>7}")
    for units, indicators in SIZES:
        frame = frame_of(units, indicators)
        method = method_of(frame)
        ours = with_govindex(method, frame)["score"].sort_index()
        theirs = with_pandas(frame)["score"].sort_index()
        assert np.allclose(ours.to_numpy(), theirs.to_numpy(), atol=1e-9)
        repeats = 200 if units < 1000 else 15
        slow = seconds(lambda f=frame: with_pandas(f), repeats)  # type: ignore[misc]
        fast = seconds(lambda f=frame, m=method: with_govindex(m, f), repeats)  # type: ignore[misc]
        name = f"{units} x {indicators}"
        print(f"{name:>14} {slow * 1e3:>7.2f} ms {fast * 1e3:>7.2f} ms {fast / slow:>7.2f}")
    ours_import, theirs_import = import_seconds("govindex"), import_seconds("pandas")
    print(
        f"{'import':>14} {theirs_import * 1e3:>7.0f} ms {ours_import * 1e3:>7.0f} ms "
        f"{ours_import / theirs_import:>7.2f}"
    )


if __name__ == "__main__":
    main()

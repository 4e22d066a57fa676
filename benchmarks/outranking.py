"""Aggregators that compare units with each other, by the number of units.

Seconds of processor time for ten children, best of three runs.
Run: ``python benchmarks/outranking.py``.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from govindex.aggregate import BenefitOfTheDoubt, Borda, Condorcet, Copeland, Kemeny

CHILDREN = 10
CASES: list[tuple[Any, tuple[int, ...]]] = [
    (Copeland(), (100, 1_000, 10_000)),
    (Borda(), (100, 1_000, 10_000)),
    (Condorcet(rings="tie"), (100, 1_000, 10_000)),
    (BenefitOfTheDoubt(), (100, 1_000)),
    (BenefitOfTheDoubt(least=0.05, most=0.5), (100, 1_000)),
    (Kemeny(ambiguous="middle"), (10, 20, 40)),
]


def seconds(aggregate: Any, units: int, *, missing: bool) -> float:
    rng = np.random.default_rng(units)
    shares = [rng.random(units) + 0.01 for _ in range(CHILDREN)]
    weights = [np.full(1, weight) for weight in 1.0 + rng.random(CHILDREN)]
    if missing:
        weights = [np.where(rng.random(units) < 0.1, 0.0, weight) for weight in weights]
    times = []
    for _ in range(3):
        start = time.process_time()
        aggregate(shares, weights)
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    for aggregate, sizes in CASES:
        for missing in (False, True):
            if missing and getattr(aggregate, "needs_all", False):
                continue
            row = "  ".join(f"{n:>6}: {seconds(aggregate, n, missing=missing):7.3f}" for n in sizes)
            print(f"{aggregate!r:.58}{' with gaps' if missing else ''}\n    {row}")


if __name__ == "__main__":
    main()

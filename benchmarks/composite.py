"""A composite indicator end to end: impute, treat, normalise, weight, aggregate, rank.

The target on two cores is one second for 10,000 units × 100 indicators, and a time that grows with
the number of units. Run: ``python benchmarks/composite.py``.
"""

from __future__ import annotations

import time

import attrs
import numpy as np

import govindex as gi

SIZES = [(100, 100), (1_000, 100), (10_000, 100), (20_000, 100)]
DIMENSIONS = 8
REPEATS = 3


def data_of(units: int, indicators: int) -> gi.Observations:
    """Return skewed figures with one cell in twenty missing, in twenty leagues."""
    rng = np.random.default_rng(2026)
    spread = rng.uniform(0.2, 1.5, indicators)
    values = np.exp(rng.normal(size=(units, indicators)) * spread)
    values[rng.random(values.shape) < 0.05] = np.nan
    codes = tuple(f"u{number:05}" for number in range(units))
    leagues = tuple(f"league {number % 20}" for number in range(units))
    names = tuple(f"i{number:03}" for number in range(indicators))
    return gi.Observations(gi.Units(codes, leagues=leagues), names, values)


def methodology_for(data: gi.Observations) -> gi.Methodology:
    dimensions = [
        gi.Dimension(
            f"d{number}",
            [
                gi.Indicator(name, rule=gi.rules.MinMax(degenerate=0.5))
                for name in data.variables[number::DIMENSIONS]
            ],
        )
        for number in range(DIMENSIONS)
    ]
    steps = [
        gi.prepare.Impute(gi.impute.Mean(over="league"), otherwise=gi.impute.Mean()),
        gi.prepare.Treat(),
    ]
    return gi.Methodology("benchmark", "1", gi.Framework("index", dimensions), steps=steps)


def run(method: gi.Methodology, data: gi.Observations) -> dict[str, float]:
    """Return the seconds of each part of the pipeline."""
    seconds = {}
    start = time.perf_counter()
    prepared = data
    for step in method.steps:
        alone = attrs.evolve(method, steps=step)
        prepared = alone.prepare(prepared)
        seconds[type(step).__name__.lower()] = time.perf_counter() - start
        start = time.perf_counter()
    scoring = attrs.evolve(method, steps=())
    found = gi.weight.apply(scoring, gi.weight.StandardDeviation(), prepared)
    seconds["weight"] = time.perf_counter() - start
    start = time.perf_counter()
    result = attrs.evolve(scoring, framework=found.framework).compute(prepared)
    result.places(result.codes[0])
    seconds["score, rank"] = time.perf_counter() - start
    return seconds


def main() -> None:
    parts = ["impute", "treat", "weight", "score, rank", "all"]
    print(f"{'units × indicators':24}" + "".join(f"{part:>14}" for part in parts))
    for units, indicators in SIZES:
        data = data_of(units, indicators)
        method = methodology_for(data)
        runs = [run(method, data) for _ in range(REPEATS)]
        best = min(runs, key=lambda seconds: sum(seconds.values()))
        row = [*best.values(), sum(best.values())]
        size = f"{units:,} × {indicators}"
        print(f"{size:24}" + "".join(f"{1000 * each:11.0f} ms" for each in row))


if __name__ == "__main__":
    main()

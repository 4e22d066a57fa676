"""A composite indicator end to end, by the number of units, and beside other packages.

Targets on two free cores: one second for 10,000 units × 100 indicators (impute, treat, normalise,
weight, aggregate, rank), 0.3 s for Copeland and 10 s for benefit of the doubt on 1,000 × 10; times
that grow with the number of units, for comparisons of pairs with its square. Each time is the best
of three: seconds that passed, and seconds that the processor worked, which a busy machine does not
stretch. Run: ``python benchmarks/composite.py``; of pymcdm and scikit-criteria what is installed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import attrs
import numpy as np

import govindex as gi

SIZES = (1_000, 10_000, 20_000, 40_000)
INDICATORS = 100
DIMENSIONS = 8
REPEATS = 3
PAIRS = (
    (gi.aggregate.Copeland(), (1_000, 2_000, 4_000)),
    (gi.aggregate.BenefitOfTheDoubt(), (250, 500, 1_000)),
)


def data_of(units: int, indicators: int, *, gaps: float = 0.05) -> gi.Observations:
    """Return skewed figures with some of the cells missing, in twenty leagues."""
    rng = np.random.default_rng(2026)
    spread = rng.uniform(0.2, 1.5, indicators)
    values = np.exp(rng.normal(size=(units, indicators)) * spread)
    values[rng.random(values.shape) < gaps] = np.nan
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


def flat(data: gi.Observations, aggregate: Any = None) -> gi.Methodology:
    leaves = [gi.Indicator(name, rule=gi.rules.MinMax()) for name in data.variables]
    framework = gi.Framework("index", leaves, aggregate=aggregate or gi.aggregate.Arithmetic())
    return gi.Methodology("benchmark", "1", framework)


def weighed_and_ranked(method: gi.Methodology, data: gi.Observations) -> gi.IndexResult:
    found = gi.weight.apply(method, gi.weight.StandardDeviation(), data)
    result = attrs.evolve(method, framework=found.framework).compute(data)
    result.ranks_at(result.codes[0])
    return result


class Parts:
    """The seconds of each part of one run: passed, and worked by the processor."""

    def __init__(self) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}

    def run(self, name: str, work: Callable[[], Any]) -> Any:
        start, busy = time.perf_counter(), time.process_time()
        found = work()
        self.seconds[name] = (time.perf_counter() - start, time.process_time() - busy)
        return found

    @property
    def total(self) -> tuple[float, float]:
        passed, worked = np.sum(list(self.seconds.values()), axis=0)
        return float(passed), float(worked)


def pipeline(method: gi.Methodology, data: gi.Observations) -> Parts:
    parts = Parts()
    for step in method.steps:
        alone = attrs.evolve(method, steps=step)
        data = parts.run(type(step).__name__.lower(), partial(alone.prepare, data))
    scoring = attrs.evolve(method, steps=())
    weigh = gi.weight.StandardDeviation()
    found = parts.run("weight", lambda: gi.weight.apply(scoring, weigh, data))
    weighed = attrs.evolve(scoring, framework=found.framework)

    def score() -> None:
        result = weighed.compute(data)
        result.ranks_at(result.codes[0])

    parts.run("score, rank", score)
    return parts


def best(work: Callable[[], Parts]) -> Parts:
    return min((work() for _ in range(REPEATS)), key=lambda parts: parts.total[1])


def once(work: Callable[[], Any]) -> Parts:
    parts = Parts()
    parts.run("all", work)
    return parts


def shown(passed: float, worked: float) -> str:
    return f"{1000 * passed:>9.0f} ms ({1000 * worked:.0f})"


def show_pipeline() -> None:
    print(f"The whole pipeline, {INDICATORS} indicators: passed (worked)")
    for units in SIZES:
        data = data_of(units, INDICATORS)
        method = methodology_for(data)
        parts = best(partial(pipeline, method, data))
        cells = [f"{name} {1000 * worked:.0f}" for name, (_, worked) in parts.seconds.items()]
        print(f"{units:>8,}{shown(*parts.total)}   {', '.join(cells)}")


def show_comparisons() -> None:
    print("\nEach unit with all others, 10 indicators: passed (worked)")
    for aggregate, sizes in PAIRS:
        print(f"  {type(aggregate).__name__}")
        for units in sizes:
            data = data_of(units, 10, gaps=0)
            method = flat(data, aggregate)
            parts = best(partial(once, partial(method.compute, data)))
            print(f"{units:>8,}{shown(*parts.total)}")


def with_pymcdm(values: Any) -> Any:
    from pymcdm.methods import WSM
    from pymcdm.weights import standard_deviation_weights

    types = np.ones(values.shape[1])
    method = WSM()
    return method.rank(method(values, standard_deviation_weights(values), types))


def with_scikit_criteria(values: Any) -> Any:
    import skcriteria as skc
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.pipelines import mkpipe
    from skcriteria.preprocessing.scalers import MinMaxScaler
    from skcriteria.preprocessing.weighters import StdWeighter

    matrix = skc.mkdm(values, [max] * values.shape[1])
    steps = mkpipe(MinMaxScaler(target="matrix"), StdWeighter(), WeightedSumModel())
    return steps.evaluate(matrix).rank_


def show_peers() -> None:
    print("\nComplete data: normalise, weigh, add, rank; 100 indicators: passed (worked)")
    peers = {"pymcdm": with_pymcdm, "scikit-criteria": with_scikit_criteria}
    for units in SIZES[:2]:
        data = data_of(units, INDICATORS, gaps=0)
        method = flat(data)
        own = best(partial(once, partial(weighed_and_ranked, method, data)))
        print(f"{units:>8,}{shown(*own.total)}   govindex")
        for name, run in peers.items():
            if find_spec(name.replace("scikit-criteria", "skcriteria")) is None:
                print(f"{'':8}   {name} is not installed: pip install {name}")
                continue
            parts = best(partial(once, partial(run, data.values)))
            print(f"{'':8}{shown(*parts.total)}   {name}")


def main() -> None:
    show_pipeline()
    show_comparisons()
    show_peers()


if __name__ == "__main__":
    main()

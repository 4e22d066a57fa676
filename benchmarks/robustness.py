"""Ranks of many draws, beside the floor of what any way of ranking them must cost.

The floor is a matrix product of weights with shares, and one sort of each draw; the second one
draws and normalises the weights too; the third one is bare numpy for the same ranks: it also makes
integers of scores, so that ties are exact, and writes each unit's rank. Peers are loops over draws
in pandas, vectorised inside a draw, and scikit-criteria where it is installed. On a busy machine
the processor's time says more than the clock. Run: ``python benchmarks/robustness.py``; with
``--stream`` a million draws of 3,321 units, which take minutes.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Any

import attrs
import numpy as np
import pandas as pd

import govindex as gi
from govindex.robustness import RankSample

R = gi.robustness
INDICATORS = 98
DIMENSIONS = 8
REPEATS = 11
SPREAD = [R.Weights(spread=0.25)]


# -- problems -------------------------------------------------------------------------------------


def data_of(units: int, indicators: int = INDICATORS, missing: float = 0.0) -> gi.Observations:
    rng = np.random.default_rng(2026)
    values = rng.gamma(2.0, 10.0, (units, indicators))
    values[rng.random(values.shape) < missing] = np.nan
    codes = tuple(f"u{number:05}" for number in range(units))
    names = tuple(f"i{number:03}" for number in range(indicators))
    return gi.Observations(gi.Units(codes), names, values)


def method_of(data: gi.Observations, absence: Any = None, **settings: Any) -> gi.Methodology:
    dimensions = [
        gi.Dimension(
            f"d{number}",
            [
                gi.Indicator(name, rule=gi.rules.MinMax())
                for name in data.variables[number::DIMENSIONS]
            ],
        )
        for number in range(DIMENSIONS)
    ]
    chosen = {} if absence is None else {"absence": absence}
    return gi.Methodology("bench", "1", gi.Framework("index", dimensions, **chosen), **settings)


def sampled(units: int, draws: int, missing: float = 0.0, absence: Any = None) -> Callable[[], Any]:
    data = data_of(units, missing=missing)
    method = method_of(data, absence)

    def run() -> RankSample:
        sample = R.sample_ranks(method, data, vary=SPREAD, draws=draws, rng=1)
        if units < 1_000:
            sample.acceptability()
        sample.intervals(0.9)
        return sample

    return run


def in_points(units: int, draws: int) -> Callable[[], Any]:
    """Return draws in which every indicator is rounded: to two decimals of points that vary."""
    data = data_of(units)
    framework = method_of(data).framework.with_aggregates(gi.aggregate.Sum())
    method = gi.Methodology("bench", "1", framework, rounding=gi.Levels(leaf=gi.Rounding(2)))
    return lambda: R.sample_ranks(method, data, vary=SPREAD, draws=draws, rng=1).intervals(0.9)


def pipeline(draws: int) -> Callable[[], Any]:
    """Return replications of 51 units × 49 indicators, some skewed, under four choices."""
    data = data_of(51, 49)
    skewed = data.values.copy()
    skewed[0, ::7] *= 30
    data = attrs.evolve(data, values=skewed)
    log = gi.treat.Log()
    treated = [[gi.prepare.Treat([gi.treat.Winsorise(n), log])] for n in range(1, 6)]
    method = method_of(data, steps=treated[0])
    vary: list[Any] = [
        *SPREAD,
        R.Alternatives(steps=treated),
        R.Alternatives(rule=[gi.rules.MinMax(0.01, 1.0), gi.rules.ZScore(0.10, 0.02)]),
        R.Alternatives(aggregate=[gi.aggregate.Arithmetic(), gi.aggregate.Geometric()]),
    ]
    return lambda: R.sample_ranks(method, data, vary=vary, draws=draws, rng=1).intervals(0.9)


# -- floors and peers -----------------------------------------------------------------------------


def shares_of(units: int) -> Any:
    values = data_of(units).values
    low, high = values.min(axis=0), values.max(axis=0)
    return np.ascontiguousarray(((values - low) / (high - low)).T)


def floor(units: int, draws: int, *, draw: bool) -> Callable[[], Any]:
    """Return a matrix product and a sort of blocks that fit a cache, drawing weights or not."""
    shares = shares_of(units)
    ready = np.random.default_rng(1).random((draws, INDICATORS))
    block = int(2 ** np.clip(np.floor(np.log2(2**20 // units)), 4, 11))

    def run() -> None:
        rng = np.random.default_rng(1)
        for start in range(0, draws, block):
            weights = ready[start : start + block]
            if draw:
                weights = rng.uniform(0.75, 1.25, weights.shape)
                weights /= weights.sum(axis=1, keepdims=True)
            np.sort(weights @ shares, axis=1)

    return run


def by_hand(units: int, draws: int) -> Callable[[], Any]:
    """Return all that ranks need, in blocks that fit a cache: nothing is checked or summarised."""
    shares = shares_of(units)
    block = int(2 ** np.clip(np.floor(np.log2(2**20 // units)), 4, 11))
    rows = max(2**15 // units, 1)
    doubled = np.arange(2, 2 * units + 2, 2, dtype=np.int16)

    def run() -> Any:
        indices = np.empty((draws, units), dtype=np.int16)
        scores = np.empty((block, units))
        for start in range(0, draws, block):
            weights = np.random.Generator(np.random.SFC64(start)).random((INDICATORS, block))
            weights *= 0.5
            weights += 0.75
            weights /= weights.sum(axis=0)
            np.matmul(weights.T, shares, out=scores)
            for first in range(0, min(block, draws - start), rows):
                own = indices[start + first : min(start + first + rows, start + block)]
                keys = np.floor(scores[first : first + len(own)] * 1e10 + 0.5137).astype(np.int64)
                packed = keys.max() - keys << 15 | np.arange(keys.size).reshape(keys.shape)
                packed.sort(axis=1)
                cells = packed & (2**15 - 1)
                packed >>= 15
                ranked = np.broadcast_to(doubled, own.shape)
                if (tied := packed[:, 1:] == packed[:, :-1]).any():
                    ranked = ranked.copy()
                    ranked[:, 1:][tied] = 0
                    ranked = np.maximum.accumulate(ranked, axis=1)
                own.reshape(-1)[cells.reshape(-1)] = ranked.reshape(-1)
        return indices

    return run


def pandas_loop(units: int, draws: int, *, normalise: bool) -> Callable[[], Any]:
    frame = pd.DataFrame(data_of(units).values)
    ready = pd.DataFrame(shares_of(units).T)
    rng = np.random.default_rng(1)

    def run() -> Any:
        rows = []
        for _ in range(draws):
            weights = rng.uniform(0.75, 1.25, INDICATORS)
            shares = _normalised(frame) if normalise else ready
            scores = (shares * (weights / weights.sum())).sum(axis=1)
            rows.append(scores.rank(ascending=False))
        return pd.concat(rows, axis=1)

    return run


def _normalised(frame: pd.DataFrame) -> pd.DataFrame:
    low, high = frame.min(), frame.max()
    return (frame - low) / (high - low)


def scikit_criteria(units: int, draws: int) -> Callable[[], Any] | None:
    """Return the pipeline of its tutorial: scale the matrix, scale the weights, add up, rank."""
    try:
        from skcriteria import mkdm
        from skcriteria.agg.simple import WeightedSumModel
        from skcriteria.pipelines import mkpipe
        from skcriteria.preprocessing.scalers import MinMaxScaler, SumScaler
    except ImportError:
        return None
    values = data_of(units).values
    best = [max] * INDICATORS
    model = mkpipe(MinMaxScaler(target="matrix"), SumScaler(target="weights"), WeightedSumModel())
    rng = np.random.default_rng(1)

    def run() -> Any:
        drawn = (rng.uniform(0.75, 1.25, INDICATORS) for _ in range(draws))
        return [model.evaluate(mkdm(values, best, weights=weights)).rank_ for weights in drawn]

    return run


# -- measuring ------------------------------------------------------------------------------------


def timed(run: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, float]:
    """Return seconds by the clock and of the processor: the medians of several runs."""
    wall, spent = [], []
    for _ in range(repeats):
        started, used = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - started)
        spent.append(time.process_time() - used)
    return statistics.median(wall), statistics.median(spent)


def line(name: str, seconds: tuple[float, float], note: str = "") -> None:
    wall, spent = seconds
    print(f"  {name:44}{1000 * wall:12,.1f} ms {1000 * spent:12,.1f} ms cpu   {note}", flush=True)


def beside_the_floor(units: int, draws: int) -> None:
    print(f"{draws:,} draws of weights over {units:,} × {INDICATORS}")
    product = timed(floor(units, draws, draw=False))
    drawing = timed(floor(units, draws, draw=True))
    bare = timed(by_hand(units, draws))
    own = timed(sampled(units, draws))
    line("matrix product and one sort", product)
    line("… and drawing the weights", drawing)
    line("… and exact ties and ranks, by hand", bare)
    floors = (product, drawing, bare)
    ratios = ", ".join(f"{own[1] / other[1]:.1f}" for other in floors)
    line("govindex", own, f"{ratios} × these (cpu)")
    for name, absence in (
        ("Shrink", gi.absence.Shrink()),
        ("Renormalise", gi.absence.Renormalise()),
    ):
        found = timed(sampled(units, draws, 0.05, absence))
        ratios = ", ".join(f"{found[1] / other[1]:.1f}" for other in floors) + " ×"
        line(f"govindex, 5 % missing under {name}", found, ratios)
    found = timed(in_points(units, draws), 3)
    line("govindex, each indicator rounded", found, f"{found[1] / own[1]:.0f} × govindex above")
    few = max(draws // 100, 5)
    for name, normalise in (("weights only", False), ("normalising too", True)):
        loop = timed(pandas_loop(units, few, normalise=normalise), 3)
        per_draw(f"loop in pandas, {name}", loop, few, own[1] / draws)
    peer = scikit_criteria(units, few)
    if peer is None:
        print("  scikit-criteria is not installed: pip install scikit-criteria")
    else:
        per_draw("scikit-criteria", timed(peer, 1), few, own[1] / draws)


def per_draw(name: str, seconds: tuple[float, float], draws: int, own: float) -> None:
    ratio = f"a draw costs {seconds[1] / draws / own:,.0f} × that of govindex"
    line(f"{name}, {draws} draws", seconds, ratio)


def growth() -> None:
    print("Growth with draws (63 units), and with units (1,000 draws)")
    for draws in (2_500, 10_000, 40_000, 160_000):
        wall, spent = timed(sampled(63, draws), 3)
        line(f"{draws:,} draws", (wall, spent), f"{1e9 * spent / draws / 63:.1f} ns a rank")
    for units in (100, 400, 1_600, 6_400):
        wall, spent = timed(sampled(units, 1_000), 3)
        line(f"{units:,} units", (wall, spent), f"{1e6 * spent / units:.1f} ns a rank")


def workers() -> None:
    print("Workers over 3,321 × 98, in processes and threads that are there")
    data = data_of(3_321)
    method = method_of(data)
    for kind in (ProcessPoolExecutor, ThreadPoolExecutor):
        with kind(1) as one, kind(2) as two:
            for pool in (one, two):
                list(pool.map(time.sleep, [0.1, 0.1]))
            for draws in (20_000, 60_000):
                both = [
                    timed(partial(in_pool, method, data, draws, pool), 5)[0] for pool in (one, two)
                ]
                print(
                    f"  {draws:,} draws in a {kind.__name__}: one {both[0]:.2f} s, two "
                    f"{both[1]:.2f} s, {both[0] / both[1]:.2f} ×",
                    flush=True,
                )


def in_pool(method: gi.Methodology, data: gi.Observations, draws: int, pool: Executor) -> None:
    R.sample_ranks(method, data, vary=SPREAD, draws=draws, rng=1, executor=pool)


def stream(draws: int = 1_000_000) -> None:
    print(f"{draws:,} draws over 3,321 × 98, counted as they come")
    started, used = time.perf_counter(), time.process_time()
    sampled(3_321, draws)()
    wall, spent = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  {wall:.0f} s, {spent:.0f} s cpu, at most {peak:.2f} GiB of memory", flush=True)


def main() -> None:
    if "--stream" in sys.argv:
        stream()
        return
    beside_the_floor(63, 10_000)
    beside_the_floor(3_321, 1_000)
    print("51 × 49, weights and 5 treatments × 2 rules × 2 aggregators")
    line("1,000 replications of the whole pipeline", timed(pipeline(1_000)))
    growth()
    workers()


if __name__ == "__main__":
    main()

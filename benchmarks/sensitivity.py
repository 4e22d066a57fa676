"""Sobol' indices with bootstraps: 98 inputs, 63 outputs, and SALib on the same values.

Then a whole analysis: an index of 63 units and 98 indicators whose weights are varied. Seconds of
processor time. SALib analyses one output at a time: a few are timed and scaled to all. Run:
``python benchmarks/sensitivity.py`` (SALib is installed with ``pip install -e ".[dev]"``).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from govindex import Framework, Indicator, Methodology, Observations, robustness, rules

POINTS, INPUTS, OUTPUTS, BOOTSTRAPS = 1024, 98, 63, 100
TIMED = 3


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    found = call()
    return time.process_time() - start, found


def values() -> tuple[Any, Any, Any]:
    """Return values of functions of all inputs, some of which act together."""
    rng = np.random.default_rng(1)
    linear = rng.random((INPUTS, OUTPUTS)) ** 4
    sample = robustness.sobol_sample(INPUTS, POINTS, rng=1)

    def f(x: Any) -> Any:
        return x @ linear + x[:, :1] * x[:, 1:2]

    return f(sample.a), f(sample.b), np.stack([f(sample.a_b(i)) for i in range(INPUTS)])


def estimated(f_A: Any, f_B: Any, f_AB: Any) -> None:
    own, found = seconds(
        lambda: robustness.sobol_indices(f_A, f_B, f_AB, bootstraps=BOOTSTRAPS, rng=1)
    )
    print(f"{INPUTS} inputs, {OUTPUTS} outputs, {POINTS} points, {BOOTSTRAPS} bootstraps")
    print(f"    govindex {own:8.2f} s")
    try:
        salib = import_module("SALib.analyze.sobol")
    except ImportError:
        print("    SALib is not installed")
        return
    problem = {
        "num_vars": INPUTS,
        "names": [f"x{i}" for i in range(INPUTS)],
        "bounds": [[0, 1]] * INPUTS,
    }

    def theirs(output: int) -> Any:
        rows = np.vstack([f_A[None, :, output], f_AB[:, :, output], f_B[None, :, output]])
        return salib.analyze(
            problem,
            rows.T.reshape(-1),
            calc_second_order=False,
            num_resamples=BOOTSTRAPS,
            seed=1,
        )

    spent, last = seconds(lambda: [theirs(output) for output in range(TIMED)][-1])
    other = spent * OUTPUTS / TIMED
    apart = np.abs(found.total.value[:, TIMED - 1] - last["ST"]).max()
    print(f"    SALib    {other:8.2f} s, {other / own:.0f} times; total indices {apart:.0e} apart")


def analysed() -> None:
    numbers = np.random.default_rng(1).random((OUTPUTS, INPUTS))
    codes = [f"x{i:02}" for i in range(INPUTS)]
    frame = pd.DataFrame(numbers, columns=codes)
    frame.insert(0, "unit", [f"u{i:02}" for i in range(OUTPUTS)])
    data = Observations.from_frame(frame, unit="unit")
    form = Framework("index", [Indicator(code, rule=rules.Identity()) for code in codes])
    method = Methodology("example.sensitivity", "1", form)
    own, found = seconds(
        lambda: robustness.sensitivity(
            method,
            data,
            vary=[robustness.Weights(spread=0.25)],
            groups="inputs",
            points=POINTS,
            bootstraps=BOOTSTRAPS,
            rng=1,
        )
    )
    print(
        f"scores and ranks of {OUTPUTS} units under {INPUTS} weights, {found.evaluations:,} times"
    )
    print(f"    govindex {own:8.2f} s")


if __name__ == "__main__":
    estimated(*values())
    analysed()

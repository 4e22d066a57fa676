"""What a notebook waits for: the HTML of a result, formatted rankings, and contributions.

Run: ``python benchmarks/notebooks.py``. Times are the shortest ones of the processor. It
ends with an error if a target is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import govindex as gi

SIZES = (63, 3_321)
INDICATORS = 60
DIMENSIONS = 6
TARGET_UNITS, TARGET_SECONDS, TARGET_BYTES = 63, 0.1, 100_000  # of the HTML of a result


def result_of(
    units: int, aggregate: gi.aggregate.Arithmetic | gi.aggregate.Geometric
) -> gi.IndexResult:
    rng = np.random.default_rng(2026)
    codes = [f"i{number:02}" for number in range(INDICATORS)]
    frame = pd.DataFrame(rng.uniform(5, 95, (units, INDICATORS)), columns=codes)
    frame.insert(0, "unit", [f"made-up unit {number}" for number in range(units)])
    rule = gi.rules.Goalposts(worst=0, best=100)
    dimensions = [
        gi.Dimension(
            f"d{number}", [gi.Indicator(code, rule=rule) for code in codes[number::DIMENSIONS]]
        )
        for number in range(DIMENSIONS)
    ]
    framework = gi.Framework("index", dimensions, aggregate=aggregate)
    return gi.Methodology("made-up", "1", framework).compute(gi.Observations.from_frame(frame))


def seconds(call: Callable[[], object], repeats: int = 5) -> float:
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    missed: list[str] = []
    for units in SIZES:
        result = result_of(units, gi.aggregate.Arithmetic())
        markup = result._repr_html_()
        print(f"{units:,} units × {INDICATORS} indicators")
        size, shown = len(markup.encode()), seconds(result._repr_html_)
        print(f"  HTML            {shown:7.3f} s, {size:,} bytes")
        if units == TARGET_UNITS and (shown > TARGET_SECONDS or size > TARGET_BYTES):
            missed.append(f"HTML of {units} units")
        print(f"  style, as HTML  {seconds(lambda r=result: r.style().to_html()):7.3f} s")  # type: ignore[misc]
        print(f"  contributions   {seconds(lambda r=result: gi.contributions(r)):7.3f} s")  # type: ignore[misc]
        curved = result_of(units, gi.aggregate.Geometric())
        print(f"  … by Shapley    {seconds(lambda r=curved: gi.contributions(r), 1):7.3f} s")  # type: ignore[misc]
    if missed:
        sys.exit(f"above the target: {', '.join(missed)}")


if __name__ == "__main__":
    main()

"""A report of 63 units in every format, with changes, stages and how certain each rank is.

The rubric, its 98 indicators and the points are made up. Run: ``python benchmarks/reports.py``.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

import govindex as gi

UNITS, DIMENSIONS, INDICATORS = 63, 7, 14
LIMIT = 5.0
KINDS = (".docx", ".html", ".pdf", ".md")


def rubric() -> gi.Methodology:
    dimensions = [
        gi.Dimension(
            str(d),
            [
                gi.Indicator(
                    f"{d}.{i}",
                    f"Made-up criterion {d}.{i} on dossiers settled in time",
                    weight=1.0,
                    rule=gi.rules.Points(),
                )
                for i in range(1, INDICATORS + 1)
            ],
            f"Made-up dimension {d} of several words",
        )
        for d in range(1, DIMENSIONS + 1)
    ]
    framework = gi.Framework("rubric", dimensions, aggregate=gi.aggregate.Sum())
    return gi.Methodology("bench.rubric", "1", framework, title="Made-up rubric")


def observed(method: gi.Methodology, seed: int) -> gi.Observations:
    rng = np.random.default_rng(seed)
    codes = method.framework.leaf_codes
    units = [
        gi.Unit(f"P{n:02}", f"Province {n} (made up)", league=f"Region {n % 3 + 1}")
        for n in range(UNITS)
    ]
    first = np.round(rng.uniform(0.3, 1.0, (UNITS, len(codes))), 2)
    last = np.where(rng.random(first.shape) < 0.05, first / 2, first)
    stages = {"self": first, "verified": last}
    return gi.Observations.from_stages(
        {
            name: gi.Observations(units, codes, values, period="2025")
            for name, values in stages.items()
        }
    )


def main() -> None:
    method = rubric()
    data = observed(method, 1)
    result, before = method.compute(data), method.compute(observed(method, 2))
    vary = [gi.robustness.Weights(spread=0.25)]
    sample = gi.robustness.sample_ranks(method, data, vary=vary, draws=2_000, rng=1)
    folder = Path(tempfile.mkdtemp())
    for kind in KINDS:
        times, busy = [], []
        for _ in range(4):
            start, used = time.perf_counter(), time.process_time()
            path = folder / f"report{kind}"
            gi.report.write(
                result,
                path,
                method=method,
                before=before,
                robustness=sample,
                language="vi",
                overwrite=True,
            )
            times.append(time.perf_counter() - start)
            busy.append(time.process_time() - used)
        median, processor = (statistics.median(own[1:]) for own in (times, busy))  # warmed up
        print(
            f"{kind:>6}: {median:.2f} s (processor {processor:.2f} s, first {times[0]:.2f} s, "
            f"limit {LIMIT:g} s), {path.stat().st_size / 1e3:,.0f} kB"
        )


if __name__ == "__main__":
    main()

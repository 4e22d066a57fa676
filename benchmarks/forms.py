"""Scoring forms: one of 200 rows is written in 0.1 s, and a folder of forms is read together.

Forms are written to a temporary folder, filled in beforehand with made-up points. Run:
``python benchmarks/forms.py`` (half a minute); a number of units can be given. The limit is on the
time of the processor.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

import govindex as gi

GUIDANCE = "Made-up guidance that is long enough to need two lines beside the criterion."
LIMIT = 0.1  # seconds, for a form of 200 rows
TIMES = 20


def rubric(dimensions: int, criteria: int) -> gi.Methodology:
    points = gi.rules.Points()
    tree = [
        gi.Dimension(
            str(i),
            [
                gi.Indicator(
                    f"{i}.{j}",
                    f"Made-up criterion {i}.{j}",
                    rule=points,
                    weight=2,
                    evidence=GUIDANCE,
                )
                for j in range(1, criteria + 1)
            ],
            f"Made-up dimension {i}",
        )
        for i in range(1, dimensions + 1)
    ]
    framework = gi.Framework("index", tree, aggregate=gi.aggregate.Sum())
    return gi.Methodology("example.forms", "1", framework)


def writing(method: gi.Methodology, folder: Path) -> float:
    """Return the median time for writing a form, after a first one that loads libraries."""
    times = []
    for _ in range(TIMES + 1):
        start = time.process_time()
        gi.workbooks.write_form(method, folder / "form.xlsx", units=["A"], overwrite=True)
        times.append(time.process_time() - start)
    return sorted(times[1:])[TIMES // 2]


def reading(method: gi.Methodology, folder: Path, units: int) -> float:
    """Return the time for reading a folder of filled in forms, each cell checked."""
    codes = method.framework.leaf_codes
    frame = pd.DataFrame(
        [[f"U{n:03}", *((n + k) % 5 / 2 for k in range(len(codes)))] for n in range(units)],
        columns=["unit", *codes],
    )
    data = gi.Observations.from_frame(frame, unit="unit")
    for code in data.units.codes:
        part = data.take([code])
        gi.workbooks.write_form(method, folder / f"{code}.xlsx", data=part)
    start = time.process_time()
    scores = gi.workbooks.read_form(folder, method)
    took = time.process_time() - start
    assert (scores.observations.values == data.values).all()
    assert scores.checks.empty
    return took


def main(units: int) -> None:
    """Print both times."""
    large, usual = rubric(10, 19), rubric(10, 10)
    with tempfile.TemporaryDirectory() as folder:
        took = writing(large, Path(folder))
    rows = len(large.framework.nodes)
    print(f"a form of {rows} rows is written in {took:.3f} s of the processor")
    assert took < LIMIT, f"more than {LIMIT:g} s"
    with tempfile.TemporaryDirectory() as folder:
        took = reading(usual, Path(folder), units)
    leaves = len(usual.framework.leaf_codes)
    print(f"{units} forms of {leaves} criteria are read in {took:.1f} s of the processor")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

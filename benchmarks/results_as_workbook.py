"""Writing a result as a workbook: seconds of the processor, so that other work does not count.

Run: ``python -m benchmarks.results_as_workbook``.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import govindex as gi
from benchmarks.scoring import frame_of, method_of

SIZES = [(63, 98), (200, 98)]


def main() -> None:
    for units, indicators in SIZES:
        frame = frame_of(units, indicators)
        method = method_of(frame)
        result = method.compute(gi.Observations.from_frame(frame, unit="unit"))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "result.xlsx"
            start = time.process_time()
            gi.workbooks.write_result(result, file, method=method)
            seconds = time.process_time() - start
            size = file.stat().st_size
        start = time.process_time()
        for unit in result.units.codes:
            gi.explain(result, unit)
        explaining = time.process_time() - start
        print(
            f"{units} units × {indicators} indicators: {seconds:.2f} s, {size / 1e6:.2f} MB; "
            f"explaining every unit takes {explaining:.2f} s of it"
        )


if __name__ == "__main__":
    main()

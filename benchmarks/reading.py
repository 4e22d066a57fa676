"""Reading tables: the time grows as the cells do, whether they are in rows or in columns.

Files are written to a temporary folder. Run: ``python benchmarks/reading.py`` (a minute or two, and
about 1 GB of memory for the million rows).
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

import govindex as gi

COLUMNS = (1_250, 2_500, 5_000, 10_000)
ROWS = (125_000, 250_000, 500_000, 1_000_000)
SHEET_ROWS = (12_500, 25_000, 50_000, 100_000)
WIDTH = 5


def frame_of(rows: int, columns: int) -> pd.DataFrame:
    figures = {f"x{number}": range(number, number + rows) for number in range(columns)}
    return pd.DataFrame({"unit": [f"u{number}" for number in range(rows)], **figures})


def csv_of(folder: Path, rows: int, columns: int) -> Path:
    file = folder / f"{rows}x{columns}.csv"
    frame_of(rows, columns).to_csv(file, index=False)
    return file


def workbook_of(folder: Path, rows: int, columns: int) -> Path:
    file = folder / f"{rows}x{columns}.xlsx"
    gi.write_table(frame_of(rows, columns), file)
    return file


def seconds(file: Path) -> tuple[float, float]:
    """Return the times of the processor for reading the file and observing the frame."""
    start = time.process_time()
    frame = gi.read_table(file)
    read = time.process_time()
    gi.Observations.from_frame(frame)
    return read - start, time.process_time() - read


def main(share: float) -> None:
    """Print times and how they grow from one size to the next; `share` makes all sizes smaller."""
    cases = [
        ("CSV, 20 rows", csv_of, [(20, int(n * share)) for n in COLUMNS]),
        (f"CSV, {WIDTH} columns", csv_of, [(int(n * share), WIDTH) for n in ROWS]),
        (f"Excel, {WIDTH} columns", workbook_of, [(int(n * share), WIDTH) for n in SHEET_ROWS]),
    ]
    print(f"{'':20}{'rows':>10}{'columns':>9}{'read':>9}{'growth':>8}{'observe':>9}{'growth':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for title, write, sizes in cases:
            before: tuple[float, float] | None = None
            for rows, columns in sizes:
                file = write(Path(folder), rows, columns)
                now = seconds(file)
                file.unlink()
                growth = [f"{b / a:.2f}" for a, b in zip(before or now, now, strict=True)]
                shown = growth if before else ["", ""]
                print(
                    f"{title:20}{rows:>10,}{columns:>9,}{now[0]:>8.2f}s{shown[0]:>8}"
                    f"{now[1]:>8.2f}s{shown[1]:>8}",
                    flush=True,
                )
                before = now


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)

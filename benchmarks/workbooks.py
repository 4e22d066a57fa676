"""Reading the scores of 200 units × 100 criteria × 2 stages, in every shape of a workbook.

The made-up workbooks are written to a temporary folder. Run: ``python benchmarks/workbooks.py``
(under a minute); a number of units can be given. The limit is on the time of the processor.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import govindex as gi

STAGES = ("Tự chấm", "Thẩm định")
FIELDS, CRITERIA = 10, 10
LIMIT = 10.0  # seconds, for a folder
Row = list[Any]


def rubric() -> gi.Framework:
    fields = [
        gi.Dimension(
            str(i),
            [
                gi.Indicator(
                    f"{i}.{j}", f"Tiêu chí giả định {i}.{j}", weight=1, rule=gi.rules.Points()
                )
                for j in range(1, CRITERIA + 1)
            ],
            f"Lĩnh vực giả định {i}",
        )
        for i in range(1, FIELDS + 1)
    ]
    return gi.Framework("index", fields, aggregate=gi.aggregate.Sum())


def points(units: int) -> dict[str, list[tuple[float, float]]]:
    """Return the points of every unit by criterion, at both stages."""
    rng = random.Random(2025)
    count = FIELDS * CRITERIA
    return {
        f"Đơn vị giả định {n}": [
            (rng.randint(0, 4) / 4, rng.randint(0, 4) / 4) for _ in range(count)
        ]
        for n in range(1, units + 1)
    }


def criteria_rows(tree: gi.Framework) -> list[Row]:
    """Return number, name and maximum of every row."""
    leaves = set(tree.leaf_codes)
    nodes = [node for node in tree.nodes if node.code != tree.code]
    return [[n.code, n.label(), 1 if n.code in leaves else None] for n in nodes]


def unit_sheet(unit: str, cells: list[tuple[float, float]], tree: gi.Framework) -> list[Row]:
    rows: list[Row] = [["BẢNG ĐIỂM NĂM 2025"], [f"Đơn vị: {unit}"], []]
    rows.append(["STT", "Tiêu chí", "Điểm tối đa", *STAGES])
    values = iter(cells)
    rows += [[*row, *(next(values) if row[2] else ())] for row in criteria_rows(tree)]
    totals = [sum(cell[i] for cell in cells) for i in range(len(STAGES))]
    return [*rows, [None, "Tổng cộng", len(cells), *totals]]


def write(file: Path, sheets: dict[str, list[Row]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(file) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def write_files(folder: Path, units: int, tree: gi.Framework) -> None:
    for unit, cells in points(units).items():
        write(folder / f"{unit}.xlsx", {"Bảng điểm": unit_sheet(unit, cells, tree)})


def write_sheets(folder: Path, units: int, tree: gi.Framework) -> None:
    sheets = {unit: unit_sheet(unit, cells, tree) for unit, cells in points(units).items()}
    write(folder / "scores.xlsx", sheets)


def write_columns(folder: Path, units: int, tree: gi.Framework) -> None:
    every = points(units)
    header: Row = ["STT", "Tiêu chí", "Điểm tối đa"]
    header += [f"{unit}\n{stage}" for unit in every for stage in STAGES]
    rows: list[Row] = [["TỔNG HỢP NĂM 2025"], [], header]
    at = 0
    for row in criteria_rows(tree):
        rows.append([*row, *(v for cells in every.values() for v in cells[at])] if row[2] else row)
        at += bool(row[2])
    write(folder / "scores.xlsx", {"Tổng hợp": rows})


def write_rows(folder: Path, units: int, tree: gi.Framework) -> None:
    rows: list[Row] = [["unit", "stage", *tree.leaf_codes]]
    for unit, cells in points(units).items():
        rows += [[unit, stage, *(c[i] for c in cells)] for i, stage in enumerate(STAGES)]
    write(folder / "scores.xlsx", {"Sheet1": rows})


SHAPES: dict[str, Callable[[Path, int, gi.Framework], None]] = {
    "a file for each unit": write_files,
    "a sheet for each unit": write_sheets,
    "columns for each unit": write_columns,
    "two rows for each unit": write_rows,
}


def check(scores: gi.workbooks.Scores, units: int) -> None:
    """Refuse a time for anything but every cell, read as it was written."""
    data = scores.observations
    expected = points(units)
    for stage, values in ((s.name, s.values) for s in data.stages):
        for row, unit in enumerate(data.units.codes):
            written = [cell[STAGES.index(stage)] for cell in expected[unit]]
            assert values[row].tolist() == written
    assert len(data.units) == units


def main(units: int) -> None:
    tree = rubric()
    cells = units * FIELDS * CRITERIA * len(STAGES)
    print(f"{units} units × {FIELDS * CRITERIA} criteria × {len(STAGES)} stages, {cells:,} cells")
    for shape, write_shape in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            write_shape(Path(folder), units, tree)
            start, wall = time.process_time(), time.perf_counter()
            scores = gi.workbooks.read_scores(folder, tree, stages=STAGES)
            took, wall = time.process_time() - start, time.perf_counter() - wall
        check(scores, units)
        print(f"  {shape:24}{took:7.2f} s of the processor, {wall:.2f} s by the clock")
        assert took < LIMIT or units > 200, f"more than {LIMIT:g} s"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

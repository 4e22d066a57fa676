"""Made-up workbooks of scores, in the shapes that offices use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import govindex as gi

STAGES = ("Tự chấm", "Thẩm định")
NAMES = {
    "I": "Chỉ đạo, điều hành (giả định)",
    "1.1": "Kế hoạch năm",
    "1.2": "Báo cáo định kỳ",
    "II": "Cải cách thể chế (giả định)",
    "2.1": "Rà soát văn bản",
    "2.10": "Theo dõi thi hành pháp luật",
}
MAXIMA = {"1.1": 3.0, "1.2": 2.0, "2.1": 4.0, "2.10": 1.5}
UNITS = ("Sở Nội vụ", "Sở Tư pháp", "Sở Y tế")


def leaf(code: str) -> gi.Indicator:
    return gi.Indicator(code, NAMES[code], weight=MAXIMA[code], rule=gi.rules.Points())


def branch(code: str, *children: str) -> gi.Dimension:
    return gi.Dimension(code, [leaf(child) for child in children], NAMES[code])


RUBRIC = gi.Framework(
    "index",
    [branch("I", "1.1", "1.2"), branch("II", "2.1", "2.10")],
    {"vi": "Bộ chỉ số giả định"},
    aggregate=gi.aggregate.Sum(),
)


@attrs.frozen
class Points:
    """The points of units: by unit, criterion and stage; texts and blanks are written as such."""

    cells: Mapping[tuple[str, str, str], Any]
    units: tuple[str, ...] = UNITS
    stages: tuple[str, ...] = STAGES
    rubric: gi.Framework = RUBRIC
    typed: bool = False

    def number(self, code: str) -> str | float:
        """Return a running number as text, or as the number that a program makes of it."""
        try:
            number = float(code)
        except ValueError:
            return code
        return number if self.typed and f"{number:g}" == code else code

    def total(self, unit: str, node: str, stage: str) -> float:
        codes = [leaf.code for leaf in self.rubric.below(node)]
        values = [self.cells.get((unit, code, stage)) for code in codes]
        return sum(value for value in values if isinstance(value, float))


def usual_points() -> Points:
    """Return points that differ from cell to cell, within the maxima."""
    cells = {
        (unit, code, stage): round(MAXIMA[code] * (0.9 - 0.1 * i - 0.05 * j), 2)
        for i, unit in enumerate(UNITS)
        for code in MAXIMA
        for j, stage in enumerate(STAGES)
    }
    return Points(cells)


def node_names(rubric: gi.Framework) -> list[tuple[str, str]]:
    return [(node.code, node.label()) for node in rubric.nodes if node.code != rubric.code]


def sheet_of_unit(sheet: Worksheet, points: Points, unit: str, *, year: str = "2025") -> None:
    """Write the criteria down the rows, a column for each stage."""
    sheet.append([f"BẢNG ĐIỂM NĂM {year} (giả định)"])
    sheet.append([unit.upper()])
    sheet.append([])
    titles = [f"Điểm {stage.lower()}" for stage in points.stages] or ["Điểm"]
    sheet.append(["STT", "Tiêu chí", "Điểm tối đa", *titles, "Ghi chú"])
    leaves = points.rubric.leaf_codes
    for code, name in node_names(points.rubric):
        maximum = points.rubric.weight(code) if code in leaves else None
        cells = [points.cells.get((unit, code, stage)) for stage in points.stages or ("",)]
        sheet.append([points.number(code), name, maximum, *cells])
    totals = [points.total(unit, points.rubric.code, s) for s in points.stages or ("",)]
    sheet.append([None, "Tổng cộng", points.rubric.weight(points.rubric.code), *totals])


def sheets_of_units(points: Points) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for unit in points.units:
        sheet_of_unit(book.create_sheet(unit[:31]), points, unit)
    return book


def criteria_by_units(points: Points, stages: Sequence[str] | None = None) -> Workbook:
    """Write the criteria down the rows, a group of columns for each unit under a merged title."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Tổng hợp"
    stages = list(points.stages if stages is None else stages) or [""]
    sheet.append(["TỔNG HỢP KẾT QUẢ CHẤM ĐIỂM NĂM 2025 (giả định)"])
    sheet.append([])
    sheet.append(["STT", "Tiêu chí", "Điểm tối đa"])
    if points.stages:
        sheet.append([])
    for i, unit in enumerate(points.units):
        first = 4 + i * len(stages)
        sheet.cell(3, first, unit)
        if points.stages:
            for j, stage in enumerate(stages):
                sheet.cell(4, first + j, stage)
            if len(stages) > 1:
                sheet.merge_cells(
                    start_row=3, end_row=3, start_column=first, end_column=first + len(stages) - 1
                )
    leaves = points.rubric.leaf_codes
    for code, name in node_names(points.rubric):
        cells = [points.cells.get((u, code, s)) for u in points.units for s in stages]
        maximum = points.rubric.weight(code) if code in leaves else None
        sheet.append([points.number(code), name, maximum, *cells])
    totals = [points.total(u, points.rubric.code, s) for u in points.units for s in stages]
    sheet.append([None, "TỔNG ĐIỂM", points.rubric.weight(points.rubric.code), *totals])
    return book


def row_per_unit(points: Points) -> Workbook:
    """Write a row for each unit (and stage), the criteria across the columns."""
    book = Workbook()
    sheet = book.active
    leaves = points.rubric.leaf_codes
    numbers = map(points.number, leaves)
    sheet.append(["unit", *(["stage"] if points.stages else []), *numbers])
    for unit in points.units:
        for stage in points.stages or ("",):
            about = [unit, stage] if points.stages else [unit]
            sheet.append([*about, *(points.cells.get((unit, code, stage)) for code in leaves)])
    return book


def file_per_unit(points: Points, folder: Path) -> Path:
    """Write a workbook for each unit, whose sheet has a usual name."""
    for unit in points.units:
        book = Workbook()
        book.active.title = "Bảng điểm"
        sheet_of_unit(book.active, points, unit)
        book.active["A2"] = f"Đơn vị: {unit}"
        book.save(folder / f"{unit}.xlsx")
    return folder

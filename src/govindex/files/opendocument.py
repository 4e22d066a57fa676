"""Sheets of .ods workbooks: cells that would be read as blank though something stands there."""

from __future__ import annotations

from pathlib import Path

from govindex.errors import DataError
from govindex.files.findings import ERROR_TEXT, Findings, cell_name
from govindex.files.markup import checked_area, local, opened, parsed

__all__ = ["sheet_findings"]

_CELLS = ("table-cell", "covered-table-cell")


def sheet_findings(file: Path, sheet: str | None) -> Findings:
    """Return what stands in a sheet and has no value, within bounds.

    Parameters
    ----------
    file : path
        An .ods workbook.
    sheet : str, optional
        The sheet; without one the bounds of every sheet are checked, since readers load them all.

    Raises
    ------
    DataError
        If the content is missing, damaged or too large, or cells lie too far apart.
    """
    with opened(file) as archive:
        seen = _Sheets(file.name, sheet)
        parsed(archive, "content.xml", seen.start, seen.end, seen.text)
        return seen.found


class _Sheets:
    """Watches the elements of all sheets go by."""

    def __init__(self, name: str, sheet: str | None) -> None:
        self.name, self.sheet = name, sheet
        self.found = Findings()
        self.within = False
        self.cell: dict[str, str] | None = None
        self.said = ""
        self.row = self.column = self.height = 0
        self.rows, self.columns = [0, 0], [0, 0]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        what = local(tag)
        if what in _CELLS:
            self.cell = {local(key): value for key, value in attributes.items()}
            # Of the two attributes value-type, LibreOffice's own says that it is an error.
            kinds = [value for key, value in attributes.items() if local(key) == "value-type"]
            if "error" in kinds:
                self.cell["value-type"] = "error"
            self.said = ""
        elif what == "table-row":
            self.row += self.height
            self.height = self.repeated(attributes, "number-rows-repeated")
            self.column = 0
        elif what == "table":
            self.within = any(
                local(key) == "name" and value == self.sheet for key, value in attributes.items()
            )
            self.row, self.height, self.rows, self.columns = 1, 0, [0, 0], [0, 0]

    def repeated(self, attributes: dict[str, str], name: str) -> int:
        text = next((value for key, value in attributes.items() if local(key) == name), "1")
        if not text.isdecimal() or not 0 < len(text) < 9:
            raise DataError(f"'{self.name}' is no workbook: something is repeated '{text[:20]}'")
        return int(text)

    def text(self, data: str) -> None:
        if self.cell is not None and len(self.said) < 100:
            self.said += data

    def end(self, tag: str) -> None:
        what = local(tag)
        if what in _CELLS and self.cell is not None:
            times = self.repeated(self.cell, "number-columns-repeated")
            if self.said or "value-type" in self.cell:
                self.fill(times)
            if self.within:
                self.judge(self.cell)
            self.column += times
            self.cell = None
        elif what == "table" and self.rows[1]:
            last = cell_name(self.rows[1], self.columns[1])
            checked_area(self.name, self.rows, self.columns, last)

    def fill(self, times: int) -> None:
        first, bottom = self.column + 1, self.row + self.height - 1
        self.rows = [self.rows[0] or self.row, bottom]
        self.columns = [
            min(self.columns[0] or first, first),
            max(self.columns[1], self.column + times),
        ]

    def judge(self, cell: dict[str, str]) -> None:
        name, kind, formula = (
            cell_name(self.row, self.column + 1),
            cell.get("value-type"),
            "formula" in cell,
        )
        if kind == "error" or (formula and ERROR_TEXT.fullmatch(self.said.strip())):
            self.found.add_error(name, self.said.strip())
        elif formula and (
            kind is None or (kind in ("float", "percentage", "currency") and "value" not in cell)
        ):
            self.found.add_formula(name)

"""Sheets of .ods workbooks: cells with errors or uncomputed formulas, read as blank elsewhere."""

from __future__ import annotations

from pathlib import Path

from govindex.errors import DataError
from govindex.files.findings import ERROR_TEXT, Findings, cell_name
from govindex.files.markup import checked_area, local, opened, parsed

__all__ = ["CELLS", "BookCells", "sheet_findings"]

CELLS = ("table-cell", "covered-table-cell")


def sheet_findings(file: Path, sheet: str | None) -> Findings:
    """Return the cells of a sheet that hold errors or uncomputed formulas.

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
        cells = BookCells(file.name, sheet)
        parsed(archive, "content.xml", cells.start, cells.end, cells.text)
        return cells.findings


class BookCells:
    """Follows the elements of all sheets, and notes the cells of one that have no value."""

    def __init__(self, name: str, sheet: str | None) -> None:
        self.name, self.sheet = name, sheet
        self.findings = Findings()
        self.within = False
        self.cell: dict[str, str] | None = None
        self.content = ""
        self.row = self.column = self.height = 0
        self.rows, self.columns = [0, 0], [0, 0]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Follow an element that begins."""
        element = local(tag)
        if element in CELLS:
            self.cell = {local(key): value for key, value in attributes.items()}
            # Of the two attributes value-type, LibreOffice's own says that it is an error.
            kinds = [value for key, value in attributes.items() if local(key) == "value-type"]
            if "error" in kinds:
                self.cell["value-type"] = "error"
            self.content = ""
        elif element == "table-row":
            self.row += self.height
            self.height = self.repeated(attributes, "number-rows-repeated")
            self.column = 0
        elif element == "table":
            self.within = any(
                local(key) == "name" and value == self.sheet for key, value in attributes.items()
            )
            self.row, self.height, self.rows, self.columns = 1, 0, [0, 0], [0, 0]

    def repeated(self, attributes: dict[str, str], name: str) -> int:
        """Return how often something is repeated, and refuse impossible numbers."""
        text = next((value for key, value in attributes.items() if local(key) == name), "1")
        if not text.isdecimal() or not 0 < len(text) < 9:
            raise DataError(f"'{self.name}' is not a workbook: something is repeated '{text[:20]}'")
        return int(text)

    def text(self, data: str) -> None:
        """Follow a text."""
        if self.cell is not None and len(self.content) < 100:
            self.content += data

    def end(self, tag: str) -> None:
        """Follow an element that ends."""
        element = local(tag)
        if element in CELLS and self.cell is not None:
            times = self.repeated(self.cell, "number-columns-repeated")
            if self.content or "value-type" in self.cell:
                self.fill(times)
            if self.within:
                self.settle(self.cell)
            self.column += times
            self.cell = None
        elif element == "table" and self.rows[1]:
            last = cell_name(self.rows[1], self.columns[1])
            checked_area(self.name, self.rows, self.columns, last)

    def fill(self, times: int) -> None:
        """Count cells with a value among the filled ones."""
        first, bottom = self.column + 1, self.row + self.height - 1
        self.rows = [self.rows[0] or self.row, bottom]
        self.columns = [
            min(self.columns[0] or first, first),
            max(self.columns[1], self.column + times),
        ]

    def settle(self, cell: dict[str, str]) -> None:
        """Note a cell, if it has no value."""
        name = cell_name(self.row, self.column + 1)
        kind, formula = cell.get("value-type"), "formula" in cell
        if kind == "error" or (formula and ERROR_TEXT.fullmatch(self.content.strip())):
            self.findings.add_error(name, self.content.strip())
        elif formula and (
            kind is None or (kind in ("float", "percentage", "currency") and "value" not in cell)
        ):
            self.findings.add_formula(name)

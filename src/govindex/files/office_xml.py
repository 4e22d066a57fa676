"""Sheets of .xlsx workbooks: cells with errors or uncomputed formulas, read as blank elsewhere.

An XML parser reads them, so that prefixes, the order of attributes, quotes and cells without a
reference (all of which the standard allows) make no difference.
"""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path

from govindex.errors import DataError
from govindex.files.findings import Findings, cell_name, column_number
from govindex.files.markup import checked_area, local, opened, parsed

__all__ = ["SheetCells", "resolved", "sheet_findings"]

_TEXTS = "xl/sharedStrings.xml"
_READ_FIRST = (_TEXTS, "xl/styles.xml", "xl/workbook.xml")
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ROWS, _COLUMNS = 1_048_576, 16_384
_DIGITS = "0123456789"
# Elements after the cells, or after a cell, whose formulas belong to no cell.
_AFTER = ("extLst", "conditionalFormatting", "dataValidations", "AlternateContent", "controls")


def sheet_findings(file: Path, sheet: str | None) -> Findings:
    """Return the cells of a sheet that hold errors or uncomputed formulas.

    Parameters
    ----------
    file : path
        An .xlsx or .xlsm workbook.
    sheet : str, optional
        The sheet; without one only the parts that every reader loads are checked.

    Raises
    ------
    DataError
        If a part is missing, damaged or too large, or cells lie too far apart.
    """
    with opened(file) as archive:
        if sheet is None:
            known = {name.lower(): name for name in archive.namelist()}
            for part in (*_READ_FIRST, _RELATIONS):
                if part.lower() in known:
                    parsed(archive, known[part.lower()], _nothing, plain=part == _TEXTS)
            return Findings()
        cells = SheetCells(file.name)
        part = _part_of(archive, file.name, sheet)
        parsed(archive, part, cells.start, text=cells.text, plain=True)
        return cells.findings_at_end()


def _nothing(tag: str, attributes: dict[str, str]) -> None:
    """Ignore an element."""


def _part_of(archive: zipfile.ZipFile, name: str, sheet: str) -> str:
    relations: list[str] = []
    targets: dict[str, str] = {}

    def see_sheet(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet" and attributes.get("name") == sheet:
            relations.extend(value for key, value in attributes.items() if local(key) == "id")

    def see_target(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    parsed(archive, "xl/workbook.xml", see_sheet)
    parsed(archive, _RELATIONS, see_target)
    known = {name.lower(): name for name in archive.namelist()}
    target = targets.get(relations[0] if relations else "")
    if target is not None:
        target = target.replace("\\", "/")
        absolute = target.startswith(("/", "xl/"))
        target = target.lstrip("/") if absolute else posixpath.join("xl", target)
    return resolved(name, sheet, target, known)


def resolved(name: str, sheet: str, target: str | None, known: dict[str, str]) -> str:
    """Return the part that holds a sheet, by the path that the workbook names.

    Parameters
    ----------
    name, sheet : str
        The file's and the sheet's.
    target : str, optional
        The path.
    known : dict of str to str
        The parts of the archive by their names in lower case.
    """
    if target is None:
        raise DataError(f"'{name}' is not a workbook: it does not say where sheet '{sheet}' is")
    path = posixpath.normpath(target)
    return known.get(path.lower(), path)


class SheetCells:
    """Follows the elements of a sheet, and notes its cells without a value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings = Findings()
        self.names: dict[str, str] = {}
        self.row = self.column = 0
        self.kind = ""
        self.formula = self.valued = self.listening = self.inside = self.filled = False
        self.content = ""
        self.last = 0
        self.rows = [_ROWS + 1, 0]
        self.columns = [_COLUMNS + 1, 0]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Follow an element that begins."""
        element = self.names.get(tag)
        if element is None:
            element = self.names.setdefault(tag, local(tag))
        self.listening = False
        if element == "c":
            if self.formula or self.kind == "e":
                self.settle()
            self.begin(attributes)
        elif element in ("v", "is") and self.inside:
            self.valued = element == "is"
            self.listening = self.formula or self.kind == "e"
            self.fill()
        elif element == "f":
            self.formula = self.inside
        elif element in _AFTER:
            self.settle()
            self.inside = False
        elif element == "row":
            self.settle()
            self.row = self.number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0

    def begin(self, attributes: dict[str, str]) -> None:
        """Follow a cell that begins."""
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            letters = reference.rstrip(_DIGITS)
            self.column = column_number(letters)
            if (digits := reference[len(letters) :]) != str(self.row):
                self.row = self.number(digits)
        self.kind = attributes.get("t", "")
        self.valued, self.inside, self.filled = False, True, False

    def number(self, digits: str) -> int:
        """Return the number of a row, and refuse impossible ones."""
        row = int(digits) if digits.isdecimal() and len(digits) < 9 else 0
        if not 0 < row <= _ROWS:
            raise DataError(f"'{self.name}' is not a workbook: a sheet has no row '{digits[:20]}'")
        return row

    def fill(self) -> None:
        """Count a cell with a value among the filled ones."""
        row, column = self.row, self.column
        if not 0 < column <= _COLUMNS:
            raise DataError(f"'{self.name}' is not a workbook: a sheet has no column {column:,}")
        if self.filled:  # a cell with a value and a text
            return
        # Readers take the last of two cells with the same reference.
        if (at := row * _COLUMNS + column) <= self.last:
            raise DataError(
                f"'{self.name}' is not a workbook: cell {cell_name(row, column)} appears twice, "
                "or after those that follow it: write every cell once, row by row"
            )
        self.last, self.filled = at, True
        if row < self.rows[0]:
            self.rows[0] = row
        if row > self.rows[1]:
            self.rows[1] = row
        if column < self.columns[0]:
            self.columns[0] = column
        if column > self.columns[1]:
            self.columns[1] = column

    def text(self, data: str) -> None:
        """Follow a text."""
        if self.listening:
            self.content += data

    def settle(self) -> None:
        """Note the cell that ended, if it has no value."""
        if self.kind == "e":
            self.findings.add_error(cell_name(self.row, self.column), self.content.strip())
        # A formula whose value is the text "" was computed.
        elif self.formula and self.kind != "str" and not (self.valued or self.content.strip()):
            self.findings.add_formula(cell_name(self.row, self.column))
        self.kind, self.content, self.formula, self.valued = "", "", False, False

    def findings_at_end(self) -> Findings:
        """Return what was found, when the sheet has ended."""
        self.settle()
        if self.rows[1]:
            last = cell_name(self.rows[1], self.columns[1])
            checked_area(self.name, self.rows, self.columns, last)
        return self.findings

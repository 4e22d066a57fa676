"""Sheets of .xlsx workbooks: cells that would be read as blank though something stands there.

A real XML parser looks, so that prefixes, the order of attributes, quotes and cells without a
reference (all of which the standard allows) make no difference.
"""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path

from govindex.errors import DataError
from govindex.files.findings import Findings, cell_name, column_number
from govindex.files.markup import checked_area, local, opened, parsed

__all__ = ["sheet_findings"]

_TEXTS = "xl/sharedStrings.xml"
_READ_FIRST = (_TEXTS, "xl/styles.xml", "xl/workbook.xml")
_RELATIONS = "xl/_rels/workbook.xml.rels"
_ROWS, _COLUMNS = 1_048_576, 16_384
_DIGITS = "0123456789"
# What may follow the cells, or close a cell, and hold formulas of its own.
_AFTER = ("extLst", "conditionalFormatting", "dataValidations", "AlternateContent", "controls")


def sheet_findings(file: Path, sheet: str | None) -> Findings:
    """Return what stands in a sheet and has no value, within bounds.

    Parameters
    ----------
    file : path
        An .xlsx or .xlsm workbook.
    sheet : str, optional
        The sheet; without one only the parts that every reader loads are looked at.

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
        found = _Cells(file.name)
        parsed(
            archive, _part_of(archive, file.name, sheet), found.start, text=found.text, plain=True
        )
        return found.settled()


def _nothing(tag: str, attributes: dict[str, str]) -> None:
    """Pass over an element."""


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
    target = targets.get(relations[0] if relations else "")
    if target is None:
        raise DataError(f"'{name}' is no workbook: it does not say where sheet '{sheet}' is")
    target = target.replace("\\", "/")
    path = target.lstrip("/") if target.startswith(("/", "xl/")) else posixpath.join("xl", target)
    path = posixpath.normpath(path)
    return next((own for own in archive.namelist() if own.lower() == path.lower()), path)


class _Cells:
    """Watches the elements of a sheet go by."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found = Findings()
        self.names: dict[str, str] = {}
        self.row = self.column = 0
        self.kind = ""
        self.formula = self.valued = self.listening = self.inside = self.filled = False
        self.said = ""
        self.last = 0
        self.rows = [_ROWS + 1, 0]
        self.columns = [_COLUMNS + 1, 0]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        what = self.names.get(tag)
        if what is None:
            what = self.names.setdefault(tag, local(tag))
        self.listening = False
        if what == "c":
            if self.formula or self.kind == "e":
                self.settle()
            self.begin(attributes)
        elif what in ("v", "is") and self.inside:
            self.valued = what == "is"
            self.listening = self.formula or self.kind == "e"
            self.fill()
        elif what == "f":
            self.formula = self.inside
        elif what in _AFTER:  # sparklines and rules have formulas that belong to no cell
            self.settle()
            self.inside = False
        elif what == "row":
            self.settle()
            self.row = self.number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0

    def begin(self, attributes: dict[str, str]) -> None:
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
        row = int(digits) if digits.isdecimal() and len(digits) < 9 else 0
        if not 0 < row <= _ROWS:
            raise DataError(f"'{self.name}' is no workbook: a sheet has no row '{digits[:20]}'")
        return row

    def fill(self) -> None:
        row, column = self.row, self.column
        if not 0 < column <= _COLUMNS:
            raise DataError(f"'{self.name}' is no workbook: a sheet has no column {column:,}")
        if self.filled:  # a cell with a value and a text
            return
        # Of a cell that appears twice only the last would be read.
        if (at := row * _COLUMNS + column) <= self.last:
            raise DataError(
                f"'{self.name}' is no workbook: cell {cell_name(row, column)} appears twice, "
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
        if self.listening:
            self.said += data

    def settle(self) -> None:
        """Judge the cell that ended."""
        if self.kind == "e":
            self.found.add_error(cell_name(self.row, self.column), self.said.strip())
        # A formula whose value is the text "" was computed.
        elif self.formula and self.kind != "str" and not (self.valued or self.said.strip()):
            self.found.add_formula(cell_name(self.row, self.column))
        self.kind, self.said, self.formula, self.valued = "", "", False, False

    def settled(self) -> Findings:
        self.settle()
        if self.rows[1]:
            last = cell_name(self.rows[1], self.columns[1])
            checked_area(self.name, self.rows, self.columns, last)
        return self.found

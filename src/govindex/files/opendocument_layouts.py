"""Layouts of the sheets of .ods workbooks: percentages, notes, merged areas, what is hidden."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from govindex.files.findings import ERROR_TEXT
from govindex.files.layouts import Layout
from govindex.files.markup import local, opened, parsed
from govindex.files.opendocument import CELLS, BookCells
from govindex.grid import Area

__all__ = ["sheet_layouts"]

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_COUNTED = ("float", "percentage", "currency")


def sheet_layouts(file: Path, names: Collection[str]) -> dict[str, Layout]:
    """Return the layouts of some sheets of an .ods workbook, by name.

    Number formats are read as far as cells say that they are percentages.

    Raises
    ------
    DataError
        If the content is missing, damaged or too large, or cells lie too far apart.
    """
    with opened(file) as archive:
        cells = _LaidOutBookCells(file.name)
        parsed(archive, "content.xml", cells.start, cells.end, cells.text)
    return {name: cells.layouts[name] for name in names}


class _LaidOutBookCells(BookCells):
    """Follows the elements of all sheets, and notes their layouts."""

    def __init__(self, name: str) -> None:
        super().__init__(name, None)
        self.layouts: dict[str, Layout] = {}
        self.layout = Layout()
        self.hidden_styles: set[str] = set()
        self.style = self.note = ""
        self.noted = self.listening = False
        self.columns_seen = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        super().start(tag, attributes)
        element = local(tag)
        if element in CELLS:
            self.note = ""
        elif element == "annotation":
            self.noted = True
        elif element in ("p", "date", "creator"):
            self.listening = element == "p"
            self.note += "\n" if self.noted else ""
        if element not in ("style", "table-properties", "table", "table-column", "table-row"):
            return
        own = {local(key): value for key, value in attributes.items()}
        if element == "style":
            self.style = own.get("name", "")
        elif element == "table-properties":
            if own.get("display") == "false":
                self.hidden_styles.add(self.style)
        elif element == "table":
            self.layout = self.layouts.setdefault(own.get("name", ""), Layout())
            self.layout.hidden = own.get("style-name") in self.hidden_styles
            self.columns_seen = 0
        elif element == "table-column":
            first = self.columns_seen + 1
            self.columns_seen += self.repeated(attributes, "number-columns-repeated")
            if own.get("visibility", "visible") != "visible":
                last = min(self.columns_seen, _LAST_COLUMN)
                self.layout.hidden_columns.update(range(first, last + 1))
        elif own.get("visibility", "visible") != "visible":
            last = min(self.row + self.height - 1, _LAST_ROW)
            self.layout.hidden_rows.update(range(self.row, last + 1))

    def text(self, data: str) -> None:
        if self.noted:
            self.note += data if self.listening else ""
        else:
            super().text(data)

    def end(self, tag: str) -> None:
        element = local(tag)
        if element == "annotation":
            self.noted = False
        elif element in CELLS and self.cell is not None:
            self.see(self.cell)
        super().end(tag)

    def see(self, cell: dict[str, str]) -> None:
        """Note how the cells that end are laid out."""
        layout, kind, formula = self.layout, cell.get("value-type"), "formula" in cell
        at = (self.row, self.column + 1)
        down, right = (self.repeated(cell, f"number-{way}-spanned") for way in ("rows", "columns"))
        if down > 1 or right > 1:
            layout.merged.append(Area(*at, at[0] + down - 1, at[1] + right - 1))
        if self.note.strip():
            layout.notes[at] = self.note.strip()
        if not (formula or kind in ("percentage", "error")):
            return
        error = kind == "error" or (formula and ERROR_TEXT.fullmatch(self.content.strip()))
        computed = kind is not None and (kind not in _COUNTED or "value" in cell)
        for row in range(self.row, self.row + self.height):
            times = self.repeated(cell, "number-columns-repeated")
            for column in range(at[1], at[1] + times):
                if kind == "percentage":
                    layout.formats[row, column] = "0%"
                if formula:
                    layout.formulas.add((row, column))
                if error:
                    layout.errors[row, column] = self.content.strip()
                elif formula and not computed:
                    layout.uncomputed.add((row, column))

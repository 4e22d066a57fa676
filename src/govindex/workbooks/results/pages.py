"""Sheets that are filled from the top and printed on A4: texts, tables, page breaks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from govindex.errors import DataError
from govindex.files.findings import cell_name
from govindex.language import words
from govindex.workbooks.results.books import Book
from govindex.workbooks.results.cells import Content, Kind, PrintedColumn, as_cell, lines_in

__all__ = ["LINE", "PrintedPage"]

LINE = 14.5  # the height of a line, in points
_ROWS, _COLUMNS, _LETTERS = 1_048_576, 16_384, 32_767  # of a sheet, and of a cell
_HIGHEST = 9.99999999999999e307
_A4 = 9
# The widths of a page in letters, upright, across, and at most on one page; its heights in points.
_PORTRAIT, _LANDSCAPE, _SPREAD = 90.0, 135.0, 250.0
_HIGH, _LOW = 720.0, 475.0
_TIGHT = 0.62  # the scale of a table of many pages across
_SMALLER = 1.25  # a page stays upright for a table that is wider by so much
_MOST_BREAKS = 1023
_FILLS = {
    "imputed": "#FFF2CC",
    "fallen_back": "#DDEBF7",
    "treated": "#E4DFEC",
    "missing": "#F8CBAD",
    "not_applicable": "#E7E6E6",
    "suppressed": "#BFBFBF",
}
_HEADER = {
    "bold": True,
    "text_wrap": True,
    "align": "center",
    "valign": "vcenter",
    "bg_color": "#D9E2F3",
    "border": 1,
}


class PrintedPage:
    """A sheet that is filled from the top, and printed on A4."""

    def __init__(self, book: Book, sheet: Any, title: str, subtitle: str) -> None:
        self.book = book
        self.sheet = sheet
        self.row = 0
        self._widths: dict[int, float] = {}
        self._heights: dict[int, float] = {}
        sheet.hide_gridlines(2)
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.7)
        footer = words("workbook.page", book.language, page="&P", pages="&N")
        sheet.set_footer(f"&L&9{sheet.get_name().replace('&', '&&')}&R&9{footer}")
        self.line(title, bold=True, font_size=14)
        if subtitle:
            self.line(subtitle, italic=True)
        self.row += 1

    def line(self, text: str, **settings: Any) -> None:
        """Write a text that runs over the cells to its right."""
        self.text(self.row, 0, text, self.book.format(**settings))
        self.row += 1

    def paragraph(self, text: str, columns: int, **settings: Any) -> None:
        """Write a text that is wrapped over some columns; widths must be set before."""
        width = self._width(range(columns))
        style = self.book.format(text_wrap=True, **settings)
        if columns > 1:
            self.sheet.merge_range(self.row, 0, self.row, columns - 1, "", style)
        self.text(self.row, 0, text, style)
        self.height(self.row, LINE * lines_in(text, width) + 1.0)
        self.row += 1

    def text(self, row: int, column: int, text: str, style: Any) -> None:
        """Write a text as a text: never as a formula, a link or a number."""
        self._check(row, column)
        if len(text.encode("utf-16-le")) // 2 > _LETTERS:
            raise DataError(
                f"'{self.book.name}' cannot be written: cell {cell_name(row + 1, column + 1)} of "
                f"sheet '{self.sheet.get_name()}' has {len(text):,} letters, and a cell holds at "
                f"most {_LETTERS:,}"
            )
        if text:
            self.sheet.write_string(row, column, text, style)
        else:
            self.sheet.write_blank(row, column, None, style)

    def put(self, row: int, column: int, content: Content, kind: Kind, **settings: Any) -> None:
        """Write a cell of a table."""
        cell = as_cell(content)
        style: dict[str, Any] = {"border": 1, **settings}
        if cell.mark:
            style["bg_color"] = _FILLS[cell.mark]
        if cell.bold:
            style["bold"] = True
        value = cell.value
        if isinstance(value, (int, float)) and not math.isnan(value):
            style["num_format"] = self.book.number_format(kind, value, cell.suffix)
            self._check(row, column, value)
            if kind in ("rank", "number", "signed"):
                style["align"] = "center"
            elif "align" not in style:
                style |= {"align": "right", "indent": 1}
            self.sheet.write_number(row, column, value, self.book.format(**style))
            return
        text = value if isinstance(value, str) else ""
        style |= {"text_wrap": True, "num_format": "@"}
        if kind != "text":
            style["align"] = "center"
        elif cell.indent:
            style["indent"] = cell.indent
        self.text(row, column, text, self.book.format(**style))

    def table(
        self,
        columns: Sequence[PrintedColumn],
        rows: Sequence[Sequence[Content]],
        *,
        groups: Sequence[int] = (),
        frozen: int = 0,
    ) -> None:
        """Write a table with a header that is repeated on every printed page, and a filter.

        Parameters
        ----------
        columns : sequence of PrintedColumn
        rows : sequence of rows
        groups : sequence of int
            The rows that begin a group, which get a thick line above.
        frozen : int
            How many columns stay in view; the header does if nothing but the title is above it.
        """
        top = self.row
        for number, column in enumerate(columns):
            self.text(top, number, column.title, self.book.format(**_HEADER))
            contents = [row[number] for row in rows]
            self.widen(number, column.width(contents, self.book.decimals))
        self.heighten(top, [column.title for column in columns], least=2)
        starts = {*groups} - {0}
        for index, row in enumerate(rows):
            line = {"top": 2} if index in starts else {}
            for number, (column, content) in enumerate(zip(columns, row, strict=True)):
                self.put(top + 1 + index, number, content, column.kind, **line)
            self.heighten(top + 1 + index, row)
        self.row = top + 1 + len(rows)
        if rows:
            self.sheet.autofilter(top, 0, self.row - 1, len(columns) - 1)
        if top <= 8:
            self.sheet.freeze_panes(top + 1, frozen)
        self.sheet.repeat_rows(top)
        self.spread(frozen, len(columns) - 1)
        self.row += 1

    def chart(self, chart: Any, bars: int) -> None:
        """Put a chart below what stands on the sheet, as high as its bars need."""
        height = 90 + 24 * bars
        chart.set_size({"width": 720, "height": height})
        self.sheet.insert_chart(self.row, 0, chart)
        self.row += math.ceil(height / 20) + 2
        self.sheet.fit_to_pages(1, 0)

    def header(self, row: int, column: int, down: int, right: int, text: str) -> None:
        """Write a heading over an area of cells, counted down and to the right."""
        # A heading that is wider than a page is read where it begins.
        aside = {"align": "left", "indent": 1} if right > 4 else {}
        style = self.book.format(**_HEADER | aside)
        if down > 1 or right > 1:
            self.sheet.merge_range(row, column, row + down - 1, column + right - 1, "", style)
        self.text(row, column, text, style)

    def heighten(self, row: int, contents: Sequence[Content], *, least: int = 1) -> None:
        """Make a row high enough for its texts, which are wrapped at the widths of columns."""
        lines = least
        for column, content in enumerate(contents):
            cell = as_cell(content)
            if isinstance(cell.value, str):
                room = self._widths.get(column, 8.43) - 2.0 * cell.indent
                lines = max(lines, lines_in(cell.value, room))
        if lines > 1:
            self.height(row, LINE * lines + 2.0)

    def height(self, row: int, points: float) -> None:
        """Give a row a height, in points."""
        self._heights[row] = points
        self.sheet.set_row(row, points)

    def widen(self, column: int, width: float) -> None:
        """Give a column a width, at least the one it has."""
        self._widths[column] = max(width, self._widths.get(column, 0.0))
        self.sheet.set_column(column, column, self._widths[column])

    def _fit(self, columns: range) -> None:
        width = self._width(columns)
        if width > _PORTRAIT * _SMALLER:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)

    def spread(self, repeated: int, last: int, seams: Sequence[int] = ()) -> None:
        """Set up the print: upright, across, or on several pages with the first columns again.

        Parameters
        ----------
        repeated : int
            How many columns every page has.
        last : int
            The last column.
        seams : sequence of int
            The columns at which a page may well begin.
        """
        if self._width(range(last + 1)) <= _SPREAD:
            self._fit(range(last + 1))
            return
        self.sheet.set_landscape()
        if repeated:
            self.sheet.repeat_columns(0, repeated - 1)
        self.sheet.set_print_scale(int(100 * _TIGHT))
        room = 0.97 * _LANDSCAPE / _TIGHT - self._width(range(repeated))
        breaks, begin = [], repeated
        while self._width(range(begin, last + 1)) > room:
            full = next(
                c for c in range(begin + 1, last + 2) if self._width(range(begin, c)) > room
            )
            half = [
                seam for seam in seams if begin < seam < full and 2 * (seam - begin) > full - begin
            ]
            begin = max(half, default=max(full - 1, begin + 1))
            breaks.append(begin)
        self.sheet.set_v_pagebreaks(breaks)

    def _width(self, columns: range) -> float:
        return sum(self._widths.get(column, 8.43) for column in columns)

    def keep_together(self, starts: Sequence[int], header: int, columns: range) -> None:
        """Begin pages so that no block that fits on one is divided.

        Parameters
        ----------
        starts : sequence of int
            The row of each block, and the row after the last.
        header : int
            The row that is repeated.
        columns : range
        """
        width = self._width(columns)
        across = width > _PORTRAIT * _SMALLER
        scale = min(1.0, (_LANDSCAPE if across else _PORTRAIT) / width)
        # Fitting to pages and breaks exclude each other.
        self.sheet.set_print_scale(max(int(97 * scale), 10))
        room = (_LOW if across else _HIGH) / scale
        breaks: list[int] = []
        used = self._points(range(starts[0]))
        for start, end in pairwise(starts):
            block = self._points(range(start, end))
            if used + block > room and breaks[-1:] != [start] and start != starts[0]:
                breaks.append(start)
                used = self._points(range(header, header + 1))
            used += block
        self.sheet.set_h_pagebreaks(breaks[:_MOST_BREAKS])

    def _points(self, rows: range) -> float:
        return sum(self._heights.get(row, 15.0) for row in rows)

    def _check(self, row: int, column: int, number: float = 0.0) -> None:
        if not abs(number) <= _HIGHEST:
            raise DataError(
                f"'{self.book.name}' cannot be written: cell {cell_name(row + 1, column + 1)} of "
                f"sheet '{self.sheet.get_name()}' cannot hold the number {number}"
            )
        if row >= _ROWS or column >= _COLUMNS:
            raise DataError(
                f"'{self.book.name}' cannot be written: sheet '{self.sheet.get_name()}' would need "
                f"more than {_ROWS:,} rows or {_COLUMNS:,} columns; write result.table() to .csv "
                "or .parquet with write_table(…)"
            )

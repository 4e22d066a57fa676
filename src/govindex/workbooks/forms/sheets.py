"""Sheets of a scoring form, written with xlsxwriter."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import attrs

from govindex.contracts import CellStatus
from govindex.files.findings import cell_name
from govindex.language import words
from govindex.workbooks.forms.blank_counts import BlankCells, blank_count
from govindex.workbooks.forms.formulas import Formula, Formulas
from govindex.workbooks.forms.identity import IDENTITY_SHEET, EarlierCell
from govindex.workbooks.forms.layout import (
    INSTRUCTIONS,
    LEFT,
    METHOD,
    STAGE,
    TITLE,
    UNIT,
    FormColumns,
    FormSheet,
    column_key,
)
from govindex.workbooks.forms.rows import FormRow, hint
from govindex.workbooks.forms.validation import THIS, entry_rule

__all__ = ["SheetWriter", "sheet_key", "shown_text"]

_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_BOX = {**_FONT, "border": 1, "border_color": "#9AA5B1", "text_wrap": True}
_FILLS = ("#D6E4F0", "#E8F0F7", "#F4F8FB")
_ENTRY = "#FFF8D6"
_WIDTHS = {"code": 8, "criterion": 40, "guidance": 34, "enter": 25, "maximum": 8}
_LINE = 15  # points of height
_LISTS = 4  # the column where they begin
_WIDE = 130  # characters that fit an upright page
_SCALE = 60  # percent, of a sheet on several pages across
_ROOM = 180  # characters that fit across such a page


def sheet_key(number: int) -> str:
    """Return the hidden key of a sheet."""
    return column_key("sheet", str(number))


def shown_text(shown: EarlierCell, language: str, *, yes_no: bool = False) -> float | str:
    """Return what a cell of an earlier stage shows."""
    if shown.status == CellStatus.NOT_APPLICABLE:
        return words("form.not_applicable", language)
    if shown.status == CellStatus.SUPPRESSED:
        return words("form.suppressed", language)
    if yes_no and shown.value is not None:
        return words("form.yes" if shown.value else "form.no", language)
    return "" if shown.value is None else shown.value


class AnswerLists:
    """Lists of answers and long formulas on the hidden sheet, right of what it says."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.areas: dict[tuple[str | float, ...], str] = {}
        self.formulas = 0

    def area(self, answers: tuple[str | float, ...]) -> str:
        """Return the area that lists these answers."""
        if answers not in self.areas:
            column = self._column()
            for row, answer in enumerate(answers):
                _put(self.page, (row + 1, column), answer, None)
            letters = cell_name(1, column).rstrip("1")
            self.areas[answers] = f"={IDENTITY_SHEET}!${letters}$1:${letters}${len(answers)}"
        return self.areas[answers]

    def formula(self, text: str, value: int) -> str:
        """Write a formula and return the name of its cell."""
        column = self._column()
        self.formulas += 1
        self.page.write_formula(0, column - 1, f"={text}", None, value)
        return f"{IDENTITY_SHEET}!${cell_name(1, column).rstrip('1')}$1"

    def _column(self) -> int:
        """Return the first column that is free."""
        return _LISTS + len(self.areas) + self.formulas


@attrs.frozen(slots=False)
class SheetWriter:
    """Writes the sheets of a form.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    shown : mapping of unit, variable and stage to Shown
    filled : collection of unit and variable
        The cells that are filled in already.
    lists : AnswerLists
    """

    book: Any
    shown: Mapping[tuple[str, str, str], EarlierCell]
    filled: Collection[tuple[str, str]]
    lists: AnswerLists
    formats: dict[tuple[tuple[str, object], ...], Any] = attrs.field(factory=dict)

    def style(self, **settings: Any) -> Any:
        """Return a format, one object for equal settings."""
        key = tuple(sorted(settings.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(settings)
        return self.formats[key]

    def write(self, page: Any, sheet: FormSheet, number: int, formulas: list[Formulas]) -> None:
        """Write a sheet, with one set of formulas for each unit."""
        self._keys(page, sheet, number)
        self._heading(page, sheet)
        self._header(page, sheet)
        for at, row in sheet.body():
            self._row(page, sheet, at, row)
        for unit in formulas:
            self._unit(page, sheet, unit)
        self._count_blank(page, sheet)
        self._page(page, sheet)

    def _keys(self, page: Any, sheet: FormSheet, number: int) -> None:
        page.write_string(0, 0, sheet_key(number))
        for name, column in sheet.columns.items():
            page.write_string(0, column - 1, column_key(name))
        for block in sheet.blocks:
            for key, column in block.keys.items():
                page.write_string(0, column - 1, key)
        for key, row in sheet.row_numbers.items():
            page.write_string(row - 1, 0, key)
        page.set_row(0, None, None, {"hidden": True})

    def _heading(self, page: Any, sheet: FormSheet) -> None:
        last = max(sheet.columns["maximum"], min(sheet.last_column, 9))
        title = self.style(**{**_FONT, "bold": True, "font_size": 15})
        plain, bold = self.style(**_FONT), self.style(**_FONT, bold=True)
        for row, look in ((TITLE, title), (METHOD, bold), (UNIT, bold), (STAGE, plain)):
            page.write_string(row - 1, 1, sheet.text_above(row), look)
        text = sheet.text_above(INSTRUCTIONS)
        note = self.style(**_FONT, italic=True, text_wrap=True)
        page.merge_range(INSTRUCTIONS - 1, 1, INSTRUCTIONS - 1, last - 1, text, note)
        width = sum(width for column, width in _widths(sheet).items() if column <= last)
        page.set_row(INSTRUCTIONS - 1, _LINE * math.ceil(len(text) / width) + 2)

    def _header(self, page: Any, sheet: FormSheet) -> None:
        language = sheet.settings.language
        look = self.style(**{**_BOX, "bold": True, "align": "center", "bg_color": _FILLS[0]})
        top, bottom = sheet.header
        for name, column in sheet.columns.items():
            text = words(f"form.{name}", language)
            if top == bottom:
                page.write_string(top - 1, column - 1, text, look)
            else:
                page.merge_range(top - 1, column - 1, bottom - 1, column - 1, text, look)
        for block in sheet.blocks:
            if sheet.settings.together:
                name = block.unit.label(language)
                page.merge_range(top - 1, block.first - 1, top - 1, block.remarks - 1, name, look)
            for column, text in titles(sheet, block).items():
                page.write_string(bottom - 1, column - 1, text, look)
        for column, width in _widths(sheet).items():
            page.set_column(column - 1, column - 1, width)
        page.set_row(bottom - 1, 2 * _LINE + 3)
        page.set_column(0, 0, None, None, {"hidden": True})

    def _look(self, row: FormRow, **settings: Any) -> Any:
        """Return the format of a locked cell."""
        root = row.key == "others" or (row.branch and row is not None and not row.code)
        fill: dict[str, Any] = {}
        if row.branch:
            fill = {"bg_color": _FILLS[min(row.tier, 2)], "bold": True}
        return self.style(**{**_BOX, **fill, **settings, **({"bold": True} if root else {})})

    def _row(self, page: Any, sheet: FormSheet, at: int, row: FormRow) -> None:
        language = sheet.settings.language
        columns = sheet.columns
        indent = 0 if row.branch else max(row.tier - 1, 0)
        name = self._look(row, indent=min(indent, 8))
        page.write_string(at - 1, columns["code"] - 1, row.code, self._look(row, align="center"))
        page.write_string(at - 1, columns["criterion"] - 1, row.label, name)
        small = self._look(row, font_size=10)
        if "guidance" in columns:
            page.write_string(at - 1, columns["guidance"] - 1, row.guidance, small)
        page.write_string(at - 1, columns["enter"] - 1, hint(row, language), small)
        lines = max(_lines(text, sheet, name) for name, text in _texts(row, language).items())
        if lines > 1:
            page.set_row(at - 1, _LINE * lines + 3)
        look = self._look(row, align="center", num_format="General")
        if row.maximum is None:
            page.write_blank(at - 1, columns["maximum"] - 1, None, look)
        else:
            page.write_number(at - 1, columns["maximum"] - 1, row.maximum, look)

    def _unit(self, page: Any, sheet: FormSheet, formulas: Formulas) -> None:
        block = formulas.block
        self._validate(page, sheet, block)
        for at, row in sheet.body():
            self._earlier(page, sheet, at, row, block)
            self._entry(page, sheet, at, row, formulas)
            formula = formulas.by_node.get(row.node)
            if block.has_points:
                self._points(page, row, at, block.points, formula)
            look = self._look(row, locked=row.branch, font_size=10)
            page.write_blank(at - 1, block.remarks - 1, None, look)

    def _earlier(
        self, page: Any, sheet: FormSheet, at: int, row: FormRow, block: FormColumns
    ) -> None:
        """Write what earlier stages entered."""
        look = self._look(row, align="center")
        language, question = sheet.settings.language, row.question
        for column, stage in enumerate(block.earlier, block.first):
            shown = None
            if question is not None:
                shown = self.shown.get((block.unit.code, question.variable, stage))
            if question is None or shown is None:
                page.write_blank(at - 1, column - 1, None, look)
                continue
            value = shown_text(shown, language, yes_no=question.entry.yes_no)
            _put(page, (at, column), value, look)
            if shown.status in (CellStatus.IMPUTED, CellStatus.FALLEN_BACK):
                said = words(f"status.{shown.status.name.lower()}", language)
                page.write_comment(at - 1, column - 1, said)

    def _entry(
        self, page: Any, sheet: FormSheet, at: int, row: FormRow, formulas: Formulas
    ) -> None:
        block, position = formulas.block, (at, formulas.block.entry)
        if row.question is not None:
            entered = formulas.entered.get(row.question.variable, "")
            look = self._look(
                row, bg_color=_ENTRY, locked=False, align="center", num_format="General"
            )
            _put(page, position, entered, look)
        elif row.shows and row.shows in sheet.asked_in:
            cell = sheet.entry_cell(block, row.shows)
            value = formulas.entered.get(row.shows, "")
            look = self._look(row, align="center", font_color="#5B6770")
            formula = f'=IF({cell}="","",{cell})'
            page.write_formula(at - 1, block.entry - 1, formula, look, value)
        elif not block.has_points and row.node in formulas.by_node:
            self._points(page, row, at, block.entry, formulas.by_node[row.node])
        else:
            page.write_blank(at - 1, block.entry - 1, None, self._look(row))

    def _points(
        self, page: Any, row: FormRow, at: int, column: int, formula: Formula | None
    ) -> None:
        look = self._look(row, align="center", num_format="0.00", bold=row.branch)
        if formula is None:
            page.write_blank(at - 1, column - 1, None, look)
        elif formula.text:
            page.write_formula(at - 1, column - 1, f"={formula.text}", look, formula.value)
        else:
            small = self._look(row, align="center", font_size=9, italic=True)
            page.write_string(at - 1, column - 1, str(formula.value), small)

    def _validate(self, page: Any, sheet: FormSheet, block: FormColumns) -> None:
        """Let the program check entries; cells of a column with the same rule share it."""
        language = sheet.settings.language
        title = words("form.wrong_entry", language)
        shared: dict[tuple[tuple[str, object], ...], list[int]] = {}
        for at, row in sheet.body():
            if row.question is not None:
                rule = entry_rule(row.question, sheet, block)
                message = words("form.expected", language, range=hint(row, language))
                rule.update(error_title=title[:32], error_message=message[:255])
                shared.setdefault(tuple(rule.items()), []).append(at)
        column = block.entry - 1
        for items, (first, *others) in shared.items():
            rule = dict(items)
            if rule["validate"] == "custom":
                rule["value"] = str(rule["value"]).replace(THIS, cell_name(first, block.entry))
            elif rule["validate"] == "list":
                rule["source"] = self.lists.area(rule["source"])
            areas = [(row - 1, column, row - 1, column) for row in others]
            page.data_validation(
                first - 1, column, first - 1, column, {**rule, "other_cells": areas}
            )

    def _count_blank(self, page: Any, sheet: FormSheet) -> None:
        """Write how many cells are still to be filled in, for the whole sheet."""
        language = sheet.settings.language
        needed = [
            (row.question.variable, at)
            for at, row in sheet.body()
            if row.question is not None and not row.question.optional
        ]
        if not needed:
            return
        units = [
            BlankCells(
                [cell_name(at, block.entry) for _, at in needed],
                [(block.unit.code, name) not in self.filled for name, _ in needed],
            )
            for block in sheet.blocks
        ]
        count = blank_count(sheet.name, units, self.lists.formula)
        blank = sum(sum(unit.blank) for unit in units)
        said = words("form.left", language)
        look = self.style(**_FONT, bold=True, font_color="#B3261E")
        page.write_formula(LEFT - 1, 1, f'="{said}: "&({count})', look, f"{said}: {blank}")

    def _page(self, page: Any, sheet: FormSheet) -> None:
        top, bottom = sheet.header
        language = sheet.settings.language
        page.freeze_panes(bottom, sheet.columns["criterion"])
        page.set_paper(9)
        if sum(_widths(sheet).values()) > _WIDE or sheet.settings.together:
            page.set_landscape()
        starts = page_starts(sheet)
        if starts:
            page.set_print_scale(_SCALE)
            page.repeat_columns(1, sheet.columns["criterion"] - 1)
            page.set_v_pagebreaks([start - 1 for start in starts])
        else:
            page.fit_to_pages(1, 0)
        page.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.6)
        page.repeat_rows(top - 1, bottom - 1)
        page.print_area(TITLE - 1, 1, sheet.last_row - 1, sheet.last_column - 1)
        number = words("form.page", language, page="&P", pages="&N")
        code = f"{sheet.method.id}@{sheet.method.version}".replace("&", "&&")
        page.set_footer(
            f'&L&"Times New Roman,Regular"&9{code}&R&"Times New Roman,Regular"&9{number}'
        )
        page.hide_gridlines(2)


def titles(sheet: FormSheet, block: FormColumns) -> dict[int, str]:
    """Return the titles of a unit's columns."""
    language = sheet.settings.language
    stage = sheet.settings.stages[-1] if sheet.settings.stages else ""
    shown = {block.first + number: name for number, name in enumerate(block.earlier)}
    plain = words("form.value" if sheet.has_points else "form.awarded", language)
    points = {block.points: words("form.points", language)} if sheet.has_points else {}
    remarks = words("form.remarks", language)
    return {**shown, block.entry: stage or plain, **points, block.remarks: remarks}


def page_starts(sheet: FormSheet) -> list[int]:
    """Return the columns at which pages begin, after the first: no unit is divided.

    A sheet that is small enough has none: it is fitted to the width of a page.
    """
    widths = _widths(sheet)
    units = [
        sum(widths[column] for column in range(block.first, block.remarks + 1))
        for block in sheet.blocks
    ]
    used = sum(widths.values()) - sum(units)
    if used + sum(units) <= _ROOM:
        return []
    starts = []
    for block, width in zip(sheet.blocks, units, strict=True):
        if used + width > _ROOM:
            starts.append(block.first)
            used = sum(widths[sheet.columns[name]] for name in ("code", "criterion"))
        used += width
    return starts


def _widths(sheet: FormSheet) -> dict[int, float]:
    widths = {column: float(_WIDTHS[name]) for name, column in sheet.columns.items()}
    remarks = 16.0 if sheet.settings.together else 24.0
    for block in sheet.blocks:
        widths.update(dict.fromkeys(range(block.first, block.remarks), 11.0))
        widths[block.remarks] = remarks
    return widths


def _texts(row: FormRow, language: str) -> dict[str, str]:
    """Return the texts of a row by the columns in which they stand."""
    texts = {"code": row.code, "criterion": row.label, "guidance": row.guidance}
    return {**texts, "enter": hint(row, language)}


def _lines(text: str, sheet: FormSheet, column: str) -> int:
    """Return how many lines a text takes in a column."""
    if column not in sheet.columns:
        return 1
    width = _WIDTHS[column] * (1.35 if column == "criterion" else 1.55)  # letters are narrow
    return sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))


def _put(page: Any, at: tuple[int, int], value: float | str, look: Any) -> None:
    row, column = at[0] - 1, at[1] - 1
    if isinstance(value, str):
        if value:
            page.write_string(row, column, value, look)
        else:
            page.write_blank(row, column, None, look)
    else:
        page.write_number(row, column, value, look)

"""Where everything stands in a scoring form: settings, sheets, rows and columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

import attrs

from govindex.files.findings import cell_name
from govindex.language import words
from govindex.methods import Methodology
from govindex.model.units import Unit
from govindex.workbooks.forms.rows import FormRow, form_of, form_rows, given_points

__all__ = ["FormColumns", "FormSettings", "FormSheet", "Rows", "column_key", "form_sheets"]

KEYS = 1  # the hidden row and the hidden column of keys
TITLE, METHOD, UNIT, STAGE, INSTRUCTIONS, LEFT = range(2, 8)
HEADER = 9
_LONGEST = 31
_UNWANTED = re.compile(r"[\[\]:*?/\\]")


@attrs.frozen(kw_only=True)
class FormSettings:
    """What a form was written with, beside the methodology."""

    units: tuple[Unit, ...]
    language: str
    together: bool = False
    stages: tuple[str, ...] = ()
    period: str | None = None
    labels: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict)


def column_key(*parts: str) -> str:
    """Return the hidden key of a column."""
    return json.dumps(parts, ensure_ascii=False)


@attrs.frozen
class FormColumns:
    """The columns of a unit: what earlier stages entered, the entry, points and remarks."""

    unit: Unit
    first: int
    earlier: tuple[str, ...]
    has_points: bool

    @property
    def entry(self) -> int:
        """The column that is filled in."""
        return self.first + len(self.earlier)

    @property
    def points(self) -> int:
        """The column of points: that of the entry if points are entered."""
        return self.entry + self.has_points

    @property
    def remarks(self) -> int:
        """The column of remarks."""
        return self.points + 1

    @property
    def keys(self) -> dict[str, int]:
        """The columns by their hidden keys."""
        code = self.unit.code
        shown = {
            column_key("stage", stage, code): self.first + number
            for number, stage in enumerate(self.earlier)
        }
        own = {column_key("entry", code): self.entry, column_key("remarks", code): self.remarks}
        points = {column_key("points", code): self.points} if self.has_points else {}
        return {**shown, **own, **points}


@attrs.frozen(slots=False)
class FormSheet:
    """A sheet of a form, all of whose units are scored by one framework."""

    name: str
    method: Methodology
    settings: FormSettings
    rows: tuple[FormRow, ...]
    units: tuple[Unit, ...]

    @cached_property
    def has_guidance(self) -> bool:
        """Whether any criterion has guidance."""
        return any(row.guidance for row in self.rows)

    @cached_property
    def columns(self) -> dict[str, int]:
        """The columns before the units, by their hidden keys."""
        names = ["code", "criterion", *["guidance"] * self.has_guidance, "enter", "maximum"]
        return {name: KEYS + number for number, name in enumerate(names, 1)}

    @cached_property
    def has_points(self) -> bool:
        """Whether points have a separate column beside that of the entries."""
        return not given_points(self.method)

    @cached_property
    def blocks(self) -> tuple[FormColumns, ...]:
        """The columns of each unit."""
        first = KEYS + len(self.columns) + 1
        earlier = self.settings.stages[:-1]
        width = len(earlier) + self.has_points + 2
        return tuple(
            FormColumns(unit, first + number * width, earlier, self.has_points)
            for number, unit in enumerate(self.units)
        )

    @property
    def last_column(self) -> int:
        """The last column that holds anything."""
        return self.blocks[-1].remarks

    @property
    def header(self) -> tuple[int, int]:
        """The first and the last row of the header."""
        return (HEADER, HEADER + self.settings.together)

    @cached_property
    def row_numbers(self) -> dict[str, int]:
        """The rows by their hidden keys."""
        first = self.header[1] + 1
        return {row.key: number for number, row in enumerate(self.rows, first)}

    @property
    def last_row(self) -> int:
        """The last row that holds anything."""
        return self.header[1] + len(self.rows)

    @cached_property
    def asked_in(self) -> dict[str, int]:
        """The row in which each variable is entered."""
        return {
            row.question.variable: self.row_numbers[row.key]
            for row in self.rows
            if row.question is not None
        }

    def body(self) -> Iterator[tuple[int, FormRow]]:
        """Yield the rows with their numbers."""
        for row in self.rows:
            yield self.row_numbers[row.key], row

    def text_above(self, row: int) -> str:
        """Return what stands above the table in a row."""
        language, settings = self.settings.language, self.settings
        if row == TITLE:
            return words("form.title", language)
        if row == METHOD:
            return f"{self.method.label(language)} ({self.method.id}@{self.method.version})"
        if row == UNIT and settings.together:
            return words("form.units", language, count=len(self.units))
        if row == UNIT:
            return words("form.unit", language, unit=self.units[0].label(language))
        if row == STAGE:
            return " – ".join(_occasion(settings))
        applies = any(r.question and r.question.not_applicable for r in self.rows)
        mark = words("form.not_applicable", language)
        more = words("form.instructions_not_applicable", language, mark=mark)
        return words("form.instructions", language) + (f" {more}" if applies else "")

    def entry_cell(self, block: FormColumns, variable: str) -> str:
        """Return the cell in which a unit enters a variable."""
        return cell_name(self.asked_in[variable], block.entry)


def _occasion(settings: FormSettings) -> Iterator[str]:
    if settings.stages:
        yield words("form.stage", settings.language, stage=settings.stages[-1])
    if settings.period is not None:
        yield words("form.period", settings.language, period=settings.period)


Rows = dict[tuple[int, str, str], tuple[FormRow, ...]]


def form_sheets(
    method: Methodology, settings: FormSettings, rows: Rows | None = None
) -> tuple[FormSheet, ...]:
    """Return the sheets of a form: one for each unit, or one for all units of a type.

    Parameters
    ----------
    method : Methodology
    settings : FormSettings
    rows : dict, optional
        Keeps the rows for other forms of the same methodology.
    """
    known: Rows = {} if rows is None else rows
    labels = repr(sorted(settings.labels.items()))
    groups: list[tuple[Unit, ...]] = [(unit,) for unit in settings.units]
    if settings.together:
        by_type: dict[str | None, list[Unit]] = {}
        for unit in settings.units:
            by_type.setdefault(unit.type, []).append(unit)
        groups = [tuple(units) for units in by_type.values()]
    taken: set[str] = set()
    sheets = []
    for units in groups:
        form = form_of(method, units[0])
        key = (id(form), settings.language, labels)
        if key not in known:
            known[key] = form_rows(form, settings.language, settings.labels)
        name = _sheet_name(_wanted_name(units, settings), taken)
        sheets.append(FormSheet(name, form, settings, known[key], units))
    return tuple(sheets)


def _wanted_name(units: tuple[Unit, ...], settings: FormSettings) -> str:
    if not settings.together:
        return units[0].label(settings.language)
    return units[0].type or words("form.title", settings.language)


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that workbooks allow and that no other sheet has."""
    plain = _UNWANTED.sub("-", " ".join(wanted.split())).strip("' ") or "-"
    name, number = plain[:_LONGEST].strip("' "), 1
    while name.casefold() in {*taken, "history"}:
        number += 1
        tail = f" ({number})"
        name = plain[: _LONGEST - len(tail)].strip("' ") + tail
    taken.add(name.casefold())
    return name

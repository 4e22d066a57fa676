"""A sheet of a form that came back: its entries, and everything in it that was changed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from govindex.errors import Problem
from govindex.files.findings import cell_name
from govindex.grid import Grid
from govindex.language import number_text, words
from govindex.workbooks.forms.cells import cell_text, entry_of, same_text
from govindex.workbooks.forms.identity import EarlierCell
from govindex.workbooks.forms.layout import KEYS, UNIT, FormColumns, FormSheet, column_key
from govindex.workbooks.forms.rows import FormRow, hint
from govindex.workbooks.forms.sheets import shown_text
from govindex.workbooks.problem_texts import cell_reference, worded

__all__ = ["ReturnedSheet", "Stated"]


def _as_stored(key: str) -> str:
    return " ".join(key.split())


@attrs.frozen
class Stated:
    """The points of a node as a form states them."""

    unit: str
    node: str
    points: float
    cell: str


@attrs.frozen(slots=False)
class ReturnedSheet:
    """A sheet that came back.

    Parameters
    ----------
    grid : Grid
    sheet : FormSheet
        How it was written.
    shown : mapping of unit, variable and stage to Shown
    computed : mapping of str to bool
        The nodes whose points the sheet shows, and whether by a formula.
    texts : bool
        Whether names and guidance are still those of the methodology.
    file : str
        The file's name, "" if it is read alone.
    """

    grid: Grid
    sheet: FormSheet
    shown: Mapping[tuple[str, str, str], EarlierCell]
    computed: Mapping[str, bool]
    texts: bool
    file: str

    def at(self, row: int, column: int) -> str:
        """Return the name of a cell for problems."""
        return cell_reference(self.grid.sheet, cell_name(row, column), self.file)

    @property
    def whole(self) -> str:
        """The name of the sheet for problems."""
        return cell_reference(self.grid.sheet, file=self.file)

    def _named(self, code: str, **about: Any) -> Problem:
        """Return a problem; in the sheet of one unit it is that unit's."""
        units = self.sheet.units
        about.setdefault("unit", units[0].code if len(units) == 1 else None)
        return worded(code, **about)

    @cached_property
    def rows(self) -> dict[str, list[int]]:
        """The rows of each hidden key."""
        found: dict[str, list[int]] = {}
        for (row, column), cell in self.grid.cells.items():
            if column == KEYS and row > KEYS:
                found.setdefault(cell_text(cell), []).append(row)
        return found

    @cached_property
    def columns(self) -> dict[str, list[int]]:
        """The columns of each hidden key."""
        found: dict[str, list[int]] = {}
        for (row, column), cell in self.grid.cells.items():
            if row == KEYS and column > KEYS:
                found.setdefault(cell_text(cell), []).append(column)
        return found

    def _column(self, key: str) -> int | None:
        return self.columns.get(_as_stored(key), [None])[0]

    def _row(self, key: str) -> int | None:
        return self.rows.get(_as_stored(key), [None])[0]

    @property
    def units(self) -> Iterator[str]:
        """The units whose entries stand in the sheet."""
        for block in self.sheet.blocks:
            if self._column(column_key("entry", block.unit.code)) is not None:
                yield block.unit.code

    def problems(self) -> Iterator[Problem]:
        """Yield everything that was changed but entries."""
        if self.grid.sheet != self.sheet.name:
            values = {"expected": self.sheet.name}
            yield self._named("form.sheet_renamed", cell=self.whole, values=values)
        yield from self._units_renamed()
        yield from self._structure()
        yield from self._added()
        for row in self.sheet.rows:
            number = self._row(row.key)
            if number is not None:
                yield from self._protected(number, row)

    def _units_renamed(self) -> Iterator[Problem]:
        settings = self.sheet.settings
        if not settings.together:
            cell = self.grid.cells.get((UNIT, KEYS + 1))
            expected = self.sheet.text_above(UNIT)
            if not same_text(cell, expected):
                yield self._other_unit(expected, cell_text(cell), UNIT, KEYS + 1)
            return
        top = self.sheet.header[0]
        for block in self.sheet.blocks:
            column = self._column(next(iter(block.keys)))
            if column is None:
                continue
            cell, expected = self.grid.cells.get((top, column)), block.unit.label(settings.language)
            if not same_text(cell, expected):
                yield self._other_unit(expected, cell_text(cell), top, column)

    def _other_unit(self, expected: str, found: str, row: int, column: int) -> Problem:
        values = {"expected": expected}
        return self._named("form.other_unit", found=found, values=values, cell=self.at(row, column))

    def _structure(self) -> Iterator[Problem]:
        for row in self.sheet.rows:
            numbers = self.rows.get(_as_stored(row.key), [])
            name = {"expected": " ".join([row.code, row.label]).strip()}
            variable = row.question.variable if row.question else None
            if not numbers:
                yield self._named(
                    "form.row_missing", cell=self.whole, values=name, variable=variable
                )
            for number in numbers[1:]:
                yield self._named("form.row_twice", cell=self.at(number, KEYS + 1), values=name)
        keys = [column_key(name) for name in self.sheet.columns]
        for key in [*keys, *(key for block in self.sheet.blocks for key in block.keys)]:
            columns = self.columns.get(_as_stored(key), [])
            if not columns:
                values = {"expected": " ".join(json.loads(key))}
                yield self._named("form.column_missing", cell=self.whole, values=values)
            for column in columns[1:]:
                expected = {"expected": self.at(KEYS, columns[0])}
                yield self._named("form.unit_twice", cell=self.at(KEYS, column), values=expected)

    def _added(self) -> Iterator[Problem]:
        """Yield what stands in rows and columns that are not of the form."""
        rows = {numbers[0] for numbers in self.rows.values()}
        columns = {numbers[0] for numbers in self.columns.values()}
        doubled = {number for numbers in self.rows.values() for number in numbers[1:]}
        if not rows or not columns:
            return
        for (row, column), cell in self.grid.cells.items():
            inside = row in rows and column in columns
            heading = row < min(rows) and column <= max(columns)
            keys = row == KEYS or column == KEYS or row in doubled
            if not (inside or heading or keys) and cell_text(cell):
                yield self._named("form.added", found=cell_text(cell), cell=self.at(row, column))

    def _protected(self, number: int, row: FormRow) -> Iterator[Problem]:
        language = self.sheet.settings.language
        said = {"code": row.code, "criterion": row.label, "guidance": row.guidance}
        for name, expected in (*said.items(), ("enter", hint(row, language))):
            column = self._column(column_key(name))
            if column is not None and self.texts:
                yield from self._compared(number, column, expected)
        yield from self._maximum(number, row)
        for block in self.sheet.blocks:
            yield from self._earlier(number, row, block)
            yield from self._computed(number, row, block)

    def _compared(self, row: int, column: int, expected: float | str) -> Iterator[Problem]:
        cell = self.grid.cells.get((row, column))
        if not same_text(cell, expected):
            text = expected if isinstance(expected, str) else f"{expected:.15g}"
            where, values = self.at(row, column), {"expected": text}
            yield self._named("form.protected", found=cell_text(cell), cell=where, values=values)

    def _maximum(self, number: int, row: FormRow) -> Iterator[Problem]:
        column = self._column(column_key("maximum"))
        expected = "" if row.maximum is None else row.maximum
        if column is None or same_text(self.grid.cells.get((number, column)), expected):
            return
        found = cell_text(self.grid.cells.get((number, column)))
        if isinstance(expected, str):
            yield from self._compared(number, column, expected)
            return
        values = {"expected": number_text(expected, "en"), "node": row.code or row.label}
        where = self.at(number, column)
        yield self._named("form.maximum", found=found, cell=where, values=values, variable=row.node)

    def _earlier(self, number: int, row: FormRow, block: FormColumns) -> Iterator[Problem]:
        language = self.sheet.settings.language
        for stage in block.earlier:
            column = self._column(column_key("stage", stage, block.unit.code))
            if column is None:
                continue
            shown = None
            if row.question:
                shown = self.shown.get((block.unit.code, row.question.variable, stage))
            yes_no = row.question is not None and row.question.entry.yes_no
            text = "" if shown is None else shown_text(shown, language, yes_no=yes_no)
            for problem in self._compared(number, column, text):
                about = {"unit": block.unit.code, "stage": stage, "cell": problem.cell}
                yield self._named(
                    problem.code, found=problem.found, values=dict(problem.values), **about
                )

    def _computed(self, number: int, row: FormRow, block: FormColumns) -> Iterator[Problem]:
        """Yield a number that stands where the form computes one."""
        column = self._computed_column(row, block)
        if column is None:
            return
        formula = self.computed.get(row.node)
        cell = self.grid.cells.get((number, column))
        if formula and cell is not None and cell.formula:
            return
        later = words("form.later", self.sheet.settings.language)
        if not formula and same_text(cell, later if formula is not None else ""):
            return
        if formula and cell is None:
            return  # some programs leave out cells whose formula gives a blank text
        where, found = self.at(number, column), cell_text(cell)
        yield self._named("form.computed", found=found, cell=where, unit=block.unit.code)

    def _computed_column(self, row: FormRow, block: FormColumns) -> int | None:
        """Return the column of what the form computes in a row, None without one."""
        if block.has_points:
            return self._column(column_key("points", block.unit.code))
        asks = row.question is not None or row.shows
        return None if asks else self._column(column_key("entry", block.unit.code))

    def entries(self, unit: str) -> Iterator[EarlierCell | Problem]:
        """Yield what a unit entered, and what cannot be read of it."""
        column = self._column(column_key("entry", unit))
        stage = self.sheet.settings.stages[-1] if self.sheet.settings.stages else None
        if column is None:
            return
        wholes: dict[str, float] = {}
        parts: list[tuple[FormRow, int, EarlierCell]] = []
        for row in self.sheet.rows:
            number = self._row(row.key)
            if number is None or row.question is None:
                continue
            where = {"unit": unit, "stage": stage, "cell": self.at(number, column)}
            reading = entry_of(self.grid.cells.get((number, column)), row, where)
            if reading.problem is not None:
                yield reading.problem
                continue
            name = row.question.variable
            entry = EarlierCell(unit, name, stage or "", reading.value, reading.status)
            if isinstance(reading.value, float):
                wholes[name] = reading.value
            if row.question.entry.at_most:
                parts.append((row, number, entry))
            else:
                yield entry
        for row, number, entry in parts:
            problem = self._above_whole(row, entry, wholes, self.at(number, column), stage)
            yield problem or entry

    def _above_whole(
        self,
        row: FormRow,
        entry: EarlierCell,
        wholes: Mapping[str, float],
        cell: str,
        stage: str | None,
    ) -> Problem | None:
        assert row.question is not None
        whole = wholes.get(row.question.entry.at_most, math.inf)
        if not isinstance(entry.value, float) or entry.value <= whole:
            return None
        values = {"whole": row.whole, "expected": number_text(whole, "en")}
        found = number_text(entry.value, "en")
        about: dict[str, Any] = {"unit": entry.unit, "variable": entry.variable, "cell": cell}
        return self._named("form.whole", found=found, values=values, stage=stage, **about)

    def stated(self) -> Iterator[Stated]:
        """Yield the points of nodes as the sheet states them."""
        for block in self.sheet.blocks:
            kind = "points" if block.has_points else "entry"
            column = self._column(column_key(kind, block.unit.code))
            if column is None:
                continue
            for row in self.sheet.rows:
                number = self._row(row.key)
                if number is None or not row.node or (row.question and not block.has_points):
                    continue
                cell = self.grid.cells.get((number, column))
                if cell is not None and isinstance(cell.value, float):
                    where = self.at(number, column)
                    yield Stated(block.unit.code, row.node, cell.value, where)

    def notes(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield unit, variable or node, kind, text and cell of remarks and of comments."""
        for block in self.sheet.blocks:
            code = block.unit.code
            columns = {
                kind: self._column(column_key(key, code))
                for kind, key in (("note", "remarks"), ("comment", "entry"))
            }
            for row in self.sheet.rows:
                number = self._row(row.key)
                name = row.question.variable if row.question else row.node
                for kind, column in columns.items():
                    if number is None or column is None:
                        continue
                    cell = self.grid.cells.get((number, column))
                    text = cell_text(cell) if kind == "note" else "" if cell is None else cell.note
                    if text:
                        yield code, name, kind, text, self.at(number, column)

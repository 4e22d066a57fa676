"""The cells of tables of scores: read, checked, noted, and put together unit by unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import attrs

from govindex.contracts import CellStatus
from govindex.errors import Problems
from govindex.grid import Cell
from govindex.workbooks.scores.cells import ScoreCell, decimals_of, figure, read_cell, shown_value
from govindex.workbooks.scores.criteria import Criteria, Criterion
from govindex.workbooks.scores.problems import sheet_problem
from govindex.workbooks.scores.reading_choices import ReadingChoices
from govindex.workbooks.scores.stated_sums import ReadPoints, StatedSum
from govindex.workbooks.scores.tables import Line, ScoreColumn, ScoreTable
from govindex.workbooks.scores.unit_names import UnitNames
from govindex.workbooks.scores.views import text_of

__all__ = ["SheetCell", "SheetScores"]

_WHOLE = ScoreColumn(0, "notes")  # of the unit of the sheet
Key = tuple[str, str, str | None]  # unit, variable and stage


@attrs.frozen
class SheetCell:
    """What one cell says of a unit, a variable and a stage."""

    reading: ScoreCell
    points: ReadPoints | None
    table: int
    cell: str


@attrs.define(eq=False, slots=False)
class SheetScores:
    """Everything that was read of the tables of some workbooks.

    Parameters
    ----------
    criteria : Criteria
    choices : ReadingChoices
    names : UnitNames
    problems : Problems
    """

    criteria: Criteria
    choices: ReadingChoices
    names: UnitNames
    problems: Problems
    entries: dict[Key, list[SheetCell]] = attrs.field(factory=dict)
    stated: list[StatedSum] = attrs.field(factory=list)
    notes: list[tuple[str | None, str | None, str | None, str, str, str]] = attrs.field(
        factory=list
    )
    leagues: dict[str, dict[str, str]] = attrs.field(factory=dict)
    twice: set[tuple[int, str]] = attrs.field(factory=set)  # tables and variables
    lines_of: dict[str, set[str]] = attrs.field(factory=dict)

    @cached_property
    def _source_of(self) -> dict[str, str]:
        """The data source of every variable."""
        return {c.variable: c.source for c in self.criteria.leaves if c.variable is not None}

    def add(self, number: int, table: ScoreTable, unit: str | None) -> None:
        """Read a table; `unit` is that of its sheet, if the sheet is about one."""
        _TableReader(self, number, table, unit).read()

    def points(self, total: StatedSum, variable: str) -> ReadPoints | None:
        """Return the points that a stated sum is made of: those of its own table, if there."""
        if total.source is not None and self._source_of[variable] != total.source:
            return None
        entries = self.entries.get((total.unit, variable, total.stage), [])
        own = [entry.points for entry in entries if entry.table == total.table]
        return next((points for points in (*own, *(e.points for e in entries)) if points), None)

    def settled(self) -> dict[Key, SheetCell]:
        """Return the entry of every cell that has one; note cells that two sheets fill."""
        cells: dict[Key, SheetCell] = {}
        doubled: dict[tuple[str, int, int], tuple[Key, SheetCell, SheetCell]] = {}
        for key, entries in self.entries.items():
            filled = [e for e in entries if e.reading.found or e.reading.problem]
            cells[key] = filled[0] if filled else entries[0]
            for other in filled[1:]:
                both = (key[0], filled[0].table, other.table)
                if (other.table, key[1]) not in self.twice or both[1] != both[2]:
                    doubled.setdefault(both, (key, filled[0], other))
                if other.reading.value != filled[0].reading.value:
                    unread = attrs.evolve(filled[0].reading, value=None, status=CellStatus.MISSING)
                    cells[key] = attrs.evolve(filled[0], reading=unread, points=None)
        for (unit, _, _), (key, first, second) in doubled.items():
            sheet = first.cell.rpartition("!")[0]
            beside = second.cell.rpartition("!")[0] == sheet
            self.problems.add(
                sheet_problem(
                    "unit.twice",
                    unit=unit,
                    variable=key[1],
                    stage=key[2],
                    cell=second.cell,
                    values={"known": first.cell if beside else sheet},
                )
            )
        return cells


@attrs.define(eq=False)
class _TableReader:
    """Reads one table into what is known of all."""

    scores: SheetScores
    number: int
    table: ScoreTable
    unit: str | None
    _hidden: set[tuple[str, int]] = attrs.field(factory=set)

    def read(self) -> None:
        merged = dict(self._merged())
        points = [column for column in self.table.columns if column.role == "points"]
        stages = {column.number: self._stage(column, points) for column in points}
        seen: set[tuple[str | None, str | None]] = set()
        for line in self.table.lines:
            variable = line.criterion.variable
            if variable is not None and (variable, line.stage) in seen:
                self.scores.twice.add((self.number, variable))
            seen.add((variable, line.stage))
            for column in points:
                at = (line.number, column.number)
                unit = self._unit(column)
                if unit is None or stages[column.number] == () or at in merged:
                    continue
                stage = line.stage or (*stages[column.number], None)[0]
                if stage is None and self._choices.stages:
                    self._note_unnamed_stage(line)
                    continue
                self._read_cell(line, column, unit, stage)
        self._check_maxima()
        self._note_texts()
        self._note_leagues(points)
        self._note_lines(points)

    @property
    def _choices(self) -> ReadingChoices:
        return self.scores.choices

    def _unit(self, column: ScoreColumn) -> str | None:
        written = column.unit if column.unit is not None else self.unit
        return None if not written else self.scores.names.code(written)

    def _stage(self, column: ScoreColumn, points: Sequence[ScoreColumn]) -> tuple[str | None, ...]:
        """Return the stage of a column, () if it is not known which one it is."""
        declared = self._choices.stages
        if column.stage is not None:
            return (column.stage,)
        if any(line.stage for line in self.table.lines):
            return (None,)
        same = [c for c in points if c.unit == column.unit and c.stage is None]
        if not declared:
            if len(same) == 1 or self.table.view.across:
                return (None,)
        elif not any(c.stage for c in points):
            texts = [text for _, text in self.table.titles]
            grid = self.table.view.grid
            for text in (grid.sheet, grid.file, *texts):
                if len(found := self._choices.stage_in(text)) == 1:
                    return found
            if len(declared) == 1 and len(same) == 1:
                return tuple(declared)
        known = ", ".join(declared) or "-"
        code = "column.unknown" if any(c.stage for c in points) else "stage.unnamed"
        self._problem(code, self._title_cell(column), found=column.title, values={"known": known})
        return ()

    def _title_cell(self, column: ScoreColumn) -> str:
        view, lines = self.table.view, self.table.at.header
        shown = [line for line in lines if text_of(view.shown(line, column.number))]
        return view.reference(min(shown, default=self.table.at.top), column.number)

    def _problem(self, code: str, cell: str, **about: Any) -> None:
        self.scores.problems.add(sheet_problem(code, cell=cell, **about))

    def _note_unnamed_stage(self, line: Line) -> None:
        at = self.table.at
        cell = self.table.view.reference(line.number, at.last)
        known = ", ".join(self._choices.stages)
        found = f"{line.criterion.code} {line.criterion.label}".strip()
        self._problem("stage.unnamed", cell, found=found, values={"known": known})

    # Cells

    def _read_cell(self, line: Line, column: ScoreColumn, unit: str, stage: str | None) -> None:
        view = self.table.view
        cell = view.cells.get((line.number, column.number))
        reference = view.reference(line.number, column.number)
        criterion = self._criterion(line, column)
        if criterion is None:
            if cell is not None and cell.value != "":
                found = f"{text_of(cell)}"
                known = line.criterion.source or "-"
                about = {"unit": unit, "variable": line.criterion.code, "stage": stage}
                self._problem(
                    "cell.other_source", reference, found=found, values={"known": known}, **about
                )
            return
        if cell is not None and cell.note:
            self._note(unit, criterion.code, stage, "comment", cell.note, reference)
        hidden = cell is not None and cell.value != "" and self._is_hidden(line, column)
        if criterion.variable is None:
            if cell is not None and not hidden:
                self._read_sum(cell, criterion, unit, stage, reference, column.source)
            return
        if hidden and self._choices.hidden != "read":
            reading = ScoreCell(None, CellStatus.MISSING, "cell.hidden")
        else:
            reading = read_cell(cell, criterion, self._choices)
        where = {"unit": unit, "variable": criterion.code, "stage": stage}
        if reading.problem and reading.problem != "cell.hidden":
            values = {"known": reading.expected}
            self._problem(reading.problem, reference, found=reading.found, values=values, **where)
        if cell is not None and reading.value is not None and cell.formula:
            self._note(unit, criterion.code, stage, "formula", reading.found, reference)
        if cell is not None and hidden and self._choices.hidden != "refuse":
            self._note(unit, criterion.code, stage, "hidden", text_of(cell), reference)
        key = (unit, criterion.variable, stage)
        entry = SheetCell(reading, _points(cell, reading), self.number, reference)
        self.scores.entries.setdefault(key, []).append(entry)

    def _criterion(self, line: Line, column: ScoreColumn) -> Criterion | None:
        """Return what a cell is read as: the row's criterion, or its part from a data source."""
        if column.source is None:
            return line.criterion
        part = self.scores.criteria.of_source(line.criterion, column.source)
        if part is not None or line.criterion.variable is not None:
            return part
        return line.criterion

    def _is_hidden(self, line: Line, column: ScoreColumn) -> bool:
        """Return whether a cell is in a hidden row or column; note that once."""
        view = self.table.view
        for what, number, numbers in (
            ("line", line.number, view.hidden_lines),
            ("column", column.number, view.hidden_columns),
        ):
            if number not in numbers:
                continue
            if self._choices.hidden == "refuse" and (what, number) not in self._hidden:
                self._hidden.add((what, number))
                about = {"variable": line.criterion.code} if what == "line" else {}
                cell = view.reference(line.number, column.number)
                self._problem("cell.hidden", cell, **about)
            return True
        return False

    def _read_sum(
        self,
        cell: Cell,
        criterion: Criterion,
        unit: str,
        stage: str | None,
        reference: str,
        source: str | None,
    ) -> None:
        """Read the subtotal of a branch, which is checked and never used."""
        if cell.value == "" and not cell.formula:
            return
        read = figure(cell, self._choices)
        if read.problem == "cell.word" and not any(letter.isdigit() for letter in read.found):
            return  # "KAD" or a remark at a branch says nothing about its parts
        if read.problem:
            code = "total.unread" if read.problem == "cell.word" else read.problem
            about = {"unit": unit, "variable": criterion.code, "stage": stage, "noun": "node"}
            values = {"known": read.expected}
            self._problem(code, reference, found=read.found, values=values, **about)
        elif isinstance(read.value, float):
            written = read.value, decimals_of(cell, read.value), reference
            self.scores.stated.append(
                StatedSum(unit, stage, criterion.code, *written, self.number, source)
            )

    def _merged(self) -> Iterator[tuple[tuple[int, int], None]]:
        """Yield the cells of merged areas over several scores, which say nothing of each."""
        view = self.table.view
        lines = {line.number: line for line in self.table.lines}
        columns = {c.number: c for c in self.table.columns if c.role == "points"}
        for area in view.merged:
            covered = [
                (line, column)
                for line in lines
                if area.top <= line <= area.bottom
                for column in columns
                if area.left <= column <= area.right
            ]
            filled = [at for at in covered if at in view.cells]
            wide = len(covered) > 1
            if not filled or not (wide or (area.top, area.left) not in covered):
                continue
            line, column = filled[0]
            first = (area.top, area.left) == filled[0] and len(filled) == 1
            self._problem(
                "cell.merged" if first else "cell.covered",
                view.reference(line, column),
                unit=self._unit(columns[column]),
                variable=lines[line].criterion.code,
                found=text_of(view.cells[filled[0]]),
            )
            for at in covered:
                yield at, None

    # Beside the scores

    def _note(
        self,
        unit: str | None,
        variable: str | None,
        stage: str | None,
        kind: str,
        text: str,
        cell: str,
    ) -> None:
        self.scores.notes.append((unit, variable, stage, kind, text, cell))

    def _check_maxima(self) -> None:
        view = self.table.view
        columns = [c.number for c in self.table.columns if c.role == "maximum"]
        unit = self._unit(_WHOLE) if self.table.of_one_unit else None
        for line in self.table.lines if columns else ():
            filled = [at for at in columns if text_of(view.cells.get((line.number, at)))]
            maximum = line.criterion.maximum
            if not filled or maximum is None:
                continue
            reads = [figure(view.cells[line.number, at], self._choices) for at in filled]
            reference = view.reference(line.number, filled[0])
            about = {"unit": unit, "variable": line.criterion.code}
            for read in reads:
                if read.problem:
                    values = {"known": read.expected}
                    self._problem(read.problem, reference, found=read.found, values=values, **about)
            stated = sum(float(read.value) for read in reads if isinstance(read.value, float))
            if not any(read.problem for read in reads) and abs(stated - maximum) > 1e-9:
                values = {"known": f"{maximum:g}"}
                self._problem(
                    "maximum.other", reference, found=f"{stated:g}", values=values, **about
                )

    def _note_texts(self) -> None:
        """Keep the columns of notes, comments beside the scores, and what was left out."""
        view = self.table.view
        data = {c.number for c in self.table.columns if c.role == "points"}
        notes = {c.number: c for c in self.table.columns if c.role == "notes"}
        for line in self.table.lines:
            for number, cell in view.lines.get(line.number, {}).items():
                column = notes.get(number)
                if column is None and not cell.note:
                    continue
                unit = self._unit(column or _WHOLE)
                where = view.reference(line.number, number)
                if column is not None and text_of(cell):
                    stage = column.stage
                    self._note(unit, line.criterion.code, stage, "note", text_of(cell), where)
                if cell.note and number not in data:
                    self._note(unit, line.criterion.code, None, "comment", cell.note, where)
        for cell_name, title in self.table.left_out:
            self._note(None, None, None, "left out", title, cell_name)

    def _note_leagues(self, points: Sequence[ScoreColumn]) -> None:
        for column in points:
            unit = self._unit(column)
            if unit is not None and column.league is not None:
                cell = self.table.view.reference(self.table.at.top, column.number)
                self.scores.leagues.setdefault(unit, {}).setdefault(column.league, cell)

    def _note_lines(self, points: Sequence[ScoreColumn]) -> None:
        """Remember which criteria the tables of every unit have a line for."""
        for column in points:
            unit = self._unit(column)
            if unit is not None:
                found = (self._criterion(line, column) for line in self.table.lines)
                codes = {criterion.code for criterion in found if criterion is not None}
                self.scores.lines_of.setdefault(unit, set()).update(codes)


def _points(cell: Cell | None, reading: ScoreCell) -> ReadPoints | None:
    number = reading.number
    return None if cell is None or number is None else ReadPoints(number, shown_value(cell, number))

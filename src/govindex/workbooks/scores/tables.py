"""Tables of scores in sheets: which line is which criterion, which column which unit and stage."""

from __future__ import annotations

from typing import Any

import attrs

from govindex.errors import Problems
from govindex.grid import Cell
from govindex.workbooks.scores.criteria import Criteria, Criterion
from govindex.workbooks.scores.locations import Location, is_number
from govindex.workbooks.scores.problems import sheet_problem
from govindex.workbooks.scores.reading_choices import ReadingChoices
from govindex.workbooks.scores.views import SheetView, text_of
from govindex.workbooks.scores.wordings import look

__all__ = ["Line", "ScoreColumn", "ScoreTable", "SheetReader"]


@attrs.frozen
class Line:
    """A line of a table that is a criterion, at one stage or at that of the column."""

    number: int
    criterion: Criterion
    stage: str | None = None


@attrs.frozen
class ScoreColumn:
    """A column of a table.

    Parameters
    ----------
    number : int
    role : str
        "points", "maximum" or "notes".
    unit : str or None
        As written; None if the whole sheet is about one unit.
    stage : str or None
    league : str or None
        As written.
    title : str
    source : str or None
        The data source whose points the column holds, where others hold those of another one.
    """

    number: int
    role: str
    unit: str | None = None
    stage: str | None = None
    league: str | None = None
    title: str = ""
    source: str | None = None


@attrs.frozen(eq=False)
class ScoreTable:
    """What was understood of a sheet.

    Parameters
    ----------
    at : Location
    lines : tuple of Line
    columns : tuple of ScoreColumn
    titles : tuple of (str, str)
        The texts above the table, each with its cell.
    left_out : tuple of (str, str)
        Columns and rows that are no scores, by their cell and title.
    """

    at: Location
    lines: tuple[Line, ...]
    columns: tuple[ScoreColumn, ...]
    titles: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def view(self) -> SheetView:
        """The sheet with its criteria down the lines."""
        return self.at.view

    @property
    def of_one_unit(self) -> bool:
        """Whether no column names a unit: the whole sheet is about one."""
        return all(column.unit is None for column in self.columns)


@attrs.frozen(eq=False)
class SheetReader:
    """What readers of a sheet share: its cells, what was declared, and where to note what is wrong.

    Parameters
    ----------
    at : Location
    criteria : Criteria
    choices : ReadingChoices
    known : frozenset of str
        The looks of the declared units.
    problems : Problems
    left_out : list of (str, str)
        Columns and rows that are no scores.
    """

    at: Location
    criteria: Criteria
    choices: ReadingChoices
    known: frozenset[str]
    problems: Problems
    left_out: list[tuple[str, str]] = attrs.field(factory=list)

    @property
    def view(self) -> SheetView:
        """The sheet with its criteria down the lines."""
        return self.at.view

    def leave_out(self, line: int, column: int, title: str) -> None:
        """Note a column or a row that is no score."""
        self.left_out.append((self.view.reference(line, column), title))

    def add(self, code: str, line: int, column: int, **about: Any) -> None:
        """Note a problem of a cell."""
        cell = self.view.reference(line, column)
        self.problems.add(sheet_problem(code, cell=cell, **about))

    def first(self, column: int) -> int:
        """Return the line of the first title of a column."""
        lines = [line for line in self.at.header if text_of(self.view.shown(line, column))]
        return min(lines) if lines else self.at.top

    def has_points(self, column: int) -> bool:
        """Return whether a column holds figures beside the criteria."""
        cells = self.view.columns.get(column, {})
        return any(line >= self.at.top and is_number(cell) for line, cell in cells.items())

    def is_score(self, cell: Cell) -> bool:
        """Return whether a cell holds a figure, an error, an answer, or a word for an absence."""
        text = look(text_of(cell))
        known = text in self.choices.absent_words or text in self.criteria.answers
        return known or is_number(cell) or bool(cell.error)

    def letters(self, line: int) -> str:
        """Return the letters of the sheet's column that a line of a view across is."""
        return self.view.reference(line, 1).rpartition("!")[2].rstrip("0123456789")

"""Lines of sheets that are criteria, and the tables that they make with the columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from govindex.errors import Problems
from govindex.grid import Cell
from govindex.workbooks.scores.criteria import Criteria, Criterion
from govindex.workbooks.scores.locations import Location
from govindex.workbooks.scores.reading_choices import ReadingChoices
from govindex.workbooks.scores.tables import Line, ScoreTable, SheetReader
from govindex.workbooks.scores.unit_columns import columns_down
from govindex.workbooks.scores.unit_rows import columns_across
from govindex.workbooks.scores.views import text_of
from govindex.workbooks.scores.wordings import NOTES, RANKS, holds, is_total

__all__ = ["table_at"]


def table_at(
    at: Location,
    criteria: Criteria,
    choices: ReadingChoices,
    known: frozenset[str],
    problems: Problems,
) -> ScoreTable:
    """Return the table of a sheet; `problems` receives what is wrong with it.

    Parameters
    ----------
    known : frozenset of str
        The looks of the declared units.
    """
    reader = SheetReader(at, criteria, choices, known, problems)
    staged = _stage_column(reader)
    candidates = [n for n in _columns_right(reader) if n != staged]
    columns = (columns_across if at.view.across else columns_down)(reader, candidates)
    points = frozenset(column.number for column in columns if column.role == "points")
    lines = tuple(_Lines(reader, points, staged).every())
    titles = tuple(_titles(reader))
    return ScoreTable(at, lines, tuple(columns), titles, tuple(dict.fromkeys(reader.left_out)))


def _columns_right(reader: SheetReader) -> list[int]:
    return sorted(column for column in reader.view.columns if column > reader.at.last)


def _stage_column(reader: SheetReader) -> int | None:
    """Return the column next to the names whose texts are all stages."""
    for column in _columns_right(reader)[:2]:
        cells = reader.view.columns[column].items()
        texts = [text for line, cell in cells if line >= reader.at.top and (text := text_of(cell))]
        if texts and all(reader.choices.stage_in(text) for text in texts):
            return column
    return None


def _titles(reader: SheetReader) -> Iterator[tuple[str, str]]:
    """Yield the texts above the table, each with its cell."""
    at, view = reader.at, reader.view
    if view.across:
        first = min(row for row in (at.number, at.name) if row is not None)
    else:
        first = min((at.top, *at.header))
    for row, column, text in view.texts():
        if row < first:
            yield view.reference(*((column, row) if view.across else (row, column))), text


@attrs.define(eq=False)
class _Lines:
    """Finds the criterion of every line."""

    reader: SheetReader
    points: frozenset[int]
    staged: int | None

    def every(self) -> Iterator[Line]:
        """Yield the lines that are criteria; note others that hold points."""
        reader = self.reader
        within: tuple[str, ...] = ()
        seen: dict[tuple[str, str | None], int] = {}
        last: tuple[Cell | None, str] = (None, "")
        for line in reader.view.lines:
            if line < reader.at.top:
                continue
            number, name = reader.at.identity(line)
            stage = None
            if self.staged is not None:
                text = text_of(reader.view.shown(line, self.staged))
                stage = (*reader.choices.stage_in(text), None)[0]
                number, name = last if number is None and not name else (number, name)
            last = number, name
            criterion = self._criterion(line, number, name, within)
            if criterion is None:
                continue
            if (criterion.code, stage) in seen:
                first = self._reference(seen[criterion.code, stage])
                values = {"known": first}
                self._add("criterion.twice", line, variable=criterion.code, values=values)
            seen.setdefault((criterion.code, stage), line)
            within = reader.criteria.around(criterion)
            yield Line(line, criterion, stage)

    def _criterion(
        self, line: int, number: Cell | None, name: str, within: tuple[str, ...]
    ) -> Criterion | None:
        """Return the criterion of a line, None without one; note what is wrong."""
        criteria, choices = self.reader.criteria, self.reader.choices
        texts = [text for text in (name, text_of(number)) if text]
        across = self.reader.view.across
        role = choices.role(self.reader.letters(line) if across else "", texts) if texts else ""
        if role in criteria.by_code:
            return criteria.by_code[role]
        if role in ("ignore", "notes") or (
            across and any(holds(text, (*NOTES, *RANKS)) for text in texts)
        ):
            self._leave_out(line, texts)
            return None
        value, written = (None, "") if number is None else (number.value, number.number_format)
        match = criteria.match(value, written, name, within)
        if match.criterion is not None:
            return match.criterion
        for text in texts:
            if (total := criteria.total(text)) is not None:
                return total
        if not any(self.reader.is_score(cell) for cell in self._points(line)):
            return None
        if number is None and _is_sum(name):
            self._leave_out(line, texts)
            return None
        if not texts:
            self._note_unnamed(line)
            return None
        found = " ".join(dict.fromkeys(reversed(texts)))
        self._add(match.problem, line, found=found, values={"known": match.expected})
        return None

    def _note_unnamed(self, line: int) -> None:
        """Note the first figure of a line that has neither a number nor a name."""
        for column, cell in self.reader.view.lines[line].items():
            if column in self.points and self.reader.is_score(cell):
                self.reader.add("criterion.unnamed", line, column, found=text_of(cell))
                return

    def _points(self, line: int) -> list[Cell]:
        cells = self.reader.view.lines[line].items()
        return [cell for column, cell in cells if column in self.points]

    @property
    def _column(self) -> int:
        at = self.reader.at
        return at.number or at.name or 1

    def _reference(self, line: int) -> str:
        return self.reader.view.reference(line, self._column)

    def _leave_out(self, line: int, texts: list[str]) -> None:
        self.reader.leave_out(line, self._column, " ".join(texts))

    def _add(self, code: str, line: int, **about: Any) -> None:
        self.reader.add(code, line, self._column, **about)


def _is_sum(name: str) -> bool:
    """Return whether a row is the sum of some others, which is not checked."""
    words = name.split()
    if len(words) > 1 and is_total(words[0]) and not words[1][0].isalpha():
        return True
    return is_total(" ".join(words[:2]))

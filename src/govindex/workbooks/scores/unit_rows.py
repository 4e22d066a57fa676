"""Rows of sheets with the criteria across the columns: each is a unit, or a unit at a stage."""

from __future__ import annotations

import attrs

from govindex.grid import Cell
from govindex.workbooks.scores.locations import is_number, summary_title
from govindex.workbooks.scores.tables import ScoreColumn, SheetReader
from govindex.workbooks.scores.views import text_of
from govindex.workbooks.scores.wordings import NOTES, RANKS, UNIT_TITLES, holds, look

__all__ = ["columns_across"]

_COUNTING = frozenset({"stt", "tt", "số tt", "số thứ tự", "no", "#", "nr"})


def columns_across(reader: SheetReader, candidates: list[int]) -> list[ScoreColumn]:
    """Return the rows of a sheet as the columns of its view."""
    fields = _Fields(reader)
    columns: list[ScoreColumn] = []
    last = reader.at.last  # a row below a gap is no unit unless it has points
    for number in candidates:
        column = fields.column(number, follows=number == last + 1)
        if column is not None:
            columns.append(column)
            last = number
    return columns


@attrs.define(eq=False)
class _Fields:
    """The lines of the view (columns of the sheet) that describe its units."""

    reader: SheetReader
    lines: dict[str, int] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.lines, others = {}, []
        for line in sorted(self.reader.at.header):
            role = self._role(line)
            if role in ("unit", "league", "stage"):
                self.lines[role] = line
            elif role == "other":
                others.append(line)
        if "unit" not in self.lines and others:
            self.lines["unit"] = self._unit_line(others)
        for line in others:
            if line != self.lines.get("unit"):
                self._leave_out(line)

    def column(self, number: int, *, follows: bool) -> ScoreColumn | None:
        """Return the column of a row of the sheet, None if it is no unit.

        A row that names a unit and has no points is a unit if it follows another one: all its cells
        are missing.
        """
        reader, view = self.reader, self.reader.view
        if not any(text_of(cell) or cell.error for cell in view.columns[number].values()):
            return None
        texts = {role: text_of(view.shown(line, number)) for role, line in self.lines.items()}
        unit = texts.get("unit", "")
        if summary_title(unit) or reader.choices.role(str(number), [unit]) == "ignore":
            reader.leave_out(self.lines.get("unit", 1), number, unit)
            return None
        if not self._holds_scores(number) and not (unit and follows):
            if unit:
                reader.leave_out(self.lines["unit"], number, unit)
            return None  # a signature or a date below the table
        if not unit:
            reader.add("unit.unnamed", reader.at.top, number, found="-")
            return None
        return self._staged(number, unit, texts)

    def _staged(self, number: int, unit: str, texts: dict[str, str]) -> ScoreColumn | None:
        choices = self.reader.choices
        stages = choices.stage_in(texts.get("stage", ""))
        if len(stages) > 1 or ("stage" in self.lines and not stages):
            values = {"known": ", ".join(choices.stages)}
            self.reader.add(
                "stage.unnamed", self.lines["stage"], number, found=texts["stage"], values=values
            )
            return None
        league = texts.get("league") or None
        return ScoreColumn(number, "points", unit, (*stages, None)[0], league, unit)

    def _holds_scores(self, number: int) -> bool:
        cells = self.reader.view.columns[number].items()
        return any(line >= self.reader.at.top and self.reader.is_score(c) for line, c in cells)

    def _role(self, line: int) -> str:
        """Return what a line holds: a field of the units, "other", or "" for nothing of use."""
        choices, title = self.reader.choices, self._title(line)
        if choices.league and look(title) == choices.league:
            return "league"
        role = choices.role(self.reader.letters(line), [title])
        texts = [text for text in map(text_of, self._cells(line)) if text]
        if role:
            pass
        elif texts and all(choices.stage_in(text) for text in texts):
            role = "stage"
        elif not texts or look(title).strip(".") in _COUNTING:
            role = ""
        else:
            role = "notes" if holds(title, NOTES) else "other"
        if role in ("notes", "ignore"):
            self.reader.leave_out(line, self.reader.at.last, title)
        return role

    def _cells(self, line: int) -> list[Cell]:
        """Return the cells of a line beside the units."""
        cells = self.reader.view.lines[line].items()
        return [cell for column, cell in cells if column > self.reader.at.last]

    def _title(self, line: int) -> str:
        """Return the title of a line: its lowest cell in the header of the sheet."""
        cells = self.reader.view.lines[line].items()
        titles = [cell for column, cell in cells if column <= self.reader.at.last]
        return text_of(titles[-1]) if titles else ""

    def _unit_line(self, others: list[int]) -> int:
        """Return the line that names the units: by its title, else the first one of texts."""
        for words in UNIT_TITLES:
            for line in others:
                if look(self._title(line)) == words:
                    return line
        texts = [x for x in others if not any(is_number(cell) for cell in self._cells(x))]
        return (*texts, *others)[0]

    def _leave_out(self, line: int) -> None:
        """Leave a line out, unless it holds figures that may be scores."""
        title, last = self._title(line), self.reader.at.last
        figures = any(is_number(cell) for cell in self._cells(line))
        if figures and not (summary_title(title) or holds(title, RANKS)):
            self.reader.add("column.unknown", line, last, found=title)
        else:
            self.reader.leave_out(line, last, title)

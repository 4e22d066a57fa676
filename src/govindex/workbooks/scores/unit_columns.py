"""Columns of sheets with the criteria down the rows: their unit, stage or other role by title."""

from __future__ import annotations

import re
from typing import Any

import attrs

from govindex.grid import Cell
from govindex.grid.roles import role_of, source_of
from govindex.workbooks.scores.locations import is_number, summary_title
from govindex.workbooks.scores.tables import ScoreColumn, SheetReader
from govindex.workbooks.scores.views import text_of
from govindex.workbooks.scores.wordings import MAXIMUM, NOTES, POINTS, RANKS, holds, look, names_key

__all__ = ["columns_down"]

_APPRAISED = "appraised"
_BETWEEN = re.compile(r"\s*[-–—:/|(),\n]\s*")


def columns_down(reader: SheetReader, candidates: list[int]) -> list[ScoreColumn]:
    """Return the columns of a sheet by their titles; those that are no scores are left out."""
    found = (_Titles(reader, number).column() for number in candidates)
    columns = _sourced(reader, [column for column in found if column is not None])
    points = [column for column in columns if column.role == "points"]
    if all(c.unit is None for c in points) or not any(c.unit is None for c in points):
        return columns
    # The sheet is about one unit: what stands beside its points is not another one.
    others = [c for c in points if c.unit is not None and look(c.unit) not in reader.known]
    for column in others:
        reader.add("column.unknown", reader.first(column.number), column.number, found=column.title)
    return [column for column in columns if column not in others]


def _sourced(reader: SheetReader, columns: list[ScoreColumn]) -> list[ScoreColumn]:
    """Give columns without a stage their data source, if one of them is not of the appraisal."""
    if len(reader.criteria.sources) < 2:
        return columns
    sources = {
        column.number: source
        for column in columns
        if column.role == "points"
        and column.stage is None
        and (source := _source(reader, column)) is not None
    }
    if not set(sources.values()) - {_APPRAISED}:
        return columns
    last = next(reversed([*reader.choices.stages]), None)
    return [
        attrs.evolve(column, source=sources[column.number], stage=last)
        if column.number in sources
        else attrs.evolve(column, source=_APPRAISED)
        for column in columns
    ]


def _source(reader: SheetReader, column: ScoreColumn) -> str | None:
    """Return the data source of the rubric that the lowest title of a column names."""
    words = names_key(column.title.rpartition(" / ")[2])
    without = words.removeprefix(names_key("Điểm")).strip()
    found = source_of(without) or source_of(words)
    return found if found in reader.criteria.sources else None


@attrs.define(eq=False)
class _Titles:
    """The titles of a column, the lowest first."""

    reader: SheetReader
    number: int
    texts: list[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.texts = [*reversed(self.reader.at.titles.get(self.number, ()))]

    def column(self) -> ScoreColumn | None:
        """Return the column, None if it is left out."""
        reader, texts = self.reader, self.texts
        title = " / ".join(reversed(texts))
        role = reader.choices.role(reader.view.column_title(self.number), texts)
        if not role:
            role = self._role()
            if role in ("notes", "texts") and self._holds_figures():
                self._add("column.unknown", found=title)
                return None
            role = "ignore" if role == "texts" else role
        if role == "ignore":
            reader.leave_out(reader.first(self.number), self.number, title)
            return None
        if role == "maximum":
            return ScoreColumn(self.number, role, title=title)
        is_stage = role in reader.choices.stages
        stages = (role,) if is_stage else self._stages()
        if role == "notes":
            return ScoreColumn(
                self.number, role, self._unit(texts[1:]), (*stages, None)[0], title=title
            )
        if len(stages) > 1:
            self._add("stage.ambiguous", found=title, values={"known": ", ".join(stages)})
            return None
        unit = None if is_stage else self._unit(texts)
        if not texts or not (role or stages or unit is not None or self._holds_scores()):
            return self._untitled(title)
        return ScoreColumn(self.number, "points", unit, (*stages, None)[0], title=title)

    def _untitled(self, title: str) -> ScoreColumn | None:
        """Return a column without a title that says what it is: of texts, or a problem."""
        if self.reader.has_points(self.number):
            found = title or self.reader.view.column_title(self.number)
            cells = self.reader.view.columns[self.number]
            line = self.reader.first(self.number) if title else min(cells)
            self.reader.add("column.unknown", line, self.number, found=found)
            return None
        filled = any(c.value != "" for c in self.reader.view.columns[self.number].values())
        return ScoreColumn(self.number, "notes", title=title) if filled else None

    def _add(self, code: str, **about: Any) -> None:
        self.reader.add(code, self.reader.first(self.number), self.number, **about)

    def _role(self) -> str:
        """Return the role by the titles: "texts" for a column of no use, "" for points."""
        lowest = self.texts[0] if self.texts else ""
        if look(self.reader.choices.meant(lowest)) in self.reader.known:
            return ""
        is_stage = bool(self.reader.choices.stage_in(lowest))
        if any(holds(text, MAXIMUM) for text in self.texts[:2]):
            return "maximum"
        if is_stage:
            return ""
        if holds(lowest, NOTES):
            return "notes"
        if role_of(lowest) in ("guidance", "number", "name", "source"):
            return "texts"
        return "ignore" if holds(lowest, RANKS) or summary_title(lowest) else ""

    def _stages(self) -> tuple[str, ...]:
        """Return the stage that the lowest title with one names, several if that is in doubt."""
        for text in self.texts:
            if look(text) not in self.reader.known and (
                found := self.reader.choices.stage_in(text)
            ):
                return found
        return ()

    def _unit(self, texts: list[str]) -> str | None:
        """Return the unit that titles name, the lowest one first."""
        choices = self.reader.choices
        for text in texts:
            if look(choices.meant(text)) in self.reader.known:
                return text
            if is_number(Cell(text)):
                continue  # a row that counts the columns
            if choices.stage_in(text):
                parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
                rest = [part for part in parts if not choices.stage_in(part)]
                if len(parts) > len(rest) > 0 and not _is_about_points(rest[0]):
                    return rest[0]
            elif not _is_about_points(text):
                return text
        return None

    def _holds_figures(self) -> bool:
        """Return whether more than half of the column's cells beside criteria are figures."""
        cells = self.reader.view.columns.get(self.number, {}).items()
        body = [cell for line, cell in cells if line >= self.reader.at.top and text_of(cell)]
        return 2 * sum(map(is_number, body)) > len(body)

    def _holds_scores(self) -> bool:
        """Return whether the column holds figures or words that mean absent."""
        cells = self.reader.view.columns.get(self.number, {}).items()
        return any(line >= self.reader.at.top and self.reader.is_score(c) for line, c in cells)


def _is_about_points(text: str) -> bool:
    """Return whether a title speaks of points, not of a unit."""
    words = look(text)
    starts = (*POINTS, look("tự đánh giá"), look("năm"), look("year"))
    points = any(words == start or words.startswith(f"{start} ") for start in starts)
    return points or role_of(text) in ("points", "score", "maximum")

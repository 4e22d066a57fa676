"""Where the criteria of a sheet stand: down its rows or across its columns, from which line on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs

from govindex.grid import Cell, Grid
from govindex.grid.headers import header_at, rows_above
from govindex.workbooks.scores.criteria import Criteria
from govindex.workbooks.scores.reading_choices import ReadingChoices
from govindex.workbooks.scores.views import SheetView, text_of
from govindex.workbooks.scores.wordings import is_total, look

__all__ = ["Location", "is_number", "located", "summary_title"]

_NUMBER = re.compile(r"[-+\u2212'’]?\(?\d[\d.,\s]*\)?%?")
_COUNTS = re.compile(r"\(?\d+\)?")


@attrs.frozen(eq=False, slots=False)
class Location:
    """Where the criteria of a sheet stand.

    Parameters
    ----------
    view : SheetView
        With the criteria down the lines.
    number, name : int or None
        The columns of running numbers and of names; at least one.
    top : int
        The line of the first criterion.
    header : tuple of int
        The lines of the header, the lowest first.
    """

    view: SheetView
    number: int | None
    name: int | None
    top: int
    header: tuple[int, ...]

    @cached_property
    def titles(self) -> Mapping[int, tuple[str, ...]]:
        """What is written above each column, from the top, in a sheet with its units across."""
        rows = [row for row in sorted(self.header) if not _counts_columns(self.view, row)]
        return header_at(self.view.grid, rows, text_of).titles

    @property
    def last(self) -> int:
        """The last column that identifies a criterion."""
        return max(column for column in (self.number, self.name) if column is not None)

    def identity(self, line: int) -> tuple[Cell | None, str]:
        """Return the cell of the running number and the name of a line."""
        number = self.view.shown(line, self.number) if self.number is not None else None
        name = text_of(self.view.shown(line, self.name)) if self.name is not None else ""
        if self.number is not None and self.name is not None and self.name != self.number:
            same = self.view.source(line, self.number) == self.view.source(line, self.name)
            number = None if same else number  # merged: a title or a total
        if self.name == self.number:
            number = None if isinstance(number and number.value, str) else number
        elif number is not None and not text_of(number):
            number = None
        return number, "" if number is not None and self.name == self.number else name


@attrs.define
class _Evidence:
    """The codes that cells of a row or column are the numbers or the names of."""

    texts: set[str] = attrs.field(factory=set)
    figures: set[str] = attrs.field(factory=set)
    names: set[str] = attrs.field(factory=set)

    @property
    def numbers(self) -> float:
        # Scores such as 1 and 2 may look like running numbers.
        return len(self.texts) + 0.75 * len(self.figures - self.texts)


def located(
    grid: Grid, criteria: Criteria, choices: ReadingChoices, *, named: bool
) -> Location | None:
    """Return where the criteria of a sheet stand, None if the sheet has none."""
    rows, columns = _evidence(grid, criteria, choices)
    down, across = _best(columns), _best(rows)
    if not down[0] and not across[0]:
        return None
    is_across = across[0] > down[0] or (across[0] == down[0] and _is_first(grid, across[1:]))
    view = SheetView(grid, is_across, named)
    _, number, name = across if is_across else down
    if not is_across:
        number = _declared(view, choices, "number") or number
        name = _declared(view, choices, "name") or name
    if name is None and number is not None and any(c.names for c in criteria.every):
        name = _other_names(view, number, criteria, choices)
    return _with_lines(view, number, name, criteria, choices)


def _evidence(
    grid: Grid, criteria: Criteria, choices: ReadingChoices
) -> tuple[dict[int, _Evidence], dict[int, _Evidence]]:
    """Return the evidence of every row and of every column."""
    rows: defaultdict[int, _Evidence] = defaultdict(_Evidence)
    columns: defaultdict[int, _Evidence] = defaultdict(_Evidence)
    last = max(choices.header, default=0)
    for (row, column), cell in grid.cells.items():
        if cell.value == "" or cell.error:
            continue
        numbered = criteria.numbered(cell.value, cell.number_format)
        named = criteria.named(cell.value)
        if not numbered and not named:
            continue
        found = []
        if not choices.header or row in choices.header:
            found.append(rows[row])
        if row > last:
            found.append(columns[column])
        for evidence in found:
            (evidence.texts if isinstance(cell.value, str) else evidence.figures).update(numbered)
            evidence.names.update(named)
    return rows, columns


def _best(evidence: Mapping[int, _Evidence]) -> tuple[float, int | None, int | None]:
    """Return the weight of the evidence, and where numbers and names stand."""
    names = max((len(e.names) for e in evidence.values()), default=0)
    name = next((at for at in sorted(evidence) if len(evidence[at].names) == names > 0), None)
    before = [at for at in sorted(evidence) if name is None or at <= name]
    most = max((evidence[at].numbers for at in before), default=0.0)
    number = next((at for at in before if evidence[at].numbers == most > 0), None)
    return names + most, number, name


def _is_first(grid: Grid, at: Iterable[int | None]) -> bool:
    """Return whether the row of the criteria is the first one with several cells."""
    rows: dict[int, int] = {}
    for row, _ in grid.cells:
        rows[row] = rows.get(row, 0) + 1
    first = min((row for row, count in rows.items() if count > 1), default=0)
    return first in tuple(at)


def _declared(view: SheetView, choices: ReadingChoices, role: str) -> int | None:
    """Return the column that was declared to have a role."""
    for column in sorted(view.columns) if role in choices.columns.values() else ():
        texts = [text_of(cell) for cell in view.columns[column].values()]
        if choices.role(view.column_title(column), texts) == role:
            return column
    return None


def _other_names(
    view: SheetView, number: int, criteria: Criteria, choices: ReadingChoices
) -> int | None:
    """Return the column beside the numbers that holds names, though the rubric has no such ones."""
    cells = view.columns[number].items()
    lines = [line for line, cell in cells if criteria.numbered(cell.value, cell.number_format)]
    for column in sorted(view.columns):
        texts = [text_of(view.cells.get((line, column))) for line in lines]
        named = [
            text
            for text in texts
            if text
            and not _NUMBER.fullmatch(text)
            and look(text) not in choices.absent_words
            and look(text) not in criteria.answers
            and not choices.stage_in(text)
        ]
        if column > number and 2 * len(named) > len(lines):
            return column
    return None


def _with_lines(
    view: SheetView,
    number: int | None,
    name: int | None,
    criteria: Criteria,
    choices: ReadingChoices,
) -> Location:
    draft = Location(view, number, name, 0, ())
    last = 0 if view.across else max(choices.header, default=0)
    top = next(
        line for line in sorted(view.lines) if line > last and _matches(draft, line, criteria)
    )
    if not view.across and not choices.header:
        while (above := _line_above(view, top)) and _has_figures(draft, above):
            top = above
    located_at = attrs.evolve(draft, top=top)
    return attrs.evolve(located_at, header=_header_lines(located_at, choices))


def _matches(at: Location, line: int, criteria: Criteria) -> bool:
    number, name = at.identity(line)
    if _counts_columns(at.view, line) and at.name is not None:
        return False
    match = criteria.match(
        None if number is None else number.value,
        "" if number is None else number.number_format,
        name,
        (),
    )
    if match.criterion is None:
        return match.problem != "criterion.unknown"
    return match.criterion.parent is not None  # the title of a sheet may be that of the rubric


def _line_above(view: SheetView, line: int) -> int:
    return line - 1 if line - 1 in view.lines else 0


def _counts_columns(view: SheetView, line: int) -> bool:
    """Return whether a line counts the columns, as "1, 2, 3" or "(1), (2), (3)" do."""
    texts = [text_of(cell) for _, cell in sorted(view.lines[line].items())]
    numbers = [int(text.strip("()")) for text in texts if _COUNTS.fullmatch(text)]
    if len(numbers) < 3 or len(numbers) < len(texts) - 2:
        return False
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _has_figures(at: Location, line: int) -> bool:
    """Return whether a line holds figures to the right of the names, and does not count columns."""
    cells = at.view.lines[line].items()
    figures = any(column > at.last and is_number(cell) for column, cell in cells)
    return figures and not _counts_columns(at.view, line)


def is_number(cell: Cell) -> bool:
    """Return whether a cell holds a figure, as a number or as text."""
    if isinstance(cell.value, str):
        return _NUMBER.fullmatch(cell.value.strip()) is not None
    return isinstance(cell.value, float)


def _header_lines(at: Location, choices: ReadingChoices) -> tuple[int, ...]:
    """Return the lines of the header, the lowest first."""
    view = at.view
    if view.across:
        above = [line for line in view.lines if line < at.top]
        return tuple(sorted(above, reverse=True))
    if choices.header:
        return tuple(sorted(choices.header, reverse=True))
    return tuple(reversed(rows_above(view.grid, at.top, at.last)))


def summary_title(text: str) -> bool:
    """Return whether a title is that of a mean or another summary of units."""
    return look(text) in _SUMMARIES or is_total(text)


_SUMMARIES = frozenset(
    look(text)
    for text in (
        *("trung bình", "bình quân", "cao nhất", "thấp nhất", "điểm trung bình"),
        *("average", "mean", "minimum", "median"),
    )
)

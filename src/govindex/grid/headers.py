"""Headers of tables below titles: their rows, found and joined to one title for each column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from govindex.grid.cell_names import column_name
from govindex.grid.numbering import marks_of_cell
from govindex.grid.numbers import written_values
from govindex.grid.roles import role_of
from govindex.grid.sheets import Cell, Grid, cell_text
from govindex.mappings import FrozenMap

__all__ = ["Header", "found_headers", "header_at", "rows_above"]

_LOOKED_AT = 200
_TALLEST = 5
_MOST_ABOVE = 6
_TITLES = ("number", "name", "maximum", "points", "score", "guidance", "notes", "source")


@attrs.frozen
class Header:
    """The header of a table.

    Parameters
    ----------
    rows : tuple of int
    titles : mapping of int to tuple of str
        What is written above each column, from the top; a merged title belongs to all its columns.
    """

    rows: tuple[int, ...]
    titles: Mapping[int, tuple[str, ...]]

    def title(self, column: int) -> str:
        """Return the title of a column on one line."""
        return " ".join(self.titles.get(column, ()))

    def role(self, column: int) -> str:
        """Return what a column holds, by its title; of a merged title, by that and those below."""
        parts = self.titles.get(column, ())
        if not parts:
            return ""
        first, last, whole = role_of(parts[0]), role_of(parts[-1]), role_of(self.title(column))
        if "maximum" in (first, whole, last):
            return "maximum"
        return whole or (last if len(parts) > 1 and last in ("maximum", "score") else first)

    def columns_of(self, role: str) -> list[int]:
        """Return the columns of a role from the left."""
        return [column for column in sorted(self.titles) if self.role(column) == role]

    def __str__(self) -> str:
        names = (f"{column_name(c)} '{self.title(c)}'" for c in sorted(self.titles))
        rows = ", ".join(map(str, self.rows))
        return f"row{'s' * (len(self.rows) > 1)} {rows}: {', '.join(list(names)[:6])}"


def header_at(
    grid: Grid, rows: Sequence[int], text_of: Callable[[Cell], str] = cell_text
) -> Header:
    """Return the header in these rows, from the top; `text_of` reads the text of a cell."""
    titles: dict[int, tuple[str, ...]] = {}

    def seen(row: int, column: int) -> str:
        cell = grid.seen(row, column)
        return "" if cell is None else text_of(cell)

    for column in range(1, grid.last_column + 1):
        parts: list[str] = []
        for at, row in enumerate(rows):
            area = grid.areas.get((row, column))
            if at and area is not None and area == grid.areas.get((rows[at - 1], column)):
                continue
            text = seen(row, column) or _spread(grid, rows, at, column, seen)
            if text:
                parts.append(text)
        if parts:
            titles[column] = tuple(parts)
    return Header(tuple(rows), FrozenMap(titles))


def _spread(
    grid: Grid, rows: Sequence[int], at: int, column: int, seen: Callable[[int, int], str]
) -> str:
    """Return the title to the left that holds for a column, too, though they are not merged."""
    below = rows[at + 1 :]

    def has_below(column: int) -> bool:
        return any(seen(row, column) and not grid.is_covered(row, column) for row in below)

    if not below or not has_below(column) or (rows[at], column) in grid.areas:
        return ""
    for left in range(column - 1, 0, -1):
        if not has_below(left) or (rows[at], left) in grid.areas:
            return ""
        if text := seen(rows[at], left):
            return text
    return ""


def rows_above(grid: Grid, body: int, last: int) -> tuple[int, ...]:
    """Return the rows of the header right above a row, from the top.

    It ends above at a blank row, or at a title: a row with one cell, which begins in one of the
    columns up to the `last` that names rows.
    """
    row = body - 1
    while row > 0 and not _shown(grid, row):
        row -= 1
    rows: list[int] = []
    while row > 0 and len(rows) < _MOST_ABOVE and (shown := _shown(grid, row)):
        if len(shown) == 1 and min(shown)[1] <= last:
            break
        rows.append(row)
        row -= 1
    return tuple(reversed(rows))


def _shown(grid: Grid, row: int) -> set[tuple[int, int]]:
    """Return the cells that a row shows, a merged one by its first position."""
    found = set()
    for column in range(1, grid.last_column + 1):
        area = grid.areas.get((row, column))
        at = (row, column) if area is None else (area.top, area.left)
        cell = grid.cells.get(at)
        if cell is not None and not cell.error and cell_text(cell):
            found.add(at)
    return found


def found_headers(grid: Grid) -> list[Header]:
    """Return the headers of the tables of a sheet, those that are repeated once.

    A header has titles of at least two kinds, the names or numbers of rows among them, and no
    numbers.
    """
    headers: list[Header] = []
    end = 0
    for row in sorted({row for row, _ in grid.cells})[:_LOOKED_AT]:
        if row <= end or not _is_header_row(grid, row):
            continue
        rows = _extent(grid, row)
        header, end = header_at(grid, rows), rows[-1]
        if not any(_repeats(header, other) for other in headers):
            headers.append(header)
    return headers


def _repeats(header: Header, other: Header) -> bool:
    """Return whether a header holds nothing but titles of another, in the same columns."""
    return all(
        {*parts} <= {*other.titles.get(column, ())} for column, parts in header.titles.items()
    )


def _is_header_row(grid: Grid, row: int) -> bool:
    cells = list(_own_cells(grid, row))
    if any(_is_value(cell) for _, cell in cells):
        return False
    roles = {role_of(grid.text(row, column)) for column, _ in cells} & {*_TITLES}
    return len(roles) > 1 and bool(roles & {"number", "name"})


def _own_cells(grid: Grid, row: int) -> Iterator[tuple[int, Cell]]:
    for column in range(1, grid.last_column + 1):
        cell = grid.cells.get((row, column))
        if cell is not None and grid.text(row, column) and not grid.is_covered(row, column):
            yield column, cell


def _is_value(cell: Cell) -> bool:
    """Return whether a cell holds a number, which no title does."""
    if not isinstance(cell.value, str):
        return True
    return bool(written_values(cell.value)) or (
        bool(marks_of_cell(cell)) and not role_of(cell.value)
    )


def _extent(grid: Grid, row: int) -> list[int]:
    """Return the rows of a header that begins in a row."""
    first = header_at(grid, [row])
    keys = [c for c in first.titles if first.role(c) in ("number", "name")]
    bottom = row
    for column in range(1, grid.last_column + 1):
        area = grid.areas.get((row, column))
        if area is not None and area.top == row and area.bottom - row < _TALLEST:
            bottom = max(bottom, area.bottom)
    while bottom - row < _TALLEST - 1:
        cells = list(_own_cells(grid, bottom + 1))
        blank = all(not grid.text(bottom + 1, c) or grid.is_covered(bottom + 1, c) for c in keys)
        if not cells or not blank or any(_is_value(cell) for _, cell in cells):
            break
        if len(cells) == 1 and grid.areas.get((bottom + 1, cells[0][0])) is not None:
            break  # a field whose heading is merged over the table
        bottom += 1
    return list(range(row, bottom + 1))

"""A sheet as a person sees it: cells with their formats, merged areas, hidden rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property

import attrs

from govindex.mappings import FrozenMap

__all__ = ["Area", "Cell", "Grid", "Value", "cell_text"]

Value = str | float | bool | date | datetime | time | timedelta


@attrs.frozen
class Cell:
    """A filled cell.

    Parameters
    ----------
    value : str, float, bool, date, datetime, time or timedelta
        As stored.
    number_format : str
        Such as "0.00" or "0%"; "" for the general one.
    note : str
        The comment on the cell.
    error : str
        Such as "#DIV/0!"; the value is then the same text.
    formula : bool
        Whether the value is the result of a formula. One that was never computed has the value "".
    """

    value: Value
    number_format: str = ""
    note: str = ""
    error: str = ""
    formula: bool = False

    @property
    def uncomputed(self) -> bool:
        """Whether this is a formula without a stored value."""
        return self.formula and self.value == ""


@attrs.frozen
class Area:
    """A merged rectangle; rows and columns are counted from 1, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


@attrs.frozen
class Grid:
    """The cells of a sheet.

    Parameters
    ----------
    file, sheet : str
        Names, for messages.
    cells : mapping of (int, int) to Cell
        By row and column, counted from 1, row by row; blank cells have none, unless they have a
        note: their value is then "".
    merged : tuple of Area
        The value of a merged area is that of its first cell. Cells that the area covers may still
        hold values, which nobody sees.
    hidden_rows, hidden_columns : frozenset of int
    hidden : bool
        Whether the whole sheet is hidden.
    """

    file: str
    sheet: str
    cells: Mapping[tuple[int, int], Cell] = attrs.field(factory=FrozenMap)
    merged: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False

    @cached_property
    def last_row(self) -> int:
        """The last row with a cell, 0 for a blank sheet."""
        return max((row for row, _ in self.cells), default=0)

    @cached_property
    def last_column(self) -> int:
        """The last column with a cell, 0 for a blank sheet."""
        return max((column for _, column in self.cells), default=0)

    @cached_property
    def areas(self) -> Mapping[tuple[int, int], Area]:
        """The merged areas by the positions that they cover, as far as there are cells."""
        return FrozenMap({at: area for area in self.merged for at in self._covered(area)})

    def _covered(self, area: Area) -> Iterator[tuple[int, int]]:
        for row in range(area.top, min(area.bottom, self.last_row) + 1):
            for column in range(area.left, min(area.right, self.last_column) + 1):
                yield row, column

    def seen(self, row: int, column: int) -> Cell | None:
        """Return the cell that a person sees there: of a merged area, its first one."""
        area = self.areas.get((row, column))
        return self.cells.get((row, column) if area is None else (area.top, area.left))

    def is_covered(self, row: int, column: int) -> bool:
        """Return whether a merged area covers a position that is not its first one."""
        area = self.areas.get((row, column))
        return area is not None and (area.top, area.left) != (row, column)

    def text(self, row: int, column: int) -> str:
        """Return what a person reads there on one line, "" if it is blank."""
        cell = self.seen(row, column)
        return "" if cell is None else cell_text(cell)


def cell_text(cell: Cell) -> str:
    r"""Return the value of a cell on one line; a workbook has no whole numbers, 1.0 is "1".

    Examples
    --------
    >>> cell_text(Cell(1.0)), cell_text(Cell("Maximum\npoints "))
    ('1', 'Maximum points')
    """
    if isinstance(cell.value, float):
        return f"{cell.value:.12g}"
    return " ".join(str(cell.value).split())

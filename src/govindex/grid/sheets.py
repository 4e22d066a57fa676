"""A sheet as a person sees it: cells with their formats, merged areas, hidden rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import attrs

from govindex.mappings import FrozenMap

__all__ = ["Area", "Cell", "Grid", "Value"]

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

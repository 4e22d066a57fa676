"""Widths of columns: as wide as wanted, and wide enough for the longest word of each heading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["column_widths"]

# Bold letters in a line of A4, in the usual size and in that of tables with many columns.
_LETTERS, _SMALL_LETTERS, _MANY = 80.0, 92.0, 7
_MARGINS = 1.8  # of a cell, in letters


def column_widths(columns: Sequence[Any]) -> list[float]:
    """Return the part of each column, in sum 1.

    Columns take what they need beyond their share from those that have more than they need.

    Parameters
    ----------
    columns : sequence of TableColumn
    """
    line = _LETTERS if len(columns) <= _MANY else _SMALL_LETTERS
    wanted = np.array([column.width for column in columns], dtype=np.float64)
    wanted *= line / wanted.sum()
    words = (column.heading.split() or [""] for column in columns)
    needed = np.array([max(map(len, each)) + _MARGINS for each in words])
    lacking = np.maximum(needed - wanted, 0.0).sum()
    spare = np.maximum(wanted - needed, 0.0)
    if not 0.0 < lacking <= spare.sum():  # nothing to move, or too little room whatever is moved
        return [float(width) for width in wanted / line]
    widths = np.maximum(wanted, needed) - spare * (lacking / spare.sum())
    return [float(width) for width in widths / line]

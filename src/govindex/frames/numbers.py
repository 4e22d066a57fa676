"""Columns of numbers, read as doubles; numbers that would lose digits are refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Float
from govindex.errors import Problems

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["loses_digits", "note_lost", "read_numbers", "refuse_lost"]

_PLAIN = re.compile(r"[+-]?\d+(?:\.\d*)?")
_WHOLE = 2.0**53


def _side_by_side(frame: nw.DataFrame[Any], names: list[str]) -> nw.DataFrame[Any]:
    start = frame.columns.index(names[0])
    run = slice(start, start + len(names))
    return frame[:, run] if frame.columns[run] == names else frame.select(names)


def read_numbers(frame: nw.DataFrame[Any], names: list[str], schema: nw.Schema) -> Float:
    """Return numeric columns as an array of shape (variables, rows), NaN for null."""
    import narwhals as nw

    if not names:
        return np.empty((0, len(frame)))
    kinds = {type(schema[name]) for name in names}
    exact = not kinds.isdisjoint({nw.Decimal, nw.Int128, nw.UInt128})
    block = None if exact else _side_by_side(frame, names).to_numpy()
    if block is None or block.dtype.kind not in "iuf":
        block = np.stack([frame[name].cast(nw.Float64).to_numpy() for name in names], axis=1)
    # A copy: the array may be the frame's memory, which can be written to later.
    return np.array(block.T, dtype=np.float64, order="C")


def refuse_lost(
    frame: nw.DataFrame[Any],
    columns: Sequence[tuple[int, str]],
    values: Float,
    where: Callable[[int], str],
    problems: Problems,
) -> None:
    """Note the whole numbers that lost digits when they became doubles."""
    ends = [np.fmax.reduce(values, axis=None, initial=0.0), -values.min(initial=0.0)]
    if not max(ends) >= _WHOLE and not np.isnan(ends[1]):
        return
    schema = frame.schema
    for i, name in columns:
        if schema[name].is_float():
            continue
        large = np.flatnonzero(np.abs(values[i]) >= _WHOLE).tolist()
        cells = frame[name].to_list() if large else []
        for row in large:
            if loses_digits(cells[row], values[i, row]):
                note_lost(cells[row], where(row), name, problems)


def loses_digits(cell: object, number: float) -> bool:
    """Return whether a double cannot hold a whole number beyond 2**53."""
    if not _WHOLE <= abs(number) < math.inf or isinstance(cell, float):
        return False
    if isinstance(cell, str) and not _PLAIN.fullmatch(cell):
        return False  # a number with an exponent is not given to the last digit
    try:
        exact = Decimal(str(cell))
    except ArithmeticError:
        return False
    return exact != Decimal(number)


def note_lost(cell: object, unit: str, name: str, problems: Problems) -> None:
    """Note a cell whose number a double cannot hold."""
    problems.add(
        f"{cell} has more digits than a number can hold (about 16), and others would tie with it",
        code="cell.digits",
        unit=unit,
        variable=name,
        cure="give it in a larger measure unit, such as millions",
    )

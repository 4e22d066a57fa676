"""Arrays as lists of plain values: absent numbers are null, statuses are their names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from govindex.checks import shown
from govindex.contracts import Bool, CellStatus, Float, Status
from govindex.errors import DataError

__all__ = [
    "STATUSES",
    "block_of",
    "check_length",
    "flags_of",
    "floats_of",
    "numbers_of",
    "plain_number",
    "scalar",
    "status_array",
    "statuses_of",
    "whole_where_possible",
]

STATUSES = tuple(status.name.lower() for status in CellStatus)
_NUMBER_OF = {name: index for index, name in enumerate(STATUSES)}
ENDLESS = "infinite"


def plain_number(number: float) -> float | str | None:
    """Return a number as documents hold it: null for NaN.

    Examples
    --------
    >>> plain_number(float("nan")), plain_number(float("inf")), plain_number(0.1)
    (None, 'infinite', 0.1)
    """
    number = float(number)
    if math.isfinite(number):
        return number
    return ENDLESS if number > 0 else None


def numbers_of(array: Any) -> list[Any]:
    """Return an array as nested lists of numbers, null where NaN."""
    values = np.asarray(array, dtype=np.float64)
    if np.isfinite(values).all():
        return list(values.tolist())
    if values.ndim > 1:
        return [numbers_of(row) for row in values]
    return [plain_number(number) for number in values.tolist()]


def whole_where_possible(array: Any) -> list[int | float | None]:
    """Return ranks as lists: whole numbers unless ties share an average."""
    numbers = numbers_of(array)
    return [int(n) if isinstance(n, float) and n.is_integer() else n for n in numbers]


def floats_of(values: Iterable[Any]) -> Float:
    """Return a list of numbers as an array, NaN where null."""
    return np.array([_double(value) for value in values], dtype=np.float64)


def _double(value: Any) -> float:
    if value is None:
        return math.nan
    return math.inf if value == ENDLESS else float(value)


def statuses_of(status: Status) -> list[str]:
    """Return statuses by their names.

    Examples
    --------
    >>> statuses_of(np.uint8([0, 4]))
    ['reported', 'not_applicable']
    """
    return [STATUSES[code] for code in status.tolist()]


def block_of(rows: Iterable[Any]) -> Float:
    """Return lists of lists of lists of numbers as an array, NaN where null.

    Raises
    ------
    DataError
        If their lengths differ.
    """
    try:
        return np.array([[floats_of(row) for row in block] for block in rows], dtype=np.float64)
    except ValueError as error:
        raise DataError(
            f"the document cannot be read: a block of numbers has rows of other lengths: {error}"
        ) from error


def status_array(names: Iterable[str]) -> Status:
    """Return statuses as an array; the shape of the document has checked their names."""
    return np.array([_NUMBER_OF[name] for name in names], dtype=np.uint8)


def flags_of(flags: Iterable[bool]) -> Bool:
    """Return a list of true and false as an array."""
    return np.array(list(flags), dtype=bool)


def check_length(values: Sequence[Any], count: int, where: str, per: str = "unit") -> None:
    """Refuse a list that has not one value for each unit.

    Raises
    ------
    DataError
        Naming the field.
    """
    if len(values) != count:
        raise DataError(
            f"the document cannot be read: {where} has {len(values)} values, one for each {per} "
            f"are {count}"
        )


def scalar(value: Any, where: str) -> Any:
    """Return an attribute as a text, a number, true, false or null.

    Raises
    ------
    DataError
        If it is anything else.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    raise DataError(f"{where} is {shown(value)}: a document holds texts, numbers, true and false")

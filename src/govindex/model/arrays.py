"""Arrays of observations: checked and read-only; raw values of treated cells, kept sparsely."""

from __future__ import annotations

from typing import Any

import numpy as np

from govindex.contracts import Bool, CellStatus, Float, Status
from govindex.errors import DataError

__all__ = ["as_floats", "as_mask", "as_statuses", "dense", "read_only"]

_WHOLE = 2.0**53  # up to here doubles hold every whole number


def read_only(array: Any) -> Any:
    """Return an array that nobody writes to: a copy, if somebody still may."""
    array = np.asarray(array)
    if array.flags.writeable:  # whoever made it may still write to it
        array = array.copy(order="K")
        array.flags.writeable = False
    return array


def as_floats(values: Any) -> Float:
    """Return a read-only array of numbers."""
    try:
        given = np.asarray(values)
        # Texts of digits would become numbers, and the text "nan" a gap.
        cells = given.ravel() if given.dtype.kind in "OSU" else ()
        texts = [cell for cell in cells if isinstance(cell, (str, bytes))]
        if texts:
            raise DataError(
                f"values are an array of numbers, units × variables, not {texts[0]!r}: answers are "
                "numbered by levels=…, and frames read texts"
            )
        found = np.asarray(read_only(np.asarray(given, dtype=np.float64)))
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"values are an array of numbers, units × variables: {error}") from error
    if given.dtype.kind in "iuO":
        _check_digits(given, found)
    return found


def _check_digits(given: Any, found: Float) -> None:
    """Refuse whole numbers that became others, as doubles."""
    for at in np.flatnonzero(np.abs(found.ravel()) >= _WHOLE):
        cell = given.flat[at]
        if isinstance(cell, (int, np.integer)) and int(cell) != float(found.flat[at]):
            raise DataError(
                f"{cell} has more digits than a number can hold (about 16), and others would tie "
                "with it: give it in a larger measure unit, such as millions"
            )


def as_statuses(status: Any) -> Status:
    """Return a read-only array of cell statuses."""
    found = np.asarray(status)
    last = int(max(CellStatus))
    if found.dtype.kind not in "iu" or (found.size and not 0 <= found.min() <= found.max() <= last):
        raise DataError(f"a status is a CellStatus: a whole number from 0 to {last}")
    return np.asarray(read_only(found.astype(np.uint8, copy=False)))


def as_mask(treated: Any) -> Bool | None:
    """Return a read-only array of true and false, or None."""
    if treated is None:
        return None
    found = np.asarray(treated)
    if found.dtype != np.bool_:
        raise DataError("treated is an array of true and false, units × variables")
    return np.asarray(read_only(found))


def dense(values: Float, treated: Bool, raw: Float) -> Float:
    """Return values with those of treated cells as they were before."""
    found = np.array(values, dtype=np.float64)
    found[treated] = raw
    return found

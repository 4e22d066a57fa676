"""Arrays of observations: checked and read-only; raw values of treated cells, kept sparsely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from govindex.contracts import Bool, CellStatus, Float, Status
from govindex.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["as_floats", "as_mask", "as_statuses", "dense", "read_only"]

_WHOLE = 2.0**53  # up to here doubles hold every whole number


def read_only(array: Any) -> Any:
    """Return a read-only array: a copy, if the original can still be written to."""
    array = np.asarray(array)
    if array.flags.writeable:
        array = array.copy(order="K")
        array.flags.writeable = False
    return array


def as_floats(values: ArrayLike) -> Float:
    """Return a read-only array of numbers."""
    try:
        array = np.asarray(values)
        # Texts of digits would become numbers, and the text "nan" a gap.
        cells = array.ravel() if array.dtype.kind in "OSU" else ()
        texts = [cell for cell in cells if isinstance(cell, (str, bytes))]
        if texts:
            raise DataError(
                f"values are an array of numbers, units × variables, not {texts[0]!r}: answers are "
                "numbered by levels=…, and frames read texts"
            )
        floats = np.asarray(read_only(np.asarray(array, dtype=np.float64)))
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"values are an array of numbers, units × variables: {error}") from error
    if array.dtype.kind in "iuO":
        _check_digits(array, floats)
    return floats


def _check_digits(array: Any, floats: Float) -> None:
    """Refuse whole numbers that a double cannot hold."""
    for index in np.flatnonzero(np.abs(floats.ravel()) >= _WHOLE):
        cell = array.flat[index]
        if isinstance(cell, (int, np.integer)) and int(cell) != float(floats.flat[index]):
            raise DataError(
                f"{cell} has more digits than a number can hold (about 16), and others would tie "
                "with it: give it in a larger measure unit, such as millions"
            )


def as_statuses(status: ArrayLike) -> Status:
    """Return a read-only array of cell statuses."""
    codes = np.asarray(status)
    last = int(max(CellStatus))
    if codes.dtype.kind not in "iu" or (codes.size and not 0 <= codes.min() <= codes.max() <= last):
        raise DataError(f"a status is a CellStatus: a whole number from 0 to {last}")
    return np.asarray(read_only(codes.astype(np.uint8, copy=False)))


def as_mask(treated: ArrayLike | None) -> Bool | None:
    """Return a read-only array of true and false, or None."""
    if treated is None:
        return None
    mask = np.asarray(treated)
    if mask.dtype != np.bool_:
        raise DataError("treated is an array of true and false, units × variables")
    return np.asarray(read_only(mask))


def dense(values: Float, treated: Bool, raw: Float) -> Float:
    """Return the values with treated cells as they were before treatment."""
    whole = np.array(values, dtype=np.float64)
    whole[treated] = raw
    return whole

"""Cells: values with their status, where a value comes from or why it is absent."""

from __future__ import annotations

from enum import IntEnum
from typing import overload

import attrs
import numpy as np

from govindex.contracts.arrays import Bool, Float, Status

__all__ = ["ABSENT", "CellStatus", "Cells", "is_absent", "prevailing"]


class CellStatus(IntEnum):
    """Where a cell's value comes from, or why it is absent.

    :func:`is_absent` says whether a cell is absent, and ``prevailing`` combines several; the
    numbers only store a status in arrays. Whether a value was treated is a separate mask: a treated
    cell is reported or imputed as well.
    """

    REPORTED = 0
    FALLEN_BACK = 1
    IMPUTED = 2
    MISSING = 3
    NOT_APPLICABLE = 4
    SUPPRESSED = 5

    @property
    def label(self) -> str:
        """The status in words: "not applicable"."""
        return self.name.lower().replace("_", " ")


@attrs.frozen(eq=False)
class Cells:
    """Values with their status, shape (…, units); a value is NaN exactly where it is absent.

    Parameters
    ----------
    values : array
    status : array of CellStatus
    size : array or float, optional
        The largest number that was added or subtracted on the way to each value, 0 without one;
        None if values were read, not computed. Computed values are compared by twelve digits of
        it.
    """

    values: Float
    status: Status
    size: Float | float | None = None


ABSENT = (CellStatus.MISSING, CellStatus.NOT_APPLICABLE, CellStatus.SUPPRESSED)
_ABSENT_BITS = np.uint8(sum(1 << kind for kind in ABSENT))  # a set: one bit for each of them


@overload
def is_absent(status: int) -> bool: ...


@overload
def is_absent(status: Status) -> Bool: ...


def is_absent(status: int | Status) -> bool | Bool:
    """Return where a value is absent: missing, not applicable or suppressed.

    Parameters
    ----------
    status : CellStatus or array of CellStatus

    Returns
    -------
    bool or array of bool

    Examples
    --------
    >>> is_absent(CellStatus.IMPUTED), is_absent(CellStatus.SUPPRESSED)
    (False, True)
    """
    if isinstance(status, int):
        return status in ABSENT
    bits = np.right_shift(_ABSENT_BITS, status) & np.uint8(1)
    return np.asarray(bits.view(np.bool_))


def prevailing(one: Status, other: Status) -> Status:
    """Return the status of the combination of two cells.

    An absent cell makes the result absent: suppressed before not applicable before missing. Else
    imputed prevails over fallen back, and that over reported.

    Examples
    --------
    >>> statuses = prevailing(np.uint8([0, 1]), np.uint8([CellStatus.IMPUTED, CellStatus.MISSING]))
    >>> [CellStatus(status).label for status in statuses.tolist()]
    ['imputed', 'missing']
    """
    return np.maximum(one, other)  # a status is declared after those that it prevails over

"""Where a cell's value comes from, or why there is none."""

from __future__ import annotations

from enum import IntEnum
from typing import overload

import numpy as np

from govindex.contracts.arrays import Bool, Status

__all__ = ["ABSENT", "CellStatus", "is_absent", "prevailing"]


class CellStatus(IntEnum):
    """Where a cell's value comes from, or why there is none.

    Whether a cell is absent says :func:`is_absent`, what becomes of several says
    ``prevailing``; the numbers are how arrays hold a status and say nothing else. Whether a
    value was treated is a mask of its own: a treated cell is reported or imputed as well.
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


ABSENT = (CellStatus.MISSING, CellStatus.NOT_APPLICABLE, CellStatus.SUPPRESSED)
_ABSENT_BITS = np.uint8(sum(1 << kind for kind in ABSENT))  # a set: one bit for each of them


@overload
def is_absent(status: int) -> bool: ...


@overload
def is_absent(status: Status) -> Bool: ...


def is_absent(status: int | Status) -> bool | Bool:
    """Tell where there is no value: missing, not applicable or suppressed.

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
    """Return the status of what is made of two cells.

    An absent cell makes the result absent: suppressed before not applicable before missing. Else
    imputed prevails over fallen back, and that over reported.

    Examples
    --------
    >>> found = prevailing(np.uint8([0, 1]), np.uint8([CellStatus.IMPUTED, CellStatus.MISSING]))
    >>> [CellStatus(status).label for status in found.tolist()]
    ['imputed', 'missing']
    """
    return np.maximum(one, other)  # a status is declared after those that it prevails over

"""The first of several variables that is reported."""

from __future__ import annotations

import attrs
import numpy as np

from govindex.contracts import (
    Cells,
    CellStatus,
    Columns,
    is_absent,
    prevailing,
)
from govindex.errors import SettingError
from govindex.measures.any_reported import AnyReported
from govindex.measures.cells import masked

__all__ = ["FirstReported"]


@attrs.frozen
class FirstReported(AnyReported):
    """The first of several variables that is not absent, in the order of preference.

    A value of any but the first is marked as fallen back. Where all are absent the value is
    absent: missing if one of them is missing.

    Parameters
    ----------
    of : sequence of str or measure
        The preferred variable first. All but the first may be left out of the data.

    Raises
    ------
    SettingError
        If there are fewer than two.

    Examples
    --------
    >>> FirstReported(["audited", "self_reported"]).variables
    ('audited',)
    """

    def __attrs_post_init__(self) -> None:
        if len(self.of) < 2:
            raise SettingError("FirstReported chooses among at least two variables")

    def __call__(self, columns: Columns) -> Cells:
        """Return the first reported value."""
        cells = [m(columns) for m in self.of if all(name in columns for name in m.variables)]
        values, status = cells[0].values, cells[0].status
        size = np.asarray(0.0 if cells[0].size is None else cells[0].size)
        for other in cells[1:]:
            absent = is_absent(status)
            taken = absent & ~is_absent(other.status)
            fallen = prevailing(other.status, np.array([CellStatus.FALLEN_BACK], dtype=np.uint8))
            both = absent & is_absent(other.status)
            status = np.where(both, np.minimum(status, other.status), status)
            status = np.where(taken, fallen, status)
            values = np.where(taken, other.values, values)
            size = np.where(taken, 0.0 if other.size is None else other.size, size)
        sized = any(cell.size is not None for cell in cells)
        return masked(values, status, size if sized else None)

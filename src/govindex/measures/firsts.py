"""The first of several variables that is reported."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from govindex.contracts import (
    BaseMeasure,
    Cells,
    CellStatus,
    Columns,
    Entry,
    Measure,
    is_absent,
    prevailing,
)
from govindex.errors import SettingError
from govindex.measures.cells import masked
from govindex.measures.variables import as_measures, entries_of, keep_one_sign, merged

__all__ = ["FirstReported"]


@attrs.frozen
class FirstReported(BaseMeasure):
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

    of: tuple[Measure, ...] = attrs.field(converter=as_measures)

    def __attrs_post_init__(self) -> None:
        if len(self.of) < 2:
            raise SettingError("FirstReported chooses among at least two variables")

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the first measure."""
        return self.of[0].variables

    @property
    def optional(self) -> tuple[str, ...]:
        """The optional variables of the first measure, and all of the others."""
        return merged([self.of[0].optional, *(m.variables + m.optional for m in self.of[1:])])

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in the measures."""
        return keep_one_sign(self.of)

    def entries(self, entry: Entry) -> Mapping[str, Entry]:
        """Return the same limits for each of the measures."""
        return entries_of((measure, entry) for measure in self.of)

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

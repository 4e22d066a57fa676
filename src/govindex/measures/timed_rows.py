"""Rows of a panel by unit and time, and what becomes of a row without an earlier one."""

from __future__ import annotations

from typing import Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import (
    Bool,
    CellStatus,
    Columns,
    Float,
    Index,
    Measure,
    Status,
    is_absent,
)
from govindex.errors import CellError, SettingError, near_miss

__all__ = ["TimedRows", "Without", "check_above_zero", "check_without", "status_with", "times_of"]

Without = Literal["missing", "not_applicable", "error"]
_WITHOUT: dict[str, CellStatus | None] = {
    "missing": CellStatus.MISSING,
    "not_applicable": CellStatus.NOT_APPLICABLE,
    "error": None,
}


def check_without(_: object, __: object, value: str) -> None:
    """Check the name of what a row without an earlier one becomes."""
    if not among(value, _WITHOUT):
        raise SettingError(f"without is one of {near_miss(value, _WITHOUT)}; not {value!r}")


def times_of(columns: Columns, measure: Measure) -> tuple[Index, int]:
    """Return the time of every row, and how many such periods make a year; refuse no panel."""
    times, parts = columns.peers.times, columns.parts_of_year
    if times is None or parts is None:
        raise SettingError(
            f"{measure!r} reads other periods of the same unit, but the data are not a panel: read "
            "them with from_frame(…, period=column), or join periods with Observations.panel(…)"
        )
    return times, parts


@attrs.frozen(eq=False)
class TimedRows:
    """The unit and the time of every row, shape (rows,)."""

    unit: Index
    times: Index

    def find(self, wanted: Index) -> tuple[Bool, Index]:
        """Return whether each row's unit has a row at the wanted time, and which row that is."""
        first = min(self.times.min(), wanted.min())
        unit = self.unit * (max(self.times.max(), wanted.max()) - first + 1) - first
        order = np.argsort(unit + self.times)
        keys = (unit + self.times)[order]
        index = np.minimum(np.searchsorted(keys, unit + wanted), len(keys) - 1)
        return keys[index] == unit + wanted, order[index]


def status_with(status: Status, known: Bool, without: str) -> Status:
    """Return the status with that of units without a row at the other time."""
    absent = _WITHOUT[without]
    if absent is None or known.all():
        return status
    # A row that is absent itself keeps its status.
    return np.where(known | is_absent(status), status, np.uint8(absent))


def check_above_zero(values: Float, figure: str, of: Measure) -> None:
    """Refuse figures that are divided by, or whose logarithm is taken, if they are not above 0."""
    with np.errstate(invalid="ignore"):
        wrong = values <= 0
    if wrong.any():
        names = " and ".join(of.variables)
        raise CellError(f"{figure} of {names} is not above 0: no ratio to it makes sense", wrong)

"""Measures that read a unit's figures of other periods, in a panel.

No other unit can move such a figure, so these measures are not peer-dependent.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among, positive
from govindex.contracts import (
    Bool,
    Cells,
    Columns,
    Float,
    Index,
    Measure,
)
from govindex.errors import CellError, SettingError, listing, near_miss
from govindex.kernels.scaling import quotient, restored, with_room
from govindex.measures.cells import masked, not_underflowed, scaled_size, size_of, worst
from govindex.measures.timed_rows import (
    TimedRows,
    Without,
    check_above_zero,
    check_without,
    status_with,
    times_of,
)
from govindex.measures.variables import ComposedMeasure, SignKeepingMeasure, as_measure
from govindex.periods import ordinal, parts_of_year, sorted_periods

__all__ = ["AnnualChange", "Indexed"]

_LEAST_NORMAL = 2.0**-1022
_HOW = ("relative", "compound", "absolute")


def _check_how(_: object, __: object, value: str) -> None:
    if not among(value, _HOW):
        raise SettingError(f"there is no change '{value}': {near_miss(value, _HOW)}")


def _check_years(_: object, __: object, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SettingError(f"years is a whole number of at least 1, not {value!r}")


def _check_base(_: object, __: object, value: Any) -> None:
    if not isinstance(value, str) or parts_of_year(value) is None:
        raise SettingError(
            f"the base is a period such as '2018', '2018-Q1' or '2018-01', not {value!r}"
        )


@attrs.frozen
class Indexed(SignKeepingMeasure):
    """A figure relative to the unit's own figure in a base period: ``times·x / x_base``.

    The unit's own growth is scored, not its level; the base period itself has the value `times`.

    Parameters
    ----------
    of : str or measure
        What is indexed.
    base : str
        The base period: "2018".
    times : float
        The value of the base period.
    without : {"missing", "not_applicable", "error"}
        The value of a unit without a row in the base period. If it has a row there whose figure is
        absent, the value is absent with the same status.

    Raises
    ------
    CellError
        If the base period's figure is not above 0, or there is none and `without` is ``"error"``.
    SettingError
        If the data are not a panel, or the base is not among its periods.

    Examples
    --------
    >>> Indexed("cost", base="2018").variables
    ('cost',)
    """

    over_time: ClassVar[bool] = True
    of: Measure = attrs.field(converter=as_measure)
    base: str = attrs.field(validator=_check_base, kw_only=True)
    times: float = attrs.field(default=100.0, validator=positive, kw_only=True)
    without: Without = attrs.field(default="missing", validator=check_without, kw_only=True)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.of,)

    def __call__(self, columns: Columns) -> Cells:
        """Return the figures on the base."""
        times, parts = times_of(columns, self)
        if parts_of_year(self.base) != parts:
            raise SettingError(
                f"{self!r}: the base '{self.base}' is a period of another kind than those of the "
                "data"
            )
        if ordinal(self.base) not in times:
            peers: Any = columns.peers
            periods = sorted_periods(peers.column("period"))
            raise SettingError(
                f"the base '{self.base}' is not among the periods of the data: {listing(periods)}"
            )
        cells = self.of(columns)
        wanted = np.full_like(times, ordinal(self.base))
        known, base = _cells_at(cells, TimedRows(columns.peers.group("unit"), times), wanted, self)
        check_above_zero(base.values, f"the figure of the base period {self.base}", self.of)
        status = status_with(worst(cells.status, base.status), known, self.without)
        with np.errstate(invalid="ignore"):
            size = scaled_size(cells, self.times, base.values)
            indexed = quotient(cells.values, base.values, self.times)
            return masked(not_underflowed(indexed, cells.values, base.values), status, size)


@attrs.frozen
class AnnualChange(ComposedMeasure):
    """How much a figure has changed per year since some years earlier.

    ``times·(x/x₀ − 1)/k`` (relative), ``times·((x/x₀)^(1/k) − 1)`` (compound: the average growth
    rate) or ``times·(x − x₀)/k`` (absolute), with x₀ the unit's own figure k years before: of
    quarters or months the same one.

    Parameters
    ----------
    of : str or measure
        What has changed.
    how : {"relative", "compound", "absolute"}
        By what part of the earlier figure, or by how much.
    years : int
        How many years before, k.
    times : float
        100 for percent.
    without : {"missing", "not_applicable", "error"}
        The value of a row whose unit has no row in the earlier period, as in the first years of
        every panel. If it has a row there whose figure is absent, the value is absent with the
        same status.

    Raises
    ------
    CellError
        If an earlier figure is not above 0 (a compound change needs the later one above 0 too),
        unless the change is absolute; or if there is none and `without` is ``"error"``.
    SettingError
        If the data are not a panel.

    Examples
    --------
    >>> AnnualChange("cost", how="compound", years=4).variables
    ('cost',)
    """

    over_time: ClassVar[bool] = True
    of: Measure = attrs.field(converter=as_measure)
    how: Literal["relative", "compound", "absolute"] = attrs.field(
        default="relative", validator=_check_how, kw_only=True
    )
    years: int = attrs.field(default=1, validator=_check_years, kw_only=True)
    times: float = attrs.field(default=1.0, validator=positive, kw_only=True)
    without: Without = attrs.field(default="missing", validator=check_without, kw_only=True)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.of,)

    def __call__(self, columns: Columns) -> Cells:
        """Return the change per year."""
        times, parts = times_of(columns, self)
        cells = self.of(columns)
        rows = TimedRows(columns.peers.group("unit"), times)
        known, before = _cells_at(cells, rows, times - self.years * parts, self)
        status = status_with(worst(cells.status, before.status), known, self.without)
        with np.errstate(over="ignore"):
            change = self._change(cells.values, before.values)
        return masked(change, status, self._size(cells, before))

    def _size(self, now: Cells, before: Cells) -> Float | float:
        """Return the size of the numbers whose difference is taken, 1 for proportions."""
        if self.how == "absolute":
            return size_of(now, before) * (abs(self.times) / self.years)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            size = np.fmax(now.values / before.values, scaled_size(now, 1.0, before.values))
        size = np.fmax(1.0, size)
        return size * (abs(self.times) / (self.years if self.how == "relative" else 1))

    def _change(self, now: Float, before: Float) -> Float:
        if self.how == "absolute":
            roomy, power = with_room(np.stack([now, before], axis=-1))
            change = self.times * ((roomy[..., 0] - roomy[..., 1]) / self.years)
            return change if power is None else restored(change, power[..., 0])
        check_above_zero(before, "an earlier figure", self.of)
        if self.how == "relative":
            change = self.times * ((now / before - 1.0) / self.years)
            # If the ratio overflows, the 1 makes no difference.
            large = quotient(now, before, self.times / self.years)
            return np.where(np.isinf(change), large, change)
        check_above_zero(np.where(np.isnan(before), np.nan, now), "a figure", self.of)
        ratio = now / before
        growth = ratio ** (1.0 / self.years)
        lost = np.isinf(ratio) | (ratio < _LEAST_NORMAL)
        if lost.any():
            growth = np.where(lost, np.exp((np.log(now) - np.log(before)) / self.years), growth)
        return np.asarray(self.times * (growth - 1.0))


def _cells_at(
    cells: Cells, timed: TimedRows, wanted: Index, measure: Indexed | AnnualChange
) -> tuple[Bool, Cells]:
    """Return which units have a row at the wanted time, and that row's cells."""
    known, rows = timed.find(wanted)
    if measure.without == "error" and not known.all():
        lacking = np.broadcast_to(~known, cells.values.shape)
        base = f", the base {measure.base}" if isinstance(measure, Indexed) else ""
        raise CellError(f"the data do not hold the unit for the earlier period{base}", lacking)
    status = np.broadcast_to(cells.status, cells.values.shape)[..., rows]
    values = np.where(known, cells.values[..., rows], np.nan)
    return known, Cells(values, np.where(known, status, np.uint8(0)))

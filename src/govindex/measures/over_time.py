"""Measures that read a unit's figures of other periods, in a panel.

What a body reported in another period is its own business, as what it inherits from its parent: no
other body can move it, so these measures are not peer-dependent.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among, positive
from govindex.contracts import (
    Bool,
    Cells,
    CellStatus,
    Columns,
    Float,
    Index,
    Measure,
    Status,
    is_absent,
)
from govindex.errors import CellError, SettingError, listing, near_miss
from govindex.kernels.scaling import quotient, restored, with_room
from govindex.measures.cells import kept, masked, scaled_size, size_of, worst
from govindex.measures.variables import ComposedMeasure, as_measure, keep_one_sign
from govindex.periods import ordinal, parts_of_year, sorted_periods

__all__ = ["AnnualChange", "Indexed"]

Without = Literal["missing", "not_applicable", "error"]
_LEAST_NORMAL = 2.0**-1022
_HOW = ("relative", "compound", "absolute")
_WITHOUT: dict[str, CellStatus | None] = {
    "missing": CellStatus.MISSING,
    "not_applicable": CellStatus.NOT_APPLICABLE,
    "error": None,
}


def _check_without(_: object, __: object, value: str) -> None:
    if not among(value, _WITHOUT):
        raise SettingError(f"without is one of {near_miss(value, _WITHOUT)}; not {value!r}")


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
class Indexed(ComposedMeasure):
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
        What a unit gives that the data do not hold for the base period. Where they hold it and its
        figure is absent, the value is absent for the same reason.

    Raises
    ------
    CellError
        If the figure of the base period is not above 0, or lacks and `without` is ``"error"``.
    SettingError
        If the data are no panel, or the base is none of its periods.

    Examples
    --------
    >>> Indexed("cost", base="2018").variables
    ('cost',)
    """

    over_time: ClassVar[bool] = True
    of: Measure = attrs.field(converter=as_measure)
    base: str = attrs.field(validator=_check_base, kw_only=True)
    times: float = attrs.field(default=100.0, validator=positive, kw_only=True)
    without: Without = attrs.field(default="missing", validator=_check_without, kw_only=True)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.of,)

    @property
    def one_sign(self) -> bool:
        """Whether nothing cancels in what is read."""
        return keep_one_sign(self._inputs)

    def __call__(self, columns: Columns) -> Cells:
        """Return the figures on the base."""
        times, parts = _times_of(columns, self)
        if parts_of_year(self.base) != parts:
            raise SettingError(
                f"{self!r}: the base '{self.base}' is a period of another kind than those of the "
                "data"
            )
        if ordinal(self.base) not in times:
            peers: Any = columns.peers
            held = sorted_periods(peers.column("period"))
            raise SettingError(
                f"the base '{self.base}' is none of the periods of the data: {listing(held)}"
            )
        cells = self.of(columns)
        wanted = np.full_like(times, ordinal(self.base))
        known, base = _other(cells, _TimedRows(columns.peers.group("unit"), times), wanted, self)
        _check_above_zero(base.values, f"the figure of the base period {self.base}", self.of)
        status = _known(worst(cells.status, base.status), known, self.without)
        with np.errstate(invalid="ignore"):
            size = scaled_size(cells, self.times, base.values)
            found = quotient(cells.values, base.values, self.times)
            return masked(kept(found, cells.values, base.values), status, size)


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
        What a row gives whose unit the data do not hold for the earlier period, as the first years
        of every panel. Where they hold it and its figure is absent, the value is absent for the
        same reason.

    Raises
    ------
    CellError
        If an earlier figure is not above 0 (a compound change needs the later one above 0 too),
        unless the change is absolute; or it lacks, and `without` is ``"error"``.
    SettingError
        If the data are no panel.

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
    without: Without = attrs.field(default="missing", validator=_check_without, kw_only=True)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.of,)

    def __call__(self, columns: Columns) -> Cells:
        """Return the change per year."""
        times, parts = _times_of(columns, self)
        cells = self.of(columns)
        rows = _TimedRows(columns.peers.group("unit"), times)
        known, before = _other(cells, rows, times - self.years * parts, self)
        status = _known(worst(cells.status, before.status), known, self.without)
        with np.errstate(over="ignore"):
            change = self._change(cells.values, before.values)
        return masked(change, status, self._size(cells, before))

    def _size(self, now: Cells, before: Cells) -> Float | float:
        """Return what the change is the difference of, 1 if of proportions."""
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
        _check_above_zero(before, "an earlier figure", self.of)
        if self.how == "relative":
            found = self.times * ((now / before - 1.0) / self.years)
            # Beside a ratio that no number holds, the 1 is nothing.
            large = quotient(now, before, self.times / self.years)
            return np.where(np.isinf(found), large, found)
        _check_above_zero(np.where(np.isnan(before), np.nan, now), "a figure", self.of)
        ratio = now / before
        growth = ratio ** (1.0 / self.years)
        lost = np.isinf(ratio) | (ratio < _LEAST_NORMAL)
        if lost.any():
            growth = np.where(lost, np.exp((np.log(now) - np.log(before)) / self.years), growth)
        return np.asarray(self.times * (growth - 1.0))


def _times_of(columns: Columns, measure: Measure) -> tuple[Index, int]:
    times, parts = columns.peers.times, columns.parts_of_year
    if times is None or parts is None:
        raise SettingError(
            f"{measure!r} reads other periods of the same unit, but the data are no panel: read "
            "them with from_frame(…, period=column), or join periods with Observations.panel(…)"
        )
    return times, parts


@attrs.frozen(eq=False)
class _TimedRows:
    """The body and the time of every row, shape (rows,)."""

    body: Index
    times: Index

    def find(self, wanted: Index) -> tuple[Bool, Index]:
        """Return whether each row's body has one of the wanted time, and where that stands."""
        first = min(self.times.min(), wanted.min())
        body = self.body * (max(self.times.max(), wanted.max()) - first + 1) - first
        order = np.argsort(body + self.times)
        keys = (body + self.times)[order]
        index = np.minimum(np.searchsorted(keys, body + wanted), len(keys) - 1)
        return keys[index] == body + wanted, order[index]


def _other(
    cells: Cells, every: _TimedRows, wanted: Index, measure: Indexed | AnnualChange
) -> tuple[Bool, Cells]:
    """Return where the same body has a row of the wanted time, and that row's cells."""
    known, rows = every.find(wanted)
    if measure.without == "error" and not known.all():
        lacking = np.broadcast_to(~known, cells.values.shape)
        base = f", the base {measure.base}" if isinstance(measure, Indexed) else ""
        raise CellError(f"the data do not hold the unit for the earlier period{base}", lacking)
    status = np.broadcast_to(cells.status, cells.values.shape)[..., rows]
    values = np.where(known, cells.values[..., rows], np.nan)
    return known, Cells(values, np.where(known, status, np.uint8(0)))


def _known(status: Status, known: Bool, without: str) -> Status:
    lacks = _WITHOUT[without]
    if lacks is None or known.all():
        return status
    # What the row itself lacks is said first: it would be absent whatever came before.
    return np.where(known | is_absent(status), status, np.uint8(lacks))


def _check_above_zero(values: Float, what: str, of: Measure) -> None:
    with np.errstate(invalid="ignore"):
        wrong = values <= 0
    if wrong.any():
        names = " and ".join(of.variables)
        raise CellError(f"{what} of {names} is not above 0: no ratio to it makes sense", wrong)

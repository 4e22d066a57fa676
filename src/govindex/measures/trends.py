"""The growth of a unit's figure per year, by a line through the figures of several years."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import one_of, positive, whole_number
from govindex.contracts import (
    Bool,
    Cells,
    CellStatus,
    Columns,
    Float,
    Measure,
    Status,
    is_absent,
)
from govindex.errors import CellError, SettingError
from govindex.kernels.scaling import restored, with_room
from govindex.measures.cells import masked
from govindex.measures.timed_rows import (
    TimedRows,
    Without,
    check_above_zero,
    check_without,
    status_with,
    times_of,
)
from govindex.measures.variables import ComposedMeasure, as_measure

__all__ = ["Trend"]

_MOST_YEARS = 200


def _check_years(_: object, __: object, value: Any) -> None:
    whole_number(value, "years of Trend", most=_MOST_YEARS)


def _check_at_least(_: object, __: object, value: Any) -> None:
    if value is not None:
        whole_number(value, "at_least of Trend", least=2)


@attrs.frozen
class Trend(ComposedMeasure):
    """How much a figure grows per year, by ordinary least squares over several years.

    With b the slope of ln x over the years, the growth is ``times·(exp(b) − 1)`` (compound: the
    least-squares growth rate), with b the slope of x itself ``times·b`` (absolute). Every figure
    counts, where :class:`AnnualChange` reads the first and the last one only: a single odd year
    moves a trend less.

    Parameters
    ----------
    of : str or measure
        What grows.
    years : int
        How many years before the row's own period the figures begin: 5 for the six yearly figures
        of 2018 to 2023. Of quarters and months all are read.
    how : {"compound", "absolute"}
        By what part of the figure per year, or by how much.
    at_least : int, optional
        How many figures there must be; by default all of them. Missing figures and those of
        missing rows are left out of the regression, the row's own too.
    times : float
        100 for percent.
    without : {"missing", "not_applicable", "error"}
        The value where there are fewer figures. A row whose own figure is absent keeps its status
        then.

    Raises
    ------
    CellError
        If a figure is not above 0, unless the growth is absolute; or if there are too few and
        `without` is ``"error"``.
    SettingError
        If the data are not a panel, or more figures must be there than the years have.

    Notes
    -----
    A value rests on what its figures rest on: it is imputed if one of them was. A row whose own
    figure is not applicable has no trend, and neither has one among whose figures one is
    suppressed.

    References
    ----------
    World Bank, World Development Indicators 2006, statistical methods: growth rates by least
    squares. Dictionaries of economics confirm the formula ``exp(b) − 1`` of the least-squares
    growth rate; that of this page could not be compared with its text.

    Examples
    --------
    >>> Trend("budget", years=5, at_least=4).variables
    ('budget',)
    """

    over_time: ClassVar[bool] = True
    of: Measure = attrs.field(converter=as_measure)
    years: int = attrs.field(validator=_check_years, kw_only=True)
    how: Literal["compound", "absolute"] = attrs.field(
        default="compound", validator=one_of("compound", "absolute"), kw_only=True
    )
    at_least: int | None = attrs.field(default=None, validator=_check_at_least, kw_only=True)
    times: float = attrs.field(default=1.0, validator=positive, kw_only=True)
    without: Without = attrs.field(default="missing", validator=check_without, kw_only=True)

    @property
    def _inputs(self) -> tuple[Measure, ...]:
        return (self.of,)

    def __call__(self, columns: Columns) -> Cells:
        """Return the growth per year."""
        times, parts = times_of(columns, self)
        lags = np.arange(self.years * parts + 1)
        needed = len(lags) if self.at_least is None else self.at_least
        if needed > len(lags):
            raise SettingError(
                f"{self!r} needs {needed} figures, but years={self.years} has only {len(lags)}"
            )
        figures = self._figures(self.of(columns), TimedRows(columns.peers.group("unit"), times))
        values, status = (np.stack(each) for each in zip(*map(figures, lags), strict=True))
        present = ~is_absent(status)
        if self.how == "compound":
            check_above_zero(_least(values), "a figure", self.of)
        enough = present.sum(axis=0) >= needed
        slope = _slope(values, present & enough, lags / parts, logs=self.how == "compound")
        with np.errstate(over="ignore", invalid="ignore"):
            growth = np.expm1(slope) if self.how == "compound" else slope
            size = self._size(values, growth)
        return masked(self.times * growth, self._status(status, present, enough), size)

    def _figures(self, cells: Cells, rows: TimedRows) -> Any:
        """Return a function that gives the cells of every row's unit so many periods before."""
        shape = cells.values.shape
        states = np.broadcast_to(cells.status, shape)

        def figures(lag: int) -> tuple[Float, Status]:
            known, found = rows.find(rows.times - lag)
            missing = np.uint8(CellStatus.MISSING)
            return (
                np.where(known, cells.values[..., found], np.nan),
                np.where(known, states[..., found], missing),
            )

        return figures

    def _status(self, status: Status, present: Bool, enough: Bool) -> Status:
        used = np.where(present, status, np.uint8(CellStatus.REPORTED)).max(axis=0)
        own = status[0]
        closed = own == CellStatus.NOT_APPLICABLE
        lacking = ~enough & ~is_absent(own)
        if self.without == "error" and lacking.any():
            raise CellError("a trend has too few figures of the unit's other periods", lacking)
        known = np.where(enough & ~closed, used, np.where(is_absent(own), own, used))
        suppressed = (status == CellStatus.SUPPRESSED).any(axis=0)
        known = np.where(suppressed, np.uint8(CellStatus.SUPPRESSED), known)
        return status_with(known, enough, self.without)

    def _size(self, values: Float, growth: Float) -> Float:
        """Return the size of what is added up, 1 for proportions."""
        if self.how == "compound":
            return np.asarray(np.fmax(1.0, 1.0 + growth) * self.times)
        return np.asarray(np.fmax.reduce(np.abs(values), axis=0) * (self.times / self.years))


def _least(values: Float) -> Float:
    return np.asarray(np.fmin.reduce(values, axis=0))


def _slope(values: Float, used: Bool, ago: Float, *, logs: bool) -> Float:
    """Return the slope of figures over the years, NaN for fewer than two of them.

    `values` and `used` have the shape (figures, draws or 1, rows), `ago` (figures,): how many years
    ago they were.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        numbers = np.log(np.where(used, values, 1.0)) if logs else np.where(used, values, 0.0)
        roomy, power = with_room(np.moveaxis(numbers, 0, -1))
        heights = np.moveaxis(roomy, -1, 0)
        # Heights are counted from the newest, so that a level line has the slope 0 exactly.
        newest = np.take_along_axis(heights, used.argmax(axis=0)[None], axis=0)
        count = used.sum(axis=0)
        years = np.where(used, -ago[:, None, None], 0.0)
        years = np.where(used, years - years.sum(axis=0) / count, 0.0)
        rises = np.where(used, heights - newest, 0.0)
        slope = (years * rises).sum(axis=0) / (years * years).sum(axis=0)
    slope = np.where(count > 1, slope, np.nan)
    return slope if power is None else restored(slope, power[..., 0])

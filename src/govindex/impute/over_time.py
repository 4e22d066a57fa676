"""Fills from the same unit's figures of other periods, in a panel.

No other unit can move such a figure, so these fills are not peer-dependent.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import BaseFill, Float, Index, Matrix
from govindex.errors import SettingError, near_miss
from govindex.kernels.scaling import restored, with_room

__all__ = ["Interpolated", "LastObservation"]


def _check_age(_: object, __: object, age: Any) -> None:
    if age is not None and (isinstance(age, bool) or not isinstance(age, int) or age < 1):
        raise SettingError(f"max_age is a whole number of periods, at least 1, not {age!r}")


_KNOWN = {"how": ("linear", "previous"), "beyond": ("missing", "nearest", "line")}


def _check_known(_: object, attribute: attrs.Attribute[str], value: object) -> None:
    known = _KNOWN[attribute.name]
    if not among(value, known):
        raise SettingError(
            f"Interpolated({attribute.name}=…) knows no {value!r}: {near_miss(value, known)}"
        )


@attrs.frozen
class LastObservation(BaseFill):
    """The unit's own latest earlier figure.

    Parameters
    ----------
    max_age : int, optional
        How many periods old it may be: years, quarters or months, as the panel has them, those
        without a row counted. By default any age.

    Raises
    ------
    SettingError
        If the data are not a panel.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex import Observations
    >>> frame = pd.DataFrame({"unit": ["A", "A"], "year": [2025, 2026], "days": [5, None]})
    >>> data = Observations.from_frame(frame, unit="unit", period="year")
    >>> LastObservation(max_age=1).fill(Matrix(data.values.T, data.variables, data.units))
    array([[5., 5.]])
    """

    peer_dependent: ClassVar[bool] = False
    over_time: ClassVar[bool] = True
    max_age: int | None = attrs.field(default=None, validator=_check_age)

    def fill(self, matrix: Matrix) -> Float:
        """Return the latest figure up to each period that is not too old."""
        series = _Series.of(matrix, self)
        before = series.last()
        with np.errstate(invalid="ignore"):
            old = series.times - series.time_at(before) > (self.max_age or np.inf)
        return series.rows(np.where(old, np.nan, series.value_at(before)))


@attrs.frozen
class Interpolated(BaseFill):
    """Between the unit's own figures before and after a gap.

    Parameters
    ----------
    how : {"linear", "previous"}
        On the straight line between the two figures, or the earlier one.
    beyond : {"missing", "nearest", "line"}
        The number before the unit's first and after its last figure: none, that figure, or the
        straight line through the two nearest ones.

    Raises
    ------
    SettingError
        If the data are not a panel.

    Notes
    -----
    Time is counted in the panel's periods: a gap of three years between two rows is three.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex import Observations
    >>> frame = pd.DataFrame({"unit": ["A"] * 3, "year": [2024, 2025, 2026], "days": [5, None, 8]})
    >>> data = Observations.from_frame(frame, unit="unit", period="year")
    >>> Interpolated().fill(Matrix(data.values.T, data.variables, data.units))
    array([[5. , 6.5, 8. ]])
    """

    peer_dependent: ClassVar[bool] = False
    over_time: ClassVar[bool] = True
    how: Literal["linear", "previous"] = attrs.field(default="linear", validator=_check_known)
    beyond: Literal["missing", "nearest", "line"] = attrs.field(
        default="missing", validator=_check_known, kw_only=True
    )

    def fill(self, matrix: Matrix) -> Float:
        """Return numbers between the figures of each unit."""
        series = _Series.of(matrix, self)
        before, after = series.last(), series.next()
        if self.how == "linear":
            filled = series.line(before, after)
        else:
            filled = np.where(np.isnan(series.value_at(after)), np.nan, series.value_at(before))
        if self.beyond == "nearest":
            nearest = np.where(before < 0, series.value_at(after), series.value_at(before))
            filled = np.where(np.isnan(filled), nearest, filled)
        elif self.beyond == "line":
            for one, other in ((series.last(before), before), (after, series.next(after))):
                filled = np.where(np.isnan(filled), series.line(one, other), filled)
        return series.rows(filled)


@attrs.frozen(eq=False)
class _Series:
    """The figures of every variable and unit in the order of time.

    Parameters
    ----------
    values : array, shape (variables, units, times)
        NaN where a unit has no row or no figure.
    times : array, shape (times,)
        The numbers of the periods that the panel has rows of.
    unit, column : array of int, shape (rows,)
        The unit and the time of each row.
    """

    values: Float
    times: Float
    unit: Index
    column: Index

    @classmethod
    def of(cls, matrix: Matrix, fill: LastObservation | Interpolated) -> _Series:
        """Sort the rows of a panel."""
        every = matrix.peers.times
        if every is None:
            raise SettingError(
                f"{fill!r} reads other periods of the same unit, but the data are not a panel: "
                "read them with from_frame(…, period=column), or join periods with "
                "Observations.panel(…)"
            )
        times, column = np.unique(every, return_inverse=True)
        unit = matrix.peers.group("unit")
        shape = (len(matrix.values), int(unit.max()) + 1, len(times))
        values = np.full(shape, np.nan)
        values[:, unit, column] = matrix.values
        return cls(values, times.astype(np.float64), unit, column)

    def rows(self, cells: Float) -> Float:
        """Return the cells of the rows, shape (variables, rows)."""
        return cells[:, self.unit, self.column]

    def last(self, before: Index | None = None) -> Index:
        """Return the index of the last figure up to each time (before an index), or -1."""
        known = np.where(np.isnan(self.values), -1, np.arange(len(self.times)))
        every = np.maximum.accumulate(known, axis=-1)
        if before is None:
            return every
        index = np.take_along_axis(every, np.maximum(before - 1, 0), axis=-1)
        return np.where(before > 0, index, -1)

    def next(self, after: Index | None = None) -> Index:
        """Return the index of the first figure from each time on (after an index), or -1."""
        end = len(self.times)
        known = np.where(np.isnan(self.values), end, np.arange(end))
        every = np.minimum.accumulate(known[..., ::-1], axis=-1)[..., ::-1]
        if after is not None:
            every = np.take_along_axis(every, np.minimum(after + 1, end - 1), axis=-1)
            every = np.where((after < 0) | (after + 1 >= end), end, every)
        return np.where(every == end, -1, every)

    def value_at(self, index: Index) -> Float:
        """Return the figures at these indices, NaN at -1."""
        return _at(self.values, index)

    def time_at(self, index: Index) -> Float:
        """Return the times at these indices, NaN at -1."""
        return np.where(index < 0, np.nan, self.times[np.maximum(index, 0)])

    def line(self, one: Index, other: Index) -> Float:
        """Return the straight lines through two figures each, NaN if one of them is missing."""
        roomy, power = with_room(self.values)
        start, stop = (_at(roomy, index) for index in (one, other))
        first, second = self.time_at(one), self.time_at(other)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(first == second, 0.0, (self.times - first) / (second - first))
        return restored(start + (stop - start) * part, power)


def _at(values: Float, index: Index) -> Float:
    """Return the values at these indices, NaN at -1."""
    picked = np.take_along_axis(values, np.maximum(index, 0), axis=-1)
    return np.where(index < 0, np.nan, picked)

"""Fills from the same unit's figures of other periods, in a panel.

What a body reported in another period is its own business: no other body can move it, so these
fills are not peer-dependent.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import BaseFill, Float, Index
from govindex.errors import SettingError, near_miss
from govindex.kernels.scaling import restored, with_room
from govindex.matrices import Matrix

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
        If the data are no panel.

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
        What stands before the unit's first and after its last figure: no number, that figure, or
        the straight line through the two nearest ones.

    Raises
    ------
    SettingError
        If the data are no panel.

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
        """Return what lies between the figures of each unit."""
        series = _Series.of(matrix, self)
        before, after = series.last(), series.next()
        if self.how == "linear":
            found = series.line(before, after)
        else:
            found = np.where(np.isnan(series.value_at(after)), np.nan, series.value_at(before))
        if self.beyond == "nearest":
            nearest = np.where(before < 0, series.value_at(after), series.value_at(before))
            found = np.where(np.isnan(found), nearest, found)
        elif self.beyond == "line":
            for one, other in ((series.last(before), before), (after, series.next(after))):
                found = np.where(np.isnan(found), series.line(one, other), found)
        return series.rows(found)


@attrs.frozen(eq=False)
class _Series:
    """The figures of every variable and body in the order of time.

    Parameters
    ----------
    values : array, shape (variables, bodies, times)
        NaN where a body has no row or no figure.
    times : array, shape (times,)
        The numbers of the periods that the panel has rows of.
    body, column : array of int, shape (rows,)
        Where a row's cells stand.
    """

    values: Float
    times: Float
    body: Index
    column: Index

    @classmethod
    def of(cls, matrix: Matrix, fill: LastObservation | Interpolated) -> _Series:
        """Put the rows of a panel in order."""
        every = matrix.peers.times
        if every is None:
            raise SettingError(
                f"{fill!r} reads other periods of the same unit, but the data are no panel: read "
                "them with from_frame(…, period=column), or join periods with Observations.panel(…)"
            )
        times, column = np.unique(every, return_inverse=True)
        body = matrix.peers.group("unit")
        shape = (len(matrix.values), int(body.max()) + 1, len(times))
        values = np.full(shape, np.nan)
        values[:, body, column] = matrix.values
        return cls(values, times.astype(np.float64), body, column)

    def rows(self, found: Float) -> Float:
        """Return the cells of the rows, shape (variables, rows)."""
        return found[:, self.body, self.column]

    def last(self, before: Index | None = None) -> Index:
        """Return where the last figure up to each time stands (before an index), -1 for none."""
        known = np.where(np.isnan(self.values), -1, np.arange(len(self.times)))
        every = np.maximum.accumulate(known, axis=-1)
        if before is None:
            return every
        found = np.take_along_axis(every, np.maximum(before - 1, 0), axis=-1)
        return np.where(before > 0, found, -1)

    def next(self, after: Index | None = None) -> Index:
        """Return where the first figure from each time on stands (after an index), -1 for none."""
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
        """Return the straight lines through two figures each, NaN where one of them is none."""
        roomy, power = with_room(self.values)
        start, stop = (_at(roomy, index) for index in (one, other))
        first, second = self.time_at(one), self.time_at(other)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(first == second, 0.0, (self.times - first) / (second - first))
        return restored(start + (stop - start) * part, power)


def _at(values: Float, index: Index) -> Float:
    """Return the values at these indices, NaN at -1."""
    found = np.take_along_axis(values, np.maximum(index, 0), axis=-1)
    return np.where(index < 0, np.nan, found)

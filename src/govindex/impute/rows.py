"""Fills from other variables of the same unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Self

import attrs
import numpy as np

from govindex.checks import names_of, number, one_of, shown, tuple_of
from govindex.contracts import BaseFill, Bool, Float, GapFill, Matrix
from govindex.errors import SettingError, UnknownNameError, near_miss
from govindex.impute.common import Groups, as_groups, check_resolved, resolved
from govindex.kernels import reductions
from govindex.kernels.scaling import restored, with_room
from govindex.mappings import FrozenMap

__all__ = ["RowMean", "RowMedian"]

Ranges = FrozenMap[str, tuple[float, float]]


def _lower(names: str | Iterable[str]) -> tuple[str, ...]:
    return names_of(names, "lower")


def _ranges(ranges: Mapping[str, tuple[float, float]]) -> Ranges:
    if not isinstance(ranges, Mapping):
        raise SettingError(f"ranges are a mapping of variables to two ends, not {ranges!r}")
    return FrozenMap({name: _ends(name, ends) for name, ends in ranges.items()})


def _ends(name: str, ends: object) -> tuple[float, float]:
    """Return the two ends of a variable's range."""
    pair = tuple_of(ends, f"the range of '{name}'", "two numbers")
    if len(pair) != 2:
        raise SettingError(f"the range of '{name}' must be two numbers, not {shown(ends)}")
    low, high = (number(end, f"an end of the range of '{name}'") for end in pair)
    return low, high


@attrs.frozen
class _RowFill(BaseFill):
    """The base of fills from the same unit's row."""

    groups: Groups | None = attrs.field(default=None, converter=as_groups)
    on: Literal["values", "min-max"] = attrs.field(
        default="values", validator=one_of("values", "min-max"), kw_only=True
    )
    lower: tuple[str, ...] = attrs.field(default=(), converter=_lower, kw_only=True)
    ranges: Ranges | None = attrs.field(
        default=None, converter=attrs.converters.optional(_ranges), kw_only=True
    )

    @property
    def peer_dependent(self) -> bool:
        """Whether ranges come from the values of all units."""
        return self.on == "min-max" and self.ranges is None

    def within(self, dimensions: Mapping[str, tuple[str, ...]], lower: Iterable[str]) -> GapFill:
        """Return the fill with the variables of dimensions, and those that are better if low."""
        fill: GapFill = resolved(attrs.evolve(self, lower=self.lower or tuple(lower)), dimensions)
        return fill

    def anchor(self, matrix: Matrix) -> Self:
        """Return the fill with the ranges of the reference."""
        return attrs.evolve(self, ranges=_observed_ranges(matrix))


def _observed_ranges(matrix: Matrix) -> dict[str, tuple[float, float]]:
    low, high = reductions.extremes(matrix.values, np.ones(matrix.values.shape[-1], dtype=bool))
    ends = zip(low[:, 0].tolist(), high[:, 0].tolist(), strict=True)
    known = zip(matrix.names, ends, strict=True)
    return {name: pair for name, pair in known if not np.isnan(pair[0])}


@attrs.frozen
class RowMean(_RowFill):
    """The mean of the same unit's values: of all variables, or of those of a dimension.

    Parameters
    ----------
    groups : mapping of str to variables, or iterable of str, optional
        The variables that are averaged together; the code of a dimension means the variables below
        it. A variable in no group gets no number, one in several groups that of the first.
    on : {"values", "min-max"}
        Average the values, if all variables share one scale such as points from 0 to 10; or their
        positions between the least and the largest value, converted to the range of the missing
        variable.
    lower : iterable of str
        With "min-max", the variables whose low values are good. In a methodology those of its
        indicators.
    ranges : mapping of str to (float, float), optional
        With "min-max", the least and the largest value of each variable; by default those of all
        units.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> matrix = Matrix(np.array([[1.0], [np.nan], [3.0]]), ("a", "b", "c"), Everyone(1))
    >>> RowMean().fill(matrix)[1]
    array([2.])
    """

    def fill(self, matrix: Matrix) -> Float:
        """Return the mean of the unit's row for all of its variables."""
        return _by_rows(self, matrix, lambda *cells: reductions.mean_over_units(*cells)[0])


@attrs.frozen
class RowMedian(_RowFill):
    """The median of the same unit's values: of all variables, or of those of a dimension.

    Parameters
    ----------
    groups, on, lower, ranges
        As for :class:`RowMean`.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> figures = np.array([[1.0], [np.nan], [3.0], [9.0]])
    >>> RowMedian().fill(Matrix(figures, ("a", "b", "c", "d"), Everyone(1)))[1]
    array([3.])
    """

    def fill(self, matrix: Matrix) -> Float:
        """Return the median of the unit's row for all of its variables."""
        return _by_rows(self, matrix, reductions.median_over_units)


def _by_rows(fill: _RowFill, matrix: Matrix, statistic: Callable[[Float, Bool], Float]) -> Float:
    values = matrix.values
    if fill.on == "min-max":
        ranges = _observed_ranges(matrix) if fill.ranges is None else fill.ranges
        ends = np.array([ranges.get(name, (np.nan, np.nan)) for name in matrix.names])
        roomy, power = with_room(np.hstack([values, ends]))
        values, ends = roomy[:, :-2], roomy[:, -2:]
        start = np.where(np.isin(matrix.names, fill.lower), ends[:, 1], ends[:, 0])[:, None]
        length = ends.sum(axis=1)[:, None] - 2 * start
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = np.where(length == 0, np.nan, (values - start) / length)
        filled: Float = start + length * _averaged(fill.groups, matrix, shares, statistic)
        return restored(filled, power)
    return _averaged(fill.groups, matrix, values, statistic)


def _averaged(
    groups: Groups | None,
    matrix: Matrix,
    values: Float,
    statistic: Callable[[Float, Bool], Float],
) -> Float:
    if groups is None:
        groups = FrozenMap({"": matrix.names})
    check_resolved(groups)
    assert isinstance(groups, Mapping)
    index = {variable: row for row, variable in enumerate(matrix.names)}
    averages = np.full(values.shape, np.nan)
    filled_rows: set[int] = set()
    for several in groups.values():
        for variable in several:
            if variable not in index:
                known = near_miss(variable, index)
                raise UnknownNameError(f"groups: there is no variable '{variable}': {known}")
        rows = sorted(index[variable] for variable in several)
        across = np.ascontiguousarray(values[rows].T)
        row_values = statistic(across, np.ones(len(rows), dtype=bool))[:, 0]
        averages[[row for row in rows if row not in filled_rows]] = row_values
        filled_rows.update(rows)
    return averages

"""Means and medians of units, constants and known numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.checks import finite, number
from govindex.contracts import BaseFill, Bool, Float, GapFill, Matrix
from govindex.errors import SettingError, listing
from govindex.impute.common import check_population, populations
from govindex.kernels import reductions
from govindex.mappings import FrozenMap

__all__ = ["Constant", "Known", "Mean", "Median"]

Statistic = Callable[[Float, Bool], Float]


def _mean(values: Float, reference: Bool) -> Float:
    return reductions.mean_over_units(values, reference)[0]


@attrs.frozen
class Mean(BaseFill):
    """The mean of the units that have a value.

    Parameters
    ----------
    over : str
        Whose values count: "all", "ranked", "league", "period", "league_period", or an attribute
        of the units; a unit gets the mean of its group.

    Notes
    -----
    A group without any value, and a unit without a group, get no number: see
    :class:`~govindex.prepare.Impute` for what then happens.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> Mean().fill(Matrix(np.array([[1.0, np.nan, 3.0]]), ("days",), Everyone(3)))
    array([[2., 2., 2.]])
    """

    peer_dependent: ClassVar[bool] = True
    over: str = attrs.field(default="all", validator=check_population, kw_only=True)

    def fill(self, matrix: Matrix) -> Float:
        """Return each group's mean for all of its units."""
        return _by_population(matrix, self.over, _mean)

    def anchor(self, matrix: Matrix) -> GapFill:
        """Return the means of the reference as numbers."""
        return _known_numbers(matrix, self.over, _mean)


@attrs.frozen
class Median(BaseFill):
    """The median of the units that have a value.

    Parameters
    ----------
    over : str
        Whose values count, as for :class:`Mean`.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> Median().fill(Matrix(np.array([[1.0, np.nan, 3.0, 9.0]]), ("days",), Everyone(4)))
    array([[3., 3., 3., 3.]])
    """

    peer_dependent: ClassVar[bool] = True
    over: str = attrs.field(default="all", validator=check_population, kw_only=True)

    def fill(self, matrix: Matrix) -> Float:
        """Return each group's median for all of its units."""
        return _by_population(matrix, self.over, reductions.median_over_units)

    def anchor(self, matrix: Matrix) -> GapFill:
        """Return the medians of the reference as numbers."""
        return _known_numbers(matrix, self.over, reductions.median_over_units)


def _by_population(matrix: Matrix, over: str, statistic: Statistic) -> Float:
    filled = np.full(matrix.values.shape, np.nan)
    rows = np.flatnonzero(np.isnan(matrix.values).any(axis=-1))
    if len(rows):
        gapped = matrix.values[rows]
        columns = np.arange(matrix.values.shape[-1])
        for members, reference, _ in populations(over, matrix):
            numbers = statistic(gapped[:, members], reference)
            filled[np.ix_(rows, columns[members])] = numbers
    return filled


def _known_numbers(matrix: Matrix, over: str, statistic: Statistic) -> Known:
    if over in ("period", "league_period"):
        raise SettingError(
            f"a fill over {over.replace('_', 's and ')}s cannot be anchored: every period has its "
            "own reference"
        )
    numbers: dict[str, Any] = {name: {} for name in matrix.names}
    for members, reference, name in populations(over, matrix):
        statistics = statistic(matrix.values[:, members], reference)[:, 0]
        for variable, value in zip(matrix.names, statistics.tolist(), strict=True):
            if not np.isnan(value):
                numbers[variable][_label(name)] = value
    if over in ("all", "ranked"):
        return Known({variable: by_group[""] for variable, by_group in numbers.items() if by_group})
    return Known(
        {variable: by_group for variable, by_group in numbers.items() if by_group}, over=over
    )


def _label(name: Any) -> str:
    return "" if name is None else str(name)


def _numbers(
    numbers: Mapping[str, float]
    | Mapping[str, Mapping[str, float]]
    | Mapping[str, float | Mapping[str, float]],
) -> FrozenMap[str, float | FrozenMap[str, float]]:
    if not isinstance(numbers, Mapping):
        raise SettingError(f"give a mapping of variables to numbers, not {numbers!r}")
    return FrozenMap(
        {
            variable: FrozenMap(
                {
                    group: number(value, f"'{variable}' of '{group}'")
                    for group, value in by_group.items()
                }
            )
            if isinstance(by_group, Mapping)
            else number(by_group, f"the number for '{variable}'")
            for variable, by_group in numbers.items()
        }
    )


@attrs.frozen
class Known(BaseFill):
    """Fixed numbers: one for each variable, or one for each group of units.

    An anchored :class:`Mean` or :class:`Median` has this form.

    Parameters
    ----------
    numbers : mapping of variable to float, or to a mapping of group to float
        Variables and groups that are not named get no number. Units without a league are the
        group "".
    over : str
        What the groups are: "league" or an attribute of the units; "all" if there are none.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> Known({"days": 5}).fill(Matrix(np.array([[1.0, np.nan]]), ("days",), Everyone(2)))
    array([[5., 5.]])
    """

    peer_dependent: ClassVar[bool] = False
    numbers: FrozenMap[str, float | FrozenMap[str, float]] = attrs.field(converter=_numbers)
    over: str = attrs.field(default="all", validator=check_population, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for variable, by_group in self.numbers.items():
            if isinstance(by_group, Mapping) and self.over in ("all", "ranked"):
                raise SettingError(
                    f"Known: '{variable}' has numbers for the groups {listing(by_group)}: say what "
                    "they are by over='league' or an attribute"
                )

    def fill(self, matrix: Matrix) -> Float:
        """Return each unit's number."""
        filled = np.full(matrix.values.shape, np.nan)
        count = len(matrix.peers)
        names = None if self.over in ("all", "ranked") else matrix.peers.column(self.over)
        labels = np.array([_label(name) for name in names or [None] * count], dtype=object)
        for row, variable in zip(filled, matrix.names, strict=True):
            numbers = self.numbers.get(variable, np.nan)
            if isinstance(numbers, Mapping):
                for group, value in numbers.items():
                    row[labels == group] = value
            else:
                row[:] = numbers
        return filled


@attrs.frozen
class Constant(BaseFill):
    """One number for every gap.

    Parameters
    ----------
    value : float

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> Constant(0).fill(Matrix(np.array([[1.0, np.nan]]), ("days",), Everyone(2)))
    array([[0., 0.]])
    """

    peer_dependent: ClassVar[bool] = False
    value: float = attrs.field(validator=finite)

    def fill(self, matrix: Matrix) -> Float:
        """Return the number everywhere."""
        return np.full(matrix.values.shape, float(self.value))

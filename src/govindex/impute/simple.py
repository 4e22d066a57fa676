"""Fills that need no model: means and medians of units or of rows, constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.checks import finite, number
from govindex.contracts import Bool, Fill, Float, Sheet
from govindex.errors import SettingError, UnknownNameError, listing, near_miss
from govindex.impute.common import Groups, as_groups, check_population, populations, resolved
from govindex.kernels import reductions
from govindex.mappings import FrozenMap

__all__ = ["Constant", "Known", "Mean", "Median", "RowMean", "RowMedian"]

Statistic = Callable[[Float, Bool], Float]


def _mean(values: Float, reference: Bool) -> Float:
    return reductions.mean_over_units(values, reference)[0]


@attrs.frozen
class Mean:
    """The mean of the units that have a value.

    Parameters
    ----------
    over : str
        Whose values count: "all", "ranked", "league", "period", "league_period", or an attribute
        of the units; a unit is given the mean of its own group.

    Notes
    -----
    A group without any value, and a unit without a group, get no number: see
    :class:`~govindex.prepare.Impute` for what then happens.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> Mean().fill(Sheet(np.array([[1.0, np.nan, 3.0]]), ("days",), Everyone(3)))
    array([[2., 2., 2.]])
    """

    peer_dependent: ClassVar[bool] = True
    over: str = attrs.field(default="all", validator=check_population, kw_only=True)

    def fill(self, sheet: Sheet) -> Float:
        """Return each group's mean for all of its units."""
        return _by_population(sheet, self.over, _mean)

    def anchor(self, sheet: Sheet) -> Fill:
        """Return the means of the reference as numbers."""
        return _known(sheet, self.over, _mean)


@attrs.frozen
class Median:
    """The median of the units that have a value.

    Parameters
    ----------
    over : str
        Whose values count, as for :class:`Mean`.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> Median().fill(Sheet(np.array([[1.0, np.nan, 3.0, 9.0]]), ("days",), Everyone(4)))
    array([[3., 3., 3., 3.]])
    """

    peer_dependent: ClassVar[bool] = True
    over: str = attrs.field(default="all", validator=check_population, kw_only=True)

    def fill(self, sheet: Sheet) -> Float:
        """Return each group's median for all of its units."""
        return _by_population(sheet, self.over, reductions.median_over_units)

    def anchor(self, sheet: Sheet) -> Fill:
        """Return the medians of the reference as numbers."""
        return _known(sheet, self.over, reductions.median_over_units)


def _by_population(sheet: Sheet, over: str, statistic: Statistic) -> Float:
    found = np.full(sheet.values.shape, np.nan)
    rows = np.flatnonzero(np.isnan(sheet.values).any(axis=-1))
    if len(rows):
        columns = np.arange(sheet.values.shape[-1])
        for members, reference, _ in populations(over, sheet):
            own = sheet.values[rows][:, members]
            found[np.ix_(rows, columns[members])] = statistic(own, reference)
    return found


def _known(sheet: Sheet, over: str, statistic: Statistic) -> Known:
    if over in ("period", "league_period"):
        raise SettingError(
            f"a fill over {over.replace('_', 's and ')}s cannot be anchored: every period has a "
            "reference of its own"
        )
    numbers: dict[str, Any] = {name: {} for name in sheet.variables}
    for members, reference, name in populations(over, sheet):
        found = statistic(sheet.values[:, members], reference)[:, 0]
        for variable, value in zip(sheet.variables, found.tolist(), strict=True):
            if not np.isnan(value):
                numbers[variable][_label(name)] = value
    if over in ("all", "ranked"):
        return Known({variable: own[""] for variable, own in numbers.items() if own})
    return Known({variable: own for variable, own in numbers.items() if own}, over=over)


def _label(name: Any) -> str:
    return "" if name is None else str(name)


def _numbers(numbers: Any) -> FrozenMap[str, float | FrozenMap[str, float]]:
    if not isinstance(numbers, Mapping):
        raise SettingError(f"give a mapping of variables to numbers, not {numbers!r}")
    return FrozenMap(
        {
            variable: FrozenMap({g: number(x, f"'{variable}' of '{g}'") for g, x in own.items()})
            if isinstance(own, Mapping)
            else number(own, f"the number for '{variable}'")
            for variable, own in numbers.items()
        }
    )


@attrs.frozen
class Known:
    """Numbers that are given: one for each variable, or one for each group of units.

    This is what a :class:`Mean` or a :class:`Median` becomes when it is anchored on a reference.

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
    >>> Known({"days": 5}).fill(Sheet(np.array([[1.0, np.nan]]), ("days",), Everyone(2)))
    array([[5., 5.]])
    """

    peer_dependent: ClassVar[bool] = False
    numbers: FrozenMap[str, float | FrozenMap[str, float]] = attrs.field(converter=_numbers)
    over: str = attrs.field(default="all", validator=check_population, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for variable, own in self.numbers.items():
            if isinstance(own, Mapping) and self.over in ("all", "ranked"):
                raise SettingError(
                    f"Known: '{variable}' has numbers for the groups {listing(own)}: say what "
                    "they are by over='league' or an attribute"
                )

    def fill(self, sheet: Sheet) -> Float:
        """Return each unit's number."""
        found = np.full(sheet.values.shape, np.nan)
        count = len(sheet.peers)
        names = None if self.over in ("all", "ranked") else sheet.peers.column(self.over)
        labels = np.array([_label(name) for name in names or [None] * count], dtype=object)
        for row, variable in zip(found, sheet.variables, strict=True):
            own = self.numbers.get(variable, np.nan)
            if isinstance(own, Mapping):
                for group, value in own.items():
                    row[labels == group] = value
            else:
                row[:] = own
        return found


@attrs.frozen
class Constant:
    """One number for every gap.

    Parameters
    ----------
    value : float

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> Constant(0).fill(Sheet(np.array([[1.0, np.nan]]), ("days",), Everyone(2)))
    array([[0., 0.]])
    """

    peer_dependent: ClassVar[bool] = False
    value: float = attrs.field(validator=finite)

    def fill(self, sheet: Sheet) -> Float:
        """Return the number everywhere."""
        return np.full(sheet.values.shape, float(self.value))


@attrs.frozen
class RowMean:
    """The mean of what the same unit reports: of all variables, or of those of its dimension.

    Sensible only where the variables share one scale, such as scores from 0 to 10: the numbers are
    averaged as they are.

    Parameters
    ----------
    groups : mapping of str to variables, or iterable of str, optional
        The variables that are averaged together; the codes of dimensions name what stands below
        them. A variable in no group gets no number, one in several the mean of the first of them.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> sheet = Sheet(np.array([[1.0], [np.nan], [3.0]]), ("a", "b", "c"), Everyone(1))
    >>> RowMean().fill(sheet)[1]
    array([2.])
    """

    peer_dependent: ClassVar[bool] = False
    groups: Groups | None = attrs.field(default=None, converter=as_groups)

    def fill(self, sheet: Sheet) -> Float:
        """Return the mean of the unit's row for all of its variables."""
        return _by_rows(self.groups, sheet, _mean)

    def within(self, dimensions: Mapping[str, tuple[str, ...]]) -> RowMean:
        """Return the fill with the variables of the dimensions that it names."""
        found: RowMean = resolved(self, dimensions)
        return found


@attrs.frozen
class RowMedian:
    """The median of what the same unit reports: of all variables, or of those of its dimension.

    Parameters
    ----------
    groups : mapping of str to variables, or iterable of str, optional
        As for :class:`RowMean`.

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> sheet = Sheet(np.array([[1.0], [np.nan], [3.0], [9.0]]), ("a", "b", "c", "d"), Everyone(1))
    >>> RowMedian().fill(sheet)[1]
    array([3.])
    """

    peer_dependent: ClassVar[bool] = False
    groups: Groups | None = attrs.field(default=None, converter=as_groups)

    def fill(self, sheet: Sheet) -> Float:
        """Return the median of the unit's row for all of its variables."""
        return _by_rows(self.groups, sheet, reductions.median_over_units)

    def within(self, dimensions: Mapping[str, tuple[str, ...]]) -> RowMedian:
        """Return the fill with the variables of the dimensions that it names."""
        found: RowMedian = resolved(self, dimensions)
        return found


def _by_rows(groups: Groups | None, sheet: Sheet, statistic: Statistic) -> Float:
    if groups is None:
        groups = FrozenMap({"": sheet.variables})
    if not isinstance(groups, Mapping):
        raise SettingError(
            f"which variables stand below {listing(groups)} only a framework says: give groups as "
            "a mapping, or use the step in a methodology"
        )
    place = {variable: row for row, variable in enumerate(sheet.variables)}
    found = np.full(sheet.values.shape, np.nan)
    for several in groups.values():
        for variable in several:
            if variable not in place:
                known = near_miss(variable, place)
                raise UnknownNameError(f"groups: there is no variable '{variable}': {known}")
        rows = np.array([place[variable] for variable in several], dtype=np.intp)
        across = np.ascontiguousarray(sheet.values[rows].T)
        own = statistic(across, np.ones(len(rows), dtype=bool))[:, 0]
        open_rows = rows[np.isnan(found[rows]).all(axis=-1)]
        found[open_rows] = own
    return found

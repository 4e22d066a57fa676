"""The step that leaves out units with too few values, and the screening of variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import instance_of, one_of, share
from govindex.contracts import BaseStep, Bool, CellStatus, Float, Index, is_absent
from govindex.errors import DataError, Problems, SettingError, UnknownNameError, listing
from govindex.impute.common import Groups, as_groups, check_resolved, resolved
from govindex.mappings import FrozenMap
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.prepare.common import (
    as_names,
    below_dimensions,
    check_name,
    chosen,
    measured,
    with_variables,
)
from govindex.prepare.reports import ScreenReport

__all__ = ["Screen", "screen_variables"]


def _names(names: str | Iterable[str] | None) -> tuple[str, ...]:
    return as_names(names) or ()


@attrs.frozen
class Screen(BaseStep[Framework, Observations]):
    """Leave out units with too few values, or with too many zeros.

    A unit's *availability* is the share of its cells that hold a value, among those that apply to
    it; its *non-zero share* is that of the values other than zero, among its values. A share of no
    cells misses no limit. The report says which units leave, and why. An answer is a value that is
    not zero.

    Parameters
    ----------
    availability, nonzero : float
        The least shares over all variables, from 0 to 1.
    groups : mapping of str to variables, or iterable of str, optional
        Groups of variables with their own limits; the code of a dimension means the variables
        below it.
    group_availability, group_nonzero : float
        The least shares in each of the groups.
    keep, drop : iterable of str
        Units, by code or name, that always stay or leave.
    variables : iterable of str, optional
        The variables that count.
    becomes : {"removed", "unranked"}
        Whether a unit leaves the data, or stays without a rank.

    Raises
    ------
    DataError
        If no unit is left, a unit to keep or drop does not exist or is both, or a unit that stays
        has a parent that leaves.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["A", "B"], "days": [3, None], "online": [1, 0]})
    >>> screened = Screen(availability=0.8)(Observations.from_frame(frame))
    >>> screened.units.codes, screened.reports[0].left
    (('A',), ('B',))
    """

    peer_dependent: ClassVar[bool] = False
    availability: float = attrs.field(default=0.0, validator=share)
    nonzero: float = attrs.field(default=0.0, validator=share, kw_only=True)
    groups: Groups | None = attrs.field(default=None, converter=as_groups, kw_only=True)
    group_availability: float = attrs.field(default=0.0, validator=share, kw_only=True)
    group_nonzero: float = attrs.field(default=0.0, validator=share, kw_only=True)
    keep: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    drop: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)
    variables: tuple[str, ...] | None = attrs.field(default=None, converter=as_names, kw_only=True)
    becomes: Literal["removed", "unranked"] = attrs.field(
        default="removed", validator=one_of("removed", "unranked"), kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.groups is None and (self.group_availability or self.group_nonzero):
            raise SettingError("group_availability and group_nonzero need groups")

    @property
    def leaves_out(self) -> bool:
        """Whether units may leave the data."""
        return self.becomes == "removed"

    @property
    def reads(self) -> tuple[str, ...]:
        """The variables that are named."""
        group_variables = self.groups.values() if isinstance(self.groups, Mapping) else ()
        return tuple(
            dict.fromkeys(
                [*(self.variables or ()), *(name for group in group_variables for name in group)]
            )
        )

    def within(self, frameworks: Sequence[Framework], observations: Observations) -> Screen:
        """Return the step with the variables that the frameworks' indicators measure.

        Raises
        ------
        SettingError
            If forms measure different variables: units lack the variables of other forms.
        """
        if self.variables is None and len({frozenset(measured([f])) for f in frameworks}) > 1:
            raise SettingError(
                f"{self!r}: the forms measure different variables, and a unit would be short of "
                "those of other forms; name the variables, variables=…"
            )
        grouped = resolved(self, below_dimensions(frameworks))
        named: Screen = with_variables(grouped, frameworks, observations, answers=True)
        return named

    def __call__(self, observations: Observations) -> Observations:
        """Return the observations without the units that miss a limit."""
        data = observations
        report = self.report(data)
        leaves = np.array(report.leaves)
        if self.becomes == "unranked":
            units = attrs.evolve(data.units, ranked=data.units.ranked_mask & ~leaves)
            return attrs.evolve(data, units=units, reports=(*data.reports, report))
        if leaves.all():
            raise DataError(
                f"no unit is left after {self!r}: {data.units.codes[0]} leaves for "
                f"'{report.reasons[0][0]}', and so on"
            )
        if leaves.any():
            _check_parents(data.units, leaves)
            codes = (c for c, leaving in zip(data.units.codes, leaves, strict=True) if not leaving)
            data = data.take(codes)
        return attrs.evolve(data, reports=(*data.reports, report))

    def report(self, observations: Observations) -> ScreenReport:
        """Return which units would leave, and why."""
        data = instance_of(observations, Observations, "observations")
        groups = self.groups or FrozenMap()
        check_resolved(groups)
        assert isinstance(groups, Mapping)
        columns = chosen(data, self.variables, answers=True)
        limits = [_Limit("", columns, self.availability, self.nonzero)]
        for name, variables in groups.items():
            columns = chosen(data, variables, answers=True)
            limits.append(_Limit(name, columns, self.group_availability, self.group_nonzero))
        codes = data.units.codes
        forced = _forced(self.keep, self.drop, data.units.locate_all)
        return _screened(self, "unit", codes, _cells(data), limits, forced)


def screen_variables(
    data: Observations,
    *,
    availability: float = 0.0,
    nonzero: float = 0.0,
    keep: Iterable[str] = (),
    drop: Iterable[str] = (),
    variables: Iterable[str] | None = None,
) -> ScreenReport:
    """Return which variables have too few values, or too many zeros.

    No step removes indicators from a framework: with the report, ``framework.without(codes)`` makes
    a framework of another methodology.

    Parameters
    ----------
    data : Observations
    availability, nonzero : float
        The least shares of units that have a value, among those to which it applies, and of values
        other than zero; from 0 to 1.
    keep, drop : iterable of str
        Variables that always stay or leave.
    variables : iterable of str, optional
        The variables to look at; all by default.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["A", "B"], "days": [3, None], "online": [1, 2]})
    >>> screen_variables(Observations.from_frame(frame), availability=0.8).left
    ('days',)
    """
    settings = _Settings(availability, nonzero, keep=keep, drop=drop, variables=variables)
    every = settings.variables or instance_of(data, Observations, "data").variables
    columns = chosen(data, every, answers=True)
    limit = _Limit("", np.arange(len(data.units)), availability, nonzero)
    names = tuple(data.variables[i] for i in columns)
    index = {name: i for i, name in enumerate(names)}

    def find(name: str) -> list[int]:
        check_name(index, name, "variables to keep or drop")
        return [index[name]]

    cells = tuple(mask.T[columns] for mask in _cells(data))
    forced = _forced(settings.keep, settings.drop, find)
    return _screened(settings, "variable", names, cells, [limit], forced)


@attrs.frozen(repr=False)
class _Settings:
    """The settings of a screening of variables."""

    availability: float = attrs.field(validator=share)
    nonzero: float = attrs.field(validator=share)
    keep: tuple[str, ...] = attrs.field(converter=_names)
    drop: tuple[str, ...] = attrs.field(converter=_names)
    variables: tuple[str, ...] | None = attrs.field(converter=as_names)

    def __repr__(self) -> str:
        settings = ", ".join(
            f"{field.name}={getattr(self, field.name)!r}" for field in attrs.fields(_Settings)
        )
        return f"screen_variables({settings})"


@attrs.frozen(eq=False)
class _Limit:
    """The least shares of the cells in some columns of a row."""

    name: str
    columns: Index
    availability: float
    nonzero: float


def _cells(data: Observations) -> tuple[Bool, Bool, Bool]:
    """Return which cells hold a value, which are zero and which apply, shape (units, variables)."""
    known = ~is_absent(data.status)
    zero = data.values == 0
    for name in data.levels:  # the number of an answer is its index
        zero[:, data.column_of(name)] = False
    return known, zero, data.status != CellStatus.NOT_APPLICABLE


def _forced(
    keep: tuple[str, ...], drop: tuple[str, ...], find: Callable[[str], list[int]]
) -> tuple[set[int], set[int]]:
    problems = Problems()
    rows: tuple[set[int], set[int]] = (set(), set())
    for names, chosen_rows in zip((keep, drop), rows, strict=True):
        for name in names:
            try:
                chosen_rows.update(find(name))
            except UnknownNameError as error:
                problems.add(str(error), code="screen.unknown")
    both = [name for name in keep if name in drop]
    if both:
        problems.add(f"to keep and to drop at once: {listing(both)}")
    problems.raise_any(DataError, "The observations cannot be screened")
    return rows


def _screened(
    step: Any,
    of: str,
    names: tuple[str, ...],
    cells: tuple[Bool, ...],
    limits: Sequence[_Limit],
    forced: tuple[set[int], set[int]],
) -> ScreenReport:
    """Return the report of rows of cells compared with the limits."""
    shares: dict[str, Float] = {}
    reasons: list[list[str]] = [[] for _ in names]
    for limit in limits:
        known, zero, applies = (mask[:, limit.columns].sum(axis=-1) for mask in cells)
        with np.errstate(invalid="ignore"):
            by_kind = {"availability": known / applies, "nonzero": 1 - zero / known}
        for kind, part in by_kind.items():
            label = f"{kind}: {limit.name}" if limit.name else kind
            least = getattr(limit, kind)
            shares[label] = part
            for row in np.flatnonzero(part < least):
                reasons[row].append(f"{label} {part[row]:.4g} < {least:.4g}")
    keep, drop = forced
    for index in drop:
        reasons[index].append("dropped by name")
    leaves = [bool(why) and index not in keep for index, why in enumerate(reasons)]
    known, zero, applies = (mask[:, limits[0].columns].sum(axis=-1) for mask in cells)
    whys = tuple(map(tuple, reasons))
    return ScreenReport(
        step, of, names, applies - known, zero, applies, shares, whys, tuple(leaves)
    )


def _check_parents(units: Units, leaves: Bool) -> None:
    parents = units.parent_index
    orphans = np.flatnonzero((parents >= 0) & ~leaves & leaves[parents])
    problems = Problems()
    for row in orphans:
        parent = units.codes[parents[row]]
        problems.add(
            f"unit '{units.codes[row]}' stays, but its parent '{parent}' leaves: keep=['{parent}']"
            " or becomes='unranked' lets it inherit",
            code="screen.parent",
            unit=units.codes[row],
        )
    problems.raise_any(DataError, "The observations cannot be screened")

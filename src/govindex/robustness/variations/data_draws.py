"""Variations of data: errors of measurement, and replicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

import attrs
import numpy as np

from govindex.checks import among, is_number, mapping_of, shown
from govindex.contracts import Float, Index
from govindex.errors import (
    Problems,
    SettingError,
    listing,
    near_miss,
)
from govindex.robustness.variations.declared_limits import declared_limits
from govindex.robustness.variations.error_sources import ErrorSource
from govindex.robustness.variations.labels import (
    DrawnTable,
    as_tables,
    fitting,
    is_variable,
    labels_of,
    rows_of,
)
from govindex.robustness.variations.margins import Distribution
from govindex.robustness.variations.protocols import Basis, Drawn, Ends
from govindex.robustness.variations.source_choices import sources_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Errors", "Replicates"]


def _sizes(sizes: Mapping[str, ArrayLike] | None) -> dict[str, ArrayLike] | None:
    if sizes is None:
        return None
    if not isinstance(sizes, Mapping) or not sizes:
        raise SettingError(
            f"Errors(…) takes standard errors by variable, such as {{'x': 0.5}}, not {sizes!r}"
        )
    return dict(sizes)


def _distribution(distribution: Distribution | None) -> Distribution | None:
    if distribution is not None and not among(distribution, get_args(Distribution)):
        raise SettingError(
            f"errors are {listing(get_args(Distribution))}, not {shown(distribution)}"
        )
    return distribution


def _limits(
    limits: tuple[float, float] | Mapping[str, tuple[float, float]] | None,
) -> tuple[float, float] | dict[str, tuple[float, float]]:
    if isinstance(limits, tuple):
        _check_pair(limits, "the variables")
        return limits
    what = "a mapping of variables to pairs (low, high), or one pair"
    checked = dict(mapping_of({} if limits is None else limits, "limits", what))
    for variable, ends in checked.items():
        _check_pair(ends, f"'{variable}'")
    return checked


def _check_pair(ends: Any, whose: str) -> None:
    pair = isinstance(ends, tuple) and len(ends) == 2 and all(map(is_number, ends))
    if not pair or not ends[0] < ends[1]:
        raise SettingError(f"limits of {whose} are a pair (low, high), not {shown(ends)}")


@attrs.frozen(eq=False)
class Errors:
    """Vary values by their standard errors.

    Errors are those of the data after preparation; absent cells stay absent. By default errors of
    different units are independent, and those of a unit have the covariances that the data have
    (``Observations.covariances``); where data have replicates of a survey, all units and variables
    vary together as in these. Errors that are given by name are independent.

    Parameters
    ----------
    sizes : mapping of str to float, str or array, optional
        Each variable's standard error in its measure unit: a number for all units, a series by the
        units' codes, an array in the order of the data, or the name of the variable that holds
        them. By default the standard errors that the data have (``Observations.errors``); cells
        without one do not vary.
    distribution : {"normal", "uniform", "logit-normal"}, optional
        Each with the value as mean and the standard error as standard deviation; covariances are
        held, too, as far as distributions allow. By default normal, and logit-normal for variables
        with limits: no draw leaves them. A value at a limit, or too near for its error, is
        drawn inwards, with the error as root mean square distance from the value.
    limits : mapping of str to (float, float), or (float, float), optional
        The range of a variable's values, or of all: (0, 100) for per cent. By default that of
        points of an indicator, from 0 to its maximum. A draw beyond a limit, of another
        distribution or a replicate, becomes the limit.

    Raises
    ------
    SettingError
        Without a variable, or if a setting is not valid; if a value is beyond its limits, or its
        error too large for them. By default also if the data have no errors, or if preparation
        changed values so that their errors are not known any more.

    References
    ----------
    M. C. Cario and B. L. Nelson (1997), Modeling and generating random vectors with arbitrary
    marginal distributions and correlation matrix.

    Examples
    --------
    >>> from govindex import robustness
    >>> robustness.Errors({"satisfied": 0.02}, limits={"satisfied": (0, 1)})
    <errors of 'satisfied', logit-normal>
    """

    sizes: Mapping[str, ArrayLike] | None = attrs.field(default=None, converter=_sizes)
    distribution: Distribution | None = attrs.field(
        default=None, converter=_distribution, kw_only=True
    )
    limits: tuple[float, float] | Mapping[str, tuple[float, float]] = attrs.field(
        default=None, converter=_limits, kw_only=True
    )

    def __repr__(self) -> str:
        named = "the data" if self.sizes is None else listing(self.sizes)
        usual = "logit-normal" if self.limits else "normal"
        return f"<errors of {named}, {self.distribution or usual}>"

    def _bind(self, basis: Basis) -> _BoundErrors:
        """Return the errors of every unit and variable."""
        problems = Problems()
        sizes = {} if self.sizes is not None else _known_errors(basis, problems)
        for variable in sorted(self.sizes or ()):
            if is_variable(variable, basis.prepared, problems):
                sizes[variable] = self._size(variable, basis, problems)
        problems.raise_any(SettingError, "errors of measurement do not apply")
        limits = self._limits_of(sizes, basis, problems)
        settings = self.distribution, limits
        sources = sources_of(basis.prepared, sizes, settings, self.sizes is None, problems)
        problems.raise_any(SettingError, "errors of measurement do not apply")
        return _BoundErrors(self, sources, limits)

    def _limits_of(
        self, sizes: Mapping[str, Float], basis: Basis, problems: Problems
    ) -> dict[str, Ends]:
        """Return the limits that are given, else those that the methodology declares."""
        if isinstance(self.limits, tuple):
            return dict.fromkeys(sizes, self.limits)
        declared: dict[str, Ends] = {}
        if self.distribution in (None, "logit-normal"):
            every = declared_limits(basis.method, basis.prepared)
            declared = {name: every[name] for name in sizes if name in every}
        for variable in self.limits:
            if variable not in (sizes if self.sizes is None else self.sizes):
                problems.add(f"'{variable}' has limits but no error")
        limits: dict[str, Ends] = {**declared, **self.limits}
        if self.distribution == "logit-normal":
            for variable in sizes:
                if variable not in limits:
                    problems.add(
                        f"'{variable}' has logit-normal errors but no limits: give limits=, such "
                        "as (0, 100) for per cent"
                    )
        return limits

    def _size(self, variable: str, basis: Basis, problems: Problems) -> Float:
        assert self.sizes is not None
        prepared = basis.prepared
        size = _numbers_of(self.sizes[variable], variable, basis, problems)
        known = ~np.isnan(prepared.values[:, prepared.column_of(variable)])
        sound = np.isfinite(size) & (size >= 0)
        kind = "is a finite number of at least 0"
        if isinstance(self.sizes[variable], (int, float)) and not sound.all():
            problems.add(f"variable '{variable}': the error is {size[0]:g}; an error {kind}")
            return np.zeros(len(size))
        for index in np.flatnonzero(known & ~sound):
            problems.add(
                f"unit '{prepared.units.codes[index]}', variable '{variable}': the error is "
                f"{size[index]:g}; an error {kind}"
            )
        return np.where(sound, size, 0.0)


def _known_errors(basis: Basis, problems: Problems) -> dict[str, Float]:
    """Return the errors that the data have, by variable; 0 where a cell has no known error."""
    data, prepared = basis.data, basis.prepared
    if data.errors is None or not np.nanmax(data.errors, initial=0.0) > 0:
        problems.add(
            "the data have no standard errors: give Errors({variable: error}), or data with "
            "Observations(errors=…), such as survey.Estimates.observations() makes"
        )
        return {}
    sizes = {}
    # In the order of names, so that the order of columns does not matter.
    for variable in sorted(prepared.variables):
        column = prepared.column_of(variable)
        if variable not in data.variables or variable in prepared.levels:
            continue
        rows = [data.units.locate(code) for code in prepared.units.codes]
        before = data.errors[rows, data.column_of(variable)]
        unknown = np.full(len(rows), np.nan)
        after = unknown if prepared.errors is None else prepared.errors[:, column]
        lost = (before > 0) & np.isnan(after) & ~np.isnan(prepared.values[:, column])
        for index in np.flatnonzero(lost):
            problems.add(
                "preparation changed the value, and its error is not known any more",
                code="error.lost",
                unit=prepared.units.codes[index],
                variable=variable,
                cure="leave the step out, or give Errors({variable: error}) of prepared values",
            )
        if np.nanmax(after, initial=0.0) > 0:
            sizes[variable] = np.nan_to_num(after)
    return sizes


def _numbers_of(size: Any, variable: str, basis: Basis, problems: Problems) -> Float:
    """Return a number for each prepared unit: a constant, one for each, or a variable."""
    zeros = np.zeros(len(basis.prepared.units))
    if isinstance(size, str):
        if size not in basis.data.variables:
            known = near_miss(size, basis.data.variables)
            problems.add(f"'{variable}': there is no variable '{size}' with its errors: {known}")
            return zeros
        rows = [basis.data.units.locate(code) for code in basis.prepared.units.codes]
        return np.asarray(basis.data.values[rows, basis.data.column_of(size)])
    try:
        numbers = np.asarray(size, dtype=np.float64)
        if numbers.ndim == 0:
            return zeros + numbers
    except (TypeError, ValueError):
        numbers = np.zeros((0, 0))
    labels, units = labels_of(size, "index"), len(basis.data.units)
    if numbers.ndim != 1 or (labels is None and len(numbers) != units):
        problems.add(f"'{variable}': give one error, or one for each of the {units} units")
        return zeros
    indices = rows_of(labels, variable, basis, problems)
    return zeros if indices is None else numbers[indices]


@attrs.frozen(eq=False)
class _BoundErrors:
    variation: Errors
    sources: Sequence[ErrorSource]
    limits: Mapping[str, Ends]
    codes: tuple[()] = ()
    options: tuple[()] = ()
    varies_data: bool = True

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        return self._together([source.draw(rng, count) for source in self.sources])

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of all inputs."""
        return tuple(name for source in self.sources for name in source.inputs)

    def quantiles(self, uniform: Float) -> Float:
        """Return the quantiles of all inputs."""
        return np.hstack([source.quantiles(part) for source, part in self._parts(uniform)])

    def drawn(self, quantiles: Float) -> Drawn:
        """Return the draw of these errors."""
        return self._together([source.drawn(part) for source, part in self._parts(quantiles)])

    def _parts(self, inputs: Float) -> Iterator[tuple[ErrorSource, Float]]:
        first = 0
        for source in self.sources:
            last = first + len(source.inputs)
            yield source, inputs[:, first:last]
            first = last

    def _together(self, every: Iterable[Mapping[str, Float]]) -> Drawn:
        shifts: dict[str, Float] = {}
        for some in every:
            for variable, shift in some.items():
                shifts[variable] = shifts[variable] + shift if variable in shifts else shift
        return Drawn(shifts=shifts, limits=self.limits)


def _replicates(values: Mapping[str, ArrayLike]) -> dict[str, DrawnTable]:
    return as_tables(values, "replicates")


@attrs.frozen(eq=False)
class Replicates:
    """Vary values by replicates, such as resampled survey answers or multiple imputations.

    All variables of a draw come from the same replicate.

    Parameters
    ----------
    values : mapping of str to data frame or array, shape (replicates, units)
        Values after preparation: columns with the units' codes, or arrays in the order of the data
        that are scored.

    Raises
    ------
    SettingError
        Without values, if an entry is not a number, or if tables differ in their rows.

    Examples
    --------
    >>> from govindex import robustness
    >>> robustness.Replicates({"days": [[3, 5], [4, 5], [3, 6]]})
    <3 replicates of 'days'>
    """

    values: Mapping[str, DrawnTable] = attrs.field(converter=_replicates)

    def __repr__(self) -> str:
        count = len(next(iter(self.values.values())))
        return f"<{count:,} replicates of {listing(self.values)}>"

    def _bind(self, basis: Basis) -> _BoundReplicates:
        """Return the replicates, checked against the data."""
        return _BoundReplicates(fitting(self.values, basis, "replicates"))


@attrs.frozen(eq=False)
class _BoundReplicates:
    values: Mapping[str, Float]
    codes: tuple[()] = ()
    options: tuple[()] = ()
    varies_data: bool = True
    inputs: tuple[str, ...] = ("replicates",)

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        return self._taken(rng.integers(0, self._count, count))

    def quantiles(self, uniform: Float) -> Float:
        """Return the numbers of replicates."""
        return np.floor(uniform * self._count)

    def drawn(self, quantiles: Float) -> Drawn:
        """Return the values of these replicates."""
        return self._taken(quantiles[:, 0].astype(np.intp))

    @property
    def _count(self) -> int:
        return len(next(iter(self.values.values())))

    def _taken(self, which: Index) -> Drawn:
        return Drawn(values={name: table[which] for name, table in self.values.items()})

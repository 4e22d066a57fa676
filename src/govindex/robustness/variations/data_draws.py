"""Variations of data: errors of measurement, and replicates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

import attrs
import numpy as np

from govindex.checks import among, mapping_of
from govindex.contracts import Float, Index
from govindex.errors import (
    Problems,
    SettingError,
    listing,
    near_miss,
)
from govindex.robustness.variations.labels import (
    DrawnTable,
    as_tables,
    fitting,
    is_variable,
    labels_of,
    rows_of,
)
from govindex.robustness.variations.protocols import Basis, Drawn

__all__ = ["Errors", "Replicates"]


def _sizes(sizes: Any) -> dict[str, Any] | None:
    if sizes is None:
        return None
    if not isinstance(sizes, Mapping) or not sizes:
        raise SettingError(
            f"Errors(…) takes standard errors by variable, such as {{'x': 0.5}}, not {sizes!r}"
        )
    return dict(sizes)


def _distribution(distribution: Any) -> Literal["normal", "uniform"]:
    if not among(distribution, ("normal", "uniform")):
        raise SettingError(f"errors are 'normal' or 'uniform', not {distribution!r}")
    return cast(Literal["normal", "uniform"], distribution)


def _limits(limits: Mapping[str, tuple[float, float]] | None) -> dict[str, tuple[float, float]]:
    checked = dict(mapping_of({} if limits is None else limits, "limits"))
    for variable, ends in checked.items():
        if not (isinstance(ends, tuple) and len(ends) == 2 and ends[0] < ends[1]):
            raise SettingError(f"limits of '{variable}' are a pair (low, high), not {ends!r}")
    return checked


@attrs.frozen(eq=False)
class Errors:
    """Vary values by their errors of measurement, independently for each unit and variable.

    Errors are those of the data after preparation; absent cells stay absent.

    Parameters
    ----------
    sizes : mapping of str to float, str or array, optional
        Each variable's standard error in its measure unit: a number for all units, a series by the
        units' codes, an array in the order of the data, or the name of the variable that holds
        them. By default the standard errors that the data have (``Observations.errors``); cells
        without one do not vary.
    distribution : {"normal", "uniform"}
        Both with the standard error as standard deviation.
    limits : mapping of str to (float, float), optional
        The range of a variable's values; a value drawn beyond a limit becomes the limit.

    Raises
    ------
    SettingError
        Without a variable, or if a setting is not valid. By default also if the data have no
        errors, or if preparation changed values so that their errors are not known any more.

    Examples
    --------
    >>> from govindex import robustness
    >>> robustness.Errors({"satisfied": 0.02}, limits={"satisfied": (0, 1)}).distribution
    'normal'
    """

    sizes: Mapping[str, Any] | None = attrs.field(default=None, converter=_sizes)
    distribution: Literal["normal", "uniform"] = attrs.field(
        default="normal", converter=_distribution, kw_only=True
    )
    limits: Mapping[str, tuple[float, float]] = attrs.field(
        default=None, converter=_limits, kw_only=True
    )

    def __repr__(self) -> str:
        named = "the data" if self.sizes is None else listing(self.sizes)
        return f"<errors of {named}, {self.distribution}>"

    def _bind(self, basis: Basis) -> _BoundErrors:
        """Return the errors of every unit and variable."""
        problems = Problems()
        sizes = {} if self.sizes is not None else _known_errors(basis, problems)
        for variable in sorted(self.sizes or ()):
            if is_variable(variable, basis.prepared, problems):
                sizes[variable] = self._size(variable, basis, problems)
        for variable in self.limits:
            if variable not in (sizes if self.sizes is None else self.sizes):
                problems.add(f"'{variable}' has limits but no error")
        problems.raise_any(SettingError, "errors of measurement do not apply")
        return _BoundErrors(self, sizes)

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
    for column, variable in enumerate(prepared.variables):
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
    sizes: Mapping[str, Float]
    codes: tuple[()] = ()
    options: tuple[()] = ()
    varies_data: bool = True

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        shifts = {}
        for variable, size in self.sizes.items():
            shape = (count, len(size))
            if self.variation.distribution == "normal":
                shifts[variable] = rng.standard_normal(shape) * size
            else:
                # Uniform between the ends that give this standard deviation.
                shifts[variable] = (2.0 * rng.random(shape) - 1.0) * (np.sqrt(3.0) * size)
        return Drawn(shifts=shifts, limits=self.variation.limits)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variable of each value with an error above 0."""
        return tuple(v for v, size in self.sizes.items() for _ in np.flatnonzero(size))

    def quantiles(self, uniform: Float) -> Float:
        """Return errors, one for each value with an error above 0."""
        sizes = np.concatenate([size[size > 0] for size in self.sizes.values()])
        if self.variation.distribution == "uniform":
            return np.asarray((2.0 * uniform - 1.0) * (np.sqrt(3.0) * sizes))
        from scipy import special

        return np.asarray(special.ndtri(uniform) * sizes)

    def drawn(self, quantiles: Float) -> Drawn:
        """Return the draw of these errors."""
        shifts, first = {}, 0
        for variable, size in self.sizes.items():
            moved = np.flatnonzero(size)
            shifts[variable] = np.zeros((len(quantiles), len(size)))
            shifts[variable][:, moved] = quantiles[:, first : first + len(moved)]
            first += len(moved)
        return Drawn(shifts=shifts, limits=self.variation.limits)


def _replicates(values: Any) -> dict[str, DrawnTable]:
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

"""Variations of data: errors of measurement, replicates, and draws that were made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
import numpy as np

from govindex.contracts import Float, Index
from govindex.errors import (
    DataError,
    Problems,
    SettingError,
    UnknownNameError,
    listing,
    near_miss,
)
from govindex.extras import needed
from govindex.mappings import FrozenMap
from govindex.model.observations import Observations
from govindex.robustness.variations import Basis, Drawn

__all__ = ["Errors", "Given", "Replicates", "errors", "given", "replicates"]

_NAMED = 3


@attrs.frozen(eq=False)
class Errors:
    """Values with errors of measurement.

    Parameters
    ----------
    sizes : mapping of str to float, str or array, shape (units,)
        The standard error of each variable.
    distribution : {"normal", "uniform"}
    limits : mapping of str to (float, float)
        Between which values stay.
    """

    sizes: Mapping[str, Any]
    distribution: Literal["normal", "uniform"]
    limits: Mapping[str, tuple[float, float]]

    def __repr__(self) -> str:
        return f"<errors of {listing(self.sizes)}, {self.distribution}>"

    def bind(self, basis: Basis) -> _BoundErrors:
        """Return the errors of every unit and variable."""
        problems = Problems()
        found = {}
        for variable in sorted(self.sizes):
            if _is_variable(variable, basis.prepared, problems):
                found[variable] = self._size(variable, basis, problems)
        for variable in self.limits:
            if variable not in self.sizes:
                problems.add(f"'{variable}' has limits and no error")
        problems.raise_any(SettingError, "errors of measurement do not apply")
        return _BoundErrors(self, found)

    def _size(self, variable: str, basis: Basis, problems: Problems) -> Float:
        prepared = basis.prepared
        size = _numbers_of(self.sizes[variable], variable, basis, problems)
        known = ~np.isnan(prepared.values[:, prepared.place(variable)])
        sound = np.isfinite(size) & (size >= 0)
        kind = "is a finite number of at least 0"
        if isinstance(self.sizes[variable], (int, float)) and not sound.all():
            problems.add(f"variable '{variable}': the error is {size[0]:g}; an error {kind}")
            return np.zeros(len(size))
        for place in np.flatnonzero(known & ~sound):
            problems.add(
                f"unit '{prepared.units.codes[place]}', variable '{variable}': the error is "
                f"{size[place]:g}; an error {kind}"
            )
        return np.where(sound, size, 0.0)


def _numbers_of(given: Any, variable: str, basis: Basis, problems: Problems) -> Float:
    """Return a number for each prepared unit: one for all, one for each, or a variable's."""
    nothing = np.zeros(len(basis.prepared.units))
    if isinstance(given, str):
        if given not in basis.data.variables:
            known = near_miss(given, basis.data.variables)
            problems.add(f"'{variable}': there is no variable '{given}' with its errors: {known}")
            return nothing
        rows = [basis.data.units.locate(code) for code in basis.prepared.units.codes]
        return np.asarray(basis.data.values[rows, basis.data.place(given)])
    try:
        numbers = np.asarray(given, dtype=np.float64)
        if numbers.ndim == 0:
            return nothing + numbers
    except (TypeError, ValueError):
        numbers = np.zeros((0, 0))
    labels, units = _labels(given, "index"), len(basis.data.units)
    if numbers.ndim != 1 or (labels is None and len(numbers) != units):
        problems.add(f"'{variable}': give one error, or one for each of the {units} units")
        return nothing
    places = _places(labels, variable, basis, problems)
    return nothing if places is None else numbers[places]


def _labels(table: Any, axis: Literal["index", "columns"]) -> tuple[str, ...] | None:
    """Return the labels of a series or data frame, None if it only has numbers in a row."""
    labels = getattr(table, axis, None)
    if labels is None or callable(labels) or list(labels) == list(range(len(labels))):
        return None
    return tuple(str(label) for label in labels)


def _places(
    labels: tuple[str, ...] | None, variable: str, basis: Basis, problems: Problems
) -> Index | None:
    """Return where prepared units stand in a table: by label, else in the order of the data.

    None if labels are not the units' codes, which is among the problems then.
    """
    if labels is None:
        return basis.source
    known, before = basis.data.units.codes, len(problems)
    there = set(known)
    stands = {label: place for place, label in enumerate(labels)}
    if len(stands) < len(labels):
        twice = next(label for place, label in enumerate(labels) if stands[label] != place)
        problems.add(f"'{variable}' has unit '{twice}' twice")
    strangers = [label for label in stands if label not in there]
    for label in strangers[:_NAMED]:
        problems.add(f"'{variable}': there is no unit '{label}': {near_miss(label, known)}")
    lost = [code for code in known if code not in stands]
    for code in lost[:_NAMED]:
        problems.add(f"'{variable}' has no label '{code}': it lacks this unit")
    more = max(len(strangers) - _NAMED, 0) + max(len(lost) - _NAMED, 0)
    if more:
        problems.add(f"'{variable}': {more} more units do not fit")
    if len(problems) > before:
        return None
    return np.array([stands[code] for code in basis.prepared.units.codes])


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
                # Evenly between the ends that give this standard deviation.
                shifts[variable] = (2.0 * rng.random(shape) - 1.0) * (np.sqrt(3.0) * size)
        return Drawn(shifts=shifts, limits=self.variation.limits)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The variable of each value that has an error."""
        return tuple(v for v, size in self.sizes.items() for _ in np.flatnonzero(size))

    def quantiles(self, uniform: Float) -> Float:
        """Return errors, one for each value that has any."""
        sizes = np.concatenate([size[size > 0] for size in self.sizes.values()])
        if self.variation.distribution == "uniform":
            return np.asarray((2.0 * uniform - 1.0) * (np.sqrt(3.0) * sizes))
        special = needed("scipy.special", extra="stats", what="quantiles of errors")
        return np.asarray(special.ndtri(uniform) * sizes)

    def drawn(self, quantiles: Float) -> Drawn:
        """Return the values moved by these errors."""
        shifts, first = {}, 0
        for variable, size in self.sizes.items():
            moved = np.flatnonzero(size)
            shifts[variable] = np.zeros((len(quantiles), len(size)))
            shifts[variable][:, moved] = quantiles[:, first : first + len(moved)]
            first += len(moved)
        return Drawn(shifts=shifts, limits=self.variation.limits)


def errors(
    sizes: Mapping[str, Any],
    *,
    distribution: Literal["normal", "uniform"] = "normal",
    limits: Mapping[str, tuple[float, float]] | None = None,
) -> Errors:
    """Vary values by their errors of measurement, each unit and variable by itself.

    Errors are those of the data after preparation; cells without a value stay without one.

    Parameters
    ----------
    sizes : mapping of str to float, str or array
        Each variable's standard error in its measure unit: a number for all units, a series by the
        units' codes, an array in the order of the data, or the name of the variable that holds
        them.
    distribution : {"normal", "uniform"}
        Both with the standard error as standard deviation.
    limits : mapping of str to (float, float), optional
        Between which the values of a variable stay; what is drawn beyond lies at the limit.

    Raises
    ------
    SettingError
        If there is no variable, or a setting is not as it should be.

    Examples
    --------
    >>> errors({"satisfied": 0.02}, limits={"satisfied": (0, 1)}).distribution
    'normal'
    """
    if distribution not in ("normal", "uniform"):
        raise SettingError(f"errors are 'normal' or 'uniform', not {distribution!r}")
    if not isinstance(sizes, Mapping) or not sizes:
        raise SettingError(
            f"errors(…) is given those of variables by name, such as {{'x': 0.5}}, not {sizes!r}"
        )
    limits = dict(limits or {})
    for variable, ends in limits.items():
        if not (isinstance(ends, tuple) and len(ends) == 2 and ends[0] < ends[1]):
            raise SettingError(f"limits of '{variable}' are a pair (low, high), not {ends!r}")
    return Errors(dict(sizes), distribution, limits)


def _is_variable(variable: str, data: Observations, problems: Problems) -> bool:
    if variable not in data.variables:
        problems.add(f"there is no variable '{variable}': {near_miss(variable, data.variables)}")
    elif variable in data.levels:
        problems.add(f"variable '{variable}' holds answers and no numbers")
    else:
        return True
    return False


@attrs.frozen(eq=False)
class Table:
    """Numbers of units in draws, with the units' codes where they came with labels.

    Parameters
    ----------
    numbers : array, shape (draws, units)
    labels : tuple of str or None
    """

    numbers: Float
    labels: tuple[str, ...] | None

    def __len__(self) -> int:
        return len(self.numbers)


@attrs.frozen(eq=False)
class Replicates:
    """Values from replicates of the data, of which each draw takes one.

    Parameters
    ----------
    values : mapping of str to Table, shape (replicates, units)
    """

    values: Mapping[str, Table]

    def __repr__(self) -> str:
        count = len(next(iter(self.values.values())))
        return f"<{count:,} replicates of {listing(self.values)}>"

    def bind(self, basis: Basis) -> _BoundReplicates:
        """Return the replicates, checked against the data."""
        return _BoundReplicates(_fitting(self.values, basis, "replicates"))


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


def replicates(values: Mapping[str, Any]) -> Replicates:
    """Vary values by replicates, such as resampled survey answers or multiple imputations.

    All variables of a draw come from the same replicate.

    Parameters
    ----------
    values : mapping of str to data frame or array, shape (replicates, units)
        Values after preparation: columns with the units' codes, or arrays in the order of the data
        that are scored.
    """
    return Replicates(_tables(values, "replicates"))


@attrs.frozen(eq=False)
class Given:
    """Draws that were made elsewhere.

    Parameters
    ----------
    weights : mapping of str to array, shape (draws,)
    values : mapping of str to Table, shape (draws, units)
    choices : mapping of str to array of int, shape (draws,)
    """

    weights: Mapping[str, Float]
    values: Mapping[str, Table]
    choices: Mapping[str, Index]

    def __repr__(self) -> str:
        names = [*self.weights, *self.values, *self.choices]
        return f"<{self.draws:,} given draws of {listing(names)}>"

    @property
    def draws(self) -> int:
        """How many draws are given."""
        given: list[Any] = [*self.weights.values(), *self.values.values(), *self.choices.values()]
        return len(given[0])

    def bind(self, basis: Basis) -> _BoundGiven:
        """Return the draws, checked against the methodology and its data."""
        known = [code for form in basis.method.frameworks for code in form.codes]
        problems = Problems()
        for code in self.weights:
            if code not in known:
                problems.add(f"there is no node '{code}': {near_miss(code, known)}")
        problems.raise_any(UnknownNameError, "given weights do not apply")
        values = _fitting(self.values, basis, "given values")
        return _BoundGiven(self.weights, values, self.draws)


@attrs.frozen(eq=False)
class _BoundGiven:
    weights: Mapping[str, Float]
    values: Mapping[str, Float]
    draws: int
    options: tuple[()] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.weights)

    @property
    def varies_data(self) -> bool:
        return bool(self.values)

    def draw(self, rng: np.random.Generator, start: int, count: int) -> Drawn:
        # The last block is padded with the last draw.
        rows = np.minimum(np.arange(start, start + count), self.draws - 1)
        weights = {code: row[rows] for code, row in self.weights.items()}
        return Drawn(
            weigh=_Replay(weights) if weights else None,
            values={name: table[rows] for name, table in self.values.items()},
        )


@attrs.frozen(eq=False)
class _Replay:
    weights: Mapping[str, Float]

    def __call__(self, weights: Mapping[str, Float], draws: Any) -> Mapping[str, Float]:
        return {**weights, **{code: row[draws] for code, row in self.weights.items()}}


def given(
    *,
    weights: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    choices: Mapping[str, Any] | None = None,
) -> Given:
    """Replay draws that were made elsewhere, one after the other.

    Parameters
    ----------
    weights : mapping of str to array, shape (draws,)
        Weights of nodes, by code.
    values : mapping of str to data frame or array, shape (draws, units)
        Values of variables after preparation: columns with the units' codes, or arrays in the order
        of the data.
    choices : mapping of str to array of int, shape (draws,)
        Which option each draw takes, from 0, by the name of the alternatives.

    Raises
    ------
    SettingError
        If nothing is given, numbers are none, or there are not as many draws everywhere.
    """
    rows = {code: _row(row, f"weights of '{code}'") for code, row in (weights or {}).items()}
    tables = _tables(values, "given values") if values else {}
    picks = {name: _picks(row, name) for name, row in (choices or {}).items()}
    every: list[Any] = [*rows.values(), *tables.values(), *picks.values()]
    lengths = {len(table) for table in every}
    if not lengths or lengths == {0}:
        raise SettingError("given(…) needs weights, values or choices of at least one draw")
    if len(lengths) > 1:
        raise SettingError(f"given(…) has as many draws everywhere, not {sorted(lengths)}")
    return Given(FrozenMap(rows), FrozenMap(tables), FrozenMap(picks))


def _row(row: Any, what: str) -> Float:
    try:
        numbers = np.asarray(row, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise SettingError(f"{what} are numbers: {error}") from error
    wrong = numbers[~(np.isfinite(numbers) & (numbers >= 0))]
    if wrong.size:
        raise SettingError(f"{what} are finite numbers of at least 0, not {wrong[0]:g}")
    return numbers


def _picks(row: Any, name: str) -> Index:
    picks = np.asarray(row)
    if picks.ndim != 1 or picks.dtype.kind not in "iu" or (picks < 0).any():
        raise SettingError(f"choices of '{name}' are whole numbers from 0, one for each draw")
    return picks.astype(np.intp)


def _tables(values: Mapping[str, Any], what: str) -> dict[str, Table]:
    if not isinstance(values, Mapping) or not values:
        raise SettingError(f"{what} are given by the name of the variable, at least of one")
    found = {}
    for variable, table in sorted(values.items()):
        try:
            numbers = np.asarray(table, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise SettingError(f"{what} of '{variable}' are numbers: {error}") from error
        if numbers.ndim != 2 or not len(numbers):
            raise SettingError(
                f"{what} of '{variable}' have the shape (draws, units), not {np.shape(table)}"
            )
        found[variable] = Table(numbers, _labels(table, "columns"))
    if len({len(table) for table in found.values()}) > 1:
        raise SettingError(f"{what} need as many rows for every variable")
    return found


def _fitting(values: Mapping[str, Table], basis: Basis, what: str) -> dict[str, Float]:
    """Return tables in the order of the prepared units, checked against the data."""
    problems, data = Problems(), basis.prepared
    found = {}
    for variable, table in values.items():
        if not _is_variable(variable, data, problems):
            continue
        units = table.numbers.shape[1]
        if table.labels is None and units != len(basis.data.units):
            problems.add(f"'{variable}' has {units} units, the data have {len(basis.data.units)}")
            continue
        places = _places(table.labels, variable, basis, problems)
        if places is None:
            continue
        found[variable] = table.numbers[:, places]
        absent = np.isnan(data.values[:, data.place(variable)])
        for row, place in np.argwhere(~np.isfinite(found[variable]) & ~absent)[:_NAMED]:
            problems.add(f"unit '{data.units.codes[place]}', '{variable}', draw {row}: no number")
    problems.raise_any(DataError, f"{what} do not fit the data")
    return found

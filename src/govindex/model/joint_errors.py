"""Errors of several variables of a unit together: covariances, and values of replicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.checks import names_of
from govindex.contracts import Float, Index
from govindex.errors import DataError, Problem, near_miss
from govindex.model.arrays import as_floats, read_only
from govindex.names import as_code

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "Covariances",
    "ReplicatedValues",
    "as_covariances",
    "as_replicates",
    "covariance_problems",
    "replicate_problems",
]

_SLACK = 1e-9  # of what rounding leaves of a square


@attrs.frozen(eq=False)
class Covariances:
    """Covariances between the errors of a unit's variables.

    Parameters
    ----------
    variables : tuple of str
    values : array, shape (units, variables, variables)
        Squared standard errors on the diagonal; NaN where a covariance is not known.
    """

    variables: tuple[str, ...]
    values: Float

    def taken(self, rows: Index) -> Covariances:
        """Return the covariances of these units; of row -1 nothing is known."""
        values = np.where((rows < 0)[:, None, None], np.nan, self.values[rows])
        return Covariances(self.variables, values)

    def scaled(self, scale: Float) -> Covariances:
        """Return those of values that are multiplied by `scale`, shape (units, variables)."""
        return Covariances(self.variables, self.values * scale[:, :, None] * scale[:, None, :])

    def among(self, variables: Sequence[str], units: int) -> Float:
        """Return the covariances of any variables, NaN where they are not known."""
        return _spread(self.values, self.variables, variables, (units, 2))

    def merged(self, shares: Float, rows: Sequence[int], indices: Index, count: int) -> Covariances:
        """Return those of sums of shares of independent units, `rows` into `indices`."""
        merged = np.zeros((count, *self.values.shape[1:]))
        np.add.at(merged, indices, shares[:, None, None] ** 2 * self.values[list(rows)])
        return Covariances(self.variables, merged)

    def with_known(self, errors: Float) -> Covariances:
        """Return the covariances without those of cells whose error is not known."""
        unknown = np.isnan(errors)
        dropped = unknown[:, :, None] | unknown[:, None, :]
        return Covariances(self.variables, read_only(np.where(dropped, np.nan, self.values)))


@attrs.frozen(eq=False)
class ReplicatedValues:
    """The values of variables in each replicate of a survey.

    Parameters
    ----------
    variables : tuple of str
    values : array, shape (replicates, units, variables)
        NaN in all replicates where a cell has none.
    factors : array, shape (replicates,)
        What squared deviations from the value count in the variance; 1 / replicates where
        replicates are draws, such as those of a bootstrap.
    """

    variables: tuple[str, ...]
    values: Float
    factors: Float

    @property
    def are_draws(self) -> bool:
        """Whether every replicate is as likely as any other."""
        count = len(self.factors)
        return bool(np.allclose(self.factors, 1.0 / count, rtol=1e-9, atol=0.0))

    def taken(self, rows: Index) -> ReplicatedValues:
        """Return the replicates of these units; row -1 has none."""
        values = np.where((rows < 0)[None, :, None], np.nan, self.values[:, rows])
        return attrs.evolve(self, values=values)

    def scaled(self, scale: Float) -> ReplicatedValues:
        """Return those of values that are multiplied by `scale`, shape (units, variables)."""
        return attrs.evolve(self, values=self.values * scale)

    def merged(
        self, shares: Float, rows: Sequence[int], indices: Index, count: int
    ) -> ReplicatedValues:
        """Return those of sums of shares of units, `rows` into `indices`."""
        merged = np.zeros((count, len(self.factors), len(self.variables)))
        parts = shares[:, None, None] * np.moveaxis(self.values[:, list(rows)], 0, 1)
        np.add.at(merged, indices, parts)
        return attrs.evolve(self, values=np.moveaxis(merged, 0, 1))

    def covariances(self, centre: Float) -> Float:
        """Return their covariances about values of shape (units, variables)."""
        apart = self.values - centre
        weighted = self.factors[:, None, None] * apart
        return np.asarray(np.einsum("rua,rub->uab", weighted, apart, optimize=True))

    def variances_beyond(self, centre: Float, errors: Float) -> Float:
        """Return by how much squared errors exceed what the replicates show, at least 0.

        NaN without replicates; what rounding leaves is 0.
        """
        shown = np.einsum("r,rua->ua", self.factors, (self.values - centre) ** 2)
        more = errors**2 - shown
        return np.asarray(
            np.where(more > 1e-6 * errors**2, more, np.where(np.isnan(more), more, 0))
        )

    def among(self, variables: Sequence[str], units: int) -> Float:
        """Return the values of any variables, NaN without replicates."""
        return _spread(self.values, self.variables, variables, (len(self.factors), units, 1))

    def is_like(self, other: ReplicatedValues) -> bool:
        """Return whether the replicates of another survey can be counted with these."""
        return len(self.factors) == len(other.factors) and np.allclose(
            self.factors, other.factors, rtol=1e-9, atol=0.0
        )

    def with_known(self, errors: Float) -> ReplicatedValues:
        """Return the replicates without those of cells whose error is not known."""
        unknown = np.isnan(errors) | np.isnan(self.values).any(axis=0)
        return attrs.evolve(self, values=read_only(np.where(unknown, np.nan, self.values)))


def _spread(
    values: Float, have: Sequence[str], wanted: Sequence[str], shape: tuple[int, ...]
) -> Float:
    """Return an array with the variables of its last axes (one, or two) in another order."""
    *before, axes = shape
    full = np.full((*before, *[len(wanted)] * axes), np.nan)
    common = [name for name in wanted if name in have]
    to, source = ([names.index(name) for name in common] for names in (list(wanted), list(have)))
    if axes == 1:
        full[..., to] = values[..., source]
    else:
        full[..., np.ix_(to, to)[0], np.ix_(to, to)[1]] = values[
            ..., np.ix_(source, source)[0], np.ix_(source, source)[1]
        ]
    return full


def as_covariances(
    given: Covariances | tuple[Iterable[str], ArrayLike] | None,
) -> Covariances | None:
    """Return covariances that are given as variables and an array."""
    if given is None or isinstance(given, Covariances):
        return given
    variables, array = _parts(given, "covariances", "(variables, array of units × k × k)", (2,))
    return Covariances(variables, as_floats(array))


def as_replicates(
    given: ReplicatedValues
    | tuple[Iterable[str], ArrayLike]
    | tuple[Iterable[str], ArrayLike, ArrayLike | None]
    | None,
) -> ReplicatedValues | None:
    """Return replicates that are given as variables, an array, and perhaps factors."""
    if given is None or isinstance(given, ReplicatedValues):
        return given
    form = "(variables, array of replicates × units × k), or with factors as a third"
    variables, array, *rest = _parts(given, "replicates", form, (2, 3))
    values = as_floats(array)
    count = len(values) if values.ndim else 0
    factors = as_floats(rest[0]) if rest else np.full(count, 1.0 / max(count, 1))
    return ReplicatedValues(variables, values, factors)


def _parts(given: Any, what: str, form: str, counts: tuple[int, ...]) -> list[Any]:
    if not isinstance(given, (tuple, list)) or len(given) not in counts:
        raise DataError(f"{what} are {form}, not {type(given).__name__}")
    return [tuple(map(as_code, names_of(given[0], f"variables of {what}"))), *given[1:]]


def covariance_problems(
    given: Covariances, units: Sequence[str], numbers: Iterable[str], errors: Mapping[str, Float]
) -> Iterator[Problem]:
    """Yield what covariances of these errors, by variable, cannot be."""
    count = len(given.variables)
    yield from _name_problems(given.variables, "covariances", numbers)
    if given.values.shape != (len(units), count, count):
        expected = f"units × variables × variables: {(len(units), count, count)}"
        cause = f"covariances have shape {given.values.shape}, expected {expected}"
        yield Problem(cause, code="covariances.shape")
        return
    if not set(given.variables) <= set(errors):
        return
    known = np.column_stack([errors[name] for name in given.variables])
    values = given.with_known(known).values
    diagonal = np.diagonal(values, axis1=1, axis2=2)
    if (apart := ~_close(diagonal, known**2)).any():
        row, column = np.argwhere(apart)[0].tolist()
        yield Problem(
            f"the diagonal of covariances holds squared standard errors: it is "
            f"{diagonal[row, column]:g}, and the error {known[row, column]:g}",
            code="covariances.diagonal",
            unit=units[row],
            variable=given.variables[column],
        )
        return
    limit = known[:, :, None] * known[:, None, :]
    with np.errstate(invalid="ignore"):
        beyond = np.isinf(values) | (np.abs(values) > limit * (1 + _SLACK))
        crossed = np.abs(values - np.swapaxes(values, 1, 2)) > limit * _SLACK
        crossed |= np.isnan(values) != np.isnan(np.swapaxes(values, 1, 2))
    for row, one, other in np.argwhere(beyond | crossed).tolist():
        why = "is another in either order" if crossed[row, one, other] else "is beyond ±1"
        yield Problem(
            f"the correlation of its error with that of '{given.variables[other]}' {why}",
            code="covariances.correlation",
            unit=units[row],
            variable=given.variables[one],
        )
    if not (beyond | crossed).any():
        yield from _indefinite(np.nan_to_num(values), units)


def _indefinite(values: Float, units: Sequence[str]) -> Iterator[Problem]:
    spreads = np.linalg.eigvalsh(values)
    for row in np.flatnonzero(spreads[:, 0] < -1e-6 * np.abs(spreads[:, -1])).tolist():
        yield Problem(
            "no errors have these covariances: the matrix is not positive semi-definite",
            code="covariances.indefinite",
            unit=units[row],
        )


def replicate_problems(
    given: ReplicatedValues, units: Sequence[str], numbers: Iterable[str]
) -> Iterator[Problem]:
    """Yield what replicates of these units cannot be."""
    yield from _name_problems(given.variables, "replicates", numbers)
    shape, count = given.values.shape, len(given.variables)
    if shape[1:] != (len(units), count) or len(shape) != 3 or shape[0] < 2:
        cause = f"replicates have shape {shape}, expected {('…', len(units), count)}"
        yield Problem(f"{cause}: two or more × units × variables", code="replicates.shape")
    elif given.factors.shape != shape[:1]:
        cause = f"there are {shape[0]} replicates and factors of shape {given.factors.shape}"
        yield Problem(cause, code="replicates.factors")
    elif not (np.isfinite(given.factors) & (given.factors >= 0)).all():
        cause = "factors of replicates are finite numbers of at least 0"
        yield Problem(cause, code="replicates.factors")
    else:
        for row, column in np.argwhere(np.isinf(given.values).any(axis=0)).tolist():
            name = given.variables[column]
            cause = "a replicate is infinite"
            yield Problem(cause, code="replicates.infinite", unit=units[row], variable=name)


def _name_problems(names: Sequence[str], what: str, numbers: Iterable[str]) -> Iterator[Problem]:
    known = list(numbers)
    for name in dict.fromkeys(names):
        if name not in known:
            cause = f"{what} name '{name}', which is no variable of numbers"
            yield Problem(cause, code=f"{what}.variable", cure=near_miss(name, known))
        elif names.count(name) > 1:
            cause = f"{what} name '{name}' more than once"
            yield Problem(cause, code=f"{what}.variable", variable=name)
    if not names:
        yield Problem(f"{what} name no variable", code=f"{what}.variable")


def _close(one: Float, other: Float) -> Any:
    return np.isclose(one, other, rtol=_SLACK, atol=1e-300, equal_nan=True)

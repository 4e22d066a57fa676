"""The joint normal distribution of several variables, learned from figures with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from govindex.checks import finite, whole
from govindex.contracts import BaseFill, Bool, Float, GapFill
from govindex.errors import DataError, SettingError, listing
from govindex.impute.common import in_ordinary_size, refuse_strange
from govindex.impute.models import canonical
from govindex.kernels import reductions
from govindex.mappings import FrozenMap
from govindex.matrices import Matrix

__all__ = ["EM", "Normal"]

_BLOCK = 256
_SINGULAR = 1e-10  # the least eigenvalue of a correlation matrix that counts as one


def _moments(moments: Any) -> FrozenMap[str, FrozenMap[str, float]]:
    if not isinstance(moments, Mapping) or "" not in moments:
        raise SettingError(
            "moments are a mapping of each variable to its covariances with the others, and of '' "
            f"to the means, not {moments!r}"
        )
    found = FrozenMap({name: FrozenMap(own) for name, own in moments.items()})
    names = set(found) - {""}
    for name, own in found.items():
        if set(own) != names:
            raise SettingError(
                f"EM(moments=…): '{name}' needs a number for each of {listing(sorted(names))}"
            )
    return found


@attrs.frozen(kw_only=True)
class EM(BaseFill):
    """What is expected of a unit from its other figures, if all variables are jointly normal.

    Means and covariances are found by expectation and maximisation, from what every unit has: in
    turn the gaps get their expected values, with their uncertainty, and means and covariances are
    taken anew until they stand still.

    Parameters
    ----------
    tolerance : float
        They stand still if nothing moves by more, in standard deviations.
    rounds : int
        In so many rounds at most.
    moments : mapping of str to mapping of str to float, optional
        Means (of "") and covariances (of each variable) that are given.

    Raises
    ------
    DataError
        If there are not more units than variables, variables depend on each other or are constant,
        or means and covariances do not come to a stand.

    References
    ----------
    Dempster, A. P., Laird, N. M. and Rubin, D. B., Maximum Likelihood from Incomplete Data via the
    EM Algorithm, Journal of the Royal Statistical Society B 39 (1977).

    Examples
    --------
    >>> from govindex.contracts import Everyone
    >>> values = np.array([[1.0, 2.0, 3.0, 4.0, 5.0], [2.1, 3.9, 6.1, 7.9, np.nan]])
    >>> EM().fill(Matrix(values, ("days", "cost"), Everyone(5))).round(3)[1]
    array([2.1, 3.9, 6.1, 7.9, 9.9])
    """

    tolerance: float = attrs.field(default=1e-8, validator=finite)
    rounds: int = attrs.field(default=10_000, validator=whole)
    moments: FrozenMap[str, FrozenMap[str, float]] | None = attrs.field(
        default=None, converter=attrs.converters.optional(_moments)
    )

    @property
    def peer_dependent(self) -> bool:
        """Whether means and covariances are found from the units."""
        return self.moments is None

    def fill(self, matrix: Matrix) -> Float:
        """Return the expected values at the gaps, the values elsewhere."""
        return in_ordinary_size(matrix, self._fill) if self.moments is None else self._fill(matrix)

    def _fill(self, matrix: Matrix) -> Float:
        table, rows, columns = canonical(matrix)
        names = [matrix.names[column] for column in columns]
        usable = np.flatnonzero((~np.isnan(table)).any(axis=0))
        if self.moments is None:
            normal = learned(self, table[:, usable], [names[i] for i in usable])
        else:
            usable = np.array([i for i, name in enumerate(names) if name in self.moments], np.intp)
            normal = self._given([names[i] for i in usable])
        found = np.full(matrix.values.shape, np.nan)
        if len(usable):
            found[np.ix_(columns[usable], rows)] = normal.expected(table[:, usable])[0].T
        return found

    def anchor(self, matrix: Matrix) -> GapFill:
        """Return the fill with the means and covariances of the reference."""
        refuse_strange(matrix, "EM")
        table, _, columns = canonical(matrix)
        usable = np.flatnonzero((~np.isnan(table)).any(axis=0))
        names = [matrix.names[columns[i]] for i in usable]
        normal = learned(self, table[:, usable], names)
        moments = {
            name: dict(zip(names, row, strict=True))
            for name, row in zip(names, normal.covariance.tolist(), strict=True)
        }
        means = dict(zip(names, normal.mean.tolist(), strict=True))
        return attrs.evolve(self, moments={"": means, **moments})

    def _given(self, names: list[str]) -> Normal:
        assert self.moments is not None
        mean = np.array([self.moments[""][name] for name in names])
        rows = [[self.moments[name][other] for other in names] for name in names]
        return Normal(mean, np.array(rows))


def learned(fill: EM, table: Float, names: list[str]) -> Normal:
    """Return the distribution of rows of figures, units × variables."""
    units, size = table.shape
    if units <= size + 1:
        raise DataError(
            f"EM needs more units than variables, by two: there are {units} units and {size} "
            "variables; take fewer by variables=…"
        )
    mean, spread = reductions.moments(table.T, np.ones(units, dtype=bool), 0)
    flat = [name for name, s in zip(names, spread[:, 0], strict=True) if not s > 0]
    if flat:
        raise DataError(f"EM needs variables with two distinct values; constant: {listing(flat)}")
    scaled = ((table.T - mean) / spread).T
    normal = Normal(np.zeros(size), np.eye(size))
    for _ in range(fill.rounds):
        later = normal.improved(scaled)
        if later.least_eigenvalue < _SINGULAR:
            raise DataError(
                f"EM needs variables that do not depend on each other; {listing(names)} do: "
                "leave one out by variables=…"
            )
        moved = max(
            np.abs(later.mean - normal.mean).max(),
            np.abs(later.covariance - normal.covariance).max(),
        )
        normal = later
        if moved <= fill.tolerance:
            spread = spread[:, 0]
            return Normal(
                normal.mean * spread + mean[:, 0], normal.covariance * np.outer(spread, spread)
            )
    raise DataError(
        f"EM has not come to a stand in {fill.rounds} rounds: too much is missing, or give it "
        "a larger tolerance or more rounds"
    )


@attrs.frozen(eq=False)
class Normal(BaseFill):
    """A normal distribution of several variables."""

    mean: Float
    covariance: Float

    @property
    def least_eigenvalue(self) -> float:
        """The least eigenvalue of the correlations: 0 if variables depend on each other."""
        spread = np.sqrt(np.diag(self.covariance))
        with np.errstate(invalid="ignore", divide="ignore"):
            correlation = self.covariance / np.outer(spread, spread)
        if not np.isfinite(correlation).all():
            return 0.0
        return float(np.linalg.eigvalsh(correlation)[0])

    def expected(self, table: Float) -> tuple[Float, Float]:
        """Return the rows with their gaps at the expected values, and the sum of their covariances.

        Rows with the same gaps are worked out together: one system of equations for each pattern.
        """
        return self._filled(table, None)

    def drawn(self, table: Float, rng: np.random.Generator) -> Float:
        """Return the rows with their gaps as they might be, given what is known."""
        return self._filled(table, rng)[0]

    def _filled(self, table: Float, rng: np.random.Generator | None) -> tuple[Float, Float]:
        known = ~np.isnan(table)
        patterns, pattern_of, counts = np.unique(
            known, axis=0, return_inverse=True, return_counts=True
        )
        pattern_of = pattern_of.reshape(-1)
        apart = np.where(known, table - self.mean, 0.0)
        found = np.where(known, table, self.mean)
        uncertain = np.zeros_like(self.covariance)
        order = np.argsort(pattern_of, kind="stable")
        ends = np.cumsum(counts)
        for start in range(0, len(patterns), _BLOCK):
            block = patterns[start : start + _BLOCK]
            slopes, left = self._given_pattern(block)
            uncertain += (left * counts[start : start + _BLOCK, None, None]).sum(axis=0)
            first = ends[start] - counts[start]
            rows = order[first : ends[min(start + _BLOCK, len(patterns)) - 1]]
            own = pattern_of[rows] - start
            more = np.einsum("rij,rj->ri", slopes[own], apart[rows])
            if rng is not None:
                roots = np.linalg.cholesky(left + block[:, :, None] * np.eye(len(self.mean)))
                more += np.einsum("rij,rj->ri", roots[own], rng.standard_normal(more.shape))
            found[rows] += np.where(known[rows], 0.0, more)
        return found, uncertain

    def _given_pattern(self, known: Bool) -> tuple[Float, Float]:
        """Return for each pattern the slopes on what is known, and the covariance that is left."""
        eye = np.eye(len(self.mean))
        both = known[:, :, None] & known[:, None, :]
        # Rows of the identity at the gaps keep the matrix invertible without taking part.
        inner = np.where(both, self.covariance, np.where(known[:, None, :], 0.0, eye))
        across = np.where(known[:, None, :], self.covariance, 0.0)
        slopes = np.linalg.solve(inner, across.transpose(0, 2, 1)).transpose(0, 2, 1)
        slopes = np.where(known[:, None, :], slopes, 0.0)
        left = self.covariance - slopes @ across.transpose(0, 2, 1)
        gaps = ~known[:, :, None] & ~known[:, None, :]
        return slopes, np.where(gaps, left, 0.0)

    def improved(self, table: Float) -> Normal:
        """Return the distribution that the rows make likelier."""
        filled, uncertain = self.expected(table)
        mean = filled.mean(axis=0)
        apart = filled - mean
        covariance = (apart.T @ apart + uncertain) / len(table)
        return Normal(mean, (covariance + covariance.T) / 2)

"""The joint normal distribution of several variables, fitted to figures with gaps."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from govindex.checks import finite, whole
from govindex.contracts import BaseFill, Bool, Float, GapFill, Matrix
from govindex.errors import DataError, SettingError, listing
from govindex.impute.common import refuse_extreme, rescaled_fill
from govindex.impute.models import canonical
from govindex.kernels import reductions
from govindex.mappings import FrozenMap

__all__ = ["EM", "Normal"]

_BLOCK = 256
_SINGULAR = 1e-10  # the least eigenvalue of a correlation matrix that counts as one


def _moments(moments: Mapping[str, Mapping[str, float]]) -> FrozenMap[str, FrozenMap[str, float]]:
    if not isinstance(moments, Mapping) or "" not in moments:
        raise SettingError(
            "moments are a mapping of each variable to its covariances with the others, and of '' "
            f"to the means, not {moments!r}"
        )
    frozen = FrozenMap({name: FrozenMap(numbers) for name, numbers in moments.items()})
    names = set(frozen) - {""}
    for name, numbers in frozen.items():
        if set(numbers) != names:
            raise SettingError(
                f"EM(moments=…): '{name}' needs a number for each of {listing(sorted(names))}"
            )
    return frozen


@attrs.frozen(kw_only=True)
class EM(BaseFill):
    """Expected values given a unit's other figures, if all variables are jointly normal.

    Means and covariances are estimated by expectation and maximisation from all figures: in turn
    the gaps get their expected values, with their uncertainty, and means and covariances are
    computed again until they converge.

    Parameters
    ----------
    tolerance : float
        The largest change of a converged mean or covariance, in standard deviations.
    rounds : int
        The largest number of rounds.
    moments : mapping of str to mapping of str to float, optional
        Fixed means (of "") and covariances (of each variable).

    Raises
    ------
    DataError
        If there are not more units than variables, variables depend on each other or are constant,
        or means and covariances do not converge.

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
        """Whether means and covariances are estimated from the units."""
        return self.moments is None

    def fill(self, matrix: Matrix) -> Float:
        """Return the expected values at the gaps, the values elsewhere."""
        return rescaled_fill(matrix, self._fill) if self.moments is None else self._fill(matrix)

    def _fill(self, matrix: Matrix) -> Float:
        table, rows, columns = canonical(matrix)
        names = [matrix.names[column] for column in columns]
        usable = np.flatnonzero((~np.isnan(table)).any(axis=0))
        if self.moments is None:
            normal = learned(self, table[:, usable], [names[i] for i in usable])
        else:
            usable = np.array([i for i, name in enumerate(names) if name in self.moments], np.intp)
            normal = self._from_moments([names[i] for i in usable])
        filled = np.full(matrix.values.shape, np.nan)
        if len(usable):
            filled[np.ix_(columns[usable], rows)] = normal.expected(table[:, usable])[0].T
        return filled

    def anchor(self, matrix: Matrix) -> GapFill:
        """Return the fill with the means and covariances of the reference."""
        refuse_extreme(matrix, "EM")
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

    def _from_moments(self, names: list[str]) -> Normal:
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
        improved = normal.improved(scaled)
        if improved.least_eigenvalue < _SINGULAR:
            raise DataError(
                f"EM needs variables that do not depend on each other; {listing(names)} do: "
                "leave one out by variables=…"
            )
        moved = max(
            np.abs(improved.mean - normal.mean).max(),
            np.abs(improved.covariance - normal.covariance).max(),
        )
        normal = improved
        if moved <= fill.tolerance:
            spread = spread[:, 0]
            return Normal(
                normal.mean * spread + mean[:, 0], normal.covariance * np.outer(spread, spread)
            )
    raise DataError(
        f"EM did not converge in {fill.rounds} rounds: leave out variables with many gaps, or "
        "give it a larger tolerance or more rounds"
    )


@attrs.frozen(eq=False)
class Normal:
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
        """Return the rows with expected values at the gaps, and the sum of their covariances.

        Rows with the same gaps are solved together: one system of equations for each pattern.
        """
        return self._filled(table, None)

    def drawn(self, table: Float, rng: np.random.Generator) -> Float:
        """Return the rows with drawn values at the gaps, given the known ones."""
        return self._filled(table, rng)[0]

    def _filled(self, table: Float, rng: np.random.Generator | None) -> tuple[Float, Float]:
        known = ~np.isnan(table)
        patterns, pattern_of, counts = np.unique(
            known, axis=0, return_inverse=True, return_counts=True
        )
        pattern_of = pattern_of.reshape(-1)
        deviations = np.where(known, table - self.mean, 0.0)
        filled = np.where(known, table, self.mean)
        uncertainty = np.zeros_like(self.covariance)
        order = np.argsort(pattern_of, kind="stable")
        ends = np.cumsum(counts)
        for start in range(0, len(patterns), _BLOCK):
            block = patterns[start : start + _BLOCK]
            slopes, residual = self._conditionals(block)
            uncertainty += (residual * counts[start : start + _BLOCK, None, None]).sum(axis=0)
            first = ends[start] - counts[start]
            rows = order[first : ends[min(start + _BLOCK, len(patterns)) - 1]]
            pattern = pattern_of[rows] - start
            shift = np.einsum("rij,rj->ri", slopes[pattern], deviations[rows])
            if rng is not None:
                roots = np.linalg.cholesky(residual + block[:, :, None] * np.eye(len(self.mean)))
                shift += np.einsum("rij,rj->ri", roots[pattern], rng.standard_normal(shift.shape))
            filled[rows] += np.where(known[rows], 0.0, shift)
        return filled, uncertainty

    def _conditionals(self, known: Bool) -> tuple[Float, Float]:
        """Return for each pattern the slopes on the known values, and the residual covariance."""
        eye = np.eye(len(self.mean))
        both = known[:, :, None] & known[:, None, :]
        # Rows of the identity at the gaps keep the matrix invertible and have no effect.
        inner = np.where(both, self.covariance, np.where(known[:, None, :], 0.0, eye))
        across = np.where(known[:, None, :], self.covariance, 0.0)
        slopes = np.linalg.solve(inner, across.transpose(0, 2, 1)).transpose(0, 2, 1)
        slopes = np.where(known[:, None, :], slopes, 0.0)
        residual = self.covariance - slopes @ across.transpose(0, 2, 1)
        gaps = ~known[:, :, None] & ~known[:, None, :]
        return slopes, np.where(gaps, residual, 0.0)

    def improved(self, table: Float) -> Normal:
        """Return a distribution under which the rows are likelier."""
        filled, uncertainty = self.expected(table)
        mean = filled.mean(axis=0)
        deviations = filled - mean
        covariance = (deviations.T @ deviations + uncertainty) / len(table)
        return Normal(mean, (covariance + covariance.T) / 2)

"""SampleSums of a sample → estimates with their errors, intervals and design effects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.survey.estimates import Estimates
from govindex.survey.intervals import Interval, limits, quantiles
from govindex.survey.linearisation import degrees_of_freedom, linearised, values_of
from govindex.survey.replication import replicated
from govindex.survey.samples import Sample, refuse_lonely
from govindex.survey.sums import SampleSums

__all__ = ["Bounds", "Estimation"]

Bounds = tuple[Float, Float]


@attrs.frozen(eq=False)
class Estimation:
    """A sample and its sums, from which estimates and errors follow."""

    sample: Sample
    sums: SampleSums
    level: float
    formula: str
    scale: float = 1.0

    def result(
        self,
        bounds: Bounds | None,
        interval: Interval,
        pairs: Mapping[str, tuple[str, str]] | None = None,
    ) -> Estimates:
        """Return the estimates; `pairs` are shown as differences of two items each."""
        refuse_lonely(self.sample)
        items, matrix = self._results(pairs)
        single, bottoms = values_of(self.sums)
        values = _combined(single, matrix)
        df, few, exact = degrees_of_freedom(self.sample, self.sums)
        pick = np.abs(matrix) > 0
        df = np.stack([df[:, column].min(axis=1) for column in pick.T], axis=1)
        few = np.stack([few[:, column].any(axis=1) for column in pick.T], axis=1)
        n = np.stack([self.sums.n[:, column].min(axis=1) for column in pick.T], axis=1)
        covariances, errors = self._errors(single, bottoms, matrix)
        unknown = np.isnan(values) | (few & ~exact[:, None])
        covariance = np.where(unknown[:, :, None] | unknown[:, None, :], np.nan, covariances)
        se = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0))
        size = np.where(exact[:, None], np.inf, self._size) @ pick / pick.sum(axis=0)
        limit = None if pairs is not None else bounds
        low, high = limits(values, se, quantiles(df, self.level), size, limit, interval)
        deff = (
            np.full(values.shape, np.nan) if pairs is not None else self._design_effect(single, se)
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            effective = np.where(deff > 0, n / deff, np.nan)
        return Estimates(
            domains=self.sample.domains,
            items=items,
            value=values,
            se=se,
            df=df,
            n=n,
            n_effective=effective,
            deff=deff,
            low=low,
            high=high,
            covariances=covariance,
            level=self.level,
            formula=self.formula,
            scale=self.scale,
            **errors,
        )

    def _results(
        self, pairs: Mapping[str, tuple[str, str]] | None
    ) -> tuple[tuple[str, ...], Float]:
        """Return the items that are shown, and the items that are summed × those."""
        if pairs is None:
            return self.sums.codes, np.eye(len(self.sums.codes))
        matrix = np.zeros((len(self.sums.codes), len(pairs)))
        for column, (first, second) in enumerate(pairs.values()):
            matrix[self.sums.codes.index(first), column] = 1.0
            matrix[self.sums.codes.index(second), column] = -1.0
        return tuple(pairs), matrix

    def _errors(self, single: Float, bottoms: Float, matrix: Float) -> tuple[Float, dict[str, Any]]:
        """Return the covariances of every domain, and what those of differences follow from."""
        found = replicated(self.sample, self.sums)
        if found is None:
            linear = linearised(self.sample, self.sums, single, bottoms)
            linear = attrs.evolve(linear, matrix=matrix)
            every = [linear.covariance({d: 1.0}) for d in range(len(self.sample.domains))]
            return np.array(every), {"linear": linear}
        replicates, factors = _combined(found[0], matrix), found[1]
        apart = replicates - _combined(single, matrix)
        covariances = np.einsum("r,rdi,rdj->dij", factors, apart, apart, optimize=True)
        return covariances, {"replicates": replicates, "factors": factors}

    @property
    def _size(self) -> Float:
        """The effective numbers of answers by weights alone (Kish)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.sums.weight**2 / self.sums.weight2)

    def _design_effect(self, values: Float, se: Float) -> Float:
        """Return variances over those of simple random samples with replacement.

        Of totals it is not defined here.
        """
        if self.sums.totals:
            return np.full(values.shape, np.nan)
        top2, both, bottom2 = self.sums.squares
        n, weight = self.sums.n, self.sums.weight
        _, bottoms = values_of(self.sums)
        with np.errstate(invalid="ignore", divide="ignore"):
            squares = np.maximum(top2 - 2 * values * both + values**2 * bottom2, 0.0)
            # What rounding leaves of nothing is nothing.
            squares = np.where(squares <= 1e-13 * (top2 + values**2 * bottom2), 0.0, squares)
            simple = squares / weight / (n - 1) / (bottoms / weight) ** 2
            return np.asarray(np.where(simple > 0, se**2 / simple, np.nan))


def _combined(values: Float, matrix: Float) -> Float:
    """Return values @ matrix; NaN counts only where the matrix is not 0."""
    if matrix.shape[0] == matrix.shape[1] and (matrix == np.eye(len(matrix))).all():
        return values
    combined = np.nan_to_num(values) @ matrix
    gone = np.isnan(values).astype(np.float64) @ np.abs(matrix) > 0
    return np.asarray(np.where(gone, np.nan, combined))

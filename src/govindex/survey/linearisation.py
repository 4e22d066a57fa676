"""Linearised totals of sampling units, and the covariances that follow from them."""

from __future__ import annotations

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.errors import DataError
from govindex.survey.samples import Sample, SamplingStage
from govindex.survey.sums import SampleSums, StageSums

__all__ = ["Linearised", "PairVariances", "degrees_of_freedom", "linearised", "values_of"]


def values_of(sums: SampleSums) -> tuple[Float, Float]:
    """Return the estimates of every domain and item, NaN without an answer, and their bottoms."""
    first = sums.stages[0]
    tops = np.add.reduceat(first.tops, first.starts[:-1], axis=0)
    bottoms = np.add.reduceat(first.bottoms, first.starts[:-1], axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = np.where(bottoms > 0, tops / bottoms, np.nan)
    return (np.where(bottoms > 0, tops, np.nan) if sums.totals else ratios), bottoms


@attrs.frozen(eq=False)
class _Stage:
    """Linearised totals of one stage; `slopes` is what margins explain."""

    stage: SamplingStage
    sums: StageSums
    totals: Float
    slopes: Float | None

    def of(self, weights: dict[int, Float]) -> tuple[Index, Float]:
        """Return units and their totals for a combination of domains.

        `weights` holds, by domain, a matrix of items × results.
        """
        units, parts = [], []
        for domain, matrix in weights.items():
            rows = slice(self.sums.starts[domain], self.sums.starts[domain + 1])
            units.append(self.sums.unit[rows])
            parts.append(self.totals[rows] @ matrix)
        if self.slopes is not None and self.sums.margins is not None:
            units.append(np.arange(len(self.stage.parent)))
            slope = sum(self.slopes[:, domain] @ matrix for domain, matrix in weights.items())
            parts.append(-self.sums.margins @ slope)
        if len(units) == 1:
            return units[0], parts[0]
        every, number = np.unique(np.concatenate(units), return_inverse=True)
        summed = np.zeros((len(every), parts[0].shape[1]))
        np.add.at(summed, number, np.concatenate(parts))
        return every, summed

    def without(self, mask: Bool) -> _Stage:
        """Return the stage without the totals of some items of domains, (domains, items)."""
        rows = mask[self.sums.domain]
        sums = attrs.evolve(
            self.sums,
            tops=np.where(rows, 0.0, self.sums.tops),
            bottoms=np.where(rows, 0.0, self.sums.bottoms),
        )
        slopes = None if self.slopes is None else np.where(mask, 0.0, self.slopes)
        totals = np.where(rows, 0.0, self.totals)
        return attrs.evolve(self, sums=sums, totals=totals, slopes=slopes)

    def covariance(self, units: Index, totals: Float, lonely: str) -> Float:
        """Return the covariance of sums over the units; units that are not given are 0."""
        stage = self.stage
        parents = len(stage.drawn)
        parent = stage.parent[units]
        many = stage.drawn > 1
        factor = np.where(many, stage.drawn / np.maximum(stage.drawn - 1, 1), 0.0)
        mean = np.zeros((parents, totals.shape[1]))
        starts = np.flatnonzero(np.diff(parent, prepend=-1))
        if len(starts):
            mean[parent[starts]] = np.add.reduceat(totals, starts, axis=0)
        mean /= np.maximum(stage.drawn, 1)[:, None]
        if lonely == "centre":
            factor = np.where(stage.lonely, 1.0, factor)
            mean[stage.lonely] = totals.sum(axis=0) / len(stage.parent)
        factor = factor * stage.outer * (1 - stage.fraction)
        deviations = totals - mean[parent]
        there = np.bincount(parent, minlength=parents)
        absent = factor * (stage.drawn - there)
        within = (deviations * factor[parent][:, None]).T @ deviations
        return np.asarray(within + (mean * absent[:, None]).T @ mean)


@attrs.frozen(eq=False)
class Linearised:
    """Linearised totals of all stages, for the covariance of any combination of estimates.

    Parameters
    ----------
    stages : tuple
    lonely : str
        What strata with one cluster do.
    matrix : array, shape (items, results)
        What results are made of: the identity, or differences of items.
    """

    stages: tuple[_Stage, ...]
    lonely: str
    matrix: Float

    def without(self, mask: Bool) -> Linearised:
        """Return these without what suppressed results, (domains, results), were made of."""
        made = (mask @ (self.matrix != 0).T) > 0
        return attrs.evolve(self, stages=tuple(stage.without(made) for stage in self.stages))

    def covariance(self, weights: dict[int, float]) -> Float:
        """Return the covariance (results, results) of a weighted sum of domains' estimates."""
        combination = {domain: self.matrix * weight for domain, weight in weights.items()}
        covariance = np.zeros((self.matrix.shape[1],) * 2)
        for stage in self.stages:
            covariance += stage.covariance(*stage.of(combination), self.lonely)
        return covariance


@attrs.frozen(eq=False)
class PairVariances:
    """Variances of differences between two domains of one sample, from a document.

    Parameters
    ----------
    known : dict of two domains to array, shape (items,); or None
        By the numbers of the domains; None if the document does not hold them.
    """

    known: dict[frozenset[int], Float] | None

    def without(self, mask: Bool) -> PairVariances:
        """Return these without those of suppressed results, (domains, results)."""
        if self.known is None:
            return self
        hidden = {pair: mask[list(pair)].any(axis=0) for pair in self.known}
        return PairVariances(
            {pair: np.where(hidden[pair], np.nan, own) for pair, own in self.known.items()}
        )

    def covariance(self, weights: dict[int, float]) -> Float:
        """Return the variances of a difference, on the diagonal.

        Raises
        ------
        DataError
            If they are not known: the domains are of one sample, and not independent.
        """
        variances = None if self.known is None else self.known.get(frozenset(weights))
        if variances is None:
            raise DataError(
                "these estimates were read from a document that does not hold the errors of "
                "differences between domains of one sample: compare the estimates as computed"
            )
        return np.diag(variances)


def linearised(sample: Sample, sums: SampleSums, values: Float, bottoms: Float) -> Linearised:
    """Return linearised totals of means, ratios or totals.

    A ratio r = Σ w y / Σ w d has the linearised variable w (y − r d) / Σ w d; under weights that
    match margins, what margins explain is taken off (deviations from a regression on them).
    """
    ratios = np.zeros(values.shape) if sums.totals else np.nan_to_num(values)
    scale = np.where(bottoms > 0, bottoms, 1.0)
    scale = np.ones(values.shape) if sums.totals else scale
    slopes = None
    if sample.calibration is not None:
        assert sums.category_tops is not None
        assert sums.category_bottoms is not None
        explained = (sums.category_tops - ratios * sums.category_bottoms) / scale
        slopes = np.einsum("cb,bdi->cdi", sample.calibration.inverse, explained)
    stages = tuple(
        _Stage(
            stage,
            part,
            (part.tops - ratios[part.domain] * part.bottoms) / scale[part.domain],
            slopes,
        )
        for stage, part in zip(sample.stages, sums.stages, strict=True)
    )
    return Linearised(stages, sample.design.lonely, np.eye(len(sums.codes)))


def degrees_of_freedom(sample: Sample, sums: SampleSums) -> tuple[Float, Bool, Bool]:
    """Return the degrees of freedom, where too few clusters answered, and what is exact.

    Clusters with a valid answer minus their strata, for every domain and item. Strata of which
    every cluster was drawn do not count at the first stage; there second-stage units minus their
    clusters do. One cluster alone says nothing about the error. A domain is exact if everybody was
    asked.

    Returns
    -------
    df, few : array, shape (domains, items)
    exact : array, shape (domains,)
    """
    shape = sums.n.shape
    df, clusters = np.zeros(shape), np.zeros(shape)
    exact = np.ones(len(sample.domains), dtype=bool)
    for stage, part in zip(sample.stages, sums.stages, strict=True):
        chance = (stage.fraction < 1) & (stage.outer > 0)
        parent = stage.parent[part.unit]
        exact &= np.bincount(part.domain, chance[parent], len(exact)) == 0
        counted = (chance & (stage.outer == 1))[parent]
        # A cluster without an answer adds nothing to a total, and counts.
        answered = ((part.bottoms > 0) | sums.totals) & counted[:, None]
        drawn = _by_domain(answered.astype(np.float64), part.domain, len(exact))
        keys = part.domain * len(chance) + parent
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        strata = np.logical_or.reduceat(answered, starts, axis=0).astype(np.float64)
        df += drawn - _by_domain(strata, part.domain[starts], len(exact))
        clusters += drawn
    exact_cells = np.broadcast_to(exact[:, None], shape)
    return np.where(exact_cells, np.inf, df), clusters < 2, exact


def _by_domain(values: Float, domain: Index, count: int) -> Float:
    starts = np.searchsorted(domain, np.arange(count))
    return np.asarray(np.add.reduceat(values, starts, axis=0))

"""Estimates of replicates: clusters left out, drawn again, or weights that came with the data."""

from __future__ import annotations

import numpy as np

from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.survey.designs import Bootstrap, Jackknife, ReplicateWeights
from govindex.survey.samples import Sample
from govindex.survey.sums import SampleSums

__all__ = ["replicated"]

_MOST = 50_000_000


def replicated(sample: Sample, sums: SampleSums) -> tuple[Float, Float] | None:
    """Return the estimates of replicates (replicates, domains, items), and what each counts.

    The variance is the sum of the squared deviations from the estimate, times what each counts.
    None if errors are linearised.
    """
    how = sample.design.replication
    if how is None:
        return None
    stage = sample.stages[0]
    count = how.draws if isinstance(how, Bootstrap) else len(stage.parent)
    if count * sums.n.size > _MOST:
        raise SettingError(
            f"{count:,} replicates of {sums.n.size:,} estimates are too many: at most "
            f"{_MOST:,} numbers; linearise (replication=None), or take Bootstrap(…) with fewer"
        )
    if isinstance(how, ReplicateWeights):
        assert sums.replicate_tops is not None
        assert sums.replicate_bottoms is not None
        factors = np.ones(len(how.columns)) if how.factors is None else how.factors
        return _values(sums, sums.replicate_tops, sums.replicate_bottoms), how.scale * factors
    if isinstance(how, Jackknife):
        return _left_out(sample, sums)
    return _drawn_again(sample, sums, how)


def _values(sums: SampleSums, tops: Float, bottoms: Float) -> Float:
    if sums.totals:
        return tops
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(bottoms > 0, tops / bottoms, np.nan))


def _left_out(sample: Sample, sums: SampleSums) -> tuple[Float, Float]:
    """Leave out one cluster after the other; the others of its stratum count more."""
    stage, part = sample.stages[0], sums.stages[0]
    kept = np.flatnonzero(stage.drawn[stage.parent] > 1)
    parent = stage.parent[kept]
    drawn = stage.drawn[parent]
    replicates = []
    for values in (part.tops, part.bottoms):
        each = np.zeros((len(kept), *sums.n.shape))
        for domain in range(len(sample.domains)):
            rows = slice(part.starts[domain], part.starts[domain + 1])
            by_unit = np.zeros((len(stage.parent), values.shape[1]))
            by_unit[part.unit[rows]] = values[rows]
            by_parent = np.zeros((len(stage.drawn), values.shape[1]))
            np.add.at(by_parent, stage.parent, by_unit)
            gone = by_unit[kept] * (drawn / (drawn - 1))[:, None]
            more = by_parent[parent] / (drawn - 1)[:, None]
            left = by_unit.sum(axis=0) - gone + more
            # What rounding leaves of a domain without its only cluster is no estimate.
            others = by_unit.any(axis=1).sum() - by_unit[kept].any(axis=1)
            each[:, domain] = np.where((others > 0)[:, None], left, 0.0)
        replicates.append(each)
    factors = (1 - stage.fraction[parent]) * (drawn - 1) / drawn
    return _values(sums, *replicates), factors


def _drawn_again(sample: Sample, sums: SampleSums, how: Bootstrap) -> tuple[Float, Float]:
    stage, part = sample.stages[0], sums.stages[0]
    rng = np.random.default_rng(how.rng)
    times = np.ones((how.draws, len(stage.parent)))
    for parent in np.flatnonzero(stage.drawn > 1).tolist():
        units = np.flatnonzero(stage.parent == parent)
        drawn = len(units)
        taken = rng.multinomial(drawn - 1, np.full(drawn, 1 / drawn), how.draws)
        spread = np.sqrt(1 - stage.fraction[parent])
        times[:, units] = 1 - spread + spread * taken * drawn / (drawn - 1)
    replicates = []
    for values in (part.tops, part.bottoms):
        each = np.zeros((how.draws, *sums.n.shape))
        for domain in range(len(sample.domains)):
            rows = slice(part.starts[domain], part.starts[domain + 1])
            each[:, domain] = times[:, part.unit[rows]] @ values[rows]
        replicates.append(each)
    return _values(sums, *replicates), np.full(how.draws, 1 / how.draws)

"""What reports and workbooks show of a sample beside a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.errors import DataError, SettingError
from govindex.results import IndexResult
from govindex.robustness.sampling.rank_samples import RankSample
from govindex.robustness.sampling.tied_ranks import tied_groups

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PublishedSample", "check_sample_of"]

_LEVEL, _CONFIDENCE = 0.9, 0.95
_SCORES = 20_000_000  # draws × units whose scores are computed again


def check_sample_of(sample: RankSample, result: IndexResult) -> None:
    """Refuse a sample of ranks of another result.

    Raises
    ------
    DataError
        If methodology, units or scores differ.
    """
    nominal = sample.nominal
    if nominal.provenance.fingerprint != result.provenance.fingerprint:
        raise DataError(
            "robustness= is a sample of another methodology "
            f"({nominal.provenance.methodology}@{nominal.provenance.version}): sample the ranks "
            "of the result that is reported"
        )
    if set(nominal.units.codes) != set(result.units.codes):
        raise DataError("robustness= is a sample of other units than those of the result")
    row = [nominal.units.locate(code) for code in result.units.codes]
    root = result.codes[0]
    if not np.array_equal(nominal.full_at(root)[row], result.full_at(root), True):
        raise DataError(
            "robustness= is a sample of other data: its scores without variation are not those "
            "of the result"
        )


@attrs.frozen(eq=False)
class PublishedSample:
    """A sample of ranks with the tables that are published.

    Where only errors of the data vary, scores have intervals, and ranks that are statistically the
    same are groups. Under other weights or rules neither means that.

    Parameters
    ----------
    sample : RankSample
    level : float
        Of intervals.
    confidence : float
        At which ranks differ, with Holm's correction.
    ranks : DataFrame
        As ``sample.intervals()`` gives it.
    scores : DataFrame or None
        As ``sample.score_intervals()`` gives it.
    groups : DataFrame or None
        As ``tied_groups(sample)`` gives it.
    few_draws : bool
        Whether there are too few draws to find groups.
    """

    sample: RankSample
    level: float
    confidence: float
    ranks: pd.DataFrame
    scores: pd.DataFrame | None
    groups: pd.DataFrame | None
    few_draws: bool

    @classmethod
    def of(cls, sample: RankSample, result: IndexResult) -> PublishedSample:
        """Return what is published of a sample beside its result, checked."""
        check_sample_of(sample, result)
        bounds = sample._bounds  # of a sample from a document nothing is known
        only_errors = bool(bounds) and all(bound.varies_data for bound in bounds)
        of_total = sample.node == result.codes[0]
        scores = groups = None
        few = False
        if only_errors and of_total and sample.draws * len(sample.units) <= _SCORES:
            scores = sample.score_intervals(_LEVEL)
            try:
                groups = tied_groups(sample, _CONFIDENCE)
            except SettingError:  # too few draws, or too many units to compare all
                few = True
        ranks = sample.intervals(_LEVEL)
        return cls(sample, _LEVEL, _CONFIDENCE, ranks, scores, groups, few)

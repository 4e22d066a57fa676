"""Kendall's concordance of many rankings."""

from __future__ import annotations

from collections.abc import Sequence

from govindex.contracts import Float, Index

__all__ = ["concordance"]


def concordance(sums: Float, draws: int, ties: int, ranking_groups: Sequence[Index]) -> float:
    """Return Kendall's W of draws, for units in ranking groups.

    ``12·Σ(R − R̄)² / (m²·Σ(n³ − n) − m·T)`` with the sums R of ranks over m draws, deviations and
    numbers of units group by group, and T the sum of ``t³ − t`` over groups of tied units.

    Parameters
    ----------
    sums : array, shape (units,)
        Of ranks over draws.
    draws : int
    ties : int
        T.
    ranking_groups : sequence of array
        The units that are ranked together.

    Returns
    -------
    float
        1 if all draws give the same ranks, NaN if all units are tied in every draw.
    """
    spread = sum(float(((sums[c] - sums[c].mean()) ** 2).sum()) for c in ranking_groups if len(c))
    cubes = sum(len(c) ** 3 - len(c) for c in ranking_groups)
    whole = draws * draws * cubes - draws * ties
    return 12.0 * spread / whole if whole > 0 else float("nan")

"""Shapley values: a loss divided among the children that share it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from govindex.contracts import Aggregator, Bool, BranchScope, Float, combined
from govindex.decomposition.shapley_values import shapley_values

__all__ = ["shapley_losses"]


def shapley_losses(
    aggregate: Aggregator,
    full: Sequence[float],
    shares: Sequence[float],
    weights: Sequence[float],
    scope: BranchScope,
) -> list[float]:
    """Divide f(full) − f(shares) among the children."""
    columns = [np.array([weight]) for weight in weights]
    best, attained = np.array(full), np.array(shares)

    def values_of(subsets: Bool) -> Float:
        mixed = np.where(subsets, attained, best)
        return np.asarray(combined(aggregate, list(mixed.T), columns, scope))

    return [-float(step) for step in shapley_values(values_of, len(full))]

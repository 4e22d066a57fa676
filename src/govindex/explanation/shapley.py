"""Shapley values: a loss divided among the children that share it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import factorial
from typing import Any

import numpy as np

from govindex.contracts import Aggregator, BranchScope, Float, combined

__all__ = ["shapley_losses"]

_EXACT_CHILDREN = 12


def shapley_losses(
    aggregate: Aggregator,
    full: Sequence[float],
    shares: Sequence[float],
    weights: Sequence[float],
    scope: BranchScope,
) -> list[float]:
    """Divide f(full) − f(shares) among the children."""
    count = len(full)
    columns = [np.array([weight]) for weight in weights]
    best, attained = np.array(full), np.array(shares)

    def values_of(subsets: Any) -> Float:
        mixed = np.where(subsets, attained, best)
        return np.asarray(combined(aggregate, list(mixed.T), columns, scope))

    if count <= _EXACT_CHILDREN:
        subsets = np.array(list(product((False, True), repeat=count)))  # True: the attained share
        values = values_of(subsets)
        sizes = subsets.sum(axis=1)
        factor = np.array([_coefficient(count, taken) for taken in range(count)])
        losses = []
        for child in range(count):
            without = ~subsets[:, child]
            index = np.flatnonzero(without)
            partner = index + 2 ** (count - 1 - child)
            losses.append(float(np.sum(factor[sizes[index]] * (values[index] - values[partner]))))
        return losses
    orders = [np.roll(np.arange(count), shift) for shift in range(count)]
    orders += [order[::-1] for order in orders]
    total = np.zeros(count)
    for order in orders:
        subsets = np.zeros((count + 1, count), dtype=bool)
        for step in range(count):
            subsets[step + 1 :, order[step]] = True
        values = values_of(subsets)
        total[order] += values[:-1] - values[1:]
    return [float(loss) for loss in total / len(orders)]


def _coefficient(count: int, size: int) -> float:
    return factorial(size) * factorial(count - size - 1) / factorial(count)

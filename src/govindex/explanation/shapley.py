"""A loss divided among the children that share it, by Shapley values."""

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
    best, own = np.array(full), np.array(shares)

    def values_of(worlds: Any) -> Float:
        mixed = np.where(worlds, own, best)
        return np.asarray(combined(aggregate, list(mixed.T), columns, scope))

    if count <= _EXACT_CHILDREN:
        worlds = np.array(list(product((False, True), repeat=count)))  # True: at the own share
        values = values_of(worlds)
        sizes = worlds.sum(axis=1)
        factor = np.array([_coefficient(count, taken) for taken in range(count)])
        losses = []
        for child in range(count):
            without = ~worlds[:, child]
            index = np.flatnonzero(without)
            partner = index + 2 ** (count - 1 - child)
            losses.append(float(np.sum(factor[sizes[index]] * (values[index] - values[partner]))))
        return losses
    orders = [np.roll(np.arange(count), shift) for shift in range(count)]
    orders += [order[::-1] for order in orders]
    total = np.zeros(count)
    for order in orders:
        worlds = np.zeros((count + 1, count), dtype=bool)
        for step in range(count):
            worlds[step + 1 :, order[step]] = True
        values = values_of(worlds)
        total[order] += values[:-1] - values[1:]
    return [float(loss) for loss in total / len(orders)]


def _coefficient(count: int, size: int) -> float:
    return factorial(size) * factorial(count - size - 1) / factorial(count)

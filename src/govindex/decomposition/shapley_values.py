"""Shapley values: the step of a function from one end to another, divided among its arguments."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import factorial

import numpy as np

from govindex.contracts import Bool, Float

__all__ = ["EXACT_CHILDREN", "orders_of", "shapley_values"]

EXACT_CHILDREN = 12


def orders_of(count: int) -> int | None:
    """Return how many orders are averaged, None for all of them."""
    return None if count <= EXACT_CHILDREN else 2 * count


def shapley_values(values_of: Callable[[Bool], Float], count: int) -> Float:
    """Divide the step between two ends of a function among its arguments.

    The part of an argument is the mean of what its move changes, over the orders in which the
    arguments can move: all orders for up to twelve arguments, else twice as many as arguments, each
    argument in each position equally often. Either way the parts add up to the step.

    Parameters
    ----------
    values_of : callable
        Takes which arguments have moved, bool of shape (subsets, arguments); returns values of
        shape (subsets, …).
    count : int
        How many arguments there are.

    Returns
    -------
    array, shape (arguments, …)
        In the unit of the values.

    Examples
    --------
    >>> shapley_values(lambda moved: moved.all(axis=1) * 6.0, 3)
    array([2., 2., 2.])
    """
    return _all_orders(values_of, count) if count <= EXACT_CHILDREN else _rolled(values_of, count)


def _all_orders(values_of: Callable[[Bool], Float], count: int) -> Float:
    subsets = np.array(list(product((False, True), repeat=count)))
    values = values_of(subsets)
    sizes = subsets.sum(axis=1)
    factor = np.array([_coefficient(count, size) for size in range(count)])
    parts = []
    for argument in range(count):
        index = np.flatnonzero(~subsets[:, argument])
        moved = index + 2 ** (count - 1 - argument)
        parts.append(np.tensordot(factor[sizes[index]], values[moved] - values[index], axes=1))
    return np.array(parts)


def _rolled(values_of: Callable[[Bool], Float], count: int) -> Float:
    orders = [np.roll(np.arange(count), shift) for shift in range(count)]
    orders += [order[::-1] for order in orders]
    total: Float | None = None
    for order in orders:
        subsets = np.zeros((count + 1, count), dtype=bool)
        for step in range(count):
            subsets[step + 1 :, order[step]] = True
        values = values_of(subsets)
        total = np.zeros((count, *values.shape[1:])) if total is None else total
        total[order] += values[1:] - values[:-1]
    assert total is not None
    return total / len(orders)


def _coefficient(count: int, size: int) -> float:
    return factorial(size) * factorial(count - size - 1) / factorial(count)

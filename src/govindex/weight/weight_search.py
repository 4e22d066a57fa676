"""A search for weights of groups whose sums are fixed, for aims that have no closed form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from govindex.contracts import Float, Index

__all__ = ["best_weights"]

Loss = Callable[[Float], Float]

_SEED = 17
_DRAWN = 64  # sets of weights that the search looks at first, for each of the best starts below
_STARTS = 4
_PAIRS = 600  # moves from one child to another; of more children one is moved against all others
_STEP, _FINEST = 0.25, 1e-4
_SLOPE = 1e-6
_REFUSED = 1e6


def best_weights(
    loss: Loss, groups: Sequence[Index], starts: Sequence[Float], smooth: bool
) -> Float:
    """Return weights of at least 0 with the least loss that is found, each group adding up to 1.

    The loss of many sets at once decides. The best of the starts and of weights drawn with a fixed
    seed are improved by moving a part of the weight from one child of a group to another, smaller
    parts when no move helps; a smooth loss then follows its slope. The same input gives the same
    weights, and none of the starts is better.

    Parameters
    ----------
    loss : callable
        Weights, shape (sets, children) → losses, shape (sets,); ∞ if undefined.
    groups : sequence of array of int
        The children of each group.
    starts : sequence of array, shape (children,)
    smooth : bool
        Whether the loss has slopes.
    """
    count = sum(len(group) for group in groups)
    rng = np.random.default_rng(_SEED)
    drawn = rng.exponential(size=(_DRAWN, count))
    sets = np.vstack([*starts, np.ones(count), drawn])
    for group in groups:
        sets[:, group] /= sets[:, group].sum(axis=1, keepdims=True)
    losses = loss(sets)
    order = np.argsort(losses, kind="stable")[:_STARTS]
    found = [_moved(loss, groups, sets[i], float(losses[i])) for i in order]
    best, least = min(found, key=lambda one: one[1])
    if smooth and np.isfinite(least):
        best, least = min([(best, least), _sloped(loss, groups, best)], key=lambda one: one[1])
    return best


def _moved(loss: Loss, groups: Sequence[Index], weights: Float, now: float) -> tuple[Float, float]:
    """Return weights that no move of a part improves, with their loss."""
    step = _STEP
    while step >= _FINEST and np.isfinite(now):
        moves = _moves(groups, weights, step)
        losses = loss(moves) if len(moves) else np.array([np.inf])
        first = int(np.argmin(losses))
        if losses[first] < now - 1e-12 * abs(now):
            weights, now = moves[first], float(losses[first])
        else:
            step /= 2.0
    return weights, now


def _moves(groups: Sequence[Index], weights: Float, step: float) -> Float:
    """Return the sets of weights one move away, shape (moves, children)."""
    moves: list[Float] = []
    pairs = sum(len(group) * (len(group) - 1) for group in groups) <= _PAIRS
    for group in groups:
        for i in group:
            part = min(step, float(weights[i]))
            others = [j for j in group if j != i]
            if part > 0 and others:
                receivers = [[j] for j in others] if pairs else [others]
                moves += [_moved_part(weights, i, part, to) for to in receivers]
            if others and not pairs:
                moves.append(_raised(weights, i, step, group))
    return np.array(moves).reshape(len(moves), len(weights))


def _moved_part(weights: Float, row: int, part: float, others: Sequence[int]) -> Float:
    moved = weights.copy()
    moved[row] -= part
    moved[others] += part / len(others)
    return moved


def _raised(weights: Float, row: int, step: float, group: Index) -> Float:
    moved = weights.copy()
    moved[row] += step
    moved[group] /= moved[group].sum()
    return moved


def _sloped(loss: Loss, groups: Sequence[Index], weights: Float) -> tuple[Float, float]:
    """Return the weights to which the slope of a smooth loss leads, with their loss."""
    from scipy import optimize

    count = len(weights)
    in_group = np.zeros((len(groups), count))
    for row, group in enumerate(groups):
        in_group[row, group] = 1.0

    def with_slope(x: Float) -> tuple[float, Float]:
        around = loss(np.maximum(np.vstack([x, x + _SLOPE * np.eye(count)]), 0.0))
        if not np.isfinite(around).all():
            return _REFUSED, np.zeros(count)
        return float(around[0]), (around[1:] - around[0]) / _SLOPE

    found = optimize.minimize(
        with_slope,
        weights,
        jac=True,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * count,
        constraints={"type": "eq", "fun": lambda x: in_group @ x - 1.0, "jac": lambda _: in_group},
        options={"ftol": 1e-14, "maxiter": 300},
    )
    x = np.maximum(found.x, 0.0)
    for group in groups:
        x[group] /= x[group].sum()
    return x, float(loss(x[None])[0])

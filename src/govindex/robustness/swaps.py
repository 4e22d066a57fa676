"""The nearest weights at which a lead is gone, for many pairs at once.

A pair is a row of differences d: its lead under weights u is ``u·d``. Weights are at least 0 and
keep their sum. Every row given here leads, and has a negative difference: it can be reversed.
"""

from __future__ import annotations

import numpy as np

from govindex.contracts import Bool, Float, Index

__all__ = ["leads", "nearest_l1", "nearest_l2", "nearest_single", "turns"]

_ROUNDS = 200
_ACCURACY = 1e-15


def leads(weights: Float, differences: Float) -> Float:
    """Return the lead of each pair, shape (pairs,).

    Examples
    --------
    >>> leads(np.array([0.5, 0.5]), np.array([[0.4, -0.2]]))
    array([0.1])
    """
    return np.asarray((differences * weights).sum(axis=1))


def nearest_l1(weights: Float, differences: Float) -> Float:
    """Return the weights without a lead for which the least weight is moved.

    All that is moved goes to the node that is worth most to the second unit, and comes from those
    that are worth most to the first: the greedy solution of the linear programme, which is exact.

    Parameters
    ----------
    weights : array, shape (nodes,)
    differences : array, shape (pairs, nodes)

    Returns
    -------
    array, shape (pairs, nodes)

    Examples
    --------
    >>> nearest_l1(np.array([0.5, 0.5]), np.array([[0.4, -0.2]])).round(4)
    array([[0.3333, 0.6667]])
    """
    rows = np.arange(len(differences))
    to = differences.argmin(axis=1)
    gains = differences - differences[rows, to][:, None]
    order = np.argsort(-gains, axis=1, kind="stable")
    worth = np.take_along_axis(gains, order, axis=1)
    most = worth * weights[order]
    before = np.cumsum(most, axis=1) - most
    left = np.clip(leads(weights, differences)[:, None] - before, 0.0, most)
    with np.errstate(invalid="ignore", divide="ignore"):
        taken = np.where(worth > 0, left / worth, 0.0)
    moved = np.zeros_like(differences)
    np.put_along_axis(moved, order, taken, axis=1)
    found = np.maximum(weights - moved, 0.0)  # what is taken away wholly may miss 0 by a bit
    found[rows, to] += moved.sum(axis=1)
    return found


def nearest_l2(weights: Float, differences: Float) -> Float:
    """Return the weights without a lead that are nearest by the root of squares.

    ``u = max(0, w − λ − μ·d)``: where no weight reaches 0, μ and λ follow from the two conditions;
    elsewhere from those of the weights that stay above 0, which are found by Newton's method on the
    lead as a function of μ, kept between bounds. It ends at the very weights: once the ones that
    stay above 0 are known the solution is exact.

    Parameters
    ----------
    weights : array, shape (nodes,)
    differences : array, shape (pairs, nodes)

    Returns
    -------
    array, shape (pairs, nodes)

    Examples
    --------
    >>> nearest_l2(np.array([0.6, 0.3, 0.1]), np.array([[0.4, 0.0, -0.2]])).round(4)
    array([[0.2071, 0.3786, 0.4143]])
    """
    mu = _newton(weights, differences, np.ones(differences.shape, dtype=bool))
    found = _projected(weights, differences, mu)
    bound = np.flatnonzero((found == 0.0).any(axis=1))
    low, high = np.zeros(len(bound)), _beyond(weights, differences[bound], mu[bound])
    step = np.clip(mu[bound], low, high)
    for _ in range(_ROUNDS):
        if not len(bound):
            break
        own = differences[bound]
        weighed = _projected(weights, own, step)
        lead = leads(weighed, own)
        found[bound] = weighed
        low, high = np.where(lead > 0, step, low), np.where(lead > 0, high, step)
        following = _newton(weights, own, weighed > 0)
        inside = (following > low) & (following < high)
        done = np.abs(following - step) <= _ACCURACY * np.abs(step)
        done |= high - low <= _ACCURACY * high
        step = np.where(inside, following, (low + high) / 2.0)
        bound = bound[~done]
        low, high, step = (part[~done] for part in (low, high, step))
    return found


def _newton(weights: Float, differences: Float, free: Bool) -> Float:
    """Return the μ without a lead if these weights stay above 0."""
    mean = np.where(free, differences, 0.0).sum(axis=1) / free.sum(axis=1)
    apart = np.where(free, differences - mean[:, None], 0.0)
    # The sum of all weights is kept: what the others had is spread over these.
    lead = leads(weights, apart) + mean * weights.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(lead / (apart * apart).sum(axis=1))


def _beyond(weights: Float, differences: Float, mu: Float) -> Float:
    """Return a μ at which the lead is lost."""
    high = np.where(np.isfinite(mu) & (mu > 0), mu, 1.0)
    for _ in range(1100):
        kept = leads(_projected(weights, differences, high), differences) > 0
        if not kept.any():
            break
        high = np.where(kept, 2.0 * high, high)
    return high


def _projected(weights: Float, differences: Float, mu: Float) -> Float:
    """Return the weights nearest to ``w − μ·d`` that are at least 0 and keep the sum."""
    wanted = weights - mu[:, None] * differences
    ordered = -np.sort(-wanted, axis=1)
    counts = np.arange(1, len(weights) + 1)
    levels = (np.cumsum(ordered, axis=1) - weights.sum()) / counts
    last = (ordered > levels).sum(axis=1) - 1
    level = levels[np.arange(len(levels)), last]
    return np.asarray(np.maximum(wanted - level[:, None], 0.0))


def turns(weights: Float, differences: Float) -> tuple[Float, Float]:
    """Return to where each weight alone must fall or rise until the lead is gone.

    The others keep their proportions and the sum is kept, so the lead is a straight line.

    Parameters
    ----------
    weights : array, shape (nodes,)
    differences : array, shape (pairs, nodes)

    Returns
    -------
    falls, rises : array, shape (pairs, nodes)
        NaN where the pair leads as far as the weight can go.

    Examples
    --------
    >>> falls, rises = turns(np.array([0.5, 0.5]), np.array([[0.4, -0.2]]))
    >>> falls.round(4), rises.round(4)
    (array([[0.3333,    nan]]), array([[   nan, 0.6667]]))
    """
    size = weights.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        others = _of_others(weights * differences) / _of_others(weights)
        point = size * others / (others - differences)
        found = point.clip(0.0, size)
        falls = np.where((others < 0) & (differences > 0), np.minimum(found, weights), np.nan)
        rises = np.where((differences < 0) & (others > 0), np.maximum(found, weights), np.nan)
    return falls, rises


def _of_others(numbers: Float) -> Float:
    """Return the sums along the last axis without each number, which may be most of the whole."""
    before, after = np.zeros_like(numbers), np.zeros_like(numbers)
    np.cumsum(numbers[..., :-1], axis=-1, out=before[..., 1:])
    np.cumsum(numbers[..., :0:-1], axis=-1, out=after[..., -2::-1])
    return before + after


def nearest_single(weights: Float, differences: Float) -> tuple[Index, Float]:
    """Return the weight that must change least to end each lead, and to what it must change.

    Returns
    -------
    place : array of int, shape (pairs,)
    to : array, shape (pairs,)
        NaN where no weight ends it alone.
    """
    falls, rises = turns(weights, differences)
    to = np.where(np.isnan(falls), rises, falls)
    change = np.nan_to_num(np.abs(to - weights), nan=np.inf)
    place = change.argmin(axis=1)
    return place, to[np.arange(len(to)), place]

"""The nearest weights at which a lead is gone, for many pairs at once.

A pair is a row of differences d: its lead under weights u is ``u·d``. Weights are at least 0 and
keep their sum. Every row given here leads, and has a negative difference: it can be reversed.
Units of which different cells are absent are quotients, ``u·n / u·a``, and no difference of sums:
of those only what one weight alone can do is told.
"""

from __future__ import annotations

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index

__all__ = [
    "Quotients",
    "leads",
    "nearest_l1",
    "nearest_l2",
    "nearest_single",
    "turns",
    "turns_of_quotients",
]

_ROUNDS = 200
_ACCURACY = 1e-15
_END, _NOTHING = 1e-9, 1e-14


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
    worth = weights * differences
    others = _of_others(worth)
    others[np.abs(others) <= _NOTHING * _of_others(np.abs(worth))] = 0.0  # what is 0 on paper
    with np.errstate(invalid="ignore", divide="ignore"):
        others /= _of_others(weights)
        point = size * others / (others - differences)
        found = point.clip(0.0, size)
        falls = np.where((others < 0) & (differences > 0), np.minimum(found, weights), np.nan)
        rises = np.where((differences < 0) & (others > 0), np.maximum(found, weights), np.nan)
    return falls, rises


@attrs.frozen(eq=False)
class Quotients:
    """Units whose scores are ``u·worth / u·applies`` under weights u.

    Parameters
    ----------
    worth, applies : array, shape (units, nodes)
    """

    worth: Float
    applies: Float


def turns_of_quotients(weights: Float, first: Quotients, second: Quotients) -> tuple[Float, Float]:
    """Return what :func:`turns` does for pairs that are quotients, each first one ahead.

    Only proportions count, so one weight is moved and the others stay: the lead over both divisors
    is a parabola in it, whose zeros next to what it is now are looked for.

    Parameters
    ----------
    weights : array, shape (nodes,)
    first, second : Quotients
        As many as there are pairs.

    Returns
    -------
    falls, rises : array, shape (pairs, nodes)
        NaN where the pair leads as far as the weight can go.

    Examples
    --------
    >>> here = Quotients(np.array([[0.9, 0.1]]), np.ones((1, 2)))
    >>> there = Quotients(np.array([[0.4, 0.0]]), np.array([[1.0, 0.0]]))
    >>> falls, rises = turns_of_quotients(np.array([0.5, 0.5]), here, there)
    >>> falls.round(4), rises.round(4)
    (array([[0.375,   nan]]), array([[  nan, 0.625]]))
    """
    others, size = _of_others(weights), weights.sum()
    a, b, c, d = (
        _of_others(weights * table)
        for table in (first.worth, first.applies, second.worth, second.applies)
    )
    level = _sum(a * d, -c * b)
    slope = _sum(first.worth * d, a * second.applies, -second.worth * b, -c * first.applies)
    bend = _sum(first.worth * second.applies, -second.worth * first.applies)
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(slope * slope - 4.0 * bend * level)
        half = -(slope + np.copysign(root, slope)) / 2.0
        zeros = np.stack([half / bend, level / half])
        falls = np.where((zeros > 0) & (zeros < weights), zeros, 0.0).max(axis=0)
        rises = np.where(zeros > weights, zeros, np.inf).min(axis=0)
        # With the sum of all that the weights have.
        falls, rises = (size / (1.0 + others / zero) for zero in (falls, rises))
    falls = np.where(falls > _END * size, falls, np.nan)
    return falls, np.where(rises < size * (1.0 - _END), rises, np.nan)


def _sum(*terms: Float) -> Float:
    """Return a sum that is 0 where it is so on paper."""
    found = np.sum(terms, axis=0)
    found[np.abs(found) <= _NOTHING * np.abs(terms).sum(axis=0)] = 0.0
    return np.asarray(found)


def _of_others(numbers: Float) -> Float:
    """Return the sums along the last axis without each number, which may be most of the whole."""
    before, after = np.zeros_like(numbers), np.zeros_like(numbers)
    np.cumsum(numbers[..., :-1], axis=-1, out=before[..., 1:])
    np.cumsum(numbers[..., :0:-1], axis=-1, out=after[..., -2::-1])
    return before + after


def nearest_single(weights: Float, falls: Float, rises: Float) -> tuple[Index, Float]:
    """Return the weight that must change least to end each lead, and to what it must change.

    Parameters
    ----------
    weights : array, shape (nodes,)
    falls, rises : array, shape (pairs, nodes)
        As of :func:`turns`.

    Returns
    -------
    index : array of int, shape (pairs,)
    to : array, shape (pairs,)
        NaN where no weight ends it alone.
    """
    down = np.nan_to_num(weights - falls, nan=np.inf)
    up = np.nan_to_num(rises - weights, nan=np.inf)
    index = np.minimum(down, up).argmin(axis=1)
    rows = np.arange(len(index))
    to = np.where(down <= up, falls, rises)
    return index, to[rows, index]

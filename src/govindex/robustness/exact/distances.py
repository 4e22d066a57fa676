"""The nearest weights at which a lead is lost, for many pairs at once.

A pair is a row of differences d: its lead under weights u is ``u·d``. Weights are at least 0 and
keep their sum. Every row has a lead and a negative difference, so that it can be reversed. Units
that lack different cells are quotients, ``u·n / u·a``: for these, only the change of a single
weight is computed.
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
    """Return the weights without a lead that move the least weight.

    Weight moves to the node with the smallest difference, from nodes with the largest ones: the
    greedy solution of the linear programme, which is exact.

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
    ordered_gains = np.take_along_axis(gains, order, axis=1)
    most = ordered_gains * weights[order]
    before = np.cumsum(most, axis=1) - most
    remaining = np.clip(leads(weights, differences)[:, None] - before, 0.0, most)
    with np.errstate(invalid="ignore", divide="ignore"):
        taken = np.where(ordered_gains > 0, remaining / ordered_gains, 0.0)
    moved = np.zeros_like(differences)
    np.put_along_axis(moved, order, taken, axis=1)
    nearest = np.maximum(weights - moved, 0.0)  # a weight that is fully moved may miss 0 by a bit
    nearest[rows, to] += moved.sum(axis=1)
    return nearest


def nearest_l2(weights: Float, differences: Float) -> Float:
    """Return the weights without a lead at the smallest Euclidean distance.

    ``u = max(0, w − λ − μ·d)``: if no weight reaches 0, μ and λ follow from the two conditions.
    Otherwise Newton's method on the lead as a function of μ, kept between bounds, finds the weights
    that stay above 0; once these are known the solution is exact.

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
    nearest = _projected(weights, differences, mu)
    bound = np.flatnonzero((nearest == 0.0).any(axis=1))
    low, high = np.zeros(len(bound)), _beyond(weights, differences[bound], mu[bound])
    step = np.clip(mu[bound], low, high)
    for _ in range(_ROUNDS):
        if not len(bound):
            break
        some = differences[bound]
        weighed = _projected(weights, some, step)
        lead = leads(weighed, some)
        nearest[bound] = weighed
        low, high = np.where(lead > 0, step, low), np.where(lead > 0, high, step)
        following = _newton(weights, some, weighed > 0)
        inside = (following > low) & (following < high)
        done = np.abs(following - step) <= _ACCURACY * np.abs(step)
        done |= high - low <= _ACCURACY * high
        step = np.where(inside, following, (low + high) / 2.0)
        bound = bound[~done]
        low, high, step = (part[~done] for part in (low, high, step))
    return nearest


def _newton(weights: Float, differences: Float, free: Bool) -> Float:
    """Return the μ at which the lead is 0 if the free weights stay above 0."""
    mean = np.where(free, differences, 0.0).sum(axis=1) / free.sum(axis=1)
    apart = np.where(free, differences - mean[:, None], 0.0)
    # The sum of all weights is kept: that of the others is spread over the free ones.
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
    """Return the value to which each weight alone must fall or rise to end the lead.

    The others keep their proportions and the sum is kept, so that the lead is linear in it.

    Parameters
    ----------
    weights : array, shape (nodes,)
    differences : array, shape (pairs, nodes)

    Returns
    -------
    falls, rises : array, shape (pairs, nodes)
        NaN if the pair keeps its lead however far the weight moves.

    Examples
    --------
    >>> falls, rises = turns(np.array([0.5, 0.5]), np.array([[0.4, -0.2]]))
    >>> falls.round(4), rises.round(4)
    (array([[0.3333,    nan]]), array([[   nan, 0.6667]]))
    """
    size = weights.sum()
    products = weights * differences
    others = _of_others(products)
    # Rounding errors become 0.
    others[np.abs(others) <= _NOTHING * _of_others(np.abs(products))] = 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        others /= _of_others(weights)
        point = size * others / (others - differences)
        clipped = point.clip(0.0, size)
        falls = np.where((others < 0) & (differences > 0), np.minimum(clipped, weights), np.nan)
        rises = np.where((differences < 0) & (others > 0), np.maximum(clipped, weights), np.nan)
    return falls, rises


@attrs.frozen(eq=False)
class Quotients:
    """Units whose scores are ``u·attained / u·applies`` under weights u.

    Parameters
    ----------
    attained, applies : array, shape (units, nodes)
    """

    attained: Float
    applies: Float


def turns_of_quotients(weights: Float, first: Quotients, second: Quotients) -> tuple[Float, Float]:
    """Return the same as :func:`turns` for pairs of quotients, of which the first is ahead.

    Only proportions count, so one weight moves and the others stay: the lead times both divisors is
    a parabola in it, of which the zeros next to the present weight are returned.

    Parameters
    ----------
    weights : array, shape (nodes,)
    first, second : Quotients
        The units of the pairs.

    Returns
    -------
    falls, rises : array, shape (pairs, nodes)
        NaN if the pair keeps its lead however far the weight moves.

    Examples
    --------
    >>> first = Quotients(np.array([[0.9, 0.1]]), np.ones((1, 2)))
    >>> second = Quotients(np.array([[0.4, 0.0]]), np.array([[1.0, 0.0]]))
    >>> falls, rises = turns_of_quotients(np.array([0.5, 0.5]), first, second)
    >>> falls.round(4), rises.round(4)
    (array([[0.375,   nan]]), array([[  nan, 0.625]]))
    """
    others, size = _of_others(weights), weights.sum()
    a, b, c, d = (
        _of_others(weights * table)
        for table in (first.attained, first.applies, second.attained, second.applies)
    )
    level = _sum(a * d, -c * b)
    slope = _sum(first.attained * d, a * second.applies, -second.attained * b, -c * first.applies)
    bend = _sum(first.attained * second.applies, -second.attained * first.applies)
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(slope * slope - 4.0 * bend * level)
        half = -(slope + np.copysign(root, slope)) / 2.0
        zeros = np.stack([half / bend, level / half])
        falls = np.where((zeros > 0) & (zeros < weights), zeros, 0.0).max(axis=0)
        rises = np.where(zeros > weights, zeros, np.inf).min(axis=0)
        # Scaled to the sum of the weights.
        falls, rises = (size / (1.0 + others / zero) for zero in (falls, rises))
    falls = np.where(falls > _END * size, falls, np.nan)
    return falls, np.where(rises < size * (1.0 - _END), rises, np.nan)


def _sum(*terms: Float) -> Float:
    """Return a sum, set to 0 where it is 0 up to rounding errors."""
    sums = np.sum(terms, axis=0)
    sums[np.abs(sums) <= _NOTHING * np.abs(terms).sum(axis=0)] = 0.0
    return np.asarray(sums)


def _of_others(numbers: Float) -> Float:
    """Return sums along the last axis without each number, exact even if it is most of the sum."""
    before, after = np.zeros_like(numbers), np.zeros_like(numbers)
    np.cumsum(numbers[..., :-1], axis=-1, out=before[..., 1:])
    np.cumsum(numbers[..., :0:-1], axis=-1, out=after[..., -2::-1])
    return before + after


def nearest_single(weights: Float, falls: Float, rises: Float) -> tuple[Index, Float]:
    """Return the single weight with the smallest change that ends each lead, and its new value.

    Parameters
    ----------
    weights : array, shape (nodes,)
    falls, rises : array, shape (pairs, nodes)
        From :func:`turns`.

    Returns
    -------
    index : array of int, shape (pairs,)
    to : array, shape (pairs,)
        NaN if no single weight ends the lead.
    """
    down = np.nan_to_num(weights - falls, nan=np.inf)
    up = np.nan_to_num(rises - weights, nan=np.inf)
    index = np.minimum(down, up).argmin(axis=1)
    rows = np.arange(len(index))
    to = np.where(down <= up, falls, rises)
    return index, to[rows, index]

"""Pairwise comparisons of units on several weighted orders, by blocks in bounded memory.

A pair is compared on the orders that both have, each with the smaller of the two weights. Integers
(equal keys tie) and a snapped sum of weights decide the winner, so neither the order of the units
nor that of the sums does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.kernels.keys import snapped

__all__ = [
    "SNAP",
    "Orders",
    "beaten",
    "comparisons",
    "matrix",
    "sheet_of",
    "tally",
    "tiers",
    "told_apart",
]

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Ranks = npt.NDArray[np.signedinteger]
Whole = npt.NDArray[np.int64]

_CELLS = 2**17
SNAP = 1e-10


@attrs.frozen(eq=False)
class Orders:
    """Orders of units with their weights.

    Parameters
    ----------
    ranks : tuple of integer array, shape (draws or 1, units)
        Larger is better; equal ranks tie.
    weights : tuple of array, shape (draws or 1, units or 1)
        A unit has an order if its weight is above 0. The last axis is 1 in all, or units in all.
    """

    ranks: tuple[Ranks, ...]
    weights: tuple[Float, ...]

    @property
    def units(self) -> int:
        """How many units there are."""
        return int(self.ranks[0].shape[-1])

    @property
    def draws(self) -> int:
        """How many draws there are."""
        return max(len(array) for array in (*self.ranks, *self.weights))

    @property
    def is_even(self) -> bool:
        """Whether every unit has the same weights."""
        return bool(self.weights[0].shape[-1] == 1)

    def take(self, members: Whole | slice) -> Orders:
        """Return the orders of some units."""
        ranks = tuple(rank[:, members] for rank in self.ranks)
        if self.is_even:
            return Orders(ranks, self.weights)
        return Orders(ranks, tuple(weight[:, members] for weight in self.weights))

    def draw(self, draws: slice) -> Orders:
        """Return the orders of some draws; an array with a single draw stays."""
        ranks = (rank if len(rank) == 1 else rank[draws] for rank in self.ranks)
        weights = (weight if len(weight) == 1 else weight[draws] for weight in self.weights)
        return Orders(tuple(ranks), tuple(weights))

    @property
    def present(self) -> Bool:
        """Which units have at least one order, shape (draws or 1, units)."""
        some: Bool = np.logical_or.reduce(
            np.broadcast_arrays(*(weight > 0 for weight in self.weights))
        )
        return np.broadcast_to(some, (len(some), self.units))


def told_apart(
    shares: Sequence[Float], codes: Sequence[str] = (), one_sign: Collection[str] = ()
) -> list[Float]:
    """Return keys in the order of shares, equal where shares tie.

    Parameters
    ----------
    shares : sequence of array
    codes : sequence of str
        The nodes of the shares, if known.
    one_sign : collection of str
        Nodes in whose shares nothing cancels: small shares keep eleven significant digits.

    Examples
    --------
    >>> small = np.array([1e-20, 2e-20])
    >>> [np.ptp(keys) > 0 for keys in told_apart([small, small], ("a", "b"), {"b"})]
    [np.False_, np.True_]
    """
    named = codes if len(codes) == len(shares) else ("",) * len(shares)
    pairs = zip(shares, named, strict=True)
    return [snapped(share, 1.0, one_sign=code in one_sign) for share, code in pairs]


def sheet_of(keys: Sequence[Float], weights: Sequence[Float]) -> Orders:
    """Return weighted orders from keys, of which equal ones tie.

    Weights that differ between units are divided by their sum for each unit: only the proportions
    of a unit's weights count.

    Parameters
    ----------
    keys : sequence of array, shape (draws or 1, units)
        From :func:`told_apart`.
    weights : sequence of array, shape (draws or 1, units or 1)
    """
    count = keys[0].shape[-1]
    ranks = tuple(map(_ranks, keys))
    plain = [np.atleast_2d(weight) for weight in weights]
    if all((weight == weight[:, :1]).all() for weight in plain):
        return Orders(ranks, tuple(weight[:, :1] for weight in plain))
    whole = sum(plain[1:], start=plain[0])
    whole = np.where(whole > 0, whole, 1.0)
    each = (weight / whole for weight in plain)
    return Orders(ranks, tuple(np.broadcast_to(w, (len(w), count)) for w in each))


def _ranks(keys: Float) -> Ranks:
    order = np.argsort(keys, axis=-1)
    ordered = np.take_along_axis(keys, order, axis=-1)
    steps = np.cumsum(ordered[:, 1:] != ordered[:, :-1], axis=-1)
    # Small integers compare several times as fast as doubles.
    ranks = np.zeros(keys.shape, dtype=np.int16 if keys.shape[-1] < 2**15 else np.int32)
    np.put_along_axis(ranks, order[:, 1:], steps.astype(ranks.dtype), axis=-1)
    return ranks


def comparisons(rows: Orders, columns: Orders) -> Iterator[tuple[slice, slice, Float, Float]]:
    """Compare every unit of one set of orders with every unit of another, in blocks.

    Yields
    ------
    draws, units : slice
        The rows of the block.
    margin, common : array, shape (draws, units, columns)
        The weight of the orders won minus that of the orders lost, and the weight of the orders
        that both have, which may have axes of length 1.
    """
    width = max(columns.units, 1)
    height = min(max(_CELLS // width, 1), max(rows.units, 1))
    depth = max(_CELLS // (width * height), 1)
    for first in range(0, rows.draws, depth):
        draws = slice(first, first + depth)
        some, others = rows.draw(draws), columns.draw(draws)
        for start in range(0, rows.units, height):
            units = slice(start, start + height)
            margin, common = _margins(some.take(units), others)
            yield draws, units, margin, common


def _margins(rows: Orders, columns: Orders) -> tuple[Float, Float]:
    if rows.is_even and all(len(weight) == 1 for weight in rows.weights):
        return _counted_margins(rows, columns)
    margin = common = np.zeros((1, 1, 1))
    pairs = zip(rows.ranks, columns.ranks, rows.weights, columns.weights, strict=True)
    for mine, theirs, weight, other in pairs:
        both = np.minimum(weight[:, :, None], other[:, None, :])
        margin = margin + both * _signs(mine, theirs)
        common = common + both
    return margin, common


def _counted_margins(rows: Orders, columns: Orders) -> tuple[Float, Float]:
    # Orders of the same weight are counted before they are weighted: bytes instead of doubles.
    weights = np.array([weight.item() for weight in rows.weights])
    margin = np.zeros((1, 1, 1))
    for value in np.unique(weights[weights > 0]):
        alike = np.flatnonzero(weights == value)
        kind = np.int8 if len(alike) < 2**7 else np.int32
        count: Any = _signs(rows.ranks[alike[0]], columns.ranks[alike[0]]).astype(kind, copy=False)
        for index in alike[1:]:
            count = count + _signs(rows.ranks[index], columns.ranks[index])
        margin = margin + value * count
    return margin, np.full((1, 1, 1), np.sort(weights).sum())


def _signs(mine: Ranks, theirs: Ranks) -> npt.NDArray[np.int8]:
    row, column = mine[:, :, None], theirs[:, None, :]
    return (row > column).view(np.int8) - (row < column).view(np.int8)


def tally(sheet: Orders, reference: Bool) -> tuple[Float, Float, Float]:
    """Return how many units of the reference each unit beats, loses to, and compares with.

    Parameters
    ----------
    sheet : Orders
    reference : array of bool, shape (units,)
        The opponents.

    Returns
    -------
    won, lost, opponents : array, shape (draws, units)
        Opponents are the units of the reference with an order in common with the unit.

    Examples
    --------
    >>> shares = [np.array([[0.9, 0.5, 0.1]]), np.array([[0.2, 0.8, 0.1]])]
    >>> sheet = sheet_of(shares, [np.ones((1, 1)), np.ones((1, 1))])
    >>> won, lost, opponents = tally(sheet, np.array([True, True, True]))
    >>> won.tolist(), lost.tolist(), opponents.tolist()
    ([[1.0, 1.0, 0.0]], [[0.0, 0.0, 2.0]], [[2.0, 2.0, 2.0]])
    """
    members = np.flatnonzero(reference)
    won, lost, opponents = np.zeros((3, sheet.draws, sheet.units))
    for draws, units, margin, common in comparisons(sheet, sheet.take(members)):
        least = SNAP * common
        won[draws, units] = np.count_nonzero(margin > least, axis=-1)
        lost[draws, units] = np.count_nonzero(margin < -least, axis=-1)
        both = np.broadcast_to(common > 0, (*common.shape[:-1], len(members)))
        opponents[draws, units] = np.count_nonzero(both, axis=-1)
    return won, lost, opponents - (reference & sheet.present)  # a unit is not its own opponent


def matrix(rows: Orders, columns: Orders) -> Float:
    """Return the part of the common weight on which a row wins, with half of the ties.

    Shape (draws, rows, columns); NaN for a pair without a common order.
    """
    shares = np.empty((rows.draws, rows.units, columns.units))
    for draws, units, margin, common in comparisons(rows, columns):
        with np.errstate(invalid="ignore", divide="ignore"):
            part = (1.0 + margin / common) / 2.0
        shares[draws, units] = np.where(common > 0, part, np.nan)
    return shares


def tiers(points: Float) -> tuple[Float, Float]:
    """Put units that beat each other in a cycle level, and order the rest by who beats whom.

    Sorted by points, the first units win every comparison with the rest exactly if their points
    are those of all comparisons that they take part in.

    Parameters
    ----------
    points : array, shape (draws, units)
        Wins and half the ties against all others; a pair that cannot be compared is a tie.

    Returns
    -------
    above, level : array, shape (draws, units)
        How many units are ahead of each unit, and how many level with it, itself included.

    References
    ----------
    H. G. Landau, "On dominance relations and the structure of animal societies: III. The condition
    for a score structure", Bulletin of Mathematical Biophysics 15 (1953).

    Examples
    --------
    >>> above, level = tiers(np.array([[3.0, 1.0, 1.0, 1.0]]))
    >>> above.tolist(), level.tolist()
    ([[0.0, 1.0, 1.0, 1.0]], [[1.0, 3.0, 3.0, 3.0]])
    """
    count = points.shape[-1]
    order = np.argsort(-points, axis=-1, kind="stable")
    won = np.cumsum(np.take_along_axis(points, order, axis=-1), axis=-1)
    size = np.arange(1, count + 1)
    closed = won >= size * (size - 1) / 2.0 + size * (count - size)
    starts = np.ones(points.shape, dtype=bool)
    starts[:, 1:] = closed[:, :-1]
    first, last = _groups(starts)
    above = np.empty(points.shape)
    level = np.empty(points.shape)
    np.put_along_axis(above, order, first.astype(np.float64), axis=-1)
    np.put_along_axis(level, order, last - first + 1.0, axis=-1)
    return above, level


def _groups(starts: Bool) -> tuple[Whole, Whole]:
    """Return the first and the last index of the group of each index."""
    index = np.arange(starts.shape[-1])
    ends = np.ones(starts.shape, dtype=bool)
    ends[:, :-1] = starts[:, 1:]
    first = np.maximum.accumulate(np.where(starts, index, 0), axis=-1)
    last = np.where(ends, index, index.size)[:, ::-1]
    return first, np.minimum.accumulate(last, axis=-1)[:, ::-1]


def beaten(rank: Ranks, has: Bool, reference: Bool) -> tuple[Float, Float]:
    """Return the points of each unit on one order against the reference; a tie gives half a point.

    Parameters
    ----------
    rank : integer array, shape (draws, units)
        Larger is better.
    has : array of bool, shape (draws or 1, units)
        The units that have the order.
    reference : array of bool, shape (units,)

    Returns
    -------
    points, opponents : array, shape (draws, units)
    """
    counted = np.broadcast_to(has & reference, rank.shape)
    order = np.argsort(rank, axis=-1, kind="stable")
    ranked = np.take_along_axis(rank, order, axis=-1)
    so_far = np.cumsum(np.take_along_axis(counted, order, axis=-1), axis=-1)
    starts = np.ones(rank.shape, dtype=bool)
    starts[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    first, last = _groups(starts)
    before = np.pad(so_far, ((0, 0), (1, 0)))
    below = np.take_along_axis(before, first, axis=-1)
    up_to = np.take_along_axis(so_far, last, axis=-1)
    total = np.empty(rank.shape)
    np.put_along_axis(total, order, (below + up_to) / 2.0, axis=-1)
    return total - counted / 2.0, so_far[:, -1:] - counted.astype(np.float64)

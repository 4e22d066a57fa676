"""The order that contradicts the children least: Kemeny–Young."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Literal

import attrs
import numpy as np

from govindex.aggregate.common import one_of
from govindex.aggregate.populations import (
    Comparing,
    rank_shares,
    share_or_error,
    whole_over,
)
from govindex.contracts import Bool, Float, Index, Over
from govindex.errors import CellError, GovIndexError, SettingError
from govindex.kernels.pairs import SNAP, Orders, matrix, sheet_of, tiers

__all__ = ["Kemeny"]

_ACCURACY = 1e-6  # of a pair, in an integer programme


def _size(_: object, attribute: attrs.Attribute[int], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise SettingError(f"{attribute.name} is a whole number of at least 1, not {value!r}")


@attrs.frozen
class Kemeny(Comparing):
    """Rank in the order that contradicts the children least (Kemeny–Young).

    An order costs, for every pair, the part of the pair's common weight on which the unit behind is
    better; a child in which the two tie, and a pair without common children, cost 0. A unit gets
    ``(below + ½·level) / (units − 1)``.

    Units that win against all others (see :class:`Copeland`) rank before them in every best order,
    so only rings of units are searched: exactly, as an integer programme, up to `exact` units.
    Several orders can be best. Units that two of them order differently tie; if that leaves no
    order with ties, `ambiguous` decides.

    Parameters
    ----------
    exact : int
        The largest ring that is searched exactly, units with equal data counting once.
    beyond : {"error", "insertion"}
        What becomes of a larger ring: refused, or ordered by Copeland's count and improved by
        moving single units while that helps, which need not find a best order.
    ambiguous : {"error", "middle"}
        What becomes of units whose best orders differ so much that no order with ties says what all
        of them agree on: refused with their names, or ordered by how many rank behind them in every
        best order less how many rank before them in every one.
    over : {"all", "league", "period", "league_period"}
        Which units are ordered together.
    alone : "error" or float
        The share of a unit without any opponent.

    Raises
    ------
    CellError
        Naming the units of a ring that is too large or ambiguous.

    Notes
    -----
    Orders whose costs differ by less than 10⁻⁶ of a pair count as equally good.

    References
    ----------
    H. P. Young and A. Levenglick, "A consistent extension of Condorcet's election principle", SIAM
    Journal on Applied Mathematics 35 (1978).

    Examples
    --------
    Three children and a ring; the first has the largest weight:

    >>> shares = [np.array([3.0, 2, 1]), np.array([1.0, 3, 2]), np.array([2.0, 1, 3])]
    >>> Kemeny()(shares, [np.array([w]) for w in (40.0, 35.0, 25.0)])
    array([1. , 0.5, 0. ])
    """

    exact: int = attrs.field(default=40, validator=_size, kw_only=True)
    beyond: Literal["error", "insertion"] = attrs.field(
        default="error", validator=one_of("error", "insertion"), kw_only=True
    )
    ambiguous: Literal["error", "middle"] = attrs.field(
        default="error", validator=one_of("error", "middle"), kw_only=True
    )
    over: Over = attrs.field(default="all", validator=whole_over, kw_only=True)
    alone: float | Literal["error"] = attrs.field(
        default=0.5, validator=share_or_error, kw_only=True
    )

    def _combine(self, shares: list[Float], weights: list[Float], reference: Bool) -> Float:
        """Return ranks as shares, NaN where no child counts."""
        sheet = sheet_of(shares, weights)
        return np.vstack([self._draw(sheet.draw(slice(d, d + 1))) for d in range(sheet.draws)])

    def _draw(self, sheet: Orders) -> Float:
        present = np.flatnonzero(sheet.present[0])
        above, level, opponents = np.zeros((3, 1, sheet.units))
        if present.size:
            kinds, kind_of, count = _kinds(sheet.take(present))
            shares = matrix(kinds, kinds)[0]
            before, alike, objection, ring = self._ordered(_net(shares), count)
            if objection:
                wrong = np.zeros((1, sheet.units), dtype=bool)
                wrong[0, present] = ring[kind_of]
                raise CellError(objection, wrong)
            above[0, present], level[0, present] = before[kind_of], alike[kind_of]
            opponents[0, present] = (~np.isnan(shares) @ count)[kind_of] - 1.0
        return rank_shares(sheet, above, level, opponents, self.alone)

    def _ordered(self, net: Float, count: Float) -> tuple[Float, Float, str, Bool]:
        """Return how many rank before and level with each kind, or an objection and its kinds."""
        above, level = np.zeros((2, len(net)))
        won = (net > 0).sum(axis=1) + ((net == 0).sum(axis=1) - 1) / 2.0
        first = tiers(won[None])[0][0]
        for start in np.unique(first):
            ring = first == start
            ahead, objection = self._agreed(net[np.ix_(ring, ring)], count[ring])
            if objection:
                return above, level, objection, ring
            before, behind = count[ring] @ ahead, ahead @ count[ring]
            above[ring] = before + count[first < start].sum()
            level[ring] = count[ring].sum() - before - behind
        return above, level, "", np.zeros(len(net), dtype=bool)

    def _agreed(self, net: Float, count: Float) -> tuple[Bool, str]:
        """Return which rank before which in every best order of a ring, or an objection."""
        if not net.any():
            return net > 0, ""
        stakes = net * np.outer(count, count)
        if len(net) > self.exact:
            if self.beyond == "error":
                return net > 0, (
                    f"is in a ring of {len(net)} units, and Kemeny(exact={self.exact}) searches no "
                    "larger ones: raise exact, or settle for beyond='insertion'"
                )
            return _before(_inserted(stakes)), ""
        ahead = _in_every_best_order(stakes)
        rise = ahead @ count - count @ ahead
        if self.ambiguous == "error" and (ahead != (rise[:, None] > rise)).any():
            return ahead, (
                "has no rank: several orders are best, and no order with ties says what they "
                "agree on (Kemeny(ambiguous='middle') ranks it between)"
            )
        return ahead, ""


def _kinds(sheet: Orders) -> tuple[Orders, Index, Float]:
    """Return the sheet of distinct units, the row of each unit in it, and their counts."""
    parts = (*sheet.ranks, *(() if sheet.is_even else sheet.weights))
    table = np.vstack([np.broadcast_to(part, (1, sheet.units)) for part in parts])
    _, chosen, kind_of, count = np.unique(
        table.T, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    return sheet.take(chosen), kind_of.reshape(-1), count.astype(np.float64)


def _net(shares: Float) -> Float:
    net = 2.0 * np.where(np.isnan(shares), 0.5, shares) - 1.0
    return np.where(np.abs(net) > SNAP, net, 0.0)


def _before(order: Index) -> Bool:
    """Return which units rank before which in an order, shape (units, units)."""
    index = np.argsort(order)
    return np.asarray(index[:, None] < index)


def _in_every_best_order(stakes: Float) -> Bool:
    """Return which units rank before which in every order of the least cost.

    Parameters
    ----------
    stakes : array, shape (units, units)
        The gain if the row ranks before the column; antisymmetric.
    """
    programme = _OrderProgramme(len(stakes))
    gains = stakes[programme.pairs]
    best = programme.solve(-gains)
    agreed = np.ones(len(best), dtype=bool)
    while True:
        # Another best order that breaks as many of the agreed pairs as possible.
        turned = np.where(agreed, np.where(best, 1.0, -1.0), 0.0)
        other = programme.solve(turned, gains, float(gains @ best) - _ACCURACY)
        broken = agreed & (other != best)
        if not broken.any():
            break
        agreed &= ~broken
    ahead = np.zeros(stakes.shape, dtype=bool)
    ahead[programme.pairs] = agreed & best
    ahead.T[programme.pairs] = agreed & ~best
    return ahead


class _OrderProgramme:
    """Orders as 0/1 variables, one per pair (1: the first ranks before the second)."""

    def __init__(self, count: int) -> None:
        from scipy import sparse

        self.pairs = np.triu_indices(count, 1)
        index = np.zeros((count, count), dtype=np.intp)
        index[self.pairs] = np.arange(len(self.pairs[0]))
        a, b, c = np.array(list(combinations(range(count), 3)), dtype=np.intp).reshape(-1, 3).T
        columns = np.column_stack([index[a, b], index[b, c], index[a, c]]).ravel()
        rows = np.repeat(np.arange(len(a)), 3)
        signs = np.tile([1.0, 1.0, -1.0], len(a))
        shape = (len(a), len(self.pairs[0]))
        # No three units form a ring: 0 ≤ ab + bc − ac ≤ 1.
        self.rings = sparse.csr_matrix((signs, (rows, columns)), shape=shape)

    def solve(self, cost: Float, gains: Float | None = None, least: float = 0.0) -> Bool:
        """Return the cheapest order among those that gain at least `least`."""
        from scipy import optimize

        constraints = [optimize.LinearConstraint(self.rings, 0.0, 1.0)]
        if gains is not None:
            constraints.append(optimize.LinearConstraint(gains[None], least, np.inf))
        solution = optimize.milp(
            cost,
            integrality=np.ones(len(cost)),
            bounds=optimize.Bounds(0.0, 1.0),
            constraints=constraints,
            options={"mip_rel_gap": 0.0},
        )
        if solution.x is None:
            raise GovIndexError(
                f"the integer programme of Kemeny was not solved: {solution.message}"
            )
        return np.asarray(solution.x > 0.5)


def _inserted(stakes: Float) -> Index:
    """Return an order that no move of a single unit improves."""
    order = np.lexsort((-stakes.sum(axis=1), -np.sign(stakes).sum(axis=1)))
    while True:
        gain = stakes[np.ix_(order, order)]
        # The gain of moving the row's unit before the column's, or behind all.
        ahead = np.pad(np.cumsum(gain[:, ::-1], axis=1)[:, ::-1], ((0, 0), (0, 1)))
        gained = ahead - np.diagonal(ahead)[:, None]
        source, target = np.unravel_index(np.argmax(gained), gained.shape)
        if not gained[source, target] > _ACCURACY:
            return np.asarray(order)
        moved = order[source]
        rest = np.delete(order, source)
        order = np.insert(rest, target - (target > source), moved)

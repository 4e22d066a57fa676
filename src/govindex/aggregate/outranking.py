"""Aggregators that count which units beat which: Copeland, Borda and Condorcet."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.aggregate.common import one_of
from govindex.aggregate.populations import (
    Comparing,
    per_opponent,
    rank_shares,
    share_or_error,
    valid_over,
    whole_over,
)
from govindex.contracts import Bool, Float, Over
from govindex.errors import CellError
from govindex.kernels.pairs import beaten, sheet_of, tally, tiers

__all__ = ["Borda", "Condorcet", "Copeland"]


@attrs.frozen
class Copeland(Comparing):
    """Part of the peers that a unit outranks: ``(won + ½·tied) / opponents``.

    A unit outranks another if it is better in children of more weight than those in which it is
    worse. A pair is compared on the children that both have, each with the smaller of its two
    weights; a pair without common children is left out of both units' opponents. The count of wins
    less losses that is usual for Copeland is ``(2·share − 1)·opponents``.

    Parameters
    ----------
    over : {"all", "league", "ranked", "period", "league_period"}
        Which units count as opponents.
    alone : "error" or float
        The share of a unit without any opponent.

    Raises
    ------
    CellError
        If `alone` is ``"error"`` and a unit has no opponent.

    References
    ----------
    G. Munda and M. Nardo, "Noncompensatory/nonlinear composite indicators for ranking countries: a
    defensible setting", Applied Economics 41 (2009).

    Examples
    --------
    >>> speed, reach = np.array([0.9, 0.5, 0.1]), np.array([0.2, 0.8, 0.1])
    >>> Copeland()([speed, reach], [np.array([1.0]), np.array([2.0])])
    array([0.5, 1. , 0. ])
    """

    monotone: ClassVar[bool] = True
    over: Over = attrs.field(default="all", validator=valid_over, kw_only=True)
    alone: float | Literal["error"] = attrs.field(
        default=0.5, validator=share_or_error, kw_only=True
    )

    def _combine(self, shares: list[Float], weights: list[Float], reference: Bool) -> Float:
        """Return the part outranked, NaN where no child counts."""
        sheet = sheet_of(shares, weights)
        won, lost, opponents = tally(sheet, reference)
        return per_opponent(sheet, (won - lost + opponents) / 2.0, opponents, self.alone)


@attrs.frozen
class Borda(Comparing):
    """Mean over the children of the part of the peers that a unit beats there.

    ``Σ w·(won + ½·tied) / opponents / Σ w`` over the children that a unit has; opponents are the
    units that have the child too. The usual points of Borda (n − 1 for the first) are this
    share times n − 1.

    Parameters
    ----------
    over, alone
        As in :class:`Copeland`.

    Examples
    --------
    >>> speed, reach = np.array([0.9, 0.5, 0.1]), np.array([0.2, 0.8, 0.1])
    >>> Borda()([speed, reach], [np.array([1.0]), np.array([3.0])])
    array([0.625, 0.875, 0.   ])
    """

    monotone: ClassVar[bool] = True
    over: Over = attrs.field(default="all", validator=valid_over, kw_only=True)
    alone: float | Literal["error"] = attrs.field(
        default=0.5, validator=share_or_error, kw_only=True
    )

    def _combine(self, shares: list[Float], weights: list[Float], reference: Bool) -> Float:
        """Return the mean of the parts beaten, NaN where no child counts."""
        sheet = sheet_of(shares, weights)
        won = counted = np.zeros((1, 1))
        for rank, weight in zip(sheet.ranks, sheet.weights, strict=True):
            has = np.broadcast_to(weight > 0, (len(weight), sheet.units))
            shape = np.broadcast_shapes(rank.shape, has.shape)
            points, opponents = beaten(np.broadcast_to(rank, shape), has, reference)
            weight_used = np.where(opponents > 0, weight, 0.0)
            won = won + weight_used * points / np.where(opponents > 0, opponents, 1.0)
            counted = counted + weight_used
        return per_opponent(sheet, won, counted, self.alone)


@attrs.frozen
class Condorcet(Comparing):
    """Rank by majority: a unit ranks before those that it outranks.

    Which unit outranks which is decided as for :class:`Copeland`. If the comparisons make an order
    (ties allowed), a unit gets ``(below + ½·level) / (units − 1)``.

    Parameters
    ----------
    rings : {"error", "tie"}
        Whether units that outrank each other in a ring, or tie with units that do not tie, are
        refused with their names or tie. All units of a ring have the same units before and behind
        them, so that ties always leave an order.
    over : {"all", "league", "period", "league_period"}
        Which units are ordered together.
    alone
        As in :class:`Copeland`.

    Raises
    ------
    CellError
        If `rings` is ``"error"`` and the comparisons make no order, or `alone` is ``"error"`` and
        a unit has no opponent.

    Examples
    --------
    >>> speed, reach = np.array([0.9, 0.5, 0.1]), np.array([0.2, 0.8, 0.1])
    >>> Condorcet()([speed, reach], [np.array([1.0]), np.array([2.0])])
    array([0.5, 1. , 0. ])
    """

    monotone: ClassVar[bool] = True
    rings: Literal["error", "tie"] = attrs.field(
        default="error", validator=one_of("error", "tie"), kw_only=True
    )
    over: Over = attrs.field(default="all", validator=whole_over, kw_only=True)
    alone: float | Literal["error"] = attrs.field(
        default=0.5, validator=share_or_error, kw_only=True
    )

    def _combine(self, shares: list[Float], weights: list[Float], reference: Bool) -> Float:
        """Return ranks as shares, NaN where no child counts."""
        sheet = sheet_of(shares, weights)
        won, lost, opponents = tally(sheet, reference)
        present = np.broadcast_to(sheet.present, won.shape)
        count = present.sum(axis=-1, keepdims=True)
        absent = won.shape[-1] - count
        # Units without any child lose to all others, so that they change no tier.
        tied = (count - 1.0) - won - lost
        points = np.where(present, won + tied / 2.0 + absent, (absent - 1.0) / 2.0)
        above, level = tiers(points)
        ring = present & (won + lost > count - level)
        if self.rings == "error" and ring.any():
            raise CellError(
                "outranks others in a ring, or ties with units that do not tie: there is no "
                "Condorcet order (Condorcet(rings='tie') levels them)",
                ring,
            )
        return rank_shares(sheet, above, level, opponents, self.alone)

"""What rules and aggregators may know besides values, shares and weights."""

from __future__ import annotations

from typing import Literal

import attrs

from govindex.contracts.arrays import Float
from govindex.contracts.populations import Everyone, Peers

__all__ = ["BranchScope", "Direction", "Scope"]

Direction = Literal["higher", "lower"]


@attrs.frozen
class Scope:
    """What a rule may know besides the values.

    Parameters
    ----------
    maximum : float or array
        The node's maximum in points, broadcast against the values: the framework's own, also if
        weights are drawn, which change the weight of a share but not the share.
    direction : {"higher", "lower"}
        Which values are better.
    levels : tuple of str
        The texts of a text variable; its values are their numbers.
    peers : Peers or None
        The assessed units; None means one group of all.
    computed : bool
        The values are shares that were computed, a branch's or those of an earlier rule: they are
        compared within the snap. Measured values are compared exactly.
    one_sign : bool
        Nothing cancels in what was measured or computed: small computed values are compared by
        their own digits.
    """

    maximum: Float | float = 1.0
    direction: Direction = "higher"
    levels: tuple[str, ...] = ()
    peers: Peers | None = None
    computed: bool = False
    one_sign: bool = False

    def peers_of(self, values: Float) -> Peers:
        """Return the peers, or one group of all units of `values`."""
        return Everyone(values.shape[-1]) if self.peers is None else self.peers


@attrs.frozen
class BranchScope:
    """What an aggregator may know besides shares and weights, if it is `scoped`.

    Parameters
    ----------
    codes : tuple of str
        The children's codes, in the order of their shares.
    peers : Peers or None
        The assessed units; None means one group of all.
    one_sign : frozenset of str
        The children in whose shares nothing cancels: small ones are compared by their own digits.
    """

    codes: tuple[str, ...] = ()
    peers: Peers | None = None
    one_sign: frozenset[str] = frozenset()

    def peers_of(self, shares: Float) -> Peers:
        """Return the peers, or one group of all units of `shares`."""
        return Everyone(shares.shape[-1]) if self.peers is None else self.peers

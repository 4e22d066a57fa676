"""Means that are straight on a scale of their own: there a change of weights is a change of sums.

A geometric mean is an arithmetic one of logarithms, a power mean one of powers. Since each of these
scales rises, units stand in the same order on it.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np

from govindex.aggregate import Dual, Geometric, Harmonic, PowerMean
from govindex.contracts import Aggregator, Float

__all__ = ["Straight", "straight"]


@attrs.frozen
class Straight:
    """The scale on which a mean is a weighted sum.

    Parameters
    ----------
    name : tuple
        What tells scales apart.
    above : float
        Shares exist on the scale if they lie above this.
    there, back : callable
        From shares to the scale, and from it.
    """

    name: tuple[str, float]
    above: float = attrs.field(default=-np.inf, eq=False)
    there: Callable[[Float], Float] = attrs.field(default=lambda shares: shares, eq=False)
    back: Callable[[Float], Float] = attrs.field(default=lambda worth: worth, eq=False)


def straight(aggregate: Aggregator) -> Straight | None:
    """Return the scale on which an aggregator is a weighted sum, None if there is none.

    Examples
    --------
    >>> from govindex import aggregate
    >>> straight(aggregate.Geometric()).there(np.array([1.0])), straight(aggregate.Minimum())
    (array([0.]), None)
    """
    if aggregate.peer_dependent:
        return None
    if aggregate.linear:
        return Straight(("power", 1.0))
    if isinstance(aggregate, Geometric):
        return _logarithms(aggregate.offset)
    if isinstance(aggregate, Harmonic):
        return _powers(-1.0)
    if isinstance(aggregate, PowerMean):
        return _powers(aggregate.p)
    own = straight(aggregate.of) if isinstance(aggregate, Dual) else None
    return None if own is None else _turned(own)


def _logarithms(offset: float) -> Straight:
    def back(worth: Float) -> Float:
        return np.asarray(np.exp(worth) - offset)

    return Straight(("log", offset), -offset, lambda shares: np.log(shares + offset), back)


def _powers(p: float) -> Straight:
    sign = np.sign(p)

    def back(worth: Float) -> Float:
        return np.asarray(np.maximum(sign * worth, 0.0) ** (1.0 / p))

    least = 0.0 if p < 0 else float(np.nextafter(0.0, -1.0))
    return Straight(("power", p), least, lambda shares: np.asarray(sign * shares**p), back)


def _turned(own: Straight) -> Straight:
    name, amount = own.name
    # What lies above on the one scale would have to lie below on the other: units are asked alone.
    return Straight(
        (f"dual {name}", amount),
        -np.inf,
        lambda shares: np.asarray(-own.there(1.0 - shares)),
        lambda worth: np.asarray(1.0 - own.back(-worth)),
    )

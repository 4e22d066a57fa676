"""What roundings promise."""

from __future__ import annotations

from typing import Protocol

from govindex.contracts.arrays import Float

__all__ = ["BaseRounder", "Rounder"]


class Rounder(Protocol):
    """Printed number → rounded number.

    What a rounding of a node or tier may say besides has its default in :class:`BaseRounder`.
    """

    @property
    def decimals(self) -> int: ...

    def __call__(self, values: Float) -> Float: ...


class BaseRounder:
    """What holds of a rounding that does not speak of it."""

    __slots__ = ()

    @property
    def printed_only(self) -> bool:
        """It rounds what is aggregated, ranked and classed too, not only what is printed."""
        return False

    @property
    def corrects_mean(self) -> bool:
        """It does not round the last bits, for which the node's mean is corrected once before."""
        return False

"""Relative rules of proportion: shares of the largest value, of the sum, of the length.

Twice the value is twice the share, so values need a true zero.
"""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import Curve, Float, Rule, Scope
from govindex.kernels.reductions import sum_over_units
from govindex.rules.common import INFINITE, refuse
from govindex.rules.lines import Affine, Inverse, Proportional
from govindex.rules.peers import Group, PeerRule, shared_last

__all__ = ["FractionOfMax", "SumShare", "Vector"]


class _Proportion(PeerRule):
    """The base of rules of proportion."""

    @property
    def ignores_measure_unit(self) -> bool:
        """A shift of all values changes proportions."""
        return False


class _PositiveProportion(_Proportion):
    """The base of rules of proportion that refuse negative values, and 0 if less is better."""

    @property
    def one_sign(self) -> bool:
        """Values are only multiplied and divided."""
        return True

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0 to 1, unless units outside the population may exceed it."""
        return self._bounds_with(0.0, np.inf if self.over == "ranked" else 1.0)

    def curve(self, maximum: float) -> Curve:
        """Return only the range of values that are scored in both directions: above 0."""
        return Curve(low=0.0, above_low=True, takes_all=False)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the shares."""
        if scope.direction == "lower":
            refuse("a proportion among peers needs values above 0 if less is better", values <= 0)
        else:
            refuse("a proportion among peers needs values of at least 0", values < 0)
        return super().__call__(values, scope)


@attrs.frozen(field_transformer=shared_last)
class FractionOfMax(_PositiveProportion):
    """A share of the best peer's value: ``x / max``; for direction ``lower`` ``min / x``.

    Parameters
    ----------
    over
        As in :class:`MinMax`. Units outside the population may exceed 1.
    degenerate : "error" or float
        The share in a population without two distinct values; 1 makes all of them the best.

    Raises
    ------
    CellError
        If a value is negative, or 0 where less is better; if a population has no two distinct
        values and `degenerate` is ``"error"``.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 5 (normalisation),
    distance to a reference.

    Examples
    --------
    >>> FractionOfMax()(np.array([10.0, 20.0, 40.0]), Scope())
    array([0.25, 0.5 , 1.  ])
    >>> FractionOfMax()(np.array([10.0, 20.0, 40.0]), Scope(direction="lower"))
    array([1.  , 0.5 , 0.25])
    """

    _noun: ClassVar[str] = "a share of the best value"

    @property
    def monotone(self) -> bool:
        """Whether equal peers, who are all the best, earn 1."""
        return self.degenerate in ("error", 1.0)

    @property
    def full_share(self) -> float:
        """The share of the best, which units outside the population may exceed."""
        return 1.0

    def _score(self, group: Group, scope: Scope) -> Float:
        lower = scope.direction == "lower"
        return group.low / group.values if lower else group.values / group.high

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        if scope.direction == "lower":
            return Inverse(group.low.item(), cap=False)
        return Proportional(group.high.item(), cap=False)


@attrs.frozen(field_transformer=shared_last)
class SumShare(_PositiveProportion):
    """A share of the sum: ``x / Σx``; for direction ``lower`` ``(1/x) / Σ(1/x)``.

    The shares of a population add up to 1.

    Parameters
    ----------
    over, degenerate
        As in :class:`MinMax`.

    Raises
    ------
    CellError
        If a value is negative, or 0 where less is better; if a population has no two distinct
        values and `degenerate` is ``"error"``.

    Examples
    --------
    >>> SumShare()(np.array([1.0, 2.0, 5.0]), Scope())
    array([0.125, 0.25 , 0.625])
    >>> SumShare()(np.array([1.0, 2.0, 4.0]), Scope(direction="lower")) * 7
    array([4., 2., 1.])
    """

    _noun: ClassVar[str] = "a share of the sum"

    @property
    def monotone(self) -> bool:
        """Whether no share is declared for equal peers: a fair one depends on their number."""
        return self.degenerate == "error"

    def _score(self, group: Group, scope: Scope) -> Float:
        # The reciprocal of a tiny value overflows, its proportion to the others does not.
        one = np.where(group.low > 2.0**-900, 1.0, group.low)
        amounts = one / group.values if scope.direction == "lower" else group.values
        return amounts / sum_over_units(amounts, group.reference)[0]

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        if scope.direction == "lower":
            total = sum_over_units(1.0 / group.values, group.reference)[0].item()
            return Inverse(1.0 / total, cap=False)
        return Proportional(sum_over_units(group.values, group.reference)[0].item(), cap=False)


@attrs.frozen(field_transformer=shared_last)
class Vector(_Proportion):
    """A share of the length of all values: ``x / √Σx²``; for direction ``lower`` 1 less it.

    Parameters
    ----------
    over, degenerate
        As in :class:`MinMax`.

    References
    ----------
    C.-L. Hwang, K. Yoon, Multiple Attribute Decision Making (1981): vector normalisation, the
    first step of TOPSIS.

    Examples
    --------
    >>> Vector()(np.array([3.0, 4.0]), Scope())
    array([0.6, 0.8])
    >>> Vector()(np.array([3.0, 4.0]), Scope(direction="lower"))
    array([0.4, 0.2])
    """

    _noun: ClassVar[str] = "a share of the length"

    @property
    def monotone(self) -> bool:
        """Whether no share is declared for equal peers: a fair one depends on their number."""
        return self.degenerate == "error"

    @property
    def bounds(self) -> tuple[float, float]:
        """The share of a single value that is not 0, in either sign and direction."""
        return INFINITE if self.over == "ranked" else self._bounds_with(-1.0, 2.0)

    def _score(self, group: Group, scope: Scope) -> Float:
        share = group.values / _length(group)
        return 1.0 - share if scope.direction == "lower" else share

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        slope = 1.0 / _length(group).item()
        if scope.direction == "lower":
            return Affine(intercept=1.0, slope=-slope)
        return Affine(slope=slope)


def _length(group: Group) -> Float:
    """Return the root of the sum of squares, scaled so that no square overflows."""
    largest = np.maximum(np.abs(group.low), np.abs(group.high))
    squares, _ = sum_over_units((group.values / largest) ** 2, group.reference)
    return np.asarray(largest * np.sqrt(squares))

"""Relative rules of proportion: shares of the largest value, of the sum, of the length.

Here 0 means nothing: twice the value is twice the share. A shift of all values changes that.
"""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import Curve, Float, Rule, Scope
from govindex.kernels.reductions import sum_over_units
from govindex.rules.common import INFINITE, refuse
from govindex.rules.lines import Affine, Inverse, Proportional
from govindex.rules.peers import Group, PeerRule, own_first

__all__ = ["FractionOfMax", "SumShare", "Vector"]


_POSITIVE = Curve(low=0.0, above_low=True, takes_all=False)


def _refuse_no_proportion(values: Float, scope: Scope) -> None:
    """Refuse values of which no share can be taken."""
    if scope.direction == "lower":
        refuse("where less is better, a proportion among peers needs values above 0", values <= 0)
    else:
        refuse("a proportion among peers needs values of at least 0", values < 0)


class _Proportion(PeerRule):
    @property
    def ignores_measure_unit(self) -> bool:
        """A shift of all values changes proportions."""
        return False


@attrs.frozen(field_transformer=own_first)
class FractionOfMax(_Proportion):
    """A share of the best peer's value: ``x / max``; for direction ``lower`` ``min / x``.

    Parameters
    ----------
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values count. Units outside the population may exceed 1.
    degenerate : "error" or float
        What a population without two distinct values gets; 1 says that all are the best.

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

    _what: ClassVar[str] = "a share of the best value"
    one_sign: ClassVar[bool] = True

    @property
    def monotone(self) -> bool:
        """Whether equal peers, who all are the best, are scored so."""
        return self.degenerate in ("error", 1.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """From nothing to everything, unless units outside the population may exceed it."""
        return self._bounds_with(0.0, np.inf if self.over == "ranked" else 1.0)

    @property
    def full_share(self) -> float:
        """The share of the best, which units outside the population may exceed."""
        return 1.0

    def curve(self, maximum: float) -> Curve:
        """Return only which values are scored in both directions: those above 0."""
        return _POSITIVE

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return shares of the best value."""
        _refuse_no_proportion(values, scope)
        return super().__call__(values, scope)

    def _score(self, group: Group, scope: Scope) -> Float:
        lower = scope.direction == "lower"
        return group.low / group.own if lower else group.own / group.high

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        if scope.direction == "lower":
            return Inverse(group.low.item(), cap=False)
        return Proportional(group.high.item(), cap=False)


@attrs.frozen(field_transformer=own_first)
class SumShare(_Proportion):
    """A share of the sum: ``x / Σx``; for direction ``lower`` ``(1/x) / Σ(1/x)``.

    The shares of a population add up to 1.

    Parameters
    ----------
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values count.
    degenerate : "error" or float
        What a population without two distinct values gets.

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

    _what: ClassVar[str] = "a share of the sum"
    one_sign: ClassVar[bool] = True

    @property
    def monotone(self) -> bool:
        """Whether no share is declared for equal peers: what is fair depends on how many."""
        return self.degenerate == "error"

    @property
    def bounds(self) -> tuple[float, float]:
        """From nothing to the whole sum, unless units outside the population may exceed it."""
        return self._bounds_with(0.0, np.inf if self.over == "ranked" else 1.0)

    def curve(self, maximum: float) -> Curve:
        """Return only which values are scored in both directions: those above 0."""
        return _POSITIVE

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return shares of the sum."""
        _refuse_no_proportion(values, scope)
        return super().__call__(values, scope)

    def _score(self, group: Group, scope: Scope) -> Float:
        # Next to nothing has no reciprocal, but a proportion to the others.
        one = np.where(group.low > 2.0**-900, 1.0, group.low)
        own = one / group.own if scope.direction == "lower" else group.own
        return own / sum_over_units(own, group.reference)[0]

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        if scope.direction == "lower":
            total = sum_over_units(1.0 / group.own, group.reference)[0].item()
            return Inverse(1.0 / total, cap=False)
        return Proportional(sum_over_units(group.own, group.reference)[0].item(), cap=False)


@attrs.frozen(field_transformer=own_first)
class Vector(_Proportion):
    """A share of the length of all values: ``x / √Σx²``; for direction ``lower`` one less that.

    Parameters
    ----------
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values count.
    degenerate : "error" or float
        What a population without two distinct values gets.

    Raises
    ------
    CellError
        If a population has no two distinct values and `degenerate` is ``"error"``.

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

    _what: ClassVar[str] = "a share of the length"

    @property
    def monotone(self) -> bool:
        """Whether no share is declared for equal peers: what is fair depends on how many."""
        return self.degenerate == "error"

    @property
    def bounds(self) -> tuple[float, float]:
        """The share of a single value that is not 0, in either sign and direction."""
        return INFINITE if self.over == "ranked" else self._bounds_with(-1.0, 2.0)

    def _score(self, group: Group, scope: Scope) -> Float:
        share = group.own / _length(group)
        return 1.0 - share if scope.direction == "lower" else share

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        slope = 1.0 / _length(group).item()
        if scope.direction == "lower":
            return Affine(intercept=1.0, slope=-slope)
        return Affine(slope=slope)


def _length(group: Group) -> Float:
    """Return the root of the sum of squares, taken of parts so that no square overflows."""
    largest = np.maximum(np.abs(group.low), np.abs(group.high))
    squares, _ = sum_over_units((group.own / largest) ** 2, group.reference)
    return np.asarray(largest * np.sqrt(squares))

"""Aggregators that put a unit's children in order: extremes, median, ordered weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.aggregate.common import MeanAggregator, any_of, refuse, stacked
from govindex.checks import boolean, number
from govindex.contracts import Bool, Float
from govindex.errors import SettingError

__all__ = ["OWA", "Maximum", "Median", "Minimum"]

_SNAP = 1e-10


@attrs.frozen
class Minimum(MeanAggregator):
    """The weakest child, not compensated; weights above 0 only say which children count.

    Examples
    --------
    >>> Minimum()([np.array([0.2]), np.array([0.8])], [np.ones(1), np.ones(1)])
    array([0.2])
    """

    below_arithmetic: ClassVar[bool] = True
    ignores_weights: ClassVar[bool] = True
    one_sign: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the least share, NaN where no child counts."""
        return _extreme(shares, weights, np.inf, np.minimum)


@attrs.frozen
class Maximum(MeanAggregator):
    """The strongest child compensates all; weights above 0 only say which children count.

    Examples
    --------
    >>> Maximum()([np.array([0.2]), np.array([0.8])], [np.ones(1), np.ones(1)])
    array([0.8])
    """

    ignores_weights: ClassVar[bool] = True
    one_sign: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the largest share, NaN where no child counts."""
        return _extreme(shares, weights, -np.inf, np.maximum)


def _extreme(shares: Sequence[Float], weights: Sequence[Float], fill: float, pick: Any) -> Float:
    pairs = zip(shares, weights, strict=True)
    counting = [np.where(weight > 0, share, fill) for share, weight in pairs]
    extreme = counting[0]
    for share in counting[1:]:
        extreme = pick(extreme, share)
    return np.where(any_of([weight > 0 for weight in weights]), extreme, np.nan)


@attrs.frozen
class Median(MeanAggregator):
    """The middle child: half of the weight lies below it and half above.

    Where exactly half of the weight lies below a gap, the middle of the gap counts.

    Parameters
    ----------
    weighted : bool
        Whether the children's weights count; if not, those above 0 only say which children do.

    Examples
    --------
    >>> shares = [np.array([0.1]), np.array([0.5]), np.array([0.9])]
    >>> weights = [np.array([1.0]), np.array([1.0]), np.array([2.0])]
    >>> Median()(shares, weights), Median(weighted=False)(shares, weights)
    (array([0.7]), array([0.5]))
    """

    one_sign: ClassVar[bool] = True
    slope: ClassVar[float] = 1.0
    weighted: bool = attrs.field(default=True, validator=boolean, kw_only=True)

    @property
    def ignores_weights(self) -> bool:
        """Whether weights above 0 only say which children count."""
        return not self.weighted

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the median, NaN where no child counts."""
        share_table, weight_table = stacked(shares, weights)
        if not self.weighted:
            weight_table = np.where(weight_table > 0, 1.0, 0.0)
        share_table, weight_table = _sorted(share_table, weight_table)
        reached = np.cumsum(weight_table, axis=0)
        whole = reached[-1]
        # Weights that add up to half on paper may miss it by the last bit.
        low = _first(share_table, reached >= (0.5 - _SNAP) * whole)
        high = _first(share_table, reached > (0.5 + _SNAP) * whole)
        return np.where(whole > 0, (low + high) / 2.0, np.nan)


def _sorted(shares: Float, weights: Float, *, falling: bool = False) -> tuple[Float, Float]:
    """Sort every unit's children by their shares, with their weights."""
    order = np.argsort(-shares if falling else shares, axis=0, kind="stable")
    return np.take_along_axis(shares, order, axis=0), np.take_along_axis(weights, order, axis=0)


def _first(shares: Float, reached: Any) -> Float:
    """Return the first share at which something is reached."""
    index = np.argmax(reached, axis=0)[None]
    return np.asarray(np.take_along_axis(shares, index, axis=0)[0])


def _numbers(numbers: Iterable[float]) -> tuple[float, ...]:
    if isinstance(numbers, str) or not isinstance(numbers, Iterable):
        raise SettingError(f"give a list of numbers, not {numbers!r}")
    return tuple(number(value, "a number of OWA") for value in numbers)


def _pair(numbers: Iterable[float] | None) -> tuple[float, float] | None:
    if numbers is None:
        return None
    pair = _numbers(numbers)
    if len(pair) != 2 or not 0.0 <= pair[0] < pair[1] <= 1.0:
        raise SettingError(f"a quantifier is two parts with 0 ≤ low < high ≤ 1, not {numbers!r}")
    return pair[0], pair[1]


@attrs.frozen
class OWA(MeanAggregator):
    """Ordered weighted average: weights belong to ranks, not to children: ``Σ w₍ⱼ₎·s₍ⱼ₎``.

    The children of a unit are put in order, the best first. Either their weights are given by
    rank, or they follow from a quantifier Q, "most children are good": the child of rank j weighs
    ``Q(uⱼ) − Q(uⱼ₋₁)``, where ``uⱼ`` is the part of the children's own weights in the first j
    ranks. A missing child does not change the quantifier.

    Parameters
    ----------
    weights : iterable of float
        One for each rank, the best child first; the children's own weights must then be above 0
        and have no other effect.
    quantifier : pair of float
        ``Q(u)`` rises in a straight line from 0 at the first part to 1 at the second: (0.3, 0.8) is
        "most", (0, 0.5) "at least half", (0.5, 1) "as many as possible".
    power : float
        ``Q(u) = u^power``: 1 is the arithmetic mean, larger powers look at the weak children.

    Raises
    ------
    SettingError
        Unless exactly one of the three is given.

    References
    ----------
    Yager, On ordered weighted averaging aggregation operators in multicriteria decisionmaking, IEEE
    Transactions on Systems, Man, and Cybernetics 18 (1988); the children's own weights as in Yager,
    Quantifier guided aggregation using OWA operators, International Journal of Intelligent Systems
    11 (1996).

    Examples
    --------
    >>> shares = [np.array([0.2]), np.array([0.9]), np.array([0.4])]
    >>> OWA([0, 0.5, 0.5])(shares, [np.ones(1)] * 3)
    array([0.3])
    >>> OWA(quantifier=(0.5, 1))(shares, [np.ones(1)] * 3).round(4)
    array([0.2667])
    """

    weights: tuple[float, ...] = attrs.field(default=(), converter=_numbers)
    quantifier: tuple[float, float] | None = attrs.field(
        default=None, converter=_pair, kw_only=True
    )
    power: float | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        settings = [bool(self.weights), self.quantifier is not None, self.power is not None]
        if sum(settings) != 1:
            raise SettingError("OWA needs either ordered weights, a quantifier or a power")
        if self.power is not None and number(self.power, "the power of OWA") <= 0:
            raise SettingError(f"the power of OWA is above 0, not {self.power!r}")
        if self.weights and not (min(self.weights) >= 0 and sum(self.weights) > 0):
            raise SettingError("ordered weights are at least 0, and not all of them 0")

    @property
    def needs_all(self) -> bool:
        """Whether every rank needs a child."""
        return bool(self.weights)

    @property
    def ignores_weights(self) -> bool:
        """Whether weights by rank replace the children's own."""
        return bool(self.weights)

    @property
    def below_arithmetic(self) -> bool:
        """Whether the quantifier never counts the best children more than their weights."""
        if self.power is not None:
            return self.power >= 1
        return self.quantifier is not None and self.quantifier[1] == 1.0

    @property
    def slope(self) -> float:
        """The largest weight of a rank; with a quantifier, a single child may have it all."""
        return max(self.weights) / sum(self.weights) if self.weights else 1.0

    def objection(self, codes: Sequence[str]) -> str:
        """Return an objection unless there are as many ordered weights as children."""
        if not self.weights or len(self.weights) == len(codes):
            return ""
        return f"OWA has {len(self.weights)} ordered weights for {len(codes)} children"

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the average, NaN where no child counts.

        Raises
        ------
        CellError
            If there are weights by rank, and not every child counts for a unit.
        """
        share_table, weight_table = stacked(shares, weights)
        share_table, weight_table = _sorted(
            np.where(weight_table > 0, share_table, -np.inf), weight_table, falling=True
        )
        counts = weight_table > 0
        if self.weights:
            by_rank = np.array(self.weights) / sum(self.weights)
            ordered = by_rank.reshape(-1, *(1,) * (share_table.ndim - 1))
            gaps: Bool = np.any(counts, axis=0) & ~np.all(counts, axis=0)
            refuse("weights by rank need every child to count", [gaps])
        else:
            reached = np.cumsum(weight_table, axis=0)
            with np.errstate(invalid="ignore", divide="ignore"):
                parts = self._quantified(reached / reached[-1])
            ordered = np.diff(parts, axis=0, prepend=np.zeros((1, *share_table.shape[1:])))
        # From the best child down, so that sums of equal children do not depend on their order.
        average = np.zeros(share_table.shape[1:])
        for share, weight, count in zip(share_table, ordered, counts, strict=True):
            average = average + np.where(count, weight * np.where(count, share, 0.0), 0.0)
        return np.where(counts.any(axis=0), average, np.nan)

    def _quantified(self, parts: Float) -> Float:
        if self.power is not None:
            return np.power(parts, self.power)
        assert self.quantifier is not None
        low, high = self.quantifier
        return np.clip((parts - low) / (high - low), 0.0, 1.0)

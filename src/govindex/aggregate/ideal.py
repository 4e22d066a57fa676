"""Distances to fixed ideal points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import attrs
import numpy as np

from govindex.aggregate.common import by_code, naming_objection, stacked
from govindex.checks import number
from govindex.contracts import BaseAggregator, BranchScope, Float
from govindex.errors import CellError, SettingError
from govindex.kernels.reductions import total
from govindex.kernels.scaling import brought, powers, restored
from govindex.mappings import FrozenMap

__all__ = ["ClosenessToIdeal", "Distance", "DistanceToIdeal", "closeness", "shortfall"]


def _divisors(_: object, __: object, divisors: Mapping[str, float]) -> None:
    for code, divisor in divisors.items():
        if divisor <= 0:
            raise SettingError(f"the divisor of '{code}' is a number above 0, not {divisor!r}")


class Distance(BaseAggregator):
    """The base of distances to a point."""

    __slots__ = ()
    proportional: ClassVar[bool] = True
    needs_all: ClassVar[bool] = True
    scoped: ClassVar[bool] = True


@attrs.frozen(kw_only=True)
class ClosenessToIdeal(Distance):
    """The part of the way from a worst to a best point: ``d⁻ / (d⁻ + d⁺)``.

    ``d⁺ = √Σ (w·(best − s)/divisor)²`` is the distance to the best point and ``d⁻`` that to the
    worst. A share beyond a point counts as the point.

    An anchored :class:`TOPSIS` has this form. With points that are set from the start, 0 and 1
    say, it is TOPSIS without rank reversal.

    Parameters
    ----------
    best, worst : mapping of code to float
        Shares of every child at the two points.
    divisors : mapping of code to float
        What the children's shares are divided by, 1 by default.

    Raises
    ------
    SettingError
        If a child has only one of the points, the worst lies above the best, or they coincide.
    CellError
        If the children that count for a unit have no distance between their points.

    Examples
    --------
    >>> ideal = ClosenessToIdeal(best={"a": 1, "b": 1}, worst={"a": 0, "b": 0})
    >>> shares, weights = [np.array([1.0, 0.5])] * 2, [np.ones(1)] * 2
    >>> ideal(shares, weights, BranchScope(("a", "b")))
    array([1. , 0.5])
    """

    monotone: ClassVar[bool] = True
    best: FrozenMap[str, float] = attrs.field(converter=by_code)
    worst: FrozenMap[str, float] = attrs.field(converter=by_code)
    divisors: FrozenMap[str, float] = attrs.field(
        factory=FrozenMap, converter=by_code, validator=_divisors
    )

    def __attrs_post_init__(self) -> None:
        if set(self.best) != set(self.worst):
            raise SettingError("ClosenessToIdeal needs a best and a worst share of every child")
        wrong = [code for code, best in self.best.items() if best < self.worst[code]]
        if wrong:
            raise SettingError(f"the worst share of '{wrong[0]}' lies above the best")
        if not any(best > self.worst[code] for code, best in self.best.items()):
            raise SettingError("ClosenessToIdeal needs a best point that differs from the worst")

    @property
    def slope(self) -> float:
        """The largest slope with any weights; infinite if a child's points coincide."""
        least = min(best - self.worst[code] for code, best in self.best.items())
        return 1.0 / least if least > 0 else np.inf

    def objection(self, codes: Sequence[str]) -> str:
        """Return an objection that names children without points."""
        return naming_objection(self, (*self.best, *self.divisors), codes)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """From the worst to the best point."""
        return (0.0, 1.0)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return the closeness, NaN where no child counts."""
        tables = stacked(shares, weights)
        worst, best, divisors = (
            _column(numbers, scope, tables[0]) for numbers in (self.worst, self.best, self.divisors)
        )
        scores = closeness(*tables, worst, best, divisors)
        nowhere = np.isnan(scores) & (tables[1] > 0).any(axis=0)
        if nowhere.any():
            raise CellError(
                "the best and the worst point of all children that count coincide", nowhere
            )
        return scores


@attrs.frozen(kw_only=True)
class DistanceToIdeal(Distance):
    """One minus the distance to an ideal point, as a part of a distance: ``1 − d / limit``.

    ``d = √(Σ w·((ideal − s)/divisor)² / Σ w)``; a share beyond the ideal counts as the ideal. An
    anchored :class:`Hellwig` has this form.

    Parameters
    ----------
    ideal : mapping of code to float
        The share of every child at the ideal point.
    limit : float
        The distance that earns 0.
    divisors : mapping of code to float
        What the children's shares are divided by, 1 by default.

    Examples
    --------
    >>> distance = DistanceToIdeal(ideal={"a": 1, "b": 1}, limit=2)
    >>> distance([np.array([0.5])] * 2, [np.ones(1)] * 2, BranchScope(("a", "b")))
    array([0.75])
    """

    monotone: ClassVar[bool] = True
    ideal: FrozenMap[str, float] = attrs.field(converter=by_code)
    limit: float
    divisors: FrozenMap[str, float] = attrs.field(
        factory=FrozenMap, converter=by_code, validator=_divisors
    )

    def __attrs_post_init__(self) -> None:
        if not self.ideal:
            raise SettingError("DistanceToIdeal needs the ideal share of every child")
        if number(self.limit, "the limit") <= 0:
            raise SettingError(f"the limit is a distance above 0, not {self.limit!r}")

    @property
    def slope(self) -> float:
        """The largest slope with any weights."""
        return 1.0 / (self.limit * min(self.divisors.get(code, 1.0) for code in self.ideal))

    def objection(self, codes: Sequence[str]) -> str:
        """Return an objection that names children without an ideal share."""
        return naming_objection(self, (*self.ideal, *self.divisors), codes)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Up to 1, without a lower limit."""
        return (-np.inf, 1.0)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return one minus the relative distance, NaN where no child counts."""
        tables = stacked(shares, weights)
        ideal, divisors = (_column(n, scope, tables[0]) for n in (self.ideal, self.divisors))
        return 1.0 - shortfall(*tables, ideal, divisors) / self.limit


def _distance(gaps: Float, weights: Float) -> Float:
    """Return ``√Σ w·gap²``, children added in their order, also if squares over- or underflow."""
    counting = np.where(weights > 0, gaps, 0.0)
    power = powers(np.fmax.reduce(np.abs(counting), axis=0))
    squares = brought(counting, power) ** 2
    return restored(np.sqrt(total(list(np.where(weights > 0, weights * squares, 0.0)))), power)


def closeness(shares: Float, weights: Float, worst: Float, best: Float, divisors: Float) -> Float:
    """Return the part of the way from the worst to the best point, NaN if they coincide."""
    with np.errstate(invalid="ignore", divide="ignore"):
        importance = (weights / total(list(weights))) ** 2
        inside = np.clip(shares, worst, best)
        lead = _distance((inside - worst) / divisors, importance)
        gap = _distance((best - inside) / divisors, importance)
        return lead / (lead + gap)


def shortfall(shares: Float, weights: Float, ideal: Float, divisors: Float) -> Float:
    """Return the distance to the ideal point, NaN where no child counts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        total_weight = total(list(weights))
        gaps = np.maximum(ideal - shares, 0.0) / divisors
        return np.where(total_weight > 0, _distance(gaps, weights / total_weight), np.nan)


def _column(numbers: Mapping[str, float], scope: BranchScope | None, shares: Float) -> Float:
    """Return numbers by code in the order of the children, 1 by default."""
    codes = () if scope is None else scope.codes
    if len(codes) != len(shares):
        raise SettingError(
            "points are given by code: call with BranchScope(codes=…) of the children"
        )
    column = np.array([numbers.get(code, 1.0) for code in codes])
    return column.reshape(-1, *(1,) * (shares.ndim - 1))

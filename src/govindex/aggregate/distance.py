"""Distances to ideal points: TOPSIS and Hellwig, among peers or to fixed points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.aggregate.common import by_code, finite, one_of, stacked, strangers
from govindex.contracts import Bool, BranchScope, Float, Over, check_over, reference_groups
from govindex.errors import CellError, SettingError
from govindex.kernels import reductions
from govindex.mappings import FrozenMap

__all__ = ["TOPSIS", "ClosenessToIdeal", "DistanceToIdeal", "Hellwig"]

# Shares and weights of a population, and whose shares set its points → results.
Score = Callable[[Float, Float, Bool], Float]


def _degenerate(_: object, __: object, value: float | str) -> None:
    if value != "error" and not 0.0 <= finite(value, "degenerate is 'error' or a share; it") <= 1.0:
        raise SettingError(f"degenerate is 'error' or a share from 0 to 1, not {value!r}")


def _known(_: object, __: object, over: str) -> None:
    check_over(over)


def _divisors(_: object, __: object, divisors: Mapping[str, float]) -> None:
    for code, divisor in divisors.items():
        if divisor <= 0:
            raise SettingError(f"the divisor of '{code}' is a number above 0, not {divisor!r}")


class _Distance:
    linear: ClassVar[bool] = False
    sums_points: ClassVar[bool] = False
    proportional: ClassVar[bool] = True
    needs_all: ClassVar[bool] = True
    scoped: ClassVar[bool] = True


@attrs.frozen(kw_only=True)
class ClosenessToIdeal(_Distance):
    """How far a unit is on the way from a worst to a best point: ``d⁻ / (d⁻ + d⁺)``.

    ``d⁺ = √Σ (w·(best − s)/divisor)²`` is the distance to the best point and ``d⁻`` that to the
    worst. What lies beyond a point is as good, or as bad, as the point itself.

    It is what :class:`TOPSIS` becomes once anchored, and TOPSIS without rank reversal if the points
    are set from the start: from 0 to 1, say.

    Parameters
    ----------
    best, worst : mapping of code to float
        Shares of every child at the two points.
    divisors : mapping of code to float
        What the children's shares are divided by; 1 where nothing is said.

    Raises
    ------
    SettingError
        If a child has only one of the points, the worst lies above the best, or all coincide.
    CellError
        If the children that count for a unit have no distance between their points.

    Examples
    --------
    >>> ideal = ClosenessToIdeal(best={"a": 1, "b": 1}, worst={"a": 0, "b": 0})
    >>> shares, weights = [np.array([1.0, 0.5])] * 2, [np.ones(1)] * 2
    >>> ideal(shares, weights, BranchScope(("a", "b")))
    array([1. , 0.5])
    """

    peer_dependent: ClassVar[bool] = False
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
        """The steepest that any weight makes it; infinite if a child's points coincide."""
        least = min(best - self.worst[code] for code, best in self.best.items())
        return 1.0 / least if least > 0 else np.inf

    def objection(self, codes: Sequence[str]) -> str:
        """Say which children have no points."""
        return strangers(self, (*self.best, *self.divisors), codes)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """From the worst to the best point."""
        return (0.0, 1.0)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return the closeness, NaN where no child counts."""
        given = stacked(shares, weights)
        worst, best, by = (
            _column(numbers, scope, given[0]) for numbers in (self.worst, self.best, self.divisors)
        )
        found = _closeness(*given, worst, best, by)
        nowhere = np.isnan(found) & (given[1] > 0).any(axis=0)
        if nowhere.any():
            raise CellError("the best and the worst point of all that counts coincide", nowhere)
        return found


@attrs.frozen(kw_only=True)
class DistanceToIdeal(_Distance):
    """One minus the distance to an ideal point, as a part of a distance: ``1 − d / limit``.

    ``d = √(Σ w·((ideal − s)/divisor)² / Σ w)``; who lies beyond the ideal in a child lacks nothing
    there. It is what :class:`Hellwig` becomes once anchored.

    Parameters
    ----------
    ideal : mapping of code to float
        The share of every child at the ideal point.
    limit : float
        The distance that is worth nothing.
    divisors : mapping of code to float
        What the children's shares are divided by; 1 where nothing is said.

    Examples
    --------
    >>> distance = DistanceToIdeal(ideal={"a": 1, "b": 1}, limit=2)
    >>> distance([np.array([0.5])] * 2, [np.ones(1)] * 2, BranchScope(("a", "b")))
    array([0.75])
    """

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    ideal: FrozenMap[str, float] = attrs.field(converter=by_code)
    limit: float
    divisors: FrozenMap[str, float] = attrs.field(
        factory=FrozenMap, converter=by_code, validator=_divisors
    )

    def __attrs_post_init__(self) -> None:
        if not self.ideal:
            raise SettingError("DistanceToIdeal needs the ideal share of every child")
        if finite(self.limit, "the limit") <= 0:
            raise SettingError(f"the limit is a distance above 0, not {self.limit!r}")

    @property
    def slope(self) -> float:
        """The steepest that any weight makes it."""
        return 1.0 / (self.limit * min(self.divisors.get(code, 1.0) for code in self.ideal))

    def objection(self, codes: Sequence[str]) -> str:
        """Say which children have no ideal share."""
        return strangers(self, (*self.ideal, *self.divisors), codes)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """From any distance below to the ideal point."""
        return (-np.inf, 1.0)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return one minus the relative distance, NaN where no child counts."""
        given = stacked(shares, weights)
        ideal, by = (_column(n, scope, given[0]) for n in (self.ideal, self.divisors))
        return 1.0 - _shortfall(*given, ideal, by) / self.limit


@attrs.frozen(kw_only=True)
class TOPSIS(_Distance):
    """Closeness to the best that peers attain, away from the worst: ``d⁻ / (d⁻ + d⁺)``.

    Shares are divided by their column's length (``s / √Σ s²`` over the peers), weighted, and
    compared with the largest and the least of every column by Euclidean distance. For a cost, turn
    the figure round by the indicator's rule: ``Affine(slope=-1)``, say.

    The points are those of the reference population, units for which every child counts. Whoever is
    outside of it and beyond a point stands as on the point.

    Parameters
    ----------
    scale : {"vector", "none"}
        Divide by the column's length, or take the shares as they are.
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose shares make the points.
    degenerate : "error" or float
        What a population gets that is alike in every child.

    Raises
    ------
    CellError
        If a population is alike in every child and `degenerate` is ``"error"``.

    References
    ----------
    Hwang & Yoon, Multiple Attribute Decision Making: Methods and Applications (Springer 1981).

    Examples
    --------
    >>> TOPSIS(scale="none")([np.array([0.0, 1.0]), np.array([1.0, 0.5])], [np.array([2.0])] * 2)
    array([0.33333333, 0.66666667])
    """

    peer_dependent: ClassVar[bool] = True
    scale: Literal["vector", "none"] = attrs.field(
        default="vector", validator=one_of("vector", "none")
    )
    over: Over = attrs.field(default="all", validator=_known)
    degenerate: float | Literal["error"] = attrs.field(default="error", validator=_degenerate)

    @property
    def monotone(self) -> bool:
        """Whether a better share never lowers the own result.

        A column's length grows with the own share, which may turn that round where shares of both
        signs meet.
        """
        return self.scale == "none"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """From the worst to the best point."""
        return (0.0, 1.0)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return the closeness among peers, NaN where no child counts."""

        def score(own: Float, carried: Float, reference: Bool) -> Float:
            return _closeness(own, carried, *self._points(own, carried, reference))

        return _among_peers(self, "TOPSIS", stacked(shares, weights), scope, score)

    def _points(self, own: Float, carried: Float, reference: Bool) -> tuple[Float, Float, Float]:
        known = _complete(own, carried)
        worst, best = reductions.extremes(known, reference)
        mean, count = reductions.mean_over_units(known**2, reference)
        length = np.sqrt(mean * count) if self.scale == "vector" else np.ones_like(mean)
        return worst, best, np.where(length > 0, length, 1.0)

    def anchor(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope
    ) -> ClosenessToIdeal:
        """Return the closeness to the reference's points.

        Raises
        ------
        SettingError
            If there are several populations, or the reference is alike in every child.
        """
        own, carried = stacked(shares, weights)
        reference = _anchor_mask(self.over, own, scope)
        worst, best, by = (
            FrozenMap(dict(zip(scope.codes, points[:, 0].tolist(), strict=True)))
            for points in self._points(own, carried, reference)
        )
        divisors = by if self.scale == "vector" else FrozenMap()
        return ClosenessToIdeal(best=best, worst=worst, divisors=divisors)


@attrs.frozen(kw_only=True)
class Hellwig(_Distance):
    """Hellwig's measure of development, known as the Wroclaw taxonomic method: ``1 − d / d₀``.

    ``d = √(Σ w·((max − s)/sd)² / Σ w)`` is the distance to a unit that is best in everything, and
    ``d₀ = d̄ + 2·sd(d)`` the distance that hardly any unit exceeds. Who does gets a negative share.

    The points are those of the reference population, units for which every child counts. A child
    that is alike for all of them tells nobody apart.

    Parameters
    ----------
    scale : {"sd", "none"}
        Divide every child by its standard deviation, or take the shares as they are.
    ddof : int
        1 divides by n − 1 (sample), 0 by n (population).
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose shares make the points.
    degenerate : "error" or float
        What a population gets that is alike in every child, or equally far from the ideal.

    Raises
    ------
    CellError
        If a population is alike in every child and `degenerate` is ``"error"``.

    References
    ----------
    Hellwig, Zastosowanie metody taksonomicznej do typologicznego podziału krajów, Przegląd
    Statystyczny 15 (1968).

    Examples
    --------
    >>> Hellwig(scale="none")([np.array([0.0, 0.5, 1.0])], [np.ones(1)])
    array([0.33333333, 0.66666667, 1.        ])
    """

    peer_dependent: ClassVar[bool] = True
    monotone: ClassVar[bool] = False
    scale: Literal["sd", "none"] = attrs.field(default="sd", validator=one_of("sd", "none"))
    ddof: int = 1
    over: Over = attrs.field(default="all", validator=_known)
    degenerate: float | Literal["error"] = attrs.field(default="error", validator=_degenerate)

    def __attrs_post_init__(self) -> None:
        if self.ddof not in (0, 1):
            raise SettingError(f"ddof is 0 or 1, not {self.ddof!r}")

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """From any distance below to the best in everything."""
        return (-np.inf, 1.0)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return the measure among peers, NaN where no child counts."""

        def score(own: Float, carried: Float, reference: Bool) -> Float:
            ideal, by, limit = self._points(own, carried, reference)
            part = _shortfall(own, carried, ideal, by) / np.where(limit > 0, limit, np.nan)
            return 1.0 - part

        return _among_peers(self, "Hellwig's measure", stacked(shares, weights), scope, score)

    def _points(self, own: Float, carried: Float, reference: Bool) -> tuple[Float, Float, Float]:
        known = _complete(own, carried)
        _, ideal = reductions.extremes(known, reference)
        by = np.ones_like(ideal)
        if self.scale == "sd":
            _, by = reductions.moments(known, reference, self.ddof)
            by = np.where(by > 0, by, 1.0)
        mean, deviation = reductions.moments(
            _shortfall(known, carried, ideal, by), reference, self.ddof
        )
        return ideal, by, mean + 2.0 * deviation

    def anchor(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope
    ) -> DistanceToIdeal:
        """Return the distance to the reference's ideal point, with the reference's limit.

        Raises
        ------
        SettingError
            If there are several populations, or the reference is alike in every child.
        """
        own, carried = stacked(shares, weights)
        reference = _anchor_mask(self.over, own, scope)
        found = self._points(own, carried, reference)
        ideal, by = (
            FrozenMap(dict(zip(scope.codes, points[:, 0].tolist(), strict=True)))
            for points in found[:2]
        )
        limit = found[2].item()
        if not limit > 0:
            raise SettingError("Hellwig's measure cannot be anchored where all units are alike")
        divisors = by if self.scale == "sd" else FrozenMap()
        return DistanceToIdeal(ideal=ideal, limit=limit, divisors=divisors)


def _distance(gaps: Float, weights: Float) -> Float:
    """Return ``√Σ w·gap²``, children added in their order; a child without weight adds nothing."""
    return np.sqrt(reductions.total(list(np.where(weights > 0, weights * gaps**2, 0.0))))


def _closeness(shares: Float, weights: Float, worst: Float, best: Float, by: Float) -> Float:
    """Return the part of the way from the worst to the best point, NaN where there is none."""
    with np.errstate(invalid="ignore", divide="ignore"):
        importance = (weights / reductions.total(list(weights))) ** 2
        inside = np.clip(shares, worst, best)
        lead = _distance((inside - worst) / by, importance)
        gap = _distance((best - inside) / by, importance)
        return lead / (lead + gap)


def _shortfall(shares: Float, weights: Float, ideal: Float, by: Float) -> Float:
    """Return the distance to the ideal point, NaN where no child counts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = reductions.total(list(weights))
        gaps = np.maximum(ideal - shares, 0.0) / by
        return np.where(whole > 0, _distance(gaps, weights / whole), np.nan)


def _complete(shares: Float, weights: Float) -> Float:
    """Return the shares of units for which every child counts, NaN for the others."""
    return np.where((weights > 0).all(axis=0), shares, np.nan)


def _column(numbers: Mapping[str, float], scope: BranchScope | None, shares: Float) -> Float:
    """Return numbers by code in the order of the children, 1 where nothing is said."""
    codes = () if scope is None else scope.codes
    if len(codes) != len(shares):
        raise SettingError("points stand by code: call with BranchScope(codes=…) of the children")
    column = np.array([numbers.get(code, 1.0) for code in codes])
    return column.reshape(-1, *(1,) * (shares.ndim - 1))


def _among_peers(
    part: TOPSIS | Hellwig,
    what: str,
    given: tuple[Float, Float],
    scope: BranchScope | None,
    score: Score,
) -> Float:
    """Combine every reference population by itself, those that are all alike as declared."""
    shares, weights = given
    found = np.empty(shares.shape[1:])
    peers = (scope or BranchScope()).peers_of(shares)
    for members, reference in reference_groups(part.over, shares, peers):
        own = score(shares[..., members], weights[..., members], reference)
        flat = np.isnan(own) & (weights[..., members] > 0).any(axis=0)
        if flat.any() and part.degenerate == "error":
            wrong = np.zeros(found.shape, dtype=bool)
            wrong[..., members] = flat
            raise CellError(f"{what} needs units that differ in at least one child", wrong)
        found[..., members] = np.where(flat, part.degenerate, own) if flat.any() else own
    return found


def _anchor_mask(over: str, shares: Float, scope: BranchScope) -> Bool:
    groups = reference_groups(over, shares, scope.peers_of(shares))
    if len(groups) > 1:
        raise SettingError(
            f"{over.replace('_', 's and ')}s have points of their own; anchor on a reference with "
            "one of them"
        )
    return groups[0][1]

"""Distances to the best and the worst shares of peers: TOPSIS and Hellwig."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.aggregate.common import one_of, stacked
from govindex.aggregate.ideal import (
    ClosenessToIdeal,
    Distance,
    DistanceToIdeal,
    closeness,
    shortfall,
)
from govindex.aggregate.populations import by_population, share_or_error, valid_over
from govindex.checks import spread_of
from govindex.contracts import Bool, BranchScope, Float, Over, reference_groups
from govindex.errors import CellError, SettingError
from govindex.kernels import reductions
from govindex.kernels.scaling import ordinary, restored, whole
from govindex.mappings import FrozenMap

__all__ = ["TOPSIS", "Hellwig"]

# Shares and weights of a population, and whose shares set its points → results.
Score = Callable[[Float, Float, Bool], Float]


@attrs.frozen(kw_only=True)
class TOPSIS(Distance):
    """Closeness to the best shares of peers, away from the worst: ``d⁻ / (d⁻ + d⁺)``.

    Shares are divided by their column's length (``s / √Σ s²`` over the peers), weighted, and
    compared with the largest and the least of every column by Euclidean distance. Reverse a cost
    by the indicator's rule: ``Affine(slope=-1)``, say.

    The two points come from the units of the reference population for which every child counts. A
    unit outside the population that lies beyond a point is scored as if it lay on the point.

    Parameters
    ----------
    scale : {"vector", "none"}
        Divide by the column's length, or not at all.
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose shares make the points.
    degenerate : "error" or float
        The share in a population whose units are equal in every child.

    Raises
    ------
    CellError
        If the units of a population are equal in every child and `degenerate` is ``"error"``.

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
    over: Over = attrs.field(default="all", validator=valid_over)
    degenerate: float | Literal["error"] = attrs.field(default="error", validator=share_or_error)

    @property
    def monotone(self) -> bool:
        """Whether a better share never lowers the unit's own result.

        A column's length grows with each share, which may reverse that if shares have both signs.
        """
        return self.scale == "none"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """From the worst to the best point."""
        return (0.0, 1.0)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return the closeness among peers, NaN where no child counts."""

        def score(share_table: Float, weight_table: Float, reference: Bool) -> Float:
            share_table = whole(share_table)
            return closeness(
                share_table, weight_table, *self._points(share_table, weight_table, reference)
            )

        return _among_peers(self, "TOPSIS", shares, weights, scope, score)

    def _points(
        self, share_table: Float, weight_table: Float, reference: Bool
    ) -> tuple[Float, Float, Float]:
        known = _complete(share_table, weight_table)
        worst, best = reductions.extremes(known, reference)
        plain, power = ordinary(known)
        mean, count = reductions.mean_over_units(plain**2, reference)
        length = np.ones_like(mean)
        if self.scale == "vector":
            length = restored(np.sqrt(mean * count), power)
        return worst, best, np.where(length > 0, length, 1.0)

    def anchor(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope
    ) -> ClosenessToIdeal:
        """Return the closeness to the reference's points.

        Raises
        ------
        SettingError
            If there are several populations, or the reference units are equal in every child.
        """
        share_table, weight_table = stacked(shares, weights)
        reference = _anchor_mask(self.over, share_table, scope)
        worst, best, by = (
            FrozenMap(dict(zip(scope.codes, points[:, 0].tolist(), strict=True)))
            for points in self._points(share_table, weight_table, reference)
        )
        divisors = by if self.scale == "vector" else FrozenMap()
        return ClosenessToIdeal(best=best, worst=worst, divisors=divisors)


@attrs.frozen(kw_only=True)
class Hellwig(Distance):
    """Hellwig's measure of development, known as the Wroclaw taxonomic method: ``1 − d / d₀``.

    ``d = √(Σ w·((max − s)/sd)² / Σ w)`` is the distance to a unit that is best in everything, and
    ``d₀ = d̄ + 2·sd(d)`` a distance that hardly any unit exceeds; one that does gets a negative
    share.

    The points come from the units of the reference population for which every child counts. A child
    that is equal for all of them has no effect.

    Parameters
    ----------
    scale : {"sd", "none"}
        Divide every child by its standard deviation, or not at all.
    ddof : int
        1 divides by n − 1 (sample), 0 by n (population).
    over, degenerate
        As in :class:`TOPSIS`.

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
    scale: Literal["sd", "none"] = attrs.field(default="sd", validator=one_of("sd", "none"))
    ddof: int = attrs.field(default=1, validator=spread_of)
    over: Over = attrs.field(default="all", validator=valid_over)
    degenerate: float | Literal["error"] = attrs.field(default="error", validator=share_or_error)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Up to 1, without a lower limit."""
        return (-np.inf, 1.0)

    def __call__(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope | None = None
    ) -> Float:
        """Return the measure among peers, NaN where no child counts."""

        def score(share_table: Float, weight_table: Float, reference: Bool) -> Float:
            share_table = whole(share_table)
            ideal, by, limit = self._points(share_table, weight_table, reference)
            part = shortfall(share_table, weight_table, ideal, by) / np.where(
                limit > 0, limit, np.nan
            )
            return 1.0 - part

        return _among_peers(self, "Hellwig's measure", shares, weights, scope, score)

    def _points(
        self, share_table: Float, weight_table: Float, reference: Bool
    ) -> tuple[Float, Float, Float]:
        known = _complete(share_table, weight_table)
        _, ideal = reductions.extremes(known, reference)
        by = np.ones_like(ideal)
        if self.scale == "sd":
            _, by = reductions.moments(known, reference, self.ddof)
            by = np.where(by > 0, by, 1.0)
        mean, deviation = reductions.moments(
            shortfall(known, weight_table, ideal, by), reference, self.ddof
        )
        return ideal, by, mean + 2.0 * deviation

    def anchor(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope
    ) -> DistanceToIdeal:
        """Return the distance to the reference's ideal point, with the reference's limit.

        Raises
        ------
        SettingError
            If there are several populations, or the reference units are equal in every child.
        """
        share_table, weight_table = stacked(shares, weights)
        reference = _anchor_mask(self.over, share_table, scope)
        *points, distance = self._points(share_table, weight_table, reference)
        ideal, by = (
            FrozenMap(dict(zip(scope.codes, point[:, 0].tolist(), strict=True))) for point in points
        )
        limit = distance.item()
        if not limit > 0:
            raise SettingError("Hellwig's measure cannot be anchored if all units are equal")
        divisors = by if self.scale == "sd" else FrozenMap()
        return DistanceToIdeal(ideal=ideal, limit=limit, divisors=divisors)


def _complete(shares: Float, weights: Float) -> Float:
    """Return the shares of units with every child that counts for any unit, NaN for the others."""
    counts = weights > 0
    complete = (counts | ~counts.any(axis=-1, keepdims=True)).all(axis=0) & counts.any(axis=0)
    return np.where(complete, shares, np.nan)


def _among_peers(
    part: TOPSIS | Hellwig,
    name: str,
    shares: Sequence[Float],
    weights: Sequence[Float],
    scope: BranchScope | None,
    score: Score,
) -> Float:
    """Combine every reference population by itself, degenerate ones as declared."""

    def combine(share_columns: list[Float], weight_columns: list[Float], reference: Bool) -> Float:
        tables = stacked(share_columns, weight_columns)
        scores = score(*tables, reference)
        flat = np.isnan(scores) & (tables[1] > 0).any(axis=0)
        if not flat.any():
            return scores
        if part.degenerate == "error":
            raise CellError(f"{name} needs units that differ in at least one child", flat)
        return np.where(flat, part.degenerate, scores)

    return by_population(part.over, shares, weights, scope, combine)


def _anchor_mask(over: str, shares: Float, scope: BranchScope) -> Bool:
    groups = reference_groups(over, shares, scope.peers_of(shares))
    if len(groups) > 1:
        raise SettingError(
            f"{over.replace('_', 's and ')}s have different points; anchor on a reference with one "
            "of them"
        )
    return groups[0][1]

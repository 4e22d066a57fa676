"""Relative rules that sort values into few grades: around the mean, and by percentiles."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import Curve, Float, Rule, Scope
from govindex.errors import SettingError
from govindex.kernels.keys import snapped
from govindex.kernels.order import quantile, sorted_reference
from govindex.kernels.reductions import mean_over_units
from govindex.rules.chain import Chain
from govindex.rules.common import finite, pairs, refuse
from govindex.rules.goalposts import Goalposts
from govindex.rules.lines import Affine
from govindex.rules.peers import Group, PeerRule, shared_last
from govindex.rules.stairs import Stairs

__all__ = ["AboveBelowMean", "Categorical"]


@attrs.frozen(field_transformer=shared_last)
class AboveBelowMean(PeerRule):
    """1 above the peers' mean, −1 below it, 0 in a band around it.

    The band reaches from ``(1 − p)·x̄`` to ``(1 + p)·x̄``, both ends in it; for direction ``lower``
    the sign is turned.

    Parameters
    ----------
    threshold : float
        p, at least 0: how far the band reaches, as a part of the mean. Above 0 it needs values of
        at least 0.
    over, degenerate
        As in :class:`MinMax`.

    Raises
    ------
    CellError
        If a population has no two distinct values and `degenerate` is ``"error"``; if there is a
        band and a value is negative.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 5 (normalisation),
    indicators above or below the mean.

    Examples
    --------
    >>> AboveBelowMean(0.2)(np.array([50.0, 95.0, 100.0, 155.0]), Scope())
    array([-1.,  0.,  0.,  1.])
    """

    _noun: ClassVar[str] = "a share above or below the mean"
    threshold: float = attrs.field(default=0.0, validator=finite)

    def __attrs_post_init__(self) -> None:
        if self.threshold < 0:
            raise SettingError(f"the band around the mean is at least 0, not {self.threshold!r}")

    @property
    def monotone(self) -> bool:
        """Whether the share of equal peers never turns a gain into a loss."""
        reach = 0.0 if self.threshold else 1.0
        return self._degenerate_between(-reach, reach)

    @property
    def ignores_measure_unit(self) -> bool:
        """Whether there is no band: a part of the mean depends on where 0 is."""
        return self.threshold == 0

    @property
    def bounds(self) -> tuple[float, float]:
        """Below and above the mean."""
        return self._bounds_with(-1.0, 1.0)

    def curve(self, maximum: float) -> Curve:
        """Return only the range of values that are scored."""
        return Curve(low=0.0 if self.threshold else -np.inf, takes_all=False)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return -1, 0 and 1."""
        if self.threshold:
            refuse("a band around the mean needs values of at least 0", values < 0)
        return super().__call__(values, scope)

    def _score(self, group: Group, scope: Scope) -> Float:
        mean, _ = mean_over_units(group.values, group.reference)
        extent = group.high - group.low
        # In parts of the extent, a value that equals the mean on paper does so within the snap.
        position = snapped((group.values - mean) / extent, 1.0)
        band = self.threshold * mean / extent
        side = 1.0 * (position > snapped(band, 1.0)) - 1.0 * (position < snapped(-band, 1.0))
        signed = -side if scope.direction == "lower" else side
        return np.where(np.isnan(position), np.nan, signed + 0.0)

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        mean = mean_over_units(group.values, group.reference)[0].item()
        extent = (group.high - group.low).item()
        band = self.threshold * mean / extent
        better = -1.0 if scope.direction == "lower" else 1.0
        edges = [(-band, 0.0, 0.0), (band, 0.0, better)] if band else [(0.0, 0.0, better)]
        centred = Chain(Affine(intercept=-mean), Affine(slope=1.0 / extent))
        return Chain(centred, Stairs(edges, below=-better))


_HANDBOOK = ((15.0, 0.2), (25.0, 0.4), (65.0, 0.6), (85.0, 0.8), (95.0, 1.0))


@attrs.frozen(field_transformer=shared_last)
class Categorical(PeerRule):
    """The share of the highest percentile of the peers that a value reaches.

    Percentiles lie on straight lines between the sorted values, as PERCENTILE.INC of spreadsheets
    and numpy have them. For direction ``lower`` they are counted from the largest value. Values
    count as parts of the way from the least to the largest and reach a percentile within the snap.

    Parameters
    ----------
    cuts : sequence of (percentile, share)
        In rising order, percentiles above 0 and up to 100. By default the scale of the Handbook,
        from 0 to 1 for the lowest 15 % to the highest 5 %.
    below : float
        The share of values that reach no percentile.
    over, degenerate
        As in :class:`MinMax`.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 5 (normalisation),
    categorical scales.

    Examples
    --------
    >>> Categorical([(50, 0.5), (90, 1)])(np.arange(11.0), Scope())
    array([0. , 0. , 0. , 0. , 0. , 0.5, 0.5, 0.5, 0.5, 1. , 1. ])
    """

    _noun: ClassVar[str] = "a categorical scale"
    cuts: tuple[tuple[float, float], ...] = attrs.field(default=_HANDBOOK, converter=pairs)
    below: float = attrs.field(default=0.0, validator=finite)

    def __attrs_post_init__(self) -> None:
        percentiles = [percentile for percentile, _ in self.cuts]
        if not percentiles:
            raise SettingError("a categorical scale needs at least one (percentile, share)")
        if not all(low < high for low, high in zip([0.0, *percentiles], percentiles, strict=False)):
            raise SettingError(f"percentiles rise from above 0; given: {percentiles}")
        if percentiles[-1] > 100:
            raise SettingError(f"percentiles end at 100; given: {percentiles}")

    @property
    def _heights(self) -> list[float]:
        return [self.below, *(share for _, share in self.cuts)]

    @property
    def monotone(self) -> bool:
        """Whether higher percentiles never earn less, with equal peers between the ends."""
        heights = self._heights
        return heights == sorted(heights) and self._degenerate_between(heights[0], heights[-1])

    @property
    def falling(self) -> bool:
        """Whether higher percentiles never earn more, with equal peers between the ends."""
        heights = self._heights[::-1]
        return heights == sorted(heights) and self._degenerate_between(heights[0], heights[-1])

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest share of the scale."""
        return self._bounds_with(min(self._heights), max(self._heights))

    def _score(self, group: Group, scope: Scope) -> Float:
        way = _part_of_way(group, scope)
        position, shares = snapped(way, 1.0), np.full(way.shape, self.below)
        for edge, (_, share) in zip(self._edges(way, group), self.cuts, strict=True):
            shares = np.where(position >= snapped(edge, 1.0), share, shares)
        return np.where(np.isnan(way), np.nan, shares)

    def _edges(self, way: Float, group: Group) -> list[Float]:
        ordered, count = sorted_reference(way, group.reference)
        return [quantile(ordered, count, percentile / 100.0) for percentile, _ in self.cuts]

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        edges = self._edges(_part_of_way(group, scope), group)
        reached = {
            snapped(edge, 1.0).item(): (edge.item(), share, share)
            for edge, (_, share) in zip(edges, self.cuts, strict=True)
        }
        ends = (group.low.item(), group.high.item())
        best, worst = ends if scope.direction == "lower" else ends[::-1]
        posts = Goalposts(worst=worst, best=best, clip=False)
        return Chain(posts, Stairs(list(reached.values()), below=self.below))


def _part_of_way(group: Group, scope: Scope) -> Float:
    """Return the part of the way from the worst to the best value that each unit has done."""
    way = group.high - group.values if scope.direction == "lower" else group.values - group.low
    return np.asarray(way / (group.high - group.low))

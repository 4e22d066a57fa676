"""Relative rules that are straight lines: between the peers' extremes, or from their middle."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np

from govindex.checks import spread_of
from govindex.contracts import Float, Rule, Scope
from govindex.errors import SettingError
from govindex.kernels import reductions
from govindex.rules.chain import Chain
from govindex.rules.common import INFINITE, finite
from govindex.rules.goalposts import Goalposts
from govindex.rules.lines import Affine
from govindex.rules.peers import Group, PeerRule, shared_last

__all__ = ["MinMax", "Robust", "ZScore"]


@attrs.frozen(field_transformer=shared_last)
class MinMax(PeerRule):
    """Between the least and the largest value of the peers.

    ``low + (high − low)·(x − min) / (max − min)``; for direction ``lower`` the largest value gets
    `low`.

    Parameters
    ----------
    low, high : float
        The shares of the worst and of the best peer; `low` above `high` reverses the scale.
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values count. Units outside the population are scored on its extremes. In a panel the
        first three pool the periods.
    degenerate : "error" or float
        The share in a population without two distinct values.

    Raises
    ------
    CellError
        If a population has no two distinct values and `degenerate` is ``"error"``.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 5 (normalisation),
    min-max.

    Examples
    --------
    >>> MinMax()(np.array([10.0, 20.0, 30.0]), Scope())
    array([0. , 0.5, 1. ])
    >>> MinMax()(np.array([10.0, 20.0, 30.0]), Scope(direction="lower"))
    array([1. , 0.5, 0. ])
    """

    _noun: ClassVar[str] = "min-max"
    low: float = attrs.field(default=0.0, validator=finite)
    high: float = attrs.field(default=1.0, validator=finite)

    def __attrs_post_init__(self) -> None:
        if self.low == self.high:
            raise SettingError(f"MinMax needs two distinct ends, both are {self.low:g}")

    @property
    def monotone(self) -> bool:
        """Whether the best peer gets the larger share, and equal peers one between the ends."""
        return self.low < self.high and self._degenerate_between(self.low, self.high)

    @property
    def falling(self) -> bool:
        """Whether the scale is reversed, with equal peers between the ends."""
        return self.high < self.low and self._degenerate_between(self.high, self.low)

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends, unless units outside the population may lie beyond them."""
        if self.over == "ranked":
            return INFINITE
        return self._bounds_with(self.low, self.high)

    @property
    def full_share(self) -> float:
        """The higher end, which units outside the population may exceed."""
        return float(max(self.low, self.high))

    def _score(self, group: Group, scope: Scope) -> Float:
        lower = scope.direction == "lower"
        share = group.high - group.values if lower else group.values - group.low
        share /= group.high - group.low
        share += 0.0  # no negative zero
        if (self.low, self.high) != (0.0, 1.0):
            share = self.low + (self.high - self.low) * share
        return share

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        low, high = group.low.item(), group.high.item()
        worst, best = (high, low) if scope.direction == "lower" else (low, high)
        posts = Goalposts(worst=worst, best=best, clip=False)
        if (self.low, self.high) == (0.0, 1.0):
            return posts
        return Chain(posts, Affine(intercept=self.low, slope=self.high - self.low))


@attrs.frozen(field_transformer=shared_last)
class ZScore(PeerRule):
    """Standard deviations from the peers' mean: ``mean + sd·(x − x̄) / s``.

    Parameters
    ----------
    mean, sd : float
        The mean and the standard deviation of the shares; for direction ``lower`` the deviation's
        sign is turned.
    ddof : int
        1 divides by n − 1 (sample), 0 by n (population).
    over, degenerate
        As in :class:`MinMax`.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 5 (normalisation),
    standardisation.

    Examples
    --------
    >>> ZScore()(np.array([1.0, 2.0, 3.0]), Scope())
    array([-1.,  0.,  1.])
    """

    _noun: ClassVar[str] = "a z-score"
    bounds: ClassVar[tuple[float, float]] = INFINITE
    mean: float = attrs.field(default=0.0, validator=finite)
    sd: float = attrs.field(default=1.0, validator=finite)
    ddof: int = attrs.field(default=1, validator=spread_of, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.sd <= 0:
            raise SettingError(f"ZScore needs a standard deviation above 0, not {self.sd!r}")

    @property
    def monotone(self) -> bool:
        """Whether a larger own value never earns less.

        It moves mean and deviation too, but never so far that its share falls.
        """
        return self.degenerate in ("error", self.mean)

    def _score(self, group: Group, scope: Scope) -> Float:
        mean, deviation = reductions.moments(group.values, group.reference, self.ddof)
        sd = -self.sd if scope.direction == "lower" else self.sd
        return self.mean + sd * ((group.values - mean) / deviation)

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        moments = reductions.moments(group.values, group.reference, self.ddof)
        mean, deviation = (moment.item() for moment in moments)
        # Subtract the mean first: goalposts at the mean and one deviation from it would lose the
        # digits of a deviation that is small compared with the mean.
        sd = -self.sd if scope.direction == "lower" else self.sd
        return Chain(Affine(intercept=-mean), Affine(intercept=self.mean, slope=sd / deviation))


@attrs.frozen(field_transformer=shared_last)
class Robust(PeerRule):
    """Deviations from the peers' median: ``median + mad·(x − x̃) / MAD``.

    MAD is the median of ``|x − x̃|``. A few extreme values move neither, unlike the mean and the
    standard deviation of :class:`ZScore`.

    Parameters
    ----------
    median, mad : float
        The median of the shares and their median absolute deviation; for direction ``lower`` the
        deviation's sign is turned. ``mad=0.6745`` gives normally distributed values the standard
        deviation 1.
    over
        As in :class:`MinMax`. In a panel the first three pool the periods.
    degenerate : "error" or float
        The share in a population without two distinct values, or with more than half of them equal.

    Raises
    ------
    CellError
        If a population has a median absolute deviation of 0 and `degenerate` is ``"error"``.

    Examples
    --------
    >>> Robust()(np.array([1.0, 2.0, 3.0, 100.0]), Scope())
    array([-1.5, -0.5,  0.5, 97.5])
    """

    _noun: ClassVar[str] = "a robust z-score"
    bounds: ClassVar[tuple[float, float]] = INFINITE
    median: float = attrs.field(default=0.0, validator=finite)
    mad: float = attrs.field(default=1.0, validator=finite)

    def __attrs_post_init__(self) -> None:
        if self.mad <= 0:
            raise SettingError(f"Robust needs a deviation above 0, not {self.mad!r}")

    @property
    def monotone(self) -> bool:
        """Whether a larger own value never earns less: it moves the median, but not past itself."""
        return self.degenerate in ("error", self.median)

    @property
    def _no_share(self) -> str:
        return _HALF_EQUAL

    def _score(self, group: Group, scope: Scope) -> Float:
        median, deviation = _median_and_deviation(group)
        mad = -self.mad if scope.direction == "lower" else self.mad
        return self.median + mad * ((group.values - median) / deviation)

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        median, deviation = (number.item() for number in _median_and_deviation(group))
        if np.isnan(deviation):
            raise SettingError(_HALF_EQUAL)
        mad = -self.mad if scope.direction == "lower" else self.mad
        return Chain(
            Affine(intercept=-median), Affine(intercept=self.median, slope=mad / deviation)
        )


_HALF_EQUAL = (
    "a robust z-score needs a median absolute deviation above 0, but more than half of the values "
    "are equal"
)


def _median_and_deviation(group: Group) -> tuple[Float, Float]:
    """Return the median and the median distance from it, NaN if that is 0."""
    median = reductions.median_over_units(group.values, group.reference)
    deviation = reductions.median_over_units(np.abs(group.values - median), group.reference)
    return median, np.where(deviation > 0, deviation, np.nan)

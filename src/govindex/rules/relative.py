"""Relative rules: a value among its peers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Over, Rule, Scope, check_over, reference_groups
from govindex.errors import CellError, SettingError
from govindex.kernels import reductions
from govindex.rules.chain import Chain
from govindex.rules.common import INFINITE, finite, number
from govindex.rules.lines import Affine, Goalposts

__all__ = ["MinMax", "ZScore"]


def _check_over(_: object, __: object, over: str) -> None:
    check_over(over)


def _check_degenerate(_: object, __: object, value: float | str) -> None:
    if value != "error":
        number(value, "degenerate is 'error' or a share; the share")


class _Relative:
    peer_dependent: ClassVar[bool] = True
    directed: ClassVar[bool] = True
    ignores_measure_unit: ClassVar[bool] = True


@attrs.frozen
class MinMax(_Relative):
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
        What a population without two distinct values gets.

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

    low: float = attrs.field(default=0.0, validator=finite)
    high: float = attrs.field(default=1.0, validator=finite)
    over: Over = attrs.field(default="all", validator=_check_over, kw_only=True)
    degenerate: float | Literal["error"] = attrs.field(
        default="error", validator=_check_degenerate, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.low == self.high:
            raise SettingError(f"MinMax needs two distinct ends, both are {self.low:g}")

    @property
    def monotone(self) -> bool:
        """Whether the best peer gets the larger share, and equal peers one between the ends."""
        between = self.degenerate == "error" or self.low <= self.degenerate <= self.high
        return self.low < self.high and between

    @property
    def falling(self) -> bool:
        """Whether the scale is reversed, with equal peers between the ends."""
        between = self.degenerate == "error" or self.high <= self.degenerate <= self.low
        return self.high < self.low and between

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends, unless units outside the population may lie beyond them."""
        if self.over == "ranked":
            return INFINITE
        ends = [self.low, self.high, *([] if self.degenerate == "error" else [self.degenerate])]
        return (float(min(ends)), float(max(ends)))

    @property
    def full_share(self) -> float:
        """The higher end, which units outside the population may exceed."""
        return float(max(self.low, self.high))

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return shares on the scale from `low` to `high`."""

        def score(own: Float, reference: Bool, low: Float, high: Float) -> Float:
            share = high - own if scope.direction == "lower" else own - low
            share /= high - low
            if (self.low, self.high) != (0.0, 1.0):
                share = self.low + (self.high - self.low) * share
            return share

        return _among_peers(self, "min-max", values, scope, score)

    def anchor(self, reference: Float, scope: Scope) -> Rule:
        """Return the same scale with the reference's extremes as fixed goalposts.

        Raises
        ------
        SettingError
            If every league or period has extremes of its own, or the reference has no two distinct
            values.
        """
        chosen = _anchor_mask(self.over, reference, scope)
        low, high = (end.item() for end in reductions.extremes(reference, chosen))
        if not low < high:
            raise SettingError("min-max cannot be anchored on a reference without two values")
        worst, best = (high, low) if scope.direction == "lower" else (low, high)
        posts = Goalposts(worst=worst, best=best, clip=False)
        if (self.low, self.high) == (0.0, 1.0):
            return posts
        return Chain(posts, Affine(intercept=self.low, slope=self.high - self.low))


@attrs.frozen
class ZScore(_Relative):
    """Standard deviations from the peers' mean: ``mean + sd·(x − x̄) / s``.

    Parameters
    ----------
    mean, sd : float
        The mean and the standard deviation of the shares; for direction ``lower`` the deviation's
        sign is turned.
    ddof : int
        1 divides by n − 1 (sample), 0 by n (population).
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values count. In a panel the first three pool the periods.
    degenerate : "error" or float
        What a population without two distinct values gets.

    Raises
    ------
    CellError
        If a population has no two distinct values and `degenerate` is ``"error"``.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 5 (normalisation),
    standardisation.

    Examples
    --------
    >>> ZScore()(np.array([1.0, 2.0, 3.0]), Scope())
    array([-1.,  0.,  1.])
    """

    bounds: ClassVar[tuple[float, float]] = INFINITE
    mean: float = attrs.field(default=0.0, validator=finite)
    sd: float = attrs.field(default=1.0, validator=finite)
    ddof: int = attrs.field(default=1, kw_only=True)
    over: Over = attrs.field(default="all", validator=_check_over, kw_only=True)
    degenerate: float | Literal["error"] = attrs.field(
        default="error", validator=_check_degenerate, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.sd <= 0:
            raise SettingError(f"ZScore needs a standard deviation above 0, not {self.sd!r}")
        if self.ddof not in (0, 1):
            raise SettingError(f"ddof is 0 or 1, not {self.ddof!r}")

    @property
    def monotone(self) -> bool:
        """Whether a larger own value never earns less.

        It drags mean and deviation along, but never so far that the own share falls.
        """
        return self.degenerate in ("error", self.mean)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return standardised shares."""

        def score(own: Float, reference: Bool, low: Float, high: Float) -> Float:
            mean, deviation = reductions.moments(own, reference, self.ddof)
            sd = -self.sd if scope.direction == "lower" else self.sd
            return self.mean + sd * ((own - mean) / deviation)

        return _among_peers(self, "a z-score", values, scope, score)

    def anchor(self, reference: Float, scope: Scope) -> Rule:
        """Return the straight line that this rule is on the reference.

        Raises
        ------
        SettingError
            If every league or period has a mean of its own, or the reference has no two distinct
            values.
        """
        chosen = _anchor_mask(self.over, reference, scope)
        low, high = (end.item() for end in reductions.extremes(reference, chosen))
        if not low < high:
            raise SettingError("a z-score cannot be anchored on a reference without two values")
        mean, deviation = (m.item() for m in reductions.moments(reference, chosen, self.ddof))
        # The mean goes off first: goalposts at the mean and one deviation from it would lose the
        # digits of a deviation that is small beside its mean.
        sd = -self.sd if scope.direction == "lower" else self.sd
        return Chain(Affine(intercept=-mean), Affine(intercept=self.mean, slope=sd / deviation))


def _among_peers(
    rule: MinMax | ZScore,
    what: str,
    values: Float,
    scope: Scope,
    score: Callable[[Float, Bool, Float, Float], Float],
) -> Float:
    """Score every reference population by itself, those without two distinct values as declared."""
    shares = np.empty_like(values)
    for members, reference in reference_groups(rule.over, values, scope.peers_of(values)):
        own = values[..., members]
        low, high = reductions.extremes(own, reference)
        flat = ~(high > low)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = score(own, reference, low, high)
        if flat.any():
            cells = flat & ~np.isnan(own)
            if rule.degenerate != "error":
                share = np.where(cells, rule.degenerate, share)
            elif cells.any():
                wrong = np.zeros(values.shape, dtype=bool)
                wrong[..., members] = cells
                message = f"{what} needs two distinct values per indicator"
                raise CellError(message, wrong, whole=True)
        if isinstance(members, slice):
            return share
        shares[..., members] = share
    return shares


def _anchor_mask(over: str, reference: Float, scope: Scope) -> np.ndarray[Any, Any]:
    groups = reference_groups(over, reference, scope.peers_of(reference))
    if len(groups) > 1:
        single = {"league": "league", "period": "period"}.get(over, "league in each period")
        one = "" if over == "league" else "; anchor it on one period, data.at_period(…)"
        raise SettingError(
            f"a rule over {over.replace('_', 's and ')}s cannot be anchored: every {single} has a "
            f"reference of its own{one}"
        )
    return groups[0][1]

"""Absolute rules that are straight lines, or lines of a reciprocal."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np

from govindex.checks import boolean
from govindex.contracts import Curve, Float, Scope
from govindex.errors import CellError, SettingError
from govindex.rules.common import INFINITE, SNAP, Absolute, finite, number, refuse

__all__ = ["Affine", "Clip", "Identity", "Inverse", "Points", "Proportional"]


@attrs.frozen
class Identity(Absolute):
    """The value itself, which is a share already."""

    bounds: ClassVar[tuple[float, float]] = INFINITE
    one_sign: ClassVar[bool] = True

    def curve(self, maximum: float) -> Curve:
        """Return a straight line."""
        return Curve(slope=1.0)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the values."""
        return values


@attrs.frozen
class Points(Absolute):
    """Points awarded, as a share of the maximum: ``value / maximum``.

    Parameters
    ----------
    minimum : float
        The least number of points that may be awarded; below 0 only for penalty indicators.

    Raises
    ------
    CellError
        If a value lies outside [minimum, maximum].

    Examples
    --------
    >>> Points()(np.array([3.0, 6.0]), Scope(maximum=6.0))
    array([0.5, 1. ])
    """

    minimum: float = attrs.field(default=0.0, validator=finite)

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0 (or without limit, for a penalty) to 1."""
        return (0.0 if self.minimum >= 0 else -np.inf, 1.0)

    @property
    def in_points(self) -> bool:
        """Its values are points out of the maximum."""
        return True

    def curve(self, maximum: float) -> Curve:
        """Return the line from the least points to the maximum."""
        slope = 1.0 / maximum if maximum > 0 else 0.0
        return Curve(low=min(self.minimum, maximum), high=maximum, slope=slope)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return points over maximum."""
        slack = SNAP * np.maximum(np.abs(scope.maximum), 1.0)
        wrong = (values < self.minimum - slack) | (values > scope.maximum + slack)
        if wrong.any():
            top = np.broadcast_to(scope.maximum, values.shape)[wrong].flat[0]
            raise CellError(f"points lie between {self.minimum:g} and the maximum {top:g}", wrong)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(np.equal(scope.maximum, 0.0), 0.0 * values, values / scope.maximum)


class _TargetRule(Absolute):
    """The base of rules with a target that earns 1."""

    cap: bool

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0 to 1, or without limit."""
        return (0.0, 1.0 if self.cap else np.inf)

    @property
    def one_sign(self) -> bool:
        """Whether shares are quotients without a limit."""
        return not self.cap

    @property
    def full_share(self) -> float:
        """The share of the target, which values beyond it may exceed if not capped."""
        return 1.0


@attrs.frozen
class Proportional(_TargetRule):
    """Proportional to a target and full from there on: ``min(1, value / target)``.

    Parameters
    ----------
    target : float
        The value that earns 1, in the indicator's measure unit.
    floor : float
        Values below it earn 0.
    cap : bool
        False lets values beyond the target earn more than 1.

    Raises
    ------
    SettingError
        If the target is not above 0 or the floor is above the target.
    CellError
        If a value is negative.

    Examples
    --------
    >>> Proportional(target=80)(np.array([40.0, 80.0, 95.0]), Scope())
    array([0.5, 1. , 1. ])
    """

    target: float = attrs.field(validator=finite)
    floor: float = attrs.field(default=0.0, validator=finite)
    cap: bool = attrs.field(default=True, validator=boolean, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.target <= 0:
            raise SettingError(f"Proportional needs a target above 0, not {self.target!r}")
        if self.floor > self.target:
            raise SettingError(f"the floor {self.floor:g} lies above the target {self.target:g}")

    def curve(self, maximum: float) -> Curve:
        """Return the line up to the target, with a jump at the floor."""
        bends = (self.target, self.floor) if self.floor > 0 else (self.target,)
        jump = max(self.floor, 0.0) / self.target
        return Curve(low=0.0, bends=bends, slope=1.0 / self.target, jump=jump)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the attained share of the target."""
        refuse("a value proportional to a target cannot be negative", values < 0)
        share = values / self.target
        if self.cap:
            share = np.minimum(share, 1.0)
        return np.where(values < self.floor - SNAP * self.target, 0.0, share)


@attrs.frozen
class Inverse(_TargetRule):
    """Inversely proportional to a target, full up to there: ``min(1, target / value)``.

    The counterpart of :class:`Proportional` where less is better: days, cases, emissions.

    Parameters
    ----------
    target : float
        The value that earns 1, in the indicator's measure unit.
    cap : bool
        False lets values below the target earn more than 1.

    Raises
    ------
    SettingError
        If the target is not above 0.
    CellError
        If a value is negative, or 0 without a cap.

    Examples
    --------
    >>> Inverse(target=3)(np.array([2.0, 3.0, 6.0]), Scope())
    array([1. , 1. , 0.5])
    """

    monotone: ClassVar[bool] = False
    falling: ClassVar[bool] = True
    target: float = attrs.field(validator=finite)
    cap: bool = attrs.field(default=True, validator=boolean, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.target <= 0:
            raise SettingError(f"Inverse needs a target above 0, not {self.target!r}")

    def curve(self, maximum: float) -> Curve:
        """Return the branch of a hyperbola, steepest at the target if capped."""
        steep = 1.0 / self.target if self.cap else np.inf
        return Curve(low=0.0, above_low=not self.cap, bends=(self.target,), slope=steep)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the target's share of the values."""
        refuse("a value that a target is divided by cannot be negative", values < 0)
        if self.cap:
            return self.target / np.maximum(values, self.target)
        refuse("a value that a target is divided by must be above 0", values == 0)
        return np.asarray(self.target / values)


@attrs.frozen(kw_only=True)
class Affine(Absolute):
    """A straight line: ``intercept + slope·value``.

    Examples
    --------
    >>> Affine(intercept=1, slope=-1)(np.array([0.25]), Scope())
    array([0.75])
    """

    bounds: ClassVar[tuple[float, float]] = INFINITE
    intercept: float = attrs.field(default=0.0, validator=finite)
    slope: float = attrs.field(default=1.0, validator=finite)

    @property
    def monotone(self) -> bool:
        """Whether the line does not fall."""
        return self.slope >= 0

    @property
    def falling(self) -> bool:
        """Whether the line falls."""
        return self.slope <= 0

    def curve(self, maximum: float) -> Curve:
        """Return the line."""
        return Curve(slope=abs(self.slope))

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the line's height."""
        return self.intercept + self.slope * values


@attrs.frozen
class Clip(Absolute):
    """Keep values within two limits.

    Parameters
    ----------
    low, high : float
        An infinite limit has no effect.

    Examples
    --------
    >>> Clip(-np.inf, 1)(np.array([-2.0, 0.5, 3.0]), Scope())
    array([-2. ,  0.5,  1. ])
    """

    low: float = 0.0
    high: float = 1.0

    def __attrs_post_init__(self) -> None:
        for name, limit in (("low", self.low), ("high", self.high)):
            if isinstance(limit, str) or not np.isscalar(limit) or limit not in INFINITE:
                number(limit, f"Clip({name}=…)")
        if self.low >= self.high:
            raise SettingError(f"Clip needs low < high, not {self.low:g} and {self.high:g}")

    @property
    def bounds(self) -> tuple[float, float]:
        """The limits."""
        return (self.low, self.high)

    def curve(self, maximum: float) -> Curve:
        """Return the line between the limits, level beyond them."""
        bends = tuple(limit for limit in (self.low, self.high) if np.isfinite(limit))
        return Curve(bends=bends, slope=1.0)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the values, limited."""
        return np.clip(values, self.low, self.high)

"""Absolute rules that are straight lines, or lines after a transform."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import boolean
from govindex.contracts import Curve, Float, Scope
from govindex.errors import CellError, SettingError, near_miss
from govindex.rules.common import INFINITE, SNAP, Absolute, finite, number, refuse

__all__ = ["Affine", "Clip", "Goalposts", "Identity", "Inverse", "Points", "Proportional"]


@attrs.frozen
class Identity(Absolute):
    """The value is the share already."""

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
        """From nothing (or without limit, for a penalty) to everything."""
        return (0.0 if self.minimum >= 0 else -np.inf, 1.0)

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


@attrs.frozen
class Proportional(Absolute):
    """Proportional to a target and full from there on: ``min(1, value / target)``.

    Parameters
    ----------
    target : float
        The value that earns everything, in the indicator's measure unit.
    floor : float
        Values below it earn nothing.
    cap : bool
        False lets values beyond the target earn more than everything.

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

    @property
    def bounds(self) -> tuple[float, float]:
        """From nothing to everything, or without limit."""
        return (0.0, 1.0 if self.cap else np.inf)

    @property
    def one_sign(self) -> bool:
        """Whether shares are quotients without a limit."""
        return not self.cap

    @property
    def full_share(self) -> float:
        """The share of the target, which values beyond it may exceed if not capped."""
        return 1.0

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
class Inverse(Absolute):
    """Inversely proportional to a target, full up to there: ``min(1, target / value)``.

    The counterpart of :class:`Proportional` where less is better: days, cases, emissions.

    Parameters
    ----------
    target : float
        The value that earns everything, in the indicator's measure unit.
    cap : bool
        False lets values below the target earn more than everything.

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

    @property
    def bounds(self) -> tuple[float, float]:
        """From nothing to everything, or without limit."""
        return (0.0, 1.0 if self.cap else np.inf)

    @property
    def one_sign(self) -> bool:
        """Whether shares are quotients without a limit."""
        return not self.cap

    @property
    def full_share(self) -> float:
        """The share of the target, which values below it may exceed if not capped."""
        return 1.0

    def curve(self, maximum: float) -> Curve:
        """Return the branch of a hyperbola, steepest at the target if capped."""
        steep = 1.0 / self.target if self.cap else np.inf
        return Curve(low=0.0, above_low=not self.cap, bends=(self.target,), slope=steep)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the target's share of the values."""
        refuse("a value that a target is divided by cannot be negative", values < 0)
        if self.cap:
            return self.target / np.maximum(values, self.target)
        refuse("a value that a target is divided by lies above 0", values == 0)
        return np.asarray(self.target / values)


@attrs.frozen(kw_only=True)
class Goalposts(Absolute):
    """Between two fixed goalposts: ``(t(v) − t(worst)) / (t(best) − t(worst))``.

    Which way is better follows from the order of the goalposts.

    Parameters
    ----------
    worst, best : float
        The values that earn 0 and 1, in the indicator's measure unit.
    clip : bool
        Keep shares within 0 and 1.
    transform : {None, "log", "reciprocal"} or float
        Applied to values and goalposts first; a number is a power.

    Raises
    ------
    SettingError
        If the goalposts coincide or the transform is not defined at them.
    CellError
        If the transform is not defined at a value (the logarithm of 0 …).

    Examples
    --------
    >>> Goalposts(worst=20, best=85)(np.array([52.5, 90.0]), Scope())
    array([0.5, 1. ])
    """

    worst: float = attrs.field(validator=finite)
    best: float = attrs.field(validator=finite)
    clip: bool = attrs.field(default=True, validator=boolean)
    transform: float | Literal["log", "reciprocal"] | None = None

    def __attrs_post_init__(self) -> None:
        if self.worst == self.best:
            raise SettingError(f"goalposts need two distinct values, both are {self.worst:g}")
        if isinstance(self.transform, str) and self.transform not in ("log", "reciprocal"):
            known = ["log", "reciprocal"]
            raise SettingError(
                f"there is no transform '{self.transform}': " + near_miss(self.transform, known)
            )
        if self.transform is not None and not isinstance(self.transform, str):
            power = number(self.transform, "the power of a transform")
            if power == 0:
                raise SettingError("a power of 0 makes all values alike")
        if self.transform is not None and min(self.worst, self.best) < 0:
            raise SettingError("goalposts of a transformed indicator cannot be negative")
        if self._needs_positive and min(self.worst, self.best) == 0:
            raise SettingError(f"the transform '{self.transform}' is not defined at a goalpost 0")

    @property
    def _needs_positive(self) -> bool:
        if self.transform is None or isinstance(self.transform, str):
            return self.transform is not None
        return self.transform < 0

    @property
    def monotone(self) -> bool:
        """Whether larger values are better."""
        return self.worst < self.best

    @property
    def falling(self) -> bool:
        """Whether smaller values are better."""
        return self.best < self.worst

    @property
    def bounds(self) -> tuple[float, float]:
        """0 and 1 if clipped."""
        return (0.0, 1.0) if self.clip else INFINITE

    @property
    def full_share(self) -> float:
        """The share of the best goalpost, which values beyond it may exceed if not clipped."""
        return 1.0

    def curve(self, maximum: float) -> Curve:
        """Return the curve between the goalposts, and beyond them unless it is clipped."""
        low = -np.inf if self.transform is None else 0.0
        return Curve(
            low=low,
            above_low=self._needs_positive,
            bends=(self.worst, self.best),
            slope=self._steepest,
        )

    @property
    def _steepest(self) -> float:
        """The largest slope: at the lower or the higher goalpost where shares are clipped."""
        low, high = sorted((self.worst, self.best))
        if self.transform is None:
            return 1.0 / (high - low)
        if not self.clip:
            return np.inf
        ends = np.array([low, high])
        whole = abs(float(np.diff(self._transformed(ends))[0]))
        power = {"log": 0.0, "reciprocal": -1.0}.get(str(self.transform))
        power = float(self.transform) if power is None else power
        with np.errstate(divide="ignore"):
            steep = np.power(ends, power - 1.0) * (abs(power) if power else 1.0)
        return float(steep.max() / whole)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return where the values stand between the goalposts."""
        if self._needs_positive:
            refuse(f"the transform '{self.transform}' needs values above 0", values <= 0)
        elif self.transform is not None:
            refuse("a power needs values of at least 0", values < 0)
        worst, best = (
            self._transformed(np.array(self.worst)),
            self._transformed(np.array(self.best)),
        )
        own = self._transformed(values)
        with np.errstate(over="ignore"):
            if not np.isfinite(best - worst):  # a quarter of each is apart by a number
                own, worst, best = own / 4.0, worst / 4.0, best / 4.0
            share = (own - worst) / (best - worst) + 0.0  # no negative zero
        return np.clip(share, 0.0, 1.0) if self.clip else share

    def _transformed(self, values: Float) -> Float:
        if self.transform is None:
            return values
        if self.transform == "log":
            return np.log(values)
        if self.transform == "reciprocal":
            return 1.0 / values
        return np.power(values, float(self.transform))


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
        """A falling line turns better into worse."""
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
        An infinite one limits nothing.

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

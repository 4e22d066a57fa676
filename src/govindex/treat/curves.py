"""Rising curves that draw extreme values in: logarithms and powers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among, finite, number, positive, true_or_false
from govindex.contracts import Float
from govindex.errors import CellError, SettingError
from govindex.kernels import reductions
from govindex.kernels.scaling import restored, with_room

__all__ = ["BoxCox", "GIILog", "Log", "YeoJohnson"]

Enough = Callable[[Float], bool] | None
_LARGEST_POWER = 1000.0  # larger ones are failures of the search


def _origin(part: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not among(value, ("least",)):
        number(value, f"{type(part).__name__}(origin=…) is 'least' or a number; the number")


def _not_negative(part: object, attribute: attrs.Attribute[Any], value: float) -> None:
    finite(part, attribute, value)
    if value < 0:
        raise SettingError(
            f"{type(part).__name__}({attribute.name}=…) cannot be negative, it is {value!r}"
        )


def _above_zero(distances: Float, curve: str, *, mirrored: Any = False) -> Float:
    wrong = distances <= 0
    if wrong.any():
        side = "below" if mirrored else "above"
        raise CellError(f"{curve} needs values {side} its origin", wrong)
    return distances


def _check_mirrored(_: object, __: object, value: object) -> None:
    if not among(value, ("skewed",)):
        true_or_false(value, "mirrored, unless it is 'skewed',")


@attrs.frozen(kw_only=True)
class Log:
    """The natural logarithm of the distance from an origin.

    ``ln(x − origin + offset)``; mirrored, for extreme values on the low side,
    ``−ln(origin − x + offset)``.

    Parameters
    ----------
    origin : "least" or float
        The least value (mirrored: the largest), or a number: 0 is the plain logarithm.
    offset : float, optional
        Added to the distance: by default `share` of the range of the values, 0 if the origin is a
        number.
    share : float
        The part of the range that keeps the least value above 0.
    mirrored : bool or "skewed"
        "skewed" mirrors if the skewness is negative.

    Raises
    ------
    CellError
        For values at or below the origin, less the offset.

    Examples
    --------
    >>> values = np.array([1.0, 2.0, 101.0])
    >>> Log().settle(values, None)
    Log(origin=1.0, offset=1.0, share=0.01, mirrored=False)
    >>> Log(origin=0)(values).round(3)
    array([0.   , 0.693, 4.615])
    """

    cuts: ClassVar[bool] = False
    origin: float | Literal["least"] = attrs.field(default="least", validator=_origin)
    offset: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(_not_negative)
    )
    share: float = attrs.field(default=0.01, validator=_not_negative)
    mirrored: bool | Literal["skewed"] = attrs.field(default=False, validator=_check_mirrored)

    @property
    def peer_dependent(self) -> bool:
        """Whether the origin or the direction depends on the values."""
        return self.origin == "least" or self.mirrored == "skewed"

    def settle(self, ordered: Float, enough: Enough) -> Log | None:
        """Return the logarithm with its numbers."""
        mirrored = self.mirrored
        if mirrored == "skewed":
            mirrored = reductions.is_skewed_low(ordered)
        if self.origin != "least":
            return attrs.evolve(self, mirrored=mirrored)
        end = ordered[-1 if mirrored else 0]
        offset = self.offset
        if offset is None:
            values, power = with_room(ordered)
            offset = float(restored(self.share * (values[-1:] - values[:1]), power)[0])
        return attrs.evolve(self, origin=float(end), offset=float(offset), mirrored=mirrored)

    def __call__(self, values: Float) -> Float:
        """Return logarithms."""
        if self.origin == "least" or self.mirrored == "skewed":
            raise SettingError(f"{self!r} has no origin yet: settle(…) finds it")
        every, power = with_room(np.append(values, [self.origin, self.offset or 0.0]))
        scaled, origin, offset = every[:-2].reshape(values.shape), every[-2], every[-1]
        distances = origin - scaled if self.mirrored else scaled - origin
        above = _above_zero(distances + offset, "a logarithm", mirrored=self.mirrored)
        logarithms: Float = np.log(above)
        if power is not None:
            logarithms += power * np.log(2.0)
        return -logarithms if self.mirrored else logarithms


@attrs.frozen(kw_only=True)
class GIILog:
    """The logarithm of the Global Innovation Index: from 0 for the least value to ``ln(f·max)``.

    ``ln((f·max − 1)·(x − min) / (max − min) + 1)``; mirrored, for extreme values on the low side,
    ``−ln((f·max − 1)·(max − x) / (max − min) + 1)``.

    Parameters
    ----------
    factor : float
        f, a power of ten that brings the largest value above 1: shares of 1 have the factor 100.
        The larger it is, the more the curve bends.
    low, high : float, optional
        min and max; by default those of the values.
    mirrored : bool or "skewed"
        "skewed" mirrors if the skewness is negative. The index itself leaves out the minus, which
        turns the direction; here all treatments keep the order of the values.

    Raises
    ------
    CellError
        If f·max is not above 1, or for values so far beyond the least (mirrored: the largest) that
        they have no logarithm.

    References
    ----------
    Global Innovation Index 2020 (Cornell University, INSEAD and WIPO), technical notes (appendix
    IV), for indicators with more than five outliers. The formula could not be compared with their
    text; the documentation of COINr 1.1.14 (``log_GII``) confirms that the index's own form turns
    the direction where the largest value is below 1.

    Examples
    --------
    >>> log = GIILog().settle(np.array([0.0, 1.0, 100.0]), None)
    >>> log(np.array([0.0, 1.0, 100.0])).round(3)
    array([0.   , 0.688, 4.605])
    """

    cuts: ClassVar[bool] = False
    factor: float = attrs.field(default=1.0, validator=positive)
    low: float | None = attrs.field(default=None, validator=attrs.validators.optional(finite))
    high: float | None = attrs.field(default=None, validator=attrs.validators.optional(finite))
    mirrored: bool | Literal["skewed"] = attrs.field(default=False, validator=_check_mirrored)

    def __attrs_post_init__(self) -> None:
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise SettingError(
                f"GIILog needs low < high, not {self.low:g} and {self.high:g}: the least and the "
                "largest value"
            )

    @property
    def peer_dependent(self) -> bool:
        """Whether an end or the direction depends on the values."""
        return self.low is None or self.high is None or self.mirrored == "skewed"

    def settle(self, ordered: Float, enough: Enough) -> GIILog | None:
        """Return the logarithm with its ends."""
        mirrored = self.mirrored
        if mirrored == "skewed":
            mirrored = reductions.is_skewed_low(ordered)
        low = float(ordered[0]) if self.low is None else self.low
        high = float(ordered[-1]) if self.high is None else self.high
        if not low < high:
            return None
        return attrs.evolve(self, low=low, high=high, mirrored=mirrored)

    def __call__(self, values: Float) -> Float:
        """Return logarithms."""
        if self.low is None or self.high is None or self.mirrored == "skewed":
            raise SettingError(f"{self!r} has no ends yet: settle(…) finds them")
        with np.errstate(over="ignore"):
            top = self.factor * np.float64(self.high) - 1.0
        if not 0.0 < top < np.inf:
            message = (
                f"GIILog needs a largest value times its factor above 1, and that is "
                f"{self.factor:g}·{self.high:g}: take another factor or measure unit"
            )
            raise CellError(message, ~np.isnan(values))
        every, _ = with_room(np.append(values, [self.low, self.high]))
        scaled, low, high = every[:-2].reshape(values.shape), every[-2], every[-1]
        part = (high - scaled if self.mirrored else scaled - low) / (high - low)
        above = _above_zero(top * part + 1.0, "a logarithm", mirrored=self.mirrored)
        logarithms: Float = np.log(above)
        return 0.0 - logarithms if self.mirrored else logarithms


@attrs.frozen(kw_only=True)
class BoxCox:
    """The power transformation of Box and Cox.

    ``((x − origin + offset)^power − 1) / power``, the logarithm for power 0.

    Parameters
    ----------
    power : float, optional
        By default the one under which the values are most likely a sample of a normal distribution.
    origin : "least" or float
    offset : float
        `origin` "least" and `offset` 1 make all values 1 and more.

    Raises
    ------
    CellError
        For values at or below the origin, less the offset.

    References
    ----------
    Box, G. E. P. and Cox, D. R., An Analysis of Transformations, Journal of the Royal Statistical
    Society B 26 (1964).

    Examples
    --------
    >>> BoxCox(power=2)(np.array([1.0, 3.0]))
    array([0., 4.])
    """

    cuts: ClassVar[bool] = False
    power: float | None = attrs.field(default=None, validator=attrs.validators.optional(finite))
    origin: float | Literal["least"] = attrs.field(default=0.0, validator=_origin)
    offset: float = attrs.field(default=0.0, validator=_not_negative)

    @property
    def peer_dependent(self) -> bool:
        """Whether the power or the origin depends on the values."""
        return self.power is None or self.origin == "least"

    def settle(self, ordered: Float, enough: Enough) -> BoxCox | None:
        """Return the transformation with its numbers."""
        origin = float(ordered[0]) if self.origin == "least" else self.origin
        power = self.power
        if power is None:
            from scipy import stats

            distances = _above_zero(ordered - origin + self.offset, "a Box-Cox transformation")
            power = _likeliest(self, lambda: stats.boxcox_normmax(distances, method="mle"))
        return attrs.evolve(self, origin=origin, power=power)

    def __call__(self, values: Float) -> Float:
        """Return transformed values."""
        if self.power is None or self.origin == "least":
            raise SettingError(f"{self!r} has no numbers yet: settle(…) finds them")
        distances = _above_zero(values - self.origin + self.offset, "a Box-Cox transformation")
        return _power(distances, self.power)


def _power(above: Float, power: float) -> Float:
    with np.errstate(over="ignore"):
        curved: Float = np.log(above) if power == 0 else (above**power - 1) / power
    return curved


def _likeliest(part: BoxCox | YeoJohnson, search: Callable[[], Any]) -> float:
    """Return the power that a search finds, refusing an extreme one."""
    try:
        with np.errstate(all="ignore"):
            power = float(search())
    except (ArithmeticError, ValueError, RuntimeError):
        power = np.nan
    if not abs(power) < _LARGEST_POWER:
        message = (
            f"{type(part).__name__} finds no power: values are too large, too small or too close "
            "together; take another measure unit, or give power=…"
        )
        raise CellError(message, np.True_)
    return power


@attrs.frozen(kw_only=True)
class YeoJohnson:
    """The power transformation of Yeo and Johnson, for values on both sides of zero.

    ``((x + 1)^power − 1) / power`` for x ≥ 0, and below it
    ``−((1 − x)^(2 − power) − 1) / (2 − power)``; logarithms where the exponent is 0.

    Parameters
    ----------
    power : float, optional
        By default the one under which the values are most likely a sample of a normal distribution.

    References
    ----------
    Yeo, I.-K. and Johnson, R. A., A New Family of Power Transformations to Improve Normality or
    Symmetry, Biometrika 87 (2000).

    Examples
    --------
    >>> YeoJohnson(power=2)(np.array([-1.0, 0.0, 1.0])).round(3)
    array([-0.693,  0.   ,  1.5  ])
    """

    cuts: ClassVar[bool] = False
    power: float | None = attrs.field(default=None, validator=attrs.validators.optional(finite))

    @property
    def peer_dependent(self) -> bool:
        """Whether the power depends on the values."""
        return self.power is None

    def settle(self, ordered: Float, enough: Enough) -> YeoJohnson | None:
        """Return the transformation with its power."""
        if self.power is not None:
            return self
        from scipy import stats

        return YeoJohnson(power=_likeliest(self, lambda: stats.yeojohnson_normmax(ordered)))

    def __call__(self, values: Float) -> Float:
        """Return transformed values."""
        if self.power is None:
            raise SettingError(f"{self!r} has no power yet: settle(…) finds it")
        up = _power(np.where(values >= 0, values, 0.0) + 1, self.power)
        down = -_power(1 - np.where(values < 0, values, 0.0), 2 - self.power)
        return np.where(np.isnan(values), np.nan, np.where(values >= 0, up, down))

"""Rounding to a number of decimals, in the five modes of published indices.

Arrays have any shape; NaN and infinity pass through. A result is the double nearest to its decimal
value, so that it equals the same number typed by hand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from govindex.kernels.decades import decade_of, decades_from, power

__all__ = [
    "binary",
    "decimal",
    "half_even",
    "half_up",
    "r_style",
    "snap",
    "truncate",
    "twelve_digits",
]

Float = npt.NDArray[np.float64]

# Scores are ratios of ordinary counts: one that lies within 2**-42 (relative) of a decimal half is
# that half, disturbed by the last bits of floating point. Where 2**-42 would be more than a
# thousandth of the last decimal, a thousandth or the last bit applies: whole numbers stay whole.
_NUDGE = 2.0**-42
_LAST_BIT = 2.0**-52
_EXACT = 2.0**52
_LEAST_NORMAL = 2.0**-1022
_OFFSET = 0.5137  # no ratio of ordinary counts has the fraction at which it rounds up
_DIGITS = 12
_WHOLE = 4  # decades above the digits in which doubles hold all whole numbers
_EXACT_POWER = 22  # the largest exponent of ten that is exact as a double
_SPLITTER = 2.0**27 + 1.0


def _scaled(values: Float, decimals: int) -> Float:
    # Powers of ten below 1 have no exact double, so negative decimals divide.
    if decimals < 0:
        return np.abs(values) / 10.0**-decimals
    with np.errstate(over="ignore"):
        return np.abs(values) * 10.0**decimals


def _unscaled(whole: Float, decimals: int) -> Float:
    if decimals < 0:
        return whole * 10.0**-decimals
    return whole / 10.0**decimals


def _nudge(scaled: Float) -> Float:
    return np.minimum(scaled * _NUDGE, np.clip(scaled * _LAST_BIT, 2.0**-10, 2.0**-2))


def _apart(scaled: Float, whole: Float, values: Float, decimals: int) -> Float:
    # From 2**52 on a double has no digits left to round; NaN and infinity stay.
    kept = scaled < _EXACT
    rounded = np.copysign(_unscaled(whole, decimals), values) + 0.0  # no negative zero
    return np.where(kept, rounded, values)


def half_up(values: Float, decimals: int) -> Float:
    """Round half away from zero on the decimal value, as people and Excel do.

    Equal to exact decimal rounding of ``maximum·a/b`` for counts up to ten million and
    ``maximum·10^decimals`` up to 100,000: 100 points with three decimals, 1000 with two.

    Examples
    --------
    >>> half_up(np.array([5.595, -5.595, 1.005]), 2)
    array([ 5.6 , -5.6 ,  1.01])
    """
    if decimals >= 0 and _is_ordinary(values, decimals):
        # The same steps, in one array and without those that change nothing.
        scaled = values * 10.0**decimals
        whole = scaled * _NUDGE
        whole += scaled
        whole += 0.5
        np.floor(whole, out=whole)
        whole /= 10.0**decimals
        return whole
    scaled = _scaled(values, decimals)
    return _apart(scaled, np.floor(scaled + _nudge(scaled) + 0.5), values, decimals)


def _is_ordinary(values: Float, decimals: int) -> bool:
    """Return whether all values are present, at least 0, and rounded with the plain nudge."""
    if not (isinstance(values, np.ndarray) and values.size and values.ndim):
        return False
    return bool(values.min() >= 0.0 and values.max() < 2.0**32 / 10.0**decimals)


def half_even(values: Float, decimals: int) -> Float:
    """Round half to the even digit on the decimal value.

    Examples
    --------
    >>> half_even(np.array([0.125, 0.135, 2.5]), 2)
    array([0.12, 0.14, 2.5 ])
    """
    scaled = _scaled(values, decimals)
    low = np.floor(scaled)
    with np.errstate(invalid="ignore"):
        is_half = np.abs(scaled - low - 0.5) <= _nudge(scaled)
    whole = np.where(is_half, 2.0 * np.rint(low / 2.0 + 0.25), np.floor(scaled + 0.5))
    return _apart(scaled, whole, values, decimals)


def truncate(values: Float, decimals: int) -> Float:
    """Cut the decimals off, towards zero.

    Examples
    --------
    >>> truncate(np.array([16.478, 0.29]), 2)
    array([16.47,  0.29])
    """
    scaled = _scaled(values, decimals)
    return _apart(scaled, np.floor(scaled + _nudge(scaled)), values, decimals)


def binary(values: Float, decimals: int) -> Float:
    """Round half away from zero on the double itself, as many programs do.

    5.595 is stored as 5.59499…, so it becomes 5.59; 1.125 is stored exactly and becomes 1.13.

    Examples
    --------
    >>> binary(np.array([5.595, 1.125]), 2)
    array([5.59, 1.13])
    """
    positive = np.abs(values)
    scaled = _scaled(values, decimals)
    low = np.floor(scaled)
    if decimals < 0:
        return _apart(scaled, low + (positive >= _unscaled(low + 0.5, decimals)), values, decimals)
    # The product is correctly rounded, so only a fraction of exactly one half can hide an exact
    # product below it: the sign of the product's own error decides (Dekker's exact product).
    with np.errstate(invalid="ignore", over="ignore"):
        fraction = scaled - low
        error = _product_error(positive, 10.0**decimals, scaled)
    up = (fraction > 0.5) | ((fraction == 0.5) & (error >= 0.0))
    return _apart(scaled, low + up, values, decimals)


def _product_error(first: Float, second: float, product: Float) -> Float:
    big = first * _SPLITTER
    first_high = big - (big - first)
    first_low = first - first_high
    wide = second * _SPLITTER
    second_high = wide - (wide - second)
    second_low = second - second_high
    return (
        (first_high * second_high - product) + first_high * second_low + first_low * second_high
    ) + first_low * second_low


def r_style(values: Float, decimals: int) -> Float:
    """Round as R since version 4.0: to the nearer of two neighbours, the even digit on a tie.

    Examples
    --------
    >>> r_style(np.array([0.15, 0.25, 2.675]), 1)
    array([0.1, 0.2, 2.7])
    """
    positive = np.abs(values)
    scaled = _scaled(values, decimals)
    low, high = np.floor(scaled), np.ceil(scaled)
    with np.errstate(invalid="ignore"):
        down, up = positive - _unscaled(low, decimals), _unscaled(high, decimals) - positive
        take_low = (down < up) | ((down == up) & (np.mod(low, 2.0) == 0.0))
    rounded = _apart(scaled, np.where(take_low, low, high), values, decimals)
    # R does not round to more than fifteen significant digits.
    with np.errstate(divide="ignore"):
        digits = np.floor(np.log10(positive, where=positive > 0, out=np.zeros_like(positive))) + 1
    return np.where(digits + decimals > 15, values, rounded)


_MOST_POWER = 308.0  # the largest exponent of ten of a double


def snap(values: Float, scale: float | Float) -> Float:
    """Drop the last bits, which depend on the order of additions: keep twelve digits of the scale.

    Parameters
    ----------
    values : array
        Numbers on a scale from 0 to about `scale`.
    scale : float or array
        The largest printed value, for instance 100.

    Examples
    --------
    >>> snap(np.array([7.96 + 17.68 + 8.56 + 6.67 + 9.59 + 11.43]), 100)
    array([61.89])
    """
    size = np.where(np.asarray(scale) > 0, scale, 1.0)
    power = 10.0 ** np.minimum(12.0 - np.ceil(np.log10(size)), _MOST_POWER)
    with np.errstate(over="ignore"):
        scaled = values * power
    return np.where(np.abs(scaled) < _EXACT, np.floor(scaled + _OFFSET) / power + 0.0, values)


def twelve_digits(values: Float, size: Float | float = 0.0) -> Float:
    """Round to twelve significant decimals of `size`, or of the values if they are larger.

    Numbers that are equal on paper become one double, if computed from decimals of so many digits.
    Whole numbers that doubles hold stay, and so do NaN and infinity.

    Parameters
    ----------
    values : array
    size : array or float
        The largest number that went into each value; only its digits are known.

    Examples
    --------
    >>> twelve_digits(np.array([0.3 - 0.1, 0.2]), np.array([0.3, 0.2])).tolist()
    [0.2, 0.2]
    >>> twelve_digits(np.array([1e-9 / 3, 2e15 + 1])).tolist()
    [3.33333333333e-10, 2000000000000001.0]
    """
    sizes = np.maximum(np.abs(values), size)
    known = sizes[np.isfinite(sizes) & (sizes > 0)]
    if not known.size:
        return values
    first, last = decade_of(known.min()), decade_of(known.max())
    exponents = _DIGITS - 1 - np.arange(first, last + 1)
    exponents[(exponents < 0) & (exponents >= -_WHOLE)] = 0
    usual = (exponents >= 0) & (exponents <= _EXACT_POWER)
    index = decades_from(first, last, sizes)
    scale = power(np.where(usual, exponents, 0)).take(index)
    digits = np.abs(values) * scale
    digits = np.where(digits < _EXACT, np.floor(digits + _OFFSET), digits)
    rounded: Float = np.copysign(digits, values) / scale + 0.0
    if not usual.all():
        other = ~usual.take(index) & np.isfinite(sizes)
        some, powers = (
            np.broadcast_to(x, rounded.shape)[other] for x in (values, exponents[index])
        )
        rounded[other] = _rounded_one_by_one(some, powers)
        # Below the normal doubles numbers have fewer than twelve digits, and sums are exact.
        rounded = np.where(sizes < _LEAST_NORMAL, values, rounded)
    return rounded if np.isfinite(sizes).all() else np.where(np.isinf(sizes), values, rounded)


def _rounded_one_by_one(values: Float, exponents: npt.NDArray[np.intp]) -> list[float]:
    """Round through text where no power of ten is exact, to the nearest double."""
    half = exponents // 2  # no single power spans all doubles
    digits = np.abs(values) * power(half) * power(exponents - half)
    whole = np.copysign(np.floor(digits + _OFFSET), values)
    pairs = zip(whole.tolist(), exponents.tolist(), strict=True)
    return [float(f"{int(number)}e{-exponent}") + 0.0 for number, exponent in pairs]


def decimal(values: Float, scale: float | Float) -> Float:
    """Return the short decimal that a number equals up to its last bits, else the number.

    A printed score that was divided and multiplied by its maximum becomes the printed score again.

    Parameters
    ----------
    values : array
    scale : float or array
        The largest printed value, for instance 100.

    Examples
    --------
    >>> decimal(np.array([0.29 * 100, 100 / 3]), 100)
    array([29.        , 33.33333333])
    """
    near = snap(values, scale)
    return np.where(np.abs(near - values) <= 8.0 * np.spacing(np.abs(values)), near, values)

"""Sums and extremes that do not depend on the order of their terms.

Values over units are sorted before they are added, so any order of the rows gives the same bytes;
children are added one after the other, so a unit gives the same bytes alone and among others.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt

from govindex.kernels.scaling import brought, peaks, powers, restored, tame

__all__ = [
    "all_finite",
    "exact_total",
    "extremes",
    "is_skewed_low",
    "mean_over_units",
    "median_over_units",
    "moments",
    "shape_of",
    "shape_of_ordered",
    "sum_over_units",
    "total",
]

# Sums of up to 2**64 numbers have room; squares outside these limits are unreliable.
_ROOM = 64
_LAST_BITS = 2.0**-48
_LEAST_SQUARE, _LARGEST_SQUARE = 2.0**-700, 2.0**900

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]


def all_finite(values: Float) -> bool:
    """Return whether there is neither NaN nor infinity; their sum shows both.

    Examples
    --------
    >>> all_finite(np.array([1.0, 2.0])), all_finite(np.array([1.0, np.nan]))
    (True, False)
    """
    with np.errstate(over="ignore", invalid="ignore"):
        total = values.sum()
    return bool(np.isfinite(total) or np.isfinite(values).all())


def extremes(values: Float, reference: Bool) -> tuple[Float, Float]:
    """Return the least and the largest value of the reference units, kept as a last axis of one.

    NaN if the reference has no value.

    Examples
    --------
    >>> low, high = extremes(np.array([3.0, np.nan, 7.0]), np.array([True, True, True]))
    >>> low.item(), high.item()
    (3.0, 7.0)
    """
    known = values if reference.all() else values[..., reference]
    if known.shape[-1] == 0:
        nothing = np.full((*values.shape[:-1], 1), np.nan)
        return nothing, nothing
    low = known.min(axis=-1, keepdims=True)
    high = known.max(axis=-1, keepdims=True)
    if np.isnan(low).any():
        # fmin and fmax skip NaN, and give it only if there is no number.
        low = np.fmin.reduce(known, axis=-1, keepdims=True)
        high = np.fmax.reduce(known, axis=-1, keepdims=True)
    return low + 0.0, high + 0.0  # 0.0 and -0.0 sort in either order


def sum_over_units(values: Float, reference: Bool) -> tuple[Float, Float]:
    """Return the sum of the reference units and how many they are, last axis kept as one.

    Examples
    --------
    >>> whole, count = sum_over_units(np.array([1.0, 2.0, np.nan]), np.array([True] * 3))
    >>> whole.item(), count.item()
    (3.0, 2.0)
    """
    known = reference & ~np.isnan(values)
    # Contiguous, because the memory layout decides the order in which numpy adds.
    ordered = np.sort(np.ascontiguousarray(np.where(known, values, 0.0)), axis=-1)
    count = known.sum(axis=-1, keepdims=True).astype(np.float64)
    return _added(ordered), count


def _added(ordered: Float) -> Float:
    """Return sums along the last axis, correct even if a partial sum overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.asarray(ordered.sum(axis=-1, keepdims=True))
        if np.isfinite(whole).all():
            return whole
        again = np.ldexp(np.ldexp(ordered, -_ROOM).sum(axis=-1, keepdims=True), _ROOM)
        return np.where(np.isfinite(whole), whole, again)


def mean_over_units(values: Float, reference: Bool) -> tuple[Float, Float]:
    """Return the mean of the reference units and how many they are, last axis kept as one.

    Examples
    --------
    >>> mean, count = mean_over_units(np.array([1.0, 2.0, np.nan]), np.array([True] * 3))
    >>> mean.item(), count.item()
    (1.5, 2.0)
    """
    whole, count = sum_over_units(values, reference)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = whole / count
        if np.isinf(whole).any():
            less, _ = sum_over_units(np.ldexp(values, -_ROOM), reference)
            mean = np.where(np.isinf(whole), np.ldexp(less / count, _ROOM), mean)
        return mean, count


def median_over_units(values: Float, reference: Bool) -> Float:
    """Return the median of the reference units, last axis kept as one; NaN if all are absent.

    Examples
    --------
    >>> median_over_units(np.array([4.0, 1.0, 9.0, np.nan]), np.array([True] * 4)).item()
    4.0
    """
    known = reference & ~np.isnan(values)
    count = known.sum(axis=-1, keepdims=True)
    if not values.shape[-1]:
        return np.full((*values.shape[:-1], 1), np.nan)
    ordered = np.sort(np.where(known, values, np.nan), axis=-1)  # NaN are last
    low, high = (
        np.take_along_axis(ordered, index, axis=-1)
        for index in (np.maximum(count - 1, 0) // 2, np.minimum(count // 2, values.shape[-1] - 1))
    )
    with np.errstate(over="ignore"):
        middle: Float = (low + high) / 2 + 0.0  # no negative zero
    return np.where(np.isinf(middle), low / 2 + high / 2, middle)


def moments(values: Float, reference: Bool, ddof: int) -> tuple[Float, Float]:
    """Return mean and standard deviation of the reference units, last axis kept as one.

    The deviation is NaN where fewer than ``ddof + 1`` units are known.

    Examples
    --------
    >>> mean, deviation = moments(np.array([1.0, 2.0, 3.0]), np.array([True] * 3), 1)
    >>> mean.item(), deviation.item()
    (2.0, 1.0)
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        mean, count = mean_over_units(values, reference)
        spread, _ = mean_over_units((values - mean) ** 2, reference)
    freedom = count - ddof
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        variance = spread * count / freedom
        deviation = np.where(freedom > 0, np.sqrt(variance), np.nan)
    lost = (count > 0) & ~((spread > _LEAST_SQUARE) & (spread < _LARGEST_SQUARE))
    of_reference = np.where(reference, values, np.nan)  # the others may have any size
    power = powers(peaks(of_reference)) if lost.any() else None
    if power is None:
        return mean, deviation
    # Squares overflowed or were lost: repeat at an ordinary size.
    _, again = moments(brought(of_reference, power), reference, ddof)
    return mean, np.where(lost, restored(again, power), deviation)


def shape_of(values: Float, reference: Bool) -> tuple[Float, Float]:
    """Return skewness and excess kurtosis of the reference units, last axis kept as one.

    Both are adjusted for the sample, as SKEW and KURT of spreadsheets are; NaN if fewer than
    three (four) units are known, or if all are equal.

    Examples
    --------
    >>> skew, kurtosis = shape_of(np.array([1.0, 2.0, 3.0, 10.0]), np.array([True] * 4))
    >>> round(skew.item(), 4), round(kurtosis.item(), 4)
    (1.7636, 3.228)
    """
    known = reference & ~np.isnan(values)
    ordered = tame(np.sort(np.where(known, values, np.nan), axis=-1))  # NaN are last
    n = known.sum(axis=-1, keepdims=True)
    whole = np.arange(values.shape[-1]) < n
    low, high = extremes(ordered, np.ones(values.shape[-1], dtype=bool))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(whole, ordered, 0.0).sum(axis=-1, keepdims=True) / n
    apart = np.where(whole, ordered - mean, 0.0)
    return _shape(apart, n.astype(np.float64), low < high)


def shape_of_ordered(ordered: Float) -> tuple[float, float]:
    """Return skewness and excess kurtosis of values in rising order, all of them known.

    As :func:`shape_of`, without the time to sort.

    Examples
    --------
    >>> skew, kurtosis = shape_of_ordered(np.array([1.0, 2.0, 3.0, 10.0]))
    >>> round(skew, 4), round(kurtosis, 4)
    (1.7636, 3.228)
    """
    n = len(ordered)
    if not n:
        return np.nan, np.nan
    ordered = tame(ordered)
    apart = ordered - ordered.sum() / n
    skew, kurtosis = _shape(apart, np.array([n], dtype=np.float64), ordered[:1] < ordered[-1:])
    return float(skew[0]), float(kurtosis[0])


def is_skewed_low(ordered: Float) -> bool:
    """Return whether values in rising order have a negative skewness.

    Symmetric values have none, whatever the last bits of their skewness are.

    Examples
    --------
    >>> is_skewed_low(np.array([-9.0, 1.0, 2.0])), is_skewed_low(np.array([0.1, 0.2, 0.3]))
    (True, False)
    """
    if not len(ordered):
        return False
    ends = tame(ordered[[0, -1]])
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        # The distances from the mean have so many last bits of the largest value.
        bits = np.abs(ends).max() / (ends[1] - ends[0])
    return bool(shape_of_ordered(ordered)[0] < -_LAST_BITS * len(ordered) * bits)


def _shape(apart: Float, n: Float, differ: Bool) -> tuple[Float, Float]:
    """Return skewness and kurtosis from distances to the mean, which are 0 for absent values."""
    # A power of 2 costs no digit, and keeps squares of the least and the largest numbers finite.
    _, power = np.frexp(np.abs(apart).max(axis=-1, keepdims=True, initial=0.0))
    apart = np.ldexp(apart, -power)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        variance = (apart * apart).sum(axis=-1, keepdims=True) / (n - 1)
        # Equal values have no shape, whatever the last bit of their mean.
        apart /= np.where(differ, np.sqrt(variance), np.nan)
        square = apart * apart
        third = (square * apart).sum(axis=-1, keepdims=True)
        fourth = (square * square).sum(axis=-1, keepdims=True)
        skew = n / ((n - 1) * (n - 2)) * third
        kurtosis = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * fourth
        kurtosis = kurtosis - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    return np.where(n > 2, skew, np.nan), np.where(n > 3, kurtosis, np.nan)


def total(numbers: Iterable[Float]) -> Float:
    """Add arrays one after the other, in their order.

    Examples
    --------
    >>> total([np.array([1.0]), np.array([2.0])])
    array([3.])
    """
    return reduce(add, numbers)


def exact_total(numbers: Iterable[Float]) -> Float:
    """Add arrays one after the other with the rounding error of each addition, in their order.

    Examples
    --------
    >>> exact_total([np.array([0.1])] * 10)
    array([1.])
    """
    first, *rest = numbers
    whole, lost = np.asarray(first), np.zeros(())
    for number in rest:
        added = whole + number
        part = added - whole
        lost = lost + ((whole - (added - part)) + (number - part))
        whole = added
    return whole + lost

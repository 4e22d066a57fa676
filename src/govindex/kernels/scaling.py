"""Powers of two that scale numbers to an ordinary size, so that sums and squares stay finite.

A power of two costs no digit, and numbers of an ordinary size are not scaled: results that do not
depend on the measure unit keep every bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

__all__ = [
    "brought",
    "in_proportion",
    "ordinary",
    "peaks",
    "powers",
    "quotient",
    "restored",
    "strange",
    "tame",
    "to_one",
    "whole",
    "with_room",
]

Float = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
Bool = npt.NDArray[np.bool_]

# Squares and sums of numbers within these limits are far from the largest and the least double.
_LARGEST, _LEAST = 2.0**400, 2.0**-300
_NEAR_THE_END, _ROOM = 2.0**1000, 32
_LEAST_NORMAL = 2.0**-1022


def powers(largest: Float) -> Index | None:
    """Return the powers of two to divide numbers of extreme magnitude by.

    Parameters
    ----------
    largest : array
        The largest magnitude of each group of numbers; 0 and NaN are ordinary.

    Returns
    -------
    array of int or None
        0 for an ordinary size; None if all are ordinary.

    Examples
    --------
    >>> powers(np.array([1.0, 1e308])), powers(np.array([1.0, 0.0]))
    (array([   0, 1024]), None)
    """
    wrong = strange(largest)
    if not wrong.any():
        return None
    return np.where(wrong, np.frexp(largest)[1], 0).astype(np.intp)


def strange(values: Float) -> Bool:
    """Return whose square, or sum of squares, may overflow or be lost; False for 0 and NaN.

    Examples
    --------
    >>> strange(np.array([1e160, 1.0, 0.0, -1e-160]))
    array([ True, False, False,  True])
    """
    sizes = np.abs(values)
    return np.asarray((sizes > _LARGEST) | ((sizes < _LEAST) & (sizes > 0)))


def peaks(values: Float) -> Float:
    """Return the largest magnitude along the last axis, kept as one; 0 if all are NaN.

    Examples
    --------
    >>> peaks(np.array([[1.0, -3.0, np.nan]]))
    array([[3.]])
    """
    return np.fmax.reduce(np.abs(values), axis=-1, keepdims=True, initial=0.0)


def brought(values: Float, power: Index | int | None) -> Float:
    """Return numbers divided by powers of two, unchanged if the power is None.

    Examples
    --------
    >>> brought(np.array([8.0, 6.0]), 3)
    array([1.  , 0.75])
    """
    return values if power is None else np.ldexp(values, -np.asarray(power))


def restored(values: Float, power: Index | int | None) -> Float:
    """Return numbers multiplied by powers of two, infinite beyond the largest double.

    Examples
    --------
    >>> restored(np.array([1.0, 0.75]), 3), restored(np.array([1.0]), 1024)
    (array([8., 6.]), array([inf]))
    """
    if power is None:
        return values
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.ldexp(values, np.asarray(power)))


def ordinary(values: Float) -> tuple[Float, Index | None]:
    """Return numbers scaled to an ordinary size along the last axis, and their powers of two.

    Examples
    --------
    >>> ordinary(np.array([2.0**1000, 2.0**999]))
    (array([0.5 , 0.25]), array([1001]))
    """
    power = powers(peaks(values))
    return brought(values, power), power


def to_one(values: Float) -> Float:
    """Return numbers in the same proportions, the largest of the last axis between ½ and 1.

    For results that depend on proportions only: it costs them no bit.

    Examples
    --------
    >>> to_one(np.array([[8.0, 6.0], [0.0, 0.0]]))
    array([[0.5  , 0.375],
           [0.   , 0.   ]])
    """
    return brought(values, np.frexp(peaks(values))[1])


def with_room(values: Float) -> tuple[Float, Index | None]:
    """Return numbers with finite differences and small multiples, and their power of two.

    Only numbers near the largest double are divided, along the last axis: others keep all digits.

    Examples
    --------
    >>> with_room(np.array([2.0**1023, 0.0]))[1], with_room(np.array([1.0]))
    (array([32]), (array([1.]), None))
    """
    near = peaks(values) > _NEAR_THE_END
    if not near.any():
        return values, None
    power = np.where(near, _ROOM, 0).astype(np.intp)
    return brought(values, power), power


def quotient(values: Float, by: Float, times: float = 1.0, *, plain: Float | None = None) -> Float:
    """Return ``times·values / by``, correct even if a partial result overflows or is lost.

    It is infinite or 0 only if the quotient is.

    Parameters
    ----------
    values, by : array
    times : float
    plain : array, optional
        The quotient in another order of operations, kept where its partial results are finite.

    Examples
    --------
    >>> quotient(np.array([1e308, 6.0]), np.array([1e-4, 3.0]), 1e-5)
    array([1.e+307, 2.e-005])
    """
    with np.errstate(all="ignore"):
        plain = np.asarray(times * (values / by) if plain is None else plain)
        lost = ~(np.isfinite(plain) & (np.abs(plain) >= _LEAST_NORMAL))
        if not lost.any():
            return plain
        parts, sizes = zip(*(np.frexp(x) for x in (times, values, by)), strict=True)
        size = sizes[0].astype(np.int32) + sizes[1] - sizes[2]
        again = np.ldexp(parts[0] * (parts[1] / parts[2]), size)
    return np.where(lost & np.isfinite(values) & (by != 0), again, plain)


def whole(values: Float) -> Float:
    """Return numbers scaled together to an ordinary size, in the same proportions.

    Examples
    --------
    >>> whole(np.array([[2.0**1000], [2.0**999]]))
    array([[0.5 ],
           [0.25]])
    """
    return tame(values.reshape(-1)).reshape(values.shape)


def tame(values: Float) -> Float:
    """Return numbers scaled to an ordinary size along the last axis, in the same proportions.

    Examples
    --------
    >>> tame(np.array([2.0**1000, 2.0**999])), tame(np.array([2.0, 1.0]))
    (array([0.5 , 0.25]), array([2., 1.]))
    """
    return ordinary(values)[0]


def in_proportion(weights: Sequence[Float], others: Sequence[Float] = ()) -> list[Float]:
    """Return weights, and other numbers in proportion to them, of a size whose sum is finite.

    Parameters
    ----------
    weights : sequence of array
        Of siblings, each of shape (draws or 1, units or 1).
    others : sequence of array
        Numbers to divide by the same powers of two.

    Examples
    --------
    >>> in_proportion([np.array([2.0**1023]), np.array([2.0**1022])])
    [array([0.5]), array([0.25])]
    >>> in_proportion([np.array([3.0])])
    [array([3.])]
    """
    power = powers(np.asarray(reduce(np.maximum, weights)))
    return [brought(weight, power) for weight in (*weights, *others)]

"""Integer keys of scores, and the ranks of keys: exact, transitive ties.

Equal scores whose terms were added in different orders differ in their last bits. Integer keys tie
them whatever the order, and no third unit can change a tie.

With the unit u, the largest power of ten up to the scale, the key of a score x up to 10·u is
``⌊|x|/u·10¹⁰ + 0.5137⌋``. Every further decade has 9·10¹⁰ keys: above the scale a key keeps eleven
digits of the score itself. The key has the sign of the score.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from govindex.errors import DataError
from govindex.kernels.decades import LEAST, MOST, decade_of, decades_from, power
from govindex.kernels.memory import Memory

__all__ = [
    "ABSENT",
    "doubled_ranks",
    "key_of",
    "merge_keys",
    "printed_key",
    "ranks_of",
    "snapped",
]

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.int64]
Decades = npt.NDArray[np.int64]

ABSENT = np.int64(np.iinfo(np.int64).min)
_OFFSET = 0.5137
_DIGITS = 10
_DECADE = 9.0 * 10.0**_DIGITS  # keys in a decade: from 10¹⁰ to 10¹¹
_PLAIN = 10.0 ** (_DIGITS + 1)  # up to this a key is the score in steps of u·10⁻¹⁰
_WHOLE = 2.0**53  # up to this doubles hold every whole number


def key_of(
    scores: Float,
    scale: Float | float,
    memory: Memory | None = None,
    *,
    times: Float | float = 1.0,
    one_sign: bool = False,
) -> Keys:
    """Return the whole number by which a score is ranked, and `ABSENT` for NaN.

    Parameters
    ----------
    scores : array, shape (…, units)
    scale : float or array
        The full score of the methodology, never of the sample. Up to ten times its power of ten,
        keys distinguish scores by 10⁻¹⁰ of that power, and above by eleven significant digits.
    memory : Memory, optional
        Holds the keys until the next call.
    times : float or array
        A factor of the scores: the maximum, if they are shares.
    one_sign : bool
        Nothing cancels in the scores: small ones keep eleven significant digits too.

    Raises
    ------
    DataError
        If a score is infinite.

    Examples
    --------
    >>> key_of(np.array([0.1 + 0.2, 0.3, np.nan]), 1.0)[:2]
    array([3000000000, 3000000000])
    >>> key_of(np.array([2e13, 3e13, -3e13]), 1.0)
    array([ 1190000000000,  1200000000000, -1200000000000])
    >>> small = np.array([1e-12, 2e-12])
    >>> key_of(small, 1.0), np.diff(key_of(small, 1.0, one_sign=True))
    (array([0, 0]), array([10000000000]))
    """
    memory = memory or Memory()
    whole, known = _steps(scores, scale, memory, times, one_sign=one_sign)
    if known:
        plain = memory.array("keys", whole.shape, np.int64)
        np.copyto(plain, whole, casting="unsafe")
        return plain
    if np.isinf(whole).any():
        raise DataError(
            "scores to be ranked are finite numbers; one is infinite: give a smaller scale"
        )
    return _with_absent(whole)


def snapped(
    scores: Float,
    scale: Float | float,
    memory: Memory | None = None,
    *,
    times: Float | float = 1.0,
    one_sign: bool = False,
) -> Float:
    """Return the key of each score, as of `key_of`, as a double; NaN and infinity stay.

    Examples
    --------
    >>> snapped(np.array([0.1 + 0.2, 0.3]), 1.0).tolist()
    [3000000000.0, 3000000000.0]
    """
    return _steps(scores, scale, memory or Memory(), times, one_sign=one_sign)[0]


def _steps(
    scores: Float, scale: Float | float, memory: Memory, times: Float | float, *, one_sign: bool
) -> tuple[Float, bool]:
    """Return keys as doubles, and whether all are known."""
    lowest: Any = LEAST
    if not one_sign:
        lowest = decade_of(scale) if isinstance(scale, np.ndarray) else _decade(float(scale))
    unit = power(_DIGITS - lowest) if isinstance(lowest, np.ndarray) else _power(_DIGITS - lowest)
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.float64(times) * unit if np.ndim(times) == 0 else times * unit
        keys: Float = memory.array("steps", np.broadcast_shapes(scores.shape, np.shape(steps)))
        if not keys.size:
            return keys, True
        if np.isinf(steps).any():
            numbers = np.multiply(scores, times)
            np.copysign(_by_decades(np.abs(numbers), lowest), numbers, out=keys)
            return keys, bool(np.isfinite(keys).all())
        least = scores.min()
        np.multiply(scores, steps, out=keys)
        if least >= 0.0:
            keys += _OFFSET
            np.floor(keys, out=keys)
        else:  # the same on both sides of 0
            keys += np.copysign(_OFFSET, keys)
            np.trunc(keys, out=keys)
        # False for NaN and infinity too.
        if keys.max() <= _PLAIN and (least >= 0.0 or keys.min() >= -_PLAIN):
            return keys, True
        large = np.abs(keys) > _PLAIN
        if large.any():
            numbers, lowest = (
                np.broadcast_to(x, keys.shape)[large] for x in (scores * times, lowest)
            )
            keys[large] = np.copysign(_by_decades(np.abs(numbers), lowest), numbers)
    return keys, bool(np.isfinite(keys).all())


# There are few scales, each used many times.
_decade = lru_cache(maxsize=256)(decade_of)
_power = lru_cache(maxsize=1024)(power)


def _by_decades(sizes: Float, lowest: Decades | int) -> Float:
    """Return keys of sizes of at least 0, in the decades from the lowest one on.

    A size below its lowest decade has the steps of that decade.
    """
    most = np.fmax.reduce(sizes, axis=None)
    first = max(int(np.min(lowest)), decade_of(np.fmin.reduce(sizes, axis=None)))
    last = max(int(np.max(lowest)), decade_of(most))
    index = decades_from(first, last, sizes)
    if isinstance(lowest, np.ndarray):
        np.maximum(index, lowest - first, out=index)
    decades = np.arange(first, last + 1)
    wanted = _DIGITS - decades
    half = np.minimum(wanted, MOST)  # no single power spans all doubles
    keys: Float = power(half).take(index)
    keys *= sizes
    if (half < wanted).any():
        keys *= power(wanted - half).take(index)
    keys += _OFFSET
    np.floor(keys, out=keys)
    return keys + ((decades * _DECADE).take(index) - lowest * _DECADE)


def _with_absent(whole: Float) -> Keys:
    # NaN must not reach the integer cast.
    gone = np.isnan(whole)
    keys = np.where(gone, 0.0, whole).astype(np.int64)
    keys[gone] = ABSENT
    return keys


def printed_key(printed: Float, decimals: int) -> Keys:
    """Return the printed number without its decimal point, and `ABSENT` for NaN.

    From 2⁵³ units of the last decimal on, a double does not hold that decimal: there every double
    has a different key.

    Parameters
    ----------
    printed : array
        Numbers already rounded to `decimals`.
    decimals : int
        How many decimals are printed.

    Raises
    ------
    DataError
        If a number is infinite.

    Examples
    --------
    >>> printed_key(np.array([61.89, 8.0]), 2)
    array([6189,  800])
    >>> first, second, third = printed_key(np.array([5e12, 6e12, 6e12]), 9)
    >>> first < second == third
    np.True_
    """
    if np.isinf(printed).any():
        raise DataError("scores to be ranked are finite numbers; one is infinite")
    sizes = np.abs(printed)
    limit = _WHOLE / 10.0**decimals
    large = sizes >= limit
    whole = np.rint(np.where(large, 0.0, sizes) * 10.0**decimals)
    keys = _with_absent(np.copysign(whole, printed))
    if large.any():
        # The bits of doubles above 0 are in the order of the doubles.
        beyond = sizes[large].view(np.int64) - np.float64(limit).view(np.int64)
        bits = beyond + np.int64(_WHOLE) + 2**2
        keys[large] = np.where(printed[large] > 0, bits, -bits)
    return keys


def ranks_of(keys: Keys, ties: str) -> Float:
    """Rank the last axis, 1 for the largest key; absent keys get NaN.

    Parameters
    ----------
    keys : array of int64, shape (…, units)
    ties : {"competition", "dense", "max", "average", "ordinal"}
        competition 1, 2, 2, 4 · dense 1, 2, 2, 3 · max 1, 3, 3, 4 · average 1, 2.5, 2.5, 4 ·
        ordinal 1, 2, 3, 4 in the order of the array.

    Examples
    --------
    >>> ranks_of(np.array([5, 9, 5, 1]), "competition")
    array([2., 1., 2., 4.])
    """
    count = keys.shape[-1]
    if count == 0:
        return np.zeros(keys.shape)
    index = np.arange(count)
    order, ordered, _ = _sorted(keys, index, Memory())
    starts = np.ones(keys.shape, dtype=bool)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(starts, index, 0), axis=-1)
    if ties == "competition":
        ranked = first + 1.0
    elif ties == "dense":
        ranked = np.cumsum(starts, axis=-1).astype(np.float64)
    elif ties == "ordinal":
        ranked = np.broadcast_to(index + 1.0, keys.shape)
    else:
        ends = np.ones(keys.shape, dtype=bool)
        ends[..., :-1] = starts[..., 1:]
        last = np.where(ends, index, count)[..., ::-1]
        last = np.minimum.accumulate(last, axis=-1)[..., ::-1]
        ranked = last + 1.0 if ties == "max" else (first + last) / 2.0 + 1.0
    result = np.empty(keys.shape)
    np.put_along_axis(result, order, ranked, axis=-1)
    result[keys == ABSENT] = np.nan
    return result


def doubled_ranks(
    keys: Keys,
    ties: str,
    out: npt.NDArray[np.integer[Any]] | None = None,
    memory: Memory | None = None,
) -> npt.NDArray[np.integer[Any]]:
    """Return twice the ranks of :func:`ranks_of`: whole numbers even if ties are averaged.

    Absent keys get 0. For many draws: small integers, and one sort at most.

    Parameters
    ----------
    keys : array of int64, shape (…, units)
    ties : str
    out : contiguous array of int, of the same shape, optional
        Receives the ranks.
    memory : Memory, optional
        For intermediate arrays.

    Examples
    --------
    >>> doubled_ranks(np.array([5, 9, 5, 1]), "average")
    array([5, 2, 5, 8], dtype=int32)
    """
    count = keys.shape[-1]
    ranks = np.empty(keys.shape, dtype=np.int32) if out is None else out
    if count == 0:
        return ranks
    memory = memory or Memory()
    index = memory.constant("index", keys.shape, np.arange)
    cells, ordered, absent = _sorted(keys, index, memory)
    alike = memory.array("alike", (*keys.shape[:-1], count - 1), np.bool_)
    np.equal(ordered[..., 1:], ordered[..., :-1], out=alike)
    doubled = np.arange(2, 2 * count + 2, 2, dtype=ranks.dtype)
    whole = memory.constant(
        ("ranks", count, ranks.dtype), keys.shape, lambda size: np.resize(doubled, size)
    )
    if ties != "ordinal" and alike.any():
        whole = _shared(alike, whole, ties)
    ranks.reshape(-1)[cells.reshape(-1)] = whole.reshape(-1)
    if absent:
        ranks[keys == ABSENT] = 0
    return ranks


def _shared(
    alike: npt.NDArray[np.bool_], whole: npt.NDArray[np.integer[Any]], ties: str
) -> npt.NDArray[np.integer[Any]]:
    """Return the doubled ranks of sorted units, given which neighbours tie."""
    if ties == "dense":
        dense = np.ones(whole.shape, dtype=np.int32)
        dense[..., 1:] = ~alike
        return 2 * np.cumsum(dense, axis=-1, dtype=np.int32)
    first, last = whole.copy(), whole.copy()
    first[..., 1:][alike] = 0
    first = np.maximum.accumulate(first, axis=-1)
    if ties == "competition":
        return first
    last[..., :-1][alike] = np.iinfo(last.dtype).max
    last = np.minimum.accumulate(last[..., ::-1], axis=-1)[..., ::-1]
    # Small integers might not hold the sum.
    return last if ties == "max" else first + (last - first) // 2


def _sorted(
    keys: Keys, index: npt.NDArray[np.int64], memory: Memory
) -> tuple[npt.NDArray[np.int64], Keys, bool]:
    """Return the index that sorts the last axis, best first, the sorted keys, and if any is absent.

    The index numbers the units of each row, or all cells. Sorted keys are only good for finding
    ties: their values are not kept.
    """
    # Packing the index into the low bits lets one plain sort do the work of an argsort.
    bits = max(int(index.size - 1).bit_length(), 1)
    top, bottom = int(keys.max()), int(keys.min())
    gone = None
    if bottom == ABSENT:
        gone = keys == ABSENT
        bottom = int(keys.min(where=~gone, initial=top))
    if top - bottom + 1 >= 2 ** (63 - bits):
        order = np.argsort(~keys, axis=-1, kind="stable")  # ~key reverses the order, no overflow
        numbers = np.take_along_axis(np.broadcast_to(index, keys.shape), order, axis=-1)
        return numbers, np.take_along_axis(keys, order, axis=-1), gone is not None
    packed = memory.array("packed", keys.shape, np.int64)
    np.subtract(top, keys, out=packed)
    if gone is not None:
        packed[gone] = top - bottom + 1
    packed <<= bits
    packed |= index
    packed.sort(axis=-1)
    order = memory.array("steps", keys.shape, np.int64)  # whose former content became keys
    np.bitwise_and(packed, 2**bits - 1, out=order)
    packed >>= bits
    return order, packed, gone is not None


def merge_keys(first: Keys, then: Keys) -> Keys:
    """Return keys that order by `first`, and within its ties by `then`; larger is better.

    Examples
    --------
    >>> merge_keys(np.array([5, 5, 9]), np.array([1, 2, 0])).argsort().tolist()
    [0, 1, 2]
    """
    count = first.shape[-1]
    high = count - ranks_of(first, "dense")
    low = count - ranks_of(np.where(then == ABSENT, ABSENT + 1, then), "dense")
    return _with_absent(high * (count + 1.0) + low)

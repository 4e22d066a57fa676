"""Scores to integer keys and keys to places: exact, transitive ties.

Equal scores that were added up in another order differ in their last bits. Ranking integers
instead of doubles makes them tie whatever the order, and no third unit can move a tie.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from govindex.kernels.memory import Memory
from govindex.kernels.rounding import half_up

__all__ = [
    "ABSENT",
    "doubled_places",
    "key_of",
    "merge_keys",
    "places",
    "printed_key",
    "snapped",
]

Float = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]

ABSENT = np.int64(np.iinfo(np.int64).min)
_STEPS = 1e10
_OFFSET = 0.5137
_LIMIT = 2.0**62


def key_of(scores: Float, scale: float, memory: Memory | None = None) -> Keys:
    """Return ``floor(score / (scale·10⁻¹⁰) + 0.5137)``, and `ABSENT` for NaN.

    The odd constant keeps the boundaries between keys away from the fractions that scores are.

    Parameters
    ----------
    scores : array
    scale : float
    memory : Memory, optional
        Holds the keys until others are asked for.

    Examples
    --------
    >>> key_of(np.array([0.1 + 0.2, 0.3, np.nan]), 1.0)[:2]
    array([3000000000, 3000000000])
    """
    memory = memory or Memory()
    return _as_keys(snapped(scores, scale, memory), memory)


def snapped(scores: Float, scale: float, memory: Memory | None = None) -> Float:
    """Return the whole number that `key_of` makes of each score, as a double of any size.

    Examples
    --------
    >>> snapped(np.array([0.1 + 0.2, 0.3]), 1.0).tolist()
    [3000000000.0, 3000000000.0]
    """
    found: Float = (memory or Memory()).array("steps", np.shape(scores))
    with np.errstate(over="ignore"):
        np.multiply(scores, _STEPS / scale, out=found)
        found += _OFFSET
        return np.floor(found, out=found)


def printed_key(printed: Float, decimals: int) -> Keys:
    """Return the printed number without its decimal point, and `ABSENT` for NaN.

    Parameters
    ----------
    printed : array
        Numbers already rounded to `decimals`.
    decimals : int
        How many decimals are printed.

    Examples
    --------
    >>> printed_key(np.array([61.89, 8.0]), 2)
    array([6189,  800])
    """
    with np.errstate(over="ignore"):
        return _as_keys(half_up(printed * 10.0**decimals, 0), Memory())


def _as_keys(whole: Float, memory: Memory) -> Keys:
    # False for NaN too: no NaN ever reaches the integer cast.
    if whole.size and whole.min() > -_LIMIT and whole.max() < _LIMIT:
        plain = memory.array("keys", whole.shape, np.int64)
        np.copyto(plain, whole, casting="unsafe")
        return plain
    known = np.abs(whole) < _LIMIT
    keys = np.where(known, whole, 0.0).astype(np.int64)
    keys[np.isnan(whole)] = ABSENT
    huge = ~known & ~np.isnan(whole)
    keys[huge] = np.where(whole[huge] > 0, np.int64(_LIMIT), -np.int64(_LIMIT))
    return keys


def places(keys: Keys, ties: str) -> Float:
    """Rank the last axis, 1 for the largest key; absent keys get NaN.

    Parameters
    ----------
    keys : array of int64, shape (…, units)
    ties : {"competition", "dense", "max", "average", "ordinal"}
        competition 1, 2, 2, 4 · dense 1, 2, 2, 3 · max 1, 3, 3, 4 · average 1, 2.5, 2.5, 4 ·
        ordinal 1, 2, 3, 4 in the order of the array.

    Examples
    --------
    >>> places(np.array([5, 9, 5, 1]), "competition")
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


def doubled_places(
    keys: Keys,
    ties: str,
    out: npt.NDArray[np.integer[Any]] | None = None,
    memory: Memory | None = None,
) -> npt.NDArray[np.integer[Any]]:
    """Rank the last axis as :func:`places` does, in twice the place: whole where ties are averaged.

    Absent keys get 0. For many draws: small integers, and no more than one sort.

    Parameters
    ----------
    keys : array of int64, shape (…, units)
    ties : str
    out : contiguous array of int, of the same shape, optional
        Where to write.
    memory : Memory, optional
        For what is needed in between.

    Examples
    --------
    >>> doubled_places(np.array([5, 9, 5, 1]), "average")
    array([5, 2, 5, 8], dtype=int32)
    """
    count = keys.shape[-1]
    found = np.empty(keys.shape, dtype=np.int32) if out is None else out
    if count == 0:
        return found
    memory = memory or Memory()
    index = memory.constant("index", keys.shape, np.arange)
    cells, ordered, absent = _sorted(keys, index, memory)
    alike = memory.array("alike", (*keys.shape[:-1], count - 1), np.bool_)
    np.equal(ordered[..., 1:], ordered[..., :-1], out=alike)
    own = np.arange(2, 2 * count + 2, 2, dtype=found.dtype)
    whole = memory.constant(
        ("places", count, found.dtype), keys.shape, lambda size: np.resize(own, size)
    )
    if ties != "ordinal" and alike.any():
        whole = _shared(alike, whole, ties)
    found.reshape(-1)[cells.reshape(-1)] = whole.reshape(-1)
    if absent:
        found[keys == ABSENT] = 0
    return found


def _shared(
    alike: npt.NDArray[np.bool_], whole: npt.NDArray[np.integer[Any]], ties: str
) -> npt.NDArray[np.integer[Any]]:
    """Return the doubled places of sorted units, of which neighbours are alike."""
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
    """Return an index in the order of the last axis, best first, and the sorted depths below it.

    The index numbers units, of each row or of all, in the order of the array. Last, whether any
    key is absent.
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
    order = memory.array("steps", keys.shape, np.int64)  # which are keys by now
    np.bitwise_and(packed, 2**bits - 1, out=order)
    packed >>= bits
    return order, packed, gone is not None


def merge_keys(first: Keys, then: Keys) -> Keys:
    """Order by `first`, and where that ties by `then`; larger stays better.

    Examples
    --------
    >>> merge_keys(np.array([5, 5, 9]), np.array([1, 2, 0])).argsort().tolist()
    [0, 1, 2]
    """
    count = first.shape[-1]
    high = count - places(first, "dense")
    low = count - places(np.where(then == ABSENT, ABSENT + 1, then), "dense")
    return _as_keys(high * (count + 1.0) + low, Memory())

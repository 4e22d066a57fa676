"""Counts of smaller values, quantiles and normal scores, whatever the order of the rows.

Everything is sorted along the last axis. NaN does not count.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

__all__ = ["normal_scores", "quantile", "sorted_reference", "standing"]

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]


def standing(values: Float, reference: Bool) -> tuple[Float, Float, Float]:
    """Count the reference values below and up to each value, and all of them.

    Parameters
    ----------
    values : array, shape (…, units)
        Finite, or NaN.
    reference : array of bool, shape (units,)

    Returns
    -------
    below, upto : array, shape (…, units)
        How many reference values are less than the unit's, and how many at most as large; NaN for
        NaN.
    count : array, shape (…, 1)

    Examples
    --------
    >>> below, upto, count = standing(np.array([5.0, 9.0, 5.0, np.nan]), np.array([True] * 4))
    >>> below, upto, count
    (array([ 0.,  2.,  0., nan]), array([ 2.,  3.,  2., nan]), array([3.]))
    """
    # Infinity replaces NaN, which slows a sort down.
    filled = np.where(np.isnan(values), np.inf, values)
    order = np.argsort(filled, axis=-1)
    ordered = np.take_along_axis(filled, order, axis=-1)
    absent = ordered == np.inf
    counted = ~absent
    if not reference.all():
        counted &= reference[order]
    index = np.arange(values.shape[-1])
    upto = np.cumsum(counted, axis=-1)
    below = upto - counted
    count = upto[..., -1:].astype(np.float64)
    tied = ordered[..., 1:] == ordered[..., :-1]
    if tied.any():
        starts = np.ones(values.shape, dtype=bool)
        np.logical_not(tied, out=starts[..., 1:])
        first = np.maximum.accumulate(np.where(starts, index, 0), axis=-1)
        ends = np.ones(values.shape, dtype=bool)
        np.logical_not(tied, out=ends[..., :-1])
        last = np.where(ends, index, index[-1])[..., ::-1]
        last = np.minimum.accumulate(last, axis=-1)[..., ::-1]
        below = np.take_along_axis(below, first, axis=-1)
        upto = np.take_along_axis(upto, last, axis=-1)
    results = []
    for counts in (below, upto):
        by_unit = np.empty(values.shape)
        np.put_along_axis(by_unit, order, np.where(absent, np.nan, counts), axis=-1)
        results.append(by_unit)
    return results[0], results[1], count


def sorted_reference(values: Float, reference: Bool) -> tuple[Float, Float]:
    """Return the reference values in rising order, NaN last, and how many there are.

    Examples
    --------
    >>> ordered, count = sorted_reference(np.array([3.0, np.nan, 1.0]), np.array([True] * 3))
    >>> ordered, count
    (array([ 1.,  3., nan]), array([2.]))
    """
    known = values if reference.all() else values[..., reference]
    ordered = np.sort(known, axis=-1) + 0.0  # 0.0 and -0.0 sort in either order
    count = np.sum(~np.isnan(ordered), axis=-1, keepdims=True)
    return ordered, count.astype(np.float64)


def quantile(ordered: Float, count: Float, part: float) -> Float:
    """Return a quantile, with linear interpolation between values.

    Between the ⌊h⌋th and the next of the sorted values, counted from 0, at h = (n − 1)·part: the
    definition of spreadsheets (PERCENTILE.INC), numpy and R (type 7). NaN if there is no value.

    Parameters
    ----------
    ordered, count : array
        From :func:`sorted_reference`.
    part : float
        From 0 to 1; 0.5 for the median.

    Examples
    --------
    >>> quantile(np.array([1.0, 2.0, 4.0, np.nan]), np.array([3.0]), 0.75)
    array([3.])
    """
    if ordered.shape[-1] == 0:
        return np.full((*ordered.shape[:-1], 1), np.nan)
    height = np.maximum(count - 1.0, 0.0) * part
    low = np.floor(height)
    first = low.astype(np.intp)
    then = np.minimum(first + 1, np.maximum(count - 1.0, 0.0).astype(np.intp))
    under = np.take_along_axis(ordered, first, axis=-1)
    over = np.take_along_axis(ordered, then, axis=-1)
    return np.asarray(under + (height - low) * (over - under))


def normal_scores(ranks: Float, count: Float) -> Float:
    """Return ``Φ⁻¹((r − ½) / n)``: the rank as a number of standard deviations.

    Parameters
    ----------
    ranks : array, shape (…, units)
        From 1 to n, whole or half; NaN stays NaN.
    count : array, shape (…, 1)
        How many are ranked; 0 gives NaN.

    Examples
    --------
    >>> normal_scores(np.array([1.0, 2.0, 3.0]), np.array([3.0])).round(3)
    array([-0.967,  0.   ,  0.967])
    """
    odd = 2.0 * ranks - 1.0
    upper = odd > count
    # Both halves are computed alike, so that mirrored ranks get mirrored scores to the last bit.
    whole = np.where(count > 0, 2.0 * count, np.nan)
    part = np.where(upper, whole - odd, odd) / whole
    parts, rows = np.unique(part, return_inverse=True)  # ranks are few, draws are many
    normal = NormalDist()
    below = np.array([normal.inv_cdf(part) for part in parts.tolist()])[rows].reshape(part.shape)
    return np.where(upper, 0.0 - below, below)

"""The agreement of rankings: Kendall's rank correlation."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["rank_correlations"]

Ranks = npt.NDArray[np.integer[Any]]


def rank_correlations(ranks: Ranks, nominal: Ranks) -> npt.NDArray[np.float64]:
    """Return Kendall's τ-b of each draw and the nominal ranking.

    Parameters
    ----------
    ranks : array, shape (draws, units)
    nominal : array, shape (units,)

    Returns
    -------
    array, shape (draws,)
        NaN if one of the two ties all units.

    Examples
    --------
    >>> rank_correlations(np.array([[1, 2, 3], [3, 2, 1]]), np.array([1, 2, 3]))
    array([ 1., -1.])
    """
    units = ranks.shape[1]
    first, second = np.triu_indices(units, 1)
    expected = np.sign(nominal[first] - nominal[second]).astype(np.int8)
    correlations = np.empty(len(ranks))
    at_once = max(2**22 // max(len(first), 1), 1)
    for start in range(0, len(ranks), at_once):
        part = ranks[start : start + at_once].astype(np.int32)
        signs = np.sign(part[:, first] - part[:, second]).astype(np.int8)
        agreed = (signs * expected).sum(axis=1, dtype=np.int64)
        untied = np.abs(signs).sum(axis=1, dtype=np.int64) * np.abs(expected).sum(dtype=np.int64)
        with np.errstate(invalid="ignore", divide="ignore"):
            correlations[start : start + at_once] = agreed / np.sqrt(untied.astype(np.float64))
    return correlations

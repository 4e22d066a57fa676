"""Powers of ten and the decades of numbers, by comparison and never by log10."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["LEAST", "MOST", "decade_of", "decades_from", "power", "powers"]

Float = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

LEAST, MOST = -308, 308
# Read from text: each is the double nearest to the power.
_POWERS = np.array([float(f"1e{decade}") for decade in range(LEAST, MOST + 1)])
_FEW = 16


def decade_of(numbers: Float | float) -> Any:
    """Return the exponent of the largest power of ten up to each number above 0.

    Examples
    --------
    >>> decade_of(45.0), decade_of(np.array([0.1, 1e23]))
    (1, array([-1, 23]))
    """
    exponents = np.maximum(_POWERS.searchsorted(numbers, "right") - 1, 0) + LEAST
    return exponents if np.ndim(exponents) else int(exponents)


def power(exponent: Any) -> Any:
    """Return powers of ten, infinite above the largest double.

    Examples
    --------
    >>> power(2), power(np.array([3, 309]))
    (100.0, array([1000.,   inf]))
    """
    values = np.where(exponent > MOST, np.inf, _POWERS[np.minimum(exponent, MOST) - LEAST])
    return values if np.ndim(values) else float(values)


def powers(first: int, last: int) -> Float:
    """Return the powers of ten from one exponent to another.

    Examples
    --------
    >>> powers(-1, 1)
    array([ 0.1,  1. , 10. ])
    """
    return _POWERS[first - LEAST : last + 1 - LEAST]


def decades_from(first: int, last: int, sizes: Float) -> Index:
    """Return how many decades above the first each size lies; any number for NaN.

    Parameters
    ----------
    first, last : int
        The decades of all sizes lie between them; smaller sizes count as of the first.
    sizes : array

    Examples
    --------
    >>> decades_from(0, 3, np.array([0.5, 1.0, 99.0, 100.0]))
    array([0, 0, 1, 2])
    """
    edges = powers(first + 1, last)
    if len(edges) > _FEW:
        return edges.searchsorted(sizes, "right")
    counts = np.zeros(sizes.shape, dtype=np.int8)  # a few comparisons are faster than a search
    for edge in edges:
        counts += sizes >= edge
    return counts.astype(np.intp)

"""Principal components of correlations, with signs that do not depend on the solver."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["pointing_up", "principal"]

Float = npt.NDArray[np.float64]

_NOTHING = 1e-9


def principal(correlations: Float) -> tuple[Float, Float]:
    """Return eigenvalues, the largest first, and their vectors as columns, each pointing up.

    Examples
    --------
    >>> values, vectors = principal(np.array([[1.0, 0.5], [0.5, 1.0]]))
    >>> values.round(3), vectors[:, 0].round(3)
    (array([1.5, 0.5]), array([0.707, 0.707]))
    """
    values, vectors = np.linalg.eigh(correlations)
    return values[::-1], pointing_up(vectors[:, ::-1])


def pointing_up(columns: Float) -> Float:
    """Change the signs of columns so that each has a sum, or a first number, above 0.

    Examples
    --------
    >>> pointing_up(np.array([[-1.0, 1.0], [-1.0, -1.0]]))
    array([[ 1.,  1.],
           [ 1., -1.]])
    """
    sums = columns.sum(axis=0)
    first = columns[np.argmax(np.abs(columns) > _NOTHING, axis=0), np.arange(columns.shape[1])]
    signs = np.where(np.abs(sums) > _NOTHING, sums, first)
    return columns * np.where(signs < 0, -1.0, 1.0)

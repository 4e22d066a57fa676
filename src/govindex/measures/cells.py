"""Status and size of combined cells, and results too near 0."""

from __future__ import annotations

import numpy as np

from govindex.contracts import Cells, Float, Status, is_absent, prevailing
from govindex.errors import CellError

__all__ = ["masked", "not_underflowed", "scaled_size", "size_of", "worst"]


def worst(*status: Status) -> Status:
    """Return the prevailing status of several inputs."""
    merged = status[0]
    for other in status[1:]:
        merged = prevailing(merged, other)
    return merged


def masked(values: Float, status: Status, size: Float | float | None = None) -> Cells:
    """Return cells whose values are NaN where the status says that they are absent.

    Raises
    ------
    CellError
        If a value is too large for a number: what divides by it would be 0.
    """
    absent = is_absent(status)
    if absent.any():
        values = np.where(absent, np.nan, values)
    lost = np.isinf(values)
    if lost.any():
        raise CellError("a value is larger than a number can be: take another measure unit", lost)
    return Cells(values, status, size)


def not_underflowed(values: Float, *factors: Float) -> Float:
    """Return products or quotients of factors, if none of them is too near 0 for a number."""
    if (values == 0).any():
        sound = [(factor != 0) & np.isfinite(factor) for factor in factors]
        lost = (values == 0) & np.logical_and.reduce(np.broadcast_arrays(*sound))
        if lost.any():
            message = "a value is nearer to 0 than a number can be: take another measure unit"
            raise CellError(message, lost)
    return values


def size_of(*cells: Cells) -> Float | float:
    """Return the largest number that goes into a sum or a difference of cells, cell by cell."""
    size: Float | float = 0.0
    for cell in cells:
        size = np.fmax(size, np.fmax(np.abs(cell.values), 0.0 if cell.size is None else cell.size))
    return size


def scaled_size(cells: Cells, times: Float | float, by: Float | float = 1.0) -> Float | float:
    """Return the size of cells that are multiplied and divided, 0 if it is unknown."""
    if cells.size is None or (np.ndim(cells.size) == 0 and cells.size == 0):
        return 0.0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        size = cells.size * np.abs(times / by)
    return np.where(np.isfinite(size), size, 0.0)

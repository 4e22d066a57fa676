"""What becomes of cells that are put together: status, size and what is lost near 0."""

from __future__ import annotations

import numpy as np

from govindex.contracts import Cells, Float, Status, is_absent, prevailing
from govindex.errors import CellError

__all__ = ["kept", "masked", "scaled_size", "size_of", "worst"]


def worst(*status: Status) -> Status:
    """Return what prevails among the status of several inputs."""
    merged = status[0]
    for other in status[1:]:
        merged = prevailing(merged, other)
    return merged


def masked(values: Float, status: Status, size: Float | float | None = None) -> Cells:
    """Return cells whose values are NaN where the status says that they are absent."""
    absent = is_absent(status)
    if absent.any():
        values = np.where(absent, np.nan, values)
    return Cells(values, status, size)


def kept(values: Float, *factors: Float) -> Float:
    """Return products and quotients, if none of them is nearer to 0 than a number can be."""
    if (values == 0).any():
        sound = [(factor != 0) & np.isfinite(factor) for factor in factors]
        lost = (values == 0) & np.logical_and.reduce(np.broadcast_arrays(*sound))
        if lost.any():
            message = "what is measured is nearer to 0 than a number can be: take another measure"
            raise CellError(f"{message} unit", lost)
    return values


def size_of(*cells: Cells) -> Float | float:
    """Return the largest number that goes into a sum or a difference of cells, cell by cell."""
    found: Float | float = 0.0
    for cell in cells:
        found = np.fmax(
            found, np.fmax(np.abs(cell.values), 0.0 if cell.size is None else cell.size)
        )
    return found


def scaled_size(cells: Cells, times: Float | float, by: Float | float = 1.0) -> Float | float:
    """Return the size of cells that are multiplied and divided, 0 where none is known."""
    if cells.size is None or (np.ndim(cells.size) == 0 and cells.size == 0):
        return 0.0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found = cells.size * np.abs(times / by)
    return np.where(np.isfinite(found), found, 0.0)

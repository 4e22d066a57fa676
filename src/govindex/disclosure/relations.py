"""Sums that hold between the cells of a table, and what follows from published cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.disclosure.hierarchies import Axis
from govindex.errors import DataError

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Bounds", "Component", "components", "nearby", "of_axes"]

_TOLERANCE = 1e-6


def of_axes(axes: Sequence[Axis], chosen: Sequence[Index] | None = None) -> sparse.csr_array:
    """Return the relations between cells, each row a sum less its total, shape (sums, cells).

    Cells are in the order of a flat table; with `chosen` those of some codes of each axis.
    """
    from scipy import sparse

    rows = [np.arange(len(axis.codes)) for axis in axes] if chosen is None else chosen
    sizes = [len(row) for row in rows]
    parts = [sparse.csr_array((0, int(np.prod(sizes))))]
    for number, (axis, row) in enumerate(zip(axes, rows, strict=True)):
        own = sparse.csr_array(axis.relations[:, row])
        own = own[np.diff(own.indptr) > 0]
        before = sparse.identity(int(np.prod(sizes[:number])), format="csr")
        after = sparse.identity(int(np.prod(sizes[number + 1 :])), format="csr")
        parts.append(sparse.kron(sparse.kron(before, own), after, format="csr"))
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def nearby(axes: Sequence[Axis], cell: int) -> list[Index]:
    """Return the codes of each axis near a cell, within which a change of it can be made up."""
    shape = tuple(len(axis.codes) for axis in axes)
    at = np.unravel_index(cell, shape)
    return [axis.around(int(row)) for axis, row in zip(axes, at, strict=True)]


@attrs.frozen(eq=False)
class Bounds:
    """The least or largest value of a cell, and the multipliers of the relations that prove it."""

    value: float
    multipliers: Float


@attrs.frozen(eq=False)
class Component:
    """Suppressed cells that relations connect, and what their sums are known to be.

    Parameters
    ----------
    cells : array of int
        Their numbers in the flat table.
    rows : array of int
        The relations between them.
    relations : sparse array, shape (rows, cells)
    sums : array, shape (rows,)
    """

    cells: Index
    rows: Index
    relations: sparse.csr_array
    sums: Float

    def bounds(self, cell: int, sign: float) -> Bounds | None:
        """Return the largest (sign 1) or least (sign -1) value of a cell, None without a limit."""
        from scipy.optimize import linprog

        wanted = np.zeros(len(self.cells))
        wanted[np.searchsorted(self.cells, cell)] = -sign
        if not len(self.rows):
            return None if sign > 0 else Bounds(0.0, np.zeros(0))
        found = linprog(
            wanted, A_eq=self.relations, b_eq=self.sums, bounds=(0, None), method="highs"
        )
        if found.status == 3:
            return None
        if found.status != 0:
            raise DataError(f"the linear programme of an attack ended with: {found.message}")
        return Bounds(-sign * float(found.fun), -sign * np.asarray(found.eqlin.marginals))


def components(relations: sparse.csr_array, published: Float, suppressed: Bool) -> list[Component]:
    """Return what an attacker knows of suppressed cells, from published ones and sums.

    Parameters
    ----------
    relations : sparse array, shape (sums, cells)
    published : array, shape (cells,)
        Not read where cells are suppressed.
    suppressed : array of bool, shape (cells,)
    """
    from scipy import sparse

    cells = np.flatnonzero(suppressed)
    inner = sparse.csr_array(relations[:, cells])
    rows = np.flatnonzero(np.diff(inner.indptr) > 0)
    inner = sparse.csr_array(inner[rows])
    sums = -(relations[rows] @ np.where(suppressed, 0.0, published))
    linked = abs(inner)
    count, label = sparse.csgraph.connected_components(
        sparse.block_array([[None, linked], [linked.T, None]], format="csr")
        if len(rows)
        else sparse.csr_array((len(cells), len(cells)))
    )
    of_rows, of_cells = label[: len(rows)], label[len(rows) :]
    found = []
    for number in range(count):
        some, here = np.flatnonzero(of_rows == number), np.flatnonzero(of_cells == number)
        part = sparse.csr_array(inner[some][:, here])
        found.append(Component(cells[here], rows[some], part, sums[some]))
    return found

"""Cells to suppress so that sensitive ones are protected, found one sensitive cell at a time."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.disclosure.hierarchies import Axis
from govindex.disclosure.relations import nearby, of_axes
from govindex.errors import DataError

__all__ = ["ProtectionTask", "augmented"]

_TINY = 1e-7


@attrs.frozen(eq=False)
class ProtectionTask:
    """What is to be protected, cell by cell of the flat table.

    Parameters
    ----------
    axes : tuple of Axis
    values : array, shape (cells,)
    costs : array, shape (cells,)
        What is lost with each cell, above 0.
    sensitive, kept : array of bool, shape (cells,)
        The cells to be protected, and those that must be published.
    upper, lower, width : array, shape (cells,)
        The protection of sensitive cells.
    owner : array of int, shape (cells,)
        Who contributes alone to a sensitive cell, and so knows it; -1 elsewhere.
    """

    axes: tuple[Axis, ...]
    values: Float
    costs: Float
    sensitive: Bool
    kept: Bool
    upper: Float
    lower: Float
    width: Float
    owner: Index

    @property
    def owners(self) -> list[int]:
        """Those who know a sensitive cell: each attacks the others with it."""
        return [int(owner) for owner in np.unique(self.owner[self.owner >= 0])]

    @property
    def needed(self) -> Float:
        """How far apart the values of each cell must be, shape (cells,)."""
        return np.maximum(self.width, self.upper + self.lower)

    def needs(self, cell: int, known: Bool) -> tuple[float, float, float]:
        """Return upper, lower and width for a cell, if some others are known.

        Who knows other cells knows that sums are not below these: there is no way down.
        """
        upper, lower, width = self.upper[cell], self.lower[cell], self.width[cell]
        lower = 0.0 if known.any() else lower
        return float(upper), float(lower), float(max(width, upper + lower))


def augmented(task: ProtectionTask, suppressed: Bool) -> tuple[Bool, list[int]]:
    """Return which cells to suppress besides those given, and the cells that cannot be protected.

    For each sensitive cell in turn, the largest need first, two other tables with the same
    published cells are looked for: one with more in the cell, one with less. A linear programme
    finds those that change the fewest and cheapest cells beyond what is suppressed; it looks near
    the cell first, then everywhere. These two tables prove the protection; against somebody who
    contributes alone to other cells, they have the same values in these.
    """
    suppressed = suppressed | task.sensitive
    failed = []
    cells = np.flatnonzero(task.sensitive)
    everywhere = [np.arange(len(axis.codes)) for axis in task.axes]
    for cell in cells[np.argsort(-task.needed[cells], kind="stable")].tolist():
        proof = np.zeros(0, dtype=np.intp)
        for attacker in [-1, *(owner for owner in task.owners if owner != task.owner[cell])]:
            fixed = (task.owner == attacker) & (attacker >= 0)
            if attacker >= 0 and not fixed[proof].any():
                continue  # the tables of the proof do not change what the attacker knows
            for region in (nearby(task.axes, cell), everywhere):
                changed = _changed(task, suppressed, cell, region, fixed)
                if changed is not None:
                    break
            if changed is None:
                failed.append(cell)
                break
            suppressed[changed] = True
            proof = changed if attacker < 0 else proof
    return suppressed, failed


def _changed(
    task: ProtectionTask, suppressed: Bool, cell: int, region: Sequence[Index], fixed: Bool
) -> Index | None:
    """Return the cells that change in the two other tables, None if there are no such tables."""
    from scipy import sparse
    from scipy.optimize import linprog

    shape = tuple(len(axis.codes) for axis in task.axes)
    cells = np.ravel_multi_index(np.ix_(*region), shape).ravel()
    relations = of_axes(task.axes, region)
    free = ~(task.kept[cells] & ~suppressed[cells]) & ~fixed[cells]
    cells, relations = cells[free], sparse.csc_array(relations)[:, free]
    rows = np.diff(sparse.csr_array(relations).indptr) > 0
    relations = sparse.csr_array(relations)[rows]
    at = int(np.searchsorted(cells, cell))
    cost = np.where(suppressed[cells], 0.0, task.costs[cells])
    cost = cost / max(float(cost.max()), 1e-300)
    # Up and down of the table with more in the cell, then of the one with less.
    most = np.concatenate([np.full(len(cells), np.inf), task.values[cells]])
    limits = np.stack([np.zeros(4 * len(cells)), np.concatenate([most, most])], axis=1)
    up, down = at, 3 * len(cells) + at
    limits[up, 0], limits[down, 0], needed = task.needs(cell, fixed)
    limits[len(cells) + at, 1] = limits[2 * len(cells) + at, 1] = 0.0
    apart = sparse.csr_array(([-1.0, -1.0], ([0, 0], [up, down])), shape=(1, 4 * len(cells)))
    both = sparse.hstack([relations, -relations])
    found = linprog(
        np.tile(cost, 4),
        A_eq=sparse.block_diag([both, both], format="csr") if relations.shape[0] else None,
        b_eq=np.zeros(2 * relations.shape[0]) if relations.shape[0] else None,
        A_ub=apart,
        b_ub=[-needed],
        bounds=limits,
        method="highs",
    )
    if found.status == 2:
        return None
    if found.status != 0:
        raise DataError(f"the linear programme of a suppression ended with: {found.message}")
    more, fewer, more_below, fewer_below = found.x.reshape(4, len(cells))
    moved = np.maximum(abs(more - fewer), abs(more_below - fewer_below))
    return np.asarray(cells[moved > _TINY * max(1.0, needed)])

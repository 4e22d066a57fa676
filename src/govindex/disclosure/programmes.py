"""The cheapest suppression that protects every sensitive cell, by an integer programme.

Which cells are suppressed is 0 or 1 for each. What an attacker cannot rule out about a sensitive
cell is the solution of two linear programmes; where it is too narrow, their multipliers give an
inequality between these numbers that every sufficient suppression keeps and this one breaks. The
programme is solved again with it until nothing is too narrow (Fischetti and Salazar-González).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.disclosure.augmentation import ProtectionTask, augmented
from govindex.disclosure.relations import Component, components, of_axes

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Solution", "cheapest"]

_SLACK = 1e-6
_ENOUGH = 1 - 1e-4  # beyond the tolerances of solvers, so that every inequality excludes something
_TINY = 1e-9
_PATIENCE = 1e-9


@attrs.frozen(eq=False)
class Solution:
    """A sufficient suppression, and how much cheaper one could be at most.

    Parameters
    ----------
    suppressed : array of bool, shape (cells,)
    bound : float
        No sufficient suppression costs less.
    """

    suppressed: Bool
    bound: float


class _Cuts:
    """Inequalities that every sufficient suppression keeps: coefficients · suppressed ≥ least.

    Those at the start say that a cell alone in a sum is found by subtraction: a sensitive cell is
    not alone, and any other need not be suppressed then.
    """

    def __init__(self, task: ProtectionTask, relations: sparse.csr_array) -> None:
        self.rows: list[tuple[Index, Float]] = []
        self.least: list[float] = []
        for start, end in pairwise(relations.indptr.tolist()):
            cells = relations.indices[start:end]
            for cell in cells.tolist():
                sensitive = bool(task.sensitive[cell])
                others = np.where(cells == cell, 0.0 if sensitive else -1.0, 1.0)
                self.rows.append((cells, others))
                self.least.append(float(sensitive))

    def add(self, coefficients: Float, cell: int, need: float) -> None:
        """Add an inequality about a sensitive cell, which is always suppressed itself."""
        # Suppressions are whole: a coefficient above what is needed says no more than the need.
        capped = np.minimum(coefficients, need)
        least, capped[cell] = need - capped[cell], 0.0
        cells = np.flatnonzero(capped)
        self.rows.append((cells, capped[cells] / need))
        self.least.append(least / need)

    def matrix(self, cells: int) -> sparse.csr_matrix:
        """Return the coefficients, shape (inequalities, cells)."""
        from scipy import sparse

        starts = np.cumsum([0, *(len(row) for row, _ in self.rows)])
        columns = np.concatenate([row for row, _ in self.rows] or [np.zeros(0, dtype=np.intp)])
        values = np.concatenate([value for _, value in self.rows] or [np.zeros(0)])
        # A matrix narrows its indices, which the solver of an old scipy needs; an array does not.
        return sparse.csr_matrix((values, columns, starts), shape=(len(self.rows), cells))


def cheapest(task: ProtectionTask, start: Bool, time_limit: float) -> Solution:
    """Return the cheapest suppression that is found in the time, and a bound.

    Parameters
    ----------
    task : ProtectionTask
    start : array of bool, shape (cells,)
        A sufficient suppression.
    time_limit : float
        Seconds.
    """
    until = time.monotonic() + time_limit
    relations = of_axes(task.axes)
    cuts, best, bound = _Cuts(task, relations), start, float(task.costs[task.sensitive].sum())
    while _cost(task, best) > bound * (1 + _PATIENCE) and time.monotonic() < until:
        found, lower = _candidate(task, cuts, until - time.monotonic())
        bound = max(bound, lower)
        if found is None:
            break
        enough = not _add_cuts(task, relations, found, cuts, [-1])
        repaired, failed = augmented(task, found)
        if enough and not (repaired == found).all():
            enough = not _add_cuts(task, relations, found, cuts, task.owners)
        if enough:
            best = found if _cost(task, found) <= _cost(task, best) else best
            break
        if not failed and _cost(task, repaired) < _cost(task, best):
            best = repaired
    return Solution(best, min(bound, _cost(task, best)))


def _cost(task: ProtectionTask, suppressed: Bool) -> float:
    return float(task.costs[suppressed].sum())


def _candidate(task: ProtectionTask, cuts: _Cuts, seconds: float) -> tuple[Bool | None, float]:
    """Return the cheapest suppression that keeps all inequalities so far, and its bound."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix = cuts.matrix(len(task.costs))
    found = milp(
        task.costs / task.costs.max(),
        constraints=LinearConstraint(matrix, np.array(cuts.least) - _SLACK, np.inf),
        integrality=np.ones(len(task.costs)),
        bounds=Bounds(task.sensitive.astype(np.float64), (~task.kept).astype(np.float64)),
        options={"time_limit": max(seconds, 0.01), "mip_rel_gap": 0.0},
    )
    lower = found.mip_dual_bound
    bound = -np.inf if lower is None else float(lower) * float(task.costs.max())
    return (None if found.x is None else found.x > 0.5), bound


def _add_cuts(
    task: ProtectionTask,
    relations: sparse.csr_array,
    suppressed: Bool,
    cuts: _Cuts,
    attackers: Sequence[int],
) -> bool:
    """Add inequalities for every sensitive cell that is too well known; whether there are any.

    Attackers know the cells that they own; -1 owns none.
    """
    before = len(cuts.rows)
    for attacker in attackers:
        known = (task.owner == attacker) & (attacker >= 0)
        for component in components(relations, task.values, suppressed & ~known):
            for cell in component.cells[task.sensitive[component.cells]].tolist():
                _add_cuts_of(task, relations, component, cell, known, cuts)
    return len(cuts.rows) > before


def _add_cuts_of(
    task: ProtectionTask,
    relations: sparse.csr_array,
    component: Component,
    cell: int,
    known: Bool,
    cuts: _Cuts,
) -> None:
    upper, lower, needed = task.needs(cell, known)
    above = _reach(task, relations, component, cell, known, 1.0)
    below = _reach(task, relations, component, cell, known, -1.0)
    for (reach, coefficients), need in ((above, upper), (below, lower)):
        if reach < need * _ENOUGH:
            cuts.add(coefficients(need), cell, need)
    if above[0] + below[0] < needed * _ENOUGH:
        cuts.add(above[1](needed) + below[1](needed), cell, needed)


def _reach(
    task: ProtectionTask,
    relations: sparse.csr_array,
    component: Component,
    cell: int,
    known: Bool,
    sign: float,
) -> tuple[float, Callable[[float], Float]]:
    """Return how far values reach above or below the true one, and the coefficients of the cut."""
    bounds = component.bounds(cell, sign)
    if bounds is None:
        return np.inf, lambda need: np.zeros(len(task.values))
    reduced = -(relations[component.rows].T @ bounds.multipliers)
    reduced[cell] += 1.0
    reduced = np.where((abs(reduced) > _TINY) & ~known, reduced, 0.0) * sign
    # Without a limit above, any rise of a cell is enough; a fall ends at 0.
    return max(sign * (bounds.value - task.values[cell]), 0.0), lambda need: np.where(
        reduced > 0, need, -reduced * task.values
    )

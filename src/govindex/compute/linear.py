"""Subtrees that are one weighted mean of their indicators: one matrix product for many draws.

Means of means (or sums of sums) without a rule, a rounding or a bonus between collapse to effective
weights of indicators. Where cells are absent and every policy passes the smaller maximum up, the
mean is a quotient of two such products. Units that are equal in everything get the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.compute.block import State
from govindex.compute.plan import Branch, Plan
from govindex.compute.weights import Drawn
from govindex.contracts import CellStatus, Float, Index, Status

__all__ = ["Linear", "linear"]


@attrs.frozen(eq=False)
class Linear:
    """A branch that is a weighted mean of indicators, ready for draws of weights.

    Parameters
    ----------
    paths : tuple of (branch, children)
        The branches of the subtree from the top down, each with the rows of its scored children.
    shares : array, shape (nodes, units)
        Of the nodes below in that order; 0 where a share is absent, and of branches.
    known : array of the same shape, or None
        1 where an indicator has a share, else 0; None if every indicator has all.
    twins : (array, array)
        Units that are equal to an earlier one, and these.
    status : array of CellStatus, shape (1, units)
        Why a unit has no score, where it has none.
    lacking : (array, array) or None
        How many indicators are missing and not applicable, shape (1, units); None if none is.
    """

    paths: tuple[tuple[int, tuple[int, ...]], ...]
    shares: Float
    known: Float | None
    twins: tuple[Index, Index]
    status: Status
    lacking: tuple[Float, Float] | None
    _parts: list[Float] = attrs.field(init=False, factory=list)

    def weights(self, plan: Plan, drawn: Drawn) -> Float | None:
        """Return the parts of the branch that nodes below make, shape (nodes, draws or 1).

        None where a weight is none, or a draw gives all children of a branch no weight: that is
        refused by name. The memory is used again by the next call.
        """
        codes = [plan.codes[row] for _, children in self.paths for row in children]
        # A branch with a child that is weighted by a variable is not linear.
        numbers = [w for code in codes if not isinstance(w := drawn.weights[code], str)]
        parts = self._memory(len(numbers), max(len(number) for number in numbers))
        for part, number in zip(parts, numbers, strict=True):
            part[:] = number
        above: dict[int, Float] = {self.paths[0][0]: np.ones(1)}
        first = 0
        for row, children in self.paths:
            own = parts[first : first + len(children)]
            whole = np.add.reduce(own, axis=0)
            if not (own.min() >= 0 and whole.min() > 0 and whole.max() < np.inf):
                return None
            own *= above[row] / whole
            above.update(zip(children, own, strict=True))
            first += len(children)
        return parts

    def _memory(self, nodes: int, draws: int) -> Float:
        # New memory for every block would take longer than what is computed in it.
        if not self._parts or self._parts[0].shape != (nodes, draws):
            self._parts[:] = [np.empty((nodes, draws))]
        return self._parts[0]

    def state(self, weights: Float, buffer: Float | None = None) -> State:
        """Return the branch's state.

        Parameters
        ----------
        weights : array, shape (nodes, draws)
        buffer : array, shape (draws, units), optional
            Memory that may be used for the shares.
        """
        if buffer is not None and len(buffer) != weights.shape[1]:
            buffer = None
        share = np.matmul(weights.T, self.shares, out=buffer)
        self._alike(share)
        if self.known is None:
            return State(share, np.zeros((1, share.shape[1]), dtype=np.uint8), True)
        applicable = weights.T @ self.known
        self._alike(applicable)
        with np.errstate(invalid="ignore", divide="ignore"):
            np.divide(share, applicable, out=share)
        absent = ~(applicable > 0)
        if absent.any():
            share[absent] = np.nan
        complete = not absent.any()
        return State(share, self.status, complete, applicable=applicable, lacking=self.lacking)

    def _alike(self, products: Float) -> None:
        # A matrix product may add up equal columns in other orders.
        twins, first = self.twins
        if twins.size:
            products[:, twins] = products[:, first]


def linear(plan: Plan, branch: Branch, leaves: Mapping[int, State]) -> Linear | None:
    """Return what a branch collapses to, None if it does not.

    Parameters
    ----------
    plan : Plan
    branch : Branch
        A dimension or the root; its own rule and rounding come after the mean.
    leaves : mapping of int to State
        The indicators, by row, with the same shares in all draws.
    """
    below = {other.row: other for other in plan.branches}
    found = list(_descend(branch, below, plan))
    if not found or branch.looks:
        return None
    rows = [row for _, children in found for row in children]
    states = [None if row in below else leaves[row] for row in rows]
    if any(state is not None and len(state.share) > 1 for state in states):
        return None
    own = [state for state in states if state is not None]
    shares = np.concatenate([state.share for state in own])
    known = ~np.isnan(shares)
    if not known.all() and not _shrink(branch, below, known):
        return None
    gone = np.stack([np.broadcast_to(state.status[0], shares.shape[1:]) for state in own])
    missing, not_applicable = (
        ((gone == kind) & ~known).sum(axis=0, dtype=np.float64)[None]
        for kind in (CellStatus.MISSING, CellStatus.NOT_APPLICABLE)
    )
    status = np.where(missing > 0, CellStatus.MISSING, CellStatus.NOT_APPLICABLE).astype(np.uint8)
    is_leaf = np.array([state is not None for state in states])
    table = np.zeros((2, len(rows), shares.shape[1]))
    table[0, is_leaf] = np.where(known, shares, 0.0)
    table[1, is_leaf] = known
    twins = _twins(table[0] if known.all() else table.reshape(-1, shares.shape[1]))
    if known.all():
        return Linear(tuple(found), table[0], None, twins, status, None)
    return Linear(tuple(found), table[0], table[1], twins, status, (missing, not_applicable))


def _twins(table: Float) -> tuple[Index, Index]:
    """Return the columns that are equal to an earlier one, and these."""
    # Equal columns have equal sums of this kind, others hardly ever.
    marks = np.add.reduce(table * np.sqrt(np.arange(2.0, 2.0 + len(table)))[:, None], axis=0)
    _, first, place = np.unique(marks, return_index=True, return_inverse=True)
    original = first[place]
    suspects = np.flatnonzero(original != np.arange(len(original)))
    equal = (table[:, suspects] == table[:, original[suspects]]).all(axis=0)
    return suspects[equal], original[suspects[equal]]


def _descend(
    top: Branch, below: Mapping[int, Branch], plan: Plan
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the branches of a linear subtree, or nothing if it is none."""
    stack, found = [top], []
    while stack:
        branch = stack.pop(0)
        between = branch is not top
        if branch.bonuses or not branch.aggregate.linear or branch.aggregate.peer_dependent:
            return
        if between and (branch.node.rule is not None or branch.rounding is not None):
            return
        for row in branch.children:
            if isinstance(plan.framework.weight(plan.codes[row]), str):
                return
            if row in below:
                stack.append(below[row])
            elif plan.rounding[row] is not None:
                return
        found.append((branch.row, branch.children))
    yield from found


def _shrink(top: Branch, below: Mapping[int, Branch], known: np.ndarray) -> bool:
    """Tell whether what is absent only makes the maximum smaller, all the way up."""
    if not known.any(axis=1).all():
        return False  # an indicator that nobody has is looked at by name
    stack = [top]
    while stack:
        branch = stack.pop()
        if not all(_passes_up(absence) for absence in (branch.absence, *branch.child_absence)):
            return False
        stack += [below[row] for row in branch.children if row in below]
    return True


def _passes_up(absence: Absence) -> bool:
    return all(
        policy.shrinks and not policy.refuses and policy.min_share == 0 and policy.min_count == 1
        for policy in (absence.missing, absence.not_applicable)
    )

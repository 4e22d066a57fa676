"""Subtrees that are weighted means of their indicators, with their absent cells settled.

Means of means (or sums of sums) without a rule, a rounding or a bonus between collapse to effective
weights of indicators. Units that are equal in everything get the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
import numpy as np

from govindex.compute.block import State
from govindex.compute.linear import Linear
from govindex.compute.plan import Branch, Child, Plan
from govindex.compute.settlement import Settlement, settle
from govindex.contracts import (
    ABSENT,
    BaseAggregator,
    BasePolicy,
    Bool,
    Float,
    Index,
    Peers,
    Status,
    completed,
)

__all__ = ["collapse"]

_ANY_WEIGHT = np.ones((1, 1))


def collapse(
    plan: Plan, branch: Branch, leaves: Mapping[int, State], peers: Peers
) -> Linear | None:
    """Return the weighted mean that a branch collapses to, None if it does not.

    Parameters
    ----------
    plan : Plan
    branch : Branch
        A dimension or the root; its own rule and rounding come after the mean.
    leaves : mapping of int to State
        The indicators, by row, with the same shares in all draws.
    peers : Peers
    """
    below = {row: other for row, other in plan.by_row.items() if not other.looks}
    subtree = list(_descend(branch, below, plan))
    children = [child for other in subtree for child in other.children]
    indicators = [leaves[child.row] for child in children if child.row not in below]
    if not indicators or any(len(leaf.share) > 1 for leaf in indicators):
        return None
    settlements: dict[int, _Settlement] = {}
    gaps = [np.isnan(leaf.share) for leaf in indicators if not leaf.complete]
    if any(gap.all() for gap in gaps):
        return None  # the error names an indicator that no unit has
    if any(gap.any() for gap in gaps):
        for other in reversed(subtree):
            settlement = _settlement(other, leaves, settlements, peers)
            if settlement is None:
                return None
            settlements[other.row] = settlement
    # A node of weight 0 is not counted.
    gappy = (leaf for leaf in leaves.values() if not leaf.complete)
    gaps_anywhere = any(np.isnan(leaf.share).any() for leaf in gappy)
    counted = (plan.counts_absences and bool(settlements)) or (plan.counts_leaves and gaps_anywhere)
    return _Subtree(below, leaves, settlements, counted).linear(branch)


def _descend(top: Branch, below: Mapping[int, Branch], plan: Plan) -> Iterator[Branch]:
    """Yield the branches of a linear subtree from the top down, or nothing if it is not linear."""
    stack, branches = [top], []
    while stack:
        branch = stack.pop(0)
        between = branch is not top
        if branch.looks or branch.bonuses or branch.corrects:
            return
        if not branch.aggregate.linear or branch.aggregate.peer_dependent:
            return
        if between and (branch.node.rule is not None or branch.rounding is not None):
            return
        for child in branch.children:
            if isinstance(plan.declared.weights[child.code], str):
                return
            if child.row in below:
                stack.append(below[child.row])
            elif plan.rounding[child.row] is not None:
                return
        branches.append(branch)
    yield from branches


@attrs.frozen(eq=False)
class _Settlement:
    """The absent children of a branch, settled for any weights above 0.

    Parameters
    ----------
    settled : Settlement
    restores : bool
        Whether the children that are present carry what others lack.
    passes_up : bool
        Whether the maximum that is passed up is smaller for some units.
    """

    settled: Settlement
    restores: bool
    passes_up: bool


def _settlement(
    branch: Branch,
    leaves: Mapping[int, State],
    settlements: Mapping[int, _Settlement],
    peers: Peers,
) -> _Settlement | None:
    """Settle a branch under weights above 0; None if two products do not suffice."""
    if completed(branch.aggregate, BaseAggregator).needs_all or branch.sees_all:
        return None
    states = [_state(child, leaves, settlements) for child in branch.children]
    weights = [_ANY_WEIGHT] * len(states)
    settled = settle(branch.children, states, weights, branch.absence, peers)
    if settled.gaps.refused or settled.gaps.errors:
        return None  # the walk over single nodes names them
    gone = np.isnan(np.concatenate(settled.gaps.filled))
    status = np.concatenate([state.status for state in states])
    policies = []
    for index, reason in enumerate(ABSENT):
        lacking = (gone & (status == reason)).any(axis=1)
        policies += [branch.children[i].absence.policies[index] for i in np.flatnonzero(lacking)]
    for child, state, absent in zip(branch.children, states, gone, strict=True):
        if child.row in settlements and (np.isnan(state.share[0]) & ~absent).any():
            return None
    below = [settlements[c.row] for c in branch.children if c.row in settlements]
    smaller = any(child.passes_up for child in below)
    shrinks = any(policy.shrinks for policy in branch.absence.policies)
    if all(policy.shrinks for policy in policies) and (shrinks or not smaller):
        return _Settlement(settled, restores=False, passes_up=bool(policies) or smaller)
    restores = all(completed(policy, BasePolicy).restores for policy in policies)
    if restores and not (shrinks and smaller):
        return _Settlement(settled, restores=True, passes_up=False)
    return None


def _state(
    child: Child, leaves: Mapping[int, State], settlements: Mapping[int, _Settlement]
) -> State:
    """Return a child as its branch sees it; of a branch, only where it has a score."""
    if child.row not in settlements:
        return leaves[child.row]
    settled = settlements[child.row].settled
    share = np.where(settled.absent, np.nan, 1.0)
    return State(share, settled.status, not settled.absent.any(), lacking=settled.lacking)


@attrs.frozen(eq=False)
class _Subtree:
    """A linear subtree with its settlements; without absent cells it has no settlements."""

    below: Mapping[int, Branch]
    leaves: Mapping[int, State]
    settlements: Mapping[int, _Settlement]
    all_weighted: bool

    def linear(self, top: Branch) -> Linear:
        """Return a branch as a weighted mean."""
        joined, inside = [top], {}
        gone = {top.row: self._absent(top.row)}
        for branch in joined:  # the list grows meanwhile
            for row in (child.row for child in branch.children):
                if row not in self.below:
                    continue
                gone[row] = gone[branch.row] | self._absent(row)
                if row in self.settlements and self.settlements[row].restores:
                    inside[row] = self.linear(self.below[row])
                else:
                    joined.append(self.below[row])
        nodes = [(branch, index) for branch in joined for index in range(len(branch.children))]
        rows = [branch.children[index].row for branch, index in nodes]
        shares = self._shares(nodes)
        known = ~np.isnan(shares)
        if self.settlements:
            above = [gone[branch.row] for branch, _ in nodes]
            known &= ~np.stack(
                [gone.get(row, absent) for row, absent in zip(rows, above, strict=True)]
            )
            shares[~known] = 0.0
        counts = np.array([row in inside or row not in gone for row in rows])
        present = None if known[counts].all() else (known & counts[:, None]).astype(np.float64)
        settlement = self.settlements.get(top.row)
        return Linear(
            paths=tuple((branch.node.code, branch.child_codes) for branch in joined),
            shares=shares,
            known=present,
            inside=tuple(
                (rows.index(row), other, np.flatnonzero(gone[row])) for row, other in inside.items()
            ),
            passes_up=settlement is not None and settlement.passes_up,
            twins=_twins(list(_tables(shares, present, inside.values()))),
            status=_status(settlement, shares.shape[1]),
            lacking=_lacking(settlement),
            all_weighted=self.all_weighted,
        )

    def _absent(self, row: int) -> Bool:
        """Return the units for which a branch has no score, shape (units,)."""
        if row in self.settlements:
            return np.asarray(self.settlements[row].settled.absent[0])
        return np.zeros(1, dtype=bool)

    def _shares(self, nodes: Sequence[tuple[Branch, int]]) -> Float:
        """Return the shares of nodes as their branches fill them, 0 for branches."""
        units = next(iter(self.leaves.values())).share.shape[1]
        shares = []
        for branch, index in nodes:
            row = branch.children[index].row
            if row in self.below:
                shares.append(np.zeros((1, units)))
            elif self.settlements:
                shares.append(self.settlements[branch.row].settled.gaps.filled[index])
            else:
                shares.append(self.leaves[row].share)
        return np.concatenate(shares)


def _status(settlement: _Settlement | None, units: int) -> Status:
    """Return the status of a branch, shape (1, units); reported if nothing is absent."""
    return np.zeros((1, units), np.uint8) if settlement is None else settlement.settled.status


def _lacking(settlement: _Settlement | None) -> tuple[Float, ...] | None:
    """Return how many indicators are absent, by kind; None if all are present."""
    if settlement is None or not any(count.any() for count in settlement.settled.lacking):
        return None
    return settlement.settled.lacking


def _tables(shares: Float, known: Float | None, inside: Iterable[Linear]) -> Iterator[Float]:
    """Yield the tables whose columns must be equal for units to be equal."""
    yield shares
    if known is not None:
        yield known
    for other in inside:
        yield from _tables(other.shares, other.known, (linear for _, linear, _ in other.inside))


def _twins(tables: Sequence[Float]) -> tuple[Index, Index]:
    """Return the columns that are equal to an earlier one, and the earlier ones."""
    # Equal columns have equal sums of this kind, others hardly ever.
    marks = np.zeros(tables[0].shape[1])
    for number, row in enumerate((row for table in tables for row in table), start=2):
        marks += np.sqrt(number) * row
    _, first, index = np.unique(marks, return_index=True, return_inverse=True)
    original = first[index]
    suspects = np.flatnonzero(original != np.arange(len(original)))
    equal = np.logical_and.reduce(
        [(table[:, suspects] == table[:, original[suspects]]).all(axis=0) for table in tables]
    )
    return suspects[equal], original[suspects[equal]]

"""Settle what absent children mean for a branch, before anything is aggregated.

Every node is a pair: the share it attained, and the part of its maximum that applies. This is where
absent children turn into filled shares, moved weights, a smaller maximum, or a
node that has no score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.contracts import (
    ABSENT,
    AbsencePolicy,
    BasePolicy,
    Bool,
    CellStatus,
    Float,
    Peers,
    Status,
    completed,
)
from govindex.errors import CellError
from govindex.kernels.reductions import total

__all__ = ["Answers", "Child", "Settlement", "ask", "settle"]

_SNAP = 1e-10


@attrs.frozen(eq=False)
class Child:
    """A child as its branch sees it; arrays of shape (draws or 1, units or 1).

    `lacking` counts the indicators below it that are absent, by kind, out of `leaves` that have a
    weight; None for an indicator, which is absent itself or not.
    """

    code: str
    share: Float
    status: Status
    applicable: Float | None
    weight: Float
    absence: Absence
    leaves: int | Float = 1
    lacking: tuple[Float, ...] | None = None


@attrs.frozen(eq=False)
class Settlement:
    """What is left to aggregate.

    Parameters
    ----------
    shares, weights : list of array
        For the aggregator: an absent child has weight 0.
    filled : list of array
        The children's shares with what the policies filled, NaN where still absent.
    applicable : array or None
        The part of the node's maximum that applies; None if all of it does everywhere.
    absent : array of bool
        Units for which the node has no score.
    status : array of CellStatus
        Why, where it has none.
    lacking : tuple of array
        How many indicators below are absent and not filled: a count for each kind of absence.
    refused : list of (code, mask, kind)
        Cells that a policy refuses.
    errors : list of CellError
        Cells that a policy could not fill, and units whose weights it could not rewrite.
    """

    shares: list[Float]
    weights: list[Float]
    filled: list[Float]
    applicable: Float | None
    absent: Bool
    status: Status
    lacking: tuple[Float, ...]
    refused: list[tuple[str, Bool, CellStatus]]
    errors: list[CellError]


@attrs.frozen(eq=False)
class Answers:
    """What the policies of children say.

    Parameters
    ----------
    filled : list of array
        The children's shares with what the policies filled, NaN where still absent.
    absent : array of bool, shape (children, draws, units)
        Where they still are.
    lost : array of bool of the same shape
        Where the maximum is lost with them.
    moved : list of (policy, mask)
        Policies that may rewrite weights, each with the children that it speaks for.
    refused : list of (code, mask, kind)
    errors : list of CellError
    """

    filled: list[Float]
    absent: Bool
    lost: Bool
    moved: list[tuple[AbsencePolicy, Bool]]
    refused: list[tuple[str, Bool, CellStatus]]
    errors: list[CellError]


@attrs.frozen(eq=False)
class _Stack:
    """Children one above the other, arrays of shape (children, draws, units).

    `gone` says, for each kind of absence, where a child that counts is absent: what has weight 0
    for a unit is shown, not scored, and its absence takes nothing away.
    """

    shares: Float
    status: Status
    weights: Float
    gone: tuple[Bool, ...]

    @classmethod
    def of(cls, children: Sequence[Child]) -> _Stack:
        shape = np.broadcast_shapes(
            *(c.share.shape for c in children), *(c.weight.shape for c in children)
        )
        shares = _stacked([child.share for child in children], shape)
        status = _stacked([child.status for child in children], shape, np.uint8)
        weights = _stacked([child.weight for child in children], shape)
        absent = np.isnan(shares) & (weights > 0)
        gone = tuple(absent & (status == np.uint8(kind)) for kind in ABSENT)
        return cls(shares, status, weights, gone)


def settle(
    children: Sequence[Child],
    branch: Absence,
    peers: Peers,
    siblings: Mapping[str, Bool | None] | None = None,
) -> Settlement:
    """Apply every child's absence policy, then the branch's limits on availability.

    Parameters
    ----------
    children : sequence of Child
    branch : Absence
        The branch's own policies: their `min_share` and `min_count` decide whether it is scored.
        Each counts the absences it speaks for; what a policy filled is not absent.
    peers : Peers
        For policies that fill from others.
    siblings : mapping of code to array of bool or None, optional
        All children in the order of the tree, for policies that see all of them. For one of weight
        0, which is not among `children`, where it is absent.
    """
    stack = _Stack.of(children)
    answers = _asked(children, stack, peers)
    errors, absent_cells, weights = answers.errors, answers.absent, stack.weights
    shape = weights.shape[1:]
    shares = _stacked(answers.filled, shape)
    every = siblings or dict.fromkeys(child.code for child in children)
    carried, forgone = _carried(children, weights, absent_cells, answers, every)
    parts = np.where(
        np.isnan(stack.shares),
        1.0,
        _stacked([1.0 if c.applicable is None else c.applicable for c in children], shape),
    )
    in_force = carried * parts
    lacking = _lacking(children, stack, absent_cells)
    absent = _unavailable(branch, children, stack, absent_cells, in_force, lacking)
    return Settlement(
        shares=list(np.where(absent_cells, 0.0, shares)),
        weights=list(in_force),
        filled=answers.filled,
        applicable=_applicable(branch, weights, carried, parts, answers.lost, absent, forgone),
        absent=absent,
        status=_reason(stack, absent_cells),
        lacking=lacking,
        refused=answers.refused,
        errors=errors,
    )


def ask(child: Child, peers: Peers) -> Answers:
    """Ask the policies of a child that stands by itself about its absent cells."""
    return _asked([child], _Stack.of([child]), peers)


def _stacked(arrays: Sequence[Any], shape: tuple[int, ...], kind: type = np.float64) -> Any:
    found: Any = np.empty((len(arrays), *shape), dtype=kind)
    for own, array in zip(found, arrays, strict=True):
        own[...] = array
    return found


def _asked(children: Sequence[Child], stack: _Stack, peers: Peers) -> Answers:
    absent = np.isnan(stack.shares)
    lost = np.zeros_like(absent)
    found = Answers([child.share for child in children], absent, lost, [], [], [])
    asked = np.stack([gone.any(axis=(1, 2)) for gone in stack.gone], axis=1)
    for index, number in np.argwhere(asked):
        child, own = children[index], stack.gone[number][index]
        policy = child.absence.policies[number]
        if policy.refuses:
            found.refused.append((child.code, own, ABSENT[number]))
        try:
            fill = policy.fill(np.broadcast_to(child.share, own.shape), own, peers)
        except CellError as error:
            found.errors.append(error)
            continue
        if fill is not None:
            found.filled[index] = np.where(own, fill, found.filled[index])
            absent[index] = np.isnan(found.filled[index])
            own = own & absent[index]  # what is not filled is lost or moved
            if not own.any():
                continue
        if policy.shrinks:
            lost[index] |= own
        else:
            _note(found.moved, policy, index, own, absent.shape)
    return found


def _note(
    moved: list[tuple[AbsencePolicy, Bool]],
    policy: AbsencePolicy,
    index: int,
    own: Bool,
    shape: tuple[int, ...],
) -> None:
    """Note which cells of a child a policy speaks for."""
    for other, mask in moved:
        if other is policy or (type(other) is type(policy) and other == policy):
            mask[index] |= own
            return
    mask = np.zeros(shape, dtype=bool)
    mask[index] = own
    moved.append((policy, mask))


def _carried(
    children: Sequence[Child],
    weights: Float,
    absent: Bool,
    answers: Answers,
    siblings: Mapping[str, Bool | None],
) -> tuple[Float, Float]:
    """Return the weights in force, and how much of the total policies give up.

    What each policy moves is added up.
    """
    codes = [child.code for child in children]
    base = np.where(absent, 0.0, weights)
    carried, forgone = base, np.zeros(base.shape[1:])
    for policy, own in answers.moved:
        # The policy sees the weight of its own absent children, and none of the others'.
        given = np.where(absent & ~own, 0.0, weights)
        try:
            new = _rewritten(policy, codes, given, absent, siblings)
            if new is None:
                continue
            # A unit that lacks none of them keeps its weights, whatever others lack.
            asks = np.asarray(own.any(axis=0))
            if _keeps_total(policy):
                new = _scaled(new, given, base, asks)
            else:
                forgone = forgone + np.where(asks, _rest(new, given, asks), 0.0)
            carried = carried + np.where(asks, new - base, 0.0)
        except CellError as error:
            answers.errors.append(error)
    taken = carried < -_SNAP * total(weights)
    if taken.any():
        message = "two absence policies take more weight from a child than it has"
        answers.errors.append(CellError(message, taken.any(axis=0)))
    return np.maximum(carried, 0.0), forgone


def _keeps_total(policy: AbsencePolicy) -> bool:
    return completed(policy, BasePolicy).keeps_total


def _rewritten(
    policy: AbsencePolicy,
    codes: Sequence[str],
    given: Float,
    absent: Bool,
    siblings: Mapping[str, Bool | None],
) -> Float | None:
    """Ask a policy for new weights; one that sees all children gets them in the tree's order."""
    if not completed(policy, BasePolicy).sees_all:
        return policy.reweight(codes, given, absent)
    every = list(siblings)
    rows = [every.index(code) for code in codes]
    whole = np.zeros((len(every), *given.shape[1:]))
    gone = np.zeros(whole.shape, dtype=bool)
    for row, lacking in enumerate(siblings.values()):
        gone[row] = False if lacking is None else lacking
    whole[rows], gone[rows] = given, absent
    new = policy.reweight(every, whole, gone)
    if new is None:
        return None
    idle = np.delete(new, rows, axis=0) != 0
    if idle.any():
        raise CellError("an absence function gave weight to a child of weight 0", idle.any(axis=0))
    return np.asarray(new[rows])


def _rest(new: Float, given: Float, asks: Bool) -> Float:
    """Return what rewritten weights lack of the total of those given."""
    whole = total(given)
    rest = whole - total(new)
    above = asks & (rest < -_SNAP * whole)
    if above.any():
        raise CellError("the absence function gives more weight than there is", above)
    return np.maximum(rest, 0.0)


def _scaled(new: Float, given: Float, base: Float, asks: Bool) -> Float:
    """Bring rewritten weights to the total of those given: only their proportions count."""
    whole, sums = total(given), total(new)
    nothing = asks & (total(base) > 0) & ~(sums > 0)
    if nothing.any():
        raise CellError("the absence function gives no weight to any child", nothing)
    return np.asarray(new * (whole / np.where(sums > 0, sums, 1.0)))


def _lacking(children: Sequence[Child], stack: _Stack, absent: Bool) -> tuple[Float, ...]:
    """Count the indicators below that are absent, by kind."""
    # What a policy filled lacks nothing.
    counted = (stack.weights > 0) & (absent | ~np.isnan(stack.shares))
    below = [index for index, child in enumerate(children) if child.lacking is not None]
    counts = []
    for number, gone in enumerate(stack.gone):
        own = gone & absent
        own[below] = False
        found = own.sum(axis=0, dtype=np.float64)
        for index in below:
            lacking = children[index].lacking
            assert lacking is not None
            found = found + np.where(counted[index], lacking[number], 0.0)
        counts.append(found)
    return tuple(counts)


def _limits(branch: Absence) -> list[tuple[AbsencePolicy, tuple[CellStatus, ...]]]:
    """Return the branch's policies, each with the kinds of absence it speaks for."""
    found: list[tuple[AbsencePolicy, tuple[CellStatus, ...]]] = []
    for policy, kind in zip(branch.policies, ABSENT, strict=True):
        same = next((i for i, (other, _) in enumerate(found) if other == policy), None)
        if same is None:
            found.append((policy, (kind,)))
        else:
            found[same] = (policy, (*found[same][1], kind))
    return found


def _unavailable(
    branch: Absence,
    children: Sequence[Child],
    stack: _Stack,
    absent: Bool,
    in_force: Float,
    lacking: tuple[Float, ...],
) -> Bool:
    scored = stack.weights > 0
    none = ~(total(in_force) > 0)
    for policy, kinds in _limits(branch):
        if policy.min_share == 0 and policy.min_count == 1:
            continue
        if policy.of == "leaves":
            gone = total([lacking[ABSENT.index(kind)] for kind in kinds])
            own_leaves = zip(children, stack.weights, strict=True)
            whole = total([np.where(w > 0, child.leaves, 0.0) for child, w in own_leaves])
        else:
            own = [stack.gone[ABSENT.index(kind)] & absent for kind in kinds]
            gone = np.logical_or.reduce(own).sum(axis=0).astype(np.float64)
            whole = scored.sum(axis=0).astype(np.float64)
        known = whole - gone
        few = (known < policy.min_count) | (known < policy.min_share * whole - _SNAP)
        none = none | (few & (gone > 0))  # where nothing is absent a policy says nothing
    return np.asarray(none)


def _applicable(
    branch: Absence,
    weights: Float,
    carried: Float,
    parts: Float,
    lost: Bool,
    absent: Bool,
    forgone: Float,
) -> Float | None:
    whole, kept = total(weights), total(np.where(lost, 0.0, weights))
    if forgone.any():
        kept = np.maximum(kept - forgone, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if any(policy.shrinks or not _keeps_total(policy) for policy in branch.policies):
            # What is not lost is carried in full: children that carry more lose more.
            kept = np.where(absent, 0.0, kept * (total(carried * parts) / total(carried)))
        if not (kept < whole).any() and not absent.any():
            return None
        return np.where(absent, 0.0, kept / whole)


def _reason(stack: _Stack, absent: Bool) -> Status:
    missing, _, suppressed = ((gone & absent).any(axis=0) for gone in stack.gone)
    why = np.where(missing, np.uint8(CellStatus.MISSING), np.uint8(CellStatus.NOT_APPLICABLE))
    return np.where(suppressed, np.uint8(CellStatus.SUPPRESSED), why)

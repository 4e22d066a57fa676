"""Absent children, settled before a branch is aggregated.

A node has a share and the part of its maximum that applies. Absent children become filled shares,
moved weights, a smaller maximum, or a node without a score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.compute.block import State
from govindex.compute.plan import Child
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

__all__ = ["Gaps", "Settlement", "ask", "settle"]

_SNAP = 1e-10


@attrs.define(eq=False)
class Gaps:
    """Stacked children, and what policies decide about their absent cells.

    Parameters
    ----------
    children : sequence of Child
    shares, status, weights : array, shape (children, draws, units)
    gone : tuple of array of bool of the same shape
        For each kind of absence, the absent cells of children with a weight above 0; a child of
        weight 0 is shown, not scored.
    filled : list of array
        The children's shares with what the policies filled, NaN where still absent.
    absent, lost : array of bool of the same shape
        Cells that are still absent, and those whose part of the maximum is lost.
    moved : list of (policy, mask)
        Policies that may rewrite weights, each with the cells it applies to.
    refused : list of (code, mask, kind)
        Cells that a policy refuses.
    errors : list of CellError
        Cells that a policy could not fill, and units whose weights it could not rewrite.
    """

    children: Sequence[Child]
    shares: Float
    status: Status
    weights: Float
    gone: tuple[Bool, ...]
    filled: list[Float]
    absent: Bool
    lost: Bool
    moved: list[tuple[AbsencePolicy, Bool]] = attrs.field(factory=list)
    refused: list[tuple[str, Bool, CellStatus]] = attrs.field(factory=list)
    errors: list[CellError] = attrs.field(factory=list)


@attrs.frozen(eq=False)
class Settlement:
    """The shares and weights to aggregate.

    Parameters
    ----------
    gaps : Gaps
    shares, weights : list of array
        For the aggregator: an absent child has weight 0.
    applicable : array or None
        The part of the node's maximum that applies; None if all of it does everywhere.
    absent : array of bool
        Units for which the node has no score.
    status : array of CellStatus
        Why a unit has no score.
    lacking : tuple of array
        How many indicators below are absent and not filled: a count for each kind of absence.
    """

    gaps: Gaps
    shares: list[Float]
    weights: list[Float]
    applicable: Float | None
    absent: Bool
    status: Status
    lacking: tuple[Float, ...]


def settle(
    children: Sequence[Child],
    states: Sequence[State],
    weights: Sequence[Float],
    branch: Absence,
    peers: Peers,
    siblings: Mapping[str, Bool | None] | None = None,
) -> Settlement:
    """Apply every child's absence policy, then the branch's limits on availability.

    Parameters
    ----------
    children : sequence of Child
    states : sequence of State
        Of the children, as the branch sees them.
    weights : sequence of array, shape (draws or 1, units or 1)
    branch : Absence
        The branch's own policies: their `min_share` and `min_count` decide whether it is scored.
        Each counts its kinds of absence; a filled cell is not absent.
    peers : Peers
        For policies that fill from others.
    siblings : mapping of code to array of bool or None, optional
        All children in the order of the tree, for policies that see all of them. A child of weight
        0, which is not among `children`, comes with its absent units.
    """
    gaps = ask(children, states, weights, peers)
    shape = gaps.weights.shape[1:]
    carried, forgone = _carried(gaps, siblings or {child.code: None for child in children})
    parts = np.where(
        np.isnan(gaps.shares),
        1.0,
        _stacked([1.0 if s.applicable is None else s.applicable for s in states], shape),
    )
    in_force = carried * parts
    lacking = _lacking(gaps, states)
    absent = _unavailable(branch, gaps, states, in_force, lacking)
    return Settlement(
        gaps,
        shares=list(np.where(gaps.absent, 0.0, _stacked(gaps.filled, shape))),
        weights=list(in_force),
        applicable=_applicable(branch, gaps, carried, parts, absent, forgone),
        absent=absent,
        status=_reason(gaps),
        lacking=lacking,
    )


def _stacked(arrays: Sequence[Any], shape: tuple[int, ...], kind: type = np.float64) -> Any:
    stack: Any = np.empty((len(arrays), *shape), dtype=kind)
    for row, array in zip(stack, arrays, strict=True):
        row[...] = array
    return stack


def ask(
    children: Sequence[Child], states: Sequence[State], weights: Sequence[Float], peers: Peers
) -> Gaps:
    """Ask the policies of children about their absent cells."""
    gaps = _gaps(children, states, weights)
    any_gone = np.stack([gone.any(axis=(1, 2)) for gone in gaps.gone], axis=1)
    for index, number in np.argwhere(any_gone):
        child, absent = children[index], gaps.gone[number][index]
        policy = child.absence.policies[number]
        if policy.refuses:
            gaps.refused.append((child.code, absent, ABSENT[number]))
        share = states[index].share
        share = (
            share.view() if share.shape == absent.shape else np.broadcast_to(share, absent.shape)
        )
        share.flags.writeable = False  # the policy may be user-defined
        try:
            fill = policy.fill(share, absent, peers)
        except CellError as error:
            gaps.errors.append(error)
            continue
        if fill is not None:
            gaps.filled[index] = np.where(absent, fill, gaps.filled[index])
            gaps.absent[index] = np.isnan(gaps.filled[index])
            absent = absent & gaps.absent[index]  # the rest is lost or moved
            if not absent.any():
                continue
        if policy.shrinks:
            gaps.lost[index] |= absent
        else:
            _note(gaps.moved, policy, index, absent, gaps.absent.shape)
    return gaps


def _gaps(children: Sequence[Child], states: Sequence[State], weights: Sequence[Float]) -> Gaps:
    """Return children before any policy is applied."""
    filled = [state.share for state in states]
    shape = np.broadcast_shapes(*(array.shape for array in (*filled, *weights)))
    shares, heavy = _stacked(filled, shape), _stacked(weights, shape)
    status = _stacked([state.status for state in states], shape, np.uint8)
    absent = np.isnan(shares)
    counted = absent & (heavy > 0)
    gone = tuple(counted & (status == np.uint8(kind)) for kind in ABSENT)
    return Gaps(children, shares, status, heavy, gone, filled, absent, np.zeros_like(absent))


def _note(
    moved: list[tuple[AbsencePolicy, Bool]],
    policy: AbsencePolicy,
    index: int,
    cells: Bool,
    shape: tuple[int, ...],
) -> None:
    """Note which cells of a child a policy applies to."""
    for other, mask in moved:
        if other is policy or (type(other) is type(policy) and other == policy):
            mask[index] |= cells
            return
    mask = np.zeros(shape, dtype=bool)
    mask[index] = cells
    moved.append((policy, mask))


def _carried(gaps: Gaps, siblings: Mapping[str, Bool | None]) -> tuple[Float, Float]:
    """Return the weights in force, and how much of the total policies give up."""
    codes, weights, absent = [child.code for child in gaps.children], gaps.weights, gaps.absent
    base = np.where(absent, 0.0, weights)
    carried, forgone = base, np.zeros(base.shape[1:])
    for policy, cells in gaps.moved:
        # The policy sees the weights of the absent cells it applies to, 0 for other absent ones.
        before = np.where(absent & ~cells, 0.0, weights)
        try:
            new = _rewritten(policy, codes, before, absent, siblings)
            if new is None:
                continue
            # A unit without such a cell keeps its weights.
            asks = np.asarray(cells.any(axis=0))
            if _keeps_total(policy):
                new = _scaled(new, before, base, asks)
            else:
                forgone = forgone + np.where(asks, _rest(new, before, asks), 0.0)
            carried = carried + np.where(asks, new - base, 0.0)
        except CellError as error:
            gaps.errors.append(error)
    taken = carried < -_SNAP * total(weights)
    if taken.any():
        message = "two absence policies take more weight from a child than it has"
        gaps.errors.append(CellError(message, taken.any(axis=0)))
    return np.maximum(carried, 0.0), forgone


def _keeps_total(policy: AbsencePolicy) -> bool:
    return completed(policy, BasePolicy).keeps_total


def _rewritten(
    policy: AbsencePolicy,
    codes: Sequence[str],
    weights: Float,
    absent: Bool,
    siblings: Mapping[str, Bool | None],
) -> Float | None:
    """Return a policy's new weights; one that sees all children gets them in the tree's order."""
    if not completed(policy, BasePolicy).sees_all:
        return policy.reweight(codes, weights, absent)
    every = list(siblings)
    rows = [every.index(code) for code in codes]
    all_weights = np.zeros((len(every), *weights.shape[1:]))
    gone = np.zeros(all_weights.shape, dtype=bool)
    for row, lacking in enumerate(siblings.values()):
        gone[row] = False if lacking is None else lacking
    all_weights[rows], gone[rows] = weights, absent
    new = policy.reweight(every, all_weights, gone)
    if new is None:
        return None
    idle = np.delete(new, rows, axis=0) != 0
    if idle.any():
        raise CellError("an absence function gave weight to a child of weight 0", idle.any(axis=0))
    return np.asarray(new[rows])


def _rest(new: Float, before: Float, asks: Bool) -> Float:
    """Return the difference between the total of the weights before and after a policy."""
    whole = total(before)
    rest = whole - total(new)
    above = asks & (rest < -_SNAP * whole)
    if above.any():
        raise CellError("the absence function gives more weight than there is", above)
    return np.maximum(rest, 0.0)


def _scaled(new: Float, before: Float, base: Float, asks: Bool) -> Float:
    """Scale rewritten weights to the total before: only their proportions count."""
    whole, sums = total(before), total(new)
    nothing = asks & (total(base) > 0) & ~(sums > 0)
    if nothing.any():
        raise CellError("the absence function gives no weight to any child", nothing)
    return np.asarray(new * (whole / np.where(sums > 0, sums, 1.0)))


def _lacking(gaps: Gaps, states: Sequence[State]) -> tuple[Float, ...]:
    """Count the indicators below that are absent, by kind."""
    # A child that a policy filled has no absent indicators.
    counted = (gaps.weights > 0) & (gaps.absent | ~np.isnan(gaps.shares))
    below = [(i, state.lacking) for i, state in enumerate(states) if state.lacking is not None]
    counts = []
    for number, gone in enumerate(gaps.gone):
        absent = gone & gaps.absent
        absent[[i for i, _ in below]] = False
        count = absent.sum(axis=0, dtype=np.float64)
        for i, lacking in below:
            count = count + np.where(counted[i], lacking[number], 0.0)
        counts.append(count)
    return tuple(counts)


def _limits(branch: Absence) -> list[tuple[AbsencePolicy, tuple[CellStatus, ...]]]:
    """Return the branch's policies, each with its kinds of absence."""
    limits: list[tuple[AbsencePolicy, tuple[CellStatus, ...]]] = []
    for policy, kind in zip(branch.policies, ABSENT, strict=True):
        same = next((i for i, (other, _) in enumerate(limits) if other == policy), None)
        if same is None:
            limits.append((policy, (kind,)))
        else:
            limits[same] = (policy, (*limits[same][1], kind))
    return limits


def _unavailable(
    branch: Absence,
    gaps: Gaps,
    states: Sequence[State],
    in_force: Float,
    lacking: tuple[Float, ...],
) -> Bool:
    """Return the units with too few present children or indicators."""
    scored = gaps.weights > 0
    unavailable = ~(total(in_force) > 0)
    for policy, kinds in _limits(branch):
        if policy.min_share == 0 and policy.min_count == 1:
            continue
        if policy.of == "leaves":
            gone = total([lacking[ABSENT.index(kind)] for kind in kinds])
            leaves = (
                child.leaves if state.leaves is None else state.leaves
                for child, state in zip(gaps.children, states, strict=True)
            )
            whole = total(np.where(row, n, 0.0) for row, n in zip(scored, leaves, strict=True))
        else:
            cells = [gaps.gone[ABSENT.index(kind)] & gaps.absent for kind in kinds]
            gone = np.logical_or.reduce(cells).sum(axis=0).astype(np.float64)
            whole = scored.sum(axis=0).astype(np.float64)
        known = whole - gone
        few = (known < policy.min_count) | (known < policy.min_share * whole - _SNAP)
        unavailable = unavailable | (few & (gone > 0))  # a policy needs an absence
    return np.asarray(unavailable)


def _applicable(
    branch: Absence, gaps: Gaps, carried: Float, parts: Float, absent: Bool, forgone: Float
) -> Float | None:
    """Return the part of the maximum that applies, None if all of it does everywhere."""
    whole, kept = total(gaps.weights), total(np.where(gaps.lost, 0.0, gaps.weights))
    if forgone.any():
        kept = np.maximum(kept - forgone, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if any(policy.shrinks or not _keeps_total(policy) for policy in branch.policies):
            # The rest is carried in full: children that carry more lose more.
            kept = np.where(absent, 0.0, kept * (total(carried * parts) / total(carried)))
        if not (kept < whole).any() and not absent.any():
            return None
        return np.where(absent, 0.0, kept / whole)


def _reason(gaps: Gaps) -> Status:
    missing, _, suppressed = ((gone & gaps.absent).any(axis=0) for gone in gaps.gone)
    why = np.where(missing, np.uint8(CellStatus.MISSING), np.uint8(CellStatus.NOT_APPLICABLE))
    return np.where(suppressed, np.uint8(CellStatus.SUPPRESSED), why)

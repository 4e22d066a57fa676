"""Settle what absent children mean for a branch, before anything is aggregated.

Every node is a pair: the share it attained, and the part of its maximum that applies. This is where
missing and not-applicable children turn into filled shares, moved weights, a smaller maximum, or a
node that has no score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.contracts import AbsencePolicy, Bool, CellStatus, Float, Peers, Status
from govindex.errors import CellError
from govindex.kernels.reductions import total

__all__ = ["Answer", "Child", "Settled", "ask", "settle"]

_SNAP = 1e-10
_KINDS = (CellStatus.MISSING, CellStatus.NOT_APPLICABLE)


@attrs.frozen(eq=False)
class Child:
    """A child as its branch sees it; arrays of shape (draws or 1, units or 1).

    `lacking` counts the indicators below it that are missing and those that are not applicable, out
    of `leaves`; None for an indicator, which is absent itself or not.
    """

    code: str
    share: Float
    status: Status
    applicable: Float | None
    weight: Float
    absence: Absence
    leaves: int = 1
    lacking: tuple[Float, Float] | None = None


@attrs.frozen(eq=False)
class Settled:
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
    lacking : pair of array
        How many indicators below are missing and not applicable, and not filled.
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
    lacking: tuple[Float, Float]
    refused: list[tuple[str, Bool, CellStatus]]
    errors: list[CellError]


@attrs.define(eq=False)
class Answer:
    """What the policies say about one child."""

    share: Float
    lost: Bool
    moved: list[tuple[AbsencePolicy, Bool]] = attrs.field(factory=list)
    refused: list[tuple[str, Bool, CellStatus]] = attrs.field(factory=list)
    errors: list[CellError] = attrs.field(factory=list)


def settle(children: Sequence[Child], branch: Absence, peers: Peers) -> Settled:
    """Apply every child's absence policy, then the branch's limits on availability.

    Parameters
    ----------
    children : sequence of Child
    branch : Absence
        The branch's own policies: their `min_share` and `min_count` decide whether it is scored.
        Each counts the absences it speaks for; what a policy filled is not absent.
    peers : Peers
        For policies that fill from others.
    """
    shape = np.broadcast_shapes(
        *(c.share.shape for c in children), *(c.weight.shape for c in children)
    )
    answers = [ask(child, peers) for child in children]
    errors = [error for answer in answers for error in answer.errors]
    shares = _stacked([answer.share for answer in answers], shape)
    weights = _stacked([child.weight for child in children], shape)
    absent_cells = np.isnan(shares)
    carried = _carried(children, weights, absent_cells, answers, errors)
    parts = np.where(
        np.isnan(_stacked([child.share for child in children], shape)),
        1.0,
        _stacked([_whole(child.applicable) for child in children], shape),
    )
    in_force = carried * parts
    lacking = _lacking(children, answers, shape)
    absent = _unavailable(branch, children, absent_cells, weights, in_force, lacking)
    lost = _stacked([answer.lost for answer in answers], shape)
    return Settled(
        shares=list(np.where(absent_cells, 0.0, shares)),
        weights=list(in_force),
        filled=[answer.share for answer in answers],
        applicable=_applicable(branch, weights, carried, parts, lost, absent),
        absent=absent,
        status=_reason(children, absent_cells & (weights > 0), shape),
        lacking=lacking,
        refused=[refused for answer in answers for refused in answer.refused],
        errors=errors,
    )


def _whole(applicable: Float | None) -> Float:
    return np.ones((1, 1)) if applicable is None else applicable


def _stacked(arrays: Sequence[Any], shape: tuple[int, ...]) -> Any:
    return np.stack([np.broadcast_to(array, shape) for array in arrays])


def ask(child: Child, peers: Peers) -> Answer:
    """Ask the child's two policies about its absent cells."""
    found = Answer(child.share, np.zeros((1, 1), dtype=bool))
    for kind, policy in zip(_KINDS, child.absence.both, strict=True):
        # What has weight 0 for a unit is shown, not scored: its absence takes nothing away.
        absent = np.isnan(child.share) & (child.status == kind) & (child.weight > 0)
        if not absent.any():
            continue
        if policy.refuses:
            found.refused.append((child.code, absent, kind))
        try:
            fill = policy.fill(child.share, absent, peers)
        except CellError as error:
            found.errors.append(error)
            continue
        if fill is not None:
            found.share = np.where(absent, fill, found.share)
        elif policy.shrinks:
            found.lost = found.lost | absent
        else:
            found.moved.append((policy, absent))
    return found


def _askers(
    answers: Sequence[Answer], shape: tuple[int, ...]
) -> Iterator[tuple[AbsencePolicy, Bool]]:
    """Yield the policies that may rewrite weights, each with its own absent children."""
    found: dict[int, tuple[AbsencePolicy, Bool]] = {}
    for place, answer in enumerate(answers):
        for policy, absent in answer.moved:
            nothing = np.zeros((len(answers), *shape), dtype=bool)
            _, masks = found.setdefault(id(policy), (policy, nothing))
            masks[place] |= absent
    yield from found.values()


def _carried(
    children: Sequence[Child],
    weights: Float,
    absent: Bool,
    answers: Sequence[Answer],
    errors: list[CellError],
) -> Float:
    """Return the weights in force; where policies rewrite them, what each moves is added up."""
    codes = [child.code for child in children]
    base = np.where(absent, 0.0, weights)
    carried = base
    for policy, own in _askers(answers, weights.shape[1:]):
        # The policy sees the weight of its own absent children, and none of the others'.
        given = np.where(absent & ~own, 0.0, weights)
        try:
            new = policy.reweight(codes, given, absent)
            if new is None:
                continue
            # A unit that lacks none of them keeps its weights, whatever others lack.
            asks = np.asarray(own.any(axis=0))
            carried = carried + np.where(asks, _scaled(new, given, base, asks) - base, 0.0)
        except CellError as error:
            errors.append(error)
    taken = carried < -_SNAP * total(weights)
    if taken.any():
        message = "two absence policies take more weight from a child than it has"
        errors.append(CellError(message, taken.any(axis=0)))
    return np.maximum(carried, 0.0)


def _scaled(new: Float, given: Float, base: Float, asks: Bool) -> Float:
    """Bring rewritten weights to the total of those given: only their proportions count."""
    whole, sums = total(given), total(new)
    nothing = asks & (total(base) > 0) & ~(sums > 0)
    if nothing.any():
        raise CellError("the absence function gives no weight to any child", nothing)
    return np.asarray(new * (whole / np.where(sums > 0, sums, 1.0)))


def _lacking(
    children: Sequence[Child], answers: Sequence[Answer], shape: tuple[int, ...]
) -> tuple[Float, Float]:
    """Count the indicators below that are missing, and those that are not applicable."""
    counts = [np.zeros(shape), np.zeros(shape)]
    for child, answer in zip(children, answers, strict=True):
        gone = np.isnan(child.share)
        counted = (child.weight > 0) & ~(gone & ~np.isnan(answer.share))
        for place, kind in enumerate(_KINDS):
            own = gone & (child.status == kind) if child.lacking is None else child.lacking[place]
            counts[place] = counts[place] + np.where(counted, own, 0.0)
    return counts[0], counts[1]


def _limits(branch: Absence) -> list[tuple[AbsencePolicy, tuple[CellStatus, ...]]]:
    """Return the branch's policies, each with the kinds of absence it speaks for."""
    if branch.missing == branch.not_applicable:
        return [(branch.missing, _KINDS)]
    return [(branch.missing, _KINDS[:1]), (branch.not_applicable, _KINDS[1:])]


def _unavailable(
    branch: Absence,
    children: Sequence[Child],
    absent: Bool,
    weights: Float,
    in_force: Float,
    lacking: tuple[Float, Float],
) -> Bool:
    scored = weights > 0
    none = ~(total(in_force) > 0)
    for policy, kinds in _limits(branch):
        if policy.min_share == 0 and policy.min_count == 1:
            continue
        if policy.of == "leaves":
            gone = total([lacking[_KINDS.index(kind)] for kind in kinds])
            whole = np.full(gone.shape, float(sum(child.leaves for child in children)))
        else:
            status = np.stack([np.broadcast_to(c.status, absent.shape[1:]) for c in children])
            gone = (absent & scored & np.isin(status, kinds)).sum(axis=0).astype(np.float64)
            whole = scored.sum(axis=0).astype(np.float64)
        known = whole - gone
        few = (known < policy.min_count) | (known < policy.min_share * whole - _SNAP)
        none = none | (few & (gone > 0))  # where nothing is absent a policy says nothing
    return np.asarray(none)


def _applicable(
    branch: Absence, weights: Float, carried: Float, parts: Float, lost: Bool, absent: Bool
) -> Float | None:
    whole = total(weights)
    gone = total(np.where(lost, weights, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        if branch.missing.shrinks or branch.not_applicable.shrinks:
            # What is not lost is carried in full: children that carry more lose more.
            part = total(carried * (1.0 - parts)) / total(carried)
            gone = gone + np.where(absent, 0.0, (whole - gone) * part)
        if not gone.any() and not absent.any():
            return None
        return np.where(absent, 0.0, (whole - gone) / whole)


def _reason(children: Sequence[Child], absent: Bool, shape: tuple[int, ...]) -> Status:
    missing = np.zeros(shape, dtype=bool)
    for child, gone in zip(children, absent, strict=True):
        missing = missing | (gone & (child.status == CellStatus.MISSING))
    kinds = np.where(missing, np.uint8(CellStatus.MISSING), np.uint8(CellStatus.NOT_APPLICABLE))
    return np.asarray(kinds)

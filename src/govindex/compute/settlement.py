"""Settle what absent children mean for a branch, before anything is aggregated.

Every node is a pair: the share it attained, and the part of its maximum that applies. This is where
missing and not-applicable children turn into filled shares, moved weights, a smaller maximum, or a
node that has no score.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from govindex.absence import Absence
from govindex.contracts import AbsencePolicy, Bool, CellStatus, Float, Peers, Status
from govindex.errors import CellError

__all__ = ["Child", "Settled", "settle"]

_SNAP = 1e-10


@attrs.frozen(eq=False)
class Child:
    """A child as its branch sees it; arrays of shape (draws or 1, units or 1)."""

    code: str
    share: Float
    status: Status
    applicable: Float | None
    weight: Float
    absence: Absence


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
    refused : list of (code, mask, kind)
        Cells that a policy refuses.
    errors : list of CellError
        Cells that a policy could not fill.
    """

    shares: list[Float]
    weights: list[Float]
    filled: list[Float]
    applicable: Float | None
    absent: Bool
    status: Status
    refused: list[tuple[str, Bool, CellStatus]]
    errors: list[CellError]


def settle(
    children: Sequence[Child], branch: Absence, leaves: Sequence[Bool], peers: Peers
) -> Settled:
    """Apply every child's absence policy, then the branch's limits on availability.

    Parameters
    ----------
    children : sequence of Child
    branch : Absence
        The branch's own policies: their `min_share` and `min_count` decide whether it is scored.
    leaves : sequence of array of bool
        Which indicators below the branch have a share, for limits counted in leaves.
    peers : Peers
        For policies that fill from others.
    """
    shape = np.broadcast_shapes(
        *(c.share.shape for c in children), *(c.weight.shape for c in children)
    )
    filled: list[Float] = []
    refused: list[tuple[str, Bool, CellStatus]] = []
    errors: list[CellError] = []
    lost: list[Bool] = []
    reweighting: dict[int, tuple[AbsencePolicy, list[Bool]]] = {}
    for place, child in enumerate(children):
        share, gone = child.share, np.zeros(shape, dtype=bool)
        for kind, policy in (
            (CellStatus.MISSING, child.absence.missing),
            (CellStatus.NOT_APPLICABLE, child.absence.not_applicable),
        ):
            # What has weight 0 for a unit is shown, not scored: its absence takes nothing away.
            absent = np.isnan(child.share) & (child.status == kind) & (child.weight > 0)
            if not absent.any():
                continue
            if policy.refuses:
                refused.append((child.code, absent, kind))
            try:
                fill = policy.fill(child.share, absent, peers)
            except CellError as error:
                errors.append(error)
                continue
            if fill is not None:
                share = np.where(absent, fill, share)
            elif policy.shrinks:
                gone = gone | absent
            else:
                masks = reweighting.setdefault(
                    id(policy), (policy, [np.zeros(shape, dtype=bool) for _ in children])
                )[1]
                masks[place] = masks[place] | absent
        filled.append(share)
        lost.append(gone)
    shares = np.stack([np.broadcast_to(share, shape) for share in filled])
    weights = np.stack([np.broadcast_to(child.weight, shape) for child in children])
    absent_cells = np.isnan(shares)
    carried = _carried(children, weights, absent_cells, reweighting, errors)
    parts = np.stack(
        [np.broadcast_to(1.0 if c.applicable is None else c.applicable, shape) for c in children]
    )
    parts = np.where(
        np.isnan(np.stack([np.broadcast_to(c.share, shape) for c in children])), 1.0, parts
    )
    in_force = carried * parts
    absent = _unavailable(branch, absent_cells, weights, in_force, leaves)
    return Settled(
        shares=list(np.where(absent_cells, 0.0, shares)),
        weights=list(in_force),
        filled=filled,
        applicable=_applicable(branch, weights, carried, parts, np.stack(lost), absent),
        absent=absent,
        status=_reason(children, absent_cells & (weights > 0), shape),
        refused=refused,
        errors=errors,
    )


def _carried(
    children: Sequence[Child],
    weights: Float,
    absent: Bool,
    reweighting: dict[int, tuple[AbsencePolicy, list[Bool]]],
    errors: list[CellError],
) -> Float:
    codes = [child.code for child in children]
    base = np.where(absent, 0.0, weights)
    carried = base
    for policy, masks in reweighting.values():
        # The policy sees the weight of its own absent children, and none of the others'.
        own = np.stack(masks)
        try:
            new = policy.reweight(codes, np.where(absent & ~own, 0.0, weights), absent)
        except CellError as error:
            errors.append(error)
            continue
        if new is not None:
            # A unit that lacks none of them keeps its weights, whatever others lack.
            carried = carried + np.where(own.any(axis=0), new - base, 0.0)
    return np.asarray(carried)


def _unavailable(
    branch: Absence, absent: Bool, weights: Float, in_force: Float, leaves: Sequence[Bool]
) -> Bool:
    scored = weights > 0
    none = ~(in_force.sum(axis=0) > 0)
    for policy in (branch.missing, branch.not_applicable):
        if policy.min_share == 0 and policy.min_count == 1:
            continue
        if policy.of == "leaves":
            known = np.sum([leaf.astype(np.float64) for leaf in leaves], axis=0)
            total: Float | float = float(len(leaves))
        else:
            known = (scored & ~absent).sum(axis=0).astype(np.float64)
            total = scored.sum(axis=0).astype(np.float64)
        few = (known < policy.min_count) | (known < policy.min_share * total - _SNAP)
        none = none | (few & (known < total))  # where nothing is absent a policy says nothing
    return np.asarray(none)


def _applicable(
    branch: Absence, weights: Float, carried: Float, parts: Float, lost: Bool, absent: Bool
) -> Float | None:
    total = weights.sum(axis=0)
    gone = np.where(lost, weights, 0.0).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        if branch.missing.shrinks or branch.not_applicable.shrinks:
            # What is not lost is carried in full: children that carry more lose more.
            part = (carried * (1.0 - parts)).sum(axis=0) / carried.sum(axis=0)
            gone = gone + np.where(absent, 0.0, (total - gone) * part)
        if not gone.any() and not absent.any():
            return None
        return np.where(absent, 0.0, (total - gone) / total)


def _reason(children: Sequence[Child], absent: Bool, shape: tuple[int, ...]) -> Status:
    missing = np.zeros(shape, dtype=bool)
    for child, gone in zip(children, absent, strict=True):
        missing = missing | (gone & (child.status == CellStatus.MISSING))
    kinds = np.where(missing, np.uint8(CellStatus.MISSING), np.uint8(CellStatus.NOT_APPLICABLE))
    return np.asarray(kinds)

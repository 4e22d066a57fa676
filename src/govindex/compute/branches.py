"""Branches: settle absent children, aggregate, then the node's own rule and rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from govindex.compute.block import Block, State, as_numbers, rounded
from govindex.compute.naming import NAMED, name_cells, name_refusals
from govindex.compute.plan import Branch, Plan
from govindex.compute.settlement import Child, settle
from govindex.compute.weights import Drawn, total
from govindex.contracts import ABSENCE_STARTS, CellStatus, Float, Rule, Scope
from govindex.errors import CellError, GovIndexError, Problems, SettingError, listing
from govindex.model.tree import Dimension, View

__all__ = ["aggregate", "child_weights"]


def child_weights(
    plan: Plan, branch: Branch, block: Block, drawn: Drawn, problems: Problems
) -> list[Float]:
    """Return the weights of children and bonuses, each of shape (draws or 1, units or 1)."""
    node = plan.framework.node(branch.code)
    found = []
    for row in (*branch.children, *branch.bonuses):
        code = plan.codes[row]
        weight = drawn.seen(node, code) if isinstance(node, View) else drawn.weights[code]
        if isinstance(weight, str):
            found.append(_weight_column(code, weight, block, problems))
        else:
            found.append(weight.reshape(-1, 1))
    return found


def _weight_column(code: str, variable: str, block: Block, problems: Problems) -> Float:
    answers = block.levels(variable)
    if answers:
        problems.add(
            f"the weight '{variable}' of '{code}' holds answers ({listing(answers)}): "
            "a weight is a number of at least 0"
        )
    cells = block[variable]
    wrong = (cells.status >= ABSENCE_STARTS) | (cells.values < 0)
    for draw, place in np.argwhere(wrong)[:NAMED]:
        unit = block.observations.units.codes[place]
        value = cells.values[draw, place]
        said = "is absent" if np.isnan(value) else f"is {value:g}"
        problems.add(
            f"unit '{unit}', weight '{variable}' of '{code}' {said}: "
            "a weight is a number of at least 0"
        )
    return np.where(wrong, 1.0, cells.values)


def aggregate(
    plan: Plan,
    branch: Branch,
    block: Block,
    drawn: Drawn,
    states: dict[int, State],
    present: Mapping[int, Float],
    problems: Problems,
) -> None:
    """Put the state of a branch among the states, given those of its children."""
    weights = child_weights(plan, branch, block, drawn, problems)
    own, extra = weights[: len(branch.children)], weights[len(branch.children) :]
    whole = total(own)
    if not (whole > 0).all():
        nobody = np.broadcast_to(~(whole > 0), (len(whole), len(block.peers)))
        refusal = CellError("the weights of all its children are 0", nobody)
        name_cells(refusal, block, [Dimension(branch.code, ())], problems)
    children = [states[row] for row in branch.children]
    if all(child.complete and child.applicable is None for child in children):
        state = State(
            _combined(branch, [c.share for c in children], own, block, problems),
            np.zeros((1, len(block.peers)), dtype=np.uint8),
            True,
        )
    else:
        state = _settled(plan, branch, block, children, own, present, problems)
    _add_bonuses(plan, branch, block, states, extra, whole, state, problems)
    maximum = drawn.maxima[branch.row][:, None]
    if branch.rule is not None:
        state.before_rule = state.share
        scope = Scope(maximum, "higher", (), block.peers)
        node = plan.framework.node(branch.code)
        try:
            state.share = _ruled(branch.rule, state.share, scope)
        except GovIndexError as error:
            name_cells(error, block, [node], problems, state.share)
    state.share = rounded(state.share, state.applicable, maximum, branch.rounding)
    states[branch.row] = state


def _ruled(rule: Rule, share: Float, scope: Scope) -> Float:
    found = as_numbers(rule(share, scope), f"the rule {rule!r}", share.shape)
    lost = ~np.isfinite(found) & ~np.isnan(share)
    if lost.any():
        raise CellError(f"the rule {rule!r} gave no finite share", lost)
    return found


def _combined(
    branch: Branch,
    shares: Sequence[Float],
    weights: Sequence[Float],
    block: Block,
    problems: Problems,
) -> Float:
    """Aggregate, and name the units that the aggregator refuses."""
    try:
        share = as_numbers(branch.aggregate(shares, weights), repr(branch.aggregate))
        if share.shape[-1:] not in ((1,), (len(block.peers),)):
            raise SettingError(
                f"{branch.aggregate!r} returned shares of shape {share.shape}, "
                f"expected (draws, {len(block.peers)})"
            )
    except GovIndexError as error:
        name_cells(error, block, [Dimension(branch.code, ())], problems)
        return np.full(np.broadcast_shapes(*(s.shape for s in shares)), np.nan)
    units = len(block.peers)
    if share.shape[-1] != units:
        share = np.broadcast_to(share, (*share.shape[:-1], units))
    # Where no child counts there is no share to miss.
    lost = ~np.isfinite(share) & (total(weights) > 0)
    if lost.any():
        refusal = CellError(f"{branch.aggregate!r} gave no finite share", lost)
        name_cells(refusal, block, [Dimension(branch.code, ())], problems)
    return share


def _settled(
    plan: Plan,
    branch: Branch,
    block: Block,
    children: Sequence[State],
    weights: Sequence[Float],
    present: Mapping[int, Float],
    problems: Problems,
) -> State:
    """Apply the absence policies, then aggregate what is left."""
    leaves = [~np.isnan(present[row]) for row in branch.leaves]
    found = [
        Child(code, child.share, child.status, child.applicable, weight, policy)
        for code, child, weight, policy in zip(
            branch.child_codes, children, weights, branch.child_absence, strict=True
        )
    ]
    try:
        settled = settle(found, branch.absence, leaves, block.peers)
    except GovIndexError as refusal:
        name_cells(refusal, block, [Dimension(branch.code, ())], problems)
        nothing = np.full((1, len(block.peers)), np.nan)
        return State(nothing, np.zeros(nothing.shape, dtype=np.uint8), False)
    for code, refused, kind in settled.refused:
        name_refusals(code, refused, kind, branch.code, block, problems)
    for error in settled.errors:
        name_cells(error, block, [Dimension(branch.code, ())], problems)
    # What a branch fills in is the child's score; a view only looks.
    if not isinstance(plan.framework.node(branch.code), View):
        for child, share in zip(children, settled.filled, strict=True):
            child.share = share
    share = _combined(branch, settled.shares, settled.weights, block, problems)
    share = np.where(settled.absent, np.nan, share)
    status = np.where(settled.absent, settled.status, np.uint8(CellStatus.REPORTED))
    whole = total(settled.weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        in_force = tuple(weight / whole for weight in settled.weights)
    return State(
        share,
        status,
        not settled.absent.any(),
        applicable=settled.applicable,
        in_force=in_force,
    )


def _add_bonuses(
    plan: Plan,
    branch: Branch,
    block: Block,
    states: dict[int, State],
    weights: Sequence[Float],
    whole: Float,
    state: State,
    problems: Problems,
) -> None:
    """Add what bonuses and penalties are worth in the part of the maximum that applies."""
    if not branch.bonuses:
        return
    if state.applicable is not None:
        whole = np.where(state.applicable > 0, whole * state.applicable, 1.0)
    share = state.share
    for row, weight, policy in zip(branch.bonuses, weights, branch.bonus_absence, strict=True):
        bonus = states[row]
        for kind, own in (
            (CellStatus.MISSING, policy.missing),
            (CellStatus.NOT_APPLICABLE, policy.not_applicable),
        ):
            absent = np.isnan(bonus.share) & (bonus.status == kind)
            if not absent.any():
                continue
            if own.refuses:
                name_refusals(plan.codes[row], absent, kind, branch.code, block, problems)
            try:
                fill = own.fill(bonus.share, absent, block.peers)
            except GovIndexError as error:
                name_cells(error, block, [plan.framework.node(plan.codes[row])], problems)
                continue
            if fill is not None:
                bonus.share = np.where(absent, fill, bonus.share)
        share = share + np.where(np.isnan(bonus.share), 0.0, bonus.share) * weight / whole
    state.share = np.clip(share, 0.0, 1.0)

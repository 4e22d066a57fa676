"""Branches: settle absent children, aggregate, then the node's own rule and rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from govindex.compute.block import Block, State, as_numbers, rounded
from govindex.compute.naming import name_cells, name_gaps, name_refusals
from govindex.compute.plan import Branch, Plan
from govindex.compute.published import correct, round_published
from govindex.compute.settlement import Child, Settlement, ask, settle
from govindex.compute.weights import DrawnWeights
from govindex.contracts import (
    AbsencePolicy,
    BaseAggregator,
    BaseRule,
    Bool,
    BranchScope,
    CellStatus,
    Float,
    Rule,
    Scope,
    combined,
    completed,
    is_absent,
)
from govindex.errors import CellError, GovIndexError, Problems, SettingError, listing, raised
from govindex.kernels.reductions import all_finite, total
from govindex.kernels.scaling import in_proportion, powers
from govindex.model.tree import Indicator, Node, View

__all__ = ["aggregate", "finished"]


def _weights(
    plan: Plan, branch: Branch, block: Block, drawn: DrawnWeights, problems: Problems
) -> list[Float]:
    """Return the weights of children and bonuses, each of shape (draws or 1, units or 1)."""
    node = branch.node
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
    wrong = is_absent(cells.status) | (cells.values < 0)
    draws, units = np.nonzero(wrong)
    for draw, index in zip(draws.tolist(), units.tolist(), strict=True):
        value = cells.values[draw, index]
        said = "absent" if np.isnan(value) else f"{value:g}"
        problems.add(
            f"the weight of '{code}' is {said}; a weight is a number of at least 0",
            code="weight.refused",
            unit=block.observations.units.codes[index],
            variable=variable,
            found=said,
        )
    return np.where(wrong, 1.0, cells.values)


def aggregate(
    plan: Plan,
    branch: Branch,
    block: Block,
    drawn: DrawnWeights,
    states: dict[int, State],
    problems: Problems,
) -> None:
    """Put the state of a branch among the states, given those of its children."""
    weights = _weights(plan, branch, block, drawn, problems)
    own, extra = weights[: len(branch.children)], weights[len(branch.children) :]
    with np.errstate(over="ignore"):
        whole = total(own)
    if not branch.adds_points and powers(whole) is not None:
        # Only proportions count: a power of two brings them to a size that can be added up.
        weights = in_proportion(own, extra)
        own, extra = weights[: len(own)], weights[len(own) :]
        whole = total(own)
    if not (whole > 0).all():
        nobody = np.broadcast_to(~(whole > 0), (len(whole), len(block.peers)))
        refusal = CellError("the weights of all its children are 0", nobody)
        name_cells(refusal, block, [branch.node], problems)
    states_below = [_seen(branch, states[row]) for row in branch.children]
    if _are_whole(branch, states_below):
        shares = [child.share for child in states_below]
        state = State(
            _combined(branch, shares, own, block, problems),
            np.zeros((1, len(block.peers)), dtype=np.uint8),
            True,
            inputs=(shares, own) if branch.aggregate.peer_dependent else None,
            lacking=_lacking(states_below, own),
        )
        if branch.corrects:
            correct(branch, drawn, states_below, shares, own, state)
    else:
        siblings = _siblings(plan, branch, states) if branch.sees_all else None
        state = _settled(plan, branch, block, drawn, states_below, own, siblings, problems)
    if plan.counts_leaves:
        state.leaves = _leaves(branch, states_below, own)
    _add_bonuses(plan, branch, block, states, extra, whole, state, problems)
    states[branch.row] = finished(plan, branch, block, drawn, state, problems)


def finished(
    plan: Plan, branch: Branch, block: Block, drawn: DrawnWeights, state: State, problems: Problems
) -> State:
    """Apply a branch's own rule and rounding to what its children gave."""
    if branch.node.rule is not None:
        state.before_rule = state.share
        one_sign = branch.node.code in plan.framework.sums_of_one_sign
        own = plan.maxima[branch.row]
        scope = Scope(own, peers=block.peers, computed=True, one_sign=one_sign)
        try:
            state.share, state.points = _ruled(branch.node.rule, state.share, scope), None
        except GovIndexError as error:
            name_cells(error, block, [branch.node], problems, state.share)
        except Exception as error:  # the rule may be somebody's own
            raising = raised(f"the rule {branch.node.rule!r}", error)
            name_cells(raising, block, [branch.node], problems)
    if branch.rounding is not None:
        maximum = drawn.maximum(branch.node.code)[:, None]
        if branch.corrects:
            round_published(branch, state, maximum)
            return state
        state.share = rounded(state.share, state.applicable, maximum, branch.rounding)
    return state


def _are_whole(branch: Branch, children: Sequence[State]) -> bool:
    """Tell whether there is nothing to settle: all children have shares of their whole maximum."""
    if not all(child.complete and child.applicable is None for child in children):
        return False
    # Indicators that lack below may be counted.
    return not branch.counts_leaves or all(child.lacking is None for child in children)


def _lacking(children: Sequence[State], weights: Sequence[Float]) -> tuple[Float, ...] | None:
    """Return how many indicators below lack, under children that all have shares."""
    counts = [
        child.lacking
        if (weight > 0).all()
        else [np.where(weight > 0, count, 0.0) for count in child.lacking]
        for child, weight in zip(children, weights, strict=True)
        if child.lacking is not None
    ]
    if not counts:
        return None
    return tuple(total(kind) for kind in zip(*counts, strict=True))


def _leaves(branch: Branch, children: Sequence[State], weights: Sequence[Float]) -> Float | None:
    """Return how many indicators below have a weight, None where all do."""
    if all(child.leaves is None for child in children) and all((w > 0).all() for w in weights):
        return None
    counts = [
        np.where(weight > 0, static if child.leaves is None else child.leaves, 0.0)
        for child, static, weight in zip(children, branch.child_leaves, weights, strict=True)
    ]
    return total(counts)


def _seen(branch: Branch, state: State) -> State:
    # A view with an absence policy of its own looks at shares before the tree fills them.
    return state.seen(unfilled=branch.node.absence is not None) if branch.looks else state


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
    shapes = [array.shape for array in (*shares, *weights)]
    try:
        scope = BranchScope(branch.child_codes, block.peers, branch.one_sign)
        with np.errstate(over="ignore", invalid="ignore"):
            found = combined(branch.aggregate, shares, weights, scope)
        share = _of_shape(as_numbers(found, repr(branch.aggregate)), branch, shapes, block)
    except GovIndexError as error:
        name_cells(error, block, [branch.node], problems)
        return np.full(np.broadcast_shapes(*shapes), np.nan)
    except Exception as error:  # the aggregator may be somebody's own
        name_cells(raised(repr(branch.aggregate), error), block, [branch.node], problems)
        return np.full(np.broadcast_shapes(*shapes), np.nan)
    units = len(block.peers)
    if share.shape[-1] != units:
        share = np.broadcast_to(share, (*share.shape[:-1], units))
    # Where no child counts there is no share to miss.
    lost = None if all_finite(share) else ~np.isfinite(share) & (total(weights) > 0)
    if lost is not None and lost.any():
        refusal = CellError(f"{branch.aggregate!r} gave no finite share", lost)
        name_cells(refusal, block, [branch.node], problems)
    return share


def _of_shape(
    share: Float, branch: Branch, shapes: Sequence[tuple[int, ...]], block: Block
) -> Float:
    """Return shares of shape (draws or 1, units or 1), or say what was expected."""
    draws = max(shape[0] for shape in shapes)
    units = len(block.peers)
    if share.ndim != 2 or share.shape[0] not in (1, draws) or share.shape[1] not in (1, units):
        raise SettingError(
            f"{branch.aggregate!r} returned shares of shape {share.shape}, expected "
            f"({draws}, {units}): a row per draw, a column per unit; each child's shares and "
            "weights come with these dimensions, of which each may be 1"
        )
    return share


def _settled(
    plan: Plan,
    branch: Branch,
    block: Block,
    drawn: DrawnWeights,
    children: Sequence[State],
    weights: Sequence[Float],
    siblings: Mapping[str, Bool | None] | None,
    problems: Problems,
) -> State:
    """Apply the absence policies, then aggregate what is left."""
    found = [
        Child(
            code,
            c.share,
            c.status,
            c.applicable,
            weight,
            policy,
            leaves if c.leaves is None else c.leaves,
            c.lacking,
        )
        for code, c, weight, policy, leaves in zip(
            branch.child_codes,
            children,
            weights,
            branch.child_absence,
            branch.child_leaves,
            strict=True,
        )
    ]
    _check_reported(plan, branch, block, found, problems)
    try:
        settled = settle(found, branch.absence, block.peers, siblings)
    except GovIndexError as refusal:
        name_cells(refusal, block, [branch.node], problems)
        return _nothing(block)
    for code, refused, kind in settled.refused:
        name_refusals(code, refused, kind, branch.node, block, problems)
    for error in settled.errors:
        name_cells(error, block, [branch.node], problems)
    if _refuse_gaps(branch, block, found, settled, problems):
        return _nothing(block)
    # What a branch fills in is the child's score; a view only looks.
    if not branch.looks:
        for child, share in zip(children, settled.filled, strict=True):
            child.fill(share)
    state = _aggregated(branch, block, settled, problems)
    if branch.corrects:
        correct(branch, drawn, children, settled.shares, settled.weights, state)
    return state


def _siblings(plan: Plan, branch: Branch, states: Mapping[int, State]) -> dict[str, Bool | None]:
    """Return all children in the order of the tree, and where those of weight 0 are absent."""
    return {
        plan.codes[row]: None if row in branch.children else is_absent(states[row].status)
        for row in branch.siblings
    }


def _nothing(block: Block) -> State:
    """Return the state of a branch that cannot be scored, which the problems explain."""
    nothing = np.full((1, len(block.peers)), np.nan)
    return State(nothing, np.zeros(nothing.shape, dtype=np.uint8), False)


def _aggregated(branch: Branch, block: Block, settled: Settlement, problems: Problems) -> State:
    weights = settled.weights
    if settled.absent.any():
        # For a unit without a score no child counts: it refuses nothing and is nobody's peer.
        weights = [np.where(settled.absent, 0.0, weight) for weight in weights]
    share = _combined(branch, settled.shares, weights, block, problems)
    whole = total(settled.weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        in_force = tuple(weight / whole for weight in settled.weights)
    return State(
        np.where(settled.absent, np.nan, share),
        np.where(settled.absent, settled.status, np.uint8(CellStatus.REPORTED)),
        not settled.absent.any(),
        applicable=settled.applicable,
        in_force=in_force,
        inputs=(settled.shares, weights) if branch.aggregate.peer_dependent else None,
        lacking=settled.lacking,
    )


def _refuse_gaps(
    branch: Branch,
    block: Block,
    children: Sequence[Child],
    settled: Settlement,
    problems: Problems,
) -> bool:
    """Name the units that lack a child which the aggregator cannot do without."""
    before = len(problems)
    if completed(branch.aggregate, BaseAggregator).needs_all:
        for child, filled in zip(children, settled.filled, strict=True):
            gone = np.isnan(filled) & (child.weight > 0) & ~settled.absent
            name_gaps(child.code, gone, child.status, branch, block, problems)
    return len(problems) > before


def _check_reported(
    plan: Plan, branch: Branch, block: Block, children: Sequence[Child], problems: Problems
) -> None:
    """Refuse an indicator scored among peers of whom none has a value."""
    if len(block.peers) < 2 or branch.looks:
        return
    for child in children:
        leaf = plan.framework.node(child.code)
        if not isinstance(leaf, Indicator) or leaf.rule is None or not leaf.rule.peer_dependent:
            continue
        absent = np.isnan(child.share)
        if not absent.all(axis=-1).any():
            continue
        missing = absent & (child.status == CellStatus.MISSING)
        nobody = absent.all(axis=-1) & missing.any(axis=-1)
        declared = completed(leaf.rule, BaseRule).degenerate != "error"
        if not nobody.any() or declared or not plan.framework.is_scored(child.code):
            continue
        policy = child.absence.missing
        if not policy.refuses and not _fills(policy, child.share, missing, block):
            problems.add(
                f"indicator '{child.code}': no unit has a value; drop it, give it weight 0, or "
                "fill it with AsZero(), Full() …"
            )


def _fills(policy: AbsencePolicy, share: Float, absent: Bool, block: Block) -> bool:
    try:
        return policy.fill(share, absent, block.peers) is not None
    except GovIndexError:
        return True  # it cannot, and says why when the branch is settled


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
    applies = whole if state.applicable is None else whole * state.applicable
    whole = np.where(applies > 0, applies, 1.0)  # where nothing applies there is no share
    share = state.share
    for row, weight, policy in zip(branch.bonuses, weights, branch.bonus_absence, strict=True):
        bonus = _seen(branch, states[row])
        if branch.looks:
            bonus = attrs.evolve(bonus)  # a view only looks
        code = plan.codes[row]
        child = Child(code, bonus.share, bonus.status, bonus.applicable, weight, policy)
        bonus.fill(_filled(branch, child, plan.framework.node(code), block, problems))
        part = 1.0 if bonus.applicable is None else bonus.applicable
        points = np.where(np.isnan(bonus.share), 0.0, bonus.share * part) * weight
        share = share + points / whole
    state.share, state.points = np.clip(share, 0.0, 1.0), None


def _filled(
    branch: Branch, bonus: Child, node: Node | View, block: Block, problems: Problems
) -> Float:
    """Return the shares of a bonus with what its policies fill in."""
    try:
        found = ask(bonus, block.peers)
    except GovIndexError as error:
        name_cells(error, block, [node], problems)
        return bonus.share
    for code, refused, kind in found.refused:
        name_refusals(code, refused, kind, branch.node, block, problems)
    for cells in found.errors:
        name_cells(cells, block, [node], problems)
    return found.filled[0]

"""Branches: settle absent children, aggregate, then the node's own rule and rounding."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from govindex.compute.block import Block, State, as_numbers, rounded
from govindex.compute.naming import name_cells, name_gaps, name_refusals
from govindex.compute.plan import Branch, Child, Plan
from govindex.compute.published import correct, round_published
from govindex.compute.settlement import Gaps, Settlement, ask, settle
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

__all__ = ["Pass", "aggregate", "finished"]


@attrs.frozen(eq=False)
class Pass:
    """One pass over the branches of a plan, children before parents.

    Parameters
    ----------
    plan : Plan
    block : Block
    drawn : DrawnWeights
    states : dict of int to State
        By row; the states known so far.
    problems : Problems
        Collects what parts and policies refuse.
    """

    plan: Plan
    block: Block
    drawn: DrawnWeights
    states: dict[int, State]
    problems: Problems = attrs.field(factory=Problems)

    def refuse(self, error: GovIndexError, node: Node | View, values: Float | None = None) -> None:
        """Record the cells of a node that a part refuses."""
        name_cells(error, self.block, [node], self.problems, values)


def _weights(run: Pass, branch: Branch) -> tuple[list[Float], list[Float], Float]:
    """Return the weights of children and of bonuses, and the sum of the first.

    Each has the shape (draws or 1, units or 1).
    """
    kept = run.drawn.of_branches
    if branch.row in kept:
        return kept[branch.row]
    inside, bonuses = (
        [_weight(run, branch, child.code) for child in part]
        for part in (branch.children, branch.bonuses)
    )
    with np.errstate(over="ignore"):
        whole = total(inside)
    if not branch.adds_points and powers(whole) is not None:
        # Only proportions count: a power of two brings them to a size that can be added up.
        sized = in_proportion(inside, bonuses)
        inside, bonuses = sized[: len(inside)], sized[len(inside) :]
        whole = total(inside)
    if not run.plan.weighted:  # a variable of the data varies from block to block
        kept[branch.row] = inside, bonuses, whole
    return inside, bonuses, whole


def _weight(run: Pass, branch: Branch, code: str) -> Float:
    """Return the weight of a child or a bonus."""
    node = branch.node
    weight = run.drawn.seen(node, code) if isinstance(node, View) else run.drawn.weights[code]
    return _weight_column(run, code, weight) if isinstance(weight, str) else weight.reshape(-1, 1)


def _weight_column(run: Pass, code: str, variable: str) -> Float:
    block = run.block
    answers = block.levels(variable)
    if answers:
        run.problems.add(
            f"the weight '{variable}' of '{code}' holds answers ({listing(answers)}): "
            "a weight is a number of at least 0"
        )
    cells = block[variable]
    wrong = is_absent(cells.status) | (cells.values < 0)
    draws, units = np.nonzero(wrong)
    for draw, index in zip(draws.tolist(), units.tolist(), strict=True):
        value = cells.values[draw, index]
        shown = "absent" if np.isnan(value) else f"{value:g}"
        run.problems.add(
            f"the weight of '{code}' is {shown}; a weight is a number of at least 0",
            code="weight.refused",
            unit=block.observations.units.codes[index],
            variable=variable,
            found=shown,
        )
    return np.where(wrong, 1.0, cells.values)


def aggregate(run: Pass, branch: Branch) -> None:
    """Add the state of a branch to the states, from those of its children."""
    weights, bonuses, whole = _weights(run, branch)
    if not whole.min() > 0:
        units = np.broadcast_to(~(whole > 0), (len(whole), run.block.units))
        refusal = CellError("the weights of all its children are 0", units)
        run.refuse(refusal, branch.node)
    below = [_state_of_child(branch, run.states[child.row]) for child in branch.children]
    if _are_complete(branch, below):
        shares = [child.share for child in below]
        state = State(
            _combined(run, branch, shares, weights),
            run.block.reported,
            True,
            inputs=(shares, weights) if branch.aggregate.peer_dependent else None,
            lacking=_lacking(below, weights),
        )
        if branch.corrects:
            correct(branch, run.drawn, below, shares, weights, state)
    else:
        state = _settled(run, branch, below, weights)
    if run.plan.counts_leaves:
        state.leaves = _leaves(branch, below, weights)
    if branch.bonuses:
        _add_bonuses(run, branch, bonuses, whole, state)
    run.states[branch.row] = finished(run, branch, state)


def finished(run: Pass, branch: Branch, state: State) -> State:
    """Return the state of a branch after its own rule and rounding.

    `state` is the state before them; it is changed in place.
    """
    node, plan = branch.node, run.plan
    if node.rule is not None:
        state.before_rule = state.share
        scope = Scope(
            plan.mean_maxima[branch.row],
            peers=run.block.peers,
            computed=True,
            one_sign=node.code in plan.framework._sums_of_one_sign,
        )
        try:
            state.share, state.points = _ruled(node.rule, state.share, scope), None
            if node.code in plan.framework._views_of_ranks:
                state.applicable = None  # a rank is no part of a maximum
        except GovIndexError as error:
            run.refuse(error, node, state.share)
        except Exception as error:  # the rule may be user-defined
            run.refuse(raised(f"the rule {node.rule!r}", error), node)
    if branch.rounding is not None:
        maximum = run.drawn.maximum(node.code)[:, None]
        if branch.corrects:
            round_published(branch, state, maximum)
            return state
        state.share = rounded(state.share, state.applicable, maximum, branch.rounding)
    return state


def _are_complete(branch: Branch, children: Sequence[State]) -> bool:
    """Return whether all children have shares of their whole maximum: nothing to settle."""
    if not all(child.complete and child.applicable is None for child in children):
        return False
    # Absent indicators further down may be counted.
    return not branch.counts_leaves or all(child.lacking is None for child in children)


def _lacking(children: Sequence[State], weights: Sequence[Float]) -> tuple[Float, ...] | None:
    """Return how many indicators below are absent, if all children have shares."""
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


def _leaves(branch: Branch, states: Sequence[State], weights: Sequence[Float]) -> Float | None:
    """Return how many indicators below have a weight above 0; None if all do."""
    if all(state.leaves is None for state in states) and all((w > 0).all() for w in weights):
        return None
    counts = [
        np.where(weight > 0, child.leaves if state.leaves is None else state.leaves, 0.0)
        for child, state, weight in zip(branch.children, states, weights, strict=True)
    ]
    return total(counts)


def _state_of_child(branch: Branch, state: State) -> State:
    # A view with its own absence policy reads shares before the tree fills them.
    return state.seen(unfilled=branch.node.absence is not None) if branch.looks else state


def _ruled(rule: Rule, share: Float, scope: Scope) -> Float:
    shares = as_numbers(rule(share, scope), "the rule ", rule, share.shape)
    lost = ~np.isfinite(shares) & ~np.isnan(share)
    if lost.any():
        raise CellError(f"the rule {rule!r} gave no finite share", lost)
    return shares


def _combined(
    run: Pass, branch: Branch, shares: Sequence[Float], weights: Sequence[Float]
) -> Float:
    """Aggregate, and record the units that the aggregator refuses."""
    draws, units = max(map(len, (*shares, *weights))), run.block.units
    try:
        scope = BranchScope(branch.child_codes, run.block.peers, branch.one_sign)
        with np.errstate(over="ignore", invalid="ignore"):
            output = combined(branch.aggregate, shares, weights, scope)
        share = as_numbers(output, "", branch.aggregate)
        if share.shape != (draws, units):
            share = _of_shape(share, branch, draws, units)
    except GovIndexError as error:
        run.refuse(error, branch.node)
        return np.full((draws, units), np.nan)
    except Exception as error:  # the aggregator may be user-defined
        run.refuse(raised(repr(branch.aggregate), error), branch.node)
        return np.full((draws, units), np.nan)
    if not all_finite(share):
        lost = ~np.isfinite(share) & (total(weights) > 0)
        if lost.any():  # without a child that counts no share is expected
            refusal = CellError(f"{branch.aggregate!r} gave no finite share", lost)
            run.refuse(refusal, branch.node)
    return share


def _of_shape(share: Float, branch: Branch, draws: int, units: int) -> Float:
    """Return shares of shape (draws or 1, units), or raise an error with the expected one."""
    if share.ndim != 2 or share.shape[0] not in (1, draws) or share.shape[1] not in (1, units):
        raise SettingError(
            f"{branch.aggregate!r} returned shares of shape {share.shape}, expected "
            f"({draws}, {units}): a row per draw, a column per unit; each child's shares and "
            "weights come with these dimensions, of which each may be 1"
        )
    return share if share.shape[1] == units else np.broadcast_to(share, (len(share), units))


def _settled(run: Pass, branch: Branch, states: Sequence[State], weights: Sequence[Float]) -> State:
    """Apply the absence policies, then aggregate the rest."""
    _check_reported(run, branch, states)
    siblings = _siblings(run, branch) if branch.sees_all else None
    peers = run.block.peers
    try:
        settled = settle(branch.children, states, weights, branch.absence, peers, siblings)
    except GovIndexError as refusal:
        run.refuse(refusal, branch.node)
        return _unscored(run.block)
    _name_gaps(run, branch, branch.node, settled.gaps)
    if _refuse_gaps(run, branch, settled):
        return _unscored(run.block)
    # What a branch fills in is the child's score; a view only looks.
    if not branch.looks:
        for child, share in zip(states, settled.gaps.filled, strict=True):
            child.fill(share)
    state = _aggregated(run, branch, settled)
    if branch.corrects:
        correct(branch, run.drawn, states, settled.shares, settled.weights, state)
    return state


def _name_gaps(run: Pass, branch: Branch, node: Node | View, gaps: Gaps) -> None:
    """Record the cells that policies refuse, and those that they could not fill."""
    for code, refused, kind in gaps.refused:
        name_refusals(code, refused, kind, branch.node, run.block, run.problems)
    for error in gaps.errors:
        run.refuse(error, node)


def _siblings(run: Pass, branch: Branch) -> dict[str, Bool | None]:
    """Return all children in the order of the tree, with the absent units of those of weight 0."""
    scored, codes = branch.child_codes, [run.plan.codes[row] for row in branch.siblings]
    return {
        code: None if code in scored else is_absent(run.states[row].status)
        for row, code in zip(branch.siblings, codes, strict=True)
    }


def _unscored(block: Block) -> State:
    """Return the state of a branch that cannot be scored; the problems say why."""
    return State(np.full((1, block.units), np.nan), block.reported, False)


def _aggregated(run: Pass, branch: Branch, settled: Settlement) -> State:
    weights = settled.weights
    if settled.absent.any():
        # A unit without a score gives no child weight, so that it is no peer of others.
        weights = [np.where(settled.absent, 0.0, weight) for weight in weights]
    share = _combined(run, branch, settled.shares, weights)
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


def _refuse_gaps(run: Pass, branch: Branch, settled: Settlement) -> bool:
    """Record the units that lack a child which the aggregator needs."""
    before, gaps = len(run.problems), settled.gaps
    if completed(branch.aggregate, BaseAggregator).needs_all:
        for child, filled, weight, status in zip(
            branch.children, gaps.filled, gaps.weights, gaps.status, strict=True
        ):
            gone = np.isnan(filled) & (weight > 0) & ~settled.absent
            name_gaps(child.code, gone, status, branch, run.block, run.problems)
    return len(run.problems) > before


def _check_reported(run: Pass, branch: Branch, states: Sequence[State]) -> None:
    """Refuse an indicator scored relative to peers if no unit has a value."""
    if run.block.units < 2 or branch.looks:
        return
    for child, state in zip(branch.children, states, strict=True):
        leaf = run.plan.nodes[child.row]
        if state.complete:
            continue
        if not isinstance(leaf, Indicator) or leaf.rule is None or not leaf.rule.peer_dependent:
            continue
        absent = np.isnan(state.share)
        if not absent.all(axis=-1).any():
            continue
        missing = absent & (state.status == CellStatus.MISSING)
        all_missing = absent.all(axis=-1) & missing.any(axis=-1)
        declared = completed(leaf.rule, BaseRule).degenerate != "error"
        if not all_missing.any() or declared or not run.plan.framework.is_scored(child.code):
            continue
        policy = child.absence.missing
        if not policy.refuses and not _fills(policy, state.share, missing, run.block):
            run.problems.add(
                f"indicator '{child.code}': no unit has a value; drop it, give it weight 0, or "
                "fill it with AsZero(), Full() …"
            )


def _fills(policy: AbsencePolicy, share: Float, absent: Bool, block: Block) -> bool:
    try:
        return policy.fill(share, absent, block.peers) is not None
    except GovIndexError:
        return True  # the branch reports the error when it is settled


def _add_bonuses(
    run: Pass, branch: Branch, weights: Sequence[Float], whole: Float, state: State
) -> None:
    """Add the points of bonuses and penalties, as a share of the maximum that applies."""
    applies = whole if state.applicable is None else whole * state.applicable
    whole = np.where(applies > 0, applies, 1.0)  # if nothing applies the share is absent
    share = state.share
    for child, weight in zip(branch.bonuses, weights, strict=True):
        bonus = _state_of_child(branch, run.states[child.row])
        if branch.looks:
            bonus = attrs.evolve(bonus)  # a view only looks
        bonus.fill(_filled(run, branch, child, bonus, weight))
        part = 1.0 if bonus.applicable is None else bonus.applicable
        points = np.where(np.isnan(bonus.share), 0.0, bonus.share * part) * weight
        share = share + points / whole
    state.share, state.points = np.clip(share, 0.0, 1.0), None


def _filled(run: Pass, branch: Branch, child: Child, bonus: State, weight: Float) -> Float:
    """Return the shares of a bonus, absent ones filled by its policies."""
    node = run.plan.nodes[child.row]
    try:
        gaps = ask([child], [bonus], [weight], run.block.peers)
    except GovIndexError as error:
        run.refuse(error, node)
        return bonus.share
    _name_gaps(run, branch, node, gaps)
    return gaps.filled[0]

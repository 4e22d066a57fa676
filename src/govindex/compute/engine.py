"""The one evaluation path: evaluate blocks of draws with a compiled plan.

Arrays carry draws and units, ``(draws or 1, units)``; a single evaluation is a block of one draw.
Children are combined in the order of their codes and everything else works cell by cell, so the
order of units, columns and draws and the size of a block do not move a bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from govindex.compute.block import Block, State, rounded
from govindex.compute.branches import aggregate, finished
from govindex.compute.collapse import collapse
from govindex.compute.leaves import score_leaves
from govindex.compute.linear import Linear
from govindex.compute.naming import name_cells
from govindex.compute.plan import Branch, Plan
from govindex.compute.weights import DrawnWeights, checked, redraw
from govindex.contracts import Float, is_absent
from govindex.errors import CellError, DataError, Problems, listing, near_miss, probably_meant
from govindex.kernels.memory import Memory
from govindex.kernels.reductions import all_finite
from govindex.model.tree import Dimension

__all__ = ["Evaluation", "Scored", "combine", "evaluate", "evaluate_nodes", "score"]

_LISTED = 3
_LARGE = 2.0**500  # the product of two smaller numbers is a number
_FEW = 1000
_SIZES = ": values, targets or weights are too large or too small"


@attrs.frozen(eq=False)
class Evaluation:
    """The outcome of one block, node by node in the plan's order.

    Parameters
    ----------
    plan : Plan
    states : tuple of State
    maxima : array, shape (nodes, draws or 1)
        The printed score of a share of 1: in points it follows the drawn weights.
    """

    plan: Plan
    states: tuple[State, ...]
    maxima: Float

    def shares(self, code: str) -> Float:
        """Return a node's shares, shape (draws or 1, units)."""
        return self.states[self.plan.rows[code]].share


@attrs.frozen(eq=False, slots=False)
class Scored:
    """The indicators of a block, scored and ready for any draws of weights.

    Parameters
    ----------
    plan : Plan
    block : Block
    leaves : mapping of int to State
        By row; their shares are rounded when they are combined, since points follow the weights.
    """

    plan: Plan
    block: Block
    leaves: Mapping[int, State]
    _linear: dict[int, Linear | None] = attrs.field(init=False, factory=dict)

    def is_linear(self, code: str) -> bool:
        """Tell whether a node is an indicator or collapses."""
        row = self.plan.rows[code]
        branch = next((branch for branch in self.plan.branches if branch.row == row), None)
        return branch is None or self.linear(branch) is not None

    def linear(self, branch: Branch) -> Linear | None:
        """Return what a branch collapses to, found once."""
        if branch.row not in self._linear:
            found = collapse(self.plan, branch, self.leaves, self.block.peers)
            self._linear[branch.row] = found
        return self._linear[branch.row]


def score(plan: Plan, block: Block) -> Scored:
    """Measure and score the indicators of a block.

    Raises
    ------
    DataError
        If variables lack, or with every cell that a measure or a rule refuses.
    """
    problems = Problems()
    _require_variables(plan, block, problems)
    problems.raise_any(DataError, f"'{plan.framework.code}' cannot be computed")
    states: dict[int, State] = {}
    score_leaves(plan, block, states, problems)
    problems.raise_any(DataError, f"'{plan.framework.code}' cannot be computed")
    return Scored(plan, block, states)


def evaluate(plan: Plan, block: Block, weights: Mapping[str, Float] | None = None) -> Evaluation:
    """Evaluate a block of draws.

    Parameters
    ----------
    plan : Plan
    block : Block
        The data; one draw or as many as the weights have.
    weights : mapping of code to array of shape (draws,), optional
        Weights instead of the framework's own at these nodes. They vary what an attained share is
        worth, in points and in rounding, not what was attained: rules read the framework's own
        maximum (`Points`, `PerItem`). With rules that do not read the maximum each draw gives what
        the framework with these weights gives alone.

    Raises
    ------
    DataError
        With every cell that a measure, a rule or an absence policy refuses.
    SettingError
        If a drawn weight is negative or not finite, or its node has weight 0.
    """
    # Weights are looked at first: one that is none is wrong whatever the data.
    drawn = checked(redraw(plan.own, weights), weights) if weights else plan.own
    return combine(score(plan, block), drawn)


def combine(scored: Scored, drawn: DrawnWeights | None = None) -> Evaluation:
    """Combine scored indicators into every node.

    Parameters
    ----------
    scored : Scored
    drawn : DrawnWeights, optional
        Weights; the framework's own by default.

    Raises
    ------
    DataError
        With every cell that a rule or an absence policy refuses.
    """
    plan, weights = scored.plan, drawn or scored.plan.own
    states = _combined(scored, scored.leaves, weights, plan.branches, {})
    _check_printed(scored, states, weights)
    return Evaluation(plan, tuple(states[row] for row in range(len(plan.codes))), weights.maxima)


def evaluate_nodes(
    scored: Scored,
    weights: Mapping[str, Float],
    nodes: Sequence[str],
    memory: Memory | None = None,
) -> tuple[dict[str, State], DrawnWeights]:
    """Evaluate some nodes for draws of weights, each linear subtree by matrix products.

    Parameters
    ----------
    scored : Scored
    weights : mapping of code to array of shape (draws,)
        As of :func:`evaluate`.
    nodes : sequence of str
        Codes of the nodes that are asked for.
    memory : Memory, optional
        Holds the states until it starts again.

    Returns
    -------
    dict of str to State, DrawnWeights
        The nodes' states and the weights with their maxima.
    """
    plan = scored.plan
    drawn = redraw(plan.own, weights) if weights else plan.own
    branches = {branch.row: branch for branch in plan.branches}
    wanted = [plan.rows[code] for code in nodes]
    filling = _filling(scored, wanted, branches)
    memory, collapsed = memory or Memory(), {}
    needed: set[int] = set()
    looked_at: set[str] = set()
    wanted += filling
    while wanted:
        row = wanted.pop()
        if row in needed or row not in branches:
            continue
        needed.add(row)
        branch = branches[row]
        linear = None if row in filling else scored.linear(branch)
        state = None if linear is None else linear.state(drawn, memory)
        if linear is None or state is None:
            wanted += _read(branch)
        else:
            collapsed[row] = state
            looked_at.update(linear.below)
    checked(drawn, (code for code in weights if code not in looked_at))
    order = [branch for branch in plan.branches if branch.row in needed]
    used = {plan.rows[code] for code in nodes}
    for branch in order:
        if branch.row not in collapsed:
            used.update(_read(branch))
    leaves = {row: leaf for row, leaf in scored.leaves.items() if row in used}
    states = _combined(scored, leaves, drawn, order, collapsed, memory)
    return {code: states[plan.rows[code]] for code in nodes}, drawn


def _read(branch: Branch) -> tuple[int, ...]:
    """Return the rows that a branch reads, those of weight 0 where a policy is given them too."""
    return (*branch.children, *branch.bonuses, *(branch.siblings if branch.sees_all else ()))


def _filling(scored: Scored, shown: Sequence[int], branches: Mapping[int, Branch]) -> set[int]:
    """Return the branches that may fill what is absent in nodes, or in what views of them see."""
    plan = scored.plan
    seen: set[int] = set()
    for row in shown:
        looks = row in branches and branches[row].looks
        seen.update((*branches[row].children, *branches[row].bonuses) if looks else (row,))
    whole = {row for row, leaf in scored.leaves.items() if leaf.complete}
    return {plan.filled[row] for row in seen - whole if row in plan.filled}


def _combined(
    scored: Scored,
    leaves: Mapping[int, State],
    drawn: DrawnWeights,
    branches: Sequence[Branch],
    collapsed: Mapping[int, State],
    memory: Memory | None = None,
) -> dict[int, State]:
    """Combine indicators into branches, children before parents."""
    plan, block = scored.plan, scored.block
    # Branches fill in what their children lack, and nothing may be left of that in the scores.
    states = {row: _printed(plan, row, leaf, drawn, memory) for row, leaf in leaves.items()}
    problems = Problems()
    failed: set[int] = set()
    for branch in branches:
        if branch.row in collapsed:
            state = collapsed[branch.row]
            states[branch.row] = finished(plan, branch, block, drawn, state, problems)
            _check_finite(plan, branch, block, state, problems)
            continue
        if failed.intersection(_read(branch)):
            failed.add(branch.row)  # what is wrong below is said already
            continue
        before = len(problems)
        aggregate(plan, branch, block, drawn, states, problems)
        if len(problems) == before:
            _check_finite(plan, branch, block, states[branch.row], problems)
        if len(problems) > before:
            failed.add(branch.row)
    problems.raise_any(DataError, f"'{plan.framework.code}' cannot be computed")
    return states


def _check_finite(
    plan: Plan, branch: Branch, block: Block, state: State, problems: Problems
) -> None:
    """Refuse a score that is no number for a unit that lacks nothing."""
    if all_finite(state.share):
        return
    lost = ~np.isfinite(state.share) & ~is_absent(state.status)
    if lost.any():
        refusal = CellError(f"{branch.aggregate!r} gave no finite score{_SIZES}", lost)
        name_cells(refusal, block, [branch.node], problems)


def _check_printed(scored: Scored, states: Mapping[int, State], drawn: DrawnWeights) -> None:
    """Refuse scores that are shares still, but no numbers in the printed unit."""
    plan, problems = scored.plan, Problems()
    shares = [state.share for state in states.values()]
    if len(scored.block.peers) < _FEW:  # many small arrays are looked at faster as one
        shares = [np.concatenate(shares, axis=None)]
    with np.errstate(over="ignore", invalid="ignore"):
        if drawn.maxima.max() < _LARGE and all(map(_is_small, shares)):
            return
        for row, code in enumerate(plan.codes):
            share = states[row].share
            lost = np.isfinite(share) & ~np.isfinite(share * drawn.maximum(code)[:, None])
            if lost.any():
                refusal = CellError(
                    f"the score is no finite number in the printed unit{_SIZES}", lost
                )
                node = plan.framework.node(code)
                name_cells(refusal, scored.block, [node], problems)
    problems.raise_any(DataError, f"'{plan.framework.code}' cannot be computed")


def _is_small(share: Float) -> bool:
    """Tell whether no share is large, by their squares' sum, which takes no copy; NaN is small."""
    own = share.reshape(-1)
    size = own @ own
    if np.isnan(size):
        size = np.fmax.reduce(np.abs(own), initial=0.0) ** 2
    return bool(size < _LARGE**2)


def _printed(
    plan: Plan, row: int, leaf: State, drawn: DrawnWeights, memory: Memory | None
) -> State:
    rounding, share = plan.rounding[row], leaf.share
    if leaf.complete and rounding is None:
        return leaf  # nothing is filled in or rounded: it stays what it is
    if rounding is not None:
        maximum = drawn.maximum(plan.codes[row])[:, None]
        shape = np.broadcast_shapes(share.shape, maximum.shape)
        own = None if memory is None else memory.following(shape)
        share = rounded(share, None, maximum, rounding, own)
    return State(share, leaf.status, leaf.complete, value=leaf.value)


def _require_variables(plan: Plan, block: Block, problems: Problems) -> None:
    known = block.observations.variables
    lacking = [(c, name) for c, variables in plan.needed for name in variables if name not in block]
    lacking = _without_dimensions(plan, lacking, known, problems)
    for number, (code, name) in enumerate(lacking):
        # What the data hold is said often enough.
        meant = near_miss(name, known) if number < _LISTED else probably_meant(name, known)
        problems.add(
            f"indicator '{code}' needs the variable '{name}', which the data do not hold"
            + f": {meant}" * bool(meant),
            code="variable.lacking",
        )
    for code, variable in plan.weighted:
        if variable not in block:
            problems.add(
                f"'{code}' is weighted by the variable '{variable}', which the data do not "
                f"hold: {near_miss(variable, known)}",
                code="variable.lacking",
            )


def _without_dimensions(
    plan: Plan, lacking: list[tuple[str, str]], known: Sequence[str], problems: Problems
) -> list[tuple[str, str]]:
    """Say where the data hold scores of dimensions, and return what is lacking beside them."""
    framework = plan.framework
    held = [
        node.code
        for node in framework.nodes
        if isinstance(node, Dimension) and node.code in known and node.code != framework.code
    ]
    below = {leaf.code for code in held for leaf in framework.below(code)}
    given = [code for code in dict.fromkeys(code for code, _ in lacking) if code in below]
    if not given:
        return lacking
    problems.add(
        f"the data hold scores of {listing(held)}, which are dimensions, and not the variables of "
        f"{len(given)} indicators below",
        code="data.of_dimensions",
        cure="use method.cut(), which reads the scores of the published dimensions, or "
        f"method.cut({held[:_LISTED]!r})",
    )
    return [(code, name) for code, name in lacking if code not in below]

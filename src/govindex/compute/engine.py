"""The one evaluation path: blocks of draws through a compiled plan.

Arrays carry draws and units, ``(draws or 1, units)``; a single evaluation is a block of one draw.
Children are combined in the order of their codes and everything else works cell by cell, so the
order of units, columns and draws and the size of a block do not move a bit.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import attrs
import numpy as np

from govindex.compute.block import Block, State, rounded
from govindex.compute.branches import Pass, aggregate, finished
from govindex.compute.collapse import collapse
from govindex.compute.leaves import score_leaves
from govindex.compute.linear import Linear
from govindex.compute.plan import Branch, Plan
from govindex.compute.weights import DrawnWeights, checked, redraw
from govindex.contracts import Float, is_absent
from govindex.errors import CellError, DataError, Problems, listing, near_miss, probably_meant
from govindex.kernels.memory import Memory
from govindex.kernels.reductions import all_finite
from govindex.model.tree import Dimension

__all__ = ["Scored", "combine", "evaluate", "evaluate_nodes", "score"]

_LISTED = 3
_LARGE = 2.0**500  # the product of two smaller numbers is a number
_FEW = 1000
_SIZES = ": values, targets or weights are too large or too small"


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
        """Return whether a node is an indicator or collapses."""
        branch = self.plan.by_row.get(self.plan.rows[code])
        return branch is None or self.linear(branch) is not None

    def linear(self, branch: Branch) -> Linear | None:
        """Return the weighted mean that a branch collapses to, found once."""
        if branch.row not in self._linear:
            mean = collapse(self.plan, branch, self.leaves, self.block.peers)
            self._linear[branch.row] = mean
        return self._linear[branch.row]


def score(plan: Plan, block: Block) -> Scored:
    """Measure and score the indicators of a block.

    Raises
    ------
    DataError
        If a variable is not in the data, or with every cell that a measure or a rule refuses.
    """
    refused = f"'{plan.framework.code}' cannot be computed"
    problems = Problems()
    if not all(name in block for name in plan.reads):
        _require_variables(plan, block, problems)
        problems.raise_any(DataError, refused)
    states = score_leaves(plan, block, problems)
    problems.raise_any(DataError, refused)
    return Scored(plan, block, states)


def evaluate(
    plan: Plan, block: Block, weights: Mapping[str, Float] | None = None
) -> dict[str, State]:
    """Return the state of every node for a block of draws, in the plan's order.

    Parameters
    ----------
    plan : Plan
    block : Block
        The data; one draw or as many as the weights have.
    weights : mapping of code to array of shape (draws,), optional
        Weights instead of the framework's own at these nodes. They vary the points of a share and
        their rounding, not the share: rules that read a maximum (`Points`, `PerItem`) read the
        framework's own. With other rules each draw equals a framework with these weights.

    Raises
    ------
    DataError
        With every cell that a measure, a rule or an absence policy refuses.
    SettingError
        If a drawn weight is negative or not finite, or its node has weight 0.
    """
    # Weights are checked first: they are valid or not whatever the data.
    drawn = checked(redraw(plan.declared, weights), weights) if weights else plan.declared
    return combine(score(plan, block), drawn)


def combine(scored: Scored, drawn: DrawnWeights | None = None) -> dict[str, State]:
    """Combine scored indicators into every node, in the plan's order.

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
    plan = scored.plan
    run = Pass(plan, scored.block, drawn or plan.declared, _printed(scored, drawn or plan.declared))
    _combine(run, plan.branches, {})
    _check_printed(run)
    return {code: run.states[row] for row, code in enumerate(plan.codes)}


def evaluate_nodes(
    scored: Scored,
    weights: Mapping[str, Float],
    nodes: Sequence[str],
    memory: Memory | None = None,
) -> dict[str, State]:
    """Return the states of some nodes for draws of weights, with their maxima.

    Each linear subtree is evaluated by matrix products.

    Parameters
    ----------
    scored : Scored
    weights : mapping of code to array of shape (draws,)
        As in :func:`evaluate`.
    nodes : sequence of str
        Codes.
    memory : Memory, optional
        Holds the states until it is restarted.
    """
    plan = scored.plan
    drawn = redraw(plan.declared, weights) if weights else plan.declared
    requested = [plan.rows[code] for code in nodes]
    filling = _filling(scored, requested)
    memory, collapsed = memory or Memory(), {}
    needed: set[int] = set()
    looked_at: set[str] = set()
    pending = [*requested, *filling]
    while pending:
        row = pending.pop()
        if row in needed or row not in plan.by_row:
            continue
        needed.add(row)
        branch = plan.by_row[row]
        linear = None if row in filling else scored.linear(branch)
        state = None if linear is None else linear.state(drawn, memory)
        if linear is None or state is None:
            pending += branch.read
        else:
            collapsed[row] = state
            looked_at.update(linear.below)
    checked(drawn, (code for code in weights if code not in looked_at))
    order = [branch for branch in plan.branches if branch.row in needed]
    used = {*requested, *(row for b in order if b.row not in collapsed for row in b.read)}
    run = Pass(plan, scored.block, drawn, _printed(scored, drawn, used, memory))
    _combine(run, order, collapsed)
    return {
        code: attrs.evolve(run.states[row], maximum=drawn.maximum(code)[:, None])
        for code, row in zip(nodes, requested, strict=True)
    }


def _filling(scored: Scored, shown: Sequence[int]) -> set[int]:
    """Return the branches that may fill absent cells of nodes, or of those that views see."""
    plan = scored.plan
    seen: set[int] = set()
    for row in shown:
        looks = row in plan.by_row and plan.by_row[row].looks
        seen.update(plan.by_row[row].below if looks else (row,))
    whole = {row for row, leaf in scored.leaves.items() if leaf.complete}
    return {plan.filled[row] for row in seen - whole if row in plan.filled}


def _combine(run: Pass, branches: Sequence[Branch], collapsed: Mapping[int, State]) -> None:
    """Combine indicators into branches, children before parents."""
    failed: set[int] = set()
    for branch in branches:
        before = len(run.problems)
        if branch.row in collapsed:
            run.states[branch.row] = finished(run, branch, collapsed[branch.row])
            _check_finite(run, branch)
        elif failed and failed.intersection(branch.read):
            failed.add(branch.row)  # the problem below is recorded already
        else:
            aggregate(run, branch)
            if len(run.problems) == before and not branch.is_mean_alone:
                _check_finite(run, branch)
            if len(run.problems) > before:
                failed.add(branch.row)
    run.problems.raise_any(DataError, f"'{run.plan.framework.code}' cannot be computed")


def _check_finite(run: Pass, branch: Branch) -> None:
    """Refuse a score that is not finite for a unit without absent cells."""
    state = run.states[branch.row]
    if all_finite(state.share):
        return
    lost = ~np.isfinite(state.share) & ~is_absent(state.status)
    if lost.any():
        error = CellError(f"{branch.aggregate!r} gave no finite score{_SIZES}", lost)
        run.refuse(error, branch.node)


def _check_printed(run: Pass) -> None:
    """Refuse scores that are finite as shares but not in the printed unit."""
    plan = run.plan
    shares = [state.share for state in run.states.values()]
    if run.block.units < _FEW:  # many small arrays are faster as one
        shares = [np.concatenate(shares, axis=None)]
    with np.errstate(over="ignore", invalid="ignore"):
        if run.drawn.maxima.max() < _LARGE and all(map(_is_small, shares)):
            return
        for row, node in enumerate(plan.nodes):
            share = run.states[row].share
            printed = share * run.drawn.maximum(node.code)[:, None]
            lost = np.isfinite(share) & ~np.isfinite(printed)
            if lost.any():
                error = f"the score is no finite number in the printed unit{_SIZES}"
                run.refuse(CellError(error, lost), node)
    run.problems.raise_any(DataError, f"'{plan.framework.code}' cannot be computed")


def _is_small(share: Float) -> bool:
    """Return whether no share is large; the sum of squares needs no copy. NaN is small."""
    numbers = share.reshape(-1)
    size = numbers @ numbers
    if np.isnan(size):
        size = np.fmax.reduce(np.abs(numbers), initial=0.0) ** 2
    return bool(size < _LARGE**2)


def _printed(
    scored: Scored,
    drawn: DrawnWeights,
    rows: Container[int] | None = None,
    memory: Memory | None = None,
) -> dict[int, State]:
    """Return indicators rounded as they are printed, all or those of some rows.

    They are copies if a branch may fill them, so that `scored` does not change.
    """
    states = {}
    for row, leaf in scored.leaves.items():
        if rows is not None and row not in rows:
            continue
        rounding, share = scored.plan.rounding[row], leaf.share
        if rounding is not None:
            maximum = drawn.maximum(scored.plan.codes[row])[:, None]
            shape = np.broadcast_shapes(share.shape, maximum.shape)
            out = None if memory is None else memory.following(shape)
            share = rounded(share, None, maximum, rounding, out)
        elif leaf.complete:
            states[row] = leaf  # neither filled nor rounded
            continue
        states[row] = State(share, leaf.status, leaf.complete, value=leaf.value)
    return states


def _require_variables(plan: Plan, block: Block, problems: Problems) -> None:
    known = block.observations.variables
    lacking = [(c, name) for c, variables in plan.needed for name in variables if name not in block]
    lacking = _without_dimensions(plan, lacking, known, problems)
    for number, (code, name) in enumerate(lacking):
        # The first few list what the data hold.
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
    """Report scores of dimensions in the data, and return the other lacking variables."""
    framework = plan.framework
    dimensions = [
        node.code
        for node in framework.nodes
        if isinstance(node, Dimension) and node.code in known and node.code != framework.code
    ]
    below = {leaf.code for code in dimensions for leaf in framework.below(code)}
    lacking_below = [code for code in dict.fromkeys(code for code, _ in lacking) if code in below]
    if not lacking_below:
        return lacking
    problems.add(
        f"the data hold scores of {listing(dimensions)}, which are dimensions, and not the "
        f"variables of {len(lacking_below)} indicators below",
        code="data.of_dimensions",
        cure="use method.cut(), which reads the scores of the published dimensions, or "
        f"method.cut({dimensions[:_LISTED]!r})",
    )
    return [(code, name) for code, name in lacking if code not in below]

"""The one evaluation path: evaluate blocks of draws with a compiled plan.

Arrays carry draws and units, ``(draws or 1, units)``; a single evaluation is a block of one draw.
Children are combined in the order of their codes and everything else works cell by cell, so the
order of units, columns and draws and the size of a block do not move a bit.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from govindex.compute.block import Block, State
from govindex.compute.branches import aggregate
from govindex.compute.leaves import score_leaves
from govindex.compute.plan import Plan
from govindex.compute.weights import draw
from govindex.contracts import Float
from govindex.errors import DataError, Problems, near_miss

__all__ = ["Evaluation", "evaluate"]


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
    drawn = draw(plan.framework, plan.scale, weights) if weights else plan.own
    problems = Problems()
    _require_variables(plan, block, problems)
    problems.raise_any(DataError, f"'{plan.framework.code}' cannot be computed")
    states: dict[int, State] = {}
    score_leaves(plan, block, drawn, states, problems)
    problems.raise_any(DataError, f"'{plan.framework.code}' cannot be computed")
    failed: set[int] = set()
    for branch in plan.branches:
        if failed.intersection((*branch.children, *branch.bonuses)):
            failed.add(branch.row)  # what is wrong below is said already
            continue
        before = len(problems)
        aggregate(plan, branch, block, drawn, states, problems)
        if len(problems) > before:
            failed.add(branch.row)
    problems.raise_any(DataError, f"'{plan.framework.code}' cannot be computed")
    return Evaluation(plan, tuple(states[row] for row in range(len(plan.codes))), drawn.maxima)


def _require_variables(plan: Plan, block: Block, problems: Problems) -> None:
    known = block.observations.variables
    for code, variables in plan.needed:
        missing = [name for name in variables if name not in block]
        for name in missing:
            problems.add(
                f"indicator '{code}' needs the variable '{name}', which the data do not hold: "
                + near_miss(name, known)
            )
    for code, variable in plan.weighted:
        if variable not in block:
            problems.add(
                f"'{code}' is weighted by the variable '{variable}', which the data do not "
                f"hold: {near_miss(variable, known)}"
            )

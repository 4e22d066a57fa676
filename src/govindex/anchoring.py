"""Freeze the rules that look at peers on a reference."""

from __future__ import annotations

from typing import Any

import attrs

from govindex.compute import Block, Plan, State, evaluate
from govindex.contracts import RelativeRule, Rule, Scope
from govindex.errors import GovIndexError, Problems
from govindex.model.observations import Observations
from govindex.model.tree import Indicator, Node, View

__all__ = ["anchored_rules"]


def anchored_rules(plan: Plan, reference: Observations, problems: Problems) -> dict[str, Rule]:
    """Return the absolute rules that a framework's relative ones are on a reference.

    Parameters
    ----------
    plan : Plan
    reference : Observations
        After preparation.
    problems : Problems
        Collects the rules that cannot be anchored, each with the reason.

    Returns
    -------
    dict of code to Rule
        For nodes and views whose rule looks at peers.
    """
    states = evaluate(plan, Block.of(reference)).states
    framework = plan.framework
    found: dict[str, Rule] = {}
    for node, state in zip((*framework.nodes, *framework.views), states, strict=True):
        rule = node.rule
        if rule is None or not rule.peer_dependent:
            continue
        name = f"rule of '{node.code}'"
        if not isinstance(rule, RelativeRule):
            problems.add(f"{name}: {rule!r} has no anchor()")
            continue
        try:
            found[node.code] = rule.anchor(*_seen(plan, node, state, reference))
        except GovIndexError as error:
            problems.add(f"{name}: {error}")
            continue
        if found[node.code].peer_dependent:
            problems.add(f"{name}: {rule!r} looks at peers after anchor() too")
    return found


def _seen(plan: Plan, node: Node | View, state: State, reference: Observations) -> Any:
    """Return the values that a node's rule sees, and what it may know beside them."""
    scope = Scope(plan.maxima[plan.rows[node.code]], "higher", peers=reference.units)
    if not isinstance(node, Indicator):
        assert state.before_rule is not None
        return state.before_rule[0], scope
    assert state.value is not None
    texts = (reference.levels.get(name, ()) for name in node.measure.variables)
    answers = next((levels for levels in texts if levels), ())
    return state.value[0], attrs.evolve(scope, direction=node.direction, levels=answers)

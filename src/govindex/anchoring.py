"""Freeze the rules and aggregators that look at peers on a reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

from govindex.compute import Block, Plan, State, evaluate
from govindex.compute.plan import Branch
from govindex.contracts import (
    Aggregator,
    BranchScope,
    RelativeAggregator,
    RelativeRule,
    Rule,
    Scope,
)
from govindex.errors import GovIndexError, Problems
from govindex.model.observations import Observations
from govindex.model.tree import Indicator, Node, View

__all__ = ["Anchored", "anchored_parts"]


@attrs.frozen
class Anchored:
    """The absolute parts that a framework's relative ones are on a reference, by code."""

    rules: dict[str, Rule]
    aggregates: dict[str, Aggregator]


def anchored_parts(plan: Plan, reference: Observations, problems: Problems) -> Anchored:
    """Freeze every rule and aggregator that looks at peers.

    Parameters
    ----------
    plan : Plan
    reference : Observations
        After preparation.
    problems : Problems
        Collects the parts that cannot be anchored, each with the reason.
    """
    states = evaluate(plan, Block.of(reference))
    found = Anchored({}, {})
    for node, state in zip(plan.nodes, states.values(), strict=True):
        if node.rule is None or not node.rule.peer_dependent:
            continue
        name = f"rule of '{node.code}'"
        if not isinstance(node.rule, RelativeRule):
            problems.add(f"{name}: {node.rule!r} has no anchor()")
            continue
        given = _seen(plan, node, state, reference)
        rule = _frozen(name, node.rule, given, problems)
        if rule is not None:
            found.rules[node.code] = rule
    for branch in plan.branches:
        if not branch.aggregate.peer_dependent:
            continue
        name = f"aggregator of '{branch.node.code}'"
        if not isinstance(branch.aggregate, RelativeAggregator):
            problems.add(f"{name}: {branch.aggregate!r} has no anchor()")
            continue
        aggregate = _frozen(name, branch.aggregate, _combining(branch, states, reference), problems)
        if aggregate is not None:
            found.aggregates[branch.node.code] = aggregate
    return found


def _frozen(name: str, part: Any, given: Any, problems: Problems) -> Any:
    """Return the anchored part, None with the reason noted if there is none."""
    try:
        frozen = part.anchor(*given)
    except GovIndexError as error:
        problems.add(f"{name}: {error}")
        return None
    if frozen.peer_dependent:
        problems.add(f"{name}: {part!r} looks at peers after anchor() too")
        return None
    return frozen


def _combining(branch: Branch, states: Mapping[str, State], reference: Observations) -> Any:
    """Return the shares and weights that an aggregator combines, and what it may know beside."""
    inputs = states[branch.node.code].inputs
    assert inputs is not None
    count = len(reference.units)
    shares, weights = (
        [np.broadcast_to(array[0], (count,)) for array in arrays] for arrays in inputs
    )
    return shares, weights, BranchScope(branch.child_codes, reference.units, branch.one_sign)


def _seen(plan: Plan, node: Node | View, state: State, reference: Observations) -> Any:
    """Return the values that a node's rule sees, and what it may know beside them."""
    scope = Scope(plan.maxima[plan.rows[node.code]], "higher", peers=reference.units)
    if not isinstance(node, Indicator):
        assert state.before_rule is not None
        one_sign = node.code in plan.framework.sums_of_one_sign
        return state.before_rule[0], attrs.evolve(scope, computed=True, one_sign=one_sign)
    assert state.value is not None
    texts = (reference.levels.get(name, ()) for name in node.measure.variables)
    answers = next((levels for levels in texts if levels), ())
    return state.value[0], attrs.evolve(scope, direction=node.direction, levels=answers)

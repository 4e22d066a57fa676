"""The parts that depend on peers, and their frozen counterparts on a reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import attrs
import numpy as np

from govindex.compute import Block, Plan, State, evaluate
from govindex.compute.plan import Branch
from govindex.contracts import Anchorable, BaseMeasure, BaseStep, BranchScope, Scope, completed
from govindex.errors import GovIndexError, SettingError
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Indicator, Node, View
from govindex.ranking import Bands

__all__ = ["Anchored", "Part", "anchored_parts", "policies_of", "relative_parts"]


@attrs.frozen
class Part:
    """A part of a methodology, and its location.

    Parameters
    ----------
    kind : {"step", "rule", "aggregator", "policy", "bands"}
    form : str or None
        The type of units whose form has it, None for the framework of the others.
    at : str or int
        The code of the node, the number of the step from 0; "" for bands.
    part : object
        The step, rule … itself.

    Examples
    --------
    >>> from govindex.rules import ZScore
    >>> part = Part("rule", None, "days", ZScore(ddof=0))
    >>> part.name, str(part)[:24]
    ("rule of 'days'", "rule of 'days': ZScore(m")
    """

    kind: Literal["step", "rule", "aggregator", "policy", "bands"]
    form: str | None
    at: str | int
    part: Any

    @property
    def name(self) -> str:
        """Its name in messages: "rule of 'days'"."""
        if self.kind == "step":
            return f"step {self.part!r}"
        noun = "absence policy" if self.kind == "policy" else self.kind
        return noun if self.kind == "bands" else f"{noun} of '{self.at}'"

    def __str__(self) -> str:
        return self.name if self.kind == "step" else f"{self.name}: {self.part!r}"


def relative_parts(
    steps: Iterable[Any], forms: Mapping[str | None, Framework], bands: Bands | None
) -> tuple[Part, ...]:
    """Return the parts through which one unit's data can move another's score or band."""
    parts = [
        Part("step", None, number, step)
        for number, step in enumerate(steps)
        if completed(step, BaseStep).peer_dependent
    ]
    for form, framework in forms.items():
        for node in (*framework.nodes, *framework.views):
            if node.rule is not None and node.rule.peer_dependent:
                parts.append(Part("rule", form, node.code, node.rule))
            aggregator = None if isinstance(node, Indicator) else node.aggregate
            if aggregator is not None and aggregator.peer_dependent:
                parts.append(Part("aggregator", form, node.code, aggregator))
            parts += policies_of(node, form)
            if node.bands is not None and node.bands.peer_dependent:
                parts.append(Part("bands", form, node.code, node.bands))
    if bands is not None and bands.peer_dependent:
        parts.append(Part("bands", None, "", bands))
    return tuple(parts)


def policies_of(node: Node | View, form: str | None) -> list[Part]:
    """Return the absence policies of a node that depend on peers."""
    parts: list[Part] = []
    for policy in () if node.absence is None else node.absence.policies:
        part = Part("policy", form, node.code, policy)
        if policy.peer_dependent and part not in parts:
            parts.append(part)
    return parts


@attrs.frozen
class Anchored:
    """The peer-dependent rules and aggregators of a framework, frozen on a reference.

    Parameters
    ----------
    frozen : tuple of (Part, object)
        Parts, each with its absolute counterpart.
    refused : tuple of (Part, str)
        Parts that cannot be frozen, each with the reason.
    """

    frozen: tuple[tuple[Part, Any], ...]
    refused: tuple[tuple[Part, str], ...]

    def by_code(self, kind: str) -> dict[str, Any]:
        """Return the frozen parts of a kind by the codes of their nodes."""
        return {str(part.at): frozen for part, frozen in self.frozen if part.kind == kind}

    @property
    def problems(self) -> Iterator[str]:
        """Why parts cannot be frozen."""
        return (f"{part.name}: {why}" for part, why in self.refused)


def anchored_parts(plan: Plan, reference: Observations, form: str | None = None) -> Anchored:
    """Freeze every rule and aggregator that depends on peers.

    Parameters
    ----------
    plan : Plan
    reference : Observations
        After preparation.
    form : str, optional
        The form of the plan.
    """
    states = evaluate(plan, Block.of(reference))
    relative: list[tuple[Part, Any]] = [
        (Part("rule", form, node.code, node.rule), _rule_arguments(plan, node, state, reference))
        for node, state in zip(plan.nodes, states.values(), strict=True)
        if node.rule is not None and node.rule.peer_dependent
    ]
    relative += [
        (
            Part("aggregator", form, branch.node.code, branch.aggregate),
            _combining_arguments(branch, states, reference),
        )
        for branch in plan.branches
        if branch.aggregate.peer_dependent
    ]
    frozen: list[tuple[Part, Any]] = []
    refused: list[tuple[Part, str]] = []
    for part, arguments in relative:
        try:
            frozen.append((part, _frozen(part.part, arguments)))
        except GovIndexError as error:
            refused.append((part, str(error)))
    return Anchored(tuple(frozen), tuple(refused))


def _frozen(part: Any, arguments: Any) -> Any:
    if not isinstance(part, Anchorable):
        raise SettingError(f"{part!r} has no anchor()")
    frozen = part.anchor(*arguments)
    if frozen.peer_dependent:
        raise SettingError(f"{part!r} looks at peers after anchor() too")
    return frozen


def _combining_arguments(
    branch: Branch, states: Mapping[str, State], reference: Observations
) -> Any:
    """Return the arguments of an aggregator: shares, weights and scope."""
    inputs = states[branch.node.code].inputs
    assert inputs is not None
    count = len(reference.units)
    shares, weights = (
        [np.broadcast_to(array[0], (count,)) for array in arrays] for arrays in inputs
    )
    return shares, weights, BranchScope(branch.child_codes, reference.units, branch.one_sign)


def _rule_arguments(plan: Plan, node: Node | View, state: State, reference: Observations) -> Any:
    """Return the arguments of a node's rule: values and scope."""
    scope = Scope(plan.mean_maxima[plan.rows[node.code]], "higher", peers=reference.units)
    if not isinstance(node, Indicator):
        assert state.before_rule is not None
        one_sign = node.code in plan.framework._sums_of_one_sign
        return state.before_rule[0], attrs.evolve(scope, computed=True, one_sign=one_sign)
    assert state.value is not None
    texts = (reference.levels.get(name, ()) for name in node.measure.variables)
    answers = next((levels for levels in texts if levels), ())
    one_sign = completed(node.measure, BaseMeasure).one_sign
    return state.value[0], attrs.evolve(
        scope, direction=node.direction, levels=answers, one_sign=one_sign
    )

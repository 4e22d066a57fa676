"""The parts of a methodology that look at peers, each with what it is when it is frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import attrs

from govindex.anchoring import anchored_parts
from govindex.contracts import AbsencePolicy
from govindex.errors import Problems
from govindex.form_units import Form, changed, form_units
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.model.tree import Dimension
from govindex.prepare.flow import anchored_steps, prepared

__all__ = ["FrozenPart", "parts_of", "with_frozen"]


@attrs.frozen(eq=False)
class FrozenPart:
    """A part through which one unit's data can move another's score.

    Parameters
    ----------
    name : str
        As :meth:`Methodology.peer_dependent_parts` names it.
    kind : {"step", "rule", "aggregator", "policy"}
    at : int or str
        The number of a step, the code of a node.
    frozen : mapping of form to part
        What it is, form by form, when it is frozen on the reference; empty if it cannot be.
    problem : str
        Why it cannot be frozen, "" if it can.
    """

    name: str
    kind: Literal["step", "rule", "aggregator", "policy"]
    at: int | str
    frozen: dict[Form, Any]
    problem: str = ""


def parts_of(method: Methodology, reference: Observations) -> tuple[FrozenPart, ...]:
    """Return every part that looks at peers, frozen on the reference where it can be."""
    found: list[FrozenPart] = []
    data = prepared((), method.frameworks, reference)  # without the codes for missing
    for number, step in enumerate(method.steps):
        if getattr(step, "peer_dependent", True):
            problems = Problems()
            frozen, data = anchored_steps((step,), method.frameworks, data, problems)
            whole: dict[Form, Any] = {} if len(problems) else {None: frozen[0]}
            found.append(FrozenPart(f"step {step!r}", "step", number, whole, "; ".join(problems)))
        else:
            data = prepared((step,), method.frameworks, data)
    by_name: dict[str, FrozenPart] = {}
    for form, single, own in form_units(method, data):
        for part in _of_form(form, single, own):
            before = by_name.get(part.name, part)
            by_name[part.name] = attrs.evolve(
                part,
                frozen={**before.frozen, **part.frozen},
                problem=before.problem or part.problem,
            )
    return tuple(
        attrs.evolve(p, frozen={}) if p.problem else p for p in (*found, *by_name.values())
    )


def _of_form(form: Form, method: Methodology, data: Observations) -> Iterator[FrozenPart]:
    """Yield the rules, aggregators and policies of one framework that look at peers."""
    problems = Problems()
    anchored = anchored_parts(method.plan, data, problems)
    framework = method.framework
    live: list[tuple[Literal["rule", "aggregator"], str, Any, Any]] = [
        ("rule", node.code, node.rule, anchored.rules.get(node.code))
        for node in (*framework.nodes, *framework.views)
        if node.rule is not None and node.rule.peer_dependent
    ]
    live += [
        (
            "aggregator",
            branch.node.code,
            branch.aggregate,
            anchored.aggregates.get(branch.node.code),
        )
        for branch in method.plan.branches
        if branch.aggregate.peer_dependent
    ]
    for kind, code, part, frozen in live:
        start = f"{kind} of '{code}': "
        why = "; ".join(p.removeprefix(start) for p in problems if p.startswith(start))
        yield FrozenPart(
            f"{start}{part!r}", kind, code, {} if frozen is None else {form: frozen}, why
        )
    for node in framework.nodes:
        policies = () if node.absence is None else node.absence.policies
        for policy in dict.fromkeys(p for p in policies if p.peer_dependent):
            yield _policy(node.code, policy)


def _policy(code: str, policy: AbsencePolicy) -> FrozenPart:
    name = f"absence policy of '{code}': {policy!r}"
    return FrozenPart(name, "policy", code, {}, "it fills from the peers and has no anchor()")


def with_frozen(method: Methodology, parts: Iterable[FrozenPart]) -> Methodology:
    """Return the methodology with some of its parts frozen."""
    parts = tuple(parts)
    steps = list(method.steps)
    for part in parts:
        if part.kind == "step" and part.frozen:
            steps[int(part.at)] = part.frozen[None]

    def own(kind: str, form: Form) -> dict[str, Any]:
        found = (part for part in parts if part.kind == kind and form in part.frozen)
        return {str(part.at): part.frozen[form] for part in found}

    def frozen(form: Form, framework: Framework) -> Framework:
        aggregates = own("aggregator", form)
        if aggregates:
            # Branches inherit an aggregator: those that are not frozen keep what they had.
            branches = (node for node in framework.nodes if isinstance(node, Dimension))
            kept = {node.code: framework.aggregator(node.code) for node in branches}
            kept |= {v.code: v.aggregate or framework.aggregate for v in framework.views}
            aggregates = kept | aggregates
        return framework.with_rules(own("rule", form)).with_aggregates(aggregates)

    return changed(method, frozen, steps=tuple(steps))

"""The parts of a methodology that depend on peers, with their frozen counterparts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from govindex.anchoring import Part, anchored_parts, policies_of
from govindex.contracts import BaseStep, completed
from govindex.errors import Problems
from govindex.methods import Form, Methodology
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.prepare.flow import anchored_steps, prepared

__all__ = ["FrozenPart", "parts_of", "with_frozen"]


@attrs.frozen(eq=False)
class FrozenPart:
    """A part through which one unit's data can move another's score.

    Parameters
    ----------
    part : Part
        From the first form that has it.
    frozen : mapping of form to part
        Its frozen counterpart in each form; empty if it cannot be frozen.
    problem : str
        Why it cannot be frozen, "" if it can.
    """

    part: Part
    frozen: dict[Form, Any]
    problem: str = ""

    @property
    def name(self) -> str:
        """The part in words."""
        return str(self.part)


def parts_of(method: Methodology, reference: Observations) -> tuple[FrozenPart, ...]:
    """Return every part that depends on peers, frozen on the reference if possible."""
    steps: list[FrozenPart] = []
    data = prepared((), method.frameworks, reference)  # codes for missing become NaN
    for number, step in enumerate(method.steps):
        if completed(step, BaseStep).peer_dependent:
            problems = Problems()
            frozen, data = anchored_steps((step,), method.frameworks, data, problems)
            by_form: dict[Form, Any] = {} if len(problems) else {None: frozen[0]}
            part = Part("step", None, number, step)
            steps.append(FrozenPart(part, by_form, "; ".join(problems)))
        else:
            data = prepared((step,), method.frameworks, data)
    same: dict[tuple[str, str | int, str], FrozenPart] = {}
    for form, single, observations in method._units(data):
        for one in _of_form(form, single, observations):
            # Forms may share a part, which is then frozen on the units of each.
            key = (one.part.kind, one.part.at, repr(one.part.part))
            before = same.get(key, one)
            same[key] = FrozenPart(
                before.part, {**before.frozen, **one.frozen}, before.problem or one.problem
            )
    return tuple(
        attrs.evolve(one, frozen={}) if one.problem else one for one in (*steps, *same.values())
    )


def _of_form(form: Form, method: Methodology, data: Observations) -> Iterator[FrozenPart]:
    """Yield the rules, aggregators and policies of one framework that depend on peers."""
    anchored = anchored_parts(method._plan, data, form)
    for part, frozen in anchored.frozen:
        yield FrozenPart(part, {form: frozen})
    for part, why in anchored.refused:
        yield FrozenPart(part, {}, why)
    for node in method.framework.nodes:
        for part in policies_of(node, form):
            yield FrozenPart(part, {}, "it fills from the peers and has no anchor()")


def with_frozen(method: Methodology, parts: Iterable[FrozenPart]) -> Methodology:
    """Return the methodology with some of its parts frozen."""
    parts = tuple(parts)
    steps = list(method.steps)
    for part in parts:
        if part.part.kind == "step" and part.frozen:
            steps[int(part.part.at)] = part.frozen[None]

    def frozen_at(kind: str, form: Form) -> dict[str, Any]:
        chosen = (one for one in parts if one.part.kind == kind and form in one.frozen)
        return {str(one.part.at): one.frozen[form] for one in chosen}

    def frozen(form: Form, framework: Framework) -> Framework:
        return framework.with_rules(frozen_at("rule", form)).with_aggregates(
            frozen_at("aggregator", form)
        )

    return method._changed(frozen, steps=tuple(steps))

"""The units of each form of a methodology, which may have one form or several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from govindex.compute import Block, Scored, score
from govindex.forms import Forms
from govindex.methods import Methodology, result_of
from govindex.model.framework import Framework
from govindex.model.observations import Observations
from govindex.results import IndexResult

__all__ = [
    "Form",
    "changed",
    "computed",
    "computes_by_parts",
    "form_units",
    "score_forms",
    "singles",
]

Form = str | None


def singles(method: Methodology) -> Mapping[Form, Methodology]:
    """Return the methodology of each form: for units without a type, and for each type."""
    return method._singles if isinstance(method, Forms) else {None: method}


def form_units(
    method: Methodology, prepared: Observations
) -> list[tuple[Form, Methodology, Observations]]:
    """Return each form that has units, its methodology, and their data after preparation."""
    return method._units(prepared) if isinstance(method, Forms) else [(None, method, prepared)]


def score_forms(method: Methodology, prepared: Observations) -> list[Scored]:
    """Return the scored indicators of each form that has units."""
    return [score(single.plan, Block.of(part)) for _, single, part in form_units(method, prepared)]


def computed(method: Methodology, prepared: Observations, scored: Sequence[Scored]) -> IndexResult:
    """Return the result of scored indicators, as :meth:`Methodology.compute` does."""
    if isinstance(method, Forms):
        return method._joined(prepared, scored)
    return result_of(method, scored[0])


def computes_by_parts(method: Methodology) -> bool:
    """Return whether scored indicators decide the result: no subclass computes it otherwise."""
    return type(method).compute in (Methodology.compute, Forms.compute)


def changed(
    method: Methodology, change: Callable[[Form, Framework], Framework], **settings: Any
) -> Methodology:
    """Return a methodology with the framework of each form changed."""
    if isinstance(method, Forms):
        settings["forms"] = {kind: change(kind, form) for kind, form in method.forms.items()}
    return attrs.evolve(method, framework=change(None, method.framework), **settings)

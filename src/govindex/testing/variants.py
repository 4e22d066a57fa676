"""Variants of a methodology, with which laws compare it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from govindex.measures import Value
from govindex.methods import Methodology
from govindex.model.framework import Framework
from govindex.rounding import Levels

__all__ = ["changed", "direct", "unrounded", "weighing", "weight_variables"]


def changed(
    method: Methodology, change: Callable[[Framework], Framework], **settings: Any
) -> Methodology:
    """Return a methodology with another framework, in every form."""
    return method._changed(lambda _, framework: change(framework), **settings)


def unrounded(method: Methodology) -> Methodology:
    """Return a methodology that rounds nothing after measuring."""

    def plain(framework: Framework) -> Framework:
        return framework.with_roundings(
            {n.code: None for n in (*framework.nodes, *framework.views) if n.rounding is not None}
        )

    return changed(method, plain, rounding=Levels())


def direct(method: Methodology) -> Methodology:
    """Return a methodology that reads every indicator's measured value, and weights apart."""

    def plain(framework: Framework) -> Framework:
        read = framework.with_measures({code: Value(code) for code in framework.leaf_codes})
        return read.with_weights({c: weighing(n) for c, n in weight_variables(framework).items()})

    return changed(method, plain, steps=())


def weight_variables(framework: Framework) -> dict[str, str]:
    """Return the variables that nodes are weighted by, by the nodes' codes."""
    return {n.code: n.weight for n in framework.nodes if isinstance(n.weight, str)}


def weighing(variable: str) -> str:
    """Return the name of a variable that is read as a weight."""
    return f"{variable} (weight)"

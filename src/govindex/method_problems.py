"""Problems of a methodology: wrong settings, and nodes that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from govindex.checks import name_problem
from govindex.compute import compile_framework
from govindex.errors import FrameworkError, Problems, near_miss
from govindex.method_definitions import definition_problems
from govindex.model.framework import Framework
from govindex.model.tree import Node, View
from govindex.ranking import Bands, Ranking
from govindex.ranking.rankings import tie_break_loops
from govindex.rounding import Levels
from govindex.sources import Source

__all__ = ["node_problems", "nodes_of", "setting_problems"]

_IN_PERCENT = ("percent", "league_maximum")
_DATE = re.compile(r"(\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?)?")


def nodes_of(frameworks: Iterable[Framework]) -> Iterator[Node | View]:
    """Yield the nodes and the views of frameworks."""
    for framework in frameworks:
        yield from framework.nodes
        yield from framework.views


def setting_problems(method: Any) -> Problems:
    """Return the settings of a methodology that are wrong by themselves."""
    problems = Problems()
    for what, name in (("id", method.id), ("version", method.version)):
        if problem := name_problem(name, what):
            problems.add(problem, code=f"methodology.{what}")
    if not isinstance(method.framework, Framework):
        problems.add(f"the framework is a Framework, not {method.framework!r}")
    problems.extend(_part_problems(method))
    return problems


def _part_problems(method: Any) -> Iterator[str]:
    if not isinstance(method.rounding, Levels):
        yield f"rounding is Levels(…) or a Rounding, not {method.rounding!r}"
    if not isinstance(method.ranking, Ranking):
        yield f"ranking is a Ranking(), not {method.ranking!r}"
    if not isinstance(method.issued, str) or not _DATE.fullmatch(method.issued):
        yield (
            f"issued is a date such as '2022-05-20', '2022-05' or '2022', not {method.issued!r}: "
            "it decides which edition is the newest"
        )
    if method.bands is not None and not isinstance(method.bands, Bands):
        yield f"bands are Bands(…), not {method.bands!r}"
    for step in method.steps:
        if not callable(step) or isinstance(step, type):
            yield f"a step is a function of observations, not {step!r}"
    yield from definition_problems(method)
    for source in method.sources:
        if not isinstance(source, Source):
            yield f"a source is a Source('title', …), not {source!r}"
    if not isinstance(method.deprecated, str):
        yield (f"deprecated is a text: why, and what to use instead, not {method.deprecated!r}")


def node_problems(method: Any) -> Iterator[str]:
    """Yield the problems of a methodology's frameworks, and nodes that they do not have."""
    nodes = list(nodes_of(method.frameworks))
    known = [node.code for node in nodes]
    ties = {node.code: node.ranking.tie_break for node in nodes if node.ranking is not None}
    named = {"display": method.display, "tie_break": method.ranking.tie_break}
    named |= {f"tie_break of '{code}'": codes for code, codes in ties.items()}
    for what, codes in named.items():
        for code in codes:
            if not any(framework.has(code) for framework in method.frameworks):
                yield f"{what}: there is no node '{code}': {near_miss(code, known)}"
    yield from tie_break_loops({method.framework.code: method.ranking.tie_break} | ties)
    for framework in method.frameworks:
        yield from _banded_ranks(framework)
        try:
            compile_framework(framework, method.scale, method.rounding)
        except FrameworkError as error:
            yield str(error)


def _banded_ranks(framework: Framework) -> Iterator[str]:
    """Yield views that print ranks, with bands by a percent that ranks do not have."""
    for view in framework.views:
        bands = view.bands
        if view.code in framework._views_of_ranks and bands and bands.by in _IN_PERCENT:
            yield (
                f"the bands of '{view.code}' go by {bands.by!r}, but it prints ranks or counts of "
                "units, which are no percent of a maximum: use by='points' or by='quantile'"
            )

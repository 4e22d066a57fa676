"""Indicators and aggregates of another tool, as it lists them: checked, then a framework."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import attrs

from govindex.absence import Renormalise
from govindex.contracts import Rule
from govindex.errors import FrameworkError, Problems, listing, near_miss
from govindex.model.framework import Framework
from govindex.model.tree import Dimension, Indicator, Node

__all__ = ["NOT_READ", "CoinNode", "coin_framework", "plain_number"]

NOT_READ = "The tables cannot be read"
_DIRECTIONS = {1.0: "higher", -1.0: "lower"}


@attrs.frozen
class CoinNode:
    """A row or column that describes an indicator or an aggregate; None where a cell is blank."""

    code: str
    name: str | None
    parent: str | None
    weight: str | None
    at: str
    direction: str | None = None
    measure_unit: str | None = None
    level: str | None = None
    leaf: bool = True


def plain_number(text: str | None) -> float | None:
    """Return the number of a cell, None if it is blank or no number."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in (text or "") else None


def coin_framework(nodes: Sequence[CoinNode], rule: Rule, problems: Problems) -> Framework:
    """Return the framework of the nodes, or raise with every problem.

    Raises
    ------
    FrameworkError
        With problems that were already collected, and: codes that are there twice, parents that do
        not exist or are indicators, no top or several, aggregates with nothing below them,
        weights and directions that cannot be.
    """
    known: dict[str, CoinNode] = {}
    for node in nodes:
        if node.code in known:
            first = known[node.code].at
            problems.add(f"'{node.code}' is described twice: {first} and {node.at}", code="twice")
        known.setdefault(node.code, node)
    tops = [node for node in known.values() if node.parent is None and not node.leaf]
    if len(tops) != 1:
        found = f"these have: {listing(n.code for n in tops)}" if tops else "none has"
        problems.add(f"exactly one aggregate has no parent, the index; {found}", code="top")
    for node in known.values():
        _check_node(node, known, problems)
    if not len(problems):
        _check_reached(tops[0], known, problems)
    problems.raise_any(FrameworkError, NOT_READ)
    top = tops[0]
    return Framework(
        top.code,
        [_node(n, known, rule) for n in known.values() if n.parent == top.code],
        top.name or "",
        absence=Renormalise(),
    )


def _check_node(node: CoinNode, known: dict[str, CoinNode], problems: Problems) -> None:
    def refuse(why: str, code: str) -> None:
        problems.add(f"{node.at}, '{node.code}': {why}", code=code)

    above = known.get(node.parent or "")
    if node.parent is None:
        if node.leaf:
            refuse("an indicator needs a parent", "parent")
    elif above is None:
        hint = near_miss(node.parent, [n.code for n in known.values() if not n.leaf])
        refuse(f"its parent '{node.parent}' does not exist: {hint}", "parent")
    elif above.leaf:
        refuse(f"its parent '{above.code}' is an indicator, not an aggregate", "parent")
    elif node.level is not None and above.level is not None:
        own, upper = plain_number(node.level), plain_number(above.level)
        if own is None or upper is None or own >= upper:
            refuse(
                f"its level is {node.level}, that of its parent '{above.code}' {above.level}: a "
                "parent's level is higher",
                "level",
            )
    if node.parent is not None and plain_number(node.weight) is None:
        found = "is blank" if node.weight is None else f"is '{node.weight}'"
        refuse(f"its weight {found}; it is a number", "weight")
    if node.leaf and plain_number(node.direction) not in _DIRECTIONS:
        found = "is blank" if node.direction is None else f"is '{node.direction}'"
        refuse(f"its direction {found}; it is 1 (more is better) or -1", "direction")
    if not node.leaf and not any(n.parent == node.code for n in known.values()):
        refuse("nothing is below this aggregate", "empty")


def _check_reached(top: CoinNode, known: dict[str, CoinNode], problems: Problems) -> None:
    """Add a problem if nodes are their own ancestors."""
    reached, level = {top.code}, [top.code]
    while level:
        level = [node.code for node in known.values() if node.parent in level]
        reached.update(level)
    lost = [code for code in known if code not in reached]
    if lost:
        problems.add(f"parents form a circle: {listing(lost)}", code="circle")


def _node(node: CoinNode, known: dict[str, CoinNode], rule: Rule) -> Node:
    weight = plain_number(node.weight)
    named: dict[str, Any] = {"name": node.name or "", "weight": weight}
    if not node.leaf:
        below = [_node(n, known, rule) for n in known.values() if n.parent == node.code]
        return Dimension(node.code, below, **named)
    direction: Any = _DIRECTIONS[plain_number(node.direction) or 1.0]
    return Indicator(
        node.code, rule=rule, direction=direction, measure_unit=node.measure_unit or "", **named
    )

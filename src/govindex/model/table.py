"""A framework as a table: one row per node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from govindex.contracts import Rule
from govindex.errors import FrameworkError, Problems, listing, near_miss
from govindex.frames import open_table
from govindex.model.links import parent_problems
from govindex.model.tree import Dimension, Indicator, Node

__all__ = ["Tree", "read_tree"]

_DIRECTIONS = ("higher", "lower")


@attrs.frozen
class Tree:
    """What a table holds; `points` is the weight of the root, if it has one."""

    code: str
    name: str | None
    points: float | None
    children: tuple[Node, ...]


@attrs.frozen
class _Row:
    """One node, as the table describes it."""

    code: str
    parent: str | None
    name: str | None
    weight: float | None
    direction: Any


def read_tree(
    frame: Any, columns: Mapping[str, str | None], rule: Rule | None, rules: Mapping[str, Rule]
) -> Tree:
    """Read the nodes of a framework.

    Parameters
    ----------
    frame : data frame
    columns : mapping of field to column
        Of the fields code, parent, name, weight and direction; None for a field without a column.
    rule : Rule or None
        Of every indicator that `rules` does not name.
    rules : mapping of code to Rule

    Raises
    ------
    FrameworkError
        With every problem of the table.
    """
    problems = Problems()
    rows = _rows(frame, columns, problems)
    links = {row.code: row.parent for row in rows}
    problems.extend(parent_problems(links, "node"))
    roots = [row for row in rows if row.parent is None]
    if len(roots) != 1:
        found = f"{len(roots)} do: {listing(row.code for row in roots)}" if roots else "none does"
        problems.add(f"exactly one row names no parent, the root; {found}")
    for code in rules:
        if code not in links:
            known = near_miss(code, links)
            problems.add(f"there is a rule for '{code}', which does not exist: {known}")
    below: dict[str | None, list[_Row]] = {}
    for row in rows:
        below.setdefault(row.parent, []).append(row)
    if columns["weight"] is not None:
        problems.extend(
            f"indicator '{row.code}' has no weight; only dimensions may leave it blank"
            for row in rows
            if row.weight is None and row.code not in below
        )
    problems.raise_any(FrameworkError, "The table is no framework")
    root = roots[0]
    children = tuple(_node(row, below, rule, rules) for row in below.get(root.code, []))
    return Tree(root.code, root.name, root.weight, children)


def _node(
    row: _Row, below: Mapping[str | None, list[_Row]], rule: Rule | None, rules: Mapping[str, Rule]
) -> Node:
    if row.code in below:
        inside = tuple(_node(child, below, rule, rules) for child in below[row.code])
        own = rules.get(row.code)
        return Dimension(row.code, inside, row.name, weight=row.weight, rule=own)
    return Indicator(
        row.code,
        row.name,
        rule=rules.get(row.code, rule),
        weight=1.0 if row.weight is None else row.weight,
        direction=row.direction,
    )


def _rows(frame: Any, columns: Mapping[str, str | None], problems: Problems) -> list[_Row]:
    table = open_table(frame)
    if not table.require([column for column in columns.values() if column], problems):
        problems.raise_any(FrameworkError, "The table is no framework")
    blank: list[str | None] = [None] * len(table)
    cells = {field: table.texts(column) if column else blank for field, column in columns.items()}
    problems.extend(_code_problems(cells["code"]))
    rows = []
    for place, code in enumerate(cells["code"]):
        if code is None:
            continue
        weight, direction = cells["weight"][place], cells["direction"][place] or "higher"
        if direction not in _DIRECTIONS:
            known = near_miss(direction, _DIRECTIONS)
            problems.add(f"node '{code}': there is no direction '{direction}': {known}")
        rows.append(
            _Row(
                code,
                cells["parent"][place],
                cells["name"][place],
                None if weight is None else _weight(code, weight, problems),
                direction,
            )
        )
    return rows


def _code_problems(codes: list[str | None]) -> Iterator[str]:
    if not codes:
        yield "it has no rows"
    first: dict[str, int] = {}
    for place, code in enumerate(codes, 1):
        if code is None:
            yield f"row {place} has no code"
        elif code in first:
            yield f"the code '{code}' stands in rows {first[code]} and {place}: codes are unique"
        else:
            first[code] = place


def _weight(code: str, text: str, problems: Problems) -> float:
    try:
        return float(text)
    except ValueError:
        problems.add(f"node '{code}': its weight '{text}' is not a number")
        return 1.0

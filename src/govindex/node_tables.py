"""Frameworks in documents: lists of tables, one for each node, and back."""

from __future__ import annotations

import re
from typing import Any

from govindex.errors import GovIndexError, Problems, listing, near_miss
from govindex.model.framework import Framework
from govindex.model.labels import as_names
from govindex.model.links import children_of, circles
from govindex.model.tree import NOT_OF_ROOT, Dimension, Indicator, View
from govindex.parts import (
    FAMILIES,
    RECORDS,
    Reader,
    as_given,
    build_absence,
    made,
    part_of,
    plain_table,
    record,
    settings,
    texts,
)

__all__ = ["framework_tables", "list_of_tables", "read_forms", "read_framework", "read_names"]


def list_of_tables(value: Any, path: str, problems: Problems) -> list[dict[str, Any]]:
    """Return a list of tables; note anything else, and an empty list of nodes."""
    fits = isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if fits and (value or not path.endswith("nodes")):
        return list(value)
    name = re.sub(r"\[\d+\]", "", path)
    problems.add(f"expected a list of tables ([[{name}]] in TOML)", path=path)
    return []


def read_names(value: Any, path: str, problems: Problems) -> Any:
    """Read a name in one language or several."""
    try:
        return as_names(value)
    except GovIndexError as error:
        problems.add(str(error), path=path)
        return None


def read_forms(tables: list[dict[str, Any]], problems: Problems) -> dict[str, Framework]:
    """Read the frameworks of further types of units, by type."""
    forms: dict[str, Framework] = {}
    for index, table in enumerate(tables):
        path = f"forms[{index}]"
        known = ["type", "nodes", "views"]
        for key in table:
            if key not in known:
                problems.add(
                    f"there is no such setting: {near_miss(key, known)}", path=f"{path}.{key}"
                )
        kind = table.get("type")
        if not isinstance(kind, str) or not kind.strip() or kind in forms:
            problems.add(f"a type of units is a text, used once, not {kind!r}", path=f"{path}.type")
            continue
        nodes = list_of_tables(table.get("nodes"), f"{path}.nodes", problems)
        views = list_of_tables(table.get("views", []), f"{path}.views", problems)
        form = read_framework(nodes, views, f"{path}.", problems)
        if form is not None:
            forms[kind] = form
    return forms


def read_framework(
    nodes: list[dict[str, Any]], views: list[dict[str, Any]], prefix: str, problems: Problems
) -> Framework | None:
    """Build a framework from its lists of nodes and views; `prefix` begins their paths."""
    at = f"{prefix}nodes"
    before = len(problems)
    parents = _parents(nodes, at, problems)
    branches = {parent for parent in parents.values() if parent is not None}
    read = [_node(table, f"{at}[{i}]", branches, problems) for i, table in enumerate(nodes)]
    seen = [_view(table, f"{prefix}views[{i}]", problems) for i, table in enumerate(views)]
    if len(problems) > before or not nodes:
        return None
    rows = {table["code"]: i for i, table in enumerate(nodes)}
    below = children_of(parents)
    order = list(below[None])
    for code in order:
        order += below.get(code, [])
    built: dict[str, Any] = {}
    for code in reversed(order):  # children before their parents
        fields, path = read[rows[code]], f"{at}[{rows[code]}]"
        children = [built[child] for child in below.get(code, [])]
        if parents[code] is None:
            whole = {**fields, "children": children, "views": seen}
            framework: Framework | None = made(Framework, whole, at, problems)
            return framework
        if children:
            built[code] = made(Dimension, {**fields, "children": children}, path, problems)
        else:
            built[code] = made(Indicator, fields, path, problems)
    return None


def _parents(nodes: list[dict[str, Any]], at: str, problems: Problems) -> dict[str, str | None]:
    parents: dict[str, str | None] = {}
    for index, table in enumerate(nodes):
        code = table.get("code")
        if not isinstance(code, str) or not code.strip():
            wrong = f"a code is a text that is not blank, not {code!r}"
            problems.add(wrong, path=f"{at}[{index}].code")
        elif code in parents:
            problems.add(f"'{code}' is used more than once", path=f"{at}[{index}].code")
        else:
            parents[code] = parent if isinstance(parent := table.get("parent"), str) else None
    for index, table in enumerate(nodes):
        parent, path = table.get("parent"), f"{at}[{index}].parent"
        if parent is not None and not isinstance(parent, str):
            problems.add(f"expected the code of a node, not {parent!r}", path=path)
        elif parent is not None and parent not in parents:
            problems.add(f"there is no node '{parent}': {near_miss(parent, parents)}", path=path)
    roots = [table.get("code") for table in nodes if table.get("parent") is None]
    if len(roots) != 1 and nodes:
        count = f"{len(roots)} have none: {listing(roots)}" if roots else "all have one"
        problems.add(f"exactly one node has no parent, the root; {count}", path=at)
    for circle in circles(parents):
        problems.add(f"parents in a circle: {' → '.join(circle)}", path=at)
    return parents


def _node(
    table: dict[str, Any],
    path: str,
    branches: set[str],
    problems: Problems,
) -> dict[str, Any]:
    fields = {key: value for key, value in table.items() if key != "parent"}
    code = table.get("code")
    is_branch = (isinstance(code, str) and code in branches) or table.get("parent") is None
    readers: dict[str, Any] = {**_NODE_READERS, "children": None}
    if table.get("parent") is None:
        readers |= dict.fromkeys(NOT_OF_ROOT)
    return settings(Dimension if is_branch else Indicator, fields, path, problems, readers)


def _view(table: dict[str, Any], path: str, problems: Problems) -> Any:
    readers = {**_NODE_READERS, "of": texts, "where": as_given, "weights": as_given}
    before = len(problems)
    read = settings(View, table, path, problems, readers)
    return made(View, read, path, problems) if len(problems) == before else None


_NODE_READERS: dict[str, Reader] = {
    **{name: part_of(name) for name in FAMILIES},
    **{name: record(cls) for name, cls in RECORDS.items()},
    "absence": build_absence,
    "name": read_names,
}


def framework_tables(framework: Framework) -> dict[str, Any]:
    """Return a framework as lists of tables, one for each node and view."""
    rows = []
    for node in framework.nodes:
        above = framework.parent(node.code)
        index = {"code": node.code} | ({} if above is None else {"parent": above.code})
        rows.append(index | plain_table(node, frozenset({"children", "code"})))
    tree: dict[str, Any] = {"nodes": rows}
    if framework.views:
        tree["views"] = [plain_table(view) for view in framework.views]
    return tree

"""One setting of several nodes: a tree with others, and the nodes that inherit it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import attrs

from govindex.checks import mapping_of
from govindex.errors import FrameworkError, Problems
from govindex.model.rooted_tree import RootedTree
from govindex.model.tree import Dimension, View, mapped

__all__ = ["inheriting_codes", "with_settings"]

T = TypeVar("T", bound=RootedTree)


def inheriting_codes(tree: RootedTree, field: str, named: Collection[str]) -> list[str]:
    """Return the dimensions, and views of the root, that inherit a setting from a named branch."""
    dimensions = [n for n in tree.nodes if isinstance(n, Dimension) and n.code != tree.code]
    views = tree.views if field == "aggregate" else ()
    nodes: list[Dimension | View] = [*dimensions, *views]
    inheriting = [node for node in nodes if getattr(node, field) is None]
    above = {node.code: tree.parent(node.code) or tree for node in inheriting}
    return [
        node.code
        for node in inheriting
        if node.code not in named and above[node.code].code in named
    ]


def with_settings(tree: T, field: str, settings: Mapping[str, Any]) -> T:
    """Return the tree with a setting of the nodes of these codes changed."""
    problems = Problems()
    for code in mapping_of(settings, f"{field}s", "a mapping of codes to settings"):
        node = tree if code == tree.code else tree.node(code)
        if field not in attrs.fields_dict(type(node)):
            kind = "root" if node is tree else type(node).__name__.lower()
            problems.add(f"'{code}' ({kind}) has no {field} to set")
    problems.raise_any(FrameworkError, f"The framework '{tree.code}' cannot be changed")

    def changed(node: Any) -> Any:
        return attrs.evolve(node, **{field: settings[node.code]}) if node.code in settings else node

    root = {field: settings[tree.code]} if tree.code in settings else {}
    views = [changed(view) for view in tree.views]
    return attrs.evolve(tree, children=mapped(tree.children, changed), views=views, **root)

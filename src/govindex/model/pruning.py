"""Trees without some of their nodes, and without dimensions that are then empty."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import attrs

from govindex.contracts import Aggregator, Rule
from govindex.model.rooted_tree import RootedTree
from govindex.model.tree import KEPT, Dimension, Indicator, Node, View
from govindex.rules import Points

__all__ = ["counts", "cut_children", "pruned", "pruned_views"]


def counts(child: Node) -> bool:
    """Return whether a child makes part of the maximum above it."""
    return not child.outside_maximum and child.weight != 0


def pruned(
    children: Iterable[Node], codes: Collection[str], inherited: Aggregator
) -> tuple[Node, ...]:
    """Return children without the nodes of these codes; dimensions that score nothing go with them.

    The points of a sum that lost a child are those of the remaining children.
    """
    kept: list[Node] = []
    for node in children:
        if node.code in codes:
            continue
        if isinstance(node, Dimension):
            aggregate = node.aggregate or inherited
            inside = pruned(node.children, codes, aggregate)
            if not any(map(counts, inside)):
                continue
            if inside != node.children:
                weight = None if aggregate.sums_points else node.weight
                node = attrs.evolve(node, children=inside, weight=weight)
        kept.append(node)
    return tuple(kept)


def pruned_views(views: Iterable[View], remaining: Iterable[Node]) -> tuple[View, ...]:
    """Return the views of the remaining nodes, without views that are then empty."""
    nodes = list(remaining)
    codes = {node.code for node in nodes}
    kept = []
    for view in views:
        of = tuple(code for code in view.of if code in codes)
        weights = {code: weight for code, weight in view.weights.items() if code in codes}
        if of or any(isinstance(node, Indicator) and view.selects(node) for node in nodes):
            kept.append(attrs.evolve(view, of=of, weights=weights))
    return tuple(kept)


def cut_children(tree: RootedTree, codes: Collection[str], rule: Rule | None) -> tuple[Node, ...]:
    """Return the root's children with the dimensions of these codes turned into indicators."""

    # From the top down: nodes below a cut are gone.
    def cut(node: Node) -> Node:
        if isinstance(node, Indicator):
            return node
        if node.code not in codes:
            return attrs.evolve(node, children=tuple(map(cut, node.children)))
        return Indicator(
            node.code,
            node.name,
            weight=tree.weight(node.code),
            rule=Points() if rule is None else rule,
            **{field: getattr(node, field) for field in KEPT},
        )

    return tuple(map(cut, tree.children))

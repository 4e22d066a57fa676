"""Take nodes out of a tree, and what then has nothing below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import attrs

from govindex.contracts import Aggregator
from govindex.model.tree import Dimension, Indicator, Node, View

__all__ = ["counts", "pruned", "pruned_views"]


def counts(child: Node) -> bool:
    """Tell whether a child makes part of the maximum above it."""
    return not child.outside_maximum and child.weight != 0


def pruned(
    children: Iterable[Node], codes: Collection[str], inherited: Aggregator
) -> tuple[Node, ...]:
    """Return children without the nodes of these codes; dimensions that score nothing go with them.

    The points of a sum that lost something follow from what is left.
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


def pruned_views(views: Iterable[View], left: Iterable[Node]) -> tuple[View, ...]:
    """Return views of the nodes that are left, without those that looked at nothing else."""
    nodes = list(left)
    codes = {node.code for node in nodes}
    kept = []
    for view in views:
        of = tuple(code for code in view.of if code in codes)
        weights = {code: weight for code, weight in view.weights.items() if code in codes}
        if of or any(isinstance(node, Indicator) and view.selects(node) for node in nodes):
            kept.append(attrs.evolve(view, of=of, weights=weights))
    return tuple(kept)

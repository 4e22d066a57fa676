"""Nested dicts and lists of codes → nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from govindex.checks import mapping_of, names_of
from govindex.contracts import Rule
from govindex.errors import FrameworkError, Problems, near_miss
from govindex.model.tree import Dimension, Indicator, Node
from govindex.names import as_code

__all__ = ["nested_nodes"]


def nested_nodes(
    tree: Any, rule: Rule | None, lower: str | Iterable[str], weights: Mapping[str, Any]
) -> tuple[Node, ...]:
    """Return the nodes of a tree of dicts and lists."""
    low = {as_code(code) for code in names_of(lower, "lower")}
    own = mapping_of(weights, "weights", "a mapping of codes to weights")
    reading = _Nesting(rule, low, {as_code(code): w for code, w in own.items()}, Problems(), {})
    nodes = tuple(reading.children(tree, "the tree"))
    reading.check_named()
    reading.problems.raise_any(FrameworkError, "The tree is not a framework")
    return nodes


@attrs.frozen
class _Nesting:
    """What is said of nodes beside the tree, and the indicators and dimensions that were read."""

    rule: Rule | None
    lower: Collection[str]
    weights: Mapping[str, Any]
    problems: Problems
    seen: dict[str, bool]

    def children(self, inside: Any, where: str) -> Iterator[Node]:
        if isinstance(inside, Mapping):
            for code, below in inside.items():
                nodes = tuple(self.children(below, f"'{code}'"))
                yield Dimension(code, nodes, **self._own(code, leaf=False))
        elif isinstance(inside, (Indicator, Dimension)):
            self.seen[inside.code] = False
            yield inside
        elif isinstance(inside, str):
            low = as_code(inside) in self.lower
            own = self._own(inside, leaf=True)
            yield Indicator(inside, rule=self.rule, direction="lower" if low else "higher", **own)
        elif isinstance(inside, (list, tuple)):
            for child in inside:
                yield from self.children(child, where)
        else:
            self.problems.add(
                f"{where} holds {inside!r}: give a code, a list of codes, or a dict of dimensions"
            )

    def _own(self, code: str, *, leaf: bool) -> dict[str, Any]:
        code = as_code(code)
        self.seen[code] = leaf
        return {"weight": self.weights[code]} if code in self.weights else {}

    def check_named(self) -> None:
        """Note the codes of `lower` and `weights` that the tree does not have."""
        leaves = [code for code, leaf in self.seen.items() if leaf]
        for name, given, known in (
            ("lower", sorted(self.lower), leaves),
            ("weights", self.weights, list(self.seen)),
        ):
            for code in given:
                if code not in known:
                    hint = near_miss(code, known)
                    self.problems.add(f"{name} names '{code}', which the tree lacks: {hint}")

"""Nested dicts and lists of codes → nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from govindex.checks import mapping_of, names_of
from govindex.contracts import Direction, Rule
from govindex.errors import FrameworkError, Problems, near_miss
from govindex.model.tree import Dimension, Indicator, Node
from govindex.names import as_code

__all__ = ["Nested", "nested_nodes"]

# Dimensions with what is below them, or codes of indicators, to any depth.
Nested: TypeAlias = "Mapping[str, Nested] | Sequence[str | Indicator | Dimension | Nested]"


def nested_nodes(
    tree: Any, rule: Rule | None, lower: str | Iterable[str], weights: Mapping[str, Any]
) -> tuple[Node, ...]:
    """Return the nodes of a tree of dicts and lists."""
    low = {as_code(code) for code in names_of(lower, "lower")}
    by_code = mapping_of(weights, "weights", "a mapping of codes to weights")
    reading = _Nesting(rule, low, {as_code(code): w for code, w in by_code.items()}, Problems(), {})
    nodes = tuple(reading.children(tree, "the tree"))
    reading.check_named()
    reading.problems.raise_any(FrameworkError, "The tree is not a framework")
    return nodes


@attrs.frozen
class _Nesting:
    """The settings of nodes that are given apart from the tree, and the nodes read so far."""

    rule: Rule | None
    lower: Collection[str]
    weights: Mapping[str, Any]
    problems: Problems
    seen: dict[str, bool]

    def children(self, inside: Any, where: str) -> Iterator[Node]:
        if isinstance(inside, Mapping):
            for code, below in inside.items():
                nodes = tuple(self.children(below, f"'{code}'"))
                yield Dimension(code, nodes, **self._weight(code, leaf=False))
        elif isinstance(inside, (Indicator, Dimension)):
            self.seen[inside.code] = False
            yield inside
        elif isinstance(inside, str):
            low = as_code(inside) in self.lower
            weight = self._weight(inside, leaf=True)
            direction: Direction = "lower" if low else "higher"
            yield Indicator(inside, rule=self.rule, direction=direction, **weight)
        elif isinstance(inside, (list, tuple)):
            for child in inside:
                yield from self.children(child, where)
        else:
            self.problems.add(
                f"{where} holds {inside!r}: give a code, a list of codes, or a dict of dimensions"
            )

    def _weight(self, code: str, *, leaf: bool) -> dict[str, Any]:
        code = as_code(code)
        self.seen[code] = leaf
        return {"weight": self.weights[code]} if code in self.weights else {}

    def check_named(self) -> None:
        """Note the codes of `lower` and `weights` that the tree does not have."""
        leaves = [code for code, leaf in self.seen.items() if leaf]
        for name, codes, known in (
            ("lower", sorted(self.lower), leaves),
            ("weights", self.weights, list(self.seen)),
        ):
            for code in codes:
                if code not in known:
                    hint = near_miss(code, known)
                    self.problems.add(f"{name} names '{code}', which the tree lacks: {hint}")

"""Units and their parents: what is counted at a unit is counted at all above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from govindex.errors import Problems, listing

__all__ = ["Hierarchy"]


@attrs.frozen(eq=False)
class Hierarchy:
    """Units, and the units above them.

    Parameters
    ----------
    nodes : tuple of str
        All units, sorted.
    parents : mapping of str to str
    rows : mapping of str to int
        The row of each unit among the nodes.
    above : frozenset of str
        The units that are the parent of another.
    """

    nodes: tuple[str, ...]
    parents: Mapping[str, str]
    rows: Mapping[str, int]
    above: frozenset[str]

    @classmethod
    def of(cls, units: Iterable[str], parents: Mapping[str, str], problems: Problems) -> Hierarchy:
        """Return units with everything above them; note parents that go round in a circle."""
        nodes: dict[str, None] = {}
        for unit in units:
            path = [unit]
            while path[-1] in parents:
                following = parents[path[-1]]
                if following in path:
                    problems.add(
                        f"parents go round in a circle: {listing([*path, following])}",
                        code="record.parents",
                        unit=unit,
                    )
                    break
                path.append(following)
            nodes.update(dict.fromkeys(path))
        ordered = tuple(sorted(nodes))
        rows = {code: row for row, code in enumerate(ordered)}
        above = frozenset(parents[code] for code in ordered if code in parents)
        return cls(ordered, parents, rows, above)

    def path(self, code: str) -> list[str]:
        """Return a unit and all above it, the nearest first."""
        path = [code]
        while path[-1] in self.parents:
            path.append(self.parents[path[-1]])
        return path

    def summed(self, own: Any) -> Any:
        """Return sums of units and all below them, from those of their own records."""
        found = own.copy()
        for row, code in enumerate(self.nodes):
            if code in self.parents:
                for above in self.path(code)[1:]:
                    found[self.rows[above]] += own[row]
        return found

    def levels(self) -> Iterator[dict[str, str]]:
        """Yield, for each depth of the tree, the unit at that depth above every unit or itself.

        Only units that are above others are given.
        """
        paths = {code: self.path(code)[::-1] for code in self.nodes}
        for depth in range(max(map(len, paths.values()), default=0)):
            level = {c: path[depth] for c, path in paths.items() if len(path) > depth}
            level = {code: at for code, at in level.items() if at in self.above}
            if level:
                yield level

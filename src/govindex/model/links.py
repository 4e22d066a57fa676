"""Links from children to parents: unknown parents, circles, and the children of each parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govindex.errors import Problem, near_miss

__all__ = ["children_of", "circles", "parent_problems"]


def parent_problems(links: Mapping[str, str | None], kind: str) -> Iterator[str]:
    """Yield a problem for every parent that does not exist and every circle.

    Examples
    --------
    >>> list(parent_problems({"a": "b", "b": "a"}, "node"))
    ["nodes are each other's parents: a → b → a"]
    """
    for code, parent in links.items():
        if parent is not None and parent not in links:
            known = near_miss(parent, links)
            cause = f"{kind} '{code}' names a parent that does not exist, '{parent}': {known}"
            unit, node = (code, None) if kind == "unit" else (None, code)
            yield Problem(cause, code=f"{kind}.parent", unit=unit, variable=node, noun="node")
    for circle in circles(links):
        cause = f"{kind}s are each other's parents: {' → '.join(circle)}"
        yield Problem(cause, code=f"{kind}.circle")


def children_of(links: Mapping[str, str | None]) -> dict[str | None, list[str]]:
    """Return the codes below each parent, in the order of the links; None for the roots.

    Examples
    --------
    >>> children_of({"a": "root", "root": None, "b": "root"})
    {'root': ['a', 'b'], None: ['root']}
    """
    below: dict[str | None, list[str]] = {}
    for code, parent in links.items():
        below.setdefault(parent, []).append(code)
    return below


def circles(links: Mapping[str, str | None]) -> Iterator[list[str]]:
    """Yield every circle of parents once, from its least code back to it.

    Examples
    --------
    >>> list(circles({"a": "c", "b": "c", "c": "b", "root": None}))
    [['b', 'c', 'b']]
    """
    walked: set[str] = set()
    for code in links:
        chain: dict[str, None] = {}
        up: str | None = code
        while up is not None and up in links and up not in walked:
            chain[up] = None
            walked.add(up)
            up = links[up]
        if up in chain:
            members = list(chain)
            circle = members[members.index(up) :]
            start = circle.index(min(circle))
            yield [*circle[start:], *circle[: start + 1]]

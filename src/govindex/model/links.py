"""Who stands below whom: parents that do not exist, and circles of parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from govindex.errors import near_miss

__all__ = ["parent_problems"]


def parent_problems(links: Mapping[str, str | None], kind: str) -> Iterator[str]:
    """Yield a sentence for every parent that does not exist and every circle.

    Parameters
    ----------
    links : mapping of code to code or None
        Each one's parent.
    kind : str
        What is linked: "unit", "node".

    Examples
    --------
    >>> list(parent_problems({"a": "b", "b": "a"}, "node"))
    ["nodes are each other's parents: a → b → a"]
    """
    unknown = {parent for parent in links.values() if parent is not None and parent not in links}
    for code, parent in links.items():
        if parent in unknown:
            known = near_miss(parent, links)
            yield f"{kind} '{code}' names a parent that does not exist, '{parent}': {known}"
    for code in links:
        chain = [code]
        while (up := links.get(chain[-1])) is not None and up not in unknown:
            if up in chain:
                loop = chain[chain.index(up) :]
                if min(loop) == code:
                    yield f"{kind}s are each other's parents: {' → '.join([*loop, up])}"
                break
            chain.append(up)

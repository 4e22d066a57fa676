"""Nodes of two editions: which are the same, and which can be compared in points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs

from govindex.changes.matching import Item, Unmatched, matched, unmatched
from govindex.changes.unit_pairs import declared_pairs
from govindex.checks import among, shown
from govindex.errors import (
    DataError,
    Problems,
    SettingError,
    UnknownNameError,
    listing,
    near_miss,
)
from govindex.model.tree import Indicator
from govindex.names import as_code
from govindex.results import IndexResult
from govindex.results.joint_results import parts_of

__all__ = ["NodePairs", "check_nodes", "counterpart", "node_pairs"]

_HEADING = "The nodes of the two results cannot be matched"


@attrs.frozen
class NodePairs:
    """Nodes of two forms.

    Parameters
    ----------
    same : tuple of (code before, code after)
        The nodes that are the same, the roots first, whatever else changed.
    compared : tuple of (code before, code after)
        Those below the roots whose scores can be compared.
    unmatched : tuple of Unmatched
    """

    same: tuple[tuple[str, str], ...]
    compared: tuple[tuple[str, str], ...]
    unmatched: tuple[Unmatched, ...]


def check_nodes(given: Any, before: IndexResult, after: IndexResult) -> None:
    """Refuse a mapping of nodes that names what does not exist, or one node twice."""
    if given is None or among(given, ("code", "name")):
        return
    if not isinstance(given, Mapping):
        raise SettingError(
            f"nodes is a mapping of old nodes to new nodes, 'code' or 'name', not {shown(given)}"
        )
    pairs = declared_pairs(given, before.row_of, after.row_of, _HEADING)
    problems = Problems()
    old_of: dict[int, list[str]] = {}
    for row, other in pairs.items():
        if other is not None:
            old_of.setdefault(other, []).append(before.codes[row])
    for other, codes in old_of.items():
        if len(codes) > 1:
            problems.add(
                f"{listing(codes)} became '{after.codes[other]}': nodes are compared one to one; "
                "say None for those that were given up"
            )
    problems.raise_any(DataError, _HEADING)


def node_pairs(
    before: IndexResult, after: IndexResult, given: Any, by: str, language: str | None
) -> NodePairs:
    """Match the nodes of one form before and one form after.

    Parameters
    ----------
    given : mapping of code to code, "code", "name" or None
        What is declared; by default code and name have to agree.
    by : {"points", "percent"}
        Points are compared where maxima are equal, percents of the maximum always.
    """
    old, new = _items(before, language), _items(after, language)
    declared: dict[int, int | None] = {0: 0}  # the roots
    if isinstance(given, Mapping):
        for one, other in given.items():
            one, other = as_code(one), as_code(other)
            if one in before.codes and (other is None or other in after.codes):
                row = before.codes.index(one)
                declared[row] = None if other is None else after.codes.index(other)
    way = "both" if given is None or isinstance(given, Mapping) else given
    pairs = matched(old, new, declared, way)
    left = unmatched("node", old, new, pairs)
    same = [(before.codes[row], after.codes[other]) for row, other in sorted(pairs.items())]
    compared = []
    for pair in same[1:]:
        said = before.row_of(pair[0]) in declared
        kind = _difference(before, after, pair, by=by, declared=said)
        if kind:
            left += _both(old[before.row_of(pair[0])], new[after.row_of(pair[1])], kind)
        else:
            compared.append(pair)
    return NodePairs(tuple(same), tuple(compared), tuple(left))


def _items(result: IndexResult, language: str | None) -> list[Item]:
    nodes = [result.node(code) for code in result.codes]
    return [Item.of(node.code, node.name, node.label(language)) for node in nodes]


def _difference(
    before: IndexResult, after: IndexResult, pair: tuple[str, str], *, by: str, declared: bool
) -> str:
    """Return why the scores of one node are not compared, "" if they are."""
    old, new = pair
    one, other = before.node(old), after.node(new)
    if (
        isinstance(one, Indicator)
        and isinstance(other, Indicator)
        and not declared
        and one.direction != other.direction
    ):
        return "other_direction"
    maxima = before.maxima[before.row_of(old)], after.maxima[after.row_of(new)]
    return "other_maximum" if by == "points" and not math.isclose(*maxima) else ""


def _both(old: Item, new: Item, kind: str) -> list[Unmatched]:
    return [
        Unmatched("node", "before", old.code, old.label, kind, new.code),
        Unmatched("node", "after", new.code, new.label, kind, old.code),
    ]


def counterpart(code: str, before: IndexResult, after: IndexResult, given: Any) -> str:
    """Return the code before of a node after."""
    after.row_of(code)
    for old in parts_of(before):
        for new in parts_of(after):
            pairs = node_pairs(old, new, given, "percent", None)
            found = {later: earlier for earlier, later in pairs.same}
            if code in found:
                return found[code]
    raise UnknownNameError(
        f"node '{code}' is not in both results: {near_miss(code, before.codes)}. "
        "nodes={'old': 'new'} says which is the same"
    )

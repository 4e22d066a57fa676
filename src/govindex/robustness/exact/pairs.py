"""Who is compared with whom: neighbours, leaders and named pairs of those ranked together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from govindex.checks import among
from govindex.contracts import Float, Index
from govindex.errors import SettingError, listing, near_miss
from govindex.results import IndexResult

__all__ = [
    "Keep",
    "Pairs",
    "checked_result",
    "kept_pairs",
    "pairs_of",
    "ranking_groups",
    "units_asked",
]

Keep = Literal["first", "ranking"] | tuple[str, str]
Pairs = Literal["neighbours", "leader"] | Iterable[tuple[str, str]]
_KINDS = ("neighbours", "leader")
_AT_ONCE = 2**14


def checked_result(result: Any) -> IndexResult:
    """Return what is a result; tell what to give instead of a methodology or data."""
    if isinstance(result, IndexResult):
        return result
    raise SettingError(
        f"give the result of an index, method.compute(data), not {type(result).__name__}"
    )


def ranking_groups(result: IndexResult, node: str) -> list[tuple[str | None, str | None, Index]]:
    """Return the units that are ranked together in the order of publication.

    Returns
    -------
    list of (league, period, units)
        Without groups in which nobody has a rank.
    """
    ranks = result.ranks_at(node)
    order = np.array(result.publication_order(node), dtype=np.intp)
    order = order[~np.isnan(ranks[order])]
    group = np.full(len(ranks), -1)
    found = result.units.ranking_groups()
    for number, (*_, members) in enumerate(found):
        group[members] = number
    split = [order[group[order] == number] for number in range(len(found))]
    return [
        (league, period, own)
        for (league, period, _), own in zip(found, split, strict=True)
        if len(own)
    ]


def units_asked(result: IndexResult, node: str, units: Iterable[str] = ()) -> Index:
    """Return the units that are asked about in the order of publication, all ranked ones if none.

    Raises
    ------
    SettingError
        If a unit has no rank.
    UnknownNameError
        If there is no such unit.
    """
    found = [members for *_, members in ranking_groups(result, node)]
    order = np.concatenate([np.zeros(0, dtype=np.intp), *found])
    if not isinstance(units, Iterable):
        raise SettingError(f"units are a list of codes or names, not {units!r}")
    named = [result.units.locate(unit) for unit in ((units,) if isinstance(units, str) else units)]
    apart = [result.units.codes[unit] for unit in named if unit not in order]
    if apart:
        raise SettingError(f"{listing(apart)} has no rank at '{node}'")
    return order[np.isin(order, named)] if named else order


def pairs_of(result: IndexResult, node: str, pairs: Pairs) -> tuple[Index, Index]:
    """Return first and second units of the pairs that are asked for, the better one first.

    Raises
    ------
    SettingError
        If units are not ranked together, or there is no pair.
    UnknownNameError
        If there is no such unit.
    """
    if isinstance(pairs, str):
        if pairs not in _KINDS:
            raise SettingError(
                f"pairs are 'neighbours', 'leader' or a list of two units each: "
                f"{near_miss(pairs, _KINDS)}"
            )
        own = [members for *_, members in ranking_groups(result, node) if len(members) > 1]
        if not own:
            raise SettingError(f"no two units are ranked together at '{node}'")
        if pairs == "neighbours":
            ahead, behind = [m[:-1] for m in own], [m[1:] for m in own]
        else:
            ahead, behind = [np.repeat(m[:1], len(m) - 1) for m in own], [m[1:] for m in own]
        return np.concatenate(ahead), np.concatenate(behind)
    return _named(result, node, pairs)


def _named(result: IndexResult, node: str, pairs: Iterable[tuple[str, str]]) -> tuple[Index, Index]:
    group = np.full(len(result.units), -1)
    position = np.zeros(len(result.units), dtype=np.intp)
    for number, (*_, members) in enumerate(ranking_groups(result, node)):
        group[members] = number
        position[members] = np.arange(len(members))
    found = []
    if not isinstance(pairs, Iterable):
        raise SettingError(f"pairs are 'neighbours', 'leader' or a list of pairs, not {pairs!r}")
    for pair in pairs:
        if isinstance(pair, str) or not isinstance(pair, Iterable) or len(tuple(pair)) != 2:
            raise SettingError(f"a pair is two units, such as ('A', 'B'), not {pair!r}")
        a, b = (result.units.locate(unit) for unit in pair)
        for unit in (a, b):
            if group[unit] < 0:
                raise SettingError(f"'{result.units.codes[unit]}' has no rank at '{node}'")
        if a == b or group[a] != group[b]:
            first, second = result.units.codes[a], result.units.codes[b]
            why = "are one unit" if a == b else "are not ranked together"
            raise SettingError(f"'{first}' and '{second}' {why}: they cannot change ranks")
        found.append((a, b) if position[a] < position[b] else (b, a))
    if not found:
        raise SettingError("give at least one pair of units")
    both = np.array(found, dtype=np.intp)
    return both[:, 0], both[:, 1]


def _steps(ranks: Float, members: Index) -> Iterator[tuple[Index, Index]]:
    """Yield pairs of units on following ranks, in handy portions; tied units stay together.

    Parameters
    ----------
    ranks : array, shape (units,)
    members : array of int
        Units in the order of publication.
    """
    starts = np.flatnonzero(np.diff(ranks[members], prepend=-1.0) > 0)
    groups = np.split(members, starts[1:])
    ahead: list[Any] = []
    behind: list[Any] = []
    held = 0
    for better, worse in pairwise(groups):
        for one in better:
            ahead.append(np.full(len(worse), one))
            behind.append(worse)
            held += len(worse)
            if held >= _AT_ONCE:
                yield np.concatenate(ahead), np.concatenate(behind)
                ahead, behind, held = [], [], 0
    if held:
        yield np.concatenate(ahead), np.concatenate(behind)


def _level_ranks(result: IndexResult, node: str) -> Float:
    """Return ranks that units share where they are level, whatever breaks the tie."""
    ranks = np.array(result.ranks_at(node))
    keys = result.level_keys(node)
    for *_, members in ranking_groups(result, node):
        apart = np.diff(keys[members], prepend=keys[members[:1]] - 1) != 0
        first = np.maximum.accumulate(np.where(apart, np.arange(len(members)), 0))
        ranks[members] = ranks[members[first]]
    return ranks


def kept_pairs(result: IndexResult, node: str, keep: Keep) -> list[tuple[Any, Any, Any]]:
    """Return league, period and portions of pairs whose order is to stay."""
    known = [own for own in ranking_groups(result, node) if len(own[2]) > 1]
    ranks = _level_ranks(result, node)
    if among(keep, ("ranking",)):
        found = [(league, period, list(_steps(ranks, m))) for league, period, m in known]
    elif among(keep, ("first",)):
        found = []
        for league, period, members in known:
            best = ranks[members] == ranks[members[0]]
            others = members[~best]
            leaders = members[best]
            pairs = [(np.full(len(others), one), others) for one in leaders if len(others)]
            found.append((league, period, pairs))
    elif isinstance(keep, str):
        raise SettingError(f"keep is 'first', 'ranking' or a pair of units, not '{keep}'")
    else:
        pair = pairs_of(result, node, [keep])
        own = next(c for c in known if pair[0][0] in c[2])
        found = [(own[0], own[1], [pair])]
    if not any(portions for *_, portions in found):
        raise SettingError(f"no two units with different ranks are ranked together at '{node}'")
    return found

"""Pairs to compare: neighbours, leaders and named pairs of units ranked together."""

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
    "chosen_units",
    "kept_pairs",
    "pairs_of",
    "ranking_groups",
]

Keep = Literal["first", "ranking"] | tuple[str, str]
Pairs = Literal["neighbours", "leader"] | Iterable[tuple[str, str]]
_KINDS = ("neighbours", "leader")
_AT_ONCE = 2**14


def checked_result(result: Any) -> IndexResult:
    """Return a result, checked; the error says how to get one."""
    if isinstance(result, IndexResult):
        return result
    raise SettingError(
        f"give the result of an index, method.compute(data), not {type(result).__name__}"
    )


def ranking_groups(result: IndexResult, node: str) -> list[tuple[str | None, str | None, Index]]:
    """Return the ranking groups, each with its units in the order of publication.

    Returns
    -------
    list of (league, period, units)
        Only groups with ranked units.
    """
    ranks = result.ranks_at(node)
    order = np.array(result.publication_order(node), dtype=np.intp)
    order = order[~np.isnan(ranks[order])]
    group = np.full(len(ranks), -1)
    groups = result.units.ranking_groups()
    for number, (*_, members) in enumerate(groups):
        group[members] = number
    split = [order[group[order] == number] for number in range(len(groups))]
    return [
        (league, period, ranked)
        for (league, period, _), ranked in zip(groups, split, strict=True)
        if len(ranked)
    ]


def chosen_units(result: IndexResult, node: str, units: Iterable[str] = ()) -> Index:
    """Return chosen units in the order of publication; by default all ranked ones.

    Raises
    ------
    SettingError
        If a unit has no rank.
    UnknownNameError
        If there is no such unit.
    """
    groups = [members for *_, members in ranking_groups(result, node)]
    order = np.concatenate([np.zeros(0, dtype=np.intp), *groups])
    if not isinstance(units, Iterable):
        raise SettingError(f"units are a list of codes or names, not {units!r}")
    named = [result.units.locate(unit) for unit in ((units,) if isinstance(units, str) else units)]
    unranked = [result.units.codes[unit] for unit in named if unit not in order]
    if unranked:
        raise SettingError(f"{listing(unranked)} has no rank at '{node}'")
    return order[np.isin(order, named)] if named else order


def pairs_of(result: IndexResult, node: str, pairs: Pairs) -> tuple[Index, Index]:
    """Return first and second units of pairs, the better one first.

    Raises
    ------
    SettingError
        If units are not ranked together, or without any pair.
    UnknownNameError
        If there is no such unit.
    """
    if isinstance(pairs, str):
        if pairs not in _KINDS:
            raise SettingError(
                f"pairs are 'neighbours', 'leader' or a list of two units each: "
                f"{near_miss(pairs, _KINDS)}"
            )
        groups = [members for *_, members in ranking_groups(result, node) if len(members) > 1]
        if not groups:
            raise SettingError(f"no two units are ranked together at '{node}'")
        if pairs == "neighbours":
            ahead, behind = [m[:-1] for m in groups], [m[1:] for m in groups]
        else:
            ahead, behind = [np.repeat(m[:1], len(m) - 1) for m in groups], [m[1:] for m in groups]
        return np.concatenate(ahead), np.concatenate(behind)
    return _named(result, node, pairs)


def _named(result: IndexResult, node: str, pairs: Iterable[tuple[str, str]]) -> tuple[Index, Index]:
    group = np.full(len(result.units), -1)
    position = np.zeros(len(result.units), dtype=np.intp)
    for number, (*_, members) in enumerate(ranking_groups(result, node)):
        group[members] = number
        position[members] = np.arange(len(members))
    rows = []
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
        rows.append((a, b) if position[a] < position[b] else (b, a))
    if not rows:
        raise SettingError("give at least one pair of units")
    columns = np.array(rows, dtype=np.intp)
    return columns[:, 0], columns[:, 1]


def _steps(ranks: Float, members: Index) -> Iterator[tuple[Index, Index]]:
    """Yield pairs of units on consecutive ranks, in portions; each unit with all tied ones.

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
    count = 0
    for better, worse in pairwise(groups):
        for one in better:
            ahead.append(np.full(len(worse), one))
            behind.append(worse)
            count += len(worse)
            if count >= _AT_ONCE:
                yield np.concatenate(ahead), np.concatenate(behind)
                ahead, behind, count = [], [], 0
    if count:
        yield np.concatenate(ahead), np.concatenate(behind)


def _level_ranks(result: IndexResult, node: str) -> Float:
    """Return ranks that level units share, without tie-breaks."""
    ranks = np.array(result.ranks_at(node))
    keys = result._level_keys(node)
    for *_, members in ranking_groups(result, node):
        apart = np.diff(keys[members], prepend=keys[members[:1]] - 1) != 0
        first = np.maximum.accumulate(np.where(apart, np.arange(len(members)), 0))
        ranks[members] = ranks[members[first]]
    return ranks


def kept_pairs(result: IndexResult, node: str, keep: Keep) -> list[tuple[Any, Any, Any]]:
    """Return league, period and portions of pairs whose order must stay."""
    groups = [group for group in ranking_groups(result, node) if len(group[2]) > 1]
    ranks = _level_ranks(result, node)
    if among(keep, ("ranking",)):
        kept = [(league, period, list(_steps(ranks, m))) for league, period, m in groups]
    elif among(keep, ("first",)):
        kept = []
        for league, period, members in groups:
            best = ranks[members] == ranks[members[0]]
            others = members[~best]
            leaders = members[best]
            pairs = [(np.full(len(others), one), others) for one in leaders if len(others)]
            kept.append((league, period, pairs))
    elif isinstance(keep, str):
        raise SettingError(f"keep is 'first', 'ranking' or a pair of units, not '{keep}'")
    else:
        pair = pairs_of(result, node, [keep])
        group = next(c for c in groups if pair[0][0] in c[2])
        kept = [(group[0], group[1], [pair])]
    if not any(portions for *_, portions in kept):
        raise SettingError(f"no two units with different ranks are ranked together at '{node}'")
    return kept

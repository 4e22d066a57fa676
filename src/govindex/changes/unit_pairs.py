"""Units of two editions: which are the same, and which merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import attrs
import numpy as np

from govindex.changes.matching import Item, Unmatched, matched, unmatched
from govindex.changes.mergers import Merger, merging_weights
from govindex.checks import among, shown
from govindex.contracts import Float, Index
from govindex.errors import (
    DataError,
    GovIndexError,
    Problem,
    Problems,
    SettingError,
    UnknownNameError,
    listing,
)
from govindex.model.labels import as_names
from govindex.model.observations import Observations
from govindex.model.units import Units
from govindex.names import distinct

__all__ = ["UnitPairs", "declared_pairs", "unit_pairs"]

_HEADING = "The units of the two results cannot be matched"


@attrs.frozen(eq=False, slots=False)
class UnitPairs:
    """Units that both results have.

    Parameters
    ----------
    before, after : Units
    rows : array, shape (pairs,)
        Of each unit after, in the order of the later result.
    old : tuple of tuple of int
        Its rows before: several if units merged.
    weights : tuple of array
        What each of them counts in the merged unit.
    merger : Merger or None
    declared : bool
        Whether pairs were given.
    unmatched : tuple of Unmatched
    """

    before: Units
    after: Units
    rows: Index
    old: tuple[tuple[int, ...], ...]
    weights: tuple[Float, ...]
    merger: Merger | None
    declared: bool
    unmatched: tuple[Unmatched, ...]

    @property
    def codes(self) -> list[str]:
        """The code of each unit after."""
        return [self.after.codes[row] for row in self.rows]

    @cached_property
    def first(self) -> Index:
        """The first row before of each unit."""
        return np.array([rows[0] for rows in self.old], dtype=np.intp)

    @cached_property
    def merged(self) -> Index:
        """The pairs with several units before."""
        several = [pair for pair, rows in enumerate(self.old) if len(rows) > 1]
        return np.array(several, dtype=np.intp)

    def of_before(self, values: Float, *, how: str | None = None) -> Float:
        """Return values before in the rows of the pairs, merged as declared (or `how` says)."""
        paired = values[self.first].astype(np.float64)
        for pair in self.merged:
            some = values[list(self.old[pair])]
            weight = self.weights[pair]
            total = float(np.sort(some * weight).sum())
            way = how or (self.merger.how if self.merger else "mean")
            paired[pair] = total if way == "sum" else total / float(np.sort(weight).sum())
        return paired

    def only_single(self, values: Float) -> Float:
        """Return values before, NaN where units merged: ranks are not merged."""
        paired = values[self.first].astype(np.float64)
        paired[self.merged] = np.nan
        return paired


def unit_pairs(
    before: Units, after: Units, given: Any, data: Observations | None, language: str | None
) -> UnitPairs:
    """Return the units that are in both results, and those that are not.

    `data` are those of the earlier result, which may hold the weights of merged units.
    """
    merger = given if isinstance(given, Merger) else None
    by, mapping = _way(merger.units if merger else given, "units", "units")
    declared = declared_pairs(mapping, before.locate, after.locate, _HEADING)
    problems = Problems()
    problems.extend(_mergers_problems(before, after, declared, merger))
    problems.extend(_successor_problems(before, after, declared))
    problems.raise_any(DataError, _HEADING)
    old, new = _items(before, language), _items(after, language)
    pairs = matched(old, new, declared, by)
    groups: dict[int, list[int]] = {}
    for row, other in pairs.items():
        groups.setdefault(other, []).append(row)
    rows = sorted(groups)
    members = tuple(tuple(sorted(groups[row])) for row in rows)
    left = unmatched("unit", old, new, pairs)
    if not rows:
        raise DataError(_nothing_in_common(left))
    if merger is None:
        weights = tuple(np.ones(1) for _ in members)
    else:
        weights = _merged_weights(merger, before, members, data)
    return UnitPairs(
        before,
        after,
        np.array(rows, dtype=np.intp),
        members,
        weights,
        merger,
        bool(mapping) or by != "both",
        tuple(left),
    )


def _merged_weights(
    merger: Merger, units: Units, members: tuple[tuple[int, ...], ...], data: Observations | None
) -> tuple[Float, ...]:
    several = [rows for rows in members if len(rows) > 1]
    weights = iter(merging_weights(merger, units, several, data))
    return tuple(next(weights) if len(rows) > 1 else np.ones(1) for rows in members)


def _items(units: Units, language: str | None) -> list[Item]:
    labels = units.body_labels(language)
    names = units.names or (None,) * len(units)
    rows = zip(units.codes, names, labels, strict=True)
    return [Item.of(code, as_names(name), label) for code, name, label in rows]


def _way(given: Any, argument: str, noun: str) -> tuple[str, Mapping[str, str | None]]:
    """Return what has to agree, and what is declared."""
    if given is None:
        return "both", {}
    if among(given, ("code", "name")):
        return str(given), {}
    if not isinstance(given, Mapping):
        merger = ", a Merger(…)" if noun == "units" else ""
        raise SettingError(
            f"{argument} is a mapping of old {noun} to new {noun}{merger}, 'code' or 'name', "
            f"not {shown(given)}"
        )
    return "both", given


def declared_pairs(
    mapping: Mapping[str, Any],
    locate_before: Callable[[str], int],
    locate_after: Callable[[str], int],
    heading: str,
) -> dict[int, int | None]:
    """Return rows of the declared pairs; refuse what does not exist, and one old for two new."""
    problems = Problems()
    pairs: dict[int, int | None] = {}
    named: dict[int, str] = {}
    for old, new in distinct(mapping, "the old name"):
        if not (new is None or isinstance(new, str)):
            several = isinstance(new, (list, tuple, set, frozenset))
            problems.add(
                f"'{old}' became several, {listing(new)}: what it scored cannot be divided; say "
                "None (no successor), or name the one that carries it on"
                if several
                else f"'{old}' became {shown(new)}: give a code or a name, or None"
            )
            continue
        row = _located(old, locate_before, "before", problems)
        other = None if new is None else _located(new, locate_after, "after", problems)
        if row is None or (other is None and new is not None):
            continue
        if row in pairs:
            problems.add(f"'{named[row]}' and '{old}' are the same before: give it once")
        pairs[row], named[row] = other, old
    unknown = bool(len(problems)) and all(p.code == "name.unknown" for p in problems)
    problems.raise_any(UnknownNameError if unknown else DataError, heading)
    return pairs


def _located(
    name: Any, locate: Callable[[str], int], edition: str, problems: Problems
) -> int | None:
    try:
        return locate(name)
    except GovIndexError as error:
        problems.add(Problem(f"{edition}: {error}", code="name.unknown"))
        return None


def _mergers_problems(
    before: Units, after: Units, declared: Mapping[int, int | None], merger: Merger | None
) -> Problems:
    problems = Problems()
    groups: dict[int, list[str]] = {}
    for row, other in declared.items():
        if other is not None:
            groups.setdefault(other, []).append(before.codes[row])
    for other, codes in groups.items():
        if len(codes) > 1 and merger is None:
            problems.add(
                f"{listing(codes)} became '{after.codes[other]}', but not how their scores become "
                "one: give units=Merger({…}, how='mean') or how='sum'"
            )
    return problems


def _successor_problems(
    before: Units, after: Units, declared: Mapping[int, int | None]
) -> Problems:
    """Refuse a unit that takes the code of another one, of which nothing is declared."""
    problems = Problems()
    rows = {code: row for row, code in enumerate(before.codes)}
    for row, other in declared.items():
        code = None if other is None else after.codes[other]
        holder = None if code is None else rows.get(code)
        if holder is None or holder == row or holder in declared:
            continue
        old = before.codes[row]
        problems.add(
            f"'{old}' became '{code}', which is a unit before too: if they merged, declare both in "
            f"units=Merger({{'{old}': '{code}', '{code}': '{code}', …}}, how=…); if '{code}' "
            f"has no successor, declare '{code}': None"
        )
    return problems


def _nothing_in_common(left: list[Unmatched]) -> str:
    old = [item.code for item in left if item.edition == "before"]
    new = [item.code for item in left if item.edition == "after"]
    renamed = [item for item in left if item.kind in ("other_name", "other_code")]
    cure = "units={'old': 'new', …} says which are the same"
    if renamed:
        same = "code" if renamed[0].kind == "other_name" else "name"
        cure += f", units='{same}' that those of one {same} are"
    return (
        f"no unit is in both results; only before: {listing(old, shown=5)}; only after: "
        f"{listing(new, shown=5)}. {cure}"
    )

"""Whether two names mean the same, and what in one edition has no counterpart in the other."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence

import attrs

from govindex.model.labels import Names
from govindex.names import composed

__all__ = ["Item", "Unmatched", "agree", "matched", "unmatched"]

_COMPARED = 20_000  # pairs of names: looking for similar ones takes time


@attrs.frozen
class Item:
    """A unit or a node of one edition: its code, its names and the name that is shown."""

    code: str
    names: frozenset[str]
    label: str

    @classmethod
    def of(cls, code: str, names: Names, label: str) -> Item:
        """Return an item; without a name it is known by its code only."""
        return cls(code, frozenset(map(_plain, names.values())), label)

    @property
    def known_as(self) -> frozenset[str]:
        """Its names, or its code if it has none."""
        return self.names or frozenset({_plain(self.code)})


@attrs.frozen
class Unmatched:
    """A unit or a node without a counterpart, with the reason and what it may have become.

    Kinds are "came", "went", "other_name", "other_code", "taken", "other_maximum",
    "other_direction".
    """

    what: str
    edition: str
    code: str
    name: str
    kind: str
    near: str = ""


def _plain(name: str) -> str:
    return " ".join(composed(name).casefold().split())


def agree(one: Item, other: Item) -> bool:
    """Return whether names do not contradict: they share one, or one side has none.

    Case and blanks do not matter.
    """
    return not one.names or not other.names or bool(one.names & other.names)


def matched(
    before: Sequence[Item], after: Sequence[Item], declared: Mapping[int, int | None], by: str
) -> dict[int, int]:
    """Return the row after of each row before that has one.

    Parameters
    ----------
    before, after : sequence of Item
    declared : mapping of row to row or None
        What is given; it is neither checked nor changed.
    by : {"both", "code", "name"}
        What has to agree for the others.
    """
    pairs = {old: new for old, new in declared.items() if new is not None}
    taken = set(pairs.values())
    free = [row for row in range(len(after)) if row not in taken]
    rows = [row for row in range(len(before)) if row not in declared]
    if by == "name":
        return pairs | _by_name(before, after, rows, free)
    codes = {after[row].code: row for row in free}
    for old in rows:
        new = codes.get(before[old].code)
        if new is not None and (by == "code" or agree(before[old], after[new])):
            pairs[old] = new
    return pairs


def _by_name(
    before: Sequence[Item], after: Sequence[Item], rows: Iterable[int], free: Iterable[int]
) -> dict[int, int]:
    """Return the pairs of rows whose names agree with no other row's names."""
    old, new = _named(before, rows), _named(after, free)
    found: dict[int, set[int]] = {}
    for name, named in old.items():
        for row in named:
            found.setdefault(row, set()).update(new.get(name, ()))
    back: dict[int, set[int]] = {}
    for row, others in found.items():
        for other in others:
            back.setdefault(other, set()).add(row)
    return {
        row: next(iter(others))
        for row, others in found.items()
        if len(others) == 1 and len(back[next(iter(others))]) == 1
    }


def _named(items: Sequence[Item], rows: Iterable[int]) -> dict[str, list[int]]:
    named: dict[str, list[int]] = {}
    for row in rows:
        for name in items[row].known_as:
            named.setdefault(name, []).append(row)
    return named


def unmatched(
    what: str, before: Sequence[Item], after: Sequence[Item], pairs: Mapping[int, int]
) -> list[Unmatched]:
    """Return the rows of either side that no pair has, with reasons and near misses."""
    taken = set(pairs.values())
    left = [item for row, item in enumerate(before) if row not in pairs]
    right = [item for row, item in enumerate(after) if row not in taken]
    return [
        *_without(what, "before", left, right, {item.code for item in after}),
        *_without(what, "after", right, left, {item.code for item in before}),
    ]


def _without(
    what: str, edition: str, items: list[Item], others: list[Item], codes: set[str]
) -> list[Unmatched]:
    by_code = {item.code: item for item in others}
    by_name = {name: item for item in others for name in item.names}
    search = len(items) * len(others) <= _COMPARED
    labels = [item.label for item in others] if search else []
    rows = []
    for item in items:
        same = next((by_name[name] for name in sorted(item.names) if name in by_name), None)
        if item.code in by_code:
            kind, near = "other_name", by_code[item.code].label
        elif same is not None:
            kind, near = "other_code", same.code
        else:
            kind = "went" if edition == "before" else "came"
            kind = "taken" if item.code in codes else kind
            near = next(iter(difflib.get_close_matches(item.label, labels, n=1)), "")
        rows.append(Unmatched(what, edition, item.code, item.label, kind, near))
    return rows

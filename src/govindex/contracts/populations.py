"""The units as parts see them, and the populations that are scored together."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal, Protocol, get_args, runtime_checkable

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts.arrays import Bool, Float, Index
from govindex.errors import SettingError, near_miss

__all__ = [
    "OVER",
    "Everyone",
    "LocatedPeers",
    "NamedPeers",
    "Over",
    "Peers",
    "check_over",
    "reference_groups",
]

Over = Literal["all", "league", "ranked", "period", "league_period"]
OVER: tuple[Over, ...] = get_args(Over)


class Peers(Protocol):
    """The units as parts see them: which are ranked, their groups and their parents."""

    def __len__(self) -> int:
        """Return the number of units."""

    @property
    def ranked_mask(self) -> Bool:
        """True for the units that are ranked, shape (units,)."""

    @property
    def parent_index(self) -> Index:
        """The row of each unit's parent, -1 without one, shape (units,)."""

    @property
    def times(self) -> Index | None:
        """The number of each row's period in a panel, neighbours 1 apart; None without periods."""

    def group(self, by: str) -> Index:
        """Return a group number for each unit, shape (units,).

        `by` is "league", "type", an attribute, "period", "league_period" or "unit": the rows of a
        panel that belong to one unit share a number.
        """


class NamedPeers(Peers, Protocol):
    """Peers whose groups have names."""

    def column(self, by: str) -> tuple[Hashable, ...] | None:
        """Return the name of each unit's group, None if there are no such groups."""


@runtime_checkable
class LocatedPeers(Peers, Protocol):
    """Peers that can be found by name."""

    def locate_all(self, unit: str) -> list[int]:
        """Return the rows of a unit, found by code or name; several in a panel."""


@attrs.frozen
class Everyone:
    """Peers without leagues or parents: what a rule sees when called by hand."""

    count: int

    def __len__(self) -> int:
        return self.count

    @property
    def ranked_mask(self) -> Bool:
        """Every unit is ranked."""
        return np.ones(self.count, dtype=bool)

    @property
    def parent_index(self) -> Index:
        """No unit has a parent."""
        return np.full(self.count, -1, dtype=np.intp)

    @property
    def times(self) -> Index | None:
        """There are no periods."""
        return None

    def group(self, by: str) -> Index:
        """Everyone is in one group."""
        return np.zeros(self.count, dtype=np.intp)

    def column(self, by: str) -> tuple[Hashable, ...] | None:
        """Return no names: the one group has none."""
        return None


def check_over(over: object) -> None:
    """Raise if there is no such reference population."""
    if not among(over, OVER):
        raise SettingError(f"there is no reference population '{over}': {near_miss(over, OVER)}")


def reference_groups(over: str, values: Float, peers: Peers) -> list[tuple[Index | slice, Bool]]:
    """Split the units into populations that are scored together.

    In a panel "all", "league" and "ranked" pool the periods; "period" and "league_period" are
    populations of one period each.

    Returns
    -------
    list of (members, reference)
        `members` picks the units on the last axis, `reference` marks those of them whose values
        count for the population's statistics.
    """
    count = values.shape[-1]
    check_over(over)
    if over == "all":
        return [(slice(None), np.ones(count, dtype=bool))]
    if over == "ranked":
        return [(slice(None), peers.ranked_mask)]
    groups = peers.group(over)
    numbers = np.unique(groups)
    members = [np.flatnonzero(groups == number) for number in numbers]
    return [(chosen, np.ones(len(chosen), dtype=bool)) for chosen in members]

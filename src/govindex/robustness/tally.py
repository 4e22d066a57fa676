"""What is kept of many draws: counts that add up, whoever counted and in whatever order."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.contracts import Index

__all__ = ["Counting", "Tally"]

Counts = npt.NDArray[np.integer[Any]]
Places = npt.NDArray[np.integer[Any]]


@attrs.define(eq=False)
class Tally:
    """Whole numbers counted over draws; tallies of different draws add up.

    Parameters
    ----------
    draws, failed : int
        Draws with places, and draws that could not be scored.
    counts : array, shape (units, places) or None
        How often each unit had each place: none in the first column, then place 1 …; in halves
        where ties are averaged.
    sums : array, shape (units,)
        Of the doubled places.
    shifts : array, shape (units,)
        Of the distances from the nominal place, doubled.
    shift_squares : int
        Of the squared distances summed over units, draw by draw.
    ties : int
        Of ``t³ − t`` over the groups of units that share a place, over draws.
    wins : array, shape (pairs,)
        How often the first of a pair stood before the second.
    """

    draws: int
    failed: int
    counts: Counts | None
    sums: Counts
    shifts: Counts
    shift_squares: int
    ties: int
    wins: Counts

    def add(self, other: Tally) -> None:
        """Add what was counted over other draws."""
        self.draws += other.draws
        self.failed += other.failed
        if self.counts is not None and other.counts is not None:
            self.counts += other.counts
        self.sums += other.sums
        self.shifts += other.shifts
        self.shift_squares += other.shift_squares
        self.ties += other.ties
        self.wins += other.wins


@attrs.frozen(eq=False)
class Counting:
    """What is counted of draws.

    Parameters
    ----------
    nominal : array of int, shape (units,)
        The doubled places without variation, 0 for units without one.
    contests : tuple of array
        The ranked units that are ranked together.
    pairs : (array, array)
        The units that are compared.
    halves : bool
        Whether ties are averaged.
    full : bool
        Whether every place of every unit is counted.
    """

    nominal: Places
    contests: tuple[Index, ...]
    pairs: tuple[Index, Index]
    halves: bool
    full: bool

    def __call__(self, places: Places, failed: npt.NDArray[np.bool_]) -> Tally:
        """Count the doubled places of draws, of shape (draws, units)."""
        places = places[~failed] if failed.any() else places
        nominal = self.nominal.astype(places.dtype)
        apart = np.abs(places - nominal)
        if not (places.all() and nominal.all()):
            apart[(places == 0) | (nominal == 0)] = 0
        first, second = self.pairs
        ahead = (places[:, first] < places[:, second]) & (places[:, first] > 0)
        whole = apart.sum(axis=1, dtype=np.int64)
        return Tally(
            draws=len(places),
            failed=int(failed.sum()),
            counts=self.counts(places) if self.full else None,
            sums=places.sum(axis=0, dtype=np.int64),
            shifts=apart.sum(axis=0, dtype=np.int64),
            shift_squares=int((whole * whole).sum()),
            ties=sum(self._tied(places[:, members]) for members in self.contests),
            wins=ahead.sum(axis=0, dtype=np.int64),
        )

    def counts(self, places: Places) -> Counts:
        """Return how often each unit had each place."""
        units = places.shape[1]
        width = (2 if self.halves else 1) * units + 1
        flat = (places if self.halves else places >> 1) + np.arange(0, units * width, width)
        found = np.bincount(flat.reshape(-1), minlength=units * width)
        return found.reshape(units, width).astype(np.int32)

    def _tied(self, places: Places) -> int:
        """Return the sum of ``t³ − t`` over groups of units that share a place."""
        count = places.shape[1]
        if not self.halves:
            # Without ties places add up to 1 + 2 + … + n, and any tie but an average changes that.
            shared = places.sum(axis=1, dtype=np.int64) != count * (count + 1)
            places = places[shared]
        ordered = np.sort(places, axis=1)
        alike = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] > 0)
        if not alike.any():
            return 0
        starts = np.concatenate([np.ones((len(ordered), 1), dtype=bool), ~alike], axis=1)
        sizes = np.diff(np.flatnonzero(starts.reshape(-1)), append=starts.size).astype(np.int64)
        return int((sizes**3 - sizes).sum())

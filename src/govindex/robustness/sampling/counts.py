"""What is kept of many draws: counts that add up, whoever counted and in whatever order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.contracts import Float, Index

__all__ = ["Counting", "DrawCounts", "quantiles"]

Counts = npt.NDArray[np.integer[Any]]
Ranks = npt.NDArray[np.integer[Any]]

_COUNTED = 2**17
_SORTED = 128
_COMPARED = 2**22
_SLACK = 1e-9


@attrs.define(eq=False)
class DrawCounts:
    """Whole numbers counted over draws; tallies of different draws add up.

    Parameters
    ----------
    draws, failed : int
        Draws with ranks, and draws that could not be scored.
    counts : array, shape (units, ranks) or None
        How often each unit had each rank: none in the first column, then rank 1 …; in halves
        where ties are averaged.
    sums : array, shape (units,)
        Of the doubled ranks.
    shifts : array, shape (units,)
        Of the distances from the nominal rank, doubled.
    shift_squares : int
        Of the squared distances summed over units, draw by draw.
    ties : int
        Of ``t³ − t`` over the groups of units that share a rank, over draws.
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

    def add(self, other: DrawCounts) -> None:
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


def _squares(numbers: Counts) -> int:
    """Return the sum of squares, however large."""
    if len(numbers) * float(numbers.max(initial=0)) ** 2 < 2.0**62:
        return int((numbers * numbers).sum())
    return sum(number * number for number in numbers.tolist())


def _of(ranks: Ranks, members: Index) -> Ranks:
    return ranks if len(members) == ranks.shape[1] else np.take(ranks, members, axis=1)


@attrs.frozen(eq=False)
class Counting:
    """What is counted of draws.

    Parameters
    ----------
    nominal : array of int, shape (units,)
        The doubled ranks without variation, 0 for units without one.
    ranking_groups : tuple of array
        The ranked units that are ranked together.
    pairs : (array, array)
        The units that are compared.
    halves : bool
        Whether ties are averaged.
    full : bool
        Whether every rank of every unit is counted.
    """

    nominal: Ranks
    ranking_groups: tuple[Index, ...]
    pairs: tuple[Index, Index]
    halves: bool
    full: bool

    def __call__(
        self, ranks: Ranks, failed: npt.NDArray[np.bool_], before: DrawCounts | None = None
    ) -> DrawCounts:
        """Count doubled ranks of draws, shape (draws, units), on top of what was before."""
        ranks = ranks[~failed] if failed.any() else ranks
        nominal = self.nominal.astype(ranks.dtype)
        apart = np.abs(ranks - nominal)
        if not (ranks.all() and nominal.all()):
            apart[(ranks == 0) | (nominal == 0)] = 0
        first, second = (np.take(ranks, pair, axis=1) for pair in self.pairs)
        ahead = (first < second) & (first > 0)
        whole = apart.sum(axis=1, dtype=np.int64)
        tally = DrawCounts(
            draws=len(ranks),
            failed=int(failed.sum()),
            counts=None,
            sums=ranks.sum(axis=0, dtype=np.int64),
            shifts=apart.sum(axis=0, dtype=np.int64),
            shift_squares=_squares(whole),
            ties=sum(self._tied(_of(ranks, members)) for members in self.ranking_groups),
            wins=ahead.sum(axis=0, dtype=np.int64),
        )
        if before is not None:
            tally.add(before)
            tally.counts = before.counts
        if self.full:
            tally.counts = self.counts(ranks, tally.counts)
        return tally

    def counts(self, ranks: Ranks, before: Counts | None = None) -> Counts:
        """Return how often each unit had each rank, added to what was before."""
        units = ranks.shape[1]
        width = (2 if self.halves else 1) * units + 1
        found = np.zeros((units, width), dtype=np.int32) if before is None else before
        # What is counted at a time stays where it is counted.
        at_once = max(_COUNTED // width, 1)
        for first in range(0, units, at_once):
            own = ranks[:, first : first + at_once]
            flat = (own if self.halves else own >> 1) + width * np.arange(own.shape[1])
            counted = np.bincount(flat.reshape(-1), minlength=own.shape[1] * width)
            found[first : first + at_once] += counted.reshape(-1, width).astype(np.int32)
        return found

    def quantiles(self, counts: Counts, draws: int, levels: Sequence[float]) -> Float:
        """Return ranks that units reach in at least these shares of draws, (levels, units)."""
        reached = np.cumsum(counts, axis=1, dtype=np.int64)
        found = [
            (reached >= max(np.ceil(level * draws - _SLACK), 1)).argmax(axis=1) for level in levels
        ]
        return np.array(found) / (2.0 if self.halves else 1.0)

    def shares(self, counts: Counts, draws: int) -> tuple[Float, npt.NDArray[Any]]:
        """Return the share of draws in which each unit had each rank, and these ranks."""
        shares = counts[:, 1:] / max(draws, 1)
        ranks: npt.NDArray[Any] = np.arange(1, shares.shape[1] + 1)
        if not self.halves:
            return shares, ranks
        used = (shares.any(axis=0) | (ranks % 2 == 0)) & (ranks >= 2)
        return shares[:, used], ranks[used] / 2.0

    def ahead(self, ranks: Ranks) -> Float:
        """Return the share of draws in which each unit stands before each, (units, units).

        NaN for units that are not ranked together.
        """
        units = ranks.shape[1]
        wins = np.zeros((units, units), dtype=np.int64)
        at_once = max(_COMPARED // units**2, 1)
        for first in range(0, len(ranks), at_once):
            own = ranks[first : first + at_once]
            before = (own[:, :, None] < own[:, None, :]) & (own[:, :, None] > 0)
            wins += before.sum(axis=0)
        together = np.zeros((units, units), dtype=bool)
        for members in self.ranking_groups:
            together[np.ix_(members, members)] = True
        return np.where(together, wins / len(ranks), np.nan)

    def _tied(self, ranks: Ranks) -> int:
        """Return the sum of ``t³ − t`` over groups of units that share a rank."""
        count = ranks.shape[1]
        if not self.halves and ranks.all():
            # Without ties ranks add up to 1 + 2 + … + n, and any tie but an average changes that.
            shared = ranks.sum(axis=1, dtype=np.int64) != count * (count + 1)
            ranks = ranks[shared]
        ordered = np.sort(ranks, axis=1)
        alike = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] > 0)
        if not alike.any():
            return 0
        starts = np.concatenate([np.ones((len(ordered), 1), dtype=bool), ~alike], axis=1)
        sizes = np.diff(np.flatnonzero(starts.reshape(-1)), append=starts.size).astype(np.int64)
        return int((sizes**3 - sizes).sum())


def quantiles(ranks: Ranks, levels: Sequence[float]) -> Float:
    """Return ranks that units reach in at least these shares of draws, (levels, units).

    Of doubled ranks, shape (draws, units).
    """
    rows = [max(int(np.ceil(level * len(ranks) - _SLACK)), 1) - 1 for level in levels]
    found = np.empty((len(rows), ranks.shape[1]))
    for first in range(0, ranks.shape[1], _SORTED):
        own = np.ascontiguousarray(ranks[:, first : first + _SORTED].T)
        own.sort(axis=1)  # small whole numbers are sorted faster than partitioned
        found[:, first : first + _SORTED] = own[:, rows].T / 2.0
    return found

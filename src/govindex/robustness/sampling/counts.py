"""Counts over many draws, which add up in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from govindex.contracts import Float, Index

__all__ = ["Counting", "DrawCounts", "interpolated", "quantiles"]

Counts = npt.NDArray[np.integer[Any]]
Ranks = npt.NDArray[np.integer[Any]]

_COUNTED = 2**17
_SORTED = 128
_COMPARED = 2**22
_SLACK = 1e-9


@attrs.define(eq=False)
class DrawCounts:
    """Whole numbers counted over draws; the counts of different draws add up.

    Parameters
    ----------
    draws, failed : int
        Draws with ranks, and draws that could not be scored.
    counts : array, shape (units, ranks) or None
        How often each unit had each rank: no rank in the first column, then rank 1 …; in halves
        if ties are averaged.
    sums : array, shape (units,)
        Of the doubled ranks.
    shifts : array, shape (units,)
        Of the distances from the nominal rank, doubled.
    shift_squares : int
        Of the squared distances summed over units, draw by draw.
    ties : int
        Of ``t³ − t`` over the groups of units that share a rank, over draws.
    wins : array, shape (pairs,)
        How often the first of a pair was ahead of the second.
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
        """Add the counts of other draws."""
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
    """The rules of counting draws.

    Parameters
    ----------
    nominal : array of int, shape (units,)
        The doubled ranks without variation, 0 for unranked units.
    ranking_groups : tuple of array
        The ranked units of each group.
    pairs : (array, array)
        The units to compare.
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
        """Count the doubled ranks of draws, shape (draws, units), and add earlier counts."""
        ranks = ranks[~failed] if failed.any() else ranks
        nominal = self.nominal.astype(ranks.dtype)
        distances = np.abs(ranks - nominal)
        if not (ranks.all() and nominal.all()):
            distances[(ranks == 0) | (nominal == 0)] = 0
        first, second = (np.take(ranks, pair, axis=1) for pair in self.pairs)
        ahead = (first < second) & (first > 0)
        whole = distances.sum(axis=1, dtype=np.int64)
        tally = DrawCounts(
            draws=len(ranks),
            failed=int(failed.sum()),
            counts=None,
            sums=ranks.sum(axis=0, dtype=np.int64),
            shifts=distances.sum(axis=0, dtype=np.int64),
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
        """Return how often each unit had each rank, added to earlier counts."""
        units = ranks.shape[1]
        width = (2 if self.halves else 1) * units + 1
        totals = np.zeros((units, width), dtype=np.int32) if before is None else before
        # Few units at a time, so that their counts stay in the processor's cache.
        at_once = max(_COUNTED // width, 1)
        for first in range(0, units, at_once):
            some = ranks[:, first : first + at_once]
            flat = (some if self.halves else some >> 1) + width * np.arange(some.shape[1])
            added = np.bincount(flat.reshape(-1), minlength=some.shape[1] * width)
            totals[first : first + at_once] += added.reshape(-1, width).astype(np.int32)
        return totals

    def quantiles(self, counts: Counts, draws: int, levels: Sequence[float]) -> Float:
        """Return ranks that units reach in at least these shares of draws, (levels, units)."""
        needed = [max(int(np.ceil(level * draws - _SLACK)), 1) for level in levels]
        return self._at(counts, needed)

    def interpolated(self, counts: Counts, draws: int, levels: Sequence[float]) -> Float:
        """Return quantiles of ranks of type 7, (levels, units)."""
        below, above, parts = _neighbours(draws, levels)
        low, high = self._at(counts, below + 1), self._at(counts, above + 1)
        return low + parts[:, None] * (high - low)

    def _at(self, counts: Counts, needed: Sequence[int] | Index) -> Float:
        """Return the rank of the first, second … draw from the best rank on, (needed, units)."""
        reached = np.cumsum(counts, axis=1, dtype=np.int64)
        ranks = [(reached >= number).argmax(axis=1) for number in needed]
        return np.array(ranks) / (2.0 if self.halves else 1.0)

    def shares(self, counts: Counts, draws: int) -> tuple[Float, npt.NDArray[Any]]:
        """Return the share of draws in which each unit had each rank, and these ranks."""
        shares = counts[:, 1:] / max(draws, 1)
        ranks: npt.NDArray[Any] = np.arange(1, shares.shape[1] + 1)
        if not self.halves:
            return shares, ranks
        used = (shares.any(axis=0) | (ranks % 2 == 0)) & (ranks >= 2)
        return shares[:, used], ranks[used] / 2.0

    def ahead(self, ranks: Ranks) -> Float:
        """Return the share of draws in which a unit is ahead of another, (units, units).

        NaN for units that are not ranked together.
        """
        units = ranks.shape[1]
        wins = np.zeros((units, units), dtype=np.int64)
        at_once = max(_COMPARED // units**2, 1)
        for first in range(0, len(ranks), at_once):
            some = ranks[first : first + at_once]
            before = (some[:, :, None] < some[:, None, :]) & (some[:, :, None] > 0)
            wins += before.sum(axis=0)
        together = np.zeros((units, units), dtype=bool)
        for members in self.ranking_groups:
            together[np.ix_(members, members)] = True
        return np.where(together, wins / len(ranks), np.nan)

    def _tied(self, ranks: Ranks) -> int:
        """Return the sum of ``t³ − t`` over groups of units that share a rank."""
        count = ranks.shape[1]
        if not self.halves and ranks.all():
            # Without ties ranks sum to 1 + 2 + … + n; a tie changes the sum unless it is averaged.
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
    return _sorted_rows(ranks, rows)


def interpolated(ranks: Ranks, levels: Sequence[float]) -> Float:
    """Return quantiles of type 7 of doubled ranks, shape (draws, units), as (levels, units)."""
    below, above, parts = _neighbours(len(ranks), levels)
    rows = _sorted_rows(ranks, [*below.tolist(), *above.tolist()])
    low, high = rows[: len(below)], rows[len(below) :]
    return np.asarray(low + parts[:, None] * (high - low))


def _neighbours(draws: int, levels: Sequence[float]) -> tuple[Index, Index, Float]:
    """Return the rows about ``(n − 1)·level`` from 0, and how far it is from the first of them."""
    at = (draws - 1) * np.asarray(levels, dtype=np.float64)
    whole = np.round(at)
    at = np.where(np.abs(at - whole) <= _SLACK, whole, at)  # (n − 1)·level may miss it by a bit
    below = np.floor(at).astype(np.intp)
    return below, np.minimum(below + 1, draws - 1), at - below


def _sorted_rows(ranks: Ranks, rows: Sequence[int]) -> Float:
    """Return the ranks of each unit in rising order, at some rows, (rows, units)."""
    reached = np.empty((len(rows), ranks.shape[1]))
    for first in range(0, ranks.shape[1], _SORTED):
        some = np.ascontiguousarray(ranks[:, first : first + _SORTED].T)
        some.sort(axis=1)  # small whole numbers are sorted faster than partitioned
        reached[:, first : first + _SORTED] = some[:, rows].T / 2.0
    return reached

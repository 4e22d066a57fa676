"""Ranks and classes: what a column states against the order of the scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Index
from govindex.kernels.keys import printed_key, ranks_of
from govindex.ranking import Bands
from govindex.ranking.bands import bands_by_start
from govindex.reconciliation.intervals import printed_interval
from govindex.reconciliation.printed_tables import PrintedTable, StatedColumn, exact_of
from govindex.reconciliation.tried_rules import TableCheck, TriedRule
from govindex.rounding import Rounding

__all__ = ["RankedScore", "class_check", "out_of_order", "rank_check"]

_TIES = ("competition", "dense", "average", "max", "ordinal")
_SHARED = ("competition", "dense", "average", "max")
_CLOSED: tuple[Literal["lower"], Literal["upper"]] = ("lower", "upper")
_DECIMALS = 9
_SEVERAL, _MOST_UNITS = 3, 3_000


@attrs.frozen(eq=False)
class RankedScore:
    """Numbers that units may have been ranked by.

    Parameters
    ----------
    base : str
        See :class:`TriedRule`.
    values : array, shape (rows,)
    decimals : int, optional
        Those they were rounded to, if they are fewer than printed.
    """

    base: str
    values: Float
    decimals: int | None = None


def scores_of(column: StatedColumn, more: Sequence[RankedScore]) -> list[RankedScore]:
    """Return the numbers that a printed score may stand for: as printed, others, and coarser."""
    coarser = [
        RankedScore("rounded", Rounding(places)(column.values), places)
        for places in range(column.decimals - 1, -1, -1)
    ]
    return [RankedScore("printed", column.values), *more, *coarser]


def rank_check(
    table: PrintedTable,
    column: StatedColumn,
    of: StatedColumn,
    more: Sequence[RankedScore],
    *,
    partial: bool,
) -> TableCheck:
    """Return the check of a column of ranks.

    Parameters
    ----------
    more : sequence of RankedScore
        What else units may have been ranked by.
    partial : bool
        Whether other units are ranked with those of the table.
    """
    ranks = column.values
    known = ~np.isnan(ranks) & ~np.isnan(of.values)
    groups = _groups(table.groups, known)
    sign = _direction(ranks, of.values, groups, partial=partial)
    scores = scores_of(of, more)
    rules = list(_partial_rules(ranks, scores, groups, sign)) if partial else []
    if not partial:
        rules = list(_whole_rules(ranks, scores, groups, sign))
    check = TableCheck(
        f"{column.name} ← {of.name}",
        column.name,
        "rank",
        (of.name,),
        tuple(None if v != v else v for v in ranks.tolist()),
        (None,) * len(ranks),
        np.full(len(ranks), np.nan),
        np.zeros(len(ranks), dtype=bool),
        np.zeros(len(ranks), dtype=bool),
        known,
        tuple(rules),
    )
    best = check.best[0]
    computed: tuple[float | None, ...] = check.computed
    if not partial:
        values = {(score.base, score.decimals): score.values for score in scores}
        made_of = values.get((best.base, best.decimals), of.values)
        expected = _expected(made_of, groups, sign, best.ties or "competition")
        computed = tuple(None if v != v else v for v in expected.tolist())
    return attrs.evolve(check, agrees=best.explains & known, computed=computed)


def _groups(labels: Sequence[tuple[str, ...]], known: Bool) -> list[Index]:
    rows: dict[tuple[str, ...], list[int]] = {}
    for row in np.flatnonzero(known).tolist():
        rows.setdefault(labels[row], []).append(row)
    return [np.array(members, dtype=np.intp) for members in rows.values()]


def _direction(ranks: Float, values: Float, groups: Sequence[Index], *, partial: bool) -> float:
    """Return 1 if the highest score is the first, −1 if the lowest explains more of the ranks."""
    fits = []
    for sign in (1.0, -1.0):
        if partial:
            kept = [in_order(ranks[rows], sign * values[rows], may_differ=True) for rows in groups]
        else:
            kept = [_fits(ranks[rows], sign * values[rows], "competition") for rows in groups]
        fits.append(sum(int(found.sum()) for found in kept))
    return -1.0 if fits[1] > fits[0] else 1.0


def _keys(values: Float) -> Any:
    return printed_key(Rounding(_DECIMALS)(values), _DECIMALS)


def _expected(values: Float, groups: Sequence[Index], sign: float, ties: str) -> Float:
    expected = np.full(len(values), np.nan)
    for rows in groups:
        expected[rows] = ranks_of(_keys(sign * values[rows]), ties)
    return expected


def _whole_rules(
    ranks: Float, scores: Sequence[RankedScore], groups: Sequence[Index], sign: float
) -> Iterator[TriedRule]:
    for score in scores:
        for ties in _TIES:
            explains = np.zeros(len(ranks), dtype=bool)
            for rows in groups:
                found = score.values[rows]
                ranked = ~np.isnan(found)
                explains[rows[ranked]] = _fits(ranks[rows[ranked]], sign * found[ranked], ties)
            yield TriedRule(score.base, explains, score.decimals, ties=ties)
        if score.base == "printed":
            yield from _full_rules(ranks, score.values, groups, sign)


def _fits(ranks: Float, values: Float, ties: str) -> Bool:
    """Return which ranks the scores give; ordinal ranks may have any order among equal scores."""
    if ties != "ordinal":
        return np.asarray(np.abs(ranks - ranks_of(_keys(values), ties)) < 1e-9)
    fits = np.zeros(len(ranks), dtype=bool)
    for rows, first in _tied(values):
        fits[rows] = _are_distinct(ranks[rows], first)
    return fits


def _tied(values: Float) -> Iterator[tuple[Index, int]]:
    """Yield the rows of every score, best first, with the first rank that they can have."""
    ranks = ranks_of(_keys(values), "competition")
    order = np.argsort(ranks, kind="stable")
    starts = np.flatnonzero(np.diff(ranks[order], prepend=0.0))
    for rows in np.split(order, starts[1:]) if len(order) else ():
        yield rows, int(ranks[rows[0]])


def _are_distinct(ranks: Float, first: int) -> Bool:
    allowed = (ranks >= first) & (ranks < first + len(ranks)) & (ranks % 1.0 == 0.0)
    values, counts = np.unique(ranks, return_counts=True)
    once = dict(zip(values.tolist(), counts.tolist(), strict=True))
    return np.asarray(allowed & np.array([once[rank] == 1 for rank in ranks.tolist()]))


def _full_rules(
    ranks: Float, values: Float, groups: Sequence[Index], sign: float
) -> Iterator[TriedRule]:
    """Yield the rules that rank scores in full: what prints the same may differ.

    Ranks of equal printed scores must be those of some full scores.
    """
    for ties in _SHARED:
        explains = np.zeros(len(ranks), dtype=bool)
        for rows in groups:
            above = 0
            for tied, first in _tied(sign * values[rows]):
                found = ranks[rows[tied]]
                offset = above if ties == "dense" else first - 1
                fits, used = _some_ranking(found - offset, ties)
                explains[rows[tied]] = fits
                above += used
        yield TriedRule("full", explains, ties=ties)


def _some_ranking(ranks: Float, ties: str) -> tuple[Bool, int]:
    """Return which ranks fit some ranking of so many units, and how many ranks are used."""
    values, counts = np.unique(ranks, return_counts=True)
    good, above, number = {}, 0, 0
    for rank, count in zip(values.tolist(), counts.tolist(), strict=True):
        number += 1
        expected = {
            "competition": above + 1.0,
            "dense": float(number),
            "average": above + (count + 1) / 2.0,
            "max": float(above + count),
        }[ties]
        good[rank] = rank == expected
        above += count
    # A rank that fits only because another is wrong is no evidence: all of them fit, or those in
    # the range of the group.
    if all(good.values()):
        return np.ones(len(ranks), dtype=bool), number
    return np.array([good[rank] for rank in ranks.tolist()]), number


def _partial_rules(
    ranks: Float, scores: Sequence[RankedScore], groups: Sequence[Index], sign: float
) -> Iterator[TriedRule]:
    """Yield rules for a table without all units: the order alone can be checked."""
    for score in scores:
        for base, may_differ in ((score.base, False), ("full", True)):
            if may_differ and score.base != "printed":
                continue
            explains = np.zeros(len(ranks), dtype=bool)
            for rows in groups:
                found = score.values[rows]
                ranked = rows[~np.isnan(found)]
                kept = in_order(ranks[ranked], sign * score.values[ranked], may_differ=may_differ)
                explains[ranked] = kept
            yield TriedRule(base, explains, score.decimals)


def in_order(ranks: Float, values: Float, *, may_differ: bool, may_share: bool = False) -> Bool:
    """Return the most rows whose ranks are in the order of their scores, best first.

    Parameters
    ----------
    may_differ : bool
        Whether equal scores may have different ranks.
    may_share : bool
        Whether different scores may share a rank.

    Examples
    --------
    >>> in_order(np.array([1.0, 5.0, 2.0, 3.0]), np.array([9.0, 8.0, 7.0, 6.0]), may_differ=False)
    array([ True, False,  True,  True])
    """
    order = np.lexsort((ranks, -values))
    rank, value = ranks[order], values[order]
    length, before = np.ones(len(rank), dtype=np.intp), np.full(len(rank), -1)
    for row in range(1, len(rank)):
        same = value[:row] == value[row]
        below = rank[:row] <= rank[row] if may_share else rank[:row] < rank[row]
        follows = np.where(same, (rank[:row] == rank[row]) | may_differ, below)
        if follows.any():
            longest = np.where(follows, length[:row], 0)
            before[row] = row - 1 - int(longest[::-1].argmax())
            length[row] = longest.max() + 1
    kept = np.zeros(len(rank), dtype=bool)
    row = int(length.argmax()) if len(rank) else -1
    while row >= 0:
        kept[order[row]] = True
        row = int(before[row])
    return kept


def out_of_order(check: TableCheck, of: StatedColumn, table: PrintedTable) -> list[int]:
    """Return the few rows without which ranks are in the order of their scores, else none.

    One wrong score or rank moves the ranks of all units between; it alone is out of order.
    """
    wrong = np.flatnonzero(check.known & ~check.best[0].explains) if check.rules else ()
    ranks = np.array([np.nan if rank is None else rank for rank in check.stated])
    groups = _groups(table.groups, check.known)
    if len(wrong) < _SEVERAL or max(map(len, groups)) > _MOST_UNITS:
        return []
    sign = _direction(ranks, of.values, groups, partial=False)
    outside: list[int] = []
    for rows in groups:
        kept = in_order(ranks[rows], sign * of.values[rows], may_differ=True)
        outside += rows[~kept].tolist()
    return outside if 2 * len(outside) <= len(wrong) else []


def class_check(
    column: str,
    classes: Sequence[str | None],
    of: StatedColumn,
    bands: Bands | None,
    more: Sequence[RankedScore],
) -> TableCheck:
    """Return the check of a column of classes, against their bands or against the order alone."""
    known = ~np.isnan(of.values) & np.array([name is not None for name in classes])
    computed: tuple[str | None, ...] = (None,) * len(classes)
    if bands is None:
        rules = list(_order_rules(classes, of, known))
    else:
        rules, computed = _band_rules(classes, of, bands, more)
    blank = np.zeros(len(classes), dtype=bool)
    check = TableCheck(
        f"{column} ← {of.name}",
        column,
        "class",
        (of.name,),
        tuple(classes),
        computed,
        np.full(len(classes), np.nan),
        blank,
        blank,
        known,
        tuple(rules),
    )
    return attrs.evolve(check, agrees=check.best[0].explains & known)


def _order_rules(
    classes: Sequence[str | None], of: StatedColumn, known: Bool
) -> Iterator[TriedRule]:
    """Yield whether classes follow each other in the order of scores."""
    rows = np.flatnonzero(known)
    values = of.values[rows]
    means: dict[str, list[float]] = {}
    for row, value in zip(rows.tolist(), values.tolist(), strict=True):
        means.setdefault(str(classes[row]), []).append(value)
    middle = {name: float(np.median(found)) for name, found in means.items()}
    ordered = sorted(middle, key=lambda name: -middle[name])
    number = {name: float(i) for i, name in enumerate(ordered)}
    ranks = np.array([number[str(classes[row])] for row in rows.tolist()])
    for base, may_differ in (("printed", False), ("full", True)):
        explains = np.zeros(len(classes), dtype=bool)
        explains[rows] = in_order(ranks, values, may_differ=may_differ, may_share=True)
        yield TriedRule(base, explains)


def _band_rules(
    classes: Sequence[str | None], of: StatedColumn, bands: Bands, more: Sequence[RankedScore]
) -> tuple[list[TriedRule], tuple[str | None, ...]]:
    rules: list[TriedRule] = []
    for closed in _CLOSED if bands.closed == "lower" else _CLOSED[::-1]:
        tried = attrs.evolve(bands, closed=closed)
        for score in scores_of(of, more):
            found = _bands_of(tried, score.values)
            rules.append(TriedRule(score.base, _same(found, classes), score.decimals, ties=closed))
        rules.append(TriedRule("full", _possible(tried, of, classes), ties=closed))
    rules.sort(key=lambda rule: rule.base == "full")
    return rules, tuple(_bands_of(bands, of.values))


def _bands_of(bands: Bands, values: Float) -> list[str | None]:
    size = float(np.nanmax(np.abs(values), initial=1.0))
    return bands_by_start(bands, values, size, Rounding(_DECIMALS))


def _same(found: Sequence[str | None], classes: Sequence[str | None]) -> Bool:
    return np.array([a is not None and a == b for a, b in zip(found, classes, strict=True)])


def _possible(bands: Bands, of: StatedColumn, classes: Sequence[str | None]) -> Bool:
    """Return which classes the unrounded scores may have."""
    starts: Mapping[str, float | None] = {band.name: band.start for band in bands.bands}
    names = bands.names
    possible = []
    for value, name in zip(of.values.tolist(), classes, strict=True):
        if value != value or name is None or name not in starts:
            possible.append(False)
            continue
        numbers = printed_interval(exact_of(value), of.decimals, "half-up")
        start, above = starts[name], names.index(name) - 1
        end = None if above < 0 else starts[names[above]]
        from_start = start is None or numbers.high > exact_of(start)
        before_end = end is None or numbers.low < exact_of(end)
        possible.append(from_start and before_end)
    return np.array(possible, dtype=bool)

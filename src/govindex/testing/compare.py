"""Compare results node by node, and say where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from govindex.contracts import Float, Index
from govindex.ranking import Ranking
from govindex.results import IndexResult
from govindex.testing.subject import Broken

__all__ = ["alike", "expect_equal", "expect_same_order", "ranking_of", "scores_by_unit"]


def scores_by_unit(result: IndexResult, code: str) -> dict[str, float]:
    """Return a node's printed scores by unit."""
    return dict(zip(result.units.codes, result.full_at(code).tolist(), strict=True))


def ranking_of(result: IndexResult, code: str) -> Ranking:
    """Return the ranking in force at a node."""
    return result.node(code).ranking or result.ranking


def alike(one: float, other: float) -> bool:
    """Tell whether two numbers are equal, or neither is one."""
    return one == other or (np.isnan(one) and np.isnan(other))


def expect_equal(
    before: IndexResult,
    after: IndexResult,
    *,
    names: Mapping[str, str] | None = None,
    units: Iterable[str] | None = None,
    codes: Sequence[str] | None = None,
    ranks: bool = True,
    statuses: bool = True,
    tolerance: float = 0.0,
    when: str,
) -> None:
    """Raise if scores, ranks, bands or statuses differ, at `codes` and for `units` or all of them.

    `names` says what units of `before` are called in `after`; scores may be apart by a `tolerance`,
    a part of the node's maximum, or of the score where it is larger.
    """
    compared = list(before.units.codes if units is None else units)
    called = [compared[i] if names is None else names[compared[i]] for i in range(len(compared))]
    here = np.array([before.units.locate(unit) for unit in compared], dtype=np.intp)
    there = np.array([after.units.locate(unit) for unit in called], dtype=np.intp)
    several = any(len({*(one.units.leagues or ())}) > 1 for one in (before, after))
    for code in before.codes if codes is None else codes:
        size = float(before.maxima[before.row_of(code)]) or 1.0
        scores = before.full_at(code)[here]
        slack = tolerance * np.fmax(size, np.abs(scores))  # some lie above their maximum
        rows: list[tuple[str, Float, Float, Float | float]] = [
            ("score", scores, after.full_at(code)[there], slack),
        ]
        if statuses:
            rows.append(("status", _status(before, code)[here], _status(after, code)[there], 0.0))
        if ranks:
            rows.append(("rank", before.ranks_at(code)[here], after.ranks_at(code)[there], 0.0))
        if ranks and several:
            every = (before.ranks_at(code, overall=True), after.ranks_at(code, overall=True))
            rows.append(("overall rank", every[0][here], every[1][there], 0.0))
        for what, old, new, allowed in rows:
            _expect(what, code, compared, old, new, allowed, when)
    if ranks and before.bands_spec is not None and after.bands_spec is not None:
        _expect_bands(before, after, here, there, compared, when)


def _status(result: IndexResult, code: str) -> Float:
    return np.asarray(result.status[result.row_of(code)], dtype=np.float64)


def _expect(
    what: str,
    code: str,
    units: Sequence[str],
    old: Float,
    new: Float,
    slack: Float | float,
    when: str,
) -> None:
    same = (old == new) | (np.isnan(old) & np.isnan(new))
    if np.any(slack):
        same |= np.abs(old - new) <= slack
    if not same.all():
        index = int(np.flatnonzero(~same)[0])
        raise Broken(
            f"{when}, and the {what} of unit '{units[index]}' at '{code}' changes from "
            f"{old[index]:.12g} to {new[index]:.12g}"
        )


def _expect_bands(
    before: IndexResult,
    after: IndexResult,
    here: Index,
    there: Index,
    units: Sequence[str],
    when: str,
) -> None:
    root = before.codes[0]
    old, new = before.band_of(root), after.band_of(after.codes[0])
    for unit, i, j in zip(units, here, there, strict=True):
        if old[i] != new[j]:
            raise Broken(f"{when}, and the band of unit '{unit}' changes from {old[i]} to {new[j]}")


def expect_same_order(
    before: IndexResult, after: IndexResult, units: Iterable[str], code: str, *, when: str
) -> None:
    """Raise if two units of a league (and a period) change their order at a node."""
    old, new = before.ranks_at(code), after.ranks_at(code)
    chosen = [u for u in units if before.units.ranked_mask[before.units.locate(u)]]
    group = before.units.group("league_period")
    for i, one in enumerate(chosen):
        for other in chosen[i + 1 :]:
            a, b = before.units.locate(one), before.units.locate(other)
            c, d = after.units.locate(one), after.units.locate(other)
            was, now = np.sign(old[a] - old[b]), np.sign(new[c] - new[d])
            if group[a] == group[b] and was != now and not np.isnan(was + now):
                raise Broken(
                    f"{when}, and '{one}' and '{other}' change from ranks {old[a]:g} and "
                    f"{old[b]:g} to {new[c]:g} and {new[d]:g} at '{code}'"
                )

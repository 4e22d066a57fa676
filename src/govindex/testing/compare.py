"""Comparison of results node by node, with a message where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from govindex.contracts import Float, Index
from govindex.ranking import Ranking
from govindex.results import IndexResult
from govindex.testing.subject import Broken

__all__ = ["alike", "expect_equal", "expect_same_order", "ranking_of", "scores_by_unit"]


def scores_by_unit(result: IndexResult, code: str) -> dict[str, float]:
    """Return a node's scores by unit."""
    return dict(zip(result.units.codes, result.full_at(code).tolist(), strict=True))


def ranking_of(result: IndexResult, code: str) -> Ranking:
    """Return the ranking in force at a node."""
    return result.node(code).ranking or result.ranking


def alike(one: float, other: float) -> bool:
    """Return whether two numbers are equal or both NaN."""
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

    `names` maps the codes of units in `before` to those in `after`; scores may differ by a
    `tolerance`, a part of the node's maximum, or of the score if that is larger.
    """
    compared = list(before.units.codes if units is None else units)
    renamed = compared if names is None else [names[unit] for unit in compared]
    before_rows = np.array([before.units.locate(unit) for unit in compared], dtype=np.intp)
    after_rows = np.array([after.units.locate(unit) for unit in renamed], dtype=np.intp)
    several = any(len({*(one.units.leagues or ())}) > 1 for one in (before, after))
    for code in before.codes if codes is None else codes:
        size = float(before.maxima[before.row_of(code)]) or 1.0
        scores = before.full_at(code)
        slack = tolerance * np.fmax(size, np.abs(scores))[before_rows]  # bonuses exceed maxima
        columns = [("score", scores, after.full_at(code))]
        if statuses:
            columns.append(("status", _status(before, code), _status(after, code)))
        if ranks:
            columns.append(("rank", before.ranks_at(code), after.ranks_at(code)))
        if ranks and several:
            old, new = (one.ranks_at(code, overall=True) for one in (before, after))
            columns.append(("overall rank", old, new))
        for what, old, new in columns:
            allowed = slack if what == "score" else 0.0
            _expect(what, code, compared, old[before_rows], new[after_rows], allowed, when)
    if ranks and before.bands_spec is not None and after.bands_spec is not None:
        _expect_bands(before, after, before_rows, after_rows, compared, when)


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
    before_rows: Index,
    after_rows: Index,
    units: Sequence[str],
    when: str,
) -> None:
    root = before.codes[0]
    old, new = before.band_of(root), after.band_of(after.codes[0])
    for unit, i, j in zip(units, before_rows, after_rows, strict=True):
        if old[i] != new[j]:
            raise Broken(f"{when}, and the band of unit '{unit}' changes from {old[i]} to {new[j]}")


def expect_same_order(
    before: IndexResult, after: IndexResult, units: Iterable[str], code: str, *, when: str
) -> None:
    """Raise if two units of a ranking group change their order at a node."""
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

"""The summary: sentences as they are announced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from govindex.report.contents import Chapter, Listing, Prose
from govindex.report.materials import League, Material

__all__ = ["league_sentences", "summary"]

_NAMED = 8  # units that share a rank are named up to this number


def summary(material: Material) -> list[Chapter]:
    """Return the chapter that says the main results in sentences."""
    result = material.result
    scored = int((~np.isnan(material.scores)).sum())
    ranked = len(material.ranked(range(len(result.units))))
    opening = material.say(
        "report.assessed",
        count=material.count(len(result.units)),
        title=material.title,
        scored=material.count(scored),
        ranked=material.count(ranked),
    )
    if material.period:
        opening = material.say("report.in_period", period=material.period, sentence=opening)
    opening = opening[:1].upper() + opening[1:]
    sentences = [s for league in material.leagues for s in league_sentences(material, league)]
    return [Chapter(material.say("report.summary"), [Prose(opening), Listing(sentences)])]


def league_sentences(material: Material, league: League) -> Iterator[str]:
    """Yield what is announced of a league: its first and last units, and how its scores lie."""
    rows = material.ranked(league.rows)
    if not len(rows):
        yield _of_league(league, material.say("report.nobody_ranked"))
        return
    announced = _announced(material, rows.tolist())
    if league.name is not None:
        ranked = material.say("report.ranked", count=material.count(len(rows)))
        announced = f"{ranked}; {announced}"
    yield _of_league(league, announced)
    if len(rows) > 1:
        yield _of_league(league, _spread(material, rows.tolist()))
    bands = material.result.band_of(material.root)
    if material.result.bands_spec is not None:
        counted = [
            (name, sum(bands[row] == name for row in league.rows))
            for name in material.result.bands_spec.names
        ]
        texts = [
            material.say("report.in_band", band=name, count=material.count(count))
            for name, count in counted
        ]
        yield _of_league(league, material.say("report.by_band", bands="; ".join(texts)))


def _of_league(league: League, sentence: str) -> str:
    if league.name is None:
        return sentence[:1].upper() + sentence[1:]
    return f"{league.name}: {sentence}"


def _announced(material: Material, rows: Sequence[int]) -> str:
    """Return who is first, second, third and last; ranks are counted 1, 2, 2, 4."""
    ranks = material.result.ranks_at(material.root)
    ahead = {row: int((ranks[list(rows)] < ranks[row]).sum()) + 1 for row in rows}
    last = max(ahead.values())
    clauses = []
    keys = {1: "report.first", 2: "report.second", 3: "report.third"}
    if last > 3:
        keys[last] = "report.last"
    for rank, key in keys.items():
        tied = [row for row in rows if ahead[row] == rank]
        if tied:
            clauses.append(material.say(key, units=_units(material, tied)))
    return f"{'; '.join(clauses)}."


def _units(material: Material, rows: Sequence[int]) -> str:
    points = list(dict.fromkeys(_points(material, row) for row in rows))
    if len(rows) > _NAMED and len(points) == 1:
        count = material.count(len(rows))
        return material.say("report.many_units", count=count, points=points[0])
    if len(rows) > 1 and len(points) == 1:
        names = material.listed([material.names[row] for row in rows])
        return material.say("report.same_points", units=names, points=points[0])
    return material.listed(
        [f"{material.names[row]} ({_points(material, row)})" for row in rows],
    )


def _points(material: Material, row: int) -> str:
    """Return a unit's total: "68,80 points", "63,77 of 96,00 points, 66,43 %"."""
    if not material.ranks_shares:
        return material.say("report.points", score=material.points(row))
    return material.say(
        "report.points_of",
        score=material.points(row),
        maximum=material.number(material.maxima[row], material.decimals(material.root)),
        percent=material.compared_text(material.compared[row]),
    )


def _spread(material: Material, rows: Sequence[int]) -> str:
    figures = material.compared[list(rows)]
    key = "report.spread_of_shares" if material.ranks_shares else "report.spread"
    return material.say(
        key,
        mean=material.compared_text(float(np.mean(np.sort(figures)))),
        highest=material.compared_text(float(figures.max())),
        lowest=material.compared_text(float(figures.min())),
    )

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
    start = "" if league.name is None else f"{league.name}: "
    if not len(rows):
        yield start + material.say("report.nobody_ranked")
        return
    yield start + _announced(material, rows.tolist())
    if len(rows) > 1:
        yield start + _spread(material, rows.tolist())
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
        yield start + material.say("report.by_band", bands="; ".join(texts))


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
    ranked = material.say("report.ranked", count=material.count(len(rows)))
    return f"{ranked}: {'; '.join(clauses)}."


def _units(material: Material, rows: Sequence[int]) -> str:
    points = list(dict.fromkeys(material.points(row) for row in rows))
    if len(rows) > _NAMED and len(points) == 1:
        count = material.count(len(rows))
        return material.say("report.many_units", count=count, score=points[0])
    if len(rows) > 1 and len(points) == 1:
        names = material.listed([material.names[row] for row in rows])
        return material.say("report.same_points", units=names, score=points[0])
    return material.listed(
        [
            material.say("report.with_points", unit=material.names[row], score=material.points(row))
            for row in rows
        ]
    )


def _spread(material: Material, rows: Sequence[int]) -> str:
    scores, decimals = material.scores[list(rows)], material.decimals(material.root)
    return material.say(
        "report.spread",
        mean=material.number(float(np.mean(np.sort(scores))), decimals),
        highest=material.number(float(scores.max()), decimals),
        lowest=material.number(float(scores.min()), decimals),
    )

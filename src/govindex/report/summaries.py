"""The summary: sentences as they are announced."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from govindex.report.contents import Block, Chapter, Listing, Prose
from govindex.report.materials import League, Material

__all__ = ["summary"]


def summary(material: Material) -> list[Chapter]:
    """Return the chapter that says the main results in sentences."""
    result = material.result
    scored = int((~np.isnan(material.scores)).sum())
    opening = material.say(
        "report.assessed",
        count=material.count(len(result.units)),
        title=material.title,
        scored=material.count(scored),
        ranked=material.count(len(material.ranked(range(len(result.units))))),
    )
    if material.period:
        opening = material.say("report.in_period", period=material.period, sentence=opening)
    groups = None if material.published is None else material.published.groups
    sentences = result.announcement_sentences(language=material.language, groups=groups)
    more = [said for league in material.leagues for said in _further(material, league)]
    blocks: list[Block] = [Prose(_capital(opening)), Listing([*sentences, *more])]
    if material.ranks_shares:
        blocks.append(Prose(material.say("report.ranked_by_share"), "note"))
    return [Chapter(material.say("report.summary"), blocks)]


def _further(material: Material, league: League) -> Iterator[str]:
    """Yield how many units of a league each band has."""
    bands = material.result.bands_spec
    if bands is not None:
        found = material.result.band_of(material.root)
        texts = [
            material.say(
                "report.in_band",
                band=name,
                count=material.count(sum(found[row] == name for row in league.rows)),
            )
            for name in bands.names
        ]
        yield _of_league(league, material.say("report.by_band", bands="; ".join(texts)))


def _of_league(league: League, sentence: str) -> str:
    return _capital(sentence) if league.name is None else f"{league.name}: {sentence}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

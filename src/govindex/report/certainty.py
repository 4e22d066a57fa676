"""How certain each rank is, from a sample of ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.report.contents import Block, Chapter, DataTable, Picture, Prose, TableColumn
from govindex.report.materials import NONE, League, Material
from govindex.report.pictures import Interval, intervals
from govindex.report.rankings import added, pictured
from govindex.robustness.sampling.published_samples import PublishedSample
from govindex.robustness.sampling.rank_samples import RankSample

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["certainty"]

Column = tuple[TableColumn, Sequence[str]]


def certainty(material: Material) -> list[Chapter]:
    """Return the chapter on how certain each rank is."""
    published = material.published
    if published is None:
        return []
    sample, say = published.sample, material.say
    level = material.number(100 * published.level, 0)
    blocks: list[Block] = [
        Prose(say("report.draws", draws=material.count(sample.draws), level=level))
    ]
    if published.groups is not None:
        confidence = material.number(100 * published.confidence, 0)
        blocks.append(Prose(say("report.tied_groups", level=confidence)))
    elif published.few_draws:
        blocks.append(Prose(say("report.few_draws", draws=material.count(sample.draws))))
    if sample.failed:
        blocks.append(Prose(say("report.failed_draws", count=material.count(sample.failed))))
    chapters = [Chapter(say("report.certainty"), blocks)]
    codes = list(material.result.units.codes)
    found = _numbers(published.ranks.reindex(codes), ("low", "median", "high"))
    more = _columns_of_errors(material, published, codes)
    shares = _shares(material, sample)
    if shares is not None:
        texts = [material.number(100 * share, 1) or NONE for share in shares]
        more.append((TableColumn(say("report.share_of_draws"), "number", 1.2), texts))
    for league in material.leagues:
        chapters = added(chapters, league, _blocks(material, league, found, more))
    return chapters


def _numbers(table: pd.DataFrame, names: Iterable[str]) -> dict[str, Float]:
    return {
        name: np.array(table[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan))
        for name in names
    }


def _columns_of_errors(
    material: Material, published: PublishedSample, codes: list[str]
) -> list[Column]:
    """Return the intervals of scores and the groups of ranks, where errors of the data vary."""
    columns: list[Column] = []
    decimals = material.decimals(material.root)
    if published.scores is not None:
        ends = _numbers(published.scores.reindex(codes), ("low", "high"))
        texts = [
            _interval(*(material.number(end[row], decimals) for end in ends.values())) or NONE
            for row in range(len(codes))
        ]
        columns.append((TableColumn(material.say("report.score_interval"), "rank", 1.4), texts))
    if published.groups is not None:
        labels = published.groups["rank_group"].reindex(codes).tolist()
        texts = [label if isinstance(label, str) else NONE for label in labels]
        columns.append((TableColumn(material.say("report.rank_group"), "rank", 1.0), texts))
    return columns


def _shares(material: Material, sample: RankSample) -> list[float] | None:
    """Return the share of draws in which each unit has its rank, None if it is not known."""
    try:
        table = sample.acceptability()
    except SettingError:  # ranks of so many units are not counted one by one
        return None
    ranks = material.result.ranks_at(material.root).tolist()
    column = {float(rank): number for number, rank in enumerate(table.columns)}
    shares = table.reindex(list(material.result.units.codes)).to_numpy(dtype=np.float64)
    return [
        np.nan if np.isnan(rank) else float(shares[row, column[rank]]) if rank in column else 0.0
        for row, rank in enumerate(ranks)
    ]


def _blocks(
    material: Material,
    league: League,
    found: Mapping[str, Float],
    more: Sequence[Column],
) -> list[Block]:
    say = material.say
    rows = material.ranked(league.rows).tolist()
    sure = sum(found["low"][row] == found["high"][row] for row in rows)
    sentence = say("report.sure_ranks", count=material.count(sure), of=material.count(len(rows)))
    columns = [
        TableColumn(say("report.rank"), "rank", 0.7),
        TableColumn(say("report.unit"), "text", 3.0),
        TableColumn(say("report.rank_interval"), "rank", 1.2),
        TableColumn(say("report.median_rank"), "rank", 1.0),
    ]
    columns += [column for column, _ in more]
    ranks = material.rank_texts(material.root)
    cells = []
    for row in league.rows:
        low, median, high = (
            material.number(found[name][row]) for name in ("low", "median", "high")
        )
        line = [ranks[row] or NONE, material.names[row]]
        line += [_interval(low, high) or NONE, median or NONE]
        cells.append(line + [texts[row] for _, texts in more])
    caption = say("report.certainty_table", league=league.suffix)
    blocks: list[Block] = [Prose(sentence), DataTable(caption, columns, cells)]
    last = int(max((found["high"][row] for row in rows), default=1))
    drawn = pictured(material, league)
    return blocks + [_picture(material, league, each, found, last) for each in drawn]


def _interval(low: str, high: str) -> str:
    return low if low == high else f"{low}–{high}"


def _picture(
    material: Material,
    league: League,
    rows: list[int],
    found: Mapping[str, Float],
    last: int,
) -> Picture:
    ranks = material.result.ranks_at(material.root)
    drawn = [
        Interval(
            material.names[row],
            float(found["low"][row]),
            float(found["high"][row]),
            float(ranks[row]),
            _interval(*(material.number(found[name][row]) for name in ("low", "high"))),
        )
        for row in rows
    ]
    caption = material.say("report.certainty_picture", league=league.suffix)
    shows = material.say("report.certainty_picture_shows", count=material.count(len(rows)))
    return Picture(caption, shows, intervals(drawn, last, caption))

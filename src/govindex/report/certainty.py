"""How certain each rank is, from a sample of ranks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from govindex.contracts import Float
from govindex.errors import DataError, SettingError
from govindex.report.contents import Block, Chapter, DataTable, Picture, Prose, TableColumn
from govindex.report.materials import NONE, League, Material
from govindex.report.pictures import Interval, intervals
from govindex.report.rankings import added, pictured
from govindex.robustness.sampling.rank_samples import RankSample

__all__ = ["certainty", "check_sample"]

_LEVEL = 0.9


def check_sample(material: Material) -> None:
    """Refuse a sample of ranks of another result.

    Raises
    ------
    DataError
        If methodology, units or scores differ.
    """
    if material.sample is None:
        return
    nominal, result = material.sample.nominal, material.result
    if nominal.provenance.fingerprint != result.provenance.fingerprint:
        raise DataError(
            "robustness= is a sample of another methodology "
            f"({nominal.provenance.methodology}@{nominal.provenance.version}): sample the ranks "
            "of the result that is reported"
        )
    if set(nominal.units.codes) != set(result.units.codes):
        raise DataError("robustness= is a sample of other units than those of the result")
    row = [nominal.units.locate(code) for code in result.units.codes]
    if not np.array_equal(nominal.full_at(material.root)[row], result.full_at(material.root), True):
        raise DataError(
            "robustness= is a sample of other data: its scores without variation are not those "
            "of the result"
        )


def certainty(material: Material) -> list[Chapter]:
    """Return the chapter on how certain each rank is."""
    sample = material.sample
    if sample is None:
        return []
    say = material.say
    opening = say(
        "report.draws",
        draws=material.count(sample.draws),
        level=material.number(100 * _LEVEL, 0),
    )
    blocks: list[Block] = [Prose(opening)]
    if sample.failed:
        blocks.append(Prose(say("report.failed_draws", count=material.count(sample.failed))))
    chapters = [Chapter(say("report.certainty"), blocks)]
    table = sample.intervals(_LEVEL)
    table = table.reindex(list(material.result.units.codes))
    found: dict[str, Float] = {
        name: np.array(table[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan))
        for name in ("low", "median", "high")
    }
    shares = _shares(material, sample)
    for league in material.leagues:
        chapters = added(chapters, league, _blocks(material, league, found, shares))
    return chapters


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
    shares: list[float] | None,
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
    if shares is not None:
        columns.append(TableColumn(say("report.share_of_draws"), "number", 1.2))
    ranks = material.rank_texts(material.root)
    cells = []
    for row in league.rows:
        low, median, high = (
            material.number(found[name][row]) for name in ("low", "median", "high")
        )
        line = [ranks[row] or NONE, material.names[row]]
        line += [_interval(low, high) or NONE, median or NONE]
        if shares is not None:
            line.append(material.number(100 * shares[row], 1) or NONE)
        cells.append(line)
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

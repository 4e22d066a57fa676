"""Strengths and weaknesses of each unit against its league, and where it lost most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from govindex.errors import DataError, SettingError
from govindex.explanation.explanations import indicator_losses
from govindex.report.contents import Block, Chapter, DataTable, Prose, TableColumn
from govindex.report.materials import NONE, League, Material
from govindex.report.rankings import added

__all__ = ["profiles"]

_LOSSES = 3


def profiles(material: Material) -> list[Chapter]:
    """Return the chapter with a line on each unit."""
    losses = _losses(material)
    if losses is None and not material.shown:
        return []
    chapters = [Chapter(material.say("report.profiles"))]
    for league in material.leagues:
        blocks: list[Block] = [_table(material, league, losses)]
        if losses is None:
            blocks.append(Prose(material.say("report.no_losses"), "note"))
        chapters = added(chapters, league, blocks)
    return chapters


def _losses(material: Material) -> list[str] | None:
    """Return the largest losses of each unit, None if there is no maximum to fall short of."""
    found = []
    for unit in material.result.units.codes:
        try:
            lost = indicator_losses(material.result, unit)
        except DataError:  # a unit without a score
            found.append(NONE)
            continue
        except SettingError:
            return None
        printed = [
            (code, material.number(points, material.decimals(material.root)))
            for code, points in list(lost.items())[:_LOSSES]
            if points > 0
        ]
        texts = [
            material.say("report.lost", name=material.label(code), points=points)
            for code, points in printed
            if points.strip("0.,")
        ]
        found.append("; ".join(texts) or NONE)
    return found


def _table(material: Material, league: League, losses: Sequence[str] | None) -> DataTable:
    say = material.say
    columns = [
        TableColumn(say("report.rank"), "rank", 0.7),
        TableColumn(say("report.unit"), "text", 1.8),
    ]
    ranks = material.rank_texts(material.root)
    rows = [[ranks[row] or NONE, material.names[row]] for row in league.rows]
    notes = []
    if material.shown and len(league.rows) > 1:
        columns += [
            TableColumn(say("report.strongest"), "text", 2.2),
            TableColumn(say("report.weakest"), "text", 2.2),
        ]
        for cells, ends in zip(rows, _best_and_worst(material, league), strict=True):
            cells += ends
        notes.append(say("report.strength_is"))
    if losses is not None:
        columns.append(TableColumn(say("report.losses"), "text", 2.8))
        for cells, row in zip(rows, league.rows, strict=True):
            cells.append(losses[row])
        notes.append(say("report.loss_is", count=material.count(_LOSSES)))
    return DataTable(say("report.profile_table", league=league.suffix), columns, rows, notes)


def _best_and_worst(material: Material, league: League) -> list[list[str]]:
    """Return the nodes in which each unit's rank is best and worst, with the ranks.

    Ranks at nodes with fewer ranked units count as much: a node is compared by the part of the
    league that is ahead.
    """
    ahead, counts = {}, {}
    for code in material.shown:
        ranks = material.result.ranks_at(code)[list(league.rows)]
        known = np.sort(ranks[~np.isnan(ranks)])
        counts[code] = material.count(len(known))
        before = np.searchsorted(known, ranks) / max(len(known) - 1, 1)
        ahead[code] = np.where(np.isnan(ranks), np.nan, before)
    lines = []
    for number, row in enumerate(league.rows):
        parts = {code: float(part[number]) for code, part in ahead.items()}
        known_parts = {code: part for code, part in parts.items() if not np.isnan(part)}
        ends = {min(known_parts.values(), default=0.0), max(known_parts.values(), default=0.0)}
        lines.append(
            [
                "; ".join(
                    _at_node(material, code, row, counts[code])
                    for code, part in known_parts.items()
                    if part == end
                )
                for end in sorted(ends)
            ]
            if len(ends) == 2
            else [NONE, NONE]
        )
    return lines


def _at_node(material: Material, code: str, row: int, count: str) -> str:
    rank = material.rank_texts(code)[row]
    key = "report.shared_rank_at" if rank.startswith("=") else "report.rank_at"
    return material.say(key, name=material.label(code), rank=rank.removeprefix("="), count=count)

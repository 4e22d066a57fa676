"""What changed: against an earlier result, and between two stages of assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govindex.changes import change
from govindex.errors import SettingError
from govindex.report.contents import Chapter, DataTable, Listing, Prose, TableColumn
from govindex.report.materials import NONE, League, Material
from govindex.report.periods import period_text
from govindex.report.rankings import added
from govindex.results import IndexResult
from govindex.verification import stage_differences

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["changes", "verification"]

_FIGURES = ("rank_before", "rank", "rank_change", "score_before", "score", "score_change")


def _changes_of(before: IndexResult, after: IndexResult) -> pd.DataFrame:
    """Return the change of every unit: ranks and scores before and now."""
    return change(before, after).units


def changes(material: Material) -> list[Chapter]:
    """Return the chapter on changes since an earlier result."""
    if material.before is None:
        return []
    table = _changes_of(material.before, material.result)
    since = period_text(material.before.provenance.period, material.language)
    title = material.say("report.changes")
    if since and since != material.period:
        title = material.say("report.changes_since", period=since)
    chapters = [Chapter(title)]
    for league in material.leagues:
        blocks = (Listing(_sentences(material, league, table)), _table(material, league, table))
        chapters = added(chapters, league, blocks)
    return chapters


def _sentences(material: Material, league: League, table: pd.DataFrame) -> list[str]:
    codes = [material.result.units.codes[row] for row in league.rows]
    names = dict(zip(codes, (material.names[row] for row in league.rows), strict=True))
    moved = table["rank_change"].astype("Float64").reindex(codes).dropna().astype(float)
    sentences = [
        material.say(
            "report.moved",
            up=material.count(int((moved > 0).sum())),
            down=material.count(int((moved < 0).sum())),
            same=material.count(int((moved == 0).sum())),
        )
    ]
    for key, size in (("report.rose_most", moved.max()), ("report.fell_most", -moved.min())):
        if size > 0:
            most = moved[moved == (size if key == "report.rose_most" else -size)]
            units = material.listed([names[code] for code in most.index])
            sentences.append(material.say(key, units=units, ranks=material.number(float(size))))
    scores = table["score_change"].reindex(codes).dropna()
    if len(scores):
        sentences.append(
            material.say(
                "report.scores_moved",
                up=material.count(int((scores > 0).sum())),
                down=material.count(int((scores < 0).sum())),
                mean=material.signed(float(scores.mean()), material.decimals(material.root)),
            )
        )
    return sentences


def _table(material: Material, league: League, table: pd.DataFrame) -> DataTable:
    decimals = material.decimals(material.root)
    columns = [
        TableColumn(material.say("report.unit"), "text", 3.0),
        TableColumn(material.say("report.rank_before"), "rank", 0.9),
        TableColumn(material.say("report.rank_now"), "rank", 0.9),
        TableColumn(material.say("report.rank_change"), "rank", 0.9),
        TableColumn(material.say("report.score_before"), "number", 0.9),
        TableColumn(material.say("report.score_now"), "number", 0.9),
        TableColumn(material.say("report.score_change"), "number", 0.9),
    ]
    rows = []
    for row in league.rows:
        found = table.loc[material.result.units.codes[row]]
        figures = {name: _float(found[name]) for name in _FIGURES}
        rows.append(
            [
                material.names[row],
                material.number(figures["rank_before"]) or NONE,
                material.number(figures["rank"]) or NONE,
                _signed_rank(material, figures["rank_change"]) or NONE,
                material.number(figures["score_before"], decimals) or NONE,
                material.number(figures["score"], decimals) or NONE,
                material.signed(figures["score_change"], decimals) or NONE,
            ]
        )
    caption = material.say("report.change_table", league=league.suffix)
    return DataTable(caption, columns, rows, [material.say("report.plus_is_better")])


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except TypeError:  # pandas' own absent value
        return float("nan")


def _signed_rank(material: Material, value: float) -> str:
    text = material.number(value)
    return f"+{text}" if value > 0 else text


def verification(material: Material) -> list[Chapter]:
    """Return the chapter on points that were changed between the first and the last stage."""
    data, method = material.data, material.method
    if data is None or method is None or len(data.stages) < 2:
        return []
    before, after = data.stages[0].name, data.stages[-1].name
    try:
        table = stage_differences(method, data, before=before, after=after)
    except SettingError:  # of a methodology whose own code computes scores
        return []
    say = material.say
    chapter = Chapter(
        say("report.verification"),
        [
            Prose(say("report.verified", before=before, after=after)),
            _verified_units(material, table, before, after),
        ],
    )
    different = table[~(table["difference"] == 0)]
    if different.empty:
        return [chapter]
    detail = _verified_cells(material, different, before, after)
    return [chapter, Chapter(say("report.verified_cells"), [detail], level=2)]


def _verified_units(material: Material, table: pd.DataFrame, before: str, after: str) -> DataTable:
    say, decimals = material.say, material.decimals(material.root)
    # Points of indicators add up where they are points; shares of a scale do not.
    adds = material.result.scale == "points"
    headings = ["report.compared", "report.lowered", "report.raised", "report.at_one_stage"]
    columns = [TableColumn(say("report.unit"), "text", 2.6)]
    columns += [TableColumn(say(key), "rank", 0.9) for key in headings]
    if adds:
        columns += [TableColumn(text, "number", 1.0) for text in (before, after)]
        columns.append(TableColumn(say("report.difference"), "number", 1.0))
    groups = dict(list(table.groupby("unit", sort=False)))
    rows = []
    for league in material.leagues:
        for row in league.rows:
            part = groups.get(material.result.units.codes[row])
            if part is None:
                continue
            difference = part["difference"].to_numpy(dtype=np.float64)
            counts = [
                len(part),
                int((difference < 0).sum()),
                int((difference > 0).sum()),
                int(np.isnan(difference).sum()),
            ]
            cells = [material.names[row], *map(material.count, counts)]
            if adds:
                sums = [float(np.nansum(np.sort(part[column]))) for column in ("before", "after")]
                cells += [material.number(value, decimals) for value in sums]
                cells.append(material.signed(sums[1] - sums[0], decimals))
            rows.append(cells)
    return DataTable(say("report.verified_table"), columns, rows)


def _verified_cells(material: Material, table: pd.DataFrame, before: str, after: str) -> DataTable:
    say = material.say
    columns = [
        TableColumn(say("report.unit"), "text", 1.8),
        TableColumn(say("report.indicator"), "text", 2.4),
        TableColumn(before, "number", 0.9),
        TableColumn(after, "number", 0.9),
        TableColumn(say("report.difference"), "number", 0.9),
    ]
    name = dict(zip(material.result.units.codes, material.names, strict=True))
    rows = []
    for unit, node, old, new, difference in zip(
        *(table[c] for c in ("unit", "node", "before", "after", "difference")), strict=True
    ):
        if unit in name:
            decimals = material.decimals(node)
            figures = [material.number(value, decimals) or NONE for value in (old, new)]
            moved = material.signed(difference, decimals) or NONE
            rows.append([name[unit], material.label(node), *figures, moved])
    return DataTable(say("report.verified_cells_table"), columns, rows)

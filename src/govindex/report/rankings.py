"""The ranking of each league, and its scores by dimension."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from govindex.report.contents import Block, Chapter, DataTable, Picture, TableCell, TableColumn
from govindex.report.materials import NONE, League, Material
from govindex.report.pictures import Bar, bars

__all__ = ["added", "dimension_scores", "pictured", "ranking"]

_PICTURED, _ROWS = 200, 36  # units that are drawn at all, and in one picture of a page
_LETTERS, _BESIDE = 70, 8  # of headings beside each other, and their number


def ranking(material: Material) -> list[Chapter]:
    """Return the chapter with the ranking, league by league."""
    chapters = [Chapter(material.say("report.ranking"))]
    for league in material.leagues:
        blocks: list[Block] = [_ranking_table(material, league)]
        blocks += [_picture(material, league, rows) for rows in pictured(material, league)]
        chapters = added(chapters, league, blocks)
    return chapters


def added(chapters: list[Chapter], league: League, blocks: Iterable[Block]) -> list[Chapter]:
    """Return chapters with the blocks of a league, below its own heading if it has a name."""
    if league.name is not None:
        return [*chapters, Chapter(league.name, tuple(blocks), level=2)]
    last = chapters[-1]
    return [*chapters[:-1], Chapter(last.title, (*last.blocks, *blocks), level=last.level)]


def _ranking_table(material: Material, league: League) -> DataTable:
    result, say = material.result, material.say
    of_hundred = material.has_one_maximum and abs(float(result.maxima[0]) - 100.0) < 1e-9
    decimals = material.decimals(material.root)
    ranks = material.rank_texts(material.root)
    columns = [
        TableColumn(say("report.rank"), "rank", 0.6),
        TableColumn(say("report.unit"), "text", 3.0),
    ]
    cells: list[list[TableCell | str]] = [
        [ranks[row] or _no_rank(material, row), material.names[row]] for row in league.rows
    ]

    def add(key: str, kind: str, width: float, texts: Sequence[TableCell | str]) -> None:
        columns.append(TableColumn(say(key), kind, width))  # type: ignore[arg-type]
        for row, text in zip(cells, texts, strict=True):
            row.append(text)

    if result.units.leagues is not None and len(material.leagues) > 1:
        overall = material.rank_texts(material.root, overall=True)
        add("report.overall_rank", "rank", 0.8, [overall[row] or NONE for row in league.rows])
    scores = [material.score_cell(material.root, row) for row in league.rows]
    add("report.score", "number", 0.9, scores)
    if not of_hundred:
        maximum = [material.number(material.maxima[row], decimals) or NONE for row in league.rows]
        percent = [material.number(p, 2) or NONE for p in result.percent[0][list(league.rows)]]
        add("report.maximum", "number", 1.0, maximum)
        add("report.percent", "number", 0.9, percent)
    if result.bands_spec is not None:
        bands = result.band_of(material.root)
        add("report.band", "text", 1.0, [bands[row] or NONE for row in league.rows])
    notes = material.footnotes(scores)
    if _same_print_other_rank(material, league):
        notes.append(say("report.ranked_unrounded"))
    caption = say("report.ranking_table", league=league.suffix)
    return DataTable(caption, columns, cells, notes)


def _no_rank(material: Material, row: int) -> str:
    if np.isnan(material.scores[row]):
        return NONE
    return material.say("report.not_ranked")


def _same_print_other_rank(material: Material, league: League) -> bool:
    ranks = material.rank_texts(material.root)
    printed = (material.compared_text(value) for value in material.compared)
    figures = dict(enumerate(printed))
    pairs = {(figures[int(row)], ranks[row]) for row in material.ranked(league.rows)}
    return len(pairs) > len({score for score, _ in pairs})


def pictured(material: Material, league: League) -> list[list[int]]:
    """Return the ranked units of each picture of a league, as many in each."""
    rows = material.ranked(league.rows).tolist()
    if not 1 < len(rows) <= _PICTURED:
        return []
    pictures = -(-len(rows) // _ROWS)
    size = -(-len(rows) // pictures)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _picture(material: Material, league: League, rows: Sequence[int]) -> Picture:
    scale = 100.0 if material.ranks_shares else float(material.result.maxima[0]) or 1.0
    figures = material.compared
    # Scores below 0 have no bar, and those above the maximum the longest.
    drawn = [
        Bar(
            material.names[row],
            float(figures[row]) / scale,
            material.compared_text(figures[row]),
        )
        for row in rows
    ]
    key = "report.share_picture" if material.ranks_shares else "report.ranking_picture"
    caption = material.say(key, league=league.suffix)
    alternative = material.say(
        "report.ranking_picture_shows",
        count=material.count(len(rows)),
        first=material.names[rows[0]],
        highest=material.compared_text(figures[rows[0]]),
        last=material.names[rows[-1]],
        lowest=material.compared_text(figures[rows[-1]]),
    )
    return Picture(caption, alternative, bars(drawn, caption))


def dimension_scores(material: Material) -> list[Chapter]:
    """Return the chapter with the scores and ranks of the nodes published with the total."""
    if not material.shown:
        return []
    chapters = [Chapter(material.say("report.dimensions"))]
    for league in material.leagues:
        tables = [_scores(material, league, codes) for codes in _beside(material)]
        chapters = added(chapters, league, tables)
    return chapters


def _beside(material: Material) -> list[list[str]]:
    """Return the nodes that fit beside each other in one table."""
    # A heading is broken between words, over four lines at most.
    labels = [material.label(code) for code in material.shown]
    letters = [2 + max(9, *map(len, label.split()), -(-len(label) // 4)) for label in labels]
    tables = max(-(-sum(letters) // _LETTERS), -(-len(labels) // _BESIDE))
    size = -(-len(labels) // tables)
    return [material.shown[start : start + size] for start in range(0, len(labels), size)]


def _scores(material: Material, league: League, codes: Sequence[str]) -> DataTable:
    say = material.say
    columns = [
        TableColumn(say("report.rank"), "rank", 0.6),
        TableColumn(say("report.unit"), "text", 2.2),
        *(TableColumn(_heading(material, code), "number", 1.0) for code in codes),
    ]
    ranks = material.rank_texts(material.root)
    at_node = {code: material.rank_texts(code) for code in codes}
    rows = []
    for row in league.rows:
        cells = []
        for code in codes:
            cell = material.score_cell(code, row)
            rank = at_node[code][row]
            text = f"{cell.text} ({rank})" if rank and len(league.rows) > 1 else cell.text
            cells.append(TableCell(text, cell.marks))
        rows.append([TableCell(ranks[row] or NONE), TableCell(material.names[row]), *cells])
    notes = material.footnotes([cell for cells in rows for cell in cells])
    if len(league.rows) > 1:
        notes = [say("report.ranks_in_brackets"), *notes]
    return DataTable(say("report.dimension_table", league=league.suffix), columns, rows, notes)


def _heading(material: Material, code: str) -> str:
    label = material.label(code)
    maximum = float(material.result.maxima[material.result.row_of(code)])
    if material.result.scale != "points" or not maximum > 0:
        return label
    return material.say("report.of_points", name=label, maximum=material.number(maximum))

"""Sheets that are published: the announcement and the ranking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from govindex.model.tree import Indicator
from govindex.results.announcements import compares_percent, league_percents
from govindex.results.tables import band_titles, without_idle
from govindex.workbooks.results.cells import PrintedCell, PrintedColumn
from govindex.workbooks.results.frame_tables import content_of, frame_columns, frame_rows
from govindex.workbooks.results.marked_cells import kinds_of_marks, leaf_cell, legend, node_cell
from govindex.workbooks.results.pages import PrintedPage
from govindex.workbooks.results.result_contents import Contents

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_announcement", "write_ranking"]

_IN_PERCENT = ("workbook.mean_percent", "workbook.highest_percent", "workbook.lowest_percent")
_DRAWN = 200  # units that are drawn


def write_announcement(contents: Contents) -> None:
    """Write what is announced: sentences, a table by league, and notes on figures."""
    result, page = contents.result, contents.page("announcement")
    table = result.announce(language=contents.language)
    scores = _spread(contents)
    frame = table.join(scores).reset_index() if table.index.is_unique else _side(table, scores)
    if len(result.units.groups("league")) < 2 and frame["league"].isna().all():
        frame = frame.drop(columns="league")
    columns = [
        attrs.evolve(column, narrowest=16.0 if column.kind == "text" else 9.0)
        for column in frame_columns(contents, frame, widest=30.0)
    ]
    if compares_percent(result):  # the last columns
        titles = [contents.word(key) for key in _IN_PERCENT]
        columns[-len(titles) :] = [
            attrs.evolve(column, title=title)
            for column, title in zip(columns[-len(titles) :], titles, strict=True)
        ]
    for number, column in enumerate(columns):
        texts = [content_of(value) for value in frame.iloc[:, number]]
        page.widen(number, column.width(texts, contents.book.decimals))
    groups = contents.groups
    for text in result.announcement_sentences(language=contents.language, groups=groups):
        page.paragraph(text, len(columns))
    page.row += 1
    page.table(columns, frame_rows(frame))
    notes = result.footnotes_in(contents.language)
    if notes:
        sheet = contents.word("workbook.sheet.marks")
        page.line(contents.word("workbook.marked", sheet=sheet), bold=True)
        for note in notes:
            page.paragraph(note, len(columns))


def _spread(contents: Contents) -> pd.DataFrame:
    """Return mean, highest and lowest of every league, in percent where maxima differ."""
    result = contents.result
    scores = result.league_scores()
    if compares_percent(result):
        return league_percents(result).set_index(scores.index)
    return scores[["mean", "highest", "lowest"]]


def _side(table: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([table.reset_index(), scores.reset_index(drop=True)], axis=1)


def write_ranking(contents: Contents) -> None:
    """Write the ranking, league by league, with bands and the nodes that are published."""
    result, page = contents.result, contents.page("ranking")
    root, language = result.codes[0], contents.language
    codes = [code for code in result.display if code in result.codes]
    order = result.publication_order(root)
    marked = not result.marks.empty
    frame = result.table(columns=[], language=language, status=marked, groups=contents.groups)
    frame = without_idle(frame, result).reset_index()
    notes = frame.pop("status") if marked else None
    if frame["unit"].equals(frame["name"]):
        frame = frame.drop(columns="unit")
    ahead = [name for name in ("rank", "rank_group") if name in frame]
    frame = frame[[*ahead, *(name for name in frame if name not in ahead)]]
    columns = frame_columns(contents, frame)
    rows = frame_rows(frame)
    at = list(frame).index("score")
    bands = [result.band_of(code) for code in band_titles(result, codes, language)]
    for row, unit in zip(rows, order, strict=True):
        score = float(result.printed[0, unit])
        total = node_cell(score, int(result.status[0, unit]), language)
        row[at] = attrs.evolve(total, bold=True)
        row += [found[unit] or "" for found in bands]
        row += [_score(contents, code, unit) for code in codes]
    columns += _node_columns(contents, codes)
    if notes is not None:
        columns.append(PrintedColumn(contents.heading("status"), widest=44.0))
        rows = [[*row, note] for row, note in zip(rows, notes, strict=True)]
        leaves = [code for code in codes if isinstance(result.node(code), Indicator)]
        kinds = kinds_of_marks(result, leaves) if leaves else []
        if kinds:
            page.line(legend(kinds, language), italic=True)
    frozen, groups = list(frame).index("name") + 1, _groups(frame)
    first = page.row + 1
    page.table(columns, rows, groups=groups, frozen=frozen)
    scored = len(frame) - int(frame["score"].isna().sum())
    if scored > 1 and len(frame) <= _DRAWN:
        starts = [0, *groups, len(frame)]
        _write_charts(contents, page, frame, [first + start for start in starts])


def _node_columns(contents: Contents, codes: Sequence[str]) -> Iterator[PrintedColumn]:
    """Yield the columns of the bands of nodes, then those of their scores."""
    result, language = contents.result, contents.language
    for title in band_titles(result, codes, language).values():
        yield PrintedColumn(title)
    for code in codes:
        maximum = result.score_text(float(result.maxima[result.row_of(code)]), language)
        title = f"{contents.node_title(code)}\n({maximum})"
        yield PrintedColumn(title, "score", narrowest=11.0)


def _write_charts(
    contents: Contents, page: PrintedPage, frame: pd.DataFrame, starts: list[int]
) -> None:
    """Write a chart of the scores of each league, which follows the cells of the ranking."""
    in_percent = compares_percent(contents.result)
    names, scores = (
        list(frame).index("name"),
        list(frame).index("percent" if in_percent else "score"),
    )
    charts = contents.page("charts")
    source = page.sheet.get_name()
    for begin, end in pairwise(starts):
        row = frame.iloc[begin - starts[0]]
        parts = [row[name] for name in ("period", "league") if name in frame and row[name]]
        title = " – ".join(map(str, parts)) or contents.subject
        if in_percent:
            title = f"{title} (%)"
        chart = contents.book.bar_chart(
            title,
            [source, begin, names, end - 1, names],
            [source, begin, scores, end - 1, scores],
        )
        charts.chart(chart, end - begin)


def _score(contents: Contents, code: str, unit: int) -> PrintedCell:
    result = contents.result
    row = result.row_of(code)
    score, status = float(result.printed[row, unit]), int(result.status[row, unit])
    if isinstance(result.node(code), Indicator):
        treated = bool(result.treated[row, unit])
        return leaf_cell(score, status, treated, contents.language)
    return node_cell(score, status, contents.language)


def _groups(frame: pd.DataFrame) -> Sequence[int]:
    """Return the rows that begin another league or period."""
    names = [name for name in ("period", "league") if name in frame]
    if not names:
        return ()
    keys = list(frame[names].astype(object).itertuples(index=False, name=None))
    return [i for i, key in enumerate(keys) if i and key != keys[i - 1]]

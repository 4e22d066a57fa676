"""The sheet on how certain scores and ranks are, from a sample of ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.language import number_text
from govindex.results.tables import without_idle
from govindex.workbooks.results.cells import Kind, PrintedColumn
from govindex.workbooks.results.frame_tables import frame_columns, frame_rows
from govindex.workbooks.results.result_contents import Contents

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_certainty"]

_KINDS: dict[str, Kind] = {
    "score_low": "score",
    "score_high": "score",
    "rank_low": "rank",
    "rank_median": "rank",
    "rank_high": "rank",
}


def write_certainty(contents: Contents) -> None:
    """Write each unit's score and rank with their intervals, and the group of its rank."""
    published = contents.published
    assert published is not None
    page = contents.page("certainty")
    frame = contents.result.table(columns=[], language=contents.language, groups=published.groups)
    frame = without_idle(frame, contents.result)
    kept = ("rank", "rank_group", "name", "period", "league", "score")
    about = [name for name in kept if name in frame]
    more = _intervals(contents).reindex(frame.index)
    shown = frame[about].join(more)
    columns = frame_columns(contents, frame[about])
    columns += [
        PrintedColumn(contents.word(f"workbook.certainty.{name}"), _KINDS[str(name)])
        for name in more
    ]
    for text in _notes(contents):
        page.paragraph(text, len(columns))
    page.row += 1
    page.table(columns, frame_rows(shown), frozen=about.index("name") + 1)


def _intervals(contents: Contents) -> pd.DataFrame:
    import pandas as pd

    published = contents.published
    assert published is not None
    ranks, scores = published.ranks, published.scores
    columns = {}
    if scores is not None:
        columns = {"score_low": scores["low"], "score_high": scores["high"]}
    ends = {f"rank_{name}": ranks[name] for name in ("low", "median", "high")}
    return pd.DataFrame({**columns, **ends})


def _notes(contents: Contents) -> list[str]:
    """Return how many draws there were, what intervals hold, and how groups were found."""
    published, language = contents.published, contents.language
    assert published is not None
    draws = number_text(published.sample.draws, language)
    level = number_text(100 * published.level, language)
    notes = [contents.word("report.draws", draws=draws, level=level)]
    if published.groups is not None:
        confidence = number_text(100 * published.confidence, language)
        notes.append(contents.word("report.tied_groups", level=confidence))
    elif published.few_draws:
        notes.append(contents.word("report.few_draws", draws=draws))
    if published.sample.failed:
        failed = number_text(published.sample.failed, language)
        notes.append(contents.word("report.failed_draws", count=failed))
    return notes

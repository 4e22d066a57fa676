"""What a notebook shows of a change: units, what is not compared, rules and the split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from govindex.changes.summaries import (
    decimals_of,
    is_percent,
    notes,
    rule_lines,
    split_frame,
    unmatched_lines,
)
from govindex.display import ShownCell, ShownColumn, ShownPage, Table
from govindex.display.frames import frame_table
from govindex.language import words

__all__ = ["change_page"]

_LINES = 12


def change_page(change: Any, language: str | None = None) -> ShownPage:
    """Return the whole of a change, in the order of its text."""
    before, after = change.title
    title = words("change.title", language, before=before, after=after)
    blocks: list[str | Table] = [*notes(change, language), _units(change, language)]
    blocks += _lines("change.only_one", unmatched_lines(change, language), language)
    blocks += _lines("change.rules", rule_lines(change, language), language)
    if change.split is not None:
        blocks.append(_split(change, language))
    return ShownPage(title, tuple(blocks))


def _units(change: Any, language: str | None) -> Table:
    frame, places = change.units, decimals_of(change.after)
    names = ["name", "rank_before", "rank", "rank_change", "score_before", "score", "score_change"]
    if not is_percent(change):
        names += ["percent_before", "percent", "percent_change"]
    if frame["score_change"].isna().all():
        names.remove("score_change")
    titles = {name: words(f"change.column.{name}", language) for name in names}
    decimals = {name: places for name in names if "score" in name}
    decimals |= {name: 2 for name in names if "percent" in name}
    frame = frame.assign(name=_labels(change, language))
    signed = tuple(name for name in names if name.endswith("_change"))
    return frame_table(frame, titles, decimals=decimals, signed=signed, language=language)


def _labels(change: Any, language: str | None) -> list[str]:
    units = change.after.units
    labels = units.labels(change.language if language is None else language)
    return [labels[units.locate(unit)] for unit in change.units.index]


def _lines(heading: str, lines: Sequence[str], language: str | None) -> list[Table]:
    if not lines:
        return []
    count = len(lines) - _LINES
    more = words("display.more", language, count=count) if count > 0 else ""
    rows = tuple((ShownCell(line),) for line in lines)
    return [Table((ShownColumn(words(heading, language)),), rows, more=more, shown=_LINES)]


def _split(change: Any, language: str | None) -> Table:
    frame, parts = split_frame(change, language)
    titles = {name: words(f"change.column.{name}", language) for name in frame.columns}
    decimals = dict.fromkeys(("change", *parts), 2)
    caption = words("change.split.heading", language)
    signed = ("change", *parts)
    return frame_table(
        frame, titles, decimals=decimals, signed=signed, caption=caption, language=language
    )

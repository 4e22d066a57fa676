"""Sheets about changes: of units, of what is not compared, of rules, and what moved scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from govindex.changes.summaries import listed_once, setting_text
from govindex.workbooks.results.cells import Kind, PrintedColumn
from govindex.workbooks.results.frame_tables import frame_columns, frame_rows
from govindex.workbooks.results.result_contents import Contents

if TYPE_CHECKING:
    import pandas as pd

    from govindex.changes import Change

__all__ = ["write_changes"]

_PARTS = ("merger", "data", "rules", "league")


def write_changes(contents: Contents) -> None:
    """Write the changes since an earlier result, and what of it cannot be compared."""
    changed = contents.changed
    assert changed is not None
    before, after = changed.title
    page = contents.page("changes")
    page.line(contents.word("change.title", before=before, after=after), italic=True)
    frame = changed.units.reset_index()
    if frame["unit"].equals(frame["name"]):
        frame = frame.drop(columns="unit")
    page.table(frame_columns(contents, frame), frame_rows(frame), frozen=_place(frame, "name"))
    if not changed.unmatched.empty:
        _write_unmatched(contents, changed)
    if not changed.rules.empty:
        _write_rules(contents, changed)
    if changed.split is not None:
        _write_split(contents, changed)


def _place(frame: pd.DataFrame, column: str) -> int:
    return list(frame).index(column) + 1


def _write_unmatched(contents: Contents, changed: Change) -> None:
    """Write the units and criteria of either side that are not compared, with the reason."""
    frame = listed_once(changed.unmatched)
    shown = frame[["code", "name", "reason"]].copy()
    shown.insert(
        0, "edition", [contents.word(f"change.{side}") if side else "" for side in frame["edition"]]
    )
    page = contents.page("unmatched")
    page.table(frame_columns(contents, shown), frame_rows(shown))


def _write_rules(contents: Contents, changed: Change) -> None:
    frame = changed.rules[["code", "name", "what", "before", "after"]].copy()
    frame["what"] = [contents.word(f"change.rule.{what}") for what in frame["what"]]
    for side in ("before", "after"):
        frame[side] = [setting_text(text, contents.language) for text in frame[side]]
    page = contents.page("rule_changes")
    page.table(frame_columns(contents, frame), frame_rows(frame))


def _write_split(contents: Contents, changed: Change) -> None:
    """Write what moved each score, percentage and rank; the parts add up to the change."""
    assert changed.split is not None
    frame = changed.split.reset_index()
    frame["quantity"] = [contents.word(f"change.quantity.{name}") for name in frame["quantity"]]
    names = [name for name in ("unit", "name") if name in frame]
    shown = frame[[*names, "quantity", "before", "after", "change", *_parts(frame), "reason"]]
    kinds: dict[str, Kind] = {"before": "score", "after": "score", "change": "signed_score"}
    columns = []
    for name in map(str, shown):
        title = f"part_{name}" if name in _PARTS else name
        kind: Kind = "signed_score" if name in _PARTS else kinds.get(name, "text")
        columns.append(PrintedColumn(contents.heading(title), kind))
    page = contents.page("split")
    page.table(columns, frame_rows(shown))


def _parts(frame: pd.DataFrame) -> list[str]:
    """Return the columns of parts; there is no merger where no units merged."""
    return [name for name in _PARTS if name in frame and frame[name].notna().any()]

"""A result in print: the ranking, marks of figures, preparation, columns that are not used."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from govindex.cli.reading import FIELDS
from govindex.contracts import CellStatus, is_absent
from govindex.errors import listing
from govindex.results import IndexResult

if TYPE_CHECKING:
    import pandas as pd

_INSTEAD = {CellStatus.NOT_APPLICABLE: "n/a", CellStatus.SUPPRESSED: "suppressed"}


def ranking_text(result: IndexResult, language: str | None) -> str:
    """Return the ranking, what its columns mean, and the units without a score."""
    frame = without_idle(result.table(language=language), result)
    labels = dict(zip(result.units.codes, result.rank_labels(), strict=True))
    frame["rank"] = [labels[code] for code in frame.index]
    codes = [c for c in result.display if c in result.codes]
    head = list(frame.columns[: len(frame.columns) - len(codes)])
    frame.columns = [*head, *codes]
    for code in codes:
        frame[code] = _shown(frame[code], code, result)
    legend = [
        f"{code} {result.node(code).label(language)} ({result.maxima[result.row_of(code)]:g})"
        for code in codes
    ]
    lines = [unit_text(frame, result), "", " · ".join(legend)]
    unscored = result.unscored
    if len(unscored):
        lines += ["", f"{len(unscored)} units without a score:"]
        lines += [f"  {unit}: {reason}" for unit, reason in unscored["reason"].items()]
    return "\n".join(lines)


def _shown(scores: pd.Series[float], code: str, result: IndexResult) -> pd.Series[Any]:
    """Return a node's scores, with words for scores that are not applicable or suppressed."""
    import pandas as pd

    row, decimals = result.row_of(code), max(result.printing.decimals, 0)
    words = {
        unit: _INSTEAD[status]
        for unit, status in zip(result.units.codes, result.status[row].tolist(), strict=True)
        if status in _INSTEAD
    }
    absent = scores.isna()
    if not any(unit in words for unit in scores.index[absent]):
        return scores
    return pd.Series(
        [
            words.get(unit, "") if is_blank else f"{score:.{decimals}f}"
            for unit, score, is_blank in zip(scores.index, scores, absent, strict=True)
        ],
        index=scores.index,
    )


def without_idle(frame: pd.DataFrame, result: IndexResult) -> pd.DataFrame:
    """Return a table of units without the columns that are the same for all of them."""
    optional = [name for name in ("period", "league", "band") if name in frame]
    idle = [name for name in optional if frame[name].isna().all()]
    if len(result.units.groups("league")) < 2:
        idle += ["overall_rank", "league"]
    if not (result.applicable[0] < 1.0).any():
        idle += ["maximum", "percent"]
    return frame.drop(columns=idle, errors="ignore")


def unit_text(frame: pd.DataFrame, result: IndexResult) -> str:
    """Return a table with a column of unit names, in the decimals that the result prints."""
    decimals = max(result.printing.decimals, 0)
    width = max(len(name) for name in frame["name"])
    shown = frame.assign(name=[name.ljust(width) for name in frame["name"]])
    shown = shown.rename(columns={"name": "name".ljust(width)})
    return shown.to_string(index=False, na_rep="", float_format=lambda x: f"{x:.{decimals}f}")


def is_marked(result: IndexResult) -> bool:
    """Return whether a figure is not as reported."""
    return not result.marks.empty


def mark_notes(result: IndexResult) -> list[str]:
    """Return the figures that are not as reported."""
    notes = [f"  {note}" for note in result.footnotes]
    return ["\n".join(["Figures that are not as reported:", *notes])] if notes else []


def column_notes(result: IndexResult) -> list[str]:
    """Return the columns that are not used, and the used ones without a value."""
    notes = []
    unused = [_with_role(name) for name in result.provenance.unused]
    if unused:
        notes.append(f"Columns not used: {', '.join(unused)}")
    data = result.observations
    if data is not None:
        used = [name for name in data.variables if name not in result.provenance.unused]
        absent = is_absent(data.status)
        empty = [name for name in used if absent[:, data.column_of(name)].all()]
        if empty:
            notes.append(f"Columns in which no unit has a value: {', '.join(empty)}")
    return notes


def _with_role(name: str) -> str:
    """Return the name of a column, with the role that it may have been meant for."""
    close = get_close_matches(name.casefold(), ("code", "unit", *FIELDS), n=1, cutoff=0.75)
    return f"{name} (did you mean '{close[0]}'?)" if close else name


def preparation_notes(result: IndexResult) -> list[str]:
    """Return the reports of preparation, with the units that were left out."""
    lines = []
    for report in result.preparation:
        removed = getattr(report, "left", ())
        lines.append(f"{report!r}{f': {listing(removed)}' if removed else ''}")
    return ["\n".join(["Preparation:", *lines])] if lines else []


def show_progress(progress: str) -> None:
    """Replace the last line of a terminal with the progress."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{progress:60}\r", end="", file=sys.stderr, flush=True)

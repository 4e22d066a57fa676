"""A result in print: the ranking, marks of figures, preparation, columns that are not used."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import attrs

from govindex.cli.reading import FIELDS
from govindex.contracts import CellStatus, is_absent
from govindex.display import ShownPage, Table, plain
from govindex.language import headings, number_text, words
from govindex.prepare.reports import report_text
from govindex.results import IndexResult
from govindex.results.tables import without_idle

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 200  # rows of a table that is shown whole
_INSTEAD = {
    CellStatus.NOT_APPLICABLE: "command.not_applicable",
    CellStatus.SUPPRESSED: "command.suppressed",
}


def ranking_text(result: IndexResult, language: str | None) -> str:
    """Return the ranking, what its columns mean, and the units without a score."""
    frame = without_idle(result.table(language=language), result)
    labels = dict(zip(result.units.codes, result.rank_labels(), strict=True))
    frame["rank"] = [labels[code] for code in frame.index]
    codes = [c for c in result.display if c in result.codes]
    head = list(frame.columns[: len(frame.columns) - len(codes)])
    scores = [
        _shown(frame.iloc[:, len(head) + i], c, result, language) for i, c in enumerate(codes)
    ]
    maxima = [number_text(float(result.maxima[result.row_of(c)]), language) for c in codes]
    legend = [
        f"{code} {result.node(code).label(language)} ({maximum})"
        for code, maximum in zip(codes, maxima, strict=True)
    ]
    lines = [unit_text(frame[head], result, language, dict(zip(codes, scores, strict=True)))]
    lines += ["", " · ".join(legend)]
    unscored = result.unscored_in(language)
    if len(unscored):
        count = number_text(len(unscored), language)
        one = len(unscored) == 1
        key = "command.unscored_one" if one else "command.unscored"
        lines += ["", words(key, language, count=count)]
        lines += [f"  {unit}: {reason}" for unit, reason in unscored["reason"].items()]
    return "\n".join(lines)


def _shown(
    scores: pd.Series[float], code: str, result: IndexResult, language: str | None
) -> pd.Series[Any]:
    """Return a node's scores, with words for scores that are not applicable or suppressed."""
    import pandas as pd

    row = result.row_of(code)
    instead = {
        unit: words(_INSTEAD[status], language)
        for unit, status in zip(result.units.codes, result.status[row].tolist(), strict=True)
        if status in _INSTEAD
    }
    absent = scores.isna()
    if not any(unit in instead for unit in scores.index[absent]):
        return scores
    return pd.Series(
        [
            instead.get(unit, "") if is_blank else result.score_text(score, language)
            for unit, score, is_blank in zip(scores.index, scores, absent, strict=True)
        ],
        index=scores.index,
    )


def unit_text(
    frame: pd.DataFrame,
    result: IndexResult,
    language: str | None,
    by_node: Mapping[str, pd.Series[Any]] | None = None,
) -> str:
    """Return a table with a column of unit names, in words and as the result prints scores.

    Columns `by_node` follow, under the codes of nodes.
    """
    import pandas as pd

    titles = dict(zip(frame, headings(frame, language), strict=True))
    width = max(len(name) for name in [titles["name"], *frame["name"]])
    shown = frame.assign(name=[name.ljust(width) for name in frame["name"]])
    shown = shown.set_axis([*(titles | {"name": titles["name"].ljust(width)}).values()], axis=1)
    nodes = dict(by_node or {})
    shown = pd.concat([shown, *nodes.values()], axis=1).set_axis([*shown, *nodes], axis=1)
    return table_text(shown, result, language)


def table_text(frame: pd.DataFrame, result: IndexResult, language: str | None) -> str:
    """Return a table as text: scores as the result prints them, ranks plain, absent ones blank."""

    def score(number: float) -> str:
        return result.score_text(number, language)

    def rank(number: Any) -> str:
        return "" if number != number else number_text(float(number), language)

    shown = frame.copy()
    for column, kind in enumerate(frame.dtypes):
        if kind in ("Int64", "Float64"):  # ranks
            numbers = frame.iloc[:, column].to_numpy(float, na_value=float("nan"))
            shown.isetitem(column, list(map(rank, numbers)))
    return shown.to_string(index=False, na_rep="", float_format=score)


def is_marked(result: IndexResult) -> bool:
    """Return whether a figure is not as reported."""
    return not result.marks.empty


def mark_notes(result: IndexResult, language: str | None) -> list[str]:
    """Return the figures that are not as reported."""
    notes = [f"  {note}" for note in result.footnotes_in(language)]
    return ["\n".join([words("command.marked", language), *notes])] if notes else []


def column_notes(result: IndexResult, language: str | None) -> list[str]:
    """Return the columns that are not used, and the used ones without a value."""
    notes = []
    unused = [_with_role(name, language) for name in result.provenance.unused]
    if unused:
        notes.append(words("command.columns_unused", language, names=", ".join(unused)))
    data = result.observations
    if data is not None:
        used = [name for name in data.variables if name not in result.provenance.unused]
        absent = is_absent(data.status)
        blank = [name for name in used if absent[:, data.column_of(name)].all()]
        if blank:
            notes.append(words("command.columns_blank", language, names=", ".join(blank)))
    return notes


def _with_role(name: str, language: str | None) -> str:
    """Return the name of a column, with the role that it may have been meant for."""
    close = get_close_matches(name.casefold(), ("code", "unit", *FIELDS), n=1, cutoff=0.75)
    return words("command.did_you_mean", language, name=name, meant=close[0]) if close else name


def preparation_notes(result: IndexResult, language: str | None) -> list[str]:
    """Return what preparation did, with the units that were left out."""
    lines = [f"  {report_text(report, language)}" for report in result.preparation]
    return ["\n".join([words("command.preparation", language), *lines])] if lines else []


def pages_text(pages: Iterable[ShownPage]) -> str:
    """Return pages with every row of their tables, unless these are very long."""
    return "\n\n".join(plain(_whole(page), _width()) for page in pages)


def _whole(page: ShownPage) -> ShownPage:
    blocks = (
        attrs.evolve(block, shown=None, more="")
        if isinstance(block, Table) and len(block.rows) < _LONGEST
        else block
        for block in page.blocks
    )
    return attrs.evolve(page, blocks=tuple(blocks))


def _width() -> int:
    """Return the letters of a line: those of the terminal; as many as there are in a pipe."""
    return shutil.get_terminal_size(fallback=(0, 0)).columns or 10_000


def show_progress(progress: str) -> None:
    """Replace the last line of a terminal with the progress."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{progress:60}\r", end="", file=sys.stderr, flush=True)

"""Data that a command reads: a table, scoring sheets or scoring forms."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from govindex.cli.reading import (
    add_office,
    name_and_value,
    only_sheet,
    read_data,
    scoring_method,
)
from govindex.errors import DataError, SettingError
from govindex.files.headers import header_rows
from govindex.files.saving import as_path
from govindex.files.sheets import OpenedBook, opened_workbook
from govindex.language import number_text, words
from govindex.model.observations import Observations
from govindex.options import notation_of
from govindex.workbooks import Scores, read_form, read_scores
from govindex.workbooks.folders import workbook_files
from govindex.workbooks.forms.reading import is_form

if TYPE_CHECKING:
    from govindex.methods import Methodology
    from govindex.results import IndexResult
    from govindex.robustness import RankSample

__all__ = ["Input", "add_sheets", "rank_sample", "read_input", "refuse_unused", "scored"]

_STYLES = ("hold a decimal comma", "hold a decimal point")
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_LAYOUTS = ("table", "sheets", "forms")
_OF_TABLES = ("unit", "name", "league", "type", "parent", "ranked", "stage", "fill_down", "text")
_OF_SHEETS = ("leagues", "hidden", "accept", "collect", "alias", "column")
_OF_CELLS = (
    *("stages", "period", "missing", "not_applicable", "suppressed", "ignore", "numbers"),
    "percent",
)
_OF_FILES = ("sheet", "header", "errors", "separator")
# The options that no reader of a layout looks at.
_UNUSED = {
    "table": _OF_SHEETS,
    "sheets": (*_OF_TABLES, "errors", "separator"),
    "forms": (
        *_OF_TABLES,
        *(name for name in _OF_SHEETS if name != "collect"),
        *_OF_CELLS,
        *_OF_FILES,
        "decimal",
    ),
    "rubric": (
        *("cut", *_OF_TABLES, "fall_back", "errors", "leagues", "alias", "collect"),
        *_OF_CELLS,
        "layout",
    ),
}
_OF_LAYOUT = {
    "table": "a table with a row per unit",
    "sheets": "scoring sheets",
    "forms": "scoring forms",
    "rubric": "a rubric",
}
_INSTEAD = {
    "table": "Leave it out; --league names the column of leagues",
    "sheets": "Leave it out; --column, --leagues and --alias say how sheets are read",
    "forms": "Leave it out; a form says its units, stages and period",
    "rubric": "Leave it out; of scores, name the methodology with --method",
}


@attrs.frozen(eq=False)
class Input:
    """What a command has read.

    Parameters
    ----------
    observations : Observations
    scores : Scores, optional
        What scoring sheets or forms hold beside them; None for a table.
    layout : str
        "table", "sheets" or "forms".
    """

    observations: Observations
    scores: Scores | None
    layout: str

    def notes(self, language: str | None) -> list[str]:
        """Return what the reader of the output must know of the sheets."""
        if self.scores is None:
            return []
        counts = {"units": number_text(len(self.observations.units), language)}
        notes = [words(f"command.read_{self.layout}", language, **counts)]
        notes += sums_note(self.scores, language)
        return notes + problems_note(self.scores, language)


def sums_note(scores: Scores, language: str | None) -> list[str]:
    """Return the sums that a sheet states and its parts do not give."""
    lines = []
    for _, row in scores.checks.iterrows():
        figures = {
            name: number_text(float(row[name]), language, 2) for name in ("stated", "computed")
        }
        lines.append(
            "  "
            + words(
                "command.sum_differs",
                language,
                cell=row["cell"],
                unit=row["unit"],
                node=row["node"],
                kind=words(f"command.{str(row['kind']).replace(' ', '_')}", language),
                **figures,
            )
        )
    return ["\n".join([words("command.sums", language), *lines])] if lines else []


def problems_note(scores: Scores, language: str | None) -> list[str]:
    """Return the problems of the sheets, but for sums that differ, which have their own list."""
    table = scores.problem_table(language)
    listed = (table["code"] == "total.contradiction") & table["cell"].isin(scores.checks["cell"])
    table = table[~listed]
    if table.empty:
        return []
    lines = [f"  {cell}: {text}" for cell, text in zip(table["cell"], table["text"], strict=True)]
    return ["\n".join([words("command.problems", language), *lines])]


def add_sheets(command: argparse.ArgumentParser) -> None:
    """Add the options that say how scoring sheets are read."""
    command.add_argument(
        "--layout",
        choices=_LAYOUTS,
        help="a table with a row per unit, scoring sheets, or forms of govindex form "
        "(default: what the file looks like)",
    )
    add_office(command)
    command.add_argument(
        "--leagues", type=Path, metavar="FILE", help="a table of units and their leagues"
    )
    command.add_argument(
        "--alias",
        action="append",
        default=[],
        type=name_and_value,
        metavar="TEXT=MEANING",
        help="a unit or criterion that a sheet writes in another way; may be given several times",
    )
    command.add_argument(
        "--collect",
        action="store_true",
        help="go on where cells cannot be read: they are missing, and are listed",
    )


def refuse_unused(options: argparse.Namespace, layout: str) -> None:
    """Refuse options that say nothing about a file of this layout."""
    unused = [name for name in _UNUSED[layout] if _is_given(getattr(options, name, None))]
    if unused:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in unused)
        raise SettingError(f"{named}: not for {_OF_LAYOUT[layout]}. {_INSTEAD[layout]}")


def _is_given(value: object) -> bool:
    return bool(value) and value not in ("refuse", "error")


def rank_sample(
    method: Methodology, data: Observations, draws: int, spread: float = 0.25
) -> RankSample:
    """Return the ranks of units under other weights, the same draws in every call."""
    from govindex.robustness import Weights, sample_ranks

    return sample_ranks(method, data, vary=[Weights(spread=spread)], draws=draws, rng=0)


def scored(options: argparse.Namespace) -> tuple[IndexResult, Input]:
    """Return the result of the file's data, and what was read."""
    method = scoring_method(options)
    read = read_input(options, method)
    return method.compute(read.observations), read


def read_input(options: argparse.Namespace, method: Methodology) -> Input:
    """Read a table, scoring sheets or forms, whichever the file is."""
    book = _opened(options.file) if options.layout is None else None
    layout = options.layout or _layout(book, options, method)
    if getattr(options, "before", None) is None:  # the options are for both files, else
        refuse_unused(options, layout)
    if layout == "table":
        return Input(_table(book, options), None, layout)
    files = options.file if book is None else [options.file, book]
    scores = (_forms if layout == "forms" else _sheets)(files, options, method)
    return Input(scores.observations, scores, layout)


def _table(book: OpenedBook | None, options: argparse.Namespace) -> Observations:
    """Read a table; where its numbers are written in another style, name the other reading, too."""
    try:
        return read_data(options, book)
    except DataError as error:
        styles = any(problem.together.startswith(_STYLES) for problem in error.problems)
        if options.layout or not styles:
            raise
        raise DataError(
            f"{error}\nIf it is a scoring sheet, --layout sheets reads numbers in every style.",
            error.problems,
        ) from error


def _opened(file: Path) -> OpenedBook | None:
    """Return the workbook that shows how a file, or the files of a folder, are laid out."""
    if str(file) == "-":
        return None
    files = workbook_files(file, _WORKBOOKS)[0] if file.is_dir() else (file,)
    if not files or as_path(files[0]).suffix.lower() not in _WORKBOOKS or not file.exists():
        return None
    try:
        return opened_workbook(files[0])
    except DataError:
        if file.is_dir():  # a problem of one of several files
            return None
        raise


def _forms(files: Any, options: argparse.Namespace, method: Methodology) -> Scores:
    return read_form(
        files,
        method,
        fall_back=options.fall_back,
        on_problem="collect" if options.collect else "raise",
    )


def _sheets(files: Any, options: argparse.Namespace, method: Methodology) -> Scores:
    return read_scores(
        files,
        method,
        stages=options.stages or (),
        fall_back=options.fall_back,
        notation=notation_of(options),
        leagues=options.leagues,
        aliases=dict(options.alias) or None,
        columns=_columns(options),
        sheet=options.sheet,
        header=options.header,
        hidden=options.hidden,
        period=options.period,
        accept=options.accept,
        on_problem="collect" if options.collect else "raise",
    )


def _columns(options: argparse.Namespace) -> dict[str, str | list[str]] | None:
    named: dict[str, str | list[str]] = dict(options.column)
    if options.ignore:
        named["ignore"] = list(options.ignore)
    return named or None


def _layout(book: OpenedBook | None, options: argparse.Namespace, method: Methodology) -> str:
    """Return how the file, of which a workbook is open, is laid out."""
    if book is not None and is_form(book):
        return "forms"
    if options.file.is_dir():
        return "sheets"
    return "table" if book is None or _is_table(book, options, method) else "sheets"


def _is_table(book: OpenedBook, options: argparse.Namespace, method: Methodology) -> bool:
    """Return whether the columns of a sheet are units and variables."""
    if options.unit or options.stage or len(method.frameworks) > 1:
        return True
    if options.sheet and len(options.sheet) > 1:
        return False
    try:
        number = book.sheet_number(only_sheet(options))
        titles, _ = book.titled_rows(number, header_rows(options.header))
    except DataError:
        return False
    columns = {*titles}
    variables = {name for form in method.frameworks for name in form.variables}
    return bool(columns & {*variables, "code", "unit"})

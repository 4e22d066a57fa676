"""``govindex records``: counts of records by unit and period."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex.cli.reading import units_of_file
from govindex.files import write_table
from govindex.files.saving import check_target
from govindex.language import check_language, headings, number_text, words
from govindex.records.documents import load_count_definition

if TYPE_CHECKING:
    from govindex.cli.reading import Commands
    from govindex.records.counts import Counts

_ROWS = 40


def add_records(commands: Commands) -> None:
    """Add ``records`` to the commands."""
    command = commands.add_parser("records", help="count records by unit and period")
    command.set_defaults(run=_run)
    command.add_argument(
        "files", nargs="+", help="Parquet or CSV files, a folder of them, or a glob in quotes"
    )
    command.add_argument(
        "--counts", type=Path, required=True, help="a document (.toml) of columns and variables"
    )
    _add_settings(command)
    command.add_argument("--sql", action="store_true", help="show what the engine ran")
    command.add_argument("--out", type=Path, help="write the counts: .csv, .xlsx, .parquet, .json")
    command.add_argument("--force", action="store_true", help="replace a file that exists")
    command.add_argument("--language", help="of words: vi, en (default)")


def _add_settings(command: argparse.ArgumentParser) -> None:
    """Add the settings that replace those of the document."""
    command.add_argument("--unit", help="column of units, instead of that of the document")
    command.add_argument(
        "--period",
        choices=["day", "month", "quarter", "year", "year to date"],
        help="by which periods, instead of those of the document",
    )
    command.add_argument("--date", help="column of dates, instead of that of the document")
    command.add_argument(
        "--periods",
        action="append",
        metavar="PERIOD",
        help="a period to return, such as 2026-09, also without records; may be given several "
        "times (default: those of the records)",
    )
    command.add_argument(
        "--units", type=Path, metavar="FILE", help="a table of all units: unit, name, league …"
    )
    command.add_argument("--time-zone", help="where days are counted, such as Asia/Ho_Chi_Minh")
    command.add_argument("--parents", help="column of the units' parents, which are counted too")
    command.add_argument(
        "--missing",
        choices=["refuse", "leave_out"],
        help="what records do that lack a unit, a date or a number (default: refuse)",
    )
    command.add_argument(
        "--silent",
        choices=["missing", "zero"],
        help="the values of a unit without any record in a period (default: missing)",
    )


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    if options.out:
        check_target(options.out, overwrite=options.force)
    definition = load_count_definition(options.counts)
    names = ("unit", "period", "date", "periods", "time_zone", "parents", "missing", "silent")
    given: dict[str, Any] = {name: getattr(options, name) for name in names}
    given["units"] = units_of_file(options.units) if options.units else None
    changes = {name: value for name, value in given.items() if value is not None}
    counts = definition.count(list(options.files), **changes)
    parts = [_table(counts, language), *_notes(counts, language)]
    if options.sql:
        parts.append(counts.sql())
    if options.out:
        write_table(counts.frame, options.out, overwrite=options.force)
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)


def _table(counts: Counts, language: str | None) -> str:
    frame = counts.frame
    shown = frame.head(_ROWS).copy()
    titles = headings(shown[["unit"]], language)
    shown.columns = [titles[0], *shown.columns[1:]]
    text = str(shown.to_string(index=False, na_rep="–"))
    if len(frame) > _ROWS:
        text += "\n" + words(
            "command.more_rows", language, count=number_text(len(frame) - _ROWS, language)
        )
    return text


def _notes(counts: Counts, language: str | None) -> list[str]:
    """Return the records that were left out or stay undecided."""
    left_out = counts.left_out.groupby("variable", sort=False)["records"].sum()
    lines = [
        words("command.left_out", language, variable=variable, count=number_text(records, language))
        for variable, records in left_out.items()
    ]
    gaps = counts.gaps.groupby("column", sort=False)["records"].sum()
    lines += [
        words("command.undecided", language, column=column, count=number_text(records, language))
        for column, records in gaps.items()
    ]
    return ["\n".join(lines)] if lines else []

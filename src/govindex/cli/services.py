"""``govindex services``: count the service index of Decision 766 from dossiers, and rank units."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from govindex.cli.printing import is_marked, mark_notes, ranking_text
from govindex.cli.reading import name_and_value, units_of_file
from govindex.contracts import CellStatus
from govindex.display import plain
from govindex.errors import SettingError
from govindex.files import write_table
from govindex.files.saving import check_target
from govindex.language import check_language, words
from govindex.services import columns_766, service_766
from govindex.workbooks import write_result

if TYPE_CHECKING:
    import pandas as pd

    from govindex.cli.reading import Commands
    from govindex.records import Column
    from govindex.results import IndexResult
    from govindex.services import ServiceCounts

_TABLES = ("dossiers", "procedures", "petitions", "communes")


def add_services(commands: Commands) -> None:
    """Add ``services`` to the commands."""
    command = commands.add_parser(
        "services", help="count the service index of Decision 766 from dossiers, and rank units"
    )
    command.set_defaults(run=_run)
    for table in _TABLES:
        command.add_argument(
            f"--{table}", metavar="FILE", help=f"the {table}: Parquet or CSV files, also a glob"
        )
    command.add_argument(
        "--units",
        type=Path,
        metavar="FILE",
        help="a table of all units: unit, name, league, type, parent, ranked",
    )
    command.add_argument("--period", help="2026, 2026-Q3 or 2026-09")
    command.add_argument("--until", metavar="DATE", help="the last day that the files reach")
    command.add_argument(
        "--column",
        action="append",
        default=[],
        type=name_and_value,
        metavar="TABLE.COLUMN=NAME",
        help="what a column is called: dossiers.received=Ngay; may be given several times",
    )
    command.add_argument(
        "--date-format", metavar="FORMAT", help="how CSV files write dates, such as %%d/%%m/%%Y"
    )
    command.add_argument("--time-zone", help="where days are counted, such as Asia/Ho_Chi_Minh")
    command.add_argument(
        "--undecided",
        default="missing",
        choices=["missing", "no"],
        help="what a blank flag makes of a count (default: missing)",
    )
    command.add_argument(
        "--missing",
        default="refuse",
        choices=["refuse", "leave_out"],
        help="what records do that lack a unit or procedure (default: refuse)",
    )
    command.add_argument(
        "--columns", action="store_true", help="print the columns of the tables, and count nothing"
    )
    command.add_argument("--sql", action="store_true", help="show what the engine ran")
    command.add_argument("--counts", type=Path, metavar="FILE", help="write the counts to a table")
    command.add_argument(
        "--out", type=Path, help="write the ranking, or with .xlsx a whole workbook, to a file"
    )
    command.add_argument("--force", action="store_true", help="replace files that exist")
    command.add_argument("--language", help="of names and words: vi, en (default: English words)")


def _run(options: argparse.Namespace) -> str:
    language = options.language
    check_language(language)
    if options.columns:
        return "\n\n".join(_columns_text(table, language) for table in _TABLES)
    tables = {name: getattr(options, name) for name in _TABLES if getattr(options, name)}
    if not tables or not options.period:
        raise SettingError(
            "name a file of dossiers and the period: --dossiers FILE --period 2026; "
            "--columns says what the file holds"
        )
    for file in (options.counts, options.out):
        if file:
            check_target(file, overwrite=options.force)
    units = units_of_file(options.units) if options.units else None
    counts = service_766(
        tables,
        period=options.period,
        until=options.until,
        units=units,
        columns=_columns(options, tables) or None,
        undecided=options.undecided,
        missing=options.missing,
        time_zone=options.time_zone,
    )
    result = counts.method.compute(counts.observations())
    parts = [
        plain(counts._page(language)),
        ranking_text(result, language),
        *result.announcement_sentences(language=language),
        *mark_notes(result, language),
    ]
    if options.sql:
        parts.append(counts.sql())
    parts += [words("command.written", language, file=f) for f in _written(counts, result, options)]
    return "\n\n".join(parts)


def _written(counts: ServiceCounts, result: IndexResult, options: argparse.Namespace) -> list[Path]:
    """Write the files that the options name, and return them."""
    if options.counts:
        write_table(_counts_table(counts), options.counts, overwrite=options.force)
    if options.out and options.out.suffix.lower() == ".xlsx":
        data = counts.observations()
        write_result(
            result,
            options.out,
            method=counts.method,
            data=data,
            language=options.language,
            overwrite=options.force,
        )
    elif options.out:
        table = result.table(language=options.language, status=is_marked(result))
        write_table(table, options.out, overwrite=options.force)
    return [file for file in (options.counts, options.out) if file]


def _counts_table(counts: ServiceCounts) -> pd.DataFrame:
    """Return the counts with the fields of units, as ``govindex score`` reads them."""
    data, units = counts.observations(), counts.units
    absent = data.status == CellStatus.NOT_APPLICABLE
    table = counts.frame.astype(object).mask(absent, "n/a").reset_index(names="code")
    table.insert(1, "unit", units.labels())
    for place, (name, column) in enumerate(
        (name, column)
        for name, column in (("league", units.leagues), ("parent", units.parents))
        if column is not None and any(column)
    ):
        table.insert(2 + place, name, [cell or "n/a" for cell in column])
    return table


def _columns(
    options: argparse.Namespace, tables: dict[str, Any]
) -> dict[str, dict[str, str | Column]]:
    """Return what columns are called, and how their dates are written."""
    found: dict[str, dict[str, Any]] = {}
    for path, name in options.column:
        table, dot, column = path.partition(".")
        if not dot or table not in _TABLES:
            raise SettingError(
                f"--column {path}={name}: give table, column and name, such as "
                "dossiers.received=Ngay"
            )
        found.setdefault(table, {})[column] = name
    if options.date_format:
        for table in tables:
            named = found.get(table, {})
            for column in columns_766(table):
                if column.type == "date":
                    name = named.get(column.name, column.name)
                    written = attrs.evolve(column, name=name, format=options.date_format)
                    found.setdefault(table, {})[column.name] = written
    return found


def _columns_text(table: str, language: str | None) -> str:
    columns = columns_766(table, language=language).table()
    shown = columns[["column", "type", "allowed", "null", "meaning"]]
    rows = [[str(cell) for cell in row] for row in (list(shown), *shown.itertuples(index=False))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join([f"{table}:", *lines])

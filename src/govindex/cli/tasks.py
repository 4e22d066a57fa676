"""``govindex tasks``: a register of tasks → statuses, counts, overdue tasks and a ranking."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from govindex.absence import Absence, AsZero, Refuse, Renormalise
from govindex.cli.printing import pages_text, ranking_text
from govindex.cli.reading import add_out, add_table, comma_separated, input_table, name_and_value
from govindex.files import read_table, write_table
from govindex.files.saving import check_target
from govindex.language import check_language, words
from govindex.methods import Methodology
from govindex.notation import Notation
from govindex.options import without_columns
from govindex.tasks import DateNotation, Targets, TaskRegister, task_framework
from govindex.tasks.assignments import day_of
from govindex.tasks.pages import date_text, statuses_page

if TYPE_CHECKING:
    import pandas as pd

    from govindex.cli.reading import Commands
    from govindex.results import IndexResult
    from govindex.tasks import TaskStatuses

_POLICIES = {"refuse": Refuse, "renormalise": Renormalise, "zero": AsZero}
_TABLES = ("statuses", "counts", "overdue", "ranking")


def add_tasks(commands: Commands) -> None:
    """Add ``tasks`` to the commands."""
    command = commands.add_parser("tasks", help="statuses, counts and overdue tasks of a register")
    command.set_defaults(run=_run)
    command.add_argument(
        "file",
        type=Path,
        help="one row per task, with columns agency, due and done: CSV, Excel, Parquet or JSON; - "
        "is standard input",
    )
    command.add_argument(
        "--at", required=True, metavar="DATE", help="such as 2025-09-30, or a period: Q3 2025"
    )
    command.add_argument(
        "--by",
        default=("agency",),
        type=comma_separated,
        metavar="NAMES",
        help="count by agency (default), programme, due_month, due_quarter or due_year, or several",
    )
    command.add_argument(
        "--regular",
        default="apart",
        choices=["apart", "done"],
        help="regular tasks stand apart (default), or count as done",
    )
    command.add_argument(
        "--without-due",
        default="refuse",
        choices=["refuse", "regular"],
        help="refuse tasks without a due date (default), or take them as regular",
    )
    _add_targets(command)
    _add_dates(command)
    add_table(command)
    command.add_argument("--language", help="of words and dates: vi, en (default)")
    command.add_argument(
        "--table", default="statuses", choices=_TABLES, help="what --out holds (default: statuses)"
    )
    add_out(command, "a table")


def _add_targets(command: argparse.ArgumentParser) -> None:
    command.add_argument("--targets", type=Path, help="a table of targets, which are ranked, too")
    command.add_argument(
        "--numbers",
        choices=["plain", "vi", "en"],
        default="plain",
        help="how numbers of targets are written: 1234.5 (plain, default), 1.234,5 (vi) or 1,234.5",
    )
    command.add_argument(
        "--when-missing",
        choices=sorted(_POLICIES),
        default="refuse",
        help="what becomes of targets of which it is not known what was achieved (default: refuse)",
    )


def _add_dates(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--dates", choices=["dmy", "mdy", "ymd"], help="the order in dates such as 03/04/2025"
    )
    command.add_argument(
        "--fiscal-month", type=int, metavar="N", help="the month in which fiscal years begin"
    )
    command.add_argument("--zone", help="the time zone whose days count, for moments with a zone")
    command.add_argument(
        "--column",
        action="append",
        default=[],
        type=name_and_value,
        metavar="FIELD=COLUMN",
        help="a column that is not found by its title: agency, due, done, task, name, programme, "
        "assigned, regular, cancelled, postponed, postponed_on; may be given several times",
    )
    command.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column that is not to be read; may be given several times",
    )


def _run(options: argparse.Namespace) -> str:
    language: str | None = options.language
    check_language(language)
    if options.out:
        check_target(options.out, overwrite=options.force)
    dates = DateNotation(order=options.dates, fiscal_month=options.fiscal_month, zone=options.zone)
    day = day_of(options.at, "--at", dates)
    register = TaskRegister.from_frame(
        without_columns(input_table(options), options.ignore),
        columns=dict(options.column) or None,
        dates=dates,
        without_due=options.without_due,
    )
    statuses = register.at(day, regular=options.regular)
    targets = None
    if options.targets is not None:
        notation = Notation(numbers=options.numbers)
        table = read_table(options.targets)
        targets = Targets.from_frame(table, dates=dates, notation=notation)
    absence = Absence(not_applicable=Renormalise(), missing=_POLICIES[options.when_missing]())
    method = Methodology("govindex.tasks", "1", task_framework(targets, absence=absence))
    result = method.compute(statuses.observations(targets=targets))
    pages = [statuses_page(statuses, language, by=tuple(options.by))]
    pages += [] if targets is None else [targets._page(language)]
    parts = [pages_text(pages)]
    heading = words("task.ranking", language, date=date_text(day, language))
    parts.append(f"{heading}\n\n{ranking_text(result, language)}")
    if register.unused:
        parts.append(words("task.unused", language, names=", ".join(register.unused)))
    if options.out:
        table = _table(statuses, result, options)
        write_table(table, options.out, overwrite=options.force)
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)


def _table(
    statuses: TaskStatuses, result: IndexResult, options: argparse.Namespace
) -> pd.DataFrame:
    if options.table == "counts":
        return statuses.counts(options.by)
    if options.table == "ranking":
        return result.table(language=options.language)
    return statuses.overdue() if options.table == "overdue" else statuses.table()

"""``govindex reconcile``: a published table against its parts and a recomputation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex.cli.reading import (
    add_out,
    add_table,
    comma_separated,
    input_table,
    name_and_value,
    named_method,
)
from govindex.display import plain
from govindex.errors import SettingError
from govindex.files import write_table
from govindex.files.saving import check_target
from govindex.language import check_language, words
from govindex.options import add_notation, notation_of, without_columns
from govindex.reconciliation import PublishedColumns, reconcile

if TYPE_CHECKING:
    from govindex.cli.reading import Commands

_COLUMNS = (
    (
        "--sum",
        "TOTAL=PART+PART",
        "a column that adds up others, each perhaps with a weight: 'total=2*a+b'",
    ),
    ("--mean", "SCORE=PART+PART", "a column that is the weighted mean of others"),
    (
        "--percent-of",
        "PERCENT=COLUMN/MAXIMUM",
        "a column that is the percent of a number or of a column",
    ),
    ("--rank", "RANK=COLUMN", "a column of ranks, and the column that is ranked"),
    ("--class", "CLASS=COLUMN", "a column of classes, and the column that is classed"),
    (
        "--starts",
        "CLASS=NAME:90,NAME:80,NAME",
        "the classes of a column, the best first, and where they start",
    ),
    ("--node", "COLUMN=CODE", "a column and the node of the methodology that it holds"),
    ("--decimals", "COLUMN=N", "a column and how many decimals it is printed with"),
)
_TABLES = ("rows", "rules", "findings", "summary")


def add_reconcile(commands: Commands) -> None:
    """Add ``reconcile`` to the commands."""
    command = commands.add_parser(
        "reconcile", help="a published table against its own parts, and against a methodology"
    )
    command.set_defaults(run=_run)
    command.add_argument(
        "file",
        type=Path,
        help="one row per unit, as printed: CSV, Excel, Parquet or JSON; - is standard input",
    )
    command.add_argument(
        "--method",
        help="ID, ID@VERSION, or a document: columns called like its nodes are computed again from "
        "those called like its variables",
    )
    command.add_argument("--unit", help="column of units (default: unit, name, code or the first)")
    command.add_argument(
        "--league",
        type=comma_separated,
        metavar="COLUMNS",
        help="columns inside whose groups units are ranked",
    )
    _add_columns(command)
    command.add_argument("--language", help="of words and numbers: vi, en (default)")
    command.add_argument(
        "--table", default="findings", choices=_TABLES, help="what --out holds (default: findings)"
    )
    add_table(command)
    add_notation(command)
    add_out(command, "a table")


def _add_columns(command: argparse.ArgumentParser) -> None:
    """Add the options that say what the columns are to each other."""
    for option, metavar, meaning in _COLUMNS:
        command.add_argument(
            option,
            dest=option.strip("-").replace("-", "_") + "_columns",
            action="append",
            default=[],
            type=name_and_value,
            metavar=metavar,
            help=f"{meaning}; may be given several times",
        )
    command.add_argument(
        "--counts",
        type=comma_separated,
        default=[],
        metavar="COLUMNS",
        help="columns that are counted, so that they are exact",
    )
    command.add_argument(
        "--partial", action="store_true", help="other units are ranked with those of the table"
    )


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    if options.out:
        check_target(options.out, overwrite=options.force)
    columns = PublishedColumns(
        unit=options.unit,
        league=options.league,
        sums={whole: _parts(text) for whole, text in options.sum_columns},
        means={whole: _parts(text) for whole, text in options.mean_columns},
        percents={column: _percent(text) for column, text in options.percent_of_columns},
        ranks=dict(options.rank_columns),
        classes=_classes(options),
        nodes=dict(options.node_columns),
        decimals={column: _whole(text) for column, text in options.decimals_columns},
        counts=options.counts,
        partial=options.partial,
    )
    found = reconcile(
        without_columns(input_table(options), options.ignore),
        columns,
        method=None if options.method is None else named_method(options.method),
        notation=notation_of(options),
    )
    parts = [plain(found._page(language))]
    if options.out:
        table = found.findings_in(language)
        if options.table != "findings":
            table = getattr(found, options.table)
        write_table(table, options.out, overwrite=options.force)
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)


def _parts(text: str) -> dict[str, float]:
    """Return the parts of `2*a+b`, with their weights."""
    weights: dict[str, float] = {}
    for term in text.split("+"):
        factor, sign, name = term.rpartition("*")
        try:
            weights[name.strip()] = float(factor) if sign else 1.0
        except ValueError:
            raise SettingError(
                f"'{term.strip()}' is not a part such as COLUMN or 2*COLUMN"
            ) from None
    return weights


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise SettingError(f"--decimals takes COLUMN=N, N a whole number, not '{text}'")
    return int(text)


def _percent(text: str) -> tuple[str, str | float]:
    column, sign, maximum = (part.strip() for part in text.rpartition("/"))
    if not sign:
        raise SettingError(f"'{text}' is not a percent such as COLUMN/100 or COLUMN/COLUMN")
    try:
        return column, float(maximum)
    except ValueError:
        return column, maximum


def _classes(options: argparse.Namespace) -> dict[str, Any]:
    starts = {column: [_start(part) for part in text.split(",")]
              for column, text in options.starts_columns}  # fmt: skip
    classes = dict(options.class_columns)
    for column in starts.keys() - classes.keys():
        raise SettingError(f"--starts '{column}' needs --class {column}=COLUMN, what is classed")
    return {
        column: (of, starts[column]) if column in starts else of for column, of in classes.items()
    }


def _start(text: str) -> tuple[str, float | None]:
    name, sign, start = (part.strip() for part in text.rpartition(":"))
    if not sign:
        return start, None
    try:
        return name, float(start)
    except ValueError:
        raise SettingError(f"'{text}' is not a class such as NAME:90") from None

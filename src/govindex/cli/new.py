"""``govindex new``: start a package of your own methodology."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from govindex.cli.reading import add_office, add_table, only_sheet
from govindex.skeleton import package_files, read_rubric, write_package

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


def add_new(commands: Commands) -> None:
    """Add ``new`` to the commands."""
    command = commands.add_parser("new", help="start a package of your own methodology")
    command.set_defaults(run=_run)
    command.add_argument("name", help="the methodology's id: my-province.reform")
    command.add_argument(
        "--into", type=Path, default=".", help="the folder to write it in (default: this one)"
    )
    command.add_argument(
        "--from",
        type=Path,
        dest="rubric",
        metavar="RUBRIC",
        help="start from the annex of a decision or a table with one row per node (.xlsx, .csv …), "
        "or from a document (.toml)",
    )
    add_table(command)
    command.add_argument("--decimal", choices=[".", ","], help="decimal mark of texts")
    command.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column that is not about the methodology; may be given several times",
    )
    add_office(command)


def _run(options: argparse.Namespace) -> str:
    document = None
    if options.rubric is not None:
        document = read_rubric(
            options.name,
            options.rubric,
            sheet=only_sheet(options),
            separator=options.separator,
            header=options.header,
            errors=options.errors,
            decimal=options.decimal,
            ignore=options.ignore,
            columns=dict(options.column),
            hidden=options.hidden,
            accept=options.accept,
        )
    texts = package_files(options.name, document)
    folder = options.into / options.name.replace(".", "-")
    write_package(texts, folder)
    written = "\n".join(f"  {path}" for path in sorted(texts))
    path = shlex.quote(str(folder))
    return (
        f"Written to {folder}:\n\n{written}\n\nInstall it and run its tests:\n\n"
        f"  pip install -e {shlex.quote(f'{folder}[test]')}\n  python -m pytest {path}"
    )

"""``govindex explain``: where units lost points."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.inputs import add_sheets, scored
from govindex.cli.reading import add_file, add_text_out, write_text
from govindex.explanation import explain
from govindex.language import check_language

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


def add_explain(commands: Commands) -> None:
    """Add ``explain`` to the commands."""
    command = commands.add_parser("explain", help="where units lost points")
    command.set_defaults(run=_run)
    add_file(command, required=True)
    command.add_argument("units", nargs="+", metavar="UNIT", help="codes or names of units")
    add_sheets(command)
    add_text_out(command, "the explanation")


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    result, read = scored(options)
    texts = [str(explain(result, unit, language=language)) for unit in options.units]
    return "\n\n".join([write_text("\n\n".join(texts), options), *read.notes(language)])

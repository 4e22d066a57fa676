"""``govindex announce``: the sentences that announce a ranking."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.inputs import add_sheets, scored
from govindex.cli.reading import add_file, add_text_out, write_text
from govindex.language import check_language

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


def add_announce(commands: Commands) -> None:
    """Add ``announce`` to the commands."""
    command = commands.add_parser("announce", help="announce first, second, third and last")
    command.set_defaults(run=_run)
    add_file(command, required=True)
    add_sheets(command)
    add_text_out(command, "the announcement")


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    result, read = scored(options)
    sentences = "\n\n".join(result.announcement_sentences(language=language))
    return "\n\n".join([write_text(sentences, options), *read.notes(language)])

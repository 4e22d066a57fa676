"""``govindex change``: what changed between two periods or editions."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from govindex.changes import change
from govindex.cli.earlier import add_earlier, earlier_notes, earlier_result, successors
from govindex.cli.inputs import add_sheets, read_input
from govindex.cli.reading import add_file, add_out, scoring_method
from govindex.files import write_table
from govindex.files.saving import check_target
from govindex.language import check_language, words

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


def add_change(commands: Commands) -> None:
    """Add ``change`` to the commands."""
    command = commands.add_parser("change", help="what changed between two periods or editions")
    command.set_defaults(run=_run)
    command.add_argument("before", type=Path, help="the earlier file, laid out as the later one")
    add_file(command, required=True)
    add_sheets(command)
    add_earlier(command)
    command.add_argument(
        "--by",
        choices=["points", "percent"],
        default="points",
        help="compare criteria whose maxima differ in percent of the maximum, or list them "
        "(points, default)",
    )
    command.add_argument(
        "--split",
        action="store_true",
        help="divide each change into the unit's own figures, the rules and the league",
    )
    add_out(command, "the changes of the units")


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    if options.out:
        check_target(options.out, overwrite=options.force)
    earlier, earlier_read, old_method = earlier_result(options.before, options)
    method = scoring_method(options)
    read = read_input(options, method)
    changed = change(
        earlier,
        method.compute(read.observations),
        units=successors(options),
        by=options.by,
        methods=(old_method, method) if options.split else None,
        language=language,
    )
    notes = earlier_notes(earlier_read, options.before, language)
    parts = [str(changed), *notes, *read.notes(language)]
    if options.out:
        write_table(changed.units, options.out, overwrite=options.force)
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)

"""``govindex score``: score and rank the units of a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.contents import explanation_content, json_text, result_content
from govindex.cli.printing import (
    column_notes,
    is_marked,
    mark_notes,
    preparation_notes,
    ranking_text,
)
from govindex.cli.reading import add_file, add_out, computed
from govindex.explanation import explain
from govindex.files import write_table
from govindex.files.saving import check_target

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


def add_score(commands: Commands) -> None:
    """Add ``score`` to the commands."""
    command = commands.add_parser("score", help="score and rank the units of a file")
    command.set_defaults(run=_run)
    add_file(command, required=True)
    command.add_argument("--explain", metavar="UNIT", help="where this unit lost points")
    command.add_argument(
        "--json", action="store_true", help="print the ranking as JSON, with every decimal"
    )
    add_out(command, "the ranking")


def _run(given: argparse.Namespace) -> str:
    if given.out:
        check_target(given.out, overwrite=given.force)
    result = computed(given)
    if given.out:
        table = result.table(language=given.language, status=is_marked(result))
        write_table(table, given.out, overwrite=given.force)
    if given.json:
        content = result_content(result, given.language)
        if given.explain:
            explanation = explain(result, given.explain, language=given.language)
            content["explanation"] = explanation_content(explanation)
        return json_text(content)
    parts = [
        ranking_text(result, given.language),
        *mark_notes(result),
        *preparation_notes(result),
        *column_notes(result),
    ]
    if given.explain:
        parts.append(str(explain(result, given.explain, language=given.language)))
    if given.out:
        parts.append(f"Written to {given.out}")
    return "\n\n".join(parts)

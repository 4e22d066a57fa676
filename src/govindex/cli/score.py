"""``govindex score``: score and rank the units of a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.contents import (
    explanation_content,
    json_text,
    result_content,
    sheets_content,
)
from govindex.cli.inputs import add_sheets, scored
from govindex.cli.printing import (
    column_notes,
    is_marked,
    mark_notes,
    preparation_notes,
    ranking_text,
)
from govindex.cli.reading import add_file, add_out, scoring_method
from govindex.explanation import explain
from govindex.files import write_table
from govindex.files.saving import check_target
from govindex.language import check_language, words
from govindex.workbooks import write_result

if TYPE_CHECKING:
    from govindex.cli.reading import Commands
    from govindex.model.observations import Observations
    from govindex.results import IndexResult


def add_score(commands: Commands) -> None:
    """Add ``score`` to the commands."""
    command = commands.add_parser("score", help="score and rank the units of a file")
    command.set_defaults(run=_run)
    add_file(command, required=True)
    add_sheets(command)
    command.add_argument("--explain", metavar="UNIT", help="where this unit lost points")
    command.add_argument(
        "--json", action="store_true", help="print the ranking as JSON, with every decimal"
    )
    add_out(command, "the ranking, with .xlsx a whole workbook, with .zip an archive,")


def _run(options: argparse.Namespace) -> str:
    check_language(options.language)
    if options.out:
        check_target(options.out, overwrite=options.force)
    result, read = scored(options)
    if options.out:
        _write(result, read.observations, options)
    if options.json:
        content = {**result_content(result, options.language), **sheets_content(read.scores)}
        if options.explain:
            explanation = explain(result, options.explain, language=options.language)
            content["explanation"] = explanation_content(explanation)
        return json_text(content)
    language = options.language
    parts = [
        ranking_text(result, language),
        *result.announcement_sentences(language=language),
        *read.notes(language),
        *mark_notes(result, language),
        *preparation_notes(result, language),
        *column_notes(result, language),
    ]
    if options.explain:
        parts.append(str(explain(result, options.explain, language=language)))
    if options.out:
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)


def _write(result: IndexResult, data: Observations, options: argparse.Namespace) -> None:
    """Write the result as a workbook or an archive, or the ranking to a file of another kind."""
    if options.out.suffix.lower() == ".zip":
        result.archive(options.out, overwrite=options.force)
        return
    if options.out.suffix.lower() == ".xlsx":
        write_result(
            result,
            options.out,
            method=scoring_method(options),
            data=data,
            language=options.language,
            overwrite=options.force,
        )
        return
    table = result.table(language=options.language, status=is_marked(result))
    write_table(table, options.out, overwrite=options.force)

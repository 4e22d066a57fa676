"""``govindex report``: a document about a ranking."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex import report
from govindex.changes import change
from govindex.cli.earlier import add_earlier, earlier_notes, earlier_result, successors
from govindex.cli.inputs import add_sheets, rank_sample, read_input
from govindex.cli.reading import add_file, scoring_method, whole_count
from govindex.files.saving import check_target
from govindex.language import check_language, words

if TYPE_CHECKING:
    from govindex.cli.reading import Commands

_LETTERHEAD = {
    "superior": "the body above the one that reports",
    "issuer": "the body that reports",
    "number": "of the document",
    "place": "where it is signed",
    "date": "2026-01-15",
    "basis": "what it answers to",
    "authority": "on whose behalf it is signed",
    "position": "of who signs it",
    "signatory": "who signs it",
    "recipients": "several are separated by semicolons",
}


def add_report(commands: Commands) -> None:
    """Add ``report`` to the commands."""
    command = commands.add_parser("report", help="write a document about a ranking")
    command.set_defaults(run=_run)
    add_file(command, required=True)
    add_sheets(command)
    command.add_argument(
        "--out", type=Path, required=True, help="the document: .docx, .html, .pdf or .md"
    )
    command.add_argument("--force", action="store_true", help="replace the file if it exists")
    command.add_argument("--before", type=Path, metavar="FILE", help="the earlier file")
    add_earlier(command)
    command.add_argument(
        "--draws",
        type=whole_count,
        metavar="N",
        help="say how certain each rank is, by so many draws of other weights",
    )
    command.add_argument("--template", type=Path, help="your own styles or layout")
    for name, meaning in _LETTERHEAD.items():
        kind = _day if name == "date" else str
        command.add_argument(f"--{name}", type=kind, help=f"for the letterhead: {meaning}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date such as 2026-01-15") from error


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    check_target(options.out, overwrite=options.force)
    method = scoring_method(options)
    read = read_input(options, method)
    result = method.compute(read.observations)
    before, notes = None, []
    if options.before is not None:
        earlier, earlier_read, _ = earlier_result(options.before, options)
        notes = earlier_notes(earlier_read, options.before, language)
        before = change(earlier, result, units=successors(options), language=language)
    sample = None
    if options.draws is not None:
        sample = rank_sample(method, read.observations, options.draws)
    report.write(
        result,
        options.out,
        method=method,
        before=before,
        robustness=sample,
        data=read.observations,
        letterhead=_letterhead(options),
        language=language,
        template=options.template,
        overwrite=options.force,
    )
    parts = [words("command.written", language, file=options.out), *notes, *read.notes(language)]
    return "\n\n".join(parts)


def _letterhead(options: argparse.Namespace) -> report.Letterhead | None:
    given: dict[str, Any] = {name: getattr(options, name) for name in _LETTERHEAD}
    given = {name: text for name, text in given.items() if text}
    if not given:
        return None
    if "recipients" in given:
        given["recipients"] = [text.strip() for text in given["recipients"].split(";")]
    return report.Letterhead(**given)

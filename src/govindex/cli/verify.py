"""``govindex verify``: compute the result of an archive again, and compare every number."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from govindex.errors import Problem
from govindex.interchange import ArchiveCheck, verify_archive
from govindex.language import check_language, number_text, words

if TYPE_CHECKING:
    from govindex.cli.reading import Commands

_SHOWN = 20
_FILES = ("added", "changed", "removed")
_CELLS = (
    *("score", "rank", "overall_rank", "band", "share", "applicable", "status", "value"),
    *("weights", "treated", "raw"),
)


class NotVerified(Exception):  # noqa: N818 - a report, not an error of the call
    """The report of an archive whose numbers are not found again."""


def add_verify(commands: Commands) -> None:
    """Add ``verify`` to the commands."""
    command = commands.add_parser("verify", help="compute the result of an archive again")
    command.set_defaults(run=_run)
    command.add_argument("file", type=Path, help="an archive that score --out FILE.zip wrote")
    command.add_argument("--language", help="of words: vi, en (default)")


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    check = verify_archive(options.file)
    text = "\n".join([*_lines(check, language), *check.notes])
    if not check.verified:
        raise NotVerified(text)
    return text


def _lines(check: ArchiveCheck, language: str | None) -> list[str]:
    about = {"file": check.file, "method": check.methodology}
    signed = words("command.archive_hash", language, hash=check.sha256)
    if check.verified:
        units = number_text(check.units, language)
        return [words("command.verified", language, **about, units=units), signed]
    count = number_text(len(check.problems), language)
    lines = [words("command.not_verified", language, **about, count=count)]
    lines += [f"  {_line(problem, language)}" for problem in check.problems[:_SHOWN]]
    if len(check.problems) > _SHOWN:
        more = number_text(len(check.problems) - _SHOWN, language)
        lines.append(f"  {words('command.archive_more', language, count=more)}")
    return [*lines, signed]


def _line(problem: Problem, language: str | None) -> str:
    """Return what differs; where the result cannot be computed, the error itself."""
    kind = problem.code.removeprefix("archive.")
    if kind in _FILES:
        return words(f"command.archive_{kind}", language, file=problem.found)
    if "said" not in problem.values:
        return str(problem)
    what = str(problem.values["what"])
    named = kind in _CELLS
    texts = {
        "where": ", ".join(filter(None, (problem.unit, problem.variable, problem.path))),
        "what": words(f"command.archived.{kind}", language) if named else what,
        "said": str(problem.values["said"]),
        "found": str(problem.values["found"]),
    }
    return words("command.archive_differs", language, **texts)

"""``govindex list``: the installed methodologies."""

from __future__ import annotations

import argparse
import shutil
from textwrap import wrap
from typing import TYPE_CHECKING

from govindex.cli.contents import json_text, records
from govindex.language import check_language, words
from govindex.plugins import methodologies

if TYPE_CHECKING:
    import pandas as pd

    from govindex.cli.reading import Commands

_NARROW = 24  # the least width of a title
_OPTIONAL = ("depth", "package", "confidence", "units", "indicators")  # dropped in this order


def add_list(commands: Commands) -> None:
    """Add ``list`` to the commands."""
    command = commands.add_parser("list", help="the installed methodologies")
    command.set_defaults(run=_run)
    command.add_argument("--json", action="store_true", help="print JSON, with every column")
    command.add_argument("--language", help="of titles and words: vi, en (default)")


def _run(options: argparse.Namespace) -> str:
    check_language(options.language)
    frame = methodologies(options.language).reset_index()
    if options.json:
        return json_text(records(frame))
    # Without a terminal, as in a pipe, lines may be of any length.
    width = shutil.get_terminal_size(fallback=(0, 0)).columns
    return fitted(frame, width, options.language)


def fitted(frame: pd.DataFrame, width: int, language: str | None = None) -> str:
    """Return the table of methodologies in lines of at most `width` signs (0: of any length).

    If need be, columns are dropped and titles cut; the state of an edition is printed in full below
    the table.
    """
    whole = _text(frame, language)
    if width == 0 or _width(whole) <= width:
        return whole
    short = frame.assign(state=frame["state"].str.partition(":")[0])
    for column in ("", *_OPTIONAL):
        short = short.drop(columns=column) if column else short
        title = words("command.listed.title", language)
        spare = width + len(title) - _width(_text(short.assign(title=""), language))
        if spare >= _NARROW:
            short["title"] = [_cut(title, spare) for title in short["title"]]
            break
    else:
        short = short[["id", "version"]]
    lines = _text(short, language).splitlines()
    if _width("\n".join(lines)) > width:
        lines = [part for line in lines for part in wrap(line, width, subsequent_indent="  ")]
    notes = _notes(frame, language)
    notes = [part for note in notes for part in wrap(note, width, subsequent_indent="  ")]
    if notes:
        lines += ["", *notes]
    return "\n".join([*lines, "", *wrap(words("command.wider", language), width)])


def _notes(frame: pd.DataFrame, language: str | None) -> list[str]:
    wrong = frame[frame["state"] != words("command.state.ready", language)]
    editions = wrong["id"] + "@" + wrong["version"]
    return [f"{edition}: {state}" for edition, state in zip(editions, wrong["state"], strict=True)]


def _text(frame: pd.DataFrame, language: str | None) -> str:
    titles = [words(f"command.listed.{name}", language) for name in frame.columns]
    columns = [[title, *map(str, frame[name])] for title, name in zip(titles, frame, strict=True)]
    widths = [max(map(len, column)) for column in columns]
    rows = zip(*columns, strict=True)
    lines = (map(str.ljust, row, widths) for row in rows)
    return "\n".join(" ".join(line).rstrip() for line in lines)


def _width(text: str) -> int:
    return max(len(line) for line in text.splitlines())


def _cut(title: str, width: int) -> str:
    return title if len(title) <= width else f"{title[: width - 1].rstrip()}…"

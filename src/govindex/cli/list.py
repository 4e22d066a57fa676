"""``govindex list``: the installed methodologies."""

from __future__ import annotations

import argparse
import shutil
from textwrap import wrap
from typing import TYPE_CHECKING

from govindex.cli.contents import json_text, records
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


def _run(options: argparse.Namespace) -> str:
    frame = methodologies().reset_index()
    if options.json:
        return json_text(records(frame))
    # Without a terminal, as in a pipe, lines may be of any length.
    return fitted(frame, shutil.get_terminal_size(fallback=(0, 0)).columns)


def fitted(frame: pd.DataFrame, width: int) -> str:
    """Return the table of methodologies in lines of at most `width` signs (0: of any length).

    If need be, columns are dropped and titles cut; the state of an edition is printed in full below
    the table.
    """
    whole = _text(frame)
    if width == 0 or _width(whole) <= width:
        return whole
    short = frame.assign(state=frame["state"].str.partition(":")[0])
    for column in ("", *_OPTIONAL):
        short = short.drop(columns=column) if column else short
        spare = width + len("title") - _width(_text(short.assign(title="")))
        if spare >= _NARROW:
            short["title"] = [_cut(title, spare) for title in short["title"]]
            break
    else:
        short = short[["id", "version"]]
    lines = _text(short).splitlines()
    if _width(_text(short)) > width:
        lines = [part for line in lines for part in wrap(line, width, subsequent_indent="  ")]
    notes = [part for note in _notes(frame) for part in wrap(note, width, subsequent_indent="  ")]
    if notes:
        lines += ["", *notes]
    return "\n".join([*lines, "", *wrap("A wider terminal or --json shows more.", width)])


def _notes(frame: pd.DataFrame) -> list[str]:
    wrong = frame[frame["state"] != "ready"]
    editions = wrong["id"] + "@" + wrong["version"]
    return [f"{edition}: {state}" for edition, state in zip(editions, wrong["state"], strict=True)]


def _text(frame: pd.DataFrame) -> str:
    columns = [[str(name), *map(str, frame[name])] for name in frame.columns]
    widths = [max(map(len, column)) for column in columns]
    rows = zip(*columns, strict=True)
    lines = (map(str.ljust, row, widths) for row in rows)
    return "\n".join(" ".join(line).rstrip() for line in lines)


def _width(text: str) -> int:
    return max(len(line) for line in text.splitlines())


def _cut(title: str, width: int) -> str:
    return title if len(title) <= width else f"{title[: width - 1].rstrip()}…"

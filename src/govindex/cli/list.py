"""``govindex list``: the installed methodologies."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.plugins import methodologies

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


def add_list(commands: Commands) -> None:
    """Add ``list`` to the commands."""
    command = commands.add_parser("list", help="the installed methodologies")
    command.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> str:
    return methodologies().reset_index().to_string(index=False, justify="left")

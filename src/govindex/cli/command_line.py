"""The words of the command line: which commands there are, and running one.

Errors take one screen and no traceback; the exit code is 0 when all went well, 1 for bad input or
a broken law, and 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from govindex.cli.check import LawsBroken, add_check
from govindex.cli.demo import add_demo
from govindex.cli.list import add_list
from govindex.cli.new import add_new
from govindex.cli.robustness import add_robustness
from govindex.cli.score import add_score
from govindex.cli.show import add_show
from govindex.cli.validate import add_validate
from govindex.errors import GovIndexError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words after ``govindex``; by default those of the process.
    """
    given = parser().parse_args(arguments)
    try:
        print(given.run(given), flush=True)
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except LawsBroken as report:
        print(report)
        return 1
    except GovIndexError as error:
        print(f"govindex: {error}", file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="govindex", description="Score, rank and explain indices.")
    commands = whole.add_subparsers(dest="command", required=True)
    for add in (
        add_list,
        add_show,
        add_score,
        add_robustness,
        add_validate,
        add_check,
        add_new,
        add_demo,
    ):
        add(commands)
    return whole

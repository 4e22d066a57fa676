"""The earlier result that a command compares with: its file, methodology and stages."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex.changes import Merger
from govindex.changes.mergers import successors as successors_of
from govindex.cli.inputs import Input, read_input
from govindex.cli.reading import comma_separated, scoring_method
from govindex.errors import SettingError
from govindex.language import words
from govindex.periods import parts_of_year

if TYPE_CHECKING:
    from govindex.methods import Methodology
    from govindex.results import IndexResult


def add_earlier(command: argparse.ArgumentParser) -> None:
    """Add the options that say how the earlier file is read, and which units merged."""
    command.add_argument(
        "--before-method", metavar="METHOD", help="of the earlier file; by default the same"
    )
    command.add_argument(
        "--before-stages",
        type=comma_separated,
        metavar="NAMES",
        help="stages of the earlier file; by default the same",
    )
    command.add_argument(
        "--before-period",
        metavar="PERIOD",
        help="the period of the earlier file; by default a column --period, else none",
    )
    command.add_argument(
        "--before-leagues", type=Path, metavar="FILE", help="leagues in the earlier file"
    )
    command.add_argument(
        "--successors",
        type=Path,
        metavar="FILE",
        help="a table of units that were renamed or merged: columns unit and now",
    )
    command.add_argument(
        "--merged",
        choices=["mean", "sum"],
        help="how the scores of units that merged become one",
    )


def earlier_result(
    file: Path, options: argparse.Namespace
) -> tuple[IndexResult, Input, Methodology]:
    """Return the result of the earlier file, what was read, and its methodology."""
    settings = {**vars(options), "file": file}
    settings["method"] = options.before_method or options.method
    settings["stages"] = options.before_stages or options.stages
    settings["leagues"] = options.before_leagues
    settings["period"] = options.before_period or _column(options.period)
    earlier = argparse.Namespace(**settings)
    method = scoring_method(earlier)
    read = read_input(earlier, method)
    return method.compute(read.observations), read, method


def earlier_notes(read: Input, file: Path, language: str | None) -> list[str]:
    """Return what the reader of the output must know of the earlier file."""
    notes = "\n\n".join(read.notes(language))
    return [words("command.earlier_file", language, file=file.name, notes=notes)] if notes else []


def _column(period: str | None) -> str | None:
    """Return what `--period` says if it is a column, which both files have."""
    return None if period is None or parts_of_year(period) else period


def successors(options: argparse.Namespace) -> Any:
    """Return old units with their new ones, None without a file."""
    if options.successors is None:
        if options.merged:
            raise SettingError("--merged needs the units that merged: --successors FILE")
        return None
    if options.merged:
        return Merger(options.successors, how=options.merged)
    return successors_of(options.successors)

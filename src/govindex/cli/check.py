"""``govindex check``: try the laws that a methodology's parts promise."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from govindex.cli.printing import show_progress
from govindex.cli.reading import add_reading, read_data, scoring_method, whole_count
from govindex.errors import SettingError
from govindex.methods import Methodology

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


class LawsBroken(Exception):  # noqa: N818 - a report, not an error of the call
    """The report of laws that do not hold."""


def add_check(commands: Commands) -> None:
    """Add ``check`` to the commands."""
    command = commands.add_parser("check", help="try the laws that a methodology's parts promise")
    command.set_defaults(run=_run)
    command.add_argument("method", help="ID, ID@VERSION, or a document (.toml, .json)")
    command.add_argument(
        "--data",
        type=Path,
        dest="file",
        metavar="FILE",
        help="try data like these: CSV, Excel, Parquet or JSON (default: any accepted data)",
    )
    command.add_argument(
        "--examples",
        type=whole_count,
        metavar="N",
        help="examples for each law (default: 15, 10000 with GOVINDEX_PROFILE=deep)",
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="try other examples")
    command.add_argument(
        "--law",
        action="append",
        default=[],
        metavar="NAME",
        help="try only this law; may be given several times",
    )
    add_reading(command)


def _run(options: argparse.Namespace) -> str:
    try:
        from govindex.testing.console import try_laws
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise SettingError(
            "trying the laws needs hypothesis: pip install 'govindex[testing]'"
        ) from error
    method = scoring_method(options)
    data = None if options.file is None else read_data(options)
    if data is not None and isinstance(method, Methodology):
        method.compute(data)  # so that an error in the file is not reported as a broken law
    try:
        report, kept = try_laws(
            method,
            data=data,
            examples=options.examples,
            seed=options.seed,
            names=options.law,
            progress=show_progress,
        )
    finally:
        show_progress("")
    if not kept:
        raise LawsBroken(report)
    return report

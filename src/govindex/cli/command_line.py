"""The commands of the command line, and running one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from govindex import __version__
from govindex.cli.announce import add_announce
from govindex.cli.change import add_change
from govindex.cli.check import LawsBroken, add_check
from govindex.cli.demo import add_demo
from govindex.cli.explain import add_explain
from govindex.cli.form import add_form
from govindex.cli.improve import add_improve
from govindex.cli.list import add_list
from govindex.cli.new import add_new
from govindex.cli.plot import add_plot
from govindex.cli.read import add_read
from govindex.cli.reconcile import add_reconcile
from govindex.cli.records import add_records
from govindex.cli.report import add_report
from govindex.cli.robustness import add_robustness
from govindex.cli.score import add_score
from govindex.cli.services import add_services
from govindex.cli.show import add_show
from govindex.cli.survey import add_survey
from govindex.cli.tasks import add_tasks
from govindex.cli.validate import add_validate
from govindex.cli.verify import NotVerified, add_verify


def run(arguments: Sequence[str] | None) -> tuple[str, int]:
    """Return the output of a command, and the exit code: 1 if a law or an archive is broken."""
    commands = parser()
    options = commands.parse_args(arguments)
    if options.command is None:
        return commands.format_help().rstrip("\n"), 0
    try:
        return options.run(options), 0
    except (LawsBroken, NotVerified) as report:
        return str(report), 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="govindex", description="Score, rank and explain indices.")
    whole.add_argument("--version", action="version", version=f"govindex {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="command")
    for add in (
        add_list,
        add_show,
        add_read,
        add_form,
        add_score,
        add_announce,
        add_explain,
        add_change,
        add_reconcile,
        add_improve,
        add_plot,
        add_report,
        add_robustness,
        add_survey,
        add_records,
        add_services,
        add_tasks,
        add_validate,
        add_verify,
        add_check,
        add_new,
        add_demo,
    ):
        add(commands)
    return whole

"""``govindex robustness``: how stable each rank is under other weights."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.inputs import add_sheets, read_input
from govindex.cli.printing import (
    column_notes,
    mark_notes,
    show_progress,
    unit_text,
)
from govindex.cli.reading import add_file, add_out, scoring_method, whole_count
from govindex.files import write_table
from govindex.files.saving import check_target
from govindex.language import check_language, number_text, words
from govindex.results.tables import without_idle

if TYPE_CHECKING:
    from govindex.cli.reading import Commands


def add_robustness(commands: Commands) -> None:
    """Add ``robustness`` to the commands."""
    command = commands.add_parser("robustness", help="how stable each rank is under other weights")
    command.set_defaults(run=_run)
    add_file(command, required=True)
    add_sheets(command)
    command.add_argument(
        "--draws", type=whole_count, default=10_000, metavar="N", help="how many (default: 10000)"
    )
    command.add_argument(
        "--spread",
        type=float,
        default=0.25,
        help="weights vary up and down by this share of themselves (default: 0.25)",
    )
    command.add_argument(
        "--level", type=float, default=0.9, help="share of draws in the intervals (default: 0.9)"
    )
    command.add_argument("--seed", type=int, default=0, metavar="N", help="for other draws")
    add_out(command, "the intervals")


def _run(options: argparse.Namespace) -> str:
    from govindex.robustness import Weights, sample_ranks

    language: str | None = options.language
    check_language(language)
    if options.out:
        check_target(options.out, overwrite=options.force)

    def progress(done: int, draws: int) -> None:
        counts = {"done": number_text(done, language), "draws": number_text(draws, language)}
        show_progress(words("command.progress", language, **counts))

    method = scoring_method(options)
    try:
        sample = sample_ranks(
            method,
            read_input(options, method).observations,
            vary=[Weights(spread=options.spread)],
            draws=options.draws,
            rng=options.seed,
            progress=progress,
        )
    finally:
        show_progress("")
    intervals = sample.intervals(options.level)
    shown = without_idle(intervals, sample.nominal)
    parts = [sample.summary_in(language), unit_text(shown, sample.nominal, language)]
    parts += [*mark_notes(sample.nominal, language), *column_notes(sample.nominal, language)]
    if options.out:
        write_table(intervals, options.out, overwrite=options.force)
        parts.append(words("command.written", language, file=options.out))
    return "\n\n".join(parts)

"""``govindex demo``: rank and explain 34 provinces on real data."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from govindex import datasets
from govindex.changes import change
from govindex.cli.printing import ranking_text, unit_text
from govindex.explanation import explain
from govindex.language import check_language, number_text, words
from govindex.methods import Methodology
from govindex.plugins import methodology
from govindex.results import IndexResult
from govindex.results.announcements import league_scores
from govindex.rounding import Levels, Rounding

if TYPE_CHECKING:
    from govindex.cli.reading import Commands

_MOVES = (
    *("name", "rank_before", "rank", "rank_change"),
    *("score_before", "score", "score_change"),
)


def add_demo(commands: Commands) -> None:
    """Add ``demo`` to the commands."""
    command = commands.add_parser("demo", help="rank and explain 34 provinces on real data")
    command.set_defaults(run=_run)
    command.add_argument("--language", default="en", help="of names and words: vi, en (default)")
    command.add_argument(
        "--html", type=Path, metavar="FILE", help="write the page on which weights move, too"
    )
    command.add_argument("--force", action="store_true", help="replace the file if it exists")


def _run(options: argparse.Namespace) -> str:
    language = check_language(options.language)
    method = methodology("vn.service-766@2022")
    groups = method.cut()
    before, after = (
        groups.compute(datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
        for day in ("06", "10")
    )
    detail = method.compute(datasets.load("vn.service-766.phu-tho-2026"))
    phu_tho = explain(detail, "UBND tỉnh Phú Thọ", language=language)
    page = _page(groups, after, options)
    return "\n\n".join(
        [
            *page,
            f"{method.label(language)}\n{words('demo.title', language)}",
            ranking_text(after, language),
            *after.announcement_sentences(language=language),
            _national(groups, after, language),
            f"{words('demo.changes', language)}\n\n{_moves(before, after, language)}",
            f"{words('demo.explanation', language)}\n\n{phu_tho}",
        ]
    )


def _page(method: Methodology, result: IndexResult, options: argparse.Namespace) -> list[str]:
    """Write the page on which weights move, if a file is named, and return a note of that."""
    if options.html is None:
        return []
    from govindex.plot import explorer

    assert result.observations is not None
    page = explorer(method, result.observations, language=options.language)
    page.write(options.html, overwrite=options.force)
    return [words("command.written", options.language, file=options.html)]


def _national(method: Methodology, result: IndexResult, language: str) -> str:
    assert result.observations is not None
    everyone = dict.fromkeys(result.units.codes, "all provinces")
    # The published mean is the sum of the groups' means, each rounded to hundredths.
    means = attrs.evolve(method, rounding=Levels(leaf=Rounding(2)))
    mean = means.compute(result.observations.roll_up(everyone))
    scores = {c: number_text(float(mean.printed_at(c)[0]), language, 2) for c in mean.codes}
    groups = ", ".join(f"{mean.node(c).label(language)} {scores[c]}" for c in mean.display)
    own = number_text(float(league_scores(result)["mean"].iloc[0]), language, 2)
    return words("demo.national", language, mean=scores[mean.codes[0]], groups=groups, own=own)


def _moves(before: IndexResult, after: IndexResult, language: str) -> str:
    moved = change(before, after, language=language).units.loc[:, list(_MOVES)]
    moved = moved[moved["rank_change"] != 0]
    moved = moved.sort_values("rank_change", ascending=False, kind="stable")
    signed = moved.assign(
        rank_change=[f"{ranks:+d}" for ranks in moved["rank_change"]],
        score_change=[_signed(points, language) for points in moved["score_change"]],
    )
    return unit_text(signed, after, language)


def _signed(points: float, language: str) -> str:
    return f"{'+' if points > 0 else ''}{number_text(points, language, 2)}"

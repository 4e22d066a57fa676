"""``govindex demo``: rank and explain 34 provinces on real data."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import attrs

from govindex import datasets
from govindex.changes import change
from govindex.cli.printing import ranking_text, unit_text
from govindex.explanation import explain
from govindex.methods import Methodology
from govindex.plugins import methodology
from govindex.results import IndexResult
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
    command.add_argument("--language", default="en", help="of names: vi, en (default)")


def _run(options: argparse.Namespace) -> str:
    language: str = options.language
    method = methodology("vn.service-766@2022")
    groups = method.cut()
    before, after = (
        groups.compute(datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
        for day in ("06", "10")
    )
    detail = method.compute(datasets.load("vn.service-766.phu-tho-2026"))
    phu_tho = explain(detail, "UBND tỉnh Phú Thọ", language=language)
    return "\n\n".join(
        [
            f"{method.label(language)}\n34 provinces on 10 October 2026, from the scores published "
            "for six groups",
            ranking_text(after, language),
            _announcement(after, language),
            _national(groups, after, language),
            f"Changes since 6 October\n\n{_moves(before, after, language)}",
            "Where Phú Thọ lost points (captured 26 September 2026), from numerators and "
            f"denominators\n\n{phu_tho}",
        ]
    )


def _announcement(result: IndexResult, language: str) -> str:
    row = result.announce(language=language).iloc[0]
    return (
        f"First {row['first']}, second {row['second']}, third {row['third']}; last {row['last']}."
    )


def _national(groups: Methodology, result: IndexResult, language: str) -> str:
    assert result.observations is not None
    everyone = dict.fromkeys(result.units.codes, "all provinces")
    # The published mean is the sum of the groups' means, each rounded to hundredths.
    means = attrs.evolve(groups, rounding=Levels(leaf=Rounding(2)))
    mean = means.compute(result.observations.roll_up(everyone))
    parts = ", ".join(
        f"{mean.framework.node(c).label(language)} {mean.printed[mean.row_of(c), 0]:.2f}"
        for c in mean.display
    )
    return f"National mean {mean.printed[0, 0]:.2f}: {parts}."


def _moves(before: IndexResult, after: IndexResult, language: str) -> str:
    moved = change(before, after, language=language).units.loc[:, list(_MOVES)]
    moved = moved[moved["rank_change"] != 0]
    moved = moved.sort_values("rank_change", ascending=False, kind="stable")
    signed = moved.assign(
        rank_change=[f"{ranks:+d}" for ranks in moved["rank_change"]],
        score_change=[f"{points:+.2f}" for points in moved["score_change"]],
    )
    return unit_text(signed, after)

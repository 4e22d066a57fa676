"""The chapter on how certain ranks are, where errors of the data vary."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import govindex as gi
from govindex import robustness
from govindex.report import compose
from govindex.report.contents import DataTable, Listing, Prose
from tests.test_rank_groups import METHOD, sampled

VALUES = [50.0, 79.5, 80.0, 30.0]


def blocks(sample: robustness.RankSample, title: str, language: str = "en") -> list[Any]:
    """Return the blocks of a chapter and of its leagues."""
    content = compose(sample.nominal, method=METHOD, robustness=sample, language=language)
    chapters = list(content.chapters)
    at = next(i for i, each in enumerate(chapters) if each.title.endswith(title))
    below = list(takewhile(lambda each: each.level == 2, chapters[at + 1 :]))
    return [block for each in (chapters[at], *below) for block in each.blocks]


def said_in(found: list[Any]) -> str:
    return " ".join(block.text for block in found if isinstance(block, Prose))


def test_the_table_has_intervals_of_scores_and_groups_of_ranks() -> None:
    sample = sampled(VALUES)
    found = blocks(sample, "How certain each rank is")
    table = next(block for block in found if isinstance(block, DataTable))
    assert [column.heading for column in table.columns][4:6] == ["Score interval", "Rank group"]
    assert [row[5].text for row in table.rows] == ["1–2", "1–2", "3", "4"]
    low, high = sample.score_intervals(0.9).loc["U2", ["low", "high"]]
    assert table.rows[0][4].text == f"{low:.2f}–{high:.2f}"
    said = said_in(found)
    assert "do not differ statistically" in said
    assert "pairwise at 95 %, with Holm's correction" in said


def test_the_summary_says_who_does_not_differ() -> None:
    found = blocks(sampled(VALUES), "Kết quả chung", "vi")
    listed = next(block for block in found if isinstance(block, Listing))
    assert "Không khác biệt có ý nghĩa thống kê: U2 và U1 (hạng 1–2)." in listed.entries[0]


def test_too_few_draws_for_groups_are_said() -> None:
    few = sampled(VALUES, draws=60)
    found = blocks(few, "How certain each rank is")
    said = said_in(found)
    assert "60 draws are too few" in said
    table = next(block for block in found if isinstance(block, DataTable))
    assert "Rank group" not in [column.heading for column in table.columns]


def test_other_weights_are_no_errors_and_make_no_groups() -> None:
    leaves = [gi.Indicator(c, rule=gi.rules.Affine(slope=0.01)) for c in ("x", "y")]
    method = gi.Methodology("example.xy", "1", gi.Framework("index", leaves))
    data = gi.Observations(
        [gi.Unit(code) for code in "AB"], ("x", "y"), [[50.0, 60.0], [70.0, 20.0]]
    )
    vary = [robustness.Weights(spread=0.5)]
    sample = robustness.sample_ranks(method, data, vary=vary, draws=100, rng=1)
    content = compose(sample.nominal, method=method, robustness=sample)
    titles = [
        column.heading
        for each in content.chapters
        for block in each.blocks
        if isinstance(block, DataTable)
        for column in block.columns
    ]
    assert "Interval" in titles
    assert "Rank group" not in titles

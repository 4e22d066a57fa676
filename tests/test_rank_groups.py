"""Ranks that are statistically the same, in tables, announcements and pictures of a result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import govindex as gi
from govindex import robustness, rules

METHOD = gi.Methodology(
    "example.x", "1", gi.Framework("index", [gi.Indicator("x", rule=rules.Affine(slope=0.01))])
)


def sampled(values: list[float], leagues: str = "", draws: int = 3000) -> robustness.RankSample:
    codes = [f"U{number}" for number in range(len(values))]
    data = gi.Observations(
        [gi.Unit(c, league=g) for c, g in zip(codes, leagues or "l" * len(codes), strict=True)],
        ("x",),
        np.array(values)[:, None],
        errors=np.ones((len(values), 1)),
    )
    return robustness.sample_ranks(METHOD, data, vary=[robustness.Errors()], draws=draws, rng=1)


def with_groups(values: list[float], leagues: str = "") -> tuple[gi.IndexResult, Any]:
    sample = sampled(values, leagues)
    return sample.nominal, robustness.tied_groups(sample)


def test_the_published_table_gains_the_group_of_each_rank() -> None:
    result, groups = with_groups([50.0, 79.5, 80.0, 30.0])
    table = result.table(groups=groups)
    assert table["rank_group"].tolist() == ["1–2", "1–2", "3", "4"]
    assert list(table)[:2] == ["rank", "rank_group"]
    assert "rank_group" not in result.table()
    assert "1–2" in result.style(groups=groups, language="vi").to_html()


def test_tables_of_a_sample_gain_the_group_of_each_rank() -> None:
    sample = sampled([50.0, 79.5, 80.0, 30.0])
    groups = robustness.tied_groups(sample)
    for table in (sample.intervals(groups=groups), sample.score_intervals(0.95, groups=groups)):
        assert table["rank_group"].tolist() == ["1–2", "1–2", "3", "4"]
    assert "rank_group" not in sample.intervals()
    other = robustness.tied_groups(sampled([90.0, 79.5, 80.0, 30.0]))
    with pytest.raises(gi.DataError, match="groups= are of another result"):
        sample.intervals(groups=other)


def test_an_announcement_names_who_does_not_differ_from_those_that_it_names() -> None:
    result, groups = with_groups([30.2, 79.5, 80.0, 50.0, 50.1, 30.0])
    [english] = result.announcement_sentences(groups=groups)
    [vietnamese] = result.announcement_sentences(groups=groups, language="vi")
    told = "Not statistically different: U2 and U1 (ranks 1–2); U4 and U3 (ranks 3–4); "
    assert f"{told}U0 and U5 (ranks 5–6)." in english
    assert "Không khác biệt có ý nghĩa thống kê: U2 và U1 (hạng 1–2); " in vietnamese
    assert "statistically" not in result.announcement_sentences()[0]


def test_an_announcement_says_that_all_ranks_differ() -> None:
    result, groups = with_groups([90.0, 60.0, 30.0])
    [text] = result.announcement_sentences(groups=groups)
    assert "Each rank differs statistically from the next." in text


def test_leagues_have_groups_of_their_own() -> None:
    result, groups = with_groups([80.0, 80.1, 60.0, 30.0], "abab")
    assert result.table(groups=groups)["rank_group"].tolist() == ["1", "2", "1", "2"]
    first, second = result.announcement_sentences(groups=groups)
    assert first.startswith("a: ")
    assert "Each rank differs" in first
    assert "Each rank differs" in second


def test_groups_of_another_result_are_refused_by_unit() -> None:
    result, _ = with_groups([80.0, 70.0, 60.0])
    _, other = with_groups([70.0, 80.0, 60.0])
    with pytest.raises(gi.DataError, match="unit 'U0': its rank is 1, in the groups 2") as caught:
        result.table(groups=other)
    assert {problem.unit for problem in caught.value.problems} == {"U0", "U1"}
    _, fewer = with_groups([80.0, 70.0])
    with pytest.raises(gi.DataError, match="unit 'U2': the groups do not have this unit"):
        result.announcement_sentences(groups=fewer)
    with pytest.raises(gi.SettingError, match=r"groups= is the table that robustness.tied_groups"):
        result.table(groups=result.scores)


def test_a_picture_of_the_ranking_draws_intervals_and_brackets() -> None:
    pytest.importorskip("matplotlib")
    sample = sampled([50.0, 79.5, 80.0, 30.0, 30.1, 30.2])
    groups = robustness.tied_groups(sample)
    axes = gi.plot.ranking(sample.nominal, intervals=sample, groups=groups, style="dots")
    brackets = next(c for c in axes.collections if c.get_label() == "_groups")
    spans = [np.asarray(path.vertices)[:, 1] for path in brackets.get_paths()]
    assert [(round(y.min() + 0.32, 6), round(y.max() - 0.32, 6)) for y in spans] == [
        (0.5, 1.5), (3.5, 5.5)
    ]  # fmt: skip
    written = [text.get_text() for text in axes.texts]
    assert {"1–2", "4–6"} <= set(written)
    assert "3" not in written
    lines = next(c for c in axes.collections if c.get_label() == "_intervals")
    ends = np.array([np.asarray(path.vertices)[:, 0] for path in lines.get_paths()])
    np.testing.assert_allclose(ends[:, 1] - ends[:, 0], 2 * 1.645, rtol=0.1)


def test_a_sample_of_another_node_is_not_drawn() -> None:
    pytest.importorskip("matplotlib")
    sample = sampled([50.0, 79.5])
    with pytest.raises(gi.DataError, match="intervals= is a sample of 'index', and 'x' is drawn"):
        gi.plot.ranking(sample.nominal, "x", intervals=sample)

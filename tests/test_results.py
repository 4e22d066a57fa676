"""Results: ranks, ties, bands, tables, and results as data of another index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    Bands,
    Dimension,
    Framework,
    FrameworkError,
    Indicator,
    Levels,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    Unit,
    UnknownNameError,
    View,
    absence,
    aggregate,
    rules,
)
from tests.strategies import NA, TABLE, Case, cases, observed


def points(code: str, weight: float = 10, **settings: Any) -> Indicator:
    return Indicator(code, weight=weight, rule=rules.Points(), **settings)


def computed(
    cells: Mapping[str, list[Any]],
    units: list[Unit | str] | None = None,
    *,
    root: dict[str, Any] | None = None,
    nodes: dict[str, dict[str, Any]] | None = None,
    **settings: Any,
) -> Any:
    own = nodes or {}
    leaves = [points(code, **own.get(code, {})) for code in cells]
    framework = Framework("total", leaves, aggregate=aggregate.Sum(), **(root or {}))
    method = Methodology("test", "1", framework, **{"scale": "points", **settings})
    return method.compute(observed(cells, units))


LEAGUES: list[Unit | str] = [
    Unit("A", "Alpha", league="north"),
    Unit("B", "Beta", league="north"),
    Unit("C", "Gamma", league="south"),
    Unit("D", "Delta", league="south"),
    Unit("E", "Epsilon", league="south", ranked=False),
]


# -- ranks ----------------------------------------------------------------------------------


def test_ranks_inside_leagues_and_overall() -> None:
    result = computed({"a": [5.0, 7.0, 6.0, 6.0, 9.0]}, LEAGUES)
    assert result.ranks["total"].fillna(0).to_list() == [2, 1, 1, 1, 0]
    assert result.overall_ranks["total"].fillna(0).to_list() == [4, 1, 2, 2, 0]
    assert result.ranks["total"].dtype == "Int64"


def test_unit_that_is_not_ranked_has_a_score_and_no_rank() -> None:
    result = computed({"a": [5.0, 7.0, 6.0, 6.0, 9.0]}, LEAGUES)
    assert result.score["E"] == 9.0
    assert result.ranks.loc["E"].isna().all()
    assert result.rank_labels() == ["2", "1", "=1", "=1", ""]
    assert result.rank_labels(overall=True) == ["4", "1", "=2", "=2", ""]
    assert result.rank_labels("a") == ["2", "1", "=1", "=1", ""]


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ("competition", [1, 2, 2, 4]),
        ("dense", [1, 2, 2, 3]),
        ("max", [1, 3, 3, 4]),
        ("average", [1, 2.5, 2.5, 4]),
        ("ordinal", [1, 2, 3, 4]),
    ],
)
def test_ties_give_the_declared_ranks(ties: Any, expected: list[float]) -> None:
    cells = {"a": [9.0, 5.004, 4.996, 1.0]}
    result = computed(cells, ranking=Ranking(ties=ties, decimals=2))
    assert result.ranks["total"].to_list() == expected
    full = computed(cells, ranking=Ranking(ties=ties))
    assert full.ranks["total"].to_list() == [1, 2, 3, 4]


def test_half_ranks_are_shown() -> None:
    result = computed({"a": [5.0, 5.0]}, ranking=Ranking(ties="average"))
    assert result.ranks["total"].dtype == "Float64"
    assert result.rank_labels() == ["=1.5", "=1.5"]


def test_precision_rounds_as_the_methodology_prints() -> None:
    cells = {"a": [5.25, 5.2]}
    up, down = (
        computed(cells, ranking=Ranking(decimals=1), rounding=Levels(total=Rounding(3, mode)))
        for mode in ("half-up", "truncate")
    )
    assert up.ranks["total"].to_list() == [1, 2]
    assert down.ranks["total"].to_list() == [1, 1]


def test_tie_break_goes_through_its_nodes_one_after_the_other() -> None:
    cells = {"a": [3.0, 3.0, 3.0, 1.0], "b": [2.0, 2.0, 1.0, 4.0], "c": [1.0, 2.0, 3.0, 2.0]}
    for ties in ("competition", "ordinal"):
        ranking = Ranking(ties=ties, decimals=0, tie_break=("a", "b", "c"))
        result = computed({**cells, "d": [4.0, 3.0, 3.0, 3.0]}, ranking=ranking)
        assert result.score.to_list() == [10.0] * 4
        assert result.ranks["total"].to_list() == [2, 1, 3, 4]


def test_ordinal_ties_stand_in_the_order_of_codes() -> None:
    result = computed({"a": [5.0, 5.0, 5.0]}, ["C", "A", "B"], ranking=Ranking(ties="ordinal"))
    assert result.ranks["total"].to_dict() == {"C": 3, "A": 1, "B": 2}


def test_lowest_is_first_in_a_risk_index_down_to_the_tie_break() -> None:
    ranking = Ranking(best="lowest", tie_break="a")
    result = computed({"a": [3.0, 1.0, 2.0, None], "b": [1.0, 3.0, 3.0, 1.0]}, ranking=ranking,
                      root={"absence": absence.Renormalise(min_share=1)})  # fmt: skip
    assert result.ranks["total"].fillna(0).to_list() == [2, 1, 3, 0]


def test_node_has_a_ranking_of_its_own() -> None:
    result = computed(
        {"a": [5.2, 5.1], "b": [1.0, 2.0]},
        ranking=Ranking(decimals=0),
        nodes={"b": {"ranking": Ranking(best="lowest")}},
    )
    assert result.ranks.loc["U0"].to_dict() == {"total": 2, "a": 1, "b": 1}
    assert result.ranks["a"].to_list() == [1, 1]


def test_shrunk_maximum_ranks_by_share_or_by_points() -> None:
    cells: dict[str, list[Any]] = {"a": [8.0, 6.0], "b": [NA, 6.0]}
    root = {"absence": absence.Shrink()}
    share, mass = (computed(cells, root=root, ranking=Ranking(by=by)) for by in ("share", "points"))
    assert share.ranks["total"].to_list() == [1, 2]
    assert mass.ranks["total"].to_list() == [2, 1]


@settings(max_examples=50)
@given(case=cases(units=6))
def test_rank_is_one_plus_the_number_of_better_units(case: Case) -> None:
    ranking = Ranking(decimals=2)
    result = Methodology("test", "1", case.framework, scale=100, ranking=ranking).compute(case.data)
    shown = (result.shares[0] * 100).round(9)
    printed = np.floor(np.abs(shown) * 100 * (1 + 2.0**-42) + 0.5) / 100
    expected = [0 if np.isnan(own) else 1 + sum(printed > own) for own in printed]
    assert result.ranks["root"].fillna(0).to_list() == expected


@given(scores=st.lists(st.integers(0, 9), min_size=2, max_size=7), data=st.data())
def test_third_units_do_not_reverse_a_pair(scores: list[int], data: st.DataObject) -> None:
    result = computed({"a": [float(score) for score in scores]})
    some = sorted(data.draw(st.sets(st.integers(0, len(scores) - 1), min_size=2)))
    fewer = computed({"a": [float(scores[i]) for i in some]})
    before = result.ranks["total"].to_numpy()[some]
    after = fewer.ranks["total"].to_numpy()
    assert np.array_equal(np.sign(np.subtract.outer(before, before)),
                          np.sign(np.subtract.outer(after, after)))  # fmt: skip


# -- bands -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "expected"), [("lower", ["A", "B", "C", None]), ("upper", ["B", "C", "C", None])]
)
def test_bands_hold_the_declared_end(closed: Any, expected: list[str | None]) -> None:
    bands = Bands([("A", 9), ("B", 5), ("C", None)], closed=closed)
    cells = {"a": [9.0, 5.0, 1.0, None]}
    root = {"absence": absence.Renormalise()}
    result = computed(cells, bands=bands, root=root)
    actual = result.bands["total"].to_list()
    assert [None if pd.isna(band) else band for band in actual] == expected
    assert list(result.bands.columns) == ["total"]
    assert result.table()["band"].to_list()[:3] == expected[:3]


def test_bands_by_percent_and_by_the_leagues_largest_maximum() -> None:
    cells: dict[str, list[Any]] = {"a": [8.0, 8.0], "b": [NA, 6.0]}
    starts = [("A", 80), ("B", 60), ("C", 0)]
    root = {"absence": absence.Shrink()}
    percent, league = (
        computed(cells, root=root, bands=Bands(starts, by=by))
        for by in ("percent", "league_maximum")
    )
    assert percent.band_of("total") == ["A", "B"]
    assert league.band_of("total") == ["C", "B"]
    assert list(league.bands.columns) == ["total", "a", "b"]


def test_league_without_anything_applicable_has_no_band() -> None:
    units: list[Unit | str] = [Unit("A", league="x"), Unit("B", league="y")]
    bands = Bands([("A", 50), ("B", None)], by="league_maximum")
    root = {"absence": absence.Renormalise()}
    result = computed({"a": [None, 6.0]}, units, bands=bands, root=root)
    assert result.band_of("total") == [None, "A"]


def test_bands_class_what_is_printed() -> None:
    full, printed = (
        computed({"a": [8.96]}, bands=Bands([("A", 9), ("B", None)], decimals=d)) for d in (None, 1)
    )
    assert (full.band_of("total"), printed.band_of("total")) == (["B"], ["A"])


def test_no_bands_give_no_band() -> None:
    assert computed({"a": [5.0]}).bands["total"].isna().all()


# -- tables ----------------------------------------------------------------------------------


def test_table_stands_league_by_league_best_first() -> None:
    table = computed({"a": [5.0, 7.0, 6.0, 6.0, 9.0], "b": [1.0] * 5}, LEAGUES).table()
    assert list(table.index) == ["B", "A", "C", "D", "E"]
    assert list(table.columns) == [*TABLE, "a", "b"]
    assert table["rank"].fillna(0).to_list() == [1, 2, 1, 1, 0]
    assert table["overall_rank"].fillna(0).to_list() == [1, 4, 2, 2, 0]


def test_units_without_a_rank_are_last_in_the_order_of_codes() -> None:
    units: list[Unit | str] = [Unit(code, ranked=code == "M") for code in "ZAMB"]
    assert list(computed({"a": [1.0, 2.0, 0.0, 3.0]}, units).table().index) == list("MABZ")


def test_table_shows_what_is_asked_for_in_its_language() -> None:
    name = {"vi": "Tiến độ", "en": "Progress"}
    result = computed({"a": [5.0], "b": [1.0]}, [Unit("A", {"vi": "Tỉnh A", "en": "A prov."})],
                      nodes={"b": {"name": name}}, display=("a",))  # fmt: skip
    assert list(result.table().columns) == [*TABLE, "a"]
    shown = result.table(columns=["b", "b"], language="en")
    assert list(shown.columns) == [*TABLE, "Progress"]
    assert shown["name"].item() == "A prov."
    assert list(result.table(columns="a").columns)[-1] == "a"


def test_node_named_like_a_column_does_not_replace_it() -> None:
    result = computed({"score": [5.0], "b": [1.0]}, nodes={"b": {"name": "rank"}})
    table = result.table()
    assert table[["score", "score (score)", "b"]].iloc[0].to_list() == [6.0, 5.0, 1.0]


def test_unknown_column_suggests_the_near_miss() -> None:
    with pytest.raises(UnknownNameError, match="no node 'totl': did you mean 'total'"):
        computed({"a": [5.0]}).table(columns=["totl"])
    with pytest.raises(UnknownNameError, match="no node 'totl': did you mean 'total'"):
        computed({"a": [5.0]}).row_of("totl")


def test_announcement_names_the_ends_of_every_league() -> None:
    units = [*LEAGUES, Unit("F", league="none", ranked=False)]
    announced = computed({"a": [5.0, 7.0, 6.0, 6.0, 9.0, 1.0]}, units).announce()
    assert announced.loc["north"].to_list() == [2, "Beta", "Alpha", "", "Alpha"]
    assert announced.loc["south"].to_list() == [2, "Gamma, Delta", "", "", ""]
    assert announced.loc["none"].to_list() == [0, "", "", "", ""]


@pytest.mark.parametrize("ties", ["competition", "dense", "max", "average"])
def test_announcement_counts_ranks_alike_whatever_the_tie_rule(ties: Any) -> None:
    result = computed({"a": [7.0, 7.0, 5.0, 3.0]}, ranking=Ranking(ties=ties))
    announced = result.announce().iloc[0]
    assert announced.to_list() == [4, "U0, U1", "", "U2", "U3"]


def test_announcement_of_ordinal_ranks_names_one_unit_each() -> None:
    result = computed({"a": [7.0, 7.0, 7.0]}, ranking=Ranking(ties="ordinal"))
    assert result.announce().iloc[0].to_list() == [3, "U0", "U1", "U2", "U2"]


def test_announcement_of_one_unit_has_no_last() -> None:
    assert computed({"a": [7.0]}).announce().iloc[0].to_list() == [1, "U0", "", "", ""]


def test_result_says_what_it_is() -> None:
    result = computed({"a": [5.0, 1.0], "b": [1.0, None]},
                      root={"absence": absence.Renormalise(min_share=1)})  # fmt: skip
    assert repr(result) == "<IndexResult of test@1: 1 of 2 units scored, 3 nodes>"
    assert "U0" in result._repr_html_()
    assert result.unscored["reason"].to_dict() == {"U1": "missing: b"}


def test_reason_names_missing_and_not_applicable_indicators() -> None:
    root = {"absence": absence.Renormalise(min_share=1)}
    result = computed({"a": [None], "b": [NA], "c": [1.0]}, root=root)
    assert result.unscored.loc["U0", "reason"] == "missing: a; not applicable: b"


# -- as data -----------------------------------------------------------------------------------


def tiers() -> Any:
    inner = Dimension("D", [points("a"), points("b")], absence=absence.Renormalise(min_share=1))
    views = [View("v", of=("c",))]
    whole = absence.Renormalise(min_share=1)
    root = Framework(
        "total", [inner, points("c")], aggregate=aggregate.Sum(), absence=whole, views=views
    )
    data = observed({"a": [3.0, None, NA], "b": [4.0] * 3, "c": [5.0] * 3})
    return Methodology("test", "1", root, scale="points").compute(data)


def test_index_feeds_another_index() -> None:
    data = tiers().as_observations(1)
    assert data.variables == ("D", "c")
    framework = Framework("next", [points("c", 10)], aggregate=aggregate.Sum())
    assert Methodology("n", "1", framework, scale="points").compute(data).score.to_list() == [5] * 3


def test_scores_as_data_keep_the_kind_of_absence() -> None:
    data = tiers().as_observations("total")
    assert [data.cell(f"U{i}", "total").name for i in range(3)] == [
        "REPORTED", "MISSING", "NOT_APPLICABLE"
    ]  # fmt: skip
    assert data.value("U0", "total") == 12.0
    assert tiers().as_observations().variables == ("total",)
    assert tiers().as_observations(["v", "D"]).value("U0", "v") == 5.0


def test_shown_node_without_a_share_is_missing_as_data() -> None:
    shown = Indicator("days", weight=0)
    framework = Framework("x", [points("a", 1), shown])
    data = observed({"a": [50.0], "days": [3.0]})
    result = Methodology("test", "1", framework).compute(data)
    assert result.as_observations(["days"]).cell("U0", "days").name == "MISSING"


def test_period_goes_along() -> None:
    data = Observations([Unit("A")], ("a",), np.array([[1.0]]), period="2026-Q3")
    framework = Framework("x", [points("a")])
    result = Methodology("test", "1", framework, scale=10).compute(data)
    assert result.as_observations().period == result.provenance.period == "2026-Q3"


# -- loops of tie-breaks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranking", "own"),
    [(Ranking(tie_break="total"), None), (Ranking(tie_break="a"), Ranking(tie_break="total"))],
)
def test_tie_break_that_returns_to_itself_is_refused(ranking: Ranking, own: Any) -> None:
    with pytest.raises(FrameworkError, match="ties of 'total' are to be broken by 'total' itself"):
        computed({"a": [1.0]}, nodes={"a": {"ranking": own}}, ranking=ranking)

"""Several indices side by side, from whatever ranks units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

import govindex as gi
from govindex.testing import observed
from tests.sampling import few

FRAMEWORK = gi.Framework("index", [gi.Indicator("a", rule=gi.rules.Identity())])
METHOD = gi.Methodology("example.one", "1", FRAMEWORK)


def printed(ranks: list[float], **columns: Any) -> pd.DataFrame:
    units = [f"U{number}" for number in range(len(ranks))]
    return pd.DataFrame({"unit": units, "rank": ranks, **columns})


def test_results_samples_and_published_tables_stand_side_by_side() -> None:
    result = METHOD.compute(observed({"a": [3, 2, 1]}))
    vary = [gi.robustness.Errors({"a": 0.01})]
    sample = gi.robustness.sample_ranks(
        METHOD, observed({"a": [1, 2, 3]}), vary=vary, draws=20, rng=1
    )
    published = printed([5, 9, 2], of=[63, 63, 63], low=[4, 8, 1], high=[6, 11, 2])
    table = gi.portfolio({"result": result, "sample": sample, "printed": published}).unit("U0")
    assert table[["rank", "of"]].values.tolist() == [[1, 3], [3, 3], [5, 63]]
    assert table[["low", "high"]].values.tolist()[1:] == [[3, 3], [4, 6]]
    assert table.loc["result", ["low", "high"]].isna().all()
    assert table["ahead_of"].round(1).tolist() == [100.0, 0.0, 93.5]


def test_names_of_a_published_table_are_those_of_a_result() -> None:
    units = [gi.Unit("H38", {"vi": "Lào Cai"}), gi.Unit("H15", {"vi": "Đắk Lắk"})]
    result = METHOD.compute(observed({"a": [1, 2]}, units))
    named = pd.DataFrame({"unit": ["Đắk Lắk", "Lào Cai", "Elsewhere"], "rank": [2, 1, 3]})
    found = gi.portfolio({"result": result, "printed": named})
    assert found.unit("Lào Cai")["rank"].tolist() == [2, 1]
    assert found.ranked_once == ("Elsewhere",)
    assert found.ranked_by_all == 2


def test_the_latest_period_counts_and_earlier_ones_are_the_trend() -> None:
    years = [2023, 2024, 2023, 2024, 2023]
    table = pd.DataFrame({"unit": [*"AABBC"], "period": years, "rank": [2, 1, 1, 2, 3]})
    found = gi.portfolio({"moving": table, "fixed": printed([1, 2])})
    moving = found.unit("A")[["rank", "of", "period", "rank_before", "rank_change"]]
    assert moving.values.tolist()[0] == [1, 2, "2024", 2, 1]
    assert found.trend("moving").T["A"].to_list() == [2, 1]
    assert np.isnan(found.ranks[0, found.units.locate("C")])
    assert found.trend("fixed").shape[1] == 0


def test_a_panel_has_a_trend() -> None:
    data = {"2024": observed({"a": [1, 2]}), "2025": observed({"a": [3, 2]})}
    panel = METHOD.compute(gi.Observations.panel(data))
    found = gi.portfolio({"panel": panel, "printed": printed([1, 2])})
    assert found.unit("U0")["rank_change"].tolist()[0] == 1
    assert found.trend("panel").T["U0"].to_list() == [2, 1]


def test_the_index_that_turns_the_order_round_disagrees_most() -> None:
    same = {name: printed([1, 2, 3, 4]) for name in ("one", "two", "three")}
    found = gi.portfolio({**same, "reversed": printed([4, 3, 2, 1])})
    table = found.disagreement
    assert table.index[0] == "reversed"
    assert table[["tau", "concordance"]].values.tolist()[0] == [-1.0, 1.0]
    assert table.loc["reversed", "distance"] == 100.0
    assert found.table()["rank"].tolist() == [1, 2, 3, 4]
    assert found.table()["spread"]["U0"] == 100.0


@settings(max_examples=few(50), deadline=None)
@given(data=st.data(), count=st.integers(2, 12))
def test_correlations_are_kendalls_and_concordance_is_their_bound(
    data: st.DataObject, count: int
) -> None:
    ranks = [
        [
            float(r)
            for r in data.draw(st.lists(st.integers(1, count), min_size=count, max_size=count))
        ]
        for _ in range(2)
    ]
    found = gi.portfolio({"one": printed(ranks[0]), "two": printed(ranks[1])})
    expected = np.nan
    if min(len(set(row)) for row in ranks) > 1:
        expected = kendalltau(*ranks).statistic
    assert found.correlations.loc["one", "two"] == pytest.approx(expected, nan_ok=True)
    assert found.concordance != found.concordance or -1e-9 <= found.concordance <= 1 + 1e-9


@settings(max_examples=few(40), deadline=None)
@given(order=st.permutations(range(6)), copies=st.integers(2, 4))
def test_copies_of_an_index_agree_with_their_consensus(order: list[int], copies: int) -> None:
    ranks = [float(number + 1) for number in order]
    found = gi.portfolio({f"copy {i}": printed(ranks) for i in range(copies)})
    assert found.concordance == pytest.approx(1.0)
    table = found.table()
    assert table["rank"].tolist() == table["copy 0"].tolist()
    assert table["spread"].tolist() == [0.0] * 6


def test_pairs_of_two_leagues_are_not_compared() -> None:
    leagues = ["l", "l", "m", "m"]
    found = gi.portfolio(
        {"one": printed([1, 2, 1, 2], league=leagues), "two": printed([1, 2, 1, 2])}
    )
    assert found.correlations.loc["one", "two"] == 1.0
    assert found.table()["rank"].tolist() == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("tables", "error"),
    [
        ([printed([1, 2])], "at least two indices"),
        ([printed([1, 2]), printed([0, 1])], "'other' cannot be read: .*0 is below 1"),
        ([printed([1]), pd.DataFrame({"unit": ["A"]})], "there is no column 'rank'"),
        ([printed([1]), pd.DataFrame({"unit": ["A", "A"], "rank": [1, 2]})], "has two rows"),
        ([printed([1]), printed([9], of=[3])], "beyond the number of ranked units"),
        ([printed([1]), printed([5], low=[1], high=[3])], "interval does not hold the rank"),
        ([printed([1]), printed([1], period=["soon"])], "'soon' is not a period"),
        ([printed([1], league=["l"]), printed([1], league=["m"])], "in league 'm' of 'other'"),
        ([printed([1]), "a file"], "expected a data frame"),
    ],
)
def test_what_cannot_be_put_side_by_side_is_refused(tables: list[Any], error: str) -> None:
    with pytest.raises(gi.DataError, match=error):
        gi.portfolio(dict(zip(("one", "other"), tables, strict=False)))


def test_two_units_of_one_name_need_their_codes() -> None:
    twins = pd.DataFrame({"unit": ["A", "B"], "name": ["Twin", "Twin"], "rank": [1, 2]})
    named = pd.DataFrame({"unit": ["Twin"], "rank": [1]})
    with pytest.raises(gi.DataError, match="unit 'Twin': several units have that name"):
        gi.portfolio({"codes": twins, "names": named})


def test_unknown_units_and_indices_are_refused_by_name() -> None:
    found = gi.portfolio({"one": printed([1, 2]), "two": printed([1, 2])})
    with pytest.raises(gi.UnknownNameError, match="U9"):
        found.unit("U9")
    with pytest.raises(gi.UnknownNameError, match="there is no index 'three': Known: 'one', 'two'"):
        found.trend("three")


def test_a_portfolio_is_shown_in_vietnamese() -> None:
    found = gi.portfolio({"one": printed([1, 2, 3]), "two": printed([1, 3, 2])})
    text = repr(gi.show(found, language="vi"))
    assert text.startswith("So sánh 2 chỉ số: 3 đơn vị")
    assert "0,75" in text
    assert "one" in gi.show(found).html()

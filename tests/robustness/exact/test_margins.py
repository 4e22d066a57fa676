"""Swap margins and weight intervals: against draws and published numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import (
    Dimension,
    Observations,
    Ranking,
    SettingError,
    aggregate,
)
from govindex.robustness import (
    score_margins,
    swap_margins,
    swap_weights,
    weight_intervals,
)
from govindex.robustness.exact.weight_space import space_of
from govindex.testing import observed
from tests.robustness.exact.examples import (
    MEANS,
    index_of,
    leaf,
    numbers,
    ranks_under,
    result_of,
    rows_of,
    tree,
)


@pytest.mark.parametrize("mean", MEANS, ids=str)
@given(seed=st.integers(0, 500))
@settings(max_examples=6)
def test_no_draw_within_a_margin_swaps_and_one_just_beyond_does(mean: Any, seed: int) -> None:
    method = tree(aggregate=mean)
    result = method.compute(observed(numbers(seed, 6)))
    margins = swap_margins(result)
    space = space_of(result)
    rng = np.random.default_rng(seed)
    near = rng.dirichlet(np.ones(4), 300)
    toward = near - space.weights
    # Leads are looked at that are far above what ties.
    for row in rows_of(margins[margins["lead"] > 1e-3]):
        best = swap_weights(result, row.first, row.second)
        assert list(best.index) == list(space.codes)
        for margin, order in (("l1", 1), ("l2", 2)):
            least = getattr(row, margin)
            lengths = np.linalg.norm(toward, ord=order, axis=1, keepdims=True)
            inside = space.weights + toward * np.minimum(0.999 * least / lengths, 1.0)
            draws = pd.DataFrame(inside, columns=list(space.codes))
            ranks = ranks_under(result, method, draws)
            assert (ranks[row.first] < ranks[row.second]).all()
        step = best[["l1", "l2", "single"]].dropna(axis=1).sub(best["now"], axis=0)
        # The nearest weights themselves, and those beyond: where one would fall below 0 no further.
        beyond = step.mul(1.001).add(best["now"], axis=0)
        beyond = beyond.loc[:, (beyond >= 0).all()]
        assert np.allclose(np.abs(step["l1"]).sum(), row.l1)
        assert np.allclose(np.linalg.norm(step["l2"]), row.l2)
        if not beyond.empty:
            ranks = ranks_under(result, method, beyond.T.reset_index(drop=True))
            assert (ranks[row.first] > ranks[row.second]).all()


@given(seed=st.integers(0, 500))
@settings(max_examples=15)
def test_weights_at_their_bounds_swap_as_well(seed: int) -> None:
    method = tree()
    result = method.compute(observed(numbers(seed, 6)))
    space = space_of(result)
    for row in rows_of(swap_margins(result)):
        best = swap_weights(result, row.first, row.second)
        first, second = ([result.units.locate(unit)] for unit in (row.first, row.second))
        ahead = space.differences(np.array(first), np.array(second))[0]
        # A little more of the node that suits the second most.
        draws = best[["l1", "l2"]] * (1.0 - 1e-4)
        draws.iloc[int(ahead.argmin())] += 1e-4
        ranks = ranks_under(result, method, draws.T.reset_index(drop=True))
        assert (ranks[row.first] > ranks[row.second]).all()


def test_the_leader_is_as_safe_as_the_nearest_challenger_lets_it_be() -> None:
    result = result_of(3, 9)
    table = swap_margins(result, pairs="leader")
    assert set(table["first"]) == {result.table().index[0]}
    assert list(table["second"]) == list(result.table().index[1:])
    named = swap_margins(result, pairs=[(u, table["first"][0]) for u in table["second"]])
    pd.testing.assert_frame_equal(table, named)
    space = space_of(result)
    least = table["l1"].min()
    rng = np.random.default_rng(1)
    toward = rng.dirichlet(np.ones(4), 2_000) - space.weights
    lengths = np.abs(toward).sum(axis=1, keepdims=True)
    inside = space.weights + toward * np.minimum(0.999 * least / lengths, 1.0)
    ranks = ranks_under(result, tree(), pd.DataFrame(inside, columns=list(space.codes)))
    assert (ranks[table["first"][0]] == 1).all()


def test_a_published_ranking_by_hand() -> None:
    result = (
        gi.methodology("vn.service-766")
        .cut()
        .compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    )
    row = swap_margins(result).iloc[0]
    shares = pd.DataFrame(result.shares.T, index=result.units.codes, columns=result.codes)
    ahead = (shares.loc["H20"] - shares.loc["H19"])[list(result.framework.leaf_codes)]
    best, worst = ahead.max(), ahead.min()
    assert ahead.idxmax() == "5"
    assert ahead.idxmin() == "3B"
    # 1.32 points of 100 are won back by weight that goes from the best node to the worst.
    assert row["l1"] == pytest.approx(2 * 0.0132 / (best - worst))
    spread = ((ahead - ahead.mean()) ** 2).sum()
    assert row["l2"] == pytest.approx(0.0132 / np.sqrt(spread))


def test_weights_of_siblings_are_moved_alone() -> None:
    result = result_of(7, 10)
    inside = swap_margins(result, at=["x", "y"])
    assert "swaps" in set(inside["outcome"])
    for row in rows_of(inside):
        actual = swap_weights(result, row.first, row.second, at=["x", "y"])
        # The dimension keeps its third of the total: 1 of 1 + 1.5 + 0.5.
        assert actual["l2"].sum() == pytest.approx(1 / 3)
        draws = pd.DataFrame({**actual["l2"], "z": 1.5 / 3, "v": 0.5 / 3}, index=[0])
        level = ranks_under(result, tree(), draws)
        assert level[row.first][0] == level[row.second][0]


def test_a_tier_is_weighed_whatever_is_below_it() -> None:
    inside = Dimension("a", [leaf("x"), leaf("y")], aggregate=aggregate.Minimum())
    method = index_of([inside, leaf("z")])
    result = method.compute(observed({"x": [0.2, 0.9], "y": [0.8, 0.6], "z": [0.9, 0.1]}))
    (row,) = swap_margins(result, at=1).itertuples()
    # a: 0.2 and 0.6; z: 0.9 and 0.1. Level where 0.4·a = 0.8·z.
    assert row.then == pytest.approx(2 / 3 if row.node == "a" else 1 / 3)
    assert row.l1 == pytest.approx(1 / 3)
    with pytest.raises(SettingError, match=r"'a' is combined by Minimum\(\)"):
        swap_margins(result)


def test_a_dimension_has_margins() -> None:
    result = result_of(2, 6)
    own = swap_margins(result, node="a")
    alone = index_of([leaf("x"), leaf("y", 2)]).compute(observed(numbers(2, 6)))
    pd.testing.assert_frame_equal(own, swap_margins(alone))
    assert space_of(result, node="a").size == pytest.approx(1.0)


def test_the_lowest_score_can_be_the_best() -> None:
    cells = numbers(5, 7)
    turned = {code: [1.0 - cell for cell in column] for code, column in cells.items()}
    method = tree(ranking=Ranking(best="lowest"))
    columns = ["first", "second", "outcome", "l1", "l2", "single", "node", "lead"]
    one = swap_margins(method.compute(observed(turned)))[columns]
    pd.testing.assert_frame_equal(one, swap_margins(tree().compute(observed(cells)))[columns])
    table = score_margins(method.compute(observed(turned)))
    pd.testing.assert_frame_equal(table, score_margins(tree().compute(observed(cells))))


@pytest.mark.parametrize("keep", ["first", "ranking", ("U2", "U5")])
@pytest.mark.parametrize("mean", MEANS[:3], ids=str)
def test_ranks_stay_inside_an_interval_and_change_at_its_ends(keep: Any, mean: Any) -> None:
    method = tree(aggregate=mean)
    result = method.compute(observed(numbers(11, 7)))
    nominal = result.ranks["index"].loc[score_margins(result).index]
    table = weight_intervals(result, keep=keep)
    now = table["now"]
    for node, row in table.iterrows():

        def moved(to: float, node: Any = node) -> pd.DataFrame:
            weights = now * (1.0 - to) / (1.0 - now[node])
            weights[node] = to
            return ranks_under(result, method, weights.to_frame().T.reset_index(drop=True))

        def stays(to: float, moved: Any = moved) -> bool:
            ranks = moved(to).iloc[0]
            if keep == "first":
                return bool((ranks[nominal[nominal == 1].index] == 1).all())
            if keep == "ranking":
                return bool((ranks.astype(int) == nominal.astype(int)).all())
            return bool((ranks[keep[0]] < ranks[keep[1]]) == (nominal[keep[0]] < nominal[keep[1]]))

        assert 0.0 <= row["low"] <= row["now"] <= row["high"] <= 1.0
        for to in np.linspace(row["low"], row["high"], 9)[1:-1]:
            assert stays(to)
        if row["low"] > 0:
            assert not stays(row["low"] - 1e-7)
            assert not pd.isna(row["low_by"])
        if row["high"] < 1:
            assert not stays(row["high"] + 1e-7)
            assert not pd.isna(row["high_by"])


def test_intervals_are_given_league_by_league() -> None:
    frame = pd.DataFrame({**numbers(1, 6), "unit": list("ABCDEF"), "league": list("MLMLML")})
    data = Observations.from_frame(frame, unit="unit", league="league")
    result = tree().compute(data)
    table = weight_intervals(result)
    assert list(table["league"]) == ["L"] * 4 + ["M"] * 4
    for league, units in (("L", "BDF"), ("M", "ACE")):
        alone = tree().compute(data.take(list(units)))
        own = table[table["league"] == league]
        pd.testing.assert_frame_equal(own, weight_intervals(alone))


def test_periods_of_a_panel_have_separate_intervals() -> None:
    periods = {period: observed(numbers(seed, 5)) for seed, period in enumerate(("2023", "2024"))}
    result = tree().compute(Observations.panel(periods))
    pairs = swap_margins(result)
    assert [unit[-4:] for unit in pairs["first"]] == [unit[-4:] for unit in pairs["second"]]
    intervals = weight_intervals(result)
    assert list(intervals.columns[:3]) == ["period", "league", "now"]
    for period, data in periods.items():
        alone = tree().compute(data)
        own = pairs[pairs["first"].str.endswith(period)].reset_index(drop=True)
        columns = ["outcome", "l1", "l2", "single", "node"]
        pd.testing.assert_frame_equal(own[columns], swap_margins(alone)[columns])
        here = intervals[intervals["period"] == period]
        ends = ["now", "low", "high"]
        pd.testing.assert_frame_equal(here[ends], weight_intervals(alone)[ends])

"""Exact margins, dominance and winners: against optimality conditions, draws and the engine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import optimize
from scipy.optimize import linprog

import govindex as gi
from govindex import (
    Dimension,
    Framework,
    IndexResult,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    SettingError,
    UnknownNameError,
    View,
    absence,
    aggregate,
    robustness,
    rules,
)
from govindex.contracts import Float, LinearScale
from govindex.robustness import (
    attainable_ranks,
    data_margins,
    dominance,
    potential_winners,
    sample_ranks,
    score_margins,
    swap_margins,
    swap_weights,
    weight_intervals,
)
from govindex.robustness.exact.distances import nearest_l1, nearest_l2, nearest_single, turns
from govindex.robustness.exact.weight_space import space_of
from govindex.testing import NA, observed
from tests.sampling import few


def leaf(code: str, weight: float = 1.0, **settings: Any) -> Indicator:
    return Indicator(code, rule=settings.pop("rule", rules.Identity()), weight=weight, **settings)


def index_of(children: list[Any], **settings: Any) -> Methodology:
    fields = ("aggregate", "absence", "rule", "views")
    of_framework = {k: settings.pop(k) for k in fields if k in settings}
    return Methodology("example", "1", Framework("index", children, **of_framework), **settings)


def tree(**settings: Any) -> Methodology:
    inside = [leaf("x"), leaf("y", 2)]
    return index_of([Dimension("a", inside), leaf("z", 1.5), leaf("v", 0.5)], **settings)


def numbers(seed: int, units: int, codes: str = "vxyz") -> dict[str, Any]:
    """Return shares that are level now and then."""
    rng = np.random.default_rng(seed)
    return {code: (rng.integers(1, 20, units) / 20).tolist() for code in codes}


def result_of(seed: int = 1, units: int = 8, **settings: Any) -> IndexResult:
    return tree(**settings).compute(observed(numbers(seed, units)))


def rows_of(table: pd.DataFrame, outcome: str = "swaps") -> list[Any]:
    return list(table[table["outcome"] == outcome].itertuples())


def ranks_under(result: IndexResult, method: Methodology, weights: pd.DataFrame) -> pd.DataFrame:
    """Return ranks under weights of the indicators, a row per draw, by the engine."""
    shares: dict[str, Any] = {str(code): weights[code].to_numpy() for code in weights}
    if result.framework.has("a"):
        # Its weight is that of its indicators, among siblings that are parts as well.
        shares["a"] = shares["x"] + shares["y"]
        nothing = shares["a"] == 0
        shares |= {code: np.where(nothing, 1.0, shares[code]) for code in "xy"}
    vary = [robustness.Given(weights=shares)]
    assert result.observations is not None
    return sample_ranks(method, result.observations, vary=vary, rng=0).to_frame()


MEANS = [
    aggregate.Arithmetic(),
    aggregate.Geometric(),
    aggregate.Geometric(offset=0.1),
    aggregate.Harmonic(),
    aggregate.PowerMean(3),
    aggregate.PowerMean(-0.5),
    aggregate.Dual(aggregate.Geometric(offset=0.2)),
]


# -- the nearest weights --------------------------------------------------------------------------


@st.composite
def leading_pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    seed, nodes = draw(st.integers(0, 10_000)), draw(st.integers(2, 9))
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(nodes, draw(st.sampled_from([0.3, 1.0, 5.0]))))
    found = rng.normal(size=(12, nodes)).round(draw(st.sampled_from([1, 12])))
    found += draw(st.sampled_from([0.0, 0.6]))
    found *= np.where(found @ weights > 0, 1.0, -1.0)[:, None]
    keep = (found @ weights > 1e-9) & (found < 0).any(axis=1)
    assume(keep.any())
    return weights, found[keep]


@given(leading_pairs())
@settings(max_examples=40)
def test_the_least_weight_is_moved_as_the_linear_programme_moves_it(pairs: Any) -> None:
    weights, differences = pairs
    found = nearest_l1(weights, differences)
    nodes = len(weights)
    assert found.min() >= -1e-15
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    np.testing.assert_allclose((found * differences).sum(axis=1), 0.0, atol=1e-12)
    square = np.eye(nodes)
    for own, row in zip(found, differences, strict=True):
        level = np.append(row, np.zeros(nodes))[None]
        best = linprog(
            np.append(np.zeros(nodes), np.ones(nodes)),
            A_ub=np.vstack([np.block([[square, -square], [-square, -square]]), level]),
            b_ub=np.concatenate([weights, -weights, [0.0]]),
            A_eq=np.append(np.ones(nodes), np.zeros(nodes))[None],
            b_eq=[1.0],
        )
        assert np.abs(own - weights).sum() == pytest.approx(best.fun, abs=1e-7)


@given(leading_pairs())
def test_the_nearest_weights_meet_the_conditions_of_an_optimum(pairs: Any) -> None:
    weights, differences = pairs
    for own, row in zip(nearest_l2(weights, differences), differences, strict=True):
        assert own.min() >= 0.0
        assert own.sum() == pytest.approx(1.0)
        assert own @ row == pytest.approx(0.0, abs=1e-10)
        # w − u = λ + μ·d where a weight is left, and no more than that where it is 0; μ ≥ 0.
        free = own > 0
        terms = np.stack([np.ones(free.sum()), row[free]], axis=1)
        (level, slope), *_ = np.linalg.lstsq(terms, (weights - own)[free], rcond=None)
        np.testing.assert_allclose(terms @ [level, slope], (weights - own)[free], atol=1e-9)
        assert slope >= 0
        assert (weights[~free] <= level + slope * row[~free] + 1e-9).all()


def of_others(weights: Any, row: Any, node: int) -> Any:
    left = np.delete(weights, node)
    return left @ np.delete(row, node) / left.sum()


@given(leading_pairs())
@example((np.array([1.0 - 6.3e-9, 6.3e-9]), np.array([[0.91, -0.39], [1.95, -0.85]])))
def test_one_weight_alone_moves_least_of_all_that_end_the_lead(pairs: Any) -> None:
    weights, differences = pairs
    index, to = nearest_single(weights, *turns(weights, differences))
    grid = np.linspace(0.0, 1.0, 201)
    for row, own, end in zip(differences, index, to, strict=True):
        margin = np.inf if np.isnan(end) else abs(end - weights[own])
        for node, weight in enumerate(weights):
            if weight == 1.0:
                continue
            others = of_others(weights, row, node)
            lead = grid * row[node] + (1.0 - grid) * others
            assert (lead[np.abs(grid - weight) < margin - 1e-9] > -1e-9).all()
        if not np.isnan(end):
            others = of_others(weights, row, own)
            assert end * row[own] + (1.0 - end) * others == pytest.approx(0.0, abs=1e-9)


# -- margins against draws ------------------------------------------------------------------------


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


# -- other spaces ---------------------------------------------------------------------------------


def test_weights_of_siblings_are_moved_alone() -> None:
    result = result_of(7, 10)
    inside = swap_margins(result, at=["x", "y"])
    assert "swaps" in set(inside["outcome"])
    for row in rows_of(inside):
        found = swap_weights(result, row.first, row.second, at=["x", "y"])
        # The dimension keeps its third of the total: 1 of 1 + 1.5 + 0.5.
        assert found["l2"].sum() == pytest.approx(1 / 3)
        draws = pd.DataFrame({**found["l2"], "z": 1.5 / 3, "v": 0.5 / 3}, index=[0])
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


def test_a_dimension_has_margins_of_its_own() -> None:
    result = result_of(2, 6)
    own = swap_margins(result, node="a")
    alone = index_of([leaf("x"), leaf("y", 2)]).compute(observed(numbers(2, 6)))
    pd.testing.assert_frame_equal(own, swap_margins(alone))
    assert space_of(result, node="a").size == pytest.approx(1.0)


def test_the_lowest_score_is_the_best_where_it_is_said() -> None:
    cells = numbers(5, 7)
    turned = {code: [1.0 - cell for cell in column] for code, column in cells.items()}
    method = tree(ranking=Ranking(best="lowest"))
    columns = ["first", "second", "outcome", "l1", "l2", "single", "node", "lead"]
    one = swap_margins(method.compute(observed(turned)))[columns]
    pd.testing.assert_frame_equal(one, swap_margins(tree().compute(observed(cells)))[columns])
    table = score_margins(method.compute(observed(turned)))
    pd.testing.assert_frame_equal(table, score_margins(tree().compute(observed(cells))))


# -- intervals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", ["first", "ranking", ("U2", "U5")])
@pytest.mark.parametrize("mean", MEANS[:3], ids=str)
def test_places_stay_inside_an_interval_and_change_at_its_ends(keep: Any, mean: Any) -> None:
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


def test_intervals_are_told_league_by_league() -> None:
    frame = pd.DataFrame({**numbers(1, 6), "unit": list("ABCDEF"), "league": list("MLMLML")})
    data = Observations.from_frame(frame, unit="unit", league="league")
    result = tree().compute(data)
    table = weight_intervals(result)
    assert list(table["league"]) == ["L"] * 4 + ["M"] * 4
    for league, units in (("L", "BDF"), ("M", "ACE")):
        alone = tree().compute(data.take(list(units)))
        own = table[table["league"] == league]
        pd.testing.assert_frame_equal(own, weight_intervals(alone))


def test_periods_of_a_panel_are_told_apart() -> None:
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


# -- dominance and winners ------------------------------------------------------------------------


@given(seed=st.integers(0, 500))
@settings(max_examples=15)
def test_who_is_dominated_is_before_in_no_draw(seed: int) -> None:
    method, data = tree(), observed(numbers(seed, 9))
    result = method.compute(data)
    found = dominance(result)
    sample = sample_ranks(
        method, data, vary=[robustness.Weights(concentration="uniform")], draws=500, rng=seed
    )
    wins = sample.pairwise().loc[found.index, found.columns].to_numpy()
    assert (wins.T[found.to_numpy()] == 0).all()
    margins = swap_margins(result)
    for first, second, outcome in margins[["first", "second", "outcome"]].to_numpy():
        assert found.loc[first, second] == (outcome == "dominates")
    cells = pd.DataFrame(numbers(seed, 9), index=data.units.codes)
    for first in cells.index:
        for second in cells.index:
            ahead = cells.loc[first] - cells.loc[second]
            expected = bool((ahead >= 0).all() and (ahead > 0).any())
            assert found.loc[first, second] == expected


def test_dominance_among_some_weights_counts_what_stays() -> None:
    data = observed({"x": [0.9, 0.4], "y": [0.4, 0.5], "z": [0.5, 0.2]})
    result = index_of([leaf(code) for code in "xyz"]).compute(data)
    assert not dominance(result).to_numpy().any()
    # With a third of the weight on x, where U0 is ahead by 0.5, y cannot make up for it.
    assert dominance(result, at=["y", "z"]).loc["U0", "U1"]
    assert list(dominance(result, units="U1").index) == ["U1"]


@pytest.mark.parametrize("mean", MEANS[:4], ids=str)
@given(seed=st.integers(0, 500))
@settings(max_examples=10)
def test_winners_win_under_their_weights_and_others_in_no_draw(mean: Any, seed: int) -> None:
    method, data = tree(aggregate=mean), observed(numbers(seed, 8))
    result = method.compute(data)
    found = potential_winners(result)
    firsts_of: dict[Any, str] = found.table["first"].to_dict()
    for code, first in firsts_of.items():
        if first == "never":
            assert found.weights.loc[code].isna().all()
            assert found.table.loc[code, "lead"] < 0
            continue
        ranks = ranks_under(result, method, found.weights.loc[[code]].reset_index(drop=True))
        row = ranks.iloc[0]
        assert row[code] == 1
        assert (first == "alone") == ((row == 1).sum() == 1)
    uniform = [robustness.Weights(concentration="uniform")]
    sample = sample_ranks(method, data, vary=uniform, draws=1_000, rng=seed)
    firsts = sample.top(1)
    assert set(firsts[firsts > 0].index) <= set(found.table.index[found.table["first"] != "never"])
    leader = result.table().index[0]
    assert found.table.loc[leader, "first"] != "never"


def test_rivals_that_join_later_decide_as_all_of_them_do(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    cells = rng.dirichlet(np.ones(5), 60) ** 0.7 * rng.uniform(0.8, 1.0, (60, 1))
    data = observed({code: cells[:, i].tolist() for i, code in enumerate("abcde")})
    result = index_of([leaf(code) for code in "abcde"]).compute(data)
    few = potential_winners(result).table
    monkeypatch.setattr("govindex.robustness.exact.winners._MORE", 1_000)
    every = potential_winners(result).table
    assert list(few["first"]) == list(every["first"])
    assert {"alone", "never"} <= set(few["first"])
    np.testing.assert_allclose(few["lead"], every["lead"], atol=1e-6)


def test_who_is_level_with_another_everywhere_is_never_first_alone() -> None:
    data = observed({"x": [0.9, 0.9, 0.1], "y": [0.5, 0.5, 0.4]})
    result = index_of([leaf("x"), leaf("y")]).compute(data)
    found = potential_winners(result)
    assert found.table["first"].to_dict() == {"U0": "level", "U1": "level", "U2": "never"}
    assert repr(found) == "<Winners: of 3 units can be first 0 alone, 2 level with others>"
    assert list(potential_winners(result, units=["U2"]).table.index) == ["U2"]


@given(seed=st.integers(0, 500), steps=st.sampled_from([5, 1000]))
@settings(max_examples=10)
def test_attainable_ranks_of_two_weights_are_those_at_and_between_all_crossings(
    seed: int, steps: int
) -> None:
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, steps, (2, 9)) / steps
    data = observed({"x": cells[0].tolist(), "y": cells[1].tolist()})
    found = attainable_ranks(index_of([leaf("x"), leaf("y")]).compute(data))
    ahead = cells[:, :, None] - cells[:, None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        crossings = (ahead[1] / (ahead[1] - ahead[0])).reshape(-1)
    inside = np.unique(crossings[(crossings > 0) & (crossings < 1)].round(12))
    ends = np.concatenate([[0.0], inside, [1.0]])
    tried = np.concatenate([ends, (ends[1:] + ends[:-1]) / 2])[:, None]
    scores = tried * cells[0] + (1 - tried) * cells[1]
    ranks = 1 + (scores[:, None, :] > scores[:, :, None] + 1e-10).sum(axis=2)
    found = found.loc[list(data.units.codes)]
    assert found["best"].to_list() == ranks.min(axis=0).tolist()
    assert found["worst"].to_list() == ranks.max(axis=0).tolist()


@given(seed=st.integers(0, 500))
@example(298)  # the solver gave up
@settings(max_examples=6)
def test_no_draw_leaves_the_attainable_ranks(seed: int) -> None:
    method, data = tree(aggregate=aggregate.Geometric()), observed(numbers(seed, 10))
    result = method.compute(data)
    found = attainable_ranks(result)
    uniform = [robustness.Weights(concentration="uniform")]
    sample = sample_ranks(method, data, vary=uniform, draws=3_000, rng=seed)
    drawn = sample.intervals(1.0).loc[found.index]
    assert (found["best"] <= drawn["low"]).all()
    assert (found["worst"] >= drawn["high"]).all()
    first = potential_winners(result).table["first"]
    assert ((found["best"] == 1) == (first != "never")).all()
    # A unit can be level with one that dominates it, and is never behind one that it dominates.
    assert (found["worst"] <= len(found) - dominance(result).sum(axis=1)).all()


def test_rows_near_the_tolerances_of_the_solver_are_solved() -> None:
    thirds = {"x": [2, 2, 2, 1, 1], "y": [1, 1, 1, 3, 3], "z": [1, 1, 2, 1, 3]}
    cells = {code: [number / 3 for number in numbers] for code, numbers in thirds.items()}
    result = index_of([leaf(code) for code in cells]).compute(observed(cells))
    found = attainable_ranks(result)[["best", "worst"]]
    assert found["best"].to_list() == [1] * 5
    assert found["worst"].to_dict() == {"U4": 4, "U2": 3, "U3": 5, "U0": 4, "U1": 4}


def test_what_the_solver_gives_up_on_is_asked_again_in_another_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = result_of(7, 8)
    expected = attainable_ranks(result)
    solved, asked = optimize.milp, []

    def unreliable(*args: Any, **settings: Any) -> Any:
        asked.append(1)
        found = solved(*args, **settings)
        found.status = 4 if len(asked) % 3 else found.status
        return found

    monkeypatch.setattr(optimize, "milp", unreliable)
    pd.testing.assert_frame_equal(attainable_ranks(result), expected)
    monkeypatch.setattr("govindex.robustness.exact.attainable._ATTEMPTS", 2)
    asked.clear()
    with pytest.raises(SettingError, match="the integer programme was not solved"):
        attainable_ranks(result)


def test_places_that_were_not_proved_in_time_are_missing() -> None:
    rng = np.random.default_rng(3)
    data = observed({f"x{i}": rng.random(120).tolist() for i in range(12)})
    result = index_of([leaf(f"x{i}") for i in range(12)]).compute(data)
    middle = result.table().index[60]
    found = attainable_ranks(result, units=[middle], seconds=1e-6)
    assert found[["best", "worst"]].isna().all(axis=None)
    with pytest.raises(SettingError, match="seconds is a finite number above 0, not 0"):
        attainable_ranks(result, seconds=0)


# -- ties, leagues and absence --------------------------------------------------------------------


def test_every_outcome_is_named() -> None:
    data = observed(
        {"x": [0.9, 0.9, 0.7, 0.6, 0.6, 0.2], "y": [0.9, 0.9, 0.1, 0.2, 0.2000000000001, None]}
    )
    method = index_of([leaf("x"), leaf("y")], absence=absence.Shrink())
    table = swap_margins(method.compute(data)).set_index(["first", "second"])
    assert table["outcome"].to_dict() == {
        ("U0", "U1"): "alike",
        ("U1", "U2"): "dominates",
        ("U2", "U3"): "tied",
        ("U3", "U4"): "alike",  # the same to twelve digits
        ("U4", "U5"): "unlike",
    }
    assert table[["l1", "l2", "single"]].notna().all(axis=1).to_list() == [
        outcome == "tied" for outcome in table["outcome"]
    ]
    assert (table.loc[("U2", "U3"), ["l1", "l2", "single"]] == 0).all()


def test_units_of_other_leagues_are_never_compared() -> None:
    frame = pd.DataFrame(
        {**numbers(3, 6), "unit": list("ABCDEF"), "league": list("LMLMLM"), "rank": [1] * 5 + [0]}
    )
    frame["rank"] = frame["rank"].astype(bool)
    data = Observations.from_frame(frame, unit="unit", league="league", ranked="rank")
    result = tree().compute(data)
    pairs = swap_margins(result)
    leagues = [set(pair) <= set("ACE") for pair in pairs[["first", "second"]].to_numpy()]
    assert sorted(leagues) == [False, True, True]
    assert set(pairs["first"]) | set(pairs["second"]) == set("ABCDE")
    assert not dominance(result).loc[list("ACE"), list("BD")].to_numpy().any()
    assert list(potential_winners(result).table.index) == list(score_margins(result).index)
    with pytest.raises(SettingError, match="'A' and 'B' are not ranked together"):
        swap_margins(result, pairs=[("A", "B")])
    with pytest.raises(SettingError, match="'F' has no rank"):
        swap_margins(result, pairs=[("B", "F")])
    for ask in (dominance, potential_winners, data_margins):
        with pytest.raises(SettingError, match="'F' has no rank"):
            ask(result, units=["F"])


ABSENT: dict[str, Any] = {
    "x": [0.9, 0.5, 0.4, 0.8, None],
    "y": [None, None, 0.7, 0.2, 0.4],
    "z": [0.3, 0.6, 0.5, 0.4, 0.9],
    "v": [0.5, 0.6, 0.2, NA, 0.3],
}


def test_units_that_lack_the_same_cells_are_compared_exactly() -> None:
    method = tree(absence=absence.Shrink())
    result = method.compute(observed(ABSENT))
    row = swap_margins(result, pairs=[("U0", "U1")]).iloc[0]
    assert row["outcome"] == "swaps"
    best = swap_weights(result, "U0", "U1")
    level = ranks_under(result, method, best[["l1", "l2", "single"]].T.reset_index(drop=True))
    assert (level["U0"] == level["U1"]).all()
    other = swap_margins(result, pairs=[("U0", "U2"), ("U3", "U4")])
    assert list(other["outcome"]) == ["unlike"] * 2
    assert other[["l1", "l2"]].isna().all(axis=None)


def gappy(seed: int, units: int) -> dict[str, Any]:
    """Return shares of which about a fifth is absent, but never all of a unit's."""
    rng = np.random.default_rng(seed)
    gone = (rng.random((4, units)) < 0.2) & (
        rng.permuted(np.arange(4)[:, None].repeat(units, 1), axis=0) > 0
    )
    cells = numbers(seed, units)
    return {
        code: [None if lacks else cell for cell, lacks in zip(cells[code], row, strict=True)]
        for code, row in zip(cells, gone, strict=True)
    }


WITH_GAPS: dict[str, Any] = {
    "sums": lambda: tree(absence=absence.Shrink()),
    "logarithms": lambda: tree(absence=absence.Shrink(), aggregate=aggregate.Geometric()),
    "lowest first": lambda: tree(absence=absence.Shrink(), ranking=Ranking(best="lowest")),
    "renormalised": lambda: index_of(
        [leaf("x"), leaf("y", 2), leaf("z", 1.5), leaf("v", 0.5)], absence=absence.Renormalise()
    ),
}


def beyond(end: float, now: float) -> list[float]:
    """Return a weight a bit farther away than an end."""
    return [end - min(1e-6, end / 2) if end < now else end + min(1e-6, (1.0 - end) / 2)]


def moved(now: Any, node: str, to: Any) -> pd.DataFrame:
    """Return weights with one at some values and the others in proportion, a row for each."""
    others = np.outer(1.0 - np.asarray(to), now / (1.0 - now[node]))
    return pd.DataFrame(others, columns=now.index).assign(**{node: to})


@pytest.mark.parametrize("kind", WITH_GAPS)
@given(seed=st.integers(0, 500))
@settings(max_examples=few(15))
def test_one_weight_reverses_units_that_lack_different_cells(kind: str, seed: int) -> None:
    method = WITH_GAPS[kind]()
    result = method.compute(observed(gappy(seed, 6)))
    now = pd.Series(space_of(result).weights, index=list(space_of(result).codes))
    table = swap_margins(result, pairs=list(combinations(result.units.codes, 2)))
    for row in rows_of(table[table["lead"] > 1e-6], "unlike"):
        for node in now.index:
            margin = np.inf if np.isnan(row.single) else row.single
            grid = np.append(np.linspace(0.0, 1.0, 41)[1:-1], now[node])
            to = grid[np.abs(grid - now[node]) < margin * 0.999]
            ranks = ranks_under(result, method, moved(now, node, to))
            assert (ranks[row.first] < ranks[row.second]).all()
        if not np.isnan(row.single):
            assert np.isnan([row.l1, row.l2]).all()
            to = beyond(row.then, row.now)
            ranks = ranks_under(result, method, moved(now, row.node, to))
            assert (ranks[row.first] > ranks[row.second]).all()
            found = swap_weights(result, row.first, row.second)
            assert found.loc[row.node, "single"] == row.then
            assert found["single"].sum() == pytest.approx(1.0)
            assert found[["l1", "l2"]].isna().all(axis=None)
        else:
            with pytest.raises(SettingError, match="different cells of them are absent"):
                swap_weights(result, row.first, row.second)


@pytest.mark.parametrize("kind", WITH_GAPS)
@given(seed=st.integers(0, 500))
@settings(max_examples=6)
def test_intervals_hold_where_cells_are_absent(kind: str, seed: int) -> None:
    method = WITH_GAPS[kind]()
    result = method.compute(observed(gappy(seed, 6)))
    leader, second = score_margins(result).index[:2]
    assume(result.ranks.loc[second, "index"] > 1)
    table = weight_intervals(result)
    for node, row in table.iterrows():
        node = str(node)
        inside = np.linspace(row["low"], row["high"], 9)[1:-1]
        assert (ranks_under(result, method, moved(table["now"], node, inside))[leader] == 1).all()
        for end in ("low", "high"):
            if pd.isna(row[f"{end}_by"]):
                continue
            to = beyond(row[end], row["now"])
            ranks = ranks_under(result, method, moved(table["now"], node, to))
            assert ranks[leader][0] > ranks[row[f"{end}_by"]][0]


@pytest.mark.parametrize("kind", WITH_GAPS)
@given(seed=st.integers(0, 500))
@settings(max_examples=few(15))
def test_winners_among_units_that_lack_different_cells(kind: str, seed: int) -> None:
    method, data = WITH_GAPS[kind](), observed(gappy(seed, 8))
    result = method.compute(data)
    found = potential_winners(result)
    uniform = [robustness.Weights(concentration="uniform")]
    firsts = sample_ranks(method, data, vary=uniform, draws=500, rng=seed).top(1)
    firsts_of: dict[Any, str] = found.table["first"].to_dict()
    for code, first in firsts_of.items():
        weights = found.weights.loc[[code]].reset_index(drop=True)
        if weights.isna().all(axis=None):
            assert first != "alone"
            assert first != "never" or firsts[code] == 0
            continue
        row = ranks_under(result, method, weights).iloc[0]
        assert row[code] == 1
        assert (first == "alone") == ((row == 1).sum() == 1)
    leader = result.table().index[0]
    assert found.table.loc[leader, "first"] != "never"
    assert (firsts[found.table.index[found.table["first"] == "unknown"]] < 0.02).all()


def test_who_is_level_whatever_the_weights_is_never_first_alone() -> None:
    cells: dict[str, Any] = {"x": [NA, 1.0, 0.5], "y": [1.0, 1.0, 0.4], "z": [1.0, 1.0, 0.9]}
    method = index_of([leaf(code) for code in "xyz"], absence=absence.Shrink())
    table = potential_winners(method.compute(observed(cells))).table
    assert table["first"].to_list() == ["level", "level", "never"]
    assert table["lead"].fillna(-1).to_list() == [0.0, 0.0, -1]


def test_units_that_a_tie_break_tells_apart_are_tied_whatever_they_lack() -> None:
    cells: dict[str, Any] = {"x": [NA, 0.25], "y": [0.125, 0.875], "z": [0.625, 0.125]}
    children = [leaf("x", 2), leaf("y"), leaf("z")]
    method = index_of(children, absence=absence.Shrink(), ranking=Ranking(ties="ordinal"))
    result = method.compute(observed(cells))
    assert result.ranks["index"].to_list() == [1, 2]
    row = swap_margins(result).iloc[0]
    assert (row["outcome"], row["l1"], row["single"]) == ("tied", 0.0, 0.0)


def test_units_that_are_level_may_part_and_keep_their_neighbours() -> None:
    cells = {"x": [0.9, 0.5, 0.3, 0.1], "y": [0.9, 0.3, 0.5, 0.2]}
    method = index_of([leaf("x"), leaf("y")], ranking=Ranking(ties="ordinal"))
    result = method.compute(observed(cells))
    shared = index_of([leaf("x"), leaf("y")]).compute(observed(cells))
    for keep in ("ranking", "first"):
        one, other = (weight_intervals(r, keep=keep) for r in (result, shared))
        pd.testing.assert_frame_equal(one, other)


def test_who_must_be_asked_of_draws_is_said() -> None:
    result = tree(absence=absence.Renormalise()).compute(observed(ABSENT))
    assert set(swap_margins(result)["outcome"]) == {"unlike"}
    with pytest.raises(SettingError, match=r"'U\d' before .*sample_ranks shows how often"):
        weight_intervals(result)
    table = potential_winners(result).table
    assert set(table["first"]) == {"unknown"}
    assert table["lead"].isna().all()
    assert repr(potential_winners(result)).endswith("0 level with others, 5 unknown>")
    with pytest.raises(SettingError, match="different cells, or absence moved their weights"):
        attainable_ranks(result)


def test_points_of_a_smaller_maximum_are_sums_whatever_is_absent() -> None:
    settings: dict[str, Any] = {"absence": absence.Shrink(), "ranking": Ranking(by="points")}
    result = tree(**settings).compute(observed(ABSENT))
    zeros = {
        code: [c if isinstance(c, float) else 0.0 for c in col] for code, col in ABSENT.items()
    }
    expected = tree().compute(observed(zeros))
    columns = ["first", "second", "outcome", "l1", "l2", "single", "node", "now", "then"]
    one, two = (swap_margins(r, pairs="leader")[columns] for r in (result, expected))
    pd.testing.assert_frame_equal(one, two)
    assert (
        potential_winners(result).table["first"] == potential_winners(expected).table["first"]
    ).all()


@pytest.mark.parametrize("by", ["share", "points"])
def test_weight_on_what_nobody_has_makes_no_winner(by: Any) -> None:
    cells: dict[str, Any] = {"x": [0.9, 0.4, 0.5], "y": [0.9, 0.8, 0.3], "z": [None] * 3}
    settings: dict[str, Any] = {"absence": absence.Shrink(), "ranking": Ranking(by=by)}
    result = index_of([leaf(code) for code in "xyz"], **settings).compute(observed(cells))
    assert potential_winners(result).table["first"].to_list() == ["alone", "never", "never"]
    assert attainable_ranks(result)["best"].to_list() == [1, 2, 2]
    intervals = weight_intervals(result)[["low", "high"]].loc["z"]
    assert list(intervals) == [0.0, 1.0]


def test_present_children_carry_without_tiers_and_are_unlike_with_them() -> None:
    cells = {code: ABSENT[code] for code in "xyz"}
    flat = index_of([leaf(c) for c in "xyz"], absence=absence.Renormalise())
    result = flat.compute(observed(cells))
    best = swap_weights(result, "U0", "U1")
    vary = [robustness.Given(weights={c: best.loc[c, ["l1", "l2"]].to_numpy() for c in "xyz"})]
    level = sample_ranks(flat, observed(cells), vary=vary, rng=0).to_frame()
    assert (level["U0"] == level["U1"]).all()
    nested = tree(absence=absence.Renormalise()).compute(observed(ABSENT))
    assert swap_margins(nested, pairs=[("U0", "U1")])["outcome"][0] == "unlike"
    moved = index_of([leaf("x"), leaf("y", absence=absence.Redistribute("x")), leaf("z")]).compute(
        observed({**cells, "x": [0.9, 0.5, 0.4, 0.8, 0.1]})
    )
    assert swap_margins(moved, pairs=[("U0", "U1")])["outcome"][0] == "unlike"
    assert swap_margins(moved, pairs=[("U2", "U3")])["outcome"][0] != "unlike"


# -- points and values ----------------------------------------------------------------------------


def test_points_to_the_next_places() -> None:
    data = observed({"x": [0.9, 0.6, 0.6, 0.1]})
    table = score_margins(index_of([leaf("x")]).compute(data))
    assert table["ahead"].fillna("").to_list() == ["", "U0", "U0", "U1"]
    assert table["behind"].fillna("").to_list() == ["U1", "U3", "U3", ""]
    np.testing.assert_allclose(table["gain"].to_numpy(), [np.nan, 30, 30, 50])
    np.testing.assert_allclose(table["lose"].to_numpy(), [30, 50, 50, np.nan])


RULES = [
    rules.Goalposts(worst=0, best=1),
    rules.Goalposts(worst=1, best=0),
    rules.Piecewise([(0, 0.1), (0.4, 0.3), (1, 1.0)]),
    rules.Affine(slope=-0.5, intercept=0.9),
]


@pytest.mark.parametrize("mean", [MEANS[0], MEANS[2], MEANS[4]], ids=str)
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_unit_with_the_needed_value_is_level_with_its_rival(rule: Any, mean: Any) -> None:
    children = [Dimension("a", [leaf("x", rule=rule), leaf("y", 2)]), leaf("z", 1.5)]
    method = index_of(children, aggregate=mean)
    cells = numbers(6, 6, "xyz")
    result = method.compute(observed(cells))
    table = data_margins(result)
    assert (table["outcome"] == "reachable").sum() > 5
    for row in rows_of(table, "reachable"):
        changed = {code: list(column) for code, column in cells.items()}
        changed[row.indicator][result.units.locate(row.Index)] = row.value_needed
        scores = method.compute(observed(changed)).score
        assert scores[row.Index] == pytest.approx(scores[row.rival], abs=1e-7)


def test_out_of_reach_absent_and_relative_are_said() -> None:
    children = [
        leaf("x", rule=rules.Goalposts(worst=0, best=1)),
        leaf("y", rule=rules.MinMax()),
        leaf("z", rule=rules.Steps([(0.0, 0.0), (0.5, 0.5), (0.8, 1.0)])),
        leaf("v", 0),
    ]
    method = index_of(children, absence=absence.Renormalise())
    data = observed({"x": [0.9, 0.8, None], "y": [1, 2, 3], "z": [0.9, 0.4, 0.4], "v": [1, 2, 3]})
    table = data_margins(method.compute(data)).set_index(["way", "indicator"], append=True)
    # Shares: U0 (0.9, 0, 1), U1 (0.8, 0.5, 0) and U2 (–, 1, 0).
    assert list(score_margins(method.compute(data)).index) == ["U0", "U2", "U1"]
    assert table["outcome"].to_dict() == {
        ("U0", "lose", "x"): "reachable",
        ("U0", "lose", "y"): "out of reach",
        ("U0", "lose", "z"): "reachable",
        ("U2", "gain", "x"): "absent",
        ("U2", "gain", "y"): "out of reach",
        ("U2", "gain", "z"): "reachable",
        ("U2", "lose", "x"): "absent",
        ("U2", "lose", "y"): "relative",
        ("U2", "lose", "z"): "out of reach",
        ("U1", "gain", "x"): "reachable",
        ("U1", "gain", "y"): "relative",
        ("U1", "gain", "z"): "reachable",
    }
    assert table.loc[("U1", "gain", "y"), "score_needed"] == pytest.approx(70.0)
    assert table.loc[("U1", "gain", "x"), "value_needed"] == pytest.approx(1.0)
    # U2 is scored on two: what is missing weighs nothing.
    assert table.loc[("U2", "gain", "z"), "score_needed"] == pytest.approx(100 * 2 * 0.4 / 3)
    needed = table["value_needed"].notna()
    assert (needed == (table["outcome"] == "reachable")).all()


def test_a_stair_is_climbed_to_the_step_that_is_needed() -> None:
    stair = rules.Steps([(0.0, 0.0), (0.5, 0.5), (0.8, 1.0)])
    method = index_of([leaf("x", rule=stair), leaf("z")])
    result = method.compute(observed({"x": [0.9, 0.4], "z": [0.3, 0.6]}))
    table = data_margins(result, units="U1").set_index("indicator")
    # 65 and 30: 70 points of the stair are on its step of 100, which starts at 0.8.
    assert table.loc["x", "score_needed"] == pytest.approx(70.0)
    assert table.loc["x", "value_needed"] == pytest.approx(0.8)
    assert table.loc["z", "score_needed"] == pytest.approx(130.0)
    assert table.loc["z", "outcome"] == "reachable"  # an identity takes every share


# -- laws -----------------------------------------------------------------------------------------


@given(seed=st.integers(0, 500), order=st.permutations(range(7)))
@settings(max_examples=15)
def test_the_order_of_units_and_columns_moves_no_byte(seed: int, order: list[int]) -> None:
    cells = numbers(seed, 7)
    one = observed(cells)
    turned = {c: [cells[c][i] for i in order] for c in reversed(cells)}
    other = observed(turned, units=[f"U{i}" for i in order])
    results = [tree().compute(data) for data in (one, other)]
    for ask in (swap_margins, score_margins, dominance, weight_intervals, data_margins):
        left, right = (ask(result) for result in results)
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_a_rounded_total_keeps_the_order_of_full_scores() -> None:
    data = observed(numbers(4, 6))
    rounded = attrs.evolve(tree(), rounding=gi.Levels(total=Rounding(1)))
    columns = ["first", "second", "outcome", "l1", "l2"]
    one, two = (swap_margins(m.compute(data))[columns] for m in (rounded, tree()))
    pd.testing.assert_frame_equal(one, two)
    inside = attrs.evolve(tree(), rounding=gi.Levels(node=Rounding(0)))
    with pytest.raises(SettingError, match="the scores of 'a' are rounded"):
        swap_margins(inside.compute(data))
    assert len(swap_margins(inside.compute(data), at=1)) == 5


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "settings"),
    [
        ("there is no unit 'U9'.*'U0'", {"pairs": [("U0", "U9")]}),
        ("'U0' and 'U0' are one unit", {"pairs": [("U0", "U0")]}),
        ("did you mean 'neighbours'", {"pairs": "neighbour"}),
        ("a pair is two units", {"pairs": ["U0"]}),
        ("at least one pair", {"pairs": []}),
        ("no scored node 'w'", {"at": ["x", "w"]}),
        ("no scored node at tier 5", {"at": 5}),
        ("'x' is below 'a'", {"at": ["a", "x"]}),
        ("at least two nodes", {"at": "a"}),
        ("'x' has no children whose weights could be moved", {"node": "x"}),
        ("there is no node 'w'", {"node": "w"}),
    ],
)
def test_what_cannot_be_asked_is_refused(match: str, settings: dict[str, Any]) -> None:
    with pytest.raises((SettingError, UnknownNameError), match=match):
        swap_margins(result_of(), **settings)


BONUS = Indicator("b", rule=rules.Identity(), weight=0.1, outside_maximum=True)


@pytest.mark.parametrize(
    ("match", "children", "settings"),
    [
        (r"'index' is combined by Minimum\(\)", None, {"aggregate": aggregate.Minimum()}),
        ("'index' has a rule", None, {"rule": rules.Goalposts(worst=0.1, best=0.9)}),
        (
            r"'a' is combined by Arithmetic\(\) and 'index' above it by Geometric",
            [
                Dimension("a", [leaf("x"), leaf("y")], aggregate=aggregate.Arithmetic()),
                leaf("z"),
            ],
            {"aggregate": aggregate.Geometric()},
        ),
        ("'a' has bonuses or penalties", [Dimension("a", [leaf("x"), leaf("y"), BONUS])], {}),
        ("the weight of 'y' is a variable", [leaf("x"), leaf("y", "v")], {}),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_weighted_mean_is_named(match: str, children: Any, settings: Any) -> None:
    children = children or [leaf("x"), leaf("y"), leaf("z")]
    data = observed({**numbers(1, 4), "b": [0.1, 0.2, 0.3, 0.4]})
    result = index_of(children, **settings).compute(data)
    for ask in (swap_margins, weight_intervals, dominance, potential_winners, data_margins):
        with pytest.raises(SettingError, match=match):
            ask(result)


def test_shares_of_0_do_not_exist_in_a_geometric_mean() -> None:
    mean = aggregate.Geometric(zero="zero")
    result = index_of([leaf("x"), leaf("y")], aggregate=mean).compute(
        observed({"x": [0.0, 0.5], "y": [0.5, 0.5]})
    )
    with pytest.raises(SettingError, match="unit 'U0', 'x': a share of 0 is outside the scale"):
        swap_margins(result)


def test_forms_code_views_and_single_units_are_refused() -> None:
    data = observed(numbers(1, 3))
    with pytest.raises(SettingError, match="no two units are ranked together"):
        swap_margins(tree().compute(observed(numbers(1, 1))))
    with pytest.raises(SettingError, match="no two units with different ranks"):
        weight_intervals(tree().compute(observed(numbers(1, 1))))
    with pytest.raises(SettingError, match="keep is 'first', 'ranking' or a pair"):
        weight_intervals(tree().compute(data), keep="last")  # type: ignore[arg-type]
    seen = tree(views=[View("both", of=("x", "z"))]).compute(data)
    with pytest.raises(SettingError, match="'both' has no children whose weights"):
        swap_margins(seen, node="both")
    ahead = tree().compute(observed({code: [0.9, 0.1] for code in "vxyz"}))
    with pytest.raises(SettingError, match="the first is at least as good at every node"):
        swap_weights(ahead, "U1", "U0")
    frame = pd.DataFrame({**numbers(1, 4), "unit": list("ABCD"), "type": list("sspp")})
    typed = Observations.from_frame(frame, unit="unit", type="type")
    plain = tree()
    forms = gi.Forms.of(plain, {"s": plain.framework, "p": plain.framework})
    with pytest.raises(SettingError, match=r"take one of result\.parts"):
        swap_margins(forms.compute(typed))
    assert len(score_margins(forms.compute(typed))) == 4
    coded = gi.result_from_scores(tree(), data, {"index": [3.0, 2.0, 1.0]})
    with pytest.raises(SettingError, match="by its own code"):
        swap_margins(coded)
    assert list(score_margins(coded)["gain"].fillna(0)) == [0.0, 1.0, 1.0]


def test_one_indicator_alone_has_nothing_to_be_weighed_against() -> None:
    result = index_of([leaf("x")]).compute(observed({"x": [0.9, 0.1]}))
    assert swap_margins(result)["outcome"].to_list() == ["dominates"]
    with pytest.raises(SettingError, match="at least two must be above 0"):
        weight_intervals(result)


# -- what is asked of what ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        gi.robustness.swap_margins,
        gi.robustness.weight_intervals,
        gi.robustness.potential_winners,
        gi.robustness.attainable_ranks,
        gi.robustness.dominance,
        gi.robustness.data_margins,
        gi.robustness.score_margins,
        lambda given: gi.robustness.swap_weights(given, "A", "B"),
    ],
)
def test_exact_answers_are_those_of_a_result(ask: Any) -> None:
    with pytest.raises(SettingError, match=r"method\.compute\(data\), not Methodology"):
        ask(tree())


def test_units_that_are_no_list_are_refused() -> None:
    with pytest.raises(SettingError, match="units are a list of codes or names, not 3"):
        gi.robustness.attainable_ranks(result_of(3, 5), units=3)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="or a list of pairs, not 3"):
        swap_margins(result_of(3, 5), pairs=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(("by", "lead"), [("share", 60 / 80 - 70 / 100), ("points", 0.10)])
def test_the_lead_is_that_of_what_is_ranked(by: Any, lead: float) -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Points(), weight=50.0) for code in "xy"]
    leaves[1] = gi.Indicator("y", rule=gi.rules.Points(), weight=20.0)
    leaves.append(gi.Indicator("z", rule=gi.rules.Points(), weight=30.0))
    framework = gi.Framework(
        "index", leaves, aggregate=gi.aggregate.Sum(), absence=gi.absence.Shrink()
    )
    method = gi.Methodology(
        "example.lead", "1", framework, scale="points", ranking=gi.Ranking(by=by)
    )
    # 60 of 80 points against 70 of 100.
    frame = pd.DataFrame(
        {"x": [40.0, 40.0], "y": ["n/a", 10.0], "z": [20.0, 20.0]}, index=["A", "B"]
    )
    row = swap_margins(method.compute(gi.Observations.from_frame(frame))).iloc[0]
    assert row["first"] == ("A" if by == "share" else "B")
    assert row["lead"] == pytest.approx(100 * lead)


def test_margins_say_the_league_where_there_are_several() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.random((6, 4)), columns=list(tree().framework.leaf_codes))
    frame = frame.assign(unit=list("ABCDEF"), league=["hills", "coast"] * 3)
    data = gi.Observations.from_frame(frame, unit="unit", league="league")
    result = tree().compute(data)
    assert dict(swap_margins(result).groupby("league").size()) == {"coast": 2, "hills": 2}
    assert "league" in gi.robustness.score_margins(result)


# -- means of somebody's own ----------------------------------------------------------------------


@attrs.frozen
class LogMean:
    """A geometric mean, written anew and inheriting from nothing."""

    peer_dependent = False
    monotone = True
    linear = False
    sums_points = False
    mean = True

    def linear_scale(self) -> LinearScale:
        return LinearScale(("own logarithms", 0.0), 0.0, np.log, np.exp)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        sums = sum(w * np.log(s) for s, w in zip(shares, weights, strict=True))
        return np.asarray(np.exp(sums / sum(weights)))


@attrs.frozen
class RootMeanSquare(LogMean):
    """A power mean, written anew."""

    def linear_scale(self) -> LinearScale:
        return LinearScale(("own squares", 0.0), -1e-9, np.square, np.sqrt)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        sums = sum(w * s**2 for s, w in zip(shares, weights, strict=True))
        return np.asarray(np.sqrt(sums / sum(weights)))


@attrs.frozen
class Boastful(LogMean):
    """It says that it is a mean of squares, and is not."""

    def linear_scale(self) -> LinearScale:
        return RootMeanSquare().linear_scale()


@pytest.mark.parametrize(
    ("own", "known"),
    [(LogMean(), aggregate.Geometric()), (RootMeanSquare(), aggregate.PowerMean(2))],
)
def test_a_mean_of_ones_own_has_exact_margins(own: Any, known: Any) -> None:
    found, expected = (swap_margins(result_of(aggregate=mean)) for mean in (own, known))
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9)
    assert found["l1"].notna().any()
    ours, theirs = (weight_intervals(result_of(aggregate=mean)) for mean in (own, known))
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9)


def test_a_mean_that_is_not_a_sum_on_its_scale_is_refused() -> None:
    with pytest.raises(SettingError, match="differ from the means of its children"):
        swap_margins(result_of(aggregate=Boastful()))


def test_a_mean_without_a_scale_has_no_margins() -> None:
    with pytest.raises(SettingError, match="no weighted mean on any scale"):
        swap_margins(result_of(aggregate=aggregate.Median()))


def test_means_on_different_scales_are_not_one_sum() -> None:
    inside = Dimension("a", [leaf("x"), leaf("y")], aggregate=LogMean())
    method = index_of([inside, leaf("z"), leaf("v")], aggregate=aggregate.Geometric())
    with pytest.raises(SettingError, match="'a' is combined by LogMean"):
        swap_margins(method.compute(observed(numbers(3, 5))))

"""Exact answers with ties, leagues and absent cells."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from govindex import (
    Observations,
    Ranking,
    SettingError,
    absence,
    aggregate,
    robustness,
)
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
from govindex.robustness.exact.weight_space import space_of
from govindex.testing import NA, observed
from tests.robustness.exact.examples import (
    beyond,
    index_of,
    leaf,
    moved,
    numbers,
    ranks_under,
    rows_of,
    tree,
)
from tests.sampling import few


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
            actual = swap_weights(result, row.first, row.second)
            assert actual.loc[row.node, "single"] == row.then
            assert actual["single"].sum() == pytest.approx(1.0)
            assert actual[["l1", "l2"]].isna().all(axis=None)
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
    actual = potential_winners(result)
    uniform = [robustness.Weights(concentration="uniform")]
    firsts = sample_ranks(method, data, vary=uniform, draws=500, rng=seed).top(1)
    firsts_of: dict[Any, str] = actual.table["first"].to_dict()
    for code, first in firsts_of.items():
        weights = actual.weights.loc[[code]].reset_index(drop=True)
        if weights.isna().all(axis=None):
            assert first != "alone"
            assert first != "never" or firsts[code] == 0
            continue
        row = ranks_under(result, method, weights).iloc[0]
        assert row[code] == 1
        assert (first == "alone") == ((row == 1).sum() == 1)
    leader = result.table().index[0]
    assert actual.table.loc[leader, "first"] != "never"
    assert (firsts[actual.table.index[actual.table["first"] == "unknown"]] < 0.02).all()


def test_a_unit_level_under_all_weights_is_never_first_alone() -> None:
    cells: dict[str, Any] = {"x": [NA, 1.0, 0.5], "y": [1.0, 1.0, 0.4], "z": [1.0, 1.0, 0.9]}
    method = index_of([leaf(code) for code in "xyz"], absence=absence.Shrink())
    table = potential_winners(method.compute(observed(cells))).table
    assert table["first"].to_list() == ["level", "level", "never"]
    assert table["lead"].fillna(-1).to_list() == [0.0, 0.0, -1]


def test_units_that_a_tie_break_separates_are_tied_whatever_they_lack() -> None:
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


def test_units_without_exact_answers_are_named() -> None:
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
def test_weight_on_a_node_that_is_absent_everywhere_makes_no_winner(by: Any) -> None:
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

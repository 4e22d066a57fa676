"""Dominance, winners and attainable ranks: against draws and crossings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import optimize

from govindex import (
    SettingError,
    aggregate,
    robustness,
)
from govindex.robustness import (
    attainable_ranks,
    dominance,
    potential_winners,
    sample_ranks,
    swap_margins,
)
from govindex.testing import observed
from tests.robustness.exact.examples import (
    MEANS,
    index_of,
    leaf,
    numbers,
    ranks_under,
    result_of,
    tree,
)


@given(seed=st.integers(0, 500))
@settings(max_examples=15)
def test_a_dominated_unit_is_ahead_in_no_draw(seed: int) -> None:
    method, data = tree(), observed(numbers(seed, 9))
    result = method.compute(data)
    actual = dominance(result)
    sample = sample_ranks(
        method, data, vary=[robustness.Weights(concentration="uniform")], draws=500, rng=seed
    )
    wins = sample.pairwise().loc[actual.index, actual.columns].to_numpy()
    assert (wins.T[actual.to_numpy()] == 0).all()
    margins = swap_margins(result)
    for first, second, outcome in margins[["first", "second", "outcome"]].to_numpy():
        assert actual.loc[first, second] == (outcome == "dominates")
    cells = pd.DataFrame(numbers(seed, 9), index=data.units.codes)
    for first in cells.index:
        for second in cells.index:
            ahead = cells.loc[first] - cells.loc[second]
            expected = bool((ahead >= 0).all() and (ahead > 0).any())
            assert actual.loc[first, second] == expected


def test_dominance_among_some_weights_counts_the_rest() -> None:
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
    actual = potential_winners(result)
    firsts_of: dict[Any, str] = actual.table["first"].to_dict()
    for code, first in firsts_of.items():
        if first == "never":
            assert actual.weights.loc[code].isna().all()
            assert actual.table.loc[code, "lead"] < 0
            continue
        ranks = ranks_under(result, method, actual.weights.loc[[code]].reset_index(drop=True))
        row = ranks.iloc[0]
        assert row[code] == 1
        assert (first == "alone") == ((row == 1).sum() == 1)
    uniform = [robustness.Weights(concentration="uniform")]
    sample = sample_ranks(method, data, vary=uniform, draws=1_000, rng=seed)
    firsts = sample.top(1)
    assert set(firsts[firsts > 0].index) <= set(
        actual.table.index[actual.table["first"] != "never"]
    )
    leader = result.table().index[0]
    assert actual.table.loc[leader, "first"] != "never"


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


def test_a_unit_equal_to_another_is_never_first_alone() -> None:
    data = observed({"x": [0.9, 0.9, 0.1], "y": [0.5, 0.5, 0.4]})
    result = index_of([leaf("x"), leaf("y")]).compute(data)
    actual = potential_winners(result)
    assert actual.table["first"].to_dict() == {"U0": "level", "U1": "level", "U2": "never"}
    assert repr(actual) == "<Winners: of 3 units can be first 0 alone, 2 level with others>"
    assert list(potential_winners(result, units=["U2"]).table.index) == ["U2"]


@given(seed=st.integers(0, 500), steps=st.sampled_from([5, 1000]))
@settings(max_examples=10)
def test_attainable_ranks_of_two_weights_are_those_at_and_between_all_crossings(
    seed: int, steps: int
) -> None:
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, steps, (2, 9)) / steps
    data = observed({"x": cells[0].tolist(), "y": cells[1].tolist()})
    actual = attainable_ranks(index_of([leaf("x"), leaf("y")]).compute(data))
    ahead = cells[:, :, None] - cells[:, None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        crossings = (ahead[1] / (ahead[1] - ahead[0])).reshape(-1)
    inside = np.unique(crossings[(crossings > 0) & (crossings < 1)].round(12))
    ends = np.concatenate([[0.0], inside, [1.0]])
    tried = np.concatenate([ends, (ends[1:] + ends[:-1]) / 2])[:, None]
    scores = tried * cells[0] + (1 - tried) * cells[1]
    ranks = 1 + (scores[:, None, :] > scores[:, :, None] + 1e-10).sum(axis=2)
    actual = actual.loc[list(data.units.codes)]
    assert actual["best"].to_list() == ranks.min(axis=0).tolist()
    assert actual["worst"].to_list() == ranks.max(axis=0).tolist()


@given(seed=st.integers(0, 500))
@example(298)  # the solver gave up
@settings(max_examples=6)
def test_no_draw_leaves_the_attainable_ranks(seed: int) -> None:
    method, data = tree(aggregate=aggregate.Geometric()), observed(numbers(seed, 10))
    result = method.compute(data)
    ranks = attainable_ranks(result)
    uniform = [robustness.Weights(concentration="uniform")]
    sample = sample_ranks(method, data, vary=uniform, draws=3_000, rng=seed)
    drawn = sample.intervals(1.0).loc[ranks.index]
    assert (ranks["best"] <= drawn["low"]).all()
    assert (ranks["worst"] >= drawn["high"]).all()
    first = potential_winners(result).table["first"]
    assert ((ranks["best"] == 1) == (first != "never")).all()
    # A unit can be level with one that dominates it, and is never behind one that it dominates.
    assert (ranks["worst"] <= len(ranks) - dominance(result).sum(axis=1)).all()


def test_rows_near_the_tolerances_of_the_solver_are_solved() -> None:
    thirds = {"x": [2, 2, 2, 1, 1], "y": [1, 1, 1, 3, 3], "z": [1, 1, 2, 1, 3]}
    cells = {code: [number / 3 for number in numbers] for code, numbers in thirds.items()}
    result = index_of([leaf(code) for code in cells]).compute(observed(cells))
    ranks = attainable_ranks(result)[["best", "worst"]]
    assert ranks["best"].to_list() == [1] * 5
    assert ranks["worst"].to_dict() == {"U4": 4, "U2": 3, "U3": 5, "U0": 4, "U1": 4}


def test_a_failed_programme_is_solved_in_another_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = result_of(7, 8)
    expected = attainable_ranks(result)
    solved, asked = optimize.milp, []

    def unreliable(*args: Any, **settings: Any) -> Any:
        asked.append(1)
        actual = solved(*args, **settings)
        actual.status = 4 if len(asked) % 3 else actual.status
        return actual

    monkeypatch.setattr(optimize, "milp", unreliable)
    pd.testing.assert_frame_equal(attainable_ranks(result), expected)
    monkeypatch.setattr("govindex.robustness.exact.attainable._ATTEMPTS", 2)
    asked.clear()
    with pytest.raises(SettingError, match="the integer programme was not solved"):
        attainable_ranks(result)


def test_ranks_that_were_not_proved_in_time_are_missing() -> None:
    rng = np.random.default_rng(3)
    data = observed({f"x{i}": rng.random(120).tolist() for i in range(12)})
    result = index_of([leaf(f"x{i}") for i in range(12)]).compute(data)
    middle = result.table().index[60]
    ranks = attainable_ranks(result, units=[middle], seconds=1e-6)
    assert ranks[["best", "worst"]].isna().all(axis=None)
    with pytest.raises(SettingError, match="seconds is a finite number above 0, not 0"):
        attainable_ranks(result, seconds=0)

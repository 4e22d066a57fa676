"""Benefit of the doubt: by hand, against linear programmes, as published, what it refuses."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import govindex as gi
from govindex.aggregate import BenefitOfTheDoubt
from govindex.errors import CellError, DataError, FrameworkError, SettingError
from govindex.testing import observed
from tests.aggregate.examples import flat
from tests.reference import reference_table


def scored(table: Any, weights: Any = None, **settings: Any) -> Any:
    columns = list(np.array(table, dtype=float).T)
    given = np.ones(len(columns)) if weights is None else np.array(weights, dtype=float)
    return BenefitOfTheDoubt(**settings)(columns, list(given.reshape(-1, 1)))


def test_a_unit_that_no_peer_beats_with_its_weights_is_full() -> None:
    # (1, 1) would need one and a half of itself to reach the line from (3, 0) to (0, 3).
    assert scored([[3, 0], [0, 3], [1, 1]]) == pytest.approx([1, 1, 2 / 3], abs=1e-12)
    assert scored([[3, 0], [0, 3], [2, 2]]) == pytest.approx([1, 1, 1], abs=1e-12)


def test_limits_of_parts_are_kept() -> None:
    # Half and half leaves the sum of s/own: 1/2 + 2/2·… for the second unit against the first.
    table = [[2, 1], [1, 2]]
    assert scored(table, least=0.5) == pytest.approx([1 / 1.25] * 2, abs=1e-12)
    assert scored(table, spread=0) == pytest.approx([1 / 1.25] * 2, abs=1e-12)
    # Three quarters of the first unit's sum come from the first child: ¾·½ + ¼·2 = 0.875 < 1.
    assert scored(table, [3, 1], spread=0) == pytest.approx([1, 1 / 1.625], abs=1e-12)


def test_a_row_of_zeros_has_nothing_in_any_light() -> None:
    assert scored([[1, 0], [0, 0], [0, 1]]).tolist() == [1, 0, 1]
    assert scored([[0, 0], [0, 0]]).tolist() == [0, 0]


@pytest.mark.parametrize("little", [1e-6, 1e-12, 1e-300])
def test_negligible_shares_earn_a_negligible_score(little: float) -> None:
    table = [[1, 0.2], [0.5, 1], [little, 0.5]]
    assert scored(table) == pytest.approx([1, 1, 0.5], abs=1e-6)
    assert scored(table, least=0.1) == pytest.approx([1, 1, 0], abs=2e-5)


def test_one_unit_is_its_own_best_peer() -> None:
    assert scored([[0.2, 0.7]]).tolist() == [1]
    assert scored([[0.2, 0.7]], least=0.3).tolist() == [1]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 5), st.booleans())
def test_it_is_the_optimum_of_each_unit_s_programme(
    seed: int, units: int, children: int, limited: bool
) -> None:
    rng = np.random.default_rng(seed)
    table = rng.random((units, children)) + 0.01
    limits = {"least": 0.5 / children, "most": min(1.5 / children, 1)} if limited else {}
    scores = scored(table, **limits)
    for own, score in zip(table, scores, strict=True):
        above = [table]
        if limited and children > 1:
            parts = np.diag(own)
            above += [limits["least"] * own - parts, parts - limits["most"] * own]
        rows = np.vstack(above)
        right = np.r_[np.ones(units), np.zeros(len(rows) - units)]
        best = linprog(-own, A_ub=rows, b_ub=right, bounds=(0, None), method="highs")
        assert score == pytest.approx(-best.fun, abs=1e-8)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([{}, {"least": 0.1}]))
def test_the_order_of_rows_moves_no_bit(seed: int, kind: Any) -> None:
    rng = np.random.default_rng(seed)
    table = rng.integers(1, 6, (60, 3)) / 5
    order = rng.permutation(60)
    np.testing.assert_array_equal(scored(table[order], **kind), scored(table, **kind)[order])


def test_many_units_are_scored() -> None:
    scores = scored(np.random.default_rng(0).random((200, 10)) + 0.01)
    assert 0 < scores.min() < scores.max() == pytest.approx(1.0)


def test_leagues_have_peers_of_their_own() -> None:
    frame = pd.DataFrame(
        {"unit": list("ABCD"), "league": list("xxyy"), "a": [1, 2, 4, 9], "b": [1, 1, 4, 9]}
    )
    data = gi.Observations.from_frame(frame, league="league")
    shares = flat(BenefitOfTheDoubt(over="league"), "ab").compute(data).shares[0]
    assert shares == pytest.approx([1, 1, 4 / 9, 1], abs=1e-12)


def test_units_outside_the_peers_are_compared_with_them_and_themselves() -> None:
    units = [gi.Unit("A"), gi.Unit("B"), gi.Unit("C", ranked=False)]
    rows = np.array([[1.0, 1], [2, 2], [9, 9]])
    data = gi.Observations(gi.Units.of(units), ["a", "b"], rows)
    method = flat(BenefitOfTheDoubt(over="ranked"), "ab")
    assert method.compute(data).shares[0] == pytest.approx([0.5, 1, 1], abs=1e-12)
    low = attrs.evolve(data, values=np.array([[1.0, 1], [2, 2], [1, 1.5]]))
    assert method.compute(low).shares[0][2] == pytest.approx(0.75)


def test_draws_of_weights_give_what_each_gives_alone() -> None:
    shares = [np.array([[0.2, 0.9, 0.4]]), np.array([[0.8, 0.1, 0.4]])]
    weights = [np.array([[1.0], [2.0], [5.0]]), np.array([[1.0], [1.0], [1.0]])]
    part = BenefitOfTheDoubt(spread=0.3)
    aggregated = part(shares, weights)
    for draw in range(3):
        own = part(shares, [w[draw : draw + 1] for w in weights])
        np.testing.assert_array_equal(aggregated[draw], own[0])


def test_limits_that_leave_no_weights_name_the_units() -> None:
    data = observed({"a": [1, 2], "b": [1, 1]})
    with pytest.raises(DataError, match=r"no weights of 2 children keep.*unit 'U0', node 'index'"):
        flat(BenefitOfTheDoubt(least=0.6), "ab").compute(data)
    with pytest.raises(CellError, match="no weights of 3 children keep the limits"):
        scored([[1, 1, 1]], most=0.3)
    with pytest.raises(CellError, match="no weights of 2 children keep the limits"):
        scored([[1, 1]], [9, 1], spread=0.1, most=0.6)


def test_shares_that_limits_do_not_suit_name_the_units() -> None:
    with pytest.raises(DataError, match=r"unit 'U1', node 'index': limits .* need shares above 0"):
        flat(BenefitOfTheDoubt(least=0.1), "ab").compute(observed({"a": [1, 0], "b": [1, 1]}))
    with pytest.raises(DataError, match=r"unit 'U0', node 'index': .* shares of at least 0"):
        flat(BenefitOfTheDoubt(), "ab").compute(observed({"a": [-1, 0], "b": [1, 1]}))


def test_a_missing_child_is_refused_by_name() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "a": [1.0, 2], "b": [1.0, np.nan]})
    method = flat(BenefitOfTheDoubt(), "ab", absence=gi.absence.Renormalise())
    with pytest.raises(DataError, match=r"unit 'B', node 'index': Benefit.* needs every child"):
        method.compute(gi.Observations.from_frame(frame))
    whole = flat(BenefitOfTheDoubt(), "ab", absence=gi.absence.Renormalise(min_share=1))
    shares = whole.compute(gi.Observations.from_frame(frame)).shares[0]
    assert shares[0] == 1
    assert np.isnan(shares[1])


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="a share from 0 to 1, not -1"):
        BenefitOfTheDoubt(least=-1)
    with pytest.raises(SettingError, match=r"least \(0.6\) is above most \(0.5\)"):
        BenefitOfTheDoubt(least=0.6, most=0.5)
    with pytest.raises(SettingError, match="a share from 0 to 1, not 2"):
        BenefitOfTheDoubt(spread=2)


def test_it_cannot_be_anchored() -> None:
    with pytest.raises(FrameworkError, match="aggregator of 'index': BenefitOfTheDoubt"):
        flat(BenefitOfTheDoubt(), "ab").anchored(observed({"a": [1, 2], "b": [1, 2]}))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bod_constr", {"least": 0.1, "most": 0.8}),
        ("bod_constr_free", {}),
        ("bod_lp_reference", {}),
    ],
)
def test_it_reproduces_a_reference(name: str, kind: Any) -> None:
    table = reference_table("compind/input_nuts3_mm.csv").to_numpy(dtype=float)
    expected = reference_table(f"compind/{name}.csv").iloc[:, 0].astype(float)
    np.testing.assert_allclose(scored(table, **kind), expected, rtol=1e-10)

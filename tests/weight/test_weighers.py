"""Weights: what each method promises and refuses, and weights of a whole framework."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    DataError,
    Dimension,
    Forms,
    Framework,
    FrameworkError,
    Indicator,
    Methodology,
    Observations,
    SettingError,
    Unit,
    UnknownNameError,
    aggregate,
    load_methodology,
    measures,
    rules,
    save_methodology,
    weight,
)
from govindex.testing import check_methodology
from govindex.weight.factors import varimax
from govindex.weight.felt import explained
from tests.strategies import observed

CODES = ["a", "b", "c", "d"]
FOUND: list[weight.Weigher] = [
    weight.Entropy(),
    weight.StandardDeviation(),
    weight.StandardDeviation(relative=True),
    weight.CRITIC(),
    weight.CRITIC(correlation="spearman"),
    weight.PrincipalComponents(),
    weight.PrincipalComponents(by="variance"),
    weight.PrincipalComponents(by="first", negative="zero"),
    weight.Balance(),
    weight.Infomax(),
    weight.Infomax(by="variance"),
    weight.CommonBenefit(low=0.05),
]
JUDGED: list[weight.Weigher] = [
    weight.Equal(),
    weight.Fixed({"a": 1, "b": 2, "c": 3, "d": 0}),
    weight.RankOrder(["c", ("a", "d"), "b"]),
    weight.Budget({"An": {"a": 40, "b": 30, "c": 20, "d": 10}}),
    weight.AHP(
        {("a", "b"): 2, ("a", "c"): 3, ("d", "a"): 1, ("b", "c"): 2, ("b", "d"): 1, ("d", "c"): 3}
    ),
    weight.BestWorst("a", "d", {"b": 2, "c": 3, "d": 8}, {"a": 8, "b": 4, "c": 3}),
]


def table(seed: int, units: int = 12, codes: list[str] = CODES) -> pd.DataFrame:
    """Return shares between 0.05 and 0.95 of children that have something in common."""
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.1, 0.9, (units, len(codes))) + rng.uniform(0, 0.4, (units, 1))
    frame = pd.DataFrame(shares / 1.4, columns=codes)
    return frame.set_axis([f"U{i}" for i in range(units)])


seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=20)  # each costs a linear programme


def numbers(actual: weight.WeightSet) -> list[float]:
    return [actual[code] for code in sorted(actual.weights)]


@pytest.mark.parametrize("how", [*FOUND, *JUDGED], ids=repr)
@few
@given(seed=seeds)
def test_weights_are_not_negative_and_add_up_to_one(how: weight.Weigher, seed: int) -> None:
    actual = numbers(how(table(seed)))
    assert min(actual) >= 0
    assert sum(actual) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("how", [*FOUND, *JUDGED], ids=repr)
@few
@given(seed=seeds)
def test_the_order_of_units_and_children_moves_no_bit(how: weight.Weigher, seed: int) -> None:
    frame = table(seed)
    rng = np.random.default_rng(seed)
    shuffled = frame.iloc[rng.permutation(len(frame)), rng.permutation(len(CODES))]
    assert how(shuffled) == how(frame)


@pytest.mark.parametrize("how", [h for h in FOUND if not isinstance(h, weight.Balance)], ids=repr)
@few
@given(seed=seeds)
def test_equal_children_weigh_the_same(how: weight.Weigher, seed: int) -> None:
    frame = table(seed).assign(twin=lambda f: f["a"])
    weights = how(frame)
    assert weights["a"] == pytest.approx(weights["twin"], abs=1e-6)


@pytest.mark.parametrize("how", FOUND, ids=repr)
@few
@given(seed=seeds)
def test_one_measure_unit_for_all_children_changes_nothing(how: weight.Weigher, seed: int) -> None:
    frame = table(seed)
    assert numbers(how(frame * 8)) == pytest.approx(numbers(how(frame)), abs=1e-6)


@pytest.mark.parametrize(
    "how",
    [
        weight.Entropy(),
        weight.StandardDeviation(relative=True),
        *[h for h in FOUND if isinstance(h, weight.PrincipalComponents)],
    ],
    ids=repr,
)
@given(seed=seeds, factor=st.floats(0.01, 100))
def test_the_measure_unit_of_one_child_changes_nothing(
    how: weight.Weigher, seed: int, factor: float
) -> None:
    frame = table(seed)
    scaled = frame.assign(a=frame["a"] * factor)
    assert numbers(how(scaled)) == pytest.approx(numbers(how(frame)), abs=1e-8)


@pytest.mark.parametrize("how", [weight.StandardDeviation(), weight.CRITIC()], ids=repr)
@few
@given(seed=seeds)
def test_doubled_spread_doubles_the_weight(how: weight.Weigher, seed: int) -> None:
    frame = table(seed)
    before, after = how(frame), how(frame.assign(a=frame["a"] * 2))
    assert after["a"] / after["b"] == pytest.approx(2 * before["a"] / before["b"], rel=1e-8)


@pytest.mark.parametrize("how", [weight.Balance(), weight.Infomax()], ids=repr)
@few
@given(seed=seeds)
def test_a_child_of_doubled_spread_is_felt_as_before(how: weight.Weigher, seed: int) -> None:
    frame = table(seed)
    expected = np.array(numbers(how(frame))) / [2, 1, 1, 1]
    after = how(frame.assign(a=frame["a"] * 2))
    assert numbers(after) == pytest.approx(expected / expected.sum(), abs=1e-9)


@pytest.mark.parametrize("how", FOUND, ids=repr)
def test_an_only_child_weighs_everything(how: weight.Weigher) -> None:
    assert how(pd.DataFrame({"a": [1.0, 1.0]})).weights == {"a": 1.0}


@pytest.mark.parametrize("how", FOUND, ids=repr)
@few
@given(seed=seeds)
def test_missing_scores_are_refused_or_leave_their_units_out(how: Any, seed: int) -> None:
    frame = table(seed)
    gappy = frame.copy()
    gappy.loc["U3", "b"] = np.nan
    with pytest.raises(DataError, match="missing at 'b' for 'U3'"):
        how(gappy)
    actual = attrs.evolve(how, missing="complete")(gappy)
    assert actual.left_out == ("U3",)
    assert actual.units == 11
    assert actual.weights == attrs.evolve(how, missing="complete")(frame.drop("U3")).weights


def test_entropy_of_all_in_one_unit_and_of_half_each_is_as_by_hand() -> None:
    frame = pd.DataFrame({"one": [1.0, 0.0, 0.0], "two": [0.5, 0.5, 0.0]})
    weight_of_even = 1 - np.log(2) / np.log(3)
    expected = [1 / (1 + weight_of_even), weight_of_even / (1 + weight_of_even)]
    assert numbers(weight.Entropy()(frame)) == pytest.approx(expected)


def test_critic_of_opposite_and_unrelated_children_is_as_by_hand() -> None:
    # r(a, b) = −1 and r(a, c) = r(b, c) = 0; all deviate alike, so 3, 3 and 2 of 8.
    frame = pd.DataFrame({"a": [0, 0, 1, 1], "b": [1, 1, 0, 0], "c": [0, 1, 0, 1]})
    assert numbers(weight.CRITIC()(frame)) == [0.375, 0.375, 0.25]


def test_two_indicators_have_the_components_of_the_closed_form() -> None:
    frame = pd.DataFrame({"a": [0, 1, 2, 3], "b": [0, 2, 1, 3]})
    weights = weight.PrincipalComponents(by="first")(frame)
    assert weights.weights == {"a": 0.5, "b": 0.5}
    assert weights.diagnostics["eigenvalue 1"] == pytest.approx(1 + 0.8)
    assert weights.diagnostics["explained"] == pytest.approx(0.9)


def test_targets_say_how_much_each_child_is_felt() -> None:
    frame = table(11, units=60)
    weights = weight.Balance(targets={"a": 3, "b": 2, "c": 3, "d": 2})(frame)
    assert weights.report["felt"].to_list() == pytest.approx([0.3, 0.2, 0.3, 0.2])
    felt_parts = frame.corrwith(frame @ np.array(numbers(weights)))
    assert (felt_parts / felt_parts.sum()).to_list() == pytest.approx([0.3, 0.2, 0.3, 0.2])


@given(seed=seeds)
def test_more_unequal_shares_weigh_more_by_entropy(seed: int) -> None:
    frame = table(seed)
    frame["b"] = frame["a"].mean() + 0.5 * (frame["a"] - frame["a"].mean())
    weights = weight.Entropy()(frame)
    assert weights["a"] > weights["b"]


@given(seed=seeds, data=st.data())
def test_no_weights_are_felt_more_evenly_than_the_balanced(seed: int, data: st.DataObject) -> None:
    frame = table(seed)
    weights = weight.Balance()(frame)
    other = data.draw(st.lists(st.floats(0.01, 1), min_size=4, max_size=4))
    total = frame @ np.array(other)
    felt = frame.corrwith(total)
    discrepancy = np.sqrt(np.mean((felt / felt.sum() - 0.25) ** 2))
    assert weights.diagnostics["discrepancy"] <= discrepancy + 1e-9


@pytest.mark.parametrize(("by", "power"), [("correlation", 1), ("variance", 2)])
@given(seed=seeds, data=st.data())
def test_no_weights_tell_more_than_the_informative(
    by: Any, power: int, seed: int, data: st.DataObject
) -> None:
    frame = table(seed, codes=["a", "b", "c"])
    frame["d"] = 1 - frame["a"] + 0.3 * frame["b"]
    weights = weight.Infomax(by=by)(frame)
    other = np.array([*data.draw(st.lists(st.floats(0, 1), min_size=3, max_size=3)), 0.5])
    information = (frame.corrwith(frame @ other) ** power).sum()
    assert weights.diagnostics["information"] >= information - 1e-6


@given(seed=seeds, data=st.data())
def test_no_common_weights_give_the_units_more(seed: int, data: st.DataObject) -> None:
    frame = table(seed)
    weights = weight.CommonBenefit()(frame)
    sums = frame @ np.array(numbers(weights))
    assert sums.mean() / sums.max() == pytest.approx(weights.diagnostics["score"], abs=1e-7)
    other = frame @ np.array(data.draw(st.lists(st.floats(0.01, 1), min_size=4, max_size=4)))
    assert weights.diagnostics["score"] >= other.mean() / other.max() - 1e-9


@given(seed=seeds)
def test_common_weights_stay_within_their_limits(seed: int) -> None:
    actual = numbers(weight.CommonBenefit(low=0.1, high=0.4)(table(seed)))
    assert min(actual) >= 0.1 - 1e-9
    assert max(actual) <= 0.4 + 1e-9


def test_common_weights_that_are_not_unique_are_reported() -> None:
    frame = pd.DataFrame({"a": [1.0, 0.5], "b": [1.0, 0.5]})
    weights = weight.CommonBenefit()(frame)
    assert weights.weights == {"a": 0.5, "b": 0.5}
    assert weights.diagnostics["unique"] == 0


@given(seed=seeds)
def test_rotation_keeps_what_each_indicator_has_in_common(seed: int) -> None:
    loadings = np.random.default_rng(seed).uniform(-1, 1, (6, 3))
    rotated = varimax(loadings)
    assert rotated @ rotated.T == pytest.approx(loadings @ loadings.T, abs=1e-9)
    assert (rotated.sum(axis=0) >= -1e-9).all()


@given(seed=seeds)
def test_rotation_has_the_largest_variance_of_squared_loadings(seed: int) -> None:
    loadings = np.random.default_rng(seed).uniform(-1, 1, (6, 2))

    def criterion(columns: np.ndarray) -> float:
        squared = columns**2 / (columns**2).sum(axis=1, keepdims=True)
        return float(squared.var(axis=0).sum())

    best = criterion(varimax(loadings))
    for angle in np.linspace(0, np.pi / 2, 19):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        assert best >= criterion(loadings @ turn) - 1e-9


weightings = st.lists(st.integers(1, 9), min_size=4, max_size=4)


@pytest.mark.parametrize("by", ["eigenvector", "geometric"])
@given(parts=weightings)
def test_consistent_comparisons_give_back_their_weights(by: Any, parts: list[int]) -> None:
    pairs = {(CODES[i], CODES[j]): parts[i] / parts[j] for i in range(4) for j in range(i + 1, 4)}
    weights = weight.AHP(pairs, by=by)(CODES)
    assert numbers(weights) == pytest.approx(np.array(parts) / sum(parts), abs=1e-11)
    assert weights.diagnostics["consistency_ratio"] == pytest.approx(0, abs=1e-10)


@given(parts=weightings)
def test_consistent_best_and_worst_give_back_their_weights(parts: list[int]) -> None:
    own = dict(zip(CODES, parts, strict=True))
    best, worst = max(own, key=own.__getitem__), min(own, key=lambda c: (own[c], c))
    if best == worst:
        worst = next(code for code in CODES if code != best)
    judged = weight.BestWorst(
        best,
        worst,
        {code: own[best] / own[code] for code in CODES if code != best},
        {code: own[code] / own[worst] for code in CODES if code != worst},
        limit=1e-9,
    )
    assert numbers(judged(CODES)) == pytest.approx(np.array(parts) / sum(parts), abs=1e-8)


@pytest.mark.parametrize("by", ["sum", "reciprocal", "centroid"])
@given(order=st.permutations(CODES))
def test_an_earlier_rank_weighs_more(by: Any, order: list[str]) -> None:
    actual = weight.RankOrder(order, by=by)(CODES)
    weights = [actual[code] for code in order]
    assert all(first > second for first, second in pairwise(weights))


def test_shared_ranks_share_their_weights() -> None:
    weights = weight.RankOrder([("a", "b"), "c"], by="sum")(["a", "b", "c"])
    assert numbers(weights) == pytest.approx([5 / 12, 5 / 12, 2 / 12])


def test_budget_says_how_far_experts_disagree() -> None:
    experts = pd.DataFrame(
        {"expert": ["An", "Bình", "Chi"], "a": [60, 50, 10], "b": [30, 40, 20], "c": [10, 10, 70]}
    )
    mean = weight.Budget.from_frame(experts)(["a", "b", "c"])
    assert numbers(mean) == pytest.approx([0.4, 0.3, 0.3])
    assert (mean.columns["least"]["a"], mean.columns["most"]["a"]) == (0.1, 0.6)
    assert mean.report["deviation"]["b"] == pytest.approx(0.1)
    # Ranks 3 2 1, 3 2 1 and 1 2 3: sums 7 6 5, so W = 12·2 / (9·24).
    assert mean.diagnostics["kendall_w"] == pytest.approx(1 / 9)
    median = weight.Budget.from_frame(experts, by="median")(["a", "b", "c"])
    assert numbers(median) == pytest.approx([5 / 9, 3 / 9, 1 / 9])


def test_constant_scores_may_weigh_nothing() -> None:
    frame = table(1).assign(a=0.5)
    for how in (weight.Entropy(degenerate="zero"), weight.PrincipalComponents(degenerate="zero")):
        weights = how(frame)
        assert weights["a"] == 0
        assert sum(numbers(weights)) == pytest.approx(1)


def test_pairs_are_correlated_on_the_units_that_have_both() -> None:
    frame = table(2)
    frame.loc["U1", "a"] = frame.loc["U2", "b"] = np.nan
    weights = weight.CRITIC(missing="pairwise")(frame)
    conflict = (1.0 - frame.corr().to_numpy()).sum(axis=0)
    assert weights.report["conflict"].to_list() == pytest.approx(list(conflict))
    assert weights.left_out == ()


@pytest.mark.parametrize("how", [h for h in FOUND if hasattr(h, "degenerate")], ids=repr)
def test_a_constant_child_is_named(how: weight.Weigher) -> None:
    with pytest.raises(DataError, match=r"all units have the same at: 'a'"):
        how(table(1).assign(a=0.5))


@pytest.mark.parametrize("how", FOUND, ids=repr)
def test_a_child_without_scores_is_named(how: weight.Weigher) -> None:
    with pytest.raises(DataError, match=r"no unit has one at: 'a'"):
        how(table(1).assign(a=np.nan))


@pytest.mark.parametrize(
    ("how", "change", "message"),
    [
        (weight.Entropy(), {"a": -0.1}, r"negative at 'a', first for 'U0': -0.1"),
        (weight.CommonBenefit(), {"a": -0.1}, r"negative at: 'a'"),
        (weight.StandardDeviation(relative=True), {"a": -20.0}, r"means above 0; not so: 'a'"),
        (weight.CRITIC(), {"a": np.inf}, r"unit 'U0', variable 'a': the value is infinite"),
    ],
    ids=repr,
)
def test_scores_that_a_method_cannot_weigh_are_named(
    how: weight.Weigher, change: dict[str, float], message: str
) -> None:
    frame = table(1)
    for code, value in change.items():
        frame.loc["U0", code] = value
    with pytest.raises(DataError, match=message):
        how(frame)


def test_texts_and_codes_are_no_scores() -> None:
    with pytest.raises(DataError, match="give a frame with a row per unit"):
        weight.Entropy()(["a", "b"])
    with pytest.raises(DataError, match="'a'"):
        weight.Entropy()(pd.DataFrame({"a": ["x", "y"], "b": [1.0, 2.0]}))


def test_a_singular_correlation_matrix_names_what_follows_from_the_others() -> None:
    frame = table(3).assign(twin=lambda f: 2 * f["a"])
    with pytest.raises(DataError, match=r"singular: of 'a', 'twin' each follows.*leave one of"):
        weight.Balance()(frame)
    with pytest.raises(DataError, match="4 units for 4 children, too few"):
        weight.Balance()(table(3, units=4))


def test_perfectly_correlated_children_have_nothing_for_critic_to_tell() -> None:
    frame = pd.DataFrame({"a": [0.1, 0.5, 0.9], "b": [0.2, 0.5, 0.8]})
    with pytest.raises(DataError, match="'a', 'b' would all weigh 0"):
        weight.CRITIC()(frame)


def test_components_that_explain_the_same_are_kept_together_or_not_at_all() -> None:
    square = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1]})
    assert numbers(weight.PrincipalComponents()(square)) == [0.5, 0.5]
    with pytest.raises(DataError, match="components 1 and 2 explain the same"):
        weight.PrincipalComponents(components=1)(square)


def test_limits_of_components_are_followed_and_reported() -> None:
    frame = table(5)
    assert "explained 3" in weight.PrincipalComponents(least_total=0.99)(frame).diagnostics
    with pytest.raises(DataError, match="no component has an eigenvalue of 4"):
        weight.PrincipalComponents(least_eigenvalue=4)(frame)
    with pytest.raises(SettingError, match="4 indicators have as many components, not 9"):
        weight.PrincipalComponents(components=9)(frame)


def test_contradicting_pairwise_correlations_are_refused() -> None:
    gap = np.nan
    frame = pd.DataFrame(
        {
            "a": [1, 2, 3, 1, 2, 3, gap, gap, gap],
            "b": [1, 2, 3, gap, gap, gap, 1, 2, 3],
            "c": [gap, gap, gap, 1, 2, 3, 3, 2, 1],
        }
    )
    with pytest.raises(DataError, match="contradict each other"):
        weight.PrincipalComponents(missing="pairwise")(frame)


def test_inconsistent_comparisons_name_the_pair_that_fits_least() -> None:
    judged = {("a", "b"): 3, ("b", "c"): 3, ("c", "a"): 3}
    with pytest.raises(SettingError, match=r"consistency ratio is 1\.\d+, the limit 0\.1"):
        weight.AHP(judged)(["a", "b", "c"])
    assert numbers(weight.AHP(judged, limit=None)(["a", "b", "c"])) == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize(
    ("judged", "message"),
    [
        ({("a", "b"): 2, ("b", "c"): 2}, "'a' against 'c' is not compared"),
        ({("a", "b"): 2, ("b", "a"): 0.4}, r"'a' against 'b' is 2, and the other way round 0\.4"),
        ({("a", "b"): -2}, "'a' against 'b': a comparison is a number above 0, not -2"),
        ({("a", "a"): 2}, "'a' against 'a': a child against itself is 1"),
    ],
)
def test_comparisons_that_cannot_be_used_name_the_pair(judged: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        weight.AHP(judged)


def test_a_matrix_may_have_one_half_only() -> None:
    gap = np.nan
    codes = ["a", "b", "c"]
    half = pd.DataFrame([[1, 2, 6], [gap, 1, 3], [gap, gap, 1]], codes, codes)
    assert numbers(weight.AHP.from_matrix(half)(codes)) == pytest.approx([0.6, 0.3, 0.1])
    half.loc["a", "c"] = gap
    with pytest.raises(SettingError, match="'a' against 'c' is not compared"):
        weight.AHP.from_matrix(half)


def test_best_and_worst_that_contradict_are_named() -> None:
    judged = weight.BestWorst("a", "c", {"b": 8, "c": 8}, {"a": 8, "b": 8}, limit=0.3)
    with pytest.raises(
        SettingError, match=r"ratio is 1\.000, the limit 0\.3\. 'a' against 'b' is 8"
    ):
        judged(["a", "b", "c"])
    with pytest.raises(SettingError, match="'a' against 'c' is 8 in one list and 7"):
        weight.BestWorst("a", "c", {"b": 2, "c": 8}, {"a": 7, "b": 4})


@pytest.mark.parametrize("how", [h for h in JUDGED if h != weight.Equal()], ids=repr)
def test_judgements_of_other_children_are_refused(how: weight.Weigher) -> None:
    with pytest.raises(
        SettingError, match=r"(?s)'d' is not one of the children.*'dd' is weighed, but not"
    ):
        how(["a", "b", "c", "dd"])


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ({"An": {"a": 60, "b": 50}}, "expert 'An' spends 110 of 100 points"),
        ({"An": {"a": 60, "b": 40}, "Bình": {"a": 100}}, "expert 'Bình' gives 'b' nothing"),
        ({"An": {"a": -10, "b": 110}}, "expert 'An' gives 'a' -10"),
    ],
)
def test_budgets_that_do_not_add_up_name_the_expert(points: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        weight.Budget(points)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: weight.AHP({("a", "b"): 2}, limit=-1), "'limit' is a number of at least 0"),
        (lambda: weight.Entropy(missing=cast(Any, "complet")), "did you mean 'complete'"),
        (lambda: weight.PrincipalComponents(components=0), "components are counted 1, 2"),
        (lambda: weight.PrincipalComponents(least_share=2), "a share from 0 to 1, not 2"),
        (
            lambda: weight.CRITIC(correlation="spearman", missing="pairwise"),
            "ranks are given among",
        ),
        (lambda: weight.RankOrder("ab"), "an order is a list of codes"),
        (lambda: weight.RankOrder(["a", ("a", "b")]), "a code may be given once in an order"),
        (lambda: weight.Fixed({"a": -1}), "at least 0, not 'a': -1"),
        (lambda: weight.Fixed([1, 2]), "weights are numbers by code"),  # type: ignore[arg-type]
        (lambda: weight.BestWorst("a", "a", {}, {}), "not both 'a'"),
        (lambda: weight.BestWorst("a", "b", {"b": 0.5}, {"a": 2}), "at least 1, not 'b': 0.5"),
        (lambda: weight.Equal()("ab"), "children are several codes"),
        (lambda: weight.Equal()(["a", "a"]), "given twice: 'a'"),
        (lambda: weight.CommonBenefit(low=cast(Any, "a")), "rise from 0 to 1, not 'a'"),
    ],
)
def test_impossible_settings_are_refused(make: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()


def test_limits_that_no_weights_meet_are_refused() -> None:
    with pytest.raises(DataError, match=r"no weights of 4 children lie between 0 and 0\.2"):
        weight.CommonBenefit(high=0.2)(table(1))
    with pytest.raises(SettingError, match=r"rise from 0 to 1, not 0\.5 to 0\.2"):
        weight.CommonBenefit(low=0.5, high=0.2)


def plain(codes: list[str]) -> list[Indicator]:
    """Return indicators whose values are shares."""
    return [Indicator(code, rule=rules.Identity()) for code in codes]


def tree(**settings: Any) -> Framework:
    a, b, c, d = plain(CODES)
    return Framework("index", [Dimension("left", [a, b]), Dimension("right", [c, d])], **settings)


def method(framework: Framework | None = None, **settings: Any) -> Methodology:
    return Methodology("test", "1", tree() if framework is None else framework, **settings)


def data(seed: int = 7) -> Observations:
    return Observations.from_frame(table(seed).reset_index(names="unit"))


def test_every_branch_is_weighed_from_the_leaves_up() -> None:
    weighting = weight.apply(method(), weight.StandardDeviation(), data())
    assert list(weighting.groups) == ["index", "left", "right"]
    spread = dict(table(7).std())
    expected = spread["a"] / (spread["a"] + spread["b"])
    assert weighting.weights["a"] == pytest.approx(expected, abs=1e-9)
    left = table(7)[["a", "b"]] @ np.array([weighting.weights["a"], weighting.weights["b"]])
    right = table(7)[["c", "d"]] @ np.array([weighting.weights["c"], weighting.weights["d"]])
    assert weighting.weights["left"] == pytest.approx(
        left.std() / (left.std() + right.std()), abs=1e-9
    )
    result = attrs.evolve(method(), framework=weighting.framework).compute(data())
    assert result.units.codes == data().units.codes


def test_all_leaves_are_weighed_as_one_group_and_branches_weigh_what_is_below() -> None:
    weighting = weight.apply(method(), weight.Entropy(), data(), at="leaves")
    alone = weight.Entropy()(table(7)).weights
    for code in CODES:
        assert weighting.framework.effective_weights[code] == pytest.approx(alone[code], abs=1e-9)
    assert weighting.framework.weight("left") == pytest.approx(alone["a"] + alone["b"])
    assert weighting.report["effective"].to_list() == pytest.approx(
        weighting.report["weight"].to_list()
    )
    assert weighting.report["before"].to_list() == [0.25] * 4
    assert weighting.diagnostics[["children", "units"]].to_numpy().tolist() == [[4, 12]]


def test_one_branch_is_weighed_and_the_others_stay() -> None:
    given = weight.Fixed({"a": 3, "b": 1})
    weighting = weight.apply(tree(), given, at="left")
    assert weighting.framework == tree().with_weights({"a": 0.75, "b": 0.25})
    assert weighting.before == tree()


def test_a_frame_of_shares_is_enough_for_a_framework() -> None:
    framework = Framework("index", plain(CODES))
    how = weight.CRITIC()
    weighting = weight.apply(framework, how, table(3))
    assert weighting.groups["index"] == how(table(3))
    with pytest.raises(DataError, match="the frame has no column 'd'"):
        weight.apply(framework, how, table(3).drop(columns="d"))


def test_found_weights_are_numbers_that_a_document_keeps(tmp_path: Any) -> None:
    weighting = weight.apply(method(), weight.PrincipalComponents(by="variance"), data())
    weighed = attrs.evolve(method(), framework=weighting.framework)
    save_methodology(weighed, tmp_path / "weighed.toml")
    assert load_methodology(tmp_path / "weighed.toml").fingerprint == weighed.fingerprint
    assert not weighed.peer_dependent


def test_a_weighed_methodology_keeps_the_laws() -> None:
    weighting = weight.apply(method(), weight.CRITIC(), data())
    check_methodology(attrs.evolve(method(), framework=weighting.framework), examples=5)


def test_all_periods_of_a_panel_count() -> None:
    frame = pd.concat([table(1).assign(year=2021), table(2).assign(year=2022)])
    panel = Observations.from_frame(frame.reset_index(names="unit"), period="year")
    weighting = weight.apply(method(), weight.StandardDeviation(), panel, at="left")
    assert weighting.groups["left"].units == 24


def test_unranked_units_may_be_left_out() -> None:
    units = [Unit(f"U{i}", ranked=i < 8) for i in range(12)]
    columns = {code: table(7)[code].to_list() for code in CODES}
    observations = observed(columns, units)
    weighting = weight.apply(
        method(), weight.StandardDeviation(), observations, at="left", over="ranked"
    )
    assert weighting.groups["left"].units == 8
    assert (
        weighting.groups["left"].weights
        == weight.StandardDeviation()(table(7)[["a", "b"]][:8]).weights
    )


def rubric(rule: Any) -> Framework:
    return Framework(
        "total",
        [
            Dimension(
                "left", [Indicator("a", weight=30, rule=rule), Indicator("b", weight=10, rule=rule)]
            ),
            Indicator("c", weight=60, rule=rule),
            Indicator("bonus", weight=5, rule=rule, outside_maximum=True),
            Indicator("shown", weight=0, rule=rule),
        ],
        aggregate=aggregate.Sum(),
    )


def test_a_sum_keeps_its_points_and_moves_those_below() -> None:
    framework = rubric(rules.Goalposts(worst=0, best=100))
    actual = weight.apply(framework, weight.Fixed({"left": 1, "c": 3}), at="total").framework
    points = {
        code: actual.weight(code) for code in ("total", "left", "a", "b", "c", "bonus", "shown")
    }
    assert points == pytest.approx(
        {"total": 100, "left": 25, "a": 18.75, "b": 6.25, "c": 75, "bonus": 5, "shown": 0}
    )


def test_leaves_of_a_sum_share_its_points() -> None:
    framework = rubric(rules.Goalposts(worst=0, best=100))
    actual = weight.apply(framework, weight.Equal(), at="leaves").framework
    assert [actual.weight(c) for c in ("a", "b", "c", "left", "total")] == pytest.approx(
        [100 / 3, 100 / 3, 100 / 3, 200 / 3, 100]
    )


def test_points_that_a_rule_reads_as_a_maximum_are_not_changed() -> None:
    message = r"'a' has 30 points and would have 20.*best=30"
    with pytest.raises(FrameworkError, match=message):
        weight.apply(rubric(rules.Points()), weight.Equal(), at="left")
    mean = rubric(rules.Points()).with_aggregates({"left": aggregate.Arithmetic()})
    with pytest.raises(FrameworkError, match=message):
        weight.apply(mean.with_weights({"left": 40}), weight.Equal(), at="left")


def test_a_common_scale_has_maxima_that_weights_do_not_change() -> None:
    scaled = method(rubric(rules.Points()), scale=100.0)
    framework = weight.apply(scaled, weight.Equal(), at="left").framework
    assert framework.weight("a") == pytest.approx(20)


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("lefty", "at: there is no branch to weigh below 'lefty': did you mean 'left'"),
        ("a", "there is no branch to weigh below 'a'"),
        (0, "tier 0 has no nodes to weigh"),
        (5, "there is no node at tier 5; tiers with some: 0, 1, 2"),
    ],
)
def test_selections_without_nodes_to_weigh_are_refused(at: Any, message: str) -> None:
    with pytest.raises((SettingError, UnknownNameError), match=message):
        weight.apply(tree(), weight.Equal(), at=at)


def test_a_tier_that_leaves_indicators_out_is_refused() -> None:
    framework = Framework("index", [*tree().children, Indicator("e", rule=rules.Identity())])
    with pytest.raises(SettingError, match="'e' is not at or below tier 2"):
        weight.apply(framework, weight.Equal(), at=2)


def test_what_cannot_be_weighed_says_what_to_do() -> None:
    with pytest.raises(DataError, match="finds weights from scores: give the data"):
        weight.apply(method(), weight.Entropy())
    with pytest.raises(FrameworkError, match="'a' is weighted by the variable 'size'"):
        weight.apply(tree().with_weights({"a": "size"}), weight.Equal(), at="left")
    with pytest.raises(SettingError, match=r"methodology\.single\(form\)"):
        weight.apply(Forms.of(method(), {"town": tree()}), weight.Equal())
    with pytest.raises(SettingError, match="over is 'all' or 'ranked'"):
        weight.apply(method(), weight.Entropy(), data(), over="some")  # type: ignore[arg-type]


def test_only_what_computes_by_its_framework_is_weighed() -> None:
    with pytest.raises(SettingError, match="not into DataFrame"):
        weight.apply(table(1), weight.Equal())  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="does not say which units are ranked"):
        weight.apply(tree(), weight.Entropy(), table(1), over="ranked")


def test_a_variable_elsewhere_does_not_keep_a_branch_from_being_weighed() -> None:
    framework = tree().with_weights({"left": "size"})
    weighting = weight.apply(framework, weight.Fixed({"a": 3, "b": 1}), at="left")
    assert weighting.report["before"].to_list() == [0.5, 0.5]
    assert weighting.report["effective"].isna().all()
    with pytest.raises(FrameworkError, match="'left' is weighted by the variable 'size'"):
        weight.apply(framework, weight.Equal(), at="leaves")


def test_a_child_may_be_called_unit() -> None:
    frame = table(1).rename(columns={"a": "unit"})
    assert weight.Entropy()(frame)["unit"] == weight.Entropy()(table(1))["a"]
    named = table(1).reset_index(names="unit")
    assert weight.Entropy()(named) == weight.Entropy()(table(1))
    assert weight.Equal()(named)["a"] == 0.25


def test_a_user_s_method_receives_a_frame_of_scores() -> None:
    class Mean:
        peer_dependent = True

        def __call__(self, children: pd.DataFrame | Sequence[str]) -> weight.WeightSet:
            assert isinstance(children, pd.DataFrame)
            means = children.mean()
            return weight.WeightSet(weights=dict(means / means.sum()), how=self)

    actual = weight.apply(method(), Mean(), data(), at="left").weights
    means = dict(table(7)[["a", "b"]].mean())
    assert actual["a"] == pytest.approx(means["a"] / (means["a"] + means["b"]))


def test_a_user_s_method_must_return_weights() -> None:
    class Half:
        peer_dependent = False

        def __call__(self, children: Any) -> weight.WeightSet:
            return weight.WeightSet(weights=dict.fromkeys(children, 0.25), how=self)

    assert weight.apply(tree(), Half(), at="leaves").framework.effective_weights["a"] == 0.25
    with pytest.raises(SettingError, match="weights of at least 0 that add up to 1"):
        weight.apply(tree(), Half(), at="left")


def test_a_weight_that_was_not_found_is_named() -> None:
    with pytest.raises(SettingError, match=r"there is no weight of 'aa'.*did you mean"):
        weight.Equal()(["a", "b"])["aa"]


FACTORIAL = pd.DataFrame(
    {"a": [0, 0, 1, 1] * 3, "b": [0, 1, 0, 1] * 3}, index=[f"U{i}" for i in range(12)]
)


def felt(framework: Framework, frame: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    observations = Observations.from_frame(frame.reset_index(names="unit"))
    return weight.correlation_ratio(method(framework).compute(observations), **settings)


@pytest.mark.parametrize("smoother", ["linear", "spline"])
def test_independent_parts_are_felt_by_the_squares_of_their_weights(smoother: Any) -> None:
    leaves = [
        Indicator("a", weight=3, rule=rules.Identity()),
        Indicator("b", rule=rules.Identity()),
    ]
    weights_as_felt = felt(Framework("index", leaves), FACTORIAL, smoother=smoother)
    assert weights_as_felt["weight"].to_list() == [0.75, 0.25]
    assert weights_as_felt["ratio"].to_list() == pytest.approx([0.9, 0.1])
    assert weights_as_felt["discrepancy"].to_list() == pytest.approx([0.15, -0.15])


def test_a_spline_feels_what_is_not_straight() -> None:
    rest = Indicator("rest", measure=measures.Value("a"), rule=rules.Affine(intercept=1, slope=-1))
    framework = Framework(
        "index", [Indicator("a", rule=rules.Identity()), rest], aggregate=aggregate.Product()
    )
    frame = pd.DataFrame({"a": np.linspace(0, 1, 41)}, index=[f"U{i}" for i in range(41)])
    assert felt(framework, frame, smoother="linear")["ratio"]["a"] == pytest.approx(0, abs=1e-9)
    assert felt(framework, frame)["ratio"]["a"] > 0.99


@given(seed=seeds)
def test_a_curve_explains_no_less_than_a_line_and_no_more_than_everything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.integers(0, 20, 30) / 20)
    y = x**2 + rng.normal(size=30)
    line = np.corrcoef(x, y)[0, 1] ** 2
    assert line - 1e-9 <= explained(x, y) <= 1
    assert explained(100 - 8 * x, y) == pytest.approx(explained(x, y), abs=1e-6)


def test_two_values_are_felt_by_their_means() -> None:
    x, y = np.repeat([0.0, 1.0], 5), np.arange(10.0)
    assert explained(x, y) == pytest.approx(np.repeat([2.0, 7.0], 5).var() / y.var())


def test_a_curve_follows_waves_through_noise() -> None:
    rng = np.random.default_rng(3)
    x = np.linspace(0, 1, 400)
    wave = np.sin(6 * x)
    y = wave + 0.3 * rng.normal(size=400)
    assert explained(x, y) == pytest.approx(wave.var() / y.var(), abs=0.03)


@few
@given(seed=seeds)
def test_what_is_felt_does_not_depend_on_the_order_of_units(seed: int) -> None:
    frame = table(seed)
    shuffled = frame.sample(frac=1, random_state=seed % 2**31)
    pd.testing.assert_frame_equal(felt(tree(), frame), felt(tree(), shuffled), check_exact=True)


def test_balanced_weights_are_felt_alike() -> None:
    framework = Framework("index", plain(CODES))
    frame = pd.DataFrame(np.random.default_rng(5).uniform(size=(40, 4)), columns=CODES)
    frame = frame.set_axis([f"U{i}" for i in range(40)])
    observations = Observations.from_frame(frame.reset_index(names="unit"))
    weighting = weight.apply(method(framework), weight.Balance(), observations)
    assert weighting.groups["index"].diagnostics["discrepancy"] == pytest.approx(0, abs=1e-9)
    assert felt(weighting.framework, frame, smoother="linear")["correlation"].std() < 1e-9


def test_parts_of_a_node_and_of_a_tier_are_chosen() -> None:
    assert list(felt(tree(), table(1), node="left").index) == ["a", "b"]
    assert list(felt(tree(), table(1), of=2).index) == CODES
    assert list(felt(tree(), table(1), of=["a", "right"]).index) == ["a", "right"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"node": "a"}, "'a' is an indicator"),
        ({"of": 9}, "has no scored parts at 9"),
        ({"of": ["aa"]}, "no part of 'index'"),
        ({"smoother": "splin"}, "did you mean 'spline'"),
    ],
)
def test_parts_that_cannot_be_felt_are_refused(settings: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        felt(tree(), table(1), **settings)


def test_constant_scores_and_few_units_are_not_felt() -> None:
    with pytest.raises(DataError, match="constant: 'a'"):
        felt(tree(), table(1).assign(a=0.5), of="leaves")
    with pytest.raises(DataError, match="a spline smoother needs 5 units; 4 have scores"):
        felt(tree(), table(1, units=4))


def test_with_weights_takes_a_mapping_a_set_or_what_was_applied() -> None:
    method = Methodology("example.tree", "1", tree())
    applied = weight.apply(method, weight.Fixed({"a": 1, "b": 3}), at="left")
    actual = applied.groups["left"]
    assert method.with_weights(applied).framework == applied.framework
    assert method.with_weights(actual).framework == applied.framework
    by_hand = method.with_weights({"a": 0.25, "b": 0.75}).framework
    assert [by_hand.weight(code) for code in ("a", "b")] == [0.25, 0.75]


def test_with_weights_keeps_the_points_of_a_group() -> None:
    method = Methodology("example.rubric", "1", rubric(rules.Points()), scale="points")
    weights = weight.Equal()(["a", "b"])
    before = method.framework
    after = method.with_weights(weights).framework
    assert after.weight("left") == before.weight("left")
    assert after.weight("a") == after.weight("b")


def test_with_weights_of_an_unknown_node_suggests_the_near_miss() -> None:
    with pytest.raises(UnknownNameError, match=r"with_weights: there is no node 'lft'.*'left'"):
        Methodology("example.tree", "1", tree()).with_weights({"lft": 2})

"""Absent children, settled by the policies of their branch."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.absence import (
    Absence,
    AsZero,
    Custom,
    Fill,
    Full,
    Redistribute,
    Refuse,
    Renormalise,
    Shrink,
    as_absence,
)
from govindex.aggregate import Arithmetic
from govindex.compute import State
from govindex.compute.plan import Child
from tests.compute.settled_children import (
    MISSING,
    NOT_APPLICABLE,
    REPORTED,
    Float,
    Share,
    applicable,
    child,
    settled,
    share,
    together,
)

shares = st.floats(0, 1)
weights = st.lists(st.floats(0.1, 10), min_size=3, max_size=3)
policies = st.sampled_from(
    [
        Renormalise(),
        Shrink(),
        Redistribute("a"),
        Redistribute(("a", "b"), "equally"),
        AsZero(),
        Full(),
        Fill(by="all"),
        Custom(lambda given, present: np.sqrt(given) * present),
    ]
)


# Laws.


@given(
    policy=st.sampled_from([Renormalise(), Shrink(), Redistribute("a"), AsZero(), Full()]),
    a=shares,
    b=shares,
    weights=weights,
)
def test_a_share_without_a_child_lies_between_those_with_it_at_0_and_at_1(
    policy: object, a: float, b: float, weights: list[float]
) -> None:
    low, actual, high = share(settled([[a, a, a], [b, b, b], [0.0, MISSING, 1.0]], weights, policy))
    assert low - 1e-12 <= actual <= high + 1e-12


@given(policy=policies, a=shares, b=shares, c=shares, weights=weights)
def test_one_policy_treats_missing_and_not_applicable_alike(
    policy: object, a: float, b: float, c: float, weights: list[float]
) -> None:
    rows: list[list[Share]] = [[a, a, a], [b, b, b], [MISSING, NOT_APPLICABLE, c]]
    missing, not_applicable, _ = share(settled(rows, weights, policy))
    assert missing == not_applicable


@given(policy=policies, a=shares, b=shares, c=shares, weights=weights)
def test_a_complete_unit_does_not_depend_on_gaps_of_others(
    policy: object, a: float, b: float, c: float, weights: list[float]
) -> None:
    settlement = settled([[a, a], [b, b], [MISSING, c]], weights, policy)
    complete = settled([[a], [b], [c]], weights, policy)
    assert share(settlement)[1:] == share(complete)
    assert complete.applicable is None


@given(a=shares, b=shares, c=shares, weights=weights)
def test_shrinking_passes_up_the_points_of_the_present_over_their_maximum(
    a: float, b: float, c: float, weights: list[float]
) -> None:
    settlement = settled([[a, a], [b, b], [NOT_APPLICABLE, c]], weights, Shrink())
    points = a * weights[0] + b * weights[1]
    maximum = weights[0] + weights[1]
    result = [share(settlement)[0], *applicable(settlement)]
    np.testing.assert_allclose(result, [points / maximum, maximum / sum(weights), 1.0], atol=1e-300)


@given(
    policy=st.sampled_from([Renormalise(), Redistribute("a"), AsZero(), Full()]),
    weights=weights,
)
def test_only_shrinking_makes_the_maximum_smaller(policy: object, weights: list[float]) -> None:
    settlement = settled([[0.5], [0.7], [NOT_APPLICABLE]], weights, policy)
    assert settlement.applicable is None


@given(a=shares, b=shares, parts=st.tuples(shares, shares), weights=weights)
def test_renormalising_equals_redistributing_to_all_present_children(
    a: float, b: float, parts: tuple[float, float], weights: list[float]
) -> None:
    rows: list[list[Share]] = [[a], [b], [MISSING]]
    whole = [[0.1 + 0.9 * parts[0]], [0.1 + 0.9 * parts[1]], None]
    results = [
        settled(rows, weights, Absence(missing=missing, not_applicable=Shrink()), parts=whole)
        for missing in (Renormalise(), Redistribute(("a", "b")))
    ]
    one, other = ([*share(actual), *applicable(actual)] for actual in results)
    np.testing.assert_allclose(one, other, atol=1e-300)


# Policies.


def test_missing_and_not_applicable_follow_different_policies() -> None:
    policy = Absence(missing=AsZero(), not_applicable=Shrink())
    settlement = settled([[1.0, 1.0], [MISSING, NOT_APPLICABLE]], [60, 40], policy)
    assert share(settlement) == [0.6, 1.0]
    assert applicable(settlement) == [1.0, 0.6]


def test_a_child_s_own_policy_goes_before_the_branch_s() -> None:
    own = [Full(), AsZero(), Shrink()]
    settlement = settled([[MISSING], [MISSING], [MISSING]], [1, 1, 2], Refuse(), own=own)
    assert (share(settlement), applicable(settlement), settlement.gaps.refused) == (
        [0.5],
        [0.5],
        [],
    )


def test_refusing_names_every_child_with_its_units_and_kind() -> None:
    rows: list[list[Share]] = [[1.0, MISSING, 1.0], [NOT_APPLICABLE, 1.0, MISSING]]
    settlement = settled(rows, [1, 1], Refuse())
    named = [(code, mask.tolist(), kind) for code, mask, kind in settlement.gaps.refused]
    assert named == [
        ("a", [[False, True, False]], MISSING),
        ("b", [[False, False, True]], MISSING),
        ("b", [[True, False, False]], NOT_APPLICABLE),
    ]


def test_filling_without_peers_is_reported_with_the_units() -> None:
    settlement = settled([[1.0, 1.0], [MISSING, MISSING]], [1, 1], Fill(by="all"))
    assert [str(error) for error in settlement.gaps.errors] == [
        "no unit of the same all group has a share to fill from"
    ]
    assert settlement.gaps.errors[0].mask.tolist() == [[True, True]]


def test_a_function_s_impossible_weights_are_reported_with_the_units() -> None:
    settlement = settled([[1.0, 1.0], [MISSING, 1.0]], [1, 1], lambda weights, present: weights)
    assert [error.mask.tolist() for error in settlement.gaps.errors] == [[[True, False]]]


def test_filled_shares_are_handed_back_and_the_others_stay_absent() -> None:
    rows: list[list[Share]] = [[0.2, 0.4, MISSING], [MISSING, 1.0, 1.0]]
    settlement = settled(rows, [1, 1], Refuse(), own=[Fill(by="all"), Shrink()])
    np.testing.assert_allclose(settlement.gaps.filled[0], [[0.2, 0.4, 0.3]])
    np.testing.assert_array_equal(settlement.gaps.filled[1], [[np.nan, 1.0, 1.0]])


def test_a_function_rewrites_the_weights_of_the_units_that_lack_something() -> None:
    policy = Custom(lambda weights, present: 10.0 * present * np.array([[[1.0]], [[3.0]], [[1.0]]]))
    settlement = settled([[0.0, 0.0], [1.0, 1.0], [MISSING, 1.0]], [1, 1, 2], policy)
    assert share(settlement) == [0.75, 0.75]
    assert np.concatenate(settlement.weights).T.tolist() == [[1, 3, 0], [1, 1, 2]]


def test_two_children_redistribute_each_to_its_own_receiver() -> None:
    own = [Refuse(), Redistribute("a"), Redistribute("a")]
    settlement = settled([[1.0], [MISSING], [NOT_APPLICABLE]], [1, 2, 3], Refuse(), own=own)
    assert [float(weight.item()) for weight in settlement.weights] == [6.0, 0.0, 0.0]


def normalised(weights: Float, present: npt.NDArray[np.bool_]) -> Float:
    return np.asarray(weights * present / (weights * present).sum(axis=0))


def test_two_policies_add_their_weights_on_one_scale() -> None:
    rows: list[list[Share]] = [[1.0], [0.0], [MISSING], [NOT_APPLICABLE]]
    children = [
        child(code, row, 10, Absence(missing=normalised, not_applicable=other), None, (1, ()))
        for other in (Redistribute("a"), Custom(normalised))
        for code, row in zip("abcd", rows, strict=True)
    ]
    both = [together(part) for part in (children[:4], children[4:])]
    weights = [[w.item() for w in actual.weights] for actual in both]
    np.testing.assert_allclose(weights, [[25, 15, 0, 0], [20, 20, 0, 0]])


@pytest.mark.parametrize(
    ("policies", "match"),
    [
        ((lambda weights, present: 0.0 * weights,) * 2, "gives no weight to any child"),
        (
            (
                lambda w, present: w * [[[0]], [[1]], [[0]], [[0]]],
                lambda w, present: w * [[[0]], [[2]], [[0]], [[0]]],
            ),
            "take more weight",
        ),
    ],
)
def test_impossible_sums_of_weights_are_reported_with_the_units(policies: Any, match: str) -> None:
    rows: list[list[Share]] = [[1.0, 1.0], [0.0, 0.0], [MISSING, 1.0], [NOT_APPLICABLE, 1.0]]
    missing, not_applicable = (Custom(function) for function in policies)
    policy = Absence(missing=missing, not_applicable=not_applicable)
    children = [
        child(c, row, 10, policy, None, (1, ())) for c, row in zip("abcd", rows, strict=True)
    ]
    errors = together(children, units=2).gaps.errors
    assert match in str(errors[-1])
    assert errors[-1].mask.tolist() == [[True, False]]


@given(weights=st.lists(st.floats(0.1, 10), min_size=9, max_size=9))
def test_one_unit_gives_the_bytes_that_many_units_give(weights: list[float]) -> None:
    policy = Absence(missing=Redistribute(("b", "c")), not_applicable=Shrink())
    rows: list[list[Share]] = [[MISSING] * 3, [NOT_APPLICABLE] * 3, *[[0.3] * 3] * 7]

    def result(units: int) -> list[bytes]:
        children = [
            child(code, row[:units], weight, policy, None, (1, ()))
            for code, row, weight in zip("abcdefghi", rows, weights, strict=True)
        ]
        settlement = together(children, units=units)
        assert settlement.applicable is not None
        return [array[:, :1].tobytes() for array in (*settlement.weights, settlement.applicable)]

    assert result(1) == result(3)


def test_a_child_of_weight_0_may_be_absent_without_any_consequence() -> None:
    settlement = settled([[0.5, 0.5], [MISSING, 1.0]], [1, 0], Refuse())
    assert (share(settlement), settlement.gaps.refused, settlement.applicable) == (
        [0.5, 0.5],
        [],
        None,
    )


def test_weights_may_differ_from_unit_to_unit() -> None:
    settlement = settled([[1.0, 1.0], [0.0, MISSING]], [[1, 1], [1, 3]], Shrink())
    assert share(settlement) == [0.5, 1.0]
    assert applicable(settlement) == [1.0, 0.25]


# Maxima that have shrunk below.


@pytest.mark.parametrize(
    ("policy", "part"), [(Shrink(), 0.9), (Renormalise(), None), (AsZero(), None)]
)
def test_a_smaller_maximum_below_goes_up_only_where_the_branch_shrinks(
    policy: object, part: float | None
) -> None:
    settlement = settled([[1.0], [0.0]], [50, 50], policy, parts=[[0.8], None])
    assert share(settlement) == [pytest.approx(40 / 90)]
    assert part is None or applicable(settlement) == [pytest.approx(part)]
    assert (settlement.applicable is None) == (part is None)


def test_points_over_the_applicable_maximum_give_the_percentage() -> None:
    rows: list[list[Share]] = [[48.32 / 60], [20 / 24], [NOT_APPLICABLE]]
    settlement = settled(rows, [60, 24, 16], Shrink())
    assert round(100 * share(settlement)[0], 2) == 81.33
    assert applicable(settlement) == [0.84]


def test_children_that_carry_more_lose_more_if_their_maximum_has_shrunk() -> None:
    policy = Absence(missing=Renormalise(), not_applicable=Shrink())
    settlement = settled([[1.0], [MISSING]], [50, 50], policy, parts=[[0.8], None])
    assert applicable(settlement) == [pytest.approx(0.8)]


def test_children_of_many_draws_are_settled_draw_by_draw() -> None:
    gone = np.array([[np.nan], [0.5]])
    status = np.where(np.isnan(gone), np.uint8(MISSING), np.uint8(REPORTED))
    second = Child(1, "b", as_absence(Shrink()) or Absence())
    children = [
        child("a", [1.0], 1, Absence(), None, (1, ())),
        (second, State(gone, status, complete=False), np.array([[3.0]])),
    ]
    settlement = together(children)
    assert Arithmetic()(settlement.shares, settlement.weights).ravel().tolist() == [1.0, 0.625]
    assert settlement.applicable is not None
    assert settlement.applicable.ravel().tolist() == [0.25, 1.0]

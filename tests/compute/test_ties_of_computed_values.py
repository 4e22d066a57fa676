"""What measures and steps compute ties among peers where it is equal on paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import measures, rules
from govindex.kernels.rounding import twelve_digits
from govindex.robustness import sample_ranks


@given(
    digits=st.integers(-(10**11), 10**11),
    other=st.integers(-(10**11), 10**11),
    decade=st.integers(-300, 280),
)
def test_differences_that_are_equal_on_paper_are_one_double(
    digits: int, other: int, decade: int
) -> None:
    left, right = float(f"{digits}e{decade}"), float(f"{other}e{decade}")
    difference = np.array([left - right])
    rounded_values = twelve_digits(difference, max(abs(left), abs(right)))
    if abs(digits - other) < 10**11:
        assert rounded_values[0] == float(f"{digits - other}e{decade}")


@given(values=st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=5))
def test_twelve_digits_stay_near_keep_signs_and_are_stable(values: list[float]) -> None:
    given_values = np.array(values)
    rounded_values = twelve_digits(given_values)
    np.testing.assert_allclose(rounded_values, given_values, rtol=6e-12, atol=1e-318)
    np.testing.assert_array_equal(twelve_digits(-given_values), -rounded_values)
    alone = [twelve_digits(np.array([value]))[0] for value in values]
    np.testing.assert_array_equal(rounded_values, alone)


@given(whole=st.integers(-(2**53), 2**53), size=st.floats(0, 9e15))
def test_whole_numbers_stay(whole: int, size: float) -> None:
    assert twelve_digits(np.array([float(whole)]), size)[0] == whole


def test_twelve_digits_of_nothing_are_nothing() -> None:
    values = np.array([np.nan, 0.0, np.inf, -np.inf])
    np.testing.assert_array_equal(twelve_digits(values), values)
    np.testing.assert_array_equal(twelve_digits(values[:2]), values[:2])


PEERS = [
    rules.Rank(),
    rules.PercentRank(),
    rules.NormalScores(),
    rules.Borda(),
    rules.MinMax(),
    rules.Categorical(),
]


def result_of(
    measure: Any, rule: Any, steps: Sequence[Any] = (), **columns: list[float]
) -> tuple[gi.Methodology, gi.Observations]:
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(count)], **columns})
    framework = gi.Framework("t", [gi.Indicator("d", measure=measure, rule=rule)])
    method = gi.Methodology("example.computed", "1", framework, scale=1, steps=steps)
    return method, gi.Observations.from_frame(frame)


def first_two_tie(method: gi.Methodology, data: gi.Observations) -> bool:
    result = method.compute(data)
    return bool(result.shares[-1][0] == result.shares[-1][1])


CASES: dict[str, tuple[Any, dict[str, list[float]]]] = {
    "difference": (
        measures.Difference("x", "y"),
        {"x": [0.3, 0.2, 0.9], "y": [0.1, 0.0, 0.1]},
    ),
    "difference of other sizes": (
        measures.Difference("x", "y"),
        {"x": [10.3, 0.2, 0.9], "y": [10.1, 0.0, 0.1]},
    ),
    "complement": (
        measures.Complement(["a", "b", "c"], "w"),
        {"a": [0.1, 0.3, 0.1], "b": [0.2, 0.2, 0.1], "c": [0.3, 0.1, 0.1], "w": [1.0, 1.0, 1.0]},
    ),
    "ratio": (measures.Ratio("a", "b"), {"a": [0.3, 0.1, 0.2], "b": [3.0, 1.0, 1.0]}),
    "ratio of differences": (
        measures.Ratio(measures.Difference("a", "c"), "b"),
        {"a": [100.3, 0.2, 0.3], "c": [100.1, 0.0, 0.0], "b": [2.0, 2.0, 1.0]},
    ),
    "product": (measures.Product("a", "b"), {"a": [0.1, 0.3, 0.5], "b": [3.0, 1.0, 1.0]}),
    "conditions": (
        measures.Conditions({"a": 0.1, "b": 0.2, "c": 0.3}),
        {"a": [1.0, 0.0, 1.0], "b": [1.0, 0.0, 0.0], "c": [0.0, 1.0, 0.0]},
    ),
    "largest": (
        measures.Largest([measures.Difference("x", "y"), "z"]),
        {"x": [0.3, 0.2, 0.9], "y": [0.1, 0.0, 0.1], "z": [0.0, 0.2, 0.0]},
    ),
}


@pytest.mark.parametrize("rule", PEERS, ids=[type(rule).__name__ for rule in PEERS])
@pytest.mark.parametrize(("measure", "columns"), CASES.values(), ids=CASES)
def test_computed_values_that_are_equal_on_paper_tie_among_peers(
    rule: Any, measure: Any, columns: dict[str, list[float]]
) -> None:
    method, data = result_of(measure, rule, **columns)
    assert first_two_tie(method, data)


@pytest.mark.parametrize(("measure", "columns"), CASES.values(), ids=CASES)
def test_computed_values_tie_in_draws_and_once_anchored(
    measure: Any, columns: dict[str, list[float]]
) -> None:
    method, data = result_of(measure, rules.Rank(), **columns)
    anchored = method.anchored(data)
    assert first_two_tie(anchored, data)
    np.testing.assert_array_equal(anchored.compute(data).shares, method.compute(data).shares)
    choice = gi.robustness.Alternatives(rule=[rules.PercentRank(), rules.Borda()])
    sample = sample_ranks(method, data, vary=[choice], draws=4, rng=1)
    drawn = sample.to_frame()
    assert (drawn["U0"] == drawn["U1"]).all()


def test_thresholds_are_met_on_paper() -> None:
    measure = measures.Difference("x", "y")
    columns = {"x": [0.3, 0.1], "y": [0.3, 0.4]}
    for rule in (rules.Steps([(0, 1.0)], below=0.5, closed="upper"), rules.Condition(at_most=0)):
        method, data = result_of(measures.Difference(measure, "z"), rule, z=[0.0, -0.3], **columns)
        assert first_two_tie(method, data)


def test_absolute_rules_see_computed_values_to_the_last_bit() -> None:
    method, data = result_of(measures.Difference("x", "y"), rules.Identity(), x=[0.3], y=[0.1])
    assert method.compute(data).shares[-1][0] == 0.3 - 0.1


@pytest.mark.parametrize("rule", PEERS, ids=[type(rule).__name__ for rule in PEERS])
def test_read_values_stay_apart_to_the_last_bit(rule: Any) -> None:
    nearly = math.nextafter(0.2, 1.0)
    method, data = result_of(measures.Value("x"), rule, x=[0.2, nearly, 0.9])
    values = method.compute(data).values[-1]
    assert values.tolist() == [0.2, nearly, 0.9]


@settings(max_examples=40)
@given(
    quotient=st.integers(1, 10**6),
    people=st.lists(st.integers(1, 10**4), min_size=2, max_size=5),
    decade=st.integers(-6, 6),
)
def test_denominated_values_that_are_equal_on_paper_are_one_double(
    quotient: int, people: list[int], decade: int
) -> None:
    amounts = [float(f"{quotient * count}e{decade}") for count in people]
    step = gi.prepare.Denominate({"d": "people"})
    _, data = result_of(
        measures.Value("d"), rules.Rank(), d=amounts, people=[float(count) for count in people]
    )
    prepared = step(data)
    values = prepared.values[:, prepared.variables.index("d")]
    assert set(values.tolist()) == {float(f"{quotient}e{decade}")}


def test_imputed_means_tie_with_equal_decimals() -> None:
    step = gi.prepare.Impute(gi.impute.Mean())
    method, data = result_of(
        measures.Value("d"), rules.Rank(), steps=[step], d=[np.nan, 0.2, 0.1, 0.3]
    )
    assert first_two_tie(method, data)


def test_rolled_up_means_and_sums_tie_with_equal_decimals() -> None:
    frame = pd.DataFrame({"unit": list("ABCDEF"), "d": [0.1, 0.2, 0.3, 0.2, 0.2, 0.2]})
    data = gi.Observations.from_frame(frame)
    groups = dict(zip("ABCDEF", "PPPQQQ", strict=True))
    for how in ("mean", "sum"):
        first, second = data.roll_up(groups, how=how).values[:, 0]
        assert first == second


def test_treated_values_tie_with_equal_decimals() -> None:
    frame = pd.DataFrame({"unit": list("ABCDE"), "d": [0.1, 0.2, 0.3, 0.7, 0.8]})
    step = gi.prepare.Treat([gi.treat.Percentiles(0.0, 0.925)], when="always")
    values = step(gi.Observations.from_frame(frame)).values[:, 0]
    assert values.tolist() == [0.1, 0.2, 0.3, 0.7, 0.77]


@pytest.mark.parametrize("size", [1e307, 1e-160, 1e-300])
def test_rolled_up_figures_follow_their_size(size: float) -> None:
    frame = pd.DataFrame({"unit": list("AB"), "d": [2 * size, 4 * size], "w": [1e308, 3e307]})
    data = gi.Observations.from_frame(frame)
    values = data.roll_up({"A": "P", "B": "P"}, weights="w").values[0, 0]
    assert values == pytest.approx(size * 3.2 / 1.3, rel=1e-11)


def test_a_sum_that_no_number_holds_is_refused_by_name() -> None:
    data = gi.Observations.from_frame(pd.DataFrame({"unit": list("AB"), "d": [1.7e308, 1e308]}))
    with pytest.raises(gi.DataError, match=r"unit 'P', variable 'd': the sum is too large"):
        data.roll_up({"A": "P", "B": "P"}, how="sum")

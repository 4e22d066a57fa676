from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.kernels.keys import ABSENT, doubled_places, key_of, merge_keys, places, printed_key
from govindex.kernels.memory import Memory

Keys = npt.NDArray[np.int64]

keys = st.integers(-3, 3) | st.just(int(ABSENT))
rows = st.lists(keys, min_size=1, max_size=9)
TIES = ["competition", "dense", "max", "average", "ordinal"]


def as_keys(row: object) -> Keys:
    return np.array(row, dtype=np.int64)


@given(
    parts=st.lists(
        st.fractions(0, 10, max_denominator=97) | st.integers(0, 1000).map(lambda n: n / 100),
        min_size=1,
        max_size=30,
    ),
    random=st.randoms(use_true_random=False),
)
def test_equal_sums_tie_in_any_order_of_adding(
    parts: list[Fraction | float], random: Random
) -> None:
    points = [float(part) for part in parts]
    shuffled = random.sample(points, len(points))
    one, other = key_of(np.array([sum(points), sum(shuffled)]), 300.0)
    assert one == other


@given(a=st.integers(0, 9999), b=st.integers(1, 9999), times=st.integers(1, 999))
def test_equal_ratios_of_counts_tie(a: int, b: int, times: int) -> None:
    one, other = key_of(np.array([a / b, (a * times / 7) / (b * times) * 7]), 1.0)
    assert one == other


@given(scores=st.lists(st.floats(0, 1), min_size=1, max_size=8), others=st.floats(-1e9, 1e9))
def test_a_third_unit_never_moves_a_key(scores: list[float], others: float) -> None:
    together = key_of(np.array([*scores, others, np.nan]), 1.0)[: len(scores)]
    alone = [int(key_of(np.array([score]), 1.0)[0]) for score in scores]
    assert together.tolist() == alone


@given(low=st.floats(-1e3, 1e3), high=st.floats(-1e3, 1e3))
def test_keys_never_turn_an_order_round(low: float, high: float) -> None:
    one, other = key_of(np.array(sorted([low, high])), 100.0)
    assert one <= other


@given(score=st.floats(0, 100), steps=st.integers(2, 1000))
def test_scores_apart_by_two_steps_of_the_scale_do_not_tie(score: float, steps: int) -> None:
    one, other = key_of(np.array([score, score + steps * 100.0 * 1e-10]), 100.0)
    assert one < other


def test_keys_of_huge_scores_keep_their_side_and_nan_is_absent() -> None:
    found = key_of(np.array([np.nan, 1e300, -1e300, np.inf, 0.5]), 1.0)
    assert found.tolist() == [int(ABSENT), 2**62, -(2**62), 2**62, 5 * 10**9]


@given(hundredths=st.integers(-(10**9), 10**9))
def test_printed_key_is_the_printed_number_without_its_point(hundredths: int) -> None:
    assert printed_key(np.array([hundredths / 100]), 2)[0] == hundredths


def test_printed_keys_of_huge_scores_keep_their_side_and_nan_is_absent() -> None:
    assert printed_key(np.array([np.nan, 1e308, 1.5]), 1).tolist() == [int(ABSENT), 2**62, 15]


def place_by_counting(row: list[int], unit: int, ties: str) -> float:
    own = row[unit]
    if own == ABSENT:
        return float("nan")
    present = [key for key in row if key != ABSENT]
    better = [key for key in present if key > own]
    equal = present.count(own)
    earlier = row[:unit].count(own)
    return {
        "competition": len(better) + 1.0,
        "dense": len(set(better)) + 1.0,
        "max": float(len(better) + equal),
        "average": len(better) + (equal + 1) / 2,
        "ordinal": len(better) + earlier + 1.0,
    }[ties]


@pytest.mark.parametrize("ties", TIES)
@given(row=rows)
def test_places_are_those_found_by_counting(row: list[int], ties: str) -> None:
    expected = [place_by_counting(row, unit, ties) for unit in range(len(row))]
    np.testing.assert_array_equal(places(as_keys(row), ties), expected)


@pytest.mark.parametrize("ties", TIES)
@given(row=st.lists(st.sampled_from([2**62, 5, -(2**62), int(ABSENT)]), min_size=1, max_size=9))
def test_places_of_keys_too_far_apart_to_pack_are_those_found_by_counting(
    row: list[int], ties: str
) -> None:
    expected = [place_by_counting(row, unit, ties) for unit in range(len(row))]
    np.testing.assert_array_equal(places(as_keys(row), ties), expected)


@pytest.mark.parametrize("ties", TIES)
@given(data=st.data(), width=st.integers(1, 6))
def test_places_of_many_draws_are_those_of_each_draw(
    ties: str, data: st.DataObject, width: int
) -> None:
    row = st.lists(keys, min_size=width, max_size=width)
    block = as_keys(data.draw(st.lists(row, min_size=1, max_size=4)))
    expected = [places(draw, ties) for draw in block]
    np.testing.assert_array_equal(places(block, ties), expected)


@pytest.mark.parametrize("ties", ["competition", "dense", "max", "average"])
@given(row=rows, random=st.randoms(use_true_random=False))
def test_places_do_not_depend_on_the_order_of_units(
    ties: str, row: list[int], random: Random
) -> None:
    order = random.sample(range(len(row)), len(row))
    shuffled = places(as_keys(row)[order], ties)
    np.testing.assert_array_equal(shuffled, places(as_keys(row), ties)[order])


def test_places_of_no_units_are_empty() -> None:
    assert places(np.zeros((3, 0), dtype=np.int64), "dense").shape == (3, 0)


@given(data=st.data(), count=st.integers(1, 8))
def test_merged_keys_order_units_by_the_first_then_the_second(
    data: st.DataObject, count: int
) -> None:
    first, then = (data.draw(st.lists(keys, min_size=count, max_size=count)) for _ in range(2))
    pairs = [(a, b) for a, b in zip(first, then, strict=True)]
    expected = [
        np.nan if own[0] == ABSENT else 1.0 + sum(other > own for other in pairs) for own in pairs
    ]
    merged = merge_keys(as_keys(first), as_keys(then))
    np.testing.assert_array_equal(places(merged, "competition"), expected)


@given(
    rows=st.lists(
        st.lists(st.integers(-3, 3) | st.just(int(ABSENT)), min_size=5, max_size=5),
        min_size=1,
        max_size=4,
    ),
    ties=st.sampled_from(["competition", "dense", "max", "average", "ordinal"]),
)
def test_doubled_places_are_twice_the_places(rows: list[list[int]], ties: str) -> None:
    keys = np.array(rows, dtype=np.int64)
    expected = np.nan_to_num(2.0 * places(keys, ties))
    assert (doubled_places(keys, ties) == expected).all()


def test_doubled_places_of_keys_too_far_apart_to_pack() -> None:
    keys = np.array([[2**62, -(2**62), 0, ABSENT]], dtype=np.int64)
    assert doubled_places(keys, "competition").tolist() == [[2, 6, 4, 0]]


@given(
    problems=st.lists(
        st.tuples(
            st.integers(1, 4),
            st.integers(1, 6),
            st.integers(0, 2**16),
            st.sampled_from(["competition", "dense", "max", "average", "ordinal"]),
            st.sampled_from([np.int16, np.int32]),
        ),
        min_size=2,
        max_size=6,
    )
)
def test_places_in_used_memory_are_those_in_new_memory(problems: list[Any]) -> None:
    memory = Memory()
    for draws, units, seed, ties, dtype in problems:
        rng = np.random.default_rng(seed)
        scores = np.where(
            rng.random((draws, units)) < 0.2, np.nan, rng.integers(0, 4, (draws, units)) / 3.0
        )
        keys = key_of(scores, 1.0, memory)
        assert (keys == key_of(scores, 1.0)).all()
        found = np.zeros(keys.shape, dtype=dtype)
        doubled_places(keys, ties, found, memory)
        assert (found == doubled_places(key_of(scores, 1.0), ties)).all()


@pytest.mark.parametrize("ties", TIES)
def test_small_integers_hold_the_places_of_as_many_units_as_they_are_taken_for(ties: str) -> None:
    units = 2**14 - 2
    keys = np.arange(units, dtype=np.int64)[None] // 2
    found = np.empty(keys.shape, dtype=np.int16)
    assert (doubled_places(keys, ties, found) == doubled_places(keys, ties)).all()
    assert (found == 2 * places(keys, ties)).all()

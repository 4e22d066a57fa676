from __future__ import annotations

import math
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.errors import DataError
from govindex.kernels.keys import ABSENT, doubled_ranks, key_of, merge_keys, printed_key, ranks_of
from govindex.kernels.memory import Memory
from govindex.kernels.rounding import half_up

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
def test_keys_never_reverse_an_order(low: float, high: float) -> None:
    one, other = key_of(np.array(sorted([low, high])), 100.0)
    assert one <= other


@given(score=st.floats(0, 100), steps=st.integers(2, 1000))
def test_scores_apart_by_two_steps_of_the_scale_do_not_tie(score: float, steps: int) -> None:
    one, other = key_of(np.array([score, score + steps * 100.0 * 1e-10]), 100.0)
    assert one < other


def test_keys_of_huge_scores_keep_their_side_and_nan_is_absent() -> None:
    keys = key_of(np.array([np.nan, 1e300, -1e300, 0.5]), 1.0)
    assert keys.tolist() == [int(ABSENT), 2701 * 10**10, -2701 * 10**10, 5 * 10**9]


@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
@pytest.mark.parametrize("one_sign", [True, False])
def test_an_infinite_score_has_no_key(infinite: float, *, one_sign: bool) -> None:
    with pytest.raises(DataError, match="scores to be ranked are finite numbers; one is infinite"):
        key_of(np.array([1.0, infinite, np.nan]), 1.0, one_sign=one_sign)
    with pytest.raises(DataError, match="scores to be ranked are finite numbers; one is infinite"):
        printed_key(np.array([1.0, infinite, np.nan]), 2)


def decade_of(size: Fraction) -> int:
    """The exponent of the largest power of ten up to a size."""
    actual = len(str(size.numerator)) - len(str(size.denominator))
    return actual if Fraction(10) ** actual <= size else actual - 1


def key_on_paper(score: Fraction, scale: float, *, one_sign: bool) -> int:
    """The key of a score that is known exactly, as its definition says."""
    lowest = -308 if one_sign else decade_of(Fraction(repr(scale)))
    decade = max(decade_of(abs(score)) if score else lowest, lowest)
    digits = math.floor(abs(score) * Fraction(10) ** (10 - decade) + Fraction(5137, 10**4))
    whole = digits + (decade - lowest) * 9 * 10**10
    return whole if score >= 0 else -whole


def key(score: float, scale: float, *, one_sign: bool = False) -> int:
    return int(key_of(np.array([score]), scale, one_sign=one_sign)[0])


nine_digits = st.integers(-(10**9) + 1, 10**9 - 1)
decades = st.integers(-300, 290)
scales = st.tuples(st.integers(1, 99), st.integers(-300, 290)).map(
    lambda p: float(f"{p[0]}e{p[1]}")
)


@given(digits=nine_digits, decade=decades, scale=scales)
def test_key_of_terms_of_one_sign_is_that_of_nine_digits_on_paper(
    digits: int, decade: int, scale: float
) -> None:
    on_paper = key_on_paper(Fraction(digits) * Fraction(10) ** decade, scale, one_sign=True)
    assert key(float(f"{digits}e{decade}"), scale, one_sign=True) == on_paper


@given(digits=nine_digits, above=st.integers(0, 590), decade=decades, lead=st.integers(1, 9))
def test_key_is_that_of_nine_digits_on_paper_above_the_scale_and_at_it(
    digits: int, above: int, decade: int, lead: int
) -> None:
    # The last of nine digits below the first digit of the scale, or any digit above.
    last = min(decade - 8 + above, 299)
    score, scale = float(f"{digits}e{last}"), float(f"{lead}e{decade}")
    on_paper = key_on_paper(Fraction(digits) * Fraction(10) ** last, scale, one_sign=False)
    assert key(score, scale) == on_paper


@given(
    parts=st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=6),
    decade=st.integers(-290, 280),
    lead=st.integers(1, 9),
    random=st.randoms(use_true_random=False),
)
def test_sums_within_ten_thousand_times_the_scale_tie_in_any_order(
    parts: list[int], decade: int, lead: int, random: Random
) -> None:
    whole = sum(abs(part) for part in parts)
    parts = [part * 10**13 // max(whole, 10**13) for part in parts]  # nine digits of the scale each
    terms = [float(f"{part}e{decade - 9}") for part in parts]
    shuffled = random.sample(terms, len(terms))
    scale = float(f"{lead}e{decade}")
    one, other = key_of(np.array([sum(terms), sum(shuffled)]), scale)
    on_paper = key_on_paper(sum(parts) * Fraction(10) ** (decade - 9), scale, one_sign=False)
    assert one == other == on_paper


@given(
    parts=st.lists(st.integers(0, 10**8), min_size=1, max_size=30),
    decade=st.integers(-300, 280),
    random=st.randoms(use_true_random=False),
)
def test_sums_of_one_sign_tie_in_any_order_however_small(
    parts: list[int], decade: int, random: Random
) -> None:
    terms = [float(f"{part}e{decade}") for part in parts]
    shuffled = random.sample(terms, len(terms))
    one, other = key_of(np.array([sum(terms), sum(shuffled)]), 1.0, one_sign=True)
    assert one == other


finite = st.floats(-1e307, 1e307)


@pytest.mark.parametrize("one_sign", [True, False])
@given(scores=st.lists(finite, min_size=2, max_size=9), scale=scales)
def test_keys_rise_with_scores_and_fit_into_48_bits(
    scores: list[float], scale: float, *, one_sign: bool
) -> None:
    keys = key_of(np.array(sorted(scores)), scale, one_sign=one_sign)
    assert (np.diff(keys) >= 0).all()
    assert (np.abs(keys) < 2**48).all()


@pytest.mark.parametrize("one_sign", [True, False])
@given(score=finite, scale=scales)
def test_key_of_the_opposite_score_is_the_opposite_key(
    score: float, scale: float, *, one_sign: bool
) -> None:
    opposite = key(-score, scale, one_sign=one_sign)
    assert opposite == -key(score, scale, one_sign=one_sign)
    assert key_of(np.array([-score, score, np.nan]), scale, one_sign=one_sign)[0] == opposite


@pytest.mark.parametrize("one_sign", [True, False])
@given(
    score=st.floats(1e-290, 1e290),
    steps=st.integers(2, 1000),
    scale=st.integers(-290, 290).map(lambda n: float(f"3e{n}")),
)
def test_scores_two_steps_apart_do_not_tie(
    score: float, steps: int, scale: float, *, one_sign: bool
) -> None:
    lowest = -308 if one_sign else decade_of(Fraction(repr(scale)))
    # The steps are those of the larger score, which may lie in the next decade.
    beyond = Fraction(score) * (1 + Fraction(steps + 1, 10**10))
    step = Fraction(10) ** (max(decade_of(beyond), lowest) - 10)
    other = float(Fraction(score) + steps * step * (1 + Fraction(1, 10**4)))
    assert key(score, scale, one_sign=one_sign) < key(other, scale, one_sign=one_sign)


@pytest.mark.parametrize("one_sign", [True, False])
@pytest.mark.parametrize("decade", [-299, -21, -12, -3, -2, -1, 0, 1, 2, 9, 10, 22, 23, 300])
@pytest.mark.parametrize("scale", [1.0, 0.3, 1e-299, 45.0, 1000.0, 1e299])
def test_key_does_not_jump_at_a_power_of_ten(decade: int, scale: float, *, one_sign: bool) -> None:
    power = Fraction(10) ** decade
    lowest = -308 if one_sign else decade_of(Fraction(repr(scale)))
    step = Fraction(10) ** (max(decade, lowest) - 10)
    parts = [Fraction(n, 10) for n in (-30, -20, -11, -9, -6, -4, -1, 0, 1, 4, 6, 9, 11, 20, 30)]
    near = [power + part * step for part in parts if part > -1 or power > 3 * step]
    keys = [key(float(score), scale, one_sign=one_sign) for score in near]
    assert keys == [key_on_paper(score, scale, one_sign=one_sign) for score in near]
    edges = [np.nextafter(float(power), 0.0), float(power), np.nextafter(float(power), np.inf)]
    assert len({key(edge, scale, one_sign=one_sign) for edge in edges}) == 1


@pytest.mark.parametrize("scale", [1.0, 100.0, 1000.0, 45.0, 33.3, 0.7, 10.0, 5e-300, 7e299])
def test_key_does_not_jump_at_the_scale(scale: float) -> None:
    edges = np.array([np.nextafter(scale, 0.0), scale, np.nextafter(scale, np.inf)])
    assert len(set(key_of(edges, scale).tolist())) == 1
    # Shares of the scale and points are ranked alike.
    shares = key_of(np.array([np.nextafter(1.0, 0.0), 1.0]), scale, times=scale)
    assert shares.tolist() == key_of(edges[:2], scale).tolist()


@given(
    rows=st.lists(
        st.lists(finite | st.just(np.nan), min_size=3, max_size=3), min_size=2, max_size=4
    ),
    maxima=st.lists(st.floats(1e-3, 1e3), min_size=4, max_size=4),
    one_sign=st.booleans(),
)
def test_keys_of_draws_are_those_of_each_draw_alone(
    rows: list[list[float]], maxima: list[float], *, one_sign: bool
) -> None:
    block, maximum = np.array(rows) / 1e4, np.array(maxima[: len(rows)])[:, None]
    keys = key_of(block, maximum, times=maximum, one_sign=one_sign)
    for row, single, own in zip(block, maximum[:, 0].tolist(), keys, strict=True):
        assert (key_of(row, single, times=single, one_sign=one_sign) == own).all()
        units = [key_of(row[[i]], single, times=single, one_sign=one_sign)[0] for i in range(3)]
        assert (own == units).all()


@given(hundredths=st.integers(-(10**9), 10**9))
def test_printed_key_is_the_printed_number_without_its_point(hundredths: int) -> None:
    assert printed_key(np.array([hundredths / 100]), 2)[0] == hundredths


@given(
    scores=st.lists(st.floats(-1e298, 1e298), min_size=2, max_size=6),
    decimals=st.integers(0, 9),
    ranks=st.integers(-300, 9),
)
def test_printed_keys_are_in_the_order_of_printed_numbers_however_large(
    scores: list[float], decimals: int, ranks: int
) -> None:
    printed = np.sort([*half_up(np.array(scores) * 10.0**ranks, decimals), 2.0**53, 2.0**53 + 2])
    keys = printed_key(printed, decimals)
    assert ((np.diff(keys) > 0) == (np.diff(printed) > 0)).all()
    assert (np.diff(keys) >= 0).all()


def test_printed_key_of_an_absent_number_is_absent() -> None:
    assert printed_key(np.array([np.nan, 1e308, 1.5]), 1).tolist()[::2] == [int(ABSENT), 15]


def rank_by_counting(row: list[int], unit: int, ties: str) -> float:
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
def test_ranks_are_those_found_by_counting(row: list[int], ties: str) -> None:
    expected = [rank_by_counting(row, unit, ties) for unit in range(len(row))]
    np.testing.assert_array_equal(ranks_of(as_keys(row), ties), expected)


@pytest.mark.parametrize("ties", TIES)
@given(row=st.lists(st.sampled_from([2**62, 5, -(2**62), int(ABSENT)]), min_size=1, max_size=9))
def test_ranks_of_keys_too_far_apart_to_pack_are_those_found_by_counting(
    row: list[int], ties: str
) -> None:
    expected = [rank_by_counting(row, unit, ties) for unit in range(len(row))]
    np.testing.assert_array_equal(ranks_of(as_keys(row), ties), expected)


@pytest.mark.parametrize("ties", TIES)
@given(data=st.data(), width=st.integers(1, 6))
def test_ranks_of_many_draws_are_those_of_each_draw(
    ties: str, data: st.DataObject, width: int
) -> None:
    row = st.lists(keys, min_size=width, max_size=width)
    block = as_keys(data.draw(st.lists(row, min_size=1, max_size=4)))
    expected = [ranks_of(draw, ties) for draw in block]
    np.testing.assert_array_equal(ranks_of(block, ties), expected)


@pytest.mark.parametrize("ties", ["competition", "dense", "max", "average"])
@given(row=rows, random=st.randoms(use_true_random=False))
def test_ranks_do_not_depend_on_the_order_of_units(
    ties: str, row: list[int], random: Random
) -> None:
    order = random.sample(range(len(row)), len(row))
    shuffled = ranks_of(as_keys(row)[order], ties)
    np.testing.assert_array_equal(shuffled, ranks_of(as_keys(row), ties)[order])


def test_ranks_of_no_units_are_empty() -> None:
    assert ranks_of(np.zeros((3, 0), dtype=np.int64), "dense").shape == (3, 0)


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
    np.testing.assert_array_equal(ranks_of(merged, "competition"), expected)


@given(
    rows=st.lists(
        st.lists(st.integers(-3, 3) | st.just(int(ABSENT)), min_size=5, max_size=5),
        min_size=1,
        max_size=4,
    ),
    ties=st.sampled_from(["competition", "dense", "max", "average", "ordinal"]),
)
def test_doubled_ranks_are_twice_the_ranks(rows: list[list[int]], ties: str) -> None:
    keys = np.array(rows, dtype=np.int64)
    expected = np.nan_to_num(2.0 * ranks_of(keys, ties))
    assert (doubled_ranks(keys, ties) == expected).all()


def test_doubled_ranks_of_keys_too_far_apart_to_pack() -> None:
    keys = np.array([[2**62, -(2**62), 0, ABSENT]], dtype=np.int64)
    assert doubled_ranks(keys, "competition").tolist() == [[2, 6, 4, 0]]


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
def test_ranks_in_used_memory_are_those_in_new_memory(problems: list[Any]) -> None:
    memory = Memory()
    for draws, units, seed, ties, dtype in problems:
        rng = np.random.default_rng(seed)
        scores = np.where(
            rng.random((draws, units)) < 0.2, np.nan, rng.integers(0, 4, (draws, units)) / 3.0
        )
        keys = key_of(scores, 1.0, memory)
        assert (keys == key_of(scores, 1.0)).all()
        actual = np.zeros(keys.shape, dtype=dtype)
        doubled_ranks(keys, ties, actual, memory)
        assert (actual == doubled_ranks(key_of(scores, 1.0), ties)).all()


@pytest.mark.parametrize("ties", TIES)
def test_small_integers_hold_the_ranks_of_the_units_they_are_used_for(ties: str) -> None:
    units = 2**14 - 2
    keys = np.arange(units, dtype=np.int64)[None] // 2
    actual = np.empty(keys.shape, dtype=np.int16)
    assert (doubled_ranks(keys, ties, actual) == doubled_ranks(keys, ties)).all()
    assert (actual == 2 * ranks_of(keys, ties)).all()

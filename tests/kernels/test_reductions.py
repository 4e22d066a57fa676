from __future__ import annotations

import math
import statistics
from fractions import Fraction
from itertools import permutations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govindex.kernels.order import sorted_reference
from govindex.kernels.reductions import (
    extremes,
    mean_over_units,
    median_over_units,
    moments,
    shape_of,
)

finite = st.floats(-1e6, 1e6)
cells = st.tuples(finite | st.just(math.nan), st.booleans())
units = st.lists(cells, min_size=1, max_size=40)
randoms = st.randoms(use_true_random=False)


def columns(
    row: list[tuple[float, bool]],
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.bool_]]
]:
    return np.array([value for value, _ in row]), np.array([counts for _, counts in row])


def known(row: list[tuple[float, bool]]) -> list[float]:
    return [value for value, counts in row if counts and not math.isnan(value)]


@given(row=units, random=randoms, ddof=st.integers(0, 1))
@example(row=[(1.0, False), (2.2e-309, True)], random=Random(1), ddof=0)
def test_moments_do_not_depend_on_the_order_of_units_to_the_byte(
    row: list[tuple[float, bool]], random: Random, ddof: int
) -> None:
    shuffled = random.sample(row, len(row))
    one, other = moments(*columns(row), ddof), moments(*columns(shuffled), ddof)
    assert [part.tobytes() for part in one] == [part.tobytes() for part in other]


@pytest.mark.parametrize(
    "reduce",
    [extremes, mean_over_units, median_over_units, sorted_reference],
    ids=lambda reduce: str(reduce.__name__),
)
def test_the_order_of_zeros_of_either_sign_moves_no_byte(reduce: Any) -> None:
    actual = {
        b"".join(part.tobytes() for part in parts_of(reduce, np.array(row)))
        for row in permutations([0.0, -0.0, -0.0, -1.0])
    }
    assert len(actual) == 1


def parts_of(reduce: Any, values: Any) -> list[Any]:
    actual = reduce(values, np.ones(len(values), dtype=bool))
    return list(actual) if isinstance(actual, tuple) else [actual]


@given(row=units, random=randoms)
def test_extremes_do_not_depend_on_the_order_of_units_to_the_byte(
    row: list[tuple[float, bool]], random: Random
) -> None:
    shuffled = random.sample(row, len(row))
    one, other = extremes(*columns(row)), extremes(*columns(shuffled))
    assert [part.tobytes() for part in one] == [part.tobytes() for part in other]


@given(
    row=st.lists(st.floats(0, 1), min_size=8, max_size=40),
    draws=st.integers(2, 5),
    order=st.sampled_from(["C", "F"]),
)
def test_moments_do_not_depend_on_the_number_of_draws_or_their_layout_to_the_byte(
    row: list[float], draws: int, order: str
) -> None:
    values = np.array(row)
    everyone = np.ones(len(row), dtype=bool)
    block = np.array(np.broadcast_to(values, (draws, len(row))), order=order)  # type: ignore[call-overload]
    together = np.concatenate(moments(block, everyone, 1), axis=-1)
    alone = np.concatenate(moments(values, everyone, 1))
    assert together.tobytes() == np.tile(alone, (draws, 1)).tobytes()


@given(row=units)
def test_mean_is_the_mean_of_the_known_reference_units(row: list[tuple[float, bool]]) -> None:
    mean, count = mean_over_units(*columns(row))
    values = known(row)
    exact = float(sum(map(Fraction, values))) / len(values) if values else math.nan
    np.testing.assert_allclose([mean.item(), count.item()], [exact, len(values)], atol=1e-9)


@given(row=units)
def test_extremes_are_those_of_the_known_reference_units(row: list[tuple[float, bool]]) -> None:
    low, high = extremes(*columns(row))
    values = known(row) or [math.nan]
    np.testing.assert_array_equal([low.item(), high.item()], [min(values), max(values)])


@given(values=st.lists(finite, min_size=2, max_size=40))
def test_deviation_divides_by_the_degrees_of_freedom(values: list[float]) -> None:
    everyone = np.ones(len(values), dtype=bool)
    actual = [moments(np.array(values), everyone, ddof)[1].item() for ddof in (1, 0)]
    expected = [statistics.stdev(values), statistics.pstdev(values)]
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("ddof", "expected"), [(0, 0.0), (1, np.nan)])
def test_deviation_of_one_unit_needs_no_degree_of_freedom(ddof: int, expected: float) -> None:
    values = np.array([5.0, np.nan, 9.0])
    _, deviation = moments(values, np.array([True, True, False]), ddof)
    np.testing.assert_array_equal(deviation, [expected])


@given(row=units)
@example([(0.0, True), (0.0, True), (4e-221, True)])  # whose squares are 0
@example([(0.0, True), (1e200, True), (3e200, True), (4e200, True)])
def test_shape_equals_that_of_spreadsheets(row: list[tuple[float, bool]]) -> None:
    values, reference = columns(row)
    skew, kurtosis = (number.item() for number in shape_of(values, reference))
    own = known(row)
    n = len(own)
    spread = statistics.stdev(own) if n > 1 else 0.0
    if spread < 1e-3 * max((abs(value) for value in own), default=1.0) or spread == 0.0:
        return  # too alike for the naive sums below
    apart = [(value - statistics.fmean(own)) / spread for value in own]
    if n > 2:
        by_hand = n / ((n - 1) * (n - 2)) * math.fsum(a**3 for a in apart)
        assert skew == pytest.approx(by_hand, abs=1e-9)
    else:
        assert math.isnan(skew)
    if n > 3:
        by_hand = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * math.fsum(a**4 for a in apart)
        assert kurtosis == pytest.approx(by_hand - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)), abs=1e-9)
    else:
        assert math.isnan(kurtosis)


def test_shape_of_equal_values_is_missing() -> None:
    skew, kurtosis = shape_of(np.full(6, 3.0), np.ones(6, dtype=bool))
    assert np.isnan([skew.item(), kurtosis.item()]).all()

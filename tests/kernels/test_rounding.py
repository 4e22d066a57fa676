from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from govindex.kernels.rounding import binary, half_even, half_up, r_style, snap, truncate

Kernel = Callable[[npt.NDArray[np.float64], int], npt.NDArray[np.float64]]
KERNELS: list[Kernel] = [half_up, half_even, truncate, binary, r_style]
MOST = 10**7

kernels = st.sampled_from(KERNELS)
numbers = st.floats(-1e6, 1e6)


def rounded(kernel: Kernel, value: float, decimals: int) -> float:
    return float(kernel(np.array([value]), decimals)[0])


def exactly(whole: int, decimals: int) -> float:
    return float(Fraction(whole) / Fraction(10) ** decimals)


@st.composite
def ratios(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Counts a of b, a maximum and decimals: anything, on a boundary, or as near as counts get.

    With N steps to the whole, (N·t + s)(N·q + r) = N·a + s·r puts a/b = a/(N·q + r) at a distance
    of s·r/(N·b) from a multiple of 1/N; no other ratio of such counts is nearer without being on
    it. 2⁻⁴² of the score is less than that while a·maximum·10ᵈ < 2⁴¹.
    """
    decimals = draw(st.integers(0, 4))
    maximum = draw(st.integers(1, 10 ** (5 - decimals)))
    steps = maximum * 10**decimals * draw(st.sampled_from([1, 2]))
    kind = draw(st.sampled_from(["any", "on", "near"]))
    if kind == "any":
        return draw(st.integers(0, MOST)), draw(st.integers(1, MOST)), maximum, decimals
    if kind == "on":
        times = draw(st.integers(1, MOST // steps))
        return draw(st.integers(0, MOST // times)) * times, steps * times, maximum, decimals
    s, r = draw(st.sampled_from([(1, 1), (1, -1), (-1, 1), (-1, -1)]))
    q = draw(st.integers(2, MOST // (4 * steps)))
    b = steps * q + r
    return draw(st.integers(2, (MOST - q) // b)) * b + s * q, b, maximum, decimals


@given(ratio=ratios())
@example(ratio=(5595, 10_000, 10, 2))
@example(ratio=(1, 8, 9, 2))
def test_half_up_is_exact_decimal_rounding_of_ratios(ratio: tuple[int, int, int, int]) -> None:
    a, b, maximum, decimals = ratio
    scaled = Fraction(a, b) * maximum * 10**decimals
    expected = exactly(math.floor(scaled + Fraction(1, 2)), decimals)
    assert rounded(half_up, a / b * maximum, decimals) == expected


@given(ratio=ratios())
def test_half_even_is_exact_decimal_rounding_of_ratios(ratio: tuple[int, int, int, int]) -> None:
    a, b, maximum, decimals = ratio
    expected = exactly(round(Fraction(a, b) * maximum * 10**decimals), decimals)
    assert rounded(half_even, a / b * maximum, decimals) == expected


@given(ratio=ratios())
def test_truncate_is_exact_decimal_cutting_of_ratios(ratio: tuple[int, int, int, int]) -> None:
    a, b, maximum, decimals = ratio
    expected = exactly(math.floor(Fraction(a, b) * maximum * 10**decimals), decimals)
    assert rounded(truncate, a / b * maximum, decimals) == expected


def decimal_places(value: float, decimals: int) -> float:
    with localcontext() as context:
        context.prec = 800
        unit = Decimal(1).scaleb(-decimals)
        return float(Decimal(value).quantize(unit, rounding=ROUND_HALF_UP))


halves = st.builds(
    lambda whole, decimals: (whole + 0.5) / 10.0**decimals,
    st.integers(-(10**7), 10**7),
    st.integers(-4, 9),
)


@given(value=numbers | halves, decimals=st.integers(-9, 9))
@example(value=5.595, decimals=2)
@example(value=1.125, decimals=2)
@example(value=0.49999999999999994, decimals=0)
@example(value=500_000.0, decimals=-6)
@example(value=499_999.99999999994, decimals=-6)
def test_binary_is_decimal_rounding_of_the_double_itself(value: float, decimals: int) -> None:
    assert rounded(binary, value, decimals) == decimal_places(value, decimals)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.15, 1, 0.1),
        (0.25, 1, 0.2),
        (0.35, 1, 0.3),
        (0.55, 1, 0.6),
        (0.65, 1, 0.7),
        (2.675, 2, 2.67),
        (0.5, 0, 0.0),
        (2.5, 0, 2.0),
        (-1.5, 0, -2.0),
        (1250.0, -2, 1200.0),
        (1.234567890123456, 15, 1.234567890123456),
    ],
)
def test_r_style_equals_r_4(value: float, decimals: int, expected: float) -> None:
    assert rounded(r_style, value, decimals) == expected


def r_round(value: float, decimals: int) -> float:
    """Follow round_r3 of R's package round: D = (xu − x) − (x − xd), the even digit if D = 0."""
    if value < 0:
        return -r_round(-value, decimals)
    below = math.floor(value * 10.0**decimals)
    candidates = [(below + up) / 10.0**decimals for up in (0, 1)]
    distances = [abs(value - candidate) for candidate in candidates]
    tie_goes_up = distances[0] == distances[1] and below % 2 == 1
    return candidates[distances[1] < distances[0] or tie_goes_up]


@given(value=numbers | halves, decimals=st.integers(0, 6))
def test_r_style_takes_the_nearer_candidate(value: float, decimals: int) -> None:
    assert rounded(r_style, value, decimals) == r_round(value, decimals)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("decimals", [-2, 0, 2, 15])
def test_nan_infinite_and_huge_numbers_pass(kernel: Kernel, decimals: int) -> None:
    values = np.array([np.nan, np.inf, -np.inf, 1e300, -(2.0**60)])
    np.testing.assert_array_equal(kernel(values, decimals), values)


@given(kernel=kernels, value=numbers | halves, decimals=st.integers(-9, 9))
def test_rounding_twice_is_rounding_once(kernel: Kernel, value: float, decimals: int) -> None:
    once = kernel(np.array([value]), decimals)
    assert kernel(once, decimals).tobytes() == once.tobytes()


@given(kernel=kernels, value=numbers | halves, decimals=st.integers(-9, 9))
def test_rounding_is_the_same_on_both_sides_of_zero(
    kernel: Kernel, value: float, decimals: int
) -> None:
    assert rounded(kernel, -value, decimals) == -rounded(kernel, value, decimals)


@given(kernel=kernels, value=st.floats(-0.5, 0.5), decimals=st.integers(-2, 2))
@example(kernel=half_up, value=-0.0, decimals=2)
@example(kernel=r_style, value=-0.001, decimals=2)
def test_rounding_never_prints_minus_zero(kernel: Kernel, value: float, decimals: int) -> None:
    result = rounded(kernel, value, decimals)
    assert result != 0 or math.copysign(1.0, result) == 1.0


@given(kernel=kernels, whole=st.integers(-(2**53), 2**53), decimals=st.integers(0, 3))
@example(kernel=half_up, whole=2**42 + 1, decimals=0)
@example(kernel=half_even, whole=2**43 + 1, decimals=0)
@example(kernel=truncate, whole=5_000_000_000_001, decimals=0)
@example(kernel=half_up, whole=2**52 + 1, decimals=0)
def test_whole_numbers_are_not_changed(kernel: Kernel, whole: int, decimals: int) -> None:
    assert rounded(kernel, float(whole), decimals) == whole


@given(kernel=kernels, digits=st.integers(0, 10**15 - 1), decimals=st.integers(0, 15))
@example(kernel=truncate, digits=455_532_967_933_752, decimals=2)
def test_numbers_typed_with_so_many_decimals_are_left_alone(
    kernel: Kernel, digits: int, decimals: int
) -> None:
    typed = exactly(digits, decimals)
    assert rounded(kernel, typed, decimals) == typed


@pytest.mark.parametrize("decimals", range(-9, 0))
@pytest.mark.parametrize("kernel", KERNELS)
def test_tens_and_thousands_round_to_whole_numbers(kernel: Kernel, decimals: int) -> None:
    unit = 10**-decimals
    typed = np.array([7.0, 12.0, 999.0]) * unit
    np.testing.assert_array_equal(kernel(typed + unit / 4, decimals), typed)


@given(
    hundredths=st.lists(st.integers(0, 1000), min_size=1, max_size=10),
    random=st.randoms(use_true_random=False),
)
def test_snap_prints_sums_of_points_as_typed_in_any_order(
    hundredths: list[int], random: Random
) -> None:
    points = [number / 100 for number in hundredths]
    random.shuffle(points)
    assert snap(np.array([sum(points)]), 100.0)[0] == sum(hundredths) / 100


@given(value=st.floats(-1000, 1000), scale=st.sampled_from([0.0, 1.0, 10.0, 84.0, 100.0, 1000.0]))
def test_snap_twice_is_snap_once(value: float, scale: float) -> None:
    once = snap(np.array([value]), scale)
    assert snap(once, scale).tobytes() == once.tobytes()


def test_snap_leaves_nan_and_huge_numbers() -> None:
    values = np.array([np.nan, np.inf, 1e200])
    np.testing.assert_array_equal(snap(values, 100.0), values)


def test_snap_never_prints_minus_zero() -> None:
    assert not np.signbit(snap(np.array([-1e-14, -0.0]), 1.0)).any()


@given(
    scores=st.lists(st.floats(0.0, 2.0**40), min_size=1, max_size=9),
    halves=st.lists(st.integers(0, 10**7), min_size=1, max_size=9),
    decimals=st.integers(0, 9),
)
def test_ordinary_scores_are_rounded_as_among_absent_and_negative_ones(
    scores: list[float], halves: list[int], decimals: int
) -> None:
    values = np.array([*scores, *((half + 0.5) / 10.0**decimals for half in halves)])
    ordinary = values[values < 2.0**32 / 10.0**decimals]
    for own in (values, ordinary):
        beside = half_up(np.array([*own, np.nan, -1.0]), decimals)[:-2]
        assert half_up(own, decimals).tobytes() == beside.tobytes()


def test_the_snap_leaves_the_largest_numbers_alone() -> None:
    values = np.array([1.7e308, -1e300, 0.1 + 0.2])
    assert snap(values, 1.0).tolist() == [1.7e308, -1e300, 0.3]

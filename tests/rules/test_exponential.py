"""Exponentials of values and of ranks, and the logarithm that turns them round."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex import treat
from govindex.contracts import Scope
from govindex.errors import CellError, SettingError
from govindex.rules import Chain, Exponential, ExponentialRank, Goalposts, Rank


def test_the_human_capital_index_of_viet_nam_is_a_product_of_exponentials() -> None:
    """World Bank, Human Capital Index 2020, brief on Viet Nam, page 1: 0.69."""
    school = Exponential(factor=np.exp(-0.08 * 14), rate=0.08)
    adults = Exponential(factor=np.exp(-0.65 / 2), rate=0.65 / 2)
    children = Exponential(factor=np.exp(-0.35 / 2), rate=0.35 / 2)
    parts = [(school, 10.7), (adults, 0.87), (children, 0.76)]
    health = np.prod([rule(np.array([value]), Scope())[0] for rule, value in parts])
    assert round(0.98 * health, 2) == 0.69


def test_a_tenth_of_the_scottish_wards_lies_above_50() -> None:
    """Scottish Indices of Deprivation 2003, appendix 5: 1,222 wards, 100 for the most deprived."""
    scores = 100 * ExponentialRank()(np.arange(1.0, 1223), Scope())
    assert scores[-1] == 100
    assert (scores > 50).mean() == pytest.approx(0.1, abs=0.005)
    # A mean of 50, of 100 and 0, stands at the 90th percentile.
    assert (scores < 50).mean() == pytest.approx(0.9, abs=0.005)


def test_ranks_are_transformed_as_the_english_indices_of_deprivation_are() -> None:
    """English Indices of Deprivation 2019: 32,844 areas."""
    count = 32_844
    rank = np.arange(1.0, count + 1)
    expected = -23 * np.log(1 - rank / count * (1 - np.exp(-100 / 23)))
    transformed = 100 * ExponentialRank()(rank, Scope())
    np.testing.assert_allclose(transformed, expected, rtol=1e-10, atol=1e-12)
    # The most deprived tenth lies between 50 and 100.
    tenth = int(0.9 * count)
    assert transformed[tenth - 2] < 50.5
    assert transformed[tenth] > 50
    assert transformed[-1] == 100


@given(decay=st.floats(0.03, 50), count=st.integers(2, 60))
def test_exponential_ranks_rise_ever_faster_to_one(decay: float, count: int) -> None:
    transformed = ExponentialRank(decay=decay)(np.arange(float(count)), Scope())
    steps = np.diff(transformed, prepend=0.0)
    assert transformed[-1] == 1.0
    assert (steps > 0).all()
    assert (np.diff(steps) > -1e-12).all()


def test_a_long_decay_is_the_rank_itself() -> None:
    ranks = np.arange(1.0, 9.0)
    near = ExponentialRank(decay=1e6)(ranks, Scope())
    np.testing.assert_allclose(near, Rank()(ranks, Scope()) / 8, rtol=1e-5)


@given(
    intercept=st.floats(-5, 5),
    factor=st.floats(0.01, 5),
    rate=st.sampled_from([-2.0, -0.3, 0.01, 0.5, 3.0]),
    value=st.floats(-20, 20),
    sign=st.sampled_from([1, -1]),
)
def test_equal_steps_multiply_what_lies_beyond_the_intercept(
    intercept: float, factor: float, rate: float, value: float, sign: int
) -> None:
    rule = Exponential(intercept=intercept, factor=sign * factor, rate=rate)
    low, high = rule(np.array([value, value + 1.0]), Scope()) - intercept
    assert high == pytest.approx(low * np.exp(rate), rel=1e-6, abs=1e-12)
    assert rule.monotone == (high >= low) or low == high


def test_a_logarithmic_chain_is_turned_round() -> None:
    there = Goalposts(worst=1, best=np.exp(2), transform="log", clip=False)
    back = Chain(there, Exponential(rate=2))
    np.testing.assert_allclose(back(np.array([1.0, 3.0, 9.0]), Scope()), [1, 3, 9])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate": 0}, r"Exponential\(rate=0\) would earn all values the same"),
        ({"factor": 0}, r"Exponential\(factor=0\) would earn all values the same"),
        ({"rate": float("inf")}, "rate"),
    ],
)
def test_exponentials_that_score_nothing_are_refused(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        Exponential(**settings)
    with pytest.raises(SettingError, match=r"a decay of at least 0.03, not 0.01"):
        ExponentialRank(decay=0.01)


@pytest.mark.parametrize(("rate", "value"), [(1.0, 900.0), (-1.0, -900.0)])
def test_values_whose_share_is_no_number_are_refused(rate: float, value: float) -> None:
    with pytest.raises(CellError, match=r"too large for a share: take a smaller rate"):
        Exponential(rate=rate)(np.array([0.0, value]), Scope())


# The logarithm of the Global Innovation Index.


@given(
    values=st.lists(st.integers(0, 1000), min_size=3, max_size=9, unique=True),
    factor=st.sampled_from([1.0, 10.0, 1000.0]),
)
def test_the_logarithm_of_the_gii_runs_from_nought_to_that_of_the_largest(
    values: list[int], factor: float
) -> None:
    """Global Innovation Index 2020, technical notes: ln[(max·f − 1)(x − min)/(max − min) + 1]."""
    ordered = np.sort(np.array(values, dtype=np.float64))
    low, high = ordered[0], ordered[-1]
    log: Any = treat.GIILog(factor=factor).settle(ordered, None)
    expected = np.log((high * factor - 1) * (ordered - low) / (high - low) + 1)
    np.testing.assert_allclose(log(ordered), expected, rtol=1e-12)
    assert log(ordered)[0] == 0.0
    assert log(ordered)[-1] == pytest.approx(np.log(high * factor))
    bads: Any = treat.GIILog(factor=factor, mirrored=True).settle(ordered, None)
    expected = np.log((high * factor - 1) * (high - ordered) / (high - low) + 1)
    np.testing.assert_allclose(-bads(ordered), expected, rtol=1e-12)
    assert (np.diff(bads(ordered)) > 0).all()


def test_the_logarithm_of_the_gii_asks_for_a_factor_and_for_ends() -> None:
    shares = np.array([0.1, 0.2, 0.9])
    small: Any = treat.GIILog().settle(shares, None)
    with pytest.raises(CellError, match=r"above 1, and that is 1·0.9: take another factor"):
        small(shares)
    with pytest.raises(SettingError, match=r"has no ends yet: settle"):
        treat.GIILog(factor=100)(shares)
    with pytest.raises(SettingError, match="GIILog needs low < high, not 3 and 3"):
        treat.GIILog(low=3, high=3)
    left: Any = treat.GIILog(factor=100, mirrored="skewed").settle(np.array([1.0, 98, 99]), None)
    assert left.mirrored
    with pytest.raises(CellError, match="a logarithm needs values above its origin"):
        treat.GIILog(low=10, high=100)(np.array([5.0]))

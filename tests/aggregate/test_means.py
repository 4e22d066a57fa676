from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.aggregate import (
    Arithmetic,
    Dual,
    Geometric,
    Harmonic,
    Hellwig,
    PowerMean,
    Product,
    Sum,
)
from govindex.errors import CellError, SettingError
from tests.aggregate.examples import combined

Float = npt.NDArray[np.float64]
Aggregate = Callable[[Sequence[Float], Sequence[Float]], Float]
Children = list[tuple[float, float]]

shares = st.floats(0.01, 1.0)
weights = st.floats(0.1, 10.0)
children = st.lists(st.tuples(shares, weights), min_size=1, max_size=6)
powers = st.sampled_from([-50.0, -3.0, -1.0, 0.5, 1.0, 2.0, 50.0]).map(PowerMean)
means = st.one_of(
    st.sampled_from([Arithmetic(), Sum(), Geometric(), Geometric(offset=0.5), Harmonic()]),
    st.just(Geometric(zero="zero")),
    powers,
)
duals = st.sampled_from([Dual(Geometric(offset=0.5)), Dual(PowerMean(2.0)), Dual(Arithmetic())])
every = st.one_of(means, duals, st.just(Product()), st.just(Dual(Product())))


@given(aggregate=means, of=children)
def test_a_mean_lies_between_its_children(aggregate: Aggregate, of: Children) -> None:
    mean = combined(aggregate, of)
    assert min(of)[0] - 1e-12 <= mean <= max(of)[0] + 1e-12


@given(of=children)
def test_the_dual_of_a_dual_is_the_aggregator_itself(of: Children) -> None:
    for aggregate in (Geometric(offset=0.5), PowerMean(2.0), Product(), Arithmetic()):
        twice = combined(Dual(Dual(aggregate)), of)
        np.testing.assert_allclose(twice, combined(aggregate, of), rtol=1e-9, atol=1e-12)


@given(of=children)
def test_dual_of_an_offset_mean_is_the_scaled_geometric_mean_of_risks(of: Children) -> None:
    # INFORM Risk Index 2023: (10 − GEOMEAN((10 − x) / 10 · 9 + 1)) / 9 · 10, x on a scale of 10.
    risks = [10 * share for share, _ in of]
    scaled = math.prod(((10 - x) / 10 * 9 + 1) ** (1 / len(of)) for x in risks)
    shares = combined(Dual(Geometric(offset=1 / 9)), [(share, 1.0) for share, _ in of])
    np.testing.assert_allclose(10 * shares, (10 - scaled) / 9 * 10, rtol=1e-9, atol=1e-9)


def test_dual_of_a_product_is_what_any_of_them_reaches() -> None:
    assert combined(Dual(Product()), [(0.5, 1.0), (0.2, 3.0)]) == pytest.approx(0.6)
    assert combined(Dual(Product()), [(0.5, 1.0), (0.2, 0.0)]) == 0.5
    assert Dual(Product()).mean is False
    assert Dual(Geometric(offset=0.1)).mean is True


def test_what_lies_above_1_has_no_dual_of_a_product() -> None:
    with pytest.raises(CellError, match="the difference to 1 is refused"):
        combined(Dual(Product()), [(1.5, 1.0), (0.2, 3.0)])


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (Geometric(), "refuses shares of 0"),
        (Hellwig(), "does not look at each unit alone"),
        (Product, "takes an aggregator"),
        (None, "takes an aggregator"),
    ],
)
def test_dual_of_what_has_none_is_refused(of: Any, why: str) -> None:
    with pytest.raises(SettingError, match=why):
        Dual(of)


@given(of=children)
def test_a_product_is_no_larger_than_its_smallest_child(of: Children) -> None:
    assert 0.0 <= combined(Product(), of) <= min(of)[0]


@given(of=children)
def test_the_geometric_mean_is_at_most_the_arithmetic_mean(of: Children) -> None:
    assert combined(Geometric(), of) <= combined(Arithmetic(), of) + 1e-12


@given(of=children)
def test_sum_is_points_over_maximum(of: Children) -> None:
    points, maximum = math.fsum(s * w for s, w in of), math.fsum(w for _, w in of)
    np.testing.assert_allclose(combined(Sum(), of), points / maximum, rtol=1e-12)


@given(of=children)
def test_the_geometric_mean_is_the_root_of_the_weighted_product(of: Children) -> None:
    total = sum(w for _, w in of)
    expected = math.prod(s ** (w / total) for s, w in of)
    np.testing.assert_allclose(combined(Geometric(), of), expected, rtol=1e-12)


@given(aggregate=every, of=children, factor=st.floats(0.01, 100))
def test_only_the_proportions_of_weights_count(
    aggregate: Aggregate, of: Children, factor: float
) -> None:
    rescaled = [(s, w * factor) for s, w in of]
    expected = combined(aggregate, of)
    np.testing.assert_allclose(combined(aggregate, rescaled), expected, rtol=1e-10)


@given(aggregate=every, of=children, index=st.integers(0, 5), gain=st.floats(0.0, 1.0))
def test_a_better_child_never_lowers_the_node(
    aggregate: Aggregate, of: Children, index: int, gain: float
) -> None:
    better = list(of)
    share, weight = better[index % len(of)]
    better[index % len(of)] = (share + gain * (1.0 - share), weight)
    assert combined(aggregate, better) >= combined(aggregate, of) - 1e-12


@given(aggregate=every, of=children, share=shares)
def test_a_child_with_weight_0_does_not_count(
    aggregate: Aggregate, of: Children, share: float
) -> None:
    assert combined(aggregate, [*of, (share, 0.0)]) == combined(aggregate, of)


@pytest.mark.parametrize("aggregate", [Arithmetic(), Sum(), Geometric(), Product()])
def test_a_unit_without_any_child_has_no_share(aggregate: Aggregate) -> None:
    weights = [np.array([1.0, 0.0]), np.array([1.0, 0.0])]
    aggregated = aggregate([np.array([0.5, 0.0]), np.array([0.5, 0.0])], weights)
    assert np.isnan(aggregated).tolist() == [False, True]


@pytest.mark.parametrize("aggregate", [Arithmetic(), Sum(), Geometric(), Product()])
def test_weights_of_many_draws_meet_shares_of_one(aggregate: Aggregate) -> None:
    shares = [np.array([[0.25, 0.5, 1.0]]), np.array([[0.5, 0.5, 0.5]])]
    weights = [np.array([[1.0], [2.0]]), np.array([[1.0], [3.0]])]
    aggregated = aggregate(shares, weights)
    expected = [aggregate(shares, [w[draw : draw + 1] for w in weights])[0] for draw in (0, 1)]
    np.testing.assert_array_equal(aggregated, expected)


def test_geometric_refuses_a_share_of_0_that_counts_and_marks_the_unit() -> None:
    shares = [np.array([0.0, 0.5, 0.0]), np.array([1.0, 1.0, 1.0])]
    weights = [np.array([1.0, 1.0, 0.0]), np.array([1.0, 1.0, 1.0])]
    with pytest.raises(CellError, match="needs shares above 0") as info:
        Geometric()(shares, weights)
    assert info.value.mask.tolist() == [True, False, False]


def test_geometric_takes_a_share_of_0_with_an_offset() -> None:
    assert combined(Geometric(offset=1.0), [(0.0, 1.0), (3.0, 1.0)]) == pytest.approx(1.0)


@pytest.mark.parametrize("offset", [-0.1, math.nan, math.inf])
def test_geometric_refuses_an_impossible_offset(offset: float) -> None:
    with pytest.raises(SettingError, match=rf"at least 0, not {offset!r}"):
        Geometric(offset=offset)


def test_product_refuses_a_negative_share_that_counts_and_marks_the_unit() -> None:
    shares = [np.array([-0.1, -0.1]), np.array([-1.0, 0.5])]
    weights = [np.array([1.0, 0.0]), np.array([1.0, 1.0])]
    with pytest.raises(CellError, match="shares of at least 0") as info:
        Product()(shares, weights)
    assert info.value.mask.tolist() == [True, False]


def test_product_ignores_how_large_a_weight_is() -> None:
    assert combined(Product(), [(0.5, 1.0), (0.5, 9.0)]) == 0.25


@given(of=children)
def test_power_means_grow_with_their_power(of: Children) -> None:
    grown = [combined(PowerMean(p), of) for p in (-9, -1, -0.5, 0.5, 1, 2, 9)]
    assert all(low <= high + 1e-12 for low, high in itertools.pairwise(grown))


@given(of=children)
def test_power_means_meet_the_others(of: Children) -> None:
    np.testing.assert_allclose(combined(PowerMean(1), of), combined(Arithmetic(), of), rtol=1e-12)
    np.testing.assert_allclose(combined(PowerMean(-1), of), combined(Harmonic(), of), rtol=1e-12)
    harmonic = math.fsum(w for _, w in of) / math.fsum(w / s for s, w in of)
    np.testing.assert_allclose(combined(Harmonic(), of), harmonic, rtol=1e-12)
    np.testing.assert_allclose(combined(PowerMean(1e-7), of), combined(Geometric(), of), rtol=1e-5)


def test_no_power_leaves_the_numbers() -> None:
    of = [(1e-12, 2.0), (1e12, 1.0), (3.0, 3.0), (1e6, 4.0)]
    np.testing.assert_allclose(combined(PowerMean(-300), of), 1e-12 * 5 ** (1 / 300), rtol=1e-12)
    np.testing.assert_allclose(combined(PowerMean(300), of), 1e12 * 0.1 ** (1 / 300), rtol=1e-12)
    assert combined(PowerMean(2), [(0.0, 1.0), (0.0, 3.0)]) == 0.0


@pytest.mark.parametrize(
    ("aggregate", "share"), [(Harmonic(), 0.0), (PowerMean(-2), 0.0), (PowerMean(0.5), -0.1)]
)
def test_means_refuse_shares_that_they_are_not_defined_for(
    aggregate: Aggregate, share: float
) -> None:
    with pytest.raises(CellError, match=r"needs shares (above|of at least) 0"):
        combined(aggregate, [(0.5, 1.0), (share, 1.0)])
    assert combined(aggregate, [(0.5, 1.0), (share, 0.0)]) == 0.5


def test_geometric_mean_of_nothing_is_an_error_or_nothing_as_declared() -> None:
    allowing, of = Geometric(zero="zero"), [(0.5, 1.0), (0.0, 1.0)]
    with pytest.raises(CellError, match="needs shares above 0"):
        combined(Geometric(), of)
    assert combined(allowing, of) == combined(allowing, [*of, (1.0, 9.0)]) == 0.0
    assert combined(allowing, [(0.5, 1.0), (0.0, 0.0)]) == 0.5
    assert combined(allowing, [(0.25, 1.0), (1.0, 1.0)]) == 0.5
    with pytest.raises(CellError, match="needs shares of at least 0"):
        combined(allowing, [(0.5, 1.0), (-0.1, 1.0)])


@pytest.mark.parametrize("p", [0, math.nan, "2"])
def test_power_without_a_mean_is_refused(p: float) -> None:
    with pytest.raises(SettingError, match="power"):
        PowerMean(p)

"""Numbers near the largest and the least double: the right result, or an error by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import Rule, Scope
from govindex.kernels import reductions, scaling
from tests.tables import lettered

UNITS = gi.Units(list("ABCDE"))
RULES: list[Rule] = [
    gi.rules.MinMax(),
    gi.rules.MinMax(0.1, 0.9),
    gi.rules.ZScore(),
    gi.rules.ZScore(ddof=0),
    gi.rules.Robust(),
    gi.rules.Vector(),
    gi.rules.CentredGoalposts(),
    gi.rules.DistanceToMax(),
    gi.rules.DistanceToReference("B"),
    gi.rules.DistanceFrom("mean", sides="apart"),
    gi.rules.DistanceFrom("median", sides="apart"),
    gi.rules.AboveBelowMean(),
    gi.rules.Categorical(),
    gi.rules.Rank(),
    gi.rules.FractionOfMax(),
    gi.rules.SumShare(),
]
FIGURES = st.lists(st.integers(1, 10**6), min_size=5, max_size=5, unique=True)
POWERS = st.integers(-900, 900)
EVERYONE = np.ones(5, dtype=bool)


def method(*children: Any, scale: Any = 100.0, **settings: Any) -> gi.Methodology:
    return gi.Methodology("e.size", "1", gi.Framework("f", list(children), **settings), scale=scale)


def scores(rule: Rule, values: list[float]) -> list[float]:
    result = method(gi.Indicator("x", rule=rule)).compute(lettered(x=values))
    return [float(score) for score in result.score]


@pytest.mark.parametrize("direction", ["higher", "lower"])
@pytest.mark.parametrize("rule", RULES, ids=repr)
@given(figures=FIGURES, power=POWERS)
def test_a_share_does_not_depend_on_the_power_of_two(
    rule: Rule, direction: Any, figures: list[int], power: int
) -> None:
    values = np.array(figures, dtype=np.float64)
    scope = Scope(direction=direction, peers=UNITS)
    try:
        expected = rule(values, scope)
    except gi.GovIndexError:  # B is the worst, and no way leads from it
        with pytest.raises(gi.GovIndexError):
            rule(np.ldexp(values, power), scope)
        return
    np.testing.assert_array_equal(rule(np.ldexp(values, power), scope), expected)


@pytest.mark.parametrize("power", [-1074, -1050, 1000, 1003])
@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_a_share_holds_at_the_ends_of_the_numbers(rule: Rule, power: int) -> None:
    values = np.array([1.0, 700_001.0, 2.0, 524_287.0, 12.0])
    scope = Scope(peers=UNITS)
    np.testing.assert_array_equal(rule(np.ldexp(values, power), scope), rule(values, scope))


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        (gi.rules.ZScore(), [-1e300, 1e300, 0.0], [-100.0, 100.0, 0.0]),
        (gi.rules.ZScore(), [-1e160, 1e160, 0.0], [-100.0, 100.0, 0.0]),
        (gi.rules.ZScore(), [5e-324, 0.0, 1e-323], [0.0, -100.0, 100.0]),
        (gi.rules.MinMax(), [-1.7e308, 1.7e308, 0.0], [0.0, 100.0, 50.0]),
        (gi.rules.MinMax(degenerate=0.5), [-1.7e308, 1.7e308, 0.0], [0.0, 100.0, 50.0]),
        (gi.rules.Robust(), [-9e307, 9e307, 0.0], [-100.0, 100.0, 0.0]),
        (gi.rules.Vector(), [-1.7e308, 1.7e308, 0.0], [-70.710678, 70.710678, 0.0]),
        (gi.rules.SumShare(), [1.5e308, 1.5e308, 1e308], [37.5, 37.5, 25.0]),
        (gi.rules.CentredGoalposts(), [-1.7e308, 1.7e308, 0.0], [70.0, 130.0, 100.0]),
        (gi.rules.CentredGoalposts(1.7e308), [-1.7e308, 1.7e308, 0.0], [40.0, 100.0, 70.0]),
        (gi.rules.DistanceToTarget(1.7e308), [-1.7e308, 0.0, 8.5e307], [0.0, 50.0, 75.0]),
        (gi.rules.Goalposts(worst=-1.7e308, best=1.7e308), [-1.7e308, 0.0, 8.5e307], [0, 50, 75]),
        (gi.rules.Goalposts(worst=1.7e308, best=-1.7e308), [-1.7e308, 0.0, 8.5e307], [100, 50, 25]),
    ],
    ids=repr,
)
def test_extreme_values_get_the_right_scores(
    rule: Rule, values: list[float], expected: list[float]
) -> None:
    assert scores(rule, values) == pytest.approx(expected, rel=1e-8, abs=1e-9)


def test_the_smaller_is_the_better_next_to_nothing() -> None:
    rule, scope = gi.rules.SumShare(), Scope(direction="lower")
    assert rule(np.array([1e-310, 2e-310, 1.0]), scope).tolist() == pytest.approx([2 / 3, 1 / 3, 0])


@pytest.mark.parametrize(
    "rule", [gi.rules.ZScore(), gi.rules.MinMax(), gi.rules.Vector(), gi.rules.SumShare()], ids=repr
)
@pytest.mark.parametrize("size", [1e308, 5e-324])
def test_parts_that_cannot_be_fixed_are_not_anchored(rule: Any, size: float) -> None:
    with pytest.raises(
        gi.SettingError, match=r"cannot be anchored on values such as .* measure un"
    ):
        rule.anchor(np.array([0.0, size]), Scope())


@given(figures=FIGURES, power=POWERS)
def test_moments_follow_the_power_of_two(figures: list[int], power: int) -> None:
    values = np.array(figures, dtype=np.float64)
    for ddof in (0, 1):
        mean, deviation = reductions.moments(values, EVERYONE, ddof)
        again = reductions.moments(np.ldexp(values, power), EVERYONE, ddof)
        assert again[0] == np.ldexp(mean, power)
        assert again[1] == np.ldexp(deviation, power)


def test_means_and_medians_of_the_largest_numbers_are_numbers() -> None:
    values = np.array([1.7e308, 1.7e308, -1.7e308, 1.7e308, 1.6e308])
    assert reductions.mean_over_units(values, EVERYONE)[0].item() == pytest.approx(1.0e308)
    assert reductions.median_over_units(values[:4], EVERYONE[:4]).item() == 1.7e308
    balanced = np.array([1.7e308, 1.7e308, -1.7e308, -1.7e308, 3.0])
    assert reductions.sum_over_units(balanced, EVERYONE)[0].item() == 0.0


def test_moments_of_equal_numbers_stay_without_deviation() -> None:
    for size in (1e308, 1.0, 5e-324):
        mean, deviation = reductions.moments(np.full(5, size), EVERYONE, 1)
        assert (mean.item(), deviation.item()) == (size, 0.0)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=6))
def test_tame_numbers_keep_their_proportions(numbers: list[float]) -> None:
    values = np.array(numbers)
    tamed = scaling.tame(values)
    assert np.isfinite(tamed @ tamed)
    largest = int(np.abs(values).argmax())
    if values[largest] != 0 and abs(values[largest]) > 1e-290:
        np.testing.assert_allclose(tamed / tamed[largest], values / values[largest], atol=1e-300)


# -- weights --------------------------------------------------------------------------------------

LEAVES = {"x": [0.2, 0.4, 0.6], "y": [0.9, 0.5, 0.4]}
MEANS = [
    gi.aggregate.Arithmetic(),
    gi.aggregate.Geometric(offset=0.1),
    gi.aggregate.Harmonic(),
    gi.aggregate.PowerMean(2),
    gi.aggregate.Minimum(),
    gi.aggregate.TOPSIS(),
]


def weighted(one: Any, other: Any, aggregate: Any, **settings: Any) -> gi.Methodology:
    return method(
        gi.Indicator("x", rule=gi.rules.Identity(), weight=one),
        gi.Indicator("y", rule=gi.rules.Identity(), weight=other),
        aggregate=aggregate,
        **settings,
    )


@pytest.mark.parametrize("aggregate", MEANS, ids=repr)
@given(power=st.integers(-1070, 1020), one=st.integers(1, 15), other=st.integers(1, 15))
def test_only_proportions_of_weights_count(
    aggregate: Any, power: int, one: int, other: int
) -> None:
    data = lettered(**LEAVES)
    expected = weighted(float(one), float(other), aggregate).compute(data)
    sized = weighted(float(np.ldexp(one, power)), float(np.ldexp(other, power)), aggregate)
    result = sized.compute(data)
    np.testing.assert_array_equal(result._states[0].share, expected._states[0].share)


@pytest.mark.parametrize("size", [1e308, 1e-320])
def test_weights_of_the_data_may_have_any_size(size: float) -> None:
    data = lettered(**LEAVES, w=[size, size, size], v=[size, size, 1.0])
    result = weighted("w", "v", gi.aggregate.Arithmetic()).compute(data)
    last = 0.6 if size > 1 else 0.4
    assert result.score.to_list() == pytest.approx([55.0, 45.0, 100 * last])


@pytest.mark.parametrize("size", [1e308, 1e-320])
@pytest.mark.parametrize("policy", [gi.absence.Renormalise(), gi.absence.Shrink()], ids=repr)
def test_absent_cells_are_settled_under_weights_of_any_size(size: float, policy: Any) -> None:
    data = lettered(x=[0.2, np.nan, 0.6], y=[0.9, 0.5, 0.4])
    result = weighted(size, size, gi.aggregate.Arithmetic(), absence=policy).compute(data)
    expected = weighted(1.0, 1.0, gi.aggregate.Arithmetic(), absence=policy).compute(data)
    assert result.score.to_list() == expected.score.to_list()


@pytest.mark.parametrize("size", [1e308, 1e-320])
def test_draws_explanations_and_views_take_weights_of_any_size(size: float) -> None:
    posts = gi.rules.Goalposts(worst=0, best=1)
    children = [gi.Indicator(code, rule=posts, weight=size) for code in LEAVES]
    view = gi.View("look", of=("x", "y"))
    large, data = method(*children, views=[view]), lettered(**LEAVES)
    result = large.compute(data)
    assert result.scores["look"].to_list() == pytest.approx([55.0, 45.0, 50.0])
    assert gi.explain(result, "A").leaves["lost"].to_dict() == pytest.approx({"x": 40.0, "y": 5.0})
    sample = gi.robustness.sample_ranks(
        large, data, vary=[gi.robustness.Weights(spread=0.05)], draws=3, rng=1
    )
    assert sample.intervals(0.9).loc[list("ABC"), "low"].to_list() == [1, 3, 2]


def test_sums_of_points_beyond_all_numbers_are_refused_by_name() -> None:
    with pytest.raises(
        gi.FrameworkError, match=r"children of 'f' add up to more than a number can"
    ):
        weighted(1e308, 1e308, gi.aggregate.Sum(), scale="points")


# -- the last check -------------------------------------------------------------------------------


def test_a_score_beyond_all_numbers_is_refused_by_name() -> None:
    large = method(gi.Indicator("x", rule=gi.rules.Identity()), scale=1e10)
    with pytest.raises(gi.DataError, match=r"no finite number in the printed unit.* unit 'B'"):
        large.compute(lettered(x=[1.0, 1e300, 2.0]))


def test_a_measure_beyond_all_numbers_is_refused_by_name() -> None:
    product = gi.Indicator("p", measure=gi.measures.Product("x", "y"), rule=gi.rules.MinMax())
    with pytest.raises(gi.DataError, match=r"unit 'C', indicator 'p': .* larger than a number"):
        method(product).compute(lettered(x=[1.0, 2.0, 1e200], y=[1.0, 2.0, 1e200]))


def test_an_aggregator_that_loses_a_unit_is_refused_by_name() -> None:
    class Loses(gi.aggregate.Geometric):
        def __call__(self, shares: Any, weights: Any) -> Any:
            return np.where(shares[0] > 0.5, np.nan, shares[0])

    with pytest.raises(gi.DataError, match=r"unit 'C', node 'f': .* gave no finite sha"):
        weighted(1.0, 1.0, Loses()).compute(lettered(**LEAVES))

"""Extremes, medians, ordered weights, penalised means, ratios and functions as aggregators."""

from __future__ import annotations

import json
import math
import statistics
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.aggregate import (
    OWA,
    Arithmetic,
    Callable,
    Maximum,
    MazziottaPareto,
    MeanMin,
    Median,
    Minimum,
    Ratio,
)
from govindex.errors import CellError, DataError, FrameworkError, SettingError
from govindex.rules import Goalposts, Identity
from govindex.testing import check_methodology, methodology_around, observed
from govindex.toml import dumps, loads
from tests.aggregate.examples import combined, flat, mabac
from tests.reference import reference
from tests.sampling import few

Children = list[tuple[float, float]]

children = st.lists(
    st.tuples(st.floats(0.01, 1.0), st.sampled_from([0.1, 0.2, 0.3, 1.0, 2.0, 7.0])),
    min_size=1,
    max_size=7,
)


@given(of=children)
def test_extremes_are_those_of_the_children(of: Children) -> None:
    assert combined(Minimum(), of) == min(s for s, _ in of)
    assert combined(Maximum(), of) == max(s for s, _ in of)


@given(of=children)
def test_the_unweighted_median_is_the_usual_one(of: Children) -> None:
    expected = statistics.median(s for s, _ in of)
    np.testing.assert_allclose(combined(Median(weighted=False), of), expected, rtol=1e-15)


@given(of=st.lists(st.tuples(st.floats(0.01, 1), st.integers(1, 5)), min_size=1, max_size=6))
def test_a_whole_weight_counts_as_so_many_children(of: list[tuple[float, int]]) -> None:
    repeated = [s for s, w in of for _ in range(w)]
    shares = combined(Median(), [(s, w / 10) for s, w in of])
    np.testing.assert_allclose(shares, statistics.median(repeated), rtol=1e-15)


@given(of=children)
def test_quantifiers_of_nothing_but_a_part_are_the_known_means(of: Children) -> None:
    mean = combined(Arithmetic(), of)
    np.testing.assert_allclose(combined(OWA(power=1), of), mean, rtol=1e-12)
    np.testing.assert_allclose(combined(OWA(quantifier=(0, 1)), of), mean, rtol=1e-12)
    np.testing.assert_allclose(combined(OWA(power=1e-12), of), combined(Maximum(), of), rtol=1e-9)


def test_ordered_weights_belong_to_ranks() -> None:
    # Yager's example: 0.4·1 + 0.3·0.6 + 0.2·0.5 + 0.1·0.3 in whatever order the children stand.
    of = [(0.6, 1.0), (1.0, 5.0), (0.3, 2.0), (0.5, 0.1)]
    assert math.isclose(combined(OWA([0.4, 0.3, 0.2, 0.1]), of), 0.71)
    assert math.isclose(combined(OWA([4, 3, 2, 1]), of), 0.71)


def test_quantifiers_respect_the_weights_of_children() -> None:
    # In order: 0.9 (half of the weight), 0.5 and 0.1; "as many as possible" asks for the rest.
    of = [(0.5, 1.0), (0.1, 1.0), (0.9, 2.0)]
    assert math.isclose(combined(OWA(quantifier=(0.5, 1)), of), 0.3)
    assert math.isclose(combined(OWA(power=2), of), 0.9 / 4 + 0.5 * 5 / 16 + 0.1 * 7 / 16)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OWA(), "either ordered weights, a quantifier or a power"),
        (lambda: OWA([1], power=2), "either ordered weights, a quantifier or a power"),
        (lambda: OWA([1, -1]), "at least 0, and not all of them 0"),
        (lambda: OWA("abc"), "give a list of numbers, not 'abc'"),  # type: ignore[arg-type]
        (lambda: OWA(quantifier=(0.5, 0.5)), "0 ≤ low < high ≤ 1"),
        (lambda: OWA(power=0), "the power of OWA is above 0, not 0"),
        (lambda: MazziottaPareto("*"), r"there is no penalty '\*'"),  # type: ignore[arg-type]
        (lambda: MazziottaPareto(ddof=2), "ddof is 0 or 1"),
        (lambda: MeanMin(1.5), "between 0 and 1, not 1.5"),
        (lambda: MeanMin(0.5, -1), "at least 0, not -1"),
        (lambda: Ratio("a", ["a", "b"]), "'a' in numerator and denominator"),
        (lambda: Ratio((), "b"), r"by their codes, not \(\)"),
        (lambda: Callable(3), "give a function of scores and weights, not 3"),  # type: ignore[arg-type]
    ],
)
def test_impossible_settings_are_refused(make: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()


def test_weights_by_rank_need_every_child_to_count() -> None:
    with pytest.raises(CellError, match="need every child to count"):
        combined(OWA([2, 1]), [(0.5, 1.0), (0.3, 0.0)])
    assert math.isnan(combined(OWA([2, 1]), [(0.5, 0.0), (0.3, 0.0)]))


def test_as_many_ordered_weights_as_children() -> None:
    with pytest.raises(FrameworkError, match="root 'index': OWA has 2 ordered weights for 3 child"):
        flat(OWA([1, 1]))


def test_mazziotta_pareto_takes_off_what_unevenness_costs() -> None:
    # Mean 1, variance 0.01 of three children around it (0.015 as of a sample).
    of = [(1 - math.sqrt(0.015), 1.0), (1.0, 1.0), (1 + math.sqrt(0.015), 1.0)]
    assert math.isclose(combined(MazziottaPareto(), of), 0.99)
    assert math.isclose(combined(MazziottaPareto("+"), of), 1.01)
    assert math.isclose(combined(MazziottaPareto(ddof=1), of), 0.985)


@given(of=children, factor=st.floats(0.5, 200))
def test_mazziotta_pareto_does_not_mind_the_scale(of: Children, factor: float) -> None:
    other = [(factor * s, w) for s, w in of]
    expected = factor * combined(MazziottaPareto(), of)
    np.testing.assert_allclose(combined(MazziottaPareto(), other), expected, rtol=1e-9, atol=1e-12)


def test_more_of_one_child_can_lower_a_mazziotta_pareto_index() -> None:
    even, uneven = [(0.5, 9.0), (0.5, 1.0)], [(0.5, 9.0), (5.0, 1.0)]
    assert combined(MazziottaPareto(), uneven) < combined(MazziottaPareto(), even) == 0.5
    assert combined(MazziottaPareto(ddof=1), [(0.7, 2.0)]) == 0.7
    assert combined(MazziottaPareto(), [(0.0, 1.0), (0.0, 1.0)]) == 0.0


def test_mazziotta_pareto_refuses_negative_shares() -> None:
    with pytest.raises(CellError, match="shares of at least 0"):
        combined(MazziottaPareto(), [(1.0, 1.0), (-0.1, 1.0)])


@given(of=children, alpha=st.floats(0, 1), beta=st.floats(0, 2))
def test_mean_min_lies_between_the_two(of: Children, alpha: float, beta: float) -> None:
    low, high = combined(Minimum(), of), combined(Arithmetic(), of)
    assert low - 1e-12 <= combined(MeanMin(alpha, beta), of) <= high + 1e-12
    np.testing.assert_allclose(combined(MeanMin(0), of), high, rtol=1e-12)
    np.testing.assert_allclose(combined(MeanMin(1), of), low, rtol=1e-12)


@pytest.mark.parametrize(
    "aggregate",
    [MazziottaPareto(), MeanMin(), OWA([3, 2, 1]), Callable(lambda scores, w: scores @ w)],
    ids=lambda part: type(part).__name__,
)
def test_a_missing_child_is_refused_with_unit_and_node(aggregate: Any) -> None:
    data = gi.Observations.from_frame(
        pd.DataFrame({"unit": ["A", "B"], "a": [1.0, 2], "b": [1.0, np.nan], "c": [2.0, 1]})
    )
    method = flat(aggregate, absence=gi.absence.Renormalise())
    with pytest.raises(DataError, match=r"unit 'B', node 'index': .*every child, and 'b' is miss"):
        method.compute(data)
    filled = flat(aggregate, absence=gi.absence.AsZero()).compute(data)
    assert np.isfinite(filled.shares[0]).all()
    left = flat(aggregate, absence=gi.absence.Renormalise(min_share=1)).compute(data)
    assert np.isnan(left.shares[0]).tolist() == [False, True]


def test_a_ratio_finds_its_children_by_code() -> None:
    data = observed({"a": [2, 3], "b": [4, 2]})
    result = flat(Ratio("b", "a"), "ab").compute(data)
    np.testing.assert_allclose(result.shares[0], [2, 2 / 3])
    several = flat(Ratio(["c"], ["b", "a"])).compute(observed({"a": [2], "b": [4], "c": [6]}))
    np.testing.assert_allclose(several.shares[0], [2])


def test_a_ratio_names_all_its_children() -> None:
    with pytest.raises(FrameworkError, match="Ratio names 'z', no child of it"):
        flat(Ratio("z", "b"), "ab")
    with pytest.raises(FrameworkError, match="Ratio does not name 'c': name every child, or"):
        flat(Ratio("a", "b"))
    leaves = [gi.Indicator(c, rule=Identity(), weight=int(c != "c")) for c in "abc"]
    assert gi.Framework("index", leaves, aggregate=Ratio("a", "b")).leaf_codes


def test_a_ratio_over_nothing_is_refused_with_unit_and_node() -> None:
    with pytest.raises(DataError, match=r"unit 'U1', node 'index': a ratio needs a denominator ab"):
        flat(Ratio("a", "b"), "ab").compute(observed({"a": [1, 1], "b": [1, 0]}))


def test_a_view_may_relate_two_dimensions() -> None:
    view = gi.View("efficiency", of=["a", "b"], aggregate=Ratio("a", "b"))
    method = flat(Arithmetic(), views=[view])
    result = method.compute(observed({"a": [1, 3], "b": [2, 2], "c": [0, 0]}))
    np.testing.assert_allclose(result.shares[result.row_of("efficiency")], [0.5, 1.5])
    with pytest.raises(FrameworkError, match="view 'odd': Ratio does not name 'b'"):
        flat(Arithmetic(), views=[gi.View("odd", of=["a", "b", "c"], aggregate=Ratio("a", "c"))])


def test_where_better_can_be_less_nothing_is_lost_to_a_maximum() -> None:
    method = flat(Ratio("a", "b"), "ab")
    rules = dict.fromkeys("ab", Goalposts(worst=0, best=1))
    method = attrs.evolve(method, framework=method.framework.with_rules(rules))
    result = method.compute(observed({"a": [0.5], "b": [0.5]}))
    with pytest.raises(SettingError, match="where better children can score less"):
        gi.explain(result, "U0")


def placed(scores: Any, weights: Any) -> Any:
    """Give the part of the peers that are not better, counted one by one."""
    total = scores @ weights
    return (total[:, None] >= total).mean(axis=1)


def test_a_function_sees_scores_and_weights() -> None:
    seen: list[Any] = []

    def noted(scores: Any, weights: Any) -> Any:
        seen.append((scores, weights))
        return scores[:, 0]

    leaves = [gi.Indicator("b", rule=Identity(), weight=3), gi.Indicator("a", rule=Identity())]
    framework = gi.Framework("index", leaves, aggregate=Callable(noted))
    method = gi.Methodology("example.noted", "1", framework, scale=1)
    result = method.compute(observed({"a": [3, 1, 2], "b": [0, 0, 5]}))
    assert result.shares[0].tolist() == [3, 1, 2]
    scores, weights = seen[0]
    assert scores.tolist() == [[1, 0], [2, 5], [3, 0]]
    assert weights.tolist() == [0.25, 0.75]


def test_what_a_function_makes_of_the_order_of_equal_units_is_left_out() -> None:
    numbered = Callable(lambda scores, weights: np.arange(len(scores)) / len(scores))
    shares = flat(numbered, "a").compute(observed({"a": [5, 1, 5, 1]})).shares[0]
    assert shares.tolist() == [0.5, 0, 0.5, 0]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda scores, w: scores, r"returned values of shape \(2, 3\) for 2 units"),
        (lambda scores, w: ["good", "bad"], "returned no numbers"),
        (lambda scores, w: np.full(len(scores), np.nan), "gave no finite share"),
    ],
)
def test_a_function_gives_one_finite_number_for_each_unit(function: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        flat(Callable(function)).compute(observed({"a": [1, 2], "b": [1, 2], "c": [1, 1]}))


def test_units_with_other_weights_are_refused_by_a_function() -> None:
    leaves = [gi.Indicator("a", rule=Identity(), weight="w"), gi.Indicator("b", rule=Identity())]
    framework = gi.Framework("index", leaves, aggregate=Callable(placed))
    data = observed({"a": [1, 2], "b": [1, 2], "w": [1, 3]})
    with pytest.raises(DataError, match=r"unit 'U1'.* needs the same weights for all units"):
        gi.Methodology("example.weighted", "1", framework).compute(data)


def test_a_function_that_looks_at_peers_cannot_be_anchored() -> None:
    with pytest.raises(FrameworkError, match=r"aggregator of 'index': Callable\(.* has no anchor"):
        flat(Callable(placed)).anchored(observed({"a": [1, 2], "b": [1, 2], "c": [1, 1]}))


@pytest.mark.parametrize("peer_dependent", [True, False])
def test_a_function_keeps_the_laws_it_promises(peer_dependent: bool) -> None:
    part = (
        Callable(placed)
        if peer_dependent
        else Callable(lambda scores, w: scores @ w, peer_dependent=False, monotone=True)
    )
    check_methodology(methodology_around(part), examples=few(15))


def test_a_method_of_a_library_serves_as_an_aggregator() -> None:
    data = observed({"a": [1, 2, 5, 3], "b": [4, 2, 1, 3], "c": [2, 2, 8, 1]})
    shares = flat(Callable(mabac)).compute(data).shares[0]
    np.testing.assert_allclose(shares, mabac(data.values, np.full(3, 1 / 3)), rtol=1e-12)


def waspas(scores: Any, weights: Any) -> Any:
    """Half the weighted sum and half the weighted product, as multi-criteria libraries have it."""
    return 0.5 * (scores @ weights) + 0.5 * np.prod(scores**weights, axis=1)


def test_a_weighted_sum_and_product_of_a_published_example() -> None:
    cases = json.loads(reference("published/mcdm_textbook/examples.json").read_text())
    case = next(case for case in cases if case["id"] == "waspas_tus2019")
    matrix, types = np.array(case["matrix"], dtype=float), np.array(case["types"])
    shares = np.where(types > 0, matrix / matrix.max(axis=0), matrix.min(axis=0) / matrix)
    codes = [f"c{i}" for i in range(len(types))]
    weights = critic(matrix)
    leaves = [
        gi.Indicator(code, rule=Identity(), weight=float(weight))
        for code, weight in zip(codes, weights, strict=True)
    ]
    framework = gi.Framework("index", leaves, aggregate=Callable(waspas))
    method = gi.Methodology("example.waspas", "1", framework, scale=1)
    actual = method.compute(observed(dict(zip(codes, shares.T.tolist(), strict=True)))).shares[0]
    np.testing.assert_allclose(actual.round(3), np.round(case["expected"], 3), atol=1e-9)


def critic(matrix: Any) -> Any:
    unit = (matrix - matrix.min(axis=0)) / np.ptp(matrix, axis=0)
    weights = unit.std(axis=0, ddof=1) * (1 - np.corrcoef(unit.T)).sum(axis=0)
    return weights / weights.sum()


@pytest.mark.parametrize(
    "aggregate",
    [
        Median(weighted=False),
        OWA([0.5, 0.3, 0.2]),
        OWA(quantifier=(0.3, 0.8)),
        MazziottaPareto("+", ddof=1),
        MeanMin(0.2, 0.1),
        Ratio("a", ["b", "c"]),
        gi.aggregate.PowerMean(-2),
        gi.aggregate.TOPSIS(scale="none", over="league", degenerate=0.5),
        gi.aggregate.ClosenessToIdeal(best=dict.fromkeys("abc", 1), worst=dict.fromkeys("abc", 0)),
        gi.aggregate.DistanceToIdeal(ideal={"a": 1, "b": 2, "c": 3}, limit=2, divisors={"b": 2}),
    ],
    ids=lambda part: type(part).__name__,
)
def test_aggregators_have_a_document_form(aggregate: Any) -> None:
    method = flat(aggregate)
    again = loads(dumps(method))
    assert again.framework.aggregate == aggregate
    assert again.fingerprint == method.fingerprint


def test_a_function_has_no_document_form() -> None:
    with pytest.raises(FrameworkError, match="a document holds built-in parts only"):
        dumps(flat(Callable(placed)))

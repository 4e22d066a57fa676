"""Contributions add up to the score for any tree, and agree with sums over all orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import aggregate, rules
from tests.sampling import few
from tests.strategies import Case, cases, frameworks, levels, observed

ANYTHING = partial(frameworks, relative=True, bonuses=True)


def computed(framework: gi.Framework, cells: dict[str, Any], **settings: Any) -> gi.IndexResult:
    return gi.Methodology("test", "1", framework, **settings).compute(observed(cells))


def goal(code: str, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, rule=rules.Goalposts(worst=0, best=10, clip=False), **settings)


def by_unit(table: Any, column: str) -> Any:
    return table[column].groupby(level="unit", sort=False).sum()


def divided(result: gi.IndexResult, node: str | None = None) -> Any:
    return gi.contributions(result, node)


@settings(max_examples=few(60))
@given(case=cases(ANYTHING), rounding=levels())
def test_own_parts_of_all_nodes_add_up_to_every_score(case: Case, rounding: gi.Levels) -> None:
    result = gi.Methodology("test", "1", case.framework, rounding=rounding).compute(case.data)
    root = result.codes[0]
    scores = result.full_at(root)
    known = ~np.isnan(scores)
    size = max(1.0, float(result.maxima[0]))
    table = divided(result)
    added = by_unit(table, "own").to_numpy()
    assert added[known] == pytest.approx(scores[known], abs=1e-8 * size)
    whole = table.xs(root, level="node")["contribution"].to_numpy()
    np.testing.assert_array_equal(np.isnan(whole), ~known)


@settings(max_examples=few(40))
@given(case=cases(ANYTHING))
def test_children_and_the_rest_add_up_at_every_branch(case: Case) -> None:
    result = gi.Methodology("test", "1", case.framework).compute(case.data)
    table = divided(result)
    points, own = (table[name].unstack("node", sort=False) for name in ("contribution", "own"))
    for branch in result.framework.nodes:
        if isinstance(branch, gi.Dimension) and branch.code in points:
            children = [child.code for child in branch.children if child.code in points]
            known = points[branch.code].notna()
            added = points[children].sum(axis=1) + own[branch.code]
            size = max(1.0, float(result.maxima[0]))
            assert added[known].to_numpy() == pytest.approx(
                points[branch.code][known].to_numpy(), abs=1e-8 * size
            )


def over_all_orders(
    f: Callable[[Sequence[float]], float], start: list[float], end: list[float]
) -> list[float]:
    """Return Shapley values by their definition: the mean over every order of moves."""
    steps = np.zeros(len(start))
    orders = list(permutations(range(len(start))))
    for order in orders:
        now = list(start)
        for child in order:
            before = f(now)
            now[child] = end[child]
            steps[child] += f(now) - before
    return [float(step) for step in steps / len(orders)]


MEANS: dict[str, tuple[Any, Any]] = {
    "geometric": (aggregate.Geometric(), lambda s, w: float(np.prod(np.power(s, w)))),
    "harmonic": (aggregate.Harmonic(), lambda s, w: float(1 / np.sum(np.array(w) / s))),
    "power": (
        aggregate.PowerMean(3),
        lambda s, w: float(np.sum(np.array(w) * np.power(s, 3)) ** (1 / 3)),
    ),
}


@pytest.mark.parametrize("mean", MEANS)
@given(pairs=st.lists(st.tuples(st.integers(1, 10), st.integers(1, 5)), min_size=2, max_size=4))
@settings(max_examples=few(25))
def test_a_child_has_its_weight_of_the_best_and_its_mean_step_over_all_orders(
    mean: str, pairs: list[tuple[int, int]]
) -> None:
    part, formula = MEANS[mean]
    leaves = [goal(f"n{i}", weight=weight) for i, (_, weight) in enumerate(pairs)]
    result = computed(
        gi.Framework("total", leaves, aggregate=part),
        {f"n{i}": [value] for i, (value, _) in enumerate(pairs)},
        scale=100,
    )
    whole = sum(weight for _, weight in pairs)
    weights = [weight / whole for _, weight in pairs]
    shares = [value / 10 for value, _ in pairs]
    steps = over_all_orders(lambda s: formula(s, weights), [1.0] * len(pairs), shares)
    table = divided(result).loc["U0"]
    assert table["contribution"].iloc[1:].to_list() == pytest.approx(
        [100 * (weight + step) for weight, step in zip(weights, steps, strict=True)], abs=1e-7
    )
    assert set(table["method"]) == {"total", "shapley"}


def test_a_mean_of_z_scores_is_divided_by_weights() -> None:
    leaves = [
        gi.Indicator("x", weight=3, rule=rules.ZScore()),
        gi.Indicator("y", rule=rules.ZScore()),
    ]
    result = computed(gi.Framework("r", leaves), {"x": [1, 2, 6], "y": [9, 2, 1]}, scale=10)
    table = divided(result)
    for code, weight in (("x", 0.75), ("y", 0.25)):
        expected = 10 * weight * result.shares[result.row_of(code)]
        found = table.xs(code, level="node")["contribution"]
        assert found.to_numpy() == pytest.approx(expected)
    assert (table["contribution"] < 0).any()
    assert set(table["method"]) == {"total", "arithmetic"}


def test_nodes_stand_in_the_order_of_the_tree() -> None:
    inner = gi.Dimension("z", [goal("q"), goal("p")])
    result = computed(gi.Framework("r", [inner, goal("a")]), {"q": [1], "p": [2], "a": [3]})
    expected = ["r", "z", "q", "p", "a"]
    assert divided(result).loc["U0"].index.to_list() == expected
    assert gi.gap(result, "U0", "U0").index.to_list() == expected


def test_a_falling_rule_of_a_dimension_is_divided_among_its_children() -> None:
    inner = gi.Dimension("D", [goal("a"), goal("b")], rule=rules.Affine(intercept=1, slope=-1))
    result = computed(gi.Framework("x", [inner]), {"a": [2.0], "b": [6.0]}, scale=10)
    points = divided(result).loc["U0", "contribution"]
    assert points.to_dict() == pytest.approx({"x": 6.0, "D": 6.0, "a": 4.0, "b": 2.0})


def test_a_rule_that_looks_at_peers_is_frozen_on_them() -> None:
    inner = gi.Dimension("D", [goal("a"), goal("b")], rule=rules.ZScore())
    result = computed(gi.Framework("x", [inner]), {"a": [2.0, 6, 4], "b": [6.0, 7, 1]}, scale=10)
    table = divided(result)
    assert table.xs("D", level="node")["own"].abs().max() < 1e-9
    assert by_unit(table, "own").to_numpy() == pytest.approx(result.full_at("x"))


def test_a_part_that_cannot_be_frozen_is_left_undivided() -> None:
    leaves = [goal("a"), goal("b")]
    framework = gi.Framework("x", leaves, aggregate=aggregate.Borda())
    result = computed(framework, {"a": [2.0, 6, 4], "b": [6.0, 7, 1]}, scale=10)
    table = divided(result)
    children = table[table["is_leaf"]]
    assert set(children["method"]) == {"undivided"}
    assert children["contribution"].isna().all()
    assert by_unit(table, "own").to_numpy() == pytest.approx(result.full_at("x"))


def test_more_than_twelve_children_are_divided_by_some_orders_and_say_so() -> None:
    leaves = [goal(f"n{i}") for i in range(14)]
    framework = gi.Framework("x", leaves, aggregate=aggregate.Geometric())
    result = computed(framework, {f"n{i}": [i % 9 + 1] for i in range(14)}, scale=10)
    table = divided(result)
    assert set(table["method"]) == {"total", "shapley of 28 orders"}
    assert by_unit(table, "own").to_numpy() == pytest.approx(result.full_at("x"))


def test_a_missing_score_has_missing_contributions() -> None:
    framework = gi.Framework("x", [goal("a"), goal("b")], absence=gi.absence.Renormalise())
    result = computed(framework, {"a": [None, 5.0], "b": [None, None]}, scale=10)
    table = divided(result)
    assert table.loc["U0", "contribution"].isna().all()
    points = table.loc["U1", "contribution"]
    assert points[["x", "a"]].to_list() == [5.0, 5.0]
    assert np.isnan(points["b"])


def test_units_of_several_forms_have_the_nodes_of_their_form() -> None:
    method = gi.methodology("vn.service-766")
    result = method.compute(gi.datasets.load("vn.service-766.phu-tho-2026"))
    table = divided(result)
    scores = result.full_at(result.codes[0])
    added = by_unit(table, "own").to_numpy()
    known = ~np.isnan(scores)
    assert added[known] == pytest.approx(scores[known], abs=1e-9)


@settings(max_examples=few(40))
@given(case=cases(ANYTHING))
def test_parts_of_a_gap_add_up_to_the_gap(case: Case) -> None:
    result = gi.Methodology("test", "1", case.framework).compute(case.data)
    scores = result.full_at(result.codes[0])
    scored = [result.units.codes[row] for row in np.flatnonzero(~np.isnan(scores))]
    if len(scored) < 2:
        return
    one, two = scored[:2]
    parts = gi.gap(result, one, two)
    first, second = (scores[result.units.locate(unit)] for unit in (one, two))
    size = max(1.0, float(result.maxima[0]))
    assert parts["gap"].iloc[0] == pytest.approx(first - second, abs=1e-8 * size)
    assert parts["own_gap"].sum() == pytest.approx(first - second, abs=1e-8 * size)


def test_a_gap_to_a_unit_without_a_score_is_refused() -> None:
    framework = gi.Framework("x", [goal("a")], absence=gi.absence.Renormalise())
    result = computed(framework, {"a": [None, 5.0]}, scale=10)
    with pytest.raises(gi.DataError, match="unit 'U0' has no score at 'x'"):
        gi.gap(result, "U1", "U0")


def test_a_view_is_not_divided() -> None:
    framework = gi.Framework("x", [goal("a"), goal("b")], views=[gi.View("v", of=["a"])])
    result = computed(framework, {"a": [2.0], "b": [5.0]})
    with pytest.raises(gi.SettingError, match="'v' is a view"):
        gi.contributions(result, "v")

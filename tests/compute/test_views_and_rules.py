"""Views, rules of dimensions, rounding and scales."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from govindex import (
    DataError,
    Dimension,
    Framework,
    FrameworkError,
    Indicator,
    Levels,
    Rounding,
    View,
    absence,
    aggregate,
    rules,
)
from govindex.compute import compile_framework
from tests.compute.examples import leaf, rubric, scored
from tests.strategies import observed


def pillars(*views: View) -> Framework:
    one = Dimension("P", [leaf("a", 6), leaf("b", 4)])
    two = Dimension("Q", [leaf("c", 30, data_source="survey"), leaf("d", 10, data_source="survey")])
    return rubric(one, two, views=views)


CELLS = observed({"a": [3.0], "b": [4.0], "c": [15.0], "d": [10.0]})


def test_view_of_nodes_weights_them_by_their_points() -> None:
    result = scored(pillars(View("v", of=("P", "c"))), CELLS, scale="points")
    assert result.scores.loc["U0", "v"] == 22.0
    assert result.applicable_points[result.row_of("v")].tolist() == [40.0]


def test_view_where_selects_indicators_by_their_source() -> None:
    view = View("survey", where={"data_source": "survey"})
    result = scored(pillars(view), CELLS, scale="points")
    assert result.scores.loc["U0", "survey"] == 25.0


def test_view_may_have_its_own_weights_aggregator_and_rule() -> None:
    view = View(
        "v",
        of=("a", "d"),
        weights={"a": 1, "d": 1},
        aggregate=aggregate.Geometric(),
        rule=rules.Affine(slope=0.5),
    )
    result = scored(pillars(view), CELLS, scale="points")
    assert result.scores.loc["U0", "v"] == pytest.approx(16 * 0.5 * np.sqrt(0.5))


@pytest.mark.parametrize("weights", [{}, {"a": 1, "shown": 0}])
def test_view_does_not_score_nodes_of_weight_0(weights: dict[str, float]) -> None:
    shown = Indicator("shown", weight=0)
    view = View("v", of=("a", "shown"), weights=weights)
    framework = attrs.evolve(pillars(), children=(*pillars().children, shown), views=(view,))
    data = observed({"a": [3.0], "b": [4.0], "c": [15.0], "d": [10.0], "shown": [7.0]})
    result = scored(framework, data)
    assert result.shares[result.row_of("v")].tolist() == [0.5]


def test_view_counts_the_available_indicators_that_it_scores() -> None:
    shown = leaf("shown", 0)
    half = absence.Renormalise(min_share=0.5, of="leaves")
    view = View("v", of=("a", "b", "c", "shown"), absence=half)
    framework = attrs.evolve(pillars(), children=(*pillars().children, shown), views=(view,))
    framework = attrs.evolve(framework, absence=absence.AsZero())
    data = observed({"a": [3.0], "b": [None], "c": [None], "d": [10.0], "shown": [0.0]})
    assert np.isnan(scored(framework, data).scores.loc["U0", "v"])


def test_view_of_absent_nodes_leaves_the_tree_alone() -> None:
    view = View("v", of=("a", "b"), absence=absence.AsZero())
    framework = attrs.evolve(pillars(view), absence=absence.Renormalise())
    data = observed({"a": [None], "b": [4.0], "c": [15.0], "d": [10.0]})
    result = scored(framework, data, scale="points")
    assert result.scores.loc["U0", ["v", "P"]].to_list() == [4.0, 10.0]
    assert np.isnan(result.scores.loc["U0", "a"])


def test_bonus_in_a_view_adds_points_and_no_maximum() -> None:
    plus = leaf("plus", 4, outside_maximum=True, data_source="survey")
    framework = rubric(
        leaf("a", data_source="survey"), plus, leaf("b"),
        views=[View("v", where={"data_source": "survey"}), View("extra", of=("plus",))],
    )  # fmt: skip
    data = observed({"a": [5.0], "plus": [2.0], "b": [1.0]})
    result = scored(framework, data, scale="points")
    assert result.scores.loc["U0", ["v", "extra"]].to_list() == [7.0, 2.0]
    assert [result.applicable_points[result.row_of(c), 0] for c in ("v", "extra")] == [10.0, 4.0]


def test_absent_bonus_in_a_view_follows_the_view_and_leaves_the_tree_alone() -> None:
    plus = leaf("plus", 4, outside_maximum=True, absence=absence.AsZero())
    view = View("v", of=("a", "plus"), absence=absence.Full())
    framework = rubric(leaf("a"), plus, views=[view])
    result = scored(framework, observed({"a": [5.0], "plus": [None]}), scale="points")
    assert result.scores.loc["U0", ["v", "total", "plus"]].to_list() == [9.0, 5.0, 0.0]


def looked_at(own: Any) -> Framework:
    zero = Dimension("P", [leaf("a"), leaf("b")], absence=absence.AsZero())
    less = Dimension("Q", [leaf("c"), leaf("d")], absence=absence.Shrink())
    view = View("v", of=("a", "b", "c", "d"), absence=own)
    return rubric(zero, less, views=[view], absence=absence.Renormalise())


@pytest.mark.parametrize(
    ("own", "points", "maximum"),
    [
        (None, 12.0, 30.0),
        (absence.Full(), 32.0, 40.0),
        (absence.Shrink(), 12.0, 20.0),
        (absence.Renormalise(), 24.0, 40.0),
    ],
)
def test_view_follows_the_policies_in_force_in_the_tree_or_its_own(
    own: Any, points: float, maximum: float
) -> None:
    data = observed({"a": [None], "b": [4.0], "c": [None], "d": [8.0]})
    result = scored(looked_at(own), data, scale="points")
    assert result.scores.loc["U0", "v"] == pytest.approx(points)
    assert result.applicable_points[result.row_of("v"), 0] == maximum
    assert result.scores.loc["U0", ["a", "P", "Q"]].to_list() == [0.0, 4.0, 8.0]


def test_view_counts_the_leaves_that_are_absent_before_the_tree_fills() -> None:
    policy = absence.Renormalise(min_share=0.7, of="leaves")
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=absence.Renormalise(min_share=1))
    views = [View("v", of=("D", "c"), absence=policy), View("w", of=("D", "c"))]
    framework = rubric(inner, leaf("c"), views=views, absence=absence.AsZero())
    result = scored(framework, observed({"a": [None], "b": [4.0], "c": [5.0]}), scale="points")
    assert result.scores.loc["U0", ["v", "w"]].fillna(-1).to_list() == [-1.0, 5.0]


@pytest.mark.parametrize(
    ("view", "match"),
    [
        (View("v", of=("r", "s")), r"view 'v' looks only at nodes of weight 0 \('r', 's'\)"),
        (
            View("v", of=("s", "a"), weights={"s": 1, "a": 0}),
            "view 'v' weights 's', which has no rule",
        ),
    ],
)
def test_view_without_anything_to_score_is_refused(view: View, match: str) -> None:
    children = [leaf("a", 1), leaf("r", 0), Indicator("s", weight=0)]
    with pytest.raises(FrameworkError, match=match):
        compile_framework(Framework("x", children, views=[view]))


def test_view_of_variable_weights_needs_its_own_weights() -> None:
    children = [leaf("a", "w"), leaf("b", 1)]
    with pytest.raises(FrameworkError, match="'a' is weighted by the variable 'w'"):
        compile_framework(Framework("x", children, views=[View("v", of=("b",))]))


def test_rule_of_a_dimension_is_applied_after_its_mean() -> None:
    inner = Dimension("D", [leaf("a", 1), leaf("b", 1)], rule=rules.Affine(intercept=1, slope=-1))
    result = scored(Framework("x", [inner]), observed({"a": [0.2], "b": [0.4]}), scale=1)
    assert result.score.item() == 0.7


def test_min_max_rescales_a_dimension_among_its_units() -> None:
    inner = Dimension("D", [leaf("a", 1), leaf("b", 1)], rule=rules.MinMax())
    data = observed({"a": [0.2, 0.4, 0.9], "b": [0.4, 0.2, 0.9]})
    assert scored(Framework("x", [inner]), data).score.to_list() == [0.0, 0.0, 100.0]


def test_degenerate_dimension_is_named() -> None:
    inner = Dimension("D", [leaf("a", 1)], rule=rules.MinMax())
    with pytest.raises(DataError, match="node 'D': min-max needs two distinct values"):
        scored(Framework("x", [inner]), observed({"a": [0.2, 0.2]}), scale=1)


def test_rounding_of_a_node_goes_before_the_methodologys() -> None:
    inner = Dimension("D", [leaf("a"), leaf("b", rounding=Rounding(0))], rounding=Rounding(0))
    data = observed({"a": [1.26], "b": [1.26], "c": [1.26]})
    rounding = Levels(leaf=Rounding(1), node=Rounding(1), total=Rounding(1))
    result = scored(rubric(inner, leaf("c")), data, scale="points", rounding=rounding)
    assert result.scores.loc["U0"].to_dict() == {
        "total": 3.3,
        "D": 2.0,
        "a": 1.3,
        "b": 1.0,
        "c": 1.3,
    }


def test_leaf_is_rounded_in_its_share_of_a_rescaled_maximum() -> None:
    inner = Dimension(
        "D", [leaf("a", 1, rule=rules.Proportional(1)), leaf("b", 2, rule=rules.Proportional(1))],
        weight=30, aggregate=aggregate.Arithmetic(),
    )  # fmt: skip
    data = observed({"a": [0.127], "b": [1.0], "c": [1.0]})
    result = scored(
        rubric(inner, leaf("c")), data, scale="points", rounding=Levels(leaf=Rounding(1))
    )
    assert result.scores.loc["U0", ["total", "D", "a", "b"]].to_list() == [22.3, 21.3, 1.3, 20.0]


def test_sum_inside_a_rescaled_branch_prints_its_part_of_the_total() -> None:
    deep = Dimension("E", [leaf("a", 5), leaf("b", 5)], aggregate=aggregate.Sum())
    inner = Dimension("D", [deep, leaf("c", 10)], weight=40, aggregate=aggregate.Arithmetic())
    plan = compile_framework(rubric(inner, leaf("d", 60)), "points")
    assert dict(zip(plan.codes, plan.maxima, strict=True)) == {
        "total": 100.0, "D": 40.0, "E": 20.0, "a": 10.0, "b": 10.0, "c": 20.0, "d": 60.0
    }  # fmt: skip


@pytest.mark.parametrize("scale", ["percent", True, 0, -1.0, np.inf])
def test_impossible_scale_is_refused(scale: Any) -> None:
    with pytest.raises(FrameworkError, match="a scale is 'points' or a finite number above 0"):
        compile_framework(rubric(leaf("a")), scale)


def test_points_of_a_root_that_does_not_sum_are_refused() -> None:
    with pytest.raises(FrameworkError, match=r"'x' aggregates with Arithmetic\(\); use aggregate"):
        compile_framework(Framework("x", [leaf("a")]), "points")

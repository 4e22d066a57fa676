"""Views, rules of dimensions, rounding and scales."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex import (
    Bands,
    DataError,
    Dimension,
    Forms,
    Framework,
    FrameworkError,
    Indicator,
    Levels,
    Methodology,
    Rounding,
    SettingError,
    Unit,
    Units,
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


RANKED = observed({"a": [1.0, 5.0, 9.0], "b": [3.0, 4.0, 5.0], "c": [10.0, 30.0, 20.0]})


@pytest.mark.parametrize("scale", ["points", 100, 1])
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (rules.Rank(), [1.0, 3.0, 2.0]),
        (rules.Borda(), [0.0, 2.0, 1.0]),
        (rules.Chain(rules.Affine(slope=-1), rules.Rank()), [3.0, 1.0, 2.0]),
        (rules.RankAmong(rules.Rank(), [0.1, 0.2, 0.5, 0.9]), [1.5, 3.5, 2.5]),
    ],
)
def test_view_of_ranks_prints_ranks(scale: Any, rule: Any, expected: list[float]) -> None:
    children = [leaf(code, 30, rule=rules.Goalposts(worst=0, best=30)) for code in "abc"]
    framework = rubric(*children, views=[View("v", of=("a", "c"), rule=rule)])
    result = scored(framework, RANKED, scale=scale)
    assert result.scores["v"].to_list() == expected
    assert result.maxima[result.row_of("v")] == 1.0
    # A rank is no percent of anything, whatever the scale.
    without = np.flatnonzero(np.isnan(result.percent).any(axis=1))
    assert [result.codes[row] for row in without] == ["v"]
    assert np.isnan(result.applicable_points[result.row_of("v")]).all()


def test_bands_of_ranks_go_by_ranks_or_quantiles() -> None:
    def banded(**by: Any) -> Methodology:
        bands = Bands([("first", 3), ("other", None)], **by)
        view = View("v", of=("a", "c"), rule=rules.Rank(), bands=bands)
        return Methodology("made-up", "1", rubric(leaf("a", 10), leaf("c", 30), views=[view]))

    assert banded().compute(RANKED).band_of("v") == ["other", "first", "other"]
    for by in ("percent", "league_maximum"):
        with pytest.raises(FrameworkError, match=r"'v' go by .* use by='points' or"):
            banded(by=by)


def test_ranks_of_one_form_have_no_percent_beside_shares_of_another() -> None:
    def form(rule: Any) -> Framework:
        return rubric(leaf("a", 10), leaf("c", 30), views=[View("v", of=("a", "c"), rule=rule)])

    method = Forms("made-up", "1", form(None), forms={"one": form(rules.Rank())})
    units = [Unit(f"U{row}", type="one" if row < 2 else None) for row in range(3)]
    result = method.compute(attrs.evolve(RANKED, units=Units.of(units)))
    assert np.isnan(result.percent[result.row_of("v")]).tolist() == [True, True, False]


def test_view_of_ranks_is_no_part_of_a_smaller_maximum_and_anchors_the_same() -> None:
    shares = rules.Chain(rules.Rounded(Rounding(0)), rules.Rank("competition"))
    views = [View("v", of=("a", "c"), rule=shares)]
    framework = rubric(leaf("a", 10), leaf("c", 30), views=views, absence=absence.Shrink())
    data = observed({"a": [1.0, None, 9.0, 9.2], "c": [10.0, 30.0, 20.0, 20.2]})
    result = scored(framework, data, scale="points")
    # The means are 11 of 40, 40 of 40 (30 of 30), 29 and 29.4 of 40, which print alike.
    assert result.scores["v"].to_list() == [1.0, 4.0, 3.0, 3.0]
    method = Methodology("test", "1", framework, scale="points").anchored(data)
    assert method.compute(data).scores["v"].to_list() == [1.0, 4.0, 3.0, 3.0]


def test_rank_in_the_tree_stays_a_share_of_the_maximum() -> None:
    inner = Dimension("D", [leaf("a", rule=OF_TEN)], rule=rules.Rank())
    framework = Framework("x", [inner])
    assert scored(framework, RANKED, scale=1).scores["D"].to_list() == [1.0, 2.0, 3.0]
    assert scored(framework, RANKED, scale=10).scores["D"].to_list() == [10.0, 20.0, 30.0]


OF_TEN = rules.Goalposts(worst=0, best=10)
AFTER = [
    rules.Piecewise([(0, 0), (0.4, 0.7), (1, 1)]),
    rules.Steps([(0.25, 0.3), (0.5, 0.6), (0.75, 1)]),
    rules.Goalposts(worst=0.1, best=0.9),
    rules.Affine(intercept=1, slope=-1),
    rules.MinMax(degenerate=0.5),
]


@given(
    cells=st.lists(st.tuples(*[st.integers(0, 1000)] * 2), min_size=2, max_size=4),
    rule=st.sampled_from(AFTER),
    digits=st.integers(-1, 3),
    mode=st.sampled_from(["half-up", "half-even", "truncate"]),
    scale=st.sampled_from([1, 10, 100, "points"]),
)
def test_rounding_between_mean_and_rule_is_that_of_a_dimension_below(
    cells: list[tuple[int, int]], rule: Any, digits: int, mode: Any, scale: Any
) -> None:
    a, b = ([x / 100 for x in column] for column in zip(*cells, strict=True))
    data = observed({"a": a, "b": b})
    rounding = Rounding(digits, mode)
    children = [leaf("a", rule=OF_TEN), leaf("b", rule=OF_TEN)]
    combine = aggregate.Sum() if scale == "points" else aggregate.Arithmetic()
    chain = rules.Chain(rules.Rounded(rounding), rule)
    one = Framework("x", children, rule=chain, aggregate=combine)
    inner = Dimension("inner", children, rounding=rounding)
    two = Framework("x", [inner], rule=rule, aggregate=combine)
    actual, expected = (scored(framework, data, scale=scale).score for framework in (one, two))
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12)


def test_rounding_before_a_rule_decides_who_reaches_a_threshold() -> None:
    steps = rules.Steps([(0.5, 1.0)])
    data = observed({"a": [4.9], "b": [5.08]})  # the mean is 49.9 of 100
    children = [leaf("a", rule=OF_TEN), leaf("b", rule=OF_TEN)]
    plain = scored(Framework("x", children, rule=steps), data)
    before = rules.Chain(rules.Rounded(Rounding(0)), steps)
    assert plain.score.item() == 0.0
    assert scored(Framework("x", children, rule=before), data).score.item() == 100.0


@pytest.mark.parametrize(
    ("rounding", "problem"),
    [
        (2, "takes a rounding such as Rounding\\(2\\), not 2"),
        (Rounding, "takes a rounding such as"),
        (Rounding(2, printed_only=True), "changes what is scored"),
        (Rounding(2, "r"), "rounds the last bits of a mean, which a rule does not see: give"),
    ],
)
def test_what_does_not_round_before_a_rule_is_refused(rounding: Any, problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        rules.Rounded(rounding)

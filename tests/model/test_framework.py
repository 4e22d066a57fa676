"""The framework: what follows from the tree, and frameworks made from frameworks."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.absence import AsZero, Refuse, Renormalise, Shrink
from govindex.aggregate import Arithmetic, Geometric, Sum
from govindex.measures import Largest, Ratio, Value
from govindex.rules import Identity, MinMax, Points

Node = gi.Indicator | gi.Dimension
SHARE = Identity()


def leaf(code: str, weight: Any = 1.0, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, weight=weight, **{"rule": SHARE, **settings})


def service(**settings: Any) -> gi.Framework:
    """speed (1) = days (1) + online (3); reach (2); shown is not scored."""
    speed = gi.Dimension("speed", [leaf("days"), leaf("online", 3)])
    nodes = [speed, leaf("reach", 2), gi.Indicator("shown", weight=0)]
    return gi.Framework("service", nodes, **settings)


def rubric(**settings: Any) -> gi.Framework:
    """60 points of openness (20 + 40), 40 of progress."""
    openness = gi.Dimension("1", [leaf("1.1", 20, rule=Points()), leaf("1.2", 40, rule=Points())])
    nodes = [openness, leaf("2", 40, rule=Points())]
    return gi.Framework("rubric", nodes, **{"aggregate": Sum(), **settings})


def data(**columns: list[float]) -> gi.Observations:
    count = len(next(iter(columns.values())))
    units = [f"U{i}" for i in range(count)]
    return gi.Observations.from_frame(pd.DataFrame({"unit": units, **columns}))


def compute(framework: gi.Framework, actual: gi.Observations, **settings: Any) -> gi.IndexResult:
    return gi.Methodology("test", "1", framework, **settings).compute(actual)


@st.composite
def frameworks(draw: st.DrawFn) -> gi.Framework:
    """Trees of up to three tiers whose indicators are shares."""
    weights = st.floats(0.1, 10)
    count = 0

    def grow(tier: int) -> Node:
        nonlocal count
        count += 1
        code, weight = f"n{count}", draw(weights)
        if tier == 3 or draw(st.booleans()):
            return leaf(code, weight)
        inside = [grow(tier + 1) for _ in range(draw(st.integers(1, 3)))]
        return gi.Dimension(code, inside, weight=weight)

    return gi.Framework("root", [grow(1) for _ in range(draw(st.integers(1, 3)))])


@st.composite
def scored(draw: st.DrawFn) -> tuple[gi.Framework, gi.Observations]:
    """A framework and complete data for it."""
    framework = draw(frameworks())
    shares = st.lists(st.floats(0, 1), min_size=3, max_size=3)
    return framework, data(**{code: draw(shares) for code in framework.leaf_codes})


# -- what follows from the tree ------------------------------------------------------------------


def test_codes_run_from_the_root_down() -> None:
    assert service().codes == ("service", "speed", "days", "online", "reach", "shown")
    assert service().leaf_codes == ("days", "online", "reach", "shown")


def test_repr_counts_nodes() -> None:
    assert (
        repr(service())
        == "<Framework 'service': 4 indicators, 2 dimensions with the root, 0 views>"
    )


def test_label_is_the_name_or_the_code() -> None:
    named = gi.Framework("service", [leaf("a")], {"vi": "Dịch vụ", "en": "Service"})
    assert (named.label("en"), service().label("en")) == ("Service", "service")


def test_a_single_node_may_be_given_as_children() -> None:
    assert gi.Framework("index", leaf("a")).leaf_codes == ("a",)


def test_node_and_parent_are_found_by_code() -> None:
    framework = service(views=gi.View("v", of="days"))
    assert framework.node("v") == gi.View("v", of="days")
    above = framework.parent("days")
    assert above is not None
    assert above.code == "speed"
    assert framework.parent("service") is None
    assert framework.parent("v") is None


def test_unknown_node_suggests_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match="no node 'onlin': did you mean 'online'"):
        service().node("onlin")


def test_depth_counts_the_branches_above() -> None:
    assert [service().depth(code) for code in ("service", "speed", "days")] == [0, 1, 2]


def test_below_lists_indicators_of_branches_and_views() -> None:
    framework = service(views=[gi.View("v", of=["speed", "reach"])])
    for code in ("speed", "days", "v"):
        assert framework.below(code)[0].code == "days"
    assert [actual.code for actual in framework.below("v")] == ["days", "online", "reach"]


def test_seen_by_selects_indicators_by_all_the_attributes() -> None:
    nodes = [
        leaf("a", data_source="survey", measure_unit="%"),
        leaf("b", data_source="survey"),
        leaf("c", data_source="statistic", measure_unit="%"),
    ]
    view = gi.View("v", where={"data_source": "survey", "measure_unit": "%"})
    assert gi.Framework("index", nodes, views=[view]).seen_by(view) == ("a",)


def test_aggregator_is_inherited_from_the_branch_above() -> None:
    inner = gi.Dimension("inner", [leaf("a")])
    outer = gi.Dimension("outer", [inner], aggregate=Geometric())
    framework = gi.Framework("index", [outer, gi.Dimension("other", [leaf("b")])])
    assert framework.aggregator("inner") == Geometric()
    assert framework.aggregator("other") == Arithmetic()
    assert framework.aggregator("index") == Arithmetic()


def test_absence_is_inherited_from_the_branch_above() -> None:
    inner = gi.Dimension("inner", [leaf("a"), leaf("b", absence=AsZero())])
    framework = gi.Framework("index", [gi.Dimension("outer", [inner], absence=Shrink()), leaf("c")])
    assert framework.policy("a").missing == Shrink()
    assert framework.policy("b").missing == AsZero()
    assert framework.policy("c").missing == Refuse()
    assert framework.policy("index").missing == Refuse()


def test_weight_of_a_dimension_is_one_or_the_sum_of_its_points() -> None:
    assert service().weight("speed") == 1
    assert (rubric().weight("1"), rubric().weight("rubric")) == (60, 100)


def test_bonus_does_not_count_towards_the_points() -> None:
    inside = [leaf("a", 6), leaf("b", 2, outside_maximum=True)]
    framework = gi.Framework("index", [gi.Dimension("d", inside), leaf("c", 4)], aggregate=Sum())
    assert framework.weight("d") == 6
    expected = {"index": 1, "d": 0.6, "a": 0.6, "b": 0.2, "c": 0.4}
    assert framework.effective_weights == pytest.approx(expected)


def test_effective_weights_are_parts_of_the_root() -> None:
    expected = {"service": 1, "speed": 1 / 3, "days": 1 / 12, "online": 1 / 4, "reach": 2 / 3}
    weights = service().effective_weights
    assert weights.pop("shown") == 0
    assert weights == pytest.approx(expected)


@given(framework=frameworks())
def test_effective_weights_of_indicators_add_up_to_one(framework: gi.Framework) -> None:
    weights = framework.effective_weights
    assert sum(weights[code] for code in framework.leaf_codes) == pytest.approx(1)


def test_effective_weights_of_variables_are_refused() -> None:
    framework = gi.Framework("index", [leaf("a", "population"), leaf("b")])
    with pytest.raises(gi.FrameworkError, match="need numbers; weighted by a variable: a"):
        framework.effective_weights  # noqa: B018


def test_is_scored_looks_at_every_branch_above() -> None:
    shown = gi.Dimension("shown", [leaf("a")], weight=0)
    framework = gi.Framework("index", [shown, leaf("b"), leaf("c", "population")])
    scored = {code: framework.is_scored(code) for code in framework.codes}
    assert scored == {"index": True, "shown": False, "a": False, "b": True, "c": True}


def test_variables_are_those_of_scored_indicators_and_weights() -> None:
    nodes = [
        leaf("a", "population", measure=Ratio("x", "y")),
        leaf("b", measure=Largest(("y", "z"))),
        gi.Indicator("shown", weight=0, measure="w"),
    ]
    framework = gi.Framework("index", nodes)
    assert framework.variables == ("x", "y", "population")
    assert framework.optional_variables == ("z", "w")


# -- frameworks from frameworks ------------------------------------------------------------------


def test_with_weights_changes_these_nodes_only() -> None:
    framework = service().with_weights({"speed": 3, "online": "population"})
    assert framework.weight("speed") == 3
    assert framework.weight("online") == "population"
    assert framework.weight("reach") == 2
    assert service().weight("speed") == 1


def test_with_aggregates_takes_one_for_every_branch() -> None:
    framework = service().with_aggregates(Geometric())
    assert {framework.aggregator(code) for code in ("service", "speed")} == {Geometric()}


def test_with_aggregates_takes_one_for_a_branch_or_a_view() -> None:
    framework = service(views=[gi.View("v", of=["days", "reach"])])
    framework = framework.with_aggregates({"speed": Geometric(), "v": Geometric()})
    assert framework.aggregator("service") == Arithmetic()
    assert framework.aggregator("speed") == Geometric()
    assert framework.aggregator("v") == Geometric()


def nested(**settings: Any) -> gi.Framework:
    """root > outer > inner > leaf, and a view of the leaf."""
    inner = gi.Dimension("inner", [leaf("x"), leaf("y")])
    outer = gi.Dimension("outer", [inner, leaf("z")])
    return gi.Framework("root", [outer, leaf("w")], views=[gi.View("v", of="x")], **settings)


@pytest.mark.parametrize("named", [["root"], ["outer"], ["inner"], ["outer", "v"], ["root", "v"]])
def test_with_aggregates_changes_exactly_the_nodes_named(named: list[str]) -> None:
    changed = nested().with_aggregates(dict.fromkeys(named, Geometric()))
    actual = {
        code for code in ("root", "outer", "inner") if changed.aggregator(code) == Geometric()
    }
    if (changed.node("v").aggregate or changed.aggregate) == Geometric():  # type: ignore[union-attr]
        actual.add("v")
    assert actual == set(named)


@pytest.mark.parametrize("named", [["root"], ["outer"], ["inner"], ["root", "inner"]])
def test_with_absences_changes_exactly_the_nodes_named(named: list[str]) -> None:
    changed = nested().with_absences(dict.fromkeys(named, AsZero()))
    inside = {"root": ["w", "outer"], "outer": ["z", "inner"], "inner": ["x", "y"]}
    for branch, children in inside.items():
        wanted = AsZero() if branch in named else Refuse()
        assert {changed._policy_for(child).missing for child in children} == {wanted}


def test_with_absences_reaches_the_children_of_a_branch_and_single_indicators() -> None:
    frame = data(days=[0.2], online=[np.nan], reach=[0.6])
    methods = [service(absence=Shrink()).with_absences({c: AsZero()}) for c in ("speed", "online")]
    for framework in methods:
        assert compute(framework, frame).scores["speed"].iloc[0] == pytest.approx(5)


def test_with_absences_of_an_unknown_node_suggests_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match="no node 'sped': did you mean 'speed'"):
        service().with_absences({"sped": AsZero()})


# -- from nested dicts ---------------------------------------------------------------------------


def test_from_dict_builds_a_tree_of_any_depth() -> None:
    tree = {"a": {"b": ["x", "y"], "c": ["z"]}, "d": ["u", {"e": ["v"]}, leaf("own", 3)]}
    weights = {"b": 2, "u": 5}
    framework = gi.Framework.from_dict(tree, "root", rule=MinMax(), lower="x", weights=weights)  # type: ignore[arg-type]
    assert framework.codes == ("root", "a", "b", "x", "y", "c", "z", "d", "u", "e", "v", "own")
    assert [framework.weight(code) for code in ("b", "a", "u", "own")] == [2, 1, 5, 3]
    assert [n.code for n in framework.leaves if n.direction == "lower"] == ["x"]


def test_from_dict_is_the_framework_that_is_written_out() -> None:
    written = gi.Framework("index", [gi.Dimension("a", [leaf("x"), leaf("y")]), leaf("z")])
    assert gi.Framework.from_dict([{"a": ["x", "y"]}, "z"], rule=SHARE) == written


@pytest.mark.parametrize(
    ("tree", "settings", "problem"),
    [
        ({"a": 3}, {}, "'a' holds 3: give a code, a list of codes, or a dict of dimensions"),
        ({"a": {"b": [None]}}, {}, "'b' holds None"),
        (7, {}, "the tree holds 7"),
        ({"a": []}, {}, "'a'"),
        ({"a": ["x"], "b": ["x"]}, {}, "'x'"),
        ({"a": ["days"]}, {"lower": ["dys"]}, "lower names 'dys'.*did you mean 'days'"),
        ({"a": ["days"]}, {"lower": ["a"]}, "lower names 'a', which the tree lacks"),
        ({"a": ["days"]}, {"weights": {"aa": 2}}, "weights names 'aa'.*did you mean 'a'"),
    ],
)
def test_from_dict_names_what_is_wrong(tree: Any, settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(gi.FrameworkError, match=problem):
        gi.Framework.from_dict(tree, rule=SHARE, **settings)


def test_with_rules_changes_indicators_branches_views_and_the_root() -> None:
    framework = service(views=[gi.View("v", of=["days", "reach"])])
    changed = framework.with_rules(dict.fromkeys(("days", "speed", "v", "service"), MinMax()))
    assert changed.rule == MinMax()
    for code in ("days", "speed", "v"):
        assert changed.node(code).rule == MinMax()
    assert changed.node("reach").rule == SHARE


def test_with_measures_changes_what_is_measured() -> None:
    framework = service().with_measures({"days": Value("weeks")})
    assert framework.variables == ("weeks", "online", "reach")


@pytest.mark.parametrize(
    ("method", "settings", "problem"),
    [
        ("with_weights", {"service": 3}, r"'service' \(root\) has no weight to set"),
        ("with_weights", {"v": 3}, r"'v' \(view\) has no weight to set"),
        ("with_measures", {"speed": Value("a")}, r"'speed' \(dimension\) has no measure to set"),
        ("with_aggregates", {"days": Sum()}, r"'days' \(indicator\) has no aggregate to set"),
    ],
)
def test_setting_what_a_node_does_not_have_is_refused(
    method: str, settings: dict[str, Any], problem: str
) -> None:
    framework = service(views=[gi.View("v", of="days")])
    with pytest.raises(gi.FrameworkError, match=f"'service' cannot be changed: {problem}"):
        getattr(framework, method)(settings)


def test_with_weights_of_an_unknown_code_suggests_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match="no node 'speeds': did you mean 'speed'"):
        service().with_weights({"speeds": 2})


def test_flatten_keeps_the_points_of_a_rubric() -> None:
    flat = rubric().flatten()
    assert [flat.weight(code) for code in ("1.1", "1.2", "2", "rubric")] == [20, 40, 40, 100]


def test_flatten_keeps_policies_and_what_is_outside_the_maximum() -> None:
    bonus = gi.Dimension("extra", [leaf("b", 0.1)], weight=0.1, outside_maximum=True)
    strict = gi.Dimension("strict", [leaf("a")], absence=AsZero())
    flat = gi.Framework("index", [strict, bonus]).flatten()
    assert flat.policy("a").missing == AsZero()
    assert [actual.outside_maximum for actual in flat.leaves] == [False, True]
    assert flat.effective_weights["b"] == pytest.approx(0.1)


@given(framework=frameworks())
def test_flatten_keeps_effective_weights(framework: gi.Framework) -> None:
    flat = framework.flatten()
    assert flat.leaf_codes == framework.leaf_codes
    for code in framework.leaf_codes:
        assert flat.effective_weights[code] == pytest.approx(framework.effective_weights[code])


@given(case=scored())
def test_flatten_keeps_arithmetic_scores(case: tuple[gi.Framework, gi.Observations]) -> None:
    framework, actual = case
    flat = compute(framework.flatten(), actual).score
    np.testing.assert_allclose(flat, compute(framework, actual).score, rtol=0, atol=1e-8)


@given(case=scored())
def test_cut_of_every_dimension_reproduces_the_total(
    case: tuple[gi.Framework, gi.Observations],
) -> None:
    framework, actual = case
    whole = compute(framework, actual)
    given_scores = whole.scores.reset_index()
    cut = framework.cut([n.code for n in framework.children if isinstance(n, gi.Dimension)])
    cut = cut.with_rules(dict.fromkeys(cut.leaf_codes, Points()))
    again = compute(cut, gi.Observations.from_frame(given_scores, variables=cut.leaf_codes))
    np.testing.assert_allclose(again.score, whole.score, rtol=0, atol=1e-8)


def test_cut_takes_points_for_a_rubric() -> None:
    cut = rubric().cut(1)
    assert cut.codes == ("rubric", "1", "2")
    result = compute(cut, data(**{"1": [45.0], "2": [30.0]}), scale="points")
    assert result.score.tolist() == [75]


def test_cut_by_tier_leaves_higher_tiers() -> None:
    inner = gi.Dimension("inner", [leaf("a")])
    framework = gi.Framework("index", [gi.Dimension("outer", [inner, leaf("b")]), leaf("c")])
    assert framework.cut(2).codes == ("index", "outer", "inner", "b", "c")
    assert framework.cut("outer").codes == ("index", "outer", "c")


def test_cut_leaves_the_policy_for_children_behind() -> None:
    strict = gi.Dimension("d", [leaf("a")], absence=AsZero(), rounding=gi.Rounding(1))
    cut = gi.Framework("index", [strict, leaf("b")]).cut(1)
    assert cut.node("d").absence is None
    assert cut.node("d").rounding == gi.Rounding(1)


def test_cut_keeps_a_bonus_outside_the_maximum() -> None:
    bonus = gi.Dimension("extra", [leaf("b")], weight=0.1, outside_maximum=True)
    cut = gi.Framework("index", [leaf("a"), bonus]).cut(1)
    assert cut.node("extra") == gi.Indicator(
        "extra", weight=0.1, rule=Points(), outside_maximum=True
    )


def test_cut_drops_views_of_removed_nodes() -> None:
    views = [gi.View("kept", of=["speed", "reach"]), gi.View("gone", of=["days", "reach"])]
    assert [view.code for view in service(views=views).cut(1).views] == ["kept"]


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (0, "the root 'service' cannot be cut"),
        (["service"], "the root 'service' cannot be cut"),
    ],
)
def test_cut_refuses_the_root(at: Any, message: str) -> None:
    with pytest.raises(gi.FrameworkError, match=message):
        service().cut(at)


@pytest.mark.parametrize("at", [2, -1])
def test_cut_refuses_tiers_without_dimensions(at: int) -> None:
    said = f"at: there is no dimension at tier {at}; tiers with some: 0, 1 .the root is tier 0."
    with pytest.raises(gi.SettingError, match=said):
        service().cut(at)


def test_cut_at_an_unknown_code_suggests_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match="no node 'sped': did you mean 'speed'"):
        service().cut("sped")


@given(case=scored(), data=st.data())
def test_refine_into_one_child_leaves_the_score(
    case: tuple[gi.Framework, gi.Observations], data: st.DataObject
) -> None:
    framework, actual = case
    code = data.draw(st.sampled_from(framework.leaf_codes))
    child = gi.Indicator("only", measure=code, rule=SHARE, weight=data.draw(st.floats(0.1, 9)))
    refined = compute(framework.refine(code, [child]), actual)
    np.testing.assert_allclose(refined.score, compute(framework, actual).score, rtol=0, atol=1e-8)


def test_refine_keeps_what_is_not_about_the_value() -> None:
    bonus = gi.Indicator(
        "b",
        {"en": "Bonus"},
        rule=SHARE,
        weight=0.1,
        outside_maximum=True,
        reference="§4",
        rounding=gi.Rounding(1),
    )
    refined = gi.Framework("index", [leaf("a"), bonus]).refine("b", [leaf("x")], absence=AsZero())
    assert refined.node("b") == gi.Dimension(
        "b",
        [leaf("x")],
        {"en": "Bonus"},
        weight=0.1,
        outside_maximum=True,
        reference="§4",
        rounding=gi.Rounding(1),
        absence=AsZero(),
    )
    assert refined.codes == ("index", "a", "b", "x")


def test_refine_of_a_dimension_is_refused() -> None:
    with pytest.raises(gi.FrameworkError, match="only an indicator can be refined; 'speed' is"):
        service().refine("speed", [leaf("x")])


def test_refine_checks_points() -> None:
    with pytest.raises(gi.FrameworkError, match="'2' has 40 points, but its children add up to 30"):
        rubric().refine("2", [leaf("2.1", 30)])


def test_subtree_takes_what_it_inherited_with_it() -> None:
    framework = service(aggregate=Geometric(), absence=Renormalise())
    part = framework.subtree("speed")
    assert part.codes == ("speed", "days", "online")
    assert (part.aggregate, part.absence.missing) == (Geometric(), Renormalise())
    assert framework.subtree("service") is framework


@given(case=scored())
def test_subtree_scores_as_its_node_does(case: tuple[gi.Framework, gi.Observations]) -> None:
    framework, actual = case
    whole = compute(framework, actual).scores
    for node in framework.children:
        if isinstance(node, gi.Dimension):
            part = compute(framework.subtree(node.code), actual).score
            np.testing.assert_array_equal(part, whole[node.code])


@pytest.mark.parametrize("code", ["days", "v"])
def test_subtree_of_an_indicator_is_refused(code: str) -> None:
    framework = service(views=[gi.View("v", of="days")])
    with pytest.raises(gi.FrameworkError, match=f"'{code}' is not a dimension"):
        framework.subtree(code)


def test_view_takes_effective_weights_or_given_ones() -> None:
    views = [
        gi.View("as in the tree", of=["days", "reach"]),
        gi.View("half and half", of=["days", "reach"], weights={"days": 1, "reach": 1}),
    ]
    actual = data(days=[0.0], online=[0.0], reach=[0.9])
    scores = compute(service(views=views), actual).scores
    assert scores["as in the tree"].tolist() == [80]
    assert scores["half and half"].tolist() == [45]


def test_weights_may_be_numpy_numbers() -> None:
    framework = gi.Framework("index", [leaf("a", np.int64(1)), leaf("b", np.float32(3))])
    assert framework.effective_weights["b"] == 0.75


def test_deep_framework_is_fingerprinted_and_computed() -> None:
    node: Node = leaf("a")
    for tier in range(99):
        node = gi.Dimension(f"d{tier}", [node])
    method = gi.Methodology("deep", "1", gi.Framework("index", [node]))
    assert len(method.fingerprint) == 64
    assert method.compute(data(a=[0.5])).score.tolist() == [50]


def test_variants_are_checked_like_frameworks() -> None:
    with pytest.raises(gi.FrameworkError, match="the code 'a' is used more than once"):
        attrs.evolve(service(), children=[leaf("a"), leaf("a")])


def test_what_lies_below_a_dimension_of_bonuses_is_a_bonus() -> None:
    rule = gi.rules.Points()
    extra = gi.Dimension("extra", [gi.Indicator("deep", rule=rule)], outside_maximum=True)
    framework = gi.Framework("root", [gi.Indicator("plain", rule=rule), extra])
    assert [code for code in framework.codes if framework.is_bonus(code)] == ["extra", "deep"]

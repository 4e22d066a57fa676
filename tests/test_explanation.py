"""Explanations: losses add up, node by node, and are divided fairly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import permutations
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    DataError,
    Dimension,
    Explanation,
    Framework,
    Indicator,
    Levels,
    Methodology,
    Rounding,
    SettingError,
    Unit,
    UnknownNameError,
    absence,
    aggregate,
    explain,
    measures,
    rules,
)
from tests.compute.examples import rubric
from tests.strategies import NA, Case, cases, frameworks, levels, observed

explained: Callable[..., Any] = explain
anything = partial(frameworks, relative=False, bonuses=True)
rubrics = partial(frameworks, relative=False, points=True, only_sums=True)


def leaf(code: str, points: float | str = 10, **settings: Any) -> Indicator:
    return Indicator(code, weight=points, rule=settings.pop("rule", rules.Points()), **settings)


def computed(framework: Framework, cells: dict[str, Any], **settings: Any) -> Any:
    return Methodology("test", "1", framework, **settings).compute(observed(cells))


def has_maximum(case: Case) -> bool:
    """Return whether every leaf has a largest share, of which it can fall short."""
    return not any(isinstance(leaf.rule, rules.Exponential) for leaf in case.framework.leaves)


def attributed(why: Explanation) -> float:
    leaves = why.table.loc[why.table["is_leaf"], "lost"]
    return float(leaves.sum() + why.table["own_loss"].sum())


@settings(max_examples=50)
@given(case=cases(anything).filter(has_maximum), rounding=levels())
def test_losses_of_leaves_and_branches_add_up_to_the_shortfall(
    case: Case, rounding: Levels
) -> None:
    result = Methodology("test", "1", case.framework, rounding=rounding).compute(case.data)
    for unit in result.score.dropna().index:
        why = explained(result, unit)
        assert attributed(why) == pytest.approx(why.lost, abs=1e-8)
        assert why.score + why.lost == pytest.approx(why.maximum, abs=1e-8)
        assert why.score == result.full_at(result.codes[0])[result.units.locate(unit)]


@settings(max_examples=50)
@given(case=cases(rubrics).filter(has_maximum))
def test_every_dimension_of_a_rubric_loses_what_its_children_lose(case: Case) -> None:
    result = Methodology("test", "1", case.framework, scale="points").compute(case.data)
    for unit in result.score.dropna().index:
        table = explained(result, unit).table
        for node in case.framework.nodes:
            if isinstance(node, Dimension) and not np.isnan(table.loc[node.code, "score"]):
                below = table.loc[[child.code for child in node.children], "lost"].sum()
                own = table.loc[node.code, "own_loss"]
                assert below + own == pytest.approx(table.loc[node.code, "lost"], abs=1e-9)


def test_rubric_loses_the_points_that_were_not_awarded() -> None:
    inner = Dimension("D", [leaf("a", 6), leaf("b", 4)])
    result = computed(
        rubric(inner, leaf("c")), {"a": [4.5], "b": [4.0], "c": [7.0]}, scale="points"
    )
    why = explained(result, "U0")
    assert why.table["lost"].to_dict() == {"total": 4.5, "D": 1.5, "a": 1.5, "b": 0.0, "c": 3.0}
    assert list(why.leaves.index) == ["c", "a", "b"]
    assert why.table["maximum"].to_dict() == {"total": 20, "D": 10, "a": 6, "b": 4, "c": 10}


def geometric(shares: list[float], weights: list[float]) -> float:
    whole = sum(weights)
    return float(prod(s ** (w / whole) for s, w in zip(shares, weights, strict=True)))


@settings(max_examples=30)
@given(pairs=st.lists(st.tuples(st.integers(1, 10), st.integers(1, 4)), min_size=1, max_size=5))
def test_geometric_loss_is_the_mean_over_all_orders(pairs: list[tuple[int, int]]) -> None:
    shares, weights = [s / 10 for s, _ in pairs], [float(w) for _, w in pairs]
    expected = [0.0] * len(pairs)
    orders = list(permutations(range(len(pairs))))
    for order in orders:
        world = [1.0] * len(pairs)
        for child in order:
            before = geometric(world, weights)
            world[child] = shares[child]
            expected[child] += (before - geometric(world, weights)) / len(orders)
    leaves = [leaf(f"L{i}", w, rule=rules.Proportional(1)) for i, w in enumerate(weights)]
    framework = Framework("total", leaves, aggregate=aggregate.Geometric())
    result = computed(framework, {f"L{i}": [s] for i, s in enumerate(shares)}, scale=1)
    assert explained(result, "U0").table["lost"].to_list()[1:] == pytest.approx(expected, abs=1e-11)


def test_more_than_twelve_children_are_explained_without_all_orders() -> None:
    count = 15
    rule = rules.Proportional(1)
    leaves = [leaf(f"L{i:02}", 1, rule=rule) for i in range(count)]
    framework = Framework("total", leaves, aggregate=aggregate.Geometric())
    result = computed(framework, {f"L{i:02}": [0.5 + 0.5 * (i % 2)] for i in range(count)})
    why = explained(result, "U0")
    assert attributed(why) == pytest.approx(why.lost, abs=1e-9)
    losses = why.table["lost"].to_numpy()[1:]
    assert losses[1::2].tolist() == [0.0] * 7
    assert losses[::2] == pytest.approx([why.lost / 8] * 8, rel=0.01)


def test_shrunk_maximum_is_what_the_unit_falls_short_of() -> None:
    framework = rubric(leaf("a", 16), leaf("b", 84), absence=absence.Shrink())
    result = computed(framework, {"a": [NA], "b": [68.32]}, scale="points")
    why = explained(result, "U0")
    assert (why.score, why.maximum, why.lost) == (68.32, 84.0, 15.68)
    assert why.table.loc["a", ["maximum", "data"]].to_list() == [0.0, "not applicable"]
    assert np.isnan(why.table.loc["a", "lost"])


def test_renormalised_child_loses_what_it_carries() -> None:
    framework = rubric(leaf("a", 30), leaf("b", 50), leaf("c", 20), absence=absence.Renormalise())
    cells = {"a": [None], "b": [40.0], "c": [20.0]}
    why = explained(computed(framework, cells, scale="points"), "U0")
    row = why.table.loc["b", ["maximum", "attainable", "score", "lost"]].to_list()
    assert row == pytest.approx([50.0, 50 / 0.7, 40.0, 10 / 0.7])
    assert "Attainable" in str(why)


@settings(max_examples=50)
@given(case=cases(partial(frameworks, relative=False)).filter(has_maximum))
def test_worth_less_the_loss_is_the_attained_part_of_the_worth(case: Case) -> None:
    result = Methodology("test", "1", case.framework).compute(case.data)
    for unit in result.score.dropna().index:
        table = explained(result, unit).table.dropna(subset="score")
        table = table[table["maximum"] > 0]
        attained = table["attainable"] * table["score"] / table["maximum"]
        counted = table["attainable"] != 0
        left = table["attainable"] - table["lost"]
        assert left[counted].to_list() == pytest.approx(attained[counted].to_list(), abs=1e-7)


def test_worth_of_a_child_that_lost_nothing_is_its_weight() -> None:
    one = rules.Proportional(1)
    framework = Framework("x", [leaf("a", 1, rule=one), leaf("b", 3, rule=one)],
                          aggregate=aggregate.Geometric())  # fmt: skip
    table = explained(computed(framework, {"a": [1.0], "b": [0.5]}, scale=10), "U0").table
    assert table.loc["a", ["attainable", "lost"]].to_list() == [2.5, 0.0]


def test_branch_loses_by_its_own_rule_and_rounding() -> None:
    rule = rules.Clip(0, 0.5)
    framework = rubric(Dimension("D", [leaf("a")], rule=rule), leaf("c"))
    why = explained(computed(framework, {"a": [8.0], "c": [9.96]}, scale="points",
                           rounding=Levels(total=Rounding(1))), "U0")  # fmt: skip
    table = why.table
    assert table.loc["D", ["maximum", "score", "lost"]].to_list() == [5.0, 5.0, 0.0]
    assert (table.loc["a", "lost"], table.loc["D", "own_loss"]) == (2.0, -2.0)
    assert attributed(why) == pytest.approx(why.lost)


def test_line_of_a_dimension_is_followed_to_its_end() -> None:
    rule = rules.Affine(intercept=0.1, slope=0.8)
    result = computed(Framework("x", [leaf("a", 1)], rule=rule), {"a": [5.0]}, scale=10)
    why = explained(result, "U0")
    assert (why.maximum, why.score, why.lost) == (9.0, 5.0, 4.0)


def test_bonus_and_penalty_are_gains_and_losses_of_their_own() -> None:
    plus = leaf("plus", 5, outside_maximum=True)
    minus = leaf("minus", 10, outside_maximum=True, rule=rules.Affine(slope=-0.1))
    framework = rubric(leaf("a"), plus, minus)
    why = explained(
        computed(framework, {"a": [8.0], "plus": [3.0], "minus": [2.0]}, scale="points"), "U0"
    )
    assert why.table["lost"].to_dict() == {"total": 1.0, "a": 2.0, "plus": -3.0, "minus": 2.0}
    assert not why.table["own_loss"].any()


@pytest.mark.parametrize("policy", [absence.Renormalise(), absence.Shrink()])
def test_bonus_gains_its_points_where_children_are_absent(policy: Any) -> None:
    plus = leaf("plus", 5, outside_maximum=True)
    framework = rubric(leaf("a"), leaf("b"), plus, absence=policy)
    why = explained(
        computed(framework, {"a": [5.0], "b": [NA], "plus": [3.0]}, scale="points"), "U0"
    )
    assert why.table.loc["plus", "lost"] == -3.0
    assert why.table["own_loss"].abs().max() == 0.0


def test_bonus_that_fills_a_full_maximum_is_clipped_at_the_branch() -> None:
    framework = rubric(leaf("a"), leaf("plus", 5, outside_maximum=True))
    table = explained(computed(framework, {"a": [9.0], "plus": [4.0]}, scale="points"), "U0").table
    assert table["lost"].to_dict() == {"total": 0.0, "a": 1.0, "plus": -4.0}
    assert table.loc["total", "own_loss"] == 3.0


def test_full_dimension_shows_what_its_parts_lost_and_gained() -> None:
    inner = Dimension("D", [leaf("a"), leaf("plus", 5, outside_maximum=True)])
    cells = {"a": [8.0], "plus": [2.0], "c": [5.0]}
    table = explained(computed(rubric(inner, leaf("c")), cells, scale="points"), "U0").table
    assert table["lost"].to_dict() == {"total": 5.0, "D": 0.0, "a": 2.0, "plus": -2.0, "c": 5.0}


@pytest.mark.parametrize(
    ("mean", "expected"), [(aggregate.Arithmetic(), [-1.0, -2.0]), (aggregate.Geometric(), [0, 0])]
)
def test_dimension_of_bonuses_gains_as_a_whole(mean: Any, expected: list[float]) -> None:
    part = rules.Proportional(10)
    extra = Dimension("E", [leaf("p", 1, rule=part), leaf("q", 1, rule=part)],
                      weight=4, aggregate=mean, outside_maximum=True)  # fmt: skip
    cells = {"a": [5.0], "p": [5.0], "q": [10.0]}
    why = explained(computed(rubric(leaf("a"), extra), cells, scale="points"), "U0")
    assert why.table.loc[["p", "q"], "lost"].to_list() == pytest.approx(expected)
    assert attributed(why) == pytest.approx(why.lost)


def test_weights_of_a_variable_divide_the_loss() -> None:
    framework = Framework("x", [leaf("a", "w"), leaf("b", 1)])
    result = computed(framework, {"a": [5.0], "b": [10.0], "w": [3.0]}, scale=10)
    assert explained(result, "U0").table["lost"].to_list() == [3.75, 3.75, 0.0]


def test_shown_indicators_lose_nothing_whatever_their_rule() -> None:
    shown = Dimension("S", [leaf("z", 1, rule=rules.ZScore())], weight=0, rule=rules.ZScore())
    framework = Framework("x", [leaf("a", 1), shown, Indicator("days", weight=0)])
    result = computed(framework, {"a": [5.0, 6.0], "z": [1.0, 2.0]}, scale=10)
    table = explained(result, "U0").table
    assert table.loc[["S", "z"], "lost"].to_list() == [0.0, 0.0]
    assert table.loc["days", "data"] == ""


def test_text_leaves_out_the_worth_if_it_is_the_maximum() -> None:
    cells = {"a": [3.0], "b": [4.0]}
    why = explained(computed(rubric(leaf("a"), leaf("b")), cells, scale="points"), "U0")
    assert why.table["attainable"].to_list() == why.table["maximum"].to_list()
    assert "Attainable" not in str(why)


@pytest.mark.parametrize(
    ("scale", "printing", "expected"),
    [
        (1, Rounding(2), "0.6667 of 1, 0.3333 lost"),
        (100, Rounding(3), "66.667 of 100, 33.333 lost"),
        (100, Rounding(0), "67 of 100, 33 lost"),
    ],
)
def test_explanation_is_shown_with_the_decimals_of_the_methodology(
    scale: float, printing: Rounding, expected: str
) -> None:
    import attrs

    framework = Framework("x", [leaf("a", rule=rules.Proportional(3))])
    result = attrs.evolve(computed(framework, {"a": [2.0]}, scale=scale), printing=printing)
    why = explained(result, "U0")
    assert repr(why) == f"<Explanation of 'U0': {expected}>"
    assert str(why).startswith(f"U0: {expected}\n")
    assert expected.split()[0] in str(why).split("\n", 1)[1]


@pytest.mark.parametrize(
    ("rule", "maximum"),
    [
        (rules.MinMax(), 10.0),
        (rules.MinMax(over="ranked"), 10.0),
        (rules.MinMax(0.1, 0.9, over="ranked"), 9.0),
    ],
)
def test_anchored_and_ranked_min_max_fall_short_of_the_best_peer(rule: Any, maximum: float) -> None:
    data = observed({"a": [1.0, 5.0, 3.0]})
    method = Methodology("test", "1", Framework("x", [leaf("a", 1, rule=rule)]), scale=10)
    for each in (method, method.anchored(data)):
        why = explained(each.compute(data), "U2")
        assert (why.maximum, why.score) == (maximum, 5.0)
        assert why.lost == pytest.approx(maximum - 5.0)


def test_value_beyond_unclipped_goalposts_gains() -> None:
    posts = rules.Goalposts(worst=0, best=10, clip=False)
    result = computed(Framework("x", [leaf("a", 1, rule=posts)]), {"a": [12.0]}, scale=10)
    assert explained(result, "U0").table.loc["a", ["maximum", "lost"]].to_list() == [10.0, -2.0]


def test_figures_behind_an_indicator_are_shown() -> None:
    from govindex import Observations, measures

    ratio = Indicator("r", measure=measures.Ratio("a", "b"), rule=rules.Proportional(1))
    choice = Indicator("c", rule=rules.Choice({"good": 1.0}))
    data = Observations([Unit("A", "Alpha")], ("a", "b", "c"), np.array([[1.0, 4.0, 0.0]]),
                        levels={"c": ("good",)})  # fmt: skip
    result = Methodology("test", "1", Framework("x", [ratio, choice])).compute(data)
    why = explained(result, "Alpha")
    assert why.table.loc[["r", "c"], "data"].to_list() == ["1 / 4", "good"]
    assert str(why).startswith("Alpha: 62.5 of 100, 37.5 lost")
    assert "Alpha: 62.5 of 100" in why._repr_html_()


def test_result_without_its_data_is_explained_without_figures() -> None:
    import attrs

    result = computed(rubric(leaf("a")), {"a": [5.0]}, scale="points")
    why = explained(attrs.evolve(result, observations=None), "U0")
    assert why.table.loc["a", ["lost", "data"]].to_list() == [5.0, ""]


def test_text_leaves_out_what_branches_did_not_lose() -> None:
    rounded = Levels(total=Rounding(0))
    plain, own = (
        explained(computed(rubric(leaf("a")), {"a": [4.6]}, scale="points", rounding=r), "U0")
        for r in (Levels(), rounded)
    )
    assert "Lost here" not in str(plain)
    assert "Lost here" in str(own)


def test_unscored_unit_is_not_explained() -> None:
    framework = rubric(leaf("a"), absence=absence.Renormalise())
    result = computed(framework, {"a": [None, 1.0]}, scale="points")
    with pytest.raises(DataError, match=r"unit 'U0' has no score to explain \(missing: a\)"):
        explained(result, "U0")


def test_unknown_unit_suggests_the_near_miss() -> None:
    result = computed(rubric(leaf("a")), {"a": [1.0] * 11}, scale="points")
    with pytest.raises(UnknownNameError, match="there is no unit 'U100': did you mean 'U10'"):
        explained(result, "U100")


@pytest.mark.parametrize(
    ("framework", "match"),
    [
        (Framework("x", [leaf("a", rule=rules.ZScore())]), "indicator 'a' is scored by ZScore"),
        (Framework("x", [leaf("a")], rule=rules.ZScore()), "'x' is rescaled by ZScore.*no largest"),
        (
            Framework("x", [leaf("a")], rule=rules.Affine(intercept=1, slope=-1)),
            "'x' is rescaled by Affine.*is not monotone",
        ),
    ],
)
def test_rule_without_a_largest_share_is_not_explained(framework: Framework, match: str) -> None:
    result = computed(framework, {"a": [1.0, 2.0]}, scale=10)
    with pytest.raises(SettingError, match=match):
        explained(result, "U0")


def test_indicator_without_a_largest_share_has_no_loss_and_says_so() -> None:
    framework = Framework(
        "x",
        [leaf("a", 1, rule=rules.Goalposts(worst=0, best=10)), leaf("b", 3, rule=rules.Affine())],
    )
    why = explained(computed(framework, {"a": [4.0], "b": [0.5]}, scale=10), "U0")
    assert (why.score, why.lost, why.maximum) == (4.75, 1.5, 6.25)
    assert why.leaves.loc["a", "lost"] == 1.5
    beyond = why.leaves.loc["b"]
    assert np.isnan(beyond["lost"])
    assert np.isnan(beyond["maximum"])
    assert (beyond["attainable"], beyond["status"]) == (3.75, "no maximum")
    assert "no maximum" in str(why)
    assert "no maximum" in why._repr_html_()


@pytest.mark.parametrize(
    ("measure", "best"),
    [
        (measures.Threshold("b", at_least=5), 1.0),
        (measures.AllMet([measures.Threshold("b", at_least=5), "c"]), 1.0),
        (measures.Conditions({"b": 0.5, "c": 0.25}), 0.75),
        (measures.Conditions({"b": 0.5, "c": -0.25}), 0.5),
    ],
)
def test_a_loss_goes_up_to_the_bound_of_the_measure(measure: Any, best: float) -> None:
    met = Indicator("met", measure=measure, weight=4, rule=rules.Identity())
    framework = Framework("x", [met, leaf("a", 1, rule=rules.Goalposts(worst=0, best=10))])
    why = explained(computed(framework, {"a": [4.0], "b": [0.0], "c": [0.0]}, scale=10), "U0")
    assert why.leaves.loc["met", ["maximum", "lost"]].tolist() == [10 * best, 8 * best]
    assert why.leaves.loc["met", "status"] == "reported"
    assert why.lost == pytest.approx(8 * best + 1.2)


def test_rescaled_dimension_falls_short_of_the_best_peer() -> None:
    inner = Dimension("D", [leaf("a", 1)], rule=rules.MinMax())
    result = computed(Framework("x", [inner]), {"a": [2.0, 6.0, 4.0]}, scale=10)
    why = explained(result, "U2")
    assert (why.score, why.maximum) == (5.0, 10.0)
    assert attributed(why) == pytest.approx(5.0)


def test_branch_whose_children_are_all_absent_loses_nothing() -> None:
    inner = Dimension("D", [leaf("a"), leaf("b")])
    framework = rubric(inner, leaf("c"), absence=absence.Shrink())
    result = computed(framework, {"a": [None], "b": [None], "c": [4.0]}, scale="points")
    why = explained(result, "U0")
    assert (why.maximum, why.lost) == (10.0, 6.0)
    assert np.isnan(why.table.loc["D", "lost"])


def no_maximum() -> Framework:
    beyond = leaf("b", 3, rule=rules.Affine())
    return Framework("x", [leaf("a", 1, rule=rules.Goalposts(worst=0, best=10)), beyond])


def test_a_waterfall_keeps_what_an_indicator_without_a_maximum_contributes() -> None:
    from govindex.plot.slopes import _contributed

    why = explained(computed(no_maximum(), {"a": [4.0], "b": [0.5]}, scale=10), "U0")
    assert _contributed(why) == pytest.approx({"a": 1.0, "b": 3.75})


def test_a_workbook_says_which_indicator_has_no_maximum(tmp_path: Path) -> None:
    import pandas as pd

    from govindex.workbooks import write_result

    method = Methodology("test", "1", no_maximum(), scale=10)
    result = method.compute(observed({"a": [4.0, 2.0], "b": [0.5, 0.25]}))
    write_result(result, tmp_path / "x.xlsx", method=method)
    sheets = pd.read_excel(tmp_path / "x.xlsx", sheet_name=None, header=None, engine="calamine")
    cells = [str(cell) for sheet in sheets.values() for cell in sheet.to_numpy().ravel()]
    assert cells.count("no maximum") == 2

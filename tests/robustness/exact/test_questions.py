"""Laws, labels and refusals of exact answers."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import (
    Dimension,
    Indicator,
    Observations,
    Rounding,
    SettingError,
    UnknownNameError,
    View,
    aggregate,
    rules,
)
from govindex.robustness import (
    data_margins,
    dominance,
    potential_winners,
    score_margins,
    swap_margins,
    swap_weights,
    weight_intervals,
)
from govindex.testing import observed
from tests.robustness.exact.examples import (
    index_of,
    leaf,
    numbers,
    result_of,
    tree,
)


@given(seed=st.integers(0, 500), order=st.permutations(range(7)))
@settings(max_examples=15)
def test_the_order_of_units_and_columns_moves_no_byte(seed: int, order: list[int]) -> None:
    cells = numbers(seed, 7)
    one = observed(cells)
    turned = {c: [cells[c][i] for i in order] for c in reversed(cells)}
    other = observed(turned, units=[f"U{i}" for i in order])
    results = [tree().compute(data) for data in (one, other)]
    for ask in (swap_margins, score_margins, dominance, weight_intervals, data_margins):
        left, right = (ask(result) for result in results)
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_a_rounded_total_keeps_the_order_of_full_scores() -> None:
    data = observed(numbers(4, 6))
    rounded = attrs.evolve(tree(), rounding=gi.Levels(total=Rounding(1)))
    columns = ["first", "second", "outcome", "l1", "l2"]
    one, two = (swap_margins(m.compute(data))[columns] for m in (rounded, tree()))
    pd.testing.assert_frame_equal(one, two)
    inside = attrs.evolve(tree(), rounding=gi.Levels(node=Rounding(0)))
    with pytest.raises(SettingError, match="the scores of 'a' are rounded"):
        swap_margins(inside.compute(data))
    assert len(swap_margins(inside.compute(data), at=1)) == 5


@pytest.mark.parametrize(
    ("match", "settings"),
    [
        ("there is no unit 'U9'.*'U0'", {"pairs": [("U0", "U9")]}),
        ("'U0' and 'U0' are one unit", {"pairs": [("U0", "U0")]}),
        ("did you mean 'neighbours'", {"pairs": "neighbour"}),
        ("a pair is two units", {"pairs": ["U0"]}),
        ("at least one pair", {"pairs": []}),
        ("no scored node 'w'", {"at": ["x", "w"]}),
        ("no scored node at tier 5", {"at": 5}),
        ("'x' is below 'a'", {"at": ["a", "x"]}),
        ("at least two nodes", {"at": "a"}),
        ("'x' has no children whose weights could be moved", {"node": "x"}),
        ("there is no node 'w'", {"node": "w"}),
    ],
)
def test_impossible_settings_are_refused(match: str, settings: dict[str, Any]) -> None:
    with pytest.raises((SettingError, UnknownNameError), match=match):
        swap_margins(result_of(), **settings)


BONUS = Indicator("b", rule=rules.Identity(), weight=0.1, outside_maximum=True)


@pytest.mark.parametrize(
    ("match", "children", "settings"),
    [
        (r"'index' is combined by Minimum\(\)", None, {"aggregate": aggregate.Minimum()}),
        ("'index' has a rule", None, {"rule": rules.Goalposts(worst=0.1, best=0.9)}),
        (
            r"'a' is combined by Arithmetic\(\) and 'index' above it by Geometric",
            [
                Dimension("a", [leaf("x"), leaf("y")], aggregate=aggregate.Arithmetic()),
                leaf("z"),
            ],
            {"aggregate": aggregate.Geometric()},
        ),
        ("'a' has bonuses or penalties", [Dimension("a", [leaf("x"), leaf("y"), BONUS])], {}),
        ("the weight of 'y' is a variable", [leaf("x"), leaf("y", "v")], {}),  # type: ignore[arg-type]
    ],
)
def test_a_node_that_is_no_weighted_mean_is_named(match: str, children: Any, settings: Any) -> None:
    children = children or [leaf("x"), leaf("y"), leaf("z")]
    data = observed({**numbers(1, 4), "b": [0.1, 0.2, 0.3, 0.4]})
    result = index_of(children, **settings).compute(data)
    for ask in (swap_margins, weight_intervals, dominance, potential_winners, data_margins):
        with pytest.raises(SettingError, match=match):
            ask(result)


def test_shares_of_0_do_not_exist_in_a_geometric_mean() -> None:
    mean = aggregate.Geometric(zero="zero")
    result = index_of([leaf("x"), leaf("y")], aggregate=mean).compute(
        observed({"x": [0.0, 0.5], "y": [0.5, 0.5]})
    )
    with pytest.raises(SettingError, match="unit 'U0', 'x': a share of 0 is outside the scale"):
        swap_margins(result)


def test_forms_code_views_and_single_units_are_refused() -> None:
    data = observed(numbers(1, 3))
    with pytest.raises(SettingError, match="no two units are ranked together"):
        swap_margins(tree().compute(observed(numbers(1, 1))))
    with pytest.raises(SettingError, match="no two units with different ranks"):
        weight_intervals(tree().compute(observed(numbers(1, 1))))
    with pytest.raises(SettingError, match="keep is 'first', 'ranking' or a pair"):
        weight_intervals(tree().compute(data), keep="last")  # type: ignore[arg-type]
    seen = tree(views=[View("both", of=("x", "z"))]).compute(data)
    with pytest.raises(SettingError, match="'both' has no children whose weights"):
        swap_margins(seen, node="both")
    ahead = tree().compute(observed({code: [0.9, 0.1] for code in "vxyz"}))
    with pytest.raises(SettingError, match="the first is at least as good at every node"):
        swap_weights(ahead, "U1", "U0")
    frame = pd.DataFrame({**numbers(1, 4), "unit": list("ABCD"), "type": list("sspp")})
    typed = Observations.from_frame(frame, unit="unit", type="type")
    plain = tree()
    forms = gi.Forms.of(plain, {"s": plain.framework, "p": plain.framework})
    with pytest.raises(SettingError, match=r"take one of result\.parts"):
        swap_margins(forms.compute(typed))
    assert len(score_margins(forms.compute(typed))) == 4
    coded = gi.result_from_scores(tree(), data, {"index": [3.0, 2.0, 1.0]})
    with pytest.raises(SettingError, match="by its own code"):
        swap_margins(coded)
    assert list(score_margins(coded)["gain"].fillna(0)) == [0.0, 1.0, 1.0]


def test_one_indicator_alone_has_nothing_to_be_weighed_against() -> None:
    result = index_of([leaf("x")]).compute(observed({"x": [0.9, 0.1]}))
    assert swap_margins(result)["outcome"].to_list() == ["dominates"]
    with pytest.raises(SettingError, match="at least two must be above 0"):
        weight_intervals(result)


@pytest.mark.parametrize(
    "ask",
    [
        gi.robustness.swap_margins,
        gi.robustness.weight_intervals,
        gi.robustness.potential_winners,
        gi.robustness.attainable_ranks,
        gi.robustness.dominance,
        gi.robustness.data_margins,
        gi.robustness.score_margins,
        lambda given: gi.robustness.swap_weights(given, "A", "B"),
    ],
)
def test_exact_answers_are_those_of_a_result(ask: Any) -> None:
    with pytest.raises(SettingError, match=r"method\.compute\(data\), not Methodology"):
        ask(tree())


def test_units_that_are_no_list_are_refused() -> None:
    with pytest.raises(SettingError, match="units are a list of codes or names, not 3"):
        gi.robustness.attainable_ranks(result_of(3, 5), units=3)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="or a list of pairs, not 3"):
        swap_margins(result_of(3, 5), pairs=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(("by", "lead"), [("share", 60 / 80 - 70 / 100), ("points", 0.10)])
def test_the_lead_is_that_of_the_ranked_number(by: Any, lead: float) -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Points(), weight=50.0) for code in "xy"]
    leaves[1] = gi.Indicator("y", rule=gi.rules.Points(), weight=20.0)
    leaves.append(gi.Indicator("z", rule=gi.rules.Points(), weight=30.0))
    framework = gi.Framework(
        "index", leaves, aggregate=gi.aggregate.Sum(), absence=gi.absence.Shrink()
    )
    method = gi.Methodology(
        "example.lead", "1", framework, scale="points", ranking=gi.Ranking(by=by)
    )
    # 60 of 80 points against 70 of 100.
    frame = pd.DataFrame(
        {"x": [40.0, 40.0], "y": ["n/a", 10.0], "z": [20.0, 20.0]}, index=["A", "B"]
    )
    row = swap_margins(method.compute(gi.Observations.from_frame(frame))).iloc[0]
    assert row["first"] == ("A" if by == "share" else "B")
    assert row["lead"] == pytest.approx(100 * lead)


def test_margins_show_the_league_if_there_are_several() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.random((6, 4)), columns=list(tree().framework.leaf_codes))
    frame = frame.assign(unit=list("ABCDEF"), league=["hills", "coast"] * 3)
    data = gi.Observations.from_frame(frame, unit="unit", league="league")
    result = tree().compute(data)
    assert dict(swap_margins(result).groupby("league").size()) == {"coast": 2, "hills": 2}
    assert "league" in gi.robustness.score_margins(result)

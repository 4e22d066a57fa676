"""Absent children, and the policies for them."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings

from govindex import (
    Absence,
    DataError,
    Dimension,
    Framework,
    Unit,
    absence,
    explain,
    rules,
)
from tests.compute.examples import leaf, rubric, scored
from tests.strategies import NA, Case, cases, observed


def shrunk(policy: Any) -> Framework:
    return rubric(
        Dimension("A", [leaf("a1", 16), leaf("a2", 34)]),
        Dimension("B", [leaf("b", 50)]),
        absence=policy,
    )


def test_shrink_scores_on_the_points_that_apply() -> None:
    data = observed({"a1": [NA], "a2": [30.0], "b": [38.32]})
    result = scored(shrunk(absence.Shrink()), data, scale="points")
    row = result.table().iloc[0]
    assert (row["score"], row["maximum"], round(row["percent"], 2)) == (68.32, 84.0, 81.33)


def test_local_renormalise_restores_the_maximum_that_a_global_shrink_loses() -> None:
    data = observed({"a1": [NA], "a2": [17.0], "b": [50.0]})
    local = scored(shrunk(absence.Renormalise()), data, scale="points")
    whole = scored(shrunk(absence.Shrink()), data, scale="points")
    assert local.scores.loc["U0", ["A", "total"]].to_list() == [25.0, 75.0]
    assert whole.scores.loc["U0", ["A", "total"]].to_list() == [17.0, 67.0]
    assert whole.percent[0].item() == pytest.approx(100 * 67 / 84)


def test_renormalise_stops_a_shrunk_maximum_below_it() -> None:
    inner = Dimension("A", [leaf("a1", 16), leaf("a2", 34)], absence=absence.Shrink())
    framework = rubric(inner, leaf("b", 50), absence=absence.Renormalise())
    data = observed({"a1": [None], "a2": [17.0], "b": [50.0]})
    result = scored(framework, data, scale="points")
    assert result.scores.loc["U0", "A"] == 17.0
    assert result.score.item() == pytest.approx(100 * 67 / 84)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (absence.AsZero(), [6.0, 14.0]),
        (absence.Full(), [16.0, 14.0]),
        (absence.Fill("all"), [12.0, 14.0]),
        (absence.Renormalise(), [12.0, 14.0]),
        (absence.Redistribute("b"), [12.0, 14.0]),
        (lambda weights, present: weights * present, [12.0, 14.0]),
    ],
)
def test_policy_decides_the_score_without_an_indicator(policy: Any, expected: list[float]) -> None:
    framework = rubric(leaf("a"), leaf("b"), absence=policy)
    data = observed({"a": [None, 6.0], "b": [6.0, 8.0]})
    assert scored(framework, data, scale="points").score.to_list() == expected


def test_missing_and_not_applicable_follow_separate_policies() -> None:
    policy = Absence(missing=absence.AsZero(), not_applicable=absence.Shrink())
    framework = rubric(leaf("a"), leaf("b"), absence=policy)
    data = observed({"a": [None, NA], "b": [5.0, 5.0]})
    result = scored(framework, data, scale="points")
    assert result.score.to_list() == [5.0, 5.0]
    assert result.percent[0].tolist() == [25.0, 50.0]
    assert result.ranks["total"].to_list() == [2, 1]


def test_weight_is_redistributed_to_the_named_sibling() -> None:
    policy = absence.Redistribute("b")
    framework = rubric(leaf("a"), leaf("b"), leaf("c"), absence=policy)
    data = observed({"a": [None], "b": [10.0], "c": [0.0]})
    assert scored(framework, data, scale="points").score.item() == 20.0


def test_min_share_counts_children_or_scored_leaves() -> None:
    def framework(of: Any) -> Framework:
        inner = Dimension("D", [leaf("a"), leaf("b"), leaf("c"), leaf("shown", 0)])
        policy = absence.Renormalise(min_share=0.75, of=of)
        own = attrs.evolve(inner, absence=absence.Renormalise())
        return rubric(own, leaf("d"), leaf("plus", 5, outside_maximum=True), absence=policy)

    cells: dict[str, list[float | str | None]] = {
        code: [5.0, 5.0, 5.0] for code in ("a", "b", "c", "d", "plus")
    }
    data = observed({**cells, "a": [None, None, 5.0], "b": [5.0, None, 5.0], "shown": [None] * 3})
    by_leaf, by_child = (
        scored(framework(of), data, scale="points") for of in ("leaves", "children")
    )
    assert by_leaf.score.notna().to_list() == [True, False, True]
    assert by_child.score.notna().to_list() == [True, True, True]


def test_leaves_are_counted_through_a_tier_that_lacks_no_child() -> None:
    policy = absence.Renormalise()
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=policy)
    middle = Dimension("M", [inner, leaf("c")], absence=policy)
    most = absence.Renormalise(min_share=0.7, of="leaves")
    framework = rubric(middle, leaf("d"), absence=most)
    cells: dict[str, list[float | str | None]] = {
        "a": [None, None],
        "b": [5.0, 5.0],
        "c": [5.0] * 2,
    }
    result = scored(framework, observed({**cells, "d": [5.0, None]}), scale="points")
    assert result.scores["M"].notna().all()
    assert result.score.notna().to_list() == [True, False]  # three of four, two of four


def test_absent_dimensions_are_absent_children_of_the_next_tier() -> None:
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=absence.Renormalise(min_share=1))
    framework = rubric(inner, leaf("c"), absence=Absence(missing=absence.AsZero()))
    data = observed({"a": [None], "b": [9.0], "c": [10.0]})
    result = scored(framework, data, scale="points")
    assert result.scores.loc["U0"].to_dict() == {
        "total": 10.0, "D": 0.0, "a": pytest.approx(np.nan, nan_ok=True), "b": 9.0, "c": 10.0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "points"), [(absence.Full(), 20.0), (absence.Fill("all"), 16.0)]
)
def test_filled_dimension_has_its_whole_maximum(policy: Any, points: float) -> None:
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=absence.Renormalise())
    framework = rubric(inner, leaf("c"), absence=policy)
    data = observed({"a": [None, 8.0], "b": [None, 8.0], "c": [5.0, 10.0]})
    result = scored(framework, data, scale="points")
    row = result.row_of("D")
    assert (result.printed[row, 0], result.applicable_points[row, 0]) == (points, 20.0)
    assert explain(result, "U0").table["maximum"].loc["D"] == 20.0
    assert result.score.iloc[0] == points + 5.0


def test_filled_bonus_dimension_has_its_whole_maximum() -> None:
    extra = Dimension("extra", [leaf("x", 2)], outside_maximum=True, absence=absence.Renormalise())
    framework = rubric(leaf("c"), extra, absence=absence.Full())
    result = scored(framework, observed({"x": [None], "c": [5.0]}), scale="points")
    assert result.score.item() == 7.0
    assert result.applicable_points[result.row_of("extra"), 0] == 2.0


def test_limit_for_missing_children_does_not_count_not_applicable_ones() -> None:
    policy = Absence(missing=absence.Renormalise(min_share=0.5), not_applicable=absence.Shrink())
    framework = rubric(*(leaf(code) for code in "abcde"), absence=policy)
    cells: dict[str, list[float | str | None]] = {code: [NA, None] for code in "bcde"}
    data = observed({"a": [7.0, 7.0], **cells})
    result = scored(framework, data, scale="points")
    assert result.score.fillna(-1).to_list() == [7.0, -1.0]


@pytest.mark.parametrize("of", ["children", "leaves"])
def test_filled_indicators_count_as_present(of: Any) -> None:
    inner = Dimension("D", [leaf("a"), leaf("b")], absence=absence.AsZero())
    policy = absence.Renormalise(min_share=1, of=of)
    data = observed({"a": [None], "b": [4.0], "c": [2.0], "d": [2.0]})
    result = scored(rubric(inner, leaf("c"), leaf("d"), absence=policy), data, scale="points")
    assert result.score.item() == 8.0


def relative(policy: Any, **settings: Any) -> Framework:
    return Framework(
        "x", [leaf("a", 1, rule=rules.MinMax(**settings)), leaf("b", 1)], absence=policy
    )


def test_indicator_that_no_peer_reports_is_named() -> None:
    data = observed({"a": [None, NA], "b": [0.5, 1.0]})
    with pytest.raises(DataError, match="indicator 'a': no unit has a value; drop it, give it wei"):
        scored(relative(absence.Renormalise()), data)


@pytest.mark.parametrize(
    ("framework", "cells"),
    [
        (relative(absence.AsZero()), [None, NA]),
        (relative(absence.Full()), [None, None]),
        (relative(absence.Renormalise()), [NA, NA]),
        (relative(absence.Renormalise()), [None]),
        (relative(absence.Renormalise(), degenerate=0.5), [None, None]),
    ],
)
def test_indicator_that_no_peer_reports_may_be_declared(framework: Framework, cells: Any) -> None:
    data = observed({"a": cells, "b": [0.5] * len(cells)})
    assert scored(framework, data, scale=1).score.notna().all()


def test_refused_cells_are_named_and_counted() -> None:
    framework = rubric(leaf("a"), leaf("b"))
    data = observed({"a": [None] * 12, "b": [1.0] * 11 + [NA]})
    with pytest.raises(DataError, match=r"missing, and .* in 12 cells of 1 indicator") as info:
        scored(framework, data)
    assert "unit 'U11', indicator 'b': not applicable, and 'total' declares no" in str(info.value)


def test_group_mean_of_an_empty_league_is_an_error_that_names_the_unit() -> None:
    units = [Unit("A", league="north"), Unit("B", league="south")]
    framework = rubric(leaf("a"), leaf("b"), absence=absence.Fill())
    data = observed({"a": [None, 5.0], "b": [1.0, 1.0]}, units)
    with pytest.raises(DataError, match="unit 'A', node 'total': no unit of the same league"):
        scored(framework, data)


def test_weights_function_that_feeds_an_absent_child_is_an_error_that_names_the_unit() -> None:
    framework = rubric(leaf("a"), leaf("b"), absence=lambda weights, present: weights)
    data = observed({"a": [1.0, None], "b": [1.0, 1.0]})
    with pytest.raises(DataError, match="unit 'U1', node 'total': the absence function"):
        scored(framework, data)


@settings(max_examples=50)
@given(case=cases(units=5))
def test_unscored_units_carry_a_reason(case: Case) -> None:
    result = scored(case.framework, case.data)
    gone = result.score[result.score.isna()].index
    assert list(result.unscored.index) == list(gone)
    assert all("missing: " in r or "not applicable: " in r for r in result.unscored["reason"])
    assert result.ranks.loc[gone, "root"].isna().all()

"""Bonuses, penalties, weights of data and weights of 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from govindex import (
    Absence,
    DataError,
    Dimension,
    Framework,
    Indicator,
    absence,
    aggregate,
    explain,
    rules,
)
from tests.compute.examples import leaf, rubric, scored
from tests.strategies import NA, observed


def with_bonus(**settings: Any) -> Framework:
    plus = leaf("plus", 5, outside_maximum=True, absence=settings.pop("own", None))
    minus = leaf("minus", 10, outside_maximum=True, rule=rules.Affine(slope=-0.1))
    return rubric(leaf("a"), leaf("b"), plus, minus, **settings)


def test_children_weighed_by_data_are_printed_as_their_branch_is() -> None:
    inside = [leaf("a", "people"), leaf("b", 2)]
    mean = Dimension("mean", inside, weight=10, aggregate=aggregate.Arithmetic())
    cells = {"a": [5.0, 8.0], "b": [2.0, 4.0], "c": [5.0, 5.0], "people": [3.0, 1.0]}
    result = scored(rubric(mean, leaf("c", 5)), observed(cells), scale="points")
    assert dict(zip(result.codes, result.maxima.tolist(), strict=True)) == {
        "total": 15.0,
        "mean": 10.0,
        "a": 10.0,
        "b": 10.0,
        "c": 5.0,
    }


def test_bonus_and_penalty_move_points_inside_the_maximum() -> None:
    cells = {"a": [8.0, 9.0, 1.0], "b": [5.0, 9.0, 1.0], "plus": [3.0, 5.0, 0.0]}
    data = observed({**cells, "minus": [4.0, 0.0, 9.0]})
    result = scored(with_bonus(), data, scale="points")
    assert result.score.to_list() == [12.0, 20.0, 0.0]
    assert result.maxima[0] == 20.0


@pytest.mark.parametrize(
    ("policy", "expected"), [(absence.Renormalise(), 13.0), (absence.Shrink(), 8.0)]
)
def test_bonus_keeps_its_points_if_children_are_absent(policy: Any, expected: float) -> None:
    data = observed({"a": [5.0], "b": [None], "plus": [3.0], "minus": [0.0]})
    result = scored(with_bonus(absence=policy), data, scale="points")
    assert result.score.item() == expected


def test_bonus_dimension_that_shrinks_has_the_points_that_apply() -> None:
    extra = Dimension("extra", [leaf("x", 1), leaf("y", 1)], outside_maximum=True)
    framework = rubric(leaf("c"), extra, absence=absence.Shrink())
    data = observed({"x": [1.0], "y": [None], "c": [5.0]})
    result = scored(framework, data, scale="points")
    why = explain(result, "U0")
    assert (result.score.item(), why.score, why.lost) == (6.0, 6.0, 4.0)
    assert why.table["lost"].loc[["c", "extra"]].to_list() == [5.0, -1.0]
    assert why.table["own_loss"].to_list() == [0.0] * 5


@pytest.mark.parametrize(
    ("own", "expected"), [(absence.AsZero(), 12.0), (absence.Full(), 17.0), (None, None)]
)
def test_absent_bonus_follows_its_own_policy(own: Any, expected: float | None) -> None:
    data = observed({"a": [6.0], "b": [6.0], "plus": [NA], "minus": [0.0]})
    if expected is None:
        with pytest.raises(DataError, match="unit 'U0', indicator 'plus': not applicable"):
            scored(with_bonus(own=own), data, scale="points")
    else:
        assert scored(with_bonus(own=own), data, scale="points").score.item() == expected


def test_absent_bonus_that_no_peer_can_fill_is_named() -> None:
    data = observed({"a": [6.0], "b": [6.0], "plus": [None], "minus": [0.0]})
    with pytest.raises(DataError, match="unit 'U0', indicator 'plus': no unit of the same all"):
        scored(with_bonus(own=absence.Fill("all")), data)


def test_absent_bonus_that_nothing_fills_adds_nothing() -> None:
    data = observed({"a": [6.0], "b": [6.0], "plus": [None], "minus": [0.0]})
    result = scored(with_bonus(own=absence.Renormalise()), data, scale="points")
    assert result.score.item() == 12.0
    assert np.isnan(result.scores.loc["U0", "plus"])


def test_bonus_of_an_unscored_branch_does_not_score_it() -> None:
    data = observed({"a": [None], "b": [None], "plus": [5.0], "minus": [0.0]})
    result = scored(with_bonus(absence=absence.Renormalise()), data, scale="points")
    assert result.unscored.loc["U0", "reason"] == "missing: a, b"


def test_weight_zero_is_shown_and_not_scored() -> None:
    shown = Indicator("s", weight=0, measure_unit="days")
    framework = Framework("x", [leaf("a", 1), leaf("r", 0), shown])
    data = observed({"a": [50.0], "r": [80.0]})
    result = scored(framework, data, scale=100)
    assert result.scores.loc["U0"].fillna(-1).to_dict() == {
        "x": 50.0,
        "a": 50.0,
        "r": 80.0,
        "s": -1,
    }
    full = observed({"a": [50.0], "r": [80.0], "s": [3.0]})
    assert scored(framework, full).values[-1].tolist() == [3.0]


def test_weights_of_a_variable_differ_between_units() -> None:
    framework = Framework("x", [leaf("a", "w"), leaf("b", 1)])
    data = observed({"a": [1.0, 1.0], "b": [0.0, 0.0], "w": [1.0, 3.0]})
    assert scored(framework, data, scale=1).score.to_list() == [0.5, 0.75]


def test_child_of_weight_zero_for_a_unit_may_be_absent_there() -> None:
    framework = Framework("x", [leaf("a", "w"), leaf("b", 1)])
    data = observed({"a": [None, 1.0], "b": [0.5, 0.0], "w": [0.0, 1.0]})
    assert scored(framework, data, scale=1).score.to_list() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("weight", "match"),
    [
        (None, "unit 'U0', variable 'w': the weight of 'a' is absent"),
        (-2.0, "the weight of 'a' is -2; a weight"),
    ],
)
def test_impossible_weight_of_a_unit_is_named(weight: float | None, match: str) -> None:
    data = observed({"a": [1.0], "w": [weight]})
    with pytest.raises(DataError, match=match):
        scored(Framework("x", [leaf("a", "w")]), data)


def test_unit_whose_weights_are_all_zero_is_named() -> None:
    data = observed({"a": [1.0, 1.0], "w": [1.0, 0.0]})
    with pytest.raises(DataError, match="unit 'U1', node 'x': the weights of all its children"):
        scored(Framework("x", [leaf("a", "w")]), data)


def test_unit_whose_weights_are_all_zero_is_named_despite_a_bonus() -> None:
    data = observed({"a": [1.0, 1.0], "w": [1.0, 0.0], "b": [1.0, 1.0]})
    framework = Framework("x", [leaf("a", "w"), leaf("b", 1, outside_maximum=True)])
    with pytest.raises(DataError, match="unit 'U1', node 'x': the weights of all its children"):
        scored(framework, data)


def test_absent_bonus_is_filled_from_reported_ones() -> None:
    policy = Absence(missing=absence.AsZero(), not_applicable=absence.Fill(by="all"))
    data = observed({"a": [0.0, 0.0, 0.0], "b": [4.0, None, NA]})
    bonus = leaf("b", absence=policy, outside_maximum=True)
    assert [*scored(rubric(leaf("a"), bonus), data).scores["b"]] == [4.0, 0.0, 4.0]


def test_absent_bonus_of_weight_0_for_a_unit_takes_nothing_away() -> None:
    data = observed({"a": [1.0, 1.0], "b": [1.0, None], "w": [1.0, 0.0]})
    bonus = leaf("b", "w", rule=rules.Identity(), outside_maximum=True)
    result = scored(Framework("x", [leaf("a", 1, rule=rules.Affine(slope=0.5)), bonus]), data)
    assert [*result.score] == [100.0, 50.0]


def test_missing_variables_are_all_named() -> None:
    framework = Framework("x", [leaf("speed", "share"), leaf("b", 1)])
    with pytest.raises(DataError) as caught:
        scored(framework, observed({"sped": [1.0]}))
    assert len(caught.value.problems) == 3
    assert "'speed' needs the variable 'speed'" in str(caught.value)
    assert "did you mean 'sped'" in str(caught.value)
    assert "'speed' is weighted by the variable 'share'" in str(caught.value)

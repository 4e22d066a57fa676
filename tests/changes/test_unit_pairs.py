"""Units of two editions: what is the same is declared or agrees, and is never guessed."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import govindex as gi
from govindex import (
    DataError,
    Framework,
    IndexResult,
    Indicator,
    Merger,
    Methodology,
    SettingError,
    Unit,
    UnknownNameError,
    absence,
    rules,
)
from tests.strategies import observed

change: Any = gi.change  # its tables are of any type

METHOD = Methodology(
    "example.points", "1", Framework("f", [Indicator("x", weight=100, rule=rules.Points())])
)


def computed(scores: dict[str, float], names: dict[str, str] | None = None) -> IndexResult:
    units = [Unit(code, (names or {}).get(code)) for code in scores]
    return METHOD.compute(observed({"x": list(scores.values())}, units))


def kinds(found: Any) -> list[tuple[Any, ...]]:
    columns = ["edition", "code", "kind", "near"]
    return [tuple(row) for row in found.unmatched[columns].to_numpy().tolist()]


def test_units_that_came_and_went_are_listed_with_near_misses() -> None:
    before = computed({"Sở Nội vụ": 50, "Sở Ngoại vụ": 40, "Thanh tra": 30})
    after = computed({"Sở Nội vụ": 60, "Sở Ngoại vụ tỉnh": 45})
    found = change(before, after)
    assert list(found.units.index) == ["Sở Nội vụ"]
    assert found.units.loc["Sở Nội vụ", ["rank_before", "rank", "of_before", "of"]].to_list() == [
        *(1, 1, 3, 2),
    ]
    assert kinds(found) == [
        ("before", "Sở Ngoại vụ", "went", "Sở Ngoại vụ tỉnh"),
        ("before", "Thanh tra", "went", ""),
        ("after", "Sở Ngoại vụ tỉnh", "came", "Sở Ngoại vụ"),
    ]


def test_a_running_number_with_another_name_is_another_unit() -> None:
    before = computed({"1": 50, "2": 40, "3": 1}, {"1": "An Bình", "2": "Bình Minh", "3": "Cửa"})
    after = computed({"1": 60, "2": 45, "3": 1}, {"1": "Bình Minh", "2": "An  BÌNH", "3": "cửa"})
    found = change(before, after)
    assert list(found.units.index) == ["3"]
    assert {kind for *_, kind, _ in kinds(found)} == {"other_name"}
    named = change(before, after, units="name").units
    assert named["score_change"].to_dict() == {"1": 20.0, "2": -5.0, "3": 0.0}
    assert named["unit_before"].to_dict() == {"1": "2", "2": "1", "3": "3"}
    coded = change(before, after, units="code").units
    assert coded["score_change"].to_dict() == {"1": 10.0, "2": 5.0, "3": 0.0}


def test_a_name_that_two_units_have_is_matched_with_neither() -> None:
    before = computed({"1": 50, "2": 40, "3": 1}, {"1": "An", "2": "An", "3": "Cửa"})
    after = computed({"7": 60, "3": 1}, {"7": "An", "3": "Cửa"})
    found = change(before, after, units="name")
    assert list(found.units.index) == ["3"]
    assert kinds(found)[0] == ("before", "1", "other_code", "7")


def test_a_unit_without_a_name_is_known_by_its_code() -> None:
    found = change(computed({"A": 1}), computed({"A": 2}, {"A": "An Bình"}))
    assert found.unmatched.empty


def test_a_renamed_unit_is_declared_by_code_or_name() -> None:
    before = computed({"A": 50, "B": 40}, {"A": "Sở Lao động"})
    after = computed({"N": 60, "B": 45}, {"N": "Sở Nội vụ"})
    for declared in ({"A": "N"}, {"Sở Lao động": "Sở Nội vụ"}):
        found = change(before, after, units=declared)
        assert found.units.loc["N", ["unit_before", "score_change"]].to_list() == ["A", 10.0]
        assert found.unmatched.empty


@pytest.mark.parametrize(
    ("how", "weights", "score"),
    [("mean", None, 45.0), ("mean", {"A": 3, "B": 1}, 47.5), ("sum", None, 90.0)],
)
def test_merged_units_have_the_declared_score_and_no_rank(
    how: str, weights: Any, score: float
) -> None:
    before = computed({"A": 50, "B": 40, "C": 30})
    merger = Merger({"A": "AB", "B": "AB"}, how=how, weights=weights)
    found = change(before, computed({"AB": 60, "C": 35}), units=merger)
    row = found.units.loc["AB"]
    assert row["score_before"] == score
    assert row["score_change"] == 60 - score
    assert row["unit_before"] == "A; B"
    assert row[["rank_before", "rank_change"]].isna().all()
    assert found.units.loc["C", "rank_before"] == 3
    assert found.nodes.loc[("AB", "x"), "score_before"] == score


def test_a_merged_mean_may_be_weighted_by_a_variable() -> None:
    data = observed({"x": [50.0, 40.0, 10.0], "people": [1.0, 3.0, 2.0]}, ["A", "B", "C"])
    merger = Merger({"A": "AB", "B": "AB"}, how="mean", weights="people")
    found = change(METHOD.compute(data), computed({"AB": 60, "C": 10}), units=merger)
    assert found.units.loc["AB", "score_before"] == 42.5


def test_a_merged_unit_one_of_which_has_no_score_has_none() -> None:
    policy = absence.Renormalise(min_share=1)
    framework = attrs.evolve(METHOD.framework, absence=policy)
    method = attrs.evolve(METHOD, framework=framework)
    before = method.compute(observed({"x": [50.0, None, 1.0]}, ["A", "B", "C"]))
    merger = Merger({"A": "AB", "B": "AB"}, how="mean")
    row = change(before, computed({"AB": 60, "C": 1}), units=merger).units.loc["AB"]
    assert row[["score_before", "percent_before", "score_change"]].isna().all()


@pytest.mark.parametrize(
    ("units", "error", "message"),
    [
        ({"A": "AB", "B": "AB"}, DataError, r"'A', 'B' became 'AB'.*Merger\(\{…\}, how='mean'\)"),
        ({"A": ["AB", "C"]}, DataError, "'A' became several, 'AB', 'C': what it scored cannot"),
        ({"Aa": "AB"}, UnknownNameError, "before: there is no unit 'Aa': did you mean 'A'"),
        ({"A": "ABX"}, UnknownNameError, "after: there is no unit 'ABX': did you mean 'AB'"),
        ({"A": "C"}, DataError, "'A' became 'C', which is a unit before too"),
        ({"A": 3}, DataError, "'A' became 3: give a code or a name, or None"),
        ({"A": "AB", "An": "C"}, DataError, "'A' and 'An' are the same before"),
        ({"A": "AB", " A": "C"}, SettingError, "'A' and ' A' are one: give it once"),
        ("codes", SettingError, "units is a mapping of old units to new units, a Merger"),
        (3, SettingError, "'code' or 'name', not 3"),
    ],
)
def test_an_impossible_mapping_is_refused(units: Any, error: Any, message: str) -> None:
    before = computed({"A": 50, "B": 40, "C": 30}, {"A": "An"})
    with pytest.raises(error, match=message):
        change(before, computed({"AB": 60, "C": 35}), units=units)


def test_a_unit_whose_code_another_one_took_is_said_to_have_ended() -> None:
    before, after = computed({"A": 50, "C": 30}), computed({"C": 60})
    found = change(before, after, units={"A": "C", "C": None})
    assert found.units.loc["C", "score_before"] == 50
    assert kinds(found) == [("before", "C", "taken", "")]


def test_results_without_a_common_unit_are_refused_with_the_cure() -> None:
    one = computed({"1": 1, "2": 2}, {"1": "An", "2": "Bình"})
    other = computed({"7": 1, "8": 2}, {"7": "An", "8": "Bình"})
    with pytest.raises(
        DataError, match=r"no unit is in both results; only before: '1', '2'.*'name'"
    ):
        change(one, other)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"how": "median"}, r"Merger\(how=…\) is 'mean' or 'sum', not 'median'"),
        ({"how": None}, r"Merger\(how=…\) is 'mean' or 'sum'"),
        ({"how": "sum", "weights": {"A": 1}}, "a sum takes no weights"),
        ({"how": "mean", "weights": {"A": -1}}, "at least 0 by unit, not -1 for 'A'"),
        ({"how": "mean", "weights": 3}, "name of a variable, or numbers by the code"),
        ({"how": "mean", "data": "max"}, r"Merger\(data=…\) is 'mean' or 'sum'"),
    ],
)
def test_an_impossible_merger_is_refused(settings: Any, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        Merger({"A": "B"}, **settings)
    with pytest.raises(SettingError, match="is empty"):
        Merger({}, how="mean")


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"A": 1}, "unit 'B': there is no weight"),
        ({"A": 0, "B": 0}, "no unit merged with it has a weight above 0"),
        ("people", "the earlier data have no numbers 'people' to weight with"),
    ],
)
def test_weights_that_cannot_merge_are_refused(weights: Any, message: str) -> None:
    merger = Merger({"A": "AB", "B": "AB"}, how="mean", weights=weights)
    with pytest.raises(DataError, match=message):
        change(computed({"A": 50, "B": 40}), computed({"AB": 60}), units=merger)

"""Nodes of two editions: compared if code, name, maximum and direction agree, or as declared."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import DataError, SettingError, UnknownNameError, rules
from tests.strategies import NA, observed

change: Any = gi.change  # its tables are of any type


def leaf(code: str, name: str, weight: float = 10, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, name, weight=weight, **{"rule": rules.Points(), **settings})


def scored(*leaves: gi.Indicator, **cells: Any) -> gi.IndexResult:
    framework = gi.Framework("f", leaves, aggregate=gi.aggregate.Sum())
    data = observed({one.code: [cells.get(one.code, 5.0)] * 2 for one in leaves}, ["A", "B"])
    return gi.Methodology("example.nodes", "1", framework).compute(data)


def left(found: Any) -> list[tuple[str, ...]]:
    columns = ["edition", "code", "kind", "near"]
    return [tuple(row) for row in found.unmatched[columns].to_numpy().tolist()]


LOWER: dict[str, Any] = {"direction": "lower", "rule": rules.Goalposts(worst=10, best=0)}
BEFORE = scored(leaf("1", "Plans"), leaf("2", "Reports"), leaf("3", "Speed"), leaf("4", "Old"))


def test_what_differs_in_code_or_name_is_listed_and_not_compared() -> None:
    after = scored(leaf("1", "Plans"), leaf("2", "Speed"), leaf("5", "Reports"), leaf("6", "New"))
    found = change(BEFORE, after)
    assert list(found.nodes.loc["A"].index) == ["1"]
    assert left(found) == [
        ("before", "2", "other_name", "Speed"),
        ("before", "3", "other_code", "2"),
        ("before", "4", "went", ""),
        ("after", "2", "other_name", "Reports"),
        ("after", "5", "other_code", "2"),
        ("after", "6", "came", ""),
    ]
    named = change(BEFORE, after, nodes="name")
    assert named.nodes.loc["A", "node_before"].to_dict() == {"1": "1", "2": "3", "5": "2"}
    coded = change(BEFORE, after, nodes="code")
    assert list(coded.nodes.loc["A"].index) == ["1", "2"]
    declared = change(BEFORE, after, nodes={"4": "6", "2": None})
    assert declared.nodes.loc["A", "node_before"].to_dict() == {"1": "1", "6": "4"}


def test_names_agree_in_one_language_in_any_case() -> None:
    one = scored(leaf("1", {"vi": "Kế hoạch", "en": "Plan"}))  # type: ignore[arg-type]
    other = scored(leaf("1", {"vi": "KẾ  hoạch", "en": "Plans"}))  # type: ignore[arg-type]
    assert list(change(one, other).nodes.loc["A"].index) == ["1"]


def test_another_maximum_is_compared_in_percent_on_request() -> None:
    after = scored(*BEFORE.framework.leaves[:3], leaf("4", "Old", 20))
    found = change(BEFORE, after)
    assert left(found) == [
        ("before", "4", "other_maximum", "4"),
        ("after", "4", "other_maximum", "4"),
    ]
    row = change(BEFORE, after, by="percent").nodes.loc[("A", "4")]
    assert row[["maximum_before", "maximum", "percent_before", "percent"]].to_list() == [
        *(10.0, 20.0, 50.0, 25.0),
    ]
    assert row["percent_change"] == -25.0
    assert row[["score_change"]].isna().all()


def test_another_direction_is_not_compared_unless_declared() -> None:
    after = scored(*BEFORE.framework.leaves[:3], leaf("4", "Old", **LOWER))
    found = change(BEFORE, after, by="percent")
    assert [kind for *_, kind, _ in left(found)] == ["other_direction"] * 2
    assert change(BEFORE, after, nodes={"4": "4"}).unmatched.empty


@pytest.mark.parametrize(
    ("nodes", "error", "message"),
    [
        ({"9": "1"}, UnknownNameError, "before: there is no node '9': Known: 'f', '1'"),
        ({"1": "9"}, UnknownNameError, "after: there is no node '9'"),
        ({"1": "2", "2": "2"}, DataError, "'1', '2' became '2': nodes are compared one to one"),
        ({"1": ("1", "2")}, DataError, "'1' became several, '1', '2'"),
        ({1: "2"}, UnknownNameError, "there is no node '1'"),
        ("names", SettingError, "nodes is a mapping of old nodes to new nodes, 'code' or 'name'"),
        (["1"], SettingError, "'code' or 'name', not"),
    ],
)
def test_an_impossible_mapping_is_refused(nodes: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        change(BEFORE, BEFORE, nodes=nodes)


def test_a_node_is_compared_with_its_counterpart() -> None:
    after = scored(leaf("1", "Reports"), leaf("2", "Plans"), **{"1": 8.0})
    found = change(BEFORE, after, "1", nodes="name")
    assert (found.node_before, found.node) == ("2", "1")
    assert found.units["score_change"].to_list() == [3.0, 3.0]
    with pytest.raises(UnknownNameError, match="node '1' is not in both results"):
        change(BEFORE, after, "1")
    with pytest.raises(UnknownNameError, match="there is no node '7'"):
        change(BEFORE, after, "7")


def test_marks_travel_with_the_nodes() -> None:
    leaves = [leaf("1", "Plans"), leaf("2", "Reports")]
    framework = gi.Framework("f", leaves, aggregate=gi.aggregate.Sum(), absence=gi.absence.Shrink())
    method = gi.Methodology("example.nodes", "1", framework)
    before = method.compute(observed({"1": [5.0, 5.0], "2": [NA, 4.0]}, ["A", "B"]))
    after = method.compute(observed({"1": [5.0, None], "2": [5.0, 4.0]}, ["A", "B"]))
    nodes = change(before, after).nodes
    assert nodes.loc[("A", "2"), ["status_before", "status"]].to_list() == ["not applicable", ""]
    assert nodes.loc[("B", "1"), ["status_before", "status"]].to_list() == ["", "missing"]
    assert nodes.loc[("A", "2"), ["maximum_before", "maximum"]].to_list() == [10.0, 10.0]
    assert nodes.loc[("A", "2"), ["score_before", "score_change"]].isna().all()


def test_units_of_two_forms_are_compared_on_their_own_nodes() -> None:
    def method(small: float) -> gi.Forms:
        form = gi.Framework("f", [leaf("1", "Plans", small)], aggregate=gi.aggregate.Sum())
        whole = gi.Framework("f", BEFORE.framework.leaves[:2], aggregate=gi.aggregate.Sum())
        return gi.Forms("example.forms", "1", whole, forms={"small": form})

    units = [gi.Unit("A"), gi.Unit("S", type="small")]
    data = observed({"1": [5.0, 5.0], "2": [5.0, NA]}, units)
    found = change(method(10).compute(data), method(20).compute(data))
    assert found.nodes.index.to_list() == [("A", "1"), ("A", "2")]
    assert {kind for *_, kind, _ in left(found)} == {"other_maximum"}
    assert found.units["score_change"].isna().to_dict() == {"A": False, "S": True}
    assert found.units.loc["S", ["percent_before", "percent"]].to_list() == [50.0, 25.0]


@given(st.permutations(["1", "2", "3", "4"]), st.booleans())
def test_every_node_is_compared_or_listed_once(codes: list[str], renamed: bool) -> None:
    leaves = [
        attrs.evolve(one, code=code, name="Other" if renamed and code == "3" else one.name)
        for one, code in zip(BEFORE.framework.leaves, codes, strict=True)
    ]
    after = scored(*leaves)
    found = change(BEFORE, after)
    matched = found.nodes.loc["A"].index if len(found.nodes) else []
    listed = found.unmatched[found.unmatched["edition"] == "after"]["code"]
    assert sorted([*matched, *listed]) == ["1", "2", "3", "4"]
    for code in matched:
        assert BEFORE.node(code).label() == after.node(code).label()

"""Nodes: what they are made of, before a framework checks them."""

from __future__ import annotations

from typing import Any

import pytest

import govindex as gi
from govindex.measures import Complement, Value
from govindex.rules import MinMax


def test_indicator_measures_the_variable_of_its_code() -> None:
    assert gi.Indicator("days").measure == Value("days")


def test_indicator_takes_a_variable_or_a_measure() -> None:
    assert gi.Indicator("speed", measure="days").measure == Value("days")
    late = Complement("on_time", "received")
    assert gi.Indicator("late", measure=late).measure == late


def test_names_are_given_as_text_or_by_language() -> None:
    names = {"vi": "Tiến độ", "en": "Progress"}
    assert gi.Indicator("2.1", names).label("en") == "Progress"
    assert gi.Dimension("2", [], "Progress").label("en") == "Progress"
    assert gi.View("v").label() == "v"


def test_children_are_any_iterable_or_a_single_node() -> None:
    leaf = gi.Indicator("a")
    assert gi.Dimension("d", (node for node in [leaf])).children == (leaf,)
    assert gi.Dimension("d", leaf).children == (leaf,)


def test_view_takes_a_single_code() -> None:
    assert gi.View("v", of="abc").of == ("abc",)
    assert gi.View("v", of=["a", "b"]).of == ("a", "b")


def test_one_policy_speaks_for_missing_and_not_applicable() -> None:
    policy = gi.absence.AsZero()
    leaf = gi.Indicator("a", absence=policy)
    assert leaf.absence == gi.Absence(missing=policy, not_applicable=policy)


def test_nodes_are_equal_by_content_and_hash_alike() -> None:
    one = gi.Dimension("d", [gi.Indicator("a", rule=MinMax())], {"vi": "Một", "en": "One"})
    same = gi.Dimension("d", [gi.Indicator("a", rule=MinMax())], {"en": "One", "vi": "Một"})
    assert (one, hash(one)) == (same, hash(same))


@pytest.mark.parametrize("node", [gi.Indicator("a"), gi.Dimension("d", []), gi.View("v")])
def test_nodes_cannot_be_changed(node: Any) -> None:
    with pytest.raises(AttributeError):
        node.code = "other"


@pytest.mark.parametrize("field", ["where", "weights"])
def test_view_refuses_anything_but_a_mapping(field: str) -> None:
    settings: dict[str, Any] = {field: ["survey"]}
    with pytest.raises(gi.FrameworkError, match=r"weights=… or where=… as a mapping, not \['sur"):
        gi.View("v", of="a", **settings)


def test_name_that_is_not_a_text_is_refused() -> None:
    with pytest.raises(gi.SettingError, match=r"a name is a text or a mapping .*, not 3"):
        gi.Indicator("a", 3)  # type: ignore[arg-type]


def test_children_inside_and_outside_the_maximum_are_distinguished() -> None:
    rule = gi.rules.Points()
    bonus = gi.Indicator("bonus", rule=rule, outside_maximum=True)
    plain = gi.Indicator("plain", rule=rule)
    dimension = gi.Dimension("d", [bonus, plain])
    assert (dimension.inside, dimension.bonuses) == ((plain,), (bonus,))


def test_view_selects_by_what_it_asks_for_and_nothing_without() -> None:
    asked = gi.Indicator("asked", data_source="survey")
    assert gi.View("v", where={"data_source": "survey"}).selects(asked)
    assert not gi.View("v", where={"data_source": "statistic"}).selects(asked)
    assert not gi.View("v", of=["asked"]).selects(asked)

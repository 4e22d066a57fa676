"""The assessed bodies."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.names import natural_key

PROVINCES = gi.Units.of(
    [
        gi.Unit("H38", {"vi": "Lào Cai", "en": "Lao Cai"}, league="north"),
        gi.Unit("H44", "Phú Thọ", league="midland", type="province", attributes={"coast": False}),
        gi.Unit("H44.1", "Việt Trì", league="north", parent="H44", ranked=False),
        gi.Unit("H99"),
    ]
)
codes = st.lists(st.text("abcd", min_size=1, max_size=3), min_size=1, max_size=8, unique=True)


def test_getitem_returns_the_unit_with_all_its_fields() -> None:
    assert PROVINCES[2] == gi.Unit(
        "H44.1",
        "Việt Trì",
        league="north",
        parent="H44",
        ranked=False,
        attributes={"coast": None},
    )


def test_slice_returns_a_list_of_units() -> None:
    assert [unit.code for unit in PROVINCES[1:3]] == ["H44", "H44.1"]


def test_units_of_codes_alone_have_no_other_field() -> None:
    units = gi.Units(("A", "B"))
    assert list(units) == [gi.Unit("A"), gi.Unit("B")]
    assert units.labels() == ["A", "B"]
    assert units.parent_index.tolist() == [-1, -1]
    assert units.ranked_mask.all()


def test_repr_names_the_first_units() -> None:
    assert repr(PROVINCES) == "<4 units: H38, H44, H44.1, …>"
    assert repr(gi.Units(("A",))) == "<1 units: A>"


def test_labels_are_names_in_a_language_or_codes() -> None:
    assert PROVINCES.labels("en") == ["Lao Cai", "Phú Thọ", "Việt Trì", "H99"]
    assert PROVINCES.labels() == ["Lào Cai", "Phú Thọ", "Việt Trì", "H99"]
    assert PROVINCES[0].label("en") == "Lao Cai"


def test_parent_index_is_the_place_of_the_parent() -> None:
    assert PROVINCES.parent_index.tolist() == [-1, -1, 1, -1]


def test_units_without_a_league_form_a_group() -> None:
    groups = {name: rows.tolist() for name, rows in PROVINCES.groups("league")}
    assert groups == {"midland": [1], "north": [0, 2], None: [3]}


def test_group_of_a_field_that_no_unit_has_is_one_group() -> None:
    assert gi.Units(("A", "B")).group("type").tolist() == [0, 0]


def test_group_takes_attributes() -> None:
    assert PROVINCES.group("coast").tolist() == [1, 0, 1, 1]


def test_groups_cannot_be_written_to() -> None:
    PROVINCES.group("type")
    with pytest.raises(ValueError, match="read-only"):
        PROVINCES.group("type")[0] = 7
    assert PROVINCES.group("type").tolist() == [1, 0, 1, 1]


def test_group_of_an_unknown_attribute_suggests_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match="no attribute 'leage': did you mean 'league'"):
        PROVINCES.group("leage")


@pytest.mark.parametrize("unit", ["H38", "Lào Cai", "Lao Cai"])
def test_locate_takes_the_code_and_the_name_in_any_language(unit: str) -> None:
    assert PROVINCES.locate(unit) == 0


def test_locate_an_unknown_unit_suggests_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match="no unit 'Phu Thọ': did you mean 'Phú Thọ'"):
        PROVINCES.locate("Phu Thọ")


def test_locate_a_name_of_several_units_asks_for_a_code() -> None:
    units = gi.Units.of([gi.Unit("1", "Tân Lập"), gi.Unit("2", "Tân Lập")])
    with pytest.raises(gi.UnknownNameError, match="2 units are named 'Tân Lập': give a code of 1"):
        units.locate("Tân Lập")


def test_take_keeps_fields_and_drops_parents_outside() -> None:
    taken = PROVINCES.take(np.array([2, 0]))
    assert taken.codes == ("H44.1", "H38")
    assert taken.parents == (None, None)
    assert taken.ranked_mask.tolist() == [False, True]
    assert taken[0].league == "north"


@given(codes=codes, data=st.data())
def test_taking_all_units_in_another_order_keeps_each_unit(codes: list[str], data: Any) -> None:
    units = gi.Units.of([gi.Unit(code, league=code[0], ranked=len(code) > 1) for code in codes])
    order = data.draw(st.permutations(range(len(codes))))
    taken = units.take(np.array(order, dtype=np.intp))
    assert list(taken) == [units[index] for index in order]


@given(codes=codes)
def test_groups_hold_every_unit_once(codes: list[str]) -> None:
    units = gi.Units.of([gi.Unit(code, league=code[0]) for code in codes])
    rows = np.concatenate([members for _, members in units.groups("league")])
    assert sorted(rows.tolist()) == list(range(len(codes)))


def test_units_survive_pickling() -> None:
    assert list(pickle.loads(pickle.dumps(PROVINCES))) == list(PROVINCES)


def test_ranked_mask_cannot_be_written_to() -> None:
    mask = np.array([True, False])
    units = gi.Units(("A", "B"), ranked=mask)
    mask[0] = False
    assert units.ranked_mask.tolist() == [True, False]
    with pytest.raises(ValueError, match="read-only"):
        units.ranked_mask[0] = False


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        pytest.param({"codes": ()}, ["there are no units"], id="none"),
        pytest.param(
            {"codes": ("A", " ", "A")},
            ["unit 'A' appears more than once", "the unit in row 2 has no code"],
            id="doubled and blank",
        ),
        pytest.param(
            {"codes": (1, ["A"])},
            [
                "the code of the unit in row 1 is a text, not 1",
                "the code of the unit in row 2 is a text, not ['A']",
            ],
            id="codes that are no texts",
        ),
        pytest.param(
            {"codes": ("A", "B"), "leagues": ("x",), "ranked": [True], "attributes": {"z": (1,)}},
            [
                "'leagues' has 1 entries for 2 units",
                "'ranked' has 1 entries for 2 units",
                "'z' has 1 entries for 2 units",
            ],
            id="columns of other lengths",
        ),
        pytest.param(
            {"codes": ("Hanoi", "B"), "parents": (None, "Hano")},
            [
                "unit 'B' names a parent that does not exist, 'Hano': "
                "did you mean 'Hanoi'? Known: 'Hanoi', 'B'"
            ],
            id="unknown parent",
        ),
        pytest.param(
            {"codes": ("A",), "parents": ("",)},
            ["unit 'A' names a parent that does not exist, '': Known: 'A'"],
            id="blank parent",
        ),
        pytest.param(
            {"codes": tuple("DCBA"), "parents": ("C", "B", "C", "A")},
            ["units are each other's parents: B → C → B", "units are each other's parents: A → A"],
            id="circles",
        ),
    ],
)
def test_impossible_units_are_refused(settings: dict[str, Any], problems: list[str]) -> None:
    with pytest.raises(gi.DataError) as caught:
        gi.Units(**settings)
    assert list(caught.value.problems) == problems


def test_units_of_something_else_are_refused() -> None:
    with pytest.raises(gi.DataError, match=r"units are made of Unit\('code', …\), not 'A'"):
        gi.Units.of(["A"])  # type: ignore[list-item]


def test_attributes_are_a_mapping() -> None:
    with pytest.raises(gi.DataError, match=r"attributes are a mapping .*, not \['coast'\]"):
        gi.Unit("A", attributes=["coast"])  # type: ignore[arg-type]


def test_leagues_are_in_the_order_of_their_numbers() -> None:
    names = ["10", "2", "group 10", "1", "group 9", None]
    units = gi.Units.of(gi.Unit(f"U{row}", league=league) for row, league in enumerate(names))
    actual = [league for league, _, _ in units.ranking_groups()]
    assert actual == ["1", "2", "10", "group 9", "group 10", None]


@given(numbers=st.lists(st.integers(0, 10**30), min_size=2, max_size=2, unique=True))
def test_numbers_in_names_of_groups_sort_as_numbers(numbers: list[int]) -> None:
    for written in ("{}", "group {}", "{}. group", "1{:050d}"):
        texts = [written.format(number) for number in sorted(numbers)]
        assert sorted(set(texts), key=natural_key) == texts


@given(texts=st.lists(st.text("0123. áb", max_size=6)))
def test_names_of_groups_have_one_order(texts: list[str]) -> None:
    backwards = sorted(texts, reverse=True)
    assert sorted(texts, key=natural_key) == sorted(backwards, key=natural_key)

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.mappings import FrozenMap

maps = st.dictionaries(st.text(max_size=3), st.integers(), max_size=6)


@given(items=maps)
def test_frozen_map_keeps_its_items_in_order(items: dict[str, int]) -> None:
    assert list(FrozenMap(items).items()) == list(items.items())


@given(items=maps)
def test_frozen_map_ignores_the_order_in_equality_and_hash(items: dict[str, int]) -> None:
    one, other = FrozenMap(items), FrozenMap(dict(reversed(items.items())))
    assert (one, hash(one)) == (other, hash(other))


@given(items=maps)
def test_frozen_map_survives_pickling_and_deep_copying(items: dict[str, int]) -> None:
    one = FrozenMap(items)
    copied = copy.deepcopy(pickle.loads(pickle.dumps(one)))
    assert isinstance(copied, FrozenMap)
    assert list(copied.items()) == list(one.items())


def test_frozen_map_does_not_follow_its_source() -> None:
    source = {"vi": "Tiến độ"}
    frozen = FrozenMap(source)
    source["en"] = "Progress"
    assert frozen == {"vi": "Tiến độ"}


def test_frozen_map_refuses_assignment() -> None:
    frozen = FrozenMap({"a": 1})
    with pytest.raises(TypeError, match="does not support item assignment"):
        frozen["a"] = 2  # type: ignore[index]


def test_frozen_map_differs_by_value() -> None:
    assert FrozenMap({"a": 1}) != FrozenMap({"a": 2})


def test_frozen_map_is_empty_by_default() -> None:
    assert len(FrozenMap()) == 0
    assert repr(FrozenMap()) == "{}"


def test_frozen_map_of_unhashable_values_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(FrozenMap({"a": [1]}))

"""One key is one key: however it is spelled, and through whatever door it came."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.names import distinct
from govindex.toml import loads

APART = unicodedata.normalize("NFD", "ế")
HEAD: dict[str, Any] = {"format": 1, "id": "e.m", "version": "1"}
ROOT = '{"code": "r"}'


def document(*nodes: str) -> str:
    """Return a JSON document with these nodes, written as they are."""
    return f'{{"format": 1, "id": "e.m", "version": "1", "nodes": [{", ".join((ROOT, *nodes))}]}}'


# Codes and names.


@given(text=st.text(max_size=8))
def test_a_code_is_stripped_and_composed_once(text: str) -> None:
    code = gi.as_code(text)
    assert gi.as_code(f"  {unicodedata.normalize('NFD', text)}\t") == gi.as_code(code) == code
    assert code == code.strip()


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0"])
def test_codes_of_every_door_are_stripped_alike(blank: str) -> None:
    raw, name = f"{blank}{APART}{blank}", f"{blank}days{blank}"
    frame = pd.DataFrame({"unit": [raw, "B"], name: [1.0, 2.0]})
    long = pd.DataFrame({"unit": [raw], "variable": [name], "value": [1.0]})
    doors = [
        gi.Observations.from_frame(frame),
        gi.Observations.from_frame(frame.set_index("unit"), unit="unit"),
        gi.Observations.from_frame(pl.DataFrame(frame)),
        gi.Observations.from_long(long),
        gi.Observations([gi.Unit(raw)], [name], [[1.0]]),
        gi.Observations(gi.Units((raw,)), (name,), [[1.0]]),
    ]
    for data in doors:
        assert (data.units.codes[0], data.variables) == ("ế", ("days",))
        assert data.value(raw, name) == data.value("ế", "days") == 1.0


def test_what_was_stripped_can_be_joined() -> None:
    frame = pd.DataFrame({"unit": [f" {APART} ", "B "], "days": [1.0, 3.0]})
    leaf = gi.Indicator("days ", rule=gi.rules.MinMax())
    result = gi.Methodology("e.m", "1", gi.Framework("f", [leaf])).compute(
        gi.Observations.from_frame(frame)
    )
    joined = frame.set_index(frame["unit"].map(gi.as_code)).join(result.score.rename("score"))
    assert joined["score"].tolist() == [0.0, 100.0]


def test_a_parent_and_a_league_are_stripped_like_codes() -> None:
    units = gi.Units.of([gi.Unit("A ", league="x "), gi.Unit("B", parent=" A", league="x")])
    assert units.parent_index.tolist() == [-1, 0]
    assert len(units.groups("league")) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: gi.Units((f" {APART}", "ế")),
        lambda: gi.Observations([gi.Unit("A"), gi.Unit("A ")], ["x"], [[1.0], [2.0]]),
        lambda: gi.Observations([gi.Unit("A")], ["x", " x"], [[1.0, 2.0]]),
        lambda: gi.Observations.from_frame(pd.DataFrame({"unit": ["A"], "x": [1], "x ": [2]})),
        lambda: gi.Observations.from_frame(pl.DataFrame({"unit": ["A"], "x": [1], "x ": [2]})),
    ],
)
def test_two_spellings_of_one_code_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(gi.DataError, match=r"more than once|have the same name: 'x', 'x '"):
        make()


def test_the_variable_of_a_weight_is_found_however_it_is_written() -> None:
    leaves = [
        gi.Indicator("a", rule=gi.rules.Identity(), weight=f" {APART}"),
        gi.Indicator("b", rule=gi.rules.Identity(), weight=1),
    ]
    frame = pd.DataFrame({"unit": ["A"], "a": [1.0], "b": [0.0], "ế": [3.0]})
    method = gi.Methodology("e.m", "1", gi.Framework("f", leaves), scale=1)
    assert method.compute(gi.Observations.from_frame(frame)).score.tolist() == [0.75]


def test_nodes_are_found_however_they_are_written() -> None:
    leaves = [gi.Indicator(f" {APART}", rule=gi.rules.Identity())]
    view = gi.View("v", of=[f"{APART} "], weights={APART: 1})
    framework = gi.Framework(" f", leaves, views=[view])
    assert (framework.codes, framework.has(APART)) == (("f", "ế"), True)
    assert framework.node(f"{APART} ") == framework.node("ế")


# Keys that appear twice.


@pytest.mark.parametrize(
    "text",
    [
        document('{"code": "b", "parent": "r", "weight": 1, "weight": 9, "rule": "MinMax"}'),
        document(
            '{"code": "b", "parent": "r", "rule": {"kind": "Points", "weight": 1, "weight": 9}}'
        ),
        '{"format": 1, "a": {"weight": 1, "weight": 9}}',
    ],
)
def test_a_doubled_key_of_a_json_document_is_refused_with_both(text: str) -> None:
    with pytest.raises(gi.FrameworkError, match=r"'d.json': .*'weight' with 1 and 'weight' with 9"):
        loads(text, name="d.json")


@pytest.mark.parametrize(
    "text",
    [
        "[a]\nx = 1\nx = 2",
        "[a]\nx = 1\n[a]\ny = 2",
        "[[a]]\nb = {x = 1, x = 2}",
        "a.x = 1\na.x = 2",
    ],
)
def test_a_doubled_key_of_a_toml_document_is_refused(text: str) -> None:
    with pytest.raises(gi.FrameworkError, match="not well formed"):
        loads(text)


@pytest.mark.parametrize("name", ["d.json", "d.toml"])
def test_keys_of_a_document_that_differ_by_accents_are_refused(name: str) -> None:
    rule = f'{{"kind": "Choice", "table": {{"ế": 1, "{APART}": 0}}}}'
    text = document(f'{{"code": "a", "parent": "r", "rule": {rule}}}')
    if name.endswith("toml"):
        inner = f'rule = {{kind = "Choice", table = {{"ế" = 1, "{APART}" = 0}}}}'
        text = (
            f'format=1\nid="e"\nversion="1"\nnodes=[{{code="r"}},{{code="a",parent="r",{inner}}}]'
        )
    with pytest.raises(gi.FrameworkError, match=r"twice"):
        loads(text, name=name)


@pytest.mark.parametrize("second", ["x", " x", "x "])
def test_a_doubled_key_of_json_data_is_refused_with_both(tmp_path: Path, second: str) -> None:
    file = tmp_path / "d.json"
    records = f'[{{"unit": "A", "x": 1, "{second}": 2}}, {{"unit": "B", "x": 3}}]'
    file.write_text(records, encoding="utf-8")
    with pytest.raises(gi.DataError, match=f"'d.json': .*'A' .*'x' with 1 and '{second}' with 2"):
        gi.read_table(file)


ONE: list[tuple[Any, Any]] = [
    ("ế", APART),
    ("a", " a"),
    (1, 1.0),
    (1, "1"),
    ("1.0", 1),
    (0.0, "-0"),
]


@pytest.mark.parametrize("keys", [*ONE, *[(b, a) for a, b in ONE]])
def test_answers_that_are_one_are_refused_with_both(keys: tuple[Any, Any]) -> None:
    pairs = [(keys[0], 1), ("else", 0.5), (keys[1], 0)]
    with pytest.raises(gi.SettingError, match=r"the answer .* and .* are one") as caught:
        gi.rules.Choice(pairs)
    assert all(repr(key) in str(caught.value) for key in keys)


def test_answers_of_a_document_that_are_one_name_the_path() -> None:
    table = [[1, 1], [1.0, 0]]
    nodes = [
        {"code": "r"},
        {"code": "a", "parent": "r", "rule": {"kind": "Choice", "table": table}},
    ]
    with pytest.raises(gi.FrameworkError, match=r"nodes\[1\].rule: the answer 1 and 1.0 are one"):
        loads(json.dumps({**HEAD, "nodes": nodes}), name="d.json")


def test_answers_of_a_table_that_are_one_number_are_refused() -> None:
    frame = pd.DataFrame(
        {
            "code": ["r", "a"],
            "parent": [None, "r"],
            "rule": [None, "Choice"],
            "table": [None, "1: 1; 1.0: 0"],
        }
    )
    with pytest.raises(gi.FrameworkError, match="Choice"):
        gi.Framework.from_table(frame)


def test_texts_of_one_number_are_two_answers() -> None:
    assert gi.rules.Choice({"1": 1, "1.0": 0}).answers == ("1", "1.0")


def test_answers_are_stripped_and_composed() -> None:
    assert gi.rules.Choice({f" {APART} ": 1, 2: 0.5}).answers == ("ế", 2.0)


@pytest.mark.parametrize("table", [{}, "ab", 3, {"": 1}, {" ": 1}, [1, 2], [([], 1)]])
def test_anything_but_a_table_of_answers_is_refused(table: Any) -> None:
    with pytest.raises(gi.SettingError, match=r"Choice|an answer is"):
        gi.rules.Choice(table)


@pytest.mark.parametrize(
    "make",
    [
        lambda: gi.measures.Conditions({"a": 0.5, "a ": 0.5}),
        lambda: gi.View("v", of=["a"], weights={"a": 1, " a": 2}),
        lambda: gi.Unit("A", attributes={"x": 1, "x ": 2}),
    ],
)
def test_two_spellings_of_one_key_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(gi.GovIndexError, match=r"'a' and|'x' and"):
        make()


@given(
    keys=st.lists(st.one_of(st.text(max_size=3), st.integers(0, 5), st.floats(0, 5)), max_size=6)
)
def test_keys_are_distinct_or_refused(keys: list[Any]) -> None:
    pairs = [(key, index) for index, key in enumerate(keys)]
    try:
        names = distinct(pairs, "the key")
    except gi.SettingError:
        return
    assert len({key for key, _ in names}) == len(keys)
    assert [index for _, index in names] == list(range(len(keys)))

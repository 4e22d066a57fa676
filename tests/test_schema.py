"""The JSON Schema for editors: it takes what a reader takes, and says what is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

import govindex as gi
from govindex import absence, aggregate, measures, rules
from govindex.parts import kinds
from govindex.plugins import methodologies as installed
from govindex.toml import dumps
from tests.documents import methodologies

SCHEMA = gi.methodology_schema()
CHECK = Draft202012Validator(SCHEMA)


def document(**node: Any) -> dict[str, Any]:
    nodes = [{"code": "root"}, {"code": "a", "parent": "root", "rule": "Points", **node}]
    return {"format": 1, "id": "a.b", "version": "1", "nodes": nodes}


def test_schema_is_valid_and_plain_json() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(method=methodologies())
def test_every_document_that_is_written_fits(method: gi.Methodology) -> None:
    CHECK.validate(json.loads(dumps(method, json=True)))


@pytest.mark.parametrize("name", [f"{id}@{v}" for id, v in installed()["version"].items()])
def test_every_built_in_fits(name: str) -> None:
    CHECK.validate(json.loads(dumps(gi.methodology(name), json=True)))


@pytest.mark.parametrize(
    ("where", "family"),
    [("rule", rules), ("measure", measures), ("aggregate", aggregate), ("policy", absence)],
)
def test_every_kind_is_known_to_the_schema(where: str, family: Any) -> None:
    variants = SCHEMA["$defs"][where]["anyOf"][1:]
    assert [v["properties"]["kind"]["const"] for v in variants] == list(kinds(family))


@pytest.mark.parametrize(
    "node",
    [
        {"rule": "MinMax", "direction": "lower"},
        {"rule": {"kind": "Choice", "table": {"Có": 1}}},
        {"rule": {"kind": "Choice", "table": [[1, 0.5], ["no", 0]]}},
        {"rule": {"kind": "Steps", "table": [[1, 0.5]]}},
        {"rule": {"kind": "Chain", "rules": ["Identity", {"kind": "Clip", "low": 0.1}]}},
        {"measure": "other variable"},
        {"measure": {"kind": "Complement", "parts": "late", "whole": "all"}},
        {"measure": {"kind": "Value", "variable": "a", "missing_when": [99]}},
        {"absence": {"missing": "Full", "not_applicable": {"kind": "Shrink", "min_count": 2}}},
        {"weight": "a variable"},
        {"name": {"vi": "Tốc độ"}, "rounding": {"decimals": 2}, "ranking": {"ties": "dense"}},
    ],
)
def test_what_a_reader_takes_fits(node: dict[str, Any]) -> None:
    CHECK.validate(document(**node))


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": 2},
        {"id": 5},
        {"id": None},
        {"notse": "x"},
        {"framework": {}},
        {"steps": [{"kind": "Impute"}]},
        {"steps": [{"kind": "Impute", "fill": {"kind": "Mean", "of": "all"}}]},
        {"scale": "percent"},
        {"title": 5},
        {"nodes": []},
        {"nodes": ["a"]},
        {"rounding": {"decimals": 2}},
        {"ranking": {"ties": "olympic"}},
        {"bands": {"bands": []}},
        {"bands": {"bands": [{"start": 5}]}},
        {"sources": [{"url": "x"}]},
        {"views": [{"of": ["a"]}]},
        {"forms": [{"nodes": [{"code": "a"}]}]},
        {"forms": [{"type": "x", "nodes": []}]},
    ],
    ids=repr,
)
def test_wrong_settings_of_a_methodology_do_not_fit(wrong: dict[str, Any]) -> None:
    plain = {key: item for key, item in (document() | wrong).items() if item is not None}
    assert not CHECK.is_valid(plain)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule": "Median"},
        {"rule": "Proportional"},
        {"rule": {"target": 80}},
        {"rule": {"kind": "Median"}},
        {"rule": {"kind": "Proportional"}},
        {"rule": {"kind": "Proportional", "target": "80"}},
        {"rule": {"kind": "Proportional", "target": 80, "flor": 1}},
        {"rule": {"kind": "MinMax", "over": "leagues"}},
        {"rule": {"kind": "Steps", "table": [[1, 2, 3]]}},
        {"rule": {"kind": "Chain", "rules": ["Median"]}},
        {"measure": {"kind": "Ratio", "numerator": "a"}},
        {"measure": {"kind": "Ratio", "numerator": {"kind": "Rate"}, "denominator": "b"}},
        {"measure": 5},
        {"aggregate": "Mode"},
        {"absence": "Custom"},
        {"absence": {"missing": "Zero"}},
        {"absence": {"gone": "Full"}},
        {"weight": [1]},
        {"direction": "up"},
        {"outside_maximum": "yes"},
        {"wieght": 1},
        {"children": []},
        {"name": {"vi": 1}},
        {"rounding": {"decimals": 2.5}},
        {"rounding": {"mode": "half-up"}},
        {"ranking": "dense"},
        {"parent": 3},
        {"code": 3},
    ],
    ids=repr,
)
def test_wrong_settings_of_a_node_do_not_fit(wrong: dict[str, Any]) -> None:
    assert not CHECK.is_valid(document(**wrong))

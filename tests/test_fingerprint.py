"""Fingerprints of documents: numbers and structure count, words and order do not."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable
from typing import Any

import attrs
import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import fingerprint, parts
from govindex.errors import Problems
from govindex.fingerprint import digest
from govindex.toml import dumps, loads
from tests.documents import methodologies

PLAIN: dict[str, Any] = {
    "format": 1,
    "id": "a.b",
    "version": "1",
    "title": {"vi": "Chỉ số"},
    "bands": {"bands": [{"name": "A", "start": 50}, {"name": "B"}], "by": "percent"},
    "ranking": {"decimals": 2},
    "rounding": {"leaf": {"decimals": 2}},
    "sources": [{"title": "Decision"}],
    "nodes": [
        {"code": "root", "name": "Root", "absence": {"kind": "Shrink", "min_share": 0.5}},
        {"code": "d", "parent": "root", "weight": 2, "confidence": "verified"},
        {
            "code": "a",
            "parent": "d",
            "measure": {"kind": "Ratio", "numerator": "x", "denominator": "y", "times": 100},
            "rule": {"kind": "Proportional", "target": 80},
            "evidence": "report",
        },
        {"code": "b", "parent": "d", "rule": {"kind": "Choice", "table": {"1": 1, "no": 0}}},
        {"code": "c", "parent": "root", "rule": {"kind": "Steps", "table": [[1, 0.5], [2, 1]]}},
    ],
    "views": [{"code": "v", "of": ["a", "c"], "weights": {"a": 1, "c": 2}}],
    "forms": [
        {
            "type": "xã",
            "nodes": [{"code": "root"}, {"code": "z", "parent": "root", "rule": "Points"}],
        }
    ],
}


def changed(change: Callable[[Any], object] = lambda plain: None) -> str:
    plain = json.loads(json.dumps(PLAIN))
    change(plain)
    return loads(tomli_w.dumps(plain)).fingerprint


def shuffled(value: Any, order: random.Random) -> Any:
    """Return the same document with the keys of every table in another order."""
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(method=methodologies(), seed=st.integers(0, 99))
def test_order_of_keys_does_not_matter(method: gi.Methodology, seed: int) -> None:
    plain = shuffled(json.loads(dumps(method, json=True)), random.Random(seed))
    assert loads(json.dumps(plain), name="a.json").fingerprint == method.fingerprint


def test_comments_and_blank_lines_do_not_matter() -> None:
    text = tomli_w.dumps(PLAIN)
    commented = "# a note\n\n" + text.replace("\n[[", "\n\n# tiếng Việt\n[[")
    assert loads(commented).fingerprint == loads(text).fingerprint


SAID: dict[str, Callable[[Any], object]] = {
    "title": lambda p: p.update(title="Index"),
    "notes": lambda p: p.update(notes="found by recomputing"),
    "deprecated": lambda p: p.update(deprecated="use a.b@2"),
    "assesses": lambda p: p.update(assesses="communes"),
    "sources": lambda p: p.pop("sources"),
    "display": lambda p: p.update(display=["d"]),
    "version": lambda p: p.update(version="2"),
    "name": lambda p: p["nodes"][2].update(name={"en": "A"}),
    "confidence": lambda p: p["nodes"][1].pop("confidence"),
    "reference": lambda p: p["nodes"][1].update(reference="Article 3"),
    "evidence": lambda p: p["nodes"][2].pop("evidence"),
    "order of nodes": lambda p: p["nodes"].reverse(),
    "order of a view": lambda p: p["views"][0]["of"].reverse(),
    "a default that is said": lambda p: p["nodes"][2]["rule"].update(floor=0),
    "whole number as a decimal": lambda p: p["nodes"][2]["rule"].update(target=80.0),
    "negative zero": lambda p: p["nodes"][2]["rule"].update(floor=-0.0),
    "variable of its own": lambda p: p["nodes"][3].update(measure="b"),
}


@pytest.mark.parametrize("change", SAID.values(), ids=SAID)
def test_labels_do_not_matter(change: Callable[[Any], object]) -> None:
    assert changed(change) == changed()


DECIDES: dict[str, Callable[[Any], object]] = {
    "scale": lambda p: p.update(scale=1),
    "band": lambda p: p["bands"]["bands"][0].update(start=50.1),
    "name of a band": lambda p: p["bands"]["bands"][0].update(name="A+"),
    "end of bands": lambda p: p["bands"].update(closed="upper"),
    "ranking": lambda p: p["ranking"].update(decimals=1),
    "ties": lambda p: p["ranking"].update(ties="dense"),
    "rounding": lambda p: p["rounding"]["leaf"].update(decimals=3),
    "tier of rounding": lambda p: p.update(rounding={"node": {"decimals": 2}}),
    "absence": lambda p: p["nodes"][0]["absence"].update(min_share=0.6),
    "absence of one kind": lambda p: p["nodes"][1].update(absence={"missing": "Full"}),
    "weight": lambda p: p["nodes"][1].update(weight=2.5),
    "weight by a variable": lambda p: p["nodes"][1].update(weight="2.0"),
    "target": lambda p: p["nodes"][2]["rule"].update(target=80.0000001),
    "floor": lambda p: p["nodes"][2]["rule"].update(floor=1e-12),
    "kind": lambda p: p["nodes"][2].update(rule={"kind": "Condition", "at_least": 80}),
    "numerator": lambda p: p["nodes"][2]["measure"].update(numerator="z"),
    "empty policy": lambda p: p["nodes"][2]["measure"].update(empty="zero"),
    "answer": lambda p: p["nodes"][3]["rule"]["table"].update(maybe=0.5),
    "numeric answers": lambda p: p["nodes"][3]["rule"].update(table=[[1, 1], ["no", 0]]),
    "text that looks like it": lambda p: p["nodes"][3]["rule"].update(table={"1.0": 1, "no": 0}),
    "step": lambda p: p["nodes"][4]["rule"]["table"][0].__setitem__(1, 0.6),
    "direction": lambda p: p["nodes"][3].update(direction="lower"),
    "outside the maximum": lambda p: p["nodes"][3].update(outside_maximum=True),
    "code": lambda p: p["nodes"][3].update(code="bb"),
    "parent": lambda p: p["nodes"][3].update(parent="root"),
    "aggregate": lambda p: p["nodes"][1].update(aggregate="Product"),
    "rule of a branch": lambda p: p["nodes"][1].update(rule="Clip"),
    "weights of a view": lambda p: p["views"][0]["weights"].update(a=3),
    "code of a view": lambda p: p["views"][0].update(code="w"),
    "form": lambda p: p["forms"][0]["nodes"][1].update(weight=2),
    "type of a form": lambda p: p["forms"][0].update(type="phường"),
    "no form": lambda p: p.pop("forms"),
}


def test_every_number_and_every_structure_matters() -> None:
    actual = {name: changed(change) for name, change in DECIDES.items()} | {"nothing": changed()}
    assert len(set(actual.values())) == len(actual)


def test_map_of_numbers_is_not_a_map_of_their_texts() -> None:
    assert digest({"x": {1.0: 0}}) != digest({"x": {"1.0": 0}})


def test_setting_that_a_release_adds_leaves_the_fingerprint_while_it_has_its_default() -> None:
    def rule(**added: Any) -> Any:
        fields: dict[str, Any] = {"target": attrs.field()}
        fields |= {name: attrs.field(default=value, kw_only=True) for name, value in added.items()}
        cls = attrs.make_class("Rule", fields, frozen=True)
        cls.fingerprint = "made-up.rule@1"  # type: ignore[attr-defined]
        return cls(80.0)

    before, after = rule(), rule(cap=1.0, over=(), how=None)
    assert digest({"rule": before}) == digest({"rule": after})
    assert digest({"rule": after}) != digest({"rule": attrs.evolve(after, cap=2.0)})
    assert digest({"rule": after}) != digest({"rule": attrs.evolve(after, cap=True)})


# A change of meaning changes the hash, and nothing else does.


NUMBERS = ("weight", "target", "per", "min_share", "decimals", "start", "worst", "best", "low")


def spots(value: Any) -> list[tuple[Any, Any]]:
    """Return every number that decides something, as its table or list and its key."""
    actual: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        if isinstance(item, (dict, list)):
            actual += spots(item)
        elif key in NUMBERS and isinstance(item, (int, float)) and not isinstance(item, bool):
            actual.append((value, key))
    return actual


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(method=methodologies(), data=st.data())
def test_another_number_is_another_fingerprint(method: gi.Methodology, data: st.DataObject) -> None:
    plain = json.loads(dumps(method, json=True))
    numbers = spots(plain)
    if not numbers:
        return
    table, key = data.draw(st.sampled_from(numbers))
    table[key] = type(table[key])(table[key] * 2 + 1)
    try:
        other = loads(json.dumps(plain), name="a.json")
    except gi.GovIndexError:
        return  # the number is a setting with limits of its own
    assert (other.fingerprint == method.fingerprint) == (other == method)


def decomposed(value: Any) -> Any:
    """Return the same document with its accents written apart."""
    if isinstance(value, dict):
        return {decomposed(key): decomposed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decomposed(item) for item in value]
    return unicodedata.normalize("NFD", value) if isinstance(value, str) else value


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(method=methodologies())
def test_how_accents_are_written_does_not_matter(method: gi.Methodology) -> None:
    plain = decomposed(json.loads(dumps(method, json=True)))
    assert loads(json.dumps(plain), name="a.json").fingerprint == method.fingerprint


RULE = gi.rules.Goalposts(worst=0, best=1)


def of(*children: Any, **own: Any) -> str:
    return gi.Methodology("e.m", "1", gi.Framework("f", list(children), **own)).fingerprint


def leaf(code: str, **own: Any) -> gi.Indicator:
    return gi.Indicator(code, rule=RULE, **own)


def branch(*children: Any, **own: Any) -> gi.Dimension:
    return gi.Dimension("d", list(children), **own)


Shrink, Redistribute, Custom = gi.absence.Shrink, gi.absence.Redistribute, gi.absence.Custom
Geometric = gi.aggregate.Geometric
ABC = [leaf(code) for code in "abc"]

ALIKE: dict[str, tuple[Callable[[], str], Callable[[], str]]] = {
    "codes that mean missing": (
        lambda: of(leaf("a", measure=gi.measures.Value("a", missing_when=[99, 98]))),
        lambda: of(leaf("a", measure=gi.measures.Value("a", missing_when=[98, 99, 98]))),
    ),
    "receivers": (
        lambda: of(*ABC, absence=Redistribute(["a", "b"])),
        lambda: of(*ABC, absence=Redistribute(("b", "a", "b"))),
    ),
    "policy of a dimension": (
        lambda: of(branch(leaf("a")), absence=Shrink()),
        lambda: of(branch(leaf("a"), absence=Shrink()), absence=Shrink()),
    ),
    "policy of an indicator": (
        lambda: of(branch(leaf("a")), absence=Shrink()),
        lambda: of(branch(leaf("a", absence=Shrink())), absence=Shrink()),
    ),
    "aggregator": (
        lambda: of(branch(leaf("a")), aggregate=Geometric()),
        lambda: of(branch(leaf("a"), aggregate=Geometric()), aggregate=Geometric()),
    ),
    "weight": (lambda: of(branch(leaf("a"))), lambda: of(branch(leaf("a"), weight=1))),
    "weight by a variable": (
        lambda: of(leaf("a", weight="ế")),
        lambda: of(leaf("a", weight="e\u0302\u0301")),
    ),
    "order of children": (lambda: of(*ABC), lambda: of(*reversed(ABC))),
}


@pytest.mark.parametrize(("one", "two"), ALIKE.values(), ids=ALIKE)
def test_another_way_of_declaring_the_same_does_not_matter(
    one: Callable[[], str], two: Callable[[], str]
) -> None:
    assert one() == two()


def test_order_of_children_matters_to_a_function_that_sees_it() -> None:
    def first(weights: Any, present: Any) -> Any:
        return weights * present * [[[2]], [[1]], [[1]]]

    assert of(*ABC, absence=first) != of(*reversed(ABC), absence=first)
    assert of(*ABC, absence=Custom(first)) != of(*ABC, absence=Custom(first, keeps_total=False))


def test_names_of_python_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(gi.Indicator("a", rule=gi.rules.Deduction(per=0.25)))

    @attrs.frozen(kw_only=True)
    class Penalty(type(gi.rules.Identity()).__mro__[1]):  # type: ignore[misc]
        each: float = attrs.field(alias="per")
        least: float = attrs.field(default=0.0, alias="floor")

        def __call__(self, values: Any, scope: Any) -> Any:
            return values

    monkeypatch.setattr(gi.rules, "Deduction", Penalty)
    fingerprint._kinds.cache_clear()
    parts.kinds.cache_clear()
    try:
        renamed = Penalty(per=0.25)
        assert of(gi.Indicator("a", rule=renamed)) == before
        assert of(gi.Indicator("a", rule=Penalty(per=0.5))) != before
        assert parts.plain(renamed)["per"] == 0.25
        assert parts.build(gi.rules, {"kind": "Deduction", "per": 0.25}, "", Problems()) == renamed
    finally:
        monkeypatch.undo()
        fingerprint._kinds.cache_clear()
        parts.kinds.cache_clear()

"""Fingerprints of documents: numbers and structure count, words and order do not."""

from __future__ import annotations

import json
import pickle
import random
import unicodedata
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import attrs
import numpy as np
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
    found = {name: changed(change) for name, change in DECIDES.items()} | {"nothing": changed()}
    assert len(set(found.values())) == len(found)


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
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        if isinstance(item, (dict, list)):
            found += spots(item)
        elif key in NUMBERS and isinstance(item, (int, float)) and not isinstance(item, bool):
            found.append((value, key))
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(method=methodologies(), data=st.data())
def test_another_number_is_another_fingerprint(method: gi.Methodology, data: st.DataObject) -> None:
    plain = json.loads(dumps(method, json=True))
    found = spots(plain)
    if not found:
        return
    table, key = data.draw(st.sampled_from(found))
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


# Functions.


FACTOR = 1.0


def hashed(function: Any) -> str:
    return digest({"function": function})


def scaled(factor: float) -> Any:
    return lambda scores, weights: scores[:, 0] * factor


def test_a_function_counts_by_its_tokens_not_by_its_layout() -> None:
    def plain(scores, weights):  # type: ignore[no-untyped-def]
        return scores[:, 0] * FACTOR

    def commented(scores, weights):  # type: ignore[no-untyped-def]
        """Say what it does."""
        # And why.

        return scores[ : ,0 ]*FACTOR  # fmt: skip

    def other(scores, weights):  # type: ignore[no-untyped-def]
        return scores[:, 0] / FACTOR

    assert hashed(plain) == hashed(commented)
    assert hashed(plain) != hashed(other)


def calls(helper: Any) -> Any:
    def calling(scores: Any, weights: Any) -> Any:
        return helper(scores)

    return calling


@attrs.frozen
class Times:
    """A callable with a setting, whose repr hides it."""

    factor: float = attrs.field(repr=False)

    def __call__(self, scores: Any, weights: Any) -> Any:
        return scores[:, 0] * self.factor

    def of(self, scores: Any, weights: Any) -> Any:
        return scores[:, 0] * self.factor


def powered(scores: Any, weights: Any, power: float = 1.0, *, best: float = 1.0) -> Any:
    return scores[:, 0] ** power * best


def noted(factor: float) -> Any:
    def read(scores: Any, weights: Any) -> Any:
        return scores[:, 0] * read.factor  # type: ignore[attr-defined]

    read.factor = factor  # type: ignore[attr-defined]
    return read


def reading(scores: Any, weights: Any) -> Any:
    return scores[:, 0] * globals()["FACTOR"]


PAIRS: dict[str, tuple[Any, Any]] = {
    "text of a number": (calls("1.0"), calls(1.0)),
    "text of no number": (calls("nan"), calls(float("nan"))),
    "text in a set": (calls(frozenset({"1.0"})), calls(frozenset({1.0}))),
    "text in a partial": (partial(powered, best="2.0"), partial(powered, best=2.0)),  # type: ignore[arg-type]
    "text in an object": (Times("2.0"), Times(2.0)),  # type: ignore[arg-type]
    "array and list": (calls([1.0, 2.0]), calls(np.array([1.0, 2.0]))),
    "array of texts": (calls(np.array(["1.0"])), calls(np.array([1.0]))),
    "attribute of a function": (noted(1.0), noted(2.0)),
    "constant in a nested function": (
        lambda s, w: (lambda q: q * 0.5)(s[:, 0]),
        lambda s, w: (lambda q: q * 0.7)(s[:, 0]),
    ),
    "name in a nested function": (
        lambda s, w: (lambda q: q.min(axis=1))(s),
        lambda s, w: (lambda q: q.max(axis=1))(s),
    ),
    "on one line": (lambda s, w: s * 1, lambda s, w: s * 2),
    "closure": (scaled(1.0), scaled(0.5)),
    "closure of a function": (calls(lambda s: s[:, 0]), calls(lambda s: s[:, 1])),
    "closure of an object": (calls(Times(1.0)), calls(Times(0.5))),
    "bound method": (Times(1.0).of, Times(0.5).of),
    "callable object": (Times(1.0), Times(0.5)),
    "partial": (partial(powered, power=1.0), partial(powered, power=2.0)),
    "partial of another": (partial(powered, power=2.0), partial(scaled(1.0), power=2.0)),
    "numpy": (np.maximum, np.minimum),
    "text in a formatted text": (lambda s, w: f"{s!r} a", lambda s, w: f"{s!r} b"),
    "cached": (cache(scaled(1.0)), cache(scaled(2.0))),
    "version": (gi.Named(len, "a", version="1"), gi.Named(len, "a", version="2")),
}


@pytest.mark.parametrize(("one", "two"), PAIRS.values(), ids=PAIRS)
def test_another_meaning_is_another_fingerprint(one: Any, two: Any) -> None:
    assert hashed(one) != hashed(two)
    assert (hashed(one), hashed(two)) == (hashed(one), hashed(two))


def test_a_default_is_part_of_a_function() -> None:
    def given(value: float) -> Any:
        return lambda scores, weights, power=value: scores**power

    assert hashed(given(1.0)) == hashed(given(1))
    assert hashed(given(1.0)) != hashed(given(2.0))


def test_values_that_a_function_reads_from_its_module_are_part_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def reading(scores: Any, weights: Any) -> Any:
        return powered(scores, weights) * FACTOR

    before = hashed(reading)
    monkeypatch.setitem(globals(), "FACTOR", 0.5)
    assert hashed(reading) != before
    monkeypatch.undo()
    assert hashed(reading) == before
    monkeypatch.setitem(globals(), "powered", scaled(1.0))
    assert hashed(reading) != before


def test_a_user_defined_class_counts_by_its_source() -> None:
    def made(power: int) -> Any:
        class Own:
            low = power

            def __call__(self, values: Any) -> Any:
                return values**self.low

        return attrs.frozen(Own)()

    assert hashed(made(1)) == hashed(made(1))
    assert hashed(made(1)) != hashed(made(2))


def test_functions_that_call_each_other_have_a_fingerprint() -> None:
    assert hashed(even) == hashed(even)
    assert hashed(even) != hashed(odd)


def even(number: int) -> bool:
    return number == 0 or odd(number - 1)


def odd(number: int) -> bool:
    return number != 0 and even(number - 1)


class Hidden:
    """An object whose state nothing declares."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def of(self, scores: Any, weights: Any) -> Any:
        return scores[:, 0] * self.factor

    def __repr__(self) -> str:
        return "Hidden()"


def importing(scores: Any, weights: Any) -> Any:
    from tests import asem  # noqa: F401

    return scores[:, 0]


UNCLEAR = {
    "without source": eval("lambda s, w: s[:, 0]"),
    "state of an object": Hidden(1.0).of,
    "object": Hidden(1.0),
    "closure": calls(Hidden(1.0)),
    "what it imports": importing,
    "what it looks up": reading,
    "address": object(),
}


@pytest.mark.parametrize("part", UNCLEAR.values(), ids=UNCLEAR)
def test_values_without_a_canonical_form_are_refused_with_the_cure(part: Any) -> None:
    with pytest.raises(gi.FrameworkError, match=r"has no canonical form.*gi\.Named\(") as caught:
        hashed(part)
    assert caught.value.problems


def test_a_refusal_names_the_node() -> None:
    function = eval("lambda weights, present: weights * present")
    with pytest.raises(gi.FrameworkError, match=r"^'b': the function <lambda> has no canonical"):
        of(leaf("a"), leaf("b", absence=function))


def test_a_name_and_a_version_stand_for_a_function() -> None:
    unreadable = eval("lambda weights, present: weights * present")
    named = gi.Named(unreadable, "made-up.carry", version="1")
    again = gi.Named(eval("lambda w, p: p * w"), "made-up.carry", version="1")
    assert of(leaf("a"), absence=named) == of(leaf("a"), absence=again)
    assert Custom(named) == Custom(again)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"name": ""}, "name=…"),
        ({"version": 1}, "version=…"),
        ({"function": 3}, "Named takes a function, not 3"),
    ],
)
def test_a_blank_name_is_refused(settings: Any, match: str) -> None:
    given: dict[str, Any] = {"function": len, "name": "a", "version": "1", **settings}
    with pytest.raises(gi.SettingError, match=match):
        gi.Named(**given)


def test_a_named_function_keeps_its_promises() -> None:
    def step(data: Any) -> Any:
        return data

    step.peer_dependent = False  # type: ignore[attr-defined]
    named = gi.Named(step, "made-up.step", version="1")
    assert (named.peer_dependent, named(3)) == (False, 3)
    assert pickle.loads(pickle.dumps(gi.Named(len, "a", version="1")))([1]) == 1

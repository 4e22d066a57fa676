"""Fingerprints of functions and classes: their tokens count, with what they read."""

from __future__ import annotations

import pickle
from functools import cache, partial
from typing import Any

import attrs
import numpy as np
import pytest

import govindex as gi
from govindex.absence import Custom
from govindex.fingerprint import digest
from tests.test_fingerprint import leaf, of

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

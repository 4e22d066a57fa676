"""Limits of variables that a methodology declares."""

from __future__ import annotations

from typing import Any

import govindex as gi
from govindex import aggregate, measures, rules
from govindex.robustness.variations.declared_limits import declared_limits


def leaf(code: str, weight: float | str = 10.0, rule: Any = None, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, weight=weight, rule=rule or rules.Points(), **settings)


def framework(*leaves: gi.Indicator) -> gi.Framework:
    return gi.Framework("index", leaves, aggregate=aggregate.Sum())


def method(*leaves: gi.Indicator) -> gi.Methodology:
    return gi.Methodology("example.limits", "1", framework(*leaves), scale="points")


def test_points_lie_between_zero_and_their_maximum() -> None:
    found = declared_limits(
        method(
            leaf("a", 10.0),
            leaf("b", 5.0, rules.Points(minimum=-2.0)),
            leaf("c", 5.0, rules.Proportional(target=100)),
            leaf("d", 5.0, rules.Choice({1: 0.5, 2: 1.0})),
            leaf("e", 5.0, rules.Proportional(target=1), measure=measures.Ratio("f", "g")),
        )
    )
    assert found == {"a": (0.0, 10.0), "b": (-2.0, 5.0)}


def test_a_variable_of_two_indicators_has_the_limits_of_both() -> None:
    second = leaf("b", 6.0, measure="a")
    assert declared_limits(method(leaf("a", 10.0), second)) == {"a": (0.0, 6.0)}


def test_limits_that_depend_on_the_data_or_the_form_are_not_declared() -> None:
    weighted = [leaf("a", "size"), leaf("b", "size")]
    assert declared_limits(gi.Methodology("example.w", "1", gi.Framework("index", weighted))) == {}
    forms = gi.Forms(
        "example.forms",
        "1",
        framework(leaf("a", 10.0), leaf("b", 4.0)),
        forms={"small": framework(leaf("a", 8.0), leaf("b", 4.0))},
        scale="points",
    )
    assert declared_limits(forms) == {"b": (0.0, 4.0)}

"""Limits of variables that a methodology declares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import govindex as gi
from govindex import aggregate, measures, robustness, rules
from govindex.robustness.variations.declared_limits import declared_limits


def leaf(code: str, weight: float | str = 10.0, rule: Any = None, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, weight=weight, rule=rule or rules.Points(), **settings)


def framework(*leaves: gi.Indicator) -> gi.Framework:
    return gi.Framework("index", leaves, aggregate=aggregate.Sum())


def method(*leaves: gi.Indicator) -> gi.Methodology:
    return gi.Methodology("example.limits", "1", framework(*leaves), scale="points")


def data(*types: str | None) -> gi.Observations:
    units = [gi.Unit(f"U{i}", type=kind) for i, kind in enumerate(types)]
    values = [[4.0, 3.0]] * len(units)
    return gi.Observations(units, ["a", "b"], values, errors=[[1.0, 0.0]] * len(units))


def test_points_lie_between_zero_and_their_maximum() -> None:
    found = declared_limits(
        method(
            leaf("a", 10.0),
            leaf("b", 5.0, rules.Points(minimum=-2.0)),
            leaf("c", 5.0, rules.Proportional(target=100)),
            leaf("d", 5.0, rules.Choice({1: 0.5, 2: 1.0})),
            leaf("e", 5.0, rules.Proportional(target=1), measure=measures.Ratio("f", "g")),
        ),
        data(None),
    )
    assert found == {"a": (0.0, 10.0), "b": (-2.0, 5.0)}


def test_a_variable_of_two_indicators_has_the_limits_of_both() -> None:
    second = leaf("b", 6.0, measure="a")
    assert declared_limits(method(leaf("a", 10.0), second), data(None)) == {"a": (0.0, 6.0)}


def test_limits_that_depend_on_the_data_are_not_declared() -> None:
    weighted = gi.Framework("index", [leaf("a", "size"), leaf("b", "size")])
    assert declared_limits(gi.Methodology("example.w", "1", weighted), data(None)) == {}


def forms(small: gi.Indicator) -> gi.Forms:
    return gi.Forms(
        "example.forms",
        "1",
        framework(leaf("a", 10.0), leaf("b", 4.0)),
        forms={"small": framework(small, leaf("b", 4.0)), "rest": framework(leaf("b", 4.0))},
        scale="points",
    )


def test_each_form_declares_the_limits_of_its_units() -> None:
    observed = data("small", None, "rest", "small")
    found = declared_limits(forms(leaf("a", 5.0)), observed)
    assert found["b"] == (0.0, 4.0)
    low, high = found["a"]
    assert np.asarray(low).tolist() == [0.0] * 4
    assert np.asarray(high).tolist() == [5.0, 10.0, 10.0, 5.0]
    sample = robustness.sample_ranks(
        forms(leaf("a", 5.0)), observed, vary=[robustness.Errors()], draws=2000, rng=1
    )
    scores = sample.scores()
    assert scores["U0"].max() <= 8.0 < scores["U1"].max() <= 13.0
    errors = sample.score_intervals()["error"][["U0", "U1"]]
    assert errors.tolist() == pytest.approx([1.0, 1.0], rel=0.06)


def test_a_variable_that_one_form_does_not_limit_has_none() -> None:
    free = leaf("a", 5.0, rules.Proportional(target=100))
    assert declared_limits(forms(free), data("small", None)) == {"b": (0.0, 4.0)}

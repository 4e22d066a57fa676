"""Weighers, fills and treatments of one's own that fail are named, with the node or variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest

import govindex as gi
from govindex import prepare, weight

DATA = gi.Observations(
    [gi.Unit(f"U{row}") for row in range(6)],
    ["a", "b", "c"],
    [[float(row), row * row, 7.0 - row] for row in range(1, 7)],
)
TREE = gi.Framework(
    "index",
    [
        gi.Dimension("d", [gi.Indicator(code, rule=gi.rules.MinMax()) for code in "ab"]),
        gi.Indicator("c", rule=gi.rules.MinMax()),
    ],
)
METHOD = gi.Methodology("example.own-parts", "1", TREE)


def _raises(*_: Any) -> Any:
    raise KeyError("x")


@attrs.frozen
class OwnWeigher:
    act: Callable[..., Any]
    peer_dependent: bool = False

    def __call__(self, children: Any) -> Any:
        return self.act(children)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (_raises, "raised KeyError: 'x' .line"),
        (lambda codes: 3, "returned int, not gi.weight.WeightSet"),
        (lambda codes: {"a": 1.0}, "returned dict, not gi.weight.WeightSet"),
    ],
)
def test_a_weigher_is_named_with_its_node(act: Callable[..., Any], message: str) -> None:
    with pytest.raises(gi.SettingError, match=rf"OwnWeigher.* weighing below 'd', {message}"):
        weight.apply(TREE, OwnWeigher(act), at="d")


@attrs.frozen
class OwnFill:
    act: Callable[..., Any]
    peer_dependent: bool = False

    def fill(self, matrix: Any) -> Any:
        return self.act(matrix)

    def anchor(self, matrix: Any) -> Any:
        return self


GAPS = gi.Observations(DATA.units, DATA.variables, [[np.nan, 1, 2], *[[1, 2, 3]] * 5])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (_raises, "raised KeyError: 'x' .line"),
        (lambda matrix: [1.0], r"returned numbers of shape \(1,\), expected \(3, 6\): variables"),
        (lambda matrix: [[1], [2, 3]], "returned .* not numbers: variables × units"),
        (lambda matrix: "much", "returned str, not numbers"),
    ],
)
def test_a_fill_is_named(act: Callable[..., Any], message: str) -> None:
    with pytest.raises(gi.SettingError, match=rf"the fill OwnFill.* {message}"):
        prepare.Impute(OwnFill(act))(GAPS)


@attrs.frozen
class OwnLimit:
    act: Callable[..., Any]
    cuts: bool = True
    peer_dependent: bool = False

    def settle(self, ordered: Any, enough: Any) -> Any:
        return self

    def __call__(self, values: Any) -> Any:
        return self.act(values)


@attrs.frozen
class OwnTreatment(OwnLimit):
    def settle(self, ordered: Any, enough: Any) -> Any:
        return self.act(ordered)


@pytest.mark.parametrize(
    ("treatment", "message"),
    [
        (OwnLimit(_raises), "raised KeyError: 'x' .line"),
        (OwnLimit(lambda values: values[:2]), r"returned numbers of shape \(2,\), expected \(6,\)"),
        (OwnTreatment(_raises), "raised KeyError: 'x' .line"),
        (OwnTreatment(lambda values: 3), "settled on int, which is no treatment"),
    ],
)
def test_a_treatment_is_named_with_its_variable(treatment: Any, message: str) -> None:
    with pytest.raises(gi.SettingError, match=rf"variable 'a': the treatment Own.* {message}"):
        prepare.Treat(treatment, when="always")(DATA)


def test_what_a_step_raises_keeps_its_name_in_a_methodology() -> None:
    method = attrs.evolve(METHOD, steps=[prepare.Treat(OwnLimit(_raises), when="always")])
    with pytest.raises(gi.SettingError, match="variable 'a': the treatment OwnLimit"):
        method.compute(DATA)

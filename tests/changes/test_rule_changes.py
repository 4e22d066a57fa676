"""What changed in the rules: every kind of difference has a row, and nothing else has."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

import govindex as gi
from govindex import rules
from tests.strategies import observed

change: Any = gi.change  # its tables are of any type

LEAVES = [
    gi.Indicator("a", "Plans", weight=1, rule=rules.Goalposts(worst=0, best=10)),
    gi.Indicator("b", "Reports", weight=3, rule=rules.Goalposts(worst=0, best=10)),
]
METHOD = gi.Methodology(
    "example.rules", "1", gi.Framework("f", [gi.Dimension("d", LEAVES, "Office")])
)
DATA = observed({"a": [5.0, 4.0], "b": [2.0, 3.0]}, ["A", "B"])


def rows(after: gi.Methodology, **settings: Any) -> list[tuple[str, ...]]:
    found = change(METHOD.compute(DATA), after.compute(DATA), **settings).rules
    return [tuple(row) for row in found.to_numpy().tolist()]


def evolved(*leaves: gi.Indicator, **settings: Any) -> gi.Methodology:
    dimension = gi.Dimension("d", leaves or LEAVES, "Office", **settings)
    return attrs.evolve(METHOD, framework=gi.Framework("f", [dimension]))


def test_weights_are_parts_of_those_of_the_siblings() -> None:
    assert rows(METHOD.with_weights({"a": 5, "b": 15})) == []
    assert rows(METHOD.with_weights({"a": 1, "b": 1})) == [
        ("weight", "a", "Plans", "0.25", "0.5"),
        ("weight", "b", "Reports", "0.75", "0.5"),
    ]


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"rule": rules.Goalposts(worst=0, best=20)}, "rule"),
        ({"measure": gi.measures.Value("b")}, "measure"),
        ({"outside_maximum": True}, "outside_maximum"),
        ({"absence": gi.absence.AsZero()}, "absence"),
        ({"rounding": gi.Rounding(1)}, "rounding"),
        ({"ranking": gi.Ranking(ties="dense")}, "ranking"),
    ],
)
def test_a_setting_of_an_indicator_has_a_row(settings: dict[str, Any], what: str) -> None:
    found = rows(evolved(attrs.evolve(LEAVES[0], **settings), LEAVES[1]))
    assert (what, "a", "Plans") in [row[:3] for row in found]
    assert {row[0] for row in found} <= {what, "weight"}


def test_another_direction_has_a_row_of_an_indicator_that_is_not_compared() -> None:
    rising, falling = (
        evolved(attrs.evolve(LEAVES[0], rule=rules.MinMax(), direction=way), LEAVES[1])
        for way in ("higher", "lower")
    )
    found = change(rising.compute(DATA), falling.compute(DATA))
    assert found.rules.to_numpy().tolist() == [["direction", "a", "Plans", "higher", "lower"]]
    assert set(found.unmatched["kind"]) == {"other_direction"}


def test_a_setting_of_a_dimension_has_a_row() -> None:
    found = rows(evolved(aggregate=gi.aggregate.Geometric()))
    assert [(row[0], row[1]) for row in found] == [("aggregate", "d")]
    found = rows(evolved(absence=gi.absence.AsZero()))
    assert [(row[0], row[1]) for row in found] == [("absence", "d")]


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"scale": 10.0}, "scale"),
        ({"ranking": gi.Ranking(ties="dense")}, "ranking"),
        ({"rounding": gi.Rounding(1)}, "rounding"),
        ({"bands": gi.Bands([gi.Band("A", 5), gi.Band("B")])}, "bands"),
    ],
)
def test_a_setting_of_the_methodology_has_a_row(settings: dict[str, Any], what: str) -> None:
    assert [row[0] for row in rows(attrs.evolve(METHOD, **settings))] == [what]


def test_steps_are_known_with_the_methodologies() -> None:
    method = attrs.evolve(METHOD, steps=[gi.prepare.Treat()])
    found = rows(method, methods=(METHOD, method), data=(DATA, DATA))
    assert [row[0] for row in found] == ["steps"]


def test_codes_names_and_parents_that_changed_are_listed() -> None:
    renamed = attrs.evolve(LEAVES[0], code="x", name="Planning", measure="a")
    method = attrs.evolve(
        METHOD, framework=gi.Framework("f", [gi.Dimension("d", LEAVES[1:], "Office"), renamed])
    )
    found = rows(method, nodes={"a": "x"})
    assert [(what, code, *rest) for what, code, _, *rest in found] == [
        ("weight", "d", "1", "0.5"),
        ("weight", "b", "0.75", "1"),
        ("code", "x", "a", "x"),
        ("name", "x", "Plans", "Planning"),
        ("weight", "x", "0.25", "0.5"),
        ("parent", "x", "d", "f"),
    ]


def test_functions_are_compared_by_their_source() -> None:
    def mean(shares: Any, weights: Any) -> Any:
        return sum(shares) / len(shares)

    def least(shares: Any, weights: Any) -> Any:
        return np.minimum.reduce(shares)

    one, same, other = (
        evolved(aggregate=gi.aggregate.Callable(function)) for function in (mean, mean, least)
    )
    before = one.compute(DATA)
    assert change(before, same.compute(DATA)).rules.empty
    found = change(before, other.compute(DATA)).rules
    assert found[["what", "code"]].to_numpy().tolist() == [["aggregate", "d"]]

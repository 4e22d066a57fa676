"""The formulas of rules, measures and aggregators give what the parts give."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import BaseAggregator, BaseRule, Scope, in_formula
from govindex.testing import observed
from tests.test_parts import SAMPLES

MAXIMUM = 4.0
RULES = [
    rule
    for rule in SAMPLES
    if isinstance(rule, BaseRule)
    and not rule.peer_dependent
    and rule.spreadsheet_formula("1", "1") is not None
]
MEANS = [
    part
    for part in SAMPLES
    if isinstance(part, BaseAggregator) and part.spreadsheet_formula(["1", "1"], [1, 2]) is not None
]
M = gi.measures
MEASURES = [
    M.Value("x"),
    M.Difference("x", "y"),
    M.Product("x", "y"),
    M.Largest(["x", "y"]),
    M.Ratio("x", "y", above="allow", empty="zero"),
    M.Ratio("x", "y", times=100, above="allow", empty="full", rounding=gi.Rounding(2)),
    M.Ratio("x", "y", times=100, above="allow", empty="full", fallback="z"),
    M.Ratio(M.Difference(M.Product("x", "z"), "x"), "y", above="allow", empty="zero"),
    M.Complement(["x"], M.Largest(["x", "y"]), times=100, empty="zero"),
    M.PerPeriod("x"),
    M.Sum(["x", "y", "z"]),
    M.Ratio(M.Sum(["x", "y"]), M.Sum(["y", "z"]), above="allow", empty="zero"),
    M.PooledRatio(["x", "z"], ["y", "z"], above="allow", empty="full", rounding=gi.Rounding(2)),
    M.Threshold(M.Sum(["x", "y"]), above=20),
    M.AllMet([M.Threshold("x", at_least=10), M.Threshold("y", at_most=20)]),
    M.AllMet([M.Threshold("x", below=20), M.Threshold("z", above=3)]),
    M.Inherited(M.Ratio("x", "y", above="allow", empty="zero")),
]


def calculated(formula: str) -> Any:
    """Return what a spreadsheet program gives for a formula of numbers."""
    python = re.sub(r"(?<![<>])=", "==", formula.replace("^", "**"))
    python = re.sub(
        r"(?<![\w.\"])(\d+(?:\.\d+)?(?:E[+-]\d+)?)(?![\w\"])", r"np.float64(\1)", python
    )
    functions = {
        "IF": lambda test, yes, no: yes if test else no,
        "AND": lambda *tests: all(tests),
        "MIN": min,
        "MAX": max,
        "LN": np.log,
        "EXP": np.exp,
        "ROUND": lambda number, digits: gi.Rounding(int(digits))(np.array([number]))[0],
        "TRUNC": lambda number, digits: gi.Rounding(int(digits), "truncate")(np.array([number]))[0],
        "np": np,
    }
    with np.errstate(all="ignore"):
        return eval(python, {"__builtins__": {}}, functions)


def number(value: float) -> str:
    return f"({in_formula(value)})"


def test_most_absolute_rules_have_a_formula() -> None:
    kinds = {type(rule).__name__ for rule in RULES}
    assert kinds >= {
        *("Affine", "Chain", "Choice", "Clip", "Condition", "Deduction"),
        *("Exponential", "Goalposts"),
        *("Identity", "Inverse", "PerItem", "Points", "Proportional", "Steps"),
    }
    assert {type(mean).__name__ for mean in MEANS} >= {"Arithmetic", "Geometric", "Sum"}


@pytest.mark.parametrize("rule", RULES, ids=repr)
@given(part=st.floats(0, 1), data=st.data())
def test_the_formula_of_a_rule_gives_its_points(
    rule: BaseRule, part: float, data: st.DataObject
) -> None:
    call: Any = rule
    if answers := rule.entry(MAXIMUM).answers:
        answer = data.draw(st.sampled_from(answers))
        levels = tuple(a for a in answers if isinstance(a, str))
        value = levels.index(answer) if isinstance(answer, str) else answer
        text = f'"{answer}"' if isinstance(answer, str) else number(answer)
    else:
        curve = rule.curve(MAXIMUM)
        low = max(curve.low, -50.0) + 1e-3 * curve.above_low
        value, levels = low + part * (min(curve.high, 120.0) - low), ()
        text = number(value)
    scope = Scope(maximum=MAXIMUM, levels=levels)
    formula = rule.spreadsheet_formula(text, number(MAXIMUM))
    assert formula is not None
    near = [abs(value - bend) for bend in rule.curve(MAXIMUM).bends]
    if near and min(near) < 1e-6 and rule.curve(MAXIMUM).jump:
        return  # the snap of thresholds
    points = float(call(np.array([float(value)]), scope)[0]) * MAXIMUM
    assert calculated(formula) == pytest.approx(points, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("mean", MEANS, ids=repr)
@given(
    shares=st.lists(st.floats(0.01, 1), min_size=2, max_size=4),
    weights=st.lists(st.floats(0.5, 9), min_size=4, max_size=4),
)
def test_the_formula_of_an_aggregator_gives_its_share(
    mean: BaseAggregator, shares: list[float], weights: list[float]
) -> None:
    call: Any = mean
    weights = weights[: len(shares)]
    formula = mean.spreadsheet_formula([number(share) for share in shares], weights)
    assert formula is not None
    expected = call([np.array([s]) for s in shares], [np.array([w]) for w in weights])
    assert calculated(formula) == pytest.approx(float(expected[0]), rel=1e-9)


class Cells(dict[str, str]):
    """Numbers instead of cells."""

    parts_of_year = 4


class Timeless(dict[str, str]):
    """Numbers of no period."""

    parts_of_year = None


@pytest.mark.parametrize("measure", MEASURES, ids=repr)
@given(x=st.integers(0, 30), y=st.integers(0, 30), z=st.integers(1, 9))
def test_the_formula_of_a_measure_gives_its_value(measure: Any, x: int, y: int, z: int) -> None:
    values = {"x": x, "y": y, "z": z}
    formula = measure.spreadsheet_formula(Cells({k: number(v) for k, v in values.items()}))
    leaf = gi.Indicator("i", measure=measure, rule=gi.rules.Identity())
    method = gi.Methodology("example.m", "1", gi.Framework("index", [leaf]), scale=1)
    data = observed({name: [float(value)] for name, value in values.items()}, ["A"])
    quarter = gi.Observations(data.units, data.variables, data.values, period="2026-Q1")
    expected = method.compute(quarter).score.to_list()
    assert [calculated(formula)] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_measure_of_a_variable_that_a_form_lacks_has_no_formula() -> None:
    assert M.Ratio("x", "w").spreadsheet_formula(Cells(x="1")) is None
    assert M.PerPeriod("x").spreadsheet_formula(Timeless(x="1")) is None

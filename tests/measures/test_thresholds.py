"""Thresholds that a value reaches or not, and several of them together."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError
from govindex.measures import AllMet, Difference, Ratio, Threshold
from govindex.testing import NA, observed
from tests.measures.engine import cells_of, marked_cells_of

MISSING, NOT_APPLICABLE = CellStatus.MISSING, CellStatus.NOT_APPLICABLE
answer = st.sampled_from([1.0, 0.0, None, NA])


def value(measure: Any, **cells: Any) -> Any:
    return cells_of(measure, observed({name: [cell, 1.0] for name, cell in cells.items()}))["U0"]


@pytest.mark.parametrize(
    ("limit", "met"),
    [("at_least", [0, 1, 1]), ("above", [0, 0, 1]), ("at_most", [1, 1, 0]), ("below", [1, 0, 0])],
)
def test_a_threshold_is_reached_or_not(limit: str, met: list[int]) -> None:
    measure = Threshold("x", **{limit: 90})
    assert [value(measure, x=x) for x in (89.999, 90.0, 90.001)] == met


def test_computed_values_on_a_threshold_are_on_it() -> None:
    assert 0.3 - 0.1 < 0.2
    assert value(Threshold(Difference("a", "b"), at_least=0.2), a=0.3, b=0.1) == 1
    assert value(Threshold(Ratio("a", "b", times=100), above=14.5), a=29, b=200) == 0


@given(cells=st.lists(answer, min_size=2, max_size=4))
def test_all_conditions_are_met_or_one_fails(cells: list[Any]) -> None:
    names = {f"c{i}": cell for i, cell in enumerate(cells)}
    kinds = [MISSING if c is None else NOT_APPLICABLE for c in cells if c is None or c is NA]
    fails = 0.0 in cells
    strict = value(AllMet(list(names)), **names)
    early = value(AllMet(list(names), failure_decides=True), **names)
    if kinds:
        assert strict is max(kinds)
        assert early == 0.0 if fails else early is max(kinds)
    else:
        assert strict == early == float(not fails)


def test_conditions_on_numbers_and_answers_stand_together() -> None:
    measure = AllMet([Threshold("share", at_least=0.9), Threshold("late", at_most=3), "plan"])
    assert value(measure, share=0.95, late=3, plan=1) == 1
    assert value(measure, share=0.95, late=4, plan=1) == 0
    assert value(measure, share=0.95, late=3, plan=0) == 0


def test_what_decides_is_marked_as_it_is_known() -> None:
    marks = {("U0", "a"): "imputed"}
    data = observed({"a": [0.0, 1.0], "b": [None, 1.0]}, marks=marks)
    assert marked_cells_of(AllMet(["a", "b"], failure_decides=True), data) == {
        "U0": (0.0, "imputed"),
        "U1": (1.0, "reported"),
    }


@pytest.mark.parametrize("wrong", [0.5, 2.0, -1.0])
def test_a_number_is_no_condition(wrong: float) -> None:
    with pytest.raises(DataError, match=r"condition on x is met \(1\) or not \(0\); compare"):
        value(AllMet(["x", "y"]), x=wrong, y=1)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Threshold("x"), "exactly one of at_least, above, at_most, below; given: none"),
        (lambda: Threshold("x", at_least=1, below=2), "given: at_least, below"),
        (lambda: Threshold("x", at_least=math.nan), r"Threshold\(at_least=…\) is a finite number"),
        (lambda: Threshold("x", above="3"), r"Threshold\(above=…\)"),  # type: ignore[arg-type]
        (lambda: AllMet(["x"]), "at least two conditions"),
        (lambda: AllMet(["x", "y"], failure_decides=1), "failure_decides"),  # type: ignore[arg-type]
    ],
)
def test_settings_are_checked(make: Any, problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        make()

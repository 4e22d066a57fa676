"""Mixes of fills: half the mean of the region, half that of the income group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import Everyone, Matrix
from govindex.errors import DataError, SettingError
from govindex.impute import EM, Constant, Interpolated, Mean, Median, Mixed, RowMean
from govindex.prepare import Impute
from govindex.rounding import Rounding

FRAME = pd.DataFrame(
    {
        "unit": list("ABCDEF"),
        "region": ["north", "north", "south", "south", "west", "west"],
        "income": ["low", "high", "low", "high", "low", "high"],
        "grade": [2.0, 3.0, None, 4.5, 3.5, None],
        "other": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
    }
)
DATA = gi.Observations.from_frame(FRAME, attributes=["region", "income"])
HALVES: list[Any] = [Mean(over="region"), Mean(over="income")]
number = st.floats(-1e6, 1e6)


def filled(fill: Any, **settings: Any) -> dict[str, Any]:
    data = Impute(fill, variables=["grade"], **settings)(DATA)
    return {unit: data.value(unit, "grade") for unit in "CF"}


def test_half_region_half_income_group_is_rounded() -> None:
    # C: south 4.5, low (2 + 3.5)/2 = 2.75; F: west 3.5, high (3 + 4.5)/2 = 3.75
    assert filled(Mixed(HALVES)) == {"C": 3.625, "F": 3.625}
    assert filled(Mixed(HALVES, rounding=Rounding(1))) == {"C": 3.6, "F": 3.6}
    assert filled(Mixed(HALVES, weights=[3, 1])) == {"C": 4.0625, "F": 3.5625}
    half_up = Mixed(HALVES, rounding=Rounding(2))
    assert filled(half_up) == {"C": 3.63, "F": 3.63}


def test_every_filled_cell_is_marked_and_reported_with_the_mix() -> None:
    fill = Mixed(HALVES, rounding=Rounding(0))
    data = Impute(fill, variables=["grade"])(DATA)
    assert data.cell("C", "grade").name == "IMPUTED"
    report: Any = data.reports[-1]
    assert report.cells["by"].to_list() == [repr(fill)] * 2
    assert report.cells["value"].to_list() == [4.0, 4.0]


@given(
    values=st.lists(st.one_of(st.just(np.nan), number), min_size=2, max_size=8),
    weights=st.lists(st.sampled_from([0.5, 1, 2, 7]), min_size=3, max_size=3),
    times=st.sampled_from([0.25, 8.0, 2.0**1021]),  # the last ones add up to infinity
)
def test_a_mix_lies_between_its_fills_and_only_proportions_of_weights_count(
    values: list[float], weights: list[float], times: float
) -> None:
    matrix = Matrix(np.array([values]), ("a",), Everyone(len(values)))
    fills: list[Any] = [Mean(), Median(), Constant(5)]
    mixed = Mixed(fills, weights=weights).fill(matrix)
    every = np.stack([fill.fill(matrix) for fill in fills])
    known = ~np.isnan(every).any(axis=0)
    assert (np.isnan(mixed) == ~known).all()
    slack = 1e-9 * np.fmax(np.abs(every).max(axis=0), 1.0)[known]
    assert (mixed[known] >= every.min(axis=0)[known] - slack).all()
    assert (mixed[known] <= every.max(axis=0)[known] + slack).all()
    scaled = Mixed(fills, weights=[times * weight for weight in weights]).fill(matrix)
    np.testing.assert_array_equal(scaled, mixed)
    np.testing.assert_array_equal(Mixed([Mean()]).fill(matrix), Mean().fill(matrix))


def test_a_fill_without_a_number_leaves_the_gap_or_is_left_out() -> None:
    frame = FRAME.assign(region=["n", "n", "alone", "s", "w", "w"])
    data = gi.Observations.from_frame(frame, attributes=["region", "income"])

    def step(**settings: Any) -> gi.Observations:
        lacking = settings.pop("step", "error")
        fill = Mixed(HALVES, **settings)
        return Impute(fill, variables=["grade"], lacking=lacking)(data)

    with pytest.raises(DataError, match=r"has no number for .*C"):
        step()
    assert step(step="missing").cell("C", "grade").name == "MISSING"
    assert step(lacking="left_out").value("C", "grade") == 2.75
    otherwise = Impute(Mixed(HALVES), otherwise=Constant(9), variables=["grade"])(data)
    assert otherwise.value("C", "grade") == 9.0


def test_a_mix_is_anchored_with_its_fills() -> None:
    fill = Mixed([*HALVES, Constant(1)], weights=[2, 2, 1], rounding=Rounding(1))
    step = Impute(fill, variables=["grade"])
    anchored = step.anchor(DATA)
    assert step.peer_dependent
    assert not anchored.peer_dependent
    np.testing.assert_array_equal(anchored(DATA).values, step(DATA).values)
    alone = anchored(DATA.take(["C"]))
    assert alone.value("C", "grade") == step(DATA).value("C", "grade")
    with pytest.raises(SettingError, match="cannot be anchored: every period"):
        Mixed([Mean(over="period")]).anchor(Matrix(DATA.values.T, DATA.variables, DATA.units))


def test_fills_inside_a_mix_get_the_dimensions_of_the_framework() -> None:
    leaves = [gi.Indicator(name, rule=gi.rules.Identity()) for name in ("grade", "other")]
    framework = gi.Framework("index", [gi.Dimension("both", leaves)])
    step = Impute(Mixed([RowMean(["both"]), Mean()], weights=[1, 1]))
    method = gi.Methodology("example.mix", "1", framework, steps=step, scale=1)
    prepared: Any = method.compute(DATA).observations
    assert prepared.value("C", "grade") == (3.0 + 3.25) / 2
    assert Mixed([Interpolated(), Mean()]).over_time
    assert not Mixed([EM(), Mean()]).over_time


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Mixed([]), "at least one fill"),
        (lambda: Mixed([Mean]), "takes fills such as"),  # type: ignore[list-item]
        (lambda: Mixed("mean"), "takes fills such as"),  # type: ignore[arg-type]
        (lambda: Mixed([Mean(), Median()], weights=[1]), "2 fills have as many weights, not 1"),
        (lambda: Mixed([Mean(), Median()], weights=[1, 0]), "are numbers above 0"),
        (lambda: Mixed([Mean()], weights=["1"]), "a weight of Mixed is a finite number"),  # type: ignore[list-item]
        (lambda: Mixed([Mean()], lacking="error"), r"Mixed\(lacking=…\) cannot be 'error'"),  # type: ignore[arg-type]
        (lambda: Mixed([Mean()], rounding=1), "rounding is a rounding such as"),  # type: ignore[arg-type]
        (lambda: Mixed([Mean()], rounding=Rounding(1, printed_only=True)), "printed_only is for"),
    ],
)
def test_settings_are_checked(make: Any, problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        make()

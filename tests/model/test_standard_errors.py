"""Standard errors of observations: what they must be, and what becomes of them."""

from __future__ import annotations

import numpy as np
import pytest

import govindex as gi
from govindex import impute, prepare, treat
from govindex.contracts import CellStatus

VALUES = np.array([[80.0, 100.0], [60.0, 50.0], [np.nan, 20.0]])
ERRORS = np.array([[2.0, np.nan], [3.0, np.nan], [9.0, np.nan]])
UNITS = [gi.Unit(code) for code in "ABC"]


def data() -> gi.Observations:
    return gi.Observations(UNITS, ("x", "size"), VALUES, errors=ERRORS)


def test_an_absent_cell_has_no_error() -> None:
    errors = data().errors
    assert errors is not None
    assert np.isnan(errors[2, 0])


@pytest.mark.parametrize("wrong", [-1.0, np.inf])
def test_errors_are_finite_and_at_least_zero(wrong: float) -> None:
    errors = ERRORS.copy()
    errors[1, 0] = wrong
    with pytest.raises(gi.DataError, match=r"unit 'B', variable 'x': a standard error is a finite"):
        gi.Observations(UNITS, ("x", "size"), VALUES, errors=errors)


def test_errors_have_the_shape_of_the_values() -> None:
    with pytest.raises(gi.DataError, match=r"errors have shape \(3, 1\), expected \(3, 2\)"):
        gi.Observations(UNITS, ("x", "size"), VALUES, errors=ERRORS[:, :1])


def test_errors_follow_the_units_that_are_taken() -> None:
    taken = data().take(["B", "A"])
    assert taken.errors is not None
    assert taken.errors[:, 0].tolist() == [3.0, 2.0]


def test_a_panel_stacks_the_errors_of_its_periods() -> None:
    plain = gi.Observations(UNITS, ("x", "size"), VALUES)
    panel = gi.Observations.panel({"2024": data(), "2025": plain})
    assert panel.errors is not None
    np.testing.assert_array_equal(panel.errors[:, 0], [2.0, 3.0, *[np.nan] * 4])
    again = panel.at_period("2024").errors
    assert again is not None
    np.testing.assert_array_equal(again[:, 0], [2.0, 3.0, np.nan])


def test_merged_units_have_the_errors_of_independent_ones() -> None:
    both = data().take(["A", "B"])
    mean = both.roll_up({"A": "all", "B": "all"}, weights="size")
    total = both.roll_up({"A": "all", "B": "all"}, "sum")
    assert mean.errors is not None
    assert total.errors is not None
    assert mean.errors[0, 0] == pytest.approx(np.hypot(2 * 100, 3 * 50) / 150)
    assert total.errors[0, 0] == pytest.approx(np.hypot(2, 3))
    assert np.isnan(total.errors[0, 1])


def test_denominating_divides_the_errors() -> None:
    divided = prepare.Denominate({"x": "size"}, factor=10)(data())
    assert divided.errors is not None
    np.testing.assert_allclose(divided.errors[:, 0], [0.2, 0.6, np.nan])


def test_an_imputed_value_has_no_known_error_and_others_keep_theirs() -> None:
    filled = prepare.Impute(impute.Mean(), variables=["x"])(data())
    assert filled.cell("C", "x") is CellStatus.IMPUTED
    assert filled.errors is not None
    np.testing.assert_array_equal(filled.errors[:, 0], [2.0, 3.0, np.nan])


def test_a_treated_value_has_no_known_error_and_others_keep_theirs() -> None:
    cut = prepare.TreatAs({"x": treat.Between(high=70)})(data())
    assert cut.errors is not None
    np.testing.assert_array_equal(cut.errors[:, 0], [np.nan, 3.0, np.nan])


def test_a_cell_has_the_error_of_the_stage_that_it_comes_from() -> None:
    blank = np.where(np.arange(6).reshape(3, 2) == 2, np.nan, VALUES)
    later = gi.Observations(UNITS, ("x", "size"), blank, errors=ERRORS / 10)
    joined = gi.Observations.from_stages({"self": data(), "verified": later}, fall_back=True)
    assert joined.cell("B", "x") is CellStatus.FALLEN_BACK
    assert joined.errors is not None
    np.testing.assert_allclose(joined.errors[:, 0], [0.2, 3.0, np.nan])

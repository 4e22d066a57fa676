"""Gaps among figures of any size are filled as those of the same figures in an ordinary one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import impute
from govindex.contracts import Everyone, Matrix

FIGURES = np.array(
    [
        [5.0, 7.0, np.nan, 9.0, 4.0, 6.0, 3.0, 8.0],
        [1.0, 8.0, 3.0, 2.0, np.nan, 5.0, 4.0, 6.0],
        [6.0, 6.0, 9.0, 1.0, 8.0, 2.0, 7.0, 4.0],
    ]
)
FILLS = [
    impute.Mean(),
    impute.Median(),
    impute.RowMean(on="min-max"),
    impute.RowMedian(on="min-max"),
    impute.Regression("c"),
    impute.Regression(["b", "c"]),
    impute.Neighbours(k=2),
    impute.Neighbours(k=2, weights="distance"),
    impute.EM(),
]
POWERS = st.lists(st.integers(-1000, 1018), min_size=3, max_size=3)


def filled(fill: Any, values: Any) -> Any:
    return fill.fill(Matrix(values, ("a", "b", "c"), Everyone(8)))[[0, 1], [2, 4]]


@pytest.mark.parametrize("fill", FILLS, ids=repr)
@settings(max_examples=15)
@given(powers=POWERS)
def test_each_variable_may_have_any_size(fill: Any, powers: list[int]) -> None:
    size = np.array(powers)
    values = filled(fill, np.ldexp(FIGURES, size[:, None]))
    np.testing.assert_allclose(np.ldexp(values, -size[:2]), filled(fill, FIGURES), rtol=1e-9)


@pytest.mark.parametrize("fill", [impute.Regression("c"), impute.EM()], ids=repr)
@pytest.mark.parametrize("power", [-1000, 1000])
def test_what_would_be_no_number_is_not_anchored(fill: Any, power: int) -> None:
    matrix = Matrix(np.ldexp(FIGURES, [[power], [0], [0]]), ("a", "b", "c"), Everyone(8))
    with pytest.raises(gi.SettingError, match=r"cannot be anchored on values .* of 'a': .* unit"):
        fill.anchor(matrix)


def panel(figures: list[float]) -> gi.Observations:
    years = range(2020, 2020 + len(figures))
    frame = pd.DataFrame({"unit": "A", "year": years, "x": figures})
    return gi.Observations.from_frame(frame, unit="unit", period="year")


def test_lines_between_the_ends_of_all_numbers_are_numbers() -> None:
    step = gi.prepare.Impute(impute.Interpolated())
    assert step(panel([-1.7e308, np.nan, 1.7e308])).values[1, 0] == 0.0
    assert step(panel([5e-324, np.nan, 1.5e-323])).values[1, 0] == 1e-323


def test_a_fill_beyond_all_numbers_is_refused_by_name() -> None:
    step = gi.prepare.Impute(impute.Interpolated(beyond="line"))
    with pytest.raises(gi.DataError, match=r"variable 'x': the numbers of .* for .* are too large"):
        step(panel([1e308, 1.7e308, np.nan]))


@pytest.mark.parametrize("power", [-1000, 1000])
def test_drawn_figures_follow_the_size_of_the_others(power: int) -> None:
    frame = pd.DataFrame(FIGURES.T, columns=list("abc")).assign(unit=list("ABCDEFGH"))
    large = frame.assign(a=frame["a"] * 2.0**power)
    (plain,), (sized,) = (
        gi.prepare.imputations(gi.Observations.from_frame(data, unit="unit"), 1, rng=1)
        for data in (frame, large)
    )
    actual = sized.values[2, 0] * 2.0**-power
    assert actual == pytest.approx(plain.values[2, 0])

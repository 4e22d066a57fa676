"""Measures of figures of any size: the right number, or an error that names unit and indicator."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import govindex as gi
from govindex import measures


def values_of(measure: Any, **columns: Any) -> Any:
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(count)], **columns})
    over_time = "year" in columns
    data = (
        gi.Observations.from_frame(frame.assign(unit="A"), unit="unit", period="year")
        if over_time
        else gi.Observations.from_frame(frame, unit="unit", period="2026-01")
    )
    rule = gi.rules.MinMax(degenerate=0.5)
    absence = gi.absence.AsZero()
    leaf = gi.Indicator("m", measure=measure, rule=rule, absence=absence)
    method = gi.Methodology("example.sizes", "1", gi.Framework("t", [leaf]), scale=100)
    return method.compute(data).values[-1]


@pytest.mark.parametrize(
    ("measure", "columns", "expected"),
    [
        (measures.Ratio("x", "y", times=1e-5, above="allow"), {"x": 1e308, "y": 1e-4}, 1e307),
        (measures.Ratio("x", "y", times=100), {"x": 1e307, "y": 1.7e308}, 100 / 17),
        (measures.Ratio("x", "y", times=100), {"x": 5e-324, "y": 1e-323}, 50.0),
        (measures.Complement(["x"], "y", times=100), {"x": 1e308, "y": 1.6e308}, 37.5),
        (measures.Difference("x", "y"), {"x": 1.7e308, "y": 1e308}, 7e307),
        (measures.Product("x", "y"), {"x": 1e300, "y": 1e-300}, 1.0),
        (measures.PerPeriod("x"), {"x": 1.2e308, "y": 1.0}, 1e307),
    ],
    ids=repr,
)
def test_measures_of_extreme_figures_are_right(
    measure: Any, columns: dict[str, float], expected: float
) -> None:
    values = values_of(measure, **{name: [value, value] for name, value in columns.items()})
    assert values[0] == pytest.approx(expected)


CHANGES: list[tuple[Any, list[float], float]] = [
    (measures.Indexed("x", base="2020", times=1e-5), [1e-4, 1e308], 1e307),
    (measures.Indexed("x", base="2020"), [5e-324, 1e-323], 200.0),
    (measures.AnnualChange("x", times=1e-5), [1e-4, 1e308], 1e307),
    (measures.AnnualChange("x"), [1e308, 1.5e308], 0.5),
    (measures.AnnualChange("x", how="absolute", times=0.25), [-1.6e308, 1.6e308], 8e307),
    (measures.AnnualChange("x", how="compound"), [1e308, 5e307], -0.5),
]


@pytest.mark.parametrize(("measure", "figures", "expected"), CHANGES, ids=repr)
def test_changes_of_extreme_figures_are_right(
    measure: Any, figures: list[float], expected: float
) -> None:
    values = values_of(measure, year=[2020, 2021], x=figures)
    assert values[1] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("figures", "growth"), [([1e-160, 1e160], 1e160), ([1e160, 1e-160], 1e-160)]
)
def test_growth_over_all_numbers_is_right(figures: list[float], growth: float) -> None:
    measure = measures.AnnualChange("x", how="compound", years=2)
    values = values_of(measure, year=[2020, 2022], x=figures)
    assert values[1] == pytest.approx(growth - 1.0, rel=1e-10)


@pytest.mark.parametrize(
    ("measure", "x", "y"),
    [
        (measures.Product("x", "y"), 1e-200, 1e-200),
        (measures.Ratio("x", "y"), 1e-200, 1e200),
        (measures.PerPeriod("x"), 5e-324, 1.0),
    ],
    ids=repr,
)
def test_what_vanishes_is_refused_by_name(measure: Any, x: float, y: float) -> None:
    with pytest.raises(gi.DataError, match=r"unit 'U1', indicator 'm'.* nearer to 0 than a number"):
        values_of(measure, x=[1.0, x], y=[1.0, y])


@pytest.mark.parametrize(
    ("measure", "x", "y"),
    [
        (measures.Difference("x", "y"), 1.7e308, -1.7e308),
        (measures.Ratio("x", "y", above="allow"), 1e300, 1e-300),
        (measures.Sum(["x", "y"]), 1e308, 1e308),
        (measures.Ratio(measures.Value("x"), measures.Sum(["x", "y"])), 1e308, 1e308),
        (measures.PooledRatio(["x", "y"], ["y", "x"], above="allow"), 1e308, 1.5e308),
        (measures.Threshold(measures.Product("x", "y"), below=1.0), 1e300, -1e300),
        (measures.Largest(["x", measures.Difference("x", "y")]), 1.7e308, -1.7e308),
    ],
    ids=repr,
)
def test_what_no_number_holds_is_refused_by_name(measure: Any, x: float, y: float) -> None:
    with pytest.raises(gi.DataError, match=r"unit 'U1', indicator 'm': .*larger than a number"):
        values_of(measure, x=[1.0, x], y=[1.0, y])


def denominated(x: float, y: float, factor: float) -> Any:
    data = gi.Observations.from_frame(pd.DataFrame({"unit": ["A"], "x": [x], "y": [y]}))
    return gi.prepare.Denominate({"x": "y"}, factor=factor)(data).values[0, 0]


@pytest.mark.parametrize(
    ("x", "y", "factor", "expected"),
    [(1e308, 1e-4, 1e-5, 1e307), (1e-200, 1e200, 1e300, 1e-100), (-5e-324, 5e-324, 1.0, -1.0)],
)
def test_denominated_figures_may_have_any_size(
    x: float, y: float, factor: float, expected: float
) -> None:
    assert denominated(x, y, factor) == expected


@pytest.mark.parametrize(("x", "y"), [(1e300, 1e-300), (1e-300, 1e300)])
def test_a_quotient_that_no_number_holds_is_refused_by_name(x: float, y: float) -> None:
    with pytest.raises(
        gi.DataError, match=r"unit 'A', variable 'x': no number holds .* divided by 'y'"
    ):
        denominated(x, y, 1.0)

"""Measures that read a unit's figures of other periods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError
from govindex.measures import AnnualChange, Indexed
from tests.reference import reference_table

NAN = float("nan")


def panel(cost: dict[str, list[float | None]], periods: list[str] | None = None) -> Any:
    """Return a panel of one variable: figures from 2018 on, None where a unit has no row."""
    years = periods or [str(2018 + i) for i in range(max(map(len, cost.values())))]
    rows = [
        {"unit": unit, "year": year, "cost": value}
        for unit, figures in cost.items()
        for year, value in zip(years, figures, strict=False)
        if value is not None
    ]
    frame = pd.DataFrame(rows).sample(frac=1, random_state=1)  # rows in no order
    return gi.Observations.from_frame(frame, unit="unit", period="year")


def measured(measure: Any, data: gi.Observations) -> pd.DataFrame:
    """Return the values of a measure, units × periods."""
    leaf = gi.Indicator("cost", measure=measure, rule=gi.rules.Identity())
    absence = gi.absence.Renormalise()
    framework = gi.Framework("total", [leaf], absence=absence)
    return gi.over_time(gi.Methodology("example.cost", "1", framework, scale=1).compute(data))


def status(measure: Any, data: gi.Observations) -> dict[str, CellStatus]:
    leaf = gi.Indicator("cost", measure=measure, rule=gi.rules.Identity())
    framework = gi.Framework("total", [leaf], absence=gi.absence.Renormalise())
    result = gi.Methodology("example.cost", "1", framework, scale=1).compute(data)
    row = result.status[result.row_of("cost")]
    return dict(zip(result.units.codes, map(CellStatus, row.tolist()), strict=True))


def test_figures_are_indexed_on_the_units_own_base() -> None:
    data = panel({"A": [2, 4, 5], "B": [9, 3, 3]})
    cells = measured(Indexed("cost", base="2019"), data).loc[["A", "B"]]
    assert cells.to_numpy().tolist() == [[50.0, 100.0, 125.0], [300.0, 100.0, 100.0]]


@pytest.mark.parametrize(
    ("how", "years", "expected"),
    [
        ("relative", 1, [NAN, 0.5, 1.0, 0.5]),
        ("absolute", 1, [NAN, 4.0, 12.0, 12.0]),
        ("relative", 2, [NAN, NAN, 1.0, 1.0]),
        ("compound", 2, [NAN, NAN, 3**0.5 - 1, 3**0.5 - 1]),
        ("absolute", 2, [NAN, NAN, 8.0, 12.0]),
    ],
)
def test_changes_are_per_year(how: Any, years: int, expected: list[float]) -> None:
    cells = measured(AnnualChange("cost", how=how, years=years), panel({"A": [8, 12, 24, 36]}))
    np.testing.assert_allclose(cells.loc["A"].to_numpy(dtype=float), expected)


def test_a_quarter_is_compared_with_the_same_quarter_a_year_before() -> None:
    quarters = ["2019-Q4", "2020-Q1", "2020-Q4", "2021-Q1"]
    cells = measured(AnnualChange("cost", times=100), panel({"A": [8, 5, 12, 6]}, quarters))
    np.testing.assert_allclose(cells.loc["A"].to_numpy(dtype=float), [NAN, NAN, 50.0, 20.0])


@pytest.mark.parametrize(
    ("without", "expected"),
    [("missing", CellStatus.MISSING), ("not_applicable", CellStatus.NOT_APPLICABLE)],
)
@pytest.mark.parametrize("kind", [lambda **s: Indexed("cost", base="2018", **s),
                                  lambda **s: AnnualChange("cost", **s)])  # fmt: skip
def test_a_unit_that_came_later_has_no_value_as_declared(
    kind: Any, without: Any, expected: CellStatus
) -> None:
    statuses = status(kind(without=without), panel({"A": [2, 4], "B": [None, 3]}))
    assert statuses["B@2019"] == expected
    assert statuses["A@2019"] == CellStatus.REPORTED
    with pytest.raises(DataError, match="do not hold the unit for the earlier"):
        status(kind(without="error"), panel({"A": [2, 4], "B": [None, 3]}).take(["A@2018", "B"]))


def test_what_an_earlier_figure_lacks_or_was_given_reaches_the_value() -> None:
    data = panel({"A": [2, 4], "B": [NAN, 3], "C": [5, 6]})
    marked = data.status.copy()
    marked[data.units.locate("C@2018")] = CellStatus.IMPUTED
    data = gi.Observations(data.units, data.variables, data.values, marked)
    statuses = status(AnnualChange("cost", without="not_applicable"), data)
    assert statuses["B@2019"] == CellStatus.MISSING
    assert statuses["C@2019"] == CellStatus.IMPUTED


@pytest.mark.parametrize(
    ("measure", "problem"),
    [
        (Indexed("cost", base="2018"), "the figure of the base period 2018 of cost is not above 0"),
        (AnnualChange("cost"), "an earlier figure of cost is not above 0"),
    ],
)
@pytest.mark.parametrize("zero", [0.0, -1.0])
def test_a_ratio_to_nothing_is_refused(measure: Any, problem: str, zero: float) -> None:
    with pytest.raises(DataError, match=problem) as info:
        measured(measure, panel({"A": [zero, 4], "B": [1, 2]}))
    assert "unit 'A@2019', indicator 'cost'" in str(info.value)


def test_a_compound_change_to_nothing_is_refused_and_an_absolute_one_is_not() -> None:
    data = panel({"A": [4, -1]})
    with pytest.raises(DataError, match="a figure of cost is not above 0"):
        measured(AnnualChange("cost", how="compound"), data)
    assert measured(AnnualChange("cost", how="absolute"), data).loc["A", "2019"] == -5


@pytest.mark.parametrize("measure", [Indexed("cost", base="2018"), AnnualChange("cost")])
def test_other_periods_are_read_in_a_panel_only(measure: Any) -> None:
    with pytest.raises(DataError, match="the data are not a panel"):
        status(measure, panel({"A": [2, 4]}).at_period("2019"))


def test_a_base_of_another_kind_is_refused() -> None:
    with pytest.raises(DataError, match="of another kind than those of the data"):
        status(Indexed("cost", base="2018-Q1"), panel({"A": [2, 4]}))


@pytest.mark.parametrize(
    ("kind", "settings", "problem"),
    [
        (Indexed, {"base": "the first"}, "the base is a period such as '2018'"),
        (Indexed, {"base": "2018", "times": 0}, "is a finite number above 0"),
        (Indexed, {"base": "2018", "without": "mising"}, "did you mean 'missing'"),
        (AnnualChange, {"how": "log"}, "there is no change 'log'"),
        (AnnualChange, {"years": 0}, "years is a whole number of at least 1"),
    ],
)
def test_settings_are_checked(kind: Any, settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        kind("cost", **settings)


def test_a_change_is_normalised_and_anchored_like_any_figure() -> None:
    leaf = gi.Indicator("cost", measure=AnnualChange("cost"), rule=gi.rules.MinMax())
    framework = gi.Framework("total", [leaf], absence=gi.absence.Renormalise())
    method = gi.Methodology("example.cost", "1", framework)
    data = panel({"A": [1, 2, 3], "B": [4, 4, 5], "C": [5, 9, 9]})
    anchored = method.anchored(data)
    assert not anchored.peer_dependent
    np.testing.assert_allclose(anchored.compute(data).score, method.compute(data).score)


def test_compound_annual_growth_is_that_of_coinr() -> None:
    raw = reference_table("asem/input_iData_panel.csv")
    wanted = reference_table("asem/trends_CAGR.csv")
    variables = sorted(set(wanted["iCode"]))
    data = gi.Observations.from_frame(raw, unit="uCode", period="Time", variables=variables)
    for code in variables:
        growth = AnnualChange(code, how="compound", years=4)
        leaf = gi.Indicator(code, measure=growth, rule=gi.rules.Identity())
        framework = gi.Framework("total", [leaf], absence=gi.absence.Renormalise())
        result = gi.Methodology("example.growth", "1", framework, scale=1).compute(data)
        rows = wanted[wanted["iCode"] == code]
        scores = result.at_period("2022").score[rows["uCode"]]
        np.testing.assert_allclose(scores, rows["CAGR"], rtol=1e-9)

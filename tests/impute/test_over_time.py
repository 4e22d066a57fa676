"""Gaps filled from the same unit's figures of other periods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError
from govindex.impute import Interpolated, LastObservation
from govindex.prepare import Impute
from tests.asem import asem_panel, asem_table

NAN = float("nan")


def panel(figures: dict[str, list[Any]], years: list[Any] | None = None) -> gi.Observations:
    """Return figures from 2018 on, one list for each unit; None where it has no row."""
    several = years or [2018 + i for i in range(max(map(len, figures.values())))]
    rows = [
        {"unit": unit, "year": year, "days": value}
        for unit, own in figures.items()
        for year, value in zip(several, own, strict=False)
        if value is not None
    ]
    frame = pd.DataFrame(rows).sample(frac=1, random_state=3)  # rows in no order
    return gi.Observations.from_frame(frame, unit="unit", period="year")


def filled(fill: Any, data: gi.Observations) -> dict[str, list[float]]:
    """Return each unit's figures in the order of time."""
    done = Impute(fill, lacking="missing")(data)
    actual: dict[str, list[float]] = {}
    for index in np.lexsort((np.array(done.units.times), np.array(done.units.bodies))):
        actual.setdefault(done.units.bodies[index], []).append(float(done.values[index, 0]))
    return actual


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        (LastObservation(), [NAN, 4.0, 4.0, 4.0, 8.0, 8.0]),
        (LastObservation(1), [NAN, 4.0, 4.0, NAN, 8.0, 8.0]),
        (Interpolated(), [NAN, 4.0, 16 / 3, 20 / 3, 8.0, NAN]),
        (Interpolated("previous"), [NAN, 4.0, 4.0, 4.0, 8.0, NAN]),
        (Interpolated(beyond="nearest"), [4.0, 4.0, 16 / 3, 20 / 3, 8.0, 8.0]),
        (Interpolated("previous", beyond="nearest"), [4.0, 4.0, 4.0, 4.0, 8.0, 8.0]),
        (Interpolated(beyond="line"), [8 / 3, 4.0, 16 / 3, 20 / 3, 8.0, 28 / 3]),
    ],
    ids=repr,
)
def test_gaps_are_filled_along_time(fill: Any, expected: list[float]) -> None:
    values = filled(fill, panel({"A": [NAN, 4, NAN, NAN, 8, NAN], "B": [1, 2, 3, 4, 5, 6]}))
    np.testing.assert_allclose(values["A"], expected)
    assert values["B"] == [1, 2, 3, 4, 5, 6]


def test_time_is_counted_in_periods_not_in_rows() -> None:
    data = panel({"A": [4, None, NAN, None, NAN, 9], "B": [0, NAN, NAN, NAN, NAN, NAN]})
    assert filled(Interpolated(), data)["A"] == [4.0, 6.0, 8.0, 9.0]
    assert filled(LastObservation(2), data)["A"][:2] == [4.0, 4.0]
    np.testing.assert_array_equal(filled(LastObservation(1), data)["A"], [4.0, NAN, NAN, 9.0])
    quarters = panel({"A": [4, NAN, 8]}, ["2019-Q4", "2020-Q1", "2020-Q4"])
    assert filled(Interpolated(), quarters)["A"] == [4.0, 5.0, 8.0]


def test_beyond_the_figures_a_line_leans_on_the_two_nearest() -> None:
    data = panel({"A": [NAN, NAN, 5, 6, 10, NAN], "B": [NAN, 3, NAN, NAN, NAN, NAN]})
    values = filled(Interpolated(beyond="line"), data)
    np.testing.assert_allclose(values["A"], [3.0, 4.0, 5.0, 6.0, 10.0, 14.0])
    np.testing.assert_array_equal(values["B"], [NAN, 3.0, NAN, NAN, NAN, NAN])


def test_a_unit_without_any_figure_gets_none() -> None:
    data = panel({"A": [NAN, NAN], "B": [1, 2]})
    for fill in (LastObservation(), Interpolated(beyond="nearest"), Interpolated(beyond="line")):
        np.testing.assert_array_equal(filled(fill, data)["A"], [NAN, NAN])
    with pytest.raises(DataError, match="has no number for 'A@2018', 'A@2019'"):
        Impute(LastObservation())(data.take(["A@2018", "A@2019", "B"]))


def test_filled_cells_are_marked_and_reported() -> None:
    done = Impute(LastObservation())(panel({"A": [4, NAN], "B": [1, 2]}))
    assert done.cell("A@2019", "days") is CellStatus.IMPUTED
    cells: Any = done.reports[0].frame
    assert cells.loc["days", "missing"] == 1
    assert done.reports[0].cells["unit"].to_list() == ["A@2019"]  # type: ignore[attr-defined]


def test_the_mark_reaches_the_result_of_the_period() -> None:
    leaf = gi.Indicator("days", rule=gi.rules.Goalposts(worst=10, best=0))
    framework = gi.Framework("total", [leaf])
    method = gi.Methodology("example.days", "1", framework, steps=[Impute(LastObservation())])
    result = method.compute(panel({"A": [4, NAN], "B": [1, 2]})).at_period("2019")
    assert result.score.to_dict() == {"A": 60.0, "B": 80.0}
    assert result.status[result.row_of("days"), result.units.locate("A")] == CellStatus.IMPUTED
    assert not method.peer_dependent


def test_a_unit_that_lacks_a_period_is_filled_in_a_balanced_panel() -> None:
    done = Impute(Interpolated())(panel({"A": [4, None, 8], "B": [1, 2, 3]}).balanced("all"))
    assert done.value("A@2019", "days") == 6.0


@pytest.mark.parametrize("fill", [LastObservation(), Interpolated()])
def test_other_periods_are_read_in_a_panel_only(fill: Any) -> None:
    with pytest.raises(SettingError, match="the data are not a panel"):
        Impute(fill)(panel({"A": [NAN, NAN], "B": [1, 2]}).at_period("2019"))


@pytest.mark.parametrize(
    ("kind", "settings", "problem"),
    [
        (
            LastObservation,
            {"max_age": 0},
            "max_age is a whole number of periods, at least 1, not 0",
        ),
        (LastObservation, {"max_age": 1.5}, "max_age is a whole number of periods"),
        (Interpolated, {"how": "liner"}, "did you mean 'linear'"),
        (Interpolated, {"beyond": "last"}, "knows no 'last': Known: 'missing', 'nearest', 'line'"),
    ],
)
def test_settings_are_checked(kind: Any, settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        kind(**settings)


def by_row(name: str, data: gi.Observations) -> Any:
    """Return a reference table in the order of the data's rows and columns."""
    table = asem_table(name)
    table.index = pd.Index(table["uCode"] + "@" + table["Time"].astype(str))
    return table.loc[list(data.units.codes), list(data.variables)].astype(float).to_numpy()


@pytest.mark.parametrize(
    ("gaps", "fill", "name"),
    [
        ("purse_Raw", LastObservation(2), "purse_impute_panel_latest"),
        (
            "input_panel_gaps_min2",
            Interpolated(beyond="nearest"),
            "impute_panel_linear_min2",
        ),
        (
            "input_panel_gaps",
            Interpolated("previous", beyond="nearest"),
            "impute_panel_constant",
        ),
    ],
    ids=["latest", "linear", "constant"],
)
def test_gaps_are_filled_as_coinr_does(gaps: str, fill: Any, name: str) -> None:
    data = asem_panel(gaps)
    done = Impute(fill, lacking="missing")(data)
    np.testing.assert_allclose(done.values, by_row(name, data), rtol=1e-9)
    changed = done.status == CellStatus.IMPUTED
    assert (changed == (np.isnan(data.values) & ~np.isnan(done.values))).all()


def test_the_latest_figures_come_from_the_years_that_coinr_names() -> None:
    data = asem_panel("input_panel_gaps")
    done = Impute(LastObservation(2), lacking="missing")(data)
    years = by_row("impute_panel_latest_maxtime2_DataT", data)
    assert (np.isnan(years) == np.isnan(done.values)).all()
    row = {code: index for index, code in enumerate(data.units.codes)}
    filled_cells = 0
    for (index, column), year in np.ndenumerate(years):
        if done.status[index, column] == CellStatus.IMPUTED:
            source = row[f"{data.units.bodies[index]}@{year:.0f}"]
            assert done.values[index, column] == data.values[source, column]
            filled_cells += 1
    assert filled_cells > 1000

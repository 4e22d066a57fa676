"""Growth per year by a line through the figures of several years."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError
from govindex.measures import AnnualChange, Trend
from tests.measures.engine import cells_of, marked_cells_of

MISSING, NOT_APPLICABLE, SUPPRESSED = (
    CellStatus.MISSING,
    CellStatus.NOT_APPLICABLE,
    CellStatus.SUPPRESSED,
)
ABSENT = [MISSING, NOT_APPLICABLE, SUPPRESSED]
# Figures of a year; None is a missing figure, "-" no row at all.
figure = st.one_of(st.just(None), st.just("-"), st.floats(0.01, 1e6))


def panel(figures: dict[str, list[Any]], periods: list[str] | None = None) -> gi.Observations:
    years = periods or [str(2018 + i) for i in range(max(map(len, figures.values())))]
    rows = [
        {"unit": unit, "year": year, "cost": value}
        for unit, values in figures.items()
        for year, value in zip(years, values, strict=False)
        if value != "-"
    ]
    frame = pd.DataFrame(rows).sample(frac=1, random_state=1).astype({"cost": float})
    return gi.Observations.from_frame(frame, unit="unit", period="year")


@given(figures=st.lists(figure, min_size=5, max_size=5), least=st.integers(2, 5))
def test_a_trend_is_the_line_through_the_figures_that_are_there(
    figures: list[Any], least: int
) -> None:
    data = panel({"A": [*figures[:4], figures[4] if figures[4] != "-" else None], "B": [1.0] * 5})
    known = [(year, x) for year, x in enumerate(figures) if isinstance(x, float)]
    for how in ("compound", "absolute"):
        measure = Trend("cost", years=4, how=how, at_least=least)
        cells = cells_of(measure, data)
        assert cells["B@2022"] == 0.0
        if len(known) < least:
            assert cells["A@2022"] is MISSING
            continue
        years, values = map(np.array, zip(*known, strict=True))
        slope = stats.linregress(years, np.log(values) if how == "compound" else values).slope
        expected = math.expm1(slope) if how == "compound" else slope
        assert cells["A@2022"] == pytest.approx(expected, rel=1e-9, abs=1e-9 * values.max())


def test_steady_growth_is_the_growth_of_the_ends_and_an_odd_year_moves_it_less() -> None:
    steady = panel({"A": [100 * 1.05**k for k in range(6)]})
    ends = AnnualChange("cost", how="compound", years=5)
    trend = Trend("cost", years=5)
    assert cells_of(trend, steady)["A@2023"] == pytest.approx(0.05, rel=1e-12)
    assert cells_of(ends, steady)["A@2023"] == pytest.approx(0.05, rel=1e-12)
    odd = panel({"A": [*(100 * 1.05**k for k in range(5)), 99.0]})
    assert cells_of(ends, odd)["A@2023"] < 0 < cells_of(trend, odd)["A@2023"]


def test_quarters_are_all_read_and_growth_is_per_year() -> None:
    quarters = [f"{year}-Q{quarter}" for year in (2020, 2021) for quarter in (1, 2, 3, 4)]
    data = panel({"A": [10 * 2 ** (k / 4) for k in range(8)]}, quarters)
    cells = cells_of(Trend("cost", years=1, times=100), data)
    assert cells["A@2021-Q4"] == pytest.approx(100.0)
    assert cells["A@2020-Q4"] is MISSING


@pytest.mark.parametrize("gap", ABSENT)
@pytest.mark.parametrize("year", [0, 2, 4])
def test_the_reason_of_a_gap_decides(gap: CellStatus, year: int) -> None:
    data = panel({"A": [1.0, 2.0, 4.0, 8.0, 16.0]})
    values, status = data.values.copy(), data.status.copy()
    cell = data.units.locate(f"A@{2018 + year}"), 0
    values[cell], status[cell] = np.nan, gap
    data = gi.Observations(data.units, data.variables, values, status)
    actual = cells_of(Trend("cost", years=4, at_least=3), data)["A@2022"]
    if gap is SUPPRESSED or (gap is NOT_APPLICABLE and year == 4):
        assert actual is gap
    else:
        assert actual == pytest.approx(1.0)
    lacking = cells_of(Trend("cost", years=4, without="not_applicable"), data)["A@2022"]
    own = gap is SUPPRESSED or year == 4
    assert lacking is (gap if own else NOT_APPLICABLE)


def test_a_trend_is_marked_as_the_figures_that_it_rests_on() -> None:
    data = panel({"A": [1.0, 2.0, 4.0]})
    status = data.status.copy()
    status[data.units.locate("A@2018")] = CellStatus.IMPUTED
    data = gi.Observations(data.units, data.variables, data.values, status)
    marks = {u: mark for u, (_, mark) in marked_cells_of(Trend("cost", years=1), data).items()}
    assert marks == {"A@2018": "missing", "A@2019": "imputed", "A@2020": "reported"}


def test_figures_of_extreme_size_have_a_trend() -> None:
    data = panel({"A": [1e308, 1.2e308, 1.4e308], "B": [1e-300, 1e-290, 1e-280]})
    amounts = cells_of(Trend("cost", years=2, how="absolute"), data)
    assert amounts["A@2020"] == pytest.approx(0.2e308)
    growth = cells_of(Trend("cost", years=2), data)
    assert growth["B@2020"] == pytest.approx(1e10, rel=1e-9)


def test_zero_grows_by_an_amount_only() -> None:
    data = panel({"A": [0.0, 1.0, 2.0]})
    with pytest.raises(DataError, match="a figure of cost is not above 0"):
        cells_of(Trend("cost", years=2), data)
    assert cells_of(Trend("cost", years=2, how="absolute"), data)["A@2020"] == 1.0


def test_too_few_figures_are_refused_by_name_if_declared() -> None:
    measure = Trend("cost", years=2, without="error")
    with pytest.raises(DataError, match="too few figures") as info:
        cells_of(measure, panel({"A": [1.0, 2.0, 3.0], "B": [1.0, "-", 3.0]}))
    assert "unit 'B@2020'" in str(info.value)


def test_other_periods_are_read_in_a_panel_only() -> None:
    data = panel({"A": [2.0, 4.0]}).at_period("2019")
    with pytest.raises(DataError, match="the data are not a panel"):
        cells_of(Trend("cost", years=1), data)
    with pytest.raises(DataError, match="needs 3 figures, but years=1 has only 2"):
        cells_of(Trend("cost", years=1, at_least=3), panel({"A": [2.0, 4.0]}))


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"years": 0}, "years of Trend is a whole number from 1"),
        ({"years": 2.5}, "years of Trend is a whole number"),
        ({"years": 3, "at_least": 1}, "at_least of Trend is a whole number from 2"),
        ({"years": 3, "how": "relative"}, r"Trend\(how=…\) cannot be 'relative'"),
        ({"years": 3, "without": "mising"}, "did you mean 'missing'"),
        ({"years": 3, "times": -1}, "is a finite number above 0"),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        Trend("cost", **settings)

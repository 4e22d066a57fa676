"""Targets: gaps in points, ratios that may exceed 1, and linear projections."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.tasks import DateNotation, Target, Targets

START = date(2025, 1, 1)
NUMBERS = st.integers(1, 10**6).map(lambda number: number / 100)


def timed(achieved: float | None, **about: Any) -> Target:
    dates: dict[str, Any] = {"start": START, "measured": "2025-06-30", "due": "2025-12-31"}
    return Target("t", "A", 100, achieved, **{**dates, **about})


@given(target=NUMBERS, achieved=NUMBERS)
def test_gap_and_ratio_agree_on_whether_a_target_is_met(target: float, achieved: float) -> None:
    one = Target("t", "A", target, achieved)
    assert one.met == (one.gap >= 0) == (one.ratio >= 1)
    assert one.attained == one.ratio
    assert one.target + one.gap == pytest.approx(achieved)


@given(days=st.integers(1, 500), pace=st.integers(1, 50), more=st.integers(1, 500))
def test_what_grows_evenly_is_projected_exactly(days: int, pace: int, more: int) -> None:
    measured = START + timedelta(days=days)
    due = measured + timedelta(days=more)
    one = Target("t", "A", 1000, pace * days, start=START, measured=measured, due=due)
    assert one.projected == pace * (days + more)
    assert one.reached_on == START + timedelta(days=-(-1000 // pace))
    assert (one.reached_on <= due) == (one.projected >= 1000)


def test_a_target_below_its_baseline_is_to_be_lowered() -> None:
    fewer = timed(60, baseline=300)
    assert (fewer.met, fewer.gap, fewer.attained) == (True, -40.0, 1.2)
    worse = timed(320, baseline=300)
    assert (worse.met, worse.attained, worse.reached_on) == (False, -0.1, None)


def test_what_is_not_known_is_not_projected() -> None:
    for one in (timed(None), timed(50, start=None), timed(50, measured=None)):
        assert np.isnan(one.projected)
        assert one.reached_on is None
    unknown = timed(None)
    assert unknown.met is None
    assert np.isnan([unknown.gap, unknown.ratio, unknown.attained]).all()
    assert timed(0).reached_on is None
    assert timed(1e-9).reached_on is None


def test_a_table_is_read_with_its_dates_and_notation() -> None:
    frame = pd.DataFrame(
        {
            "Chỉ tiêu": ["Hồ sơ trực tuyến", "Hồ sơ trực tuyến"],
            "Đơn vị": ["Sở Y tế", "Sở Nội vụ"],
            "Mục tiêu": ["40", "40"],
            "Kết quả": ["45,03", ""],
            "Đơn vị tính": ["%", "%"],
            "Từ ngày": ["01/02/2025"] * 2,
            "Đến ngày": ["quý II/2025"] * 2,
            "Thời hạn": ["2025"] * 2,
        }
    )
    targets = Targets.from_frame(
        frame, dates=DateNotation(order="dmy"), notation=gi.Notation(numbers="vi")
    )
    first, second = targets.targets
    assert (first.start, first.measured, first.due) == (
        date(2025, 2, 1),
        date(2025, 6, 30),
        date(2025, 12, 31),
    )
    assert (first.gap, first.measure_unit, second.achieved) == (5.03, "%", None)
    table = targets.table()
    assert table["met"].tolist() == [True, pd.NA]
    assert table.index.tolist() == ["Hồ sơ trực tuyến"] * 2


def test_targets_are_variables_missing_and_not_applicable_apart() -> None:
    targets = Targets([Target("x", "A", 40, 45.03), Target("x", "B", 40), Target("y", "A", 10, 5)])
    data = targets.observations()
    assert data.value("A", "x") == 1.12575
    assert data.cell("B", "x").name == "MISSING"
    assert data.cell("B", "y").name == "NOT_APPLICABLE"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"target": 0}, "the target equals the baseline, 0"),
        ({"target": float("nan")}, "finite number"),
        ({"achieved": "45"}, "finite number"),
        ({"agency": ""}, "agency=…) is blank"),
        ({"measured": START}, "'measured', 2025-01-01, is not after the start"),
        ({"due": "2024"}, "'due', 2024-12-31, is not after the start"),
    ],
)
def test_impossible_targets_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(gi.GovIndexError, match=message.replace(")", r"\)").replace("(", r"\(")):
        Target(**{"code": "t", "agency": "A", "target": 40, "start": START, **settings})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"agency": ["A", None]}, "row 2, column 'agency': the target has no agency"),
        ({"target": [40, None]}, "row 2, column 'target': the target is blank"),
        ({"achieved": [3, "many"]}, "'many' is not a number"),
        ({"due": ["2025", "soon"]}, "row 2, column 'due': 'soon' is not a date"),
        ({"target": [40, 0]}, "row 2: .*the target equals the baseline"),
        ({"agency": ["A", "A"]}, "more than one target 'x' of 'A'"),
    ],
)
def test_wrong_rows_of_targets_are_named(change: dict[str, Any], message: str) -> None:
    frame = pd.DataFrame({"code": "x", "agency": ["A", "B"], "target": 40, "achieved": [1, 2]})
    with pytest.raises(gi.DataError, match=message):
        Targets.from_frame(frame.assign(**change))


def test_a_table_without_names_of_targets_is_refused() -> None:
    frame = pd.DataFrame({"agency": ["A"], "target": [1], "achieved": [1]})
    with pytest.raises(gi.DataError, match="there is no column 'name'"):
        Targets.from_frame(frame)

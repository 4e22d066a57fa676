"""Dates as offices write them: each has one meaning, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex.dates import (
    DateFault,
    DateNotation,
    DateSpan,
    date_span,
    period_label,
    read_dates,
)
from govindex.errors import DataError, SettingError
from tests.sampling import few

DAYS = st.dates(date(1940, 1, 1), date(2199, 12, 31))
THIS_CENTURY = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FISCAL = DateNotation(fiscal_month=4)
NO_MEANING = [
    "31/12/2025 13:30 pm",
    20251301,
    "2019/25",
    "soon",
    "2025-13",
    "30/02/2025",
    "2025-02-29",
    "1/2",
    "31/12/2025 25:00",
    "5-2025-5",
]

# What has one meaning without a declaration.
WRITTEN: list[Callable[[date], Any]] = [
    lambda day: day,
    lambda day: datetime(day.year, day.month, day.day, 13, 30),
    pd.Timestamp,
    np.datetime64,
    lambda day: np.datetime64(day, "ns"),
    lambda day: (day - date(1899, 12, 30)).days,
    lambda day: float((day - date(1899, 12, 30)).days) + 0.75,
    lambda day: Decimal((day - date(1899, 12, 30)).days),
    lambda day: str((day - date(1899, 12, 30)).days),
    lambda day: day.isoformat(),
    lambda day: f" {day.isoformat()}T08:15:00.5 ",
    lambda day: f"{day:%Y/%m/%d}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: int(f"{day:%Y%m%d}"),
    lambda day: f"ngày {day.day} tháng {day.month} năm {day.year}",
    lambda day: f"Ngày {day:%d} tháng {day:%m}, {day.year}",
    lambda day: f"{day:%d %B %Y}",
    lambda day: f"{day:%B} {day.day}, {day.year}",
    lambda day: f"{day:%d-%b-%Y}",
]
ORDERED = {"dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y"}


def span_of(cell: Any, **notation: Any) -> tuple[str, str] | None:
    span = date_span(cell, DateNotation(**notation))
    return None if span is None else (span.first.isoformat(), span.last.isoformat())


@given(day=DAYS, written=st.sampled_from(WRITTEN))
def test_a_date_is_read_however_it_is_written(day: date, written: Callable[[date], Any]) -> None:
    assert date_span(written(day)) == DateSpan(day, day)


@given(day=DAYS, order=st.sampled_from(sorted(ORDERED)), sign=st.sampled_from("/.-"))
def test_a_declared_order_reads_every_day(day: date, order: Any, sign: str) -> None:
    text = day.strftime(ORDERED[order].format(sign))
    assert date_span(text, DateNotation(order=order)) == DateSpan(day, day)


@given(day=DAYS, order=st.sampled_from(sorted(ORDERED)))
def test_without_an_order_a_day_is_read_right_or_refused(day: date, order: str) -> None:
    found = read_dates([day.strftime(ORDERED[order].format("/"))])[0]
    ambiguous = day.day <= 12 and day.day != day.month
    assert isinstance(found, DateFault) if ambiguous else found == DateSpan(day, day)


@given(day=THIS_CENTURY)
def test_years_of_two_digits_are_of_this_century(day: date) -> None:
    notation = DateNotation(order="dmy")
    assert date_span(f"{day:%d.%m.%y}", notation) == DateSpan(day, day)
    assert date_span(f"{day:%y-%m-%d}", DateNotation(order="ymd")) == DateSpan(day, day)


@given(day=DAYS, kind=st.sampled_from(["month", "quarter", "year"]))
def test_a_period_holds_the_days_that_it_is_the_label_of(day: date, kind: Any) -> None:
    span = date_span(period_label(day, kind))
    assert span is not None
    assert span.first <= day <= span.last
    for inside, outside in ((span.first, -1), (span.last, 1)):
        assert period_label(inside, kind) == period_label(day, kind)
        assert period_label(inside + timedelta(days=outside), kind) != period_label(day, kind)


@given(year=st.integers(1950, 2198), month=st.integers(2, 12), part=st.integers(1, 4))
def test_quarters_divide_a_fiscal_year(year: int, month: int, part: int) -> None:
    notation = DateNotation(fiscal_month=month)
    text = f"{year}/{(year + 1) % 100:02}"
    whole, quarter = (date_span(each, notation) for each in (text, f"Q{part} {text}"))
    assert whole is not None
    assert quarter is not None
    assert whole.first == date(year, month, 1)
    assert whole.last == date(year + 1, month, 1) - timedelta(days=1)
    last = date_span(f"quý {['I', 'II', 'III', 'IV'][part - 1]}/{text}", notation)
    assert last == quarter
    assert (quarter.first - whole.first).days in range(89 * (part - 1), 93 * (part - 1) + 1)


@given(cell=st.one_of(st.text(max_size=12), st.floats(), st.integers(), st.binary(max_size=3)))
def test_any_cell_is_a_date_or_blank_or_refused(cell: Any) -> None:
    found = read_dates([cell])[0]
    assert found is None or isinstance(found, DateSpan | DateFault)


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("31/12/2025", "2025-12-31", "2025-12-31"),
        ("12/31/2025", "2025-12-31", "2025-12-31"),
        ("31.12.25", "2025-12-31", "2025-12-31"),
        ("05/05/2025", "2025-05-05", "2025-05-05"),
        ("Q1 2020", "2020-01-01", "2020-03-31"),
        ("quý I/2020", "2020-01-01", "2020-03-31"),
        ("Quý IV năm 2020", "2020-10-01", "2020-12-31"),
        ("2020Q4", "2020-10-01", "2020-12-31"),
        ("tháng 6/2025", "2025-06-01", "2025-06-30"),
        ("Tháng 02 năm 2024", "2024-02-01", "2024-02-29"),
        ("06/2025", "2025-06-01", "2025-06-30"),
        ("2011-12", "2011-12-01", "2011-12-31"),
        ("Dec 2025", "2025-12-01", "2025-12-31"),
        ("H2 2025", "2025-07-01", "2025-12-31"),
        ("6 tháng đầu năm 2025", "2025-01-01", "2025-06-30"),
        ("năm 2025", "2025-01-01", "2025-12-31"),
        ("12/31/2025 12:30 AM", "2025-12-31", "2025-12-31"),
        ("31/12/2025, 11:05 pm", "2025-12-31", "2025-12-31"),
        (2025, "2025-01-01", "2025-12-31"),
    ],
)
def test_usual_spellings_have_one_meaning(cell: Any, first: str, last: str) -> None:
    assert span_of(cell) == (first, last)


@pytest.mark.parametrize("cell", [None, "", " - ", "–", float("nan"), pd.NaT, pd.NA, "n/a"])
def test_blank_cells_are_no_dates(cell: Any) -> None:
    assert date_span(cell) is None


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("03/04/2025", r"day, month, year or month, day, year: declare .*order='dmy'\) or 'mdy'"),
        ("31-12-25", "'31-12-25' may be day, month, year or year, month, day"),
        ("30/02/2025", "looks like a date, but there is no such day"),
        ("31/12/0225", "'31/12/0225' is not in the years 1900 to 2199"),
        ("2019/20", r"is a fiscal year, .* declare it with DateNotation\(fiscal_month=…\)"),
        ("2011/12", "may be a month or a fiscal year"),
        ("FY2020", "begins or ends in 2020: write both years: 2019/20 or 2020/21"),
        ("2025-12-31T17:00Z", r"has a time zone, .* DateNotation\(zone='Asia/Ho_Chi_Minh'\)"),
        (datetime(2025, 1, 1, tzinfo=UTC), "has a time zone"),
        (31122025, "neither a year nor the serial number of a date"),
        (float("inf"), "neither a year nor the serial number"),
        (True, "True is not a date"),
        (b"2025", "is not a date"),
        *((text, "is not a date|no such day") for text in NO_MEANING),
    ],
)
def test_what_has_no_meaning_or_two_is_refused_with_the_cure(cell: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        date_span(cell)


def test_another_order_than_declared_is_refused() -> None:
    with pytest.raises(DataError, match="not a date in the declared order, day, month, year"):
        date_span("12/31/2025", DateNotation(order="dmy"))
    assert span_of("2025-12-31", order="dmy") == ("2025-12-31", "2025-12-31")


def test_a_column_with_two_orders_is_refused_and_other_formats_may_mix() -> None:
    mixed = read_dates(["31/12/2025", "2025-06-30", "30 June 2025", "quý II/2025"])
    assert all(isinstance(found, DateSpan) for found in mixed)
    two = read_dates(["31/12/2025", "2025-06-30", "12/31/2025"])
    codes = [found.code if isinstance(found, DateFault) else None for found in two]
    assert codes == ["date.orders", None, "date.orders"]


def test_the_day_of_a_moment_is_that_of_the_declared_zone() -> None:
    text, moment = "2025-12-31 20:00+00:00", datetime(2025, 12, 31, 20, tzinfo=UTC)
    for cell in (text, moment, pd.Timestamp(moment)):
        assert span_of(cell, zone="Asia/Ho_Chi_Minh") == ("2026-01-01", "2026-01-01")
        assert span_of(cell, zone="UTC") == ("2025-12-31", "2025-12-31")


@pytest.mark.parametrize(
    "settings", [{"order": "ydm"}, {"fiscal_month": 1}, {"fiscal_month": 4.0}, {"zone": "Nowhere"}]
)
def test_impossible_notations_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=r"DateNotation\((order|fiscal_month|zone)=…\)"):
        DateNotation(**settings)


_CELLS = [
    *("2025-12-31", " 2025-12-31 ", "31/12/2025", "12/31/2025", "03/04/2025", "quý I/2020", "soon"),
    *(date(2025, 12, 31), datetime(2025, 12, 31), datetime(2025, 12, 31, tzinfo=UTC)),
    *(2025, 2025.0, Decimal(2025), 46022, True, 1, 1.0, None, float("nan"), ""),
]


@settings(max_examples=few(60))
@given(cells=st.lists(st.sampled_from(_CELLS), max_size=12))
def test_a_cell_means_in_a_column_what_it_means_alone(cells: list[Any]) -> None:
    notation = DateNotation(order="dmy")
    alone = [read_dates([cell], notation)[0] for cell in cells]
    assert read_dates(cells, notation) == alone

"""What is wrong with records is said with how many they are, and the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import govindex as gi
from govindex.records import (
    STATE_DAY,
    AtDates,
    Column,
    Columns,
    Count,
    Distinct,
    Elapsed,
    Sum,
    count,
    time_between,
    where,
)
from tests.engines.tables import in_engine


def dates(days: Any) -> list[Any]:
    """Return days as pandas keeps them."""
    return list(pd.to_datetime(pd.Series(days)))


EVERY = ("pandas", "polars-lazy", "pyarrow", "duckdb", "dask")
Error = gi.GovIndexError


def refused(table: Any, variables: Mapping[str, Any] | None = None, **settings: Any) -> Error:
    with pytest.raises(Error) as caught:
        count(table, variables or {"n": Count()}, **{"unit": "unit", **settings})
    return caught.value


def frame(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(columns)


@pytest.mark.parametrize("engine", EVERY)
def test_records_without_a_unit_are_counted_and_named(engine: str) -> None:
    table = in_engine(engine, frame(unit=["A", None, " ", None], dossier=[1, 2, 3, 4]))
    error = refused(table)
    assert error.problems[0].code == "record.no_unit"
    assert "3 records have no unit in column 'unit': first dossier 2" in str(error).replace(
        "unit None, ", ""
    )
    found = count(table, {"n": Count()}, unit="unit", missing="leave_out")
    assert found.units == ("A",)
    assert found.left_out.to_numpy().tolist() == [
        ["(all variables)", "no unit in column 'unit'", 3]
    ]


@pytest.mark.parametrize("engine", EVERY)
def test_dates_in_three_formats_are_counted_by_format(engine: str) -> None:
    written = ["03/02/2026", "2026-02-03", "3.2.2026", "04/02/2026", None]
    table = in_engine(engine, frame(unit=[*"ABCDE"], received=written))
    text = str(refused(table, period="month", date="received"))
    assert "2 as 30/09/2026 (first unit 'A', received '03/02/2026'" in text
    assert "1 as 2026-09-30 (first unit 'B', received '2026-02-03')" in text
    assert "1 as 30.09.2026 (first unit 'C'" in text
    assert "declare it: columns=Columns([Column('received', 'date', format='%d/%m/%Y')])" in text


@pytest.mark.parametrize("engine", EVERY)
def test_texts_become_what_is_declared(engine: str) -> None:
    texts = {
        "unit": ["A", "A"],
        "received": ["03/02/2026", "13/11/2026"],
        "fee": ["5", " 7.5 "],
        "online": ["có", "FALSE"],
    }
    columns = Columns(
        [
            Column("unit", role="unit"),
            Column("received", "date", role="date", format="%d/%m/%Y"),
            Column("fee", "number"),
            Column("online", "flag"),
        ]
    )
    online = Count(where("online") == True)  # noqa: E712
    variables = {"fees": Sum("fee"), "online": online}
    table = in_engine(engine, pd.DataFrame(texts))
    found = count(
        table, variables, columns=columns, period="quarter", periods=["2026-Q1", "2026-Q4"]
    )
    assert found.values.tolist() == [[[5.0, 1.0], [7.5, 0.0]]]


@pytest.mark.parametrize("engine", EVERY)
def test_what_a_schema_does_not_allow_is_listed_at_once(engine: str) -> None:
    table = in_engine(
        engine,
        frame(
            id=["a", "b", "c", "d"],
            unit=["A", "B", "C", "D"],
            status=["done", "Done", "lost", None],
            fee=[1.0, -2.0, 3.0, 4.5],
            received=dates(["2026-01-05"] * 4),
            returned=dates(["2026-01-09", "2026-01-01", "2026-01-02", None]),
        ),
    )
    columns = Columns(
        [
            Column("id", role="id"),
            Column("unit", role="unit"),
            Column("status", allowed=["done", "open"]),
            Column("fee", "whole", minimum=0),
            Column("received", "date"),
            Column("returned", "date", null=True),
        ],
        rules={"returned before it was received": where("returned") < where("received")},
    )
    error = refused(table, columns=columns, unit=None)
    assert [problem.code for problem in error.problems] == [
        "record.null",
        "record.not_allowed",
        "record.limit",
        "record.whole",
        "record.rule",
    ]
    text = str(error)
    assert "column 'status' is missing in 1 record: first id 'd', unit 'D'" in text
    assert "not allowed in 2 records ('Done' 1×, 'lost' 1×): first id 'b'" in text
    assert "returned before it was received in 2 records: first id 'b', unit 'B'" in text


@pytest.mark.parametrize("engine", EVERY)
def test_numbers_and_dates_that_lack_are_refused_or_left_out(engine: str) -> None:
    days = [date(2026, 1, 5), date(2026, 2, 5), None]
    table = in_engine(
        engine,
        frame(
            unit=["A", "A", "A"],
            fee=[1.0, None, 4.0],
            start=dates(days),
            end=dates([date(2026, 1, 9), date(2026, 2, 1), None]),
        ),
    )
    variables = {"fees": Sum("fee"), "n": Count(), "days": Elapsed("start", "end", how="total")}
    error = refused(table, variables, period="year", date="start")
    assert [(problem.variable, problem.code) for problem in error.problems] == [
        ("fees", "record.no_date"),
        ("fees", "record.missing"),
        ("n", "record.no_date"),
        ("days", "record.no_date"),
        ("days", "record.missing"),
        ("days", "record.reversed"),
    ]
    assert "column 'fee' is missing in 1 record that counts: first unit 'A'" in str(error)
    found = count(table, variables, unit="unit", missing="leave_out", period="year", date="start")
    assert found.values.tolist() == [[[1.0, 2.0, 4.0]]]
    assert found.left_out["records"].tolist() == [1, 1, 1, 1, 1, 1]


def test_a_month_in_which_nobody_has_a_record_is_a_missing_file() -> None:
    days = ["2026-01-05", "2026-02-05", "2026-04-05"]
    table = frame(unit=["A"] * 3, day=dates(days))
    error = refused(table, period="month", date="day")
    assert "no unit has any record between '2026-02' and '2026-04': a file may be" in str(error)
    wanted = ["2026-02", "2026-03"]
    found = count(table, {"n": Count()}, unit="unit", period="month", date="day", periods=wanted)
    assert found.value("A", "n", "2026-03") is None


def test_mixed_types_are_named() -> None:
    error = refused(frame(unit=["A", "A", "B"], fee=[1, "2", 3]), {"fees": Sum("fee")})
    assert "column 'fee' mixes types: 2 of int, 1 of str" in str(error)
    error = refused(frame(unit=["A"], fee=["2"]), {"fees": Sum("fee")})
    assert "column 'fee' holds numbers to be added up, not texts" in str(error)


HANOI = timezone(timedelta(hours=7))


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow", "duckdb", "dask"])
def test_days_are_those_of_the_time_zone(engine: str) -> None:
    late = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)
    at = pd.to_datetime([late, late - timedelta(hours=12)]).tz_convert("UTC")
    table = pd.DataFrame({"unit": ["A", "A"], "at": at})
    native: Any
    if engine == "duckdb":
        import duckdb

        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        connection.register(
            "records", pl.DataFrame({"unit": ["A", "A"], "at": list(at)}).to_arrow()
        )
        native = connection.table("records")
    elif engine == "polars":
        native = pl.DataFrame({"unit": ["A", "A"], "at": list(at)})
    elif engine == "pyarrow":
        native = pl.DataFrame({"unit": ["A", "A"], "at": list(at)}).to_arrow()
    else:
        native = in_engine(engine, table)
    settings: dict[str, Any] = {"period": "month", "date": "at"}
    error = refused(native, **settings)
    assert "holds times of the zone UTC" in str(error)
    assert error.problems[0].code == "record.time_zone"
    zone = "Asia/Ho_Chi_Minh"
    found = count(native, {"n": Count()}, unit="unit", time_zone=zone, **settings)
    assert found.periods == ("2026-01", "2026-02")
    assert found.values.tolist() == [[[1.0], [1.0]]]


def test_times_with_and_without_a_zone_do_not_mix() -> None:
    at = pd.to_datetime(["2026-01-31 22:30"])
    table = pd.DataFrame({"unit": ["A"], "start": at.tz_localize("UTC"), "end": at})
    days = {"days": Elapsed("start", "end")}
    error = refused(table, days, time_zone="Asia/Ho_Chi_Minh")
    assert "columns 'start' carry a time zone, and 'end' do not" in str(error)
    columns = Columns([Column("end", "date")])
    found = count(table, days, unit="unit", columns=columns, time_zone="UTC")
    assert found.value("A", "days") == 0


def test_units_are_those_that_are_named() -> None:
    table = frame(unit=["A", "Bb"], up=["P", "P"], who=["x", "y"])
    error = refused(table, units=["A", "Bbb", gi.Unit("C")])
    assert "'Bb' is not among the units: did you mean 'Bbb'?" in str(error)
    error = refused(frame(unit=["A", "A"], up=["P", "Q"]), parents="up")
    assert "a unit has one parent, not 'P', 'Q'" in str(error)
    assert "parents go round in a circle" in str(refused(table, parents={"A": "P", "P": "A"}))


def test_settings_are_checked_before_records_are_read() -> None:
    table = frame(unit=["A"], day=dates(["2026-01-05"]), fee=[1.0])
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"period": "months"}, "did you mean 'month'"),
        ({"period": "month"}, "'n' needs a date"),
        ({"period": "month", "date": "dya"}, "there is no column 'dya': did you mean 'day'"),
        ({"period": "month", "date": "fee"}, "column 'fee' holds dates, not numbers"),
        ({"unit": None}, "name the column of units"),
        ({"time_zone": "Hanoi"}, "a time zone is a name such as 'Asia/Ho_Chi_Minh'"),
        ({"missing": "skip"}, "missing is one of refuse, leave_out"),
        ({"parents": {"A": 5}}, "'A' in parents must be of type str"),
    ]
    for settings, text in wrong:
        assert text in str(refused(table, **settings))
    for variable, text in (
        (Count(where("fee") == "x"), "where('fee') (number) cannot be compared with 'x' (text)"),
        (Count(where("unit") < "x"), "texts and flags are equal or not"),
        (Count(where("day") < STATE_DAY), "asks for STATE_DAY, the day of a state"),
        (Elapsed("fee", "day"), "column 'fee' holds dates, not numbers"),
        (Distinct("no"), "there is no column 'no'"),
    ):
        assert text in str(refused(table, {"n": variable}))


def test_conditions_are_joined_with_signs_not_with_words() -> None:
    with pytest.raises(gi.SettingError, match=r"join conditions with &, \| and ~"):
        bool(where("a") == 1)
    with pytest.raises(gi.SettingError, match=r"nothing equals None: ask where\(…\).is_missing"):
        where("a") == None  # noqa: B015, E711
    with pytest.raises(gi.SettingError, match=r"unit is one of days, working_days, hours"):
        time_between("a", "b", unit="weeks")
    with pytest.raises(gi.SettingError, match=r"is_in\(…\) takes one or more fixed values"):
        where("a").is_in([where("b")])
    with pytest.raises(gi.SettingError, match=r"a date is written '2026-09-30'"):
        AtDates("30/09/2026", "received")


def test_records_are_not_taken_for_observations(tmp_path: Path) -> None:
    table = frame(unit=["A", "B"] * 2000, fee=[1.0] * 4000)
    for engine in ("pandas", "polars-lazy", "duckdb", "dask"):
        with pytest.raises(gi.DataError, match=r"count first, with gi\.records\.count"):
            gi.Observations.from_frame(in_engine(engine, table), unit="unit")

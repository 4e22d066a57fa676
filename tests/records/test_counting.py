"""Counts of every engine are those of a plain loop over the records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.records import (
    STATE_DAY,
    AtDates,
    Condition,
    Count,
    Counts,
    Distinct,
    Elapsed,
    Sum,
    count,
    time_between,
    where,
)
from tests.engines.tables import ENGINES, in_engine
from tests.records.dossiers import DOSSIERS, MONTHS, Dossier, frame_of
from tests.sampling import few

# Conditions beside what they say of one dossier; None where a cell is missing.
CONDITIONS: list[tuple[Condition, Callable[[Dossier], bool | None]]] = [
    (where("status") == "done", lambda d: None if d.status is None else d.status == "done"),
    (where("status") != "done", lambda d: None if d.status is None else d.status != "done"),
    (~(where("status") == "done"), lambda d: None if d.status is None else d.status != "done"),
    (
        where("returned") <= where("due"),
        lambda d: None if d.returned is None or d.due is None else d.returned <= d.due,
    ),
    (where("received") < date(2026, 1, 5), lambda d: d.received < date(2026, 1, 5)),
    (where("returned").is_missing(), lambda d: d.returned is None),
    (where("fee").between(1, 3), lambda d: None if d.fee is None else 1 <= d.fee <= 3),
    (
        where("status").is_in(["open", "lost"]),
        lambda d: None if d.status is None else d.status == "open",
    ),
    (
        time_between("received", "due") > 10,
        lambda d: None if d.due is None else (d.due - d.received).days > 10,
    ),
]


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _opposite(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=few(10))
@given(
    dossiers=DOSSIERS,
    pair=st.lists(st.sampled_from(CONDITIONS), min_size=2, max_size=2),
)
def test_conditions_follow_the_logic_of_missing_cells_in_every_engine(
    engine: str, dossiers: list[Dossier], pair: list[Any]
) -> None:
    (first, one), (second, two) = pair
    asked = {"and": first & second, "or": first | second, "not": ~(first & second)}
    truths: dict[str, Callable[[Dossier], bool | None]] = {
        "and": lambda d: _both(one(d), two(d)),
        "or": lambda d: _opposite(_both(_opposite(one(d)), _opposite(two(d)))),
        "not": lambda d: _opposite(_both(one(d), two(d))),
    }
    table = in_engine(engine, frame_of(dossiers))
    found = count(table, {name: Count(each) for name, each in asked.items()}, unit="unit")
    every = [*MONTHS, *dossiers]
    for unit in found.units:
        for name, truth in truths.items():
            expected = sum(truth(d) is True for d in every if d.unit == unit)
            assert found.value(unit, name) == expected, (engine, asked[name])


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02d}"


def counted_by_hand(dossiers: list[Dossier], parents: dict[str, str]) -> dict[Any, list[Any]]:
    """Count by unit or parent, and month to date."""
    groups: dict[Any, list[Dossier]] = {}
    months = sorted({_month(d.received) for d in dossiers})
    for month in months:
        for d in dossiers:
            if month[:4] == str(d.received.year) and _month(d.received) <= month:
                for unit in {d.unit, parents.get(d.unit, d.unit)}:
                    groups.setdefault((unit, month), []).append(d)
    return {
        key: [
            len(group),
            len({d.person for d in group if d.person is not None}),
            sum(d.fee or 0 for d in group),
        ]
        for key, group in groups.items()
    }


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=few(10))
@given(dossiers=DOSSIERS)
def test_parents_and_counts_to_date_count_persons_once(
    engine: str, dossiers: list[Dossier]
) -> None:
    parents = {"A": "P", "B": "P"}
    variables = {
        "n": Count(),
        "persons": Distinct("person", where("person").is_known()),
        "fees": Sum("fee", where("fee").is_known()),
    }
    found = count(
        in_engine(engine, frame_of(dossiers)),
        variables,
        unit="unit",
        period="year to date",
        date="received",
        parents=parents,
    )
    expected = counted_by_hand([*MONTHS, *dossiers], parents)
    for unit in found.units:
        for month in found.periods:
            by_hand = expected.get((unit, month), [None] * 3)
            assert [found.value(unit, name, month) for name in variables] == by_hand


def _working_days(until: date, holiday: date) -> int:
    """Count the working days of the years around, up to a day."""
    return int(np.busday_count("2025-01-01", until + timedelta(1), holidays=[holiday]))


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=few(10))
@given(dossiers=DOSSIERS)
def test_time_passes_alike_in_every_engine(engine: str, dossiers: list[Dossier]) -> None:
    holiday = date(2026, 1, 1)
    known = where("due").is_known()
    found = count(
        in_engine(engine, frame_of(dossiers)),
        {
            "days": Elapsed("received", "due", known, how="total", reversed="keep"),
            "mean": Elapsed("received", "due", known, reversed="leave_out"),
            "work": Elapsed(
                *("received", "due", known),
                unit="working_days",
                how="total",
                holidays=[holiday],
                reversed="keep",
            ),
        },
        unit="unit",
    )
    every = [*MONTHS, *dossiers]
    for unit in found.units:
        pairs = [(d.received, d.due) for d in every if d.unit == unit and d.due is not None]
        days = [(end - start).days for start, end in pairs]
        work = [_working_days(end, holiday) - _working_days(start, holiday) for start, end in pairs]
        assert found.value(unit, "days") == sum(days)
        assert found.value(unit, "work") == sum(work)
        forward = [number for number in days if number >= 0]
        mean = found.value(unit, "mean")
        assert mean == (pytest.approx(sum(forward) / len(forward)) if forward else None)


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=few(10))
@given(dossiers=DOSSIERS)
def test_the_state_at_a_date_is_what_was_open_then(engine: str, dossiers: list[Dossier]) -> None:
    days = [date(2025, 12, 31), date(2026, 2, 10)]
    found = count(
        in_engine(engine, frame_of(dossiers)),
        {
            "open": Count(),
            "overdue": Count(where("due") < STATE_DAY),
            "persons": Distinct("person", where("person").is_known()),
        },
        unit="unit",
        period=AtDates(days, "received", "returned"),
    )
    for day in days:
        for unit in found.units:
            held = [
                d
                for d in [*MONTHS, *dossiers]
                if d.unit == unit and d.received <= day and (d.returned is None or d.returned > day)
            ]
            persons = len({d.person for d in held} - {None})
            overdue = sum(d.due is not None and d.due < day for d in held)
            expected = [len(held), overdue, persons] if held else [None] * 3
            values = [found.value(unit, n, day.isoformat()) for n in ("open", "overdue", "persons")]
            assert values == expected


def test_variables_may_have_different_dates() -> None:
    dossiers = [Dossier("B", "x", date(2026, 1, 9), None, date(2026, 2, 9), "done", 1.0)]
    found = count(
        frame_of(dossiers, with_months=False),
        {"received": Count(), "returned": Count(date="returned")},
        unit="unit",
        period="month",
        date="received",
    )
    assert found.frame.to_dict("list") == {
        "unit": ["B", "B"],
        "period": ["2026-01", "2026-02"],
        "records": [1, 0],
        "received": [1, 0],
        "returned": [0, 1],
    }


def _by(period: Any) -> Counts:
    return count(frame_of([]), {"n": Count()}, unit="unit", period=period, date="received")


def test_periods_are_written_as_the_library_writes_them() -> None:
    assert _by("day").periods[:2] == ("2025-11-03", "2025-12-03")
    assert _by("month").periods == ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
    assert _by("quarter").periods == ("2025-Q4", "2026-Q1")
    assert _by("year").periods == ("2025", "2026")
    assert _by(None).periods == (None,)


def test_counts_are_the_data_of_an_index() -> None:
    data = _by("quarter").observations()
    assert data.periods == ("2025-Q4", "2026-Q1")
    assert data.at_period("2026-Q1").value("A", "n") == 3
    assert _by("day").observations(period="2025-11-03").value("A", "n") == 1
    with pytest.raises(gi.DataError, match=r"days make no panel"):
        _by("day").observations()
    with pytest.raises(gi.UnknownNameError, match=r"no period '2025'"):
        _by("quarter").observations(period="2025")


def test_what_no_record_says_is_missing_unless_it_is_declared_zero() -> None:
    dossiers = [
        Dossier("B", None, date(2026, 1, 9), None, None, "open", None),
    ]
    table = frame_of(dossiers)
    variables = {"n": Count(), "days": Elapsed("received", "due", where("due").is_known())}
    settings_of: dict[str, Any] = {"unit": "unit", "period": "year", "date": "received"}
    found = count(table, variables, units=["A", "B", "C"], **settings_of).observations()
    names = {name: found.cell(name, "n").name for name in ("A@2025", "B@2025", "B@2026", "C@2026")}
    assert names == {
        "A@2025": "REPORTED",
        "B@2025": "MISSING",
        "B@2026": "REPORTED",
        "C@2026": "MISSING",
    }
    assert found.cell("B@2026", "days").name == "NOT_APPLICABLE"
    zero = count(table, variables, units=["A", "B", "C"], silent="zero", **settings_of)
    assert zero.value("C", "n", "2026") == 0
    assert zero.value("C", "days", "2026") is None


def test_undecided_conditions_are_listed() -> None:
    dossiers = [Dossier("B", None, date(2026, 1, 9), None, None, None, None)] * 2
    late = where("returned") > where("due")
    found = count(
        frame_of(dossiers), {"late": Count(late & where("status").is_known())}, unit="unit"
    )
    assert found.value("B", "late") == 0
    assert found.gaps.to_numpy().tolist() == [["returned", "B", 2], ["due", "B", 2]]
    assert "column 'due' is missing at unit 'B' in 2 records" in str(found)


def test_units_that_are_written_in_two_ways_are_one() -> None:
    frame = pd.DataFrame({"unit": ["Huế", " Huế ", "Hue\u0302\u0301"], "who": ["x", "x", "y"]})
    for engine in ("pandas", "polars-lazy", "duckdb", "dask"):
        found = count(in_engine(engine, frame), {"n": Count(), "who": Distinct("who")}, unit="unit")
        assert found.frame.to_numpy().tolist() == [["Huế", 3, 3, 2]]


def test_parents_in_a_column_are_counted_again() -> None:
    frame = pd.DataFrame(
        {"unit": ["a", "a", "b", "P"], "up": ["P", "P", "P", None], "who": ["x", "y", "x", "z"]}
    )
    for engine in ENGINES:
        found = count(
            in_engine(engine, frame),
            {"n": Count(), "who": Distinct("who")},
            unit="unit",
            parents="up",
        )
        assert found.frame.to_numpy().tolist() == [["P", 4, 4, 3], ["a", 2, 2, 2], ["b", 1, 1, 1]]
        assert found.observations().units[1].parent == "P"
        assert repr(found).startswith("<Counts: 4 records of 3 units")


def test_three_levels_count_everybody_once_at_each() -> None:
    frame = pd.DataFrame({"unit": [*"abca"], "who": [*"xxyz"]})
    parents = {"a": "P", "b": "P", "P": "top", "c": "top"}
    found = count(frame, {"who": Distinct("who"), "n": Count()}, unit="unit", parents=parents)
    assert found.value("P", "who") == 2
    assert found.value("top", "who") == 3
    assert found.value("top", "n") == 4


def test_sql_is_what_ran() -> None:
    done = Count(where("status") == "done")
    found = count(in_engine("duckdb", frame_of([])), {"n": done}, unit="unit")
    text = found.sql()
    assert text.startswith("-- k0 unit; s0 where None where('status') == 'done'\n")
    assert text.splitlines()[1].startswith(("WITH", "SELECT"))  # of one version of DuckDB each
    assert "GROUP BY" in text.upper()

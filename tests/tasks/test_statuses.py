"""The status of every task at every date: one of a partition, whatever the order of rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.errors import DataError, SettingError, UnknownNameError
from govindex.tasks import Task, TaskRegister
from govindex.tasks.statuses import COUNTS, NOT_YET, SHARES, STATUSES
from tests.sampling import few
from tests.tasks.registers import DAYS, START, counted, registers

DONE = ("done_on_time", "done_late")
ANY_DAY = st.integers(-10, 800).map(lambda days: START + timedelta(days=days))
KEYS = st.sampled_from([["agency"], ["programme"], ["due_month"], ["agency", "due_quarter"]])


def status_of(task: Task, day: Any) -> str:
    return str(TaskRegister([task]).at(day).table()["status"].item())


@settings(max_examples=few(60))
@given(register=registers(), day=ANY_DAY)
def test_statuses_are_a_partition_of_the_tasks_that_are_assigned(
    register: TaskRegister, day: date
) -> None:
    table = register.at(day).table()
    assigned = [task.assigned is None or task.assigned <= day for task in register.tasks]
    assert [status in STATUSES for status in table["status"]] == assigned
    assert ((table["status"] == NOT_YET) == [not each for each in assigned]).all()
    whole = register.at(day).counts(()).iloc[0]
    assert whole["total"] == sum(assigned) == sum(whole[name] for name in STATUSES)
    assert whole["done"] == sum(whole[name] for name in DONE)


@settings(max_examples=few(60))
@given(register=registers(), day=ANY_DAY, by=KEYS)
def test_counts_of_groups_add_up_to_the_whole(
    register: TaskRegister, day: date, by: list[str]
) -> None:
    if by == ["programme"] and not register.programmes:
        return
    statuses = register.at(day)
    parts, whole = statuses.counts(by), statuses.counts(())
    assert parts[[*COUNTS]].sum().tolist() == whole[[*COUNTS]].iloc[0].tolist()
    assert parts.index.is_unique
    shares = parts[[*SHARES]].to_numpy()
    assert (np.isnan(shares) | ((shares >= 0) & (shares <= 1))).all()


@settings(max_examples=few(60))
@given(register=registers(), days=st.tuples(ANY_DAY, ANY_DAY).map(sorted))
def test_a_later_date_never_turns_done_into_not_done(
    register: TaskRegister, days: list[date]
) -> None:
    earlier, later = (register.at(day).table()["status"] for day in days)
    was_done = earlier.isin(DONE)
    assert (later[was_done] == earlier[was_done]).all()
    assert later[earlier == "cancelled"].eq("cancelled").all()
    assert later[earlier == "regular"].isin(["regular", "cancelled"]).all()


@settings(max_examples=few(60))
@given(register=registers(), day=ANY_DAY, rng=st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(
    register: TaskRegister, day: date, rng: Any
) -> None:
    rows = rows_of(register)
    one = TaskRegister.from_frame(rows).at(day)
    names = list(rows[0])
    rng.shuffle(rows)
    rng.shuffle(names)
    frame = pl.DataFrame({name: [row[name] for row in rows] for name in names}, strict=False)
    again = TaskRegister.from_frame(frame).at(day)
    pd.testing.assert_frame_equal(again.counts(), one.counts())
    pd.testing.assert_frame_equal(again.overdue(), one.overdue())
    pd.testing.assert_frame_equal(again.table().sort_index(), one.table().sort_index())


def rows_of(register: TaskRegister) -> list[dict[str, Any]]:
    """Return a register as a table; tasks that always count are assigned long before."""
    every = []
    for task in register.tasks:
        days = {
            name: str(getattr(task, name) or "")
            for name in ("due", "done", "postponed", "postponed_on")
        }
        about = {"task": task.code, "agency": task.agency, "name": task.name, **days}
        about |= {"programme": task.programme, "regular": "có" if task.regular else "không"}
        about["cancelled"] = "yes" if task.cancelled is True else str(task.cancelled or "")
        about["assigned"] = str(task.assigned or "1990")
        every.append(about)
    return every


@settings(max_examples=few(60))
@given(register=registers(), day=DAYS)
def test_days_late_are_those_after_the_due_date_that_held(
    register: TaskRegister, day: date
) -> None:
    table = register.at(day).table()
    late = table["status"].isin(["done_late", "overdue"])
    assert table["days_late"].notna().tolist() == late.tolist()
    for _, row in table[late].iterrows():
        end = row["done"] or day
        assert row["days_late"] == (end - row["due"]).days > 0
    shown = register.at(day).overdue()["days_late"].tolist()
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2025-01-31", NOT_YET),
        ("2025-02-01", "in_term"),
        ("2025-03-31", "in_term"),
        ("2025-04-01", "overdue"),
        ("2025-04-02", "done_late"),
    ],
)
def test_a_task_is_in_term_on_its_due_date(day: str, status: str) -> None:
    task = Task("1", "A", "2025-03-31", "2025-04-02", assigned="2025-02-01")
    assert status_of(task, day) == status


def test_a_task_done_on_its_due_date_is_on_time() -> None:
    assert status_of(Task("1", "A", "Q1 2025", "2025-03-31"), "2025-03-31") == "done_on_time"


def test_a_postponement_holds_from_the_day_on_which_it_was_granted() -> None:
    task = Task("1", "A", "2025-03-31", postponed="2025-06-30", postponed_on="2025-05-01")
    days = ("2025-04-15", "2025-05-01", "2025-06-30", "2025-07-01")
    assert [status_of(task, day) for day in days] == ["overdue", "in_term", "in_term", "overdue"]
    done = Task("1", "A", "2025-03-31", "2025-04-20", postponed="2025-06-30")
    assert status_of(done, "2025-05-01") == "done_on_time"


def test_a_cancelled_task_counts_as_cancelled_from_its_day_on() -> None:
    task = Task("1", "A", "2025-03-31", cancelled="2025-05-01")
    assert [status_of(task, day) for day in ("2025-04-30", "2025-05-01")] == [
        "overdue",
        "cancelled",
    ]
    assert status_of(Task("1", "A", "2025-03-31", cancelled=True), "2025-01-01") == "cancelled"


def test_both_denominators_and_regular_tasks_apart_or_done() -> None:
    register = counted(done=9, regular=14, in_term=2)
    apart, done = (register.at("2025-07-01", regular=how).counts().loc["A"]
                   for how in ("apart", "done"))  # fmt: skip
    assert (apart["counted_done"], apart["counted"]) == (9, 11)
    assert (done["counted_done"], done["counted"], done["done_of_total"]) == (23, 25, 0.92)
    assert apart["done_of_due"] == done["done_of_due"] == 1.0


def test_a_share_of_nothing_is_not_applicable_and_no_share_is_zero() -> None:
    register = TaskRegister([Task("1", "A", regular=True), Task("2", "B", "2025-01-31")])
    data = register.at("2025-07-01").observations(units=[*map(gi.Unit, "ABC")])
    assert [data.cell(unit, "done_of_due").name for unit in "ABC"] == [
        "NOT_APPLICABLE",
        "REPORTED",
        "NOT_APPLICABLE",
    ]
    assert [data.value(unit, "total") for unit in "ABC"] == [1.0, 1.0, 0.0]
    assert data.value("B", "done_of_due") == 0.0


def test_an_agency_that_is_no_unit_is_named() -> None:
    with pytest.raises(UnknownNameError, match="'A'"):
        counted(done=1).at("2025-07-01").observations(units=[gi.Unit("B")])


def test_counts_over_time_are_those_of_each_date() -> None:
    register = counted(done=1, regular=1, in_term=1, overdue=1)
    table = register.over_time(["Q2 2025", "Q1 2025", "2026"], "agency")
    assert table.columns[:2].tolist() == ["agency", "date"]
    assert table["date"].tolist() == [date(2025, 3, 31), date(2025, 6, 30), date(2026, 12, 31)]
    assert table["overdue"].tolist() == [0, 1, 2]
    assert register.over_time(["2025"]).columns[0] == "date"


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda r: r.at("soon"), DataError, "the date: 'soon' is not a date"),
        (lambda r: r.at(""), DataError, "the date is a date, such as '2025-09-30'"),
        (lambda r: r.at("2025", regular="x"), SettingError, "apart"),
        (lambda r: r.at("2025").counts("agncy"), SettingError, "did you mean 'agency'"),
        (lambda r: r.at("2025").counts(["agency"] * 2), SettingError, "names a column twice"),
        (lambda r: r.at("2025").counts("programme"), DataError, "has no programmes"),
        (lambda r: r.over_time([]), SettingError, "several dates, .* not none"),
    ],
)
def test_wrong_questions_are_refused(call: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        call(counted(done=1))


def test_statuses_are_shown_in_both_languages() -> None:
    statuses = counted(done=1, regular=1, overdue=1).at("2025-07-01")
    english, vietnamese = str(statuses), repr(gi.show(statuses, language="vi"))
    assert "1 of 2 tasks are done: 1 on time, 0 late; 0 in term, 1 overdue." in english
    assert "nhiệm vụ đến ngày 01/07/2025" in vietnamese
    assert "quá hạn chưa hoàn thành: 1" in vietnamese
    assert "<table" in statuses._repr_html_()

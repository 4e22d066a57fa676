"""Reading a register: every kind of frame and date, and every problem grouped by cause."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import govindex as gi
from govindex.tasks import DateNotation, Task, TaskRegister

ROWS = [
    {"task": "a", "agency": "A", "assigned": "2025-01-01", "due": "31/3/2025", "done": None},
    {
        "task": "b",
        "agency": "A",
        "assigned": "2025-01-01",
        "due": "quý II/2025",
        "done": "5/6/2025",
    },
    {"task": "c", "agency": "B", "assigned": "2025-02-01", "due": "2025-12-31", "done": ""},
]
DMY = DateNotation(order="dmy")


def read(frame: Any, **settings: Any) -> TaskRegister:
    return TaskRegister.from_frame(frame, **{"dates": DMY, **settings})


@pytest.mark.parametrize(
    "frame",
    [ROWS, pd.DataFrame(ROWS), pl.DataFrame(ROWS), pa.Table.from_pylist(ROWS)],
    ids=["dicts", "pandas", "polars", "pyarrow"],
)
def test_a_register_is_read_from_any_frame(frame: Any) -> None:
    register = read(frame)
    assert [task.due for task in register.tasks] == [
        date(2025, 3, 31),
        date(2025, 6, 30),
        date(2025, 12, 31),
    ]
    assert [task.done for task in register.tasks] == [None, date(2025, 6, 5), None]
    assert register.agencies == ("A", "B")


def test_usual_titles_are_found_and_other_columns_listed() -> None:
    frame = pd.DataFrame(
        {
            "Nhiệm vụ": ["Việc một", "Việc hai"],
            "Cơ quan chủ trì": ["Sở Y tế", "Sở Nội vụ"],
            "Thời hạn": ["31/12/2025", "thường xuyên"],
            "Ngày hoàn thành": [pd.NaT, pd.NaT],
            "Ghi chú": ["", ""],
        }
    )
    register = TaskRegister.from_frame(frame)
    assert register.unused == ("Ghi chú",)
    assert [task.code for task in register.tasks] == ["1", "2"]
    assert [task.regular for task in register.tasks] == [False, True]
    assert register.tasks[0].name == "Việc một"


def test_a_workbook_is_read_whether_cells_are_dates_numbers_or_texts(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "agency": ["A"] * 3,
            "due": pd.Series([datetime(2025, 12, 31), 46022, "31/12/2025"], dtype=object),
            "done": [None] * 3,
        }
    )
    gi.write_table(frame, tmp_path / "register.xlsx")
    register = TaskRegister.from_frame(gi.read_table(tmp_path / "register.xlsx"))
    assert {task.due for task in register.tasks} == {date(2025, 12, 31)}


def test_declared_columns_replace_titles_and_none_leaves_one_out() -> None:
    frame = pd.DataFrame(ROWS).rename(columns={"agency": "owner"})
    columns = {"agency": "owner", "assigned": None}
    register = read(frame, columns=columns)
    assert register.agencies == ("A", "B")
    assert register.tasks[0].assigned is None
    assert register.unused == ("assigned",)


def test_tasks_without_a_due_date_may_all_be_regular() -> None:
    frame = [{"agency": "A", "due": None, "done": None}]
    assert read(frame, without_due="regular").tasks[0].regular
    with pytest.raises(gi.DataError, match=r"no due date: .*without_due='regular'"):
        read(frame)


WRONG: list[tuple[dict[str, list[Any]], str, int]] = [
    ({"due": ["2024-01-01", "2024-01-01", "2025-12-31"]},
     r"task\.due_before_assigned 2 .*in 2 cells of 1 column: first row 1, column 'due'; row 2", 2),
    ({"done": ["2024-12-31", None, None]}, r"done on 2024-12-31, before it was assigned on", 1),
    ({"agency": [None, "", "B"]}, r"the task has no agency in 2 cells of 1 column: first row 1", 2),
    ({"task": ["a", "a", "c"]}, r"there is more than one task 'a' in 2 cells of 1 column", 2),
    ({"task": ["a", None, "c"]}, r"row 2, column 'task': the task has no code", 1),
    ({"assigned": ["2025-01-01", "", "2025-01-01"]}, r"no date of assignment: .*: None", 1),
    ({"due": ["2025-13-01", "soon", "2025-12-31"]}, r"1\. row 1, .*no such day.*\n.*2\. row 2", 2),
    ({"done": ["x", "Đã hoàn thành", None]}, r"does not say when the task was done in 2 cells", 2),
    ({"done": ["2025", None, None]}, r"done between 2025-01-01 and 2025-12-31, and the due", 1),
    ({"due": ["thường xuyên", None, "2025-12-31"]}, r"row 2, column 'due': the task has no due", 1),
    ({"regular": ["yes", "no", "perhaps"], "done": [None] * 3},
     r"a regular task has a due date, 2025-03-31.*\n?.*", 2),
    ({"regular": ["yes", "", ""], "due": [None, "2025-12-31", "2025-12-31"],
      "done": ["2025-03-01", None, None]}, r"a regular task was done on 2025-03-01: leave", 1),
    ({"cancelled": ["", "yes", ""]}, r"done on 2025-06-05, and is cancelled: leave one", 1),
    ({"cancelled": ["2024-05-01", "", ""]}, r"cancelled on 2024-05-01, before it was assigned", 1),
    ({"postponed": ["2025-03-01", "", ""]}, r"postponed to 2025-03-01, which is not after the", 1),
    ({"postponed_on": ["2025-03-01", "", ""]}, r"postponed on 2025-03-01, but has no later due", 1),
    ({"postponed": ["", "2025-12-31", ""], "postponed_on": ["", "2025-09-01", ""]},
     r"postponed on 2025-09-01, after it was done on 2025-06-05", 1),
    ({"postponed": ["2025-12-31", "", ""], "postponed_on": ["2024-09-01", "", ""]},
     r"postponed on 2024-09-01, before it was assigned on 2025-01-01", 1),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message", "count"), WRONG)
def test_wrong_cells_are_counted_named_and_cured(
    change: dict[str, list[Any]], message: str, count: int
) -> None:
    frame = pd.DataFrame(ROWS).assign(**change)
    with pytest.raises(gi.DataError) as caught:
        read(frame)
    problems = caught.value.problems
    text = f"{problems[0].code} {len(problems)} {caught.value}"
    assert len(problems) == count
    assert pd.Series([text]).str.contains(message, regex=True).all(), text


def test_ambiguous_dates_are_one_cause_with_the_number_of_cells() -> None:
    frame = pd.DataFrame(ROWS).assign(due=["03/04/2025", "04/05/2025", "2025-12-31"], done=None)
    with pytest.raises(gi.DataError, match=r"'03/04/2025', … may be day.* in 2 cells of 1 column"):
        TaskRegister.from_frame(frame)


def test_problems_name_the_columns_as_the_table_does() -> None:
    frame = pd.DataFrame(ROWS).rename(columns={"due": "Thời hạn"}).assign(assigned="2025-07-01")
    with pytest.raises(gi.DataError, match="first row 1, column 'Thời hạn'"):
        read(frame)


@pytest.mark.parametrize(
    ("frame", "settings", "message"),
    [
        (pd.DataFrame({"agency": ["A"], "due": ["2025"]}), {}, "there is no column 'done'"),
        (pd.DataFrame(ROWS).assign(unit="A"), {}, "'agency' and 'unit' may both be 'agency'"),
        (pd.DataFrame(ROWS), {"columns": {"due": "when"}}, "there is no column 'when'"),
        (pd.DataFrame(ROWS), {"columns": {"dew": "due"}}, "there is no 'dew': did you mean 'due'"),
        (pd.DataFrame(ROWS), {"columns": {"due": 3}}, "'due' is a title or None, not 3"),
        (pd.DataFrame(ROWS), {"dates": "dmy"}, "dates must be of type DateNotation"),
        (pd.DataFrame(ROWS), {"without_due": "no"}, "without_due is 'refuse' or 'regular'"),
        (pd.DataFrame(ROWS)[:0], {}, "there are no tasks"),
        ([], {}, "there is no column 'agency'"),
        ([{"agency": "A"}, 3], {}, "a row of tasks must be a mapping"),
        ("register.csv", {}, "expected a data frame"),
    ],
)
def test_tables_that_are_no_registers_are_refused(
    frame: Any, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(gi.GovIndexError, match=message):
        read(frame, **settings)


def test_tasks_that_users_make_are_checked_as_tables_are() -> None:
    with pytest.raises(gi.DataError, match="row 1, column 'due': the task is due on 2025-01-01"):
        TaskRegister([Task("1", "A", "2025-01-01", assigned="2025-02-01")])
    with pytest.raises(gi.DataError, match="may be day, month, year"):
        Task("1", "A", "03/04/2025")
    with pytest.raises(gi.DataError, match="there are no tasks"):
        TaskRegister([])

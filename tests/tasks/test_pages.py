"""What notebooks and terminals show of registers, statuses and targets."""

from __future__ import annotations

import pandas as pd
import pytest

import govindex as gi
from govindex.tasks import Target, Targets, Task, TaskRegister
from tests.tasks.registers import counted


def test_a_register_shows_how_many_tasks_there_are_and_from_when_to_when() -> None:
    register = TaskRegister(
        [
            Task("1", "A", "2025-03-31", assigned="2025-01-05", programme="p"),
            Task("2", "B", "2025-03-31", postponed="2025-09-30"),
            Task("3", "B", regular=True),
        ],
        unused=("Ghi chú",),
    )
    text = " ".join(repr(gi.show(register, language="vi")).split())
    assert "nhiệm vụ 3 cơ quan chủ trì 2 chương trình 1 nhiệm vụ thường xuyên 1" in text
    assert "giao sớm nhất 05/01/2025 thời hạn muộn nhất 30/09/2025 cột không dùng Ghi chú" in text
    assert str(register).startswith("Register of tasks")
    assert "Ghi chú" in register._repr_html_()
    assert (len(register), repr(register)) == (3, "<TaskRegister: 3 tasks of 2 agencies>")


def test_statuses_say_how_many_tasks_are_assigned_later() -> None:
    register = TaskRegister(
        [Task("1", "A", "2025-03-31"), Task("2", "A", "2025-12-31", assigned="2025-06-01")]
    )
    statuses = register.at("2025-04-01")
    assert "Assigned later, and not counted: 1." in str(statuses)
    assert repr(statuses) == "<TaskStatuses at 2025-04-01: 1 tasks>"


def test_shares_of_nothing_are_blank_and_not_zero() -> None:
    shown = str(counted(regular=2).at("2025-07-01")).splitlines()
    assert next(line for line in shown if line.startswith("A ")).split() == [
        *("A", "2", "0", "0", "0", "0", "2"),
    ]


def test_targets_show_gaps_ratios_and_the_assumption_of_the_projection() -> None:
    plain = Targets(
        [Target("x", "A", 40, 45.03, name="Online", measure_unit="%"), Target("x", "B", 4)]
    )
    text = " ".join(str(plain).split())
    assert "1 of 1 targets are met; 1 without a value." in text
    assert "Online (%) A 40 45.03 +5.03 112.6" in text
    assert "Way %" not in text
    assert "if the mean daily change" not in text
    timed = Target(
        "y", "A", 100, 40, baseline=20, start="2025", measured="2025-06-30", due="2025-12-31"
    )
    text = " ".join(repr(gi.show(Targets([timed]), language="vi")).split())
    assert "Tiến độ %: phần đã đạt của quãng từ mức đầu kỳ đến mục tiêu." in text
    assert "nếu giữ nguyên mức thay đổi bình quân mỗi ngày" in text
    assert "<table" in plain._repr_html_()
    assert (len(plain), repr(plain)) == (2, "<Targets: 2 of 2 agencies>")


def test_pictures_take_statuses_or_tables_of_counts() -> None:
    pytest.importorskip("matplotlib")
    register = counted(done=1, overdue=1)
    assert (
        gi.plot.tasks(register.at("2025-07-01").counts(())).texts[0].get_text().startswith("1 of 2")
    )
    dates = gi.plot.tasks(register.over_time(["Q1 2025", "Q2 2025"]), language="vi")
    assert [tick.get_text() for tick in dates.get_yticklabels()] == ["31/03/2025", "30/06/2025"]
    only_regular = gi.plot.tasks(counted(regular=1).at("2025-07-01"))
    assert not only_regular.texts
    with pytest.raises(gi.SettingError, match="give the statuses that register"):
        gi.plot.tasks(pd.DataFrame({"total": [1]}))

"""Registers that are made up, drawn or written by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from govindex.tasks import Task, TaskRegister

START = date(2025, 1, 1)
AGENCIES = ("Sở Y tế", "Sở Nội vụ", "Văn phòng")
DAYS = st.integers(0, 300).map(lambda days: START + timedelta(days=days))


@st.composite
def tasks(draw: st.DrawFn, code: str) -> Task:
    """Draw a task whose dates can be true."""
    assigned = draw(st.none() | DAYS)
    first = assigned or START
    about: dict[str, Any] = {
        "name": draw(st.none() | st.just(f"made-up task {code}")),
        "programme": draw(st.sampled_from([None, "NQ57", "ĐA06"])),
        "assigned": assigned,
    }

    def later(day: date, least: int = 0) -> date:
        return day + timedelta(days=draw(st.integers(least, 200)))

    agency = draw(st.sampled_from(AGENCIES))
    cancelled = draw(st.sampled_from([False, False, False, True, later(first)]))
    if draw(st.integers(0, 4)) == 0:
        return Task(code, agency, regular=True, cancelled=cancelled, **about)  # type: ignore[arg-type]
    due = later(first)
    done = None if cancelled else draw(st.none() | st.just(later(first)))
    postponed = draw(st.none() | st.just(later(due, 1)))
    granted = None
    if postponed is not None and draw(st.booleans()):
        granted = first if done is None else first + (done - first) // 2
    return Task(
        code, agency, due, done,
        cancelled=cancelled, postponed=postponed, postponed_on=granted, **about,  # type: ignore[arg-type]
    )  # fmt: skip


@st.composite
def registers(draw: st.DrawFn) -> TaskRegister:
    """Draw a register of up to twelve tasks."""
    count = draw(st.integers(1, 12))
    return TaskRegister([draw(tasks(f"T{number}")) for number in range(count)])


def counted(done: int = 0, regular: int = 0, in_term: int = 0, overdue: int = 0) -> TaskRegister:
    """Return a made-up register with so many tasks of each status in the middle of 2025."""
    made = [
        *(Task(f"d{n}", "A", "2025-03-31", "2025-03-01") for n in range(done)),
        *(Task(f"r{n}", "A", regular=True) for n in range(regular)),
        *(Task(f"t{n}", "A", "2025-12-31") for n in range(in_term)),
        *(Task(f"o{n}", "A", "2025-03-31") for n in range(overdue)),
    ]
    return TaskRegister(made)

"""Registers of tasks: what each agency was assigned, when it is due, and when it was done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import attrs

from govindex.checks import among, instance_of, shown, tuple_of
from govindex.dates import DateNotation
from govindex.display import ShownPage, html, plain
from govindex.errors import DataError, Problems, SettingError
from govindex.tasks.assignments import Day, Task, day_of, task_problems
from govindex.tasks.pages import register_page
from govindex.tasks.register_columns import read_tasks
from govindex.tasks.statuses import TaskDays, TaskStatuses

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoFrame

__all__ = ["TaskRegister"]

_PLAIN = DateNotation()


def _tasks(tasks: Iterable[Task]) -> tuple[Task, ...]:
    several = tuple_of(tasks, "tasks", "several Task(…)")
    for task in several:
        instance_of(task, Task, "a task of TaskRegister(…)")
    return several


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(instance_of(text, str, "a column") for text in tuple_of(texts, "unused", "titles"))


@attrs.frozen(eq=False, repr=False, slots=False)
class TaskRegister:
    """Tasks with their agencies and dates; :meth:`at` gives their statuses at a date.

    Parameters
    ----------
    tasks : iterable of Task
    unused : tuple of str
        Columns of the table that were not read.

    Raises
    ------
    DataError
        With every problem, grouped by cause: tasks of one code, a due date before the assignment,
        done before assigned, done and cancelled, a regular task with a due date, no due date.

    Examples
    --------
    >>> register = TaskRegister.from_frame([
    ...     {"agency": "Sở Y tế", "due": "31/3/2025", "done": "2025-03-20"},
    ...     {"agency": "Sở Y tế", "due": "quý II/2025", "done": None},
    ...     {"agency": "Sở Nội vụ", "due": "thường xuyên", "done": None},
    ... ])
    >>> register.at("2025-07-10").overdue()["days_late"].tolist()
    [10]
    """

    tasks: tuple[Task, ...] = attrs.field(converter=_tasks)
    unused: tuple[str, ...] = attrs.field(default=(), converter=_texts)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        if not self.tasks:
            problems.add("there are no tasks", code="task.nothing")
        problems.extend(task_problems(self.tasks, range(1, len(self.tasks) + 1)))
        problems.raise_any(DataError, "The register cannot be used")

    @classmethod
    def from_frame(
        cls,
        frame: IntoFrame | Sequence[Mapping[str, object]],
        *,
        columns: Mapping[str, str | None] | None = None,
        dates: DateNotation = _PLAIN,
        without_due: Literal["refuse", "regular"] = "refuse",
    ) -> TaskRegister:
        """Read a table with one row per task.

        Columns are found by their titles: those of the fields of :class:`Task`, with `task` for its
        code, and usual ones in Vietnamese ("Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn", "Ngày hoàn
        thành" …). `agency`, `due` and `done` are needed. `regular` holds yes or no; so may
        `cancelled`, instead of a date. "thường xuyên" instead of a due date makes a task regular.
        Without a column `task`, the numbers of rows are codes.

        Parameters
        ----------
        frame : data frame, or list of dict
            pandas, Polars, pyarrow, a DuckDB relation …
        columns : mapping of str to str or None, optional
            Field → title, where titles are others; None: there is no such column.
        dates : DateNotation
            How dates are written where their text does not show it.
        without_due : {"refuse", "regular"}
            Refuse tasks without a due date that nothing declares regular, or take them as regular.

        Raises
        ------
        DataError
            With every problem, grouped by cause, with the number of cells and the first rows:
            columns that do not exist, cells that are not dates or could be several, tasks without
            an agency, and whatever :class:`TaskRegister` refuses. The first row below the titles
            is row 1.
        SettingError
            If `columns` names a field that tasks do not have.
        """
        if not among(without_due, ("refuse", "regular")):
            raise SettingError(f"without_due is 'refuse' or 'regular', not {shown(without_due)}")
        every = without_due == "regular"
        tasks, unused = read_tasks(frame, columns, dates, all_regular=every)
        return cls(tasks, unused)

    def __len__(self) -> int:
        return len(self.tasks)

    def __repr__(self) -> str:
        return f"<TaskRegister: {len(self.tasks)} tasks of {len(self.agencies)} agencies>"

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return register_page(self, language)

    @property
    def agencies(self) -> tuple[str, ...]:
        """Every agency, sorted."""
        return tuple(sorted({task.agency for task in self.tasks}))

    @property
    def programmes(self) -> tuple[str, ...]:
        """Every programme, sorted."""
        return tuple(sorted({task.programme for task in self.tasks if task.programme is not None}))

    @cached_property
    def _days(self) -> TaskDays:
        return TaskDays.of(self.tasks)

    def at(self, when: Day, *, regular: Literal["apart", "done"] = "apart") -> TaskStatuses:
        """Return the status of every task at a date.

        Parameters
        ----------
        when : date or str
            A day, "2025-09-30", or a period, "Q3 2025", of which the last day counts.
        regular : {"apart", "done"}
            Whether the share of tasks that are done (`done_of_total`) leaves regular tasks out, or
            counts them as done, as some reports do.

        Raises
        ------
        DataError
            If it is not a date, or could be several.

        Examples
        --------
        >>> register = TaskRegister([Task("1", "A", "2025-03-31", "2025-04-20")])
        >>> [register.at(day).table()["status"].item() for day in ("Q1 2025", "2025-04-10", "2026")]
        ['in_term', 'overdue', 'done_late']
        """
        return TaskStatuses(self.tasks, self._days, day_of(when, "the date"), regular)

    def over_time(
        self,
        dates: Iterable[Day],
        by: str | Iterable[str] = (),
        *,
        regular: Literal["apart", "done"] = "apart",
    ) -> pd.DataFrame:
        """Return the counts and shares at several dates.

        Parameters
        ----------
        dates : iterable of date or str
            Days, or periods, of which the last day counts: ["Q1 2025", "Q2 2025"].
        by : str or iterable of str
            As in :meth:`TaskStatuses.counts`; by default the whole register.
        regular : {"apart", "done"}
            As in :meth:`at`.

        Returns
        -------
        DataFrame
            As :meth:`TaskStatuses.counts`, with a column `date` and, before it, a column for each
            group; sorted by date.

        Raises
        ------
        SettingError
            If there are no dates, or there is no such group.
        DataError
            If one is not a date.
        """
        import pandas as pd

        given = tuple_of(dates, "dates", "several dates")
        days = sorted({day_of(day, "a date of dates=…") for day in given})
        if not days:
            raise SettingError("dates are several dates, such as ['Q1 2025', 'Q2 2025'], not none")
        frames = []
        for day in days:
            counts = self.at(day, regular=regular).counts(by)
            counts = counts.reset_index(drop=counts.index.name == "tasks")
            counts.insert(list(counts.columns).index("total"), "date", day)
            frames.append(counts)
        return pd.concat(frames, ignore_index=True)

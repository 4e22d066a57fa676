"""The status of every task at a date: counts, shares, overdue tasks, and the data of an index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from govindex.checks import among, instance_of, names_of, one_of, tuple_of
from govindex.contracts import CellStatus, Float, Index
from govindex.dates import period_label
from govindex.display import ShownPage, html, plain
from govindex.errors import DataError, SettingError, near_miss
from govindex.model.observations import Observations
from govindex.model.units import Unit, Units
from govindex.tasks.assignments import Day, Task, day_of
from govindex.tasks.pages import statuses_page
from govindex.tasks.targets import Targets, attained_cells

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COUNTS", "SHARES", "STATUSES", "TaskDays", "TaskStatuses"]

STATUSES = ("done_on_time", "done_late", "in_term", "overdue", "regular", "cancelled")
COUNTS = ("total", "done", *STATUSES, "due", "counted_done", "counted")
SHARES = ("done_of_total", "done_of_due", "on_time_of_due", "overdue_of_total")
NOT_YET = "not yet assigned"
_KEYS = ("agency", "programme", "due_month", "due_quarter", "due_year")
_NO_PROGRAMME, _NO_DUE = "without programme", "without due date"

Days = npt.NDArray[np.datetime64]


@attrs.frozen(eq=False)
class TaskDays:
    """The dates of tasks as arrays, NaT for dates that a task does not have.

    Parameters
    ----------
    assigned, due, done, postponed, postponed_on, cancelled : array of days, shape (tasks,)
        `cancelled` is the first of all days for tasks that always count as cancelled.
    regular : array of bool, shape (tasks,)
    """

    assigned: Days
    due: Days
    done: Days
    postponed: Days
    postponed_on: Days
    cancelled: Days
    regular: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> TaskDays:
        """Return the dates of tasks."""
        always = {True: date.min, False: None}
        columns: dict[str, list[Any]] = {
            name: [getattr(task, name) for task in tasks]
            for name in ("assigned", "due", "done", "postponed", "postponed_on")
        }
        columns["cancelled"] = [
            always[task.cancelled] if isinstance(task.cancelled, bool) else task.cancelled
            for task in tasks
        ]
        days = {name: np.array(column, dtype="datetime64[D]") for name, column in columns.items()}
        return cls(**days, regular=np.array([task.regular for task in tasks], dtype=bool))

    def due_at(self, day: Days) -> Days:
        """Return the due dates that hold at a day, or at a day for each task."""
        granted = ~np.isnat(self.postponed)
        holds = granted & (np.isnat(self.postponed_on) | (self.postponed_on <= day))
        return np.where(holds, self.postponed, self.due)

    def at(self, day: np.datetime64) -> tuple[Index, Days, Index]:
        """Return the status, the due date and the days late of each task at a day.

        The status is a row of STATUSES, -1 if the task was not yet assigned.
        """
        done = self.done <= day
        due = np.where(done, self.due_at(self.done), self.due_at(np.array(day)))
        end = np.where(done, self.done, day)
        late = end > due
        codes = np.where(done, late.astype(np.intp), 2 + late)
        codes[self.regular] = STATUSES.index("regular")
        codes[self.cancelled <= day] = STATUSES.index("cancelled")
        codes[self.assigned > day] = -1
        days = np.zeros(len(codes), dtype=np.intp)
        is_late = (codes == 1) | (codes == 3)
        days[is_late] = (end - due)[is_late].astype(np.intp)
        return codes.astype(np.intp), due, days


def _shares(counts: pd.DataFrame) -> dict[str, Float]:
    """Return the shares of counts, NaN where the whole is 0."""
    parts = {
        "done_of_total": ("counted_done", "counted"),
        "done_of_due": ("done", "due"),
        "on_time_of_due": ("done_on_time", "due"),
        "overdue_of_total": ("overdue", "counted"),
    }
    shares = {}
    for name in SHARES:
        part, whole = (counts[column].to_numpy(dtype=np.float64) for column in parts[name])
        nothing = np.full(len(whole), np.nan)
        shares[name] = np.divide(part, whole, out=nothing, where=whole > 0)
    return shares


def _day(value: Day) -> date:
    return day_of(value, "day")


@attrs.frozen(eq=False, repr=False)
class TaskStatuses:
    """The status of every task of a register at a date; :meth:`TaskRegister.at` makes it.

    A task is done on time or done late, in term (its due date has not passed), overdue, regular or
    cancelled: one of these, so that they add up to the total. Tasks that were assigned later do not
    count.

    Parameters
    ----------
    tasks : tuple of Task
    days : TaskDays
        Their dates as arrays.
    day : datetime.date
    regular : {"apart", "done"}
        Whether the share of tasks that are done leaves regular tasks out, or counts them as done.
    """

    tasks: tuple[Task, ...]
    days: TaskDays
    day: date = attrs.field(converter=_day)
    regular: Literal["apart", "done"] = attrs.field(
        default="apart", validator=one_of("apart", "done")
    )
    _codes: Index = attrs.field(init=False)
    _due: Days = attrs.field(init=False)
    _late: Index = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        found = instance_of(self.days, TaskDays, "days").at(np.datetime64(self.day, "D"))
        for name, column in zip(("_codes", "_due", "_late"), found, strict=True):
            object.__setattr__(self, name, column)

    def __repr__(self) -> str:
        return f"<TaskStatuses at {self.day}: {int((self._codes >= 0).sum())} tasks>"

    def __str__(self) -> str:
        return plain(self._page())

    def _repr_html_(self) -> str:
        return html(self._page())

    def _page(self, language: str | None = None) -> ShownPage:
        return statuses_page(self, language)

    def table(self) -> pd.DataFrame:
        """Return every task with its status.

        Returns
        -------
        DataFrame
            Index task; name, agency, programme, assigned, due (the date that holds), done (blank if
            that is later), status ("not yet assigned" for later tasks), and days_late of tasks that
            are done late or overdue.
        """
        import pandas as pd

        late = pd.array(self._late, dtype="Int64")
        late[~np.isin(self._codes, (1, 3))] = pd.NA
        due: list[Any] = [day.item() for day in self._due]
        done = np.isin(self._codes, (0, 1)).tolist()
        columns = {
            "name": [task.name for task in self.tasks],
            "agency": [task.agency for task in self.tasks],
            "programme": [task.programme for task in self.tasks],
            "assigned": [task.assigned for task in self.tasks],
            "due": due,
            "done": [
                task.done if known else None for task, known in zip(self.tasks, done, strict=True)
            ],
            "status": [STATUSES[code] if code >= 0 else NOT_YET for code in self._codes.tolist()],
            "days_late": late,
        }
        index = pd.Index([task.code for task in self.tasks], name="task", dtype=object)
        return pd.DataFrame(columns, index=index)

    def overdue(self) -> pd.DataFrame:
        """Return the tasks that are overdue, the longest first.

        Returns
        -------
        DataFrame
            As :meth:`table`, without `done` and `status`.
        """
        rows = np.flatnonzero(self._codes == STATUSES.index("overdue"))
        table = self.table().iloc[rows]
        keys = ["days_late", "agency", "task"]
        return table.drop(columns=["done", "status"]).sort_values(
            keys, ascending=[False, True, True]
        )

    def counts(self, by: str | Iterable[str] = "agency") -> pd.DataFrame:
        """Return the number of tasks by status, and the shares in use.

        Parameters
        ----------
        by : str or iterable of str
            "agency", "programme", "due_month", "due_quarter", "due_year", or several of them; ()
            for the whole register.

        Returns
        -------
        DataFrame
            Index the groups, sorted; the counts total = done_on_time + done_late + in_term +
            overdue + regular + cancelled; done = done_on_time + done_late; due = done + overdue;
            counted_done and counted: without cancelled tasks, and with regular ones as done if
            they count so. Shares from 0 to 1, NaN if their whole is 0: done_of_total = counted_done
            / counted, done_of_due = done / due, on_time_of_due = done_on_time / due,
            overdue_of_total = overdue / counted.

        Raises
        ------
        SettingError
            If there is no such group.
        DataError
            If the register has no programmes.

        Examples
        --------
        >>> from govindex.tasks import Task, TaskRegister
        >>> register = TaskRegister([Task("1", "A", "2025-03-31", "2025-03-20"),
        ...                          Task("2", "A", "2025-03-31")])
        >>> register.at("2025-04-30").counts().loc["A", ["total", "done", "overdue"]].tolist()
        [2, 1, 1]
        """
        import pandas as pd

        keys = self._keys(by)
        labels = [self._labels(key) for key in keys]
        here = self._codes >= 0
        groups = sorted({*zip(*labels, strict=True)}) if keys else [()]
        rows = {group: row for row, group in enumerate(groups)}
        of_task = [rows[group] for group in zip(*labels, strict=True)] if keys else 0
        cells = np.zeros((len(groups), len(STATUSES)), dtype=np.int64)
        at = np.broadcast_to(np.asarray(of_task, dtype=np.intp), self._codes.shape)
        np.add.at(cells, (at[here], self._codes[here]), 1)
        frame = _counted(pd.DataFrame(cells, columns=[*STATUSES]), self.regular)
        frame = frame.assign(**_shares(frame))
        if len(keys) == 1:
            frame.index = pd.Index([group[0] for group in groups], name=keys[0], dtype=object)
        elif keys:
            frame.index = pd.MultiIndex.from_tuples(groups, names=keys)
        else:
            frame.index = pd.Index(["all"], name="tasks", dtype=object)
        return frame

    def _keys(self, by: str | Iterable[str]) -> tuple[str, ...]:
        keys = names_of(by, "by")
        for key in keys:
            if not among(key, _KEYS):
                raise SettingError(f"tasks are not counted by '{key}': {near_miss(key, _KEYS)}")
        if len({*keys}) < len(keys):
            raise SettingError(f"by names a column twice: {', '.join(keys)}")
        if "programme" in keys and all(task.programme is None for task in self.tasks):
            raise DataError("the register has no programmes: count by 'agency', or give a column")
        return keys

    def _labels(self, key: str) -> list[str]:
        if key == "agency":
            return [task.agency for task in self.tasks]
        if key == "programme":
            return [task.programme or _NO_PROGRAMME for task in self.tasks]
        kind: Any = key.removeprefix("due_")
        days: list[Any] = [day.item() for day in self._due]
        return [_NO_DUE if day is None else period_label(day, kind) for day in days]

    def observations(
        self, *, targets: Targets | None = None, units: Iterable[Unit] | None = None
    ) -> Observations:
        """Return counts and shares as the data of an index: agencies are units.

        Parameters
        ----------
        targets : Targets, optional
            Whose ratios of achieved to target become variables, too, by their codes.
        units : iterable of Unit, optional
            The agencies with their fields; one without tasks has counts of 0. By default the
            agencies of the tasks and targets.

        Returns
        -------
        Observations
            The columns of :meth:`counts` are variables. A share of nothing is not applicable.

        Raises
        ------
        UnknownNameError
            If an agency is no unit.
        """
        counts = self.counts()
        aims = None if targets is None else instance_of(targets, Targets, "targets")
        given = None if units is None else tuple_of(units, "units", "several Unit(…)")
        agencies = sorted({*counts.index, *(() if aims is None else aims.agencies)})
        known = Units(tuple(agencies)) if given is None else Units.of(given)
        rows = [known.locate(agency) for agency in counts.index]
        variables = [*COUNTS, *SHARES]
        values = np.zeros((len(known), len(variables)))
        values[:, len(COUNTS) :] = np.nan
        values[rows] = counts[variables].to_numpy(dtype=np.float64)
        status = np.where(np.isnan(values), CellStatus.NOT_APPLICABLE, CellStatus.REPORTED)
        if aims is not None:
            names, ratios, kinds = attained_cells(aims, known)
            variables += names
            values, status = np.hstack([values, ratios]), np.hstack([status, kinds])
        return Observations(known, variables, values, status.astype(np.uint8))


def _counted(counts: pd.DataFrame, regular: str) -> pd.DataFrame:
    """Return the counts of statuses with those that follow from them."""
    total = counts.sum(axis=1)
    done = counts["done_on_time"] + counts["done_late"]
    as_done = counts["regular"] if regular == "done" else 0
    left_out = counts["cancelled"] + (0 if regular == "done" else counts["regular"])
    return counts.assign(
        total=total,
        done=done,
        due=done + counts["overdue"],
        counted_done=done + as_done,
        counted=total - left_out,
    )[[*COUNTS]]

"""One task of a register, and what cannot be true of its dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, TypeGuard

import attrs

from govindex.checks import boolean, shown, text
from govindex.dates import DateNotation, date_span, is_usual_year
from govindex.errors import DataError, Problem
from govindex.names import as_code

__all__ = ["Task", "day_of", "first_day", "last_day", "repeated_codes", "task_problems"]

_PLAIN = DateNotation()

Day = date | str | int  # a date or a period: "30/9/2025", "Q3 2025", 2025


def _is_day(value: object) -> TypeGuard[date | None]:
    """Return whether it is a day already, in a year that is no typing error."""
    return value is None or (type(value) is date and is_usual_year(value.year))


def first_day(value: Day | None) -> date | None:
    """Return the first day of a date or period."""
    if _is_day(value):
        return value
    span = None if value is None else date_span(value)
    return None if span is None else span.first


def last_day(value: Day | None) -> date | None:
    """Return the last day of a date or period."""
    if _is_day(value):
        return value
    span = None if value is None else date_span(value)
    return None if span is None else span.last


def day_of(value: Day, what: str, notation: DateNotation = _PLAIN) -> date:
    """Return the last day of a date or period that must be given.

    Examples
    --------
    >>> day_of("Q3 2025", "the date")
    datetime.date(2025, 9, 30)
    """
    try:
        span = date_span(value, notation)
    except DataError as error:
        raise DataError(f"{what}: {error}") from error
    if span is None:
        raise DataError(f"{what} is a date, such as '2025-09-30', or a period, not {shown(value)}")
    return span.last


def _day_or_flag(value: Day | bool | None) -> date | bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    return first_day(value) or False


def _code(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str) or not value:
        raise DataError(f"Task({attribute.name}=…) is a text that is not blank, not {shown(value)}")


@attrs.frozen
class Task:
    """A task that an agency was assigned.

    Dates are days, or texts that have one meaning ("2025-12-31", "Q1 2025"). Of a period the first
    day counts for the assignment and for what was decided, the last day for due dates and for what
    was done.

    Parameters
    ----------
    code : str
        Unique in a register.
    agency : str
        That answers for it.
    due : date, optional
        The last day on which it is done on time; None for regular tasks only.
    done : date, optional
        When it was done; None if it is not done.
    name, programme : str, optional
    assigned : date, optional
        It counts from this day on; by default always.
    regular : bool
        Whether it is performed regularly, without a due date.
    cancelled : date or bool
        When it was cancelled; True if that is not known, so that it counts as cancelled at all
        dates.
    postponed : date, optional
        The later due date that was granted.
    postponed_on : date, optional
        When that was granted: until then the first due date holds. By default the later one holds
        at all dates.

    Examples
    --------
    >>> Task("57-01", "Sở Y tế", "30/9/2025", "2025-10-02").done
    datetime.date(2025, 10, 2)
    """

    code: str = attrs.field(converter=as_code, validator=_code)
    agency: str = attrs.field(converter=as_code, validator=_code)
    due: date | None = attrs.field(default=None, converter=last_day)
    done: date | None = attrs.field(default=None, converter=last_day)
    name: str | None = attrs.field(default=None, validator=text, kw_only=True)
    programme: str | None = attrs.field(
        default=None, converter=attrs.converters.optional(as_code), validator=text, kw_only=True
    )
    assigned: date | None = attrs.field(default=None, converter=first_day, kw_only=True)
    regular: bool = attrs.field(default=False, validator=boolean, kw_only=True)
    cancelled: date | bool = attrs.field(default=False, converter=_day_or_flag, kw_only=True)
    postponed: date | None = attrs.field(default=None, converter=last_day, kw_only=True)
    postponed_on: date | None = attrs.field(default=None, converter=first_day, kw_only=True)


def task_problems(tasks: Sequence[Task], rows: Sequence[int]) -> Iterator[Problem]:
    """Yield what cannot be true of tasks, with their rows counted from 1."""
    yield from repeated_codes([task.code for task in tasks], rows)
    for row, task in zip(rows, tasks, strict=True):
        if _is_plain(task):
            continue
        yield from _date_problems(row, task)
        yield from _status_problems(row, task)
        yield from _postponement_problems(row, task)


def _is_plain(task: Task) -> bool:
    """Return whether a task has dates in order, and nothing else that could be wrong."""
    if task.due is None or task.regular or task.cancelled is not False:
        return False
    if task.postponed is not None or task.postponed_on is not None:
        return False
    start = task.assigned
    return start is None or (start <= task.due and (task.done is None or start <= task.done))


def repeated_codes(codes: Sequence[str | None], rows: Sequence[int]) -> Iterator[Problem]:
    """Yield every row whose code another row has, too."""
    if len(set(codes)) == len(codes):
        return
    repeated: dict[str | None, list[int]] = {}
    for row, code in zip(rows, codes, strict=True):
        repeated.setdefault(code, []).append(row)
    for code, times in repeated.items():
        for row in times if len(times) > 1 and code is not None else ():
            yield _problem(row, "task", "repeated", f"there is more than one task '{code}'",
                           f"'{code}'", "give each task a code that no other has")  # fmt: skip


def _problem(row: int, field: str, code: str, cause: str, found: str, cure: str) -> Problem:
    return Problem(
        cause, code=f"task.{code}", row=row, variable=field, noun="column", found=found, cure=cure
    )


_ORDER = (
    ("due", "due", "due_before_assigned"),
    ("done", "done", "done_before_assigned"),
    ("cancelled", "cancelled", "cancelled_before_assigned"),
)


def _date_problems(row: int, task: Task) -> Iterator[Problem]:
    """Yield dates before the assignment."""
    for field, verb, code in _ORDER:
        day = getattr(task, field)
        if task.assigned is not None and isinstance(day, date) and day < task.assigned:
            found = f"{verb} on {day}, before it was assigned on {task.assigned}"
            cause = f"the task was {found}" if field != "due" else f"the task is {found}"
            yield _problem(row, field, code, cause, found, "correct one of the two dates")


def _status_problems(row: int, task: Task) -> Iterator[Problem]:
    """Yield statuses that exclude each other, and tasks that nothing says when they are due."""
    if task.regular and task.due is not None:
        found = f"a due date, {task.due}"
        yield _problem(row, "due", "regular_due", f"a regular task has {found}", found,
                       "leave the date blank, or let the task not be regular")  # fmt: skip
    elif task.regular and task.done is not None:
        found = f"done on {task.done}"
        yield _problem(row, "done", "regular_done", f"a regular task was {found}", found,
                       "leave the date blank: regular tasks are counted apart")  # fmt: skip
    elif not task.regular and task.due is None:
        yield _problem(row, "due", "no_due", "the task has no due date", "",
                       "give one, or declare the task regular: with a column 'regular', or all of "
                       "them with without_due='regular' (in the shell: --without-due regular)"
                       )  # fmt: skip
    if task.done is not None and task.cancelled is not False:
        found = f"done on {task.done}"
        yield _problem(row, "cancelled", "done_and_cancelled",
                       f"the task was {found}, and is cancelled", found,
                       "leave one of the two blank")  # fmt: skip


def _postponement_problems(row: int, task: Task) -> Iterator[Problem]:
    if task.postponed is None:
        if task.postponed_on is not None:
            found = f"on {task.postponed_on}"
            yield _problem(row, "postponed", "not_postponed",
                           f"the task was postponed {found}, but has no later due date", found,
                           "give the later due date")  # fmt: skip
        return
    if task.due is not None and task.postponed <= task.due:
        found = f"to {task.postponed}, which is not after the due date, {task.due}"
        yield _problem(row, "postponed", "postponed_before_due", f"the task is postponed {found}",
                       found, "correct one of the two dates")  # fmt: skip
    decided = task.postponed_on
    if decided is None:
        return
    if task.assigned is not None and decided < task.assigned:
        found = f"on {decided}, before it was assigned on {task.assigned}"
        yield _problem(row, "postponed_on", "postponed_before_assigned",
                       f"the task was postponed {found}", found,
                       "correct one of the two dates")  # fmt: skip
    if task.done is not None and task.done < decided:
        found = f"on {decided}, after it was done on {task.done}"
        yield _problem(row, "postponed_on", "postponed_after_done",
                       f"the task was postponed {found}", found,
                       "correct one of the two dates")  # fmt: skip

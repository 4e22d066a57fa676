"""Dates as whole numbers, in arithmetic that every engine has.

Differences of dates and truncated dates are not the same, or not there, in all engines; years,
months, days and the number of a day in its year are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs

from govindex.engines import RecordTable

if TYPE_CHECKING:
    import narwhals as nw

__all__ = [
    "day_key",
    "day_number",
    "month_key",
    "seconds_of_day",
    "with_day_numbers",
    "working_days_until",
]


def _whole(number: nw.Expr) -> nw.Expr:
    """Return whole numbers of 64 bits, 0 where the date is missing: the caller knows where."""
    import narwhals as nw

    return number.fill_null(0).cast(nw.Int64)


def month_key(name: str) -> nw.Expr:
    """Return the month of a date, 202609; 0 where it is missing."""
    return _whole(_month(name))


def day_key(name: str) -> nw.Expr:
    """Return the day of a date, 20260930; 0 where it is missing."""
    import narwhals as nw

    return _whole(_month(name) * 100 + nw.col(name).dt.day())


def _month(name: str) -> nw.Expr:
    import narwhals as nw

    column = nw.col(name).dt
    return column.year() * 100 + column.month()


def day_number(name: str) -> nw.Expr:
    """Return the number of a day, as ``date.toordinal``: 1 is 1 January of the year 1, a Monday."""
    import narwhals as nw

    column = nw.col(name)
    before = _whole(column.dt.year()) - 1
    leap = before // 4 - before // 100 + before // 400
    return before * 365 + leap + _whole(column.dt.ordinal_day())


def with_day_numbers(table: RecordTable, columns: Mapping[str, str]) -> RecordTable:
    """Return a table with the numbers of days as columns.

    Parameters
    ----------
    table : RecordTable
    columns : mapping of str to str
        The new column, by column of dates.
    """
    import narwhals as nw

    if not columns:
        return table
    if table.engine != "duckdb":
        return table.with_columns(**{new: day_number(name) for name, new in columns.items()})
    from duckdb import SQLExpression, StarExpression

    numbers = [
        SQLExpression(f"CAST({_quoted(name)} AS DATE) - DATE '0001-01-01' + 1").alias(new)
        for name, new in columns.items()
    ]
    frame = nw.from_native(table.frame.to_native().select(StarExpression(), *numbers))
    return attrs.evolve(table, frame=frame, schema=dict(frame.collect_schema()))


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def seconds_of_day(name: str) -> nw.Expr:
    """Return the seconds since midnight."""
    import narwhals as nw

    time = nw.col(name).dt
    return _whole(time.hour()) * 3600 + _whole(time.minute()) * 60 + _whole(time.second())


def working_days_until(day: nw.Expr, holidays: Sequence[date]) -> nw.Expr:
    """Return how many days from Monday to Friday there are up to a day, less the holidays.

    Parameters
    ----------
    day : narwhals expression
        The number of the day, of :func:`day_number`.
    holidays : sequence of date
    """
    import narwhals as nw

    weeks = (day - 1) // 7
    in_week = day - weeks * 7
    number = weeks * 5 + nw.when(in_week > 5).then(nw.lit(5)).otherwise(in_week)
    for holiday in holidays:
        if holiday.isoweekday() <= 5:
            passed = day >= holiday.toordinal()
            number = number - nw.when(passed).then(nw.lit(1)).otherwise(nw.lit(0))
    return number

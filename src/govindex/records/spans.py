"""Periods of records: which one a date is in, and how periods are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from govindex.checks import shown, tuple_of
from govindex.errors import SettingError
from govindex.records.day_numbers import day_key, month_key
from govindex.records.operands import null_of

if TYPE_CHECKING:
    import narwhals as nw

    Schema = Mapping[str, nw.dtypes.DType]

__all__ = ["PERIODS", "AtDates", "key_of", "written"]

PERIODS = ("day", "month", "quarter", "year", "year to date")


def _day(value: date | str) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    if not isinstance(value, date) or isinstance(value, datetime):
        raise SettingError(f"a date is written '2026-09-30', or datetime.date, not {shown(value)}")
    return value


def _days(value: date | str | Iterable[date | str]) -> tuple[date, ...]:
    values = (value,) if isinstance(value, date) else tuple_of(value, "dates", "several dates")
    days = tuple(sorted(set(map(_day, values))))
    if not days:
        raise SettingError("AtDates(…) needs a date")
    return days


def _column(value: str | None) -> str | None:
    if value is not None and (not isinstance(value, str) or not value):
        raise SettingError(f"start and end are names of columns, not {shown(value)}")
    return value


@attrs.frozen
class AtDates:
    """The state at dates: records that had started and not ended by the end of the day.

    Parameters
    ----------
    dates : date, text such as "2026-09-30", or several
    start : str
        The column of the date from which a record counts; a record without it does not.
    end : str, optional
        The column of the date on which it no longer counts; a record without it is still open. By
        default records count for ever.

    Examples
    --------
    >>> AtDates(["2026-06-30", "2026-09-30"], "received", "returned").dates[0]
    datetime.date(2026, 6, 30)
    """

    dates: tuple[date, ...] = attrs.field(converter=_days)
    start: str = attrs.field(converter=_column)
    end: str | None = attrs.field(default=None, converter=_column)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the dates."""
        return (self.start,) if self.end is None else (self.start, self.end)

    def open(self, schema: Schema, day: date) -> nw.Expr:
        """Return the records that were open at the end of a day."""
        number = day.year * 10_000 + day.month * 100 + day.day
        started = ~null_of(self.start, schema) & (day_key(self.start) <= number)
        if self.end is None:
            return started
        return started & (null_of(self.end, schema) | (day_key(self.end) > number))


def key_of(period: str, name: str) -> nw.Expr:
    """Return the number of a date's period: 20260930, 202609, 20263 or 2026; 0 without a date."""
    if period == "day":
        return day_key(name)
    month = month_key(name)
    if period in ("month", "year to date"):
        return month
    year = month // 100
    if period == "year":
        return year
    return year * 10 + (month - year * 100 + 2) // 3


def written(period: str, key: int) -> str:
    """Return a period as it is written.

    Examples
    --------
    >>> written("quarter", 20263), written("month", 202609), written("day", 20260930)
    ('2026-Q3', '2026-09', '2026-09-30')
    """
    if period == "year":
        return f"{key:04d}"
    if period == "quarter":
        return f"{key // 10:04d}-Q{key % 10}"
    month = key if period in ("month", "year to date") else key // 100
    text = f"{month // 100:04d}-{month % 100:02d}"
    return text if month == key else f"{text}-{key % 100:02d}"

"""What conditions compare: columns, fixed values, the time between two dates, a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import attrs

from govindex.checks import shown
from govindex.errors import SettingError
from govindex.records.day_numbers import day_key, day_number, seconds_of_day, working_days_until

if TYPE_CHECKING:
    import narwhals as nw

__all__ = [
    "TIME_UNITS",
    "ColumnValue",
    "Duration",
    "FixedValue",
    "Operand",
    "StateDay",
    "as_holidays",
    "day_column",
    "kind_of",
    "null_of",
]

Kind = Literal["text", "number", "flag", "date", "time", "other"]
Schema = Mapping[str, Any]
TIME_UNITS = ("days", "working_days", "hours")


def kind_of(dtype: Any) -> Kind:
    """Return what a type of narwhals holds."""
    import narwhals as nw

    if isinstance(dtype, (nw.String, nw.Categorical, nw.Enum)):
        return "text"
    if isinstance(dtype, nw.Boolean):
        return "flag"
    if isinstance(dtype, nw.Date):
        return "date"
    if isinstance(dtype, nw.Datetime):
        return "time"
    return "number" if dtype.is_numeric() else "other"


def null_of(name: str, schema: Schema) -> nw.Expr:
    """Return whether a cell is missing: null, or NaN."""
    import narwhals as nw

    column = nw.col(name)
    return column.is_null() | column.is_nan() if schema[name].is_float() else column.is_null()


@attrs.frozen(eq=False)
class Operand:
    """A value of every record."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return ()

    def kind(self, schema: Schema) -> Kind:
        """Return what it holds."""
        raise NotImplementedError

    def null(self, schema: Schema) -> nw.Expr | None:
        """Return where it is missing; None if it never is."""
        return None

    def value(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return its values."""
        raise NotImplementedError

    def day(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return its calendar day as a number, 20260930."""
        raise NotImplementedError


@attrs.frozen(eq=False)
class ColumnValue(Operand):
    """The cell of a column."""

    name: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.name,)

    def kind(self, schema: Schema) -> Kind:
        """Return what the column holds."""
        return kind_of(schema[self.name])

    def null(self, schema: Schema) -> nw.Expr:
        """Return where the cell is missing."""
        return null_of(self.name, schema)

    def value(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return the column."""
        import narwhals as nw

        return nw.col(self.name)

    def day(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return the day of the column's dates."""
        return day_key(self.name)

    def __repr__(self) -> str:
        return f"where({self.name!r})"


@attrs.frozen(eq=False)
class FixedValue(Operand):
    """A fixed value: a text, a number, True or False, a date, or a date with time."""

    content: Any

    def kind(self, schema: Schema) -> Kind:
        """Return what the value is."""
        if isinstance(self.content, bool):
            return "flag"
        if isinstance(self.content, str):
            return "text"
        if isinstance(self.content, datetime):
            return "time"
        return "date" if isinstance(self.content, date) else "number"

    def value(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return the value."""
        import narwhals as nw

        return nw.lit(self.content)

    def day(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return the day of a date."""
        import narwhals as nw

        return nw.lit(_number(self.content))

    def __repr__(self) -> str:
        return repr(self.content)


def day_column(name: str) -> str:
    """Return the column that :func:`with_day_numbers` adds for a column of dates."""
    return f"govindex_day {name}"


def numbered_day(name: str, schema: Schema) -> nw.Expr:
    """Return the number of a date's day, from the column that has it if there is one."""
    import narwhals as nw

    return nw.col(day_column(name)) if day_column(name) in schema else day_number(name)


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


@attrs.frozen(eq=False)
class StateDay(Operand):
    """The day of a state, where records are counted at a date."""

    def kind(self, schema: Schema) -> Kind:
        """Return that it is a date."""
        return "date"

    def value(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return the day as a date."""
        import narwhals as nw

        return nw.lit(day)

    def day(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return the day."""
        import narwhals as nw

        assert day is not None
        return nw.lit(_number(day))

    def __repr__(self) -> str:
        return "STATE_DAY"


@attrs.frozen(eq=False)
class Duration(Operand):
    """The time between the dates of two columns."""

    start: str
    end: str
    unit: str
    holidays: tuple[date, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the dates."""
        return self.start, self.end

    def kind(self, schema: Schema) -> Kind:
        """Return that it is a number."""
        return "number"

    def null(self, schema: Schema) -> nw.Expr:
        """Return where a date is missing."""
        return null_of(self.start, schema) | null_of(self.end, schema)

    def value(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return the time between the dates."""
        start, end = (numbered_day(name, schema) for name in self.columns)
        if self.unit == "working_days":
            until = working_days_until(end, self.holidays)
            return until - working_days_until(start, self.holidays)
        days = end - start
        if self.unit == "days":
            return days
        times = [kind_of(schema[name]) == "time" for name in self.columns]
        seconds = days * 86_400
        if times[1]:
            seconds = seconds + seconds_of_day(self.end)
        if times[0]:
            seconds = seconds - seconds_of_day(self.start)
        return seconds / 3600

    def __repr__(self) -> str:
        free = f", holidays={[str(day) for day in self.holidays]}" if self.holidays else ""
        return f"time_between({self.start!r}, {self.end!r}, unit={self.unit!r}{free})"


def as_holidays(value: Iterable[date]) -> tuple[date, ...]:
    """Return days without work, sorted; refuse what is no date."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, type)):
        raise SettingError(f"holidays are several dates, not {shown(value)}")
    days = list(value)
    for day in days:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise SettingError(f"a holiday is a datetime.date, not {shown(day)}")
    return tuple(sorted(set(days)))

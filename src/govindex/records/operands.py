"""What conditions compare: columns, fixed values, the time between two dates, a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import attrs

from govindex.checks import is_number, shown
from govindex.errors import SettingError
from govindex.records.day_numbers import day_key, day_number, seconds_of_day, working_days_until

if TYPE_CHECKING:
    import narwhals as nw

    from govindex.records.conditions import Condition

__all__ = [
    "TIME_UNITS",
    "ColumnValue",
    "Duration",
    "Fixed",
    "Operand",
    "StateDay",
    "as_holidays",
    "as_operand",
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
    """A value of every record. Comparisons give conditions: ``where("fee") > 0``."""

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

    def _compared(self, operator: str, other: Any) -> Condition:
        from govindex.records.conditions import Comparison

        return Comparison(self, operator, as_operand(other))

    def __eq__(self, other: Any) -> Condition:  # type: ignore[override]
        return self._compared("==", other)

    def __ne__(self, other: Any) -> Condition:  # type: ignore[override]
        return self._compared("!=", other)

    def __lt__(self, other: Any) -> Condition:
        return self._compared("<", other)

    def __le__(self, other: Any) -> Condition:
        return self._compared("<=", other)

    def __gt__(self, other: Any) -> Condition:
        return self._compared(">", other)

    def __ge__(self, other: Any) -> Condition:
        return self._compared(">=", other)

    __hash__ = object.__hash__

    def is_in(self, values: Iterable[Any]) -> Condition:
        """Return whether the value is one of several.

        Examples
        --------
        >>> from govindex.records import where
        >>> where("status").is_in(["done", "late"])
        where('status').is_in(['done', 'late'])
        """
        from govindex.records.conditions import Among

        return Among(self, values)

    def between(self, low: Any, high: Any) -> Condition:
        """Return whether the value is from `low` to `high`, both included.

        Examples
        --------
        >>> from govindex.records import where
        >>> where("fee").between(0, 10)
        (where('fee') >= 0) & (where('fee') <= 10)
        """
        return (self >= low) & (self <= high)

    def is_missing(self) -> Condition:
        """Return whether there is no value: null, or NaN.

        Examples
        --------
        >>> from govindex.records import where
        >>> where("returned").is_missing()
        where('returned').is_missing()
        """
        from govindex.records.conditions import Missing

        return Missing(self)

    def is_known(self) -> Condition:
        """Return whether there is a value.

        Examples
        --------
        >>> from govindex.records import where
        >>> where("returned").is_known()
        ~where('returned').is_missing()
        """
        return ~self.is_missing()


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
class Fixed(Operand):
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


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


@attrs.frozen(eq=False)
class StateDay(Operand):
    """The day of a state, where records are counted at a date."""

    def kind(self, schema: Schema) -> Kind:
        """Return that it is a date."""
        return "date"

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
        if self.unit == "working_days":
            until = [working_days_until(name, self.holidays) for name in self.columns]
            return until[1] - until[0]
        days = day_number(self.end) - day_number(self.start)
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
        return f"time_between({self.start!r}, {self.end!r}, unit={self.unit!r})"


def as_operand(value: Any) -> Operand:
    """Return what a column is compared with; refuse what cannot be."""
    if isinstance(value, Operand):
        return value
    if isinstance(value, float) and value != value:
        raise SettingError("nothing equals NaN: ask where(…).is_missing()")
    if value is None:
        raise SettingError("nothing equals None: ask where(…).is_missing() or .is_known()")
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise SettingError(
            f"give times without a time zone, as they are in time_zone=…, not {value}"
        )
    if isinstance(value, (str, bool, date)) or is_number(value):
        return Fixed(value.item() if hasattr(value, "item") else value)
    raise SettingError(
        "a column is compared with a text, a number, True or False, a date or another where(…), "
        f"not {shown(value)}"
    )


def as_holidays(value: Any) -> tuple[date, ...]:
    """Return days without work, sorted; refuse what is no date."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, type)):
        raise SettingError(f"holidays are several dates, not {shown(value)}")
    days = list(value)
    for day in days:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise SettingError(f"a holiday is a datetime.date, not {shown(day)}")
    return tuple(sorted(set(days)))

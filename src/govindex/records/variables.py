"""What is counted: records, sums, different values and time."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

import attrs

from govindex.checks import names_of, one_of, shown
from govindex.errors import SettingError
from govindex.records.conditions import Condition, as_condition
from govindex.records.operands import TIME_UNITS, Duration, as_holidays, kind_of, null_of

if TYPE_CHECKING:
    import narwhals as nw

    Schema = Mapping[str, nw.dtypes.DType]

__all__ = ["Count", "CountedVariable", "Distinct", "Elapsed", "Sum"]


def _condition(value: Condition | None) -> Condition | None:
    return None if value is None else as_condition(value)


def _column(value: str) -> str:
    if not isinstance(value, str) or not value:
        raise SettingError(f"the name of a column is a text, not {shown(value)}")
    return value


def _optional_column(value: str | None) -> str | None:
    return None if value is None else _column(value)


def _columns(value: str | Iterable[str]) -> tuple[str, ...]:
    names = tuple(map(_column, names_of(value, "columns")))
    if not names:
        raise SettingError("Distinct(…) needs a column")
    return names


@attrs.frozen(eq=False)
class CountedVariable:
    """What the variables of :func:`count` have in common.

    Parameters
    ----------
    where : Condition, optional
        The records that count; by default all.
    date : str, optional
        The column of the date that puts a record into a period; by default that of the count.
    """

    where: Condition | None = attrs.field(default=None, converter=_condition)
    date: str | None = attrs.field(default=None, converter=_optional_column, kw_only=True)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads, beside its date."""
        return () if self.where is None else self.where.columns

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that must be known in every record that counts."""
        return ()

    @property
    def timed(self) -> tuple[str, ...]:
        """The columns between whose dates it asks for the time."""
        return () if self.where is None else self.where.timed

    def problems(self, schema: Schema) -> list[str]:
        """Return why it cannot be counted from these columns."""
        return [] if self.where is None else self.where.problems(schema)

    def counts(self, schema: Schema, day: datetime.date | None) -> nw.Expr | None:
        """Return which records count; None for all."""
        return None if self.where is None else self.where.truth(schema, day)

    def added(self, schema: Schema, day: datetime.date | None) -> dict[str, nw.Expr]:
        """Return what is added up beside the number of records: `value`, and its number `n`."""
        return {}

    def lacking(self, schema: Schema, day: datetime.date | None) -> dict[str, nw.Expr]:
        """Return which records that count are `missing` something, or are `reversed`."""
        return {}

    def _among(self, schema: Schema, day: datetime.date | None, flag: nw.Expr) -> nw.Expr:
        counted = self.counts(schema, day)
        return flag if counted is None else counted & flag


@attrs.frozen(eq=False)
class Count(CountedVariable):
    """The number of records.

    Parameters
    ----------
    where : Condition, optional
        The records that count; by default all. A record whose cell is missing in a comparison does
        not count; ``Counts.gaps`` says how many there are.
    date : str, optional
        The column of the date that puts a record into a period; by default that of the count.

    Examples
    --------
    >>> from govindex.records import where
    >>> Count(where("returned") <= where("due"), date="returned")
    Count(where=where('returned') <= where('due'), date='returned')
    """


@attrs.frozen(eq=False)
class Sum(CountedVariable):
    """The sum of a column of numbers, in its measure unit.

    Parameters
    ----------
    column : str
        Numbers, or flags, of which true is 1. A record that counts and has no number is refused,
        or left out and listed (``count(missing="leave_out")``).
    where, date
        As in :class:`Count`.

    Examples
    --------
    >>> from govindex.records import where
    >>> Sum("fee", where("online") == True)
    Sum(column='fee', where=where('online') == True, date=None)
    """

    column: str = attrs.field(converter=_column)
    where: Condition | None = attrs.field(default=None, converter=_condition)
    date: str | None = attrs.field(default=None, converter=_optional_column, kw_only=True)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return (self.column, *super().columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The column of the numbers."""
        return (self.column,)

    def problems(self, schema: Schema) -> list[str]:
        """Return why it cannot be added up."""
        kind = kind_of(schema[self.column])
        found = super().problems(schema)
        if kind not in ("number", "flag"):
            cure = f": declare them, with Columns([Column('{self.column}', 'number')])"
            given = f"{kind}s{cure * (kind == 'text')}"
            found.insert(0, f"column '{self.column}' holds numbers to be added up, not {given}")
        return found

    def added(self, schema: Schema, day: datetime.date | None) -> dict[str, nw.Expr]:
        """Return the numbers of records that count."""
        import narwhals as nw

        counted, column = self.counts(schema, day), nw.col(self.column)
        if kind_of(schema[self.column]) == "flag":
            return {"value": self._among(schema, day, ~null_of(self.column, schema) & column)}
        return {"value": column if counted is None else nw.when(counted).then(column)}

    def lacking(self, schema: Schema, day: datetime.date | None) -> dict[str, nw.Expr]:
        """Return where numbers lack."""
        return {"missing": self._among(schema, day, null_of(self.column, schema))}


@attrs.frozen(eq=False)
class Distinct(CountedVariable):
    """The number of different values of a column, such as persons.

    Distinct counts do not add up: those of a parent unit, and to date, are counted again.

    Parameters
    ----------
    column : str or sequence of str
        Several are a combination. A record that counts and has no value is refused, or left out
        and listed.
    where, date
        As in :class:`Count`.

    Examples
    --------
    >>> Distinct("person")
    Distinct(column=('person',), where=None, date=None)
    """

    column: tuple[str, ...] = attrs.field(converter=_columns)
    where: Condition | None = attrs.field(default=None, converter=_condition)
    date: str | None = attrs.field(default=None, converter=_optional_column, kw_only=True)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return (*self.column, *super().columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns of the values."""
        return self.column

    def lacking(self, schema: Schema, day: datetime.date | None) -> dict[str, nw.Expr]:
        """Return where values lack."""
        null = null_of(self.column[0], schema)
        for name in self.column[1:]:
            null = null | null_of(name, schema)
        return {"missing": self._among(schema, day, null)}


@attrs.frozen(eq=False)
class Elapsed(CountedVariable):
    """The time between the dates of two columns.

    Parameters
    ----------
    start, end : str
        The columns of the dates. A record that counts and lacks one is refused, or left out and
        listed.
    where, date
        As in :class:`Count`.
    unit : {"days", "working_days", "hours"}
        As in :func:`time_between`.
    how : {"mean", "total"}
        The mean of the records, not applicable if there is no record; or the sum.
    holidays : sequence of date
        Days without work.
    reversed : {"refuse", "leave_out", "keep"}
        What a record does whose end is before its start: refuse, leave out and list, or count
        as negative time.

    Examples
    --------
    >>> from govindex.records import where
    >>> Elapsed("received", "returned", where("returned").is_known()).how
    'mean'
    """

    start: str = attrs.field(converter=_column)
    end: str = attrs.field(converter=_column)
    where: Condition | None = attrs.field(default=None, converter=_condition)
    date: str | None = attrs.field(default=None, converter=_optional_column, kw_only=True)
    unit: Literal["days", "working_days", "hours"] = attrs.field(
        default="days", validator=one_of(*TIME_UNITS), kw_only=True
    )
    how: Literal["mean", "total"] = attrs.field(
        default="mean", validator=one_of("mean", "total"), kw_only=True
    )
    holidays: tuple[datetime.date, ...] = attrs.field(
        default=(), converter=as_holidays, kw_only=True
    )
    reversed: Literal["refuse", "leave_out", "keep"] = attrs.field(
        default="refuse", validator=one_of("refuse", "leave_out", "keep"), kw_only=True
    )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return (self.start, self.end, *super().columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns of the dates."""
        return self.start, self.end

    @property
    def timed(self) -> tuple[str, ...]:
        """The columns between whose dates it asks for the time."""
        return (*self.needed, *super().timed)

    def problems(self, schema: Schema) -> list[str]:
        """Return why there is no time between the columns."""
        kinds = {name: kind_of(schema[name]) for name in self.needed}
        wrong = [name for name, kind in kinds.items() if kind not in ("date", "time")]
        found = [f"column '{name}' holds dates, not {kinds[name]}s" for name in wrong]
        return found + super().problems(schema)

    @property
    def _time(self) -> Duration:
        return Duration(self.start, self.end, self.unit, self.holidays)

    def added(self, schema: Schema, day: datetime.date | None) -> dict[str, nw.Expr]:
        """Return the time of records that count, and their number."""
        import narwhals as nw

        value = self._time.value(schema, None)
        kept = self._among(schema, day, ~self._time.null(schema))
        if self.reversed != "keep":
            kept = kept & (value >= 0)
        return {"n": kept, "value": nw.when(kept).then(value)}

    def lacking(self, schema: Schema, day: datetime.date | None) -> dict[str, nw.Expr]:
        """Return where dates lack, and where the end is before the start."""
        null = self._time.null(schema)
        found = {"missing": self._among(schema, day, null)}
        if self.reversed != "keep":
            kept = self._among(schema, day, ~null)
            found["reversed"] = kept & (self._time.value(schema, None) < 0)
        return found

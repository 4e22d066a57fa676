"""Conditions on records, as small frozen values: nothing is evaluated from text.

A condition on a missing cell is neither true nor false, as in SQL, and in every engine alike: such
a record does not count, whether the condition or its opposite is asked.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import attrs

from govindex.checks import among, is_number, shown, tuple_of
from govindex.errors import SettingError
from govindex.records.operands import (
    TIME_UNITS,
    ColumnValue,
    Duration,
    FixedValue,
    Operand,
    Schema,
    StateDay,
    as_holidays,
)

if TYPE_CHECKING:
    import narwhals as nw

__all__ = [
    "STATE_DAY",
    "Condition",
    "as_condition",
    "time_between",
    "where",
]

_OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def where(column: str) -> RecordValue:
    """Return the cells of a column, to make a condition of them.

    Compare with ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``, ``is_in``, ``between``,
    ``is_missing`` and ``is_known``; join conditions with ``&`` (and), ``|`` (or) and ``~`` (not).
    A comparison with a missing cell is neither true nor false.

    Parameters
    ----------
    column : str

    Examples
    --------
    >>> where("returned") <= where("due")
    where('returned') <= where('due')
    >>> (where("status") == "done") & ~(where("fee") > 0)
    (where('status') == 'done') & ~(where('fee') > 0)
    """
    if not isinstance(column, str) or not column:
        raise SettingError(f"where(…) takes the name of a column, not {shown(column)}")
    return RecordValue(ColumnValue(column))


def time_between(
    start: str, end: str, *, unit: str = "days", holidays: Iterable[date] = ()
) -> RecordValue:
    """Return the time between the dates of two columns, to make a condition of it.

    Parameters
    ----------
    start, end : str
        The columns of the dates.
    unit : {"days", "working_days", "hours"}
        Calendar days between the dates; days from Monday to Friday without the holidays, the day
        of the end counted and that of the start not; or hours, a date without time being midnight.
    holidays : sequence of date
        Days without work, for working days.

    Examples
    --------
    >>> time_between("received", "returned", unit="working_days") <= 15
    time_between('received', 'returned', unit='working_days') <= 15
    """
    for column in (start, end):
        if not isinstance(column, str) or not column:
            raise SettingError(f"start and end are names of columns, not {shown(column)}")
    if not among(unit, TIME_UNITS):
        raise SettingError(f"unit is one of {', '.join(TIME_UNITS)}, not {shown(unit)}")
    return RecordValue(Duration(start, end, unit, as_holidays(holidays)))


@attrs.frozen(eq=False, repr=False)
class Condition:
    """What a record must be to count: comparisons joined by ``&``, ``|`` and ``~``.

    Made by :func:`where` and :func:`time_between`.
    """

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The values that it compares by itself."""
        return ()

    @property
    def children(self) -> tuple[Condition, ...]:
        """The conditions that it joins."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        own = [name for operand in self.operands for name in operand.columns]
        return (*own, *(name for child in self.children for name in child.columns))

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns whose missing cells leave it undecided."""
        own = [name for operand in self.operands for name in operand.columns]
        return (*own, *(name for child in self.children for name in child.compared))

    @property
    def timed(self) -> tuple[str, ...]:
        """The columns between whose dates it asks for the time."""
        own = [n for each in self.operands if isinstance(each, Duration) for n in each.columns]
        return (*own, *(name for child in self.children for name in child.timed))

    @property
    def at_a_day(self) -> bool:
        """Whether it asks for the day of a state."""
        own = any(isinstance(operand, StateDay) for operand in self.operands)
        return own or any(child.at_a_day for child in self.children)

    def problems(self, schema: Schema) -> list[str]:
        """Return why it these columns do not fit it."""
        return [problem for child in self.children for problem in child.problems(schema)]

    def truth(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return where it is true: never null."""
        raise NotImplementedError

    def falsity(self, schema: Schema, day: date | None) -> nw.Expr:
        """Return where it is false: never null."""
        raise NotImplementedError

    def __and__(self, other: Any) -> Condition:
        return Joined((self, as_condition(other)), "&")

    def __or__(self, other: Any) -> Condition:
        return Joined((self, as_condition(other)), "|")

    def __invert__(self) -> Condition:
        return Not(self)

    def __bool__(self) -> bool:
        raise SettingError(
            "a condition has no truth value by itself: join conditions with &, | and ~, each in "
            "brackets, not with and, or, not or chained comparisons"
        )


def as_condition(value: Any) -> Condition:
    """Return a condition; refuse anything else."""
    if not isinstance(value, Condition):
        raise SettingError(
            "a condition is made by where(…), such as where('status') == 'done', not "
            f"{shown(value)}"
        )
    return value


def as_operand(value: Any) -> Operand:
    """Return what a column is compared with; refuse what cannot be."""
    if isinstance(value, RecordValue):
        return value.operand
    if isinstance(value, float) and value != value:
        raise SettingError("nothing equals NaN: ask where(…).is_missing()")
    if value is None:
        raise SettingError("nothing equals None: ask where(…).is_missing() or .is_known()")
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise SettingError(
            f"give times without a time zone, as they are in time_zone=…, not {value}"
        )
    if isinstance(value, (str, bool, date)) or is_number(value):
        return FixedValue(value.item() if hasattr(value, "item") else value)
    raise SettingError(
        "a column is compared with a text, a number, True or False, a date or another where(…), "
        f"not {shown(value)}"
    )


@attrs.frozen(eq=False, repr=False)
class TwoValues(Condition):
    """Two values compared."""

    left: Operand
    operator: str
    right: Operand

    @property
    def operands(self) -> tuple[Operand, ...]:
        return self.left, self.right

    def problems(self, schema: Schema) -> list[str]:
        kinds = self.left.kind(schema), self.right.kind(schema)
        dates = {"date", "time"}
        if "other" in kinds or not (kinds[0] == kinds[1] or set(kinds) <= dates):
            words = [f"{side!r} ({kind})" for side, kind in zip(self.operands, kinds, strict=True)]
            return [f"{words[0]} cannot be compared with {words[1]}"]
        if kinds[0] in ("text", "flag") and self.operator not in ("==", "!="):
            return [f"{self!r}: texts and flags are equal or not, none is larger"]
        return []

    def truth(self, schema: Schema, day: date | None) -> nw.Expr:
        return self._known(schema, self._compared(schema, day))

    def falsity(self, schema: Schema, day: date | None) -> nw.Expr:
        return self._known(schema, ~self._compared(schema, day))

    def _compared(self, schema: Schema, day: date | None) -> nw.Expr:
        kinds = {side.kind(schema) for side in self.operands}
        if kinds == {"date", "time"}:  # of a date with time, its calendar day
            left, right = (side.day(schema, day) for side in self.operands)
        else:
            left, right = (side.value(schema, day) for side in self.operands)
        compared: nw.Expr = _OPERATORS[self.operator](left, right)
        return compared

    def _known(self, schema: Schema, compared: nw.Expr) -> nw.Expr:
        for null in (side.null(schema) for side in self.operands):
            compared = compared if null is None else ~null & compared
        return compared

    def __repr__(self) -> str:
        return f"{self.left!r} {self.operator} {self.right!r}"


def _values(values: Any) -> tuple[FixedValue, ...]:
    fixed = tuple(map(as_operand, tuple_of(values, "is_in(…)", "several values")))
    if not fixed or not all(isinstance(value, FixedValue) for value in fixed):
        raise SettingError(f"is_in(…) takes one or more fixed values, not {shown(values)}")
    return fixed  # type: ignore[return-value]


@attrs.frozen(eq=False, repr=False)
class Among(Condition):
    """A value that is one of several."""

    left: Operand
    values: tuple[FixedValue, ...] = attrs.field(converter=_values)

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.left,)

    def problems(self, schema: Schema) -> list[str]:
        found = (problem for each in self._equal for problem in each.problems(schema))
        return list(dict.fromkeys(found))

    @property
    def _equal(self) -> list[TwoValues]:
        return [TwoValues(self.left, "==", value) for value in self.values]

    def truth(self, schema: Schema, day: date | None) -> nw.Expr:
        return self._known(schema, self._found(schema, day))

    def falsity(self, schema: Schema, day: date | None) -> nw.Expr:
        return self._known(schema, ~self._found(schema, day))

    def _found(self, schema: Schema, day: date | None) -> nw.Expr:
        kind = self.left.kind(schema)
        if kind in ("text", "number"):
            return self.left.value(schema, day).is_in([value.content for value in self.values])
        found = [each._compared(schema, day) for each in self._equal]
        joined = found[0]
        for each in found[1:]:
            joined = joined | each
        return joined

    def _known(self, schema: Schema, found: nw.Expr) -> nw.Expr:
        null = self.left.null(schema)
        return found if null is None else ~null & found

    def __repr__(self) -> str:
        return f"{self.left!r}.is_in({[value.content for value in self.values]!r})"


@attrs.frozen(eq=False, repr=False)
class Missing(Condition):
    """A value that is not there."""

    left: Operand

    @property
    def operands(self) -> tuple[Operand, ...]:
        return (self.left,)

    @property
    def compared(self) -> tuple[str, ...]:
        return ()

    def truth(self, schema: Schema, day: date | None) -> nw.Expr:
        import narwhals as nw

        null = self.left.null(schema)
        return nw.lit(False) if null is None else null

    def falsity(self, schema: Schema, day: date | None) -> nw.Expr:
        return ~self.truth(schema, day)

    def __repr__(self) -> str:
        return f"{self.left!r}.is_missing()"


@attrs.frozen(eq=False, repr=False)
class Joined(Condition):
    """Several conditions, all of which or any of which must be true."""

    parts: tuple[Condition, ...]
    sign: str

    @property
    def children(self) -> tuple[Condition, ...]:
        return self.parts

    def truth(self, schema: Schema, day: date | None) -> nw.Expr:
        return self._joined([part.truth(schema, day) for part in self.parts], self.sign == "&")

    def falsity(self, schema: Schema, day: date | None) -> nw.Expr:
        return self._joined([part.falsity(schema, day) for part in self.parts], self.sign == "|")

    def _joined(self, parts: list[nw.Expr], every: bool) -> nw.Expr:
        joined = parts[0]
        for part in parts[1:]:
            joined = joined & part if every else joined | part
        return joined

    def __repr__(self) -> str:
        return f" {self.sign} ".join(map(_in_brackets, self.parts))


@attrs.frozen(eq=False, repr=False)
class Not(Condition):
    """The opposite of a condition."""

    part: Condition

    @property
    def children(self) -> tuple[Condition, ...]:
        return (self.part,)

    def truth(self, schema: Schema, day: date | None) -> nw.Expr:
        return self.part.falsity(schema, day)

    def falsity(self, schema: Schema, day: date | None) -> nw.Expr:
        return self.part.truth(schema, day)

    def __repr__(self) -> str:
        return f"~{_in_brackets(self.part)}"


def _in_brackets(part: Condition) -> str:
    plain = isinstance(part, (Among, Missing, Not))
    return repr(part) if plain else f"({part!r})"


@attrs.frozen(eq=False, repr=False)
class RecordValue:
    """A value of every record, to be compared: ``where("fee") > 0``."""

    operand: Operand

    def __repr__(self) -> str:
        return repr(self.operand)

    def _compared(self, operator: str, other: Any) -> Condition:
        return TwoValues(self.operand, operator, as_operand(other))

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
        return Among(self.operand, values)

    def between(self, low: Any, high: Any) -> Condition:
        """Return whether the value is from `low` to `high`, both included.

        Examples
        --------
        >>> from govindex.records import where
        >>> where("fee").between(0, 10)
        (where('fee') >= 0) & (where('fee') <= 10)
        """
        limits = self._compared(">=", low), self._compared("<=", high)
        return Joined(limits, "&")

    def is_missing(self) -> Condition:
        """Return whether there is no value: null, or NaN.

        Examples
        --------
        >>> from govindex.records import where
        >>> where("returned").is_missing()
        where('returned').is_missing()
        """
        return Missing(self.operand)

    def is_known(self) -> Condition:
        """Return whether there is a value.

        Examples
        --------
        >>> from govindex.records import where
        >>> where("returned").is_known()
        ~where('returned').is_missing()
        """
        return ~self.is_missing()


STATE_DAY = RecordValue(StateDay())

"""Conditions on records, as small frozen values: nothing is evaluated from text.

A condition on a missing cell is neither true nor false, as in SQL, and in every engine alike: such
a record does not count, whether the condition or its opposite is asked.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs

from govindex.checks import among, shown, tuple_of
from govindex.errors import SettingError
from govindex.records.operands import (
    TIME_UNITS,
    ColumnValue,
    Duration,
    Fixed,
    Operand,
    Schema,
    StateDay,
    as_holidays,
    as_operand,
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

STATE_DAY = StateDay()
_OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def where(column: str) -> Operand:
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
    return ColumnValue(column)


def time_between(
    start: str, end: str, *, unit: str = "days", holidays: Iterable[date] = ()
) -> Operand:
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
    return Duration(start, end, unit, as_holidays(holidays))


@attrs.frozen(eq=False, repr=False)
class Condition:
    """What a record must be to count: comparisons joined by ``&``, ``|`` and ``~``.

    Made by :func:`where` and :func:`time_between`.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads."""
        raise NotImplementedError

    @property
    def compared(self) -> tuple[str, ...]:
        """The columns whose missing cells leave it undecided."""
        return self.columns

    @property
    def at_a_day(self) -> bool:
        """Whether it asks for the day of a state."""
        return False

    def problems(self, schema: Schema) -> list[str]:
        """Return why it cannot be asked of these columns."""
        return []

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


@attrs.frozen(eq=False, repr=False)
class Comparison(Condition):
    """Two values compared."""

    left: Operand
    operator: str
    right: Operand

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.left.columns, *self.right.columns)

    @property
    def at_a_day(self) -> bool:
        return isinstance(self.left, StateDay) or isinstance(self.right, StateDay)

    def problems(self, schema: Schema) -> list[str]:
        kinds = self.left.kind(schema), self.right.kind(schema)
        dates = {"date", "time"}
        if "other" in kinds or not (kinds[0] == kinds[1] or set(kinds) <= dates):
            words = [f"{side!r} ({kind})" for side, kind in zip(self._sides, kinds, strict=True)]
            return [f"{words[0]} cannot be compared with {words[1]}"]
        if kinds[0] in ("text", "flag") and self.operator not in ("==", "!="):
            return [f"{self!r}: texts and flags are equal or not, none is larger"]
        return []

    @property
    def _sides(self) -> tuple[Operand, Operand]:
        return self.left, self.right

    def truth(self, schema: Schema, day: date | None) -> nw.Expr:
        return self._known(schema, self._compared(schema, day))

    def falsity(self, schema: Schema, day: date | None) -> nw.Expr:
        return self._known(schema, ~self._compared(schema, day))

    def _compared(self, schema: Schema, day: date | None) -> nw.Expr:
        kinds = {side.kind(schema) for side in self._sides}
        if "date" in kinds:  # days are compared, of a date with time its calendar day
            left, right = (side.day(schema, day) for side in self._sides)
        else:
            left, right = (side.value(schema, day) for side in self._sides)
        compared: nw.Expr = _OPERATORS[self.operator](left, right)
        return compared

    def _known(self, schema: Schema, compared: nw.Expr) -> nw.Expr:
        for null in (side.null(schema) for side in self._sides):
            compared = compared if null is None else ~null & compared
        return compared

    def __repr__(self) -> str:
        return f"{self.left!r} {self.operator} {self.right!r}"


def _values(values: Any) -> tuple[Fixed, ...]:
    fixed = tuple(map(as_operand, tuple_of(values, "is_in(…)", "several values")))
    if not fixed or not all(isinstance(value, Fixed) for value in fixed):
        raise SettingError(f"is_in(…) takes one or more fixed values, not {shown(values)}")
    return fixed  # type: ignore[return-value]


@attrs.frozen(eq=False, repr=False)
class Among(Condition):
    """A value that is one of several."""

    left: Operand
    values: tuple[Fixed, ...] = attrs.field(converter=_values)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.left.columns

    def problems(self, schema: Schema) -> list[str]:
        found = (problem for each in self._equal for problem in each.problems(schema))
        return list(dict.fromkeys(found))

    @property
    def _equal(self) -> list[Comparison]:
        return [Comparison(self.left, "==", value) for value in self.values]

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
    def columns(self) -> tuple[str, ...]:
        return self.left.columns

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
    def columns(self) -> tuple[str, ...]:
        return tuple(name for part in self.parts for name in part.columns)

    @property
    def compared(self) -> tuple[str, ...]:
        return tuple(name for part in self.parts for name in part.compared)

    @property
    def at_a_day(self) -> bool:
        return any(part.at_a_day for part in self.parts)

    def problems(self, schema: Schema) -> list[str]:
        return [problem for part in self.parts for problem in part.problems(schema)]

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
    def columns(self) -> tuple[str, ...]:
        return self.part.columns

    @property
    def compared(self) -> tuple[str, ...]:
        return self.part.compared

    @property
    def at_a_day(self) -> bool:
        return self.part.at_a_day

    def problems(self, schema: Schema) -> list[str]:
        return self.part.problems(schema)

    def truth(self, schema: Schema, day: date | None) -> nw.Expr:
        return self.part.falsity(schema, day)

    def falsity(self, schema: Schema, day: date | None) -> nw.Expr:
        return self.part.truth(schema, day)

    def __repr__(self) -> str:
        return f"~{_in_brackets(self.part)}"


def _in_brackets(part: Condition) -> str:
    plain = isinstance(part, (Among, Missing, Not))
    return repr(part) if plain else f"({part!r})"

"""The columns of a table of records: types, roles, allowed values; a check inside the engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

import attrs

from govindex.checks import (
    among,
    boolean,
    instance_of,
    is_number,
    mapping_of,
    one_of,
    shown,
    text,
    tuple_of,
)
from govindex.errors import Problems, SettingError, UnknownNameError, near_miss
from govindex.mappings import FrozenMap
from govindex.records.conditions import Condition, as_condition

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DATE_FORMATS", "Column", "Columns"]

TYPES = ("text", "number", "whole", "flag", "date", "time")
ROLES = ("id", "unit", "parent", "date", "status", "amount", "person", "other")
# What a directive of a date stands for, as a pattern.
DATE_FORMATS = {
    "%d": r"\d{1,2}",
    "%m": r"\d{1,2}",
    "%Y": r"\d{4}",
    "%H": r"\d{1,2}",
    "%M": r"\d{1,2}",
    "%S": r"\d{1,2}",
}


def _name(value: str) -> str:
    if not isinstance(value, str) or not value:
        raise SettingError(f"the name of a column is a text, not {shown(value)}")
    return value


def _allowed(value: Iterable[str]) -> tuple[str, ...]:
    allowed = tuple_of(value, "allowed", "several texts")
    for each in allowed:
        if not isinstance(each, str):
            raise SettingError(f"allowed values are texts, not {shown(each)}")
    return allowed


def _limit(value: float | None) -> float | None:
    if value is not None and not is_number(value):
        raise SettingError(f"minimum and maximum are numbers, not {shown(value)}")
    return value


def _zone(instance: object, attribute: attrs.Attribute[str | None], value: object) -> None:
    check_time_zone(value)


def check_time_zone(value: object) -> None:
    """Refuse what is no time zone."""
    from zoneinfo import ZoneInfo

    if value is None:
        return
    try:
        ZoneInfo(value)  # type: ignore[arg-type]
    except Exception:
        raise SettingError(
            f"a time zone is a name such as 'Asia/Ho_Chi_Minh' or 'UTC', not {shown(value)}"
        ) from None


@attrs.frozen
class Column:
    """One column of a table of records.

    Parameters
    ----------
    name : str
    type : {"text", "number", "whole", "flag", "date", "time"}
        A "time" is a date with the time of day. Texts of a CSV file become what is said here.
    role : {"other", "id", "unit", "parent", "date", "status", "amount", "person"}
        What the column is for: messages name records by their id, and :func:`count` takes the unit,
        its parent and the date of the period from their roles unless told otherwise.
    allowed : sequence of str
        The texts that it may hold; by default any.
    null : bool
        Whether cells may be missing.
    time_zone : str, optional
        Of times that carry one: where their days are, such as "Asia/Ho_Chi_Minh".
    unit : str
        The measure unit, such as "đồng".
    format : str, optional
        How texts write dates, of %d, %m, %Y, %H, %M and %S: "%d/%m/%Y".
    minimum, maximum : number, optional
        The least and the largest number.
    meaning : str
        What the column holds, in words.

    Examples
    --------
    >>> Column("status", "text", role="status", allowed=["done", "late"]).null
    False
    """

    name: str = attrs.field(converter=_name)
    type: Literal["text", "number", "whole", "flag", "date", "time"] = attrs.field(
        default="text", validator=one_of(*TYPES)
    )
    role: Literal["id", "unit", "parent", "date", "status", "amount", "person", "other"] = (
        attrs.field(default="other", validator=one_of(*ROLES), kw_only=True)
    )
    allowed: tuple[str, ...] = attrs.field(default=(), converter=_allowed, kw_only=True)
    null: bool = attrs.field(default=False, validator=boolean, kw_only=True)
    time_zone: str | None = attrs.field(default=None, validator=_zone, kw_only=True)
    unit: str = attrs.field(default="", validator=text, kw_only=True)
    format: str | None = attrs.field(default=None, validator=text, kw_only=True)
    minimum: float | None = attrs.field(default=None, converter=_limit, kw_only=True)
    maximum: float | None = attrs.field(default=None, converter=_limit, kw_only=True)
    meaning: str = attrs.field(default="", validator=text, kw_only=True)

    def __attrs_post_init__(self) -> None:
        problems = Problems()
        for problem in self._setting_problems():
            problems.add(f"Column('{self.name}'): {problem}")
        problems.raise_any(SettingError, "The column is not well formed")

    def _setting_problems(self) -> Iterator[str]:
        dates, numbers = ("date", "time"), ("number", "whole")
        if self.allowed and self.type != "text":
            yield f"only texts have allowed values, not a column of type '{self.type}'"
        if self.time_zone is not None and self.type != "time":
            yield f"only times have a time zone, not a column of type '{self.type}'"
        if self.format is not None and self.type not in dates:
            yield f"only dates and times have a format, not a column of type '{self.type}'"
        if (self.minimum is not None or self.maximum is not None) and self.type not in numbers:
            yield f"only numbers have a minimum or maximum, not a column of type '{self.type}'"
        if self.format is not None:
            unknown = [d for d in re.findall(r"%.?", self.format) if d not in DATE_FORMATS]
            day = all(d in self.format for d in ("%d", "%m", "%Y"))
            if unknown or not day:
                yield (
                    f"a format is made of {', '.join(DATE_FORMATS)} and has day, month and year, "
                    f"not '{self.format}'"
                )
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            yield f"the minimum {self.minimum} is above the maximum {self.maximum}"


def _columns(value: Iterable[Column]) -> tuple[Column, ...]:
    found = tuple_of(value, "columns", "several Column(…)")
    return tuple(instance_of(column, Column, "a column") for column in found)


def _rules(value: Mapping[str, Condition]) -> FrozenMap[str, Condition]:
    rules = mapping_of(value, "rules", "a mapping of a text to a condition")
    for name, rule in rules.items():
        if not isinstance(name, str) or not name:
            raise SettingError(f"the name of a rule is a text, not {shown(name)}")
        as_condition(rule)
    return FrozenMap(rules)


@attrs.frozen(eq=False, repr=False)
class Columns:
    """The schema of a table of records.

    It documents the columns (:meth:`table`), is checked inside the engine when records are counted
    (``count(…, columns=…)``), and makes made-up records (:func:`made_up_records`).

    Parameters
    ----------
    columns : sequence of Column
        Other columns of a table are not looked at.
    rules : mapping of str to Condition, optional
        By their names in messages, such as "returned before it was received", conditions that are
        an error where they are true.

    Raises
    ------
    SettingError
        If a name appears twice, a role that a record has once is given to two columns, or a rule
        reads a column that is not there.

    Examples
    --------
    >>> from govindex.records import where
    >>> dossiers = Columns(
    ...     [Column("unit", role="unit"), Column("received", "date"), Column("due", "date")],
    ...     rules={"due before it was received": where("due") < where("received")},
    ... )
    >>> dossiers.role("unit")
    'unit'
    """

    columns: tuple[Column, ...] = attrs.field(converter=_columns)
    rules: FrozenMap[str, Condition] = attrs.field(
        factory=FrozenMap, converter=_rules, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        problems, names = Problems(), [column.name for column in self.columns]
        if not names:
            problems.add("there is no column")
        for name in sorted({name for name in names if names.count(name) > 1}):
            problems.add(f"column '{name}' appears more than once")
        for role in ("id", "unit", "parent", "date"):
            having = [column.name for column in self.columns if column.role == role]
            if len(having) > 1:
                problems.add(f"one column has the role '{role}', not {', '.join(having)}")
        for rule, condition in self.rules.items():
            for name in dict.fromkeys(condition.columns):
                if name not in names:
                    problems.add(
                        f"the rule '{rule}' reads column '{name}', which is not among the columns: "
                        f"{near_miss(name, names)}"
                    )
        problems.raise_any(SettingError, "Columns(…) is not well formed")

    def __len__(self) -> int:
        return len(self.columns)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, name: str) -> Column:
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            known = [column.name for column in self.columns]
            raise UnknownNameError(f"there is no column {name!r}: {near_miss(name, known)}")
        return found

    def __repr__(self) -> str:
        return f"<Columns: {', '.join(column.name for column in self.columns)}>"

    def role(self, role: str) -> str | None:
        """Return the first column of a role; None if there is none.

        Examples
        --------
        >>> Columns([Column("dossier", role="id")]).role("id")
        'dossier'
        """
        if not among(role, ROLES):
            raise SettingError(f"there is no role {shown(role)}: {near_miss(role, ROLES)}")
        return next((column.name for column in self.columns if column.role == role), None)

    def table(self) -> pd.DataFrame:
        """Return the columns as a table, for documentation.

        Returns
        -------
        DataFrame
            column, type, role, allowed, null, unit and meaning; one row per column.

        Examples
        --------
        >>> Columns([Column("fee", "number", unit="đồng")]).table()[["column", "unit"]]
          column  unit
        0    fee  đồng
        """
        import pandas as pd

        rows = [
            {
                "column": column.name,
                "type": column.type,
                "role": column.role,
                "allowed": ", ".join(column.allowed),
                "null": column.null,
                "unit": column.unit,
                "meaning": column.meaning,
            }
            for column in self.columns
        ]
        return pd.DataFrame(rows)


def as_columns(value: Columns | Iterable[Column]) -> Columns:
    """Return a schema; several columns make one."""
    if isinstance(value, Columns):
        return value
    if isinstance(value, Mapping) or not isinstance(value, Iterable):
        raise SettingError(f"columns are records.Columns([…]), not {shown(value)}")
    return Columns(value)

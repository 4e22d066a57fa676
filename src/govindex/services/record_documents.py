"""What variables count, as a document beside the methodology: tables, conditions and counts."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache, reduce
from operator import and_, or_
from pathlib import Path
from typing import Any, Literal

import attrs

from govindex import records
from govindex.mappings import FrozenMap
from govindex.model.labels import Names, as_names, in_language

__all__ = ["CountedTable", "CountingDocument", "VariableCount", "counting_document", "flag_of"]

# The words of conditions, as documents of counts use them.
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "is": lambda value, other: value == other,
    "below": lambda value, other: value < other,
    "at_most": lambda value, other: value <= other,
    "at_least": lambda value, other: value >= other,
    "is_in": lambda value, other: value.is_in(other),
    "missing": lambda value, other: value.is_missing() if other else value.is_known(),
}


@attrs.frozen
class CountedTable:
    """A table of records: its columns, and what is an error in it.

    Parameters
    ----------
    name : str
    title : Names
    columns : tuple of mapping
        The settings of each column, its meaning by language.
    rules : tuple of mapping
        A name, and a condition that is an error.
    silent : {"zero", "not_applicable"}
        What the counts of a unit are that has no record in the table.
    """

    name: str
    title: Names
    columns: tuple[Mapping[str, Any], ...]
    rules: tuple[Mapping[str, Any], ...] = ()
    silent: Literal["zero", "not_applicable"] = "zero"

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(column["name"] for column in self.columns)

    def schema(
        self, kept: Iterable[str] | None = None, language: str | None = None
    ) -> records.Columns:
        """Return the schema of the table, or of some of its columns."""
        names = set(self.column_names if kept is None else kept)
        columns = [
            records.Column(
                **{
                    **column,
                    "meaning": in_language(
                        as_names(column["meaning"]), "en" if language is None else language, ""
                    ),
                }
            )
            for column in self.columns
            if column["name"] in names
        ]
        rules = {rule["name"]: _condition(rule, {}) for rule in self.rules}
        known = {name: rule for name, rule in rules.items() if names.issuperset(rule.columns)}
        return records.Columns(columns, rules=known)


@attrs.frozen
class VariableCount:
    """What some variables count.

    Parameters
    ----------
    variables : tuple of str
        One figure of several indicators is several variables.
    table : str
    what : {"records", "distinct", "days"}
        The number of records, the number of different values of `column`, or the mean days between
        the dates of `column` and `until`.
    among : tuple of str
        The names of conditions, all of which hold.
    yes, no : tuple of str
        Flags that are true, flags that are false.
    assumed : Names
        What was chosen where no source says it; blank if a source does.
    """

    variables: tuple[str, ...]
    table: str
    what: Literal["records", "distinct", "days"] = "records"
    column: str = ""
    until: str = ""
    among: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    assumed: Names = attrs.field(default=None, converter=as_names)


@attrs.frozen
class CountingDocument:
    """The tables, the named conditions and the counts of one edition of a methodology."""

    methodology: str
    tables: FrozenMap[str, CountedTable]
    conditions: FrozenMap[str, Mapping[str, Any]]
    counts: tuple[VariableCount, ...]

    @property
    def by_variable(self) -> dict[str, VariableCount]:
        """What each variable counts."""
        return {name: count for count in self.counts for name in count.variables}

    def columns_of(self, count: VariableCount) -> tuple[str, ...]:
        """Return the columns that a count reads, the unit's apart."""
        read = [column for column in (count.column, count.until) if column]
        for name in count.among:
            read += _condition(self.conditions[name], _ANY_DATES).columns
        return tuple(dict.fromkeys((*read, *count.yes, *count.no)))

    def named(self, table: str, dates: Mapping[str, date]) -> dict[str, records.Condition]:
        """Return the named conditions on a table in the period with these dates."""
        return {
            name: _condition(condition, dates)
            for name, condition in self.conditions.items()
            if condition["table"] == table
        }

    def condition(self, count: VariableCount) -> records.Condition | None:
        """Return which records count, in a table with the flags of named conditions."""
        wanted = [records.where(name) == True for name in (*map(flag_of, count.among), *count.yes)]  # noqa: E712
        return _all(*wanted, *(records.where(name) == False for name in count.no))  # noqa: E712

    def variable(self, count: VariableCount) -> records.Count | records.Elapsed:
        """Return what is counted, for :func:`govindex.records.count`; not of different values."""
        where = self.condition(count)
        if count.what == "days":
            return records.Elapsed(count.column, count.until, where)
        return records.Count(where)

    def undecided(self, count: VariableCount) -> records.Count:
        """Return the records with blank flags, of which nobody knows if they count."""
        wanted = {**dict.fromkeys(count.yes, True), **dict.fromkeys(count.no, False)}
        cells = {name: records.where(name) for name in wanted}
        among = [records.where(flag_of(name)) == True for name in count.among]  # noqa: E712
        possible = [cells[n].is_missing() | (cells[n] == value) for n, value in wanted.items()]
        unknown = reduce(or_, [cell.is_missing() for cell in cells.values()])
        return records.Count(_all(*among, *possible, unknown))

    def words(self, count: VariableCount, language: str | None = None) -> str:
        """Return what is counted in words: of what, among which records, with which flags."""
        among = (
            in_language(as_names(self.conditions[name]["words"]), language, name)
            for name in count.among
        )
        table = self.tables[count.table]
        flags = [(name, True) for name in count.yes] + [(name, False) for name in count.no]
        meanings = {
            c["name"]: in_language(as_names(c["meaning"]), language, "") for c in table.columns
        }
        shown = (meanings[name] if yes else f"¬ {meanings[name]}" for name, yes in flags)
        return "; ".join((*among, *shown))


def flag_of(condition: str) -> str:
    """Return the column that holds whether a record fulfils a named condition."""
    return f"govindex {condition}"


def _all(*conditions: records.Condition) -> records.Condition | None:
    joined: records.Condition | None = reduce(and_, conditions) if conditions else None
    return joined


_ANY_DATES = dict.fromkeys(
    ("start", "end", "previous_year_start", "previous_year_end"), date(2000, 1, 1)
)


def _condition(table: Mapping[str, Any], dates: Mapping[str, date]) -> records.Condition:
    """Return the condition of a table, all of whose parts hold in the period with these dates."""
    joined = _all(*(_part(part, dates) for part in table["where"]))
    assert joined is not None
    return joined


def _part(part: Mapping[str, Any], dates: Mapping[str, date]) -> records.Condition:
    if "any" in part:
        either: records.Condition = reduce(or_, [_part(one, dates) for one in part["any"]])
        return either
    column = records.where(part["column"])
    ((word, value),) = [(key, each) for key, each in part.items() if key != "column"]
    other = value
    if isinstance(value, Mapping):
        named = "column" in value
        other = records.where(value["column"]) if named else dates[value["day"]]
    compared: records.Condition = _COMPARISONS[word](column, other)
    return compared


@lru_cache(maxsize=4)
def counting_document(edition: str) -> CountingDocument:
    """Return the document of a built-in edition, such as "vn.service-766@2022"."""
    file = Path(__file__).with_name(f"{edition}.toml")
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    tables = {
        name: CountedTable(
            name,
            as_names(table["title"]),
            tuple(table["columns"]),
            tuple(table.get("rules", ())),
            table.get("silent", "zero"),
        )
        for name, table in document["tables"].items()
    }
    return CountingDocument(
        document["methodology"],
        FrozenMap(tables),
        FrozenMap(document["conditions"]),
        tuple(_count(table) for table in document["counts"]),
    )


def _count(table: Mapping[str, Any]) -> VariableCount:
    variables = table["variables"]
    names = (variables,) if isinstance(variables, str) else tuple(variables)
    flags: dict[str, Any] = {key: tuple(table.get(key, ())) for key in ("among", "yes", "no")}
    others = {key: table[key] for key in ("what", "column", "until", "assumed") if key in table}
    return VariableCount(names, table["table"], **flags, **others)

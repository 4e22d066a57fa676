"""The queries of a count: one pass for all that adds up, one for each distinct count."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from govindex.engines import RecordTable, grouped_distinct, grouped_sums, sums_text
from govindex.frames import text_of
from govindex.records.operands import null_of
from govindex.records.spans import AtDates, key_of, written
from govindex.records.variables import CountedVariable, Distinct

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

__all__ = ["CountedGroups", "RecordTally", "joined", "unit_code"]

_SEPARATOR, _MARK = "\n\n", "\0"


def unit_code(raw: Any) -> str | None:
    """Return the code of a unit as frames read it: a text without blanks around it, or None."""
    return text_of(raw)


@attrs.frozen(eq=False)
class CountedGroups:
    """What one pass over the records found; one entry per group.

    Parameters
    ----------
    date : str or None
        The column of dates that put records into periods.
    units : list
        As they stand in the records.
    parents : list or None
        Likewise, where a column has them.
    periods : list of str or None
        As they are written; "" without a date.
    rows : array of int, shape (groups,)
        The number of records.
    sums : mapping of str to array
    """

    date: str | None
    units: list[Any]
    parents: list[Any] | None
    periods: list[str | None]
    rows: Any
    sums: Mapping[str, Any]


@attrs.frozen(eq=False)
class RecordTally:
    """What is counted, of which table.

    Parameters
    ----------
    table : RecordTable
    variables : mapping of str to CountedVariable
    unit : str
        The column of units.
    parent : str or None
        The column of their parents.
    period : str, AtDates or None
    date : str or None
        The column of dates, where a variable names no other.
    gaps : tuple of str
        The columns whose missing cells are counted.
    """

    table: RecordTable
    variables: Mapping[str, CountedVariable]
    unit: str
    parent: str | None
    period: str | AtDates | None
    date: str | None
    gaps: tuple[str, ...]

    @property
    def keys(self) -> dict[str, nw.Expr]:
        """What groups are distinguished by, beside the period."""
        import narwhals as nw

        keys = {"unit": nw.col(self.unit)}
        return keys if self.parent is None else {**keys, "parent": nw.col(self.parent)}

    def date_of(self, name: str) -> str | None:
        """Return the column that puts records into a period for a variable."""
        return self.variables[name].date or self.date

    @property
    def days(self) -> tuple[datetime.date | None, ...]:
        """The dates of states; one None for periods."""
        return self.period.dates if isinstance(self.period, AtDates) else (None,)

    def counted(self, name: str) -> str:
        """Return the column for the number of records that count for a variable."""
        return joined(f"where {self.date_of(name)}", repr(self.variables[name].where))

    def lacking(self) -> dict[str, int]:
        """Return how many records lack something, by variable and term, and by column.

        This is a pass without groups: what nobody lacks is not looked for in every group.
        """
        schema = self.table.schema
        found: dict[str, int] = {}
        for day in self.days:
            flags = {joined("", name): null_of(name, schema) for name in self.gaps}
            for name, variable in self.variables.items():
                for term, flag in variable.lacking(schema, day).items():
                    flags[joined(name, term)] = flag
            if flags:
                counted = grouped_sums(self.table, [], flags, where=self._where(day)).iloc[0]
                found = {name: max(found.get(name, 0), int(counted[name])) for name in flags}
        return found

    def _queries(
        self, lacking: Mapping[str, int]
    ) -> list[tuple[str | None, datetime.date | None, dict[str, Any], dict[str, Any]]]:
        """Return date column, day, keys and sums of every pass over the records."""
        groups: dict[str | None, list[str]] = {}
        for name in self.variables:
            column = self.date_of(name) if isinstance(self.period, str) else None
            groups.setdefault(column, []).append(name)
        found: list[tuple[str | None, datetime.date | None, dict[str, Any], dict[str, Any]]] = []
        for number, (column, names) in enumerate(groups.items()):
            for day in self.days:
                keys = dict(self.keys)
                if isinstance(self.period, str):
                    assert column is not None
                    keys["period"] = key_of(self.period, column)
                sums = self._sums(names, day, lacking)
                if number == 0:
                    gaps = [name for name in self.gaps if lacking.get(joined("", name))]
                    sums |= {joined("", name): null_of(name, self.table.schema) for name in gaps}
                found.append((column, day, keys, sums))
        return found

    def _sums(
        self, names: list[str], day: datetime.date | None, lacking: Mapping[str, int]
    ) -> dict[str, nw.Expr]:
        schema = self.table.schema
        sums: dict[str, nw.Expr] = {}
        for name in names:
            variable = self.variables[name]
            counted = variable.counts(schema, day)
            if counted is not None:
                sums[self.counted(name)] = counted
            some = any(lacking.get(joined(name, term)) for term in ("missing", "reversed"))
            for term, flag in variable.added(schema, day).items():
                if term == "value" or some:
                    sums[joined(name, term)] = flag
        return sums

    def _where(self, day: datetime.date | None) -> nw.Expr | None:
        if not isinstance(self.period, AtDates):
            return None
        assert day is not None
        return self.period.open(self.table.schema, day)

    def sums(self, lacking: Mapping[str, int]) -> list[CountedGroups]:
        """Return sums by raw unit and written period, of every pass.

        Parameters
        ----------
        lacking : mapping of str to int
            What :meth:`lacking` found.
        """
        found = []
        for column, day, keys, sums in self._queries(lacking):
            counted = grouped_sums(self.table, keys, sums, where=self._where(day))
            numbers = {name: counted[name].to_numpy() for name in sums}
            for name, variable in self.variables.items():
                here = not isinstance(self.period, str) or self.date_of(name) == column
                if variable.where is None and here:
                    numbers[self.counted(name)] = counted["rows"].to_numpy()
            found.append(self._passed(counted, column, day, counted["rows"].to_numpy(), numbers))
        return found

    def _passed(
        self,
        counted: pd.DataFrame,
        date: str | None,
        day: datetime.date | None,
        rows: Any,
        sums: Mapping[str, Any],
    ) -> CountedGroups:
        if isinstance(self.period, str):
            keys = counted["period"].tolist()
            names = {key: written(self.period, key) if key else "" for key in set(keys)}
            periods: list[str | None] = [names[key] for key in keys]
        else:
            periods = [None if day is None else day.isoformat()] * len(counted)
        parents = counted["parent"].tolist() if "parent" in counted else None
        return CountedGroups(date, counted["unit"].tolist(), parents, periods, rows, sums)

    def distinct(self, name: str, units: Mapping[Any, str] | None) -> list[CountedGroups]:
        """Return distinct counts of a variable by unit and written period.

        Parameters
        ----------
        name : str
        units : mapping of raw unit to code, optional
            What records are counted at, such as their parents; others are left out. By default
            at their own unit.

        Returns
        -------
        list of CountedGroups
            With the sum "distinct"; to date, the values that are new in each month.
        """
        import narwhals as nw

        variable, schema = self.variables[name], self.table.schema
        assert isinstance(variable, Distinct)
        values = [nw.col(column) for column in variable.column]
        unit = nw.col(self.unit) if units is None else self._recoded(units)
        found = []
        for day in self.days:
            where, counted = self._where(day), variable.counts(schema, day)
            if where is None or counted is None:
                where = counted if where is None else where
            else:
                where = where & counted
            keys, first = {"unit": unit}, None
            if isinstance(self.period, str):
                column = self.date_of(name)
                assert column is not None
                key = key_of(self.period, column)
                if self.period == "year to date":
                    keys["year"], first = key_of("year", column), ("period", key)
                else:
                    keys["period"] = key
            counts = grouped_distinct(self.table, keys, values, where=where, first=first)
            number = counts["distinct"].to_numpy()
            found.append(self._passed(counts, None, day, number, {"distinct": number}))
        return found

    def _recoded(self, units: Mapping[Any, str]) -> nw.Expr:
        import narwhals as nw

        return nw.col(self.unit).replace_strict(
            list(units), list(units.values()), default="", return_dtype=nw.String
        )

    def text(self) -> str:
        """Return the SQL of the passes for what adds up."""
        texts = []
        for _, day, keys, sums in self._queries({}):
            names = ", ".join(f"s{n} {' '.join(name.split(_MARK))}" for n, name in enumerate(sums))
            titles = ", ".join(f"k{row} {name}" for row, name in enumerate(keys))
            sql = sums_text(self.table, keys, sums, where=self._where(day))
            texts.append(f"-- {titles}; {names}\n{sql}")
        return _SEPARATOR.join(texts)


def joined(name: str, term: str) -> str:
    """Return the column of a variable's term."""
    return f"{name}{_MARK}{term}"

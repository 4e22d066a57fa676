"""The queries of a count: one pass for all that adds up, one for each distinct count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import attrs

from govindex.engines import RecordTable, grouped_distinct, grouped_sums, sums_text
from govindex.frames import text_of
from govindex.records.operands import null_of
from govindex.records.spans import AtDates, key_of, written
from govindex.records.variables import Distinct, Variable

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

__all__ = ["Tally", "joined", "unit_code"]

_SEPARATOR = "\n\n"


def unit_code(raw: Any) -> str | None:
    """Return the code of a unit as frames read it: a text without blanks around it, or None."""
    return text_of(raw)


@attrs.frozen(eq=False)
class Tally:
    """What is counted, of which table.

    Parameters
    ----------
    table : RecordTable
    variables : mapping of str to Variable
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
    variables: Mapping[str, Variable]
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
    def days(self) -> tuple[date | None, ...]:
        """The dates of states; one None for periods."""
        return self.period.dates if isinstance(self.period, AtDates) else (None,)

    def _queries(self) -> list[tuple[str | None, date | None, dict[str, Any], dict[str, Any]]]:
        """Return date column, day, keys and sums of every pass over the records."""
        groups: dict[str | None, list[str]] = {}
        for name in self.variables:
            column = self.date_of(name) if isinstance(self.period, str) else None
            groups.setdefault(column, []).append(name)
        found: list[tuple[str | None, date | None, dict[str, Any], dict[str, Any]]] = []
        for column, names in groups.items():
            for day in self.days:
                keys = dict(self.keys)
                if isinstance(self.period, str):
                    assert column is not None
                    keys["period"] = key_of(self.period, column)
                found.append((column, day, keys, self._sums(names, day, first=not found)))
        return found

    def _sums(self, names: list[str], day: date | None, *, first: bool) -> dict[str, nw.Expr]:
        schema = self.table.schema
        sums: dict[str, nw.Expr] = {}
        for name in names:
            for term, flag in self.variables[name].terms(schema, day).items():
                sums[joined(name, term)] = flag
        if first:
            sums |= {joined("", name): null_of(name, schema) for name in self.gaps}
        return sums

    def _where(self, day: date | None) -> nw.Expr | None:
        if not isinstance(self.period, AtDates):
            return None
        assert day is not None
        return self.period.open(self.table.schema, day)

    def sums(self) -> list[tuple[str | None, pd.DataFrame]]:
        """Return sums by raw unit and written period, of every pass, with its column of dates."""
        found = []
        for column, day, keys, sums in self._queries():
            counted = grouped_sums(self.table, keys, sums, where=self._where(day))
            found.append((column, self._dated(counted, day)))
        return found

    def _dated(self, counted: pd.DataFrame, day: date | None) -> pd.DataFrame:
        if isinstance(self.period, str):
            kind = self.period
            names = [written(kind, key) if key else "" for key in counted["period"].tolist()]
            return counted.assign(period=names)
        return counted.assign(period=None if day is None else day.isoformat())

    def distinct(self, name: str, units: Mapping[Any, str] | None) -> pd.DataFrame:
        """Return distinct counts of a variable by unit and written period.

        Parameters
        ----------
        name : str
        units : mapping of raw unit to code, optional
            What records are counted at, such as their parents; others are left out. By default
            at their own unit.

        Returns
        -------
        DataFrame
            unit, period, distinct; to date, the values that are new in each month.
        """
        import narwhals as nw
        import pandas as pd

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
            found.append(self._dated(counts, day)[["unit", "period", "distinct"]])
        return pd.concat(found, ignore_index=True)

    def _recoded(self, units: Mapping[Any, str]) -> nw.Expr:
        import narwhals as nw

        return nw.col(self.unit).replace_strict(
            list(units), list(units.values()), default="", return_dtype=nw.String
        )

    def text(self) -> str:
        """Return the SQL of the passes for what adds up."""
        texts = []
        for _, day, keys, sums in self._queries():
            names = ", ".join(f"s{row} {name}" for row, name in enumerate(sums))
            titles = ", ".join(f"k{row} {name}" for row, name in enumerate(keys))
            sql = sums_text(self.table, keys, sums, where=self._where(day))
            texts.append(f"-- {titles}; {names}\n{sql}")
        return _SEPARATOR.join(texts)


def joined(name: str, term: str) -> str:
    """Return the column of a variable's term."""
    return f"{name}\0{term}"

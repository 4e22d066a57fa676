"""One table of records, counted by unit: all of its variables, and what blank flags leave open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
import numpy as np

from govindex import records
from govindex.contracts import CellStatus, Float, Status
from govindex.engines import RecordTable, grouped_sums
from govindex.errors import DataError, Problems
from govindex.model.units import Units
from govindex.records.day_numbers import with_day_numbers
from govindex.records.operands import day_column, null_of
from govindex.records.typed_tables import UNUSABLE, Naming, typed_table
from govindex.records.violations import note_violations
from govindex.services.distinct_counts import DistinctCounts, distinct_counts
from govindex.services.record_documents import CountingDocument, VariableCount, flag_of
from govindex.services.reporting_spans import ReportingSpan

__all__ = ["LEFT_OUT", "TableCount", "TableCounts", "VariableCells", "lacking_columns"]

_OPEN = " (undecided)"
# Columns whose blank records may be left out.
LEFT_OUT = ("unit", "procedure")


def lacking_columns(
    document: CountingDocument, count: VariableCount, table: RecordTable
) -> list[str]:
    """Return the columns that a count reads and the table does not have."""
    return [name for name in document.columns_of(count) if name not in table.schema]


@attrs.frozen(eq=False)
class TableCounts:
    """The counts of one table.

    Parameters
    ----------
    counts : Counts
        Of what adds up, and of records that blank flags leave open.
    distinct : tuple of DistinctCounts
        Of different values, by the column that has them.
    """

    counts: records.Counts
    distinct: tuple[DistinctCounts, ...] = ()

    def cell(self, variable: str, row: int) -> tuple[float, CellStatus]:
        """Return the count of a variable at a row of units, with its status."""
        for one in self.distinct:
            if variable in one.by_variable:
                number = one.by_variable[variable].get(self.counts.units[row], 0)
                return float(number), CellStatus.REPORTED
        at = self.counts.variables.index(variable)
        status = CellStatus(int(self.counts.status[row, 0, at]))
        return float(self.counts.values[row, 0, at]), status

    @property
    def left_out(self) -> list[tuple[str, str, int]]:
        """The records that were left out: variable, cause and how many."""
        rows = list(self.counts.left_out.itertuples(index=False, name=None))
        rows += [
            (name, f"no value in column '{one.column}'", number)
            for one in self.distinct
            for name, number in one.blank.items()
            if number
        ]
        return rows

    @property
    def records(self) -> int:
        """How many records the table has; those of units below others are counted once."""
        counts = self.counts
        below = [row for row, code in enumerate(counts.units) if code not in counts.parents]
        return int(counts.records[below].sum())

    def sql(self) -> str:
        """Return what the engine ran, as SQL."""
        return "\n\n".join([self.counts.sql(), *(one.sql() for one in self.distinct)])


@attrs.frozen(eq=False)
class TableCount:
    """What is counted in one table.

    Parameters
    ----------
    document : CountingDocument
    name : str
    table : RecordTable
        With the names of columns that the document uses.
    span : ReportingSpan
    declared : mapping of str to Column
        How the user's columns are written, by their names in the document.
    """

    document: CountingDocument
    name: str
    table: RecordTable
    span: ReportingSpan
    declared: Mapping[str, records.Column]

    @property
    def _counts(self) -> list[VariableCount]:
        """What the columns of the table allow to be counted."""
        return [
            count
            for count in self.document.counts
            if count.table == self.name and not lacking_columns(self.document, count, self.table)
        ]

    def counts(self, units: Units | None, how: Mapping[str, Any]) -> TableCounts:
        """Return the counts by unit; of the first variable where several are one figure."""
        table = self._prepared(how)
        blank = self._with_blanks(table)
        wanted: dict[str, Any] = {"(records)": records.Count()}
        for count in self._counts:
            if count.what != "distinct":
                wanted[count.variables[0]] = self.document.variable(count)
            if blank.intersection((*count.yes, *count.no)):
                wanted[count.variables[0] + _OPEN] = self.document.undecided(count)
        parents = {} if units is None else _parents(units)
        counted = records.count(
            table,
            wanted,
            unit="unit",
            parents=parents or None,
            units=None if units is None else list(units),
            silent="zero",
            missing=how["missing"],
        )
        distinct = [count for count in self._counts if count.what == "distinct"]
        return TableCounts(
            counted,
            tuple(
                distinct_counts(
                    table,
                    column,
                    {
                        count.variables[0]: self.document.condition(count)
                        for count in distinct
                        if count.column == column
                    },
                    parents,
                )
                for column in dict.fromkeys(count.column for count in distinct)
            ),
        )

    def _with_blanks(self, table: RecordTable) -> set[str]:
        """Return the flags that are blank in some record."""
        flags = {name for count in self._counts for name in (*count.yes, *count.no)}
        if not flags:
            return set()
        blanks = grouped_sums(table, [], {name: null_of(name, table.schema) for name in flags})
        return {name for name in flags if blanks[name].iloc[0]}

    def _prepared(self, how: Mapping[str, Any]) -> RecordTable:
        """Return the table as its columns are declared, with a flag for each named condition.

        Every condition is asked once, however many variables count by it.
        """
        read = {name for count in self._counts for name in self.document.columns_of(count)}
        schema = self._schema(self._kept(read), leaves_out=how["missing"] == "leave_out")
        table = checked_table(self.table, schema, how["time_zone"])
        dates = [column.name for column in schema if column.type in ("date", "time")]
        table = with_day_numbers(table, {name: day_column(name) for name in dates})
        flags = {
            flag_of(name): condition.truth(table.schema, None)
            for name, condition in self.document.named(self.name, self.span.dates).items()
            if all(column in table.schema for column in condition.columns)
        }
        return table.with_columns(**flags) if flags else table

    def _schema(self, kept: set[str], *, leaves_out: bool) -> records.Columns:
        schema = self.document.tables[self.name].schema(kept)
        columns = []
        for column in schema:
            given = self.declared.get(column.name)
            if given is not None:
                kind = "time" if given.type == "time" else column.type
                column = attrs.evolve(
                    column, type=kind, format=given.format, time_zone=given.time_zone
                )
            may = leaves_out and column.name in LEFT_OUT
            columns.append(attrs.evolve(column, null=column.null or may))
        return records.Columns(columns, rules=schema.rules)

    def _kept(self, read: set[str]) -> set[str]:
        """Return the columns that are read, with the unit and the record's own code."""
        of_records = {
            column["name"]
            for column in self.document.tables[self.name].columns
            if column.get("role") == "id" and column["name"] in self.table.schema
        }
        return {*read, *of_records, "unit"}


def _parents(units: Units) -> dict[str, str]:
    pairs = zip(units.codes, units.parents or (None,) * len(units), strict=True)
    return {code: parent for code, parent in pairs if parent is not None}


@attrs.frozen(eq=False)
class VariableCells:
    """The cells of units and variables, filled from the counts of tables."""

    units: Units
    values: Float
    status: Status

    @classmethod
    def blank(cls, units: Units, variables: int) -> VariableCells:
        """Return cells that are all missing."""
        shape = (len(units), variables)
        missing = np.full(shape, CellStatus.MISSING, dtype=np.uint8)
        return cls(units, np.full(shape, np.nan), missing)

    def fill(
        self,
        column: int,
        table: TableCounts,
        variable: str,
        silent: Literal["zero", "not_applicable"],
    ) -> None:
        """Fill in the counts of a variable; units without any record are as the table says."""
        rows = {code: row for row, code in enumerate(table.counts.units)}
        for row, code in enumerate(self.units.codes):
            found = rows.get(code)
            if found is not None and table.counts.records[found, 0]:
                value, status = table.cell(variable, found)
            elif silent == "not_applicable":
                value, status = np.nan, CellStatus.NOT_APPLICABLE
            else:
                value, status = 0.0, CellStatus.REPORTED
            self.values[row, column], self.status[row, column] = value, status

    def leave_open(
        self, column: int, table: TableCounts, variable: str, *, strict: bool
    ) -> list[tuple[str, int]]:
        """Return the units and records with blank flags; their counts are missing if strict."""
        counts, name = table.counts, variable + _OPEN
        if name not in counts.variables:
            return []
        at, open_counts = counts.variables.index(name), []
        rows = {code: row for row, code in enumerate(self.units.codes)}
        for found, code in enumerate(counts.units):
            count = counts.values[found, 0, at]
            if code in rows and count > 0:
                open_counts.append((code, int(count)))
                if strict:
                    self.values[rows[code], column] = np.nan
                    self.status[rows[code], column] = CellStatus.MISSING
        return open_counts


def checked_table(
    table: RecordTable, columns: records.Columns, time_zone: str | None
) -> RecordTable:
    """Return a table with its columns as they are declared; refuse what does not fit."""
    naming = Naming(table, tuple(filter(None, (columns.role("id"), columns.role("unit")))))
    problems = Problems()
    typed = typed_table(table, [column.name for column in columns], columns, time_zone, naming)
    note_violations(typed, columns, attrs.evolve(naming, table=typed), problems)
    problems.raise_any(DataError, UNUSABLE)
    return typed

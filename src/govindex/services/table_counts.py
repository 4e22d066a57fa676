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
from govindex.records.operands import null_of
from govindex.records.typed_tables import UNUSABLE, Naming, typed_table
from govindex.records.violations import note_violations
from govindex.services.record_documents import CountingDocument, VariableCount, flag_of
from govindex.services.reporting_spans import ReportingSpan

__all__ = ["LEFT_OUT", "TableCount", "UnitCells", "lacking_columns"]

_OPEN = " (undecided)"
# Columns whose blank records may be left out.
LEFT_OUT = ("unit", "procedure")


def lacking_columns(
    document: CountingDocument, count: VariableCount, table: RecordTable
) -> list[str]:
    """Return the columns that a count reads and the table does not have."""
    return [name for name in document.columns_of(count) if name not in table.schema]


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

    def counts(self, units: Units | None, how: Mapping[str, Any]) -> records.Counts:
        """Return the counts by unit; of the first variable where several are one figure."""
        table = self._prepared(how)
        blank, wanted = self._with_blanks(table), {}
        for count in self._counts:
            wanted[count.variables[0]] = self.document.variable(count)
            if blank.intersection((*count.yes, *count.no)):
                wanted[count.variables[0] + _OPEN] = self.document.undecided(count)
        parents = {} if units is None else _parents(units)
        return records.count(
            table,
            wanted or {"(records)": records.Count()},
            unit="unit",
            parents=parents or None,
            units=None if units is None else list(units),
            silent="zero",
            missing=how["missing"],
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
class UnitCells:
    """The cells of units and variables, filled from the counts of tables."""

    units: Units
    values: Float
    status: Status

    @classmethod
    def blank(cls, units: Units, variables: int) -> UnitCells:
        """Return cells that are all missing."""
        shape = (len(units), variables)
        missing = np.full(shape, CellStatus.MISSING, dtype=np.uint8)
        return cls(units, np.full(shape, np.nan), missing)

    def fill(
        self,
        column: int,
        table: records.Counts,
        variable: str,
        silent: Literal["zero", "not_applicable"],
    ) -> None:
        """Fill in the counts of a variable; units without any record are as the table says."""
        at = table.variables.index(variable)
        rows = {code: row for row, code in enumerate(table.units)}
        for row, code in enumerate(self.units.codes):
            found = rows.get(code)
            if found is None or not table.records[found, 0]:
                empty = silent == "not_applicable"
                value, status = np.nan if empty else 0.0, CellStatus.NOT_APPLICABLE
                status = status if empty else CellStatus.REPORTED
            else:
                value = table.values[found, 0, at]
                status = CellStatus(int(table.status[found, 0, at]))
            self.values[row, column], self.status[row, column] = value, status

    def leave_open(
        self, column: int, table: records.Counts, variable: str, *, strict: bool
    ) -> list[tuple[str, int]]:
        """Return the units and records with blank flags; their counts are missing if strict."""
        name = variable + _OPEN
        if name not in table.variables:
            return []
        at, open_counts = table.variables.index(name), []
        rows = {code: row for row, code in enumerate(self.units.codes)}
        for found, code in enumerate(table.units):
            count = table.values[found, 0, at]
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

"""The variables of the service index of Decision 766, counted from tables of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import attrs

from govindex import plugins, records
from govindex.checks import among, mapping_of, shown
from govindex.engines import RecordTable, open_records
from govindex.errors import DataError, Problem, Problems, SettingError, listing, near_miss
from govindex.mappings import FrozenMap
from govindex.model.units import Unit, Units
from govindex.records.columns import check_time_zone
from govindex.services.record_documents import CountingDocument, counting_document
from govindex.services.reporting_spans import ReportingSpan, reporting_span
from govindex.services.service_counts import Lack, ServiceCounts
from govindex.services.table_counts import (
    LEFT_OUT,
    TableCount,
    TableCounts,
    VariableCells,
    lacking_columns,
)

if TYPE_CHECKING:
    from govindex.engines import Records

__all__ = ["columns_766", "service_766"]

_EDITION = "vn.service-766@2022"


def columns_766(table: str = "dossiers", *, language: str | None = None) -> records.Columns:
    """Return the columns of a table that :func:`service_766` counts.

    Parameters
    ----------
    table : {"dossiers", "procedures", "petitions", "communes"}
    language : str, optional
        Of the meanings of columns: "vi" or "en".

    Raises
    ------
    SettingError
        If there is no such table.

    Examples
    --------
    >>> columns_766("communes", language="en").table()[["column", "type", "null"]]
                 column  type   null
    0           commune  text  False
    1              unit  text  False
    2  certified_copies  flag   True
    """
    tables = counting_document(_EDITION).tables
    if not among(table, tables):
        raise SettingError(f"there is no table {shown(table)}: {near_miss(str(table), tables)}")
    return tables[table].schema(language=language)


def service_766(
    tables: Mapping[str, Records] | Records,
    *,
    period: str,
    until: date | str | None = None,
    units: Iterable[Unit] | None = None,
    columns: Mapping[str, Mapping[str, str | records.Column]] | None = None,
    undecided: Literal["missing", "no"] = "missing",
    missing: Literal["refuse", "leave_out"] = "refuse",
    time_zone: str | None = None,
) -> ServiceCounts:
    """Count the variables of the service index of Decision 766, `vn.service-766`.

    Every table is counted where it lies: only counts by unit come back. Indicators of which a table
    or a column lacks are missing, never zero. Where the sources do not say what a variable counts,
    the definition is assumed, and :meth:`ServiceCounts.definitions` says so.

    Parameters
    ----------
    tables : mapping of str to table, or a table of dossiers
        "dossiers", "procedures", "petitions" and "communes", or some of them: data frames or files
        as :func:`govindex.records.count` takes them, with the columns of :func:`columns_766`.
        Columns may lack.
    period : str
        "2026", "2026-Q3" or "2026-09".
    until : date or str, optional
        The last day that the tables reach, if the period is not over.
    units : iterable of Unit, optional
        All units, with parents: a parent counts the records of the units below it too. By default
        the units of the tables, without parents.
    columns : mapping of table to mapping of column to str or Column, optional
        What columns are called in your tables: ``{"dossiers": {"received": "NgayTiepNhan"}}``. A
        :class:`govindex.records.Column` says how dates are written too.
    undecided : {"missing", "no"}
        What a blank flag makes of the count: missing for that unit, or a no.
    missing : {"refuse", "leave_out"}
        What records do that lack a unit or a procedure that is counted: be an error, or be left
        out and listed in :attr:`ServiceCounts.left_out`.
    time_zone : str, optional
        Where days are counted, for times that carry a time zone: "Asia/Ho_Chi_Minh".

    Raises
    ------
    DataError
        With every problem of the records, how many have it, and the first of them.
    SettingError
        If a setting is wrong, or there is no such table or column.

    Examples
    --------
    >>> from govindex.services import made_up_766
    >>> made = made_up_766(1000, rng=1)
    >>> counts = service_766(made.tables, period="2026", units=made.units)
    >>> counts.lacking.empty
    True
    >>> result = counts.method.compute(counts.observations())
    >>> len(result.table(language="en"))
    30
    """
    document, span = counting_document(_EDITION), reporting_span(period, until)
    for name, value, offered in (
        ("undecided", undecided, ("missing", "no")),
        ("missing", missing, ("refuse", "leave_out")),
    ):
        if not among(value, offered):
            raise SettingError(f"{name} is '{offered[0]}' or '{offered[1]}', not {shown(value)}")
    check_time_zone(time_zone)
    known = None if units is None else Units.of(units)
    declared = _declared(columns, document)
    opened = _opened(tables, document, declared)
    how = {"missing": missing, "time_zone": time_zone}
    problems, counted = Problems(), {}
    for name, table in opened.items():
        try:
            counted[name] = TableCount(document, name, table, span, declared.get(name, {})).counts(
                known, how
            )
        except DataError as error:
            problems.extend(_of_table(name, error))
    problems.raise_any(DataError, "The tables cannot be counted")
    lacks = _lacks(document, opened)
    return _service_counts(document, span, counted, known, lacks, undecided == "missing")


def _declared(columns: Any, document: CountingDocument) -> dict[str, dict[str, records.Column]]:
    """Return the columns of the user's tables by what they are called here."""
    given = {} if columns is None else mapping_of(columns, "columns", "a mapping of tables")
    found: dict[str, dict[str, records.Column]] = {}
    for table, names in given.items():
        if table not in document.tables:
            raise SettingError(
                f"columns: there is no table {shown(table)}: "
                f"{near_miss(str(table), document.tables)}"
            )
        schema = document.tables[table].schema()
        own = document.tables[table].column_names
        for name, column in mapping_of(names, f"columns of '{table}'").items():
            if name not in own:
                raise SettingError(
                    f"columns: the table '{table}' has no column {shown(name)}: "
                    f"{near_miss(str(name), own)}"
                )
            if isinstance(column, str):
                column = attrs.evolve(schema[name], name=column)
            if not isinstance(column, records.Column):
                raise SettingError(
                    f"columns: '{name}' of '{table}' is the name of a column or a "
                    f"records.Column(…), not {shown(column)}"
                )
            found.setdefault(table, {})[name] = column
    return found


def _opened(
    tables: Any, document: CountingDocument, columns: Mapping[str, Mapping[str, records.Column]]
) -> dict[str, RecordTable]:
    given = tables if isinstance(tables, Mapping) else {"dossiers": tables}
    if not given:
        raise SettingError(f"give at least one table: {listing(document.tables)}")
    for name in (*given, *columns):
        if name not in document.tables:
            raise SettingError(
                f"there is no table {shown(name)}: {near_miss(str(name), document.tables)}"
            )
    absent = [name for name in columns if name not in given]
    if absent:
        raise SettingError(f"columns: the table '{absent[0]}' is not among the tables")
    return {
        name: _with_names(name, open_records(table), columns.get(name, {}))
        for name, table in given.items()
    }


def _with_names(
    name: str, table: RecordTable, columns: Mapping[str, records.Column]
) -> RecordTable:
    """Return a table with the columns that are called otherwise under their names here."""
    import narwhals as nw

    problems = Problems()
    names = {own: column.name for own, column in columns.items()}
    table.require(names.values(), problems)
    problems.raise_any(SettingError, f"The table '{name}' lacks columns that were named")
    changed = {own: nw.col(other) for own, other in names.items() if own != other}
    return table.with_columns(**changed) if changed else table


def _of_table(name: str, error: DataError) -> list[Problem]:
    """Return the problems of a table with its name, and cures in words of this function."""
    return [
        Problem(
            f"table '{name}': {problem.cause}",
            code=problem.code,
            unit=problem.unit,
            variable=problem.variable,
            noun="column",
            cure=_cure(name, problem),
        )
        for problem in error.problems
    ]


def _cure(table: str, problem: Problem) -> str:
    column = problem.variable or ""
    if problem.code == "record.null":
        can_go = column in LEFT_OUT
        return "fill it in" + (", or leave them out: missing='leave_out'" if can_go else "")
    if problem.code == "record.not_allowed":
        return f"allowed are {listing(columns_766(table)[column].allowed)}"
    if problem.code == "record.rule":
        return "correct the dates"
    if problem.code == "record.dates":
        written = f"{{'{column}': records.Column('{column}', 'date', format='%d/%m/%Y')}}"
        return f"write them in one way, and say which: columns={{'{table}': {written}}}"
    return problem.cure


def _lacks(document: CountingDocument, opened: Mapping[str, RecordTable]) -> dict[str, Lack]:
    """Return why variables are not counted."""
    lacks = {}
    for variable, count in document.by_variable.items():
        if count.table not in opened:
            lacks[variable] = Lack(count.table)
        elif lacking := lacking_columns(document, count, opened[count.table]):
            lacks[variable] = Lack(count.table, tuple(lacking))
    return lacks


def _found_units(counted: Mapping[str, TableCounts]) -> Units:
    codes = sorted({code for table in counted.values() for code in table.counts.units})
    return Units.of([Unit(code) for code in codes])


def _service_counts(
    document: CountingDocument,
    span: ReportingSpan,
    counted: Mapping[str, TableCounts],
    known: Units | None,
    lacks: dict[str, Lack],
    strict: bool,
) -> ServiceCounts:
    import pandas as pd

    edition = plugins.methodology(_EDITION)
    needed = {*edition.framework.variables}
    for name in edition._variables:
        if name not in document.by_variable:
            lacks[name] = Lack("")
    units = known if known is not None else _found_units(counted)
    names = [name for name in edition._variables if name in needed or name not in lacks]
    cells, unsure = VariableCells.blank(units, len(names)), []
    for column, name in enumerate(names):
        if name not in lacks:
            count = document.by_variable[name]
            table, first = counted[count.table], count.variables[0]
            cells.fill(column, table, first, document.tables[count.table].silent)
            found = cells.leave_open(column, table, first, strict=strict)
            unsure += [(unit, name, records_left) for unit, records_left in found]
    return ServiceCounts(
        span,
        units,
        tuple(names),
        cells.values,
        cells.status,
        FrozenMap(lacks),
        pd.DataFrame(unsure, columns=["unit", "variable", "records"]),
        FrozenMap(counted),
        document=document,
        edition=edition,
    )

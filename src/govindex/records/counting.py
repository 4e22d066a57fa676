"""Count records by unit and period, in the engine that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs

from govindex.checks import among, mapping_of, shown, tuple_of
from govindex.engines import open_records
from govindex.errors import DataError, Problems, SettingError, near_miss
from govindex.model.units import Unit
from govindex.names import as_code
from govindex.records.assembly import Assembly
from govindex.records.columns import Column, Columns, as_columns, check_time_zone
from govindex.records.counts import Counts
from govindex.records.day_numbers import with_day_numbers
from govindex.records.operands import day_column, kind_of
from govindex.records.spans import PERIODS, AtDates
from govindex.records.tallies import RecordTally
from govindex.records.typed_tables import UNUSABLE, Naming, note_date_texts, typed_table
from govindex.records.variables import CountedVariable, Elapsed
from govindex.records.violations import note_violations

if TYPE_CHECKING:
    from govindex.engines import Records

__all__ = ["count"]

Period = Literal["day", "month", "quarter", "year", "year to date"]


def count(
    records: Records,
    variables: Mapping[str, CountedVariable],
    *,
    unit: str | None = None,
    period: Period | AtDates | None = None,
    date: str | None = None,
    periods: Iterable[str] | None = None,
    columns: Columns | Iterable[Column] | None = None,
    parents: str | Mapping[str, str] | None = None,
    units: Iterable[Unit | str] | None = None,
    time_zone: str | None = None,
    missing: Literal["refuse", "leave_out"] = "refuse",
    silent: Literal["missing", "zero"] = "missing",
) -> Counts:
    """Count records by unit and period, inside the engine that holds them.

    Parameters
    ----------
    records : data frame, or path, glob or sequence of paths
        One row per record: a table of pandas, Polars (also lazy), pyarrow, DuckDB, Dask, PySpark,
        SQLFrame or Ibis; or Parquet or CSV files, which DuckDB or Polars reads.
    variables : mapping of str to Count, Sum, Distinct or Elapsed
        What is counted, by name.
    unit : str, optional
        The column of units; by default the one of that role in `columns`.
    period : {"day", "month", "quarter", "year", "year to date"} or AtDates, optional
        By which periods; "year to date" is counted by month from January on; AtDates the state at
        dates. By default all records together.
    date : str, optional
        The column of the date that puts a record into a period, where a variable names no other; by
        default the one of that role in `columns`.
    periods : sequence of str, optional
        The periods to return, such as "2026-09"; by default those of the records.
    columns : Columns, optional
        What the columns are; records that do not fit are refused, with counts.
    parents : str or mapping of str to str, optional
        The parent of every unit, or the column that has it: parents are counted too, different
        values again.
    units : sequence of str or Unit, optional
        All units that there are: others are refused, and those without records are missing.
    time_zone : str, optional
        Where days are counted, such as "Asia/Ho_Chi_Minh", for times that carry a time zone.
    missing : {"refuse", "leave_out"}
        What records do that lack a unit, a date or a number that is needed: be an error, or be
        left out and listed in ``Counts.left_out``.
    silent : {"missing", "zero"}
        What the values of a unit are in a period in which it has no record at all.

    Returns
    -------
    Counts

    Raises
    ------
    DataError
        With every problem, how many records have it, and the first of them.
    SettingError
        If a setting is not valid.

    Examples
    --------
    >>> import pandas as pd
    >>> from govindex.records import Count, where
    >>> dossiers = pd.DataFrame({
    ...     "unit": ["A", "A", "B"],
    ...     "due": pd.to_datetime(["2026-01-20", "2026-01-30", "2026-02-10"]),
    ...     "returned": pd.to_datetime(["2026-01-19", "2026-02-03", "2026-02-10"]),
    ... })
    >>> on_time = Count(where("returned") <= where("due"))
    >>> count(dossiers, {"all": Count(), "on_time": on_time}, unit="unit").frame
      unit  records  all  on_time
    0    A        2    2        1
    1    B        1    1        1
    """
    schema = None if columns is None else as_columns(columns)
    settings = _CountSettings(variables, unit, period, date, schema, parents, missing, silent)
    check_time_zone(time_zone)
    table = open_records(records)
    identity = None if schema is None else schema.role("id")
    known = (identity, settings.unit_column)
    naming = Naming(table, tuple(name for name in known if name is not None))
    table = typed_table(table, settings.used, schema, time_zone, naming)
    naming = attrs.evolve(naming, table=table)
    problems = Problems()
    settings.note_misfits(naming, problems)
    if schema is not None:
        note_violations(table, schema, naming, problems)
    problems.raise_any(DataError, UNUSABLE)
    timed = dict.fromkeys(n for v in settings.variables.values() for n in v.timed)
    parent = parents if isinstance(parents, str) else None
    tally = RecordTally(
        with_day_numbers(table, {name: day_column(name) for name in timed}),
        settings.variables,
        settings.unit_column,
        parent,
        period,
        settings.date_column,
        settings.gaps,
    )
    naming = attrs.evolve(naming, table=tally.table)
    assembly = Assembly(tally, naming, problems, missing == "leave_out", silent == "zero")
    return assembly.counts(_parents(parents), _codes(units), _wanted(periods))


def _parents(parents: Any) -> Mapping[str, str]:
    if parents is None or isinstance(parents, str):
        return {}
    found = mapping_of(parents, "parents", "a column, or a mapping of unit to parent", of=str)
    for code in found:
        if not isinstance(code, str):
            raise SettingError(f"parents maps codes of units, which are texts, not {shown(code)}")
    return {as_code(code): as_code(parent) for code, parent in found.items()}


def _codes(units: Any) -> tuple[str, ...] | None:
    if units is None:
        return None
    codes = [getattr(u, "code", u) for u in tuple_of(units, "units", "several units")]
    for code in codes:
        if not isinstance(code, str):
            raise SettingError(f"units are codes, or Unit(…), not {shown(code)}")
    return tuple(dict.fromkeys(map(as_code, codes)))


def _wanted(periods: Any) -> tuple[str, ...] | None:
    if periods is None:
        return None
    found = tuple_of(periods, "periods", "several periods")
    for each in found:
        if not isinstance(each, str):
            raise SettingError(f"periods are texts such as '2026-09', not {shown(each)}")
    return tuple(dict.fromkeys(found))


def _named(variables: Any) -> Mapping[str, CountedVariable]:
    found = mapping_of(variables, "variables", "a mapping of a name to Count(…), Sum(…) …")
    if not found:
        raise SettingError("variables: name at least one, such as {'dossiers': Count()}")
    for name, variable in found.items():
        if not isinstance(name, str) or not name.strip():
            raise SettingError(f"the name of a variable is a text, not {shown(name)}")
        if name in ("unit", "period", "records"):
            raise SettingError(f"a variable cannot be called '{name}', as another column is")
        if not isinstance(variable, CountedVariable):
            raise SettingError(
                f"variable '{name}' is Count(…), Sum(…), Distinct(…) or Elapsed(…), not "
                f"{shown(variable)}"
            )
    return {as_code(name): variable for name, variable in found.items()}


@attrs.frozen(eq=False)
class _CountSettings:
    """The settings of a count, checked before any record is read."""

    variables: Mapping[str, CountedVariable] = attrs.field(converter=_named)
    unit: str | None
    period: Any
    date: str | None
    schema: Columns | None
    parents: Any
    missing: str
    silent: str

    def __attrs_post_init__(self) -> None:
        if self.period is not None and not isinstance(self.period, AtDates):
            if not among(self.period, PERIODS):
                raise SettingError(
                    f"period is one of {', '.join(PERIODS)}, or AtDates(…), not "
                    f"{shown(self.period)}: {near_miss(self.period, PERIODS)}"
                )
            lacking = [n for n, v in self.variables.items() if (v.date or self.date_column) is None]
            if lacking:
                raise SettingError(
                    f"by period, '{lacking[0]}' needs a date: name the column with date=…"
                )
        for setting, word, known in (
            ("missing", self.missing, ("refuse", "leave_out")),
            ("silent", self.silent, ("missing", "zero")),
        ):
            if not among(word, known):
                raise SettingError(f"{setting} is one of {', '.join(known)}, not {shown(word)}")
        for name, value in (("unit", self.unit), ("date", self.date)):
            if value is not None and (not isinstance(value, str) or not value):
                raise SettingError(f"{name} is the name of a column, not {shown(value)}")
        if not isinstance(self.period, AtDates):
            asking = [
                n for n, v in self.variables.items() if v.where is not None and v.where.at_a_day
            ]
            if asking:
                raise SettingError(
                    f"'{asking[0]}' asks for STATE_DAY, the day of a state: give period=AtDates(…)"
                )

    def _role(self, given: str | None, role: str) -> str | None:
        return given if given is not None or self.schema is None else self.schema.role(role)

    @property
    def unit_column(self) -> str:
        """The column of the units."""
        unit = self._role(self.unit, "unit")
        if unit is None:
            raise SettingError("name the column of units: unit=…, or a Column of role 'unit'")
        return unit

    @property
    def date_column(self) -> str | None:
        """The column of dates, where a variable names no other."""
        return self._role(self.date, "date")

    @property
    def dates(self) -> tuple[str, ...]:
        """The columns that must hold dates."""
        found: list[str | None] = []
        if isinstance(self.period, AtDates):
            found += self.period.columns
        elif self.period is not None:
            found += [variable.date or self.date_column for variable in self.variables.values()]
        return tuple(dict.fromkeys(name for name in found if name is not None))

    @property
    def used(self) -> tuple[str, ...]:
        """Every column that is read."""
        parent = (self.parents,) if isinstance(self.parents, str) else ()
        own = [name for variable in self.variables.values() for name in variable.columns]
        return tuple(dict.fromkeys([self.unit_column, *parent, *self.dates, *own]))

    @property
    def gaps(self) -> tuple[str, ...]:
        """The columns whose missing cells leave a condition undecided, unless they may."""
        compared = [
            n for v in self.variables.values() if v.where is not None for n in v.where.compared
        ]
        may = {c.name for c in self.schema or () if c.null}
        return tuple(name for name in dict.fromkeys(compared) if name not in may)

    def note_misfits(self, naming: Naming, problems: Problems) -> None:
        """Note columns that do not hold what variables and periods need."""
        schema = naming.table.schema
        elapsed = [n for v in self.variables.values() if isinstance(v, Elapsed) for n in v.needed]
        texts = [n for n in (*self.dates, *elapsed) if kind_of(schema[n]) == "text"]
        for name in dict.fromkeys(texts):
            note_date_texts(naming.table, name, naming, problems)
        for name in self.dates:
            kind = kind_of(schema[name])
            if kind not in ("date", "time", "text"):
                problems.add(f"column '{name}' holds dates, not {kind}s", code="record.type")
        for name, variable in self.variables.items():
            for problem in variable.problems(schema):
                if not any(f"'{text}'" in problem for text in texts):
                    problems.add(problem, code="record.type", variable=name)

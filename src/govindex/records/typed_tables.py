"""Columns of records with their declared types; what does not fit is an error with counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import attrs

from govindex.engines import RecordTable, first_rows, grouped_sums
from govindex.errors import DataError, Problems, listing
from govindex.frames import YES_OR_NO
from govindex.records.columns import DATE_FORMATS, Column, Columns
from govindex.records.operands import kind_of, null_of

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["UNUSABLE", "Naming", "typed_table"]

UNUSABLE = "The records cannot be counted"
_NUMBER = r"^\s*[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\s*$"
_WHOLE = r"^\s*[+-]?\d+\s*$"
# How dates are usually written as texts, for messages.
_WRITTEN = {
    "2026-09-30": r"^\d{4}-\d{1,2}-\d{1,2}",
    "30/09/2026": r"^\d{1,2}/\d{1,2}/\d{4}",
    "30-09-2026": r"^\d{1,2}-\d{1,2}-\d{4}",
    "30.09.2026": r"^\d{1,2}\.\d{1,2}\.\d{4}",
    "20260930": r"^\d{8}$",
}
_CHECKED_ZONES = range(1990, 2051)


@attrs.frozen(eq=False)
class Naming:
    """How messages name records: by their id and unit."""

    table: RecordTable
    columns: tuple[str, ...]

    def first(self, where: nw.Expr, extra: Iterable[str] = ()) -> str:
        """Return the first records that a condition marks, in words."""
        names = [name for name in dict.fromkeys([*self.columns, *extra]) if name]
        rows = first_rows(self.table, where, names)
        return "; ".join(", ".join(f"{k} {_shown(v)}" for k, v in row.items()) for row in rows)


def _shown(value: Any) -> str:
    """Return a cell as messages quote it: dates as they are written, without a time of 0:00."""
    if isinstance(value, date):
        return f"'{str(value).removesuffix(' 00:00:00')}'"
    return repr(value)


def typed_table(
    table: RecordTable,
    used: Iterable[str],
    columns: Columns | None,
    time_zone: str | None,
    naming: Naming,
) -> RecordTable:
    """Return the table with its used columns typed; times are those of their time zone.

    Raises
    ------
    DataError
        With every column that is of another type, and how many records do not fit.
    """
    problems = Problems()
    declared = {} if columns is None else {column.name: column for column in columns}
    names = list(dict.fromkeys([*used, *declared]))
    table.require(names, problems)
    problems.raise_any(DataError, UNUSABLE)
    table = _objects_typed(table, names, problems)
    problems.raise_any(DataError, UNUSABLE)
    naming = attrs.evolve(naming, table=table)
    found: dict[str, nw.Expr] = {}
    for name in names:
        reading = _DeclaredReading(name, declared.get(name), table, naming, problems)
        expression = reading.expression()
        if expression is not None:
            found[name] = expression
    problems.raise_any(DataError, UNUSABLE)
    table = table.with_columns(**found) if found else table
    local = _local_times(table, names, declared, time_zone, problems)
    problems.raise_any(DataError, UNUSABLE)
    return table.with_columns(**local) if local else table


def _objects_typed(table: RecordTable, names: Iterable[str], problems: Problems) -> RecordTable:
    """Type the object columns of pandas, which may hold anything."""
    import narwhals as nw

    objects = [name for name in names if isinstance(table.schema[name], (nw.Object, nw.Unknown))]
    if not objects or table.engine != "pandas":
        return table
    import pandas as pd

    frame = table.frame.to_native()
    typed: dict[str, Any] = {}
    for name in objects:
        kind = pd.api.types.infer_dtype(frame[name], skipna=True)
        if kind == "boolean":
            typed[name] = frame[name].astype("boolean")
        elif kind in ("date", "datetime", "datetime64"):
            typed[name] = pd.to_datetime(frame[name])
        elif kind in ("decimal", "integer", "floating", "mixed-integer-float"):
            typed[name] = frame[name].astype("float64")
        elif kind in ("string", "empty"):
            typed[name] = frame[name].astype("string")
        else:
            counts = frame[name].dropna().map(lambda cell: type(cell).__name__).value_counts()
            held = ", ".join(f"{count:,} of {of}" for of, count in counts.items())
            cause = f"column '{name}' mixes types: {held}"
            problems.add(cause, code="record.type", cure="give the column one type")
    changed = nw.from_native(frame.assign(**typed))
    return attrs.evolve(table, frame=changed, schema=dict(changed.schema))


@attrs.frozen(eq=False)
class _DeclaredReading:
    """Turns one column into its declared type, or notes why that cannot be."""

    name: str
    column: Column | None
    table: RecordTable
    naming: Naming
    problems: Problems

    def expression(self) -> nw.Expr | None:
        """Return the column as declared; None if it is so already, or cannot be."""
        import narwhals as nw

        kind = kind_of(self.table.schema[self.name])
        if self.column is None:
            return None
        wanted, given = self.column.type, nw.col(self.name)
        if kind == "text" and wanted != "text":
            return self._from_text(wanted)
        if wanted == "text" and kind != "text":
            if self.table.schema[self.name].is_integer():
                return given.cast(nw.String)
            self._note_type(wanted, kind)
        fits = {"number": ("number",), "whole": ("number",), "flag": ("flag",)}
        if kind not in fits.get(wanted, ("date", "time") if wanted != "text" else (kind,)):
            self._note_type(wanted, kind)
        return None

    def _note_type(self, wanted: str, kind: str) -> None:
        self.problems.add(
            f"column '{self.name}' is declared as '{wanted}' and holds {kind}s "
            f"({self.table.schema[self.name]})",
            code="record.type",
            variable=self.name,
            cure="correct the declaration, or cast the column in the engine",
        )

    def _from_text(self, wanted: str) -> nw.Expr | None:
        import narwhals as nw

        given = nw.col(self.name).cast(nw.String)
        if wanted in ("date", "time"):
            return self._dates(given)
        if wanted == "flag":
            true = [word for word, truth in YES_OR_NO.items() if truth]
            word = given.str.strip_chars().str.to_lowercase()
            if not self._all(word.is_in([*YES_OR_NO, ""]), "are no flags (true, false, 1, 0 …)"):
                return None
            return nw.when(~self._blank(given)).then(word.is_in(true))
        pattern = _WHOLE if wanted == "whole" else _NUMBER
        fits = given.str.contains(pattern) | self._blank(given)
        if not self._all(fits, f"are no {'whole ' * (wanted == 'whole')}numbers such as 1234.5"):
            return None
        number = nw.when(~self._blank(given)).then(given.str.strip_chars())
        return number.cast(nw.Int64 if wanted == "whole" else nw.Float64)

    def _blank(self, given: nw.Expr) -> nw.Expr:
        return given.str.strip_chars() == ""

    def _all(self, fits: nw.Expr, what: str) -> bool:
        """Return whether every known cell fits; else note how many do not, and the first."""
        wrong = ~null_of(self.name, self.table.schema) & ~fits
        count = int(grouped_sums(self.table, [], {"wrong": wrong})["wrong"].iloc[0])
        if count:
            self.problems.add(
                f"texts of column '{self.name}' {what} in {count:,} records: first "
                f"{self.naming.first(wrong, [self.name])}",
                code="record.format",
                variable=self.name,
                cure="correct them",
            )
        return not count

    def _dates(self, given: nw.Expr) -> nw.Expr | None:
        import narwhals as nw

        assert self.column is not None
        style = self.column.format or ("%Y-%m-%d" if self.column.type == "date" else None)
        style = style or "%Y-%m-%d %H:%M:%S"
        pattern = f"^{re.escape(style)}$"
        for directive, digits in DATE_FORMATS.items():
            pattern = pattern.replace(directive, digits)
        stripped = given.str.strip_chars()
        fits = stripped.str.contains(pattern) | (stripped == "")
        wrong = ~null_of(self.name, self.table.schema) & ~fits
        count = int(grouped_sums(self.table, [], {"wrong": wrong})["wrong"].iloc[0])
        if count:
            note_date_texts(self.table, self.name, self.naming, self.problems, style)
            return None
        return nw.when(stripped != "").then(stripped).str.to_datetime(format=style)


def note_date_texts(
    table: RecordTable, name: str, naming: Naming, problems: Problems, style: str | None = None
) -> None:
    """Note that a column holds dates as texts: the ways of writing, how many, and the first."""
    import narwhals as nw

    text = nw.col(name).cast(nw.String).str.strip_chars()
    known, seen = ~null_of(name, table.schema), nw.lit(False)
    ways: dict[str, nw.Expr] = {}
    for way, pattern in _WRITTEN.items():
        ways[f"as {way}"] = known & text.str.contains(pattern)
        seen = seen | text.str.contains(pattern)
    ways["in another way"] = known & ~seen
    counts = grouped_sums(table, [], ways).iloc[0]
    held = [
        f"{int(counts[way]):,} {way} (first {naming.first(flag, [name])})"
        for way, flag in ways.items()
        if counts[way]
    ]
    if not held:
        held = ["no date at all"]
    declared = "" if style is None else f", not as '{style}' only"
    problems.add(
        f"column '{name}' holds dates as texts{declared}: {'; '.join(held)}",
        code="record.dates",
        variable=name,
        cure="write them in one way and declare it: "
        f"columns=Columns([Column('{name}', 'date', format='%d/%m/%Y')])",
    )


def _local_times(
    table: RecordTable,
    names: Iterable[str],
    declared: Mapping[str, Column],
    time_zone: str | None,
    problems: Problems,
) -> dict[str, nw.Expr]:
    """Return times that carry a time zone as times of the day there."""
    import narwhals as nw

    found: dict[str, nw.Expr] = {}
    times = [name for name in names if isinstance(table.schema[name], nw.Datetime)]
    carrying = [name for name in times if _zone_of(table, name) is not None]
    plain = [name for name in times if name not in carrying and _is_unclear(declared.get(name))]
    for name in carrying:
        given, column = str(_zone_of(table, name)), declared.get(name)
        zone = time_zone if column is None or column.time_zone is None else column.time_zone
        if zone is None:
            problems.add(
                f"column '{name}' holds times of the zone {given}, and the day depends on the zone",
                code="record.time_zone",
                variable=name,
                cure="say where days are counted: time_zone='Asia/Ho_Chi_Minh'",
            )
            continue
        shifted = _shifted(table, name, given, zone, problems)
        if shifted is not None:
            found[name] = shifted
    if found and plain:
        problems.add(
            f"columns {listing(found)} carry a time zone, and {listing(plain)} do not",
            code="record.time_zone",
            cure="declare what the others are: Column(name, 'date'), or Column(name, 'time', "
            "time_zone=…) for times of that zone",
        )
    return found


def _zone_of(table: RecordTable, name: str) -> str | None:
    zone: str | None = getattr(table.schema[name], "time_zone", None)
    return zone


def _is_unclear(column: Column | None) -> bool:
    """Return whether nobody says in which zone the times of a column are."""
    return column is None or (column.type == "time" and column.time_zone is None)


def _shifted(
    table: RecordTable, name: str, given: str, wanted: str, problems: Problems
) -> nw.Expr | None:
    import narwhals as nw

    column = nw.col(name)
    if given == wanted:
        return column.dt.replace_time_zone(None)
    if table.engine in ("pandas", "polars", "pyarrow", "modin", "cudf", "dask"):
        return column.dt.convert_time_zone(wanted).dt.replace_time_zone(None)
    offset = _fixed_offset(wanted), _fixed_offset(given)
    if offset[0] is None or offset[1] is None:
        problems.add(
            f"{table.engine} cannot turn the times of column '{name}' from {given} into {wanted}, "
            "whose clocks change in the year",
            code="record.time_zone",
            variable=name,
            cure=f"set the time zone of its session to {wanted}",
        )
        return None
    minutes = int((offset[0] - offset[1]).total_seconds() // 60)
    moved = column.dt.offset_by(f"{minutes}m") if minutes else column
    return moved.dt.replace_time_zone(None)


def _fixed_offset(zone: str) -> timedelta | None:
    """Return how far a zone is from UTC, None if that changes."""
    place = ZoneInfo(zone)
    offsets = {datetime(y, m, 1, tzinfo=place).utcoffset() for y in _CHECKED_ZONES for m in (1, 7)}
    return offsets.pop() if len(offsets) == 1 else None

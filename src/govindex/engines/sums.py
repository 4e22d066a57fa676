"""Sums by group, computed inside the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.engines.groups import collected, failed, merged
from govindex.engines.native_sums import grouped_by_duckdb, grouped_by_pandas
from govindex.engines.partitions import tree_sum
from govindex.engines.query_texts import query_text
from govindex.engines.tables import RecordTable
from govindex.errors import DataError, GovIndexError, SettingError, listing

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

__all__ = ["as_expressions", "grouped_sums", "numbered", "selected", "sums_text"]

_LARGEST = 2.0**63
_ROWS = "govindex_rows"


def sums_text(
    table: RecordTable,
    keys: Mapping[str, nw.Expr] | Iterable[str],
    sums: Mapping[str, nw.Expr],
    *,
    where: nw.Expr | None = None,
) -> str:
    """Return the SQL of :func:`grouped_sums`; columns are numbered in it.

    Raises
    ------
    SettingError
        If the engine has no SQL.

    Examples
    --------
    >>> import duckdb, narwhals as nw
    >>> from govindex.engines import open_records
    >>> table = open_records(duckdb.sql("SELECT 'A' AS unit, 3 AS days"))
    >>> "sum(" in sums_text(table, ["unit"], {"days": nw.col("days")})
    True
    """
    if table.is_dask:
        return query_text(table.frame, table.engine)
    return query_text(
        _Sums(as_expressions(keys), tuple(sums.values()), where, table.engine, table.rows).of(
            table.frame
        ),
        table.engine,
    )


def grouped_sums(
    table: RecordTable,
    keys: Mapping[str, nw.Expr] | Iterable[str],
    sums: Mapping[str, nw.Expr],
    *,
    where: nw.Expr | None = None,
    rows: str = "rows",
) -> pd.DataFrame:
    """Return the sums of flags and numbers for every group of records.

    Parameters
    ----------
    table : RecordTable
    keys : mapping of str to narwhals expression, or names of columns
        What distinguishes groups; none for one group. Null and NaN are one group, whose key is
        None.
    sums : mapping of str to narwhals expression
        Flags (true counts 1) or numbers. Null and NaN add nothing.
    where : narwhals expression, optional
        The records that count; by default all.
    rows : str
        The column for the number of records.

    Returns
    -------
    DataFrame
        Columns: the keys, `rows`, and the sums: whole numbers where the column holds flags or
        whole numbers, else doubles. One row per group, sorted by key; one row if there are no keys.

    Raises
    ------
    DataError
        If a sum is over texts or dates, if whole numbers add up to 2⁶³ or more, or if the engine
        fails.

    Examples
    --------
    >>> import narwhals as nw, pandas as pd
    >>> from govindex.engines import open_records
    >>> table = open_records(pd.DataFrame({"unit": [*"AAB"], "fee": [1.5, None, 2.0]}))
    >>> grouped_sums(table, ["unit"], {"fee": nw.col("fee"), "free": nw.col("fee").is_null()})
      unit  rows  fee  free
    0    A     2  1.5     1
    1    B     1  2.0     0
    """
    names = [*keys, rows, *sums]
    if len(set(names)) < len(names):
        raise SettingError(f"keys, sums and '{rows}' need different names: {listing(names)}")
    query = _Sums(as_expressions(keys), tuple(sums.values()), where, table.engine, table.rows)
    if table.is_dask:
        found = tree_sum(table, query.of_part, query.keys_found)
    else:
        found = merged(query.found(table.frame, table.engine), query.keys_found)
    query.check_sizes(found, list(sums))
    if not query.keys:
        found = found if len(found) else found.reindex([0], fill_value=0)
    wanted = [*query.keys_found[: len(query.keys)], _ROWS, *query.sums_found]
    return found[wanted].set_axis(names, axis="columns")


@attrs.frozen(eq=False)
class _Sums:
    """The query: columns are numbered, so that no engine stumbles over a name."""

    keys: tuple[nw.Expr, ...]
    sums: tuple[nw.Expr, ...]
    where: nw.Expr | None
    engine: str
    rows: str

    @property
    def keys_found(self) -> list[str]:
        """The columns of the keys; without keys, a constant."""
        return numbered("k", max(len(self.keys), 1))

    @property
    def sums_found(self) -> list[str]:
        """The columns of the sums."""
        return numbered("s", len(self.sums))

    def of(self, frame: Any) -> Any:
        """Return the grouped frame, lazy if the frame is."""
        import narwhals as nw

        frame = frame if self.where is None else frame.filter(self.where)
        keys = dict(zip(self.keys_found, self.keys or (nw.lit(0),), strict=True))
        frame = selected(frame, keys, dict(zip(self.sums_found, self.sums, strict=True)))
        schema = frame.collect_schema()
        for name in self.sums_found:
            kind = schema[name]
            if kind.is_temporal() or isinstance(kind, (nw.String, nw.Categorical, nw.Enum)):
                raise DataError(f"only numbers and flags are added up, not {kind}")
        if self.engine == "duckdb":
            kinds = {name: schema[name] for name in self.sums_found}
            return grouped_by_duckdb(frame, list(keys), kinds, _ROWS, one=not self.keys)
        terms = _terms(schema, self.sums_found)
        frame = frame.with_columns(**terms) if terms else frame
        if isinstance(frame, nw.DataFrame) and frame.implementation.is_pandas():
            return grouped_by_pandas(frame, list(keys), list(terms), _ROWS)
        totals = [nw.col(term).sum().alias(f"{term}_sum") for term in terms]
        types = {f"{term}_sum": frame.collect_schema()[term] for term in terms}
        grouped = frame.group_by(*keys).agg(nw.len().alias(_ROWS), *totals)
        # Some engines add whole numbers up as decimals, which would come back as doubles.
        whole = [nw.col(name).cast(nw.Int64) for name, kind in types.items() if kind.is_integer()]
        return grouped.with_columns(*whole) if whole else grouped

    def found(self, frame: Any, engine: str) -> pd.DataFrame:
        """Run the query; return keys and sums as a pandas frame."""
        import pandas as pd

        try:
            grouped = self.of(frame)
        except GovIndexError:
            raise
        except Exception as error:  # any error of the engine
            raise failed(engine, error, self.rows) from error
        small = collected(grouped, engine, self.rows)
        columns: dict[str, Any] = {
            key: pd.Series(small[key].to_list(), dtype=object) for key in self.keys_found
        }
        for name in small.columns[len(self.keys_found) :]:
            column = small[name]
            kind = np.float64 if column.dtype.is_float() else np.int64
            columns[name.removesuffix("_sum")] = column.to_numpy().astype(kind)
        return pd.DataFrame(columns)

    def of_part(self, part: pd.DataFrame) -> pd.DataFrame:
        """Return the sums of one partition."""
        import narwhals as nw

        return self.found(nw.from_native(part), "dask")

    def check_sizes(self, found: pd.DataFrame, names: list[str]) -> None:
        """Refuse sums of whole numbers that 64 bits cannot hold."""
        for column, name in zip(self.sums_found, names, strict=True):
            if f"{column}_size" in found and (found[f"{column}_size"] >= _LARGEST).any():
                raise DataError(
                    f"the whole numbers of '{name}' add up to more than 64 bits hold (9.2e18): "
                    "take a larger measure unit, or doubles"
                )


def numbered(letter: str, count: int) -> list[str]:
    """Return names of columns that no table has."""
    return [f"govindex_{letter}{number}" for number in range(count)]


def _terms(schema: Mapping[str, Any], columns: list[str]) -> dict[str, nw.Expr]:
    """Return what is added for every sum: null and NaN add nothing, sizes guard whole numbers."""
    import narwhals as nw

    terms: dict[str, nw.Expr] = {}
    for name in columns:
        column, kind = nw.col(name), schema[name]
        if isinstance(kind, nw.Boolean):
            flag = nw.when(column.fill_null(False)).then(nw.lit(1)).otherwise(nw.lit(0))
            terms[name] = flag.cast(nw.Int64)
        elif kind.is_integer():
            terms[name] = column.fill_null(0).cast(nw.Int64)
            if kind in (nw.Int64, nw.UInt64, nw.Int128, nw.UInt128):
                terms[f"{name}_size"] = column.fill_null(0).cast(nw.Float64).abs()
        else:
            number = column.cast(nw.Float64)
            known = ~(number.is_null() | number.is_nan())
            terms[name] = nw.when(known).then(number).otherwise(nw.lit(0.0))
    return terms


def as_expressions(keys: Mapping[str, nw.Expr] | Iterable[str]) -> tuple[nw.Expr, ...]:
    """Return keys as expressions; names are those of columns."""
    import narwhals as nw

    if isinstance(keys, Mapping):
        return tuple(keys.values())
    return tuple(nw.col(name) for name in keys)


def selected(frame: Any, keys: Mapping[str, nw.Expr], others: Mapping[str, nw.Expr]) -> Any:
    """Return a frame of these columns only; NaN in keys becomes null."""
    import narwhals as nw

    frame = frame.with_columns(**keys, **others).select(*keys, *others)
    schema = frame.collect_schema()
    floats = [name for name in keys if schema[name].is_float()]
    known = {name: nw.when(~nw.col(name).is_nan()).then(nw.col(name)) for name in floats}
    return frame.with_columns(**known) if known else frame

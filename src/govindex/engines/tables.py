"""A table of records of any engine, with the types of its columns; no row is read to open it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from govindex.engines.record_files import RowKind, scanned
from govindex.errors import DataError, Problems, absent_columns, listing

if TYPE_CHECKING:
    import narwhals as nw
    from narwhals.typing import IntoFrame

__all__ = ["RecordTable", "RowKind", "open_records"]


@attrs.frozen(eq=False, repr=False)
class RecordTable:
    """A table of records, wherever it lies.

    Parameters
    ----------
    frame : narwhals frame, or Dask frame
        Dask frames are counted partition by partition, each as a pandas frame.
    schema : mapping of str to narwhals type
        The columns.
    engine : str
        "pandas", "polars", "pyarrow", "duckdb", "dask", "pyspark", "sqlframe", "ibis" …
    files : tuple of str
        The files, if it was opened from files.
    rows : {"records", "answers"}
        What its rows are.
    """

    frame: Any
    schema: Mapping[str, nw.dtypes.DType]
    engine: str
    files: tuple[str, ...] = ()
    rows: RowKind = "records"

    @property
    def is_dask(self) -> bool:
        """Whether the frame is Dask's own."""
        return self.engine == "dask"

    def require(self, names: Iterable[str], problems: Problems) -> bool:
        """Note every column that does not exist; True if all do."""
        lacking = [name for name in dict.fromkeys(names) if name not in self.schema]
        for cause in absent_columns(lacking, self.schema):
            problems.add(cause, code="column.unknown")
        return not lacking

    def with_columns(self, **columns: nw.Expr) -> RecordTable:
        """Return the table with columns added or replaced."""
        import narwhals as nw

        if self.is_dask:
            meta = nw.from_native(self.frame._meta).with_columns(**columns)
            frame = self.frame.map_partitions(_with_columns, columns, meta=meta.to_native())
            return attrs.evolve(self, frame=frame, schema=dict(meta.schema))
        frame = self.frame.with_columns(**columns)
        return attrs.evolve(self, frame=frame, schema=dict(frame.collect_schema()))

    def __repr__(self) -> str:
        return f"<RecordTable in {self.engine}: {listing(self.schema)}>"


def _with_columns(part: Any, columns: Mapping[str, nw.Expr]) -> Any:
    import narwhals as nw

    return nw.from_native(part).with_columns(**columns).to_native()


# A table that any engine holds, or the files of one.
Records: TypeAlias = "IntoFrame | RecordTable | str | PathLike[str] | Sequence[str | PathLike[str]]"


def open_records(source: Records, *, rows: RowKind = "records") -> RecordTable:
    """Open a table of records without reading its rows.

    Parameters
    ----------
    source : data frame, or path, glob or sequence of paths
        A table of pandas, Polars (also lazy), pyarrow, DuckDB, Dask, PySpark, SQLFrame or Ibis; or
        Parquet or CSV files, read by the engine that is the fastest for such rows and installed.
        Cells of CSV files are texts.
    rows : {"records", "answers"}
        What the rows are, which messages say.

    Raises
    ------
    DataError
        If it is not a table; if a file does not exist or has columns of another type than the
        others.
    SettingError
        If it is a path, and neither DuckDB nor Polars is installed.

    Examples
    --------
    >>> import pandas as pd
    >>> open_records(pd.DataFrame({"unit": ["A"], "days": [3]}))
    <RecordTable in pandas: 'unit', 'days'>
    """
    import narwhals as nw

    if isinstance(source, RecordTable):
        return source
    if _is_path(source):
        native, files = scanned(source, rows)
        return attrs.evolve(open_records(native, rows=rows), files=files)
    if nw.dependencies.is_dask_dataframe(source):
        return RecordTable(source, dict(_opened(source._meta, rows).schema), "dask", rows=rows)
    frame = _opened(source, rows)
    return RecordTable(
        frame, dict(frame.collect_schema()), str(frame.implementation.value), rows=rows
    )


def _is_path(source: Any) -> bool:
    if isinstance(source, (str, PathLike)):
        return True
    several = isinstance(source, Sequence) and not isinstance(source, (bytes, bytearray))
    return several and bool(source) and all(isinstance(s, (str, PathLike)) for s in source)


def _opened(source: Any, rows: RowKind) -> Any:
    import narwhals as nw

    try:
        frame = nw.from_native(source)
        names = list(frame.collect_schema().names())
    except TypeError as error:
        raise DataError(
            f"{rows} are a data frame (pandas, Polars, pyarrow, DuckDB, Dask, PySpark, SQLFrame, "
            f"Ibis) or the path of Parquet or CSV files, not {type(source).__name__}"
        ) from error
    except nw.exceptions.DuplicateError as error:
        raise DataError(f"columns have the same name; rename all but one: {error}") from error
    texts = [name for name in names if not isinstance(name, str)]
    if texts:
        raise DataError(f"names of columns are texts, not {listing(texts)}: rename the columns")
    return frame

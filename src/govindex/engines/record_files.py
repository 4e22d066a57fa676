"""Parquet and CSV files, opened lazily by DuckDB or Polars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from glob import glob, has_magic
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from govindex.errors import DataError, Problems, SettingError, listing

__all__ = ["RowKind", "scanned"]

RowKind = Literal["records", "answers"]
# By what was measured (benchmarks/records.py, surveys.py): sums of many numbers by cluster are five
# times as fast in Polars, counts and different values of many units up to twice in DuckDB.
_FASTEST: Mapping[RowKind, tuple[str, ...]] = {
    "records": ("duckdb", "polars"),
    "answers": ("polars", "duckdb"),
}

_PARQUET, _DELIMITED = (".parquet", ".pq"), (".csv", ".csv.gz", ".tsv", ".tsv.gz")


def scanned(source: Any, rows: RowKind) -> tuple[Any, tuple[str, ...]]:
    """Return the lazy table of one or several paths or globs, and its files."""
    several = isinstance(source, Sequence) and not isinstance(source, str)
    unusable = f"The files of {rows} cannot be used"
    files = _files(source if several else [source], unusable)
    kinds = {_kind(file) for file in files}
    if len(kinds) > 1 or None in kinds:
        raise DataError(
            f"{rows} are read from Parquet files (.parquet, .pq) or CSV files (.csv, .tsv, also "
            f".gz), of one kind at once, not from {listing(files, shown=3)}"
        )
    engine = next((name for name in _FASTEST[rows] if find_spec(name) is not None), None)
    if engine is None:
        raise SettingError(
            f"files of {rows} are read by DuckDB or Polars: pip install 'govindex[duckdb]' or "
            "'govindex[polars]'"
        )
    reader = (_DuckDB if engine == "duckdb" else _Polars)(files, unusable)
    table = reader.parquet() if kinds == {"parquet"} else reader.delimited()
    return table, tuple(files)


def _kind(file: str) -> str | None:
    name = file.lower()
    if name.endswith(_PARQUET):
        return "parquet"
    return "delimited" if name.endswith(_DELIMITED) else None


def _files(sources: Sequence[Any], unusable: str) -> list[str]:
    """Return the files of paths and globs, sorted; refuse what does not exist."""
    problems, found = Problems(), dict[str, None]()
    for source in map(str, sources):
        if "://" in source:
            problems.add(
                f"'{source}' is not a file on this machine",
                cure="open it with an engine, such as duckdb.read_parquet(…), and give the table",
            )
        elif has_magic(source) and not Path(source).exists():
            matching = sorted(file for file in glob(source, recursive=True) if Path(file).is_file())
            if not matching:
                problems.add(f"no file matches '{source}'", code="file.missing")
            found.update(dict.fromkeys(matching))
        elif Path(source).is_dir():
            inside = sorted(str(f) for f in Path(source).iterdir() if _kind(f.name) is not None)
            if not inside:
                problems.add(f"the folder '{source}' has no Parquet or CSV file", code="file.empty")
            found.update(dict.fromkeys(inside))
        elif not Path(source).exists():
            problems.add(f"there is no file '{source}'", code="file.missing")
        else:
            found[source] = None
    problems.raise_any(DataError, unusable)
    return list(found)


def _check_types(types: Mapping[str, Mapping[str, str]], unusable: str) -> None:
    """Refuse files whose columns differ: a column that lacks, or has another type."""
    problems, files = Problems(), list(types)
    for column in dict.fromkeys(name for file in files for name in types[file]):
        having: dict[str, list[str]] = {}
        for file in files:
            having.setdefault(types[file].get(column, "no such column"), []).append(file)
        if len(having) > 1:
            named = "; ".join(
                f"{kind} in {len(of)} file{'s' * (len(of) > 1)}, first '{Path(of[0]).name}'"
                for kind, of in sorted(having.items(), key=lambda item: -len(item[1]))
            )
            problems.add(
                f"column '{column}' is not the same in every file: {named}",
                code="file.types",
                variable=column,
                cure="write the files with one type for each column",
            )
    problems.raise_any(DataError, unusable)


class _DuckDB:
    """Reads files in a new database whose time zone is UTC."""

    def __init__(self, files: list[str], unusable: str) -> None:
        import duckdb

        self.files, self.unusable = files, unusable
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")

    def parquet(self) -> Any:
        types: dict[str, dict[str, str]] = {}
        for file in self.files:
            try:
                described = self.connection.read_parquet(file)
            except Exception as error:
                raise _unreadable(file, error, self.unusable) from error
            types[file] = dict(zip(described.columns, map(str, described.types), strict=True))
        _check_types(types, self.unusable)
        return self.connection.read_parquet(self.files)

    def delimited(self) -> Any:
        types: dict[str, dict[str, str]] = {}
        for file in self.files:
            try:
                described = self.connection.read_csv(file, header=True, all_varchar=True)
            except Exception as error:
                raise _unreadable(file, error, self.unusable) from error
            types[file] = dict.fromkeys(described.columns, "text")
        _check_types(types, self.unusable)
        return self.connection.read_csv(self.files, header=True, all_varchar=True)


class _Polars:
    """Reads files as one lazy frame."""

    def __init__(self, files: list[str], unusable: str) -> None:
        self.files, self.unusable = files, unusable

    def parquet(self) -> Any:
        import polars as pl

        types: dict[str, dict[str, str]] = {}
        for file in self.files:
            try:
                schema = pl.read_parquet_schema(file)
            except Exception as error:
                raise _unreadable(file, error, self.unusable) from error
            types[file] = {name: str(kind) for name, kind in schema.items()}
        _check_types(types, self.unusable)
        return pl.scan_parquet(self.files)

    def delimited(self) -> Any:
        import polars as pl

        frames, types = [], dict[str, dict[str, str]]()
        for file in self.files:
            mark = "\t" if ".tsv" in file.lower() else ","
            frames.append(pl.scan_csv(file, separator=mark, infer_schema=False))
            try:
                types[file] = dict.fromkeys(frames[-1].collect_schema(), "text")
            except Exception as error:
                raise _unreadable(file, error, self.unusable) from error
        _check_types(types, self.unusable)
        return pl.concat(frames)


def _unreadable(file: str, error: Exception, unusable: str) -> DataError:
    first = str(error).strip().partition("\n")[0]
    return DataError(f"{unusable}: '{file}' cannot be read: {type(error).__name__}: {first}")

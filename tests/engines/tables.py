"""The same made-up records in every engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["ENGINES", "in_engine"]


def _polars(frame: pd.DataFrame) -> Any:
    import polars as pl

    columns = {name: frame[name].astype(object).where(frame[name].notna(), None) for name in frame}
    return pl.DataFrame({name: column.tolist() for name, column in columns.items()}, strict=False)


def _duckdb(frame: pd.DataFrame) -> Any:
    import duckdb

    table = _polars(frame).to_arrow()
    connection = duckdb.connect()
    connection.register("records", table)
    return connection.table("records")


def _dask(frame: pd.DataFrame) -> Any:
    import dask.dataframe as dd

    return dd.from_pandas(frame, npartitions=2)  # type: ignore[no-untyped-call]


ENGINES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "pandas-arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "polars": _polars,
    "polars-lazy": lambda frame: _polars(frame).lazy(),
    "pyarrow": lambda frame: _polars(frame).to_arrow(),
    "duckdb": _duckdb,
    "dask": _dask,
}


def in_engine(engine: str, frame: pd.DataFrame, folder: Path | None = None) -> Any:
    """Return a pandas frame as the table of an engine."""
    if engine == "parquet":
        assert folder is not None
        half = len(frame) // 2
        parts = {"a": frame.iloc[:half], "b": frame.iloc[half:]}
        for name, part in parts.items():
            _polars(part).write_parquet(folder / f"{name}.parquet")
        return str(folder / "*.parquet")
    return ENGINES[engine](frame)

"""A Parquet file in engines that ``nox -s engines`` installs: PySpark, SQLFrame, Ibis."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

__all__ = ["OTHER_ENGINES", "opened"]


def _spark(file: str) -> Any:
    if shutil.which("java") is None:
        pytest.skip("Java is not installed, which Spark needs")
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in (
        ("spark.ui.enabled", "false"),
        ("spark.sql.session.timeZone", "UTC"),
        ("spark.sql.shuffle.partitions", "2"),
    ):
        builder = builder.config(name, value)
    return builder.getOrCreate().read.parquet(file)


def _sqlframe(file: str) -> Any:
    return pytest.importorskip("sqlframe.duckdb").DuckDBSession().read.parquet(file)


def _ibis(file: str) -> Any:
    return pytest.importorskip("ibis").read_parquet(file)


OTHER_ENGINES: dict[str, Callable[[str], Any]] = {
    "spark": _spark,
    "sqlframe": _sqlframe,
    "ibis": _ibis,
}


def opened(engine: str, file: Path) -> Any:
    """Return a Parquet file as the table of an engine; skip the test where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the engines' own code
        return OTHER_ENGINES[engine](str(file))

"""What an engine runs, as SQL."""

from __future__ import annotations

from typing import Any

from govindex.errors import SettingError

__all__ = ["query_text"]


def query_text(frame: Any, engine: str) -> str:
    """Return the SQL of a query; for Spark, its optimised plan, since it keeps no SQL.

    Raises
    ------
    SettingError
        If the engine has no SQL.
    """
    if engine == "duckdb":
        return str(frame.to_native().sql_query())
    if engine == "sqlframe":
        return str(frame.to_native().sql(pretty=True))
    if engine == "ibis":
        import ibis

        return str(ibis.to_sql(frame.to_native()))
    if engine == "pyspark":
        return str(frame.to_native()._jdf.queryExecution().optimizedPlan().toString())
    raise SettingError(
        f"{engine} runs no SQL: it is shown for DuckDB (also of files), SQLFrame and Ibis, and the "
        "plan for PySpark"
    )

"""Ten million made-up dossiers: govindex on DuckDB against hand-written SQL, and Polars beside.

Run: ``python benchmarks/records.py [dossiers]``. Every way runs in a process, for its memory. The
file of dossiers is kept in the temporary folder.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from govindex import records
from govindex.engines import open_records
from govindex.records import Count, Distinct, Elapsed, Sum, where

UNITS, MONTHS = 3_321, 12

_MADE_UP = f"""
COPY (
    SELECT
        'commune ' || (hash(i) % {UNITS})::VARCHAR AS unit,
        hash(i + 1) % 4000000 AS person,
        DATE '2026-01-01' + (hash(i + 2) % 334)::INTEGER AS received,
        received + 15 AS due,
        CASE WHEN hash(i + 3) % 20 > 0 THEN received + (hash(i + 4) % 20)::INTEGER END AS returned,
        hash(i + 5) % 2 = 0 AS online,
        ((hash(i + 6) % 500) * 1000)::BIGINT AS fee
    FROM range({{rows}}) AS dossiers(i)
) TO '{{file}}' (FORMAT PARQUET)
"""

# What a good analyst would write.
_SQL = """
SELECT unit, year(received) * 100 + month(received) AS period,
       count(*) AS received,
       count(*) FILTER (returned IS NOT NULL) AS returned,
       count(*) FILTER (returned <= due) AS on_time,
       count(*) FILTER (returned > due) AS late,
       count(*) FILTER (online) AS online,
       count(*) FILTER (fee > 0) AS paid,
       sum(fee) AS fees,
       sum(returned - received) / count(returned) AS days
       {distinct}
FROM '{file}' GROUP BY ALL ORDER BY ALL
"""


def variables(*, distinct: bool) -> dict[str, Any]:
    """Return what is counted."""
    returned = where("returned").is_known()
    found: dict[str, Any] = {
        "received": Count(),
        "returned": Count(returned),
        "on_time": Count(where("returned") <= where("due")),
        "late": Count(where("returned") > where("due")),
        "online": Count(where("online") == True),  # noqa: E712
        "paid": Count(where("fee") > 0),
        "fees": Sum("fee"),
        "days": Elapsed("received", "returned", returned),
    }
    return {**found, "persons": Distinct("person")} if distinct else found


def counted(source: Any, *, distinct: bool) -> pd.DataFrame:
    """Count with govindex."""
    found = records.count(
        source, variables(distinct=distinct), unit="unit", period="month", date="received"
    )
    return found.frame


def by_hand(sql: str) -> pd.DataFrame:
    """Count with hand-written SQL."""
    relation = duckdb.sql(sql)
    assert relation is not None
    table: pd.DataFrame = relation.df()
    return table


def ways(file: str) -> dict[str, Callable[[], pd.DataFrame]]:
    """Return every way of counting."""
    import polars as pl

    count_persons = ", count(DISTINCT person) AS persons"
    return {
        "SQL": lambda: by_hand(_SQL.format(file=file, distinct="")),
        "DuckDB": lambda: counted(file, distinct=False),
        "Polars": lambda: counted(pl.scan_parquet(file), distinct=False),
        "SQL, persons too": lambda: by_hand(_SQL.format(file=file, distinct=count_persons)),
        "DuckDB, persons too": lambda: counted(file, distinct=True),
        "Polars, persons too": lambda: counted(pl.scan_parquet(file), distinct=True),
    }


def one(name: str, file: str) -> None:
    """Count in one way; print the time, the memory, and sums that are the same in all ways."""
    way = ways(file)[name]
    open_records(pd.DataFrame({"loads": ["what engines need"]}))
    start = time.perf_counter()
    table = way()
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sums = [int(table[column].sum()) for column in ("received", "on_time", "fees")]
    persons = f" persons {int(table['persons'].sum()):,}" if "persons" in table else ""
    print(f"{name:22}{took:>7.2f} s {peak:>7,.0f} MB  {len(table):,} cells {sums}{persons}")


def main(rows: int) -> None:
    file = Path(tempfile.gettempdir()) / f"govindex-made-up-dossiers-{rows}.parquet"
    if not file.exists():
        duckdb.sql(_MADE_UP.format(rows=rows, file=file))
    print(f"{rows:,} dossiers, {file.stat().st_size / 1e6:,.0f} MB of Parquet")
    for name in ways(str(file)):
        subprocess.run([sys.executable, __file__, "--one", name, str(file)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)

"""Ten million made-up dossiers of 3,321 communes → Decision 766 of every commune and province.

Run: ``python benchmarks/service_766.py [dossiers]``. Every way runs in a process, for its memory.
The file of dossiers is kept in the temporary folder.
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

import govindex as gi

COMMUNES, PROVINCES = 3_321, 34
FLAGS = (
    "fee",
    "paid_online",
    "synchronised",
    "electronic_result",
    "digitised",
    "reused",
    "in_personal_store",
    "population_data",
    "complaint",
)

_MADE_UP = f"""
COPY (
    SELECT
        'made-up-' || i::VARCHAR AS dossier,
        'made-up-commune-' || (hash(i) % {COMMUNES})::VARCHAR AS unit,
        'made-up-procedure-' || (hash(i + 1) % 300)::VARCHAR AS procedure,
        DATE '2025-11-01' + (hash(i + 2) % 420)::INTEGER AS received,
        received + 5 + (hash(i + 3) % 20)::INTEGER AS due,
        CASE WHEN hash(i + 4) % 20 > 0 THEN received + (hash(i + 5) % 25)::INTEGER END AS finished,
        CASE WHEN hash(i + 6) % 3 > 0 THEN 'online' ELSE 'counter' END AS channel,
        {", ".join(f"hash(i + {7 + k}) % {k + 2} > 0 AS {name}" for k, name in enumerate(FLAGS))}
    FROM range({{rows}}) AS dossiers(i)
) TO '{{file}}' (FORMAT PARQUET)
"""

# What a good analyst would write for the counts of communes, without checks and provinces.
_RECEIVED = "received BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'"
_HANDLED = "received <= DATE '2026-12-31' AND (finished IS NULL OR finished >= DATE '2026-01-01')"
_NOT_LATE = "(due IS NULL OR due >= DATE '2026-12-31' OR due >= finished)"
_SQL = f"""
SELECT unit,
       count(*) FILTER ({_RECEIVED} AND synchronised), count(*) FILTER ({_RECEIVED}),
       count(*) FILTER (received BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'),
       count(*) FILTER ({_HANDLED} AND {_NOT_LATE}), count(*) FILTER ({_HANDLED}),
       avg(finished - received)
           FILTER (finished BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'),
       count(DISTINCT procedure) FILTER ({_RECEIVED} AND channel = 'online'),
       count(*) FILTER ({_RECEIVED} AND channel = 'online'),
       count(DISTINCT procedure) FILTER ({_RECEIVED} AND fee AND paid_online),
       count(*) FILTER ({_RECEIVED} AND fee AND paid_online),
       count(*) FILTER ({_RECEIVED} AND fee),
       count(*) FILTER ({_HANDLED} AND electronic_result),
       count(*) FILTER ({_HANDLED} AND digitised), count(*) FILTER ({_HANDLED} AND reused),
       count(*) FILTER ({_HANDLED} AND in_personal_store),
       count(*) FILTER ({_HANDLED} AND population_data),
       count(*) FILTER ({_HANDLED} AND {_NOT_LATE} AND NOT complaint)
FROM '{{file}}' GROUP BY unit ORDER BY unit
"""


def units() -> list[gi.Unit]:
    """Return the communes and their provinces."""
    provinces = [gi.Unit(f"made-up-province-{k}", league="provinces") for k in range(PROVINCES)]
    return provinces + [
        gi.Unit(
            f"made-up-commune-{k}", league="communes", parent=f"made-up-province-{k % PROVINCES}"
        )
        for k in range(COMMUNES)
    ]


def counted(source: Any) -> pd.DataFrame:
    """Count with govindex, and score what dossiers alone allow."""
    counts = gi.services.service_766(source, period="2026", units=units())
    result = counts.method.without([*dict.fromkeys(counts.lacking["indicator"])]).compute(
        counts.observations()
    )
    assert result.score.notna().all()
    return counts.frame


def by_hand(file: str) -> pd.DataFrame:
    """Count with hand-written SQL."""
    relation = duckdb.sql(_SQL.format(file=file))
    assert relation is not None
    table: pd.DataFrame = relation.df()
    return table


def ways(file: str) -> dict[str, Callable[[], pd.DataFrame]]:
    """Return every way of counting."""
    import polars as pl

    return {
        "hand-written SQL, communes only": lambda: by_hand(file),
        "govindex, DuckDB, scored": lambda: counted(file),
        "govindex, Polars lazy, scored": lambda: counted(pl.scan_parquet(file)),
    }


def main() -> None:
    """Make the file, then run every way in a process of its own."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    file = Path(tempfile.gettempdir()) / f"made-up-dossiers-766-{rows}.parquet"
    if not file.exists():
        duckdb.sql(_MADE_UP.format(rows=rows, file=file))
    if len(sys.argv) > 2:
        start, before = time.perf_counter(), time.process_time()
        frame = ways(str(file))[sys.argv[2]]()
        seconds, processor = time.perf_counter() - start, time.process_time() - before
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spent = f"{seconds:.1f} s ({processor:.1f} s of processors), {memory:.0f} MiB"
        print(f"{sys.argv[2]}: {spent}, {len(frame):,} units")
        return
    print(f"{rows:,} dossiers, {file.stat().st_size / 2**20:.0f} MiB of Parquet")
    for name in ways(str(file)):
        subprocess.run([sys.executable, __file__, str(rows), name], check=True)


if __name__ == "__main__":
    main()

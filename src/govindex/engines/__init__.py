"""Tables of records in the engine that holds them: grouped inside, only the groups come back.

pandas, Polars (eager and lazy), pyarrow, DuckDB relations, Parquet and CSV files, Dask, PySpark,
SQLFrame and Ibis; expressions are those of narwhals.
"""

from govindex.engines.distinct_values import grouped_distinct
from govindex.engines.first_rows import first_rows
from govindex.engines.sums import grouped_sums, sums_text
from govindex.engines.tables import Records, RecordTable, open_records

__all__ = [
    "RecordTable",
    "Records",
    "first_rows",
    "grouped_distinct",
    "grouped_sums",
    "open_records",
    "sums_text",
]

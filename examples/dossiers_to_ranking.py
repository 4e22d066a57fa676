"""From dossiers to the ranking of Decision 766: made-up records, counted in DuckDB.

The records lie in Parquet files; only counts by unit come back. All names and figures are made up.
"""

from pathlib import Path
from tempfile import mkdtemp

import govindex as gi

FOLDER = Path(mkdtemp())

made = gi.services.made_up_766(20_000, provinces=2, communes=4, period="2026", rng=766)
files = {}
for name, table in made.tables.items():
    files[name] = str(FOLDER / f"made-up-{name}.parquet")
    gi.write_table(table, files[name])

counts = gi.services.service_766(files, period="2026", until="2026-12-31", units=made.units)
result = counts.method.compute(counts.observations())

print(gi.show(counts, language="en"))
print(result.table(language="en")[["rank", "name", "league", "score"]].to_string())
gi.workbooks.write_result(
    result, FOLDER / "made-up-ranking.xlsx", method=counts.method, language="vi"
)
print(f"Counts, assumptions and ranking: {FOLDER / 'made-up-ranking.xlsx'}")

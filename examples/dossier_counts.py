"""Made-up dossiers in Parquet files, counted by quarter and ranked by the share on time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import govindex as gi
from govindex import records
from govindex.records import Column, Count, Elapsed, where


def main() -> None:
    columns = records.Columns(
        [
            Column("unit", role="unit"),
            Column("received", "date", role="date"),
            Column("due", "date"),
            Column("returned", "date", null=True),
        ],
        rules={
            "due before it was received": where("due") < where("received"),
            "returned before it was received": where("returned") < where("received"),
        },
    )
    with tempfile.TemporaryDirectory() as folder:
        for number in (1, 2):
            made_up = records.made_up_records(columns, 3_000, rng=number, units=5)
            gi.write_table(made_up, Path(folder) / f"made-up-dossiers-{number}.parquet")
        counts = records.count(
            f"{folder}/*.parquet",
            {
                "on_time": Count(where("returned") <= where("due")),
                "returned": Count(where("returned").is_known()),
                "days": Elapsed("received", "returned", where("returned").is_known()),
            },
            columns=columns,
            period="quarter",
        )
    print(counts)
    share = gi.measures.Ratio("on_time", "returned")
    framework = gi.Framework(
        "service",
        [
            gi.Indicator("share", measure=share, rule=gi.rules.Proportional(target=1), weight=2),
            gi.Indicator("days", direction="lower", rule=gi.rules.MinMax()),
        ],
    )
    method = gi.Methodology("example.dossiers", version="1", framework=framework)
    result = method.compute(counts.observations(period="2026-Q4"))
    print(result.table().round(2).to_string())


if __name__ == "__main__":
    main()

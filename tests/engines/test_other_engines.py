"""PySpark, SQLFrame and Ibis count what pandas counts; ``nox -s engines`` runs this."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from govindex.records import (
    STATE_DAY,
    AtDates,
    Count,
    Distinct,
    Elapsed,
    Sum,
    count,
    where,
)
from tests.engines.other_engines import OTHER_ENGINES, opened
from tests.engines.tables import in_engine
from tests.records.dossiers import Dossier, frame_of

pytestmark = pytest.mark.skipif(
    os.environ.get("GOVINDEX_PROFILE", "quick") == "quick", reason="nox -s engines runs it"
)


MADE_UP = [
    Dossier(unit, person, date(2026, month, 27), due, returned, status, fee)
    for month in (1, 2, 3)
    for unit, person, due, returned, status, fee in (
        ("A", "x", date(2026, 3, 2), date(2026, 3, 9), "done", 1.5),
        ("A", "y", date(2026, 4, 8), None, "open", None),
        ("B", "x", None, date(2026, 4, 6), None, 1024.125),
        ("B", None, date(2026, 4, 3), date(2026, 4, 3), "done", 0.0),
    )
]


@pytest.mark.parametrize("engine", OTHER_ENGINES)
def test_other_engines_count_what_pandas_counts(engine: str, tmp_path: Path) -> None:
    frame = frame_of(MADE_UP)
    file = tmp_path / "dossiers.parquet"
    in_engine("polars", frame).write_parquet(file)
    late = (where("returned") > where("due")) | (where("status") != "done")
    variables = {
        "n": Count(),
        "late": Count(~late),
        "persons": Distinct("person", where("person").is_known()),
        "fees": Sum("fee", where("fee").is_known()),
        "days": Elapsed(
            "received", "due", where("due").is_known(), unit="working_days", reversed="keep"
        ),
    }
    overdue = {"overdue": Count(where("due") < STATE_DAY), "persons": variables["persons"]}
    table = opened(engine, file)
    settings: list[dict[str, Any]] = [
        {"variables": variables, "period": "year to date", "date": "received"},
        {"variables": variables, "parents": {"A": "P", "B": "P"}},
        {
            "variables": overdue,
            "period": AtDates(["2026-03-05", "2026-04-05"], "received", "returned"),
        },
    ]
    for each in settings:
        found, expected = (count(t, unit="unit", **each) for t in (table, frame))
        assert found.frame.equals(expected.frame)
        assert found.sql()

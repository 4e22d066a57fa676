"""Records of units become observations, or an error that names the row."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import govindex as gi

RECORDS: list[dict[str, Any]] = [
    {"unit": "A", "league": "north", "days": 3, "answer": "yes"},
    {"unit": "B", "league": "south", "days": 2.5, "answer": None},
    {"unit": "C", "league": "south", "answer": "no"},
]


def test_records_are_the_rows_of_a_frame() -> None:
    data = gi.Observations.from_records(RECORDS, unit="unit", league="league")

    assert data == gi.Observations.from_frame(pd.DataFrame(RECORDS), unit="unit", league="league")
    assert data.value("A", "days") == 3.0
    assert data.cell("C", "days").name == "MISSING"
    assert data.units[1].league == "south"


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([], "there are no records"),
        ("A", "records are a list of mappings"),
        ({"unit": "A"}, "records are a list of mappings"),
        ([{"unit": "A"}, 5], "row 2: a record is a mapping of names to values, not 5"),
        ([{"unit": "A", "x": [1]}], r"row 1, variable 'x': a value is a number,.* not \[1\]"),
        ([{"unit": "A", 5: 1}], "the name of a value is a text, not 5"),
        ([{"unit": "A", "x": 10**400}], "cannot be|more digits|too large|number"),
        ([{"unit": "A", "x": 1}, {"unit": "A", "x": 2}], "'A'"),
    ],
)
def test_records_that_are_none_are_refused(records: Any, message: str) -> None:
    with pytest.raises(gi.DataError, match=message):
        gi.Observations.from_records(records, unit="unit")

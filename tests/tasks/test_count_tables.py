"""Published counts add up, or the rows that do not are found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.tasks import check_counts
from tests.sampling import few
from tests.tasks.registers import DAYS, registers

PARTS = ("done", "in_term", "overdue")
COUNT = st.integers(0, 10_000)


@settings(max_examples=few(60))
@given(register=registers(), day=DAYS)
def test_the_counts_of_a_register_add_up(register: gi.tasks.TaskRegister, day: Any) -> None:
    counts = register.at(day).counts().reset_index()
    checked = check_counts(counts, label="agency")
    assert set(checked["result"]) == {"adds up"}
    assert set(checked["whole"]) == {"total", "done"}


@given(rows=st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=8), data=st.data())
def test_exactly_the_rows_that_were_changed_are_found(
    rows: list[tuple[int, ...]], data: st.DataObject
) -> None:
    table = pd.DataFrame(rows, columns=PARTS)
    table["total"] = table.sum(axis=1)
    shifts = data.draw(st.lists(st.integers(-5, 5), min_size=len(rows), max_size=len(rows)))
    changed = table.assign(total=(table["total"] + shifts).clip(lower=0))
    checked = check_counts(changed)
    assert checked["difference"].tolist() == (changed["total"] - table["total"]).tolist()
    assert (checked["result"] == "differs").tolist() == (checked["difference"] != 0).tolist()


def test_a_blank_count_is_unknown_unless_the_others_exceed_the_whole() -> None:
    table = pd.DataFrame(
        {
            "total": [10, 10, None],
            "done": [4, 9, 4],
            "in_term": [None, None, 6],
            "overdue": [1, 2, 0],
        }
    )
    checked = check_counts(table)
    assert checked["result"].tolist() == ["unknown", "differs", "unknown"]
    assert checked["difference"].iloc[:2].tolist() == [5.0, -1.0]
    assert np.isnan(checked["difference"].iloc[2])


def test_other_identities_and_notations_are_declared() -> None:
    table = [{"all": "2.247", "province": "1.857", "commune": "390"}]
    checked = check_counts(
        table,
        identities={"all": ["province", "commune"]},
        notation=gi.Notation(numbers="vi"),
    )
    assert checked[["stated", "parts", "result"]].to_numpy().tolist() == [
        [2247.0, 2247.0, "adds up"]
    ]


@pytest.mark.parametrize(
    ("table", "settings", "message"),
    [
        ([{"total": 3, "done": 3}], {}, "there is nothing to check"),
        ([{"total": 3, "done": -1, "overdue": 4}], {}, "the count -1 is negative"),
        ([{"total": 3, "done": "many", "overdue": 4}], {}, "column holds texts, not counts"),
        ([{"total": 3}], {"identities": {"total": ["a", "b"]}}, "there is no column 'a'"),
        ([{"total": 3}], {"identities": {"total": ["a"]}}, "needs at least two parts"),
        ([{"total": 3}], {"regular": "both"}, "regular is 'apart' or 'done'"),
        ([{"total": 3, "done": 1, "overdue": 2}], {"label": "what"}, "there is no column 'what'"),
    ],
)
def test_tables_that_cannot_be_checked_are_refused(
    table: Any, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(gi.GovIndexError, match=message):
        check_counts(table, **settings)

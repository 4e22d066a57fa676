"""Figures on tasks and targets as Vietnamese offices published them.

Sources stand beside the data: `d06_task_counts.csv`, and the conference reports of Nghệ An
(19 January 2024) and Lai Châu (third quarter of 2025).
"""

from __future__ import annotations

import pandas as pd
import pytest

from govindex.tasks import Target, Targets, check_counts
from tests.reference import reference
from tests.tasks.registers import counted

COUNTS = ["total", "done", "done_on_time", "done_late", "in_term", "overdue"]


def published() -> pd.DataFrame:
    """Return the published tables of tasks; of cells with a remark the printed number."""
    table = pd.read_csv(reference("../vietnam/d06_task_counts.csv"), dtype=str)
    tables = table[table["scope"].str.contains("task")].reset_index(drop=True)
    tables[COUNTS] = tables[COUNTS].apply(lambda column: column.str.extract(r"^(\d+)")[0])
    return tables.assign(label=tables["scope"] + " " + tables["date"])


def test_the_one_table_that_does_not_add_up_is_found() -> None:
    checked = check_counts(published(), label="label")
    wrong = checked[checked["result"] == "differs"]
    assert wrong[["label", "whole", "stated", "parts", "difference"]].to_numpy().tolist() == [
        ["PM tasks 2025 2025-10-20", "total", 9831.0, 9813.0, 18.0]
    ]
    sound = checked[checked["result"] == "adds up"]
    assert {*sound["label"]} == {
        "PM tasks to ministries/provinces 2017-01-01..2017-12-25",
        "PM tasks 2025 2025-10-24",
        "Quảng Nam UBND tasks 2020-01-01..07-06",
    }
    assert sound[sound["whole"] == "done"]["stated"].tolist() == [16051.0]


@pytest.mark.parametrize(
    ("counts", "share", "printed"),
    [
        ((8150, 1620, 61), "done_of_total", "82.90"),
        ((8150, 1620, 61), "overdue_of_total", "0.62"),
        ((16051, 5640, 223), "done_of_due", "98.63"),  # printed 98.62: cut off, not rounded
        ((2501, 0, 222), "done_of_due", "91.85"),
    ],
)
def test_both_denominators_reproduce_published_shares(
    counts: tuple[int, int, int], share: str, printed: str
) -> None:
    done, in_term, overdue = counts
    register = counted(done=done, in_term=in_term, overdue=overdue)
    assert f"{100 * register.at('2025-07-01').counts(())[share].item():.2f}" == printed


def test_nghe_an_counts_regular_tasks_as_done() -> None:
    whole = counted(done=9, regular=14, in_term=2).at("2025-07-01", regular="done").counts(())
    assert whole[["counted_done", "counted", "regular", "in_term"]].iloc[0].tolist() == [
        23, 25, 14, 2,
    ]  # fmt: skip
    table = [{"total": 25, "done": 23, "done_on_time": 9, "regular": 14, "in_term": 2}]
    assert {*check_counts(table, regular="done")["result"]} == {"adds up"}
    assert {*check_counts(table)["result"]} == {"differs"}


def test_lai_chau_has_done_85_of_145_tasks() -> None:
    whole = counted(done=85, in_term=60).at("2025-09-30").counts(()).iloc[0]
    assert (whole["done"], whole["counted"]) == (85, 145)


def test_lai_chaus_parts_and_totals_agree() -> None:
    procedures = [{"procedures": 2247, "provincial": 1857, "commune": 390}]
    services = [{"services": 325, "full": 86, "partial": 239}]
    for table, whole in ((procedures, "procedures"), (services, "services")):
        parts = [name for name in table[0] if name != whole]
        checked = check_counts(table, identities={whole: parts})
        assert checked[["difference", "result"]].to_numpy().tolist() == [[0.0, "adds up"]]


def test_nghe_an_exceeds_its_target_by_5_03_points() -> None:
    online = Target("online", "Nghệ An", 40, 45.03, measure_unit="%")
    assert (online.gap, online.met) == (5.03, True)


def test_a_quantity_may_exceed_its_target_by_far() -> None:
    table = pd.read_csv(reference("../vietnam/d06_task_counts.csv"), dtype=str)
    row = table[table["scope"].str.contains("quantity target")].iloc[0]
    accounts = Target("accounts", "Ninh Thuận", float(row["total"]), float(row["done"]))
    activated = Target("activated", "Ninh Thuận", float(row["total"]), 322042)
    shown = Targets([accounts, activated]).table()["ratio"] * 100
    assert shown.round(2).tolist() == [136.61, 100.86]

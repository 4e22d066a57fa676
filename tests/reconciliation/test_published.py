"""Published tables: what is known to be wrong in them is found, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

import govindex as gi
from tests.reconciliation.tables import world

VIETNAM = Path(__file__).parents[3] / "shared" / "vietnam"


def published(name: str, **where: str) -> list[dict[str, str]]:
    path = VIETNAM / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[key] == value for key, value in where.items())]


def e_government(year: str) -> gi.Reconciliation:
    path = VIETNAM.parent / "data" / "published" / "egdi" / "egdi_2010_2018.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == year]
    columns = gi.PublishedColumns(
        unit="country", means={"egdi": ["osi", "hci", "tii"]}, ranks={"egdi_rank": "egdi"}
    )
    return gi.reconcile(rows, columns)


def codes(found: gi.Reconciliation, check: int = 0) -> list[Any]:
    frame = found.findings
    return frame[frame["check"] == found.checks[check].name][["code", "row"]].values.tolist()


def test_the_groups_of_son_la_do_not_give_its_printed_total() -> None:
    groups = ["cong_khai_18", "tien_do_20", "dvctt_plus_thanh_toan_22", "so_hoa_22", "hai_long_18"]
    rows = published("d766_results", unit="Sơn La")
    columns = gi.PublishedColumns(sums={"total": groups}, decimals=dict.fromkeys(groups, 2))
    found = gi.reconcile(rows, columns)
    row = found.rows.iloc[0]
    assert (row["stated"], row["computed"], row["difference"]) == (86.94, 83.63, 3.31)
    assert (row["bound"], row["kind"]) == (0.03, "contradiction")


def test_a_table_of_tasks_has_two_digits_that_changed_places() -> None:
    rows = [
        {"date": "2025-10-24", "total": 9831, "done": 8150, "in_term": 1620, "overdue": 61},
        {"date": "2025-10-20", "total": 9831, "done": 7892, "in_term": 1602, "overdue": 319},
    ]
    found = gi.reconcile(rows, gi.PublishedColumns(sums={"total": ["done", "in_term", "overdue"]}))
    findings = found.findings
    assert found.rows["kind"].tolist() == ["agrees", "contradiction"]
    assert found.rows["difference"].tolist() == [0.0, 18.0]
    meant = findings[(findings["code"] == "transposed") & (findings["column"] == "in_term")]
    assert meant[["stated", "instead"]].values.tolist() == [[1602.0, 1620.0]]


def test_a_share_that_was_cut_off_is_explained_by_that_rule() -> None:
    rows = [{"date": "2025-10-24", "total": 9831, "in_term": 1620, "percent": 16.47}]
    columns = gi.PublishedColumns(percents={"percent": ("in_term", "total")})
    row = gi.reconcile(rows, columns).rows.iloc[0]
    assert (row["kind"], row["rule"]) == ("other rule", "from the printed parts, cut off")


def test_the_ministries_of_2023_are_within_printing_error() -> None:
    columns = gi.PublishedColumns(
        sums={"total_points": ["appraised_points", "survey_points"]},
        percents={"index_pct": ("total_points", 100)},
        ranks={"rank": "index_pct"},
    )
    found = gi.reconcile(published("par_results_ministries_2023"), columns)
    assert found.findings.empty
    assert found.summary["printing_error"].tolist() == [9, 0, 0]
    assert found.summary["rule"][0] == "from the unrounded parts, half up"
    assert found.rules.query("is_best and base == 'printed'")["check"].nunique() == 2


def test_two_swapped_cells_of_a_made_up_world_table_are_found() -> None:
    found = gi.reconcile(world(), gi.PublishedColumns(sums={"total": ["a", "b"]}))
    assert codes(found) == [["contradiction", 2], ["contradiction", 4], ["swapped", 2]]
    swapped = found.findings.iloc[2]
    assert (swapped["column"], swapped["stated"], swapped["instead"]) == ("b", 27.83, 30.15)
    assert "27.83 in b of Made-up South, and 30.15 in b of Made-up West" in swapped["text"]


def test_a_methodology_recomputes_a_published_dataset_by_its_own_rule() -> None:
    method = gi.methodology("vn.service-766").cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    result = method.compute(data)
    total = result.codes[0]
    table = result.table().reset_index()[["unit", "rank", "score"]]
    columns = gi.PublishedColumns(nodes={"score": total}, ranks={"rank": "score"})
    found = gi.reconcile(table, columns, method=method, data=data)
    assert found.findings.empty
    assert found.summary["explains_all"].all()
    assert found.rules.query("base == 'declared'")["is_best"].tolist() == [True]
    table["score"] = table["score"] + np.where(table.index == 3, 0.5, 0.0)
    assert codes(gi.reconcile(table, columns, method=method, data=data))[0] == ["contradiction", 4]


def test_editions_of_a_world_index_are_the_mean_of_their_unrounded_parts() -> None:
    for year in ("2014", "2016", "2018"):
        found = e_government(year)
        assert found.findings.empty
        assert found.summary["explains_all"].all()
        full = found.rules.query("base == 'full' and mode == 'half-up'")
        assert full["is_best"].all()


def test_an_edition_with_zeros_for_absent_parts_and_one_of_other_weights_are_found() -> None:
    zeros = e_government("2012").findings
    assert zeros["unit"].tolist() == ["Central African Republic", "Guinea", "Libya"]
    earlier = e_government("2010")
    assert earlier.summary["contradiction"].tolist() == [181, 0]
    assert "perhaps its parts, or their weights, are others" in str(earlier)


def test_two_departments_that_print_the_same_are_ranked_by_what_is_not_printed() -> None:
    columns = gi.PublishedColumns(ranks={"rank": "index_pct"})
    found = gi.reconcile(published("par_results_thanhhoa_departments_2024"), columns)
    assert found.findings.empty
    rules = found.rules.query("base == 'full'")
    assert rules["is_best"].all()
    competition = found.rules.query("base == 'printed' and ties == 'competition'")
    assert not competition["is_best"].any()


def test_the_rounding_of_an_index_is_discovered() -> None:
    declared = gi.methodology("vn.service-766").cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    columns = gi.PublishedColumns(nodes={"score": declared.framework.code})
    cut_off = gi.Levels(leaf=gi.Rounding(1, "truncate"), total=gi.Rounding(0, "truncate"))
    table = (
        attrs.evolve(declared, rounding=cut_off)
        .compute(data)
        .table()
        .reset_index()[["unit", "score"]]
    )
    rules = gi.reconcile(table, columns, method=declared, data=data).rules.query("is_best")
    made_it = rules.query("tiers == 'leaf, total' and decimals == 1 and mode == 'truncate'")
    assert made_it["explained"].tolist() == [34]
    assert not rules["base"].isin(["declared"]).any()

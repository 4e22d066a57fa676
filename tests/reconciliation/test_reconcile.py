"""What is read and refused, and what people read of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import govindex as gi
from govindex.cli import main
from tests.reconciliation.tables import world

ROWS = [
    {"unit": "A", "x": "41,20", "y": "20,13", "total": "61,33", "rank": "=1"},
    {"unit": "B", "x": "41,20", "y": "20,13", "total": "61,33", "rank": "=1"},
    {"unit": "C", "x": "30,00", "y": None, "total": "50,00", "rank": 3},
]
COLUMNS = gi.PublishedColumns(sums={"total": ["x", "y"]}, ranks={"rank": "total"})


def test_numbers_are_read_as_they_are_written_and_blanks_stay_unknown() -> None:
    found = gi.reconcile(ROWS, COLUMNS, notation=gi.Notation(numbers="vi"))  # type: ignore[arg-type]
    assert found.rows["kind"].tolist() == ["agrees", "agrees", "unknown", *["agrees"] * 3]
    assert found.rows["bound"][0] == 0.015
    assert repr(found) == "<Reconciliation of 3 rows in 2 checks: 0 contradictions>"


@pytest.mark.parametrize(
    ("rows", "columns", "error"),
    [
        (ROWS, gi.PublishedColumns(), "there is nothing to check: say what the columns are"),
        (ROWS, gi.PublishedColumns(sums={"total": ["x", "z"]}), "there is no column 'z': Known"),
        (ROWS, COLUMNS, "unit 'A', variable 'total'|61,33"),
        ([{"unit": "A", "s": 1.25, "r": 1}], gi.PublishedColumns(
            ranks={"r": "s"}, decimals={"s": 1}), "1.25 has more than 1 decimals"),
        ([{"unit": "A", "a": 1.5, "b": 2, "t": 3}], gi.PublishedColumns(
            sums={"t": ["a", "b"]}, counts=["a"]), "1.5 is no whole number"),
        ([], COLUMNS, "the table has no rows|it has no columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_is_refused_by_name(rows: Any, columns: Any, error: str) -> None:
    with pytest.raises(gi.GovIndexError, match=error):
        gi.reconcile(rows, columns)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"sums": {"t": ["a"]}}, "'t' needs at least two parts"),
        ({"sums": {"t": ["a", "t"]}}, "not itself"),
        ({"means": {"t": {"a": 1, "b": -1}}}, "the weights of 't' are above 0"),
        ({"percents": {"p": ("a", 0)}}, "the maximum a number above 0 or a column"),
        (
            {"classes": {"c": ("a", gi.Bands([("A", 75), ("B", None)], by="quantile"))}},
            "by='points'",
        ),
        ({"sums": {"t": ["a", "b"]}, "means": {"t": ["a", "b"]}}, "in sums and in means"),
        ({"decimals": {"t": 1.5}}, "whole number of decimals"),
    ],
)
def test_impossible_columns_are_refused(settings: Any, error: str) -> None:
    with pytest.raises(gi.SettingError, match=error):
        gi.PublishedColumns(**settings)


def test_a_method_without_data_says_which_variables_it_needs() -> None:
    method = gi.methodology("vn.service-766")
    with pytest.raises(gi.DataError, match="has none of the variables that the methodology scores"):
        gi.reconcile(world(), method=method)


def test_columns_called_like_nodes_are_computed_again() -> None:
    leaves = [gi.Indicator(code, weight=50, rule=gi.rules.Points()) for code in ("a", "b")]
    framework = gi.Framework("total", leaves, aggregate=gi.aggregate.Sum())
    method = gi.Methodology("example.world", "1", framework)
    found = gi.reconcile(world(), method=method)
    assert [check.name for check in found.checks] == ["total = a + b"]
    assert found.findings["code"].tolist() == ["contradiction", "contradiction", "swapped"]


def test_print_of_the_data_widens_the_bounds_of_a_mean() -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Goalposts(worst=0, best=100)) for code in ("a", "b")]
    framework = gi.Framework("index", leaves)
    method = gi.Methodology("example.mean", "1", framework, scale=100)
    rows = [{"unit": "A", "a": 10.1, "b": 20.2, "index": 15.24}]
    row = gi.reconcile(rows, method=method).rows.iloc[0]
    assert (round(row["computed"], 9), round(row["bound"], 9)) == (15.15, 0.055)
    assert row["kind"] == "contradiction"


def test_ranks_of_the_best_few_are_checked_by_their_order() -> None:
    rows = [{"unit": u, "s": s, "r": r} for u, s, r in (("A", 9, 1), ("B", 8, 2), ("Z", 2, 63))]
    whole = gi.PublishedColumns(ranks={"r": "s"})
    some = gi.PublishedColumns(ranks={"r": "s"}, partial=True)
    assert gi.reconcile(rows, whole).findings["row"].tolist() == [3]
    assert gi.reconcile(rows, some).findings.empty
    rows[1]["r"] = 70
    assert gi.reconcile(rows, some).findings["code"].tolist() == ["contradiction"]


def test_one_wrong_score_that_moves_many_ranks_is_named() -> None:
    rows = [{"unit": f"U{i}", "s": 90 - i, "r": i + 1} for i in range(12)]
    rows[2]["s"] = 79.5
    found = gi.reconcile(rows, gi.PublishedColumns(ranks={"r": "s"}))
    named = found.findings[found.findings["code"] == "out_of_order"]
    assert named["unit"].tolist() == ["U2"]
    assert (found.findings["code"] == "contradiction").sum() > 5


GROUPS = (("A", 9), ("B", 7))


def test_ranks_inside_leagues_start_again() -> None:
    rows = [
        {"unit": f"{g}{i}", "g": g, "s": s - i, "r": i + 1} for g, s in GROUPS for i in (0, 1, 2)
    ]
    assert gi.reconcile(rows, gi.PublishedColumns(league="g", ranks={"r": "s"})).findings.empty
    assert not gi.reconcile(rows, gi.PublishedColumns(ranks={"r": "s"})).findings.empty


def test_a_reconciliation_is_shown_in_vietnamese() -> None:
    found = gi.reconcile(world(), gi.PublishedColumns(sums={"total": ["a", "b"]}))
    text = repr(gi.show(found, language="vi"))
    assert text.startswith("Đối chiếu bảng công bố gồm 5 dòng: 2 mâu thuẫn")
    assert "Có thể đổi chỗ: 27,83 ở b của Made-up South" in text.replace("\n", " ").replace(
        "  ", ""
    )
    assert "<td" in gi.show(found).html() or "<d" in gi.show(found).html()


def test_problems_carry_unit_column_and_row() -> None:
    found = gi.reconcile(world(), gi.PublishedColumns(sums={"total": ["a", "b"]}))
    assert [(p.code, p.unit, p.variable, p.row) for p in found.problems] == [
        ("reconciliation.sum", "Made-up South", "total", 2),
        ("reconciliation.sum", "Made-up West", "total", 4),
    ]


def test_the_shell_reconciles_a_file(tmp_path: Path, capsys: Any) -> None:
    file, out = tmp_path / "world.csv", tmp_path / "found.csv"
    pd.DataFrame(world()).to_csv(file, index=False)
    assert main(["reconcile", str(file), "--sum", "total=a+b", "--out", str(out)]) == 0
    assert "contradictions: 2" in capsys.readouterr().out
    assert gi.read_table(out)["code"].tolist() == ["contradiction", "contradiction", "swapped"]
    assert main(["reconcile", str(file), "--sum", "total=a+q"]) == 1
    assert "no column 'q'" in capsys.readouterr().err
    assert main(["reconcile", str(file)]) == 1
    assert "--sum" in capsys.readouterr().err

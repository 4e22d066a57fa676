"""How certain scores and ranks are, in the workbook of a result."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

import govindex as gi
from tests.test_rank_groups import METHOD, sampled

VALUES = [50.0, 79.5, 80.0, 30.0]


def test_a_sample_gives_groups_intervals_and_a_sheet(tmp_path: Path) -> None:
    sample, file = sampled(VALUES), tmp_path / "result.xlsx"
    gi.workbooks.write_result(sample.nominal, file, method=METHOD, robustness=sample)
    book = openpyxl.load_workbook(file)
    ranking = list(book["Ranking"].iter_rows(values_only=True))
    top = next(i for i, row in enumerate(ranking) if row[0] == "Rank")
    assert ranking[top][:3] == ("Rank", "Rank group", "Unit")
    assert [row[1] for row in ranking[top + 1 : top + 5]] == ["1–2", "1–2", "3", "4"]
    announced = " ".join(str(cell.value) for row in book["Announcement"] for cell in row)
    assert "Not statistically different: U2 and U1 (ranks 1–2)." in announced
    rows = list(book["Certainty"].iter_rows(values_only=True))
    top = next(i for i, row in enumerate(rows) if row[0] == "Rank")
    header, first = rows[top], rows[top + 1]
    found = dict(zip(header, first, strict=True))
    scores, ranks = sample.score_intervals().loc["U2"], sample.intervals().loc["U2"]
    assert found["Score, low"] == pytest.approx(scores["low"])
    assert found["Score, high"] == pytest.approx(scores["high"])
    assert (found["Rank, best"], found["Rank, worst"]) == (ranks["low"], ranks["high"])
    notes = " ".join(str(cell) for row in rows[:top] for cell in row if cell)
    assert "3,000 draws" in notes
    assert "Holm" in notes


def test_too_few_draws_for_groups_are_said(tmp_path: Path) -> None:
    sample, file = sampled(VALUES, draws=60), tmp_path / "result.xlsx"
    gi.workbooks.write_result(sample.nominal, file, robustness=sample, language="vi")
    book = openpyxl.load_workbook(file)
    said = " ".join(str(cell.value) for row in book["Độ tin cậy"] for cell in row)
    assert "60 lần mô phỏng là quá ít" in said
    assert "Nhóm hạng" not in said


def test_a_sample_of_another_result_is_refused(tmp_path: Path) -> None:
    one, other = sampled(VALUES), sampled(VALUES[::-1])
    with pytest.raises(gi.DataError, match="robustness= is a sample of other data"):
        gi.workbooks.write_result(one.nominal, tmp_path / "x.xlsx", robustness=other)

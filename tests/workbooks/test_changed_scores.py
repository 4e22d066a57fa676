"""Whatever one cell of a workbook is changed to, no other score changes in silence."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import govindex as gi
from govindex.errors import DataError
from govindex.workbooks import read_scores
from tests.sampling import few
from tests.workbooks.score_workbooks import (
    MAXIMA,
    NAMES,
    RUBRIC,
    STAGES,
    UNITS,
    Points,
    criteria_by_units,
    row_per_unit,
    sheets_of_units,
    usual_points,
)

SHAPES: dict[str, Callable[[Points], Workbook]] = {
    "sheets": sheets_of_units,
    "columns": criteria_by_units,
    "rows": row_per_unit,
}
LIKELY = st.sampled_from(
    [
        *(None, "", " ", "KAD", "-", "x", "0", "1", "1,5", "1.000", "100%", "=1+1", "#N/A"),
        *(0.0, 0.5, 1.0, 2.0, 2.1, 2.1000001, -1.0, 1e9, True, datetime.date(2025, 10, 2)),
        *(*UNITS, *STAGES, *NAMES, *NAMES.values(), "Điểm tối đa", "Ghi chú", "STT", "Tổng cộng"),
    ]
)
VALUES = (
    LIKELY
    | st.integers(0, 500).map(lambda n: n / 100)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
)


def read(file: Path) -> tuple[dict[tuple[str, str, str], Any], set[str]]:
    """Return value and status of every cell, and the cells of what was left out."""
    scores = read_scores(
        file,
        RUBRIC,
        stages=STAGES,
        units=UNITS,
        not_applicable=["KAD"],
        accept=["total.contradiction"],  # nothing else is to depend on the totals
    )
    data, left_out = scores.observations, scores.notes[scores.notes["kind"] == "left out"]
    cells = {
        (unit, variable, stage): (layer.value(unit, variable), layer.cell(unit, variable).name)
        for stage in STAGES
        for layer in [data.at_stage(stage)]
        for unit in UNITS
        for variable in MAXIMA
    }
    return cells, set(left_out["cell"])


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=few(120), deadline=None)
@given(row=st.integers(1, 13), column=st.integers(1, 10), sheet=st.integers(0, 2), value=VALUES)
def test_a_changed_cell_is_an_error_or_changes_its_own_score_only(
    shape: str, row: int, column: int, sheet: int, value: Any
) -> None:
    points = usual_points()
    written = {key: (number, "REPORTED") for key, number in points.cells.items()}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scores.xlsx"
        SHAPES[shape](points).save(file)
        book = openpyxl.load_workbook(file)
        page = book.worksheets[sheet % len(book.worksheets)]
        cell = page.cell(row, column)
        if isinstance(cell, openpyxl.cell.cell.MergedCell):
            return
        before = cell.value
        try:
            cell.value = value
        except (ValueError, openpyxl.utils.exceptions.IllegalCharacterError):
            return
        book.save(file)
        try:
            after, left_out = read(file)
        except DataError:
            return
    changed = {key for key in written if after[key] != written[key]}
    if f"{page.title}!{cell.coordinate}" in left_out:
        return  # "Tổng cộng" for the name of a unit
    assert len(changed) <= 1
    for key in changed:
        assert before == points.cells[key]
        assert after[key] == _meant(value)


def _meant(value: Any) -> tuple[Any, str]:
    """Return what a valid entry means."""
    if value is None or not str(value).strip():
        return None, "MISSING"
    if value == "KAD":
        return None, "NOT_APPLICABLE"
    number = value if isinstance(value, float) else gi.Notation(numbers="vi").number(value)
    if number is None:
        number = gi.Notation().number(value)
    assert number is not None
    assert np.isfinite(number)
    return number, "REPORTED"

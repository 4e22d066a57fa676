"""No formula of a form is longer, wider or deeper than Excel takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

import govindex as gi
from govindex import measures
from govindex.files.findings import cell_name
from govindex.language import words
from govindex.workbooks.forms.blank_counts import BlankCells, blank_count
from govindex.workbooks.forms.formula_limits import any_of, fits

MANY = [f"v{i}" for i in range(300)]
LATER = words("form.later", "en")


@given(
    rows=st.lists(
        st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=12
    ),  # from the last row
    times=st.sampled_from([1, 60]),
    units=st.integers(1, 3),
)
def test_formulas_that_count_blanks_count_every_cell_once(
    rows: list[tuple[int, bool]], times: int, units: int
) -> None:
    steps, blank = zip(*rows * times, strict=True)
    at = [7 + sum(steps[: i + 1]) for i in range(len(steps))]
    columns = range(9, 9 + units)
    every = [BlankCells([cell_name(row, column) for row in at], blank) for column in columns]
    parts: list[tuple[str, int]] = []

    def elsewhere(formula: str, value: int) -> str:
        parts.append((formula, value))
        return f"hidden!A{len(parts)}"

    whole = blank_count("the sheet's name", every, elsewhere)
    formulas = [formula for formula, _ in parts] or [whole]
    assert all(len(formula) <= 8_192 for formula in [whole, *formulas])
    assert not parts or sum(value for _, value in parts) == units * sum(blank)
    areas = re.findall(
        r"COUNTBLANK\((?:'the sheet''s name'!)?(\w+)(?::(\w+))?\)", "+".join(formulas)
    )
    counted = [cell for area in areas for cell in _cells(*area)]
    assert sorted(counted) == sorted(cell for unit in every for cell in unit.cells)


def _cells(first: str, last: str) -> list[str]:
    letters, top = re.fullmatch(r"([A-Z]+)(\d+)", first).groups()  # type: ignore[union-attr]
    bottom = re.sub(r"[A-Z]+", "", last) or top
    return [f"{letters}{row}" for row in range(int(top), int(bottom) + 1)]


@given(count=st.integers(1, 700))
def test_any_number_of_conditions_has_a_formula(count: int) -> None:
    tests = [f"A{i}=1" for i in range(count)]
    assert fits(any_of(tests))
    assert re.findall(r"A\d+=1", any_of(tests)) == tests


def test_what_excel_refuses_does_not_fit() -> None:
    assert fits('IF(A1=",,,((",1,0)')
    assert not fits("+".join(["A1"] * 4_000))
    assert not fits(f"MAX({','.join(['A1'] * 256)})")
    assert not fits("IF(A1,0," * 65 + "1" + ")" * 65)


@pytest.mark.parametrize(
    ("measure", "is_short"),
    [
        (measures.Sum(MANY), True),
        (measures.PooledRatio(MANY[:150], MANY[150:], above="allow"), True),
        (measures.Largest(MANY), False),
        (measures.AllMet([measures.Threshold(name, at_least=1) for name in MANY]), False),
    ],
    ids=lambda part: type(part).__name__,
)
def test_measures_of_many_variables_give_a_form_that_excel_opens(
    tmp_path: Path, measure: Any, is_short: bool
) -> None:
    leaf = gi.Indicator("i", measure=measure, rule=gi.rules.Proportional(target=1))
    method = gi.Methodology("example.many", "1", gi.Framework("f", [leaf]))
    file = gi.workbooks.write_form(method, tmp_path / "form.xlsx", units=["A"], language="en")
    cells = [
        str(cell.value)
        for sheet in load_workbook(file).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    formulas = [text for text in cells if text.startswith("=")]
    assert all(fits(formula) for formula in formulas)
    assert any("IFERROR" in formula for formula in formulas) is is_short
    assert (LATER in cells) is not is_short

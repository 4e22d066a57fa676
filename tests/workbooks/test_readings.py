"""What was read of workbooks: observations, checks and problems by language."""

from __future__ import annotations

import pandas as pd

from govindex import Problem
from govindex.testing import observed
from govindex.workbooks import Scores
from govindex.workbooks.problem_texts import cell_reference, problem_text, worded
from govindex.workbooks.readings import CHECK_COLUMNS

TEXT = worded("cell.text", found="nhiều", cell="Biểu!E7", unit="A", variable="x")


def scores(*problems: Problem) -> Scores:
    return Scores(observed({"x": [1.0]}, ["A"]), pd.DataFrame(columns=[*CHECK_COLUMNS]), problems)


def test_a_problem_has_its_cause_in_every_language() -> None:
    assert str(TEXT) == "cell Biểu!E7, unit 'A', variable 'x': 'nhiều' is not a number"
    assert problem_text(TEXT) == "'nhiều' is not a number: enter a number, or leave the cell blank"
    assert problem_text(TEXT, "vi").startswith("'nhiều' không phải là số: ")


def test_a_problem_without_a_text_of_its_own_keeps_its_cause() -> None:
    assert problem_text(Problem("is odd", code="odd.one", cure="mend it"), "vi") == (
        "is odd: mend it"
    )


def test_problems_become_a_table_for_those_who_filled_in_the_file() -> None:
    table = scores(TEXT).problem_table("vi")
    assert table.columns.to_list() == ["unit", "variable", "stage", "cell", "code", "text"]
    assert table[["unit", "variable", "cell"]].to_numpy().tolist() == [["A", "x", "Biểu!E7"]]


def test_scores_print_what_was_found_grouped_by_cause() -> None:
    text = str(scores(TEXT, worded("cell.text", found="KAD", cell="Biểu!E8")))
    assert text.splitlines()[0].endswith("0 sums that differ, 2 problems>")
    assert "'nhiều, …' is not a number in 2 cells" in text


def test_cells_are_named_as_spreadsheet_programs_do() -> None:
    assert cell_reference("Sở Y tế") == "Sở Y tế"
    assert cell_reference("Sở Y tế", "E7", "a.xlsx") == "[a.xlsx]Sở Y tế!E7"

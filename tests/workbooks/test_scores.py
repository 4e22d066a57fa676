"""Scores in workbooks: every shape of the folder, and what the sheets hold beside the scores."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment

import govindex as gi
from govindex.errors import DataError, SettingError
from govindex.workbooks import read_rubric, read_scores
from tests.packaging.test_wrong_types import WRONG
from tests.workbooks.score_workbooks import (
    MAXIMA,
    NAMES,
    RUBRIC,
    STAGES,
    UNITS,
    criteria_by_units,
    file_per_unit,
    row_per_unit,
    sheets_of_units,
    usual_points,
)

CASES = Path(__file__).parents[2] / ".." / "shared" / "cases" / "workbooks"
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="no made-up workbooks in ../shared")
AS_IS: dict[str, Any] = {"not_applicable": ["KAD"], "on_problem": "collect"}


@pytest.fixture(scope="module")
def annex() -> gi.workbooks.Rubric:
    return read_rubric(CASES / "bo_chi_so_2025.xlsx")


def stated_totals(file: str) -> dict[str, float]:
    """Return the appraised totals that the sheets of units, or the columns of units, state."""
    book = openpyxl.load_workbook(CASES / file)
    if len(book.worksheets) > 1:
        return {sheet.title: sheet.cell(sheet.max_row, 5).value for sheet in book.worksheets}
    sheet = book.active
    last = sheet.max_row
    return {sheet.cell(4, c).value: sheet.cell(last, c + 1).value for c in range(4, 44, 2)}


@needs_cases
@pytest.mark.parametrize("file", ["diem_2025_tung_so.xlsx", "diem_2024_tong_hop.xlsx"])
def test_every_stated_total_comes_out(annex: gi.workbooks.Rubric, file: str) -> None:
    scores = read_scores(CASES / file, annex, stages=STAGES, not_applicable=["KAD"])
    totals = dict(zip(scores.observations.units.codes, sums(scores), strict=True))
    assert totals == stated_totals(file)
    assert scores.checks.empty
    assert not scores.problems


def sums(scores: gi.workbooks.Scores) -> list[float]:
    return [float(total) for total in np.nansum(scores.observations.values, axis=1)]


@needs_cases
def test_a_summary_contradicts_three_of_its_totals(annex: gi.workbooks.Rubric) -> None:
    file = "diem_2025_tong_hop.xlsx"
    scores = read_scores(CASES / file, annex, stages=STAGES, **AS_IS)
    found = {row.unit: (row.stated, row.computed) for row in scores.checks.itertuples()}
    assert found == {
        "Sở Tư pháp": (87.25, 86.75),  # 5.3.1 is blank
        "Sở Xây dựng": (72.0, 71.75),
        "Sở Y tế": (78.75, 77.25),
    }
    # Totals with a part that cannot be read are not compared: 12.5 of 12 points, and "-".
    unread = {"Sở Tài chính", "Sở Ngoại vụ"}
    agreeing = {u: t for u, t in stated_totals(file).items() if u not in {*found, *unread}}
    totals = dict(zip(scores.observations.units.codes, sums(scores), strict=True))
    assert {unit: totals[unit] for unit in agreeing} == agreeing
    codes = [problem.code for problem in scores.problems if problem.code != "total.contradiction"]
    assert codes == ["cell.word", "cell.above_maximum"]


@needs_cases
def test_a_row_per_unit_has_the_same_points_as_the_summary(annex: gi.workbooks.Rubric) -> None:
    across = [
        read_scores(CASES / file, annex, leagues="league", **AS_IS)
        for file in ("diem_ngang.xlsx", "diem_ngang.csv")
    ]
    summary = read_scores(CASES / "diem_2025_tong_hop.xlsx", annex, stages=STAGES, **AS_IS)
    expected = summary.observations
    for scores in across:
        data = scores.observations.take(expected.units.codes)
        differ = np.argwhere(data.status != expected.status).tolist()
        # The row has 12.5 nowhere: the rubric's maximum was written.
        assert [(expected.units.codes[r], expected.variables[c]) for r, c in differ] == [
            ("Sở Tài chính", "8.1.1")
        ]
        assert np.nanmax(np.abs(data.values - expected.values)) == 0
        assert set(data.units.leagues or ()) == {"có TTHC", "không TTHC"}


def written(tmp_path: Path, shape: str) -> Path:
    """Return the usual points in a shape."""
    points = usual_points()
    if shape == "files":
        return file_per_unit(points, tmp_path)
    file = tmp_path / "scores.xlsx"
    shapes = {"sheets": sheets_of_units, "columns": criteria_by_units, "rows": row_per_unit}
    shapes[shape](points).save(file)
    return file


@pytest.mark.parametrize("shape", ["sheets", "columns", "rows", "files"])
def test_every_shape_reads_the_same(tmp_path: Path, shape: str) -> None:
    scores = read_scores(written(tmp_path, shape), RUBRIC, stages=STAGES)
    points = usual_points()
    assert set(scores.observations.units.codes) == set(UNITS)
    for (unit, code, stage), value in points.cells.items():
        assert scores.observations.at_stage(stage).value(unit, code) == value
    assert scores.observations.stage == "Thẩm định"


def test_stages_have_names_of_their_own_and_the_last_one_counts(tmp_path: Path) -> None:
    names = {"self": "Tự chấm", "verified": ["Thẩm định", "Thẩm tra"]}
    scores = read_scores(written(tmp_path, "columns"), RUBRIC, stages=names)
    assert [stage.name for stage in scores.observations.stages] == ["self", "verified"]


def edited(tmp_path: Path, shape: str, cells: dict[str, object], sheet: str | None = None) -> Path:
    """Return a workbook with other values in some cells of its first sheet, or of the one named."""
    file = written(tmp_path, shape)
    book = openpyxl.load_workbook(file)
    page = book[sheet] if sheet else book.worksheets[0]
    for cell, value in cells.items():
        page[cell] = value
    book.save(file)
    return file


def test_a_blank_at_the_last_stage_is_missing_unless_it_may_fall_back(tmp_path: Path) -> None:
    file = edited(tmp_path, "columns", {"E6": None})
    total = edited(tmp_path, "columns", {"E6": None, "E11": "=SUM(E6:E10)"})
    options: dict[str, Any] = {"stages": STAGES, "on_problem": "collect"}
    assert read_scores(total, RUBRIC, **options).observations.cell("Sở Nội vụ", "1.1").name == (
        "MISSING"
    )
    fallen = read_scores(file, RUBRIC, fall_back=True, **options).observations
    assert fallen.cell("Sở Nội vụ", "1.1").name == "FALLEN_BACK"
    assert fallen.fallen_back["stage"].to_list() == ["Tự chấm"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,25", 1.25),
        ("1.25", 1.25),
        (" 1,25 ", 1.25),
        ("'1,25", 1.25),
        ("\u22120", 0.0),
        ("2", 2.0),
        ("0,5", 0.5),
        ("1\u00a0", 1.0),
    ],
)
def test_numbers_typed_as_text_are_read(tmp_path: Path, text: str, value: float) -> None:
    file = edited(tmp_path, "rows", {"C2": text})
    assert (
        read_scores(file, RUBRIC, stages=STAGES)
        .observations.at_stage("Tự chấm")
        .value("Sở Nội vụ", "1.1")
        == value
    )


@pytest.mark.parametrize("text", ["KAD", "kad", " kAd ", "KHÔNG  áp dụng", "n/a"])
def test_declared_words_are_read_in_any_case_and_with_any_spaces(tmp_path: Path, text: str) -> None:
    file = edited(tmp_path, "rows", {"C3": text})
    data = read_scores(file, RUBRIC, stages=STAGES, not_applicable=["KAD"]).observations
    assert data.cell("Sở Nội vụ", "1.1").name == "NOT_APPLICABLE"


def test_percentages_are_read_as_declared(tmp_path: Path) -> None:
    file = written(tmp_path, "rows")
    book = openpyxl.load_workbook(file)
    book.active["C2"].number_format = "0%"
    book.active["C2"] = 0.5
    book.save(file)
    share = gi.Notation(percent="share")
    data = read_scores(file, RUBRIC, stages=STAGES, notation=share).observations
    assert data.at_stage("Tự chấm").value("Sở Nội vụ", "1.1") == 0.5


@pytest.mark.parametrize("notation", [None, gi.Notation(), gi.Notation(percent="number")])
def test_numbers_are_read_in_any_style_unless_one_is_declared(
    tmp_path: Path, notation: gi.Notation | None
) -> None:
    file = edited(tmp_path, "rows", {"C2": "1,25", "D2": "1.5"})
    data = read_scores(file, RUBRIC, stages=STAGES, notation=notation).observations
    assert data.at_stage("Tự chấm").value("Sở Nội vụ", "1.1") == 1.25
    with pytest.raises(DataError, match="'1,25' is a number, but not written as"):
        read_scores(file, RUBRIC, stages=STAGES, notation=gi.Notation(numbers="plain"))


def test_titles_that_are_not_merged_hold_for_the_stages_to_their_right(tmp_path: Path) -> None:
    points = usual_points()
    book = criteria_by_units(points)
    sheet = book.active
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(5)
    for column in range(1, sheet.max_column + 1):
        sheet.cell(5, column, f"({column})")
    book.save(tmp_path / "a.xlsx")
    data = read_scores(tmp_path / "a.xlsx", RUBRIC, stages=STAGES).observations
    for (unit, code, stage), value in points.cells.items():
        assert data.at_stage(stage).value(unit, code) == value


def test_a_role_that_is_none_is_refused_with_its_near_miss(tmp_path: Path) -> None:
    file = written(tmp_path, "columns")
    with pytest.raises(SettingError, match="criterion, not 'Thâm định': did you mean 'Thẩm định'"):
        read_scores(file, RUBRIC, stages=STAGES, columns={"Thâm định": "E"})


def test_a_form_is_not_read_as_a_sheet_of_scores(tmp_path: Path) -> None:
    method = gi.Methodology("e.t", "1", RUBRIC)
    file = gi.workbooks.write_form(method, tmp_path / "form.xlsx", units=["Sở Nội vụ"])
    with pytest.raises(
        DataError, match=r"form\.xlsx: the file is a scoring form: read it by itself"
    ):
        read_scores(file, RUBRIC, stages=STAGES)


def test_a_period_that_is_no_year_fits_every_title(tmp_path: Path) -> None:
    file = written(tmp_path, "sheets")
    data = read_scores(file, RUBRIC, stages=STAGES, period="đợt 1").observations
    assert set(data.units.periods or (data.period,)) == {"đợt 1"}


def test_units_are_one_whatever_the_case_and_form_of_their_names(tmp_path: Path) -> None:
    points = usual_points()
    file_per_unit(points, tmp_path)
    names = {"Sở Nội vụ": "SỞ NỘI VỤ", "Sở Tư pháp": unicodedata.normalize("NFD", "Sở  Tư pháp")}
    for name, title in names.items():
        book = openpyxl.load_workbook(tmp_path / f"{name}.xlsx")
        book.active["A2"] = f"Đơn vị: {title}"
        for row in range(5, 12):
            book.active.cell(row, 4).value = None
        book.save(tmp_path / f"{name}.xlsx")
    criteria_by_units(points, ["Tự chấm"]).save(tmp_path / "Tổng hợp.xlsx")
    scores = read_scores(tmp_path, RUBRIC, stages=STAGES, on_problem="collect")
    assert set(scores.observations.units.codes) == set(UNITS)
    found = {(problem.code, problem.unit) for problem in scores.problems}
    assert found == {("unit.twice", "Sở Y tế")}  # self-scored in its own file, too


def test_leagues_come_from_a_mapping_or_a_file(tmp_path: Path) -> None:
    leagues = {"SỞ NỘI VỤ": "A", "Sở Tư pháp": "A", "Sở Y tế": "B"}
    table = tmp_path / "nhóm.csv"
    frame = pd.DataFrame({"unit": [*leagues], "league": [*leagues.values()]})
    frame.to_csv(table, index=False)
    for given in (leagues, table, str(table)):
        file = written(tmp_path, "rows")
        data = read_scores(file, RUBRIC, stages=STAGES, leagues=given).observations
        assert data.units.leagues == ("A", "A", "B")


def test_declared_units_keep_their_fields_and_order(tmp_path: Path) -> None:
    units = [gi.Unit(f"S{i}", name, type="sở") for i, name in enumerate(reversed(UNITS))]
    data = read_scores(written(tmp_path, "sheets"), RUBRIC, stages=STAGES, units=units).observations
    assert data.units.codes == ("S0", "S1", "S2")
    assert data.units.types == ("sở",) * 3
    assert data.value("Sở Nội vụ", "1.1") == usual_points().cells["Sở Nội vụ", "1.1", "Thẩm định"]


def test_notes_comments_and_formulas_are_kept(tmp_path: Path) -> None:
    file = written(tmp_path, "sheets")
    book = openpyxl.load_workbook(file)
    page = book["Sở Y tế"]
    page["F6"] = "Thiếu minh chứng"
    page["E7"].comment = Comment("Xem công văn 12", "Nam")
    book.save(file)
    notes = read_scores(file, RUBRIC, stages=STAGES).notes
    rows = notes[["unit", "variable", "stage", "kind", "text", "cell"]].to_numpy().tolist()
    assert ["Sở Y tế", "1.1", None, "note", "Thiếu minh chứng", "Sở Y tế!F6"] in rows
    assert ["Sở Y tế", "1.2", "Thẩm định", "comment"] in [row[:4] for row in rows]


def test_hidden_rows_are_read_if_that_is_declared(tmp_path: Path) -> None:
    file = written(tmp_path, "sheets")
    book = openpyxl.load_workbook(file)
    book["Sở Y tế"].row_dimensions[6].hidden = True
    book.save(file)
    scores = read_scores(file, RUBRIC, stages=STAGES, hidden="read")
    assert scores.observations.value("Sở Y tế", "1.1") is not None
    assert scores.notes["kind"].to_list() == ["hidden", "hidden"]


def test_hidden_rows_may_be_skipped(tmp_path: Path) -> None:
    file = written(tmp_path, "sheets")
    book = openpyxl.load_workbook(file)
    book["Sở Y tế"].row_dimensions[6].hidden = True
    book.save(file)
    accept = ["total.contradiction"]
    scores = read_scores(file, RUBRIC, stages=STAGES, hidden="skip", accept=accept)
    assert scores.observations.cell("Sở Y tế", "1.1").name == "MISSING"
    assert scores.notes["kind"].to_list() == ["hidden", "hidden"]


def test_contradictions_may_be_accepted(tmp_path: Path) -> None:
    file = edited(tmp_path, "sheets", {"E11": 9})
    scores = read_scores(file, RUBRIC, stages=STAGES, accept=["total.contradiction"])
    assert [problem.code for problem in scores.problems] == ["total.contradiction"]
    assert scores.checks[["unit", "stated", "cell"]].to_numpy().tolist() == [
        ["Sở Nội vụ", 9.0, "Sở Nội vụ!E11"]
    ]


def test_a_total_does_not_tell_what_a_suppressed_part_is(tmp_path: Path) -> None:
    file = edited(tmp_path, "sheets", {"E6": "c", "E11": 9})
    hidden = gi.Notation(suppressed=["c"])
    scores = read_scores(file, RUBRIC, stages=STAGES, notation=hidden)
    assert scores.checks.empty
    assert scores.problems == ()
    unit = "Sở Nội vụ"
    assert scores.observations.cell(unit, "1.1").name == "SUPPRESSED"
    assert scores.observations.at_stage(STAGES[0]).value(unit, "1.1") is None


def test_a_total_off_by_rounding_is_a_printing_error(tmp_path: Path) -> None:
    file = edited(tmp_path, "sheets", {"D7": 1.734, "D12": 9.12}, sheet="Sở Nội vụ")
    book = openpyxl.load_workbook(file)
    expected = sum(book["Sở Nội vụ"].cell(row, 4).value or 0 for row in (6, 7, 9, 10))
    book["Sở Nội vụ"]["D11"] = round(expected, 2)
    book.save(file)
    checks = read_scores(file, RUBRIC, stages=STAGES, on_problem="collect").checks
    assert checks["kind"].to_list() == ["printing error"]


def test_answers_of_a_rule_are_read(tmp_path: Path) -> None:
    leaf = gi.Indicator("plan", "Kế hoạch", rule=gi.rules.Choice({"Có": 1, "Không": 0}))
    file = tmp_path / "scores.csv"
    file.write_text("unit,plan\nA,Có\nB,Không\n", encoding="utf-8")
    data = read_scores(file, gi.Framework("f", [leaf])).observations
    assert [data.value(unit, "plan") for unit in "AB"] == ["Có", "Không"]


def test_a_methodology_scores_what_was_read(tmp_path: Path) -> None:
    method = gi.Methodology("example.points", "1", RUBRIC)
    scores = read_scores(written(tmp_path, "rows"), method, stages=STAGES)
    totals = method.compute(scores.observations).score
    points = usual_points()
    expected = {unit: points.total(unit, "index", "Thẩm định") for unit in UNITS}
    assert {u: round(float(t), 9) for u, t in totals.items()} == pytest.approx(expected)


def test_problems_are_listed_in_vietnamese(tmp_path: Path) -> None:
    file = edited(tmp_path, "rows", {"C2": 9.0})
    scores = read_scores(file, RUBRIC, stages=STAGES, on_problem="collect")
    table = scores.problem_table("vi")
    assert table["text"].to_list() == ["9 vượt điểm tối đa 3: đề nghị sửa lại điểm"]
    assert table[["unit", "variable", "stage", "cell"]].to_numpy().tolist() == [
        ["Sở Nội vụ", "1.1", "Tự chấm", "Sheet!C2"]
    ]


def test_settings_that_cannot_be_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "rows")
    with pytest.raises(SettingError, match="rubric is a Rubric, a Methodology or a Framework"):
        read_scores(file, "rubric")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="on_problem is 'raise' or 'collect'"):
        read_scores(file, RUBRIC, on_problem="ignore")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="hidden is 'refuse', 'read' or 'skip'"):
        read_scores(file, RUBRIC, hidden="none")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match=r"no problem 'total\.wrong': did you mean 'total"):
        read_scores(file, RUBRIC, accept=["total.wrong"])
    with pytest.raises(SettingError, match="each column once"):
        read_scores(file, RUBRIC, columns={"ignore": "A", "unit": "A"})
    with pytest.raises(SettingError, match="each once"):
        read_scores(file, RUBRIC, stages=["a", "a"])
    with pytest.raises(SettingError, match="'kad' cannot mean both"):
        read_scores(file, RUBRIC, not_applicable=["KAD"], missing=["KAD"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="there is no workbook in"):
        read_scores(tmp_path / "empty", RUBRIC)


def rows_of(tmp_path: Path, *rows: Sequence[object], merge: str = "", name: str = "a.xlsx") -> Path:
    """Return a workbook with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    if merge:
        book.active.merge_cells(merge)
    book.save(tmp_path / name)
    return tmp_path / name


CODES = [*MAXIMA]


def test_numbers_and_names_may_stand_in_one_column(tmp_path: Path) -> None:
    body = [[f"{code}. {NAMES[code]}", 1, 1.5] for code in CODES]
    file = rows_of(tmp_path, ["Tiêu chí", "Sở Y tế", "Sở Nội vụ"], *body)
    data = read_scores(file, RUBRIC).observations
    assert data.units.codes == ("Sở Y tế", "Sở Nội vụ")
    assert data.values.tolist() == [[1.0] * 4, [1.5] * 4]


def test_criteria_are_found_by_name_alone(tmp_path: Path) -> None:
    body = [[NAMES[code].upper(), 1] for code in CODES]
    file = rows_of(tmp_path, ["Đơn vị: Sở Y tế"], [], ["Tiêu chí", "Điểm đạt được"], *body)
    data = read_scores(file, RUBRIC).observations
    assert data.units.codes == ("Sở Y tế",)
    assert data.values.tolist() == [[1.0] * 4]


def test_numbers_that_became_dates_are_settled_by_the_names(tmp_path: Path) -> None:
    numbers = {"1.2": datetime.date(2025, 2, 1), "2.1": 2.1, "2.10": datetime.date(2025, 10, 2)}
    body = [[numbers.get(code, code), NAMES[code], 1] for code in CODES]
    file = rows_of(tmp_path, ["STT", "Tiêu chí", "Sở Y tế"], *body)
    assert read_scores(file, RUBRIC).observations.values.tolist() == [[1.0] * 4]


def test_a_number_that_lost_its_zero_is_settled_by_the_name(tmp_path: Path) -> None:
    body = [[float(code), NAMES[code], i / 4] for i, code in enumerate(CODES)]
    file = rows_of(tmp_path, ["STT", "Tiêu chí", "Sở Y tế"], *body)
    assert read_scores(file, RUBRIC).observations.values.tolist() == [[0.0, 0.25, 0.5, 0.75]]


def test_a_title_over_two_stages_need_not_be_merged(tmp_path: Path) -> None:
    header = [["STT", "Sở Y tế", None, "Sở Nội vụ"], [None, *STAGES, *STAGES]]
    body = [[code, 1, 0.5, 1, 0.75] for code in CODES]
    data = read_scores(rows_of(tmp_path, *header, *body), RUBRIC, stages=STAGES).observations
    assert data.frame["1.1"].to_dict() == {"Sở Y tế": 0.5, "Sở Nội vụ": 0.75}


def test_one_title_may_name_unit_and_stage(tmp_path: Path) -> None:
    titles = [f"{unit}\n({stage})" for unit in UNITS[:2] for stage in STAGES]
    body = [[code, 1, 0.5, 1, 0.75] for code in CODES]
    data = read_scores(rows_of(tmp_path, ["STT", *titles], *body), RUBRIC, stages=STAGES)
    assert data.observations.frame["1.1"].to_dict() == {UNITS[0]: 0.5, UNITS[1]: 0.75}


def test_a_row_that_counts_the_columns_is_no_criterion(tmp_path: Path) -> None:
    body = [[code, NAMES[code], 1] for code in CODES]
    file = rows_of(tmp_path, ["STT", "Tiêu chí", "Sở Y tế"], ["(1)", "(2)", "(3)"], *body)
    assert read_scores(file, RUBRIC).observations.units.codes == ("Sở Y tế",)


def test_totals_ranks_and_means_are_no_criteria_and_no_units(tmp_path: Path) -> None:
    header = ["STT", "Đơn vị", *CODES, "Tổng điểm", "Xếp hạng", "Ghi chú"]
    body = [[1, "Sở Y tế", 1, 1, 1, 1, 4, 1, "Tốt"], [2, "Sở Nội vụ", 1, 1, 1, 0.5, 3.5, 2]]
    mean = [None, "Trung bình", 1, 1, 1, 0.75, 3.75]
    signed = [None, "NGƯỜI LẬP BIỂU"]
    scores = read_scores(rows_of(tmp_path, header, *body, mean, [], signed), RUBRIC)
    assert scores.observations.units.codes == ("Sở Y tế", "Sở Nội vụ")
    assert scores.checks.empty
    left_out = set(scores.notes.loc[scores.notes["kind"] == "left out", "text"])
    assert {"Trung bình", "Xếp hạng", "NGƯỜI LẬP BIỂU"} <= left_out


def test_a_unit_without_points_keeps_its_row(tmp_path: Path) -> None:
    file = rows_of(tmp_path, ["unit", *CODES], ["A", 1, 1, 1, 1], ["B"], ["C", 1, 1, 1, 1])
    data = read_scores(file, RUBRIC).observations
    assert data.units.codes == ("A", "B", "C")
    assert data.cell("B", "1.1").name == "MISSING"


def test_each_stage_may_have_its_own_file(tmp_path: Path) -> None:
    for i, stage in enumerate(STAGES):
        rows_of(tmp_path, ["unit", *CODES], ["A", *[1 - i / 2] * 4], name=f"{stage}.xlsx")
    data = read_scores(tmp_path, RUBRIC, stages=STAGES).observations
    assert data.value("A", "1.1") == 0.5
    assert data.at_stage("Tự chấm").value("A", "1.1") == 1.0


def test_a_rubric_may_be_spread_over_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for page, codes in zip(
        (book.active, book.create_sheet("II")), (CODES[:2], CODES[2:]), strict=True
    ):
        page.append(["STT", "A", "B"])
        for code in codes:
            page.append([code, 1, 0.5])
    book.save(tmp_path / "a.xlsx")
    data = read_scores(tmp_path / "a.xlsx", RUBRIC).observations
    assert data.values.tolist() == [[1.0] * 4, [0.5] * 4]


def test_a_difference_beside_the_points_is_asked_about(tmp_path: Path) -> None:
    header = ["STT", *STAGES, "Chênh lệch"]
    body = [[code, 1, 0.5, -0.5] for code in CODES]
    file = rows_of(tmp_path, ["Đơn vị: Sở Y tế"], header, *body)
    with pytest.raises(DataError, match="D2: the column 'Chênh lệch' holds points"):
        read_scores(file, RUBRIC, stages=STAGES)
    data = read_scores(file, RUBRIC, stages=STAGES, columns={"ignore": "Chênh lệch"}).observations
    assert data.units.codes == ("Sở Y tế",)


def test_a_sheet_of_criteria_without_points_is_no_unit(tmp_path: Path) -> None:
    file = written(tmp_path, "sheets")
    book = openpyxl.load_workbook(file)
    page = book.create_sheet("Bộ tiêu chí")
    page.append(["STT", "Tiêu chí", "Điểm tối đa"])
    for code in CODES:
        page.append([code, NAMES[code], MAXIMA[code]])
    book.save(file)
    scores = read_scores(file, RUBRIC, stages=STAGES)
    assert scores.observations.units.codes == UNITS
    assert scores.notes["cell"].to_list() == ["Bộ tiêu chí"]


def test_running_numbers_before_units_are_no_part_of_their_names(tmp_path: Path) -> None:
    body = [[code, 1, 0.5] for code in CODES]
    file = rows_of(tmp_path, ["STT", "1. Sở Y tế", "2. Phường 1"], *body)
    assert read_scores(file, RUBRIC).observations.units.codes == ("Sở Y tế", "Phường 1")


def test_a_wrong_first_row_is_no_header(tmp_path: Path) -> None:
    body = [[code, NAMES[code], 1] for code in CODES]
    file = rows_of(tmp_path, ["STT", "Tiêu chí", "Sở Y tế"], ["0.1", "Tiêu chí lạ", 1], *body)
    with pytest.raises(DataError, match=r"A2: '0\.1 Tiêu chí lạ' holds points and is not in the"):
        read_scores(file, RUBRIC)


def test_a_name_that_begins_with_total_is_not_a_total(tmp_path: Path) -> None:
    body = [[code, NAMES[code], 1] for code in CODES]
    file = rows_of(tmp_path, ["STT", "Tiêu chí", "Sở Y tế"], *body, [None, "Tổng hợp báo cáo", 1])
    with pytest.raises(DataError, match="'Tổng hợp báo cáo' holds points and is not in the rubric"):
        read_scores(file, RUBRIC)


def test_points_of_each_data_source_have_their_column(tmp_path: Path) -> None:
    annex = rows_of(
        tmp_path,
        ["STT", "Tiêu chí", "Điểm tối đa", None],
        [None, None, "Thẩm định", "Điều tra XHH"],
        ["I", "Tác động (giả định)", 12, 3],
        ["1.1", "Hài lòng", 2, 3],
        ["1.2", "Kế hoạch", 10],
        merge="C1:D1",
        name="annex.xlsx",
    )
    rubric = read_rubric(annex)
    assert rubric.framework.leaf_codes == ("1.1.appraised", "1.1.survey", "1.2")
    header = ["STT", "Tiêu chí", "Điểm tự chấm", "Điểm thẩm định", "Điểm điều tra XHH"]
    body = [["1.1", "Hài lòng", 2, 1, 2.5], ["1.2", "Kế hoạch", 10, 9]]
    total = [None, "Tổng cộng", 12, 10, 2.5]  # of each source by itself
    file = rows_of(tmp_path, ["Đơn vị: Sở Y tế"], header, *body, total)
    data = read_scores(file, rubric, stages=STAGES).observations
    assert data.frame.loc["Sở Y tế"].to_dict() == {
        "1.1.appraised": 1.0,
        "1.1.survey": 2.5,
        "1.2": 9.0,
    }
    spoilt = rows_of(tmp_path, ["Đơn vị: Sở Y tế"], header, body[0], ["1.2", "Kế hoạch", 10, 9, 1])
    with pytest.raises(DataError, match=r"E4.*column of another data source; the rubric has appr"):
        read_scores(spoilt, rubric, stages=STAGES)


@needs_cases
def test_the_rubric_in_the_folder_of_the_scores_is_left_out(annex: gi.workbooks.Rubric) -> None:
    files = [CASES / name for name in ("bo_chi_so_2025.xlsx", "diem_2025_tung_so.xlsx")]
    scores = read_scores(files, annex, stages=STAGES, not_applicable=["KAD"], period="2025")
    assert len(scores.observations.units) == 20
    left_out = scores.notes[scores.notes["kind"] == "left out"]
    assert "[bo_chi_so_2025.xlsx]Phụ lục I" in set(left_out["cell"])
    with pytest.raises(DataError, match="no sheet holds points: Phụ lục I: the sheet has criteria"):
        read_scores(files[0], annex, stages=STAGES)


@needs_cases
def test_a_folder_of_two_years_is_refused(annex: gi.workbooks.Rubric) -> None:
    files = [CASES / f"diem_{year}_tong_hop.xlsx" for year in (2024, 2025)]
    with pytest.raises(DataError, match="says 2024, not 2025") as error:
        read_scores(files, annex, stages=STAGES, period="2025", **AS_IS | {"on_problem": "raise"})
    codes = {problem.code for problem in error.value.problems}
    assert {"sheet.another_year", "unit.twice"} <= codes
    assert len(str(error.value).splitlines()) < 10


WRONG_FOR = [
    "path", "rubric", "stages", "fall_back", "not_applicable", "missing", "notation", "units",
    "leagues", "aliases", "sheet", "header", "columns", "hidden", "period", "on_problem", "accept",
]  # fmt: skip


@pytest.mark.parametrize("argument", WRONG_FOR)
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_type_ends_in_a_named_error(tmp_path: Path, argument: str, wrong: str) -> None:
    settings: dict[str, Any] = {"stages": STAGES, "on_problem": "collect"}
    settings |= {"path": written(tmp_path, "rows"), "rubric": RUBRIC}
    settings[argument] = WRONG[wrong]
    try:
        read_scores(settings.pop("path"), settings.pop("rubric"), **settings)
    except gi.GovIndexError:
        return
    assert wrong not in ("a thing", "a class")

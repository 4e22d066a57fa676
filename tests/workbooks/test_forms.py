"""Scoring forms: what is asked, shown, checked and computed in them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

import govindex as gi
from govindex.contracts import Entry
from govindex.testing import observed
from govindex.workbooks import read_form, write_form
from govindex.workbooks.forms.rows import questions

rules, measures = gi.rules, gi.measures


def method(*children: Any, **settings: Any) -> gi.Methodology:
    settings = {"aggregate": gi.aggregate.Sum(), **settings}
    return gi.Methodology("example.form", "1", gi.Framework("index", children, **settings))


def points(code: str, weight: float = 2, **settings: Any) -> gi.Indicator:
    return gi.Indicator(code, rule=rules.Points(), weight=weight, **settings)


def page(file: Path, number: int = 0) -> Any:
    return load_workbook(file).worksheets[number]


def texts(file: Path, number: int = 0) -> list[str]:
    cells = (cell for row in load_workbook(file).worksheets[number].rows for cell in row)
    return [str(cell.value) for cell in cells if cell.value is not None]


def checked(sheet: Any, cell: str) -> Any:
    """Return the validation of a cell."""
    (found,) = [v for v in sheet.data_validations.dataValidation if cell in v.sqref]
    return found


RUBRIC = method(
    gi.Dimension("1", [points("1.1", evidence="Made-up guidance"), points("1.2", 1.5)], "First"),
    points("2", 4),
)


@pytest.mark.parametrize(
    ("leaf", "entry"),
    [
        (points("x", 3), Entry(low=0.0, high=3.0)),
        (gi.Indicator("x", rule=rules.Points(minimum=-2), weight=3), Entry(low=-2.0, high=3.0)),
        (gi.Indicator("x", rule=rules.Proportional(80)), Entry(low=0.0)),
        (gi.Indicator("x", rule=rules.Inverse(80, cap=False)), Entry(low=0.0, above_low=True)),
        (gi.Indicator("x", rule=rules.Deduction(per=0.5)), Entry(low=0.0)),
        (gi.Indicator("x", rule=rules.Choice({"a": 1, "b": 0})), Entry(answers=("a", "b"))),
        (gi.Indicator("x", rule=rules.Choice({1: 1, 2: 0})), Entry(answers=(1.0, 2.0))),
        (gi.Indicator("x", rule=rules.MinMax()), Entry()),
        (gi.Indicator("x", weight=0), Entry()),
        (
            gi.Indicator("i", measure=measures.Conditions({"x": 1}), rule=rules.Identity()),
            Entry(yes_no=True),
        ),
        (
            gi.Indicator("i", measure=measures.Flagged("x", "f", 3), rule=rules.Identity()),
            Entry(low=0.0, high=3.0),
        ),
        (
            gi.Indicator("i", measure=measures.Ratio("x", "all"), rule=rules.Proportional(1)),
            Entry(low=0.0, at_most="all"),
        ),
        (
            gi.Indicator(
                "i", measure=measures.Ratio("x", "all", above="allow"), rule=rules.Proportional(1)
            ),
            Entry(low=0.0),
        ),
        (
            gi.Indicator("i", measure=measures.Largest(["x", "y"]), rule=rules.Points(), weight=3),
            Entry(low=0.0, high=3.0),
        ),
        (
            gi.Indicator(
                "i",
                measure=measures.PooledRatio(["x", "y"], ["all", "both"]),
                rule=rules.Proportional(1),
            ),
            Entry(low=0.0, at_most="all"),
        ),
        (
            gi.Indicator("i", measure=measures.AllMet(["x", "y"]), rule=rules.Identity()),
            Entry(yes_no=True),
        ),
        (
            gi.Indicator(
                "i",
                measure=measures.AllMet([measures.Threshold("x", at_least=9), "y"]),
                rule=rules.Identity(),
            ),
            Entry(),
        ),
        (
            gi.Indicator("i", measure=measures.Sum(["x", "y"]), rule=rules.Points(), weight=3),
            Entry(),
        ),
        (
            gi.Indicator("i", measure=measures.Complement(["x"], "all"), rule=rules.Identity()),
            Entry(low=0.0, at_most="all"),
        ),
    ],
)
def test_rule_and_measure_say_what_may_be_entered(leaf: gi.Indicator, entry: Entry) -> None:
    assert questions(method(leaf, points("other")))["x"].entry == entry


def test_a_variable_of_several_readers_keeps_the_limits_of_all() -> None:
    other = gi.Indicator("b", measure="a", rule=rules.Points(minimum=1), weight=9)
    assert questions(method(points("a", 3), other))["a"].entry == Entry(low=1.0, high=3.0)


def test_a_rule_and_a_measure_of_ones_own_take_any_number() -> None:
    class Half:
        peer_dependent, monotone, directed, bounds = False, True, False, (0.0, 1.0)

        def __call__(self, values: Any, scope: Any) -> Any:
            return values * 0 + 0.5

    leaf = gi.Indicator("x", rule=Half())
    assert questions(method(leaf))["x"].entry == Entry()


@pytest.mark.parametrize(
    ("policy", "offered"),
    [
        (gi.absence.Refuse(), False),
        (gi.absence.Renormalise(), True),
        (gi.absence.Renormalise(min_share=1), False),
        (gi.absence.Shrink(), True),
        (gi.absence.AsZero(), True),
    ],
)
def test_not_applicable_is_offered_where_a_unit_keeps_its_score(
    policy: Any, offered: bool, tmp_path: Path
) -> None:
    tried = method(points("a"), points("b"), absence=gi.Absence(not_applicable=policy))
    assert questions(tried)["a"].not_applicable is offered
    file = write_form(tried, tmp_path / "f.xlsx", units=["A"], language="vi")
    assert any("hoặc KAD" in text for text in texts(file)) is offered


def test_only_entries_and_remarks_can_be_changed(tmp_path: Path) -> None:
    sheet = page(write_form(RUBRIC, tmp_path / "f.xlsx", units=["A"], password="secret"))
    assert sheet.protection.sheet
    assert sheet.protection.password is not None
    free = {cell.coordinate for row in sheet.rows for cell in row if not cell.protection.locked}
    assert free == {"G11", "G12", "G13", "H11", "H12", "H13"}


def test_entries_are_checked_by_the_program(tmp_path: Path) -> None:
    leaves = [
        points("a", 3),
        gi.Indicator("b", rule=rules.Choice({"x, y": 1, "z": 0})),
        gi.Indicator("c", measure=measures.Ratio("part", "all"), rule=rules.Proportional(1)),
    ]
    file = write_form(method(*leaves), tmp_path / "f.xlsx", units=["A"])
    sheet = page(file)
    assert checked(sheet, "F10").formula2 == "3.0"
    assert checked(sheet, "F11").formula1 == "govindex!$D$1:$D$2"
    assert "F13<=F14" in checked(sheet, "F13").formula1
    assert [cell.value for (cell,) in load_workbook(file)["govindex"]["D1:D2"]] == ["x, y", "z"]


def test_maxima_guidance_and_sums_stand_beside_the_entries(tmp_path: Path) -> None:
    sheet = page(write_form(RUBRIC, tmp_path / "f.xlsx", units=["A"]))
    assert [cell.value for cell in sheet[11]][1:7] == [
        *("1.1", "1.1", "Made-up guidance", "a number from 0 to 2", 2, None)
    ]
    assert sheet["G10"].value == '=IF(COUNT(G11,G12)=0,"",SUM(G11,G12))'
    assert sheet["G14"].value == '=IF(COUNT(G10,G13)=0,"",SUM(G10,G13))'


def test_formulas_have_the_values_of_what_is_filled_in(tmp_path: Path) -> None:
    data = observed({"1.1": [2.0], "1.2": [None], "2": [3.5]}, ["A"])
    file = write_form(RUBRIC, tmp_path / "f.xlsx", data=data)
    stored = load_workbook(file, data_only=True).worksheets[0]
    assert [stored[cell].value for cell in ("G10", "G11", "G12", "G13", "G14")] == [
        *(2, 2, None, 3.5, 5.5)
    ]
    assert stored["B7"].value == "Cells still blank: 1"


def test_points_that_no_short_formula_gives_are_computed_on_receipt(tmp_path: Path) -> None:
    leaf = gi.Indicator("a", rule=rules.Piecewise([(0, 0), (5, 1)]))
    sheet = page(write_form(method(leaf, points("b")), tmp_path / "f.xlsx", units=["A"]))
    assert [sheet[f"G{row}"].value for row in (10, 12)] == ["on receipt", "on receipt"]


def test_variables_of_a_measure_have_rows_and_names(tmp_path: Path) -> None:
    ratio = gi.Indicator("a", measure=measures.Ratio("n", "all"), rule=rules.Proportional(1))
    labels = {"n": {"vi": "Số hồ sơ", "en": "Dossiers"}}
    said = texts(
        write_form(method(ratio), tmp_path / "f.xlsx", units=["A"], labels=labels, language="vi")
    )
    assert "Số hồ sơ" in said
    assert "số từ 0 trở lên, không lớn hơn all" in said


def test_a_variable_is_asked_for_once_and_shown_again(tmp_path: Path) -> None:
    tried = method(points("a", 3), gi.Indicator("b", measure="a", rule=rules.Proportional(9)))
    file = write_form(tried, tmp_path / "f.xlsx", units=["A"])
    sheet = page(file)
    assert sheet["F11"].value == '=IF(F10="","",F10)'
    assert sheet["F11"].protection.locked


def test_weights_and_figures_of_steps_are_asked_for(tmp_path: Path) -> None:
    leaf = gi.Indicator("a", rule=rules.Proportional(1), weight="share_of_a")
    tried = gi.Methodology(
        *("example.form", "1", gi.Framework("index", [leaf, points("b", 1)])),
        steps=[gi.prepare.Denominate({"a": "population"})],
    )
    file = write_form(tried, tmp_path / "f.xlsx", units=["A"])
    assert {"Weight: share_of_a", "Other figures", "population"} <= set(texts(file))
    assert read_form(file, tried).observations.variables == ("a", "b", "share_of_a", "population")


def test_every_unit_gets_the_form_of_its_type(tmp_path: Path) -> None:
    small = gi.Framework("index", [points("a")], aggregate=gi.aggregate.Sum())
    tried = gi.Forms.of(method(points("a"), points("b")), {"small": small})
    units = [gi.Unit("A"), gi.Unit("B", type="small")]
    file = write_form(tried, tmp_path / "f.xlsx", units=units)
    data = read_form(file, tried).observations
    assert data.cell("B", "b").name == "NOT_APPLICABLE"
    assert data.units[1] == units[1]
    with pytest.raises(gi.UnknownNameError, match="no form for units of type 'large'"):
        write_form(tried, file, units=[gi.Unit("C", type="large")], overwrite=True)


def test_the_form_of_a_stage_shows_the_earlier_ones(tmp_path: Path) -> None:
    data = observed({"1.1": [2.0, None], "2": [3.5, 4.0]}, ["A", "B"])
    stages = ["self", "verified"]
    file = write_form(RUBRIC, tmp_path / "f.xlsx", data=data, stages=stages)
    sheet = page(file)
    assert [sheet[f"{column}9"].value for column in "GHI"] == [*stages, "Remarks, evidence"]
    assert (sheet["G11"].value, sheet["H11"].value) == (2, None)
    read = read_form(file, RUBRIC).observations
    assert [stage.name for stage in read.stages] == stages
    assert read.at_stage("self").value("B", "2") == 4.0
    assert read.cell("A", "2").name == "MISSING"
    assert read_form(file, RUBRIC, fall_back=True).observations.cell("A", "2").name == "FALLEN_BACK"


def test_figures_that_nobody_reported_are_not_filled_in(tmp_path: Path) -> None:
    data = observed({"1.1": [2.0, None], "2": [3.5, 4.0]}, ["A", "B"])
    filled = gi.prepare.Impute(gi.impute.Mean())(data)
    assert filled.cell("B", "1.1").name == "IMPUTED"
    read = read_form(write_form(RUBRIC, tmp_path / "f.xlsx", data=filled), RUBRIC).observations
    assert read.cell("B", "1.1").name == "MISSING"
    assert read.value("A", "1.1") == 2.0


def test_marks_of_earlier_stages_come_back(tmp_path: Path) -> None:
    data = gi.prepare.Impute(gi.impute.Mean())(
        observed({"1.1": [2.0, None], "2": [3.5, 4.0]}, ["A", "B"])
    )
    file = write_form(RUBRIC, tmp_path / "f.xlsx", data=data, stages=["self", "verified"])
    assert page(file, 1)["G11"].comment.text == "imputed"
    assert read_form(file, RUBRIC).observations.at_stage("self").cell("B", "1.1").name == "IMPUTED"


def test_a_folder_of_forms_is_read_together(tmp_path: Path) -> None:
    for code in ("B", "A"):
        write_form(RUBRIC, tmp_path / f"{code}.xlsx", units=[gi.Unit(code, league="l")])
    (tmp_path / "~$A.xlsx").write_bytes(b"")
    data = read_form(tmp_path, RUBRIC, units=["A", "B"]).observations
    assert data.units.codes == ("A", "B")
    assert data.units[0].league == "l"


def test_remarks_and_comments_are_kept(tmp_path: Path) -> None:
    file = write_form(RUBRIC, tmp_path / "f.xlsx", units=["A"], stages=["self"])
    book = load_workbook(file)
    book["A"]["H11"] = "Made-up decision 12"
    book["A"]["G13"].comment = Comment("Made-up comment", "A")
    book.save(file)
    assert read_form(file, RUBRIC).notes.to_numpy().tolist() == [
        ["A", "1.1", "self", "note", "Made-up decision 12", "A!H11"],
        ["A", "2", "self", "comment", "Made-up comment", "A!G13"],
    ]


def test_sheets_have_names_that_workbooks_allow(tmp_path: Path) -> None:
    units = [gi.Unit("1", "Sở [A]/B"), gi.Unit("2", "sở -a--b"), gi.Unit("3", "x" * 40)]
    book = load_workbook(write_form(RUBRIC, tmp_path / "f.xlsx", units=units))
    assert book.sheetnames == ["Sở -A--B", "sở -a--b (2)", "x" * 31, "govindex"]
    assert book["govindex"].sheet_state == "veryHidden"


def test_texts_are_never_formulas(tmp_path: Path) -> None:
    tried = method(points("a", name="=1+1"), points("b"))
    sheet = page(write_form(tried, tmp_path / "f.xlsx", units=[gi.Unit("A", '=HYPERLINK("x")')]))
    assert sheet["C10"].data_type == "s"


def test_pages_are_set_up_for_print(tmp_path: Path) -> None:
    sheet = page(write_form(RUBRIC, tmp_path / "f.xlsx", units=["A"], language="vi"))
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$9:$9"
    assert sheet.freeze_panes == "D10"
    assert "Trang &P/&N" in sheet.oddFooter.right.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_one_language_throughout(language: str, tmp_path: Path) -> None:
    other = {"vi": "Maximum", "en": "Điểm"}[language]
    said = texts(write_form(RUBRIC, tmp_path / "f.xlsx", units=["A"], language=language))
    assert not [text for text in said if other in text]


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({}, gi.SettingError, "needs units=… or data=…"),
        ({"units": []}, gi.DataError, "at least one unit"),
        ({"units": ["A", "A"]}, gi.DataError, "'A' appears more than once|unique|twice"),
        ({"units": ["A"], "layout": "sheets"}, gi.SettingError, "no layout 'sheets'"),
        ({"units": ["A"], "stages": ["a", "a"]}, gi.SettingError, "different names of stages"),
        ({"units": ["A"], "period": "2026-13"}, gi.SettingError, "looks like a period"),
        ({"units": ["A"], "language": "vn"}, gi.SettingError, "no words in 'vn'"),
        ({"units": [5]}, gi.SettingError, "unit"),
    ],
)
def test_settings_of_a_form_are_checked(
    settings: Any, error: type[Exception], text: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=text):
        write_form(RUBRIC, tmp_path / "f.xlsx", **settings)


def test_data_must_say_of_which_stage_they_are(tmp_path: Path) -> None:
    data = observed({"1.1": [2.0]}, ["A"])
    with pytest.raises(gi.DataError, match="do not say of which stage"):
        write_form(RUBRIC, tmp_path / "f.xlsx", data=data, stages=["a", "b", "c"])
    staged = gi.Observations.from_stages({"self": data})
    with pytest.raises(gi.DataError, match="hold none of the stages"):
        write_form(RUBRIC, tmp_path / "f.xlsx", data=staged, stages=["own", "verified"])


def test_a_form_is_a_workbook_and_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(gi.SettingError, match=r"an \.xlsx file, not 'f\.ods'"):
        write_form(RUBRIC, tmp_path / "f.ods", units=["A"])
    write_form(RUBRIC, tmp_path / "f.xlsx", units=["A"])
    with pytest.raises(gi.DataError, match="exists already"):
        write_form(RUBRIC, tmp_path / "f.xlsx", units=["A"])


def test_settings_of_reading_are_checked(tmp_path: Path) -> None:
    with pytest.raises(gi.SettingError, match="on_problem is not 'skip'"):
        read_form(tmp_path, RUBRIC, on_problem="skip")  # type: ignore[arg-type]
    with pytest.raises(gi.DataError, match="holds no forms"):
        read_form(tmp_path, RUBRIC)
    with pytest.raises(gi.SettingError, match="at least one form"):
        read_form([], RUBRIC)


def test_names_that_were_corrected_since_are_no_problem(tmp_path: Path) -> None:
    file = write_form(RUBRIC, tmp_path / "f.xlsx", units=["A"])
    renamed = method(
        gi.Dimension("1", [points("1.1"), points("1.2", 1.5)], "First dimension"), points("2", 4)
    )
    assert renamed.fingerprint == RUBRIC.fingerprint
    assert not read_form(file, renamed).problems


def test_deprecated_editions_have_forms_too(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gi.DeprecatedEditionWarning)
        old = gi.methodology("vn.papi@2011")
    assert isinstance(old, gi.Methodology)
    assert not read_form(write_form(old, tmp_path / "f.xlsx", units=["A"]), old).problems


def test_a_sheet_of_many_units_is_printed_on_pages_that_divide_no_unit(tmp_path: Path) -> None:
    leaf = gi.Indicator("1", "Made up", rule=gi.rules.Points(), weight=2)
    framework = gi.Framework("f", [leaf], aggregate=gi.aggregate.Sum())
    method = gi.Methodology("example.many", "1", framework)
    pages = {}
    for count in (1, 14):
        units = [gi.Unit(f"U{number:02}") for number in range(count)]
        file = tmp_path / f"{count}.xlsx"
        gi.workbooks.write_form(method, file, units=units, layout="together")
        pages[count] = load_workbook(file).worksheets[0]
    assert pages[1].sheet_properties.pageSetUpPr.fitToPage
    many = pages[14]
    assert many.page_setup.scale == 60
    assert many.print_title_cols == "$B:$C"
    headings = {cell.column: cell.value for row in many["B8:AZ10"] for cell in row if cell.value}
    starts = [brk.id + 1 for brk in many.col_breaks.brk]
    assert len(starts) >= 1
    assert all(str(headings[start]).startswith(("U", "Points")) for start in starts)

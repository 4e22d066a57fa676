"""Spoilt workbooks of scores: one clear message each, with sheet and cell, and nothing lost."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import DataError
from govindex.language import languages
from govindex.workbooks import read_scores
from govindex.workbooks.problem_texts import problem_text
from govindex.workbooks.scores.problems import CURES
from tests.workbooks.score_workbooks import (
    MAXIMA,
    NAMES,
    RUBRIC,
    STAGES,
    UNITS,
    sheet_of_unit,
    sheets_of_units,
    usual_points,
)

# In the sheet of a unit: criteria in rows 5 to 10 (1.1 in 6, 1.2 in 7, 2.1 in 9, 2.10 in 10), the
# total in 11; maxima in C, points in D and E.
HEALTH = "Sở Y tế"
CELLS = len(UNITS) * len(MAXIMA) * len(STAGES)


@attrs.frozen
class Spoilt:
    """What is done to the sheet of Sở Y tế, what is said of it, and how many cells are lost."""

    change: Callable[[Worksheet], Any]
    message: str
    code: str
    lost: int = 0
    settings: dict[str, Any] = attrs.field(factory=dict)
    also: tuple[str, ...] = ()


def put(cell: str, value: object, number_format: str = "") -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        sheet[cell] = value
        if number_format:
            sheet[cell].number_format = number_format

    return change


def hide_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[7].hidden = True


def hide_column(sheet: Worksheet) -> None:
    sheet.column_dimensions["D"].hidden = True


def hide_sheet(sheet: Worksheet) -> None:
    sheet.sheet_state = "hidden"


def merge_points(sheet: Worksheet) -> None:
    sheet.merge_cells("D9:D10")


def merge_a_row(sheet: Worksheet) -> None:
    sheet.merge_cells("D9:E9")


def write_twice(sheet: Worksheet) -> None:
    sheet.append(["1.2", NAMES["1.2"], 2, 1, 1])


def add_criterion(sheet: Worksheet) -> None:
    sheet.append(["3.1", "Chuyển đổi số (giả định)", 2, 1, 1])


def delete_criterion(sheet: Worksheet) -> None:
    sheet.delete_rows(10)


def copy_unit(sheet: Worksheet) -> None:
    sheet_of_unit(sheet.parent.create_sheet("SỞ TƯ PHÁP "), usual_points(), "Sở Tư pháp")


def copy_nearly(sheet: Worksheet) -> None:
    other = sheet.parent.create_sheet("So Y te")
    sheet_of_unit(other, usual_points(), HEALTH)
    other["A2"] = None


def add_column(sheet: Worksheet) -> None:
    sheet["G4"] = "Điểm phúc tra"
    sheet["G6"] = 1


def add_untitled(sheet: Worksheet) -> None:
    sheet["G6"] = 1


def empty_sheet(sheet: Worksheet) -> None:
    sheet.parent.create_sheet("Trang 1")


def other_sheet(sheet: Worksheet) -> None:
    sheet.parent.create_sheet("Danh bạ")["A1"] = "Điện thoại"


def retitle_year(sheet: Worksheet) -> None:
    sheet["A1"] = "BẢNG ĐIỂM NĂM 2024"


def retitle(name: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        sheet.title = name

    return change


def no_name(sheet: Worksheet) -> None:
    sheet.title = "Sheet3"
    sheet["A2"] = None


def formula_without_value(sheet: Worksheet) -> None:
    sheet["D6"] = "=1+1"


def drop_stage(sheet: Worksheet) -> None:
    for page in sheet.parent.worksheets:
        page["D4"] = "Ghi chú"


def flat_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[7].height = 0.4


def same_stage_twice(sheet: Worksheet) -> None:
    sheet["D4"] = sheet["E4"].value


TOTAL = ("total.contradiction",)
SPOILT = {
    "a text": Spoilt(
        put("D6", "đang chờ"),
        "Sở Y tế!D6.*'đang chờ' is neither a number",
        "cell.word",
        1,
    ),
    "a text that is long": Spoilt(
        put("D6", "chờ xác minh " * 50),
        "Sở Y tế!D6.*'chờ xác minh .{1,90}…' is neither",
        "cell.word",
        1,
    ),
    "points with their unit": Spoilt(
        put("D6", "1,5 điểm"), "Sở Y tế!D6.*'1,5 điểm' is neither", "cell.word", 1
    ),
    "two figures": Spoilt(put("D6", "1,5/2"), "Sở Y tế!D6.*'1,5/2' is neither", "cell.word", 1),
    "a figure with a footnote": Spoilt(
        put("D6", "1.5¹"), "Sở Y tế!D6.*'1.5¹' is neither", "cell.word", 1
    ),
    "a word for no number": Spoilt(
        put("D6", "NaN"), "Sở Y tế!D6.*'NaN' is neither", "cell.word", 1
    ),
    "a number beyond all": Spoilt(
        put("D6", "1e400"), "Sở Y tế!D6.*'1e400' is neither", "cell.word", 1
    ),
    "a time": Spoilt(put("D6", datetime.time(1, 30)), "Sở Y tế!D6.*date 01:30:00", "cell.date", 1),
    "a row of no height": Spoilt(
        flat_row, "Sở Y tế!D7.*hidden row or column holds points", "cell.hidden", 2
    ),
    "two columns of one stage": Spoilt(
        same_stage_twice, "Sở Y tế!E6.*points twice, also in Sở Y tế!D6", "unit.twice", also=TOTAL
    ),
    "an undeclared sign": Spoilt(put("D6", "-"), "Sở Y tế!D6.*'-' is neither", "cell.word", 1),
    "points above the maximum": Spoilt(
        put("E6", 3.5),
        "Sở Y tế!E6.*3.5 is above the maximum 3",
        "cell.above_maximum",
        1,
    ),
    "points below 0": Spoilt(
        put("E6", -1), "Sở Y tế!E6.*-1 is below the minimum 0", "cell.below_minimum", 1
    ),
    "an error": Spoilt(put("D6", "#DIV/0!"), "Sở Y tế!D6.*error #DIV/0!", "cell.error", 1),
    "a formula without a value": Spoilt(
        formula_without_value,
        "Sở Y tế!D6.*no stored value",
        "cell.formula_without_value",
        1,
    ),
    "a date": Spoilt(
        put("D6", datetime.date(2025, 10, 1), "d.m"),
        "Sở Y tế!D6.*date 2025-10-01",
        "cell.date",
        1,
    ),
    "true or false": Spoilt(put("D6", True), "Sở Y tế!D6.*TRUE is not a number", "cell.boolean", 1),
    "a percentage": Spoilt(
        put("D6", 0.7, "0%"), "Sở Y tế!D6.*70% is a percentage", "cell.percent", 1
    ),
    "a percent sign": Spoilt(
        put("D6", "70%"), "Sở Y tế!D6.*70% is a percentage", "cell.percent", 1
    ),
    "thousands or decimals": Spoilt(
        put("D6", "1.500"),
        "Sở Y tế!D6.*'1.500' may be 1.5, 1500",
        "cell.number_in_doubt",
        1,
    ),
    "merged points of two rows": Spoilt(
        merge_points, "Sở Y tế!D9.*merged area over several scores", "cell.merged", 2
    ),
    "merged points of two stages": Spoilt(
        merge_a_row, "Sở Y tế!D9.*merged area over several scores", "cell.merged", 2
    ),
    "a hidden row": Spoilt(
        hide_row, "Sở Y tế!D7.*hidden row or column holds points", "cell.hidden", 2
    ),
    "a hidden column": Spoilt(
        hide_column, "Sở Y tế!D6.*hidden row or column holds points", "cell.hidden", 4
    ),
    "a hidden sheet": Spoilt(hide_sheet, "Sở Y tế: the sheet is hidden", "sheet.hidden"),
    "another maximum": Spoilt(
        put("C6", 4), "Sở Y tế!C6.*maximum 4 is 3 in the rubric", "maximum.other"
    ),
    "another total of maxima": Spoilt(
        put("C11", 11), "Sở Y tế!C11.*maximum 11 is 10.5 in the rubric", "maximum.other"
    ),
    "a criterion twice": Spoilt(
        write_twice,
        "Sở Y tế!A12.*two rows, the first is Sở Y tế!A7",
        "criterion.twice",
        2,
        also=TOTAL,
    ),
    "a number with another name": Spoilt(
        put("B6", "Kế hoạch quý"),
        "Sở Y tế!A6.*another name than in the rubric: 1.1 Kế hoạch năm",
        "criterion.other_name",
        2,
        also=(*TOTAL, "criterion.missing"),
    ),
    "a name with another number": Spoilt(
        put("A6", "1.7"),
        "Sở Y tế!A6.*another number than in the rubric: 1.1 Kế hoạch năm",
        "criterion.other_number",
        2,
        also=(*TOTAL, "criterion.missing"),
    ),
    "a missing criterion": Spoilt(
        delete_criterion,
        "Sở Y tế, unit 'Sở Y tế', indicator '2.10': there is no row",
        "criterion.missing",
        2,
        also=TOTAL,
    ),
    "an additional criterion": Spoilt(
        add_criterion, "Sở Y tế!A12.*'3.1 Chuyển đổi số .* not in the rubric", "criterion.unknown"
    ),
    "a total that does not add up": Spoilt(
        put("E11", 9), "Sở Y tế!E11.*total says 9, its parts add up to", "total.contradiction"
    ),
    "a subtotal that does not add up": Spoilt(
        put("E5", 1), "Sở Y tế!E5.*'I'.*total says 1, its parts add up to", "total.contradiction"
    ),
    "an error in a total": Spoilt(put("E11", "#REF!"), "Sở Y tế!E11.*error #REF!", "cell.error"),
    "a total with its unit": Spoilt(
        put("E11", "9,5 điểm"), "Sở Y tế!E11.*total '9,5 điểm' is not a number", "total.unread"
    ),
    "a figure without a criterion": Spoilt(
        put("E12", 3), "Sở Y tế!E12: '3' stands beside no number and no name", "criterion.unnamed"
    ),
    "a total without its name": Spoilt(
        put("B11", None), "Sở Y tế!D11: '.*' stands beside no number", "criterion.unnamed"
    ),
    "a unit in two sheets": Spoilt(
        copy_unit, "SỞ TƯ PHÁP !D6.*twice, also in Sở Tư pháp: delete", "unit.twice"
    ),
    "a name that is nearly another": Spoilt(
        copy_nearly, "So Y te.*'So Y te' is nearly 'Sở Y tế'", "unit.near_miss"
    ),
    "a title that names another unit": Spoilt(
        put("A2", "SỞ TƯ PHÁP"),
        "Sở Y tế!A2.*sheet of 'Sở Y tế' names the unit 'SỞ TƯ PHÁP'",
        "unit.two_names",
    ),
    "a sheet that is called otherwise": Spoilt(
        retitle("SYT"),
        "SYT!A2.*sheet of 'SYT' names the unit 'SỞ Y TẾ'.*aliases=",
        "unit.two_names",
    ),
    "a sheet with a slip in its name": Spoilt(
        retitle("Sở Y tê"), "Sở Y tê!A2.*names the unit 'SỞ Y TẾ'", "unit.two_names"
    ),
    "a sheet called after another year": Spoilt(
        retitle("Sở Y tế 2024"),
        "Sở Y tế 2024: the title or the name of the sheet says 2024, not 2025",
        "sheet.another_year",
        also=("unit.two_names",),
    ),
    "an undeclared unit": Spoilt(
        put("A3", None),
        "Sở Y tế.*'Sở Y tế' is not a declared unit",
        "unit.unknown",
        settings={"units": [*UNITS[:2], "Sở Xây dựng"]},
        also=("unit.without_points",),
    ),
    "a sheet without a unit": Spoilt(
        no_name, "Sheet3: the sheet does not name its unit", "unit.unnamed"
    ),
    "an unknown column": Spoilt(
        add_column, "Sở Y tế!G4.*column 'Điểm phúc tra' holds points", "column.unknown"
    ),
    "a declared column that is not there": Spoilt(
        lambda _: None,
        "no sheet has the column 'Hệ số' that was declared: correct its letters or its title",
        "column.nowhere",
        settings={"columns": {"ignore": "Hệ số"}},
    ),
    "declared letters that are not there": Spoilt(
        lambda _: None,
        "no sheet has the column 'ZZ' that was declared",
        "column.nowhere",
        settings={"columns": {"Thẩm định": "ZZ"}},
    ),
    "a column without a title": Spoilt(
        add_untitled, "Sở Y tế!G6.*column 'G' holds points", "column.unknown"
    ),
    "an empty sheet": Spoilt(empty_sheet, "Trang 1: the sheet is empty", "sheet.empty"),
    "a sheet of something else": Spoilt(
        other_sheet, "Danh bạ: no criterion of the rubric", "sheet.without_criteria"
    ),
    "a sheet of another year": Spoilt(
        retitle_year, "Sở Y tế!A1: the title .* says 2024, not 2025", "sheet.another_year"
    ),
    "another period": Spoilt(
        lambda _: None,
        "says 2025, not 2026.*Sở Nội vụ!A1",
        "sheet.another_year",
        settings={"period": "2026"},
    ),
    "a stage that no column has": Spoilt(
        drop_stage,
        "no column has the stage 'Tự chấm'",
        "stage.nowhere",
        12,
        also=("column.unknown",),
    ),
    "stages that were not declared": Spoilt(
        lambda _: None,
        "'Điểm tự chấm', … belong to no declared stage.*Sở Nội vụ!D4",
        "stage.unnamed",
        settings={"stages": ()},
    ),
    "a unit without a league": Spoilt(
        lambda _: None,
        "unit 'Sở Y tế': the unit has no league",
        "league.missing",
        settings={"leagues": dict.fromkeys(UNITS[:2], "A")},
    ),
    "a league of an unknown unit": Spoilt(
        lambda _: None,
        "league for 'Sở Y tê', which is not a unit; did you mean 'Sở Y tế'",
        "league.unknown_unit",
        settings={"leagues": dict.fromkeys([*UNITS, "Sở Y tê"], "A")},
    ),
}


def spoilt_file(folder: Path, spoilt: Spoilt) -> Path:
    file = folder / "diem.xlsx"
    book = sheets_of_units(usual_points())
    spoilt.change(book[HEALTH])
    book.save(file)
    return file


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_workbook_is_refused_with_sheet_and_cell(tmp_path: Path, name: str) -> None:
    spoilt = SPOILT[name]
    settings = {"stages": STAGES, **spoilt.settings}
    with pytest.raises(DataError, match=f"(?s){spoilt.message}") as error:
        read_scores(spoilt_file(tmp_path, spoilt), RUBRIC, **settings)
    assert len(str(error.value).splitlines()) < 12
    codes = {problem.code for problem in error.value.problems}
    assert spoilt.code in codes
    assert codes <= {spoilt.code, *spoilt.also}


def usable(name: str) -> bool:
    """Return whether what is spoilt leaves the units of the workbook as they are."""
    codes = (SPOILT[name].code, *SPOILT[name].also)
    return not any(code.startswith(("unit.", "stage.unnamed", "sheet.hidden")) for code in codes)


@pytest.mark.parametrize("name", [name for name in SPOILT if usable(name)])
def test_only_what_cannot_be_read_is_lost(tmp_path: Path, name: str) -> None:
    spoilt = SPOILT[name]
    settings = {"stages": STAGES, **spoilt.settings}
    file = spoilt_file(tmp_path, spoilt)
    data = read_scores(file, RUBRIC, on_problem="collect", **settings).observations
    read = [np.count_nonzero(stage.status == CellStatus.REPORTED) for stage in data.stages]
    assert sum(read) == CELLS - spoilt.lost
    points = usual_points().cells
    for stage in data.stages:
        for (row, column), status in np.ndenumerate(stage.status):
            key = (data.units.codes[row], data.variables[column], stage.name)
            if status == CellStatus.REPORTED:
                assert stage.values[row, column] == points[key]


@pytest.mark.parametrize("name", SPOILT)
def test_every_problem_has_a_text_in_every_language(tmp_path: Path, name: str) -> None:
    spoilt = SPOILT[name]
    with pytest.raises(DataError) as error:
        read_scores(spoilt_file(tmp_path, spoilt), RUBRIC, **{"stages": STAGES, **spoilt.settings})
    for problem in error.value.problems:
        texts = {problem_text(problem, language) for language in languages()}
        assert len(texts) == len(languages())
        assert not [text for text in texts if "{" in text]


def test_a_damaged_file_of_a_folder_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    sheets_of_units(usual_points()).save(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 cut")
    (tmp_path / "c.xls").write_text("<html><table>", encoding="utf-8")
    (tmp_path / "~$a.xlsx").write_bytes(b"")
    (tmp_path / "đọc.docx").write_bytes(b"")
    scores = read_scores(tmp_path, RUBRIC, stages=STAGES, on_problem="collect")
    assert [problem.cell for problem in scores.problems] == ["b.xlsx", "c.xls"]
    assert {problem.code for problem in scores.problems} == {"file.unreadable"}
    assert len(scores.observations.units) == 3
    assert scores.notes[["kind", "cell"]].to_numpy().tolist() == [["left out", "đọc.docx"]]


def test_nothing_readable_is_an_error_even_if_problems_are_collected(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "Danh bạ"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="no criterion of the rubric was found"):
        read_scores(tmp_path / "a.xlsx", RUBRIC, on_problem="collect")


def test_a_covered_value_is_named(tmp_path: Path) -> None:
    file = tmp_path / "scores.xlsx"
    book = sheets_of_units(usual_points())
    book.save(file)
    book = load_workbook(file)
    sheet = book[HEALTH]
    sheet.merged_cells.add("C9:D9")  # as programs that keep what they cover
    book.save(file)
    with pytest.raises(DataError, match=r"Sở Y tế!D9.*a merged area covers"):
        read_scores(file, RUBRIC, stages=STAGES)


def test_two_leagues_of_a_unit_are_named(tmp_path: Path) -> None:
    file = tmp_path / "scores.csv"
    text = "unit,nhóm,bước,1.1,1.2,2.1,2.10\nA,x,Tự chấm,1,1,1,1\nA,y,Thẩm định,1,1,1,1\n"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="several leagues: x, y"):
        read_scores(file, RUBRIC, stages=STAGES, leagues="nhóm")


def test_a_column_that_names_two_stages_is_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "scores.xlsx"
    book = sheets_of_units(usual_points())
    book[HEALTH]["D4"] = "Tự chấm, thẩm định"
    book.save(file)
    with pytest.raises(DataError, match=r"Sở Y tế!D4.*several stages: Tự chấm, Thẩm định"):
        read_scores(file, RUBRIC, stages=STAGES)


def test_aliases_settle_names_that_are_written_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "scores.xlsx"
    book = sheets_of_units(usual_points())
    book[HEALTH]["B6"] = "Kế hoạch quý"
    book[HEALTH].title = "SYT"
    book["SYT"]["A2"] = None
    book.save(file)
    aliases = {"Kế hoạch quý": "1.1", "SYT": HEALTH}
    data = read_scores(file, RUBRIC, stages=STAGES, aliases=aliases).observations
    assert data.units.codes == UNITS
    assert data.value(HEALTH, "1.1") == usual_points().cells[HEALTH, "1.1", "Thẩm định"]


def test_columns_settle_titles_that_say_nothing(tmp_path: Path) -> None:
    file = tmp_path / "scores.xlsx"
    book = sheets_of_units(usual_points())
    for sheet in book:
        sheet["D4"], sheet["E4"], sheet["G4"], sheet["G6"] = "Lần 1", "Lần 2", "Hệ số", 2
    book.save(file)
    columns = {"Tự chấm": "Lần 1", "Thẩm định": "E", "ignore": ["Hệ số"]}
    scores = read_scores(file, RUBRIC, stages=STAGES, columns=columns)
    assert (
        scores.observations.value(HEALTH, "1.1") == usual_points().cells[HEALTH, "1.1", STAGES[1]]
    )
    assert "Hệ số" in set(scores.notes["text"])


def test_another_rubric_is_one_message(tmp_path: Path) -> None:
    leaves = [gi.Indicator(f"{c}", f"Khác {c}", rule=gi.rules.Points()) for c in MAXIMA]
    other = gi.Framework("f", leaves, aggregate=gi.aggregate.Sum())
    file = spoilt_file(tmp_path, SPOILT["a text"])
    with pytest.raises(DataError) as error:
        read_scores(file, other, stages=STAGES)
    assert "another name than in the rubric" in str(error.value)
    assert len(str(error.value).splitlines()) <= 22


def test_every_cure_is_for_a_code_that_has_a_text() -> None:
    from govindex.language.catalogues import catalogue

    assert not [c for c in CURES if f"problem.{c.replace('.', '_')}" not in catalogue("en")]

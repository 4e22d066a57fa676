"""Forms that were changed, or filled in with what cannot be entered: one clear message each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from openpyxl import Workbook, load_workbook

import govindex as gi
from govindex.workbooks import read_form, write_form

UNITS = [gi.Unit("SNV", "Sở Tự đặt ra Một"), gi.Unit("SYT", "Sở Tự đặt ra Hai")]
SHEET = "Sở Tự đặt ra Một"
METHOD = gi.Methodology(
    "example.form",
    "1",
    gi.Framework(
        "index",
        [
            gi.Dimension(
                "1",
                [
                    gi.Indicator("1.1", "Kế hoạch", rule=gi.rules.Points(), weight=2),
                    gi.Indicator(
                        "1.2",
                        "Người đứng đầu",
                        rule=gi.rules.Choice({"Chủ tịch": 1, "Phó Chủ tịch": 0.5}),
                        weight=1,
                    ),
                    gi.Indicator(
                        "1.3",
                        "Hồ sơ đúng hạn",
                        measure=gi.measures.Ratio("on_time", "all", times=100),
                        rule=gi.rules.Proportional(target=100),
                        weight=3,
                    ),
                ],
                "Chỉ đạo",
            ),
            gi.Indicator(
                "2",
                "Sáng kiến",
                rule=gi.rules.Points(),
                weight=4,
                absence=gi.Absence(not_applicable=gi.absence.Renormalise()),
            ),
        ],
        aggregate=gi.aggregate.Sum(),
    ),
)
# Where things stand: rows of the nodes and variables, columns of the sheet.
ROWS = {"1": 10, "1.1": 11, "1.2": 12, "1.3": 13, "on_time": 14, "all": 15, "2": 16, "total": 17}
HINT, MAXIMUM, ENTRY, POINTS = "D", "E", "F", "G"
Change = Callable[[Any], object]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return write_form(METHOD, tmp_path / "form.xlsx", units=UNITS, language="vi")


def spoil(form: Path, *changes: Change) -> None:
    """Change a form through openpyxl."""
    book = load_workbook(form)
    for change in changes:
        change(book)
    book.save(form)


def put(cell: str, value: Any, sheet: str = SHEET) -> Change:
    def change(book: Any) -> None:
        book[sheet][cell] = value

    return change


def entry(row: str, value: Any) -> Change:
    return put(f"{ENTRY}{ROWS[row]}", value)


def problem(form: Any, method: gi.Methodology = METHOD, **settings: Any) -> gi.Problem:
    """Return the only problem of a form; the strict reading names it, the other goes on."""
    with pytest.raises(gi.DataError) as info:
        read_form(form, method, **settings)
    (found,) = info.value.problems
    assert str(found) in str(info.value)
    return found


ENTRIES = {
    "text": (entry("1.1", "hai điểm"), "form.text", "'hai điểm' is a text, not a number"),
    "decimal comma": (entry("1.1", "1,5"), "form.text", "'1,5' is a text, not a number"),
    "too many points": (entry("1.1", 2.5), "form.range", "2.5 cannot be entered"),
    "negative points": (entry("1.1", -1), "form.range", "-1 cannot be entered"),
    "unknown answer": (entry("1.2", "Ủy viên"), "form.answer", "'Ủy viên' is not an answer"),
    "negative count": (entry("all", -3), "form.range", "-3 cannot be entered"),
    "formula": (entry("1.1", "=1+0.5"), "form.formula", "a formula stands where something"),
    "date": (entry("1.1", datetime(2026, 10, 1)), "form.date", "is the date 2026-10-01"),
    "truth": (entry("1.1", True), "form.truth", "'TRUE' is not a number"),
    "error": (entry("1.1", "#DIV/0!"), "form.error", "holds the error #DIV/0!"),
    "not applicable": (entry("1.1", "KAD"), "form.not_applicable", "applies to every unit"),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_that_cannot_be_is_named_by_sheet_and_cell(form: Path, name: str) -> None:
    change, code, text = ENTRIES[name]
    spoil(form, change)
    found = problem(form)
    assert found.code == code
    assert text in found
    assert found.unit == "SNV"
    assert found.variable is not None
    assert str(found.cell).startswith(f"{SHEET}!{ENTRY}")


def test_an_entry_that_cannot_be_read_is_missing_and_the_rest_is_read(form: Path) -> None:
    spoil(form, entry("1.1", "hai"), entry("1.2", "Chủ tịch"), entry("2", 3))
    scores = read_form(form, METHOD, on_problem="collect")
    data = scores.observations
    assert [problem.code for problem in scores.problems] == ["form.text"]
    assert data.cell("SNV", "1.1").name == "MISSING"
    assert data.value("SNV", "1.2") == "Chủ tịch"
    assert data.value("SNV", "2") == 3


def test_a_part_above_its_whole_is_named_with_the_whole(form: Path) -> None:
    spoil(form, entry("on_time", 12), entry("all", 10))
    found = problem(form)
    assert "12 is more than 'all', which is 10" in found
    assert found.cell == f"{SHEET}!{ENTRY}{ROWS['on_time']}"


def test_a_changed_maximum_is_named(form: Path) -> None:
    spoil(form, put(f"{MAXIMUM}{ROWS['1.1']}", 5))
    found = problem(form)
    assert found.code == "form.maximum"
    assert "the maximum of '1.1' was changed to 5; it is 2" in found


def test_a_changed_name_is_named(form: Path) -> None:
    spoil(form, put(f"C{ROWS['1.1']}", "Kế hoạch khác"))
    assert "was changed to 'Kế hoạch khác'; it says 'Kế hoạch'" in problem(form)


def test_a_sum_typed_over_its_formula_is_named(form: Path) -> None:
    spoil(form, put(f"{POINTS}{ROWS['total']}", 10))
    found = problem(form)
    assert found.code == "form.computed"
    assert found.cell == f"{SHEET}!{POINTS}{ROWS['total']}"


def test_a_deleted_row_is_named_and_the_others_are_read(form: Path) -> None:
    def delete(book: Any) -> None:
        book[SHEET].delete_rows(ROWS["1.2"])

    spoil(form, entry("2", 4), delete)
    found = problem(form)
    assert "the row of '1.2 Người đứng đầu' was deleted" in found
    data = read_form(form, METHOD, on_problem="collect").observations
    assert data.value("SNV", "2") == 4


def test_an_inserted_row_is_named_and_the_others_are_read(form: Path) -> None:
    def insert(book: Any) -> None:
        book[SHEET].insert_rows(ROWS["1.2"])
        book[SHEET][f"C{ROWS['1.2']}"] = "Tiêu chí thêm"

    spoil(form, entry("2", 4), insert)
    found = problem(form)
    assert "'Tiêu chí thêm' stands outside the form" in found
    assert found.cell == f"{SHEET}!C{ROWS['1.2']}"
    data = read_form(form, METHOD, on_problem="collect").observations
    assert data.value("SNV", "2") == 4


def test_a_deleted_column_is_named(form: Path) -> None:
    spoil(form, lambda book: book[SHEET].delete_cols(4))
    assert problem(form).code == "form.column_missing"


def test_something_beside_the_form_is_named(form: Path) -> None:
    spoil(form, put("K12", "xem phụ lục"))
    assert "'xem phụ lục' stands outside the form" in problem(form)


def test_a_row_that_was_copied_is_named(form: Path) -> None:
    def copy(book: Any) -> None:
        for column in range(1, 9):
            above = book[SHEET].cell(ROWS["1.1"], column).value
            book[SHEET].cell(ROWS["total"] + 1, column).value = above

    spoil(form, copy)
    assert "the row of '1.1 Kế hoạch' stands here again" in problem(form)


def test_a_renamed_sheet_is_named_and_read(form: Path) -> None:
    def rename(book: Any) -> None:
        book[SHEET].title = "Bản nháp"

    spoil(form, entry("2", 1), rename)
    assert "sheet was renamed; it was called 'Sở Tự đặt ra Một'" in problem(form)
    assert read_form(form, METHOD, on_problem="collect").observations.value("SNV", "2") == 1


def test_a_deleted_sheet_is_named(form: Path) -> None:
    spoil(form, lambda book: book.remove(book[SHEET]))
    found = problem(form)
    assert (found.code, found.unit, found.cell) == ("form.sheet_missing", "SNV", SHEET)


def test_a_sheet_that_does_not_belong_is_named(form: Path) -> None:
    spoil(form, lambda book: book.create_sheet("Nháp"), put("A1", 5, "Nháp"))
    assert problem(form).code == "form.sheet_added"


def test_a_copied_sheet_means_the_unit_twice(form: Path) -> None:
    spoil(form, lambda book: book.copy_worksheet(book[SHEET]))
    with pytest.raises(gi.DataError) as info:
        read_form(form, METHOD)
    codes = {problem.code for problem in info.value.problems}
    assert codes == {"form.unit_twice", "form.sheet_renamed"}


def test_the_form_of_another_unit_under_a_new_name_is_named(form: Path) -> None:
    spoil(form, put("B4", "Đơn vị: Sở Khác"))
    found = problem(form)
    assert "the form of 'Đơn vị: Sở Tự đặt ra Một' was renamed to 'Đơn vị: Sở Khác'" in found


def test_the_same_unit_in_two_files_is_named(form: Path, tmp_path: Path) -> None:
    again = write_form(METHOD, tmp_path / "again.xlsx", units=UNITS[:1], language="vi")
    found = problem([form, again])
    assert found.code == "form.unit_twice"
    assert found.cell == f"[again.xlsx]{SHEET}"
    assert f"[form.xlsx]{SHEET}" in found


def test_a_form_of_another_edition_is_named(form: Path) -> None:
    found = problem(form, attrs.evolve(METHOD, version="2"))
    assert "the form is for example.form@1, not for example.form@2" in found


def test_a_form_of_another_variant_is_named(form: Path) -> None:
    assert problem(form, METHOD.with_weights({"2": 5})).code == "form.fingerprint"


def test_a_changed_identity_is_named(form: Path) -> None:
    spoil(form, put("B3", '"2"', "govindex"))
    assert problem(form).code == "form.identity"


def test_a_form_of_a_later_format_is_named(form: Path) -> None:
    spoil(form, put("B1", "govindex/form/9", "govindex"))
    assert problem(form).code == "form.format"


def test_a_workbook_that_is_no_form_is_named(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "Sở Y tế"
    book.save(tmp_path / "other.xlsx")
    found = problem(tmp_path / "other.xlsx")
    assert "the file is not a scoring form" in found
    assert found.cell == "other.xlsx"


def test_a_form_without_its_hidden_sheet_is_named(form: Path) -> None:
    spoil(form, lambda book: book.remove(book["govindex"]))
    assert problem(form).code == "form.unknown"


def test_forms_of_other_stages_or_periods_are_named(form: Path, tmp_path: Path) -> None:
    def other(name: str, **settings: Any) -> Path:
        unit = [gi.Unit(name)]
        return write_form(METHOD, tmp_path / f"{name}.xlsx", units=unit, **settings)

    files = [form, other("A", stages=["verified"]), other("B", period="2026")]
    with pytest.raises(gi.DataError) as info:
        read_form(files, METHOD)
    assert [problem.code for problem in info.value.problems] == ["form.stages", "form.period"]


def test_units_without_a_form_and_unknown_ones_are_named(form: Path) -> None:
    with pytest.raises(gi.DataError) as info:
        read_form(form, METHOD, units=["SNV", "SXD"])
    found = {(problem.code, problem.unit) for problem in info.value.problems}
    assert found == {("form.unit_absent", "SXD"), ("form.unit_unknown", "SYT")}


def test_a_changed_figure_of_an_earlier_stage_is_named(tmp_path: Path) -> None:
    from govindex.testing import observed

    data = observed({"1.1": [2.0], "2": [1.0]}, UNITS[:1])
    stages = ["self", "verified"]
    form = write_form(METHOD, tmp_path / "v.xlsx", data=data, stages=stages, language="vi")
    spoil(form, put(f"{ENTRY}{ROWS['1.1']}", 1.5))  # the column before that of the entries
    found = problem(form)
    assert (found.code, found.stage, found.unit) == ("form.protected", "self", "SNV")
    assert "was changed to '1.5'; it says '2'" in found


def test_problems_go_back_in_the_language_of_the_unit(form: Path) -> None:
    spoil(form, entry("1.1", 3), put(f"{MAXIMUM}{ROWS['1.1']}", 5))
    scores = read_form(form, METHOD, on_problem="collect")
    texts = scores.problem_table("vi")["text"].to_list()
    assert texts == [
        "điểm tối đa của '1.1' đã bị sửa thành 5; đúng là 2: nhập lại 2",
        "không nhập được giá trị 3: nhập số từ 0 đến 2",
    ]


@pytest.mark.parametrize(("language", "shown"), [("vi", "2,5"), ("en", "2.5")])
def test_numbers_of_problems_are_written_as_the_language_does(
    form: Path, language: str, shown: str
) -> None:
    spoil(form, entry("1.1", 2.5), put(f"{MAXIMUM}{ROWS['1.1']}", 2.5))
    texts = read_form(form, METHOD, on_problem="collect").problem_table(language)["text"]
    assert all(shown in text for text in texts)
    assert "'1.1'" in texts[0]


def test_a_percent_sign_is_named(form: Path) -> None:
    def percent(book: Any) -> None:
        book[SHEET][f"{ENTRY}{ROWS['1.1']}"].number_format = "0%"

    spoil(form, entry("1.1", 0.95), percent)
    assert "was entered with a percent sign: the cell holds 0.95" in problem(form)

"""Rubrics that are spoilt: one clear message each, with the sheet, the cell and what to do."""

from __future__ import annotations

import datetime
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.aggregate import Sum
from govindex.grid import Cell, Grid
from govindex.grid.rubrics import understood_rubric
from govindex.mappings import FrozenMap
from govindex.model.rubric_trees import rubric_nodes
from govindex.workbooks import read_rubric
from tests.sampling import few

Rows = list[list[Any]]
HEADER = ["STT", "Tiêu chí", "Điểm tối đa", "Hướng dẫn"]


def good() -> Rows:
    return [
        ["PHỤ LỤC (made up)"],
        HEADER,
        ["I", "Chỉ đạo", 5],
        ["1.1", "Kế hoạch", 3],
        ["1.1.1", "Ban hành", 1, "Đúng hạn: 1"],
        ["1.1.2", "Hoàn thành", 2],
        ["1.2", "Báo cáo", 2],
        ["II", "Thể chế", 4],
        ["2.1", "Rà soát", 4],
        [None, "Tổng điểm", 9],
    ]


def workbook(folder: Path, rows: Rows, spoil: Callable[[Any], object] | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Annex"
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    if spoil is not None:
        spoil(sheet)
    file = folder / "annex.xlsx"
    book.save(file)
    return file


def put(**cells: Any) -> Callable[[Any], None]:
    def spoil(sheet: Any) -> None:
        for cell, value in cells.items():
            sheet[cell] = value

    return spoil


def merged(area: str, cell: str, value: Any) -> Callable[[Any], None]:
    """Merge cells and put a value below them, as some programs keep it."""

    def spoil(sheet: Any) -> None:
        sheet.merge_cells(area)
        row, column = openpyxl.utils.cell.coordinate_to_tuple(cell)
        sheet._cells[row, column] = openpyxl.cell.cell.Cell(sheet, row, column, value)

    return spoil


def hide(row: int) -> Callable[[Any], None]:
    def spoil(sheet: Any) -> None:
        sheet.row_dimensions[row].hidden = True

    return spoil


def date_in(cell: str, day: datetime.date, pattern: str = "d.m") -> Callable[[Any], None]:
    def spoil(sheet: Any) -> None:
        sheet[cell] = day
        sheet[cell].number_format = pattern

    return spoil


def second_header(sheet: Any) -> None:
    for column, title in enumerate(["STT", "Chỉ số", "Điểm tối đa"], 1):
        sheet.cell(12, column, title)
    sheet.cell(13, 1, "I"), sheet.cell(13, 2, "Other"), sheet.cell(13, 3, 1)


def no_maxima(sheet: Any) -> None:
    for row in range(3, 11):
        sheet.cell(row, 3).value = None


def second_maximum(sheet: Any) -> None:
    sheet["C2"], sheet["D2"] = "Điểm tối đa 2024", "Điểm tối đa 2025"


def second_name(sheet: Any) -> None:
    sheet["D2"] = "Chỉ số"
    for row in range(3, 10):
        sheet.cell(row, 4, "x")


def hidden_maximum(sheet: Any) -> None:
    sheet.column_dimensions["C"].hidden = True


def hidden_survey(sheet: Any) -> None:
    sheet.insert_cols(4)
    sheet["C2"], sheet["D2"], sheet["D5"] = "Điểm tối đa thẩm định", "Điểm tối đa điều tra XHH", 2
    sheet.column_dimensions["D"].hidden = True


UNREADABLE: dict[str, tuple[Callable[[Any], object], str]] = {
    "a criterion twice": (put(A6="1.1.1"), "cell A6: 1.1.1 is in row 5 (A5), too: give every"),
    "a level skipped": (put(A5="1.3.1"), "cell A5: 1.3.1 comes after 1.1, and there is no 1.3"),
    "a number of another field": (put(A9="3.1"), "cell A9: 3.1 comes after II, and there is no 3"),
    "a row that went astray": (put(A9="1.1.3"), "cell A9: 1.1.3 belongs to 1.1 (row 4), but comes"),
    "a word for a number": (put(A4="Kế"), "cell A4: 'Kế' is not a running number: write I, 1"),
    "a number without a name": (put(B5=None), "cell A5: the row has a number and no name"),
    "points without a number": (put(A5=None), "cell C5: 'Ban hành · 1 · Đúng hạn: 1' has points"),
    "points in words": (
        put(C5="một điểm"),
        "cell C5: 'một điểm' is not a number: write the",
    ),
    "one or a thousand": (put(C6="2.000"), "cell C6: '2.000' is 2000 or 2: declare the decimal"),
    "a date for points": (
        date_in("C5", datetime.date(2025, 10, 1)),
        "cell C5: the cell holds a date or a time, 2025-10-01, not a number: format the cell",
    ),
    "yes for points": (put(C5=True), "cell C5: the cell holds TRUE: write the points"),
    "an error": (put(C5="#DIV/0!"), "cell C5: the cell holds the error #DIV/0!: correct"),
    "a formula never computed": (put(C5="=1+1"), "cell C5: the formula has no stored value: open"),
    "a leaf without a maximum": (put(C5=None), "cell A5: 1.1.1 has no maximum: write its points"),
    "a branch without points": (put(C5=0, C6=0), "cell A4: all criteria of 1.1 have 0 points"),
    "no maxima": (no_maxima, "cell A5: no criterion has a maximum: name the column"),
    "a hidden row with points": (hide(5), "cell A5: row 5 is hidden and belongs to the table"),
    "a hidden total": (hide(10), "cell A10: row 10 is hidden and belongs to the table"),
    "merged cells over points": (
        merged("B5:C5", "C5", 2),
        "cell C5: '2' is below the merged cells B5:C5, where nobody sees it: unmerge",
    ),
    "a date between two numbers": (
        date_in("A7", datetime.date(2025, 4, 1)),
        "cell A7: the running number was typed as a date and may be 1.4 or 4.1: the rows above",
    ),
    "1.1 or 1.10": (
        put(A7=1.1),
        "cell A7: the running number was typed as a number and may be",
    ),
    "two headers": (
        second_header,
        "has several rows that may be the header: row 2: A 'STT', B 'Tiêu chí', C 'Điểm tối đa', D "
        "'Hướng dẫn'; row 12: A 'STT', B 'Chỉ số', C 'Điểm tối đa': choose with header=2",
    ),
    "two maxima": (
        second_maximum,
        "the maximum may be column C 'Điểm tối đa 2024' or column D 'Điểm tối đa 2025': choose "
        "with columns={'maximum': 'C'}",
    ),
    "two names": (second_name, "the name may be column B 'Tiêu chí' or column D 'Chỉ số': choose"),
    "a hidden column of maxima": (
        hidden_maximum,
        "column C 'Điểm tối đa' is hidden and holds points: show what counts",
    ),
    "a hidden column of survey points": (
        hidden_survey,
        "column D 'Điểm tối đa điều tra XHH' is hidden and holds points",
    ),
    "no header": (put(A2="a", B2="b", C2="c", D2="d"), "has no row that looks like the header"),
    "no title for maxima": (put(C2="Cột 3"), "no column of maximum points was found in the header"),
    "no numbers": (
        put(**{f"A{row}": None for row in range(3, 10)}, C10=None),
        "cell C3: 'Chỉ đạo · 5' has points and no running number",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_rubric_that_cannot_be_understood_is_refused_by_cell(tmp_path: Path, name: str) -> None:
    spoil, problem = UNREADABLE[name]
    with pytest.raises(gi.DataError, match=re.escape(problem)) as caught:
        read_rubric(workbook(tmp_path, good(), spoil))
    assert "'annex.xlsx', sheet 'Annex'" in str(caught.value)


CONTRADICTIONS: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "a misprint": (
        put(C4=4),
        "maximum.printing_error",
        "cell C4: 1.1 has 4 points, and its criteria add up to 3: the total above it agrees with",
    ),
    "a leaf changed by hand": (
        put(C5=2),
        "maximum.contradiction",
        "cell C4: 1.1 has 3 points, and its criteria add up to 4: either it or one of them is",
    ),
    "a total that does not add up": (
        put(C10=10),
        "maximum.printing_error",
        "cell C10: 'Tổng điểm' (row 10) has 10 points, and its criteria add up to 9",
    ),
    "a name twice": (
        put(B6="Ban hành"),
        "name.twice",
        "cell A6: 1.1.2 has the name of 1.1.1 (row 5)",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_rubric_that_contradicts_itself_is_read_with_problems(tmp_path: Path, name: str) -> None:
    spoil, code, text = CONTRADICTIONS[name]
    rubric = read_rubric(workbook(tmp_path, good(), spoil))
    assert code in {problem.code for problem in rubric.problems}
    assert any(str(problem).startswith(text) for problem in rubric.problems)
    with pytest.raises(gi.DataError, match="The rubric contradicts itself"):
        rubric.methodology("made-up.annex", "1")
    method = rubric.methodology("made-up.annex", "1", accept={p.code for p in rubric.problems})
    assert method.framework == rubric.framework


ODD: list[Any] = [None, "x", -1.0, 0.0, 1.1, 1e300, True, "1.1", "I", "-", "a)", "Tổng", "1,5"]
ODD += ["12%", "STT", "1.000", "điểm thưởng", datetime.date(2025, 1, 10), datetime.time(1), "#N/A"]
POSITIONS = st.tuples(st.integers(3, 9), st.integers(1, 3))


@settings(max_examples=few(300), deadline=None)
@given(changes=st.dictionaries(POSITIONS, st.sampled_from(ODD), min_size=1, max_size=3))
def test_a_changed_cell_never_changes_the_points_in_silence(changes: dict[Any, Any]) -> None:
    rows = {(r, c): v for r, row in enumerate(good(), 1) for c, v in enumerate(row, 1)}
    filled = {at: value for at, value in {**rows, **changes}.items() if value is not None}
    cells = {
        at: Cell(float(value) if type(value) is int else value, error="#N/A" * (value == "#N/A"))
        for at, value in sorted(filled.items())
    }
    try:
        found = understood_rubric(Grid("annex.xlsx", "Annex", FrozenMap(cells)))
        framework = gi.Framework("x", rubric_nodes(found), aggregate=Sum())
    except (gi.DataError, gi.FrameworkError):
        return
    bonus = any(remark.startswith("cell") and "bonus" in remark for remark in found.remarks)
    assert found.problems or framework.weight("x") == 9 or bonus


def test_all_problems_are_in_one_message(tmp_path: Path) -> None:
    with pytest.raises(gi.DataError, match=r"\(3 problems\)") as caught:
        read_rubric(workbook(tmp_path, good(), put(A6="1.1.1", C5="#N/A", C9="nhiều")))
    assert [problem.cell for problem in caught.value.problems] == ["C5", "A6", "C9"]


def test_hidden_rows_are_read_or_skipped_as_declared(tmp_path: Path) -> None:
    file = workbook(tmp_path, good(), hide(5))
    assert read_rubric(file, hidden="read").framework.weight("1.1.1") == 1
    skipped = read_rubric(file, hidden="skip")
    assert "1.1.1" not in skipped.framework.codes
    assert skipped.skipped == ((5, "hidden", "1.1.1 · Ban hành · 1 · Đúng hạn: 1"),)
    assert [problem.code for problem in skipped.problems][:1] == ["maximum.contradiction"]


def test_hidden_columns_of_points_are_read_or_skipped_as_declared(tmp_path: Path) -> None:
    file = workbook(tmp_path, good(), hidden_survey)
    read = read_rubric(file, hidden="read").framework
    assert {"1.1.1.appraised", "1.1.1.survey"} <= set(read.leaf_codes)
    skipped = read_rubric(file, hidden="skip")
    assert "1.1.1" in skipped.framework.leaf_codes
    assert any("is hidden and was not read" in remark for remark in skipped.remarks)


def test_doubtful_columns_and_headers_can_be_given(tmp_path: Path) -> None:
    rubric = read_rubric(workbook(tmp_path, good(), second_maximum), columns={"maximum": "C"})
    assert rubric.framework.weight("index") == 9
    rubric = read_rubric(workbook(tmp_path, good(), second_header), header=12)
    assert rubric.framework.leaf_codes == ("I",)
    names = {"vi": "B", "en": "D"}
    rubric = read_rubric(workbook(tmp_path, good(), second_name), columns={"name": names})
    assert dict(rubric.framework.node("1.2").name) == {"vi": "Báo cáo", "en": "x"}
    rubric = read_rubric(
        workbook(tmp_path, good(), hidden_maximum), columns={"maximum": "Điểm tối đa"}
    )
    assert rubric.framework.weight("index") == 9


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"columns": {"maxima": "C"}}, "columns= has no role 'maxima': did you mean 'maximum'"),
        ({"columns": {"maximum": "Điểm tối"}}, "there is no one column 'Điểm tối' for 'maximum'"),
        ({"header": 0}, "header is a row, counted from 1"),
        ({"hidden": "no"}, "hidden is 'refuse', 'read' or 'skip'"),
        ({"decimal": ";"}, "decimal is '.' or ','"),
        ({"sheet": "Anex"}, "has no sheet 'Anex': did you mean 'Annex'"),
    ],
)
def test_impossible_choices_are_refused(
    tmp_path: Path, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(gi.GovIndexError, match=re.escape(problem)):
        read_rubric(workbook(tmp_path, good()), **options)


def test_an_empty_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(gi.DataError, match=r"'annex\.xlsx', sheet 'Annex' is empty"):
        read_rubric(workbook(tmp_path, []))


def test_several_sheets_are_asked_for(tmp_path: Path) -> None:
    def copy(sheet: Any) -> None:
        sheet.parent.copy_worksheet(sheet).title = "Old"

    file = workbook(tmp_path, good(), copy)
    with pytest.raises(gi.DataError, match="the sheets 'Annex', 'Old' may each be the rubric"):
        read_rubric(file)
    assert read_rubric(file, sheet="Old").framework.weight("index") == 9


def test_the_only_sheet_that_is_not_hidden_is_chosen(tmp_path: Path) -> None:
    def copy(sheet: Any) -> None:
        hidden = sheet.parent.copy_worksheet(sheet)
        hidden.title, hidden.sheet_state = "Old", "hidden"

    rubric = read_rubric(workbook(tmp_path, good(), copy))
    assert (rubric.sheet, rubric.remarks[0]) == ("Annex", "sheet 'Old' was not read")


def test_a_workbook_is_read_by_its_content_not_its_name(tmp_path: Path) -> None:
    file = workbook(tmp_path, good()).rename(tmp_path / "annex.xls")
    assert read_rubric(file).framework.weight("index") == 9


def test_a_workbook_with_a_password_is_named(tmp_path: Path) -> None:
    from tests.files.test_reading import xls_file

    file = xls_file(tmp_path, title="EncryptedPackage").rename(tmp_path / "annex.xlsx")
    with pytest.raises(gi.DataError, match=r"'annex\.xlsx' is protected by a password: open it"):
        read_rubric(file)


def test_a_damaged_workbook_is_named(tmp_path: Path) -> None:
    file = workbook(tmp_path, good())
    file.write_bytes(file.read_bytes()[:900])
    with pytest.raises(gi.DataError, match=r"'annex\.xlsx' is not a workbook"):
        read_rubric(file)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(gi.DataError, match="it is a zip archive of something else"):
        read_rubric(file)


def test_an_xls_workbook_is_read_as_well(tmp_path: Path) -> None:
    from tests.files.test_reading import xls_file, xls_number

    def text(row: int, column: int, value: str) -> bytes:
        letters = value.encode("utf-16-le")
        data = struct.pack("<HHHHB", row, column, 0, len(value), 1) + letters
        return struct.pack("<HH", 0x204, len(data)) + data

    cells = [text(0, c, title) for c, title in enumerate(HEADER[:3])]
    cells += [text(1, 0, "I"), text(1, 1, "Chỉ đạo"), text(2, 0, "1.1"), text(2, 1, "Kế hoạch")]
    rubric = read_rubric(xls_file(tmp_path, *cells, xls_number(2, 2, 2.5)))
    assert rubric.framework.weight("1.1") == 2.5

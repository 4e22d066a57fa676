"""Rubrics as provinces issue them, read whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

import govindex as gi
from govindex.cli import main
from govindex.language.catalogues import catalogue
from govindex.workbooks import Rubric, read_rubric
from tests.pseudo import PSEUDO, letters_outside, made_up_language
from tests.workbooks.test_spoilt_rubrics import HEADER, good, second_maximum, workbook

CASES = Path(__file__).parents[3] / "shared" / "cases" / "workbooks"
with_cases = pytest.mark.skipif(not CASES.is_dir(), reason="needs ../shared/cases/workbooks")


def points(rubric: Rubric, *codes: str) -> list[float]:
    return [float(rubric.framework.weight(code)) for code in codes]


# -- The files of a province -----------------------------------------------------------------------


@with_cases
def test_the_annex_of_a_province_is_read() -> None:
    rubric = read_rubric(CASES / "bo_chi_so_2025.xlsx")
    framework = rubric.framework
    assert (len(framework.leaf_codes), len(framework.children)) == (40, 8)
    fields = ("index", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")
    assert points(rubric, *fields) == [100, 12, 10, 16, 7, 9, 10, 15, 21]
    assert points(rubric, "1.2", "1.3.1", "8.1.1") == [1.5, 1.5, 12]
    survey = [leaf.code for leaf in framework.leaves if leaf.data_source == "survey"]
    assert survey == ["8.1.1", "8.1.2"]
    assert {leaf.rule for leaf in framework.leaves} == {gi.rules.Points()}
    guidance = {leaf.evidence for leaf in framework.leaves}
    assert guidance == {"Đúng hạn: 100% điểm\nMuộn: 50%\nKhông: 0"}
    assert dict(rubric.notes) == {"3.3.1": "Chỉ áp dụng với sở có TTHC"}
    assert (rubric.header, rubric.problems, rubric.skipped) == ((5, 6), (), ())
    assert [str(remark) for remark in rubric.remarks] == [
        "cell C14: a number typed as text, is read as a number"
    ]
    assert framework.name["vi"].startswith("BỘ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH")


@with_cases
@pytest.mark.parametrize("year", [2024, 2025])
def test_the_table_of_all_departments_holds_the_same_rubric(year: int) -> None:
    annex = read_rubric(CASES / "bo_chi_so_2025.xlsx").framework
    rubric = read_rubric(CASES / f"diem_{year}_tong_hop.xlsx")
    assert rubric.framework.leaf_codes == annex.leaf_codes
    assert points(rubric, "index", "VIII") == [100, 21]
    assert rubric.columns == {
        "A": ("number", "STT"),
        "B": ("name", "Tiêu chí"),
        "C": ("maximum", "Điểm tối đa"),
    }


@with_cases
def test_a_workbook_of_twenty_such_sheets_asks_for_one() -> None:
    with pytest.raises(gi.DataError, match=r"the sheets 'Sở Nội vụ', 'Sở Tư pháp', .* 14 more may"):
        read_rubric(CASES / "diem_2025_tung_so.xlsx")


@with_cases
def test_departments_are_scored_by_the_annex() -> None:
    method = read_rubric(CASES / "bo_chi_so_2025.xlsx").methodology("made-up.par", "2025")
    figures = pd.read_csv(CASES / "diem_ngang.csv", dtype=str, sep=None, engine="python")
    codes = list(method.framework.leaf_codes)
    assert set(codes) <= set(figures.columns)


# -- An annex with every difficulty ----------------------------------------------------------------


def difficult(folder: Path) -> Path:
    """Write a made-up annex: three rows of headers, dates, bullets, subtotals, a signature."""
    file = folder / "annex.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Phụ lục")
    day = book.add_format({"num_format": "d.m"})
    sheet.merge_range("A1:H1", "Phụ lục (số liệu giả định)")
    sheet.merge_range("A2:H2", "BỘ TIÊU CHÍ ĐÁNH GIÁ CẢI CÁCH HÀNH CHÍNH NĂM 2025")
    sheet.merge_range("A4:A6", "TT")
    sheet.merge_range("B4:B6", "Lĩnh vực, tiêu chí")
    sheet.merge_range("C4:E4", "Điểm tối đa")
    sheet.merge_range("C5:C6", "Tổng số")
    sheet.merge_range("D5:E5", "Trong đó")
    sheet.write_row("D6", ["Thẩm định", "Điều tra xã hội học"])
    sheet.merge_range("F4:F6", "Cách chấm điểm")
    sheet.merge_range("G4:G6", "Tài liệu kiểm chứng")
    sheet.merge_range("H4:H6", "Ghi chú")
    sheet.write_row("A7", ["(1)", "(2)", "(3)=(4)+(5)", "(4)", "(5)", "(6)", "(7)", "(8)"])
    rows: list[list[Any]] = [
        ["I", "CHỈ ĐẠO", 30],
        *([f"1.{n}", f"Nhiệm vụ {n}", "1,5", "1,5"] for n in range(1, 9)),
        [1.9, "Nhiệm vụ 9", 2, 2],
        [1.1, "Nhiệm vụ 10", 6, None, 6, "Theo kết quả điều tra"],
        ["1.11", "Nhiệm vụ 11", 10, 4, 6, "", "Kế hoạch", "Cả hai nguồn"],
        ["-", "Đúng hạn", 10],
        ["-", "Muộn", 5],
        ["-", "Không", 0],
        [None, "Cộng", 30],
        ["TT", "Lĩnh vực, tiêu chí", "Điểm tối đa"],
        ["II", "THỂ CHẾ", 70],
        [2.1, "Văn bản", 70, 70],
        ["a)", "Ban hành", 30, 30],
        ["b)", "Rà soát", 40, 40],
        ["+", "Có báo cáo"],
        ["+", "Có kiến nghị"],
        [None, "Cộng lĩnh vực II", 70],
        [None, "TỔNG CỘNG", 100],
        ["III", "ĐIỂM THƯỞNG", 5],
        ["3.1", "Sáng kiến", 5, 5],
        [None, None],
        [None, "TM. ỦY BAN NHÂN DÂN"],
    ]
    for number, row in enumerate(rows, 7):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    sheet.write_datetime("A9", pd.Timestamp(2026, 1, 1).to_pydatetime(), day)
    sheet.write_comment("B8", "Theo kế hoạch năm")
    book.close()
    return file


def test_an_annex_with_every_difficulty_is_read(tmp_path: Path) -> None:
    rubric = read_rubric(difficult(tmp_path))
    tasks = [f"1.{n}" for n in range(1, 11)]
    assert rubric.framework.leaf_codes == (
        *tasks,
        "1.11.appraised",
        "1.11.survey",
        "2.1.a",
        "2.1.b",
        "3.1",
    )
    assert points(rubric, "index", "I", "1.10", "1.11", "II", "2.1", "III") == [
        *(100, 30, 6, 10, 70, 70, 5)
    ]
    assert rubric.problems == ()
    bonus = rubric.framework.node("III")
    assert isinstance(bonus, gi.Dimension)
    assert bonus.outside_maximum
    assert rubric.framework.node("1.11.survey").label() == "Nhiệm vụ 11 (Điều tra xã hội học)"
    split = rubric.framework.node("1.11.appraised")
    assert isinstance(split, gi.Indicator)
    assert split.evidence == "Kế hoạch\n- Đúng hạn: 10\n- Muộn: 5\n- Không: 0"
    reviewed = rubric.framework.node("2.1.b")
    assert isinstance(reviewed, gi.Indicator)
    assert reviewed.evidence == "+ Có báo cáo\n+ Có kiến nghị"
    assert dict(rubric.notes) == {"I": "Theo kế hoạch năm", "1.11": "Cả hai nguồn"}


def test_what_was_understood_is_shown(tmp_path: Path) -> None:
    text = str(read_rubric(difficult(tmp_path)))
    for line in (
        "Header: rows 4, 5, 6",
        "C  maximum (total): 'Điểm tối đa Tổng số'",
        "E  maximum (survey): 'Điểm tối đa Trong đó Điều tra xã hội học'",
        "Tree: 15 criteria in 3 fields, 100 points",
        "row 7 (the numbers of the columns): (1) · (2) · (3)=(4)+(5) · (4) · (5) · (6) · (7) · (8)",
        "row 24 (the header, repeated): TT · Lĩnh vực, tiêu chí · Điểm tối đa",
        "row 36 (below the table): TM. ỦY BAN NHÂN DÂN",
        "cell A18: typed as a number, is read as 1.10",
        "cell A9: typed as a date, is read as 1.1",
        "row 20 to row 22 are read as the guidance of 1.11",
        "III 'ĐIỂM THƯỞNG' is read as bonus or penalty: its points count and its maximum does not",
        "none found",
    ):
        assert line in text
    assert max(map(len, text.splitlines())) <= 130


def test_what_was_understood_speaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = difficult(tmp_path)
    rubric = read_rubric(file)
    assert rubric.text_in("en") == str(rubric)
    assert main(["read", str(file), "--language", "vi"]) == 0
    text = capsys.readouterr().out
    assert text == f"{rubric.text_in('vi')}\n"
    for line in (
        "Đầu bảng: các dòng 4, 5, 6",
        "E  điểm tối đa (điều tra xã hội học): 'Điểm tối đa Trong đó Điều tra xã hội học'",
        "Cấu trúc: 15 tiêu chí thuộc 3 lĩnh vực, 100 điểm",
        "dòng 24 (đầu bảng lặp lại): TT · Lĩnh vực, tiêu chí · Điểm tối đa",
        "16 ô (C9, D9, C10, …): số được nhập dưới dạng chữ, đọc là số",
        "ô A18: số thứ tự được nhập dưới dạng số, đọc là 1.10",
        "không phát hiện",
    ):
        assert line in text


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (
            [["I", "Chỉ đạo", 5], ["1.1", "Kế hoạch", 1.5], ["1.2", "Báo cáo", 1.5]],
            "ô C2: I ghi 5 điểm, cộng các tiêu chí được 3: một trong hai bên sai: sửa lại tệp",
        ),
        (
            [["I", "Chỉ đạo", 2.5], ["1.1", "Kế hoạch", 1], ["1.3", "Kế hoạch", 1.5]],
            "ô A4: 1.3 trùng tên với 1.1 (dòng 3): sửa lại tên, hoặc xóa dòng bị lặp",
        ),
        (
            [["I", "Chỉ đạo", 2.5], ["1.1", "Kế hoạch", 1], ["1.3", "Báo cáo", 1.5]],
            "ô A4: 1.3 đứng sau 1.1: thiếu số thứ tự hoặc sai thứ tự",
        ),
    ],
)
def test_problems_and_remarks_of_a_rubric_speak(tmp_path: Path, rows: Any, text: str) -> None:
    titles = ["STT", "Tiêu chí", "Điểm tối đa"]
    rubric = read_rubric(workbook(tmp_path, [titles, *rows]))
    assert text in rubric.text_in("vi")


def test_no_word_about_a_rubric_is_untranslated(tmp_path: Path) -> None:
    rubric = read_rubric(difficult(tmp_path))
    folder = tmp_path / "language"
    folder.mkdir()
    with made_up_language(folder):
        text = rubric.text_in(PSEUDO)
    names = [(node.code, node.label()) for node in rubric.framework.nodes[1:]]
    for own in [*rubric.titles, *(f"{code}  {name}" for code, name in names)]:
        assert own in text
        text = text.replace(own, "", 1)
    text = "\n".join(line for line in text.splitlines() if not re.match(r"  [A-H]  ", line))
    assert letters_outside(text) == ""
    skipped = {reason for _, reason, _ in rubric.skipped}
    assert skipped <= {v for k, v in catalogue("en").items() if k.startswith("rubric.skipped.")}


def test_a_bonus_counts_and_its_maximum_does_not(tmp_path: Path) -> None:
    method = read_rubric(difficult(tmp_path)).methodology("made-up.annex", "2025", decimals=1)
    full = {code: float(method.framework.weight(code)) for code in method.framework.leaf_codes}
    data = pd.DataFrame([{"unit": "A", **full, "2.1.a": 20.0}, {"unit": "B", **full, "3.1": 0.0}])
    result = method.compute(gi.Observations.from_frame(data))
    assert result.score.to_dict() == {"A": 95.0, "B": 100.0}
    assert (method.ranking.decimals, method.sources[0].title) == (1, "annex.xlsx")


def test_readers_see_the_title_and_no_code_of_the_whole(tmp_path: Path) -> None:
    rubric = read_rubric(difficult(tmp_path))
    method = rubric.methodology("made-up.annex", "2025", decimals=1)
    full = {code: float(method.framework.weight(code)) for code in method.framework.leaf_codes}
    data = pd.DataFrame([{"unit": "A", **full, "2.1.a": 20.0}, {"unit": "B", **full, "3.1": 0.0}])
    result = method.compute(gi.Observations.from_frame(data))
    why = gi.explain(result, "A", language="vi")
    assert why.table.index[0] == "index"
    title = rubric.framework.label()
    row = next(line for line in str(why).splitlines() if title in line)
    assert row.startswith(" ")
    assert re.search(r"^1\.10 ", str(why), re.MULTILINE)
    file = tmp_path / "result.xlsx"
    gi.workbooks.write_result(result, file, method=method, language="vi")
    book = openpyxl.load_workbook(file)
    texts = [
        str(cell.value)
        for sheet in book
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None
    ]
    assert title in texts
    assert [text for text in texts if re.search(r"\b(index|root)\b", text)] == []


def test_yes_and_no_with_points_are_guidance(tmp_path: Path) -> None:
    rows = [*good()[:-1], ["-", "Có", 4], ["-", "Không", 0]]
    rubric = read_rubric(workbook(tmp_path, rows))
    leaf = rubric.framework.node("2.1")
    assert isinstance(leaf, gi.Indicator)
    assert leaf.evidence == "- Có: 4\n- Không: 0"


def test_bullets_that_add_up_are_criteria(tmp_path: Path) -> None:
    rows = [*good()[:-1], ["-", "Kế hoạch", 1], ["-", "Kết quả", 3]]
    assert points(read_rubric(workbook(tmp_path, rows)), "2.1-1", "2.1-2") == [1, 3]


def test_penalties_are_negative_points(tmp_path: Path) -> None:
    rows = [*good()[:-1], ["III", "Điểm trừ", -3], ["3.1", "Vi phạm", -3]]
    rubric = read_rubric(workbook(tmp_path, rows))
    leaf = rubric.framework.node("3.1")
    assert isinstance(leaf, gi.Indicator)
    assert (leaf.rule, leaf.weight) == (gi.rules.Points(minimum=-3), 3)
    assert points(rubric, "index") == [9]


def test_percentages_are_points_of_a_hundred(tmp_path: Path) -> None:
    def percent(sheet: Any) -> None:
        for row, value in ((3, 0.4), (4, 0.25), (5, 0.15), (6, "60%")):
            sheet.cell(row, 3, value).number_format = "0%"

    rows = [["Annex"], HEADER, ["I", "A"], ["1.1", "B"], ["1.2", "C"], ["II", "D"]]
    rubric = read_rubric(workbook(tmp_path, rows, percent))
    assert points(rubric, "I", "1.1", "1.2", "II") == [40, 25, 15, 60]


def test_the_decimal_mark_of_other_texts_decides_what_is_ambiguous(tmp_path: Path) -> None:
    rows = [HEADER, ["1", "A", "1,5"], ["2", "B", "2.000"]]
    assert points(read_rubric(workbook(tmp_path, rows)), "2") == [2000]
    rows = [HEADER, ["1", "A", "1.5"], ["2", "B", "2.000"]]
    assert points(read_rubric(workbook(tmp_path, rows)), "2") == [2]
    rows = [HEADER, ["1", "A", "2.000"]]
    assert points(read_rubric(workbook(tmp_path, rows), decimal="."), "1") == [2]


def test_rubrics_in_english_and_in_names(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Criterion", "Maximum score", "Scoring guide", "Data source"],
        ["I. Leadership", 3],
        ["1.1. Plan issued", 1, "on time: 1", "Survey of officials"],
        ["1.2. Report sent", 2, "", "e-office"],
        ["Total", 3],
    ]
    rubric = read_rubric(workbook(tmp_path, rows), language="en")
    assert [node.label("en") for node in rubric.framework.nodes][1:] == [
        *("Leadership", "Plan issued", "Report sent")
    ]
    assert [leaf.data_source for leaf in rubric.framework.leaves] == ["survey", "e-office"]


def test_a_rubric_in_a_csv_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "annex.csv"
    text = "Phụ lục;;\nSTT;Tiêu chí;Điểm tối đa\nI;Chỉ đạo;3\n1.1;Kế hoạch;1,5\n1.2;Báo cáo;1,5\n"
    file.write_text(text, encoding="utf-8-sig")
    assert points(read_rubric(file), "index", "1.1") == [3, 1.5]


# -- The same understanding elsewhere --------------------------------------------------------------


def frame(**columns: Any) -> pd.DataFrame:
    usual: dict[str, Any] = {
        "STT": ["I", "1.1", "1.2", None],
        "Tiêu chí": ["Chỉ đạo", "Kế hoạch", "Báo cáo", "Tổng"],
        "Điểm tối đa": ["3", "1,5", "1,5", "3"],
    }
    return pd.DataFrame(usual | columns)


def test_a_frame_with_the_titles_of_a_rubric_is_a_framework() -> None:
    framework = gi.Framework.from_table(frame(), rules={"1.2": gi.rules.Proportional(target=80)})
    assert [(node.code, node.label()) for node in framework.nodes] == [
        ("index", "index"),
        ("I", "Chỉ đạo"),
        ("1.1", "Kế hoạch"),
        ("1.2", "Báo cáo"),
    ]
    assert framework.weight("index") == 3
    assert framework.node("1.2").rule == gi.rules.Proportional(target=80)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"STT": ["I", "1.1", "1.1", None]}, "row 3, column 'STT': 1.1 is in row"),
        ({"Điểm tối đa": ["3", "x", "1", "3"]}, "row 2, column 'Điểm tối đa': 'x' is not a number"),
        ({"Điểm tối đa": [4, 1.5, 1.5, 3]}, "row 1, column 'Điểm tối đa': I has 4 points"),
        ({"Sở Y tế": [1, 1, 1, 1]}, "there is no use for the columns 'Sở Y tế': ignore them"),
    ],
)
def test_a_frame_that_is_wrong_is_refused_by_row(columns: Any, problem: str) -> None:
    with pytest.raises(gi.FrameworkError, match=problem):
        gi.Framework.from_table(frame(**columns))


def test_columns_of_a_frame_may_be_named() -> None:
    table = frame().rename(columns={"Điểm tối đa": "Mức", "Tiêu chí": "Việc"})
    framework = gi.Framework.from_table(table, name="Việc", weight="Mức")
    assert framework.weight("1.1") == 1.5


def test_columns_of_a_frame_may_be_ignored() -> None:
    table = frame(**{"Sở Y tế": [1, 1, 1, 1]})
    assert len(gi.Framework.from_table(table, ignore=["Sở Y tế"]).leaf_codes) == 2


def test_the_shell_starts_a_package_from_an_annex(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = difficult(tmp_path)
    assert main(["new", "made-up.annex", "--from", str(file), "--into", str(tmp_path)]) == 0
    capsys.readouterr()
    documents = list((tmp_path / "made-up-annex").rglob("made-up.annex@1.toml"))
    method = gi.load_methodology(documents[0])
    assert method.framework == read_rubric(file).framework
    assert method.sources[0].title == "annex.xlsx"


def test_the_shell_names_what_is_wrong_with_an_annex(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(workbook(tmp_path, good()))
    book["Annex"]["C4"] = 4
    book.save(tmp_path / "annex.xlsx")
    options = ["--from", str(tmp_path / "annex.xlsx"), "--into", str(tmp_path)]
    assert main(["new", "made-up.annex", *options]) == 1
    message = capsys.readouterr().err
    assert "cell C4: 1.1 has 4 points, and its criteria add up to 3" in message
    assert "accept it with --accept CODE" in message
    assert main(["new", "made-up.annex", *options, "--accept", "maximum.printing_error"]) == 0


def test_the_shell_takes_the_choices_that_messages_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoil(sheet: Any) -> None:
        second_maximum(sheet)
        sheet.row_dimensions[12].hidden = True

    file = workbook(tmp_path, [*good(), [], ["III", "Cũ", 1]], spoil)
    options = ["new", "made-up.annex", "--from", str(file), "--into", str(tmp_path)]
    assert main(options) == 1
    assert "choose with --column maximum=C, or by data source" in capsys.readouterr().err
    options += ["--column", "maximum=C"]
    assert main(options) == 1
    assert "read or skip such rows with --hidden" in capsys.readouterr().err
    assert main([*options, "--hidden", "skip"]) == 0

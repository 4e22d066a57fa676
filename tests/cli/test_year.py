"""The province's year in the shell: from the annex of a decision to documents."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

import govindex as gi
import govindex.files.sheets as sheets
from govindex.cli.entry import main

YEAR = Path(__file__).parents[2] / "examples" / "province_year" / "made-up"
STAGES = ["--stages", "tự chấm,thẩm định"]
SHEETS = [*STAGES, "--not-applicable", "KAD", "--leagues", str(YEAR / "nhom_2025.csv")]


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def rubrics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[int, Path]:
    files = {}
    for year in (2024, 2025):
        files[year] = tmp_path / f"rubric-{year}.toml"
        annex = YEAR / f"bo_tieu_chi_{year}.xlsx"
        naming = ["--id", "made-up.reform", "--edition", year, "--when-not-applicable", "shrink"]
        code, out, err = run(capsys, "read", annex, *naming, "--out", files[year])
        assert (code, err) == (0, "")
        assert "in 7 fields, 100 points" in out
    return files


def test_a_rubric_is_read_into_a_document(rubrics: dict[int, Path]) -> None:
    method = gi.load_methodology(rubrics[2025])
    assert (method.id, method.version) == ("made-up.reform", "2025")
    assert len(method.framework.leaf_codes) == 27
    assert float(method.framework.weight("3.2.1")) == 8.0


def test_a_rubric_without_an_id_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "rubric.toml"
    code, _, err = run(capsys, "read", YEAR / "bo_tieu_chi_2025.xlsx", "--out", out)
    assert code == 1
    assert "needs --id such as my-province.reform, and --edition" in err
    assert not out.exists()


def test_sheets_are_scored_announced_and_written(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ket-qua.xlsx"
    words = ["score", YEAR / "diem_2025.xlsx", "--method", rubrics[2025], *SHEETS]
    code, said, err = run(capsys, *words, "--language", "vi", "--out", out)
    assert (code, err) == (0, "")
    assert "Đứng đầu là Sở Y tế (86,23 điểm)" in said
    assert "Đọc theo bảng điểm của 14 đơn vị" in said
    assert "không áp dụng: 24 số liệu" in said
    book = load_workbook(out, read_only=True)
    assert {"Công bố", "Xếp hạng"} <= set(book.sheetnames)


def test_points_with_a_decimal_comma_are_read_in_the_shell(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "diem.xlsx"
    book = load_workbook(YEAR / "diem_2025.xlsx")
    sheet = book["Sở Y tế"]
    cell = next(row[4] for row in sheet.iter_rows(min_row=5) if row[4].value == 3.25)
    cell.value = "3,25"
    book.save(file)
    words = ["score", file, "--method", rubrics[2025], *SHEETS]
    code, said, err = run(capsys, *words)
    assert (code, err) == (0, "")
    assert "Sở Y tế (86.23)" in said
    code, _, err = run(capsys, *words, "--numbers", "plain")
    assert code == 1
    assert "'3,25' is a number, but not written as was declared" in err


def test_a_table_with_two_styles_of_numbers_is_read_as_a_sheet(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = gi.load_methodology(rubrics[2025]).framework.leaf_codes
    rows = [
        ["unit", *codes],
        ["A", *["0.5"] * len(codes)],
        ["B", "0,75", *["1"] * (len(codes) - 1)],
    ]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    words = ["score", file, "--method", rubrics[2025]]
    for numbers in ("plain", "vi"):
        code, _, err = run(capsys, *words, "--numbers", numbers)
        assert code == 1
        assert "--layout sheets reads numbers in every style" in err
    code, out, err = run(capsys, *words, "--layout", "sheets")
    assert (code, err) == (0, "")
    assert "B (26.75)" in out


def test_sheets_that_are_no_scores_are_passed_over_on_request(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = load_workbook(YEAR / "diem_2025.xlsx")
    book.create_sheet("Danh bạ")["A1"] = "Số điện thoại"
    book.save(tmp_path / "a.xlsx")
    words = ["announce", tmp_path / "a.xlsx", "--method", rubrics[2025], *SHEETS[:4]]
    code, _, err = run(capsys, *words)
    assert code == 1
    assert "--sheet SHEET, or pass over it with --accept sheet.without_criteria" in err
    code, said, _ = run(capsys, *words, "--accept", "sheet.without_criteria")
    assert code == 0
    assert "14 units are ranked" in said
    some = ["--sheet", "Sở Y tế", "--sheet", "Thanh tra tỉnh"]
    assert "2 units are ranked" in run(capsys, *words, *some)[1]
    code, _, err = run(capsys, "read", YEAR / "bo_tieu_chi_2025.xlsx", *some)
    assert code == 1
    assert "one sheet is read, and --sheet names 'Sở Y tế', 'Thanh tra tỉnh': name one" in err


def test_announcements_and_explanations_go_to_files(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = [YEAR / "diem_2025.xlsx", "--method", rubrics[2025], *SHEETS]
    text, why = tmp_path / "announcement.txt", tmp_path / "why.txt"
    file, *options = data
    assert run(capsys, "announce", *data, "--language", "vi", "--out", text)[0] == 0
    assert "Đứng đầu là Văn phòng UBND tỉnh" in text.read_text(encoding="utf-8")
    words = ["explain", file, "Sở Y tế", "Sở Nội vụ", *options, "--out", why]
    assert run(capsys, *words)[0] == 0
    said = why.read_text(encoding="utf-8")
    assert "Sở Y tế: 86.23 of 100, 13.77 lost" in said
    assert "Sở Nội vụ: 77.95 of 100" in said
    code, _, err = run(capsys, *words)
    assert code == 1
    assert "why.txt" in err


def test_scores_become_a_table_that_is_read_back(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "scores.csv"
    sheets = [YEAR / "diem_2025.xlsx", "--method", rubrics[2025], *SHEETS]
    assert run(capsys, "read", *sheets, "--out", table)[0] == 0
    stages = ["--stage", "stage", *STAGES]
    direct = run(capsys, "score", *sheets, "--json")[1]
    again = run(capsys, "score", table, "--method", rubrics[2025], *stages, "--json")[1]
    content = json.loads(direct)
    assert (content.pop("checks"), content.pop("problems")) == ([], [])
    assert json.loads(again) == content


def test_a_total_that_does_not_add_up_is_named_and_listed_on_request(
    rubrics: dict[int, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["score", YEAR / "tong_hop_2024.xlsx", "--method", rubrics[2024], *SHEETS[:4]]
    code, _, err = run(capsys, *words)
    assert code == 1
    assert "--collect goes on without" in err
    assert "Tổng hợp!K54" in err
    code, out, _ = run(capsys, *words, "--collect")
    assert code == 0
    assert "stated 84.43, computed 84.33, a contradiction" in out
    assert "Problems" not in out  # no cell was left unread
    content = json.loads(run(capsys, *words, "--collect", "--json")[1])
    assert [check["stated"] for check in content["checks"]] == [84.43]
    assert [problem["code"] for problem in content["problems"]] == ["total.contradiction"]


def earlier(rubrics: dict[int, Path]) -> list[object]:
    return [
        *("--before-method", rubrics[2024], "--successors", YEAR / "hop_nhat_2025.csv"),
        *("--merged", "mean", "--collect"),
    ]


def test_editions_are_compared_as_far_as_it_is_honest(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [YEAR / "tong_hop_2024.xlsx", YEAR / "diem_2025.xlsx", "--method", rubrics[2025]]
    out = tmp_path / "changes.csv"
    code, said, err = run(capsys, "change", *files, *SHEETS, *earlier(rubrics), "--out", out)
    assert (code, err) == (0, "")
    assert "Units compared: 14." in said
    assert "3.2.1 Tỷ lệ hồ sơ giải quyết đúng hạn: its maximum has changed" in said
    assert "The earlier file, tong_hop_2024.xlsx: Read as scoring sheets of 16 units." in said
    assert "stated 84.43, computed 84.33, a contradiction" in said
    table = gi.read_table(out).set_index("unit")
    assert table.loc["Sở Tài chính", "rank_before"] == ""


@pytest.mark.parametrize("suffix", ["docx", "html", "md", "pdf"])
def test_a_report_is_written(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    out = tmp_path / f"report.{suffix}"
    words = ["report", YEAR / "diem_2025.xlsx", "--method", rubrics[2025], *SHEETS]
    words += ["--before", YEAR / "tong_hop_2024.xlsx", *earlier(rubrics), "--draws", "50"]
    words += ["--issuer", "SỞ NỘI VỤ", "--date", "2026-01-15", "--recipients", "UBND tỉnh; Lưu"]
    code, _, err = run(capsys, *words, "--language", "vi", "--out", out)
    assert (code, err) == (0, "")
    assert out.stat().st_size > 5_000


def test_a_date_that_is_none_is_a_wrong_call(
    rubrics: dict[int, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["report", YEAR / "diem_2025.xlsx", "--method", rubrics[2025], "--out", "x.docx"]
    with pytest.raises(SystemExit):
        run(capsys, *words, "--date", "15/1/2026")
    assert "'15/1/2026' is not a date such as 2026-01-15" in capsys.readouterr().err


def test_forms_go_out_and_come_back(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = tmp_path / "forms" / "phieu.xlsx"
    form.parent.mkdir()
    words = ["form", rubrics[2025], "--units", YEAR / "nhom_2025.csv", "--language", "vi"]
    code, out, err = run(capsys, *words, "--out", form)
    assert (code, err) == (0, "")
    assert "Phiếu chấm điểm cho 14 đơn vị." in out
    for file in (form, form.parent):
        code, out, err = run(capsys, "read", file, "--method", rubrics[2025])
        assert (code, err) == (0, "")
        assert "Read as scoring forms of 14 units." in out
    shutil.copy(YEAR / "diem_2025.xlsx", form.parent / "a.xlsx")
    code, _, err = run(capsys, "read", form.parent, "--layout", "forms", "--method", rubrics[2025])
    assert code == 1
    assert "a.xlsx" in err


@pytest.mark.parametrize(
    ("text", "reason"),
    [("name,league\nA,x\n", "names no units"), ("unit\nA\nA\n", "")],
)
def test_units_of_forms_are_checked(
    rubrics: dict[int, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    reason: str,
) -> None:
    units = tmp_path / "units.csv"
    units.write_text(text, encoding="utf-8")
    out = tmp_path / "form.xlsx"
    code, _, err = run(capsys, "form", rubrics[2025], "--units", units, "--out", out)
    assert code == 1
    assert reason in err
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ["score", "diem_2025.xlsx", "--stage", "x", "--layout", "sheets"],
            "--stage: not for scor",
        ),
        (
            ["score", "diem_2025.xlsx", "--unit", "x", "--type", "y", "--layout", "sheets"],
            "--unit, --type",
        ),
        (
            ["score", "phieu.xlsx", "--not-applicable", "KAD"],
            "--not-applicable: not for scoring forms",
        ),
        (["score", "phieu.xlsx", "--leagues", "nhom_2025.csv"], "a form says its units"),
        (["score", "nhom_2025.csv", "--leagues", "nhom_2025.csv"], "--league names the column"),
        (["score", "nhom_2025.csv", "--collect"], "--collect: not for a table with a row per unit"),
    ],
)
def test_options_that_say_nothing_about_a_file_are_refused(
    rubrics: dict[int, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    reason: str,
) -> None:
    form = tmp_path / "phieu.xlsx"
    gi.workbooks.write_form(gi.load_methodology(rubrics[2025]), form, units=["Sở Y tế"])
    files = {form.name: form, **{file.name: file for file in YEAR.iterdir()}}
    called = [files.get(word, word) for word in words]
    code, out, err = run(capsys, *called, "--method", rubrics[2025])
    assert (code, out) == (1, "")
    assert reason in err


def test_options_of_scores_are_refused_for_a_rubric(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--leagues", YEAR / "nhom_2025.csv", "--stages", "a,b", "--not-applicable", "KAD"]
    code, _, err = run(capsys, "read", YEAR / "bo_tieu_chi_2025.xlsx", *words)
    assert code == 1
    assert "--leagues, --stages, --not-applicable: not for a rubric" in err


def test_names_and_columns_are_declared_in_the_shell(
    rubrics: dict[int, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = load_workbook(YEAR / "diem_2025.xlsx")
    for sheet in book:
        sheet["E4"] = "Kết quả của Hội đồng"
    book["Sở Y tế"]["A2"] = "SỞ Y TẾ VÀ DÂN SỐ"
    book["Sở Y tế"].title = "SYT"
    file = tmp_path / "scores.xlsx"
    book.save(file)
    words = ["score", file, "--method", rubrics[2025], *SHEETS]
    code, _, err = run(capsys, *words)
    assert code == 1
    assert "--column" in err
    assert "--alias" in err
    more = ["--column", "thẩm định=Kết quả của Hội đồng"]
    more += ["--alias", "SYT=Sở Y tế", "--alias", "SỞ Y TẾ VÀ DÂN SỐ=Sở Y tế"]
    code, out, err = run(capsys, *words, *more)
    assert (code, err) == (0, "")
    assert "Sở Y tế" in out


def test_an_alias_without_a_meaning_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(capsys, "score", "x.xlsx", "--method", "x", "--alias", "SYT")
    assert "'SYT' is not a pair such as NAME=VALUE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("page", "count", "more"),
    [("a-provinces-year", 8, set()), ("huong-dan", 14, {"tu-cham.csv", "diem.csv", "ket-qua.zip"})],
)
def test_the_commands_of_a_page_run_one_after_another(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    page: str,
    count: int,
    more: set[str],
) -> None:
    text = (YEAR.parents[2] / "docs" / f"{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    lines = "".join(blocks).replace("\\\n", "").splitlines()
    for file in YEAR.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    commands = [shlex.split(line.removeprefix("$ ")) for line in lines]
    assert len(commands) == count
    for name, *words in commands:
        assert name == "govindex"
        code, out, err = run(capsys, *words)
        assert (code, err) == (0, ""), words
        assert out
    written = {
        "2024.toml",
        "2025.toml",
        "phieu.xlsx",
        "ket-qua.xlsx",
        "thong-bao.txt",
        "bao-cao.docx",
        *more,
    }
    assert written <= {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("kind", ["sheets", "table", "forms", "folder"])
def test_a_workbook_is_opened_once(
    rubrics: dict[int, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    file = YEAR / "diem_2025.xlsx"
    options: list[object] = [*SHEETS]
    if kind == "folder":
        file = tmp_path / "folder"
        file.mkdir()
        shutil.copy(YEAR / "diem_2025.xlsx", file / "diem.xlsx")
    elif kind == "table":
        file = tmp_path / "table.xlsx"
        words = ["read", YEAR / "diem_2025.xlsx", "--method", rubrics[2025], *SHEETS]
        assert run(capsys, *words, "--out", file)[0] == 0
        options = ["--stage", "stage", *STAGES]
    elif kind == "forms":
        file = tmp_path / "form.xlsx"
        units = ["--units", YEAR / "nhom_2025.csv", "--period", "2025"]
        assert run(capsys, "form", rubrics[2025], *units, "--out", file)[0] == 0
        options = []
    opened: list[str] = []
    reader = sheets._opened_book

    def counted(book: Path) -> object:
        opened.append(book.name)
        return reader(book)

    monkeypatch.setattr(sheets, "_opened_book", counted)
    code, said, err = run(capsys, "read", file, "--method", rubrics[2025], *options)
    assert (code, err) == (0, "")
    assert "14" in said
    assert len(opened) == 1

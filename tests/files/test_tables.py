"""Tables in files: what the cells say, and one clear error for what cannot be read."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

import govindex as gi
from govindex.files import read_table, write_table

RECORDS = {"unit": ["An Bình", "Hòa Lạc"], "days": ["3,5", "4"]}


def written(folder: Path, content: str | bytes, name: str = "a.csv", bom: bool = False) -> Path:
    file = folder / name
    data = content.encode("utf-8-sig" if bom else "utf-8") if isinstance(content, str) else content
    file.write_bytes(data)
    return file


def workbook(folder: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


# -- CSV -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bom", [False, True], ids=["plain", "byte-order mark"])
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_csv_is_read_with_any_separator(tmp_path: Path, separator: str, bom: bool) -> None:
    rows = [["unit", "days"], ["An Bình", '"3,5"'], ["Hòa Lạc", "4"]]
    text = "\r\n".join(separator.join(row) for row in rows)
    assert read_table(written(tmp_path, text, bom=bom)).to_dict("list") == RECORDS


def test_separator_may_be_given(tmp_path: Path) -> None:
    file = written(tmp_path, "a,b|c\n1,2|3\n")
    assert read_table(file, separator="|").to_dict("list") == {"a,b": ["1,2"], "c": ["3"]}


def test_separators_inside_quotes_do_not_count(tmp_path: Path) -> None:
    file = written(tmp_path, 'unit;"Share, of all, %"\nA;1\n')
    assert list(read_table(file).columns) == ["unit", "Share, of all, %"]


def test_quoted_newlines_stay_in_their_cells(tmp_path: Path) -> None:
    file = written(tmp_path, 'unit,"note\non two lines"\nA,"one\r\ntwo"\n')
    frame = read_table(file)
    assert frame.iloc[0].to_list() == ["A", "one\r\ntwo"]
    assert list(frame.columns) == ["unit", "note\non two lines"]


def test_cells_of_csv_stay_texts(tmp_path: Path) -> None:
    frame = read_table(written(tmp_path, "code,x,y\n001,1e3,\nNA,nan,true\n"))
    assert frame.to_numpy().tolist() == [["001", "1e3", ""], ["NA", "nan", "true"]]


def test_blank_cells_are_kept_and_blank_rows_left_out(tmp_path: Path) -> None:
    frame = read_table(written(tmp_path, "\na,b,c\n1,,\n,,\n  ,\n2,3,4\n\n"))
    assert frame.to_numpy().tolist() == [["1", "", ""], ["2", "3", "4"]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "'a.csv' is empty"),
        (b"\n \n", "'a.csv' is empty"),
        (b",,\n", "'a.csv' is empty"),
        (b'""\n', "'a.csv' is empty"),
        (b"a,b\n1,2\n\n1,2,3\n", "'a.csv', line 4 has 3 cells, but there are 2 columns: quote"),
        (b"a,b,a,b\n1,2,3,4\n", "'a.csv': two columns have the same name: 'a', 'b'"),
        (b"a,,c,\n1,2,3,4\n", "'a.csv': column 2, 4 has no header; give every column one name"),
        (b"a,Unnamed: 1\n1,2\n", "'a.csv': column 2 has no header"),
        (b"a,b\n\xe9,1\n", "'a.csv' is not UTF-8: invalid continuation byte at byte 4; save it as"),
        ("a,b\n1,2\n".encode("utf-16"), "'a.csv' is UTF-16; save it as CSV UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-be"), "'a.csv' is not a text: .* its content is binary"),
        (
            b"PK\x03\x04\x00\x00",
            "'a.csv' is not a text: its name ends in .csv, but its content is binary",
        ),
        (b'a,b\n"' + b"x" * 200_000, "'a.csv' is not a CSV table: field larger than field limit"),
    ],
    ids=[
        "nothing",
        "blank lines",
        "separators only",
        "one blank cell",
        "ragged",
        "doubled headers",
        "merged headers",
        "header of pandas",
        "latin-1",
        "utf-16",
        "utf-16 without mark",
        "workbook",
        "endless quote",
    ],
)
def test_unusable_csv_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(gi.DataError, match=problem):
        read_table(written(tmp_path, content))


def test_separator_of_two_characters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(gi.SettingError, match="separator is the sign between two cells"):
        read_table(written(tmp_path, "a,b\n1,2\n"), separator="\\t")


# -- workbooks -------------------------------------------------------------------------------------


def test_workbook_of_pandas_is_read(tmp_path: Path) -> None:
    frame = pd.DataFrame({"unit": ["An Bình", "Hòa Lạc"], "days": [3.5, None], "n": [1, 2]})
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    found = read_table(tmp_path / "a.xlsx")
    assert found["unit"].to_list() == ["An Bình", "Hòa Lạc"]
    assert (found["days"][0], bool(found["days"].isna()[1])) == (3.5, True)
    assert gi.Observations.from_frame(found).value("Hòa Lạc", "n") == 2


def test_numbers_in_the_header_are_the_codes_that_were_typed(tmp_path: Path) -> None:
    file = workbook(tmp_path, data=[["code", 1, 2.0, 1.5, "3A"], ["A", 7, 8, 9, 10]])
    assert list(read_table(file).columns) == ["code", "1", "2", "1.5", "3A"]


def test_blank_rows_and_surroundings_of_a_sheet_are_left_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    filled: dict[int, list[Any]] = {3: ["unit", "x"], 5: ["A", 1], 8: ["B", 2]}
    for row, cells in filled.items():
        for column, cell in enumerate(cells, 2):
            book.active.cell(row, column, cell)
    book.save(tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.xlsx").to_dict("list") == {"unit": ["A", "B"], "x": [1, 2]}


def test_sheet_is_named_if_there_are_several(tmp_path: Path) -> None:
    file = workbook(tmp_path, **{"Tháng 9": [["unit"], ["A"]], "Tháng 10": [["unit"], ["B"]]})
    assert read_table(file, sheet="Tháng 10")["unit"].to_list() == ["B"]
    with pytest.raises(gi.DataError, match=r"has several sheets, name one: 'Tháng 9', 'Tháng 10'"):
        read_table(file)
    with pytest.raises(gi.DataError, match=r"no sheet 'Tháng 11': did you mean 'Tháng 10'"):
        read_table(file, sheet="Tháng 11")


def test_merged_header_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["unit", "points", None])
    book.active.append(["A", 1, 2])
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(gi.DataError, match=r"column 3 has no header; .* unmerge merged header"):
        read_table(tmp_path / "a.xlsx")


def test_formula_without_a_stored_value_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path, data=[["unit", "x"], ["A", 1], ["B", "=B2+1"]])
    with pytest.raises(gi.DataError, match=r"cell B3: the formula has no stored value: open"):
        read_table(file)


def test_formula_is_read_by_its_stored_value(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["unit", "x", "note"])
        sheet.write_blank(1, 0, None, book.add_format({"bold": True}))
        sheet.write_row(1, 0, ["A"])
        sheet.write_formula(1, 1, "=1+1", None, 2)
        sheet.write_formula(1, 2, '="a"', None, "a")
    assert read_table(tmp_path / "a.xlsx").to_numpy().tolist() == [["A", 2, "a"]]


def test_error_cells_are_not_read_as_blank(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["unit", "x"])
        sheet.write_blank(1, 0, None, book.add_format({"bold": True}))
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    with pytest.raises(gi.DataError, match=r"cell B2: the cell holds the error #DIV/0!: correct"):
        read_table(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], "'a.xlsx' is empty"),
        ([["unit", "x", "x"], ["A", 1, 2]], "two columns have the same name: 'x'"),
        ([["unit", 1, "1"], ["A", 1, 2]], "two columns have the same name: '1'"),
    ],
    ids=["empty", "doubled", "number and text"],
)
def test_unusable_sheet_is_refused(tmp_path: Path, rows: list[list[Any]], problem: str) -> None:
    with pytest.raises(gi.DataError, match=problem):
        read_table(workbook(tmp_path, data=rows))


# -- other kinds -----------------------------------------------------------------------------------


def test_json_records_are_read(tmp_path: Path) -> None:
    file = written(tmp_path, '[{"unit": "Hồ", "x": 1}, {"unit": "B", "y": 2}]', "a.json", bom=True)
    frame = read_table(file)
    assert (list(frame.columns), frame["unit"].to_list()) == (["unit", "x", "y"], ["Hồ", "B"])


def test_parquet_of_pandas_keeps_its_index(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["A", "B"], name="unit"))
    frame.to_parquet(tmp_path / "a.parquet")
    data = gi.Observations.from_frame(read_table(tmp_path / "a.parquet"))
    assert (data.units.codes, data.variables) == (("A", "B"), ("x",))


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.txt", b"a,b", "'a.txt' is not a table that can be read: .*'.csv', '.json', '.parquet'"),
        ("a", b"a,b", "'a' is not a table that can be read"),
        ("a.xslx", b"", "'a.xslx' is not a table that can be read: did you mean '.xlsx'?"),
        ("a.xlsx", b"unit,x\n", "'a.xlsx' is not a workbook: "),
        ("a.xlsx", b"", "'a.xlsx' is not a workbook: "),
        ("a.xls", b"unit,x\n", "'a.xls' is not a workbook: "),
        ("a.ods", b"PK\x03\x04", "'a.ods' is not a workbook: "),
        ("a.parquet", b"unit,x\n", "'a.parquet' is not a Parquet file: |cannot be read"),
        ("a.json", b"[{]", "'a.json' is not JSON: "),
        ("a.json", b"\xff\xfe", "'a.json' is not JSON: "),
        ("a.json", b"[" * 100_000, "'a.json' is not JSON: "),
        ("a.json", b'{"unit": "A"}', "'a.json' is not a list of records"),
        ("a.json", b"[1, 2]", "'a.json' is not a list of records"),
    ],
)
def test_wrong_kinds_of_files_are_refused(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    with pytest.raises(gi.DataError, match=problem):
        read_table(written(tmp_path, content, name))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".xls", ".ods", ".parquet", ".json"])
def test_missing_files_are_named(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(gi.DataError, match=rf"'none{suffix}' cannot be read: No such file"):
        read_table(tmp_path / f"none{suffix}")


# -- there and back --------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet", ".json", ".CSV"])
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str) -> None:
    index = pd.Index(["H01", "H02"], name="code")
    frame = pd.DataFrame({"unit": ["An Bình; A", 'say "so"'], "điểm": [68.8, 0.1]}, index=index)
    write_table(frame, tmp_path / f"a{suffix}")
    found = read_table(tmp_path / f"a{suffix}")
    assert (
        found[["code", "unit"]].to_numpy().tolist()
        == frame.reset_index()[["code", "unit"]].to_numpy().tolist()
    )
    assert [float(x) for x in found["điểm"]] == [68.8, 0.1]


def test_row_numbers_are_not_written(tmp_path: Path) -> None:
    write_table(pd.DataFrame(RECORDS), tmp_path / "a.csv")
    assert read_table(tmp_path / "a.csv").to_dict("list") == RECORDS


def test_csv_is_written_for_spreadsheet_programs(tmp_path: Path) -> None:
    write_table(pd.DataFrame(RECORDS), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfunit")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a.xls", "tables are not written to 'a.xls': did you mean '.xlsx'?"),
        ("a", "tables are not written to 'a'"),
        ("none/a.csv", "'a.csv' cannot be written: "),
        ("none/a.xlsx", "'a.xlsx' cannot be written: "),
        ("none/a.parquet", "'a.parquet' cannot be written: "),
    ],
)
def test_tables_that_cannot_be_written_are_reported(
    tmp_path: Path, name: str, problem: str
) -> None:
    with pytest.raises(gi.DataError, match=problem):
        write_table(pd.DataFrame(RECORDS), tmp_path / name)


def test_columns_of_mixed_kinds_are_not_written_to_parquet(tmp_path: Path) -> None:
    with pytest.raises(gi.DataError, match=r"'a.parquet' cannot be written: "):
        write_table(pd.DataFrame({"x": [1, "a"]}), tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [("a.xlsx", "python_calamine", "excel"), ("a.parquet", "pyarrow", "parquet")],
)
def test_packages_that_are_missing_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, extra: str
) -> None:
    write_table(pd.DataFrame(RECORDS), tmp_path / name)
    real = builtins.__import__

    def without(wanted: str, *rest: Any, **named: Any) -> Any:
        if wanted.partition(".")[0] == module:
            raise ImportError(f"no module '{wanted}'")
        return real(wanted, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(gi.DataError, match=rf"pip install 'govindex\[{extra}\]'"):
        read_table(tmp_path / name)

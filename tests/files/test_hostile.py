"""Files made to do harm, and damaged ones: a clear error, soon and within bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

import govindex as gi
from govindex import toml
from govindex.files import delimited, markup, read_table, sheets, tables

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>'
TAIL = "</sheetData></worksheet>"
SHEET = "xl/worksheets/sheet1.xml"
TITLES = '<row r="1"><c r="A1" t="inlineStr"><is><t>unit</t></is></c></row>'


def workbook(folder: Path, **parts: str | bytes | None) -> Path:
    """Write a workbook with some of its parts replaced, or left out."""
    book = openpyxl.Workbook()
    book.active.append(["unit", "x"])
    book.active.append(["A", 1])
    book.save(folder / "base.xlsx")
    file = folder / "a.xlsx"
    wanted = {name.replace("__", "/") + ".xml": text for name, text in parts.items()}
    with (
        zipfile.ZipFile(folder / "base.xlsx") as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in dict.fromkeys([*old.namelist(), *wanted]):
            data = wanted[name] if name in wanted else old.read(name)
            if data is not None:
                new.writestr(name, data)
    return file


def sheet(folder: Path, text: str | bytes | None) -> Path:
    return workbook(folder, xl__worksheets__sheet1=text)


def within_bounds(file: Path) -> str:
    """Read a file within little memory and time, and return the message."""
    code = (
        "import resource, sys, govindex as gi\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "import pandas, python_calamine\n"
        "resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))\n"
        "try:\n    gi.read_table(sys.argv[1])\n"
        "except gi.GovIndexError as error:\n    print('clear:', error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def tried(file: Path) -> str:
    try:
        read_table(file, errors="missing")
    except gi.DataError as error:
        return "a clear error" if f"'{file.name}'" in str(error) else str(error)
    return "a table"


# -- workbooks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "its part 'xl/worksheets/sheet1.xml' is missing"),
        (b"", "its part 'xl/worksheets/sheet1.xml' is damaged"),
        (b"\x00\xff\xfe garbage \x01", "its part 'xl/worksheets/sheet1.xml' is damaged"),
        (HEAD + TITLES, "its part 'xl/worksheets/sheet1.xml' is damaged"),
        (HEAD + "<row>" + "<c>" * 40_000, "its part 'xl/worksheets/sheet1.xml' is damaged"),
        (HEAD + '<row r="1"><c r="A1"><v>1</row>' + TAIL, "is damaged .mismatched tag"),
        (HEAD + '<row r="0"><c r="A0"><v>1</v></c></row>' + TAIL, "a sheet has no row '0'"),
        (HEAD + '<row r="9999999999"/>' + TAIL, "a sheet has no row '9999999999'"),
        (HEAD + '<row r="1"><c r="AAAA1"><v>1</v></c></row>' + TAIL, "a sheet has no column"),
        (HEAD + '<row r="1"><c r="ZZZ1"><v>1</v></c></row>' + TAIL, "a sheet has no column 18,2"),
        (
            '<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>' + HEAD + TAIL,
            "declares XML entities",
        ),
        (
            HEAD + TITLES + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + TAIL,
            "cell XFD1048576 is far from the others: .* 1,048,576 rows and 16,384 columns",
        ),
    ],
    ids=[
        "missing", "empty", "garbage", "cut", "unclosed", "mismatched", "row 0", "endless row",
        "four letters", "column ZZZ", "entities", "far cell",
    ],
)  # fmt: skip
def test_sheets_without_a_table_are_refused(
    tmp_path: Path, text: str | bytes | None, problem: str
) -> None:
    with pytest.raises(gi.DataError, match=problem):
        read_table(sheet(tmp_path, text))


def test_formats_far_from_the_table_are_not_cells(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert list(read_table(sheet(tmp_path, HEAD + TITLES + far + TAIL)).columns) == ["unit"]


@pytest.mark.parametrize("part", ["xl__workbook", "xl__sharedStrings", "xl__styles"])
def test_other_parts_have_the_same_bounds(tmp_path: Path, part: str) -> None:
    bomb = b"<a>" + b" " * 60_000_000 + b"</a>"
    with pytest.raises(gi.DataError, match=r"holds at least [\d,]+ bytes in [\d,]+, which no tab"):
        read_table(workbook(tmp_path, **{part: bomb}))


def test_a_small_file_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    file = workbook(tmp_path, xl__worksheets__sheet1=None)
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open(SHEET, "w", force_zip64=True) as stream,
    ):
        stream.write((HEAD + TITLES).encode())
        for _ in range(20):
            stream.write(b" " * 5_000_000)
    said = within_bounds(file)
    assert "clear: 'a.xlsx': its part 'xl/worksheets/sheet1.xml' holds at least 100," in said


def test_what_an_archive_says_about_its_size_is_not_believed(tmp_path: Path) -> None:
    file = sheet(tmp_path, HEAD + TITLES + " " * 80_000_000 + TAIL)
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        honest = archive.getinfo(SHEET).file_size
    lie = data.replace(honest.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lie != data
    file.write_bytes(lie)
    with pytest.raises(gi.DataError, match="holds at least 50,"):
        read_table(file)


def test_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    file = sheet(tmp_path, HEAD + TITLES + TAIL)
    with (
        zipfile.ZipFile(file, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr(SHEET, HEAD + TITLES + TAIL)
    with pytest.raises(gi.DataError, match="it holds two parts of the same name"):
        read_table(file)


@pytest.mark.parametrize("at", range(0, 100, 7))
@pytest.mark.parametrize("how", ["cut", "changed"])
def test_damaged_workbooks_end_in_a_clear_error_or_a_table(
    tmp_path: Path, at: int, how: str
) -> None:
    file = sheet(tmp_path, HEAD + TITLES + TAIL)
    data = bytearray(file.read_bytes())
    index = len(data) * at // 100
    damaged = data[:index] if how == "cut" else data[:index] + b"\xff\x00\xaa" + data[index + 3 :]
    file.write_bytes(damaged)
    assert tried(file) in ("a table", "a clear error")


@pytest.mark.parametrize("seed", range(40))
def test_damaged_xls_files_end_in_a_clear_error_or_a_table(tmp_path: Path, seed: int) -> None:
    import random

    from tests.files.test_reading import xls_error, xls_file, xls_text

    file = xls_file(tmp_path, xls_text(0, 0, "unit"), xls_text(1, 0, "A"), xls_error(2, 0, 7))
    data, rng = bytearray(file.read_bytes()), random.Random(seed)
    for _ in range(6):
        at = rng.randrange(len(data)) if seed % 2 else rng.choice([rng.randrange(300), 4700, 5200])
        data[at] = rng.choice([0, 1, 0x7F, 0xFE, 0xFF])
    file.write_bytes(data[: rng.choice([len(data), 600, 5000])])
    assert tried(file) in ("a table", "a clear error")


def test_an_xls_sheet_that_claims_billions_of_cells_is_refused(tmp_path: Path) -> None:
    import struct

    from tests.files.test_reading import xls_file, xls_number, xls_text

    file = xls_file(tmp_path, xls_text(0, 0, "unit"), xls_number(65_535, 60_000, 1.0))
    with pytest.raises(gi.DataError, match=r"is far from the others: the sheet spans 65,536 rows"):
        read_table(file)
    claim = struct.pack("<HHIIHHH", 0x200, 14, 0, 0xFFFFFFF0, 0, 0xFFF0, 0)
    with pytest.raises(gi.DataError, match="is far from the others"):
        read_table(xls_file(tmp_path, claim, xls_text(0, 0, "unit")))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-'
            'columns-repeated="16384" office:value-type="float" office:value="1"/>'
            "</table:table-row>",
            "cell XFD1048577 is far from the others",
        ),
        (
            '<table:table-row table:number-rows-repeated="99999999999"/>',
            "something is repeated '99999999999'",
        ),
        ("<table:table-row>", "its part 'content.xml' is damaged"),
    ],
    ids=["billions", "endless", "unclosed"],
)
def test_ods_sheets_have_the_same_bounds(tmp_path: Path, row: str, problem: str) -> None:
    from tests.files.test_reading import ods_file

    with pytest.raises(gi.DataError, match=problem):
        read_table(ods_file(tmp_path, f"</table:table-row>{row}<table:table-row>"))


@pytest.mark.parametrize(
    ("module", "bound", "suffix"),
    [(sheets, "_LARGEST", ".xlsx"), (tables, "_LARGEST", ".json")],
)
def test_files_that_are_too_large_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, bound: str, suffix: str
) -> None:
    file = sheet(tmp_path, HEAD + TITLES + TAIL).rename(tmp_path / f"b{suffix}")
    monkeypatch.setattr(module, bound, 100)
    with pytest.raises(gi.DataError, match=rf"'b{suffix}' has [\d,]+ bytes, and .* up to 100: sav"):
        read_table(file)


def test_a_part_that_is_too_large_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "LARGEST", 100)
    with pytest.raises(gi.DataError, match=r"holds at least [\d,]+ bytes"):
        read_table(sheet(tmp_path, HEAD + TITLES + TAIL))


# -- CSV and JSON ----------------------------------------------------------------------------------


@pytest.mark.parametrize("blanks", [b" ", b"\n", b",\r\n"], ids=["spaces", "lines", "commas"])
def test_hundreds_of_megabytes_of_blanks_are_refused(tmp_path: Path, blanks: bytes) -> None:
    file = tmp_path / "a.csv"
    with file.open("wb") as stream:
        stream.write(b"unit,x\nA,1\n")
        for _ in range(100):
            stream.write(blanks * (3_000_000 // len(blanks)))
    said = within_bounds(file)
    assert "'a.csv' is not a CSV table" in said


def test_a_line_without_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_LONGEST", 50)
    (tmp_path / "a.csv").write_text("unit,x\n" + "A," * 60)
    with pytest.raises(gi.DataError, match="line 2 is longer than 50 letters"):
        read_table(tmp_path / "a.csv")


@pytest.mark.parametrize("suffix", [".csv", ".json", ".xlsx"])
@pytest.mark.parametrize("digits", [400, 4000])
def test_numbers_of_hundreds_of_digits_are_refused(
    tmp_path: Path, suffix: str, digits: int
) -> None:
    number = "9" * digits
    file = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        file.write_text(f"unit,x\nA,{number}\nB,1\n")
    elif suffix == ".json":
        file.write_text(f'[{{"unit": "A", "x": {number}}}, {{"unit": "B", "x": 1}}]')
    else:
        cell = f'<row r="2"><c r="A2" t="str"><v>A</v></c><c r="B2"><v>{number}</v></c></row>'
        titles = TITLES.replace("</row>", '<c r="B1" t="str"><v>x</v></c></row>')
        file = sheet(tmp_path, HEAD + titles + cell + TAIL)
    with pytest.raises(gi.DataError):
        gi.Observations.from_frame(read_table(file))


# -- not regular files -----------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".json", ".xlsx", ".xls", ".ods", ".parquet"])
def test_named_pipes_and_folders_are_refused(tmp_path: Path, suffix: str) -> None:
    os.mkfifo(tmp_path / f"a{suffix}")
    with pytest.raises(gi.DataError, match=f"'a{suffix}' cannot be read: Is a pipe or a device"):
        read_table(tmp_path / f"a{suffix}")
    (tmp_path / f"b{suffix}").mkdir()
    with pytest.raises(gi.DataError, match=f"'b{suffix}' cannot be read: Is a directory"):
        read_table(tmp_path / f"b{suffix}")


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_documents_are_not_read_from_named_pipes(tmp_path: Path, suffix: str) -> None:
    os.mkfifo(tmp_path / f"a{suffix}")
    with pytest.raises(gi.FrameworkError, match=f"'a{suffix}' cannot be read: Is a pipe or a devi"):
        gi.load_methodology(tmp_path / f"a{suffix}")


# -- documents -------------------------------------------------------------------------------------

DOCUMENT = """\
format = 1
id = "example.m"
version = "1"
[[nodes]]
code = "r"
[[nodes]]
code = "x"
parent = "r"
rule = "MinMax"
"""


@pytest.mark.parametrize(
    "line",
    [
        "rule." + ".".join(["a"] * 20_000) + " = 1",
        "rule." + ".".join(['"a"'] * 10_000) + " = 1",
        "rule. " + " . ".join(["'a'"] * 10_000) + " = 1",
        "[" + ".".join(["a"] * 20_000) + "]",
        "[[" + ".".join(["a"] * 20_000) + "]]",
    ],
    ids=["bare", "quoted", "spaced", "table", "tables"],
)
def test_keys_of_thousands_of_parts_are_refused(line: str) -> None:
    with pytest.raises(gi.FrameworkError, match=r"too deeply: line \d+ has a key of more than 64"):
        toml.loads(DOCUMENT.replace('rule = "MinMax"', line))


@pytest.mark.parametrize("value", ["[" * 20_000, "{a=" * 10_000])
def test_values_nested_thousands_of_times_are_refused(value: str) -> None:
    with pytest.raises(gi.FrameworkError, match="nests its tables too deeply"):
        toml.loads(DOCUMENT + f"weight = {value}\n")


def test_texts_with_many_dots_are_texts() -> None:
    note = 'note = "' + "a.b." * 100 + '"\n'
    document = DOCUMENT.replace("[[nodes]]", f"notes = {note[7:]}[[nodes]]", 1)
    assert toml.loads(document).notes.startswith("a.b.a.b.")


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 400, "0x" + "f" * 6000])
@pytest.mark.parametrize("kind", ["toml", "json"])
def test_whole_numbers_beyond_all_floats_are_refused(number: str, kind: str) -> None:
    if kind == "json" and number.startswith("0x"):
        number = "9" * 4000
    text = DOCUMENT + f"weight = {number}\n"
    if kind == "json":
        nodes = [{"code": "r"}, {"code": "x", "parent": "r", "weight": int(number)}]
        document = {"format": 1, "id": "example.m", "version": "1", "nodes": nodes}
        text = json.dumps(document)
    with pytest.raises(gi.FrameworkError, match=r"nodes\[1\].weight: a number of \d+ digits is to"):
        toml.loads(text, name=f"a.{kind}")


def cell(name: str, value: str) -> str:
    return f'<c r="{name}" t="str"><v>{value}</v></c>'


@pytest.mark.parametrize(
    ("rows", "twice"),
    [
        (f'<row r="2">{cell("A2", "A")}</row><row r="2">{cell("A2", "B")}</row>', "A2"),
        (f'<row r="2">{cell("A2", "A")}{cell("B2", "1")}{cell("B2", "7")}</row>', "B2"),
        (f'<row r="3">{cell("A3", "A")}</row><row r="2">{cell("A2", "B")}</row>', "A2"),
    ],
)
def test_a_cell_that_appears_twice_is_named(tmp_path: Path, rows: str, twice: str) -> None:
    titles = f'<row r="1">{cell("A1", "unit")}{cell("B1", "x")}</row>'
    with pytest.raises(gi.DataError, match=f"cell {twice} appears twice"):
        read_table(sheet(tmp_path, HEAD + titles + rows + TAIL))


def test_a_nan_is_named_or_missing(tmp_path: Path) -> None:
    rows = f'{TITLES}<row r="2"><c r="A2"><v>NaN</v></c></row><row r="3">{cell("A3", "b")}</row>'
    file = sheet(tmp_path, HEAD + rows + TAIL)
    with pytest.raises(gi.DataError, match=r"cell A2: the cell holds NaN.*errors='missing'"):
        read_table(file)
    assert read_table(file, errors="missing")["unit"].isna().to_list() == [True, False]


@pytest.mark.parametrize("value", ["<v><![CDATA[60]]></v>", "<v>6<!-- of 100 -->0</v>"])
def test_comments_and_cdata_in_cells_are_refused(tmp_path: Path, value: str) -> None:
    rows = f'{TITLES}<row r="2"><c r="A2">{value}</c></row>'
    with pytest.raises(gi.DataError, match=r"comments or CDATA.*save it as .xlsx"):
        read_table(sheet(tmp_path, HEAD + rows + TAIL))


def test_comments_in_texts_are_refused(tmp_path: Path) -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    texts = f'<sst xmlns="{space}"><si><t>un<!-- -->it</t></si></sst>'
    with pytest.raises(gi.DataError, match=r"sharedStrings.xml' has comments or CDATA"):
        read_table(workbook(tmp_path, xl__sharedStrings=texts))


def test_a_web_page_under_the_name_of_a_csv_file_is_called_one(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("\n <!DOCTYPE html>\n<html><table><tr><td>unit</td></tr></table></html>")
    with pytest.raises(gi.DataError, match=r"'a.csv' is a web page \(HTML\), not a CSV file"):
        read_table(file)


@pytest.mark.parametrize("separator", ['"', "'", "\n"])
def test_a_quote_is_not_a_separator(tmp_path: Path, separator: str) -> None:
    (tmp_path / "a.csv").write_text("unit,x\nA,1\n")
    with pytest.raises(gi.SettingError, match="separator is the sign between two cells"):
        read_table(tmp_path / "a.csv", separator=separator)

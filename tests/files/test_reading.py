"""What offices publish, read rightly or refused with a message that says what it is."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.cli import main
from govindex.contracts import CellStatus
from govindex.files import read_table
from govindex.files.findings import cell_name, column_number

SHEET = "xl/worksheets/sheet1.xml"


def csv_file(folder: Path, text: str) -> Path:
    file = folder / "a.csv"
    file.write_bytes(text.encode())
    return file


def workbook(folder: Path, *rows: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def edited(file: Path, edit: Callable[[str], str], part: str = SHEET) -> Path:
    """Write the workbook again with one part changed, as other programs write it."""
    copy = file.with_name(f"edited-{file.name}")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, edit(data.decode()).encode() if name == part else data)
    return copy


# -- CSV -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("sep=;\nunit;x\nA;1\n", [["A", "1"]]),
        ("SEP=|\r\nunit|x\r\nA|1;2\r\n", [["A", "1;2"]]),
        ('"sep=;"\nunit;x\nA;1\n', [["A", "1"]]),
        ("\ufeff\ufeffunit,x\nA,1\n", [["A", "1"]]),
        ("\ufeff\ufeffsep=;\nunit;x\nA;1\n", [["A", "1"]]),
        ("unit;Days, late, in total, all;x\nA;1;3\nB;2;4\n", [["A", "1", "3"], ["B", "2", "4"]]),
        ("unit;Share, of all\nA;3,5\nB;4\n", [["A", "3,5"], ["B", "4"]]),
        ("unit\tDays; late, all\nA\t1\n", [["A", "1"]]),
        ("unit,x,\nA,1,\nB,2,\n", [["A", "1"], ["B", "2"]]),
        ("unit,x\nA,1,\nB,2,,\n", [["A", "1"], ["B", "2"]]),
        ("unit,x\rA,1\rB,2\r", [["A", "1"], ["B", "2"]]),
        ('unit,x\nA,5" disk\n', [["A", '5" disk']]),
        ("unit,x\n'=A,'-5\n''s,'t\n", [["=A", "-5"], ["'s", "'t"]]),
    ],
)
def test_csv_of_offices_is_read_rightly(
    tmp_path: Path, text: str, records: list[list[str]]
) -> None:
    assert read_table(csv_file(tmp_path, text)).to_numpy().tolist() == records


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('unit,x,note\nA,1,ok\nB,2,"5 files\nC,3,ok\nD,4,ok\n', "line 3 opens a quote that is nev"),
        ('unit,x\n"A\nB",1\n"C,2\nD,3\n', "line 4 opens a quote that is never closed"),
        ('unit,x,n\n"A\nB",1,"x\nD,3\n', "line 3 opens a quote that is never closed"),
        ('"unit,x\nA,1\n', "line 1 opens a quote that is never closed"),
        ('\n\nunit,x\n\nA,1\n"B,2\n', "line 6 opens a quote that is never closed"),
        ('unit,x\n"A"zz,1\n', "line 2 opens a quote, and where it closes text follows"),
        ('unit,x\nA,"1\nB,"2"\n', "line 2 opens a quote, and where it closes in line 3 text foll"),
        ("unit,x,y\nA,1,2\nB,3\nC,4,5\n", "line 3 has 2 cells, but there are 3 columns: the row "),
        ("unit,x,y\nA,1,2\nB,3,4\nSource: ministry\n", "line 4 has 1 cell, .* keep remarks"),
        ("Table 1\n\nunit,x\nA,1\n", r"line 3 has 2 cells, .* read it with header=3 .*--header 3"),
        ("unit,x\nA,1\x00\n", "its content is binary .line 2."),
        (
            "unit;Share, all\nA;3,5\n",
            "may be separated by any of ',', ';': choose one with separat",
        ),
        ("unit,x,\nA,1,2\n", "column 3 has no header"),
    ],
)
def test_csv_that_is_broken_names_its_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(gi.DataError, match=problem):
        read_table(csv_file(tmp_path, text))


def test_a_nul_far_into_a_csv_file_is_found(tmp_path: Path) -> None:
    with pytest.raises(gi.DataError, match=r"its content is binary .line 3001."):
        read_table(csv_file(tmp_path, "unit,x\n" + "A,1\n" * 2999 + "B,\x00\n"))


@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(["", "a", 'b"c', "d,e", "f;g", "h\ni", "1,5"]), min_size=3, max_size=3
        ),
        min_size=1,
        max_size=8,
    ),
    at=st.integers(0, 7),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_quote_that_is_not_closed_never_swallows_a_row(
    tmp_path: Path, rows: list[list[str]], at: int
) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    lines = [",".join(map(quoted, ["unit", "x", "y"]))]
    lines += [",".join(map(quoted, [f"u{number}", *row[1:]])) for number, row in enumerate(rows)]
    at = min(at, len(rows)) if rows else 0
    lines[at] = lines[at][:-1]  # the last quote of a row is lost
    with pytest.raises(gi.DataError, match="opens a quote"):
        read_table(csv_file(tmp_path, "\n".join(lines) + "\n"), separator=",")


# -- the header ------------------------------------------------------------------------------------


def test_the_header_may_follow_a_title(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Table 1. Scores 2024"], [], ["unit", "x"], ["A", 1]]
    file = workbook(tmp_path, *rows)
    assert read_table(file, header=3).to_dict("list") == {"unit": ["A"], "x": [1]}
    with pytest.raises(gi.DataError, match=r"if the header is in row 3, .* with header=3"):
        read_table(file)


def test_the_header_of_a_csv_file_is_a_line(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "Bảng 1, năm 2024, tỉnh, huyện\n\nunit;x\nA;1\n")
    assert read_table(file, header=3).to_dict("list") == {"unit": ["A"], "x": ["1"]}


def test_titles_of_two_rows_are_joined(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["unit", "score", None, "rank"],
        [None, "self", "verified", None],
        ["A", 1, 2, 3],
    ]
    frame = read_table(workbook(tmp_path, *rows), header=(1, 2))
    assert list(frame.columns) == ["unit", "score self", "score verified", "rank"]


def test_titles_of_two_rows_are_pointed_at(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Tổng hợp 2025"],
        [],
        ["STT", "unit", "Sở A", None, "Sở B", None],
        [None, None, "self", "verified", "self", "verified"],
        ["I", "Works", None, None, None, None],
        ["1", "A", 1, 2, 3, 4],
    ]
    file = workbook(tmp_path, *rows)
    with pytest.raises(gi.DataError, match=r"rows 3 and 4, .* header=\(3,4\) .*--header 3,4\)"):
        read_table(file)
    assert list(read_table(file, header=(3, 4)).columns)[2:4] == ["Sở A self", "Sở A verified"]


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (0, "header is a row, counted from 1"),
        ((3, 2), "several rows in rising order"),
        ((), "header is a row"),
        ("3", "header is a row"),
        (9, "has nothing in row 9, which is to be the header"),
    ],
)
def test_impossible_headers_are_refused(tmp_path: Path, header: int, problem: str) -> None:
    with pytest.raises(gi.GovIndexError, match=problem):
        read_table(workbook(tmp_path, ["unit", "x"], ["A", 1]), header=header)


# -- cells of workbooks without a value ------------------------------------------------------------

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "prefix": lambda s: re.sub(r"<(/?)(?!\?)(\w+)", r"<\1x:\2", s).replace("xmlns=", "xmlns:x="),
    "no reference": lambda s: re.sub(r'(<c|<row) r="\w+"', r"\1", s),
    "reference last": lambda s: re.sub(r'<c r="(\w+)"((?: \w+="[^"]*")+)', r'<c\2 r="\1"', s),
    "single quotes": lambda s: s.replace('"', "'"),
    "spaces": lambda s: re.sub(r'<c r="(\w+)"', r'<c\n  r = "\1"\n', s),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!"])
def test_errors_are_found_however_they_are_spelled(
    tmp_path: Path, spelling: str, error: str
) -> None:
    file = workbook(tmp_path, ["unit", "x"], ["A", 1], ["B", error], ["C", 3])
    file = edited(file, SPELLINGS[spelling])
    with pytest.raises(gi.DataError, match=f"cell B3: the cell holds the error {error}") as caught:
        read_table(file)
    problem = caught.value.problems[0]
    assert (problem.code, problem.cell) == ("cell.error", "B3")
    table = read_table(file, errors="missing")
    assert gi.Observations.from_frame(table).status[1, 0] == CellStatus.MISSING


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_formulas_without_a_value_are_found_however_they_are_spelled(
    tmp_path: Path, spelling: str
) -> None:
    file = workbook(tmp_path, ["unit", "x", "y"], ["A", 1, 1], ["B", 1, "=B2*2"], ["C", 3, 2])
    file = edited(file, SPELLINGS[spelling])
    with pytest.raises(gi.DataError, match="cell C3: the formula has no stored value") as caught:
        read_table(file)
    assert caught.value.problems[0].code == "cell.formula_without_value"
    assert read_table(file, errors="missing")["y"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    "more",
    [
        '<extLst><ext xmlns:xm="urn:x"><xm:f>S!A1:A2</xm:f><xm:v>1</xm:v></ext></extLst>',
        '<conditionalFormatting sqref="B2"><f>1</f></conditionalFormatting>',
    ],
)
def test_formulas_outside_cells_are_ignored(tmp_path: Path, more: str) -> None:
    file = workbook(tmp_path, ["unit", "x"], ["A", 1], ["B", None])
    file = edited(file, lambda s: s.replace("</worksheet>", f"{more}</worksheet>"))
    assert len(read_table(file)) == 2


def test_a_cell_is_judged_where_its_extensions_begin(tmp_path: Path) -> None:
    file = workbook(tmp_path, ["unit", "x"], ["A", "=1+1"], ["B", 2])
    more = '<extLst><ext xmlns:xm="urn:x"><xm:f>1</xm:f></ext></extLst></c>'
    file = edited(file, lambda s: re.sub(r"(<c r=\"B2\".*?)</c>", rf"\1{more}", s))
    with pytest.raises(gi.DataError, match="cell B2: the formula has no stored value"):
        read_table(file)


def test_what_a_kind_of_file_does_not_have_cannot_be_chosen(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text("unit,x\nA,1\n", encoding="utf-8")
    with pytest.raises(gi.SettingError, match=r"'d\.csv' has no sheets"):
        read_table(file, sheet="June")
    with pytest.raises(gi.SettingError, match="has no separator"):
        read_table(workbook(tmp_path, ["unit", "x"], ["A", 1]), separator=";")


def test_many_errors_are_one_line(tmp_path: Path) -> None:
    file = workbook(tmp_path, ["unit", "x"], *[["A", "#N/A"]] * 50)
    with pytest.raises(gi.DataError, match=r"#N/A in 50 places: first cell B2; cell B3") as caught:
        read_table(file)
    assert len(caught.value.problems) == 50


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:calcext='
    '"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body>"
    "</office:document-content>"
)
MIME = "application/vnd.oasis.opendocument.spreadsheet"


def ods_file(folder: Path, *rows: str) -> Path:
    """Write a workbook as LibreOffice does, with the rows given as XML."""
    file = folder / "a.ods"
    own = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    filler = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", MIME)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{MIME}"/></m:manifest>',
        )
        archive.writestr(
            "content.xml", ODS.format(f'<table:table table:name="S">{own}{filler}</table:table>')
        )
    return file


def ods_text(text: str, more: str = "") -> str:
    kind = 'office:value-type="string"'
    return f"<table:table-cell {kind} {more}><text:p>{text}</text:p></table:table-cell>"


def ods_number(number: str, more: str = "") -> str:
    kind = f'office:value-type="float" office:value="{number}"'
    return f"<table:table-cell {kind} {more}><text:p>{number}</text:p></table:table-cell>"


def test_an_ods_workbook_is_read(tmp_path: Path) -> None:
    formula = 'table:formula="of:=1+1"'
    file = ods_file(
        tmp_path,
        ods_text("unit") + ods_text("x"),
        ods_text("A") + ods_number("2", formula),
        ods_text("#N/A by agreement") + ods_number("3"),
    )
    assert read_table(file).to_numpy().tolist() == [["A", 2], ["#N/A by agreement", 3]]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (
            ods_text("#DIV/0!", 'table:formula="of:=1/0" calcext:value-type="error"'),
            "cell C2: the cell holds the error #DIV/0!",
        ),
        (
            ods_text("Err:502", 'table:formula="of:=X()" calcext:value-type="error"'),
            "cell C2: the cell holds the error Err:502",
        ),
        (
            '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0">'
            "<text:p>#DIV/0!</text:p></table:table-cell>",
            "cell C2: the cell holds the error #DIV/0!",
        ),
        (
            '<table:table-cell table:formula="of:=1+1"/>',
            "cell C2: the formula has no stored value",
        ),
        (
            '<table:table-cell table:formula="of:=1+1" office:value-type="float"/>',
            "cell C2: the formula has no stored value",
        ),
    ],
)
def test_ods_cells_without_a_value_are_found(tmp_path: Path, cell: str, problem: str) -> None:
    wide = '<table:table-cell table:number-columns-repeated="1" office:value-type="string">'
    wide += "<text:p>B</text:p></table:table-cell>"
    header = ods_text("unit") + ods_text("name") + ods_text("x")
    file = ods_file(tmp_path, header, ods_text("A") + wide + cell)
    with pytest.raises(gi.DataError, match=problem):
        read_table(file)
    assert read_table(file, errors="missing").shape == (1, 3)


def xls_file(folder: Path, *cells: bytes, title: str = "Workbook") -> Path:
    """Write a workbook of Excel 97: one stream of records in sectors of 512 bytes."""

    def record(kind: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def sheet_of(start: int) -> bytes:
        name = b"\x01\x00S"
        return record(0x85, struct.pack("<IH", start, 0) + name)

    begin = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)
    leaf = struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)
    start = len(record(0x809, begin) + sheet_of(0) + record(0x0A))
    stream = record(0x809, begin) + sheet_of(start) + record(0x0A)
    stream += record(0x809, leaf) + b"".join(cells) + record(0x0A)
    stream = stream.ljust(4096, b"\0")  # shorter ones are kept elsewhere
    sectors = len(stream) // 512
    table = [*range(1, sectors), 0xFFFFFFFE, 0xFFFFFFFE, 0xFFFFFFFD]
    table += [0xFFFFFFFF] * (128 - len(table))

    def entry(title: str, kind: int, first: int, size: int) -> bytes:
        name = title.encode("utf-16-le")
        head = name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, kind, 1)
        tree = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 1 if kind == 5 else 0xFFFFFFFF)
        return head + tree + b"\0" * 36 + struct.pack("<IQ", first, size)

    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry(title, 2, 0, len(stream))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<IIIIIIII", 1, sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", sectors + 1, *[0xFFFFFFFF] * 108)
    file = folder / "a.xls"
    data = header + stream + directory.ljust(512, b"\0") + struct.pack("<128I", *table)
    file.write_bytes(data)
    return file


def xls_text(row: int, column: int, text: str) -> bytes:
    data = struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode()
    return struct.pack("<HH", 0x204, len(data)) + data


def xls_number(row: int, column: int, number: float) -> bytes:
    return struct.pack("<HHHHHd", 0x203, 14, row, column, 0, number)


def xls_error(row: int, column: int, code: int) -> bytes:
    return struct.pack("<HHHHHBB", 0x205, 8, row, column, 0, code, 1)


def test_errors_of_xls_workbooks_are_found(tmp_path: Path) -> None:
    known = [xls_text(0, 0, "unit"), xls_text(0, 1, "x"), xls_text(1, 0, "A")]
    whole = xls_file(tmp_path, *known, xls_number(1, 1, 2.5))
    assert read_table(whole).to_numpy().tolist() == [["A", 2.5]]
    file = xls_file(tmp_path, *known, xls_error(1, 1, 0x2A))
    with pytest.raises(gi.DataError, match="cell B2: the cell holds the error #N/A"):
        read_table(file)
    assert bool(read_table(file, errors="missing")["x"].isna()[0])


def test_errors_that_formulas_of_xls_workbooks_gave_are_found(tmp_path: Path) -> None:
    result = bytes([2, 0, 0x07, 0, 0, 0, 0xFF, 0xFF])
    data = struct.pack("<HHH", 1, 1, 0) + result + struct.pack("<HIH", 0, 0, 3) + b"\x1e\x01\x00"
    formula = struct.pack("<HH", 0x06, len(data)) + data
    known = [xls_text(0, 0, "unit"), xls_text(0, 1, "x"), xls_text(1, 0, "A")]
    with pytest.raises(gi.DataError, match="cell B2: the cell holds the error #DIV/0!"):
        read_table(xls_file(tmp_path, *known, formula))


def test_texts_with_nul_letters_are_refused(tmp_path: Path) -> None:
    file = xls_file(tmp_path, xls_text(0, 0, "unit"), xls_text(1, 0, "A\0b\0"))
    with pytest.raises(gi.DataError, match=r"'a\.xls', column 'unit': the text of record 1 hold"):
        read_table(file)
    other = tmp_path / "a.json"
    other.write_text('[{"unit": "A\\u0000", "x": 1}]')
    with pytest.raises(gi.DataError, match=r"'a\.json', column 'unit': the text of record 1 hol"):
        read_table(other)


def test_errors_in_csv_files_are_texts_unless_they_are_to_be_missing(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "unit,x\nA,#DIV/0!\nB,2\n#N/A,3\n")
    assert read_table(file)["x"].to_list() == ["#DIV/0!", "2", "3"]
    assert read_table(file, errors="missing").to_numpy().tolist() == [
        ["A", ""],
        ["B", "2"],
        ["", "3"],
    ]


def test_what_becomes_of_errors_is_one_of_two_words(tmp_path: Path) -> None:
    with pytest.raises(gi.SettingError, match="errors is 'refuse' or 'missing', not 'ignore'"):
        read_table(csv_file(tmp_path, "unit\nA\n"), errors="ignore")  # type: ignore[arg-type]


# -- in the shell ----------------------------------------------------------------------------------


def scored(folder: Path, *words: str) -> int:
    rule = gi.rules.Goalposts(worst=0, best=10)
    leaves = [gi.Indicator(c, rule=rule) for c in ("self x", "y")]
    framework = gi.Framework("r", leaves, absence=gi.absence.Renormalise())
    method = gi.Methodology("example.m", "1", framework)
    gi.save_methodology(method, folder / "m.toml", overwrite=True)
    return main(["score", *words, "--method", str(folder / "m.toml")])


def test_the_shell_reads_what_offices_publish(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[list[object]] = [
        ["Table 1"],
        ["region", "unit", "self", "y"],
        [None, None, "x", None],
        ["north", "A", 1, 2],
        [None, "B", "#N/A", 3],
    ]
    file = str(workbook(tmp_path, *rows))
    words = [file, "--unit", "unit", "--league", "region", "--header", "2,3"]
    assert scored(tmp_path, *words) == 1
    assert "cell C5: the cell holds the error #N/A" in capsys.readouterr().err
    words += ["--errors", "missing"]
    assert scored(tmp_path, *words) == 1
    assert "row 2: there is no league" in capsys.readouterr().err
    assert scored(tmp_path, *words, "--fill-down", "region") == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[:2] for line in lines if line[1:2] in (["A"], ["B"])] == [["1", "B"], ["2", "A"]]


@pytest.mark.parametrize("rows", ["a", "3;4", "", "-1"])
def test_the_shell_refuses_impossible_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str
) -> None:
    with pytest.raises(SystemExit):
        scored(tmp_path, "a.csv", f"--header={rows}")
    assert "is not a row such as 5, or rows" in capsys.readouterr().err


# -- files that are something else -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<table><tr><td>unit</td></tr></table>", "it is a web page .HTML."),
        ("\ufeff\n<!DOCTYPE html>\n<html></html>", "it is a web page .HTML."),
        ("<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", "it is a web page .HTML."),
        ("MIME-Version: 1.0\nX-Document-Type: Workbook\n", "it is a web archive"),
        (
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "it is an XML spreadsheet of 2003; save it as .xlsx",
        ),
        ("ID;PWXL;N;E\nP;PGeneral\n", "it is a SYLK file"),
        ("unit\tx\nA\t1\n", "it is a text; if its columns have separators, name it .csv"),
        ("", "it is empty"),
    ],
)
@pytest.mark.parametrize("suffix", [".xls", ".xlsx", ".ods"])
def test_files_that_are_not_workbooks_are_described(
    tmp_path: Path, content: str, what: str, suffix: str
) -> None:
    (tmp_path / f"a{suffix}").write_text(content, encoding="utf-8")
    with pytest.raises(gi.DataError, match=f"'a{suffix}' is not a workbook: {what}"):
        read_table(tmp_path / f"a{suffix}")


def test_a_workbook_is_read_by_its_content_not_its_name(tmp_path: Path) -> None:
    file = workbook(tmp_path, ["unit", "x"], ["A", 1]).rename(tmp_path / "a.xls")
    assert read_table(file).to_numpy().tolist() == [["A", 1]]


def test_a_workbook_with_a_password_is_named(tmp_path: Path) -> None:
    with pytest.raises(gi.DataError, match=r"'a\.xls' is protected by a password: open it"):
        read_table(xls_file(tmp_path, title="EncryptedPackage"))
    with pytest.raises(
        gi.DataError, match="is not a workbook: it holds something else, such as a do"
    ):
        read_table(xls_file(tmp_path, title="WordDocument"))


def test_records_that_name_a_field_twice_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"unit": "A", "x": 1}, {"unit": "B", "x": 1, "x": 2}]')
    with pytest.raises(
        gi.DataError, match=r"'a\.json': .* one key twice, 'x' with 1 and 'x' with 2"
    ):
        read_table(tmp_path / "a.json")


@given(st.integers(1, 16_384), st.integers(1, 1_048_576))
def test_the_name_of_a_cell_names_its_column(column: int, row: int) -> None:
    name = cell_name(row, column)
    letters = name.rstrip("0123456789")
    assert (column_number(letters), name[len(letters) :]) == (column, str(row))


@pytest.mark.parametrize("text", ['[{"unit": "\\ud800"}]', '[{"unit": "A", "\\uDFFF": 1}]'])
def test_half_a_letter_in_json_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(gi.DataError, match=r"'a\.json' is not JSON: it holds half a letter"):
        gi.read_table(tmp_path / "a.json")


def test_two_halves_of_a_letter_in_json_are_one(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"unit": "\\ud83d\\ude00"}]')
    assert gi.read_table(tmp_path / "a.json")["unit"].to_list() == ["\U0001f600"]

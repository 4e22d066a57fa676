"""Sheets with their layout: what is merged, hidden or noted, and what a cell really holds."""

from __future__ import annotations

import datetime
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

import govindex as gi
from govindex.files import read_grids, sheet_names
from govindex.grid import Area, Cell
from tests.files.test_reading import (
    edited,
    ods_file,
    ods_number,
    ods_text,
    xls_error,
    xls_file,
    xls_number,
    xls_text,
)


def laid_out(folder: Path) -> Path:
    """Write a workbook with something of everything."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "Annex"
    sheet["A1"] = "Title"
    sheet.merge_cells("A1:C1")
    sheet["A2"], sheet["B2"], sheet["C2"] = 0.5, "=1/0", True
    sheet["A2"].number_format = "0.0%"
    sheet["A3"], sheet["B3"] = "a name", datetime.date(2025, 10, 1)
    sheet["B3"].number_format = "d.m"
    sheet["A3"].comment = Comment("why", "me")
    sheet["C4"].comment = Comment("on a blank cell", "me")
    sheet["A5"], sheet["D6"] = "   ", 1234.5
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    book.create_sheet("Old")["B2"] = 1
    book["Old"].sheet_state = "veryHidden"
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def test_a_workbook_is_read_with_its_layout(tmp_path: Path) -> None:
    annex, old = read_grids(laid_out(tmp_path))
    assert (annex.file, annex.sheet, annex.hidden, old.hidden) == ("a.xlsx", "Annex", False, True)
    assert annex.merged == (Area(1, 1, 1, 3),)
    assert (set(annex.hidden_rows), set(annex.hidden_columns)) == ({3}, {4})
    assert annex.cells == {
        (1, 1): Cell("Title"),
        (2, 1): Cell(0.5, "0.0%"),
        (2, 2): Cell("", formula=True),
        (2, 3): Cell(True),
        (3, 1): Cell("a name", note="why"),
        (3, 2): Cell(datetime.date(2025, 10, 1), "d.m"),
        (4, 3): Cell("", note="on a blank cell"),
        (6, 4): Cell(1234.5),
    }
    assert annex.cells[2, 2].uncomputed
    assert list(annex.cells) == sorted(annex.cells)


def test_errors_and_results_of_formulas_are_marked(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_formula("A1", "=1/0", None, "#DIV/0!")
    sheet.write_formula("B1", "=1+1", None, 2)
    sheet.write_formula("C1", '=""', None, "")
    sheet.write_formula("D1", '="x"', None, "x")
    book.close()
    blank = '<c r="C1" t="str"><f>""</f><v></v></c>'
    file = edited(file, lambda text: text.replace('<c r="C1"><f>""</f><v></v></c>', blank))
    assert read_grids(file)[0].cells == {
        (1, 1): Cell("#DIV/0!", error="#DIV/0!", formula=True),
        (1, 2): Cell(2.0, formula=True),
        (1, 4): Cell("x", formula=True),
    }


def test_a_nan_is_an_error_of_its_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = 7
    book.save(tmp_path / "a.xlsx")
    file = edited(tmp_path / "a.xlsx", lambda text: text.replace("<v>7</v>", "<v>NaN</v>"))
    assert read_grids(file)[0].cells[1, 1] == Cell("NaN", error="NaN")


def test_a_thread_of_comments_is_read_instead_of_its_copy(tmp_path: Path) -> None:
    file, copy = laid_out(tmp_path), tmp_path / "threads.xlsx"
    thread = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
        'threadedcomments"><threadedComment ref="A3" id="1"><text>first</text></threadedComment>'
        '<threadedComment ref="A3" id="2" parentId="1"><text>reply</text></threadedComment>'
        "</ThreadedComments>"
    )
    relation = (
        '<Relationship Id="t" Type="http://schemas.microsoft.com/office/2017/10/relationships/'
        'threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/_rels/sheet1.xml.rels":
                data = data.replace(b"</Relationships>", relation.encode())
            new.writestr(name, data)
        new.writestr("xl/threadedComments/threadedComment1.xml", thread)
    cells = read_grids(copy)[0].cells
    assert cells[3, 1].note == "first\nreply"
    assert cells[4, 3].note == "on a blank cell"


def test_an_ods_workbook_is_read_with_its_layout(tmp_path: Path) -> None:
    note = (
        "<office:annotation><dc:date xmlns:dc='x'>2025-01-01</dc:date><text:p>one</text:p>"
        "<text:p>two</text:p></office:annotation>"
    )
    file = ods_file(
        tmp_path,
        ods_text("Title", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>",
        ods_number("0.5").replace("float", "percentage")
        + ods_text("#DIV/0!", 'table:formula="of:=1/0" calcext:value-type="error"')
        + '<table:table-cell table:formula="of:=1+1"/>',
        ods_text("x").replace("<text:p>", f"{note}<text:p>"),
    )
    (grid,) = read_grids(file)
    assert grid.merged == (Area(1, 1, 1, 2),)
    assert grid.cells == {
        (1, 1): Cell("Title"),
        (2, 1): Cell(0.5, "0%"),
        (2, 2): Cell("#DIV/0!", error="#DIV/0!", formula=True),
        (2, 3): Cell("", formula=True),
        (3, 1): Cell("x", note="one\ntwo"),
    }


def test_hidden_parts_of_an_ods_workbook_are_found(tmp_path: Path) -> None:
    file, copy = (
        ods_file(tmp_path, ods_text("a") + ods_text("b"), ods_text("c")),
        tmp_path / "h.ods",
    )
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == "content.xml":
                columns = (
                    '<table:table-column table:number-columns-repeated="1"/>'
                    '<table:table-column table:visibility="collapse"/><table:table-row '
                    'table:visibility="filter">'
                )
                text = text.replace("<table:table-row>", columns, 1)
            new.writestr(name, text)
    (grid,) = read_grids(copy)
    assert (set(grid.hidden_rows), set(grid.hidden_columns)) == ({1}, {2})


def test_an_xls_workbook_is_read_with_its_layout(tmp_path: Path) -> None:
    def record(kind: int, *numbers: int) -> bytes:
        return struct.pack(f"<{2 + len(numbers)}H", kind, 2 * len(numbers), *numbers)

    file = xls_file(
        tmp_path,
        record(0x7D, 1, 1, 2304, 15, 1, 0),
        record(0x208, 1, 0, 2, 255, 0, 0, 0x20, 0),
        xls_text(0, 0, "Title"),
        xls_number(1, 0, 2.5),
        xls_error(1, 1, 0x2A),
        record(0xE5, 1, 0, 0, 0, 1),
    )
    (grid,) = read_grids(file)
    assert (set(grid.hidden_rows), set(grid.hidden_columns)) == ({2}, {2})
    assert grid.merged == (Area(1, 1, 1, 2),)
    assert grid.cells == {
        (1, 1): Cell("Title"),
        (2, 1): Cell(2.5),
        (2, 2): Cell("#N/A", error="#N/A"),
    }


def test_a_csv_file_is_one_sheet_of_texts(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("Title;;\n\n1.10;'=x;#N/A\n", encoding="utf-8-sig")
    (grid,) = read_grids(file)
    assert grid.cells == {
        (1, 1): Cell("Title"),
        (3, 1): Cell("1.10"),
        (3, 2): Cell("=x"),
        (3, 3): Cell("#N/A", error="#N/A"),
    }
    assert sheet_names(file) == ("",)


def test_sheets_are_chosen_by_name_in_an_order(tmp_path: Path) -> None:
    file = laid_out(tmp_path)
    assert sheet_names(file) == ("Annex", "Old")
    assert [grid.sheet for grid in read_grids(file, ["Old", "Annex"])] == ["Old", "Annex"]
    assert [grid.sheet for grid in read_grids(file, "Old")] == ["Old"]


@pytest.mark.parametrize(
    ("name", "content", "options", "problem"),
    [
        ("a.docx", b"x", {}, r"'a.docx' is not a workbook that can be read: .*'.xlsx'"),
        ("a.csv", b"a;b\n", {"sheets": "S"}, "'a.csv' has no sheets"),
        ("a.xlsx", b"a;b\n", {}, "it is a text; if its columns have separators, name it .csv"),
        ("a.xlsx", b"", {}, "'a.xlsx' is not a workbook: it is empty"),
        ("a.xlsx", b"PK", {"separator": ";"}, "'a.xlsx' has no separator"),
    ],
)
def test_files_that_are_not_workbooks_are_refused(
    tmp_path: Path, name: str, content: bytes, options: dict[str, Any], problem: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(gi.GovIndexError, match=problem):
        read_grids(tmp_path / name, **options)


def test_unknown_sheets_are_named(tmp_path: Path) -> None:
    problem = "has no sheet 'Anex': did you mean 'Annex'"
    with pytest.raises(gi.DataError, match=problem):
        read_grids(laid_out(tmp_path), "Anex")


def test_parts_of_a_workbook_of_many_sheets_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    for number in range(40):
        sheet = book.add_worksheet()
        for row in range(100):
            sheet.write_row(row, 0, [number, f"text {row}", 0.5, row, "x", 2.0])
    book.close()
    parts: list[str] = []
    read = zipfile.ZipFile.open

    def counted(self: zipfile.ZipFile, part: Any, *args: Any, **settings: Any) -> Any:
        parts.append(getattr(part, "filename", part))
        return read(self, part, *args, **settings)

    monkeypatch.setattr(zipfile.ZipFile, "open", counted)
    grids = read_grids(file)
    assert sum(len(grid.cells) for grid in grids) == 24_000
    sheets = [part for part in parts if part.startswith("xl/worksheets/sheet")]
    assert len(sheets) == len(set(sheets)) == 40

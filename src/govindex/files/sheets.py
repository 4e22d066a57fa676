"""Workbooks (.xlsx, .xlsm, .xls, .ods) → frames of their cells."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex.errors import DataError, listing, near_miss
from govindex.files import compound, office_xml, opendocument
from govindex.files.findings import Findings, cell_name
from govindex.files.headers import NumberedRow, below_header, check_titles, header_hint
from govindex.files.markup import opened

if TYPE_CHECKING:
    import pandas as pd
    from python_calamine import CalamineSheet, CalamineWorkbook

__all__ = ["check_workbook", "foreign_text", "numbered_cells", "opened_book", "read_workbook"]

_LARGEST = 500_000_000
_PAGE = re.compile(r"<(!doctype\s+html|html|head|body|meta|table|style|div)\b", re.IGNORECASE)


def read_workbook(
    file: Path, sheet: str | None, header: tuple[int, ...], *, blank_errors: bool
) -> pd.DataFrame:
    """Read a sheet of a workbook, within bounds."""
    import pandas as pd

    kind = check_workbook(file)
    book = opened_book(file)
    names = book.sheet_names
    if sheet is None and len(names) > 1:
        raise DataError(f"'{file.name}' has several sheets, name one: {listing(names)}")
    if not names or (sheet is not None and sheet not in names):
        raise DataError(f"'{file.name}' has no sheet '{sheet}': {near_miss(sheet, names)}")
    number = names.index(sheet) if sheet is not None else 0
    findings = _findings(kind, file, names[number], number)
    if not blank_errors:
        findings.refuse(file.name)
    first, cells = numbered_cells(file, book, number)
    rows = [(n, row) for n, row in enumerate(cells, first) if any(cell != "" for cell in row)]
    titles, body = below_header(file.name, rows, header, _title)
    check_titles(file.name, titles, header_hint(rows))
    width = len(titles)
    frame = pd.DataFrame([[_cell(c) for c in row[:width]] for _, row in body], columns=titles)
    if not blank_errors:
        _check_numbers(file.name, body, width)
    return frame


def _check_numbers(name: str, rows: list[NumberedRow], width: int) -> None:
    """Refuse cells that hold NaN, which would be read as blank."""
    for number, row in rows:
        for column, cell in enumerate(row[:width], 1):
            if cell != cell:
                raise DataError(
                    f"'{name}' cannot be used: cell {cell_name(number, column)}: the cell holds "
                    "NaN, which is not a number: leave it blank, or read such cells as missing "
                    "with errors='missing' (in the shell: --errors missing)"
                )


def check_workbook(file: Path) -> str:
    """Return the kind of a workbook, by its content, not its name: "xlsx", "ods" or "xls".

    Raises
    ------
    DataError
        If it is no workbook, or holds parts that are damaged or too large.
    """
    kind = _kind(file)
    _findings(kind, file, None, None)
    return kind


def _kind(file: Path) -> str:
    size = file.stat().st_size
    if size > _LARGEST:
        raise DataError(
            f"'{file.name}' has {size:,} bytes, and workbooks are read up to {_LARGEST:,}: "
            "save the table as CSV UTF-8 or Parquet"
        )
    with file.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(compound.MAGIC):
        return "xls"
    if not head.startswith(b"PK"):
        raise DataError(f"'{file.name}' is not a workbook: {foreign_text(head) or 'it is damaged'}")
    with opened(file) as archive:
        parts = {part.lower() for part in archive.namelist()}
    if "xl/workbook.xml" in parts:
        return "xlsx"
    if "content.xml" in parts:
        return "ods"
    if "xl/workbook.bin" in parts:
        raise DataError(f"'{file.name}' is a binary workbook (.xlsb): save it as .xlsx")
    raise DataError(f"'{file.name}' is not a workbook: it is a zip archive of something else")


def is_page(text: str) -> bool:
    """Return whether a text begins as a web page does."""
    return text.startswith("<") and _PAGE.search(text) is not None


def foreign_text(head: bytes) -> str:
    """Return what kind of text a file is, by its beginning, "" if that is unknown."""
    if not head.strip():
        return "it is empty"
    if b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return "it is old or damaged; save it as .xlsx" if head[:1] == b"\x09" else ""
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = head.decode("utf-16" if wide else "utf-8-sig", errors="replace").lstrip("\ufeff \t\r\n")
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        return "it is an XML spreadsheet of 2003; save it as .xlsx"
    if is_page(text):
        return "it is a web page (HTML); open it in a spreadsheet program and save it as .xlsx"
    if text.casefold().startswith("mime-version:"):
        return "it is a web archive; open it in a spreadsheet program and save it as .xlsx"
    if text.startswith("ID;P"):
        return "it is a SYLK file; open it in a spreadsheet program and save it as .xlsx"
    whole = "\ufffd" not in text[:-1]  # the last letter may be cut
    return "it is a text; if its columns have separators, name it .csv" if whole else ""


def _findings(kind: str, file: Path, sheet: str | None, number: int | None) -> Findings:
    if kind == "xls":
        return compound.sheet_findings(file, number)
    if kind == "ods":
        return opendocument.sheet_findings(file, sheet)
    return office_xml.sheet_findings(file, sheet)


def opened_book(file: Path) -> CalamineWorkbook:
    """Open a workbook that was checked, in the compiled reader."""
    try:
        from python_calamine import CalamineWorkbook
    except ImportError as error:
        raise DataError("workbooks need python-calamine: pip install 'govindex[excel]'") from error
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(file.read_bytes()))
    except BaseException as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: BaseException) -> BaseException:
    """Return the error to raise: a panic of the compiled reader is not an Exception."""
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        return error
    return DataError(
        f"'{file.name}' is not a workbook: {error}; open it in a spreadsheet program and save it "
        "as .xlsx"
    )


def numbered_cells(
    file: Path, book: CalamineWorkbook, number: int, *, whole: bool = False
) -> tuple[int, list[list[Any]]]:
    """Return the number of the first row and the cells; of the `whole` sheet from A1 on."""
    try:
        sheet: CalamineSheet = book.get_sheet_by_index(number)
        rows: list[list[Any]] = sheet.to_python(skip_empty_area=not whole)
        start = None if whole else sheet.start
    except BaseException as error:
        raise _unreadable(file, error) from error
    return 1 + (start[0] if start else 0), rows


def _title(cell: Any) -> str:
    # A workbook has no whole numbers: the indicator "1" is typed as 1 and stored as 1.0.
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell).strip()


def _cell(cell: Any) -> Any:
    return None if cell == "" else cell

"""Workbooks (.xlsx, .xlsm, .xls, .ods) → frames of their cells."""

from __future__ import annotations

import io
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from govindex.errors import DataError, listing, near_miss
from govindex.files import compound, office_xml, opendocument
from govindex.files.findings import Findings, cell_name
from govindex.files.headers import NumberedRow, below_header, check_titles, header_hint
from govindex.files.markup import opened

if TYPE_CHECKING:
    import pandas as pd
    from python_calamine import CalamineSheet, CalamineWorkbook

__all__ = ["OpenedBook", "check_workbook", "foreign_text", "opened_workbook", "read_workbook"]

_LARGEST = 500_000_000
_PAGE = re.compile(r"<(!doctype\s+html|html|head|body|meta|table|style|div)\b", re.IGNORECASE)


@attrs.frozen(eq=False, slots=False)
class OpenedBook:
    """A workbook that is opened once, whatever is read of it: a path that holds what it names.

    Parameters
    ----------
    file : Path
    kind : str
        "xlsx", "ods" or "xls".
    book : CalamineWorkbook
        Of the compiled reader.
    """

    file: Path
    kind: str
    book: CalamineWorkbook = attrs.field(repr=False)
    _sheets: dict[int, CalamineSheet] = attrs.field(factory=dict, init=False, repr=False)

    def __fspath__(self) -> str:
        return str(self.file)

    @cached_property
    def worksheets(self) -> dict[str, int]:
        """The sheets that are not charts, and where they stand in the workbook, from 0."""
        from python_calamine import SheetTypeEnum

        about = enumerate(self.book.sheets_metadata)
        return {sheet.name: n for n, sheet in about if sheet.typ == SheetTypeEnum.WorkSheet}

    def sheet_number(self, sheet: str | None) -> int:
        """Return where a sheet stands, the only one if none is named.

        Raises
        ------
        DataError
            If there is no such sheet, or none is named and there are several.
        """
        names = self.book.sheet_names
        if sheet is None and len(names) > 1:
            raise DataError(f"'{self.file.name}' has several sheets, name one: {listing(names)}")
        if not names or (sheet is not None and sheet not in names):
            raise DataError(f"'{self.file.name}' has no sheet '{sheet}': {near_miss(sheet, names)}")
        return names.index(sheet) if sheet is not None else 0

    def cells(
        self, number: int, *, whole: bool = False, rows: int | None = None
    ) -> tuple[int, list[list[Any]]]:
        """Return the number of the first row and the cells; of the `whole` sheet from A1 on."""
        try:
            sheet = self._sheets.get(number)
            if sheet is None:
                sheet = self._sheets[number] = self.book.get_sheet_by_index(number)
            found: list[list[Any]] = sheet.to_python(skip_empty_area=not whole, nrows=rows)
            start = None if whole else sheet.start
        except BaseException as error:
            raise _unreadable(self.file, error) from error
        return 1 + (start[0] if start else 0), found

    def titled_rows(
        self, number: int, header: tuple[int, ...]
    ) -> tuple[list[str], list[NumberedRow]]:
        """Return the titles of the columns of a table and the rows below them.

        Raises
        ------
        DataError
            If a column has no title, or two columns have the same one.
        """
        first, cells = self.cells(number)
        rows = [(n, row) for n, row in enumerate(cells, first) if any(cell != "" for cell in row)]
        titles, body = below_header(self.file.name, rows, header, _title)
        check_titles(self.file.name, titles, header_hint(rows))
        return titles, body


def opened_workbook(file: Path | OpenedBook) -> OpenedBook:
    """Open a workbook, unless it is open.

    Raises
    ------
    DataError
        If it is no workbook, protected by a password, damaged or too large.
    OSError
        If it cannot be read.
    """
    if isinstance(file, OpenedBook):
        return file
    return OpenedBook(file, check_workbook(file), _opened_book(file))


def read_workbook(
    file: Path | OpenedBook, sheet: str | None, header: tuple[int, ...], *, blank_errors: bool
) -> pd.DataFrame:
    """Read a sheet of a workbook, within bounds."""
    import pandas as pd

    opened = opened_workbook(file)
    name, number = opened.file.name, opened.sheet_number(sheet)
    findings = _findings(opened.kind, opened.file, opened.book.sheet_names[number], number)
    if not blank_errors:
        findings.refuse(name)
    titles, body = opened.titled_rows(number, header)
    width = len(titles)
    frame = pd.DataFrame([[_cell(c) for c in row[:width]] for _, row in body], columns=titles)
    if not blank_errors:
        _check_numbers(name, body, width)
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


def _opened_book(file: Path) -> CalamineWorkbook:
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


def _title(cell: Any) -> str:
    # A workbook has no whole numbers: the indicator "1" is typed as 1 and stored as 1.0.
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell).strip()


def _cell(cell: Any) -> Any:
    return None if cell == "" else cell

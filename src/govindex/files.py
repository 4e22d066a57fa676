"""Tables in files: CSV, Excel, Parquet and JSON → frames of what the cells say.

Nothing is guessed about numbers here: cells of CSV files stay texts, and what reads the frame
(:class:`~govindex.model.observations.Observations`) knows the notation that was declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex.errors import DataError, listing, near_miss

if TYPE_CHECKING:
    import zipfile

    import pandas as pd

__all__ = ["read_table", "write_table"]

_SEPARATORS = (",", ";", "\t")


def read_table(
    path: str | PathLike[str], *, sheet: str | None = None, separator: str | None = None
) -> pd.DataFrame:
    r"""Read a table from a file.

    Parameters
    ----------
    path : path
        ``.csv`` (UTF-8, with or without byte-order mark), ``.xlsx``, ``.xls``, ``.ods``,
        ``.parquet`` or ``.json`` (a list of records).
    sheet : str, optional
        Of a workbook; the only sheet by default.
    separator : str, optional
        Between the columns of a CSV file; by default whichever of comma, semicolon and tab the
        header holds most of.

    Returns
    -------
    DataFrame
        One row per record. Cells of CSV files are texts, blank ones "".

    Raises
    ------
    DataError
        If the file does not exist, is of another kind or encoding, has a column without a header
        (merged cells), two columns of one name, or a formula without a stored value.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "scores.csv"
    >>> _ = file.write_text("unit;days\nAn Bình;3,5\n", encoding="utf-8-sig")
    >>> read_table(file)
          unit days
    0  An Bình  3,5
    """
    file = Path(path)
    kind = file.suffix.lower()
    readers: dict[str, Callable[[], pd.DataFrame]] = {
        ".csv": lambda: _read_csv(file, separator),
        ".json": lambda: _read_json(file),
        ".parquet": lambda: _read_parquet(file),
        **dict.fromkeys((".xlsx", ".xls", ".ods", ".xlsm"), lambda: _read_workbook(file, sheet)),
    }
    if kind not in readers:
        raise DataError(f"'{file.name}' is no table that can be read: {near_miss(kind, readers)}")
    if not file.exists():
        raise DataError(f"'{file.name}' cannot be read: No such file or directory")
    try:
        frame = readers[kind]()
    except OSError as error:
        raise DataError(f"'{file.name}' cannot be read: {error.strerror or error}") from error
    _check_header(file.name, [str(column) for column in frame.columns])
    return frame


def _check_header(name: str, header: list[str]) -> None:
    blank = [
        str(place)
        for place, title in enumerate(header, 1)
        if not title.strip() or re.fullmatch(r"Unnamed: \d+(_level_\d+)?", title)
    ]
    if blank:
        raise DataError(
            f"'{name}': column {', '.join(blank[:12])}{', …' * (len(blank) > 12)} has no header; "
            "give every column one name in the "
            "first row, and unmerge merged header cells"
        )
    doubled = sorted({title for title in header if header.count(title) > 1})
    if doubled:
        raise DataError(f"'{name}': two columns have the same name: {listing(doubled)}")


def _read_csv(file: Path, separator: str | None) -> pd.DataFrame:
    import csv
    import io

    import pandas as pd

    data = file.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"'{file.name}' is UTF-16; save it as CSV UTF-8")
    if b"\x00" in data[:4096]:
        raise DataError(f"'{file.name}' is no text: its name ends in .csv, its content is binary")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"'{file.name}' is not UTF-8: {error.reason} at byte {error.start}; "
            "save it as CSV UTF-8"
        ) from error
    # What stands between quotes separates nothing; a blank table leaves an empty first line.
    first = next(iter(re.sub(r'"[^"]*"', "", text).lstrip(" \r\n").splitlines()), "")
    between = separator or max(_SEPARATORS, key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=between)
        rows = [(lines.line_num, row) for row in lines if any(cell.strip() for cell in row)]
    except (csv.Error, TypeError) as error:
        raise DataError(f"'{file.name}' is no CSV table: {error}") from error
    if not rows:
        raise DataError(f"'{file.name}' is empty")
    header, body = [title.strip() for title in rows[0][1]], rows[1:]
    for line, row in body:
        if len(row) > len(header):
            raise DataError(
                f"'{file.name}', line {line} has {len(row)} cells, but there are {len(header)} "
                "columns: quote cells that hold the separator"
            )
    _check_header(file.name, header)
    filled = [row + [""] * (len(header) - len(row)) for _, row in body]
    return pd.DataFrame(filled, columns=header, dtype=str)


def _read_json(file: Path) -> pd.DataFrame:
    import json

    import pandas as pd

    try:
        records = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"'{file.name}' is not JSON: {error}") from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise DataError(f"'{file.name}' is no list of records: [{{\"unit\": …}}, …]")
    return pd.DataFrame(records)


def _read_parquet(file: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_parquet(file)
    except ImportError as error:
        raise DataError("Parquet files need pyarrow: pip install 'govindex[parquet]'") from error
    except ValueError as error:
        raise DataError(f"'{file.name}' is no Parquet file: {error}") from error


def _read_workbook(file: Path, sheet: str | None) -> pd.DataFrame:
    import pandas as pd

    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise DataError("workbooks need python-calamine: pip install 'govindex[excel]'") from error
    try:
        book = CalamineWorkbook.from_path(str(file))
    except CalamineError as error:
        raise DataError(f"'{file.name}' is no workbook: {error}") from error
    names = book.sheet_names
    if sheet is None and len(names) > 1:
        raise DataError(f"'{file.name}' has several sheets, name one: {listing(names)}")
    if sheet is not None and sheet not in names:
        raise DataError(f"'{file.name}' has no sheet '{sheet}': {near_miss(sheet, names)}")
    number = names.index(sheet) if sheet else 0
    _check_formulas(file, names[number])
    rows = book.get_sheet_by_index(number).to_python(skip_empty_area=True)
    rows = [row for row in rows if any(cell != "" for cell in row)]
    if not rows:
        raise DataError(f"'{file.name}' is empty")
    header = [_title(cell) for cell in rows[0]]
    _check_header(file.name, header)
    return pd.DataFrame([[_cell(cell) for cell in row] for row in rows[1:]], columns=header)


def _title(cell: Any) -> str:
    # A workbook has no whole numbers: the indicator "1" is typed as 1 and stored as 1.0.
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell).strip()


def _cell(cell: Any) -> Any:
    return None if cell == "" else cell


def _check_formulas(file: Path, sheet: str) -> None:
    """Refuse cells that would read as blank: formulas never computed, and errors like #DIV/0!."""
    import zipfile

    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return
        xml = archive.read(_sheet_file(archive, sheet)).decode("utf-8", errors="replace")
    blank, wrong = [], []
    for cell in re.finditer(r'<c r="([A-Z]+\d+)"([^>]*)(?<!/)>(.*?)</c>', xml, flags=re.DOTALL):
        name, settings, inside = cell.groups()
        if 't="e"' in settings:
            wrong.append(name)
        # A formula whose value is the text "" was computed.
        elif "<f" in inside and 't="str"' not in settings and not re.search(r"<v>[^<]", inside):
            blank.append(name)
    if blank:
        raise DataError(
            f"'{file.name}', cells {listing(blank)} hold formulas without a stored value: open "
            "the file in a spreadsheet program and save it"
        )
    if wrong:
        raise DataError(
            f"'{file.name}', cells {listing(wrong)} hold errors such as #DIV/0!: correct the "
            "formulas, or leave the cells blank"
        )


def _sheet_file(archive: zipfile.ZipFile, sheet: str) -> str:
    from xml.etree import ElementTree

    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    wanted = next(node for node in book.iter() if node.get("name") == sheet and "sheet" in node.tag)
    relation = next(value for key, value in wanted.attrib.items() if key.endswith("}id"))
    return "xl/" + targets[relation].removeprefix("/xl/")


def write_table(frame: pd.DataFrame, path: str | PathLike[str]) -> None:
    """Write a table to a file.

    Parameters
    ----------
    frame : DataFrame
        Its index is written as the first column, unless it only counts the rows.
    path : path
        ``.csv`` (with byte-order mark, so that spreadsheet programs show Vietnamese), ``.xlsx``,
        ``.parquet`` or ``.json``.

    Raises
    ------
    DataError
        If the file is of another kind or cannot be written.
    """
    import pandas as pd

    file = Path(path)
    counts = frame.index.name is None and frame.index.equals(pd.RangeIndex(len(frame)))
    flat = frame if counts else frame.reset_index()
    writers: dict[str, Callable[[], object]] = {
        ".csv": lambda: flat.to_csv(file, index=False, encoding="utf-8-sig"),
        ".json": lambda: flat.to_json(file, orient="records", force_ascii=False, indent=2),
        ".parquet": lambda: flat.to_parquet(file, index=False),
        ".xlsx": lambda: flat.to_excel(file, index=False),
    }
    kind = file.suffix.lower()
    if kind not in writers:
        raise DataError(f"tables are not written to '{file.name}': {near_miss(kind, writers)}")
    try:
        writers[kind]()
    except ImportError as error:
        extra = "excel" if kind == ".xlsx" else "parquet"
        raise DataError(f"writing {kind} needs pip install 'govindex[{extra}]'") from error
    except (OSError, TypeError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise DataError(f"'{file.name}' cannot be written: {why}") from error

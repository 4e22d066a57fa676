"""Tables in files of any kind → frames."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from govindex.checks import among, shown
from govindex.errors import DataError, SettingError, near_miss
from govindex.files.delimited import read_csv
from govindex.files.headers import check_titles, header_rows
from govindex.files.saving import as_path
from govindex.files.sheets import OpenedBook, read_workbook
from govindex.names import json_object

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_regular", "check_separator", "frame_of", "read_table"]

_LARGEST = 500_000_000
_HALF_WRITTEN = re.compile(r"\\ud[89a-f]", re.IGNORECASE)
_HALF = re.compile("[\ud800-\udfff]")


def read_table(
    path: str | PathLike[str],
    *,
    sheet: str | None = None,
    separator: str | None = None,
    header: int | Sequence[int] | None = None,
    errors: Literal["refuse", "missing"] = "refuse",
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
        Between the columns of a CSV file; by default that of its ``sep=`` line, else the one of
        comma, semicolon and tab that gives most rows the same number of cells.
    header : int or sequence of int, optional
        The row of a workbook, or the line of a CSV file, that holds the titles of the columns,
        counted from 1; several rows if titles are split over them, a merged one being put before
        those below it. By default the first row that is not blank.
    errors : {"refuse", "missing"}
        Refuse cells that hold an error such as #DIV/0!, or a formula without a stored value, or
        read them as missing. In a CSV file an error is a text like any other if it is not read as
        missing.

    Returns
    -------
    DataFrame
        One row per record. Cells of CSV files are texts, blank ones "". An apostrophe before a sign
        that begins a formula, as :func:`write_table` writes it, is removed.

    Raises
    ------
    DataError
        If the file does not exist, is of another kind or encoding, has a column without a header
        (merged cells), two columns of the same name, rows cut short, a quote that is never closed,
        an error or a formula without a stored value, or is larger than a table can be.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "scores.csv"
    >>> _ = file.write_text("unit;days\nAn Bình;3,5\n", encoding="utf-8-sig")
    >>> read_table(file)
          unit days
    0  An Bình  3,5
    """
    file = as_path(path)
    book = path if isinstance(path, OpenedBook) else file
    kind = file.suffix.lower()
    if not among(errors, ("refuse", "missing")):
        raise SettingError(f"errors is 'refuse' or 'missing', not {errors!r}")
    rows, blank = header_rows(header), errors == "missing"
    readers: dict[str, Callable[[], pd.DataFrame]] = {
        ".csv": lambda: read_csv(file, separator, rows, blank_errors=blank),
        ".json": lambda: _read_json(file),
        ".parquet": lambda: _read_parquet(file),
        **dict.fromkeys(
            (".xlsx", ".xls", ".ods", ".xlsm"),
            lambda: read_workbook(book, sheet, rows, blank_errors=blank),
        ),
    }
    if kind not in readers:
        raise DataError(
            f"'{file.name}' is not a table that can be read: {near_miss(kind, readers)}"
        )
    _check_options(file.name, kind, sheet, separator)
    try:
        check_regular(file)
        frame = readers[kind]()
    except OSError as error:
        raise DataError(f"'{file.name}' cannot be read: {error.strerror or error}") from error
    check_titles(file.name, [str(column) for column in frame.columns])
    if kind != ".csv":  # every line of a CSV file was checked
        _check_letters(file.name, frame)
    return frame


def _check_options(name: str, kind: str, sheet: str | None, separator: str | None) -> None:
    """Refuse options that a file of this kind does not have."""
    if sheet is not None and kind in (".csv", ".json", ".parquet"):
        raise SettingError(f"'{name}' has no sheets: leave sheet= out (in the shell: --sheet)")
    check_separator(name, kind, separator)


def check_separator(name: str, kind: str, separator: str | None) -> None:
    """Refuse impossible separators, and one for a file of a `kind` other than ".csv"."""
    if separator is None:
        return
    if kind != ".csv":
        raise SettingError(
            f"'{name}' has no separator: leave separator= out (in the shell: --separator)"
        )
    if not isinstance(separator, str) or len(separator) != 1 or separator in "\"'\r\n":
        raise SettingError(
            f"separator is the sign between two cells, such as ',' or ';', not {shown(separator)}"
        )


def check_regular(file: Path) -> None:
    """Refuse folders, devices and named pipes, which may never end.

    Raises
    ------
    DataError
        With its kind.
    OSError
        If it does not exist.
    """
    mode = file.stat().st_mode
    if not stat.S_ISREG(mode):
        kind = "Is a directory" if stat.S_ISDIR(mode) else "Is a pipe or a device"
        raise DataError(f"'{file.name}' cannot be read: {kind}, not a file")


def _check_letters(name: str, frame: pd.DataFrame) -> None:
    if any("\x00" in str(title) for title in frame.columns):
        raise DataError(
            f"'{name}': the titles of the columns hold NUL letters, so they were not read as they "
            "were written; open the file in a spreadsheet program and save it as .xlsx"
        )
    for number, title in enumerate(frame.columns):
        column = frame.iloc[:, number]
        if column.dtype.kind in "biufcmM":
            continue
        for row, cell in enumerate(column.to_list(), 1):
            if isinstance(cell, str) and "\x00" in cell:
                raise DataError(
                    f"'{name}', column '{title}': the text of record {row} holds NUL letters, so "
                    "it was not read as it was written; open the file in a spreadsheet program "
                    "and save it as .xlsx"
                )


def _read_json(file: Path) -> pd.DataFrame:
    import json

    size = file.stat().st_size
    if size > _LARGEST:
        raise DataError(
            f"'{file.name}' has {size:,} bytes, and JSON is read up to {_LARGEST:,}: save the "
            "table as CSV UTF-8 or Parquet"
        )
    try:
        reader = json_object(DataError, file.name)
        text = file.read_text(encoding="utf-8-sig")
        records = json.loads(text, object_pairs_hook=reader)
    except DataError:
        raise
    except (ValueError, RecursionError) as error:
        raise DataError(f"'{file.name}' is not JSON: {error}") from error
    if _HALF_WRITTEN.search(text):
        _check_whole(file.name, records)
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise DataError(f"'{file.name}' is not a list of records: [{{\"unit\": …}}, …]")
    return frame_of(records)


def frame_of(data: Any) -> pd.DataFrame:
    """Return a data frame of records or columns, also with whole numbers of hundreds of digits."""
    import pandas as pd

    try:
        return pd.DataFrame(data)
    except OverflowError:  # of pandas before 3
        return pd.DataFrame(data, dtype=object)


def _check_whole(name: str, records: Any) -> None:
    r"""Refuse half letters such as \ud800, which a text cannot hold."""
    import json

    text = json.dumps(records, ensure_ascii=False)
    if not text.isascii() and (half := _HALF.search(text)):
        raise DataError(
            f"'{name}' is not JSON: it holds half a letter, \\u{ord(half[0]):x}, near "
            f"{text[max(half.start() - 20, 0) : half.end() + 20]!a}"
        )


def _read_parquet(file: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_parquet(file)
    except ImportError as error:
        raise DataError("Parquet files need pyarrow: pip install 'govindex[parquet]'") from error
    except OSError:
        raise
    except Exception as error:  # any error of the reader about a damaged file
        raise DataError(f"'{file.name}' is not a Parquet file: {error}") from error

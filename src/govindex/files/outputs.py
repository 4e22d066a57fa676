"""Frames → files: CSV, Excel, Parquet and JSON, written so that they read back equal."""

from __future__ import annotations

import math
import numbers
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govindex.errors import DataError, listing, near_miss
from govindex.files.findings import cell_name
from govindex.files.guards import guarded
from govindex.files.saving import as_path, write_whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_table"]

_ROWS, _COLUMNS, _LETTERS = 1_048_576, 16_384, 32_767  # of a sheet, and of a cell
_EXACT, _HIGHEST = 2**53, 9.99999999999999e307  # of numbers in a sheet
_MEASURED, _DIGITS, _WIDEST = 1_000, 10, 60  # rows, digits and letters of the width of a column
# Spreadsheet programs split at other separators, too, and at every line end.
_QUOTED = re.compile(r'[",;\t\r\n]|^\s|\s$')


def write_table(frame: pd.DataFrame, path: str | PathLike[str], *, overwrite: bool = False) -> None:
    r"""Write a table to a file, whole or not at all.

    Texts stay texts: in a workbook no text is a formula or a link, and in a CSV file a text that
    begins like a formula (``=``, ``+``, ``-``, ``@``, tab, line end) gets an apostrophe before it,
    which :func:`read_table` removes; negative numbers do not.

    Parameters
    ----------
    frame : DataFrame
        Its index is written as the first column, unless it only counts the rows.
    path : path
        ``.csv`` (with byte-order mark, so that spreadsheet programs show Vietnamese), ``.xlsx``,
        ``.parquet`` or ``.json``.
    overwrite : bool
        Whether a file that exists is replaced.

    Raises
    ------
    DataError
        If the file exists and is not to be replaced, is of another kind, cannot be written, or
        cannot hold the content of the frame. A file that existed is then unchanged.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pandas as pd
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "scores.csv"
    >>> write_table(pd.DataFrame({"unit": ["=A1"], "change": [-5]}), file)
    >>> file.read_text(encoding="utf-8-sig").splitlines()
    ['unit,change', "'=A1,-5"]
    """
    import pandas as pd

    file = as_path(path)
    if not isinstance(frame, pd.DataFrame):
        raise DataError(
            f"a pandas data frame is written, not {type(frame).__name__}: for a result, give "
            "result.table()"
        )
    counts = frame.index.name is None and frame.index.equals(pd.RangeIndex(len(frame)))
    flat = frame if counts else frame.reset_index()
    writers: dict[str, Callable[[Path], object]] = {
        ".csv": lambda draft: _write_csv(flat, draft),
        ".json": lambda draft: _write_json(flat, draft),
        ".parquet": lambda draft: flat.to_parquet(draft, index=False),
        ".xlsx": lambda draft: _write_workbook(file.name, flat, draft),
    }
    kind = file.suffix.lower()
    if kind not in writers:
        raise DataError(f"tables are not written to '{file.name}': {near_miss(kind, writers)}")
    times = Counter(map(str, flat.columns))
    repeated = [title for title, count in times.items() if count > 1]
    if repeated:
        raise DataError(f"'{file.name}': two columns have the same name: {listing(repeated)}")
    write_whole(file, _with_extra(kind, writers[kind]), overwrite=overwrite)


def _with_extra(kind: str, write: Callable[[Path], object]) -> Callable[[Path], object]:
    def write_or_name_extra(draft: Path) -> None:
        try:
            write(draft)
        except ImportError as error:
            extra = "excel" if kind == ".xlsx" else "parquet"
            raise DataError(f"writing {kind} needs pip install 'govindex[{extra}]'") from error

    return write_or_name_extra


def _plain(cell: Any) -> Any:
    """Return a cell as None, a bool, an int, a float, a str, or a date or time."""
    if cell is None or isinstance(cell, (bool, str)):
        return cell
    if isinstance(cell, numbers.Integral):
        return int(cell)
    if isinstance(cell, (numbers.Real, Decimal)):
        number = float(cell)
        return None if math.isnan(number) else number
    if hasattr(cell, "item"):  # a scalar of NumPy
        return _plain(cell.item())
    if isinstance(cell, (date, time)):  # a datetime is a date, and NaT is one that equals nothing
        return cell if cell == cell else None
    return None if str(cell) in ("<NA>", "NaT") else str(cell)


def _rows(frame: pd.DataFrame) -> Any:
    columns = [list(map(_plain, frame.iloc[:, n].to_list())) for n in range(frame.shape[1])]
    return zip(*columns, strict=True) if columns else iter(())


def _write_csv(frame: pd.DataFrame, draft: Path) -> None:
    with draft.open("w", encoding="utf-8-sig", newline="") as stream:
        stream.write(",".join(_csv_cell(str(title)) for title in frame.columns) + "\n")
        for row in _rows(frame):
            stream.write((",".join(map(_csv_cell, row)) or '""') + "\n")


def _csv_cell(cell: Any) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell.isoformat() if isinstance(cell, (date, time)) else repr(cell)
    text = guarded(cell)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _write_json(frame: pd.DataFrame, draft: Path) -> None:
    import json

    titles = [str(title) for title in frame.columns]
    records = [dict(zip(titles, row, strict=True)) for row in _rows(frame)]
    text = json.dumps(records, ensure_ascii=False, allow_nan=False, indent=2, default=_iso)
    draft.write_text(text + "\n", encoding="utf-8")


def _iso(moment: date | time) -> str:
    return moment.isoformat()


def _write_workbook(name: str, frame: pd.DataFrame, draft: Path) -> None:
    import io

    import xlsxwriter

    height, width = frame.shape
    if height >= _ROWS or width > _COLUMNS:
        raise DataError(
            f"'{name}' cannot be written: the table has {height:,} rows and {width:,} columns, and "
            f"a sheet has {_ROWS:,} and {_COLUMNS:,} with the header; write .csv or .parquet"
        )
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for column, title in enumerate(frame.columns):
        _check_text(name, str(title), 0, column)
        sheet.write_string(0, column, str(title), bold)
        sheet.set_column(column, column, _width(str(title), frame.iloc[:_MEASURED, column]))
    for number, row in enumerate(_rows(frame), 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                _check_text(name, cell, number, column)
                if cell:
                    sheet.write_string(number, column, cell)
            elif isinstance(cell, bool):
                sheet.write_boolean(number, column, cell)
            elif isinstance(cell, (int, float)):
                _check_number(name, cell, number, column)
                sheet.write_number(number, column, cell)
            elif cell is not None:
                moment = moments if isinstance(cell, datetime) else None
                sheet.write_datetime(number, column, cell, moment)
    book.close()
    draft.write_bytes(memory.getbuffer())


def _width(title: str, cells: pd.Series[Any]) -> float:
    """Return the width of a column in letters: no title is cut off, and no text that is short."""
    texts = [cell if isinstance(cell, str) else str(cell)[:_DIGITS] for cell in cells]
    longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    return float(min(max(len(title) * 1.1, longest) + 2, _WIDEST))


def _check_text(name: str, text: str, row: int, column: int) -> None:
    if len(text.encode("utf-16-le")) // 2 > _LETTERS:
        raise DataError(
            f"'{name}' cannot be written: cell {cell_name(row + 1, column + 1)} has {len(text):,} "
            f"letters, and a cell of a sheet at most {_LETTERS:,}; write .csv or .parquet"
        )


def _check_number(name: str, number: float, row: int, column: int) -> None:
    whole = isinstance(number, int)
    if not abs(number) <= (_EXACT if whole else _HIGHEST):
        raise DataError(
            f"'{name}' cannot be written: a sheet cannot hold the number {number} of cell "
            f"{cell_name(row + 1, column + 1)} exactly; write .csv or .parquet"
        )

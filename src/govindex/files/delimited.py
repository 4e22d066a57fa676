"""CSV files: lines → records, strictly.

A stray quote or a row that is cut short would make units disappear, so that such lines are refused
by number.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from govindex.errors import DataError, listing
from govindex.files.findings import ERROR_TEXT
from govindex.files.guards import unguarded
from govindex.files.headers import NumberedRow, below_header, check_titles, header_hint
from govindex.files.sheets import is_page

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["csv_records", "read_csv"]

_SEPARATORS = (",", ";", "\t")
_LONGEST = 64_000_000  # letters of one line
_BLANK = 2_000_000  # blank lines
_SAMPLE = 50
_AT_ONCE = 50_000  # rows of one frame, before the frames are joined
_DECLARED = re.compile(r'"?sep=([^"\r\n])"?\s*', flags=re.IGNORECASE)


def read_csv(
    file: Path, separator: str | None, header: tuple[int, ...], *, blank_errors: bool
) -> pd.DataFrame:
    """Read a CSV file as texts, strictly."""
    import pandas as pd

    name = file.name
    records = csv_records(file, separator, header[0] if header else 1)
    beginning = list(islice(records, _SAMPLE))
    titles, body = below_header(name, beginning, header, str.strip)
    check_titles(name, titles, header_hint(beginning))
    frames, rows = [], []
    for number, row in chain(body, records):
        rows.append(
            row if len(row) == len(titles) else _fitted(name, number, row, titles, beginning)
        )
        if len(rows) == _AT_ONCE:
            frames.append(_frame(rows, titles, blank_errors=blank_errors))
            rows = []
    frames.append(_frame(rows, titles, blank_errors=blank_errors))
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def csv_records(file: Path, separator: str | None, first: int = 1) -> Iterator[NumberedRow]:
    """Yield the records of a CSV file that are not blank, each with the line it begins in.

    Parameters
    ----------
    file : path
        In UTF-8.
    separator : str, optional
        That of the ``sep=`` line, or the most regular one, by default.
    first : int
        The line to begin with, from 1.
    """
    name = file.name
    lines = _lines(file)
    line = next(lines, "")
    declared = _DECLARED.fullmatch(line)
    skipped = 1 if declared else 0
    if declared:
        separator = separator or declared[1]
    else:
        lines = chain([line] if line else [], lines)
    for _ in range(first - 1 - skipped):
        skipped += next(lines, None) is not None
    sample = list(islice(lines, _SAMPLE))
    if is_page("".join(sample).lstrip()):
        raise DataError(
            f"'{name}' is a web page (HTML), not a CSV file: open it in a spreadsheet program and "
            "save it as CSV UTF-8 or .xlsx"
        )
    return _records(name, chain(sample, lines), separator or _separator(name, sample), skipped)


def _frame(rows: list[list[str]], titles: list[str], *, blank_errors: bool) -> pd.DataFrame:
    import pandas as pd

    if blank_errors:
        rows = [["" if ERROR_TEXT.fullmatch(c.strip()) else c for c in row] for row in rows]
    return pd.DataFrame(rows, columns=titles, dtype=str)


def _fitted(
    name: str, number: int, row: list[str], titles: list[str], beginning: list[NumberedRow]
) -> list[str]:
    """Return a row without the blank cells beyond the header; refuse another number of cells."""
    width, count = len(titles), len(row)
    if count > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    columns = "1 column" if width == 1 else f"{width} columns"
    cells = "1 cell" if count == 1 else f"{count} cells"
    if count > width:
        raise DataError(
            f"'{name}', line {number} has {cells}, but there are {columns}: quote cells that "
            f"hold the separator{header_hint(beginning)}"
        )
    raise DataError(
        f"'{name}', line {number} has {cells}, but there are {columns}: the row is cut short; "
        "write a separator for every blank cell, and keep remarks and sources out of the table"
    )


def _lines(file: Path) -> Iterator[str]:
    """Yield the lines of a file with their ends."""
    with file.open("rb") as raw:
        if raw.read(2) in (b"\xff\xfe", b"\xfe\xff"):
            raise DataError(f"'{file.name}' is UTF-16; save it as CSV UTF-8")
    number = 0
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            while line := stream.readline(_LONGEST):
                number += 1
                if len(line) == _LONGEST:
                    raise DataError(
                        f"'{file.name}' is not a CSV table: line {number} is longer than "
                        f"{_LONGEST:,} letters"
                    )
                if "\x00" in line:
                    raise DataError(
                        f"'{file.name}' is not a text: its name ends in .csv, but its content is "
                        f"binary (line {number})"
                    )
                yield line.lstrip("\ufeff") if number == 1 else line
    except UnicodeDecodeError:
        try:
            file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(
                f"'{file.name}' is not UTF-8: {error.reason} at byte {error.start}; "
                "save it as CSV UTF-8"
            ) from None


def _separator(name: str, lines: list[str]) -> str:
    """Return the separator by which most lines have the same number of cells, two or more."""
    text = "".join(lines)
    # A quotation mark within an unquoted cell speaks against a separator, unless it does against
    # all of them: then the file is careless, or the sample ends within a cell.
    clean = [mark for mark in _SEPARATORS if _cells(mark).fullmatch(text)]
    regularity: dict[str, tuple[float, int]] = {}
    records = 0
    for separator in clean or _SEPARATORS:
        try:
            read = list(csv.reader(lines, delimiter=separator))
        except csv.Error:
            continue
        rows = [row for row in read if any(map(str.strip, row))]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if widths:
            width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
            regularity[separator] = (times / len(rows), width)
            records = max(records, len(rows))
    if not regularity:
        return _SEPARATORS[0]
    best = max(regularity.values())
    rivals = [separator for separator, own in regularity.items() if own == best]
    if len(rivals) > 1 and records > 1:
        raise DataError(
            f"'{name}' may be separated by any of {listing(rivals)}: choose one with separator=… "
            "(in the shell: --separator)"
        )
    return rivals[0]


def _cells(separator: str) -> re.Pattern[str]:
    """Return the form of cells that are quoted as a whole or not at all."""
    return re.compile(rf'(?:(?:"(?:[^"]|"")*+"|[^"{separator}\r\n]*+)(?:[{separator}\r\n]|\Z))*+')


def _records(
    name: str, lines: Iterable[str], separator: str, skipped: int
) -> Iterator[NumberedRow]:
    """Yield the records that are not blank, each with the line it begins in."""
    current: list[str] = []

    def lines_of_record() -> Iterator[str]:
        for line in lines:
            current.append(line)
            yield line

    try:
        reader = csv.reader(lines_of_record(), delimiter=separator, strict=True)
    except TypeError as error:
        raise DataError(f"'{name}' is not a CSV table: {error}") from error
    number, blank = skipped + 1, 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _quoting_error(name, number, current, separator, error) from error
        if any(map(str.strip, row)):
            quoted = any("'" in line for line in current)
            yield number, [unguarded(cell) for cell in row] if quoted else row
        else:
            blank += 1
            if blank > _BLANK:
                raise DataError(
                    f"'{name}' is not a CSV table: more than {_BLANK:,} lines are blank"
                )
        number += len(current)
        current.clear()


def _quoting_error(
    name: str, number: int, lines: list[str], separator: str, error: csv.Error
) -> DataError:
    """Return the error that names the line with the wrong quote."""
    opened, line = _last_opening("".join(lines), separator), number
    for text in lines:
        if opened < len(text):
            break
        opened -= len(text)
        line += 1
    rule = "double the quotes inside a quoted cell, and close it before the separator"
    if "unexpected end" in str(error):
        return DataError(f"'{name}', line {line} opens a quote that is never closed: {rule}")
    if "expected after" in str(error):
        last = number + len(lines) - 1
        end = "" if last == line else f" in line {last}"
        return DataError(
            f"'{name}', line {line} opens a quote, and where it closes{end} text follows: {rule}"
        )
    return DataError(f"'{name}' is not a CSV table: {error} (line {line})")


def _last_opening(text: str, separator: str) -> int:
    """Return the index at which the last quoted cell of a record opens."""
    opened, inside, at_start, at = 0, False, True, 0
    while at < len(text):
        sign = text[at]
        if inside:
            if sign == '"' and text[at + 1 : at + 2] == '"':
                at += 1
            elif sign == '"':
                inside = False
        elif sign == '"' and at_start:
            opened, inside = at, True
        at_start = not inside and sign in (separator, "\r", "\n")
        at += 1
    return opened

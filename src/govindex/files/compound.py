"""Sheets of .xls workbooks: cells with errors, read as blank elsewhere.

An .xls file is a small file system (sectors chained by a table) that holds one stream of records.
Its formulas always store a value, so that only errors are searched.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from govindex.errors import DataError
from govindex.files.findings import Findings, cell_name
from govindex.files.markup import checked_area

__all__ = ["CELLS", "FORMULAS", "MAGIC", "error_text", "records", "sheet_findings", "sheet_parts"]

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_LAST = 0xFFFFFFFA  # from here on numbers are marks, not sectors
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_DIMENSIONS, _BOUND_SHEET, _BOOL_ERR = 0x200, 0x85, 0x205
FORMULAS = (0x06, 0x206, 0x406)
# Formulas, numbers, texts: records that begin with their row and column.
CELLS = {*FORMULAS, _BOOL_ERR, 0x203, 0x204, 0x27E, 0xD6, 0xFD, 0xBD}


def sheet_findings(file: Path, sheet: int | None) -> Findings:
    """Return the cells of a sheet that hold errors.

    Parameters
    ----------
    file : path
        An .xls workbook.
    sheet : int, optional
        The number of the sheet, from 0; without one only bounds are checked.

    Raises
    ------
    DataError
        If the file is damaged or protected by a password, or cells lie too far apart.
    """
    findings = Findings()
    try:
        stream, starts = sheet_parts(file)
        for number, start in enumerate(starts):
            _check_sheet(file.name, stream, start, findings if number == sheet else Findings())
    except (struct.error, IndexError) as error:
        raise DataError(f"'{file.name}' is not a workbook: it is damaged ({error})") from error
    return findings


def sheet_parts(file: Path) -> tuple[bytes, list[int]]:
    """Return the stream of records, and where in it the sheets begin.

    Raises
    ------
    DataError
        If the file is protected by a password, or no workbook.
    struct.error, IndexError
        If it is damaged.
    """
    stream = _record_stream(file.name, file.read_bytes())
    starts = [
        struct.unpack_from("<I", stream, at)[0]
        for kind, at, _ in records(stream, 0)
        if kind == _BOUND_SHEET
    ]
    return stream, starts


def _record_stream(name: str, data: bytes) -> bytes:
    """Return the stream of records."""
    shift, mini_shift = struct.unpack_from("<HH", data, 0x1E)
    if not 7 <= shift <= 16 or not 4 <= mini_shift < shift:
        raise DataError(f"'{name}' is not a workbook: it is damaged (sectors of 2**{shift} bytes)")
    size = 1 << shift
    first, _, cutoff, mini_first = struct.unpack_from("<4I", data, 0x30)
    table = _sector_table(data, size)

    def chain(start: int, table: list[int]) -> Iterator[int]:
        for _ in range(len(table)):
            if start >= _LAST:
                return
            yield start
            start = table[start]
        raise DataError(f"'{name}' is not a workbook: it is damaged (sectors form a circle)")

    def content(start: int) -> bytes:
        return b"".join(_sector(data, s, size) for s in chain(start, table))

    directory = content(first)
    streams = _streams(directory)
    if "encryptedpackage" in streams:
        raise DataError(
            f"'{name}' is protected by a password: open it in a spreadsheet program and save it "
            "without one"
        )
    known = streams.get("workbook") or streams.get("book")
    if known is None:
        raise DataError(f"'{name}' is not a workbook: it holds something else, such as a document")
    start, extent = known
    if extent >= cutoff:
        return content(start)[:extent]
    root = struct.unpack_from("<I", directory, 116)[0]
    packed, mini = content(root), 1 << mini_shift
    mini_table = _numbers(content(mini_first))
    return b"".join(packed[s * mini : (s + 1) * mini] for s in chain(start, mini_table))[:extent]


def _sector_table(data: bytes, size: int) -> list[int]:
    """Return the number of the sector that follows each sector."""
    next_table = struct.unpack_from("<I", data, 0x44)[0]
    numbers = list(struct.unpack_from("<109I", data, 0x4C))
    for _ in range((len(data) - 1) // size + 1):
        if next_table >= _LAST:
            break
        entries = _numbers(_sector(data, next_table, size))
        numbers += entries[:-1]
        next_table = entries[-1]
    return [n for s in numbers if s < _LAST for n in _numbers(_sector(data, s, size))]


def _streams(directory: bytes) -> dict[str, tuple[int, int]]:
    """Return the first sector and the length of each stream, by its name in lower case."""
    streams = {}
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        title = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, extent = struct.unpack_from("<II", directory, at + 116)
        streams[title.lower()] = (start, extent)
    return streams


def _sector(data: bytes, number: int, size: int) -> bytes:
    at = (number + 1) * size
    if at >= len(data):
        raise IndexError(f"there is no sector {number}")
    return data[at : at + size]


def _numbers(sector: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4]))


def records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, start and length of the records of the part of a stream that begins at `at`."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind in (0x809, 0x409, 0x209, 0x09):  # a chart inside a sheet is another part
            depth += 1
        elif kind == 0x0A:
            depth -= 1
            if depth <= 0:
                return
        if depth == 1:
            yield kind, at + 4, length
        at += 4 + length


def _check_sheet(name: str, stream: bytes, start: int, findings: Findings) -> None:
    """Add the errors of a sheet to its findings, and refuse cells that lie too far apart."""
    rows, columns = [65_536, 0], [65_536, 0]
    for kind, at, length in records(stream, start):
        if kind == _DIMENSIONS and length >= 14:
            top, bottom, left, right = struct.unpack_from("<IIHH", stream, at)
            bounds = ([top + 1, bottom], [left + 1, right])
            if bottom > top and right > left:
                checked_area(name, *bounds, cell_name(bottom, right))
        if kind not in CELLS:
            continue
        row, column = (number + 1 for number in struct.unpack_from("<HH", stream, at))
        rows = [min(rows[0], row), max(rows[1], row)]
        columns = [min(columns[0], column), max(columns[1], column)]
        error = error_text(kind, stream, at)
        if error is not None:
            findings.add_error(cell_name(row, column), error)
    if rows[1]:
        checked_area(name, rows, columns, cell_name(rows[1], columns[1]))


def error_text(kind: int, stream: bytes, at: int) -> str | None:
    """Return the error that the record of a cell holds, None if it holds a value."""
    code = None
    if kind == _BOOL_ERR and stream[at + 7] == 1:
        code = stream[at + 6]
    if kind in FORMULAS and stream[at + 12 : at + 14] == b"\xff\xff" and stream[at + 6] == 2:
        code = stream[at + 8]
    return None if code is None else _ERRORS.get(code, f"number {code}")

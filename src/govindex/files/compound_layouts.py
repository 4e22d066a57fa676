"""Layouts of the sheets of .xls workbooks: formats, errors, what is hidden; no notes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from govindex.errors import DataError
from govindex.files.compound import CELLS, FORMULAS, error_text, records, sheet_parts
from govindex.files.layouts import Layout
from govindex.files.office_layouts import BUILT_IN_FORMATS

__all__ = ["sheet_layouts"]

_ROW, _COLUMN_INFO, _XF, _FORMATS = 0x208, 0x7D, 0xE0, (0x1E, 0x41E)
_NUMBERS = 0xBD  # cells side by side in one record
_HIDDEN_ROW, _HIDDEN_COLUMNS = 0x20, 0x01


def sheet_layouts(file: Path, numbers: dict[str, int]) -> dict[str, Layout]:
    """Return the layouts of some sheets of an .xls workbook, by name.

    Parameters
    ----------
    file : path
        An .xls workbook.
    numbers : dict of str to int
        The sheets and where they stand in the workbook, from 0.

    Raises
    ------
    DataError
        If the file is damaged or protected by a password.
    """
    try:
        stream, starts = sheet_parts(file)
        formats = _formats(stream)
        return {name: _layout(stream, starts[number], formats) for name, number in numbers.items()}
    except (struct.error, IndexError) as error:
        raise DataError(f"'{file.name}' is not a workbook: it is damaged ({error})") from error


def _formats(stream: bytes) -> list[str]:
    """Return the number formats of the styles of cells, "" for the general one."""
    own: dict[int, str] = {}
    numbers: list[int] = []
    for kind, at, length in records(stream, 0):
        if kind in _FORMATS:
            number, text = _format(stream[at : at + length], wide=kind == _FORMATS[1])
            own[number] = text
        elif kind == _XF and length >= 4:
            numbers.append(struct.unpack_from("<H", stream, at + 2)[0])
    texts = (own.get(number, BUILT_IN_FORMATS.get(number, "")) for number in numbers)
    return ["" if text.casefold() == "general" else text for text in texts]


def _format(record: bytes, *, wide: bool) -> tuple[int, str]:
    number = struct.unpack_from("<H", record)[0]
    if not wide or len(record) < 5:
        return number, record[3:].decode("latin-1")
    letters = "utf-16-le" if record[4] & 1 else "latin-1"
    return number, record[5:].decode(letters, "replace")


def _layout(stream: bytes, start: int, formats: list[str]) -> Layout:
    layout = Layout()
    for kind, at, length in records(stream, start):
        if kind == _ROW and length >= 16:
            row, options = (struct.unpack_from("<H", stream, at + by)[0] for by in (0, 12))
            if options & _HIDDEN_ROW:
                layout.hidden_rows.add(row + 1)
        elif kind == _COLUMN_INFO and length >= 10:
            first, last, _, _, options = struct.unpack_from("<5H", stream, at)
            if options & _HIDDEN_COLUMNS:
                layout.hidden_columns.update(range(first + 1, min(last, 255) + 2))
        elif kind in CELLS:
            _see_cell(layout, stream, kind, at, formats, length)
    return layout


def _see_cell(
    layout: Layout, stream: bytes, kind: int, at: int, formats: list[str], length: int
) -> None:
    row, column = (number + 1 for number in struct.unpack_from("<HH", stream, at))
    for number, style in enumerate(_styles(stream, kind, at, length)):
        if style < len(formats) and formats[style]:
            layout.formats[row, column + number] = formats[style]
    if kind in FORMULAS:
        layout.formulas.add((row, column))
    error = error_text(kind, stream, at)
    if error is not None:
        layout.errors[row, column] = error


def _styles(stream: bytes, kind: int, at: int, length: int) -> Iterator[int]:
    if kind != _NUMBERS:
        yield struct.unpack_from("<H", stream, at + 4)[0]
        return
    for number in range((length - 6) // 6):
        yield struct.unpack_from("<H", stream, at + 4 + 6 * number)[0]

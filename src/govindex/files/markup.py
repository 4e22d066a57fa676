"""Parts of a zipped workbook, inflated and parsed within bounds.

The sizes that a file declares are not trusted: parts are inflated piece by piece and counted.
Entities are refused, since spreadsheet programs do not write them.
"""

from __future__ import annotations

import copy
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers import expat

from govindex.errors import DataError

__all__ = ["Handler", "checked_area", "inflated", "local", "opened", "parsed"]

LARGEST = 1_000_000_000  # bytes of one part
WIDEST = 32_000_000  # cells between the first and the last
_SMALL = 50_000_000
_RATIO = 150  # tables shrink to a tenth or a thirtieth
_CHUNK = 1 << 18

Handler = Callable[[str, dict[str, str]], None]


@contextmanager
def opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; damage is reported as one error, also while it is read."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if len(set(names)) < len(names):
                raise DataError(
                    f"'{file.name}' is not a workbook: it holds two parts of the same name"
                )
            yield archive
    except zipfile.BadZipFile as error:
        raise DataError(
            f"'{file.name}' is not a workbook: it is damaged or was not copied whole ({error})"
        ) from error
    except (zlib.error, EOFError, ValueError, NotImplementedError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"'{file.name}' is not a workbook: {error}") from error
    except (KeyError, RuntimeError, OverflowError) as error:
        raise DataError(f"'{file.name}' is not a workbook: {error}") from error


def inflated(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield the bytes of a part, and refuse one that is far larger than any table.

    Raises
    ------
    DataError
        If the part does not exist or is too large.
    """
    if part not in archive.NameToInfo:
        raise DataError(f"'{_name(archive)}' is not a workbook: its part '{part}' is missing")
    known = archive.getinfo(part)
    info = copy.copy(known)
    info.file_size = LARGEST + 1  # counted here, whatever the archive says
    total = 0
    _check_size(archive, part, known.file_size, known.compress_size)
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            total += len(chunk)
            _check_size(archive, part, total, known.compress_size)
            yield chunk


def _check_size(archive: zipfile.ZipFile, part: str, size: int, packed: int) -> None:
    if size > LARGEST or size > max(_SMALL, _RATIO * packed):
        raise DataError(
            f"'{_name(archive)}': its part '{part}' holds at least {size:,} bytes in {packed:,}, "
            "which no table does: copy the table into a new workbook, or save it as CSV UTF-8"
        )


def _name(archive: zipfile.ZipFile) -> str:
    return Path(archive.filename or "workbook").name


def local(tag: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return tag.rpartition(" ")[2]


def parsed(
    archive: zipfile.ZipFile,
    part: str,
    start: Handler,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], object] | None = None,
    *,
    plain: bool = False,
) -> None:
    """Parse a part, calling `start`, `end` and `text` for its elements and texts.

    A `plain` part may not have comments or CDATA: readers of workbooks misread a number with one.

    Raises
    ------
    DataError
        If the part is missing, too large, not well-formed, or declares entities; or is not plain.
    """

    def refuse(*_: object) -> None:
        raise DataError(
            f"'{_name(archive)}': its part '{part}' declares XML entities, which no spreadsheet "
            "program writes: open the file in one and save it as .xlsx"
        )

    def refuse_marked(*_: object) -> None:
        raise DataError(
            f"'{_name(archive)}': its part '{part}' has comments or CDATA between or inside its "
            "cells, which no spreadsheet program writes: open the file in one and save it as .xlsx"
        )

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    if plain:
        parser.CommentHandler = parser.StartCdataSectionHandler = refuse_marked
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for chunk in inflated(archive, part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DataError(
            f"'{_name(archive)}' is not a workbook: its part '{part}' is damaged ({error})"
        ) from error


def checked_area(name: str, rows: Iterable[int], columns: Iterable[int], cell: str) -> None:
    """Refuse a sheet whose cells lie so far apart that it would not fit in memory.

    Parameters
    ----------
    name : str
        The file's.
    rows, columns : iterable of int
        The first and the last that are filled, from 1.
    cell : str
        The last cell, for the message.
    """
    (top, bottom), (left, right) = rows, columns
    height, width = bottom - top + 1, right - left + 1
    if height * width > WIDEST:
        raise DataError(
            f"'{name}', cell {cell} is far from the others: the sheet spans {height:,} rows and "
            f"{width:,} columns, and at most {WIDEST:,} cells are read; clear the cells outside "
            "the table"
        )

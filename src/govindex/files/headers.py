"""The header of a table: its rows, and the titles of the columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from govindex.errors import DataError, SettingError, listing

__all__ = ["NumberedRow", "below_header", "check_titles", "header_hint", "header_rows"]

NumberedRow = tuple[int, list[Any]]
_LOOKED_AT = 30
_NUMBER = re.compile(r"[+-]?[\d.,\s]*\d%?")


def header_rows(header: int | Sequence[int] | None) -> tuple[int, ...]:
    """Return the rows of the header, () for the first row that is not blank."""
    if header is None:
        return ()
    rows = tuple(header) if isinstance(header, Iterable) else (header,)
    whole = all(isinstance(row, int) and not isinstance(row, bool) and row > 0 for row in rows)
    if not rows or not whole or list(rows) != sorted(set(rows)):
        raise SettingError(
            f"header is a row, counted from 1, or several rows in rising order; not {header!r}"
        )
    return rows


def below_header(
    name: str, rows: list[NumberedRow], header: tuple[int, ...], title: Callable[[Any], str]
) -> tuple[list[str], list[NumberedRow]]:
    """Return the titles of the columns and the rows below them.

    Parameters
    ----------
    name : str
        The file's, for messages.
    rows : list of (int, list)
        The rows that are not blank, with their numbers in the file.
    header : tuple of int
        The rows of the header; () for the first.
    title : callable
        Makes a title of a cell.
    """
    if not rows:
        raise DataError(f"'{name}' is empty")
    wanted = header or (rows[0][0],)
    cells_of = {number: cells for number, cells in rows if number in wanted}
    blank = [number for number in wanted if number not in cells_of]
    if blank:
        raise DataError(
            f"'{name}' has nothing in row {blank[0]}, which is to be the header: name the row of "
            "the titles with header=N (in the shell: --header N)"
        )
    upper = [[title(cell) for cell in cells_of[number]] for number in wanted]
    body = [row for row in rows if row[0] > wanted[-1]]
    titles = _joined(upper)
    # Empty columns at the right come from a separator at the end of every line.
    known = len(titles)
    width = max([_filled_width(titles), *(min(known, _filled_width(cells)) for _, cells in body)])
    return titles[:width], body


def _joined(rows: list[list[str]]) -> list[str]:
    """Return one title for each column; a merged title goes before those below it."""
    width = max(map(len, rows))
    titles = [""] * width
    for number, row in enumerate(rows):
        last = ""
        for column, text in enumerate([*row, *[""] * (width - len(row))]):
            last = text or last
            below = any(column < len(other) and other[column] for other in rows[number + 1 :])
            part = text or (last if below else "")
            titles[column] = f"{titles[column]} {part}".strip()
    return titles


def _is_filled(cell: object) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _filled_width(cells: list[Any]) -> int:
    width = len(cells)
    while width and not _is_filled(cells[width - 1]):
        width -= 1
    return width


def header_hint(rows: list[NumberedRow]) -> str:
    """Return the advice to read another row, or two, as the header, "" if the first one is it."""
    looked_at = rows[:_LOOKED_AT]
    most = max((len(_filled(cells)) for _, cells in looked_at), default=0)
    for at, (number, cells) in enumerate(looked_at):
        filled, below = _filled(cells), looked_at[at + 1 : at + 2]
        if len(filled) < 2 or not _all_texts(cells):
            continue
        if below and below[0][0] == number + 1 and _all_texts(below[0][1]):
            both = filled | _filled(below[0][1])
            if len(both) > len(filled) and len(both) >= most:
                return _hint(f"rows {number} and {number + 1}", f"({number},{number + 1})")
        if len(filled) == most:
            return "" if at == 0 else _hint(f"row {number}", str(number))
    return ""


def _hint(where: str, argument: str) -> str:
    words = argument.strip("()")
    return (
        f"; if the header is in {where}, below a title, read it with header={argument} "
        f"(in the shell: --header {words})"
    )


def _filled(cells: list[Any]) -> set[int]:
    return {column for column, cell in enumerate(cells) if _is_filled(cell)}


def _all_texts(cells: list[Any]) -> bool:
    filled = [cell for cell in cells if _is_filled(cell)]
    return all(isinstance(cell, str) and not _NUMBER.fullmatch(cell.strip()) for cell in filled)


def check_titles(name: str, titles: list[str], hint: str = "") -> None:
    """Refuse columns without a title, and two columns of one title.

    Raises
    ------
    DataError
        Naming the columns.
    """
    blank = [
        str(number)
        for number, title in enumerate(titles, 1)
        if not title.strip() or re.fullmatch(r"Unnamed: \d+(_level_\d+)?", title)
    ]
    if blank:
        shown = ", ".join(blank[:12]) + (f" and {len(blank) - 12} more" if blank[12:] else "")
        raise DataError(
            f"'{name}': column {shown} has no header; give every column one name in the "
            f"first row, and unmerge merged header cells{hint}"
        )
    doubled = sorted(title for title, times in Counter(titles).items() if times > 1)
    if doubled:
        raise DataError(f"'{name}': two columns have the same name: {listing(doubled)}{hint}")

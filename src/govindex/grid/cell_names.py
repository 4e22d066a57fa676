"""Names of cells and columns, as spreadsheet programs show them."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["cell_name", "column_name", "column_number"]


@lru_cache(maxsize=20_000)
def column_number(letters: str) -> int:
    """Return the number of a column, from 1; 0 if the letters do not name a column.

    Examples
    --------
    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    if not 0 < len(letters) <= 3 or not letters.isascii() or not letters.isalpha():
        return 0
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def column_name(column: int) -> str:
    """Return the letters of a column, from 1.

    Examples
    --------
    >>> column_name(28)
    'AB'
    """
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell from its row and column, from 1.

    Examples
    --------
    >>> cell_name(3, 28)
    'AB3'
    """
    return f"{column_name(column)}{row}"

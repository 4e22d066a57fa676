"""Findings in a workbook: cells with errors, and formulas that were never computed."""

from __future__ import annotations

import re
from functools import lru_cache

from govindex.errors import DataError, Problems

__all__ = ["ERROR_TEXT", "Findings", "cell_name", "column_number"]

# The errors of formulas, as spreadsheet programs show them.
ERROR_TEXT = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|BUSY!|CONNECT!"
    r"|UNKNOWN!|GETTING_DATA|EXTERNAL!|PYTHON!)|Err:\d{3}"
)
_KEPT = 10_000
_INSTEAD = "or read such cells as missing with errors='missing' (in the shell: --errors missing)"


class Findings:
    """Cells with errors and uncomputed formulas; the first ten thousand of each are kept."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}
        self.formulas: list[str] = []

    def add_error(self, cell: str, error: str) -> None:
        """Note a cell that holds an error such as #DIV/0!."""
        if len(self.errors) < _KEPT:
            self.errors[cell] = error if ERROR_TEXT.fullmatch(error) else "such as #DIV/0!"

    def add_formula(self, cell: str) -> None:
        """Note a formula without a stored value."""
        if len(self.formulas) < _KEPT:
            self.formulas.append(cell)

    def refuse(self, name: str) -> None:
        """Raise an error that names the cells, if there are any."""
        problems = Problems()
        for cell in self.formulas:
            problems.add(
                "the formula has no stored value",
                code="cell.formula_without_value",
                cell=cell,
                cure=f"open the file in a spreadsheet program and save it, {_INSTEAD}",
            )
        for cell, error in self.errors.items():
            problems.add(
                f"the cell holds the error {error}".replace("the error such", "an error such"),
                code="cell.error",
                cell=cell,
                cure=f"correct the formula, leave the cell blank, {_INSTEAD}",
            )
        problems.raise_any(DataError, f"'{name}' cannot be used")


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


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell from its row and column, from 1.

    Examples
    --------
    >>> cell_name(3, 28)
    'AB3'
    """
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"

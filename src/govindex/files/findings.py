"""Findings in a workbook: cells with errors, and formulas that were never computed."""

from __future__ import annotations

import re

from govindex.errors import DataError, Problems
from govindex.grid.cell_names import cell_name, column_number

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

"""Numbers of a column, however their cells were typed: the column decides what is ambiguous.

A text such as "1.000" is one or a thousand. It is read as the other texts of its column are
written; without any, or against a declared decimal mark, it is a problem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta

import attrs

from govindex.errors import Problem
from govindex.grid.cell_names import cell_name
from govindex.grid.sheets import Cell
from govindex.notation import Notation

__all__ = ["ReadNumbers", "cell_problem", "is_blank", "read_numbers", "written_values"]

Position = tuple[int, int]
_STYLES = {
    ",": Notation(numbers="vi", percent="number"),
    ".": Notation(numbers="en", percent="number"),
}
_BLANKS = frozenset("-–—−")
_WORDS = re.compile(
    r"(?i)^\(?\s*(?:(?:tối đa|không quá|maximum|max\.?|up to)\s*:?\s*)?(.*?)\s*"
    r"(?:điểm|đ|points?|pts?\.?)?\s*\)?$"
)


@attrs.frozen
class ReadNumbers:
    """The numbers of some cells by position, and what was odd about the others."""

    values: Mapping[Position, float]
    remarks: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def is_blank(cell: Cell | None) -> bool:
    """Return whether a cell holds nothing, or a dash for nothing."""
    if cell is None:
        return True
    text = cell.value.strip() if isinstance(cell.value, str) else "0"
    return (not text and not cell.formula) or text in _BLANKS


def written_values(text: str) -> dict[str, float]:
    """Return the numbers that a text may mean, by the decimal mark.

    Examples
    --------
    >>> written_values("1,5 điểm"), written_values("1.000"), written_values("many")
    ({',': 1.5}, {',': 1000.0, '.': 1.0}, {})
    """
    match = _WORDS.match(unicodedata.normalize("NFKC", " ".join(text.split())))
    inside = match[1] if match else text
    read = {mark: style.number(inside) for mark, style in _STYLES.items()}
    return {mark: number for mark, number in read.items() if number is not None}


def read_numbers(cells: Mapping[Position, Cell], decimal: str | None = None) -> ReadNumbers:
    """Return the numbers of the cells of a column.

    Parameters
    ----------
    cells : mapping of (int, int) to Cell
        Blank ones have no number, and neither have dashes.
    decimal : {",", "."}, optional
        The decimal mark of texts; by default that of the texts which are not ambiguous.
    """
    values: dict[Position, float] = {}
    remarks: list[Problem] = []
    problems: list[Problem] = []
    texts: dict[Position, dict[str, float]] = {}
    for at, cell in cells.items():
        problem = cell_problem(at, cell)
        if is_blank(cell):
            continue
        if problem is not None:
            problems.append(problem)
        elif isinstance(cell.value, float):
            percent = "%" in cell.number_format
            values[at] = round(100.0 * cell.value, 10) if percent else cell.value
            if percent:
                what = "typed as a percentage, is read as points of 100"
                remarks.append(_remark(at, what, "cell.typed_percentage"))
        else:
            texts[at] = written_values(str(cell.value))
    marks = {decimal} if decimal else _marks(texts.values())
    for at, read in texts.items():
        text = str(cells[at].value).strip()
        fitting = {read[mark] for mark in marks if mark in read} or set(read.values())
        if len(fitting) == 1:
            values[at] = fitting.pop()
            remarks.append(_remark(at, "a number typed as text, is read as a number"))
        else:
            problems.append(_unread(at, text, read))
    return ReadNumbers(values, tuple(remarks), tuple(problems))


def _marks(texts: Iterable[Mapping[str, float]]) -> set[str]:
    """Return the decimal marks of the texts that have one reading only."""
    return {mark for read in texts if len(read) == 1 for mark in read}


def _remark(at: Position, what: str, code: str = "cell.typed") -> Problem:
    return Problem(what, code=code, row=at[0], cell=cell_name(*at))


def _unread(at: Position, text: str, read: Mapping[str, float]) -> Problem:
    if not read:
        return Problem(
            f"'{text}' is not a number",
            code="cell.not_a_number",
            row=at[0],
            cell=cell_name(*at),
            cure="write the points as a number",
            found=f"'{text}'",
        )
    one, other = (f"{number:g}" for number in read.values())
    return Problem(
        f"'{text}' is {one} or {other}",
        code="cell.decimal_mark",
        row=at[0],
        cell=cell_name(*at),
        cure="declare the decimal mark with decimal=… (in the shell: --decimal)",
        found=f"'{text}'",
    )


def cell_problem(at: Position, cell: Cell) -> Problem | None:
    """Return why a cell has no value that could be a number, None if it may have one."""
    cause, cure, code = "", "", ""
    if cell.error:
        cause, code = f"the cell holds the error {cell.error}", "cell.error"
        cure = "correct the formula, or write the number"
    elif cell.uncomputed:
        cause, code = "the formula has no stored value", "cell.formula_without_value"
        cure = "open the file in a spreadsheet program and save it"
    elif isinstance(cell.value, bool):
        cause, code = f"the cell holds {str(cell.value).upper()}", "cell.not_a_number"
        cure = "write the points as a number"
    elif isinstance(cell.value, (date, time, timedelta)):
        cause, code = f"the cell holds a date or a time, {cell.value}, not a number", "cell.date"
        cure = "format the cell as a number and type it again: 1.10 and 1/10 become dates"
    if not cause:
        return None
    return Problem(cause, code=code, row=at[0], cell=cell_name(*at), cure=cure)

"""What a cell of a sheet with scores holds: a number, an answer, an absence, or a problem."""

from __future__ import annotations

import math
from datetime import date, time, timedelta

import attrs
import numpy as np

from govindex.contracts import CellStatus
from govindex.grid import Cell
from govindex.names import as_code
from govindex.notation import Notation
from govindex.workbooks.scores.criteria import Criterion
from govindex.workbooks.scores.reading_choices import ReadingChoices
from govindex.workbooks.scores.wordings import look

__all__ = ["ScoreCell", "decimals_of", "figure", "read_cell", "shown_value"]

_SLACK = 1e-9
_QUOTES = "'’‘"


@attrs.frozen
class ScoreCell:
    """What a cell holds.

    Parameters
    ----------
    value : float or str or None
        A number or an answer; None if the cell is absent or unread.
    status : CellStatus
        Missing if the cell could not be read.
    problem : str
        The code of what is wrong with it, "" if nothing is.
    found, expected : str
        The content of the cell, and what would have been right.
    refused : float or None
        A number outside the range of the rule.
    """

    value: float | str | None
    status: CellStatus
    problem: str = ""
    found: str = ""
    expected: str = ""
    refused: float | None = None

    @property
    def number(self) -> float | None:
        """The number in the cell, whether it can be used or not."""
        return self.value if isinstance(self.value, float) else self.refused


_BLANK = ScoreCell(None, CellStatus.MISSING)


def _refused(
    problem: str, found: object, expected: str = "", number: float | None = None
) -> ScoreCell:
    return ScoreCell(None, CellStatus.MISSING, problem, str(found), expected, number)


def read_cell(cell: Cell | None, criterion: Criterion, choices: ReadingChoices) -> ScoreCell:
    """Read a cell as a score of a criterion.

    A blank cell is missing. Points outside the range of the rule are a problem.
    """
    if cell is None or (cell.value == "" and not cell.formula):
        return _BLANK
    if isinstance(cell.value, str) and not cell.error:
        text = " ".join(cell.value.split())
        status = choices.absent_words.get(look(text))
        if status is not None:
            return ScoreCell(None, status, found=text)
        if criterion.answers:
            return _answer(text, criterion)
    read = figure(cell, choices)
    if read.value is None or isinstance(read.value, str):
        return read
    status = choices.absent_numbers.get(read.value)
    if status is not None:
        return ScoreCell(None, status, found=read.found)
    if criterion.answers and read.value not in criterion.answers:
        return _refused("cell.answer", read.found, _listed(criterion.answers))
    return _within(read, criterion)


def _answer(text: str, criterion: Criterion) -> ScoreCell:
    """Read a text as an answer of the rule."""
    code = as_code(text)
    if code in criterion.answers:
        return ScoreCell(code, CellStatus.REPORTED, found=text)
    return _refused("cell.answer", text, _listed(criterion.answers))


def _listed(answers: tuple[str | float, ...]) -> str:
    return ", ".join(f"{a:g}" if isinstance(a, float) else str(a) for a in answers)


def _within(read: ScoreCell, criterion: Criterion) -> ScoreCell:
    value = float(read.value or 0.0)
    if value in criterion.codes:
        return read
    slack = _SLACK * max(1.0, abs(value))
    if value > criterion.high + slack:
        return _refused("cell.above_maximum", read.found, f"{criterion.high:g}", value)
    if value < criterion.low - slack:
        return _refused("cell.below_minimum", read.found, f"{criterion.low:g}", value)
    return read


def figure(cell: Cell, choices: ReadingChoices) -> ScoreCell:
    """Read the number in a cell that is not blank, whatever it counts."""
    value = cell.value
    if cell.error:
        return _refused("cell.error", cell.error)
    if cell.uncomputed:
        return _refused("cell.formula_without_value", "")
    if isinstance(value, bool):
        return _refused("cell.boolean", str(value).upper())
    if isinstance(value, (date, time, timedelta)):
        return _refused("cell.date", value)
    if isinstance(value, str):
        return _number_in(" ".join(value.split()), choices)
    if not math.isfinite(value):
        return _refused("cell.word", value)
    if not cell.number_format.endswith("%"):
        return ScoreCell(value, CellStatus.REPORTED, found=f"{value:.15g}")
    found = f"{100 * value:.12g}%"
    if choices.notation.percent == "error":
        return _refused("cell.percent", found)
    whole = float(f"{100 * value:.15g}") if choices.notation.percent == "number" else value
    return ScoreCell(whole, CellStatus.REPORTED, found=found)


def _number_in(text: str, choices: ReadingChoices) -> ScoreCell:
    """Read the number that a text is, in the declared style or in any that leaves no doubt."""
    written = text.lstrip(_QUOTES).strip()
    percent = choices.notation.percent
    if written.endswith("%") and percent == "error":
        bare = written[:-1].strip()
        code = "cell.percent" if _values(bare, choices, "number") else "cell.word"
        return _refused(code, text)
    values = _values(written, choices, percent)
    if len(values) > 1:
        return _refused("cell.number_in_doubt", text, _listed(tuple(sorted(values))))
    if not values:
        other = not choices.any_style and _read(written, _STYLES[percent])
        return _refused("cell.number_style" if other else "cell.word", text)
    return ScoreCell(values.pop(), CellStatus.REPORTED, found=text)


def _values(text: str, choices: ReadingChoices, percent: str) -> set[float]:
    """Return every number that a text may mean."""
    return _read(text, _STYLES[percent] if choices.any_style else (choices.notation,))


def _read(text: str, notations: tuple[Notation, ...]) -> set[float]:
    """Return every number that a text is in these notations."""
    if not any(letter.isdigit() for letter in text):
        return set()
    read = {notation.number(text) for notation in notations}
    return {number for number in read if number is not None and math.isfinite(number)}


_STYLES = {
    percent: tuple(Notation(numbers=style, percent=percent) for style in ("plain", "vi", "en"))
    for percent in ("error", "number", "share")
}


def decimals_of(cell: Cell, value: float) -> int:
    """Return how many decimals a stated number was written with.

    Examples
    --------
    >>> from govindex.grid import Cell
    >>> decimals_of(Cell(71.5), 71.5), decimals_of(Cell("71,50"), 71.5), decimals_of(Cell(9.0), 9.0)
    (1, 2, 0)
    """
    if isinstance(cell.value, str):
        _, mark, digits = cell.value.strip().rpartition("," if "," in cell.value else ".")
        return sum(letter.isdigit() for letter in digits) if mark else 0
    text = np.format_float_positional(value, trim="-")
    return len(text.partition(".")[2])


def shown_value(cell: Cell, value: float) -> float:
    """Return a number as its cell shows it, rounded by the number format.

    Examples
    --------
    >>> from govindex.grid import Cell
    >>> shown_value(Cell(1.25, "0.0"), 1.25), shown_value(Cell(1.25), 1.25)
    (1.3, 1.25)
    """
    first = cell.number_format.partition(";")[0]
    if isinstance(cell.value, str) or "0" not in first or first.endswith("%"):
        return value
    digits = first.partition(".")[2]
    count = len(digits) - len(digits.lstrip("0#"))
    return math.copysign(math.floor(abs(value) * 10**count * (1 + 2**-42) + 0.5) / 10**count, value)

"""Cells of a frame: numbers, answers, missing (null, NaN or blank), or not applicable.

A column that mixes numbers and texts is reported cell by cell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from govindex.contracts import CellStatus, Float, Status, is_absent
from govindex.errors import Problems
from govindex.frames.columns import cells_of, text_of
from govindex.frames.numbers import loses_digits, note_lost, read_numbers, refuse_lost
from govindex.kernels.reductions import all_finite
from govindex.notation import Notation, cure_of_word, other_styles, plain

if TYPE_CHECKING:
    import narwhals as nw

__all__ = ["read_cells"]


def read_cells(
    frame: nw.DataFrame[Any],
    names: Sequence[str],
    notation: Notation,
    where: Callable[[int], str],
    problems: Problems,
    *,
    unwanted: str = "leave it out with variables=[…], or keep it as attributes=[…]",
) -> tuple[Float, Status, dict[str, tuple[str, ...]]]:
    """Return columns as values and status, (variables, rows), and the answers of text variables.

    For messages, `where` names the unit of a row, and `unwanted` is the advice for a column that is
    not scored.
    """
    levels: dict[str, tuple[str, ...]] = {}
    schema = frame.schema
    plain = [i for i, n in enumerate(names) if schema[n].is_numeric() and n not in notation.text]
    numbers = read_numbers(frame, [names[i] for i in plain], schema)
    coded = _take_codes_out(numbers, notation)
    if len(plain) == len(names):
        values, status = numbers, coded
    else:
        values = np.full((len(names), len(frame)), np.nan)
        status = np.zeros(values.shape, dtype=np.uint8)
        values[plain], status[plain] = numbers, coded
    refuse_lost(frame, [(i, names[i]) for i in plain], values, where, problems)
    for i in sorted(set(range(len(names))) - set(plain)):
        reading = _Reading(names[i], notation, where, unwanted)
        values[i], status[i], texts = reading.read(frame[names[i]], problems)
        if texts:
            levels[names[i]] = texts
    if not all_finite(values):
        status[np.isnan(values) & ~is_absent(status)] = CellStatus.MISSING
        for column, row in np.argwhere(np.isinf(values)):
            problems.add(
                "the value is infinite",
                code="cell.infinite",
                cure="a number holds at most 1.8e308: correct it or take a larger measure unit",
                unit=where(row),
                variable=names[column],
            )
    values.flags.writeable = status.flags.writeable = False  # observations keep them uncopied
    return values, status, levels


def _take_codes_out(values: Float, notation: Notation) -> Status:
    """Return the status of numbers; codes become NaN."""
    status = np.zeros(values.shape, dtype=np.uint8)
    for kind, _, codes in notation.absences:
        if codes:
            is_code = np.isin(values, list(codes))
            status[is_code] = kind
            values[is_code] = np.nan
    return status


def _number(cell: object, notation: Notation) -> float | None:
    if isinstance(cell, str):
        return notation.number(cell)
    if isinstance(cell, (bytes, bytearray, memoryview)):
        return None
    try:
        return float(cell)  # type: ignore[arg-type]
    except OverflowError:
        return math.inf
    except (TypeError, ValueError):
        return None


@attrs.frozen
class _Reading:
    """Reads one column of texts or objects, and notes the cells that it cannot read."""

    name: str
    notation: Notation
    where: Callable[[int], str]
    unwanted: str

    def read(
        self, series: nw.Series[Any], problems: Problems
    ) -> tuple[Float, Status, tuple[str, ...]]:
        """Return the numbers, the status and the answers of the column."""
        if series.dtype.is_temporal():
            problems.add(
                "dates or times are not numbers or answers",
                code="column.dates",
                variable=self.name,
                cure=self.unwanted,
            )
            return np.zeros(len(series)), np.zeros(len(series), dtype=np.uint8), ()
        cells = cells_of(series)
        status = np.zeros(len(cells), dtype=np.uint8)
        values = np.full(len(cells), np.nan)
        words: dict[int, str] = {}
        for row, cell in enumerate(cells):
            text = text_of(cell)
            number = None if text is None else _number(cell, self.notation)
            status[row] = self._status(cell, text, number)
            if status[row] != CellStatus.REPORTED or text is None:
                continue
            if self.name in self.notation.text:
                words[row] = text
            elif number is not None:
                values[row] = number
                written = plain(self.notation, cell) if isinstance(cell, str) else cell
                if loses_digits(written, number):
                    note_lost(cell, self.where(row), self.name, problems)
            elif isinstance(cell, str):
                words[row] = text
            else:
                what = f"{text} is neither a number nor a text"
                self._note(row, what, self.unwanted, problems, found=text)
        self._check_percent(cells, values, problems)
        levels = (
            () if self._refused(words, values, problems) else tuple(sorted(set(words.values())))
        )
        index = {level: float(number) for number, level in enumerate(levels)}
        for row, word in words.items() if levels else ():
            values[row] = index[word]
        return values, status, levels

    def _status(self, cell: object, text: str | None, number: float | None) -> CellStatus:
        if text is None:
            return CellStatus.MISSING
        notation, folded = self.notation, text.casefold()
        code = None if isinstance(cell, bool) else number
        for kind, words, numbers in notation.absences:
            may_be_word = isinstance(cell, str) or kind == CellStatus.MISSING
            if (may_be_word and folded in words) or code in numbers:
                return kind
        nan = code is not None and code != code and self.name not in notation.text
        return CellStatus.MISSING if nan else CellStatus.REPORTED

    def _refused(self, words: dict[int, str], values: Float, problems: Problems) -> bool:
        """Note the texts that the column may not hold; True if there are any."""
        if not words or self.name in self.notation.text:
            return False
        numbers, what, cure = other_styles(self.notation, words.values())
        if not numbers and np.isnan(values).all():
            return False
        answers = f"if they are answers, declare them with Notation(text=['{self.name}'])"
        meaning = (
            "declare what texts mean with Notation(not_applicable=…) or Notation(missing=…); "
            f"{answers}; a column that is not scored: {self.unwanted}"
        )
        for row, word in words.items():
            cause, found = f"'{word}' is not a number", f"'{word}'"
            if word in numbers:
                cause, together = f"{cause}: it has {what}", f"hold {what}"
                advice = f"{cure}; {answers}"
                self._note(row, cause, advice, problems, found=found, together=together)
            elif known := cure_of_word(word):
                self._note(row, cause, known, problems, found="")
            else:
                self._note(row, cause, meaning, problems, found=found)
        return True

    def _note(
        self, row: int, what: str, cure: str, problems: Problems, *, found: str, together: str = ""
    ) -> None:
        problems.add(
            what,
            code="cell.not_a_number",
            unit=self.where(row),
            variable=self.name,
            cure=cure,
            found=found,
            together=together,
        )

    def _check_percent(self, cells: Sequence[Any], values: Float, problems: Problems) -> None:
        """Refuse a column in which only some numbers have a percent sign."""
        if self.notation.percent == "error":
            return
        signed = [isinstance(cell, str) and cell.rstrip().endswith("%") for cell in cells]
        numbers = np.isfinite(values) & (values != 0)
        if not (numbers & signed).any():
            return
        for row in np.flatnonzero(numbers & ~np.array(signed)).tolist():
            problems.add(
                f"'{text_of(cells[row])}' has no percent sign, but other cells of the variable do",
                code="cell.percent",
                unit=self.where(row),
                variable=self.name,
                cure="write all numbers of a variable with the sign, or all without it",
                found=f"'{text_of(cells[row])}'",
            )

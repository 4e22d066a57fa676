"""Columns of answers as arrays: categories, numbers and coded answers; problems with counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from govindex.contracts import Bool, Float, Index
from govindex.errors import Problems, near_miss
from govindex.frames import require_columns
from govindex.names import composed
from govindex.survey.scales import BLANK

if TYPE_CHECKING:
    import narwhals as nw

__all__ = [
    "CURE_OF_MISSING",
    "categories",
    "coded",
    "crossed",
    "factorised",
    "first_rows",
    "numbers",
    "text_of_cell",
    "without_decimals",
]

_WITH_DECIMALS = re.compile(r"-?[0-9]+\.0")

Codes = npt.NDArray[np.int8]
_SMALL = 10_000  # whole numbers up to here are looked up in a table
CURE_OF_MISSING = "fill it in, or leave these respondents out"


def first_rows(mask: Bool) -> str:
    """Return how many rows a mask marks, and the first of them, counted from 1.

    Examples
    --------
    >>> first_rows(np.array([False, True, True]))
    '2 rows, first 2, 3'
    """
    rows = np.flatnonzero(mask) + 1
    named = ", ".join(map(str, rows[:3].tolist()))
    more = ", …" if len(rows) > 3 else ""
    return f"{len(rows):,} row{'s' * (len(rows) != 1)}, first {named}{more}"


def factorised(series: nw.Series[Any]) -> tuple[Index, list[Any]]:
    """Return the number of each cell's value, -1 for null, NaN and blank, and the values."""
    import pandas as pd

    values = series.to_numpy()
    if values.dtype.kind in "iu" and len(values):
        low, high = int(values.min()), int(values.max())
        if high - low <= _SMALL:
            return _looked_up(np.asarray(values - low, dtype=np.intp), low)
    if values.dtype.kind == "f" and len(values):
        return _floats(np.asarray(values, dtype=np.float64))
    codes, found = pd.factorize(np.asarray(values, dtype=object))
    return np.asarray(codes, dtype=np.intp), list(found)


def _looked_up(shifted: Index, low: int) -> tuple[Index, list[Any]]:
    there = np.bincount(shifted) > 0
    return (np.cumsum(there) - 1)[shifted], [low + int(step) for step in np.flatnonzero(there)]


def _floats(values: Float) -> tuple[Index, list[Any]]:
    known = ~np.isnan(values)
    codes = np.full(len(values), -1, dtype=np.intp)
    given = values[known]
    small = len(given) > 0 and bool((np.abs(given) <= _SMALL / 2).all())
    if small and bool((given == np.floor(given)).all()):
        low = int(given.min())
        codes[known], found = _looked_up((given - low).astype(np.intp), low)
        return codes, found
    distinct, inverse = np.unique(given, return_inverse=True)
    codes[known] = inverse
    return codes, distinct.tolist()


def text_of_cell(value: Any) -> str:
    """Return a cell as text, as frames do: whole numbers without decimals."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return composed(str(value).strip())


def without_decimals(text: str) -> str:
    """Return "2" for "2.0", as programs write whole numbers in a column with blank cells."""
    return text[:-2] if _WITH_DECIMALS.fullmatch(text) else text


def categories(table: nw.DataFrame[Any], column: str) -> tuple[Index, tuple[str, ...]]:
    """Return the number of each cell's category, -1 for blank cells, and the categories, sorted."""
    codes, values = factorised(table[column])
    texts = [text_of_cell(value) for value in values]
    names = sorted(set(texts) - {""})
    number = {name: i for i, name in enumerate(names)}
    lookup = np.array([*(number.get(each, -1) for each in texts), -1], dtype=np.intp)
    return lookup[codes], tuple(names)


def crossed(
    table: nw.DataFrame[Any], columns: Sequence[str]
) -> tuple[Index, list[tuple[str, ...]]]:
    """Return the number of each row's combination of categories, -1 with a blank one, and all."""
    whole, blank = np.zeros(len(table), dtype=np.intp), np.zeros(len(table), dtype=bool)
    names: list[tuple[str, ...]] = [()]
    for column in columns:
        codes, found = categories(table, column)
        blank |= codes < 0
        whole = whole * len(found) + codes
        names = [(*name, each) for name in names for each in found]
    return np.where(blank, -1, whole), names


def _kind_of(cells: Sequence[Any]) -> str:
    return "flags" if all(isinstance(cell, (bool, np.bool_)) for cell in cells) else "texts"


def numbers(
    table: nw.DataFrame[Any],
    column: str,
    problems: Problems,
    *,
    blank: bool,
    described: Callable[[Bool], str] = first_rows,
) -> Float | None:
    """Return a column of numbers, NaN where blank if that is allowed; None if it cannot be read."""
    if not require_columns(table, [column], problems):
        return None
    series = table[column]
    if not series.dtype.is_numeric():
        codes, values = factorised(series)
        texts = [value for value in values if isinstance(value, (str, bytes, bool))]
        if texts or series.dtype.is_temporal():
            named = f"such as {texts[0]!r}" if texts else "but dates or times"
            cause = (
                f"column '{column}' must hold numbers, not {_kind_of(texts)}"
                if texts
                else (f"column '{column}' must hold numbers")
            )
            cure = f"make numbers of them, frame['{column}'].astype(float)" if texts else ""
            problems.add(f"{cause}, {named}", code="survey.number", variable=column, cure=cure)
            return None
        found = np.array([*map(float, values), np.nan])[codes]
    else:
        found = np.asarray(series.to_numpy(), dtype=np.float64)
    wrong = np.isinf(found) if blank else ~np.isfinite(found)
    if wrong.any():
        what = "infinite" if blank else "missing or infinite"
        cause = f"column '{column}' is {what} in {described(wrong)}"
        cure = "" if blank else CURE_OF_MISSING
        problems.add(cause, code="survey.number", row=int(np.argmax(wrong)) + 1, cure=cure)
        return None
    return found


def coded(
    table: nw.DataFrame[Any], question: str, answers: Mapping[str, int], problems: Problems
) -> Codes:
    """Return the code of every answer to a question; note answers that the scale does not have."""
    codes, values = factorised(table[question])
    texts = [text_of_cell(value) for value in values]
    lookup = np.full(len(values) + 1, BLANK, dtype=np.int8)
    options = [answer for answer, code in answers.items() if code >= 0]
    for number, text in enumerate(texts):
        answer = text if text in answers else without_decimals(text)
        if answer in answers:
            lookup[number] = answers[answer]
        elif text:
            rows = codes == number
            problems.add(
                f"'{text}' is not an answer of the scale ({first_rows(rows)}): "
                f"{near_miss(text, options)}",
                code="survey.answer",
                variable=question,
                row=int(np.argmax(rows)) + 1,
                cure="correct it, or name it in AnswerScale(options=…, unknown=…, not_asked=…)",
                found=f"'{text}'",
            )
    return lookup[codes]

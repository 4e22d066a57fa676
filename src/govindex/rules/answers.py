"""The rule that looks up the share of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import Entry, Float, Scope, in_formula
from govindex.errors import CellError, SettingError, near_miss
from govindex.mappings import FrozenMap
from govindex.names import distinct
from govindex.rules.common import Absolute, number

__all__ = ["Choice"]

_MOST_ANSWERS = 20  # spreadsheet programs nest no more than 64 functions


def _answers(
    table: Mapping[str, float]
    | Mapping[int, float]
    | Mapping[float, float]
    | Mapping[str | float, float]
    | Mapping[object, float]  # what a checker makes of keys of several kinds
    | Iterable[tuple[str | float, float]],
) -> FrozenMap[str | float, float]:
    try:
        pairs = distinct(table, "the answer")
    except (TypeError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        pairs = []
    if not pairs or isinstance(table, str):
        raise SettingError(f"Choice needs a mapping of answers to shares, not {table!r}")
    shares = FrozenMap(
        {
            answer if isinstance(answer, str) else number(answer, "an answer"): number(
                share, f"the share of {answer!r}"
            )
            for answer, share in pairs
        }
    )
    if "" in shares:
        raise SettingError("an answer of a Choice must be a number or a text that is not blank")
    return shares


@attrs.frozen
class Choice(Absolute):
    """A look-up table of answers.

    Parameters
    ----------
    table : mapping of str or number to float
        The share that each answer earns. Text answers are compared exactly, without blanks around
        them and however their accents are written. Or pairs of answer and share.

    Raises
    ------
    SettingError
        If an answer is given twice: as the same text, the same number, or a number and its text.
    CellError
        If an answer is not in the table; the message names the nearest one.

    Examples
    --------
    >>> rule = Choice({"Chair": 1, "Deputy": 0.5, "none": 0})
    >>> rule(np.array([1.0, 0.0]), Scope(levels=("Chair", "Deputy")))
    array([0.5, 1. ])
    """

    monotone: ClassVar[bool] = False
    reads_answers: ClassVar[bool] = True
    table: FrozenMap[str | float, float] = attrs.field(converter=_answers)

    @property
    def answers(self) -> tuple[str | float, ...]:
        """The answers of the table."""
        return tuple(self.table)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest share of the table."""
        return (min(self.table.values()), max(self.table.values()))

    def entry(self, maximum: float) -> Entry:
        """Return the texts if there are any: a column holds texts or numbers."""
        texts = tuple(answer for answer in self.answers if isinstance(answer, str))
        return Entry(answers=texts or self.answers)

    def spreadsheet_formula(self, value: str, maximum: str) -> str | None:
        """Return the share of the answer, times the maximum."""
        if len(self.table) > _MOST_ANSWERS:
            return None
        share = '""'
        for answer, height in reversed(tuple(self.table.items())):
            quoted = answer.replace('"', '""') if isinstance(answer, str) else ""
            wanted = f'"{quoted}"' if isinstance(answer, str) else in_formula(answer)
            share = f"IF({value}={wanted},{in_formula(height)},{share})"
        return f"{maximum}*{share}"

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the share of each answer."""
        known = ~np.isnan(values)
        if scope.levels:
            shares = np.array([self.table.get(level, np.nan) for level in scope.levels])
            result = np.where(known, shares[np.where(known, values, 0.0).astype(np.intp)], np.nan)
        else:
            result = np.full(values.shape, np.nan)
            for answer, share in self.table.items():
                if not isinstance(answer, str):
                    result = np.where(values == answer, share, result)
        wrong = known & np.isnan(result)
        if wrong.any():
            first = values[wrong].flat[0]
            answer = scope.levels[int(first)] if scope.levels else float(first)
            raise CellError(_unknown_answer(answer, self.table), wrong)
        return result


def _unknown_answer(answer: str | float, table: Mapping[str | float, float]) -> str:
    """Return the message for an answer that is not in the table."""
    if isinstance(answer, float):
        text = f"{answer:g}"
        if text in table:
            return (
                f"the answer {text} is a number, and the table has the text '{text}': give the "
                "table numbers, or read the column as texts with Notation(text=[…])"
            )
        answer = text
    elif any(answer == f"{known:g}" for known in table if not isinstance(known, str)):
        return (
            f"the answer '{answer}' is a text, since the column holds texts, and the table has the "
            "number: give the table texts"
        )
    return f"the answer '{answer}' is not in the table: {near_miss(answer, table)}"

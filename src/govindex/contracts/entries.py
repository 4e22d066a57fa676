"""What may be entered for a variable in a scoring form, and how formulas of forms read cells."""

from __future__ import annotations

import math
from typing import Protocol

import attrs

__all__ = ["Entry", "EntryCells", "in_formula"]

_SLACK = 1e-10


@attrs.frozen(kw_only=True)
class Entry:
    """What may be entered for a variable.

    Parameters
    ----------
    low, high : float
        The least and the largest number; infinite without a limit.
    above_low : bool
        `low` itself may not be entered.
    at_most : str
        A variable that the number may not exceed: the whole of a part; "" without one.
    answers : tuple of str or float
        All answers, if only these may be entered.
    yes_no : bool
        1 and 0, which people enter as yes and no.

    Examples
    --------
    >>> points = Entry(low=0.0, high=6.0)
    >>> points.accepts(6.0), points.accepts(7.0), points.accepts("six")
    (True, False, False)
    >>> points.within(Entry(high=5.0))
    Entry(low=0.0, high=5.0, above_low=False, at_most='', answers=(), yes_no=False)
    """

    low: float = -math.inf
    high: float = math.inf
    above_low: bool = False
    at_most: str = ""
    answers: tuple[str | float, ...] = ()
    yes_no: bool = False

    def accepts(self, value: float | str) -> bool:
        """Return whether a number or an answer may be entered, whatever other variables hold."""
        if self.answers:
            return value in self.answers
        if isinstance(value, str):
            return False
        if self.yes_no:
            return value in (0.0, 1.0)
        slack = _SLACK * max(abs(self.high), 1.0) if math.isfinite(self.high) else 0.0
        above = value > self.low if self.above_low else value >= self.low - _SLACK
        return above and value <= self.high + slack

    def within(self, other: Entry) -> Entry:
        """Return what may be entered where another reader of the variable sets limits too."""
        answers = self.answers or other.answers
        if self.answers and other.answers:
            answers = tuple(answer for answer in self.answers if answer in other.answers)
        return Entry(
            low=max(self.low, other.low),
            high=min(self.high, other.high),
            above_low=(self if self.low >= other.low else other).above_low,
            at_most=self.at_most or other.at_most,
            answers=answers,
            yes_no=self.yes_no or other.yes_no,
        )

    @property
    def sign(self) -> Entry:
        """Only whether numbers below 0 may be entered."""
        return Entry(low=0.0) if self.low >= 0 else Entry()


def in_formula(number: float) -> str:
    """Return a number as formulas write it.

    Examples
    --------
    >>> in_formula(100.0), in_formula(0.25), in_formula(-1e-7)
    ('100', '0.25', '-1E-07')
    """
    return repr(float(number)).removesuffix(".0").upper()


class EntryCells(Protocol):
    """The cells of a form, as formulas of measures name them."""

    def __getitem__(self, variable: str) -> str:
        """Return the expression of a variable's number."""

    def __contains__(self, variable: object) -> bool:
        """Return whether the form asks for the variable."""

    @property
    def parts_of_year(self) -> int | None:
        """How many of the form's periods make a year (12, 4, 1), None if it has no period."""

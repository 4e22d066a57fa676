"""Running numbers: I, 1, 1.1, 1.1.1, a), –, +, *; typed as text, as a number or as a date.

A cell may mean several running numbers ("1.1" typed as a number may be 1.10); which of them it is
depends on its neighbours, see :mod:`govindex.grid.outlines`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time
from itertools import product

import attrs

from govindex.grid.sheets import Cell, cell_text

__all__ = ["Mark", "NumberPart", "marks_in_name", "marks_of_cell", "marks_of_text"]

_BULLETS = {**dict.fromkeys("-–—−‐‑‒", "-"), "+": "+", "*": "*", **dict.fromkeys("•∙·●◦▪■", "•")}
_WORDS = r"(?:tiêu chí thành phần|tiêu chí|chỉ số|lĩnh vực|phần|mục|nhóm|tc|part|section|no\.?)"
_LEAD = re.compile(rf"(?i)^(?:{_WORDS}\s+)?\(?\s*")
_ROMAN = re.compile(r"(?=[ivxlc])c{0,3}(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", re.IGNORECASE)
_TOKEN = re.compile(r"(\d+)|([^\W\d_]+)")
_TEXT = re.compile(r"[^\W_]+(?:\s*[.,]\s*[^\W_]+)*")
_VIETNAMESE = "abcdđeghiklmnopqrstuvxy"
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = dict(zip("ivxlc", (1, 5, 10, 50, 100), strict=True))
# The number in front of a name: "1.1. Plan", "I. LEADERSHIP", "a) On time", "- Late".
_IN_NAME = re.compile(
    rf"^(?:(?P<bullet>[{re.escape(''.join(_BULLETS))}])\s*(?=[^\s\d])"
    rf"|(?:{_WORDS}\s+)?(?P<number>\(?(?:\d{{1,3}}(?:\.\d{{1,3}})+\.?\)?(?=\s)"
    r"|\d{1,3}[.)](?=\s)|[IVXLC]{1,6}[.)](?=\s)|[^\W\d_][.)](?=\s)))\s*(?=\S))"
    r"|^(?i:(?:phần|mục|part|section)\s+(?P<part>[IVXLC]{1,6}|\d{1,3}|[A-H]))\s*[:.–-]\s*(?=\S)"
)


@attrs.frozen
class NumberPart:
    """One part of a running number.

    Parameters
    ----------
    style : str
        "1", "I", "i", "A", "a", or the sign of a bullet.
    text : str
        As written: "10", "IV", "b", "-".
    """

    style: str
    text: str

    @property
    def values(self) -> tuple[int, ...]:
        """Where it stands in its series, from 1; a letter stands elsewhere in Vietnamese."""
        letter = self.text.casefold()
        if self.style == "1":
            return (int(self.text),)
        if self.style in "Ii":
            return (_roman(letter),)
        if self.style in "Aa":
            found = {series.find(letter) + 1 for series in (_VIETNAMESE, _LATIN)}
            return tuple(sorted(found - {0}))
        return ()

    @property
    def is_bullet(self) -> bool:
        """Whether it is a sign that all siblings share."""
        return self.style not in "1IiAa"

    def is_first(self) -> bool:
        """Return whether a series begins with it."""
        return self.is_bullet or 1 in self.values

    def follows(self, other: NumberPart) -> bool:
        """Return whether it is the next of the same series."""
        if self.style != other.style:
            return False
        if self.is_bullet:
            return True
        letter = self.style in "Aa"
        if not letter:
            return self.values[0] == other.values[0] + 1
        pairs = (other.text + self.text).casefold()
        return any(pairs in series for series in (_VIETNAMESE, _LATIN))


@attrs.frozen
class Mark:
    """A running number: its parts from the left, and how it is written ("1.10")."""

    parts: tuple[NumberPart, ...]
    text: str

    @property
    def last(self) -> NumberPart:
        """The part that counts siblings."""
        return self.parts[-1]

    @property
    def style(self) -> tuple[str, ...]:
        """The styles of its parts: siblings share them."""
        return tuple(part.style for part in self.parts)


def _roman(text: str) -> int:
    numbers = [_DIGITS[letter] for letter in text]
    return sum(
        -number if any(later > number for later in numbers[at + 1 : at + 2]) else number
        for at, number in enumerate(numbers)
    )


def marks_of_text(text: str) -> tuple[Mark, ...]:
    """Return what a text in the column of running numbers may mean, () if it is not a number.

    Examples
    --------
    >>> [mark.text for mark in marks_of_text(" 1.10. ")], [m.style for m in marks_of_text("I.")]
    (['1.10'], [('I',), ('A',)])
    >>> marks_of_text("Total")
    ()
    """
    text = " ".join(text.split())
    if text in _BULLETS:
        bullet = _BULLETS[text]
        return (Mark((NumberPart(bullet, bullet),), bullet),)
    inside = _LEAD.sub("", text).rstrip(" .):;,")
    if not _TEXT.fullmatch(inside):
        return ()
    plain = re.sub(r"\s*[.,]\s*", ".", inside)
    tokens = [token for piece in plain.split(".") for token in _TOKEN.findall(piece)]
    options = [_parts(digits, letters) for digits, letters in tokens]
    if not all(options) or len(options) > 9:
        return ()
    return tuple(Mark(parts, plain) for parts in product(*options))


def _parts(digits: str, letters: str) -> list[NumberPart]:
    if digits:
        number = int(digits) if len(digits) < 4 else 0
        return [NumberPart("1", str(number))] if number else []
    if not (letters.isupper() or letters.islower()):
        return []
    options = []
    if _ROMAN.fullmatch(letters):
        options.append(NumberPart("I" if letters.isupper() else "i", letters))
    if len(letters) == 1 and letters.casefold() in _VIETNAMESE + _LATIN:
        options.append(NumberPart("A" if letters.isupper() else "a", letters))
    return options


def marks_in_name(name: str) -> tuple[tuple[Mark, ...], str]:
    """Return what the number in front of a name may mean, and the name without it.

    Examples
    --------
    >>> marks, name = marks_in_name("a) Kế hoạch")
    >>> marks[0].text, name
    ('a', 'Kế hoạch')
    >>> marks_in_name("100% hồ sơ")
    ((), '100% hồ sơ')
    """
    match = _IN_NAME.match(name)
    if match is None:
        return (), name
    found = marks_of_text(match["bullet"] or match["number"] or match["part"])
    return (found, name[match.end() :].strip()) if found else ((), name)


def marks_of_cell(cell: Cell) -> tuple[Mark, ...]:
    """Return the running numbers that a cell may mean, () if it is no running number.

    A number such as 1.1 may be 1.10, unless its format shows two decimals; a date may be day and
    month or month and day, with the year behind them.
    """
    if isinstance(cell.value, bool) or cell.error:
        return ()
    if isinstance(cell.value, float):
        texts: Iterable[str] = _texts_of_number(cell.value, cell.number_format)
    elif isinstance(cell.value, date):
        texts = _texts_of_date(cell.value, cell.number_format)
    elif isinstance(cell.value, time):
        texts = [f"{cell.value.hour}.{cell.value.minute}"]
    else:
        texts = [cell_text(cell)]
    marks = (mark for text in dict.fromkeys(texts) for mark in marks_of_text(text))
    return tuple(dict.fromkeys(marks))


def _texts_of_number(value: float, number_format: str) -> list[str]:
    text = f"{value:.10g}"
    if value <= 0 or "e" in text:
        return []
    shown = re.fullmatch(r"0\.(0{2,})", number_format)
    if shown:
        return [f"{value:.{len(shown[1])}f}"]
    whole, _, decimals = text.partition(".")
    return [text, f"{text}0"] if decimals and whole and decimals[-1] != "0" else [text]


def _texts_of_date(value: date, number_format: str) -> list[str]:
    day, month, year = value.day, value.month, value.year % 100
    pattern = re.sub(r"\[[^\]]*\]|\"[^\"]*\"|\\.", "", number_format).casefold()
    short = [f"{day}.{month}", f"{month}.{day}"]
    long = [f"{day}.{month}.{year}", f"{month}.{day}.{year}"]
    if pattern and "y" not in pattern:
        return short
    if pattern and "d" not in pattern:
        return [f"{month}.{year}"]
    return [*long, *short]

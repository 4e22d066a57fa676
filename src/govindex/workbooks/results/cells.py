"""The cells and columns of printed sheets, and how much room their texts need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import attrs

__all__ = ["Content", "Kind", "PrintedCell", "PrintedColumn", "as_cell", "lines_in"]

Kind = Literal["text", "number", "score", "rank", "signed", "signed_score", "plain"]

_NARROW = frozenset(" .,;:'()[]|ijlfrt")
_CAPITAL = 1.3


@attrs.frozen
class PrintedCell:
    """What a cell shows, if it is more than a text or a number.

    Parameters
    ----------
    value : str, float or None
        A number is written as a number, a text as a text, whatever it begins with.
    mark : str
        The status whose colour the cell has: "imputed", "missing" …
    suffix : str
        Letters that the number format shows after a number.
    bold : bool
    indent : int
    """

    value: str | float | None
    mark: str = ""
    suffix: str = ""
    bold: bool = False
    indent: int = 0


Content = PrintedCell | str | float | None


def as_cell(content: Content) -> PrintedCell:
    """Return a cell of what a cell holds."""
    return content if isinstance(content, PrintedCell) else PrintedCell(content)


@attrs.frozen
class PrintedColumn:
    """A column of a table: its heading, what it holds, and the least and largest width."""

    title: str
    kind: Kind = "text"
    widest: float = 46.0
    narrowest: float = 7.0

    def width(self, contents: Sequence[Content], decimals: int) -> float:
        """Return a width in letters that shows numbers whole and wraps long texts."""
        longest = max((self._length(content, decimals) for content in contents), default=0.0)
        heading = max((len(word) for word in self.title.split()), default=0) + 2.0
        return min(max(longest + 2.5, heading, self.narrowest), max(self.widest, heading))

    def _length(self, content: Content, decimals: int) -> float:
        cell = as_cell(content)
        if cell.value is None:
            return 0.0
        if isinstance(cell.value, str):
            text = cell.value
        elif self.kind == "plain":
            text = f"{cell.value:.10g}"
        else:
            text = f"{cell.value:,.{decimals if 'score' in self.kind else 0}f}"
        return max(map(len, text.split("\n"))) + 2.0 * cell.indent + len(cell.suffix)


@lru_cache(maxsize=65_536)
def lines_in(text: str, room: float) -> int:
    """Return how many lines a text has in a width of so many letters, broken at blanks.

    Examples
    --------
    >>> lines_in("Sở Nội vụ", 30.0), lines_in("Sở Nội vụ", 7.0), lines_in("", 7.0)
    (1, 2, 1)
    >>> lines_in("CHỈ SỐ CẢI CÁCH HÀNH CHÍNH", 30.0), lines_in("Chỉ số cải cách hành chính", 30.0)
    (2, 1)
    """
    count = 0
    for part in text.split("\n"):
        lines, used = 1, 0.0
        for word in part.split():
            size = sum(map(_size, word))
            if used and used + size > room:
                lines, used = lines + 1, 0.0
            lines += max(math.ceil(size / room) - 1, 0)
            used += size + 0.7
        count += lines
    return count


def _size(letter: str) -> float:
    """Return how wide a letter is: the title of a rubric is often written in capitals."""
    if letter in _NARROW:
        return 0.5
    return _CAPITAL if letter.isupper() else 1.0

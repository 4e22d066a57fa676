"""Guards in CSV files: texts that a spreadsheet program would take for a formula.

A text that begins like a formula is written with an apostrophe before it, and so is a text that
begins with an apostrophe; reading removes one apostrophe.
"""

from __future__ import annotations

import re

__all__ = ["guarded", "unguarded"]

# Keyboards of East Asia write the wide signs; some programs treat them in the same way.
_SIGNS = frozenset("=+-@\t\r\n＝＋－＠")
_NEGATIVE = re.compile(r"-(\d+([.,]\d*)*|[.,]\d+)([eE][+-]?\d+)?")


def guarded(text: str) -> str:
    """Return a text in the form that a CSV file holds.

    Examples
    --------
    >>> guarded("=1+2"), guarded("'s"), guarded("-5"), guarded("-5+2")
    ("'=1+2", "''s", '-5', "'-5+2")
    """
    first = text[:1]
    if first == "'" or (first in _SIGNS and not _NEGATIVE.fullmatch(text)):
        return f"'{text}"
    return text


def unguarded(text: str) -> str:
    """Return a text of a CSV file as it was before it was guarded.

    Examples
    --------
    >>> unguarded("'=1+2"), unguarded("''s"), unguarded("'s")
    ('=1+2', "'s", "'s")
    """
    if text[:1] == "'" and (text[1:2] in _SIGNS or text[1:2] == "'"):
        return text[1:]
    return text

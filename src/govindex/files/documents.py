"""Bounds of documents (TOML, JSON): what would take hours to parse, or no float can hold."""

from __future__ import annotations

import re
from typing import Any

from govindex.errors import FrameworkError

__all__ = ["check_keys", "check_values"]

_DEEPEST = 64
_KEY = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
# A parser works on all beginnings of a dotted key, so that its time grows with the square.
_DOTTED = re.compile(rf"(?<![\w\"'.-]){_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{_DEEPEST}}}")
_LARGEST = 10**308


def check_keys(text: str, name: str) -> None:
    """Refuse a TOML document whose keys have more parts than any methodology nests.

    Raises
    ------
    FrameworkError
        Naming the line.
    """
    found = _DOTTED.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise FrameworkError(
            f"'{name}' nests its tables too deeply: line {line} has a key of more than {_DEEPEST} "
            "parts"
        )


def check_values(document: dict[str, Any], name: str) -> None:
    """Refuse whole numbers that are larger than any number a score is computed with.

    Raises
    ------
    FrameworkError
        Naming the path in the document.
    """
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{path}.{key}" if path else key, item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{number}]", item) for number, item in enumerate(value)]
        elif isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
            digits = int(value.bit_length() * 0.30103) + 1  # as text it may be refused by Python
            raise FrameworkError(
                f"'{name}', {path[-200:]}: a number of {digits} digits is too large: numbers have "
                "at most 308"
            )

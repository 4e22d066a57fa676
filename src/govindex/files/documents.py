"""Bounds of documents (TOML, JSON): depth of keys, and size of numbers."""

from __future__ import annotations

import re
from typing import Any

from govindex.errors import FrameworkError

__all__ = ["check_keys", "check_values"]

_DEEPEST = 64
_KEY = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')"
# The time to parse a dotted key grows with the square of its length.
_DOTTED = re.compile(rf"(?<![\w\"'.-]){_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{{_DEEPEST}}}")
_LARGEST = 10**308


def check_keys(text: str, name: str) -> None:
    """Refuse a TOML document whose keys have more parts than any methodology needs.

    Raises
    ------
    FrameworkError
        Naming the line.
    """
    match = _DOTTED.search(text)
    if match:
        line = text.count("\n", 0, match.start()) + 1
        raise FrameworkError(
            f"'{name}' nests its tables too deeply: line {line} has a key of more than {_DEEPEST} "
            "parts"
        )


def check_values(document: dict[str, Any], name: str) -> None:
    """Refuse whole numbers that are larger than any double.

    Raises
    ------
    FrameworkError
        Naming the path in the document.
    """
    stack: list[tuple[str, Any]] = [("", document)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            stack += [(f"{path}.{key}" if path else key, item) for key, item in value.items()]
        elif isinstance(value, list):
            stack += [(f"{path}[{number}]", item) for number, item in enumerate(value)]
        elif isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
            digits = int(value.bit_length() * 0.30103) + 1  # Python may refuse to write it as text
            raise FrameworkError(
                f"'{name}', {path[-200:]}: a number of {digits} digits is too large: numbers have "
                "at most 308"
            )

"""TOML files that are read with their bounds: depth of keys, and size of numbers."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path
from typing import Any

from govindex.errors import FrameworkError, Problems

__all__ = ["check_format", "check_keys", "check_values", "document_text", "parsed_toml"]

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


def document_text(path: str | PathLike[str]) -> tuple[str, str]:
    """Return the text of a file in UTF-8, and the file's name.

    Raises
    ------
    FrameworkError
        If it is not a path, or the file cannot be read.
    """
    if not isinstance(path, (str, PathLike)):
        raise FrameworkError(f"a file is a path, not {path!r}")
    file = Path(path)
    try:
        return file.read_text(encoding="utf-8-sig"), file.name
    except OSError as error:
        raise FrameworkError(f"'{file.name}' cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise FrameworkError(f"'{file.name}' is not UTF-8, or not a path: {error}") from error


def parsed_toml(text: str, name: str) -> dict[str, Any]:
    """Return the document of a text in TOML.

    Raises
    ------
    FrameworkError
        If it is not well formed, or beyond the bounds of documents.
    """
    import tomllib

    check_keys(text, name)
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameworkError(f"'{name}' is not well formed: {error}") from error
    check_values(document, name)
    return document


def check_format(document: dict[str, Any], readable: int, problems: Problems) -> None:
    """Take the format out of a document; note one that is not readable."""
    edition = document.pop("format", None)
    if edition != readable or isinstance(edition, bool):
        given = (
            f"not {edition!r}"
            if edition is not None
            else f"and none is given: write format = {readable}"
        )
        problems.add(f"format: this version reads format {readable}, {given}")

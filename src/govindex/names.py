"""Names and keys: accents composed, without blanks around them, each key once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from govindex.errors import GovIndexError, SettingError

__all__ = ["as_code", "composed", "distinct", "json_object", "natural_key"]

_DECIMAL = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_PIECES = re.compile(r"([^0-9]*)([0-9]*)")


def composed(text: str) -> str:
    r"""Return a text with its accents composed (Unicode NFC).

    Examples
    --------
    >>> len("e\u0302\u0301"), len(composed("e\u0302\u0301"))
    (3, 1)
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def as_code(text: str) -> str:
    r"""Return a code or a variable's name as frames, constructors and documents keep it.

    Blanks around it are removed and its accents are composed (Unicode NFC). A value that is not a
    text is returned unchanged. To join a table of yours to a result, map its codes with this.

    Examples
    --------
    >>> as_code(" An Bi\u0300nh ") == "An Bình"
    True
    """
    if not isinstance(text, str):  # refused later, by name
        return text
    text = text.strip()
    return text if text.isascii() else composed(text)


def optional_code(text: str | None) -> str | None:
    """Return a code as :func:`as_code` does; None stays None."""
    return None if text is None else as_code(text)


def coded(value: Any) -> Any:
    """Return a text as :func:`as_code` does, and any other value unchanged."""
    return as_code(value) if isinstance(value, str) else value


def distinct(pairs: Any, what: str) -> list[tuple[Any, Any]]:
    """Return pairs of key and value, texts as codes, each key once.

    A number and the text that is read as that number are one key.

    Parameters
    ----------
    pairs : mapping or iterable of pairs
    what : str
        What a key is, for the message.

    Raises
    ------
    SettingError
        With both keys, if two are the same.

    Examples
    --------
    >>> distinct({" a": 1, "b": 0}, "answer")
    [('a', 1), ('b', 0)]
    """
    spelled: dict[tuple[str, Any], Any] = {}
    distinct_pairs = []
    for key, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
        code = as_code(key)
        number, is_text = _number(code), isinstance(code, str)
        identity = ("text", code) if is_text else ("number", number)
        other = ("number", number) if is_text else ("read as", number)
        for taken in (identity, other):
            if taken in spelled:
                raise SettingError(f"{what} {spelled[taken]!r} and {key!r} are one: give it once")
        spelled[identity] = key
        if is_text:
            spelled.setdefault(("read as", number), key)
        distinct_pairs.append((code, value))
    return distinct_pairs


def _number(key: Any) -> float:
    try:
        return float(key)
    except (TypeError, ValueError, OverflowError):
        return float("nan")


def json_object(
    kind: type[GovIndexError], name: str
) -> Callable[[Iterable[tuple[str, Any]]], dict[str, Any]]:
    """Return a reader of JSON objects that refuses a key that appears twice.

    Parameters
    ----------
    kind : type
        What to raise.
    name : str
        Of the file, for the message.
    """

    def read(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        spelled: dict[str, str] = {}
        for key, value in pairs:
            code = as_code(key)
            if code in spelled:
                first = next(iter(table.items()))
                begin = f"that begins with {first[0]!r}: {first[1]!r}"
                raise kind(
                    f"'{name}': an object {begin} has one key twice, {spelled[code]!r} with "
                    f"{table[spelled[code]]!r} and {key!r} with {value!r}: leave one of them out"
                )
            spelled[code] = key
            table[key] = value
        return table

    return read


def natural_key(text: str) -> tuple[object, ...]:
    """Return what texts are sorted by, so that the numbers in them count as numbers.

    Examples
    --------
    >>> sorted(["10", "2", "0.5", "0.25", "group 10", "group 9"], key=natural_key)
    ['0.25', '0.5', '2', '10', 'group 9', 'group 10']
    """
    if (number := _DECIMAL.fullmatch(text)) is not None:
        whole, fraction = number.groups()
        return (("", *_size(whole)),), fraction or "", text
    return tuple((words, *_size(digits)) for words, digits in _PIECES.findall(text)), "", text


def _size(digits: str) -> tuple[int, str]:
    # Compared as texts, since there may be more digits than an int takes.
    significant = digits.lstrip("0")
    return len(significant), significant

"""Names and keys as the library keeps them: accents composed, no blanks around, each key once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from govindex.errors import GovIndexError, SettingError

__all__ = ["as_code", "composed", "distinct", "json_object"]


def composed(text: str) -> str:
    r"""Return a text with its accents composed (Unicode NFC).

    Examples
    --------
    >>> len("e\u0302\u0301"), len(composed("e\u0302\u0301"))
    (3, 1)
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def as_code(text: Any) -> Any:
    r"""Return a code or a variable's name as frames, constructors and documents keep it.

    Blanks around it are taken away and its accents are composed (Unicode NFC). What is no text
    comes back as it is. Map the codes of a table of your own with it to join the table to a
    result.

    Examples
    --------
    >>> as_code(" An Bi\u0300nh ") == "An Bình"
    True
    """
    return composed(text.strip()) if isinstance(text, str) else text


def distinct(pairs: Any, what: str) -> list[tuple[Any, Any]]:
    """Return pairs of key and value, texts as codes, each key once.

    A number and the text that is read as that number are one key: whichever counted would be luck.

    Parameters
    ----------
    pairs : mapping or iterable of pairs
    what : str
        What a key is, for the message.

    Raises
    ------
    SettingError
        With both keys, if two are one.

    Examples
    --------
    >>> distinct({" a": 1, "b": 0}, "answer")
    [('a', 1), ('b', 0)]
    """
    spelled: dict[tuple[str, Any], Any] = {}
    found = []
    for key, value in pairs.items() if isinstance(pairs, Mapping) else pairs:
        own = as_code(key)
        number, is_text = _number(own), isinstance(own, str)
        mine = ("text", own) if is_text else ("number", number)
        other = ("number", number) if is_text else ("read as", number)
        for taken in (mine, other):
            if taken in spelled:
                raise SettingError(f"{what} {spelled[taken]!r} and {key!r} are one: give it once")
        spelled[mine] = key
        if is_text:
            spelled.setdefault(("read as", number), key)
        found.append((own, value))
    return found


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
        found: dict[str, Any] = {}
        spelled: dict[str, str] = {}
        for key, value in pairs:
            own = as_code(key)
            if own in spelled:
                first = next(iter(found.items()))
                begin = f"that begins with {first[0]!r}: {first[1]!r}"
                raise kind(
                    f"'{name}': an object {begin} has one key twice, {spelled[own]!r} with "
                    f"{found[spelled[own]]!r} and {key!r} with {value!r}: leave one of them out"
                )
            spelled[own] = key
            found[key] = value
        return found

    return read

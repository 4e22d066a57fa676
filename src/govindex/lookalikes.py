"""Names that look the same but differ, and the characters by which they differ."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

__all__ = ["hidden", "lookalike", "looks", "unaccented", "where_they_differ"]

# Letters of other alphabets that look like Latin ones, in lower case.
_LATIN = str.maketrans(
    {
        **dict(zip("аеорсухікмтнвѕјԁһӏ", "aeopcyxikmthbsjdhl", strict=True)),
        **dict(zip("αεικμνορτυχβ", "aeikmvoptuxb", strict=True)),
        **{"ð": "đ", "ɖ": "đ", "ı": "i", "ƶ": "z"},
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad", "-"),
        **dict.fromkeys("\u2018\u2019\u02bc\u00b4`\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u2033", '"'),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff"),
    }
)
# Without width and without meaning in any script.
_HIDDEN = "\u200b\u2060\ufeff"
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def looks(name: str) -> str:
    """Return the look of a name, the same for names that readers confuse.

    It does not depend on case, kinds of spaces and hyphens, Unicode forms, look-alike letters of
    other alphabets, or the letter of a syllable that has the tone mark.

    Examples
    --------
    >>> looks("Hòa\u00a0Bình") == looks("Hoà Bình ")
    True
    >>> looks("Hòa") == looks("Hóa")
    False
    """
    if name.isascii():
        return " ".join(name.casefold().split())
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_LATIN)
    return " ".join(map(_with_tones_last, unicodedata.normalize("NFD", plain).split()))


def _with_tones_last(word: str) -> str:
    tones = [letter for letter in word if letter in _TONES]
    return "".join([*(letter for letter in word if letter not in _TONES), *sorted(tones)])


def unaccented(name: str) -> str:
    """Return a name as it is typed on a keyboard without accents, in lower case.

    Examples
    --------
    >>> unaccented("Đài Phát thanh")
    'dai phat thanh'
    """
    letters = unicodedata.normalize("NFD", looks(name).replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def lookalike(name: str, known: Iterable[str]) -> str | None:
    """Return a known name that looks the same, None if there is none."""
    wanted = looks(name)
    return next((other for other in known if other != name and looks(other) == wanted), None)


def where_they_differ(name: str, other: str) -> str:
    """Describe the first difference between two names that look the same.

    Examples
    --------
    >>> where_they_differ("Lào\u00a0Cai", "Lào Cai")
    'character 4 is U+00A0 NO-BREAK SPACE, not U+0020 SPACE'
    >>> where_they_differ("Huế ", "Huế")
    'it ends with U+0020 SPACE'
    """
    mine, its = (unicodedata.normalize("NFC", text) for text in (name, other))
    if mine == its:
        return "its accents are written in another Unicode form"
    if mine.casefold() == its.casefold():
        return "upper and lower case differ"
    pairs = enumerate(zip(mine, its, strict=False), 1)
    number = next((n for n, (a, b) in pairs if a.casefold() != b.casefold()), None)
    if number is None:
        longer, verb = (mine, "ends") if len(mine) > len(its) else (its, "should end")
        return f"it {verb} with {_named(longer[min(len(mine), len(its))])}"
    return f"character {number} is {_named(mine[number - 1])}, not {_named(its[number - 1])}"


def hidden(name: str) -> str:
    """Describe the first invisible character of a name, "" if it has none.

    Examples
    --------
    >>> hidden("Lào\u200bCai"), hidden("Lào Cai")
    ('character 4 is U+200B ZERO WIDTH SPACE', '')
    """
    number = next((n for n, sign in enumerate(name, 1) if sign in _HIDDEN), 0)
    return f"character {number} is {_named(name[number - 1])}" if number else ""


def _named(character: str) -> str:
    shown = f"'{character}' " if character.isalnum() else ""
    return f"{shown}U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}"

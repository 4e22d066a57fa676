"""The notation of a table: which cells are missing, which are numbers, which are answers.

Nothing is guessed. Numbers in another notation than the declared one are recognised, so that the
error that refuses them can say how to declare it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import among, instance_of, names_of
from govindex.contracts import CellStatus
from govindex.errors import SettingError
from govindex.names import as_code

__all__ = ["Notation"]

Style = Literal["plain", "vi", "en"]

_USUAL = ("n/a", "not applicable", "không áp dụng")
_NOT_APPLICABLE = frozenset({*_USUAL, "kad", "na", "n.a.", "không phát sinh", "ngoài phạm vi"})
_BLANKS = frozenset(
    {"-", "--", "---", "–", "—", "x", ".", "..", "...", "…", "?", "/", "#n/a"}
    | {
        "null",
        "none",
        "nan",
        "missing",
        "no data",
        "không có",
        "chưa có",
        "không có số liệu",
        "trống",
    }
)
_SAMPLES = {"plain": "1234.5", "vi": "1.234,5", "en": "1,234.5"}
_SPACES = " \u00a0\u2007\u2009\u202f'’"
_DIGITS = re.compile(r"[+-]?[\d.,_\s]*\d")
_MINUS = "-\u2212\u2013\ufe63\uff0d"


def _pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    marks, point = f"[{re.escape(thousands + _SPACES)}]", re.escape(decimal)
    grouped = rf"[1-9]\d{{0,2}}(?P<mark>{marks})\d{{3}}(?:(?P=mark)\d{{3}})*"
    whole = rf"(?:(?:{grouped}|\d+)(?:{point}\d*)?|{point}\d+)"
    return re.compile(rf"(?P<sign>[+{re.escape(_MINUS)}]?)(?P<digits>{whole}(?:[eE][+-]?\d+)?)")


_PATTERNS = {"vi": _pattern(",", "."), "en": _pattern(".", ",")}
_UNWANTED = {
    "vi": str.maketrans({",": ".", **dict.fromkeys("." + _SPACES)}),
    "en": str.maketrans(dict.fromkeys("," + _SPACES)),
}


def _plain_of(text: str, style: str) -> str | None:
    """Return a number in plain style, as programs write it, None if the text is not a number."""
    if style != "plain":
        match = _PATTERNS[style].fullmatch(text)
        if match is not None:
            sign = "-" if match["sign"] in tuple(_MINUS) else ""
            return sign + match["digits"].translate(_UNWANTED[style])
        if "." in text or "," in text:
            return None
    try:
        number = float(text)
    except ValueError:
        return None
    # "NaN" is a word, which may be declared.
    return None if "_" in text or number != number else text


def _unsigned(text: str) -> tuple[str, bool]:
    """Return a text without its percent sign, and whether it had one."""
    return (text[:-1].rstrip(), True) if text.endswith("%") else (text, False)


def _texts(names: str | Iterable[str]) -> frozenset[str]:
    return frozenset(map(as_code, names_of(names, "Notation(text=…)")))


def _codes(codes: str | float | Iterable[str | float]) -> frozenset[str | float]:
    if isinstance(codes, str) or not isinstance(codes, Iterable):
        return frozenset([_code(codes)])
    return frozenset(map(_code, codes))


def _code(code: object) -> str | float:
    if isinstance(code, str):
        return str(as_code(code)).casefold()
    if isinstance(code, (int, float, Decimal, np.number)) and not isinstance(code, bool):
        try:
            return float(code)
        except (OverflowError, TypeError, ValueError):
            pass
    raise SettingError(f"a code for missing or not applicable is a text or a number, not {code!r}")


def _usual(notation: Notation) -> frozenset[str | float]:
    return frozenset(_USUAL) - notation.missing


def _check_numbers(_: object, __: object, style: str | None) -> None:
    if style is not None and not among(style, tuple(_SAMPLES)):
        known = ", ".join(f"'{name}' ({sample})" for name, sample in _SAMPLES.items())
        raise SettingError(
            f"numbers is how numbers are written in texts, one of {known}, not {style!r}"
        )


def _check_percent(_: object, __: object, percent: str) -> None:
    if not among(percent, ("error", "number", "share")):
        raise SettingError(
            "percent is what a percent sign means: 'number' (45% is 45), 'share' (45% is 0.45) "
            f"or 'error', not {percent!r}"
        )


@attrs.frozen(kw_only=True, slots=False)
class Notation:
    """How cells of a table are read, from any file or frame.

    Parameters
    ----------
    missing : iterable of str or float
        Texts (in any case) and numbers that mean missing, besides blank cells. A code holds for
        columns of texts and of numbers: ``-999`` and ``"-999"`` are the same code.
    not_applicable : iterable of str or float
        Texts and numbers that mean not applicable; by default "n/a", "not applicable" and
        "không áp dụng".
    suppressed : iterable of str or float
        Texts and numbers that mean known but withheld, such as "c" for confidential.
    numbers : {"plain", "vi", "en"}, optional
        How numbers are written in texts: 1234.5 as programs write them; 1.234,5 with a decimal
        comma, as in Vietnam and in most of Europe; or 1,234.5. The last two read spaces and
        apostrophes between thousands, too, and the minus sign U+2212. By default plain in tables;
        in scoring sheets any of them, as long as a text has one meaning.
    percent : {"error", "number", "share"}
        What a percent sign means: 45% is refused, is 45, or is 0.45.
    text : iterable of str
        Variables that hold answers, even if they look like numbers.

    Raises
    ------
    SettingError
        If a code is neither a text nor a number, or has two meanings.

    Examples
    --------
    >>> import govindex as gi
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"unit": ["A", "B", "C"], "cost": ["1.250,5", "-999", "KAD"]})
    >>> notation = gi.Notation(missing=[-999], not_applicable=["KAD"], numbers="vi")
    >>> data = gi.Observations.from_frame(frame, notation=notation)
    >>> data.value("A", "cost"), data.cell("B", "cost").name, data.cell("C", "cost").name
    (1250.5, 'MISSING', 'NOT_APPLICABLE')
    """

    missing: frozenset[str | float] = attrs.field(default=(), converter=_codes)
    not_applicable: frozenset[str | float] = attrs.field(
        default=attrs.Factory(_usual, takes_self=True), converter=_codes
    )
    suppressed: frozenset[str | float] = attrs.field(default=(), converter=_codes)
    numbers: Style | None = attrs.field(default=None, validator=_check_numbers)
    percent: Literal["error", "number", "share"] = attrs.field(
        default="error", validator=_check_percent
    )
    text: frozenset[str] = attrs.field(default=(), converter=_texts)

    def __attrs_post_init__(self) -> None:
        for name in ("not_applicable", "suppressed"):
            if any(code != code for code in getattr(self, name)):
                raise SettingError(f"NaN is missing, and cannot mean {name.replace('_', ' ')}")
        for one, other in combinations(self.absences, 2):
            both = sorted(map(str, [*(one[1] & other[1]), *(one[2] & other[2])]))
            if both:
                kinds = f"{one[0].label} and {other[0].label}"
                raise SettingError(f"'{both[0]}' cannot mean both {kinds}")

    @cached_property
    def absences(self) -> tuple[tuple[CellStatus, frozenset[str], frozenset[float]], ...]:
        """The kinds of absence, each with the words and the numbers that mean it."""
        return (
            (CellStatus.MISSING, self.missing_words, self._missing_numbers),
            (CellStatus.NOT_APPLICABLE, self.not_applicable_words, self._not_applicable_numbers),
            (CellStatus.SUPPRESSED, _words(self.suppressed), self._numbers(self.suppressed)),
        )

    @cached_property
    def missing_words(self) -> frozenset[str]:
        """The texts that mean missing, in lower case."""
        return _words(self.missing)

    @cached_property
    def not_applicable_words(self) -> frozenset[str]:
        """The texts that mean not applicable, in lower case."""
        return _words(self.not_applicable)

    @cached_property
    def _missing_numbers(self) -> frozenset[float]:
        """The numbers that mean missing, also those that were given as texts."""
        return self._numbers(self.missing)

    @cached_property
    def _not_applicable_numbers(self) -> frozenset[float]:
        """The numbers that mean not applicable, also those that were given as texts."""
        return self._numbers(self.not_applicable)

    def _numbers(self, codes: Iterable[str | float]) -> frozenset[float]:
        read = (self.number(code) if isinstance(code, str) else code for code in codes)
        numbers = {number for number in read if number is not None and number == number}
        with np.errstate(over="ignore"):  # a number that is stored in 32 bits is the same code
            return frozenset(numbers | {float(np.float32(number)) for number in numbers})

    def number(self, text: str) -> float | None:
        """Return the number that a text means in this notation, None for other texts."""
        written, signed = plain(self, instance_of(text, str, "text")), text.rstrip().endswith("%")
        if written is None or (signed and self.percent == "error"):
            return None
        if signed and self.percent == "share":
            exact = Decimal(written)
            return float(exact.scaleb(-2)) if exact.is_finite() else float(exact)
        return float(written)

    def is_missing(self, text: str) -> bool:
        """Return whether a word, not a number, means missing."""
        folded = instance_of(text, str, "text").casefold()
        return folded in self.missing_words and self.number(text) is None


def plain(notation: Notation, text: str) -> str | None:
    """Return a number as programs write it, without a percent sign, None for other texts."""
    return _plain_of(_unsigned(text.strip())[0], notation.numbers or "plain")


def other_styles(notation: Notation, texts: Iterable[str]) -> tuple[frozenset[str], str, str]:
    """Return the texts that are numbers in another notation, and how to read all of them.

    Returns
    -------
    texts : frozenset of str
    what : str
        What is unusual about them.
    cure : str
        The declaration that reads them.
    """
    numbers = set()
    styles = set(_SAMPLES)
    percent = False
    for text in texts:
        rest, signed = _unsigned(text)
        able = {style for style in _SAMPLES if _plain_of(rest, style) is not None}
        if able:
            numbers.add(text)
            styles &= able
            percent |= signed and notation.percent == "error"
    unusual, cures = _style_advice(styles, notation.numbers or "plain") if numbers else ([], [])
    if percent:
        unusual.append("a percent sign")
        cures.append(
            "read 45% as 45 with Notation(percent='number'), or as 0.45 with "
            "Notation(percent='share')"
        )
    return frozenset(numbers), " and ".join(unusual), "; ".join(cures)


def _words(codes: Iterable[str | float]) -> frozenset[str]:
    return frozenset(code for code in codes if isinstance(code, str))


def _style_advice(styles: set[str], declared: str) -> tuple[list[str], list[str]]:
    """Return what is unusual about numbers that some styles read, and how to read them."""
    if declared in styles:
        return [], []
    if not styles:
        return ["several notations"], ["write the numbers of a variable in one way"]
    if "plain" in styles:
        return ["a decimal point"], ["read decimal points with Notation(numbers='plain')"]
    if styles == {"vi"}:
        return ["a decimal comma"], ["read decimal commas with Notation(numbers='vi')"]
    if styles == {"en"}:
        return ["commas between thousands"], ["read them with Notation(numbers='en')"]
    return ["thousands marks or another minus sign"], [
        "read them with Notation(numbers='vi') if decimals follow a comma, or "
        "Notation(numbers='en') if they follow a point"
    ]


def cure_of_word(word: str) -> str:
    """Return how to declare a word that usually means no figure, "" for another word.

    Examples
    --------
    >>> cure_of_word("KAD")
    "if it means not applicable, declare it with Notation(not_applicable=['KAD'])"
    >>> cure_of_word("many")
    ''
    """
    folded = word.strip().casefold()
    if folded in _NOT_APPLICABLE:
        return f"if it means not applicable, declare it with Notation(not_applicable=['{word}'])"
    if folded in _BLANKS:
        return (
            f"declare it with Notation(missing=['{word}']) or Notation(not_applicable=['{word}'])"
        )
    if _DIGITS.fullmatch(folded):
        return "write the digits without marks between them"
    return ""


def as_notation(notation: Any) -> Notation:
    """Return a notation, the usual one for None; refuse anything else."""
    if notation is None or isinstance(notation, Notation):
        return notation or Notation()
    raise SettingError(
        f"notation is gi.Notation(missing=…, not_applicable=…, numbers=…), not {notation!r}"
    )

"""Texts of sheets: how they look, what they are called, which words they hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from govindex.lookalikes import looks
from govindex.names import composed

__all__ = [
    "MAXIMUM",
    "NOTES",
    "POINTS",
    "RANKS",
    "UNIT_TITLES",
    "bare",
    "holds",
    "is_general",
    "is_total",
    "look",
    "names_key",
    "number_key",
    "years_in",
    "years_in_name",
]

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_AROUND = " .,:;()[]–-*"
_SIGNS = re.compile(r"[^\w\s]+", re.UNICODE)
_YEAR = re.compile(r"\b(?:năm|year)\s+((?:19|20)\d\d)\b", re.IGNORECASE)
_YEAR_ALONE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# Not the name of a unit: what offices call sheets, whatever number or year follows.
_GENERAL = (
    *("sheet", "trang tính", "bảng", "bảng điểm", "bảng chấm điểm", "tổng hợp", "phụ lục", "biểu"),
    *("biểu mẫu", "mẫu", "data", "dữ liệu", "chấm điểm", "kết quả", "form", "table", "scores"),
    *("bảng tổng hợp", "điểm", "tự chấm", "thẩm định", "summary", "worksheet", "sheets"),
)


@lru_cache(maxsize=100_000)
def look(text: str) -> str:
    """Return the look of a text: in lower case, with one space between words."""
    return looks(text)


def _looks(*texts: str) -> tuple[str, ...]:
    return tuple(map(look, texts))


# Words of the titles of columns.
MAXIMUM = ("tối đa", "điểm chuẩn", "thang điểm", "maximum", "max")
NOTES = (
    *("ghi chú", "giải trình", "minh chứng", "kiểm chứng", "nhận xét", "ý kiến", "lý do"),
    *("note", "notes", "comment", "comments", "remark", "remarks", "evidence"),
)
RANKS = ("xếp hạng", "thứ hạng", "hạng", "xếp loại", "rank")
POINTS = _looks("điểm", "chấm", "kết quả", "đánh giá", "score", "scores", "points", "value")
UNIT_TITLES = _looks(
    *("unit", "đơn vị", "tên đơn vị", "cơ quan", "cơ quan, đơn vị", "tên cơ quan", "name"),
    *("sở, ban, ngành", "các sở, ban, ngành", "code", "đơn vị được đánh giá", "tên"),
)
_TOTALS = _looks(
    "tổng điểm", "tổng cộng", "tổng số", "tổng", "cộng", "total", "sum", "tổng số điểm"
)


_GENERAL_LOOKS = frozenset(_looks(*_GENERAL))


def holds(text: str, words: Iterable[str]) -> bool:
    """Return whether a text holds one of these words (or phrases) as a whole.

    Examples
    --------
    >>> holds("Điểm tối đa", MAXIMUM), holds("Maxwell", MAXIMUM)
    (True, False)
    """
    padded = f" {names_key(text)} "
    return any(f" {names_key(word)} " in padded for word in words)


def is_total(text: str) -> bool:
    """Return whether a text is the label of a total.

    Examples
    --------
    >>> is_total("TỔNG ĐIỂM:"), is_total("Tổng hợp văn bản")
    (True, False)
    """
    return look(text.strip(_AROUND)) in _TOTALS


def number_key(text: str) -> str:
    """Return a running number without what stands around it.

    Examples
    --------
    >>> number_key(" 1.1.1. "), number_key("a)")
    ('1.1.1', 'a')
    """
    return look(text.strip(_AROUND))


@lru_cache(maxsize=100_000)
def names_key(text: str) -> str:
    """Return the words of a name: names are compared without case and signs.

    Examples
    --------
    >>> names_key("Kế hoạch,  CCHC năm.") == names_key("KẾ HOẠCH CCHC NĂM")
    True
    >>> names_key("Hòa") == names_key("Hóa")
    False
    """
    return look(_SIGNS.sub(" ", composed(text.translate(_INVISIBLE))))


@lru_cache(maxsize=100_000)
def bare(text: str) -> str:
    """Return a name without accents and signs: names that are equal so are near misses.

    Examples
    --------
    >>> bare("Sở Khoa học & Công nghệ") == bare("So Khoa hoc va Cong nghe")
    True
    """
    plain = unicodedata.normalize("NFD", look(text.replace("&", " và ").replace("_", " ")))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).replace("đ", "d")
    return " ".join(_SIGNS.sub(" ", letters).split())


def is_general(text: str) -> bool:
    """Return whether a text names no unit: it is blank, or a usual name of a sheet.

    Examples
    --------
    >>> is_general("Sheet1"), is_general("Bảng điểm 2025"), is_general("Sở Y tế")
    (True, True, False)
    """
    words = look(re.sub(r"[\d\s_().-]+$|^[\d\s_().-]+", "", text))
    return not words or words in _GENERAL_LOOKS


def years_in(text: str) -> frozenset[str]:
    """Return the years that a title names: "năm 2025".

    Examples
    --------
    >>> sorted(years_in("BẢNG ĐIỂM NĂM 2025 (Quyết định ngày 12/3/2024)"))
    ['2025']
    """
    return frozenset(_YEAR.findall(composed(text)))


def years_in_name(name: str) -> frozenset[str]:
    """Return the years that the name of a sheet holds: "Sở Y tế 2025".

    Examples
    --------
    >>> sorted(years_in_name("Sở Y tế 2025")), sorted(years_in_name("Số 20251"))
    (['2025'], [])
    """
    return frozenset(_YEAR_ALONE.findall(name))

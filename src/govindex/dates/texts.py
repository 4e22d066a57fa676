"""Texts → days: the spellings of dates and periods, in English and Vietnamese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from govindex.dates.notations import ORDERS, DateNotation
from govindex.dates.spans import (
    DateFault,
    DateSpan,
    day_span,
    moment_span,
    months_span,
    no_such_day,
    number_span,
    unknown_text,
)
from govindex.names import composed

__all__ = ["only_order", "text_span"]

Groups = Mapping[str, str | None]
_BLANKS = frozenset({"", "-", "–", "—", "…", "...", "n/a", "nan", "nat", "none", "null", "<na>"})
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_TIME = (
    r"(?:(?:t|,? )(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(?: ?(?P<half>[ap]m))?"
    r" ?(?P<offset>z|utc|[+-]\d{2}:?\d{2})?)?"
)
_GAP = r"[ ,./-]*(?:năm )?"
_YEAR = r"(?P<year>\d{4})(?P<next>[/–-](?:\d{2}|\d{4}))?"
_PATTERNS: Mapping[str, tuple[re.Pattern[str], ...]] = {
    kind: tuple(map(re.compile, patterns))
    for kind, patterns in {
        "numeric": [r"(?P<a>\d{1,4}) ?(?P<sign>[-/.]) ?(?P<b>\d{1,2}) ?(?P=sign) ?(?P<c>\d{1,4})"
                    + _TIME],
        "named": [
            r"(?:ngày )?(?P<day>\d{1,2}) tháng (?P<month>\d{1,2})" + _GAP + r"(?P<year>\d{4})",
            rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .-]*(?P<name>{_NAMES})[ .,-]*(?P<year>\d{{4}})"
            + _TIME,
            rf"(?P<name>{_NAMES})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})"
            + _TIME,
            r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        ],
        "month": [
            r"(?:tháng|t|th\.) ?(?P<month>\d{1,2})" + _GAP + r"(?P<year>\d{4})",
            r"(?P<month>\d{1,2})[/.-](?P<year>\d{4})",
            rf"(?P<name>{_NAMES})[ .,/-]*(?P<year>\d{{4}})",
        ],
        "quarter": [
            r"(?:quý|quarter|q) ?(?P<part>iv|i{1,3}|[1-4])" + _GAP + _YEAR,
            r"(?P<year>\d{4})[ /-]?q(?P<part>[1-4])",
        ],
        "half": [
            r"(?:h|half )(?P<part>[12])" + _GAP + _YEAR,
            r"(?:6|sáu) tháng (?P<word>đầu|cuối) năm (?P<year>\d{4})",
        ],
        "year": [r"(?:năm |year )?(?P<year>\d{4})"],
        "fiscal": [r"(?:fy ?|năm (?:tài chính|ngân sách) )?" + _YEAR],
    }.items()
}  # fmt: skip
_SERIAL = re.compile(r"(\d{5,6})(?:[.,]\d+)?")


@lru_cache(maxsize=4096)
def text_span(cell: str, notation: DateNotation) -> DateSpan | DateFault | None:
    """Return the days of a text, None if it is blank, or why it is no date."""
    written = composed(" ".join(cell.split()))
    folded = written.casefold()
    if folded in _BLANKS:
        return None
    for kind, patterns in _PATTERNS.items():
        for pattern in patterns:
            if (match := pattern.fullmatch(folded)) is not None:
                try:
                    return _READERS[kind](match.groupdict(), written, notation)
                except ValueError:  # there is no such day or month
                    return no_such_day(written)
    if (serial := _SERIAL.fullmatch(folded)) is not None:
        return number_span(float(serial[1]))
    return unknown_text(written)


def _numeric(groups: Groups, written: str, notation: DateNotation) -> DateSpan | DateFault:
    """Return the day of three numbers, in the only order that they have or in the declared one."""
    parts = [str(groups[name]) for name in "abc"]
    orders = _possible_orders(parts)
    if notation.order is not None and orders != ("ymd",):
        orders = tuple(order for order in ORDERS if order == notation.order)
    elif len(parts[0]) < 4 and len(parts[2]) == 2 and groups["sign"] == "-":
        orders = (*orders, "ymd")
    days = {order: _day(parts, order) for order in orders}
    found = {day: order for order, day in reversed(days.items()) if day is not None}
    if not found:
        if notation.order is None or len(parts[0]) == 4:
            raise ValueError(written)
        return DateFault(
            "date.other_order",
            f"'{written}' is not a date in the declared order, {ORDERS[notation.order]}",
            "correct it, or write it as 2025-12-31",
            f"'{written}'",
        )
    if len(found) > 1:
        ways = list(dict.fromkeys(reversed(found.values())))
        return DateFault(
            "date.order",
            f"'{written}' may be {' or '.join(ORDERS[way] for way in ways)}",
            f"declare the order with DateNotation(order='{ways[0]}') or "
            f"{' or '.join(repr(way) for way in ways[1:])} (in the shell: --dates {ways[0]})",
            f"'{written}'",
        )
    return _at_offset(next(iter(found)), groups, written, notation)


def _possible_orders(parts: list[str]) -> tuple[str, ...]:
    return ("ymd",) if len(parts[0]) == 4 else ("dmy", "mdy")


def _day(parts: list[str], order: str) -> date | None:
    given = dict(zip(order, parts, strict=True))
    if len(given["y"]) not in (2, 4) or max(len(given["d"]), len(given["m"])) > 2:
        return None
    year = int(given["y"]) + (2000 if len(given["y"]) == 2 else 0)
    try:
        return date(year, int(given["m"]), int(given["d"]))
    except ValueError:
        return None


def _at_offset(
    day: date, groups: Groups, written: str, notation: DateNotation
) -> DateSpan | DateFault:
    """Return a day, or the day in the declared zone of a moment that has a time zone."""
    clock, offset = groups.get("clock"), groups.get("offset")
    if clock is None:
        return day_span(day, written)
    hour, minute, *_ = (int(float(part.replace(",", "."))) for part in clock.split(":"))
    half = groups.get("half")
    if half is not None and not 1 <= hour <= 12:
        raise ValueError(written)
    hour = hour if half is None else hour % 12 + 12 * (half == "pm")
    moment = datetime(day.year, day.month, day.day, hour, minute)
    if offset is None:
        return day_span(day, written)
    shift = "+0000" if offset in ("z", "utc") else offset.replace(":", "")
    return moment_span(datetime.strptime(f"{moment:%Y-%m-%d %H:%M} {shift}", "%Y-%m-%d %H:%M %z"),
                   notation)  # fmt: skip


def _month_of(groups: Groups) -> int:
    name = groups.get("name")
    return int(str(groups["month"])) if name is None else _MONTHS.index(name[:3]) + 1


def _named(groups: Groups, written: str, notation: DateNotation) -> DateSpan | DateFault:
    day = date(int(str(groups["year"])), _month_of(groups), int(str(groups["day"])))
    return _at_offset(day, groups, written, notation)


def _month(groups: Groups, written: str, _: DateNotation) -> DateSpan | DateFault:
    return months_span(int(str(groups["year"])), _month_of(groups), 1)


def _quarter(groups: Groups, written: str, notation: DateNotation) -> DateSpan | DateFault:
    part = str(groups["part"])
    return _part(groups, int(_ROMAN.get(part, 0) or part), 3, written, notation)


def _half(groups: Groups, written: str, notation: DateNotation) -> DateSpan | DateFault:
    part = groups.get("part") or {"đầu": "1", "cuối": "2"}[str(groups["word"])]
    return _part(groups, int(part), 6, written, notation)


def _part(
    groups: Groups, part: int, length: int, written: str, notation: DateNotation
) -> DateSpan | DateFault:
    """Return a part of a year, or of a fiscal year."""
    if not groups.get("next"):
        return months_span(int(str(groups["year"])), (part - 1) * length + 1, length)
    first = _fiscal(groups, written, notation)
    if isinstance(first, DateFault):
        return first
    start = first.first.month - 1 + (part - 1) * length
    return months_span(first.first.year + start // 12, start % 12 + 1, length)


def _year(groups: Groups, written: str, _: DateNotation) -> DateSpan | DateFault:
    return months_span(int(str(groups["year"])), 1, 12)


def _fiscal(groups: Groups, written: str, notation: DateNotation) -> DateSpan | DateFault:
    """Return a fiscal year such as 2019/20, or a month such as 2019-12."""
    year, following = int(str(groups["year"])), groups["next"]
    if following is None:
        cure = f"write both years: {year - 1}/{year % 100:02} or {year}/{(year + 1) % 100:02}"
        cause = f"'{written}' may be the fiscal year that begins or ends in {year}"
        return DateFault("date.fiscal", cause, cure, f"'{written}'")
    number = int(following[1:])
    is_next = number in ((year + 1) % 100 if len(following) == 3 else year + 1,)
    is_month = len(following) == 3 and 1 <= number <= 12
    if is_month and (following[0] == "-" or not is_next):
        return months_span(year, number, 1)
    if not is_next:
        raise ValueError(written)
    if notation.fiscal_month is None:
        what = "may be a month or a fiscal year" if is_month else "is a fiscal year"
        return DateFault(
            "date.fiscal",
            f"'{written}' {what}, and its first month is not declared",
            "declare it with DateNotation(fiscal_month=…) (in the shell: --fiscal-month)",
            f"'{written}'",
        )
    return months_span(year, notation.fiscal_month, 12)


_READERS = {
    "numeric": _numeric,
    "named": _named,
    "month": _month,
    "quarter": _quarter,
    "half": _half,
    "year": _year,
    "fiscal": _fiscal,
}


def only_order(cell: str) -> str | None:
    """Return the order of day and month in a text that has one, None for any other text."""
    match = _PATTERNS["numeric"][0].fullmatch(" ".join(cell.split()).casefold())
    if match is None or len(match["a"]) == 4:
        return None
    days = {order: _day([*match.group("a", "b", "c")], order) for order in ("dmy", "mdy")}
    known = [order for order, day in days.items() if day is not None]
    return known[0] if len(known) == 1 else None

"""Dates as offices write them: days, months, quarters, half-years, years and fiscal years.

A text that can be read in two ways is refused until a :class:`DateNotation` declares the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import Any, Literal

import attrs
import numpy as np

from govindex.checks import among, as_number, shown, text
from govindex.errors import DataError, SettingError
from govindex.names import composed

__all__ = [
    "DateFault",
    "DateNotation",
    "DateSpan",
    "date_span",
    "period_label",
    "read_dates",
]

_EARLIEST, _LATEST = 1900, 2199  # years
_SERIALS = (14_610, 109_939)  # 1940-01-01 to 2200-12-31
_EPOCH = date(1899, 12, 30)
_BLANKS = frozenset({"", "-", "–", "—", "…", "...", "n/a", "nan", "nat", "none", "null", "<na>"})
_ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
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
_KINDS = (
    "write it as 2025-12-31 or 31/12/2025, or a period as 06/2025, Q1 2025 or 2025; a cell without "
    "a date is blank"
)


@attrs.frozen
class DateSpan:
    """The days that a date or a period covers, both included.

    Parameters
    ----------
    first, last : datetime.date
        The same day for a date.
    """

    first: date
    last: date


@attrs.frozen
class DateFault:
    """Why a cell is no date.

    Parameters
    ----------
    code : str
        A stable identifier, such as "date.order".
    cause, cure : str
        What is wrong with the content, and what to do about it.
    found : str
        The content, as quoted in the cause.
    """

    code: str
    cause: str
    cure: str
    found: str


def _fiscal_month(_: object, __: object, value: Any) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and not (whole and 2 <= value <= 12):
        raise SettingError(
            "DateNotation(fiscal_month=…) is the first month of the fiscal year, from 2 (February) "
            f"to 12 (December), not {shown(value)}"
        )


def _order(_: object, __: object, value: Any) -> None:
    if value is not None and not among(value, tuple(_ORDERS)):
        raise SettingError(f"DateNotation(order=…) is 'dmy', 'mdy' or 'ymd', not {shown(value)}")


def _zone(instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    import zoneinfo

    text(instance, attribute, value)
    try:
        _ = None if value is None else zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingError(
            f"DateNotation(zone=…): there is no time zone {value!r}; they have names such as "
            "'Asia/Ho_Chi_Minh'"
        ) from None


@attrs.frozen(kw_only=True)
class DateNotation:
    """How dates are written where their text does not show it.

    These need no declaration: 2025-12-31, 20251231, 31/12/2025, 31.12.25, 31 December 2025,
    "ngày 31 tháng 12 năm 2025", dates of a workbook and its serial numbers (46022), moments of
    which the day counts; months (06/2025, 2025-06, "tháng 6/2025"), quarters (Q1 2025, 2025-Q1,
    "quý I/2025"), half-years (H1 2025, "6 tháng đầu năm 2025") and years. Years of two digits are
    of this century and come last.

    Parameters
    ----------
    order : {"dmy", "mdy", "ymd"}, optional
        The order of day, month and year in texts such as 03/04/2025, which are refused without it.
        A text in another order is refused; 2025-04-03 is read in any case.
    fiscal_month : int, optional
        The month in which fiscal years begin: with 4, "2019/20" lasts from April 2019 to March
        2020, and "Q1 2019/20" from April to June 2019. Fiscal years are refused without it.
    zone : str, optional
        The time zone whose days count, such as "Asia/Ho_Chi_Minh", for moments with a time zone;
        these are refused without it.

    Examples
    --------
    >>> from govindex.tasks import DateNotation
    >>> DateNotation(order="dmy")
    DateNotation(order='dmy', fiscal_month=None, zone=None)
    """

    order: Literal["dmy", "mdy", "ymd"] | None = attrs.field(default=None, validator=_order)
    fiscal_month: int | None = attrs.field(default=None, validator=_fiscal_month)
    zone: str | None = attrs.field(default=None, validator=_zone)


_PLAIN = DateNotation()


def date_span(cell: Any, notation: DateNotation = _PLAIN) -> DateSpan | None:
    """Return the days of a date or a period, None for a blank cell.

    Raises
    ------
    DataError
        If it is no date, or could be several.

    Examples
    --------
    >>> date_span("quý I/2020")
    DateSpan(first=datetime.date(2020, 1, 1), last=datetime.date(2020, 3, 31))
    >>> date_span("03/04/2025")
    Traceback (most recent call last):
    ...
    govindex.errors.DataError: '03/04/2025' may be day, month, year or month, day, year: declare \
the order with DateNotation(order='dmy') or 'mdy' (in the shell: --dates dmy)
    """
    found = _read(cell, notation)
    if isinstance(found, DateFault):
        raise DataError(f"{found.cause}: {found.cure}")
    return found


def read_dates(
    cells: Iterable[Any], notation: DateNotation = _PLAIN
) -> list[DateSpan | DateFault | None]:
    """Return the days of the cells of a column, None for blank ones, or why a cell is no date.

    Texts in two orders, such as 31/12/2025 and 12/31/2025, are refused: one of them is wrong.

    Examples
    --------
    >>> [type(found).__name__ for found in read_dates(["2025-12-31", "Q1 2025", None, "soon"])]
    ['DateSpan', 'DateSpan', 'NoneType', 'DateFault']
    """
    every = list(cells)
    found = [_read(cell, notation) for cell in every]
    if notation.order is not None:
        return found
    orders = [_only_order(cell) if isinstance(cell, str) else None for cell in every]
    if "dmy" in orders and "mdy" in orders:
        for row, order in enumerate(orders):
            if order is not None:
                written = str(every[row]).strip()
                found[row] = DateFault(
                    "date.orders",
                    f"'{written}' is {_ORDERS[order]}, but the column has dates in the other order",
                    "correct them, or declare the order with DateNotation(order='dmy') or 'mdy' "
                    "(in the shell: --dates dmy)",
                    f"'{written}'",
                )
    return found


def _only_order(cell: str) -> str | None:
    """Return the order of day and month in a text that has one, None for any other text."""
    match = _PATTERNS["numeric"][0].fullmatch(" ".join(cell.split()).casefold())
    if match is None or len(match["a"]) == 4:
        return None
    days = {order: _day([*match.group("a", "b", "c")], order) for order in ("dmy", "mdy")}
    known = [order for order, day in days.items() if day is not None]
    return known[0] if len(known) == 1 else None


def period_label(day: date, kind: Literal["month", "quarter", "year"]) -> str:
    """Return the period of a day, as periods are written.

    Examples
    --------
    >>> period_label(date(2025, 8, 5), "quarter"), period_label(date(2025, 8, 5), "month")
    ('2025-Q3', '2025-08')
    """
    if kind == "year":
        return f"{day.year:04}"
    if kind == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return f"{day.year:04}-{day.month:02}"


def _read(cell: Any, notation: DateNotation) -> DateSpan | DateFault | None:
    if isinstance(cell, str):
        return _read_text(cell, notation)
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]").item()
    number = as_number(cell) if isinstance(cell, (Real, Decimal, np.generic)) else None
    if cell is None or str(cell) in ("<NA>", "NaT") or (number is not None and number != number):
        return None
    if isinstance(cell, datetime):
        return _moment(cell, notation)
    if isinstance(cell, date):
        return _span(cell, str(cell))
    if number is not None:
        return _number(number)
    return DateFault("date.unknown", f"{shown(cell)} is not a date", _KINDS, shown(cell))


def _moment(moment: datetime, notation: DateNotation) -> DateSpan | DateFault:
    if moment.tzinfo is None:
        return _span(moment.date(), str(moment))
    if notation.zone is None:
        return DateFault(
            "date.zone",
            f"'{moment.isoformat()}' has a time zone, and its day depends on where it counts",
            "declare that with DateNotation(zone='Asia/Ho_Chi_Minh') (in the shell: --zone)",
            f"'{moment.isoformat()}'",
        )
    from zoneinfo import ZoneInfo

    return _span(moment.astimezone(ZoneInfo(notation.zone)).date(), moment.isoformat())


def _span(day: date, written: str) -> DateSpan | DateFault:
    if _EARLIEST <= day.year <= _LATEST:
        return DateSpan(day, day)
    return _outside(written)


def _outside(written: str) -> DateFault:
    return DateFault(
        "date.year",
        f"'{written}' is not in the years {_EARLIEST} to {_LATEST}",
        "correct the year",
        f"'{written}'",
    )


def _number(number: float) -> DateSpan | DateFault:
    """Return the day of a serial number of a workbook, or a year."""
    if number.is_integer() and _EARLIEST <= number <= _LATEST:
        return _months(int(number), 1, 12)
    if number.is_integer() and 19_000_101 <= number <= 21_991_231:
        return _read_text(str(int(number)), _PLAIN) or _unknown(str(int(number)))
    if _SERIALS[0] <= number < _SERIALS[1]:
        return _span(_EPOCH + timedelta(days=int(number)), f"{number:g}")
    written = f"{number:.15g}"
    return DateFault(
        "date.number",
        f"the number '{written}' is neither a year nor the serial number of a date",
        _KINDS,
        f"'{written}'",
    )


def _unknown(written: str) -> DateFault:
    return DateFault("date.unknown", f"'{written}' is not a date", _KINDS, f"'{written}'")


@lru_cache(maxsize=4096)
def _read_text(cell: str, notation: DateNotation) -> DateSpan | DateFault | None:
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
                    return DateFault(
                        "date.no_such_day",
                        f"'{written}' looks like a date, but there is no such day",
                        "correct it",
                        f"'{written}'",
                    )
    if (serial := _SERIAL.fullmatch(folded)) is not None:
        return _number(float(serial[1]))
    return _unknown(written)


Groups = Mapping[str, str | None]


def _months(year: int, month: int, count: int) -> DateSpan | DateFault:
    """Return the span of some months, the first of which may be one of the next year."""
    if not _EARLIEST <= year <= _LATEST:
        return _outside(f"{year:04}")
    first = date(year, month, 1)
    end = year * 12 + month - 1 + count
    return DateSpan(first, date(end // 12, end % 12 + 1, 1) - timedelta(days=1))


def _numeric(groups: Groups, written: str, notation: DateNotation) -> DateSpan | DateFault:
    """Return the day of three numbers, in the only order that they have or in the declared one."""
    parts = [str(groups[name]) for name in "abc"]
    orders = _possible_orders(parts)
    if notation.order is not None and orders != ("ymd",):
        orders = tuple(order for order in _ORDERS if order == notation.order)
    elif len(parts[0]) < 4 and len(parts[2]) == 2 and groups["sign"] == "-":
        orders = (*orders, "ymd")
    days = {order: _day(parts, order) for order in orders}
    found = {day: order for order, day in reversed(days.items()) if day is not None}
    if not found:
        if notation.order is None or len(parts[0]) == 4:
            raise ValueError(written)
        return DateFault(
            "date.other_order",
            f"'{written}' is not a date in the declared order, {_ORDERS[notation.order]}",
            "correct it, or write it as 2025-12-31",
            f"'{written}'",
        )
    if len(found) > 1:
        ways = list(dict.fromkeys(reversed(found.values())))
        return DateFault(
            "date.order",
            f"'{written}' may be {' or '.join(_ORDERS[way] for way in ways)}",
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
        return _span(day, written)
    hour, minute, *_ = (int(float(part.replace(",", "."))) for part in clock.split(":"))
    half = groups.get("half")
    if half is not None and not 1 <= hour <= 12:
        raise ValueError(written)
    hour = hour if half is None else hour % 12 + 12 * (half == "pm")
    moment = datetime(day.year, day.month, day.day, hour, minute)
    if offset is None:
        return _span(day, written)
    shift = "+0000" if offset in ("z", "utc") else offset.replace(":", "")
    return _moment(datetime.strptime(f"{moment:%Y-%m-%d %H:%M} {shift}", "%Y-%m-%d %H:%M %z"),
                   notation)  # fmt: skip


def _month_of(groups: Groups) -> int:
    name = groups.get("name")
    return int(str(groups["month"])) if name is None else _MONTHS.index(name[:3]) + 1


def _named(groups: Groups, written: str, notation: DateNotation) -> DateSpan | DateFault:
    day = date(int(str(groups["year"])), _month_of(groups), int(str(groups["day"])))
    return _at_offset(day, groups, written, notation)


def _month(groups: Groups, written: str, _: DateNotation) -> DateSpan | DateFault:
    return _months(int(str(groups["year"])), _month_of(groups), 1)


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
        return _months(int(str(groups["year"])), (part - 1) * length + 1, length)
    first = _fiscal(groups, written, notation)
    if isinstance(first, DateFault):
        return first
    start = first.first.month - 1 + (part - 1) * length
    return _months(first.first.year + start // 12, start % 12 + 1, length)


def _year(groups: Groups, written: str, _: DateNotation) -> DateSpan | DateFault:
    return _months(int(str(groups["year"])), 1, 12)


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
        return _months(year, number, 1)
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
    return _months(year, notation.fiscal_month, 12)


_READERS = {
    "numeric": _numeric,
    "named": _named,
    "month": _month,
    "quarter": _quarter,
    "half": _half,
    "year": _year,
    "fiscal": _fiscal,
}

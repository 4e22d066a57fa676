"""Days that a date or a period covers, or why a cell is no date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import attrs

from govindex.dates.notations import DateNotation

__all__ = [
    "KINDS",
    "DateFault",
    "DateSpan",
    "day_span",
    "is_usual_year",
    "moment_span",
    "months_span",
    "no_such_day",
    "number_span",
    "unknown_text",
]

_EARLIEST, _LATEST = 1900, 2199  # years
_SERIALS = (14_610, 109_939)  # 1940-01-01 to 2200-12-31
_EPOCH = date(1899, 12, 30)
KINDS = (
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


def moment_span(moment: datetime, notation: DateNotation) -> DateSpan | DateFault:
    """Return the day of a moment, in the declared zone if it has a time zone."""
    if moment.tzinfo is None:
        return day_span(moment.date(), moment)
    if notation.zone is None:
        return DateFault(
            "date.zone",
            f"'{moment.isoformat()}' has a time zone, and its day depends on where it counts",
            "declare that with DateNotation(zone='Asia/Ho_Chi_Minh') (in the shell: --zone)",
            f"'{moment.isoformat()}'",
        )
    from zoneinfo import ZoneInfo

    return day_span(moment.astimezone(ZoneInfo(notation.zone)).date(), moment.isoformat())


def day_span(day: date, written: object) -> DateSpan | DateFault:
    """Return the span of a day, or the fault if its year is a typing error."""
    if is_usual_year(day.year):
        return DateSpan(day, day)
    return outside_years(str(written))


def is_usual_year(year: int) -> bool:
    """Return whether a year is one that tasks have, not a typing error."""
    return _EARLIEST <= year <= _LATEST


def outside_years(written: str) -> DateFault:
    return DateFault(
        "date.year",
        f"'{written}' is not in the years {_EARLIEST} to {_LATEST}",
        "correct the year",
        f"'{written}'",
    )


def number_span(number: float) -> DateSpan | DateFault:
    """Return the day of a serial number of a workbook, or a year."""
    if number.is_integer() and _EARLIEST <= number <= _LATEST:
        return months_span(int(number), 1, 12)
    if number.is_integer() and 19_000_101 <= number <= 21_991_231:
        return _digits_span(str(int(number)))
    if _SERIALS[0] <= number < _SERIALS[1]:
        return day_span(_EPOCH + timedelta(days=int(number)), f"{number:g}")
    written = f"{number:.15g}"
    return DateFault(
        "date.number",
        f"the number '{written}' is neither a year nor the serial number of a date",
        KINDS,
        f"'{written}'",
    )


def _digits_span(digits: str) -> DateSpan | DateFault:
    """Return the day of 20251231."""
    try:
        return day_span(date(int(digits[:4]), int(digits[4:6]), int(digits[6:])), digits)
    except ValueError:
        return no_such_day(digits)


def no_such_day(written: str) -> DateFault:
    """Return the fault of a text that looks like a date."""
    return DateFault(
        "date.no_such_day",
        f"'{written}' looks like a date, but there is no such day",
        "correct it",
        f"'{written}'",
    )


def unknown_text(written: str) -> DateFault:
    """Return the fault of a text that does not look like a date."""
    return DateFault("date.unknown", f"'{written}' is not a date", KINDS, f"'{written}'")


def months_span(year: int, month: int, count: int) -> DateSpan | DateFault:
    """Return the span of some months, the first of which may be one of the next year."""
    if not is_usual_year(year):
        return outside_years(f"{year:04}")
    first = date(year, month, 1)
    end = year * 12 + month - 1 + count
    return DateSpan(first, date(end // 12, end % 12 + 1, 1) - timedelta(days=1))

"""The days of a period: its first, its last that records reach, and the year before."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import Any

import attrs

from govindex.checks import shown
from govindex.errors import SettingError
from govindex.periods import ordinal, parts_of_year, spelling_problem

__all__ = ["ReportingSpan", "reporting_span"]


@attrs.frozen
class ReportingSpan:
    """The days of a period.

    Parameters
    ----------
    period : str
    start, end : date
        The first and the last day.
    """

    period: str
    start: date
    end: date

    @property
    def dates(self) -> dict[str, date]:
        """The days by the names that documents of counts use."""
        year = self.start.year - 1
        return {
            "start": self.start,
            "end": self.end,
            "previous_year_start": date(year, 1, 1),
            "previous_year_end": date(year, 12, 31),
        }


def reporting_span(period: Any, until: Any = None) -> ReportingSpan:
    """Return the days of a period, up to the day that records reach.

    Parameters
    ----------
    period : str
        "2026", "2026-Q3" or "2026-09".
    until : date or str, optional
        The last day that records reach, inside the period; by default the period's last day.

    Raises
    ------
    SettingError
        If it is not such a period, or the day is outside it.

    Examples
    --------
    >>> reporting_span("2026-Q3").end, reporting_span("2026", "2026-10-10").end
    (datetime.date(2026, 9, 30), datetime.date(2026, 10, 10))
    """
    parts = parts_of_year(period) if isinstance(period, str) else None
    if parts is None:
        wrong = spelling_problem(period) if isinstance(period, str) else None
        raise SettingError(
            wrong
            or f"dossiers are counted in a year '2026', quarter '2026-Q3' or month '2026-09', not "
            f"{shown(period)}"
        )
    year, number = divmod(ordinal(period), parts)
    months = 12 // parts
    first, last = number * months + 1, (number + 1) * months
    span = ReportingSpan(period, date(year, first, 1), date(year, last, monthrange(year, last)[1]))
    return span if until is None else attrs.evolve(span, end=_day_in(span, until))


def _day_in(span: ReportingSpan, value: Any) -> date:
    day = value
    if isinstance(value, str):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise SettingError(f"until is a date such as '2026-09-30', not {shown(value)}")
    if not span.start <= day <= span.end:
        raise SettingError(
            f"until is a day of the period '{span.period}', from {span.start} to {span.end}, "
            f"not {day}"
        )
    return day

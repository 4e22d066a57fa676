"""Dates as offices write them: days, months, quarters, half-years, years and fiscal years.

A text that can be read in two ways is refused until a :class:`DateNotation` declares the way.
"""

from govindex.dates.columns import date_span, period_label, read_dates
from govindex.dates.notations import DateNotation
from govindex.dates.spans import DateFault, DateSpan, is_usual_year

__all__ = [
    "DateFault",
    "DateNotation",
    "DateSpan",
    "date_span",
    "is_usual_year",
    "period_label",
    "read_dates",
]

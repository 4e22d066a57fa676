"""Periods in words."""

from __future__ import annotations

from govindex.language import words
from govindex.periods import parts_of_year

__all__ = ["period_text"]


def period_text(period: str | None, language: str) -> str:
    """Return a period in words, "" without one; a period of another kind as it is.

    Examples
    --------
    >>> period_text("2026-Q3", "vi"), period_text("2026-09", "en"), period_text(None, "vi")
    ('quý III năm 2026', 'September 2026', '')
    """
    if period is None:
        return ""
    parts, year = parts_of_year(period), period[:4]
    if parts == 1:
        return words("report.year", language, year=year)
    if parts == 4:
        quarter = ("I", "II", "III", "IV")[int(period[-1]) - 1]
        return words("report.quarter", language, quarter=quarter, year=year)
    if parts == 12:
        month = words(f"report.month.{int(period[-2:])}", language)
        return words("report.of_year", language, month=month, year=year)
    return period

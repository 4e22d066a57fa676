"""Periods as texts: years, quarters and months, and how they follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from govindex.errors import DataError

__all__ = ["ordinal", "parts_of_year", "period_problems", "sorted_periods", "spelling_problem"]

_YEAR = re.compile(r"(\d{4})()")
_QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_ALMOST = re.compile(r"\d{4}[-./ ]?[QqMm]?\d{1,2}")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_KINDS = ((_YEAR, 1), (_QUARTER, 4), (_MONTH, 12))
_NAMES = {1: "years", 4: "quarters", 12: "months"}


def parts_of_year(period: str) -> int | None:
    """Return how many such periods make a year: 1, 4 or 12; None for a period of another kind.

    Examples
    --------
    >>> parts_of_year("2026"), parts_of_year("2026-Q3"), parts_of_year("the third round")
    (1, 4, None)
    """
    matching = (parts for pattern, parts in _KINDS if pattern.fullmatch(period))
    return next(matching, None)


def ordinal(period: str) -> int:
    """Return the number of a period among those of its kind: two that differ by 1 are neighbours.

    Raises
    ------
    DataError
        If the period is not a year, quarter or month.

    Examples
    --------
    >>> ordinal("2026-Q1") - ordinal("2025-Q4")
    1
    """
    for pattern, parts in _KINDS:
        if (match := pattern.fullmatch(period)) is not None:
            year, part = match.groups()
            return int(year) * parts + (int(part) - 1 if part else 0)
    raise DataError(f"'{period}' is not a period that can be put in order: {_SPELLED}")


_SPELLED = "write years as '2026', quarters as '2026-Q3', months as '2026-09'"


def spelling_problem(period: str) -> str | None:
    """Return why a text is a misspelled period; None if it is not.

    Examples
    --------
    >>> spelling_problem("2026-13")[:30]
    "'2026-13' looks like a period,"
    >>> spelling_problem("the third round") is None
    True
    """
    if not period.strip():
        return "the period is blank"
    if parts_of_year(period) is None and _ALMOST.fullmatch(period.strip()):
        return f"'{period}' looks like a period, but is not one: {_SPELLED}"
    if (day := _DAY.fullmatch(period.strip())) is not None and not _exists(*map(int, day.groups())):
        return f"'{period}' looks like a date, but there is no such day"
    return None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def sorted_periods(periods: Iterable[str]) -> tuple[str, ...]:
    """Return every period once, the earliest first."""
    return tuple(sorted(set(periods), key=ordinal))


def period_problems(periods: Iterable[str]) -> Iterator[str]:
    """Yield why periods cannot be put in order: unknown spellings, several kinds, two spellings."""
    known: dict[int, dict[int, str]] = {}
    for period in dict.fromkeys(periods):
        parts = parts_of_year(period)
        if parts is None:
            yield f"'{period}' is not a period that can be put in order: {_SPELLED}"
            continue
        of_kind = known.setdefault(parts, {})
        same = of_kind.setdefault(ordinal(period), period)
        if same != period:
            yield f"'{same}' and '{period}' are the same period, spelled in two ways"
    if len(known) > 1:
        kinds = "; ".join(
            f"{_NAMES[parts]} such as '{next(iter(spellings.values()))}'"
            for parts, spellings in sorted(known.items())
        )
        yield f"the periods of a panel are of one kind, not {kinds}"

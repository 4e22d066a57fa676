"""Cells of a column → days, whatever type they have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import Any, Literal

import numpy as np

from govindex.checks import as_number, shown
from govindex.dates.notations import ORDERS, DateNotation
from govindex.dates.spans import KINDS, DateFault, DateSpan, day_span, moment_span, number_span
from govindex.dates.texts import only_order, text_span
from govindex.errors import DataError

__all__ = ["date_span", "period_label", "read_dates"]

_PLAIN = DateNotation()
_READ_ONCE = frozenset({str, date, type(None)})


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
    # A column has few different days: each is read once. Equal cells of other types, such as True
    # and 1, may differ in meaning.
    different = {cell for cell in every if type(cell) in _READ_ONCE}
    known = {cell: _read(cell, notation) for cell in different}
    found = [known[cell] if type(cell) in _READ_ONCE else _read(cell, notation) for cell in every]
    if notation.order is not None:
        return found
    orders = {cell: only_order(cell) for cell in different if isinstance(cell, str)}
    if not {"dmy", "mdy"} <= set(orders.values()):
        return found
    for row, cell in enumerate(every):
        order = orders.get(cell) if isinstance(cell, str) else None
        if order is not None:
            written = str(cell).strip()
            found[row] = DateFault(
                "date.orders",
                f"'{written}' is {ORDERS[order]}, but the column has dates in the other order",
                "correct them, or declare the order with DateNotation(order='dmy') or 'mdy' "
                "(in the shell: --dates dmy)",
                f"'{written}'",
            )
    return found


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
    if cell is None:
        return None
    if isinstance(cell, str):
        return text_span(cell, notation)
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]").item()
    if isinstance(cell, date):
        return _day_of(cell, notation)
    number = as_number(cell) if isinstance(cell, (Real, Decimal, np.generic)) else None
    if cell is None or (number is not None and number != number) or str(cell) == "<NA>":
        return None
    if number is not None:
        return number_span(number)
    return DateFault("date.unknown", f"{shown(cell)} is not a date", KINDS, shown(cell))


def _day_of(cell: date, notation: DateNotation) -> DateSpan | DateFault | None:
    if not isinstance(cell, datetime):
        return day_span(cell, cell)
    # NaT is a datetime that equals nothing.
    return moment_span(cell, notation) if cell == cell else None

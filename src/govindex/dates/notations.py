"""How dates are written, as far as their text does not show it."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from govindex.checks import among, shown, text
from govindex.errors import SettingError

__all__ = ["ORDERS", "DateNotation"]

ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}


def _fiscal_month(_: object, __: object, value: Any) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and not (whole and 2 <= value <= 12):
        raise SettingError(
            "DateNotation(fiscal_month=…) is the first month of the fiscal year, from 2 (February) "
            f"to 12 (December), not {shown(value)}"
        )


def _order(_: object, __: object, value: Any) -> None:
    if value is not None and not among(value, tuple(ORDERS)):
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

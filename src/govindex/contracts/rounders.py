"""Protocol and defaults of roundings."""

from __future__ import annotations

from typing import Protocol, TypeGuard

from govindex.contracts.arrays import Float

__all__ = ["BaseRounder", "Rounder", "is_rounder"]


class Rounder(Protocol):
    """Printed number → rounded number.

    :class:`BaseRounder` holds the defaults of its optional promises.
    """

    @property
    def decimals(self) -> int: ...

    def __call__(self, values: Float) -> Float: ...


class BaseRounder:
    """Defaults of the promises of a rounding."""

    __slots__ = ()

    @property
    def printed_only(self) -> bool:
        """It rounds what is aggregated, ranked and classed too, not only what is printed."""
        return False

    @property
    def corrects_mean(self) -> bool:
        """The node's mean need not be corrected before, as roundings by the last bits need it."""
        return False

    def spreadsheet_formula(self, number: str) -> str | None:
        """Return the rounded number as a formula of spreadsheet programs: it has no short one."""
        return None


def is_rounder(value: object) -> TypeGuard[Rounder]:
    """Return whether a value is a rounding: neither its class nor a plain function."""
    return not isinstance(value, type) and callable(value) and hasattr(value, "decimals")

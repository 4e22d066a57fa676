"""Exact intervals: the numbers that are printed as a decimal."""

from __future__ import annotations

from fractions import Fraction

import attrs

__all__ = ["ExactInterval", "half_unit", "printed_interval"]

_ZERO = Fraction(0)


@attrs.frozen
class ExactInterval:
    """Numbers from `low` to `high`, each end with or without the end itself."""

    low: Fraction
    high: Fraction
    has_low: bool = True
    has_high: bool = True

    def __add__(self, other: ExactInterval) -> ExactInterval:
        return ExactInterval(
            self.low + other.low,
            self.high + other.high,
            self.has_low and other.has_low,
            self.has_high and other.has_high,
        )

    def times(self, factor: Fraction) -> ExactInterval:
        """Return the interval of the numbers times a factor, which is not 0."""
        low, high = self.low * factor, self.high * factor
        if factor < 0:
            return ExactInterval(high, low, self.has_high, self.has_low)
        return ExactInterval(low, high, self.has_low, self.has_high)

    def meets(self, other: ExactInterval) -> bool:
        """Return whether some number is in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low < high:
            return True
        return low == high and self._holds(low) and other._holds(low)

    def _holds(self, number: Fraction) -> bool:
        above = number > self.low or (self.has_low and number == self.low)
        return above and (number < self.high or (self.has_high and number == self.high))


def half_unit(decimals: int) -> Fraction:
    """Return half a unit of the last of so many decimals."""
    return Fraction(1, 2 * 10**decimals)


def printed_interval(number: Fraction, decimals: int, mode: str) -> ExactInterval:
    """Return the numbers that a rounding mode prints as a decimal.

    ``binary`` and ``r`` look at the last bits of numbers, so both ends belong to them.

    Examples
    --------
    >>> printed_interval(Fraction(5), 0, "half-up")
    ExactInterval(low=Fraction(9, 2), high=Fraction(11, 2), has_low=True, has_high=False)
    """
    half = half_unit(decimals)
    if mode == "truncate":
        low = number if number > 0 else number - 2 * half
        high = number if number < 0 else number + 2 * half
        return ExactInterval(low, high, has_low=number > 0, has_high=number < 0)
    ends = ExactInterval(number - half, number + half)
    if mode == "half-even":
        even = (number * 10**decimals).numerator % 2 == 0
        return attrs.evolve(ends, has_low=even, has_high=even)
    if mode == "half-up":
        return attrs.evolve(ends, has_low=number > 0, has_high=number < 0)
    return ends


def exactly(number: Fraction) -> ExactInterval:
    """Return the interval of one number."""
    return ExactInterval(number, number)

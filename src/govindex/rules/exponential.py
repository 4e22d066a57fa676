"""The absolute rule that is an exponential of the value."""

from __future__ import annotations

import attrs
import numpy as np

from govindex.contracts import Curve, Entry, Float, Scope, in_formula
from govindex.errors import SettingError
from govindex.rules.common import Absolute, finite, refuse

__all__ = ["Exponential"]

# Shares as large as this can still be weighted, squared and added up.
_LARGEST = np.log(1e150)


@attrs.frozen(kw_only=True)
class Exponential(Absolute):
    """An exponential of the value: ``intercept + factor·exp(rate·value)``.

    Equal steps of the value multiply what lies above the intercept: with the rate 0.08 every year
    of schooling is worth 8 % more than the one before.

    Parameters
    ----------
    intercept : float
        The share that is approached, but not reached.
    factor : float
        What a value of 0 earns beyond the intercept.
    rate : float
        The growth per measure unit of the indicator.

    Raises
    ------
    SettingError
        If the factor or the rate is 0, so that all values would earn the same.
    CellError
        If the share of a value is too large for a number.

    References
    ----------
    Kraay, A., Methodology for a World Bank Human Capital Index. Policy Research Working Paper 8593
    (World Bank, 2018): productivity ``exp(φ·(years − 14))`` with φ = 0.08. Title and number of the
    paper were confirmed; where it states the formula and φ could not be compared with its text.

    Examples
    --------
    >>> years = Exponential(factor=np.exp(-0.08 * 14), rate=0.08)
    >>> years(np.array([6.0, 14.0]), Scope()).round(3)
    array([0.527, 1.   ])
    """

    intercept: float = attrs.field(default=0.0, validator=finite)
    factor: float = attrs.field(default=1.0, validator=finite)
    rate: float = attrs.field(default=1.0, validator=finite)

    def __attrs_post_init__(self) -> None:
        for name, setting in (("factor", self.factor), ("rate", self.rate)):
            if setting == 0:
                raise SettingError(f"Exponential({name}=0) would earn all values the same share")

    @property
    def monotone(self) -> bool:
        """Whether the curve rises."""
        return (self.factor > 0) == (self.rate > 0)

    @property
    def falling(self) -> bool:
        """Whether the curve falls."""
        return not self.monotone

    @property
    def one_sign(self) -> bool:
        """Whether nothing is added to the exponential."""
        return self.intercept == 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """From the intercept upwards, or downwards."""
        return (self.intercept, np.inf) if self.factor > 0 else (-np.inf, self.intercept)

    @property
    def _limit(self) -> float:
        """The value at which shares become too large."""
        with np.errstate(over="ignore"):
            return float((_LARGEST - np.log(abs(self.factor))) / np.float64(self.rate))

    def curve(self, maximum: float) -> Curve:
        """Return the curve, as steep as one likes at its far end."""
        return Curve(high=self._limit) if self.rate > 0 else Curve(low=self._limit)

    def entry(self, maximum: float) -> Entry:
        """Return that any number may be entered: the limit is beyond all that are measured."""
        return Entry()

    def spreadsheet_formula(self, value: str, maximum: str) -> str:
        """Return the exponential, times the maximum."""
        power = f"EXP({in_formula(self.rate)}*{value})"
        return f"{maximum}*({in_formula(self.intercept)}+{in_formula(self.factor)}*{power})"

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the exponentials."""
        far = values > self._limit if self.rate > 0 else values < self._limit
        refuse(
            f"exp({self.rate:g}·value) is too large for a share: take a smaller rate or a larger "
            "measure unit",
            far,
        )
        return np.asarray(self.intercept + self.factor * np.exp(self.rate * values))

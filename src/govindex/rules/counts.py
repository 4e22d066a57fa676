"""Absolute rules that count: points for each item, a deduction for each case."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import Curve, Float, Scope, in_formula
from govindex.errors import SettingError
from govindex.rules.common import Absolute, finite, number, refuse

__all__ = ["Deduction", "PerItem"]


@attrs.frozen
class PerItem(Absolute):
    """Points for each item, up to a cap: ``min(cap, n·points) / maximum``.

    Parameters
    ----------
    points : float
        Points per item.
    cap : float or None
        The most points, the indicator's maximum if None.

    Examples
    --------
    >>> PerItem(0.5)(np.array([1.0, 3.0, 9.0]), Scope(maximum=2.0))
    array([0.25, 0.75, 1.  ])
    """

    counts: ClassVar[bool] = True
    points: float = attrs.field(validator=finite)
    cap: float | None = None

    def __attrs_post_init__(self) -> None:
        if self.points <= 0:
            raise SettingError(f"PerItem needs points above 0, not {self.points!r}")
        if self.cap is not None and number(self.cap, "the cap") <= 0:
            raise SettingError(f"the cap is above 0, not {self.cap!r}")

    def curve(self, maximum: float) -> Curve:
        """Return the line up to the cap."""
        cap = maximum if self.cap is None else min(self.cap, maximum)
        slope = self.points / maximum if maximum > 0 else 0.0
        return Curve(low=0.0, bends=(cap / self.points,), slope=slope)

    def spreadsheet_formula(self, value: str, maximum: str) -> str:
        """Return the points of the items, up to the cap."""
        cap = "" if self.cap is None else f",{in_formula(self.cap)}"
        return f"MIN({value}*{in_formula(self.points)},{maximum}{cap})"

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the points of the items over the maximum."""
        refuse("a number of items cannot be negative", values < 0)
        cap = scope.maximum if self.cap is None else np.minimum(self.cap, scope.maximum)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.minimum(values * self.points, cap) / scope.maximum
        return np.where(np.equal(scope.maximum, 0.0), 0.0 * values, share)


@attrs.frozen(kw_only=True)
class Deduction(Absolute):
    """The whole share less a part for each case: ``max(floor, 1 − n·per)``.

    Parameters
    ----------
    per : float
        The share of the maximum that each case costs.
    floor : float
        The least share left; below 0 the indicator can take points from the rest.

    Examples
    --------
    >>> Deduction(per=0.5)(np.array([0.0, 1.0, 5.0]), Scope())
    array([1. , 0.5, 0. ])
    """

    counts: ClassVar[bool] = True
    monotone: ClassVar[bool] = False  # more cases are worse: the value is not a merit
    falling: ClassVar[bool] = True
    per: float = attrs.field(validator=finite)
    floor: float = attrs.field(default=0.0, validator=finite)

    def __attrs_post_init__(self) -> None:
        if self.per <= 0:
            raise SettingError(f"Deduction needs a part above 0 per case, not {self.per!r}")
        if self.floor >= 1:
            raise SettingError(f"the floor of a deduction lies below 1, not at {self.floor:g}")

    @property
    def bounds(self) -> tuple[float, float]:
        """The floor and 1."""
        return (self.floor, 1.0)

    def curve(self, maximum: float) -> Curve:
        """Return the line down to the floor."""
        return Curve(low=0.0, bends=((1.0 - self.floor) / self.per,), slope=self.per)

    def spreadsheet_formula(self, value: str, maximum: str) -> str:
        """Return the maximum less a part for each case."""
        return f"{maximum}*MAX(1-{value}*{in_formula(self.per)},{in_formula(self.floor)})"

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the share that the cases leave."""
        refuse("a number of cases cannot be negative", values < 0)
        return np.maximum(1.0 - values * self.per, self.floor)

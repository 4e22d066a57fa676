"""Absolute rules by thresholds: step tables, conditions, straight lines between points."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import Curve, Float, Scope, in_formula
from govindex.errors import SettingError
from govindex.rules.common import SNAP, Absolute, Heights, finite, number, pairs

__all__ = ["Condition", "Piecewise", "Steps"]

_MOST_STEPS = 20  # spreadsheet programs nest no more than 64 functions


@attrs.frozen
class Steps(Heights):
    """A step table: the share of the highest threshold reached.

    Parameters
    ----------
    table : sequence of (threshold, share)
        In rising order of thresholds, in the indicator's measure unit.
    below : float
        The share of values that reach no threshold.
    closed : {"lower", "upper"}
        ``lower``: a threshold is reached by a value equal to it (≥); ``upper``: only above it (>).

    Raises
    ------
    SettingError
        If the table is empty or its thresholds do not rise.

    Examples
    --------
    >>> Steps([(80, 0.5), (100, 1)])(np.array([79.9, 80.0, 100.0]), Scope())
    array([0. , 0.5, 1. ])
    """

    compares: ClassVar[bool] = True
    table: tuple[tuple[float, float], ...] = attrs.field(converter=pairs)
    below: float = attrs.field(default=0.0, validator=finite)
    closed: Literal["lower", "upper"] = "lower"

    def __attrs_post_init__(self) -> None:
        thresholds = [threshold for threshold, _ in self.table]
        if not thresholds:
            raise SettingError("a step table needs at least one (threshold, share)")
        if any(low >= high for low, high in pairwise(thresholds)):
            raise SettingError(f"the thresholds of a step table rise; given: {thresholds}")
        if not among(self.closed, ("lower", "upper")):
            raise SettingError(f"closed is 'lower' (≥) or 'upper' (>), not {self.closed!r}")

    @property
    def _heights(self) -> tuple[float, ...]:
        return (self.below, *(share for _, share in self.table))

    def curve(self, maximum: float) -> Curve:
        """Return the stairs: level, with a jump at each threshold."""
        low, high = self.bounds
        bends = tuple(threshold for threshold, _ in self.table)
        return Curve(bends=bends, slope=0.0, jump=high - low)

    def spreadsheet_formula(self, value: str, maximum: str) -> str | None:
        """Return the share of the highest threshold reached, times the maximum."""
        if len(self.table) > _MOST_STEPS:
            return None
        reached = ">=" if self.closed == "lower" else ">"
        share = in_formula(self.below)
        for threshold, height in self.table:
            share = f"IF({value}{reached}{in_formula(threshold)},{in_formula(height)},{share})"
        return f"{maximum}*{share}"

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the step of each value."""
        thresholds = np.array([threshold for threshold, _ in self.table])
        # A value within the snap of a threshold is that threshold.
        slack = SNAP * np.abs(thresholds)
        if self.closed == "lower":
            step = np.searchsorted(thresholds - slack, values, side="right")
        else:
            step = np.searchsorted(thresholds + slack, values, side="left")
        shares = np.array(self._heights)[step]
        return np.where(np.isnan(values), np.nan, shares)


@attrs.frozen(kw_only=True)
class Condition(Absolute):
    """1 if the condition is met, 0 otherwise.

    Give exactly one of the limits. Several conditions that earn a part each are a measure:
    :class:`govindex.measures.Conditions`.

    Parameters
    ----------
    at_least, above, at_most, below, equals : float, optional
        The limit, in the indicator's measure unit.

    Examples
    --------
    >>> Condition(at_most=3)(np.array([2.0, 3.0, 4.0]), Scope())
    array([1., 1., 0.])
    """

    compares: ClassVar[bool] = True
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None
    equals: float | None = None

    def __attrs_post_init__(self) -> None:
        limits = {name: limit for name, limit in attrs.asdict(self).items() if limit is not None}
        if len(limits) != 1:
            raise SettingError(
                "Condition takes exactly one of at_least, above, at_most, below, equals; "
                f"given: {', '.join(limits) or 'none'}"
            )
        for name, limit in limits.items():
            number(limit, f"Condition({name}=…)")

    @property
    def monotone(self) -> bool:
        """Whether the limit is a lower one."""
        return self.at_least is not None or self.above is not None

    @property
    def falling(self) -> bool:
        """Whether the limit is an upper one."""
        return self.at_most is not None or self.below is not None

    @property
    def _limit(self) -> float:
        return float(next(limit for limit in attrs.astuple(self) if limit is not None))

    def curve(self, maximum: float) -> Curve:
        """Return the one step, at the limit."""
        return Curve(bends=(self._limit,), slope=0.0, jump=1.0)

    def spreadsheet_formula(self, value: str, maximum: str) -> str:
        """Return the maximum if the condition is met, else 0."""
        signs = {"at_least": ">=", "above": ">", "at_most": "<=", "below": "<", "equals": "="}
        sign = next(sign for name, sign in signs.items() if getattr(self, name) is not None)
        return f"IF({value}{sign}{in_formula(self._limit)},{maximum},0)"

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return 1 where the condition is met, 0 elsewhere."""
        limit = self._limit
        slack = SNAP * max(abs(limit), 1e-300)
        if self.at_least is not None:
            met = values >= limit - slack
        elif self.above is not None:
            met = values > limit + slack
        elif self.at_most is not None:
            met = values <= limit + slack
        elif self.below is not None:
            met = values < limit - slack
        else:
            met = np.abs(values - limit) <= slack
        return np.where(np.isnan(values), np.nan, met.astype(np.float64))


@attrs.frozen
class Piecewise(Heights):
    """Straight lines between points, level beyond the first and the last.

    Parameters
    ----------
    points : sequence of (value, share)
        In rising order of values; shares all rise or all fall.

    Raises
    ------
    SettingError
        If there are fewer than two points, values do not rise or shares both rise and fall.

    Examples
    --------
    >>> Piecewise([(0, 0), (50, 0.8), (100, 1)])(np.array([25.0, 75.0, 120.0]), Scope())
    array([0.4, 0.9, 1. ])
    """

    points: tuple[tuple[float, float], ...] = attrs.field(converter=pairs)

    def __attrs_post_init__(self) -> None:
        if len(self.points) < 2:
            raise SettingError("piecewise interpolation needs at least two points")
        runs = np.diff(np.array(self.points), axis=0)
        if (runs[:, 0] <= 0).any():
            raise SettingError(f"the values of a piecewise rule rise; given: {self.points}")
        if (runs[:, 1] < 0).any() and (runs[:, 1] > 0).any():
            raise SettingError(
                f"the shares of a piecewise rule all rise or all fall; given: {self.points}"
            )

    @property
    def _heights(self) -> tuple[float, ...]:
        return tuple(share for _, share in self.points)

    def curve(self, maximum: float) -> Curve:
        """Return the line through the points."""
        runs = np.diff(np.array(self.points), axis=0)
        slope = float(np.abs(runs[:, 1] / runs[:, 0]).max())
        return Curve(bends=tuple(value for value, _ in self.points), slope=slope)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the height of the line."""
        x, y = zip(*self.points, strict=True)
        return np.asarray(np.interp(values, x, y))

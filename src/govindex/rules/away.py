"""The distance from a centre, which is a number, the mean or the median of the peers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import Bool, Curve, Float, Rule, Scope
from govindex.errors import SettingError, near_miss
from govindex.kernels.reductions import mean_over_units, median_over_units
from govindex.rules.common import number, refuse
from govindex.rules.peers import Group, PeerRule, shared_last

__all__ = ["DistanceFrom"]


def _centre(value: float | str) -> float | str:
    return value if isinstance(value, str) else number(value, "the centre")


def _ends(ends: Iterable[float] | None) -> tuple[float, float] | None:
    if ends is None:
        return None
    try:
        low, high = (number(end, "an end") for end in ends)
    except (TypeError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        raise SettingError(f"the ends are two numbers, not {ends!r}") from error
    return low, high


@attrs.frozen(field_transformer=shared_last)
class DistanceFrom(PeerRule):
    """The distance from a centre, in the measure unit or as a part of the longest on its side.

    ``|x − c|``; with ``sides="apart"`` ``(x − c) / (high − c)`` above the centre and
    ``(c − x) / (c − low)`` below it. Chain it with a rule that turns distances into
    shares: ``Chain(DistanceFrom("median"), MinMax())`` with the direction ``lower`` if near is
    better.

    Parameters
    ----------
    centre : float, "mean" or "median"
        A number in the indicator's measure unit, or the middle of the peers.
    sides : {"together", "apart"}
        Whether distances are in the measure unit, or each a part of the longest on its side.
    ends : pair of float, optional
        With ``apart``, the values at the distance 1 below and above the centre instead of the
        peers' least and largest.
    over
        As in :class:`MinMax`.
    degenerate : "error" or float
        The distance in a population without two distinct values, and of values on a side without
        an end.

    Raises
    ------
    CellError
        If there is no distance to measure and `degenerate` is ``"error"``.

    Examples
    --------
    >>> DistanceFrom(2)(np.array([1.0, 2.0, 6.0]), Scope())
    array([1., 0., 4.])
    >>> DistanceFrom("median", sides="apart")(np.array([1.0, 2.0, 4.0, 6.0, 16.0]), Scope())
    array([1.        , 0.66666667, 0.        , 0.16666667, 1.        ])
    """

    _noun: ClassVar[str] = "a distance"
    directed: ClassVar[bool] = False
    centre: float | Literal["mean", "median"] = attrs.field(converter=_centre)
    sides: Literal["together", "apart"] = "together"
    ends: tuple[float, float] | None = attrs.field(default=None, converter=_ends, kw_only=True)

    def __attrs_post_init__(self) -> None:
        middles, sides = ("mean", "median"), ("together", "apart")
        if isinstance(self.centre, str) and self.centre not in middles:
            raise SettingError(
                f"the centre is a number, 'mean' or 'median', not '{self.centre}': "
                + near_miss(self.centre, middles)
            )
        if not among(self.sides, sides):
            raise SettingError(f"sides are not '{self.sides}': {near_miss(self.sides, sides)}")
        if self.ends is None:
            return
        if self.sides == "together":
            raise SettingError("ends need sides='apart'")
        if not isinstance(self.centre, str) and not self.ends[0] <= self.centre <= self.ends[1]:
            raise SettingError(f"the centre {self.centre:g} lies outside the ends {self.ends}")
        if self.ends[0] >= self.ends[1]:
            raise SettingError(f"the lower end comes first, not {self.ends}")

    @property
    def _apart(self) -> bool:
        return self.sides == "apart"

    @property
    def peer_dependent(self) -> bool:
        """Whether the centre or an end comes from the peers."""
        return isinstance(self.centre, str) or (self._apart and self.ends is None)

    @property
    def ignores_measure_unit(self) -> bool:
        """Whether neither settings nor distances are in the measure unit."""
        return self._apart and isinstance(self.centre, str) and self.ends is None

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0 at the centre, to 1 if no unit can lie beyond the ends."""
        longest = 1.0 if self._apart and self.ends is None and self.over != "ranked" else np.inf
        return self._bounds_with(0.0, longest)

    def curve(self, maximum: float) -> Curve:
        """Return the two straight lines from a fixed centre; among peers there is no curve."""
        if isinstance(self.centre, str) or self.peer_dependent:
            return Curve(takes_all=False)
        if self.ends is None:
            return Curve(bends=(self.centre,), slope=1.0)
        low, high = self.ends
        sides = [abs(end - self.centre) for end in self.ends if end != self.centre]
        if len(sides) == 2:
            return Curve(bends=(low, self.centre, high), slope=1.0 / min(sides))
        if self.degenerate != "error":
            bends = (low, high)
            return Curve(bends=bends, slope=1.0 / sides[0], jump=abs(self.degenerate))
        open_below = low < self.centre
        return Curve(
            low=-np.inf if open_below else self.centre,
            high=self.centre if open_below else np.inf,
            bends=(low, high),
            slope=1.0 / sides[0],
        )

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the distances."""
        if not self.peer_dependent:
            assert not isinstance(self.centre, str)
            return self._absolute(values, self.centre)
        return super().__call__(values, scope)

    @property
    def _no_share(self) -> str:
        return _NO_END

    @property
    def _rescalable(self) -> bool:
        return self._apart

    def _score(self, group: Group, scope: Scope) -> Float:
        centre = self._centre_of(group)
        if not self._apart:
            return np.asarray(np.abs(group.values - centre))
        low, high = map(group.as_scaled, self.ends) if self.ends else (group.low, group.high)
        return _part_of_longest(group.values, centre, low, high)

    def _centre_of(self, group: Group) -> Any:
        """Return the centre of a group."""
        if self.centre == "mean":
            return mean_over_units(group.values, group.reference)[0]
        if self.centre == "median":
            return median_over_units(group.values, group.reference)
        return group.as_scaled(self.centre)

    def _absolute(self, values: Float, centre: float) -> Float:
        if self.ends is None:
            return np.abs(values - centre)
        with np.errstate(invalid="ignore", divide="ignore"):
            distances = _part_of_longest(values, centre, *self.ends)
        endless: Bool = np.isnan(distances) & ~np.isnan(values)
        if self.degenerate != "error":
            return np.where(endless, self.degenerate, distances)
        refuse(_NO_END, endless)
        return distances

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        centre = float(np.asarray(self._centre_of(group)).item())
        if not self._apart:
            return DistanceFrom(centre)
        low, high = self.ends or (group.low.item(), group.high.item())
        ends = (min(low, centre), max(high, centre))
        return DistanceFrom(centre, "apart", ends=ends, degenerate=self.degenerate)


_NO_END = "a distance with sides='apart' needs an end on the value's side of the centre"


def _part_of_longest(values: Float, centre: Any, low: Any, high: Any) -> Float:
    """Return the distance as a part of the longest on its side, NaN where the side has no end."""
    above = values - centre
    longest = np.where(above > 0, high - centre, centre - low)
    part = np.abs(above) / np.where(longest > 0, longest, np.nan)
    return np.where(above == 0, 0.0, part)

"""The distance from a centre: a number, the mean or the median of the peers."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import Bool, Curve, Float, Rule, Scope
from govindex.errors import SettingError, near_miss
from govindex.kernels.reductions import mean_over_units, median_over_units
from govindex.rules.common import number, refuse
from govindex.rules.peers import Group, PeerRule, own_first

__all__ = ["DistanceFrom"]


def _centre(value: Any) -> float | str:
    return value if isinstance(value, str) else number(value, "the centre")


def _ends(ends: Any) -> tuple[float, float] | None:
    if ends is None:
        return None
    try:
        low, high = (number(end, "an end") for end in ends)
    except (TypeError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        raise SettingError(f"the ends are two numbers, not {ends!r}") from error
    return low, high


@attrs.frozen(field_transformer=own_first)
class DistanceFrom(PeerRule):
    """The distance from a centre, in the measure unit or as a part of the longest on its side.

    ``|x − c|``; with ``sides="apart"`` ``(x − c) / (high − c)`` above the centre and
    ``(c − x) / (c − low)`` below it. The distance is no merit yet: chain it with a rule that
    says what it is worth, ``Chain(DistanceFrom("median"), MinMax())`` with the direction ``lower``
    where near is better.

    Parameters
    ----------
    centre : float, "mean" or "median"
        A number in the indicator's measure unit, or the middle of the peers.
    sides : {"together", "apart"}
        Whether the distances on both sides are measured alike, or each as a part of its longest.
    ends : pair of float, optional
        With ``apart``, the values at the distance 1 below and above the centre instead of the
        peers' least and largest.
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values count.
    degenerate : "error" or float
        The distance in a population without two distinct values, and of values on a side without
        an end. Nothing is degenerate with a number as centre and no end to look for.

    Raises
    ------
    CellError
        If there is nothing to measure by and `degenerate` is ``"error"``.

    Examples
    --------
    >>> DistanceFrom(2)(np.array([1.0, 2.0, 6.0]), Scope())
    array([1., 0., 4.])
    >>> DistanceFrom("median", sides="apart")(np.array([1.0, 2.0, 4.0, 6.0, 16.0]), Scope())
    array([1.        , 0.66666667, 0.        , 0.16666667, 1.        ])
    """

    _what: ClassVar[str] = "a distance"
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
            raise SettingError("sides have ends of their own if they are 'apart'")
        if not isinstance(self.centre, str) and not self.ends[0] <= self.centre <= self.ends[1]:
            raise SettingError(f"the centre {self.centre:g} lies outside the ends {self.ends}")
        if self.ends[0] >= self.ends[1]:
            raise SettingError(f"the lower end comes first, not {self.ends}")

    @property
    def _apart(self) -> bool:
        return self.sides == "apart"

    @property
    def peer_dependent(self) -> bool:
        """Whether the centre or an end is looked for among the peers."""
        return isinstance(self.centre, str) or (self._apart and self.ends is None)

    @property
    def ignores_measure_unit(self) -> bool:
        """Whether no number is given in the measure unit, and none results."""
        return self._apart and isinstance(self.centre, str) and self.ends is None

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0 at the centre, to 1 if no unit can lie beyond the ends."""
        longest = 1.0 if self._apart and self.ends is None and self.over != "ranked" else np.inf
        return self._bounds_with(0.0, longest)

    def curve(self, maximum: float) -> Curve:
        """Return the two straight lines from a fixed centre, nothing of one among peers."""
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
    def _lacking(self) -> str:
        return _NO_END

    @property
    def _of_proportions(self) -> bool:
        return self._apart

    def _score(self, group: Group, scope: Scope) -> Float:
        centre = self._found(group)
        if not self._apart:
            return np.asarray(np.abs(group.own - centre))
        low, high = map(group.brought, self.ends) if self.ends else (group.low, group.high)
        return _apart(group.own, centre, low, high)

    def _found(self, group: Group) -> Any:
        """Return the centre of a group."""
        if self.centre == "mean":
            return mean_over_units(group.own, group.reference)[0]
        if self.centre == "median":
            return median_over_units(group.own, group.reference)
        return group.brought(self.centre)

    def _absolute(self, values: Float, centre: float) -> Float:
        if self.ends is None:
            return np.abs(values - centre)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = _apart(values, centre, *self.ends)
        lost: Bool = np.isnan(found) & ~np.isnan(values)
        if self.degenerate != "error":
            return np.where(lost, self.degenerate, found)
        refuse(_NO_END, lost)
        return found

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        centre = float(np.asarray(self._found(group)).item())
        if not self._apart:
            return DistanceFrom(centre)
        low, high = self.ends or (group.low.item(), group.high.item())
        ends = (min(low, centre), max(high, centre))
        return DistanceFrom(centre, "apart", ends=ends, degenerate=self.degenerate)


_NO_END = "a distance that is taken side by side needs an end on the value's side of the centre"


def _apart(values: Float, centre: Any, low: Any, high: Any) -> Float:
    """Return the distance as a part of the longest on its side, NaN where the side has no end."""
    above = values - centre
    longest = np.where(above > 0, high - centre, centre - low)
    part = np.abs(above) / np.where(longest > 0, longest, np.nan)
    return np.where(above == 0, 0.0, part)

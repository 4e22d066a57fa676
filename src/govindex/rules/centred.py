"""Goalposts around a reference value."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Rule, Scope
from govindex.errors import SettingError, listing
from govindex.kernels.reductions import mean_over_units
from govindex.periods import ordinal, parts_of_year, sorted_periods
from govindex.rules.chain import Chain
from govindex.rules.common import INFINITE, finite, number
from govindex.rules.goalposts import Goalposts
from govindex.rules.lines import Affine
from govindex.rules.peers import Group, PeerRule, shared_last

__all__ = ["CentredGoalposts"]


def _centre(_: object, __: object, value: float | None) -> None:
    if value is not None:
        number(value, "the centre of goalposts")


def _base(_: object, __: object, base: Any) -> None:
    if base is not None and not (isinstance(base, str) and parts_of_year(base)):
        raise SettingError(f"the base is a period such as '2018' or '2018-Q1', not {base!r}")


@attrs.frozen(field_transformer=shared_last)
class CentredGoalposts(PeerRule):
    """Goalposts half the peers' range below and above a reference value.

    ``low + (high − low)·(x − (c − Δ)) / 2Δ`` with ``Δ = (max − min) / 2``: the reference value c
    gets the middle, for direction ``lower`` the slope is turned. With the usual ends, 0.7 and 1.3,
    it is the normalisation of the adjusted Mazziotta–Pareto index (AMPI), which in points of 100
    runs from about 70 to 130 around 100; :class:`~govindex.aggregate.MazziottaPareto` aggregates.

    In a panel the range is that of all periods, so that shares compare over time; the centre may
    be the mean of one of them, the base period.

    Parameters
    ----------
    centre : float, optional
        The reference value, in the indicator's measure unit: the country's in the base year, say.
        By default the peers' mean.
    base : str, optional
        The period of a panel whose mean is the centre: "2019".
    low, high : float
        The shares of the two goalposts.
    over
        As in :class:`MinMax`.
    degenerate : "error" or float
        The share in a population without two distinct values, or without one in the base period.

    Raises
    ------
    CellError
        If a population has no two distinct values, or no value in the base period, and
        `degenerate` is ``"error"``.
    SettingError
        If there is a base period and the data are not a panel.

    References
    ----------
    Mazziotta & Pareto, On a generalized non-compensatory composite index for measuring
    socio-economic phenomena, Social Indicators Research 127 (2016).

    Examples
    --------
    >>> CentredGoalposts(20)(np.array([10.0, 20.0, 30.0]), Scope())
    array([0.7, 1. , 1.3])
    """

    _noun: ClassVar[str] = "a scale of centred goalposts"
    centre: float | None = attrs.field(default=None, validator=_centre)
    base: str | None = attrs.field(default=None, validator=_base, kw_only=True)
    low: float = attrs.field(default=0.7, validator=finite, kw_only=True)
    high: float = attrs.field(default=1.3, validator=finite, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.low >= self.high:
            raise SettingError(f"goalposts need low < high, not {self.low:g} and {self.high:g}")
        if self.base is not None and (self.centre is not None or "period" in self.over):
            raise SettingError(
                "a base period needs centre=None and populations of several periods, not "
                f"centre={self.centre!r} and over={self.over!r}"
            )

    @property
    def monotone(self) -> bool:
        """Whether a better own value never earns less.

        Around a given centre that lies outside the peers' values, the range grows faster than the
        distance to it.
        """
        return self.centre is None and self._degenerate_between(self.low, self.high)

    @property
    def ignores_measure_unit(self) -> bool:
        """Whether the centre is the peers' mean."""
        return self.centre is None

    @property
    def bounds(self) -> tuple[float, float]:
        """Half their distance beyond the goalposts if the centre is the peers' mean."""
        if self.centre is not None or self.over == "ranked":
            return INFINITE
        half = (self.high - self.low) / 2.0
        return self._bounds_with(self.low - half, self.high + half)

    @property
    def _no_share(self) -> str:
        if self.base is None:
            return super()._no_share
        return f"no unit has a value in the base period {self.base}"

    def _score(self, group: Group, scope: Scope) -> Float:
        part = (group.values - self._middle(group, scope)) / (group.high - group.low)
        part = -part if scope.direction == "lower" else part
        return (self.low + self.high) / 2.0 + (self.high - self.low) * part

    def _middle(self, group: Group, scope: Scope) -> Float | float:
        if self.centre is not None:
            return group.as_scaled(self.centre)
        counted = group.reference
        if self.base is not None:
            counted = counted & self._in_base(self.base, scope)[group.members]
        return mean_over_units(group.values, counted)[0]

    def _in_base(self, base: str, scope: Scope) -> Bool:
        """Return which rows lie in the base period, shape (units,)."""
        times = None if scope.peers is None else scope.peers.times
        if times is None:
            raise SettingError(
                f"{self!r} looks at the period {base}, but the data are not a panel: anchor it on "
                "one"
            )
        in_base = np.asarray(times == ordinal(base))
        if not in_base.any():
            peers: Any = scope.peers
            periods = sorted_periods(peers.column("period"))
            raise SettingError(
                f"the base '{base}' is not among the periods of the data: {listing(periods)}"
            )
        return in_base

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        centre = np.asarray(self._middle(group, scope)).item()
        if np.isnan(centre):
            raise SettingError(f"the reference has no value in the base period {self.base}")
        half = (group.high - group.low).item() / 2.0
        half = -half if scope.direction == "lower" else half
        posts = Goalposts(worst=centre - half, best=centre + half, clip=False)
        return Chain(posts, Affine(intercept=self.low, slope=self.high - self.low))

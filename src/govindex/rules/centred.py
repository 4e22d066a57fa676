"""Goalposts around a reference value."""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.contracts import Bool, Float, Over, Rule, Scope, check_over, reference_groups
from govindex.errors import CellError, SettingError
from govindex.kernels import reductions
from govindex.rules.chain import Chain
from govindex.rules.common import INFINITE, finite, number
from govindex.rules.lines import Affine, Goalposts

__all__ = ["CentredGoalposts"]


def _over(_: object, __: object, over: str) -> None:
    check_over(over)


def _degenerate(_: object, __: object, value: float | str) -> None:
    if value != "error":
        number(value, "degenerate is 'error' or a share; the share")


def _centre(_: object, __: object, value: float | None) -> None:
    if value is not None:
        number(value, "the centre of goalposts")


@attrs.frozen
class CentredGoalposts:
    """Goalposts half the peers' range below and above a reference value.

    ``low + (high − low)·(x − (c − Δ)) / 2Δ`` with ``Δ = (max − min) / 2``: the reference value c
    gets the middle, for direction ``lower`` the slope is turned. With the usual ends, 0.7 and 1.3,
    it is the normalisation of the adjusted Mazziotta–Pareto index (AMPI), which in points of 100
    runs from about 70 to 130 around 100; :class:`~govindex.aggregate.MazziottaPareto` aggregates.

    In a panel the range is that of all periods, so that shares compare over time.

    Parameters
    ----------
    centre : float, optional
        The reference value, in the indicator's measure unit: the country's in the base year, say.
        By default the peers' mean.
    low, high : float
        The shares of the two goalposts.
    over : {"all", "league", "ranked", "period", "league_period"}
        Whose values count.
    degenerate : "error" or float
        What a population without two distinct values gets.

    Raises
    ------
    CellError
        If a population has no two distinct values and `degenerate` is ``"error"``.

    References
    ----------
    Mazziotta & Pareto, On a generalized non-compensatory composite index for measuring
    socio-economic phenomena, Social Indicators Research 127 (2016).

    Examples
    --------
    >>> CentredGoalposts(20)(np.array([10.0, 20.0, 30.0]), Scope())
    array([0.7, 1. , 1.3])
    """

    peer_dependent: ClassVar[bool] = True
    directed: ClassVar[bool] = True
    falling: ClassVar[bool] = False
    centre: float | None = attrs.field(default=None, validator=_centre)
    low: float = attrs.field(default=0.7, validator=finite, kw_only=True)
    high: float = attrs.field(default=1.3, validator=finite, kw_only=True)
    over: Over = attrs.field(default="all", validator=_over, kw_only=True)
    degenerate: float | Literal["error"] = attrs.field(
        default="error", validator=_degenerate, kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if self.low >= self.high:
            raise SettingError(f"goalposts need low < high, not {self.low:g} and {self.high:g}")

    @property
    def monotone(self) -> bool:
        """Whether a better own value never earns less.

        Around a given centre that lies outside the peers' values, the range grows faster than the
        distance to it.
        """
        between = self.degenerate == "error" or self.low <= self.degenerate <= self.high
        return self.centre is None and between

    @property
    def ignores_measure_unit(self) -> bool:
        """Whether the centre is the peers' own."""
        return self.centre is None

    @property
    def bounds(self) -> tuple[float, float]:
        """Half as far beyond the goalposts as they are apart, around the peers' own centre."""
        if self.centre is not None or self.over == "ranked":
            return INFINITE
        half = (self.high - self.low) / 2.0
        own = [] if self.degenerate == "error" else [float(self.degenerate)]
        return (min([self.low - half, *own]), max([self.high + half, *own]))

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return shares around the middle of the goalposts."""
        shares = np.empty_like(values)
        for members, reference in reference_groups(self.over, values, scope.peers_of(values)):
            own = values[..., members]
            centre, least, most = self._found(own, reference)
            with np.errstate(invalid="ignore", divide="ignore"):
                part = (own - centre) / (most - least)
            part = -part if scope.direction == "lower" else part
            found = (self.low + self.high) / 2.0 + (self.high - self.low) * part
            flat = ~(most > least) & ~np.isnan(own)
            if flat.any() and self.degenerate == "error":
                wrong = np.zeros(values.shape, dtype=bool)
                wrong[..., members] = flat
                message = "centred goalposts need two distinct values per indicator"
                raise CellError(message, wrong, whole=True)
            shares[..., members] = np.where(flat, self.degenerate, found) if flat.any() else found
        return shares

    def _found(self, own: Float, reference: Bool) -> tuple[Float, Float, Float]:
        least, most = reductions.extremes(own, reference)
        if self.centre is not None:
            return np.full_like(least, self.centre), least, most
        return reductions.mean_over_units(own, reference)[0], least, most

    def anchor(self, reference: Float, scope: Scope) -> Rule:
        """Return the reference's goalposts, which are fixed.

        Raises
        ------
        SettingError
            If there are several populations, or the reference has no two distinct values.
        """
        groups = reference_groups(self.over, reference, scope.peers_of(reference))
        if len(groups) > 1:
            raise SettingError(
                f"{self.over.replace('_', 's and ')}s have goalposts of their own; anchor on a "
                "reference with one of them"
            )
        centre, least, most = (end.item() for end in self._found(reference, groups[0][1]))
        if not least < most:
            raise SettingError("goalposts cannot be anchored on a reference without two values")
        half = (most - least) / 2.0
        half = -half if scope.direction == "lower" else half
        posts = Goalposts(worst=centre - half, best=centre + half, clip=False)
        return Chain(posts, Affine(intercept=self.low, slope=self.high - self.low))

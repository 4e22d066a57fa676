"""Limits to which extreme values are drawn back."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among, finite, share, whole_number
from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.kernels import reductions
from govindex.kernels.scaling import restored, with_room

__all__ = ["Between", "Deviations", "Percentiles", "Quartiles", "Winsorise"]

Enough = Callable[[Float], bool] | None
_OF_NORMAL = 1.4826  # a normal distribution's standard deviation, in median absolute deviations


def _positive(part: object, attribute: attrs.Attribute[float], value: float) -> None:
    finite(part, attribute, value)
    if value <= 0:
        raise SettingError(
            f"{type(part).__name__}({attribute.name}=…) is a number above 0, not {value!r}"
        )


def _limits(ends: Float, ordered: Float) -> Between | None:
    low, high = ends.tolist()
    # Limits that leave a single value would make all units equal.
    if not max(low, ordered[0]) < min(high, ordered[-1]):
        return None
    return Between(
        low=float(low) if low > ordered[0] else None,
        high=float(high) if high < ordered[-1] else None,
    )


@attrs.frozen(kw_only=True)
class Between:
    """Draw values beyond fixed limits back to them.

    Parameters
    ----------
    low, high : float, optional
        The limits; None means no limit.

    Examples
    --------
    >>> Between(high=5)(np.array([1.0, 9.0, np.nan]))
    array([ 1.,  5., nan])
    """

    peer_dependent: ClassVar[bool] = False
    cuts: ClassVar[bool] = True
    low: float | None = attrs.field(default=None, validator=attrs.validators.optional(finite))
    high: float | None = attrs.field(default=None, validator=attrs.validators.optional(finite))

    def __attrs_post_init__(self) -> None:
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise SettingError(
                f"limits need a low end below the high one, not {self.low:g} and {self.high:g}"
            )

    def __call__(self, values: Float) -> Float:
        """Return values inside the limits."""
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return np.clip(values, low, high)

    def settle(self, ordered: Float, enough: Enough) -> Between:
        """Return the limits unchanged."""
        return self


@attrs.frozen
class Winsorise:
    """Draw the farthest values back to the next one until the variable needs no treatment.

    As long as skewness and kurtosis are beyond the limits of the step, the largest value (the least
    one if the skewness is negative) takes the value of the one next to it. Equal values move
    together, unless they are more than may still be moved. A variable always keeps two distinct
    values.

    Parameters
    ----------
    points : int or "all"
        At most so many cells are moved.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), on outliers before
    normalisation.

    Examples
    --------
    >>> Winsorise(points=1).settle(np.array([1.0, 2.0, 3.0, 90.0]), None)
    Between(low=None, high=3.0)
    """

    peer_dependent: ClassVar[bool] = True
    points: int | Literal["all"] = 5

    def __attrs_post_init__(self) -> None:
        if not among(self.points, ("all",)):
            whole_number(self.points, "Winsorise(points=…), unless it is 'all',")

    def settle(self, ordered: Float, enough: Enough) -> Between | None:
        """Return the limits after the last move that is needed or allowed."""
        values = ordered.copy()
        most = len(values) if self.points == "all" else self.points
        above = below = 0
        while enough is None or not enough(values):
            is_low = reductions.is_skewed_low(values)
            if is_low:
                moved = int(np.searchsorted(values, values[0], side="right"))
                fits = moved + above <= most
            else:
                moved = len(values) - int(np.searchsorted(values, values[-1], side="left"))
                fits = moved + below <= most
            remaining = values[moved:] if is_low else values[: len(values) - moved]
            if not fits or remaining[0] == remaining[-1]:
                break
            if is_low:
                below, values[:moved] = moved, remaining[0]
            else:
                above, values[len(values) - moved :] = moved, remaining[-1]
        if not above and not below:
            return None
        return Between(
            low=float(values[0]) if below else None, high=float(values[-1]) if above else None
        )


@attrs.frozen
class Quartiles:
    """Limits at so many interquartile ranges beyond the quartiles.

    ``[Q₁ − times·(Q₃ − Q₁), Q₃ + times·(Q₃ − Q₁)]``, quartiles interpolated linearly.

    Parameters
    ----------
    times : float

    References
    ----------
    Tukey, J. W., Exploratory Data Analysis (1977): fences.

    Examples
    --------
    >>> Quartiles().settle(np.array([1.0, 2.0, 3.0, 4.0, 50.0]), None)
    Between(low=None, high=7.0)
    """

    peer_dependent: ClassVar[bool] = True
    times: float = attrs.field(default=1.5, validator=_positive)

    def settle(self, ordered: Float, enough: Enough) -> Between | None:
        """Return the fences beyond which a value lies."""
        values, power = with_room(ordered)
        first, third = np.quantile(values, [0.25, 0.75])
        with np.errstate(over="ignore"):
            apart = self.times * (third - first)
            ends = np.array([first - apart, third + apart])
        return _limits(restored(ends, power), ordered)


@attrs.frozen
class Percentiles:
    """Limits at percentiles of the values, interpolated linearly.

    Parameters
    ----------
    low, high : float
        Shares of the values from 0 to 1.

    Examples
    --------
    >>> Percentiles(0.25, 0.75).settle(np.array([1.0, 2.0, 3.0, 4.0, 50.0]), None)
    Between(low=2.0, high=4.0)
    """

    peer_dependent: ClassVar[bool] = True
    low: float = attrs.field(default=0.05, validator=share)
    high: float = attrs.field(default=0.95, validator=share)

    def __attrs_post_init__(self) -> None:
        if not self.low < self.high:
            raise SettingError(
                f"Percentiles need a low end below the high one, not {self.low:g}, {self.high:g}"
            )

    def settle(self, ordered: Float, enough: Enough) -> Between | None:
        """Return the percentiles."""
        values, power = with_room(ordered)
        ends = np.quantile(values, [self.low, self.high])
        return _limits(restored(ends, power), ordered)


@attrs.frozen
class Deviations:
    """Limits at so many median absolute deviations from the median.

    ``median ± times·1.4826·median(|x − median|)``: for a normal distribution, standard deviations.

    Parameters
    ----------
    times : float

    Examples
    --------
    >>> Deviations().settle(np.array([1.0, 2.0, 3.0, 4.0, 50.0]), None)
    Between(low=None, high=7.4478)
    """

    peer_dependent: ClassVar[bool] = True
    times: float = attrs.field(default=3.0, validator=_positive)

    def settle(self, ordered: Float, enough: Enough) -> Between | None:
        """Return the limits beyond which a value lies."""
        values, power = with_room(ordered)
        middle = np.median(values)
        with np.errstate(over="ignore"):
            apart = self.times * _OF_NORMAL * np.median(np.abs(values - middle))
            ends = np.array([middle - apart, middle + apart])
        return _limits(restored(ends, power), ordered)

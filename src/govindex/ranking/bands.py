"""Bands: classes of scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

import attrs
import numpy as np
import numpy.typing as npt

from govindex.checks import among
from govindex.contracts import Bool, Float, Rounder
from govindex.errors import SettingError, near_miss
from govindex.kernels import keys as kernels
from govindex.ranking.rankings import check_decimals

__all__ = ["Band", "Bands", "bands_by_quantile", "bands_by_start"]

Keys = npt.NDArray[np.int64]
_BAND_UNITS = ("points", "percent", "league_maximum", "quantile")
# The position of the part p among n sorted units, counted from 0.
_QUANTILES: dict[str, Callable[[int, float], float]] = {
    "linear": lambda n, p: (n - 1) * p,
    "weibull": lambda n, p: (n + 1) * p - 1,
    "hazen": lambda n, p: n * p - 0.5,
    "inverted_cdf": lambda n, p: np.ceil(round(n * p, 9)) - 1,
}


def _check_name(_: object, __: object, name: str) -> None:
    if not isinstance(name, str) or not name.strip():
        raise SettingError(f"a band's name is a text that is not blank, not {name!r}")


def _check_start(band: Band, _: object, start: float | None) -> None:
    plain = isinstance(start, (int, float, np.number)) and not isinstance(start, bool)
    if start is not None and not (plain and not np.isnan(start)):
        raise SettingError(f"band '{band.name}' starts from a number or None, not {start!r}")


@attrs.frozen
class Band:
    """A band and the score it starts from.

    Parameters
    ----------
    name : str
        The published name: "A", "Tốt" …
    start : float or None
        Where it starts, in the measure unit of :class:`Bands`; None for the lowest band.
    """

    name: str = attrs.field(validator=_check_name)
    start: float | None = attrs.field(default=None, validator=_check_start)


def _as_bands(
    bands: Iterable[Band | tuple[str, float | None]] | Mapping[str, float | None],
) -> tuple[Band, ...]:
    if isinstance(bands, str) or not isinstance(bands, Iterable):
        raise SettingError(f"bands are given as [(name, start), …], best first, not {bands!r}")
    return tuple(map(_as_band, bands.items() if isinstance(bands, Mapping) else bands))


def _as_band(band: Any) -> Band:
    if isinstance(band, Band):
        return band
    if not isinstance(band, (tuple, list)) or len(band) != 2:
        raise SettingError(f"a band is a pair (name, start), not {band!r}")
    return Band(*band)


@attrs.frozen
class Bands:
    """Classes of scores.

    Parameters
    ----------
    bands : sequence of Band or (name, start), or mapping of name to start
        From the best to the worst; the last may have no start and takes the rest.
    by : {"points", "percent", "league_maximum", "quantile"}
        What the starts are: printed points (or the common scale), percent of the unit's applicable
        maximum, percent of the largest applicable maximum in the unit's league, or percent of the
        ranked units of the unit's league (and period): 75 is the third quartile of what they are
        ranked by. Units that tie share a band. Units that are not ranked get a band too, unless
        there are no ranked units.
    closed : {"lower", "upper"}
        ``lower``: a band holds its start (≥ start); ``upper``: it holds its upper end (> start).
    decimals : int or None
        Classify the score printed with so many decimals; None takes the full score. Quantiles are
        those of the ranked score, at the decimals of the :class:`Ranking`.
    quantile : {"linear", "weibull", "hazen", "inverted_cdf"}
        The position of the part p among n sorted units, counted from 0: (n − 1)·p, as in
        PERCENTILE.INC of spreadsheets, numpy and R; (n + 1)·p − 1, as in PERCENTILE.EXC; n·p − ½;
        or the unit ⌈n·p⌉ − 1 itself. Only for quantile bands.

    Raises
    ------
    SettingError
        If starts do not fall from band to band, or a band other than the last has no start.

    References
    ----------
    Hyndman and Fan (1996), Sample quantiles in statistical packages, The American Statistician 50:
    definitions 7, 6, 5 and 1.

    Examples
    --------
    >>> bands = Bands([("A", 90), ("B", 80), ("C", None)], by="points")
    >>> bands.names
    ('A', 'B', 'C')
    >>> quartiles = Bands([("best", 75), ("middle", 25), ("poor", None)], by="quantile")
    >>> quartiles.peer_dependent
    True
    """

    bands: tuple[Band, ...] = attrs.field(converter=_as_bands)
    by: Literal["points", "percent", "league_maximum", "quantile"] = attrs.field(
        default="points", kw_only=True
    )
    closed: Literal["lower", "upper"] = attrs.field(default="lower", kw_only=True)
    decimals: int | None = attrs.field(default=None, validator=check_decimals, kw_only=True)
    quantile: Literal["linear", "weibull", "hazen", "inverted_cdf"] = attrs.field(
        default="linear", kw_only=True
    )

    def __attrs_post_init__(self) -> None:
        if not self.bands:
            raise SettingError("bands need at least one band")
        if not among(self.by, _BAND_UNITS):
            raise SettingError(f"bands do not go by '{self.by}': {near_miss(self.by, _BAND_UNITS)}")
        if not among(self.closed, ("lower", "upper")):
            raise SettingError(f"closed is 'lower' (≥) or 'upper' (>), not {self.closed!r}")
        open_ends = [band.name for band in self.bands[:-1] if band.start is None]
        if open_ends:
            raise SettingError(f"only the last band may have no start: {', '.join(open_ends)}")
        starts = [band.start for band in self.bands if band.start is not None]
        if any(not np.isfinite(start) for start in starts):
            raise SettingError(f"the starts of bands are finite numbers, not {starts}")
        if any(high <= low for high, low in pairwise(starts)):
            raise SettingError(f"the starts of bands fall from the best to the worst: {starts}")
        self._check_quantiles(starts)

    def _check_quantiles(self, starts: Sequence[float]) -> None:
        if not among(self.quantile, _QUANTILES):
            known = near_miss(self.quantile, _QUANTILES)
            raise SettingError(f"there is no quantile '{self.quantile}': {known}")
        if self.by != "quantile":
            if self.quantile != "linear":
                raise SettingError(
                    f"quantile={self.quantile!r} is for bands by 'quantile', not by '{self.by}'"
                )
            return
        outside = [start for start in starts if not 0 < start < 100]
        if outside:
            raise SettingError(
                "bands by quantile start between 0 and 100 percent of the units; the lowest has no "
                f"start; given: {outside}"
            )
        if self.decimals is not None:
            raise SettingError(
                "bands by quantile class what is ranked, so that ties share a band: give the "
                f"decimals to Ranking(decimals={self.decimals})"
            )

    @property
    def peer_dependent(self) -> bool:
        """Whether other units' data can move a unit's band though its score stays."""
        return self.by in ("league_maximum", "quantile")

    @property
    def names(self) -> tuple[str, ...]:
        """The bands' names, best first."""
        return tuple(band.name for band in self.bands)


def bands_by_start(
    bands: Bands, values: Float, scale: float, rounding: Rounder, *, one_sign: bool = False
) -> list[str | None]:
    """Return each value's band, None without a value or below the lowest start.

    Values are in the measure unit of the starts and compared as they are ranked: `scale` is the
    largest such value, `rounding` rounds to the bands' decimals, and `one_sign` says whether
    nothing cancels in the values.
    """
    if bands.decimals is not None:
        values = rounding(values)

    def keys(numbers: Float) -> Keys:
        return kernels.key_of(numbers, scale, one_sign=one_sign)

    starts = [
        None if band.start is None else keys(np.array([float(band.start)])) for band in bands.bands
    ]
    return _named(bands, keys(values), starts)


def bands_by_quantile(bands: Bands, keys: Keys, ranked: Bool) -> list[str | None]:
    """Return each unit's band by quantile, None without a score or if no unit is ranked.

    `keys` are what the units of one league (and period) are ranked by, larger for a higher score;
    quantiles are those of the `ranked` units.

    Examples
    --------
    >>> halves = Bands([("upper", 50), ("lower", None)], by="quantile")
    >>> bands_by_quantile(halves, np.array([5, 9, 5, 1]), np.ones(4, dtype=bool))
    ['upper', 'upper', 'upper', 'lower']
    """
    ordered = np.sort(keys[ranked & (keys != kernels.ABSENT)])
    if not ordered.size:
        return [None] * len(keys)
    starts = [
        None if band.start is None else ordered[_index(bands, len(ordered), band.start)]
        for band in bands.bands
    ]
    return _named(bands, keys, starts)


def _index(bands: Bands, count: int, start: float) -> int:
    # A start anywhere between two units separates them the same way.
    height = round(float(_QUANTILES[bands.quantile](count, start / 100.0)), 9)
    height = min(max(height, 0.0), count - 1.0)
    return int(np.ceil(height) if bands.closed == "lower" else np.floor(height))


def _named(bands: Bands, keys: Keys, starts: Sequence[Any]) -> list[str | None]:
    names: list[str | None] = [None] * len(keys)
    for band, start in zip(reversed(bands.bands), reversed(starts), strict=True):
        inside = keys != kernels.ABSENT
        if start is not None:
            inside &= keys >= start if bands.closed == "lower" else keys > start
        for index in np.flatnonzero(inside):
            names[index] = band.name
    return names

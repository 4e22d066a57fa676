"""How ranks and bands are given."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import Bool, Float, Rounder
from govindex.errors import SettingError, near_miss
from govindex.kernels import keys as kernels
from govindex.kernels.memory import Memory
from govindex.kernels.rounding import snap
from govindex.names import as_code
from govindex.renamed import guide

__all__ = [
    "Band",
    "Bands",
    "Ranking",
    "as_ranks",
    "chained_keys",
    "node_keys",
    "rank_labels",
    "ranking_at",
    "score_keys",
    "tie_break_loops",
]

Ties = Literal["competition", "dense", "max", "average", "ordinal"]
_TIES = ("competition", "dense", "max", "average", "ordinal")
By = Literal["share", "points"]
_BAND_UNITS = ("points", "percent", "league_maximum", "quantile")
# Where the part p of n sorted units lies, counted from 0: above it when it falls between two.
_QUANTILES: dict[str, Callable[[int, float], float]] = {
    "linear": lambda n, p: (n - 1) * p,
    "weibull": lambda n, p: (n + 1) * p - 1,
    "hazen": lambda n, p: n * p - 0.5,
    "inverted_cdf": lambda n, p: np.ceil(round(n * p, 9)) - 1,
}


def _check_ties(_: object, __: object, ties: str) -> None:
    if not among(ties, _TIES):
        raise SettingError(f"there is no tie rule '{ties}': {near_miss(ties, _TIES)}")


def _check_by(_: object, __: object, by: str) -> None:
    if not among(by, ("share", "points")):
        raise SettingError(f"ranking goes by 'share' or 'points', not {by!r}")


def _check_decimals(_: object, __: object, decimals: int | None) -> None:
    whole = isinstance(decimals, int) and not isinstance(decimals, bool)
    if decimals is not None and not (whole and 0 <= decimals <= 9):
        raise SettingError(f"ranking decimals are a whole number from 0 to 9, not {decimals!r}")


def _codes(codes: str | Sequence[str]) -> tuple[str, ...]:
    if not isinstance(codes, Iterable):
        raise SettingError(f"tie_break names nodes by their codes, not {codes!r}")
    return tuple(map(as_code, (codes,) if isinstance(codes, str) else codes))


@attrs.frozen(kw_only=True)
class Ranking:
    """How scores become ranks; 1 is the best.

    Parameters
    ----------
    ties : {"competition", "dense", "max", "average", "ordinal"}
        competition 1, 2, 2, 4 · dense 1, 2, 2, 3 · max 1, 3, 3, 4 · average 1, 2.5, 2.5, 4 ·
        ordinal 1, 2, 3, 4, ties that the tie-break leaves in the order of the units' codes.
    decimals : int or None
        Rank what is printed with so many decimals; None ranks the full score: equal to ten digits
        of the scale is equal, and above the scale, or where nothing cancels, equal to ten digits of
        the score itself.
    by : {"share", "points"}
        Where a maximum has shrunk: the share of the applicable maximum, or the points themselves.
    best : {"highest", "lowest"}
        Which end is first: a risk index puts the lowest score first.
    tie_break : tuple of str
        Codes of nodes whose scores decide between equal scores, one after the other.

    Examples
    --------
    >>> Ranking(decimals=2).ties
    'competition'
    """

    ties: Ties = attrs.field(default="competition", validator=_check_ties)
    decimals: int | None = attrs.field(default=None, validator=_check_decimals)
    by: By = attrs.field(default="share", validator=_check_by)
    best: Literal["highest", "lowest"] = attrs.field(default="highest")
    tie_break: tuple[str, ...] = attrs.field(default=(), converter=_codes)

    def __attrs_post_init__(self) -> None:
        if not among(self.best, ("highest", "lowest")):
            raise SettingError(f"best is 'highest' or 'lowest', not {self.best!r}")


def score_keys(
    printed: Float,
    maximum: Float | float,
    ranking: Ranking,
    rounding: Rounder,
    memory: Memory | None = None,
    *,
    times: Float | float = 1.0,
    one_sign: bool = False,
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the integer keys that scores are ranked by.

    Parameters
    ----------
    printed : array, shape (…, units)
        Scores in the printed unit, or shares that `times` makes such scores of; NaN where there is
        none.
    maximum : array or float
        The node's scale: the methodology's, never the sample's.
    ranking : Ranking
        Its `decimals` choose between the full and the printed score.
    rounding : Rounder
        How the printed score is rounded to `ranking.decimals`.
    memory : Memory, optional
        Holds the keys until others are asked for.
    times : array or float
        What scores are multiplied with first, if the full score is ranked.
    one_sign : bool
        Whether nothing cancels in the scores, as their parts promise.
    """
    if ranking.decimals is None:
        found = kernels.key_of(printed, _size(maximum), memory, times=times, one_sign=one_sign)
    else:
        if ranking.decimals != rounding.decimals:
            rounding = attrs.evolve(rounding, decimals=ranking.decimals)  # type: ignore[misc]
        found = kernels.printed_key(rounding(printed), ranking.decimals)
    if ranking.best == "lowest":
        return np.where(found == kernels.ABSENT, found, -found)
    return found


def _size(maximum: Float | float) -> Float | float:
    """Return what a full score is, 1 at a node without points."""
    if np.ndim(maximum) == 0:
        return float(maximum) if maximum > 0 else 1.0
    return np.where(maximum > 0, maximum, 1.0)


def ranking_at(own: Ranking | None, general: Ranking, *, total: bool) -> Ranking:
    """Return the ranking in force at a node, given its own and the methodology's."""
    if own is not None:
        return own
    # The methodology's tie-break decides the total, not the nodes that it looks at.
    return general if total else attrs.evolve(general, tie_break=())


def node_keys(
    shares: Float,
    applicable: Float | float,
    maximum: Float | float,
    ranking: Ranking,
    printing: Rounder,
    memory: Memory | None = None,
    *,
    one_sign: bool = False,
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the integer keys that units are ranked by at a node, ties not broken.

    Parameters
    ----------
    shares : array, shape (…, units)
        Attained share of the applicable maximum, NaN without a score.
    applicable : array or float
        Part of the maximum that applies.
    maximum : array or float
        The printed score of a share of 1.
    ranking : Ranking
    printing : Rounder
        How scores are rounded where the ranking goes by what is printed.
    memory : Memory, optional
        Holds the keys until others are asked for.
    one_sign : bool
        Whether nothing cancels in the scores, as their parts promise.
    """
    comparable = shares if ranking.by == "share" else shares * applicable
    size = _size(maximum)
    if ranking.decimals is None:
        return score_keys(
            comparable, size, ranking, printing, memory, times=size, one_sign=one_sign
        )
    return score_keys(snap(comparable * size, size), size, ranking, printing, memory)


def chained_keys(
    code: str,
    ranking_of: Callable[[str], Ranking],
    outcome_of: Callable[[str], tuple[Float, Float | float, Float | float]],
    printing: Rounder,
    memory: Memory | None = None,
    *,
    of_one_sign: Container[str] = (),
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the keys of a node, its ties broken by the nodes that its ranking names.

    Parameters
    ----------
    code : str
    ranking_of : callable
        A node's ranking, by its code.
    outcome_of : callable
        A node's shares of shape (…, units), applicable part and maximum, by its code.
    printing : Rounder
        As of :func:`node_keys`.
    memory : Memory, optional
        Holds the keys until others are asked for.
    of_one_sign : container of str
        The nodes in whose scores nothing cancels.
    """
    ranking = ranking_of(code)
    own = (*outcome_of(code), ranking, printing)
    one_sign = code in of_one_sign
    if not ranking.tie_break:
        return node_keys(*own, memory, one_sign=one_sign)
    found = node_keys(*own, one_sign=one_sign)
    absent = found == kernels.ABSENT
    for other in ranking.tie_break:
        then = chained_keys(other, ranking_of, outcome_of, printing, of_one_sign=of_one_sign)
        found = kernels.merge_keys(found, then)
    return np.where(absent, kernels.ABSENT, found)


def tie_break_loops(links: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a sentence for every node whose ties would be broken by the node itself.

    Parameters
    ----------
    links : mapping of code to sequence of codes
        The nodes that decide between equal scores of a node.

    Examples
    --------
    >>> list(tie_break_loops({"a": ["b"], "b": ["a"], "c": ["a"]}))[0]
    "tie_break: the ties of 'a' are to be broken by 'a' itself"
    """
    for code in links:
        found = list(links[code])
        for other in found:
            found += [link for link in links.get(other, ()) if link not in found]
        if code in found:
            yield f"tie_break: the ties of '{code}' are to be broken by '{code}' itself"


def rank_labels(ranks: Float) -> list[str]:
    """Return ranks as text, "=12" where several units share one.

    Examples
    --------
    >>> rank_labels(np.array([1.0, 2.0, 2.0, np.nan]))
    ['1', '=2', '=2', '']
    """
    values, index, counts = np.unique(ranks, return_inverse=True, return_counts=True)
    texts = ["" if value != value else f"{value:.15g}" for value in values.tolist()]
    shared = [
        f"={text}" if count > 1 and text else text
        for text, count in zip(texts, counts.tolist(), strict=True)
    ]
    return [shared[i] for i in index.tolist()]


def as_ranks(ranks: Float) -> Any:
    """Return ranks as whole numbers if they all are, missing where there is none.

    Examples
    --------
    >>> as_ranks(np.array([1.0, 2.0, np.nan]))
    <IntegerArray>
    [1, 2, <NA>]
    Length: 3, dtype: Int64
    """
    import pandas as pd

    gone = np.isnan(ranks)
    known = np.where(gone, 1.0, ranks)
    if np.any(known % 1.0):
        return pd.arrays.FloatingArray(known, gone)
    return pd.arrays.IntegerArray(known.astype(np.int64), gone)


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
        What is announced: "A", "Tốt" …
    start : float or None
        Where it starts, in the measure unit of :class:`Bands`; None for the lowest band.
    """

    name: str = attrs.field(validator=_check_name)
    start: float | None = attrs.field(default=None, validator=_check_start)


def _as_bands(bands: Any) -> tuple[Band, ...]:
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
        ranked by. Units that tie share a band; units that are not ranked get one, and nobody where
        nobody is ranked.
    closed : {"lower", "upper"}
        ``lower``: a band holds its start (≥ start); ``upper``: it holds its upper end (> start).
    decimals : int or None
        Classify what is printed with so many decimals; None takes the full score. Quantiles are
        those of what is ranked, at the decimals of the :class:`Ranking`.
    quantile : {"linear", "weibull", "hazen", "inverted_cdf"}
        Where, in n sorted units counted from 0, the part p begins: (n − 1)·p, as PERCENTILE.INC of
        spreadsheets, numpy and R have it; (n + 1)·p − 1, as PERCENTILE.EXC; n·p − ½; or at the unit
        ⌈n·p⌉ − 1 itself. Only quantile bands ask for it.

    Raises
    ------
    SettingError
        If starts do not fall from band to band, or a band other than the last has none.

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
    decimals: int | None = attrs.field(default=None, validator=_check_decimals, kw_only=True)
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

    def classify(
        self, values: Float, scale: float, rounding: Rounder, *, one_sign: bool = False
    ) -> list[str | None]:
        """Return each value's band, None where there is no value or no band that low.

        Parameters
        ----------
        values : array, shape (units,)
            In the measure unit of the starts.
        scale : float
            The largest such value: values are compared as they are ranked.
        rounding : Rounder
            How values are rounded to `decimals`.
        one_sign : bool
            Whether nothing cancels in the values, as their parts promise.

        Raises
        ------
        SettingError
            For bands by quantile, which need the peers: :meth:`classify_among`.
        """
        if self.by == "quantile":
            raise SettingError("bands by quantile look at the ranked units: use classify_among")
        if self.decimals is not None:
            values = rounding(values)

        def keys(numbers: Float) -> np.ndarray[Any, np.dtype[np.int64]]:
            return kernels.key_of(numbers, scale, one_sign=one_sign)

        found = keys(values)
        starts = [
            None if band.start is None else keys(np.array([float(band.start)]))
            for band in self.bands
        ]
        return self._named(found, starts)

    def classify_among(
        self, keys: np.ndarray[Any, np.dtype[np.int64]], ranked: Bool
    ) -> list[str | None]:
        """Return each unit's band by quantile, None without a score or where nobody is ranked.

        Parameters
        ----------
        keys : array of int64, shape (units,)
            What the units of one league (and period) are ranked by, larger for a higher score.
        ranked : array of bool, shape (units,)
            Whose keys the quantiles are of.

        Examples
        --------
        >>> halves = Bands([("upper", 50), ("lower", None)], by="quantile")
        >>> halves.classify_among(np.array([5, 9, 5, 1]), np.ones(4, dtype=bool))
        ['upper', 'upper', 'upper', 'lower']
        """
        ordered = np.sort(keys[ranked & (keys != kernels.ABSENT)])
        if not ordered.size:
            return [None] * len(keys)
        starts = [
            None if band.start is None else ordered[self._index(len(ordered), band.start)]
            for band in self.bands
        ]
        return self._named(keys, starts)

    def _index(self, count: int, start: float) -> int:
        # A start between two units divides them wherever it lies: whole ranks decide everything.
        height = round(float(_QUANTILES[self.quantile](count, start / 100.0)), 9)
        height = min(max(height, 0.0), count - 1.0)
        return int(np.ceil(height) if self.closed == "lower" else np.floor(height))

    def _named(
        self, keys: np.ndarray[Any, np.dtype[np.int64]], starts: Sequence[Any]
    ) -> list[str | None]:
        names: list[str | None] = [None] * len(keys)
        for band, start in zip(reversed(self.bands), reversed(starts), strict=True):
            inside = keys != kernels.ABSENT
            if start is not None:
                inside &= keys >= start if self.closed == "lower" else keys > start
            for index in np.flatnonzero(inside):
                names[index] = band.name
        return names


if not TYPE_CHECKING:  # or types would accept any name
    __getattr__ = guide(__name__)

"""Relative rules of order: ranks, percentile ranks, Borda counts, normal and exponential scores."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import Float
from govindex.errors import SettingError
from govindex.kernels.order import normal_scores
from govindex.rules.common import INFINITE, finite
from govindex.rules.peers import shared_last
from govindex.rules.standings import OrderRule

__all__ = ["Borda", "ExponentialRank", "NormalScores", "PercentRank", "Rank"]

# The share of the better of two peers; among more peers the best gets more.
_LEAST_TOP = 0.6744
_LEAST_DECAY = 0.03  # below it, exp(−1/decay) is lost in 1 − r·(1 − exp(−1/decay))


@attrs.frozen(field_transformer=shared_last)
class Rank(OrderRule):
    """The rank counted from the worst: 1 for the worst peer, n for the best of n.

    ``n + 1 − rank``, where rank 1 is the best. Only the order of values counts, not their
    distance. A view with this rule prints the rank itself, whatever its maximum or the scale.

    Parameters
    ----------
    ties : {"average", "competition", "max"}
        How units with equal values share their ranks as :class:`~govindex.Ranking`
        shares ranks: of 9, 5, 5 and 1 the ranks 1, 2.5, 2.5, 4 (``average``), 1, 2, 2, 4
        (``competition``) or 1, 3, 3, 4 (``max``), so that the equal values earn 2.5, 3 or 2.
        ``average`` keeps the sum of all ranks.
    over
        As in :class:`MinMax`. Units outside the population get the rank that they would have in it.
    degenerate
        As in :class:`MinMax`.

    References
    ----------
    OECD/JRC, Handbook on Constructing Composite Indicators (2008), section 5 (normalisation),
    ranking.

    Examples
    --------
    >>> from govindex.contracts import Scope
    >>> Rank()(np.array([9.0, 5.0, 5.0, 1.0]), Scope())
    array([4. , 2.5, 2.5, 1. ])
    >>> Rank("competition")(np.array([9.0, 5.0, 5.0, 1.0]), Scope(direction="lower"))
    array([1., 3., 3., 4.])
    """

    gives_ranks: ClassVar[bool] = True
    _noun: ClassVar[str] = "a rank"

    @property
    def monotone(self) -> bool:
        """Whether the share of equal peers never turns a gain into a loss."""
        return self._degenerate_between(1.0, 2.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """From 1, or the share of degenerate populations."""
        return self._bounds_with(1.0, np.inf)


@attrs.frozen(field_transformer=shared_last)
class Borda(OrderRule):
    """How many peers a unit beats: ``n − rank``, a tie counting one half.

    A view with this rule prints the count itself, whatever its maximum or the scale.

    Parameters
    ----------
    ties : {"average", "competition", "max"}
        How units with equal values share their ranks, as in :class:`Rank`; with ``competition``
        a tie counts as a win, with ``max`` as a defeat.
    over, degenerate
        As in :class:`Rank`.

    References
    ----------
    J.-C. de Borda, Mémoire sur les élections au scrutin, Histoire de l'Académie royale des
    sciences (1781).

    Examples
    --------
    >>> from govindex.contracts import Scope
    >>> Borda()(np.array([9.0, 5.0, 5.0, 1.0]), Scope())
    array([3. , 1.5, 1.5, 0. ])
    """

    gives_ranks: ClassVar[bool] = True
    _noun: ClassVar[str] = "a Borda count"

    @property
    def monotone(self) -> bool:
        """Whether the share of equal peers never turns a gain into a loss."""
        return self._degenerate_between(0.0, 1.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0, or the share of degenerate populations."""
        return self._bounds_with(0.0, np.inf)

    def _share(self, rank: Float, count: Float) -> Float:
        return rank - 1.0


@attrs.frozen(field_transformer=shared_last)
class PercentRank(OrderRule):
    """The part of the peers that a unit beats: ``(n − rank) / (n − 1)``.

    0 for the worst and 1 for the best peer, whatever their number.

    Parameters
    ----------
    ties : {"average", "competition", "max"}
        How units with equal values share their ranks, as in :class:`Rank`; with ``max`` this is
        PERCENTRANK.INC of spreadsheets.
    over, degenerate
        As in :class:`Rank`.

    Examples
    --------
    >>> from govindex.contracts import Scope
    >>> PercentRank()(np.array([9.0, 5.0, 5.0, 1.0]), Scope())
    array([1. , 0.5, 0.5, 0. ])
    """

    _noun: ClassVar[str] = "a percentile rank"

    @property
    def monotone(self) -> bool:
        """Whether the share of equal peers never turns a gain into a loss."""
        return self._degenerate_between(0.0, 1.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """0 and 1, or the share of degenerate populations."""
        return self._bounds_with(0.0, 1.0)

    def _share(self, rank: Float, count: Float) -> Float:
        with np.errstate(invalid="ignore", divide="ignore"):
            return (rank - 1.0) / (count - 1.0)


@attrs.frozen(field_transformer=shared_last)
class NormalScores(OrderRule):
    """The normal quantile of the rank: ``Φ⁻¹((r − ½) / n)``, r = 1 for the worst of n peers.

    Whatever the distribution of the values, the shares are distributed normally around 0 with a
    standard deviation near 1.

    Parameters
    ----------
    ties : {"average", "competition", "max"}
        How units with equal values share their ranks, as in :class:`Rank`.
    over, degenerate
        As in :class:`Rank`.

    Examples
    --------
    >>> from govindex.contracts import Scope
    >>> NormalScores()(np.array([9.0, 5.0, 5.0, 1.0]), Scope()).round(3)
    array([ 1.15,  0.  ,  0.  , -1.15])
    """

    bounds: ClassVar[tuple[float, float]] = INFINITE
    _noun: ClassVar[str] = "a normal score"

    @property
    def monotone(self) -> bool:
        """Whether the share of equal peers never turns a gain into a loss."""
        return self._degenerate_between(-_LEAST_TOP, _LEAST_TOP)

    def _share(self, rank: Float, count: Float) -> Float:
        return normal_scores(rank, count)


@attrs.frozen(field_transformer=shared_last)
class ExponentialRank(OrderRule):
    """The exponential transform of ranks: ``−d·ln(1 − r·(1 − exp(−1/d)))``, r the rank over n.

    Ranks are counted from the worst, and r is 1 for the best of n. Ranks near the best lie far
    apart and others close together, so that in a mean a low share in one indicator takes little
    from a high one in another. Indices of deprivation have the decay 0.23 on a scale of 100:
    ``−23·ln(1 − r·(1 − exp(−100/23)))``, by which the most deprived tenth of the areas lies
    between 50 and 100. There the most deprived area is the best: the direction of an indicator that
    counts the deprived is ``higher``.

    Parameters
    ----------
    decay : float
        Above 0; the smaller it is, the farther apart are the ranks near the best.
    ties : {"average", "competition", "max"}
        How units with equal values share their ranks, as in :class:`Rank`.
    over, degenerate
        As in :class:`Rank`.

    Raises
    ------
    SettingError
        If the decay is not above 0, or so small that shares of most ranks would be equal.

    References
    ----------
    Scottish Indices of Deprivation 2003 (Scottish Executive, 2003), appendix 5: the formula, ranks
    scaled to 1/n … 1, and a tenth of the areas above 50, compared with its text. McLennan, D. et
    al., The English Indices of Deprivation 2019, technical report (Ministry of Housing, Communities
    and Local Government, 2019), takes the same transformation; which appendix says so could not be
    confirmed.

    Examples
    --------
    >>> from govindex.contracts import Scope
    >>> ExponentialRank()(np.arange(1.0, 11.0), Scope())[[0, 4, 8, 9]].round(3)
    array([0.024, 0.156, 0.504, 1.   ])
    """

    _noun: ClassVar[str] = "an exponential score"
    decay: float = attrs.field(default=0.23, validator=finite)

    def __attrs_post_init__(self) -> None:
        if self.decay < _LEAST_DECAY:
            raise SettingError(
                f"ExponentialRank needs a decay of at least {_LEAST_DECAY:g}, not {self.decay!r}"
            )

    @property
    def monotone(self) -> bool:
        """Whether the share of equal peers never turns a gain into a loss."""
        # The worse of two peers has the rank 1 of 2; among more the worst gets less.
        worse = float(self._share(np.array(1.0), np.array(2.0)))
        return self._degenerate_between(worse, 1.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """0 and 1, or the share of degenerate populations."""
        return self._bounds_with(0.0, 1.0)

    def _share(self, rank: Float, count: Float) -> Float:
        with np.errstate(invalid="ignore", divide="ignore"):
            part = rank / count
            share = -self.decay * np.log1p(part * np.expm1(-1.0 / self.decay))
        return np.asarray(np.where(part == 1.0, 1.0, share))

"""Scores as whole numbers: equal numbers tie."""

from __future__ import annotations

from collections.abc import Callable, Container

import attrs
import numpy as np
import numpy.typing as npt

from govindex.contracts import Float, Rounder
from govindex.kernels import keys as kernels
from govindex.kernels.memory import Memory
from govindex.kernels.rounding import snap
from govindex.ranking.ties import Ranking

__all__ = ["chained_keys", "node_keys", "score_keys"]

Keys = npt.NDArray[np.int64]


def score_keys(
    printed: Float,
    maximum: Float | float,
    ranking: Ranking,
    rounding: Rounder,
    memory: Memory | None = None,
    *,
    times: Float | float = 1.0,
    one_sign: bool = False,
) -> Keys:
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


def node_keys(
    shares: Float,
    applicable: Float | float,
    maximum: Float | float,
    ranking: Ranking,
    printing: Rounder,
    memory: Memory | None = None,
    *,
    one_sign: bool = False,
) -> Keys:
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
) -> Keys:
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

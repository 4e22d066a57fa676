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
    """Return the integer keys that scores are ranked by, shape (…, units).

    `printed` are scores in the printed unit or, if the full score is ranked, shares that `times`
    turns into such scores; `maximum` is the node's scale: the methodology's, never the sample's.
    `one_sign` says whether nothing cancels in the scores; `memory` caches the keys.
    """
    if ranking.decimals is None:
        keys = kernels.key_of(printed, _size(maximum), memory, times=times, one_sign=one_sign)
    else:
        if ranking.decimals != rounding.decimals:
            rounding = attrs.evolve(rounding, decimals=ranking.decimals)  # type: ignore[misc]
        keys = kernels.printed_key(rounding(printed), ranking.decimals)
    if ranking.best == "lowest":
        return np.where(keys == kernels.ABSENT, keys, -keys)
    return keys


def _size(maximum: Float | float) -> Float | float:
    """Return the full score, 1 at a node without points."""
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

    `shares` are those of the applicable maximum, NaN without a score; `applicable` is the part of
    the maximum that applies, `maximum` the printed score of a share of 1. For the others see
    :func:`score_keys`.
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

    `ranking_of` gives a node's ranking, `outcome_of` its shares, applicable part and maximum;
    `of_one_sign` are the nodes in whose scores nothing cancels.
    """
    ranking = ranking_of(code)
    scores = (*outcome_of(code), ranking, printing)
    one_sign = code in of_one_sign
    if not ranking.tie_break:
        return node_keys(*scores, memory, one_sign=one_sign)
    keys = node_keys(*scores, one_sign=one_sign)
    absent = keys == kernels.ABSENT
    for other in ranking.tie_break:
        other_keys = chained_keys(other, ranking_of, outcome_of, printing, of_one_sign=of_one_sign)
        keys = kernels.merge_keys(keys, other_keys)
    return np.where(absent, kernels.ABSENT, keys)

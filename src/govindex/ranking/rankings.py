"""Rankings: ties, precision and direction, and the whole numbers that scores are ranked by."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from govindex.checks import among
from govindex.contracts import Float, Rounder
from govindex.errors import SettingError, near_miss
from govindex.kernels import keys as kernels
from govindex.kernels.memory import Memory
from govindex.kernels.rounding import snap
from govindex.names import as_code

__all__ = [
    "Ranking",
    "chained_keys",
    "check_decimals",
    "node_keys",
    "ranking_at",
    "score_keys",
    "tie_break_loops",
]

Keys = npt.NDArray[np.int64]

Ties = Literal["competition", "dense", "max", "average", "ordinal"]
_TIES = ("competition", "dense", "max", "average", "ordinal")
By = Literal["share", "points"]


def _check_ties(_: object, __: object, ties: str) -> None:
    if not among(ties, _TIES):
        raise SettingError(f"there is no tie rule '{ties}': {near_miss(ties, _TIES)}")


def _check_by(_: object, __: object, by: str) -> None:
    if not among(by, ("share", "points")):
        raise SettingError(f"ranking goes by 'share' or 'points', not {by!r}")


def check_decimals(_: object, __: object, decimals: int | None) -> None:
    """Refuse decimals that are not a whole number from 0 to 9."""
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
        Rank the score printed with so many decimals; None ranks the full score: equal to ten digits
        of the scale is equal, and above the scale, or where nothing cancels, equal to ten digits of
        the score itself.
    by : {"share", "points"}
        If a maximum has shrunk: the share of the applicable maximum, or the points.
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
    decimals: int | None = attrs.field(default=None, validator=check_decimals)
    by: By = attrs.field(default="share", validator=_check_by)
    best: Literal["highest", "lowest"] = attrs.field(default="highest")
    tie_break: tuple[str, ...] = attrs.field(default=(), converter=_codes)

    def __attrs_post_init__(self) -> None:
        if not among(self.best, ("highest", "lowest")):
            raise SettingError(f"best is 'highest' or 'lowest', not {self.best!r}")


def ranking_at(node_ranking: Ranking | None, general: Ranking, *, total: bool) -> Ranking:
    """Return the ranking that applies at a node, given its own and the methodology's."""
    if node_ranking is not None:
        return node_ranking
    # The methodology's tie-break decides the total, not the nodes that it looks at.
    return general if total else attrs.evolve(general, tie_break=())


def tie_break_loops(links: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a message for every node whose ties would be broken by the node itself.

    `links` are the nodes that decide between equal scores of each node.

    Examples
    --------
    >>> list(tie_break_loops({"a": ["b"], "b": ["a"], "c": ["a"]}))[0]
    "tie_break: the ties of 'a' are to be broken by 'a' itself"
    """
    for code in links:
        deciding = list(links[code])
        for other in deciding:
            deciding += [link for link in links.get(other, ()) if link not in deciding]
        if code in deciding:
            yield f"tie_break: the ties of '{code}' are to be broken by '{code}' itself"


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

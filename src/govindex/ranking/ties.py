"""Ties, precision and direction: how scores become ranks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import attrs

from govindex.checks import among
from govindex.errors import SettingError, near_miss
from govindex.names import as_code

__all__ = ["Ranking", "check_decimals", "ranking_at", "tie_break_loops"]

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

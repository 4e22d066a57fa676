"""The base of rules of order, and a rank among fixed values: the form of frozen ranks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among, number
from govindex.contracts import BaseRule, Curve, Direction, Float, Rule, Scope, completed
from govindex.errors import SettingError, near_miss
from govindex.kernels.order import standing
from govindex.rules.common import comparable
from govindex.rules.peers import Group, PeerRule, shared_last

__all__ = ["OrderRule", "RankAmong"]

Ties = Literal["competition", "average", "max"]
_TIES = ("competition", "average", "max")


def _check_ties(_: object, __: object, ties: str) -> None:
    if not among(ties, _TIES):
        raise SettingError(f"there is no way to share a rank '{ties}': {near_miss(ties, _TIES)}")


def _rank(below: Float, upto: Float, count: Float, ties: Ties) -> Float:
    """Return ranks from the worst, 1 … n, given how many are worse (`below`), not better (`upto`).

    A unit outside the population gets the rank that its value would have in it, at most that of
    the extremes.
    """
    rank = upto if ties == "competition" else below + 1.0
    if ties == "average":
        rank = (rank + upto) / 2.0
    return np.clip(rank, 1.0, np.maximum(count, 1.0))


@attrs.frozen(field_transformer=shared_last)
class OrderRule(PeerRule):
    """The base of rules of order; each turns a rank into a share."""

    ties: Ties = attrs.field(default="average", validator=_check_ties)

    def _share(self, rank: Float, count: Float) -> Float:
        """Return the share of a rank, counted from the worst of `count` peers."""
        return rank

    def _score(self, group: Group, scope: Scope) -> Float:
        keys = comparable(group.values, scope)
        turned = -keys if scope.direction == "lower" else keys
        below, upto, count = standing(turned, group.reference)
        return self._among(below, upto, count)

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        known = group.values[group.reference & ~np.isnan(group.values)]
        # Values that are equal on paper are one value, the first of them.
        _, first, members = np.unique(
            comparable(known, scope), return_index=True, return_counts=True
        )
        alone = attrs.evolve(self, over="all", degenerate="error")
        return RankAmong(alone, known[first], frequencies=members, direction=scope.direction)

    def _among(self, below: Float, upto: Float, count: Float) -> Float:
        """Return shares, given how many peers are worse, not better, and how many there are."""
        return self._share(_rank(below, upto, count, self.ties), count)


def _of_order(_: object, __: object, rule: Any) -> None:
    if not isinstance(rule, OrderRule):
        raise SettingError(
            "RankAmong needs a rule of order, such as PercentRank() or Rank(), not " + repr(rule)
        )
    if rule.over != "all" or rule.degenerate != "error":
        raise SettingError(
            f"RankAmong(…) has its own population: {rule!r} needs neither over nor degenerate"
        )


def _numbers(values: Any, what: str) -> Float:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise SettingError(f"{what} of RankAmong are numbers, not {values!r}")
    listed = list(values)
    numbers = np.array([number(value, f"one of the {what}") for value in listed], dtype=np.float64)
    return numbers + 0.0  # no negative zero


def _frequencies(given: Any, values: Float) -> Float:
    if given is None:
        return np.ones(len(values))
    numbers = _numbers(given, "frequencies")
    if len(numbers) != len(values) or (numbers < 1).any() or (numbers % 1 != 0).any():
        raise SettingError(
            "frequencies of RankAmong are whole numbers from 1, one for each of "
            f"{len(values)} values"
        )
    return numbers


def _shown(values: tuple[Any, ...]) -> str:
    if len(values) <= _MOST_SHOWN:
        return repr(values)
    return f"<{len(values)} numbers from {min(values):g} to {max(values):g}>"


_MOST_SHOWN = 20


@attrs.frozen(init=False)
class RankAmong(BaseRule):
    """The rank among fixed values: those of a population that is not scored, or of another year.

    A rule of order becomes this rule when it is anchored: a value earns what it would have earned
    among the reference.

    Parameters
    ----------
    rule : Rank, PercentRank, Borda, NormalScores or ExponentialRank
        How a rank becomes a share, and how ties share ranks; a value that equals none of the values
        ties with nobody.
    values : iterable of float
        The population, in the indicator's measure unit and in any order: at least two distinct
        values. Measured values equal one of them exactly, computed shares within the snap.
    frequencies : iterable of int, optional
        How often each value occurs; by default as often as it is given.
    direction : {"higher", "lower"}
        Which values are better. Like other absolute rules it does not read the indicator's
        direction.

    Raises
    ------
    SettingError
        If there are no two distinct values, one is absent or no finite number, or a count is no
        whole number from 1.

    Examples
    --------
    >>> import numpy as np
    >>> from govindex.rules import PercentRank
    >>> RankAmong(PercentRank(), [9, 5, 5, 1])(np.array([9.0, 5.0, 6.0, 0.0]), Scope())
    array([1.        , 0.5       , 0.83333333, 0.        ])
    """

    compares: ClassVar[bool] = True
    rule: Rule = attrs.field(validator=_of_order)
    values: tuple[float, ...] = attrs.field(repr=_shown)
    frequencies: tuple[int, ...] | None = attrs.field(default=None, repr=False)
    direction: Direction = "higher"

    def __init__(
        self,
        rule: Rule,
        values: Iterable[float],
        frequencies: Iterable[int] | None = None,
        direction: Direction = "higher",
    ) -> None:
        if not among(direction, ("higher", "lower")):
            raise SettingError(
                f"direction is 'higher' or 'lower', not {direction!r}: which values are better"
            )
        numbers = _numbers(values, "values")
        distinct, rows = np.unique(numbers, return_inverse=True)
        often = np.bincount(rows, weights=_frequencies(frequencies, numbers)).astype(np.intp)
        if len(distinct) < 2:
            raise SettingError("RankAmong needs two distinct values at least")
        several = tuple(often.tolist()) if (often > 1).any() else None
        self.__attrs_init__(rule, tuple(distinct.tolist()), several, direction)

    @property
    def monotone(self) -> bool:
        """Whether higher values are better."""
        return self.direction == "higher"

    @property
    def falling(self) -> bool:
        """Whether lower values are better."""
        return not self.monotone

    @property
    def gives_ranks(self) -> bool:
        """Whether its rule gives ranks or counts."""
        return completed(self.rule, BaseRule).gives_ranks

    @property
    def bounds(self) -> tuple[float, float]:
        """The shares of values beyond the ends."""
        ends = self._shares(np.array([-np.inf, np.inf]), np.array(self.values))
        return (float(ends.min()), float(ends.max()))

    def curve(self, maximum: float) -> Curve:
        """Return the stairs: level, with a jump at each value."""
        low, high = self.bounds
        return Curve(bends=self.values, slope=0.0, jump=high - low)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the share of each value's rank."""
        keys, edges = (comparable(x, scope) for x in (values, np.array(self.values)))
        return np.where(np.isnan(values), np.nan, self._shares(keys, edges))

    def _shares(self, keys: Float, edges: Float) -> Float:
        often = (
            np.ones(len(edges)) if self.frequencies is None else np.array(self.frequencies, float)
        )
        passed = np.concatenate([[0.0], np.cumsum(often)])
        below = passed[np.searchsorted(edges, keys, "left")]
        upto = passed[np.searchsorted(edges, keys, "right")]
        count = passed[-1:]
        if self.direction == "lower":
            below, upto = count - upto, count - below
        assert isinstance(self.rule, OrderRule)
        return np.asarray(self.rule._among(below, upto, count))

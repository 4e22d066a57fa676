"""Relative rules of distance: to the best peer, to a unit or to a target."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.checks import boolean
from govindex.contracts import Float, LocatedPeers, Rule, Scope
from govindex.errors import SettingError
from govindex.rules.chain import Chain
from govindex.rules.common import finite
from govindex.rules.goalposts import Goalposts
from govindex.rules.lines import Clip
from govindex.rules.peers import Group, PeerRule, among_peers, shared_last

__all__ = ["DistanceToMax", "DistanceToReference", "DistanceToTarget"]


class _Distance(PeerRule):
    """The part of the way from the worst peer (0) to a goal (1)."""

    cap: bool

    @property
    def monotone(self) -> bool:
        """Whether degenerate populations get a share from 0 to 1."""
        return self._degenerate_between(0.0, 1.0)

    @property
    def most(self) -> float:
        """The largest share: 1 if capped, else infinite."""
        return 1.0 if self.cap else np.inf

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0, unless units outside the population may lie below, to the largest share."""
        return self._bounds_with(-np.inf if self.over == "ranked" else 0.0, self.most)

    @property
    def full_share(self) -> float:
        """The share of a unit at the goal, which others may exceed if shares are not capped."""
        return 1.0

    def _goal(self, group: Group, scope: Scope) -> Any:
        """Return the value that earns 1."""
        raise NotImplementedError

    def _score(self, group: Group, scope: Scope) -> Float:
        return self._part_of_way(group, scope, self._goal(group, scope))

    def _part_of_way(self, group: Group, scope: Scope, goal: Any) -> Float:
        """Return the part of the way from the worst value that each unit has done."""
        if scope.direction == "lower":
            way, share = group.high - goal, group.high - group.values
        else:
            way, share = goal - group.low, group.values - group.low
        share = share / np.where(way > 0, way, np.nan)
        return share if self.most == np.inf else np.minimum(share, self.most)

    def _goalposts(self, group: Group, goal: float, scope: Scope) -> Rule:
        """Return fixed goalposts, limited above if need be."""
        lower = scope.direction == "lower"
        worst = (group.high if lower else group.low).item()
        if not (goal < worst if lower else goal > worst):
            raise SettingError(self._no_share)
        posts = Goalposts(worst=worst, best=goal, clip=False)
        return posts if self.most == np.inf else Chain(posts, Clip(-np.inf, self.most))


@attrs.frozen(field_transformer=shared_last)
class DistanceToMax(_Distance):
    """The part of the way from the worst to the best peer: ``1 − (best − x) / (best − worst)``.

    The same shares as :class:`MinMax` gives from 0 to 1, under the name of the method.

    Parameters
    ----------
    over
        As in :class:`MinMax`. Units outside the population may lie below 0 or above 1.
    degenerate
        As in :class:`MinMax`.

    Examples
    --------
    >>> DistanceToMax()(np.array([10.0, 20.0, 30.0]), Scope(direction="lower"))
    array([1. , 0.5, 0. ])
    """

    _noun: ClassVar[str] = "the distance to the best value"

    @property
    def most(self) -> float:
        """1, unless units outside the population may lie beyond its best value."""
        return np.inf if self.over == "ranked" else 1.0

    def _goal(self, group: Group, scope: Scope) -> Float:
        return group.low if scope.direction == "lower" else group.high

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        ends = (group.low.item(), group.high.item())
        best, worst = ends if scope.direction == "lower" else ends[::-1]
        return Goalposts(worst=worst, best=best, clip=False)


@attrs.frozen(field_transformer=shared_last)
class DistanceToReference(_Distance):
    """The part of the way from the worst peer to a chosen unit: ``1 − (ref − x) / (ref − worst)``.

    Parameters
    ----------
    unit : str
        Code or name of the unit whose value earns 1.
    cap : bool
        A unit that is better than the reference unit earns no more than it.
    over
        Whose worst value counts; the reference unit need not be one of them.
    degenerate : "error" or float
        The share in a population without two distinct values, or if the reference unit has no
        value that is better than the worst.

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    CellError
        If there is no distance to measure and `degenerate` is ``"error"``.

    Examples
    --------
    >>> import govindex as gi
    >>> units = gi.Units(["A", "B", "C"])
    >>> rule = DistanceToReference("B")
    >>> rule(np.array([10.0, 20.0, 25.0]), Scope(peers=units))
    array([0. , 1. , 1.5])
    """

    _noun: ClassVar[str] = "the distance to a unit"
    unit: str
    cap: bool = attrs.field(default=False, validator=boolean, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.unit, str) or not self.unit.strip():
            raise SettingError(f"the reference unit is a code or a name, not {self.unit!r}")

    @property
    def named_units(self) -> tuple[str, ...]:
        """The reference unit."""
        return (self.unit,)

    @property
    def _no_share(self) -> str:
        return f"the reference unit '{self.unit}' has no value that is better than the worst"

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the parts of the way."""
        rows = self._rows(scope)

        def score(group: Group, scope: Scope) -> Float:
            goal = group.as_scaled(values[..., self._row(rows, group), None])
            return self._part_of_way(group, scope, goal)

        return among_peers(self, values, scope, score)

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        index = self._row(self._rows(scope), group)
        return self._goalposts(group, float(group.values[..., index].item()), scope)

    def _rows(self, scope: Scope) -> list[int]:
        if not isinstance(scope.peers, LocatedPeers):
            raise SettingError(
                f"the reference unit is '{self.unit}', but the scope does not name its units: "
                "give it peers=Units(…)"
            )
        return scope.peers.locate_all(self.unit)

    def _row(self, rows: list[int], group: Group) -> int:
        """Return the unit's row, one within the group if there is one."""
        members = group.members
        inside = [] if isinstance(members, slice) else [i for i in rows if i in members]
        candidates = inside or rows
        if len(candidates) > 1:
            raise SettingError(
                f"the reference unit must be one row, but {len(candidates)} rows are named "
                f"'{self.unit}': give the code of one"
            )
        return candidates[0]


@attrs.frozen(field_transformer=shared_last)
class DistanceToTarget(_Distance):
    """The part of the way from the worst peer to a target: ``1 − (t − x) / (t − worst)``.

    :class:`Goalposts` are better if the other end is known too, and :class:`Proportional`
    if 0 earns 0: neither looks at peers.

    Parameters
    ----------
    target : float
        The value that earns 1, in the indicator's measure unit.
    cap : bool
        A unit beyond the target earns no more than one that has reached it.
    over
        Whose worst value counts.
    degenerate : "error" or float
        The share in a population without two distinct values, or if the worst value has reached
        the target.

    Raises
    ------
    CellError
        If there is no distance to measure and `degenerate` is ``"error"``.

    Examples
    --------
    >>> DistanceToTarget(20, cap=True)(np.array([10.0, 15.0, 30.0]), Scope())
    array([0. , 0.5, 1. ])
    """

    _noun: ClassVar[str] = "the distance to a target"
    target: float = attrs.field(validator=finite)
    cap: bool = attrs.field(default=False, validator=boolean, kw_only=True)

    @property
    def _no_share(self) -> str:
        return f"even the worst value has reached the target {self.target:g}"

    @property
    def ignores_measure_unit(self) -> bool:
        """The target is given in the measure unit."""
        return False

    def _goal(self, group: Group, scope: Scope) -> Float | float:
        return group.as_scaled(self.target)

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        return self._goalposts(group, self.target, scope)

"""What rules that look at peers share: populations, and what becomes of the degenerate ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal, Protocol

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import Bool, Float, Index, Over, Scope, check_over, reference_groups
from govindex.errors import CellError, SettingError
from govindex.kernels import reductions
from govindex.kernels.scaling import brought, powers
from govindex.rules.common import comparable, number

__all__ = [
    "Group",
    "Relative",
    "among_peers",
    "anchor_group",
    "bounds_with",
    "check_degenerate",
    "check_population",
    "is_between",
]


_DEGENERATE = (
    "say what a population without two values gets with degenerate=…, or leave the indicator out"
)
# Between these, differences, sums and reciprocals of values are numbers with all their digits.
_LEAST, _MOST = 2.0**-900, 2.0**900


def check_population(_: object, __: object, over: str) -> None:
    """Check that there is such a reference population."""
    check_over(over)


def check_degenerate(_: object, __: object, value: float | str) -> None:
    """Check that it is "error" or a share."""
    if not among(value, ("error",)):
        number(value, "degenerate is 'error' or a share; the share")


def is_between(degenerate: float | Literal["error"], low: float, high: float) -> bool:
    """Tell whether no population is scored outside these shares for being degenerate."""
    return degenerate == "error" or low <= degenerate <= high


def bounds_with(
    degenerate: float | Literal["error"], low: float, high: float
) -> tuple[float, float]:
    """Return bounds that hold the share of degenerate populations too."""
    ends = [low, high, *([] if degenerate == "error" else [degenerate])]
    return (float(min(ends)), float(max(ends)))


class Relative:
    """What relative rules have in common: they look at peers and read the direction."""

    peer_dependent: ClassVar[bool] = True
    directed: ClassVar[bool] = True

    @property
    def ignores_measure_unit(self) -> bool:
        """Only how values stand to each other counts."""
        return True

    @property
    def falling(self) -> bool:
        """A better value can earn more."""
        return False


class _PeerRule(Protocol):
    @property
    def over(self) -> Over: ...

    @property
    def degenerate(self) -> float | Literal["error"]: ...


@attrs.frozen(eq=False)
class Group:
    """Units that are scored together.

    Parameters
    ----------
    own : array, shape (…, members)
        Their values, NaN where absent.
    reference : array of bool, shape (members,)
        Whose values count.
    members : array of int or slice
        Where they stand among all units.
    low, high : array, shape (…, 1)
        The least and the largest value that counts.
    power : array of int, shape (…, 1), or None
        The power of two that all of these are divided by, None for values of an ordinary size.
    """

    own: Float
    reference: Bool
    members: Index | slice
    low: Float
    high: Float
    power: Index | None = None

    @classmethod
    def of(cls, values: Float, members: Index | slice, reference: Bool) -> Group:
        """Pick the units' values and find the extremes."""
        own = values[..., members]
        return cls(own, reference, members, *reductions.extremes(own, reference))

    def ordinary(self) -> Group:
        """Return the same values in an ordinary size, where no difference or square overflows."""
        power = powers(np.maximum(np.abs(self.low), np.abs(self.high)))
        if power is None:
            return self
        own, low, high = (brought(found, power) for found in (self.own, self.low, self.high))
        return Group(own, self.reference, self.members, low, high, power)

    def brought(self, values: Float | float) -> Float | float:
        """Return numbers in the measure unit as they compare with the values here."""
        return values if self.power is None else brought(np.asarray(values), self.power)

    def has_two_values(self, scope: Scope) -> Bool:
        """Tell whether two values that count differ, on paper if they were computed."""
        low, high = (comparable(end, scope) for end in (self.low, self.high))
        return np.asarray(high > low)


def among_peers(
    rule: _PeerRule,
    what: str,
    values: Float,
    scope: Scope,
    score: Callable[[Group], Float],
    scale: str = "",
    *,
    of_proportions: bool = True,
) -> Float:
    """Score every reference population by itself, the degenerate ones as declared.

    Parameters
    ----------
    rule : relative rule
    what : str
        How the rule is called where it needs two distinct values.
    values : array, shape (…, units)
    scope : Scope
    score : callable
        Group → shares of its members, NaN where there is nothing to measure by.
    scale : str
        What is missing where there are two distinct values and nothing to measure by.
    of_proportions : bool
        A share depends on no measure unit, so that values may be brought to an ordinary size.
    """
    shares = np.empty_like(values)
    for members, reference in reference_groups(rule.over, values, scope.peers_of(values)):
        group = Group.of(values, members, reference)
        flat = ~group.has_two_values(scope)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
            share = score(group.ordinary() if of_proportions and not scope.computed else group)
        lost = (flat | np.isnan(share)) & ~np.isnan(group.own)
        if lost.any():
            if rule.degenerate == "error":
                wrong = np.zeros(values.shape, dtype=bool)
                wrong[..., members] = lost & flat if (lost & flat).any() else lost
                needs = f"{what} needs two distinct values per indicator"
                scale = scale or f"{what} gave no finite share: values are too far apart"
                said = needs if (lost & flat).any() else scale
                raise CellError(said, wrong, whole=True, cure=_DEGENERATE)
            share = np.where(lost, rule.degenerate, share)
        if isinstance(members, slice):
            return share
        shares[..., members] = share
    return shares


def anchor_group(rule: _PeerRule, what: str, reference: Float, scope: Scope) -> Group:
    """Return the one population that a rule is frozen on.

    Raises
    ------
    SettingError
        If every league or period has a reference of its own, or there are no two distinct values.
    """
    groups = reference_groups(rule.over, reference, scope.peers_of(reference))
    if len(groups) > 1:
        single = {"league": "league", "period": "period"}.get(rule.over, "league in each period")
        one = "" if rule.over == "league" else "; anchor it on one period, data.at_period(…)"
        raise SettingError(
            f"a rule over {rule.over.replace('_', 's and ')}s cannot be anchored: every {single} "
            f"has a reference of its own{one}"
        )
    # Over the only league or period the members are all units, one by one.
    group = Group.of(reference, slice(None), groups[0][1])
    if not group.has_two_values(scope).all():
        raise SettingError(f"{what} cannot be anchored on a reference without two values")
    largest = max(float(np.abs(end).max()) for end in (group.low, group.high))
    if not _LEAST <= largest <= _MOST:
        raise SettingError(
            f"{what} cannot be anchored on values such as {largest:g}: what is fixed would lose "
            "digits; take a larger or a smaller measure unit"
        )
    return group

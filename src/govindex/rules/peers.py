"""The base of rules that look at peers: populations, and the share of degenerate ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal

import attrs
import numpy as np

from govindex.checks import among
from govindex.contracts import (
    BaseRule,
    Bool,
    Float,
    Index,
    Over,
    Rule,
    Scope,
    check_over,
    reference_groups,
)
from govindex.errors import CellError, SettingError
from govindex.kernels import reductions
from govindex.kernels.scaling import brought, powers
from govindex.rules.common import comparable, number

__all__ = [
    "Group",
    "PeerRule",
    "among_peers",
    "shared_last",
]


_CURE = (
    "declare the share of a population without two values by degenerate=…, or leave the indicator "
    "out"
)
# Between these, differences, sums and reciprocals of values keep all their digits.
_LEAST, _MOST = 2.0**-900, 2.0**900


def _check_population(_: object, __: object, over: str) -> None:
    """Check that there is such a reference population."""
    check_over(over)


def _check_degenerate(_: object, __: object, value: float | str) -> None:
    """Check that it is "error" or a share."""
    if not among(value, ("error",)):
        number(value, "degenerate is 'error' or a share; the share")


def shared_last(_: type, fields: Sequence[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """Put the settings of one rule before those that all rules have."""
    return sorted(fields, key=lambda field: field.name in ("over", "degenerate"))


@attrs.frozen(eq=False)
class Group:
    """Units that are scored together.

    Parameters
    ----------
    values : array, shape (…, members)
        Their values, NaN where absent.
    reference : array of bool, shape (members,)
        Whose values count.
    members : array of int or slice
        Their rows among all units.
    low, high : array, shape (…, 1)
        The least and the largest value that counts.
    power : array of int, shape (…, 1), or None
        The power of two that all of these are divided by, None for values of an ordinary size.
    """

    values: Float
    reference: Bool
    members: Index | slice
    low: Float
    high: Float
    power: Index | None = None

    @classmethod
    def of(cls, values: Float, members: Index | slice, reference: Bool) -> Group:
        """Pick the units' values and find the extremes."""
        member_values = values[..., members]
        return cls(
            member_values, reference, members, *reductions.extremes(member_values, reference)
        )

    def rescaled(self) -> Group:
        """Return the group divided by a power of two, so that no difference or square overflows."""
        power = powers(np.maximum(np.abs(self.low), np.abs(self.high)))
        if power is None:
            return self
        values, low, high = (brought(array, power) for array in (self.values, self.low, self.high))
        return Group(values, self.reference, self.members, low, high, power)

    def as_scaled(self, values: Float | float) -> Float | float:
        """Return numbers in the measure unit, divided as the group's values are."""
        return values if self.power is None else brought(np.asarray(values), self.power)

    def has_two_values(self, scope: Scope) -> Bool:
        """Return whether two values that count differ, on paper if they were computed."""
        low, high = (comparable(end, scope) for end in (self.low, self.high))
        return np.asarray(high > low)


@attrs.frozen
class PeerRule(BaseRule):
    """The base of rules that look at peers: a population, and a share for degenerate ones.

    A rule names its scores in messages (`_noun`), scores a group (`_score`) and returns the
    absolute rule that it is on a group (`_frozen`).
    """

    _noun: ClassVar[str]
    over: Over = attrs.field(default="all", validator=_check_population, kw_only=True)
    degenerate: float | Literal["error"] = attrs.field(
        default="error", validator=_check_degenerate, kw_only=True
    )

    @property
    def peer_dependent(self) -> bool:
        """It looks at the peers' values."""
        return True

    @property
    def directed(self) -> bool:
        """It reads the direction."""
        return True

    @property
    def ignores_measure_unit(self) -> bool:
        """Whether only the relations between values count."""
        return True

    @property
    def _no_share(self) -> str:
        """Why a population with two distinct values cannot be scored."""
        return f"{self._noun} gave no finite share: values are too far apart"

    @property
    def _rescalable(self) -> bool:
        """Whether values may be rescaled, since shares do not depend on the measure unit."""
        return True

    def _score(self, group: Group, scope: Scope) -> Float:
        """Return the shares of a group's members, NaN if they cannot be scored."""
        raise NotImplementedError

    def _frozen(self, group: Group, scope: Scope) -> Rule:
        """Return the rule that this one is on a group."""
        raise NotImplementedError

    def _degenerate_between(self, low: float, high: float) -> bool:
        """Return whether degenerate populations get a share between these, or are refused."""
        return self.degenerate == "error" or low <= self.degenerate <= high

    def _bounds_with(self, low: float, high: float) -> tuple[float, float]:
        """Return bounds that hold the share of degenerate populations too."""
        ends = [low, high, *([] if self.degenerate == "error" else [self.degenerate])]
        return (float(min(ends)), float(max(ends)))

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Score every reference population by itself, the degenerate ones as declared."""
        return among_peers(self, values, scope, self._score)

    def anchor(self, reference: Float, scope: Scope) -> Rule:
        """Return the absolute rule that this one is on the reference.

        Raises
        ------
        SettingError
            If every league or period has its own reference, or the reference cannot be scored.
        """
        return self._frozen(_reference_group(self, reference, scope), scope)


def among_peers(
    rule: PeerRule,
    values: Float,
    scope: Scope,
    score: Callable[[Group, Scope], Float],
) -> Float:
    """Score every population with a function of a group, the degenerate ones as declared."""
    shares = np.empty_like(values)
    for members, reference in reference_groups(rule.over, values, scope.peers_of(values)):
        group = Group.of(values, members, reference)
        flat = ~group.has_two_values(scope)
        rescale = rule._rescalable and not scope.computed
        with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
            share = score(group.rescaled() if rescale else group, scope)
        unscored = (flat | np.isnan(share)) & ~np.isnan(group.values)
        if unscored.any():
            if rule.degenerate == "error":
                message = rule._no_share
                if (unscored & flat).any():
                    message = f"{rule._noun} needs two distinct values per indicator"
                    unscored = unscored & flat
                wrong = np.zeros(values.shape, dtype=bool)
                wrong[..., members] = unscored
                raise CellError(message, wrong, whole=True, cure=_CURE)
            share = np.where(unscored, rule.degenerate, share)
        if isinstance(members, slice):
            return share
        shares[..., members] = share
    return shares


def _reference_group(rule: PeerRule, reference: Float, scope: Scope) -> Group:
    """Return the population that a rule is frozen on."""
    groups = reference_groups(rule.over, reference, scope.peers_of(reference))
    if len(groups) > 1:
        single = {"league": "league", "period": "period"}.get(rule.over, "league in each period")
        cure = "" if rule.over == "league" else "; anchor it on one period, data.at_period(…)"
        raise SettingError(
            f"a rule over {rule.over.replace('_', 's and ')}s cannot be anchored: every {single} "
            f"has its own reference{cure}"
        )
    # The only league or period holds all units.
    group = Group.of(reference, slice(None), groups[0][1])
    if not group.has_two_values(scope).all():
        raise SettingError(f"{rule._noun} cannot be anchored on a reference without two values")
    largest = max(float(np.abs(end).max()) for end in (group.low, group.high))
    if not _LEAST <= largest <= _MOST:
        raise SettingError(
            f"{rule._noun} cannot be anchored on values such as {largest:g}: fixed numbers would "
            "lose digits; take a larger or a smaller measure unit"
        )
    return group

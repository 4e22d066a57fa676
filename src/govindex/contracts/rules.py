"""Protocols and defaults of rules."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import attrs
import numpy as np

from govindex.contracts.arrays import Float
from govindex.contracts.completion import completed
from govindex.contracts.entries import Entry
from govindex.contracts.scopes import Scope

__all__ = ["BaseRule", "Curve", "RelativeRule", "Rule", "largest_meant"]


@attrs.frozen(kw_only=True)
class Curve:
    """How an absolute rule runs: which values it scores, where it bends, how steep it is.

    Parameters
    ----------
    low, high : float
        The least and the largest value it scores, in the indicator's measure unit.
    above_low : bool
        `low` itself is not scored (a logarithm needs values above 0).
    bends : tuple of float
        Values at which it bends or jumps: targets, thresholds, goalposts.
    slope : float
        The most that the share changes per measure unit between jumps; infinite if unlimited.
    jump : float
        The most that the share jumps at once; a change within the snap counts as one jump.
    takes_all : bool
        Every value from `low` to `high` is scored; if not, some of them may be refused.
    """

    low: float = -np.inf
    high: float = np.inf
    above_low: bool = False
    bends: tuple[float, ...] = ()
    slope: float = np.inf
    jump: float = 0.0
    takes_all: bool = True


@runtime_checkable
class Rule(Protocol):
    """Value → share of the maximum.

    `peer_dependent`: one unit's data can move another's share. `monotone`: a larger value (a better
    one, if directed) never earns less. `directed`: the rule reads `Scope.direction`. `bounds`:
    least and largest share it gives, infinite if unlimited.

    :class:`BaseRule` holds the defaults of its optional promises. A law that needs a promise which
    a rule does not make is not tested on it.
    """

    @property
    def peer_dependent(self) -> bool: ...

    @property
    def monotone(self) -> bool: ...

    @property
    def directed(self) -> bool: ...

    @property
    def bounds(self) -> tuple[float, float]: ...

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return shares in the shape of `values`; NaN stays NaN."""


@runtime_checkable
class RelativeRule(Rule, Protocol):
    """A rule that looks at the peers, and can be frozen on a reference."""

    def anchor(self, reference: Float, scope: Scope) -> Rule:
        """Return the absolute rule that this one is on the reference values, shape (units,)."""


class BaseRule:
    """Defaults of the promises of a rule."""

    __slots__ = ()

    @property
    def peer_dependent(self) -> bool:
        """It looks at the unit's own value only."""
        return False

    @property
    def monotone(self) -> bool:
        """A larger value may earn less."""
        return False

    @property
    def falling(self) -> bool:
        """A larger value may earn more."""
        return False

    @property
    def directed(self) -> bool:
        """It does not read the direction."""
        return False

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest share: without limit."""
        return (-np.inf, np.inf)

    @property
    def full_share(self) -> float | None:
        """The largest intended share if `bounds` has no upper limit, or None."""
        return None

    @property
    def reads_answers(self) -> bool:
        """It takes no answers of text variables."""
        return False

    @property
    def answers(self) -> tuple[str | float, ...]:
        """All answers that it takes."""
        return ()

    @property
    def in_points(self) -> bool:
        """Its values are not points out of the maximum."""
        return False

    @property
    def counts(self) -> bool:
        """Its values need not be whole numbers of items or cases."""
        return False

    @property
    def ignores_measure_unit(self) -> bool:
        """A change of measure unit (a positive factor, a shift for all units) may change shares."""
        return False

    @property
    def named_units(self) -> tuple[str, ...]:
        """The units that it looks at by name."""
        return ()

    @property
    def one_sign(self) -> bool:
        """It does more than multiply and divide.

        Shares of rules that do no more may lie far below or above 1 (amounts, shares of a sum), and
        are ranked by their own digits.
        """
        return False

    @property
    def gives_ranks(self) -> bool:
        """It gives shares of the maximum, not ranks or counts of peers, which views print."""
        return False

    @property
    def compares(self) -> bool:
        """Whether it asks if values are equal or reach a number, as all that look at peers do.

        Such a rule receives computed values without their last bits.
        """
        return self.peer_dependent

    @property
    def degenerate(self) -> float | str:
        """What a population without two distinct values gets: an error."""
        return "error"

    def curve(self, maximum: float) -> Curve:
        """Return its curve for an indicator with this maximum: unknown."""
        return Curve(takes_all=False)

    def entry(self, maximum: float) -> Entry:
        """Return what may be entered for an indicator with this maximum.

        By default what its curve and its answers say.
        """
        curve = self.curve(maximum)
        return Entry(
            low=curve.low, high=curve.high, above_low=curve.above_low, answers=self.answers
        )

    def spreadsheet_formula(self, value: str, maximum: str) -> str | None:
        """Return the points as a formula of spreadsheet programs: it has no short one.

        Parameters
        ----------
        value, maximum : str
            Expressions of the indicator's value and of its maximum, which is above 0.
        """
        return None


def largest_meant(rule: Rule) -> float | None:
    """Return the largest intended share of a rule, None without a limit.

    Units beyond a target or outside the population may exceed it.
    """
    largest = float(rule.bounds[1])
    return largest if np.isfinite(largest) else completed(rule, BaseRule).full_share


def best_between(rule: Rule, values: tuple[float, float], scope: Scope) -> float | None:
    """Return the largest intended share of a rule on values between two numbers.

    None without a limit: the values have none, or the rule looks at peers or turns.
    """
    largest = largest_meant(rule)
    steady = rule.monotone or completed(rule, BaseRule).falling
    if largest is not None or rule.peer_dependent or not steady or not np.isfinite(values).all():
        return largest
    best = float(rule(np.array(values), scope).max())
    return best if np.isfinite(best) else None

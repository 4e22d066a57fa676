"""Protocols and defaults of aggregators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

import attrs
import numpy as np

from govindex.contracts.arrays import Float
from govindex.contracts.completion import completed
from govindex.contracts.scopes import BranchScope

__all__ = [
    "Aggregator",
    "BaseAggregator",
    "CorrectedMean",
    "LinearScale",
    "RelativeAggregator",
    "combined",
]


@runtime_checkable
class Aggregator(Protocol):
    """Children's shares → the node's share.

    `linear`: a weighted mean. `sums_points`: the node's maximum is the sum of its children's.

    :class:`BaseAggregator` holds the defaults of its optional promises.
    """

    @property
    def peer_dependent(self) -> bool: ...

    @property
    def monotone(self) -> bool: ...

    @property
    def linear(self) -> bool: ...

    @property
    def sums_points(self) -> bool: ...

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Combine children; a child with weight 0 for a unit does not count for it."""


@runtime_checkable
class RelativeAggregator(Aggregator, Protocol):
    """An aggregator that looks at the peers, and can be frozen on a reference."""

    def anchor(
        self, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope
    ) -> Aggregator:
        """Return the absolute aggregator that this one is on the reference.

        Shares and weights have the shape (units,); a child with weight 0 does not count.
        """


@runtime_checkable
class CorrectedMean(Protocol):
    """An aggregator with a mean for roundings that imitate a publisher to the last bits."""

    def corrected(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the mean, corrected once."""


def _unchanged(shares: Float) -> Float:
    return shares


@attrs.frozen
class LinearScale:
    """A scale on which a mean is a weighted sum: logarithms for a geometric mean.

    The mean of shares is ``back(Σ w·there(s) / Σ w)``; the scale rises, so that units have the same
    order on it.

    Parameters
    ----------
    name : tuple
        Identifies the scale: means with scales of the same name may be nested.
    above : float
        Shares exist on the scale if they lie above this.
    there, back : callable
        From shares to the scale, and from it.

    Examples
    --------
    >>> LinearScale(("log", 0.0), 0.0, np.log, np.exp).there(np.array([1.0]))
    array([0.])
    """

    name: tuple[str, float] = ("power", 1.0)
    above: float = attrs.field(default=-np.inf, eq=False)
    there: Callable[[Float], Float] = attrs.field(default=_unchanged, eq=False)
    back: Callable[[Float], Float] = attrs.field(default=_unchanged, eq=False)


class BaseAggregator:
    """Defaults of the promises of an aggregator."""

    __slots__ = ()

    @property
    def peer_dependent(self) -> bool:
        """It looks at each unit alone."""
        return False

    @property
    def monotone(self) -> bool:
        """Better children may score less."""
        return False

    @property
    def linear(self) -> bool:
        """It is not a weighted mean."""
        return False

    @property
    def sums_points(self) -> bool:
        """The node's maximum is not the sum of its children's."""
        return False

    @property
    def mean(self) -> bool:
        """The result may lie outside the least and the largest child."""
        return False

    @property
    def below_arithmetic(self) -> bool:
        """The result may exceed the children's weighted mean."""
        return False

    @property
    def slope(self) -> float:
        """The most that the result changes per change of one child's share, from 0 to 1."""
        return np.inf

    @property
    def above(self) -> float:
        """Shares that do not lie above this may be refused; those from 0 to 1 are taken."""
        return -np.inf

    @property
    def proportional(self) -> bool:
        """More than the proportions of the weights may count."""
        return False

    @property
    def ignores_weights(self) -> bool:
        """Weights above 0 do more than say which children count."""
        return False

    @property
    def by_position(self) -> bool:
        """The position of a child, in the order of the codes, does not matter."""
        return False

    @property
    def needs_all(self) -> bool:
        """Children may be left out; if not, the engine refuses a unit without one of them."""
        return False

    @property
    def scoped(self) -> bool:
        """It is not called with a third argument, the :class:`BranchScope`."""
        return False

    @property
    def one_sign(self) -> bool:
        """It does more than add, multiply, divide or choose: children of at least 0 may cancel."""
        return False

    def linear_scale(self) -> LinearScale | None:
        """Return the scale on which it is a weighted sum, None without one.

        Exact margins of weights are computed on it.
        """
        return LinearScale() if self.linear and not self.peer_dependent else None

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Return the bounds of the result for shares from `low` to `high`."""
        if self.mean:
            return low, high
        return (0.0, max(high, 1.0)) if 0.0 <= low <= high <= 1.0 else (-np.inf, np.inf)

    def spreadsheet_formula(self, shares: Sequence[str], weights: Sequence[float]) -> str | None:
        """Return the node's share as a formula of spreadsheet programs: it has no short one.

        Parameters
        ----------
        shares : sequence of str
            Expressions of the children's shares, none of them absent.
        weights : sequence of float
            Above 0.
        """
        return None

    def objection(self, codes: Sequence[str]) -> str:
        """Return why it cannot combine children with these codes; empty if it can."""
        return ""


def combined(
    aggregate: Aggregator, shares: Sequence[Float], weights: Sequence[Float], scope: BranchScope
) -> Any:
    """Return the shares of a branch; an aggregator that is `scoped` receives the scope too."""
    call: Any = aggregate
    scoped = completed(aggregate, BaseAggregator).scoped
    return call(shares, weights, scope) if scoped else call(shares, weights)

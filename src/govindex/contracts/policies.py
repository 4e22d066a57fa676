"""Protocol and defaults of absence policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, runtime_checkable

from govindex.contracts.arrays import Bool, Float
from govindex.contracts.populations import Peers

__all__ = ["AbsencePolicy", "BasePolicy"]


@runtime_checkable
class AbsencePolicy(Protocol):
    """What becomes of a child that is missing, not applicable or suppressed.

    A policy either fills the absent share (`fill` returns it) or says what becomes of the weight:
    lost with the maximum (`shrinks`), moved to named siblings (`receivers`), rewritten
    (`reweight`), or carried by the children that are present (without any of these).
    """

    @property
    def peer_dependent(self) -> bool: ...

    @property
    def refuses(self) -> bool: ...

    @property
    def shrinks(self) -> bool: ...

    @property
    def min_share(self) -> float: ...

    @property
    def min_count(self) -> int: ...

    @property
    def of(self) -> Literal["children", "leaves"]: ...

    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        """Return shares for the absent cells, None to leave them absent."""

    def reweight(self, codes: Sequence[str], weights: Float, absent: Bool) -> Float | None:
        """Return new weights (children, …, units), None to let the present children carry."""


class BasePolicy:
    """Defaults of the promises of a policy."""

    __slots__ = ()

    @property
    def peer_dependent(self) -> bool:
        """It looks at the unit's own children only."""
        return False

    @property
    def refuses(self) -> bool:
        """It does not refuse to score."""
        return False

    @property
    def shrinks(self) -> bool:
        """The weight is not lost with the maximum."""
        return False

    @property
    def restores(self) -> bool:
        """It may do more than let the children that are present carry the weight."""
        return False

    @property
    def fills(self) -> bool:
        """It may fill the absent share."""
        return True

    @property
    def keeps_proportions(self) -> bool:
        """Whether a unit is the mean of the children that it has, with their own weights."""
        return self.restores or (self.shrinks and not self.fills)

    @property
    def sees_all(self) -> bool:
        """It rewrites the weights of the children that count, not of all in the tree's order."""
        return False

    @property
    def keeps_total(self) -> bool:
        """Only the proportions of rewritten weights count."""
        return True

    @property
    def min_share(self) -> float:
        """The least share of children that must not be absent."""
        return 0.0

    @property
    def min_count(self) -> int:
        """The least number of them."""
        return 1

    @property
    def of(self) -> Literal["children", "leaves"]:
        """Whether children or leaves are counted."""
        return "children"

    def fill(self, shares: Float, absent: Bool, peers: Peers) -> Float | None:
        """Leave absent cells absent."""
        return None

    def reweight(self, codes: Sequence[str], weights: Float, absent: Bool) -> Float | None:
        """Let the children that are present carry the weight."""
        return None

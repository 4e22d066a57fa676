"""An aggregator turned around: it combines what is lacking instead of what is attained."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from govindex.contracts import Aggregator, BaseAggregator, Float, LinearScale, completed
from govindex.errors import CellError, SettingError

__all__ = ["Dual"]


@attrs.frozen
class Dual(BaseAggregator):
    """The dual of an aggregator ``g``: ``1 − g(1 − s)``.

    Whatever `g` does to weak children happens to strong ones: a geometric mean that a weak child
    drags down becomes one that a strong child pulls up, as risk indices ask for, where a single
    grave hazard is not to be averaged away.

    Parameters
    ----------
    of : Aggregator
        One that looks at each unit alone and takes shares of 0, such as ``Geometric(offset=…)``,
        ``PowerMean(2)`` or ``Product()``.

    Raises
    ------
    SettingError
        If `of` is no such aggregator.
    CellError
        If `of` refuses what is lacking to 1.

    References
    ----------
    Grabisch, Marichal, Mesiar & Pap, Aggregation Functions (2009): the dual of an aggregation
    function.

    Examples
    --------
    >>> from govindex.aggregate import Geometric
    >>> shares, weights = [np.array([0.0]), np.array([1.0])], [np.ones(1), np.ones(1)]
    >>> scaled = Geometric(offset=1 / 9)
    >>> scaled(shares, weights).round(3), Dual(scaled)(shares, weights).round(3)
    (array([0.24]), array([0.76]))
    """

    of: Aggregator

    def __attrs_post_init__(self) -> None:
        if isinstance(self.of, type) or not isinstance(self.of, Aggregator):
            raise SettingError(f"Dual(of=…) takes an aggregator, not {self.of!r}")
        alone = not self.of.peer_dependent and not self._own.scoped
        if not alone or self._own.above >= 0:
            what = "refuses shares of 0" if alone else "does not look at each unit alone"
            raise SettingError(f"{self.of!r} has no dual here: it {what}")

    @property
    def _own(self) -> BaseAggregator:
        return completed(self.of, BaseAggregator)

    @property
    def monotone(self) -> bool:
        """Whether the aggregator is."""
        return self.of.monotone

    @property
    def linear(self) -> bool:
        """A weighted mean is its own dual."""
        return self.of.linear

    @property
    def mean(self) -> bool:
        """The dual of a mean is a mean."""
        return self._own.mean

    @property
    def proportional(self) -> bool:
        """Whether only the proportions of the weights count, as for `of`."""
        return self._own.proportional

    @property
    def ignores_weights(self) -> bool:
        """Whether the aggregator does."""
        return self._own.ignores_weights

    @property
    def slope(self) -> float:
        """As steep as the aggregator, at the other end."""
        return self._own.slope

    @property
    def needs_all(self) -> bool:
        """Whether the aggregator does."""
        return self._own.needs_all

    def objection(self, codes: Sequence[str]) -> str:
        """Return the aggregator's own objection to children of these codes."""
        return str(self._own.objection(codes))

    def linear_scale(self) -> LinearScale | None:
        """Return the aggregator's own scale, turned around."""
        own = self._own.linear_scale()
        if own is None or self.linear:
            return own
        name, amount = own.name
        # What lies above on the one scale would have to lie below on the other: units are asked
        # alone.
        return LinearScale(
            (f"dual {name}", amount),
            -np.inf,
            lambda shares: np.asarray(-own.there(1.0 - shares)),
            lambda sums: np.asarray(1.0 - own.back(-sums)),
        )

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return what the aggregator leaves to 1, NaN where no child counts."""
        try:
            return 1.0 - self.of([1.0 - share for share in shares], weights)
        except CellError as error:
            raise CellError(f"what is lacking to 1 is refused: {error}", error.mask) from error

"""The dual of an aggregator: it combines differences to 1."""

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

    Its strong children have the effect of weak children in `g`: a geometric mean that a weak child
    lowers becomes one that a strong child raises, as in risk indices, where a single grave hazard
    must not be averaged away.

    Parameters
    ----------
    of : Aggregator
        An aggregator of each unit alone that takes shares of 0, such as ``Geometric(offset=…)``,
        ``PowerMean(2)`` or ``Product()``.

    Raises
    ------
    SettingError
        If `of` is no such aggregator.
    CellError
        If `of` refuses the differences to 1.

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
            reason = "refuses shares of 0" if alone else "does not look at each unit alone"
            raise SettingError(f"{self.of!r} has no dual: it {reason}")

    @property
    def _own(self) -> BaseAggregator:
        return completed(self.of, BaseAggregator)

    @property
    def monotone(self) -> bool:
        """Whether the aggregator is monotone."""
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
        """Whether the aggregator ignores them."""
        return self._own.ignores_weights

    @property
    def slope(self) -> float:
        """As steep as the aggregator, at the other end."""
        return self._own.slope

    @property
    def needs_all(self) -> bool:
        """Whether the aggregator needs all children."""
        return self._own.needs_all

    def objection(self, codes: Sequence[str]) -> str:
        """Return the aggregator's own objection to children of these codes."""
        return str(self._own.objection(codes))

    def linear_scale(self) -> LinearScale | None:
        """Return the aggregator's own scale, turned around."""
        scale = self._own.linear_scale()
        if scale is None or self.linear:
            return scale
        name, amount = scale.name
        # A lower limit of the aggregator is an upper one of the dual: each unit checks its own.
        return LinearScale(
            (f"dual {name}", amount),
            -np.inf,
            lambda shares: np.asarray(-scale.there(1.0 - shares)),
            lambda sums: np.asarray(1.0 - scale.back(-sums)),
        )

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return 1 less the aggregate of the differences to 1, NaN where no child counts."""
        try:
            return 1.0 - self.of([1.0 - share for share in shares], weights)
        except CellError as error:
            raise CellError(f"the difference to 1 is refused: {error}", error.mask) from error

"""A function of scores and weights as an aggregator."""

from __future__ import annotations

from collections.abc import Callable as Function
from collections.abc import Sequence
from typing import Any, ClassVar

import attrs
import numpy as np
from numpy.typing import ArrayLike

from govindex.aggregate.common import stacked
from govindex.checks import boolean, called, name_of
from govindex.contracts import BaseAggregator, Bool, Float
from govindex.errors import CellError, SettingError

__all__ = ["Callable"]

_SNAP = 1e-9


def _function(_: object, __: object, function: Any) -> None:
    if not callable(function) or isinstance(function, type):
        raise SettingError(f"give a function of scores and weights, not {function!r}")


@attrs.frozen
class Callable(BaseAggregator):
    """Any function of a table of scores and a vector of weights.

    Methods of multi-criteria libraries have this form and can be used directly. The function
    receives the units for which the node is scored, in an order that follows from their scores, so
    that the order of the data does not move a bit of the result; it is called once for each draw.

    Parameters
    ----------
    function : callable
        ``(scores, weights) -> values``: shares of shape (units, children), children in the order of
        their codes, all of them the better the larger; weights of shape (children,) that add up
        to 1; values of shape (units,), which are the node's shares.
    peer_dependent : bool
        Whether one unit's scores can move another's value: False only if the function looks at each
        row by itself.
    monotone : bool
        Whether a larger score never lowers the unit's own value.

    Raises
    ------
    CellError
        If the units have different weights, or a unit gets no finite value.
    SettingError
        If the function raises, or does not return one number for each unit.

    Examples
    --------
    >>> def weighted_product(scores, weights):
    ...     return np.prod(scores**weights, axis=1)
    >>> product = Callable(weighted_product, peer_dependent=False, monotone=True)
    >>> product([np.array([0.25, 1.0]), np.array([1.0, 1.0])], [np.ones(1), np.ones(1)])
    array([0.5, 1. ])
    """

    proportional: ClassVar[bool] = True
    needs_all: ClassVar[bool] = True
    by_position: ClassVar[bool] = True
    function: Function[[Float, Float], ArrayLike] = attrs.field(validator=_function, repr=name_of)
    peer_dependent: bool = attrs.field(default=True, validator=boolean, kw_only=True)
    monotone: bool = attrs.field(default=False, validator=boolean, kw_only=True)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Whatever the function gives."""
        return (-np.inf, np.inf)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        """Return the function's values, NaN where no child counts."""
        share_table, weight_table = stacked(shares, weights)
        shape, count = share_table.shape[1:], len(share_table)
        share_table, weight_table = (
            array.reshape(count, -1, shape[-1]) for array in (share_table, weight_table)
        )
        values = np.full(share_table.shape[1:], np.nan)
        for draw in range(share_table.shape[1]):
            scored: Bool = np.any(weight_table[:, draw] > 0, axis=0)
            if scored.any():
                scores = share_table[:, draw, scored].T
                values[draw, scored] = self._values(
                    scores, self._common(weight_table[:, draw], scored)
                )
        return values.reshape(shape)

    def _common(self, weights: Float, scored: Bool) -> Float:
        """Return the weights that all scored units have."""
        parts = weights[:, scored] / weights[:, scored].sum(axis=0)
        wrong = np.zeros(len(scored), dtype=bool)
        wrong[scored] = (np.abs(parts - parts[:, :1]) > _SNAP).any(axis=0)
        if wrong.any():
            raise CellError("a function of scores needs the same weights for all units", wrong)
        return np.asarray(parts[:, 0])

    def _values(self, scores: Float, weights: Float) -> Float:
        order = np.lexsort(scores.T[::-1])
        ordered = scores[order]
        returned = called(name_of(self.function), self.function, ordered.copy(), weights.copy())
        try:
            values = np.asarray(returned, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise SettingError(f"{name_of(self.function)} returned no numbers: {error}") from error
        if values.shape != (len(scores),):
            raise SettingError(
                f"{name_of(self.function)} returned values of shape {values.shape} for "
                f"{len(scores)} units"
            )
        # Equal units get the value of the first of them, whatever the function does with their
        # order or the last bits.
        differs = np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(axis=1)])
        first = np.maximum.accumulate(np.where(differs, np.arange(len(scores)), 0))
        result = np.empty(len(scores))
        result[order] = values[first]
        return result

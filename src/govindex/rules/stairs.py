"""A step table with a separate share on each threshold: the form of frozen grades."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import ClassVar

import attrs
import numpy as np

from govindex.contracts import Curve, Float, Scope
from govindex.errors import SettingError
from govindex.rules.common import Heights, comparable, finite, number

__all__ = ["Stairs"]


def _triples(
    table: Iterable[tuple[float, float, float]],
) -> tuple[tuple[float, float, float], ...]:
    try:
        return tuple(
            (number(value, "a threshold"), number(on, "a share"), number(above, "a share"))
            for value, on, above in table
        )
    except (TypeError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        raise SettingError(
            f"give triples of numbers (threshold, share on it, share above), not {table!r}"
        ) from error


@attrs.frozen
class Stairs(Heights):
    """A step table with a separate share for values on each threshold.

    Rules of grades (:class:`AboveBelowMean`, :class:`Categorical`) become stairs when they are
    anchored: a value earns what it would have earned among the reference. Measured values are on a
    threshold if they equal it, computed shares within the snap; for thresholds that are set by
    hand :class:`Steps` are simpler.

    Parameters
    ----------
    table : sequence of (threshold, share on it, share above it)
        In rising order of thresholds, in the indicator's measure unit.
    below : float
        The share of values below the first threshold.

    Raises
    ------
    SettingError
        If the table is empty or its thresholds do not rise.

    Examples
    --------
    >>> Stairs([(10, 0.5, 1)])(np.array([9.0, 10.0, 11.0]), Scope())
    array([0. , 0.5, 1. ])
    """

    compares: ClassVar[bool] = True
    table: tuple[tuple[float, float, float], ...] = attrs.field(converter=_triples)
    below: float = attrs.field(default=0.0, validator=finite)

    def __attrs_post_init__(self) -> None:
        thresholds = [threshold for threshold, *_ in self.table]
        if not thresholds:
            raise SettingError("stairs need at least one (threshold, share on it, share above)")
        if any(low >= high for low, high in pairwise(thresholds)):
            raise SettingError(f"the thresholds of stairs rise; given: {thresholds}")

    @property
    def _heights(self) -> tuple[float, ...]:
        return (self.below, *(share for _, *both in self.table for share in both))

    def curve(self, maximum: float) -> Curve:
        """Return the stairs: level, with a jump at each threshold."""
        low, high = self.bounds
        bends = tuple(threshold for threshold, *_ in self.table)
        return Curve(bends=bends, slope=0.0, jump=high - low)

    def __call__(self, values: Float, scope: Scope) -> Float:
        """Return the share of each value."""
        thresholds = np.array([threshold for threshold, *_ in self.table])
        keys, edges = (comparable(x, scope) for x in (values, thresholds))
        # A threshold below the value counts twice, one that equals it once.
        passed = np.searchsorted(edges, keys, "left") + np.searchsorted(edges, keys, "right")
        return np.where(np.isnan(values), np.nan, np.array(self._heights)[passed])

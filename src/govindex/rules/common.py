"""Checks of settings, and bases of absolute rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from govindex.checks import finite, number
from govindex.contracts import BaseRule, Float, Scope
from govindex.errors import CellError, SettingError
from govindex.kernels.keys import snapped

__all__ = [
    "INFINITE",
    "SNAP",
    "Absolute",
    "Heights",
    "comparable",
    "finite",
    "number",
    "pairs",
    "refuse",
]

SNAP = 1e-10
INFINITE = (-np.inf, np.inf)


def pairs(
    pairs: Mapping[float, float] | Mapping[int, float] | Iterable[tuple[float, float]],
) -> tuple[tuple[float, float], ...]:
    """Return pairs of numbers from a mapping or a sequence."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    try:
        return tuple((number(x, "a point"), number(y, "a point")) for x, y in items)
    except (TypeError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        raise SettingError(f"give pairs of numbers, not {pairs!r}") from error


def comparable(values: Float, scope: Scope) -> Float:
    """Return numbers in the order of the values, equal if the values are equal on paper.

    Measured values come back unchanged. Computed shares that were added up in another order differ
    in their last bits, so they are compared by their keys.
    """
    return snapped(values, 1.0, one_sign=scope.one_sign) if scope.computed else values


def refuse(message: str, wrong: np.ndarray[Any, Any]) -> None:
    """Raise if any cell is refused."""
    if wrong.any():
        raise CellError(message, wrong)


class Absolute(BaseRule):
    """The base of absolute rules: they rise, with shares from 0 to 1."""

    @property
    def monotone(self) -> bool:
        """A larger value never earns less."""
        return True

    @property
    def bounds(self) -> tuple[float, float]:
        """From 0 to 1."""
        return (0.0, 1.0)


class Heights(Absolute):
    """The base of rules given by their shares in rising order of values."""

    @property
    def _heights(self) -> tuple[float, ...]:
        raise NotImplementedError

    @property
    def monotone(self) -> bool:
        """Whether larger values never earn less."""
        return all(low <= high for low, high in pairwise(self._heights))

    @property
    def falling(self) -> bool:
        """Whether larger values never earn more."""
        return all(low >= high for low, high in pairwise(self._heights))

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest share."""
        return (min(self._heights), max(self._heights))

"""What rules share: checks of settings, and the neutral answers of absolute rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import attrs
import numpy as np

from govindex.errors import CellError, SettingError

__all__ = ["INFINITE", "SNAP", "Absolute", "finite", "number", "pairs", "refuse"]

SNAP = 1e-10
INFINITE = (-np.inf, np.inf)


def number(value: Any, what: str) -> float:
    """Return a finite number, or say what is none."""
    plain = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not plain or not np.isfinite(value):
        raise SettingError(f"{what} is a finite number, not {value!r}")
    return float(value)


def finite(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Check a setting of an attrs class."""
    number(value, f"{type(instance).__name__}({attribute.name}=…)")


def pairs(pairs: Any) -> tuple[tuple[float, float], ...]:
    """Return pairs of numbers from a mapping or a sequence."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    try:
        return tuple((number(x, "a point"), number(y, "a point")) for x, y in items)
    except (TypeError, ValueError) as error:
        if isinstance(error, SettingError):
            raise
        raise SettingError(f"give pairs of numbers, not {pairs!r}") from error


def refuse(message: str, wrong: np.ndarray[Any, Any]) -> None:
    """Raise if any cell is refused."""
    if wrong.any():
        raise CellError(message, wrong)


class Absolute:
    """What absolute rules have in common: no peers, no direction, shares from 0 to 1."""

    peer_dependent: ClassVar[bool] = False
    directed: ClassVar[bool] = False

    @property
    def monotone(self) -> bool:
        """A larger value never earns less."""
        return True

    @property
    def falling(self) -> bool:
        """A larger value can earn more."""
        return False

    @property
    def bounds(self) -> tuple[float, float]:
        """From nothing to everything."""
        return (0.0, 1.0)

"""Checks of settings that many parts have."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from govindex.errors import SettingError

__all__ = ["finite", "number", "share"]


def number(value: Any, what: str) -> float:
    """Return a finite number, or say what is none."""
    plain = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not plain or not np.isfinite(value):
        raise SettingError(f"{what} is a finite number, not {value!r}")
    return float(value)


def finite(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Check a setting of an attrs class."""
    number(value, f"{type(instance).__name__}({attribute.name}=…)")


def share(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Check a setting that is a share from 0 to 1."""
    what = f"{type(instance).__name__}({attribute.name}=…)"
    if not 0 <= number(value, what) <= 1:
        raise SettingError(f"{what} is a share from 0 to 1, not {value!r}")

"""Checks of settings that many parts have."""

from __future__ import annotations

import re
from typing import Any

import attrs
import numpy as np

from govindex.errors import SettingError

__all__ = ["finite", "name_problem", "number", "share"]

_NAME = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")


def name_problem(value: Any, what: str) -> str | None:
    """Return why a text is no id and no version, None if it is one.

    Both stand in file names, in documents and in generated code.

    Examples
    --------
    >>> name_problem("2022-05", "version")
    >>> name_problem("../a", "version")[:41]
    'the version is made of letters without ac'
    """
    if isinstance(value, str) and _NAME.fullmatch(value):
        return None
    return (
        f"the {what} is made of letters without accents, digits, and single dots or hyphens "
        f"between them, not {value!r}"
    )


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

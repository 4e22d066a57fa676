"""Checks of settings that many parts have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np

from govindex.errors import GovIndexError, SettingError, raised

__all__ = [
    "boolean",
    "called",
    "finite",
    "name_of",
    "name_problem",
    "number",
    "positive",
    "shaped",
    "share",
    "spread_of",
    "whole",
]

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


def positive(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Check a setting that is a finite number above 0."""
    what = f"{type(instance).__name__}({attribute.name}=…)"
    if not number(value, what) > 0:
        raise SettingError(f"{what} is a finite number above 0, not {value!r}")


def whole(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    """Check a setting that is a whole number of at least 1."""
    plain = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not plain or value < 1:
        what = f"{type(instance).__name__}({attribute.name}=…)"
        raise SettingError(f"{what} is a whole number of at least 1, not {value!r}")


def spread_of(_: object, __: object, value: int) -> None:
    """Check the degrees of freedom that a deviation takes off."""
    plain = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not plain or value not in (0, 1):
        raise SettingError(f"ddof is 0 or 1, not {value!r}")


def boolean(instance: object, attribute: attrs.Attribute[bool], value: bool) -> None:
    """Check a setting that is true or false: a text such as "no" would count as true."""
    if not isinstance(value, (bool, np.bool_)):
        what = f"{type(instance).__name__}({attribute.name}=…)"
        raise SettingError(f"{what} is True or False, not {value!r}")


def share(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Check a setting that is a share from 0 to 1."""
    what = f"{type(instance).__name__}({attribute.name}=…)"
    if not 0 <= number(value, what) <= 1:
        raise SettingError(f"{what} is a share from 0 to 1, not {value!r}")


def name_of(function: Any) -> str:
    """Return what a function is called in messages.

    Examples
    --------
    >>> name_of(len)
    'len'
    """
    return str(getattr(function, "__qualname__", None) or repr(function))


def called(part: str, function: Callable[..., Any], *given: Any) -> Any:
    """Call a part that may be somebody's own, and name it if it raises anything.

    Examples
    --------
    >>> called("the fill", {}.pop, "x")
    Traceback (most recent call last):
    ...
    govindex.errors.SettingError: the fill raised KeyError: 'x'
    """
    try:
        return function(*given)
    except GovIndexError:
        raise
    except Exception as error:
        raise raised(part, error) from error


def shaped(part: str, values: Any, like: Any, axes: str) -> Any:
    """Return what a part gave as numbers, in the shape of what it was given."""
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        what = type(values).__name__
        raise SettingError(f"{part} returned {what}, not numbers: {axes}") from None
    if found.shape != np.shape(like):
        said = f"{part} returned numbers of shape {found.shape}, expected {np.shape(like)}: {axes}"
        raise SettingError(said)
    return found

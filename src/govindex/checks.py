"""Checks of settings that many parts have."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

import attrs
import numpy as np

from govindex.errors import GovIndexError, SettingError, near_miss, raised

__all__ = [
    "among",
    "as_number",
    "boolean",
    "called",
    "finite",
    "instance_of",
    "is_number",
    "mapping_of",
    "name_of",
    "name_problem",
    "names_of",
    "number",
    "one_of",
    "positive",
    "shaped",
    "share",
    "shown",
    "spread_of",
    "text",
    "true_or_false",
    "tuple_of",
    "whole",
    "whole_number",
]

T = TypeVar("T")
_SHOWN = 60

_NAME = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")


def name_problem(value: Any, what: str) -> str | None:
    """Return why a text cannot be an id or a version, None if it can.

    Both are used in file names, in documents and in generated code.

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


def shown(value: Any) -> str:
    """Return a value as a message quotes it: on one line, and short.

    Examples
    --------
    >>> shown("no"), shown(np.ones((9, 9)))
    ("'no'", 'an array of shape (9, 9)')
    """
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    try:
        text = repr(value)
    except Exception:  # a whole number of thousands of digits has no text
        text = "\n"
    if "\n" in text or (len(text) > _SHOWN and not isinstance(value, str)):
        return f"an object of type {type(value).__name__}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def as_number(value: Any) -> float | None:
    """Return the double of a number of any type, None for a text, a truth value or anything else.

    Examples
    --------
    >>> as_number(1), as_number("1"), as_number(True), as_number(float("inf"))
    (1.0, None, None, inf)
    """
    if isinstance(value, (str, bytes, bool, np.bool_, complex, np.complexfloating)):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def is_number(value: Any) -> bool:
    """Return whether a setting is a finite number that a double can hold.

    Examples
    --------
    >>> is_number(1), is_number("1"), is_number(True), is_number(10**400)
    (True, False, False, False)
    """
    number = as_number(value) if isinstance(value, (int, float, np.number)) else None
    return number is not None and bool(np.isfinite(number))


def is_share(value: Any) -> bool:
    """Return whether a setting is a number from 0 to 1.

    Examples
    --------
    >>> is_share(0.5), is_share(1.5), is_share("0.5")
    (True, False, False)
    """
    return is_number(value) and bool(0 <= value <= 1)


def is_weight(value: Any) -> bool:
    """Return whether a setting is a finite number of at least 0.

    Examples
    --------
    >>> is_weight(2), is_weight(-1)
    (True, False)
    """
    return is_number(value) and bool(value >= 0)


def among(value: Any, known: Collection[Any]) -> bool:
    """Return whether a setting of any type is one of some words.

    Examples
    --------
    >>> among("all", ("all", "league")), among(["all"], ("all", "league"))
    (True, False)
    """
    return isinstance(value, str) and value in known


def names_of(value: Any, what: str) -> tuple[str, ...]:
    """Return one name or several as a tuple of texts.

    Examples
    --------
    >>> names_of("a", "codes"), names_of(["a", "b"], "codes")
    (('a',), ('a', 'b'))
    """
    names = tuple_of(value, what, "a name or several names")
    for name in names:
        if not isinstance(name, str):
            raise SettingError(f"{what} must be names, which are texts, not {shown(name)}")
    return names


def tuple_of(value: Any, what: str, kind: str) -> tuple[Any, ...]:
    """Return an iterable as a tuple; a text is one item."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable) or isinstance(value, (bytes, type)):
        raise SettingError(f"{what} must be {kind}, not {shown(value)}")
    return tuple(value)


def mapping_of(
    value: Any, what: str, kind: str = "a mapping", *, of: type = object
) -> Mapping[Any, Any]:
    """Return a mapping whose values are of a class; refuse anything else."""
    if not isinstance(value, Mapping):
        raise SettingError(f"{what} must be {kind}, not {shown(value)}")
    for name, part in value.items():
        instance_of(part, of, f"'{name}' in {what}")
    return value


def instance_of(value: Any, kind: type[T], what: str) -> T:
    """Return an object of a class; refuse anything else.

    Examples
    --------
    >>> instance_of(5, str, "path")
    Traceback (most recent call last):
        ...
    govindex.errors.SettingError: path must be of type str, not 5
    """
    if not isinstance(value, kind):
        part = _part_of_kind(value, kind)
        cure = f": give its .{part}" if part else ""
        raise SettingError(f"{what} must be of type {kind.__name__}, not {shown(value)}{cure}")
    return value


def _part_of_kind(value: object, kind: type) -> str:
    """Return which part of an object of ours is of a class, "" if none: a composite's result."""
    if not type(value).__module__.startswith("govindex."):
        return ""
    parts = ("result", "method", "data", "observations", "framework")
    return next((name for name in parts if isinstance(getattr(value, name, None), kind)), "")


def true_or_false(value: Any, what: str) -> bool:
    """Return a truth value; refuse anything else, such as the text "no", which counts as true."""
    if not isinstance(value, (bool, np.bool_)):
        raise SettingError(f"{what} is True or False, not {shown(value)}")
    return bool(value)


def text(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Check a setting that is a text, or None if that is its default."""
    if not isinstance(value, str) and not (value is None and attribute.default is None):
        setting = f"{type(instance).__name__}({attribute.name}=…)"
        raise SettingError(f"{setting} is a text, not {shown(value)}")


def one_of(*known: str) -> Any:
    """Return a validator of settings that are one of some words."""

    def check(instance: object, attribute: attrs.Attribute[str], value: object) -> None:
        if not among(value, known):
            setting = f"{type(instance).__name__}({attribute.name}=…)"
            raise SettingError(f"{setting} cannot be {shown(value)}: {near_miss(value, known)}")

    return check


def whole_number(value: Any, what: str, *, least: int = 1, most: int = 10**9) -> int:
    """Return a whole number within its limits; refuse anything else.

    Examples
    --------
    >>> whole_number(10**20, "draws")
    Traceback (most recent call last):
        ...
    govindex.errors.SettingError: draws is a whole number from 1 to 1,000,000,000, not 1e+20
    """
    plain = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if plain and least <= value <= most:
        return int(value)
    quoted = f"{float(value):g}" if plain and is_number(value) else shown(value)
    raise SettingError(f"{what} is a whole number from {least} to {most:,}, not {quoted}")


def number(value: Any, what: str) -> float:
    """Return a finite number; refuse anything else."""
    if not is_number(value):
        raise SettingError(f"{what} is a finite number, not {shown(value)}")
    return float(value)


def finite(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Check a setting of an attrs class."""
    number(value, f"{type(instance).__name__}({attribute.name}=…)")


def positive(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Check a setting that is a finite number above 0."""
    setting = f"{type(instance).__name__}({attribute.name}=…)"
    if not number(value, setting) > 0:
        raise SettingError(f"{setting} is a finite number above 0, not {value!r}")


def whole(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    """Check a setting that is a whole number of at least 1."""
    plain = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not plain or value < 1:
        setting = f"{type(instance).__name__}({attribute.name}=…)"
        raise SettingError(f"{setting} is a whole number of at least 1, not {value!r}")


def spread_of(_: object, __: object, value: int) -> None:
    """Check the degrees of freedom that a deviation takes off."""
    plain = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not plain or value not in (0, 1):
        raise SettingError(f"ddof is 0 or 1, not {value!r}")


def boolean(instance: object, attribute: attrs.Attribute[bool], value: bool) -> None:
    """Check a setting of an attrs class that is true or false."""
    true_or_false(value, f"{type(instance).__name__}({attribute.name}=…)")


def share(instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    """Check a setting that is a share from 0 to 1."""
    setting = f"{type(instance).__name__}({attribute.name}=…)"
    if not 0 <= number(value, setting) <= 1:
        raise SettingError(f"{setting} is a share from 0 to 1, not {value!r}")


def name_of(function: Any) -> str:
    """Return the name of a function for messages.

    Examples
    --------
    >>> name_of(len)
    'len'
    """
    return str(getattr(function, "__qualname__", None) or repr(function))


def called(part: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a part that may be the user's code; if it raises anything, the error names the part.

    Examples
    --------
    >>> called("the fill", {}.pop, "x")
    Traceback (most recent call last):
    ...
    govindex.errors.SettingError: the fill raised KeyError: 'x'
    """
    try:
        return function(*arguments)
    except GovIndexError:
        raise
    except Exception as error:
        raise raised(part, error) from error


def shaped(part: str, values: Any, like: Any, axes: str) -> Any:
    """Return the result of a part as numbers; refuse another shape than that of its input."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        kind = type(values).__name__
        raise SettingError(f"{part} returned {kind}, not numbers: {axes}") from None
    if numbers.shape != np.shape(like):
        raise SettingError(
            f"{part} returned numbers of shape {numbers.shape}, expected {np.shape(like)}: {axes}"
        )
    return numbers

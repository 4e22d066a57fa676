"""Names in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govindex.checks import instance_of
from govindex.errors import SettingError
from govindex.mappings import FrozenMap

__all__ = ["Names", "as_names", "in_language"]

Names = FrozenMap[str, str]


def as_names(name: Any) -> Names:
    """Return names by language from a string, a mapping or None.

    Examples
    --------
    >>> as_names("Progress")
    {'': 'Progress'}
    >>> as_names({"vi": "Tiến độ", "en": "Progress"})
    {'vi': 'Tiến độ', 'en': 'Progress'}
    """
    if isinstance(name, FrozenMap):
        return name
    if name is None:
        return FrozenMap()
    if isinstance(name, str):
        return FrozenMap({"": name} if name else {})
    if isinstance(name, Mapping) and all(
        isinstance(k, str) and isinstance(v, str) for k, v in name.items()
    ):
        return FrozenMap(name)
    raise SettingError(f"a name is a text or a mapping of language to text, not {name!r}")


def in_language(names: Names, language: str | None, otherwise: str) -> str:
    """Return the name in a language, else the first name, else `otherwise`.

    Examples
    --------
    >>> in_language(as_names({"vi": "Tiến độ", "en": "Progress"}), "en", "2")
    'Progress'
    >>> in_language(as_names(None), "en", "2")
    '2'
    """
    if language is not None and instance_of(language, str, "language") in names:
        return names[language]
    return next(iter(names.values()), otherwise)

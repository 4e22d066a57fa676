"""Names in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govindex.checks import instance_of
from govindex.errors import Problems, SettingError
from govindex.mappings import FrozenMap

__all__ = ["Names", "as_names", "in_language", "read_names", "root_code"]

_MADE_UP = ("index", "root")  # a rubric numbers everything but the whole

Names = FrozenMap[str, str]


def as_names(name: str | Mapping[str, str] | None) -> Names:
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


def read_names(value: Any, path: str, problems: Problems) -> Names | None:
    """Return the names in a document; note a value that cannot be names."""
    try:
        return as_names(value)
    except SettingError as error:
        problems.add(str(error), path=path)
        return None


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


def root_code(code: str, name: str) -> str:
    """Return the code of a root for readers: "" if nobody gave it one, and it has a name.

    Examples
    --------
    >>> root_code("index", "Chỉ số cải cách hành chính"), root_code("index", "index")
    ('', 'index')
    >>> root_code("DTI", "Chỉ số chuyển đổi số")
    'DTI'
    """
    return "" if code in _MADE_UP and name != code else code

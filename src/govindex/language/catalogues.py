"""The catalogues: texts by key, such as "status.imputed", with named placeholders."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from govindex.checks import among
from govindex.errors import SettingError, near_miss
from govindex.mappings import FrozenMap

__all__ = ["catalogue", "check_language", "languages", "words"]

_SPOKEN = "en"  # the language of errors, and of everything when no language is given


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue: a file in this package is one.

    Examples
    --------
    >>> languages()
    ('en', 'vi')
    """
    names = (file.name for file in files(__package__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def check_language(language: str | None) -> str:
    """Return the language of a text that is to be written, English if none is given.

    Raises
    ------
    SettingError
        If it has no catalogue.

    Examples
    --------
    >>> check_language("vn")
    Traceback (most recent call last):
    govindex.errors.SettingError: there are no words in 'vn': Known: 'en', 'vi'
    """
    if language is None:
        return _SPOKEN
    if not among(language, languages()):
        raise SettingError(
            f"there are no words in {language!r}: {near_miss(language, languages())}"
        )
    return language


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of a language by key."""
    text = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return FrozenMap(_flat(tomllib.loads(text)))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def words(key: str, language: str | None = None, /, **values: object) -> str:
    """Return a text of the catalogue, with its placeholders filled in.

    Parameters
    ----------
    key : str
        Such as "status.imputed"; a stable id.
    language : str, optional
        Of :func:`languages`; English by default.
    **values
        For the placeholders. Numbers are written by :func:`number_text` beforehand.

    Raises
    ------
    SettingError
        If the language has no catalogue.

    Examples
    --------
    >>> words("status.not_applicable", "vi")
    'không áp dụng'
    """
    text = catalogue(check_language(language))[key]
    return text.format(**values) if values else text

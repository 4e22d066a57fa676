"""A made-up language: every text of the catalogue in brackets, so that other texts stand out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import tomli_w

from govindex.language import catalogues

__all__ = ["PSEUDO", "letters_outside", "made_up_language"]

PSEUDO = "xx"
_FOLDER = Path(catalogues.__file__).parent


@contextmanager
def made_up_language(folder: Path) -> Iterator[None]:
    """Add the language to those that have a catalogue: a file in their folder."""
    for name in ("en", "vi"):
        (folder / f"{name}.toml").write_bytes((_FOLDER / f"{name}.toml").read_bytes())
    english = tomllib.loads((_FOLDER / "en.toml").read_text(encoding="utf-8"))
    (folder / f"{PSEUDO}.toml").write_text(tomli_w.dumps(_bracketed(english)), encoding="utf-8")
    with mock.patch.object(catalogues, "files", return_value=folder):
        _forget()
        try:
            yield
        finally:
            _forget()


def _forget() -> None:
    catalogues.languages.cache_clear()
    catalogues.catalogue.cache_clear()


def _bracketed(table: Any) -> Any:
    if isinstance(table, str):
        return f"⟦{table}⟧" if any(letter.isalpha() for letter in table) else table
    return {key: _bracketed(value) for key, value in table.items()}


def letters_outside(text: str) -> str:
    """Return the letters of a text that are not in brackets."""
    depth, letters = 0, []
    for letter in text:
        depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
        if depth == 0 and letter.isalpha():
            letters.append(letter)
    return "".join(letters)

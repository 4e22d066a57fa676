"""Every language says everything that is said, and nothing else."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from govindex.errors import SettingError
from govindex.language import check_language, languages, number_text, words
from govindex.language.catalogues import catalogue

SOURCE = Path(__file__).parents[2] / "src" / "govindex"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def texts_in_code() -> Iterator[str]:
    """Return every text of the code, with * for what is filled in."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else "*"
                    for part in node.values
                )


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_a_language_has_every_key_with_the_same_placeholders(language: str) -> None:
    english, other = catalogue("en"), catalogue(language)
    assert set(other) == set(english)
    different = [k for k in english if placeholders(english[k]) != placeholders(other[k])]
    assert not different
    assert not [key for key, text in other.items() if not text.strip()]


def test_every_text_of_the_catalogue_is_used_in_the_code() -> None:
    used = {text for text in texts_in_code() if text.count(".") and " " not in text}
    groups = {text.removesuffix("*") for text in used if text.endswith(".*")}
    unused = [
        k for k in catalogue("en") if k not in used and f"{k.rpartition('.')[0]}." not in groups
    ]
    assert not unused


def test_an_unknown_language_is_refused_by_name() -> None:
    with pytest.raises(SettingError, match="no words in 'vn': Known: 'en', 'vi'"):
        check_language("vn")


def test_numbers_are_written_as_the_language_does() -> None:
    assert number_text(-0.0, "vi", 2) == "0,00"
    assert number_text(float("nan"), "vi") == ""
    assert number_text(1_234_567.125, "vi", 3) == "1.234.567,125"
    assert words("status.imputed", "vi") == "ước tính"

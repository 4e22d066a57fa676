"""The glossary of the documentation explains every word of the design and of the catalogues."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DESIGN = ROOT.parent / "shared" / "design.md"
TERMS = tomllib.loads((ROOT / "docs" / "glossary.toml").read_text(encoding="utf-8"))["term"]
# Rows of the table of words that say where a word is used, or how a table is laid out.
REMARKS = {"also in columns", "attributes and prose", "in every table"}


def catalogue(language: str) -> dict[str, dict[str, str]]:
    path = ROOT / "src" / "govindex" / "language" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def design_words() -> set[str]:
    """Return every word of the column 'word' of the design's table."""
    text = DESIGN.read_text(encoding="utf-8")
    section = text.partition("\n## 7. Words")[2].partition("\n## ")[0]
    rows = [line.split("|")[2] for line in section.splitlines() if line.startswith("|")][2:]
    found = set()
    for row in rows:
        row = re.sub(r"\([^)]*\)|;.*by default|; change in ranks is.*", "", row)
        row = row.replace("`", "").replace("_", " ").replace("=", "")
        found |= {part.strip() for part in re.split(r"[/·,;]", row)}
    return found - {""}


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_name_has_one_meaning(language: str) -> None:
    names = [term[language].casefold() for term in TERMS]
    assert sorted(names) == sorted(set(names))


def test_every_term_is_explained_in_both_languages() -> None:
    for term in TERMS:
        assert all(term[key].strip() for key in ("en", "vi", "meaning_en", "meaning_vi")), term
        assert term["meaning_en"].endswith(".")
        assert term["meaning_vi"].endswith(".")


@pytest.mark.parametrize(("section", "field"), [("heading", "headings"), ("status", "statuses")])
def test_every_word_of_the_catalogues_has_one_term(section: str, field: str) -> None:
    keys = [key for term in TERMS for key in term.get(field, ())]
    assert sorted(keys) == sorted(catalogue("en")[section])
    assert sorted(keys) == sorted(catalogue("vi")[section])


@pytest.mark.skipif(not DESIGN.exists(), reason="the design is not beside the repository")
def test_every_word_of_the_design_is_a_term() -> None:
    english = {term["en"] for term in TERMS}
    found = design_words()
    assert REMARKS | {"unit", "league", "swap margin", "stage"} <= found
    lacking = {
        word
        for word in found - REMARKS
        if not any(re.match(rf"{re.escape(term)}\b", word) for term in english)
    }
    assert lacking == set()

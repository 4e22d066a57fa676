"""Words by language: one catalogue (a TOML file) for each, and how numbers are written."""

from govindex.language.catalogues import check_language, languages, words
from govindex.language.numbers import number_text
from govindex.language.tables import headings

__all__ = ["check_language", "headings", "languages", "number_text", "words"]

"""Directives ``terms`` and ``headings``: the glossary from ``glossary.toml`` and the catalogues."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from govindex.language import words

FILE = Path(__file__).parents[1] / "glossary.toml"


def terms() -> list[dict[str, object]]:
    """Return every term of the glossary, sorted by its English name."""
    with FILE.open("rb") as file:
        found: list[dict[str, object]] = tomllib.load(file)["term"]
    return sorted(found, key=lambda term: str(term["en"]).casefold())


def glossary_text() -> str:
    """Return the glossary in MyST: both names, then both meanings."""
    entries = [
        f"{term['en']}\n{term['vi']}\n    {term['meaning_en']}\n\n    *{term['meaning_vi']}*\n"
        for term in terms()
    ]
    return ":::{glossary}\n" + "\n".join(entries) + ":::\n"


def heading_text(section: str, field: str) -> str:
    """Return a table in MyST: the words of a section of the catalogues, and the term of each."""
    lines = ["| name in code | English | Tiếng Việt | term |", "|---|---|---|---|"]
    for term in terms():
        for key in term.get(field, ()):  # type: ignore[attr-defined]
            english, vietnamese = (words(f"{section}.{key}", name) for name in ("en", "vi"))
            lines.append(f"| `{key}` | {english} | {vietnamese} | {{term}}`{term['en']}` |")
    return "\n".join(lines) + "\n"


class Terms(SphinxDirective):
    """Show the glossary."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(FILE))
        return self.parse_text_to_nodes(glossary_text())


class Headings(SphinxDirective):
    """Show the words of tables: ``headings`` or ``statuses``."""

    required_arguments = 1
    sections: ClassVar[dict[str, str]] = {"headings": "heading", "statuses": "status"}

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(FILE))
        field = self.arguments[0]
        return self.parse_text_to_nodes(heading_text(self.sections[field], field))


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("terms", Terms)
    app.add_directive("headings", Headings)
    return {"parallel_read_safe": True}

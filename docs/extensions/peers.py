"""Directive ``comparison``: govindex beside other packages, from ``comparison.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FILE = Path(__file__).parents[1] / "comparison.toml"


def comparison() -> Mapping[str, Any]:
    """Return the packages and the rows of the table."""
    with FILE.open("rb") as file:
        return tomllib.load(file)


def comparison_text() -> str:
    """Return the table in MyST, then what proves each row."""
    found = comparison()
    packages = found["packages"]
    head = ["", "govindex", *(package["name"] for package in packages.values())]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for row in found["rows"]:
        own = f"[{row.get('answer', 'yes')}]({row['page']})"
        others = [cell(row[key], package) for key, package in packages.items()]
        lines.append("| " + " | ".join([row["what"], own, *others]) + " |")
    table = ":::{container} comparison\n" + "\n".join(lines) + "\n:::\n"
    proofs = "\n".join(proof_lines(found["rows"]))
    return f"{table}\n:::{{dropdown}} The test that proves each row\n{proofs}\n:::\n"


def cell(answer: list[str], package: Mapping[str, str]) -> str:
    """Return what a package does, linked to where its documentation says it."""
    text, *address = answer
    if text == "not listed":
        address = [package["functions"]]
    return f"[{text}]({address[0]})" if address else text


def proof_lines(rows: list[Mapping[str, str]]) -> Iterator[str]:
    """Yield a row of a list for each row of the table that a test proves."""
    yield from (f"- {row['what']}: `{row['test']}`" for row in rows if "test" in row)


class Comparison(SphinxDirective):
    """Show the table."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(FILE))
        return self.parse_text_to_nodes(comparison_text())


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("comparison", Comparison)
    return {"parallel_read_safe": True}

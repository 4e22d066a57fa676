"""``govindex show``: a methodology, its nodes, rules, sources and notes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.reading import named_method
from govindex.description import describe
from govindex.language import check_language, headings, number_text, words
from govindex.method_definitions import declared_variables, definition_texts

if TYPE_CHECKING:
    import pandas as pd

    from govindex.cli.reading import Commands
    from govindex.methods import Methodology


def add_show(commands: Commands) -> None:
    """Add ``show`` to the commands."""
    command = commands.add_parser("show", help="a methodology: its nodes, rules, sources and notes")
    command.set_defaults(run=_run)
    command.add_argument("method", help="ID, ID@VERSION, or a document (.toml, .json)")
    command.add_argument("--language", default="en", help="of names and words: vi, en (default)")


def _run(options: argparse.Namespace) -> str:
    method = named_method(options.method)
    language = check_language(options.language)
    title = getattr(method, "title", None) and method.label(language)
    parts = [f"{method.id}@{method.version}" + (f": {title}" if title else "")]
    # A methodology of another package may have only an id and a version.
    for word in ("assesses", "depth", "confidence", "deprecated", "fingerprint"):
        text = getattr(method, word, "")
        if text:
            parts.append(f"{words(f'command.{word}', language)}: {text}")
    lines = ["\n".join(parts), _nodes(describe(method.framework, language=language), language)]
    for kind, form in getattr(method, "forms", {}).items():
        nodes = _nodes(describe(form, language=language), language)
        lines.append(f"{words('command.form', language, type=kind)}\n{nodes}")
    if getattr(method, "definitions", ()):
        lines.append(_definitions(method, language))
    if getattr(method, "notes", ""):
        lines.append(method.notes)
    sources = getattr(method, "sources", ())
    source = words("command.source", language)
    lines += [f"[{s.confidence or source}] {s.title} {s.url} {s.note}".rstrip() for s in sources]
    return "\n\n".join(lines)


def _nodes(table: pd.DataFrame, language: str) -> str:
    names = ["  " * tier + name for tier, name in zip(table["tier"], table["name"], strict=True)]
    title = words("explanation.name", language)
    width = max(map(len, [title, *names]))
    shown = table[["weight", "rule", "variables", "confidence"]].copy()
    shown.columns = headings(shown, language)
    shown.insert(0, title.ljust(width), [name.ljust(width) for name in names])
    shown.index.names = headings(["node"], language)
    return shown.to_string(float_format=lambda x: number_text(float(f"{x:.6g}"), language))


def _definitions(method: Methodology, language: str) -> str:
    """Return the variables that no indicator stands for by itself, with what each is."""
    columns = ("variable", "name", "measure_unit", "confidence")
    rows = [tuple(words(f"definition.{name}", language) for name in columns)]
    rows += [definition_texts(v, language)[:4] for v in declared_variables(method._variables)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([words("definition.title", language), *lines])

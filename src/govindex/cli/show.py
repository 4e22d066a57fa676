"""``govindex show``: a methodology, its nodes, rules, sources and notes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from govindex.cli.reading import named_method
from govindex.description import describe

if TYPE_CHECKING:
    import pandas as pd

    from govindex.cli.reading import Commands


def add_show(commands: Commands) -> None:
    """Add ``show`` to the commands."""
    command = commands.add_parser("show", help="a methodology: its nodes, rules, sources and notes")
    command.set_defaults(run=_run)
    command.add_argument("method", help="ID, ID@VERSION, or a document (.toml, .json)")
    command.add_argument("--language", default="en", help="of names: vi, en (default) …")


def _run(options: argparse.Namespace) -> str:
    method = named_method(options.method)
    title = getattr(method, "title", None) and method.label(options.language)
    parts = [f"{method.id}@{method.version}" + (f": {title}" if title else "")]
    # A methodology of another package may have only an id and a version.
    for word in ("assesses", "depth", "confidence", "deprecated", "fingerprint"):
        text = getattr(method, word, "")
        if text:
            parts.append(f"{word.capitalize()}: {text}")
    lines = ["\n".join(parts), _nodes(describe(method.framework, language=options.language))]
    for kind, form in getattr(method, "forms", {}).items():
        lines.append(f"Units of type '{kind}'\n{_nodes(describe(form, language=options.language))}")
    if getattr(method, "notes", ""):
        lines.append(method.notes)
    sources = getattr(method, "sources", ())
    lines += [f"[{s.confidence or 'source'}] {s.title} {s.url} {s.note}".rstrip() for s in sources]
    return "\n\n".join(lines)


def _nodes(table: pd.DataFrame) -> str:
    names = ["  " * tier + name for tier, name in zip(table["tier"], table["name"], strict=True)]
    width = max(len(name) for name in names)
    shown = table[["weight", "rule", "variables", "confidence"]].copy()
    shown.insert(0, "name".ljust(width), [name.ljust(width) for name in names])
    return shown.to_string(float_format=lambda x: f"{x:g}")

"""Pieces of pages that directives put together: paragraphs, tables, fields and links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from docutils import nodes
from sphinx import addnodes

Piece = str | nodes.Node


def inline(text: str) -> list[nodes.Node]:
    """Return a text as nodes; what stands in double or single backticks is code."""
    parts = re.split(r"``(.+?)``|`([^`]+)`", text)
    found: list[nodes.Node] = []
    for number, part in enumerate(parts):
        if part:
            found.append(nodes.Text(part) if number % 3 == 0 else nodes.literal("", part))
    return found


def joined(pieces: Iterable[Piece]) -> list[nodes.Node]:
    """Return texts and nodes as nodes."""
    return [nodes.Text(piece) if isinstance(piece, str) else piece for piece in pieces]


def paragraph(*pieces: Piece, classes: Sequence[str] = ()) -> nodes.paragraph:
    """Return a paragraph of texts and nodes."""
    return nodes.paragraph("", "", *joined(pieces), classes=list(classes))


def link(text: str, url: str) -> nodes.reference:
    """Return a link to an address."""
    return nodes.reference("", text, refuri=url)


def page_link(text: str, docname: str) -> addnodes.pending_xref:
    """Return a link to a page, such as "robustness"."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", text),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{docname}",
        refwarn=True,
        refexplicit=True,
    )


def api_link(target: str, text: str = "", *, role: str = "obj") -> addnodes.pending_xref:
    """Return a link to a public name of the reference, ``govindex.rules.MinMax``."""
    label = nodes.literal("", text or target.removeprefix("govindex."), classes=["xref", "py"])
    return addnodes.pending_xref(
        "", label, refdomain="py", reftype=role, reftarget=target, refwarn=True, refexplicit=True
    )


def fields(pairs: Iterable[tuple[str, Sequence[Piece]]]) -> nodes.field_list:
    """Return names with their texts, those without a text left out."""
    listed = nodes.field_list(classes=["facts"])
    for name, pieces in pairs:
        if pieces and pieces != [""]:
            body = nodes.field_body("", paragraph(*pieces))
            listed += nodes.field("", nodes.field_name("", name), body)
    return listed


def table(
    head: Sequence[str], rows: Iterable[Sequence[Sequence[Piece]]], classes: Sequence[str] = ()
) -> nodes.table:
    """Return a table; each cell is a list of texts and nodes."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", _row([[name] for name in head]))
    group += nodes.tbody("", *map(_row, rows))
    return nodes.table("", group, classes=["colwidths-auto", *classes])


def _row(cells: Sequence[Sequence[Piece]]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", paragraph(*cell)) for cell in cells))


def bullets(items: Iterable[Sequence[Piece]]) -> nodes.bullet_list:
    """Return a list; each item is a list of texts and nodes."""
    return nodes.bullet_list("", *(nodes.list_item("", paragraph(*item)) for item in items))


def section(title: str, name: str, *content: nodes.Node) -> nodes.section:
    """Return a section with a heading and an anchor."""
    return nodes.section("", nodes.title("", title), *content, ids=[name], names=[name])

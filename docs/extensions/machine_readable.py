"""Write ``llms.txt``: every page by chapter, with its address and what it is about.

The form is that of https://llmstxt.org: a heading, a sentence, and lists of links, as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

LONGEST = 200  # letters of a description


def description(tree: nodes.document) -> str:
    """Return the first sentence or two of a page."""
    for found in tree.findall(nodes.paragraph):
        if isinstance(found.parent, nodes.section) and found.astext().strip():
            return shortened(" ".join(found.astext().split()))
    return ""


def shortened(text: str) -> str:
    """Return the sentences of a text that fit, at least a part of the first."""
    kept = ""
    for sentence in text.split(". "):
        longer = f"{kept}. {sentence}" if kept else sentence
        if len(longer) > LONGEST:
            break
        kept = longer
    if not kept:
        return text[:LONGEST].rpartition(" ")[0] + " …"
    return kept if kept.endswith((".", ":", "?")) else kept + "."


def chapters(app: Sphinx) -> Iterator[tuple[str, list[str]]]:
    """Yield the captions of the start page with their pages, those below them included."""
    start = app.env.get_doctree(app.config.root_doc)
    for toctree in start.findall(addnodes.toctree):
        names = [name for name in toctree["includefiles"] for name in (name, *below(app, name))]
        yield toctree["caption"] or "Pages", names


def below(app: Sphinx, name: str) -> Iterator[str]:
    """Yield the pages below a page."""
    for inner in app.env.toctree_includes.get(name, ()):
        yield inner
        yield from below(app, inner)


def lines(app: Sphinx) -> Iterator[str]:
    """Yield the lines of the file."""
    base = app.config.html_baseurl
    start = app.env.get_doctree(app.config.root_doc)
    yield from (f"# {app.config.project}", "", f"> {description(start)}", "")
    yield "Each page has its source in its folder, as MyST Markdown, without what its code prints."
    for caption, names in chapters(app):
        yield from ("", f"## {caption}", "")
        for name in names:
            title = app.env.titles[name].astext()
            page = f"{base}{app.builder.get_target_uri(name)}"
            source = f"{base}_sources/{name}.md.txt"
            text = description(app.env.get_doctree(name))
            yield f"- [{title}]({page}): {text} ([source]({source}))"


def write(app: Sphinx, problem: Any) -> None:
    """Write the file beside the pages."""
    if problem is None and app.builder.format == "html":
        text = "\n".join([*lines(app), ""])
        (app.outdir / "llms.txt").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the file when a build ends."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

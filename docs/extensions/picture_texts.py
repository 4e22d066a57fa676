"""Warn of every picture without an alternative text, for who cannot see it."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)


def check(app: Sphinx, tree: nodes.document, page: str) -> None:
    """Warn of the pictures of a page that have no text."""
    for picture in tree.findall(nodes.image):
        if not picture.get("alt", "").strip():
            LOGGER.warning(
                "no alternative text for %s: say what it shows, with `alt:` of the picture or of "
                "the code cell (mystnb: image: alt: …)",
                picture["uri"],
                location=page,
            )


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page when it is complete."""
    app.connect("doctree-resolved", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

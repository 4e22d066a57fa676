"""Addresses, anchors and pictures of built pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import attrs

__all__ = ["Page", "broken_links", "pages_of", "without_text"]


@attrs.frozen
class Page:
    """What a page links to, what can be linked to on it, and its pictures with their texts."""

    links: tuple[str, ...]
    anchors: frozenset[str]
    pictures: tuple[tuple[str, str | None], ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.pictures: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.links += [url for key in ("href", "src") if (url := given.get(key))]
        self.anchors |= {anchor for key in ("id", "name") if (anchor := given.get(key))}
        if tag == "img":
            self.pictures.append((given.get("src") or "", given.get("alt")))


def pages_of(site: Path) -> list[Path]:
    """Return the pages of a site, without those that Sphinx makes for itself."""
    made = {"search.html", "genindex.html", "py-modindex.html"}
    pages = (page for page in site.rglob("*.html") if "_static" not in page.parts)
    return sorted(page for page in pages if page.name not in made)


@cache
def read(page: Path) -> Page:
    """Return what stands on a page."""
    reader = _Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return Page(tuple(reader.links), frozenset(reader.anchors), tuple(reader.pictures))


def broken_links(site: Path) -> Iterator[str]:
    """Yield each address inside the site that leads nowhere, with the page that has it."""
    for page in pages_of(site):
        for address in dict.fromkeys(read(page).links):
            url = urlsplit(address)
            if url.scheme or url.netloc:
                continue
            target = (page.parent / unquote(url.path)).resolve() if url.path else page
            if not target.exists():
                yield f"{page.relative_to(site)}: no file {address}"
            elif url.fragment and target.suffix == ".html":
                anchor = unquote(url.fragment)
                if anchor not in read(target).anchors:
                    yield f"{page.relative_to(site)}: no anchor {address}"


def without_text(site: Path) -> Iterator[str]:
    """Yield each picture without a text of its own, with the page that has it."""
    for page in pages_of(site):
        for source, text in read(page).pictures:
            # Sphinx and myst-nb repeat the file's name where no text is given.
            if not (text or "").strip() or Path(source).name == Path(text or "").name:
                yield f"{page.relative_to(site)}: {source}"

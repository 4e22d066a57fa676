"""The documentation as it is built: ``nox -s site`` builds it and looks at every page."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.public_names import names_of, namespaces, public_classes, public_names
from tests.site.browsers import CHROMIUM, Browser, open_browser
from tests.site.links import broken_links, pages_of, without_text

SITE = os.environ.get("GOVINDEX_SITE", "")
SCRIPT = (Path(__file__).parent / "inspection.js").read_text(encoding="utf-8")
BUILT = pytest.mark.skipif(not SITE, reason="GOVINDEX_SITE names no built documentation")
BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def problems(browser: Browser, page: Path, *, width: int, dark: bool) -> list[str]:
    """Return what a browser complains about on a page, and what is wrong with its looks."""
    browser.look(width=width, dark=dark)
    complaints = browser.visit(page.resolve().as_uri())
    found: list[str] = browser.evaluate(SCRIPT)
    return [*complaints, *found]


# -- the documentation ----------------------------------------------------------------------------


@BUILT
@BROWSER
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_every_page_is_shown_well(browser: Browser, width: int, dark: bool) -> None:
    site = Path(SITE)
    found = {
        str(page.relative_to(site)): wrong
        for page in pages_of(site)
        if (wrong := problems(browser, page, width=width, dark=dark))
    }
    assert found == {}


@BUILT
def test_every_link_leads_somewhere() -> None:
    assert list(broken_links(Path(SITE))) == []


@BUILT
def test_every_picture_has_a_text() -> None:
    assert list(without_text(Path(SITE))) == []


@BUILT
def test_every_page_has_a_social_card_and_copy_buttons() -> None:
    for page in pages_of(Path(SITE)):
        text = page.read_text(encoding="utf-8")
        assert 'property="og:title"' in text, page
        assert 'property="og:image"' in text, page
        assert "copybutton.js" in text, page


@BUILT
def test_llms_txt_lists_every_page() -> None:
    site = Path(SITE)
    text = (site / "llms.txt").read_text(encoding="utf-8")
    listed = re.findall(r"^- \[.+?\]\((\S+)\): \S", text, flags=re.MULTILINE)
    pages = {str(page.relative_to(site)) for page in pages_of(site)} - {"index.html"}
    assert sorted(listed) == sorted(pages)


@BUILT
def test_the_reference_describes_every_public_name_once_and_nothing_private() -> None:
    described = list(inventory(Path(SITE)))
    public = {line.split("(")[0].split(" ")[0] for line in public_names()}
    members = {f"{name}.{each}" for name, cls in public_classes().items() for each in names_of(cls)}
    assert len(described) == len(set(described))
    assert {name for name in described if name not in public | members} == set()
    elsewhere = {line.split(" is ")[0] for line in public_names() if " is govindex." in line}
    assert {*offered()} - elsewhere - {*described} == set()


def offered() -> Iterator[str]:
    """Yield the names that the namespaces offer, but namespaces."""
    for module in namespaces():
        space = import_module(module)
        for name in space.__all__:
            if not isinstance(getattr(space, name), ModuleType):
                yield f"{module}.{name}"


def inventory(site: Path) -> Iterator[str]:
    """Yield the Python names that the reference describes."""
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        found: Any = InventoryFile.load(file, "", lambda base, uri: uri)
    for kind, names in found.items():
        if kind.startswith("py:") and kind != "py:module":
            # Sphinx lists the module of a class as another name for it, with the first's address.
            yield from (name for name, item in names.items() if item.uri.endswith(f"#{name}"))


# -- what looks at it -----------------------------------------------------------------------------

GOOD = "<p>Read it.</p><img alt='a dot' width=9 height=9 src='data:image/gif;base64,{}'>".format(
    "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
)
BAD = {
    "contrast": "<p style='color: #999; background: #fff'>Too pale to read.</p>",
    "no alternative text": GOOD.replace("a dot", ""),
    "no picture": "<img alt='gone' src='gone.png'>",
    "squeezed": "<table><tr><td style='width: 1em'>one two three four five</td></tr></table>",
    "wider than the window": "<p style='width: 2000px'>Wide.</p>",
    "not loaded": "<script src='gone.js'></script>",
    "Error: by itself": "<script>throw new Error('by itself')</script>",
    "said to the console": "<script>console.error('said to the console')</script>",
}


def written(folder: Path, body: str) -> Path:
    page = folder / "page.html"
    page.write_text(f"<!doctype html><article>{body}</article>", encoding="utf-8")
    return page


@BROWSER
def test_what_is_wrong_with_a_page_is_found(browser: Browser, tmp_path: Path) -> None:
    assert problems(browser, written(tmp_path, GOOD), width=400, dark=False) == []
    for words, body in BAD.items():
        found = problems(browser, written(tmp_path, body), width=400, dark=False)
        assert [text for text in found if words in text], (words, found)


@BROWSER
def test_colours_are_those_that_the_reader_prefers(browser: Browser, tmp_path: Path) -> None:
    rule = "<style>@media (prefers-color-scheme: dark) { p { color: #7a7a7a } }</style>"
    page = written(tmp_path, f"{rule}<p style='background: white'>Pale in the dark.</p>")
    assert problems(browser, page, width=400, dark=False) == []
    assert "contrast 4." in problems(browser, page, width=400, dark=True)[0]


def test_links_and_pictures_that_are_wrong_are_found(tmp_path: Path) -> None:
    links = "<a href='#here'>1</a><a href='#there'>2</a><a href='gone.html'>3</a><p id=here>"
    written(
        tmp_path, f"{links}<a href='https://example.org/x'>4</a><img src='a/b.png' alt='b.png'>"
    )
    assert list(broken_links(tmp_path)) == [
        "page.html: no anchor #there",
        "page.html: no file gone.html",
        "page.html: no file a/b.png",
    ]
    assert list(without_text(tmp_path)) == ["page.html: a/b.png"]

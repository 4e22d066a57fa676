"""What a browser shows of the page on which weights move."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

import govindex as gi
from govindex import absence
from govindex.plot import explorer
from govindex.plot.explorers import Explorer
from govindex.testing import observed
from tests.plot.browsers import CHROMIUM, dom_of
from tests.plot.examples import SUBJECTS, data, method
from tests.plot.explorer_examples import figures, leaf, tree

BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
LEAGUES = SUBJECTS["63 units in three leagues"]
TEN = SUBJECTS["ten units"]


def table_of(dom: str) -> dict[str, tuple[str, str, str]]:
    """Return rank, published rank and score of each unit, by name, in the order of the table."""
    body = dom.partition("<caption")[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = {}
    for row in re.findall(r"<tr(?: class=\"(?:chosen)?\")?><td.*?</tr>", body, re.DOTALL):
        cells = [
            re.sub(r"<[^>]+>", " ", cell).split() for cell in re.findall(r"(?s)<td.*?</td>", row)
        ]
        name = re.search(r"<button[^>]*>([^<]*)", row)
        assert name is not None
        rows[html.unescape(name[1])] = (cells[0][0], cells[1][0], " ".join(cells[3]))
    return rows


def expected(method: gi.Methodology, found: gi.Observations, moved: gi.Methodology) -> Any:
    """Return the same of methodologies with declared and with moved weights."""
    before, after = method.compute(found), moved.compute(found)
    names, scores = before.units.body_labels("vi"), after.printed_at(after.codes[0])
    labels = after.rank_labels(), before.rank_labels()
    return {
        names[u]: (labels[0][u] or "–", labels[1][u] or "–", after.score_text(scores[u], "vi"))
        for u in after.publication_order(after.codes[0])
    }


def written(page: Explorer, folder: Path, script: str = "") -> Path:
    """Write a page whose script runs at the end; it draws at once, not with the next frame.

    A browser without a window may print its document before it draws another frame.
    """
    file = folder / "page.html"
    at_once = "window.requestAnimationFrame = (draw) => setTimeout(draw, 0);"
    text = page.html
    if script:
        text = text.replace("</body>", f"<script>{at_once}{script}</script></body>")
    file.write_text(text, encoding="utf-8")
    return file


@BROWSER
def test_a_browser_ranks_units_under_the_weights_of_the_address(tmp_path: Path) -> None:
    found = data(LEAGUES)
    weights = {str(i + 1): w for i, w in enumerate((5.0, 2.0, 3.0, 1.0, 1.5, 0.5))}
    page = written(explorer(method(LEAGUES), found, language="vi"), tmp_path)
    dom = dom_of(page, "#w=5,2,3,1,1.5,0.5")
    wanted = expected(method(LEAGUES), found, method(LEAGUES).with_weights(weights))
    assert list(table_of(dom).items()) == list(wanted.items())
    changes = sum(rank != before for rank, before, _ in wanted.values())
    assert re.search(r"(\d+) trên 62 thứ hạng thay đổi", dom)
    assert changes > 10


@BROWSER
def test_a_slider_that_is_moved_ranks_units_again(tmp_path: Path) -> None:
    found = data(TEN)
    script = (
        "const range = document.querySelector('input[type=range]'); range.value = 6.5;"
        "range.dispatchEvent(new Event('input'));"
    )
    dom = dom_of(written(explorer(method(TEN), found, language="vi"), tmp_path, script))
    given = re.search(r"<textarea[^>]*>", dom)
    assert given is not None
    # The others keep their proportions: half of 13 is left for 12.
    weights = {str(i + 1): w for i, w in enumerate((1, 2, 3, 4, 1, 2))}
    moved = {code: 6.5 if code == "1" else w * 6.5 / 12 for code, w in weights.items()}
    wanted = expected(method(TEN), found, method(TEN).with_weights(moved))
    assert list(table_of(dom).items()) == list(wanted.items())


@BROWSER
def test_reset_search_and_profile_work_from_the_keyboard(tmp_path: Path) -> None:
    script = (
        "const search = document.querySelector('input[type=search]'); search.value = 'phuong NGU';"
        "search.dispatchEvent(new Event('input'));"
        "[...document.querySelectorAll('button')].find((b) => b.textContent === 'Đặt lại').click();"
        "document.querySelector('tbody button').click();"
    )
    page = written(explorer(method(TEN), data(TEN), language="vi"), tmp_path, script)
    dom = dom_of(page, "#w=13,0,0,0,0,0")
    rows = table_of(dom)
    assert list(rows) == ["Phường Ngũ Hành Sơn C0"]
    ((rank, published, _),) = rows.values()
    assert rank == published
    assert "<h2>Phường Ngũ Hành Sơn C0</h2>" in dom
    assert "Trọng số đúng theo quy định của phương pháp." in dom


@BROWSER
def test_weights_that_cannot_be_scored_are_explained(tmp_path: Path) -> None:
    refusing = absence.Absence(missing=absence.Refuse())
    inside = gi.Dimension("d", [leaf("c"), leaf("e")], absence=absence.Renormalise())
    method = tree(inside, absence=refusing)
    found = figures(c=[None, 3, 1, 2], e=[1, 2, 3, 4])
    page = written(explorer(method, found, at=2), tmp_path)
    dom = dom_of(page, "#w=2,0")
    assert "1 units cannot be scored with these weights: d would have no score" in dom
    assert re.search(r'class="problem" role="alert">', dom)


@BROWSER
def test_evil_names_are_texts_in_a_browser(tmp_path: Path) -> None:
    evil = "<img src=x onerror=\"document.title='broken'\">"
    units = [gi.Unit(f"{evil}{i}", evil, league=evil) for i in range(2)]
    method = gi.Methodology(
        "made-up.m", "1", gi.Framework("root", [leaf("a", name=evil), leaf(evil)]), title=evil
    )
    dom = dom_of(written(explorer(method, observed({"a": [1, 2], evil: [2, 3]}, units)), tmp_path))
    assert "<img" not in dom
    assert "<title>broken" not in dom
    assert html.escape(evil, quote=False) in dom

"""The page on which weights move: what it holds."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import govindex as gi
from govindex import rules
from govindex.plot import explorer
from govindex.plot.explorers import Explorer
from govindex.testing import observed
from tests.plot.examples import SUBJECTS, data, method, prepared, sample
from tests.plot.explorer_examples import figures, leaf, tree

LEAGUES = SUBJECTS["63 units in three leagues"]
TEN = SUBJECTS["ten units"]


def contents(page: Explorer) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html)
    assert found is not None
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_the_page_holds_the_shares_of_indicators_as_they_are() -> None:
    method = tree(leaf("c", rule=rules.MinMax()))
    model = contents(explorer(method, figures()))["model"]
    result = method.compute(figures())
    shares = [node["shares"] for node in model["nodes"] if "shares" in node]
    assert shares == [result.shares[result.row_of(code)].tolist() for code in "abc"]


def test_nodes_that_are_shown_and_not_scored_are_left_out() -> None:
    page = contents(explorer(tree(leaf("c", weight=0)), figures()))
    assert page["codes"] == ["root", "a", "b"]


@pytest.mark.parametrize("at", [1, "a", ["a", "b"]])
def test_siblings_of_a_node_move_with_it(at: Any) -> None:
    model = contents(explorer(tree(leaf("c")), figures(), at))["model"]
    (group,) = model["moved"]
    assert (group["nodes"], group["weights"], group["total"]) == ([1, 2, 3], [1, 2, 1], 4)


def test_every_branch_of_a_tier_has_its_own_group() -> None:
    model = contents(explorer(method(TEN), data(TEN), at=2))["model"]
    assert [len(group["nodes"]) for group in model["moved"]] == [4] * 6


def test_intervals_are_those_of_the_sample() -> None:
    page = contents(explorer(method(LEAGUES), data(LEAGUES), sample=sample(LEAGUES)))
    table = sample(LEAGUES).intervals(0.9)
    codes = [unit["code"] for unit in page["units"]]
    known = table["low"].notna()
    for code, interval in zip(codes, page["intervals"], strict=True):
        expected = [table["low"][code], table["high"][code]] if known[code] else None
        assert interval == expected


def test_marks_of_figures_reach_the_page() -> None:
    found = prepared(LEAGUES)
    page = contents(explorer(method(LEAGUES), found, language="vi"))
    result = method(LEAGUES).compute(found)
    marked = set(result.marks["unit"])
    assert marked
    codes = [unit["code"] for unit in page["units"]]
    assert {code for code, text in zip(codes, page["marks"], strict=True) if text} == marked
    treated = {n for node in page["model"]["nodes"] for n in node.get("treated", ())}
    assert treated == set(np.flatnonzero(result.treated.any(axis=0)).tolist())
    for status in ("ước tính: ", "đã xử lý giá trị ngoại lai: 1.1", "thiếu số liệu: "):
        assert any(status in text for text in page["marks"])


@pytest.mark.parametrize("language", ["en", "vi"])
def test_words_names_and_marks_are_in_the_language(language: str) -> None:
    page = explorer(method(TEN), data(TEN), language=language)
    assert f'<html lang="{language}">' in page.html
    found = contents(page)
    vietnamese = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
    dimensions = [name for name in found["names"] if "." not in name]
    texts = [*found["words"].values(), *dimensions, *found["statuses"].values()]
    assert bool(vietnamese.search(" ".join(texts))) == (language == "vi")
    assert found["number"]["decimal"] == ("," if language == "vi" else ".")


def test_every_word_of_the_script_is_given() -> None:
    script = Path(explorer.__code__.co_filename).with_name("explorer_page") / "page.js"
    text = script.read_text(encoding="utf-8")
    used = set(re.findall(r"\bwords\.(\w+)", text)) | {"zero", "refused"}
    assert set(contents(explorer(method(TEN), data(TEN)))["words"]) == used


def test_the_page_refers_to_nothing_outside() -> None:
    page = explorer(method(LEAGUES), data(LEAGUES), sample=sample(LEAGUES)).html
    addresses = set(re.findall(r"https?://[^\"'\s]+", page))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of SVG, which is not loaded
    assert "default-src 'none'" in page
    assert not re.search(
        r"<link|<img|<iframe|<object|@import|url\(|fetch\(|XMLHttp|WebSocket", page
    )
    assert not re.search(r"<(script|style)[^>]* src=", page)


def test_texts_cannot_become_markup() -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)> & <!-- \u2028"
    nodes = [leaf("a", name=evil), leaf(evil, name=evil)]
    method = gi.Methodology("made-up.m", "1", gi.Framework("root", nodes), title=evil)
    units = [gi.Unit(f"{evil}{i}", evil, league=evil) for i in range(2)]
    page = explorer(method, observed({"a": [1, 2], evil: [2, 3]}, units))
    assert page.html.count("<script") == 3
    assert "<img" not in page.html
    assert contents(page)["title"] == evil
    assert "<script>alert" not in html.unescape(page._repr_html_().partition('srcdoc="')[0])


def test_a_page_is_small() -> None:
    made = explorer(method(LEAGUES), data(LEAGUES), sample=sample(LEAGUES))
    assert len(made.html.encode()) < 200_000


def test_a_notebook_shows_the_page_inline() -> None:
    page = explorer(method(TEN), data(TEN))
    shown = page._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    inside = re.search(r'srcdoc="([^"]*)"', shown)
    assert inside is not None
    assert html.unescape(inside[1]) == page.html
    assert 'sandbox="allow-scripts"' in shown
    assert len(repr(page)) < 60


def test_a_page_is_written_whole_and_replaces_a_file_only_if_told(tmp_path: Path) -> None:
    file = tmp_path / "x.html"
    page = explorer(tree(), figures(), path=file)
    assert file.read_text(encoding="utf-8") == page.html
    with pytest.raises(gi.DataError, match=r"'x\.html' exists already"):
        explorer(tree(), figures(), path=file)
    page.write(file, overwrite=True)


def test_the_page_does_not_depend_on_the_order_of_units() -> None:
    found = data(TEN)
    turned = found.take(list(found.units.codes)[::-1])
    ranks = []
    for each in (found, turned):
        model = contents(explorer(method(TEN), each))
        codes = [unit["code"] for unit in model["units"]]
        leaves = [node["shares"] for node in model["model"]["nodes"] if "shares" in node]
        ranks.append(dict(zip(codes, zip(*leaves, strict=True), strict=True)))
    assert ranks[0] == ranks[1]

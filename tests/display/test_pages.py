"""What a notebook and a terminal show: every figure, no markup of others, any width."""

from __future__ import annotations

from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.display import Branch, Cell, Column, Facts, Gaps, Page, Table, html, plain

NASTY = "<script>alert(1)</script>\"'&"
VOID = ("br", "hr", "img")


class Parsed(HTMLParser):
    """The texts of a page, its tags, and whether every tag was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def provinces() -> gi.IndexResult:
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    return gi.methodology("vn.service-766").cut().compute(data)


def with_gaps() -> gi.Observations:
    frame = pd.DataFrame({"unit": [NASTY, "B"], "days": ["n/a", "3"], "queue": ["", "4"]})
    return gi.Observations.from_frame(frame, unit="unit")


def methodology() -> gi.Methodology:
    leaves = ["days", "queue"]
    absence = gi.absence.Renormalise()
    framework = gi.Framework.from_dict(
        {"speed": leaves}, rule=gi.rules.Goalposts(worst=0, best=10), absence=absence
    )
    return gi.Methodology("made-up", "1", framework, title=NASTY)


def test_every_text_is_escaped_and_every_tag_is_closed() -> None:
    texts = st.text(max_size=20)

    @given(texts, texts)
    def check(one: str, other: str) -> None:
        table = Table((Column(one), Column(other, True)), ((Cell(other, 0.5), Cell(one)),))
        tree = Branch(one, (other,), (Branch(other, (one,)),))
        gaps = Gaps((one,), (other,), (("missing",),), (("missing", other),), one)
        page = Page(one, (other, Facts(((one, other),)), table, tree, gaps))
        parsed = Parsed(html(page))
        assert parsed.open == []
        assert "script" not in parsed.tags

    check()


@pytest.mark.parametrize(
    "shown",
    [provinces, with_gaps, methodology, lambda: methodology().framework],
    ids=["result", "observations", "methodology", "framework"],
)
def test_a_display_is_html_without_script_or_reference(shown: object) -> None:
    text = shown()._repr_html_()  # type: ignore[operator]
    parsed = Parsed(text)
    assert parsed.open == []
    assert not {"script", "link", "img", "iframe"} & set(parsed.tags)
    assert "http" not in text.replace("http://www.w3.org", "")
    assert "<script>alert" not in text


def test_a_result_shows_every_unit_with_its_rank_and_score() -> None:
    result = provinces()
    texts = Parsed(result._repr_html_()).texts
    table = result.table()
    for name, score in zip(table["name"], table["score"], strict=True):
        assert name in texts
        assert f"{score:.2f}" in texts


def test_a_map_of_gaps_counts_cells_by_status() -> None:
    shown = str(with_gaps())
    assert "missing         1" in shown
    assert "not applicable  1" in shown


def test_units_without_a_score_are_shown_with_the_reason() -> None:
    leaf = gi.Indicator("days", rule=gi.rules.Goalposts(worst=0, best=10))
    method = gi.Methodology(
        "made-up", "1", gi.Framework("index", [leaf], absence=gi.absence.Renormalise())
    )
    frame = pd.DataFrame({"unit": ["A", "B"], "days": [3, None]})
    result = method.compute(gi.Observations.from_frame(frame, unit="unit"))
    assert "1 of 2 units have a score" in str(result)
    assert "B: missing: days" in str(result)
    assert "B: missing: days" in Parsed(result._repr_html_()).texts


@pytest.mark.parametrize("width", [30, 60, 80, 200])
def test_a_text_fits_the_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = str(provinces()).splitlines()[4:24]
    assert max(map(len, lines)) <= width


def test_a_text_names_the_columns_that_it_leaves_out() -> None:
    table = Table(tuple(Column(name) for name in "abc"), ((Cell("x" * 9),) * 3,))
    assert "… c" in plain(Page("t", (table,)), width=20)


def test_a_tree_indents_its_branches() -> None:
    tree = Branch("all", (), (Branch("speed", ("weight 2",)),))
    assert plain(Page("t", (tree,)), 40) == "t\n\nall\n  speed · weight 2"

"""Formatted rankings: what is printed, in whatever language, for web pages, LaTeX and Typst."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

import govindex as gi

NASTY = "<b>A & Co_1 50% #x $y *z*"
LEAVES = [
    gi.Indicator("x", name="Speed_50%", rule=gi.rules.Goalposts(worst=0, best=10)),
    gi.Indicator("y", rule=gi.rules.Goalposts(worst=0, best=10)),
]
FRAMEWORK = gi.Framework("index", LEAVES, absence=gi.absence.Renormalise())
BANDS = gi.Bands({"good": 60, "fair": 40, "poor": None})


def result(**settings: Any) -> gi.IndexResult:
    frame = pd.DataFrame(
        {
            "unit": [NASTY, "B", "C", "D", "E"],
            "league": ["one", "one", "one", "two", "two"],
            "x": [1, 3, 0, 10, None],
            "y": [8, 6, 1, 9, 3.0],
        }
    )
    data = gi.Observations.from_frame(frame, unit="unit", league="league")
    return gi.Methodology("made-up", "1", FRAMEWORK, bands=BANDS, **settings).compute(data)


def rows(text: str) -> list[list[str]]:
    """Return the cells of an HTML table."""

    class Cells(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.rows: list[list[str]] = []
            self.inside = False

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag == "tr":
                self.rows.append([])
            self.inside = tag in ("td", "th")
            if self.inside:
                self.rows[-1].append("")

        def handle_endtag(self, tag: str) -> None:
            self.inside = False

        def handle_data(self, data: str) -> None:
            if self.inside:
                self.rows[-1][-1] += data

    parser = Cells()
    parser.feed(text)
    return parser.rows


def test_a_web_page_has_ties_bands_decimals_and_marks() -> None:
    text = result().style().to_html()
    table = rows(text)
    assert table[0] == [
        *("Rank", "Unit", "League", "Overall rank", "Score", "Band", "Speed_50%", "y", "Marks"),
    ]
    assert table[1] == ["=1", NASTY, "one", "=2", "45.00", "fair", "10.00", "80.00", ""]
    assert table[5] == ["2", "E", "two", "4", "30.00", "poor", "", "30.00", "m"]
    assert "Marks: m = missing." in text


def test_markup_in_names_is_text() -> None:
    text = result().style().to_html()
    assert "<b>" not in text
    assert "&lt;b&gt;A &amp; Co_1" in text


@pytest.mark.parametrize(("language", "score"), [("vi", "45,00"), ("en", "45.00"), (None, "45.00")])
def test_a_language_decides_the_decimal_mark(language: str | None, score: str) -> None:
    assert rows(result().style(language=language).to_html())[1][4] == score


def test_decimals_round_half_up_as_the_methodology_does() -> None:
    one = gi.Methodology("m", "1", gi.Framework("i", LEAVES[1:])).compute(
        gi.Observations.from_frame(pd.DataFrame({"unit": ["A", "B"], "y": [0.25, 0.05]}))
    )
    table = rows(one.style(decimals=0).to_html())
    assert [row[2] for row in table[1:]] == ["3", "1"]  # 2.5 and 0.5


def test_bands_have_colours_and_the_best_is_blue() -> None:
    text = result().style().to_html()
    assert "background-color: #92C5DE" in text  # good
    assert "background-color: #F4B183" in text  # poor
    assert text.count("linear-gradient") >= 5


def test_a_line_stands_between_leagues() -> None:
    assert "border-top: 2px solid" in result().style().to_html()


def test_latex_escapes_and_colours_bands() -> None:
    text = result().style(target="latex").to_latex(hrules=True)
    assert r"<b>A \& Co\_1 50\% \#x \$y *z*" in text
    assert r"Speed\_50\%" in text
    assert r"\cellcolor[HTML]{92C5DE} good" in text
    assert "linear-gradient" not in text


@pytest.mark.skipif(not hasattr(pd.DataFrame().style, "to_typst"), reason="pandas 3 writes Typst")
def test_typst_can_be_typeset() -> None:
    typst = pytest.importorskip("typst")
    text = result().style(target="typst").to_typst()
    assert r"\<b\>A & Co\_1 50% \#x \$y \*z\*" in text
    assert typst.compile(text.encode()).startswith(b"%PDF")
    assert 'table.cell(fill: rgb("#92C5DE"))[good]' in text
    assert text.count("table.hline") == 3  # below the header, between two leagues, at the end
    assert text.count("align: (right, left, ") == 1


@pytest.mark.skipif(not hasattr(pd.DataFrame().style, "to_typst"), reason="pandas 3 writes Typst")
def test_bars_of_typst_are_shares_of_the_maximum() -> None:
    one = result()
    text = one.style(target="typst").to_typst()
    for score in one.table()["score"].dropna():
        assert f"bar(0.0%, {score:.1f}%)" in text
    leaf = gi.Indicator("x", rule=gi.rules.ZScore())
    data = gi.Observations.from_frame(pd.DataFrame({"unit": list("ABC"), "x": [1, 2, 6]}))
    scores = gi.Methodology("m", "1", gi.Framework("i", [leaf])).compute(data)
    low, most = scores.score.min(), max(float(scores.maxima[0]), scores.score.max())
    zero = 100.0 * -low / (most - low)
    assert f"bar(0.0%, {zero:.1f}%)" in scores.style(target="typst").to_typst()


@pytest.mark.parametrize("target", ["html", "latex", "typst"])
def test_the_legend_of_marks_is_below_every_table(target: str) -> None:
    frame = pd.DataFrame({"unit": list("ABC"), "x": [1, 2, None]})
    imputed = gi.prepare.Impute(gi.impute.Median())(gi.Observations.from_frame(frame))
    leaf = gi.Indicator("x", rule=gi.rules.Goalposts(worst=0, best=10))
    one = gi.Methodology("m", "1", gi.Framework("i", [leaf])).compute(imputed)
    styler = one.style(target=target)  # type: ignore[arg-type]
    if not hasattr(styler, f"to_{target}"):
        pytest.skip("pandas 3 writes Typst")
    text = getattr(styler, f"to_{target}")()
    assert "i = imputed" in text.replace("\\", "")


def test_z_scores_have_bars_on_both_sides() -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.ZScore()) for code in "xy"]
    frame = pd.DataFrame({"unit": list("ABC"), "x": [1, 2, 6], "y": [9, 2, 1]})
    data = gi.Observations.from_frame(frame)
    one = gi.Methodology("m", "1", gi.Framework("i", leaves)).compute(data)
    assert "linear-gradient" in one.style().to_html()
    assert "-" in rows(one.style().to_html())[3][2]


def test_equal_titles_are_kept_apart() -> None:
    leaf = gi.Indicator("a", name="Score", rule=gi.rules.Goalposts(worst=0, best=10))
    data = gi.Observations.from_frame(pd.DataFrame({"unit": ["A"], "a": [5]}))
    one = gi.Methodology("m", "1", gi.Framework("i", [leaf]), display=["a"]).compute(data)
    assert len(set(rows(one.style().to_html())[0])) == 4


def test_without_jinja2_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(gi.SettingError, match=r"style\(\) needs jinja2: .*govindex\[report\]"):
        result().style()


def test_another_target_is_refused() -> None:
    with pytest.raises(gi.SettingError, match="target is not 'xlatex': did you mean 'latex'"):
        result().style(target="xlatex")  # type: ignore[arg-type]


def test_provinces_are_written_as_published() -> None:
    groups = gi.methodology("vn.service-766").cut()
    ranking = groups.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    table = rows(ranking.style(language="vi").to_html())
    assert table[1][:3] == ["1", "UBND tỉnh Đồng Tháp", "68,80"]
    assert len(table) == 35

"""What a notebook and a terminal show: every figure, no markup of others, any width."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.display import (
    Facts,
    GapMap,
    ShownCell,
    ShownColumn,
    ShownPage,
    Table,
    TreeNode,
    html,
    plain,
)

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
        table = Table(
            (ShownColumn(one), ShownColumn(other, True)), ((ShownCell(other, 0.5), ShownCell(one)),)
        )
        tree = TreeNode(one, (other,), (TreeNode(other, (one,)),))
        gaps = GapMap((one,), (other,), (("missing",),), (("missing", other),), one)
        page = ShownPage(one, (other, Facts(((one, other),)), table, tree, gaps))
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


@pytest.mark.parametrize("width", [60, 80, 200])
def test_every_text_fits_the_width(
    width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for name, thing in shown_things(tmp_path).items():
        lines = repr(gi.show(thing, language="vi")).splitlines()
        assert max(map(len, lines)) <= width, name


def test_a_narrow_text_keeps_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    assert max(map(len, str(provinces()).splitlines())) <= 30


def test_a_text_names_the_columns_that_it_leaves_out() -> None:
    table = Table(tuple(ShownColumn(name) for name in "abc"), ((ShownCell("x" * 9),) * 3,))
    assert "… c" in plain(ShownPage("t", (table,)), width=20)


def test_a_tree_indents_its_branches() -> None:
    tree = TreeNode("all", (), (TreeNode("speed", ("weight 2",)),))
    assert plain(ShownPage("t", (tree,)), 40) == "t\n\nall\n  speed · weight 2"


def early_and_late() -> tuple[gi.IndexResult, gi.IndexResult]:
    groups = gi.methodology("vn.service-766").cut()
    days = [gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}") for day in ("06", "10")]
    return groups.compute(days[0]), groups.compute(days[1])


def shown_things(tmp_path: Path) -> dict[str, object]:
    early, late = early_and_late()
    data = with_gaps()
    leaves = [gi.Indicator(c, weight=5, rule=gi.rules.Points()) for c in ("days", "queue")]
    points = gi.Framework(NASTY, leaves, aggregate=gi.aggregate.Sum())
    file = tmp_path / "scores.csv"
    file.write_text("unit;days;queue\nA;3;nonsense\n", encoding="utf-8")
    sheet = tmp_path / "rubric.csv"
    lines = ["STT;Tiêu chí;Điểm tối đa", "I;Mục <b>;5", "1.1;Một;3", "1.2;Hai;2", ""]
    sheet.write_text("\n".join(lines), encoding="utf-8")
    return {
        "change": gi.change(early, late),
        "comparison": gi.compare({NASTY: early, "late": late}),
        "winners": gi.robustness.potential_winners(late),
        "reversals": gi.robustness.reversals(methodology(), data),
        "scores": gi.workbooks.read_scores(file, points, on_problem="collect"),
        "rubric": gi.workbooks.read_rubric(sheet),
        "units": data.units,
        "result": late,
        "framework": late.framework,
        "methodology": methodology(),
        "observations": data,
        "explanation": gi.explain(late, late.units.codes[0]),
        "sample": gi.robustness.sample_ranks(
            gi.methodology("vn.service-766").cut(),
            gi.datasets.load("vn.service-766.provinces-2026-10-10"),
            vary=[gi.robustness.Weights(spread=0.1)], draws=20, rng=1,
        ),
    }  # fmt: skip


def test_everything_is_shown_by_one_structure_in_every_language(tmp_path: Path) -> None:
    for name, thing in shown_things(tmp_path).items():
        for language in (None, "en", "vi"):
            shown = gi.show(thing, language=language)
            text, markup = repr(shown), shown.html()
            parsed = Parsed(markup)
            assert parsed.open == [], name
            assert "script" not in parsed.tags, name
            assert "<b>" not in markup.replace("<b>", "", markup.count("</b>")), name
            assert text.splitlines()[0] in " ".join(parsed.texts), name


def test_a_page_is_readable_where_styles_are_stripped(tmp_path: Path) -> None:
    """GitHub drops styles and classes: numbers, names and marks are texts of table cells."""
    shown = shown_things(tmp_path)["change"]
    stripped = re.sub(r'<style>.*?</style>| (class|style)="[^"]*"', "", shown._repr_html_())  # type: ignore[attr-defined]
    texts = Parsed(stripped).texts
    assert "UBND tỉnh Đồng Tháp" in texts
    assert "+0.54" in texts


def test_letters_mark_figures_and_the_legend_explains_them() -> None:
    days, queue = [1, 3, 5, 7, None], [2, 4, 1, 6, 3]
    frame = pd.DataFrame({"unit": list("ABCDE"), "days": days, "queue": queue})
    data = gi.prepare.imputations(gi.Observations.from_frame(frame), 1, rng=1)[0]
    result = methodology().compute(data)
    text = str(gi.show(result))
    row = next(line for line in text.splitlines() if " E " in line)
    assert row.count(" i") == 2  # the total and the dimension, which rest on it
    assert "Marks: i = imputed." in text
    assert "<sup>i</sup>" in result._repr_html_()
    assert "Ký hiệu: ư = " in str(gi.show(result, language="vi"))


def test_a_result_of_63_units_is_small() -> None:
    units = [f"Made-up province {number}" for number in range(63)]
    codes = [f"d{number}" for number in range(8)]
    figures = {code: [(7 * i + n) % 100 for i in range(63)] for n, code in enumerate(codes)}
    frame = pd.DataFrame(figures)
    frame.insert(0, "unit", units)
    rule = gi.rules.Goalposts(worst=0, best=100)
    framework = gi.Framework("index", [gi.Indicator(code, rule=rule) for code in codes])
    result = gi.Methodology("made-up", "1", framework).compute(gi.Observations.from_frame(frame))
    markup = result._repr_html_()
    assert len(markup.encode()) < 100_000
    assert all(unit in markup for unit in units)


def test_what_has_no_display_is_refused() -> None:
    for thing in (3, "text", gi.IndexResult, gi.rules.MinMax()):
        with pytest.raises(gi.SettingError, match="has no display"):
            gi.show(thing)


def test_nodes_are_represented_by_what_differs_from_their_defaults() -> None:
    leaf = gi.Indicator("days", direction="lower", rule=gi.rules.MinMax(), measure_unit="days")
    assert repr(leaf) == "Indicator('days', rule=MinMax(), direction='lower', measure_unit='days')"
    branch = gi.Dimension("d", [gi.Indicator(f"n{i}", rule=gi.rules.MinMax()) for i in range(30)])
    assert "… 30 in all" in repr(branch)
    assert len(repr(branch)) < 200
    assert repr(gi.View("v", of=["a"])) == "View('v', of=('a',))"


def test_nodes_that_differ_in_a_setting_are_represented_differently() -> None:
    made = [
        gi.Indicator("a", rule=gi.rules.MinMax(), **settings)
        for settings in ({}, {"weight": 2}, {"name": "A"}, {"evidence": "x"}, {"reference": "y"})
    ]
    assert len({repr(leaf) for leaf in made}) == len(made)


def test_a_sensitivity_shows_the_intervals_of_its_bootstraps() -> None:
    _, late = early_and_late()
    groups, data = gi.methodology("vn.service-766").cut(), late.observations
    vary = {"weights": gi.robustness.Weights(spread=0.25), "dropped": gi.robustness.LeaveOut()}
    settings = {"vary": vary, "points": 8, "rng": 1}
    assert data is not None
    bare = gi.robustness.sensitivity(groups, data, bootstraps=0, **settings)  # type: ignore[arg-type]
    found = gi.robustness.sensitivity(groups, data, bootstraps=10, **settings)  # type: ignore[arg-type]
    assert "From … to" not in str(gi.show(bare))
    row = found.mean_shift.loc["weights"]
    text = str(gi.show(found, language="vi"))
    for order in ("first", "total"):
        low, high = (f"{row[f'{order}_{end}']:.3f}".replace(".", ",") for end in ("low", "high"))
        assert f"{low} … {high}" in text


def test_bands_are_shown_in_words() -> None:
    lower = gi.Bands([("good", 70), ("fair", None)], by="percent")
    upper = gi.Bands([("good", 70), ("fair", None)], by="points", closed="upper")
    framework = methodology().framework
    for bands, text in (
        (lower, "by percent of the applicable maximum: good from 70; fair below"),
        (upper, "by points: good above 70; fair below"),
    ):
        shown = str(gi.show(gi.Methodology("made-up", "1", framework, bands=bands)))
        assert text in " ".join(shown.split())


def test_the_nodes_of_an_explanation_are_named_for_what_they_are() -> None:
    _, late = early_and_late()
    page = str(gi.show(gi.explain(late, late.units.codes[0]), language="vi"))
    assert "Tiêu chí" in page
    assert "Mã tiêu chí" not in page  # names, not codes

"""Contents that users put together, and pictures that can stand in a page."""

from __future__ import annotations

import datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.errors import SettingError
from govindex.report.letterheads import letterhead_texts
from govindex.report.pictures import Bar, Interval, bars, intervals
from govindex.report.safe_pictures import svg_problem
from govindex.report.table_widths import column_widths
from tests.report.examples import small, tables

report = gi.report
SVG = 'xmlns="http://www.w3.org/2000/svg"'


def test_tables_and_pictures_are_numbered_through_all_chapters() -> None:
    table = report.DataTable("Own", [report.TableColumn("Unit")], [["A"]])
    picture = report.Picture("Own", "nothing", f"<svg {SVG}/>")
    content = report.compose(small({"a": "A", "b": "B"}, [1.0, 2.0]))
    numbers = [found.number for found in tables(content)]
    own = report.Chapter("Own", [table, picture, picture])
    more = attrs.evolve(content, chapters=[own, *content.chapters])
    assert [found.number for found in tables(more)] == [1, *(n + 1 for n in numbers)]
    assert [block.number for block in more.chapters[0].blocks[1:]] == [1, 2]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: report.DataTable("T", [report.TableColumn("A")], [["1", "2"]]), "has 2 cells"),
        (lambda: report.DataTable("T", ["A"], []), r"are TableColumn\(…\), not 'A'"),  # type: ignore[list-item]
        (lambda: report.Chapter("C", ["text"]), "holds Prose, Listing, DataTable and Picture"),  # type: ignore[list-item]
        (lambda: report.Chapter("C", level=3), "level 1 or 2, not 3"),
        (lambda: report.Prose(5), "a text, not 5"),  # type: ignore[arg-type]
        (lambda: report.Prose("a", kind="loud"), "Known: 'text', 'note'"),  # type: ignore[arg-type]
        (lambda: report.Picture("P", "", "<svg/>"), "its root is an 'svg'"),
        (lambda: report.Letterhead(date="5 May"), "datetime.date, not '5 May'"),  # type: ignore[arg-type]
        (lambda: report.Letterhead(recipients=[1]), "a text of a report is a text, not 1"),  # type: ignore[list-item]
    ],
)
def test_what_is_no_content_is_refused(make: object, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make()  # type: ignore[operator]


def test_a_first_chapter_below_another_is_refused() -> None:
    content = report.compose(small({"a": "A"}, [1.0]))
    with pytest.raises(SettingError, match="the first chapter, 'x', has level 1"):
        attrs.evolve(content, chapters=[report.Chapter("x", level=2)])


@pytest.mark.parametrize(
    "inside",
    [
        "<script/>",
        "<foreignObject/>",
        '<image href="https://a.b/c.png"/>',
        '<use href="https://a.b/c.svg#d"/>',
        '<a href="#b"/>',
        '<rect onclick="x()"/>',
        '<rect fill="url(https://a.b)"/>',
        '<rect style="fill: url( //a.b )"/>',
        "<style>@import 'a.css'</style>",
        "<style>rect { fill: \\75 rl(//a.b) }</style>",
        "<!-- a comment -->",
        "<rect>",
    ],
)
def test_pictures_that_run_code_or_load_something_are_refused(inside: str) -> None:
    assert svg_problem(f"<svg {SVG}>{inside}</svg>") is not None
    assert svg_problem(f'<svg {SVG}><use href="#a"/><rect fill="url(#b)"/></svg>') is None


def test_pictures_show_what_they_are_given() -> None:
    drawn = bars([Bar("A & <b>", 0.5, "50"), Bar("B" * 80, 2.0, "200")], "Title")
    assert svg_problem(drawn) is None
    assert "A &amp; &lt;b&gt;" in drawn
    assert drawn.count("<rect") == 2
    assert "B" * 35 + "…" in drawn
    ranks = intervals([Interval("A", 1, 3, 2, "1–3")], 34, "Title")
    assert svg_problem(ranks) is None
    assert [f">{rank}</text>" in ranks for rank in (1, 5, 10, 34)] == [True] * 4


def test_a_letterhead_follows_the_decree_in_vietnamese() -> None:
    given = report.Letterhead(place="Huế", date=datetime.date(2026, 2, 5), number="1/BC-SNV")
    head = letterhead_texts(given, "vi")
    assert head.nation == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert head.place_and_date == "Huế, ngày 05 tháng 02 năm 2026"
    assert head.number == "Số: 1/BC-SNV"
    assert "[" in head.issuer
    english = letterhead_texts(given, "en")
    assert english.nation == english.motto == ""
    assert english.place_and_date == "Huế, 05 February 2026"


@pytest.mark.parametrize(
    ("month", "written"), [(1, "tháng 01"), (2, "tháng 02"), (3, "tháng 3"), (12, "tháng 12")]
)
def test_only_the_first_months_have_a_zero(month: int, written: str) -> None:
    given = report.Letterhead(date=datetime.date(2026, month, 15))
    assert f"ngày 15 {written} năm 2026" in letterhead_texts(given, "vi").place_and_date


@given(
    headings=st.lists(st.text("abc ", max_size=16), min_size=1, max_size=9),
    widths=st.lists(st.floats(0.5, 3.0), min_size=9, max_size=9),
)
def test_columns_fill_the_line_and_hold_their_headings(
    headings: list[str], widths: list[float]
) -> None:
    columns = [report.TableColumn(h, "text", w) for h, w in zip(headings, widths, strict=False)]
    parts = column_widths(columns)
    assert sum(parts) == pytest.approx(1.0)
    assert min(parts) > 0.0
    line = 80 if len(columns) < 8 else 92
    longest = [max(map(len, heading.split() or [""])) + 1.8 for heading in headings]
    if sum(longest) <= line:
        assert all(p * line >= n - 1e-9 for p, n in zip(parts, longest, strict=True))

"""Six made-up offices come out as they were worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import govindex as gi

RUBRIC = "made-up-province.reform@2026"
MEDIAN = "made-up-province.median@2026"


@pytest.fixture(scope="module")
def figures() -> gi.Observations:
    frame = gi.read_table(Path(__file__).with_name("figures.csv"))
    return gi.Observations.from_frame(frame, unit="unit", league="league")


def ranking(method: str, figures: gi.Observations, *columns: str) -> list[tuple[object, ...]]:
    table = gi.methodology(method).compute(figures).table()
    return list(table[["name", "rank", "score", *columns]].itertuples(index=False, name=None))


def test_rubric_ranks_departments_and_communes_apart(figures: gi.Observations) -> None:
    assert ranking(RUBRIC, figures, "maximum", "band") == [
        ("Sở Ví dụ A", 1, 100.0, 100.0, "Xuất sắc"),
        # No procedures: 53.50 of the 63 points that apply are 84.92 %.
        ("Sở Ví dụ C", 2, 53.5, 63.0, "Tốt"),
        ("Sở Ví dụ B", 3, 74.06, 100.0, "Khá"),
        ("Sở Ví dụ D", 4, 6.0, 100.0, "Trung bình"),
        ("Xã Ví dụ E", 1, 84.72, 100.0, "Tốt"),
        ("Xã Ví dụ F", 2, 69.95, 100.0, "Khá"),
    ]


def test_median_ranks_by_the_middle_indicator(figures: gi.Observations) -> None:
    assert ranking(MEDIAN, figures) == [
        ("Sở Ví dụ A", 1, 100.0),
        ("Sở Ví dụ C", 1, 100.0),
        ("Sở Ví dụ B", 3, 75.0),
        ("Sở Ví dụ D", 4, 0.0),
        ("Xã Ví dụ E", 1, pytest.approx(98.13, abs=0.005)),
        ("Xã Ví dụ F", 2, 75.0),
    ]


def test_both_are_listed_under_their_names() -> None:
    listed = gi.methodologies()
    mine = listed[listed["package"] == "govindex-made-up-province"]
    assert sorted(mine.index) == ["made-up-province.median", "made-up-province.reform"]
    assert mine["state"].str.startswith("ready").all()


def test_published_edition_is_pinned() -> None:
    # What was published under a name stays: a correction is a new document beside it.
    assert gi.methodology(RUBRIC).fingerprint == (
        "f565050db8e301b122a48563a3b6d6c15dc9a66b89599757af5e1716a80c61f6"
    )

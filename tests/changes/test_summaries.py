"""A change in words."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

import govindex as gi
from govindex import rules
from tests.strategies import observed

change: Any = gi.change  # its tables are of any type


def scored(version: str, codes: list[str], scores: Any, best: float = 100) -> gi.IndexResult:
    leaf = gi.Indicator("x", "Speed", rule=rules.Goalposts(worst=0, best=best))
    method = gi.Methodology("example.words", version, gi.Framework("f", [leaf]))
    return method.compute(observed({"x": list(scores)}, codes))


def test_a_change_in_words_says_what_is_compared_and_what_is_not() -> None:
    found = change(scored("1", ["A", "B"], [50.0, 60.5]), scored("2", ["A", "C"], [1, 2], 10))
    assert repr(found) == (
        "<Change from example.words@1 to example.words@2: 1 units (only after: 1, only before: 1), "
        "1 changes of rules>"
    )
    assert str(found).splitlines() == [
        "Changes from example.words@1 to example.words@2",
        "",
        "Units compared: 1. Only in the earlier result: 1. Only in this one: 1.",
        "",
        "unit  rank before  rank  ± ranks  score before  score  ± score",
        "A               2     2        0         50.00  10.00   -40.00",
        "",
        "Not compared:",
        "  B (before): is no longer assessed",
        "  C (now): is new",
        "",
        "What changed in the rules:",
        "  x Speed: scoring rule: Goalposts(best=100) → Goalposts(best=10)",
    ]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_many_units_are_cut_and_counted(language: str) -> None:
    codes = [f"U{number:03}" for number in range(130)]
    before = scored("1", [*codes, *(f"W{number:02}" for number in range(30))], np.arange(160) / 2)
    found = change(before, scored("1", codes, np.arange(130) / 3), language=language)
    lines = str(found).splitlines()
    more = {"en": "  … and 30 more", "vi": "  … và 30 nội dung khác"}[language]
    assert lines.count(more) == 1
    assert lines.count(more.replace("30", "10")) == 1
    assert "U129" in str(found)


def test_numbers_and_words_follow_the_language() -> None:
    data = scored("1", ["A", "B"], [50.0, 60.5])
    method = gi.Methodology("example.words", "1", data.framework)
    text = str(change(data, data, methods=method, language="vi"))
    assert "60,50" in text
    assert "Nhóm xếp hạng" in text
    assert "thứ hạng" in text


def test_a_change_shows_its_units_in_a_notebook() -> None:
    data = scored("1", ["A", "B"], [50.0, 60.5])
    shown = change(data, data)._repr_html_()
    assert all(text in shown for text in ("A", "B", "60.50", "rank before"))


def test_units_of_several_leagues_name_theirs() -> None:
    both = [
        attrs.evolve(result, units=attrs.evolve(result.units, leagues=("x", "y")))
        for result in (scored("1", ["A", "B"], [50.0, 60.5]), scored("1", ["A", "B"], [51.0, 60.0]))
    ]
    lines = str(change(*both)).splitlines()
    head = next(line for line in lines if line.startswith("unit"))
    assert head.split()[:3] == ["unit", "league", "rank"]
    assert {tuple(line.split()[:2]) for line in lines if line[:1] in "AB" and line} == {
        ("A", "x"),
        ("B", "y"),
    }

"""Overviews of several indices: announcements and standings."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import govindex as gi
from govindex.aggregate import Sum
from govindex.rules import Points

NAMES = {"A": "An Bình", "B": "Bắc Sơn", "C": "Cao Lộc", "D": "Đông Hà"}


def computed(
    cells: dict[str, list[float | None]], leagues: list[str] | None = None, **settings: Any
) -> gi.IndexResult:
    """Return an index of 10 points per dimension, of as many units as there are cells."""
    leaves = [
        gi.Indicator(code, {"en": code.title(), "vi": f"Nhóm {code}"}, weight=10, rule=Points())
        for code in cells
    ]
    absence = gi.absence.Renormalise(min_share=1)
    framework = gi.Framework("index", leaves, aggregate=Sum(), absence=absence)
    method = gi.Methodology("test", "1", framework, scale="points", **settings)
    count = len(next(iter(cells.values())))
    frame = pd.DataFrame({"code": list(NAMES)[:count], **cells})
    frame["unit"] = [NAMES[code] for code in frame["code"]]
    frame["league"] = leagues or "all"
    data = gi.Observations.from_frame(frame, unit="code", name="unit", league="league")
    return method.compute(data)


SERVICE = computed({"speed": [9, 7, 7, 1], "reach": [1, 3, 3, 9]}, bands=gi.Bands([("good", 10)]))
DIGITAL = computed({"online": [5, 6, 7, 8]}, ["north", "north", "south", "south"])
REFORM = computed({"plan": [3, 9], "work": [2, None]})
THREE = {"Service": SERVICE, "Digital": DIGITAL, "Reform": REFORM}


def test_announcements_have_a_row_for_each_index_and_league() -> None:
    table = gi.announcements(THREE)
    assert table.index.to_list() == [
        ("Service", "all"),
        ("Digital", "north"),
        ("Digital", "south"),
        ("Reform", "all"),
    ]
    assert table["ranked"].to_list() == [4, 2, 2, 1]
    assert table["first"].to_list()[1:] == ["Bắc Sơn", "Đông Hà", "An Bình"]
    assert table["last"].to_list()[1:] == ["An Bình", "Cao Lộc", ""]


def test_units_that_share_a_rank_are_announced_together() -> None:
    row = gi.announcements({"Service": SERVICE}).iloc[0]
    assert row["first"] == "An Bình, Bắc Sơn, Cao Lộc, Đông Hà"
    assert row[["second", "third"]].to_list() == ["", ""]
    tied = computed({"a": [5, 4, 4, 3]}).announce().iloc[0]
    assert tied[["first", "second", "third"]].to_list() == ["An Bình", "Bắc Sơn, Cao Lộc", ""]


def test_nothing_computed_announces_nothing() -> None:
    table = gi.announcements({})
    assert (len(table), list(table.index.names)) == (0, ["index", "league"])
    assert list(table.columns) == list(gi.announcements(THREE).columns)


def test_standings_of_one_unit_over_three_indices() -> None:
    table = gi.standings("D", THREE | {"Reform": computed({"plan": [1, 2, 3, 4]})})
    assert table["league"].to_dict() == {"Service": "all", "Digital": "south", "Reform": "all"}
    assert table["rank"].to_list() == [1, 1, 1]
    assert table["of"].to_list() == [4, 2, 4]
    assert table["score"].to_list() == [10, 8, 4]
    assert table["percent"].to_list() == [50, 80, 40]
    assert table["band"].to_list()[0] == "good"


def test_standings_name_the_best_and_the_worst_dimension() -> None:
    table = gi.standings("Đông Hà", {"Service": SERVICE}, language="vi")
    assert list(table.loc["Service", ["best", "worst"]]) == ["Nhóm reach", "Nhóm speed"]
    assert gi.standings("D", {"Service": SERVICE}, language="en")["best"].to_list() == ["Reach"]


def test_an_index_that_does_not_assess_the_unit_has_no_row() -> None:
    assert gi.standings("Cao Lộc", THREE).index.to_list() == ["Service", "Digital"]


def test_a_unit_without_a_score_has_no_rank() -> None:
    row = gi.standings("B", {"Reform": REFORM}).iloc[0]
    assert pd.isna(row["rank"])
    assert pd.isna(row["score"])
    assert (row["of"], row["best"], row["worst"]) == (1, "Plan", "Plan")


def test_average_ranks_stay_halves() -> None:
    tied = computed({"a": [5, 5]}, ranking=gi.Ranking(ties="average"))
    assert gi.standings("A", {"x": tied})["rank"].to_list() == [1.5]


def test_maximum_of_a_form_is_shown() -> None:
    big, small = (
        gi.Framework("index", [gi.Indicator("a", weight=w, rule=Points())], aggregate=Sum())
        for w in (1000, 800)
    )
    method = gi.Forms("t", "1", big, forms={"small": small}, scale="points")
    frame = pd.DataFrame({"unit": ["A", "B"], "type": ["n/a", "small"], "a": [700, 700]})
    result = method.compute(gi.Observations.from_frame(frame, unit="unit", type="type"))
    row = gi.standings("B", {"DTI": result}).iloc[0]
    assert row[["score", "maximum", "percent", "rank"]].to_list() == [700, 800, 87.5, 1]


def test_unknown_unit_is_named_with_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match=r"no index assesses the unit 'An Binh': did you"):
        gi.standings("An Binh", THREE)


def test_name_of_several_units_is_refused() -> None:
    frame = pd.DataFrame({"code": ["1", "2"], "unit": ["An Bình", "An Bình"], "plan": [1, 2]})
    data = gi.Observations.from_frame(frame, unit="code", name="unit")
    framework = gi.Framework("i", [gi.Indicator("plan", weight=10, rule=Points())])
    result = gi.Methodology("test", "1", framework).compute(data)
    with pytest.raises(gi.UnknownNameError, match="2 units are named 'An Bình': give a code of 1"):
        gi.standings("An Bình", {"Service": SERVICE, "Twice": result})


def test_averaged_ranks_have_the_type_of_rankings() -> None:
    result = computed({"a": [1, 1, 0]}, ranking=gi.Ranking(ties="average"))
    table = gi.standings("A", {"index": result})
    assert table["rank"].to_list() == [1.5]
    assert table["rank"].dtype == result.table()["rank"].dtype == "Float64"

"""Gaps add up to the lead over a unit or a league; strengths are the best and the worst ranks."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.testing import observed
from tests.asem import asem_data, asem_framework, asem_table
from tests.sampling import few
from tests.strategies import Case, cases, frameworks

LEAGUES = st.sampled_from(["mean", "median", "best", 0.0, 0.25, 0.9, 1.0])


def league_score(result: gi.IndexResult, league: str | float) -> float:
    """Return the score that stands in the ranking where the league is compared."""
    code = result.codes[0]
    scores, ranks = result.full_at(code), result.ranks_at(code)
    best_first = [i for i in result.publication_order(code) if not np.isnan(ranks[i])]
    if league == "mean":
        return float(scores[best_first].mean())
    if league == "best":
        return float(scores[ranks == 1].mean())
    height = (0.5 if league == "median" else float(league)) * (len(best_first) - 1)
    return float(np.interp(height, range(len(best_first)), scores[best_first[::-1]]))


@settings(max_examples=few(60))
@given(case=cases(partial(frameworks, relative=True, bonuses=True)), league=LEAGUES)
def test_a_gap_to_the_league_adds_up_to_the_lead_over_its_score(
    case: Case, league: str | float
) -> None:
    result = gi.Methodology("test", "1", case.framework).compute(case.data)
    scores = result.full_at(result.codes[0])
    ranked = scores[~np.isnan(scores)]
    row = int(np.flatnonzero(~np.isnan(scores))[0]) if len(ranked) else -1
    if row < 0:
        return
    of_league = league_score(result, league)
    table = gi.gap(result, result.units.codes[row], league=league)  # type: ignore[arg-type]
    scale = max(np.abs(ranked).max(), 1.0)
    top = table.iloc[0]
    assert abs(top["gap"] - (scores[row] - of_league)) <= 1e-8 * scale
    if table["method"].ne("undivided").all():
        assert abs(table["own_gap"].sum() - top["gap"]) <= 1e-8 * scale


def two_leagues() -> gi.IndexResult:
    leaves = [gi.Indicator(code, rule=gi.rules.Identity()) for code in "ab"]
    method = gi.Methodology("example", "1", gi.Framework("index", leaves))
    frame = pd.DataFrame(
        {
            "unit": list("UVWXY"),
            "league": ["low", "low", "low", "high", "high"],
            "a": [0.1, 0.5, 0.9, 1.0, 0.2],
            "b": [0.2, 0.4, 0.6, 1.0, 0.2],
        }
    )
    return method.compute(gi.Observations.from_frame(frame, league="league"))


def test_a_league_is_the_units_that_are_ranked_together() -> None:
    table = gi.gap(two_leagues(), "U", league="median")
    assert table.loc["index", "other_score"] == 45.0
    assert table.attrs == {"unit": "U", "other": "median"}


def test_without_names_the_first_is_compared_with_the_second() -> None:
    method = gi.methodology("vn.service-766").cut()
    result = method.compute(gi.datasets.load("vn.service-766.provinces-2026-10-10"))
    first, second = result.table().index[:2]
    pd.testing.assert_frame_equal(gi.gap(result), gi.gap(result, first, second))
    assert gi.gap(result, second).attrs["other"] == "UBND thành phố Hải Phòng"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "there are 2 leagues, each with a first unit"),
        ({"unit": "U", "other": "V", "league": "mean"}, "not both"),
        (
            {"unit": "U", "league": "mode"},
            "a quantile from 0, the worst, to 1, the best; not 'mode'",
        ),
        ({"unit": "U", "league": 1.5}, "from 0, the worst, to 1, the best; not 1.5"),
    ],
)
def test_an_impossible_comparison_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        gi.gap(two_leagues(), **arguments)  # type: ignore[arg-type]


def test_strengths_are_those_of_the_reference() -> None:
    framework = asem_framework(gi.rules.Rank(), absence=gi.absence.Renormalise())
    result = gi.Methodology("example.asem", "1", framework).compute(asem_data("input_iData"))
    found = gi.strengths(result, "ESP")
    expected = pd.concat(
        [asem_table("results_strengths_ESP"), asem_table("results_weaknesses_ESP")]
    )
    assert found.index.to_list() == expected["Code"].to_list()
    assert found["dimension"].to_list() == expected["Pillar"].to_list()
    assert found["rank"].astype(float).to_list() == expected["Rank"].astype(float).to_list()
    np.testing.assert_allclose(found["value"], expected["Value"].astype(float), rtol=1e-12)


def test_a_node_where_all_are_equal_is_neither_strong_nor_weak() -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Identity()) for code in "abc"]
    method = gi.Methodology("example", "1", gi.Framework("index", leaves))
    data = observed({"a": [0.5, 0.5], "b": [0.1, 0.9], "c": [0.7, 0.2]})
    found = gi.strengths(method.compute(data), "U0")
    assert found["kind"].to_dict() == {"c": "strength", "b": "weakness"}
    with pytest.raises(gi.SettingError, match="top"):
        gi.strengths(method.compute(data), "U0", top=0)

"""Changes between results of one methodology: units, and the same both ways."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import (
    Framework,
    IndexResult,
    Indicator,
    Methodology,
    Ranking,
    SettingError,
    Unit,
    absence,
    aggregate,
    rules,
)
from tests.sampling import few
from tests.strategies import Case, cases, frameworks, observations, observed

change: Any = gi.change  # its tables are of any type


def changes(*arguments: Any, **settings: Any) -> Any:
    return change(*arguments, **settings).units


def rubric(weight: float = 10, **settings: Any) -> Methodology:
    leaves = [Indicator(code, weight=weight, rule=rules.Points()) for code in ("a", "b")]
    policy = absence.Renormalise(min_share=1)
    framework = Framework("total", leaves, aggregate=aggregate.Sum(), absence=policy)
    return Methodology("test", "1", framework, scale="points", **settings)


def computed(units: list[Unit | str], *scores: float | None, **settings: Any) -> IndexResult:
    data = observed({"a": list(scores), "b": [1.0] * len(scores)}, units)
    return rubric(**settings).compute(data)


def test_change_counts_ranks_and_points() -> None:
    before = computed(["A", "B", "C"], 5.0, 4.1, 3.0)
    after = computed(["C", "A", "B"], 9.5, 5.5, 4.1)
    frame = changes(before, after)
    assert list(frame.index) == ["C", "A", "B"]
    assert frame["rank_change"].to_list() == [2, -1, -1]
    assert frame["score_change"].to_list() == [6.5, 0.5, 0.0]
    assert frame["rank_before"].to_list() == [3, 1, 2]
    assert frame["rank"].dtype == "Int64"


def test_change_of_a_node_looks_at_that_node() -> None:
    before, after = computed(["A"], 5.0), computed(["A"], 7.0)
    assert changes(before, after, "a").loc["A", ["score", "score_change"]].to_list() == [7.0, 2.0]
    assert changes(before, after, node="b").loc["A", "score_change"] == 0.0


def test_unit_without_a_score_has_no_change() -> None:
    row = changes(computed(["A", "B"], None, 1.0), computed(["A", "B"], 2.0, 1.0)).loc["A"]
    assert row[["rank_before", "rank_change", "score_change"]].isna().all()
    assert row["rank"] == 1


def test_change_shows_half_ranks_and_names() -> None:
    units: list[Unit | str] = [Unit("A", {"vi": "Tỉnh A", "en": "Prov. A"}), Unit("B")]
    ranking = Ranking(ties="average")
    tied, apart = (computed(units, 1.0, score, ranking=ranking) for score in (1.0, 2.0))
    frame = changes(tied, apart, language="en")
    assert frame["rank_change"].to_dict() == {"B": 0.5, "A": -0.5}
    assert frame["name"].to_list() == ["B", "Prov. A"]


@settings(max_examples=few(50))
@given(case=cases(partial(frameworks, depth=2), units=4), data=st.data())
def test_change_is_the_opposite_the_other_way_round(case: Case, data: st.DataObject) -> None:
    method = Methodology("test", "1", case.framework)
    later = data.draw(observations(case.framework, units=4))
    before, after = method.compute(case.data), method.compute(later)
    there = changes(before, after)
    back = changes(after, before).loc[there.index]
    assert there["score_change"].equals(-back["score_change"] + 0.0)
    assert there["rank_change"].equals(-back["rank_change"])
    assert there["score"].equals(back["score_before"])


def test_relabelled_methodology_is_compared() -> None:
    before = computed(["A"], 1.0)
    renamed = attrs.evolve(rubric(), id="other", title="Another name")
    after = renamed.compute(observed({"a": [3.0], "b": [1.0]}, ["A"]))
    found = change(before, after)
    assert found.units.loc["A", "score_change"] == 2.0
    assert found.rules.empty
    assert found.title == ("test@1", "other@1")


def test_the_columns_of_old_stand_first() -> None:
    frame = changes(computed(["A"], 1.0), computed(["A"], 2.0))
    assert list(frame.columns) == [
        *("name", "rank_before", "rank", "rank_change"),
        *("score_before", "score", "score_change"),
        *("percent_before", "percent", "percent_change", "of_before", "of"),
    ]
    assert frame.loc["A", ["percent_before", "percent", "of"]].to_list() == [10.0, 15.0, 1]


def test_ranks_in_other_leagues_are_shown_and_not_compared() -> None:
    before = computed([Unit("A", league="x"), Unit("B", league="x")], 1.0, 2.0)
    found = change(before, computed([Unit("A", league="y"), Unit("B", league="x")], 1.0, 2.0))
    assert found.units["rank_change"].isna().to_dict() == {"A": True, "B": False}
    assert found.units.loc["A", ["rank_before", "rank", "league_before", "league"]].to_list() == [
        *(2, 1, "x", "y"),
    ]
    rows = found.rules[["what", "code", "before", "after"]].to_numpy().tolist()
    assert rows == [
        ["league", "A", "x", "y"],
        ["league_size", "x", "2", "1"],
        ["league_size", "y", "0", "1"],
    ]
    assert "another league" in str(found)


def test_a_unit_ranked_in_one_result_only_has_no_change_of_rank() -> None:
    frame = changes(computed(["A", "B"], 1.0, 2.0), computed([Unit("A", ranked=False), "B"], 1, 2))
    assert frame["rank_change"].isna().to_dict() == {"B": False, "A": True}


def test_what_is_not_a_result_is_refused() -> None:
    wrong: Any = rubric()
    with pytest.raises(SettingError, match="after must be of type IndexResult"):
        change(computed(["A"], 1.0), wrong)
    with pytest.raises(SettingError, match="there are no words in 'lo'"):
        change(computed(["A"], 1.0), computed(["A"], 1.0), language="lo")

"""Changes between results: comparable ones only, the same both ways."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    DataError,
    Framework,
    IndexResult,
    Indicator,
    Methodology,
    Ranking,
    Unit,
    absence,
    aggregate,
    change,
    rules,
)
from tests.strategies import Case, cases, frameworks, observations, observed

changes: Callable[..., Any] = change


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


@settings(max_examples=50)
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


def test_other_fingerprints_are_not_compared() -> None:
    with pytest.raises(DataError, match=r"different methodologies cannot be compared: test@1 \("):
        changes(computed(["A"], 1.0), computed(["A"], 1.0, weight=11))


def test_relabelled_methodology_is_compared() -> None:
    before = computed(["A"], 1.0)
    renamed = attrs.evolve(rubric(), id="other", title="Another name")
    after = renamed.compute(observed({"a": [3.0], "b": [1.0]}, ["A"]))
    assert changes(before, after).loc["A", "score_change"] == 2.0


def test_other_units_are_not_compared() -> None:
    with pytest.raises(DataError, match=r"removed: 'A'; added: 'C', 'D'. Take the common units"):
        changes(computed(["A", "B"], 1.0, 2.0), computed(["B", "C", "D"], 1.0, 2.0, 3.0))


@pytest.mark.parametrize("moved", [Unit("A", league="x"), Unit("A", ranked=False)])
def test_other_leagues_are_not_compared(moved: Unit) -> None:
    with pytest.raises(DataError, match="units in another league, or ranked in one only: 'A'"):
        changes(computed(["A"], 1.0), computed([moved], 1.0))

"""Methodologies of somebody's own making: the contract, and results made of their scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    AnyMethodology,
    Bands,
    DataError,
    Dimension,
    Framework,
    FrameworkError,
    IndexResult,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    SettingError,
    Unit,
    UnknownNameError,
    aggregate,
    change,
    explain,
    result_from_scores,
    rules,
    standings,
)
from govindex.opaque import contract_problems
from tests.strategies import NA, TABLE, observed

FRAMEWORK = Framework(
    "total",
    [
        Dimension(
            "speed", [Indicator("a", rule=rules.Points()), Indicator("b", rule=rules.Points())]
        ),
        Indicator("c", rule=rules.Points(), weight=2),
    ],
    aggregate=aggregate.Sum(),
)
UNITS = [
    Unit("A", "Alpha", league="north"),
    Unit("B", "Beta", league="north"),
    Unit("C", "Gamma", league="south"),
    Unit("D", "Delta", league="south", ranked=False),
]


class Median:
    """The median of what is reported."""

    id = "example.median"
    version = "1"
    fingerprint = "example.median@1"

    def __init__(self, **settings: Any) -> None:
        self.framework = FRAMEWORK
        self.settings = settings

    def compute(self, observations: Observations) -> IndexResult:
        total = np.nanmedian(observations.values, axis=1)
        return result_from_scores(self, observations, {"total": total}, **self.settings)


def data(c: list[Any] | None = None) -> Observations:
    return observed(
        {"a": [40, 10, 70, 0], "b": [50, 20, 80, 10], "c": c or [60, 30, 90, 20]}, UNITS
    )


def scored(
    scores: Mapping[str, Any], observations: Observations | None = None, **settings: Any
) -> IndexResult:
    return result_from_scores(Median(), observations or data(), scores, **settings)


TOTAL = {"total": [50.0, 20.0, 80.0, 10.0]}
NO_B = {"total": [50.0, np.nan, 80.0, 10.0]}


# -- the contract ----------------------------------------------------------------------------------


def test_declarative_and_opaque_methodologies_keep_to_the_contract() -> None:
    every: list[AnyMethodology] = [Methodology("m", "1", FRAMEWORK, scale=100), Median()]
    assert all(isinstance(method, AnyMethodology) for method in every)
    assert [list(contract_problems(method)) for method in every] == [[], []]


def test_object_without_fingerprint_is_no_methodology() -> None:
    class Bare:
        id, version, framework = "bare", "1", FRAMEWORK

        def compute(self, observations: Observations) -> IndexResult:
            raise NotImplementedError

    bare: Any = Bare()
    assert not isinstance(bare, AnyMethodology)
    with pytest.raises(FrameworkError, match="Bare is not a methodology: has no fingerprint"):
        result_from_scores(bare, data(), TOTAL)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("id", None, "its id is None, no text"),
        ("version", 2022, "its version is 2022, no text"),
        ("fingerprint", " ", "its fingerprint is ' ', no text"),
        ("framework", "tree", "its framework is 'tree', no Framework"),
        ("compute", 3, "its compute is no function"),
        ("deprecated", True, "its deprecated is True, no text that says why"),
    ],
)
def test_attributes_that_break_the_contract_are_named(name: str, value: Any, problem: str) -> None:
    method = Median()
    setattr(method, name, value)
    assert list(contract_problems(method)) == [problem]


# -- results: every method works -------------------------------------------------------------------


def test_result_is_ranked_inside_leagues_and_names_its_methodology() -> None:
    result = Median().compute(data())
    assert repr(result) == "<IndexResult of example.median@1: 4 of 4 units scored, 1 nodes>"
    assert result.score.to_dict() == {"A": 50.0, "B": 20.0, "C": 80.0, "D": 10.0}
    assert result.ranks["total"].to_list() == [1, 2, 1, pd.NA]
    assert result.overall_ranks["total"].to_list() == [2, 3, 1, pd.NA]
    assert result.provenance.fingerprint == "example.median@1"


def test_table_announcement_and_labels_are_those_of_any_result() -> None:
    result = scored({**TOTAL, "c": [60, 30, 90, 20]})
    assert list(result.table().columns) == [*TABLE, "c"]
    assert result.table()["name"].to_list() == ["Alpha", "Beta", "Gamma", "Delta"]
    assert result.announce()["first"].to_dict() == {"north": "Alpha", "south": "Gamma"}
    assert result.rank_labels() == ["1", "2", "1", ""]


def test_nodes_stand_in_the_order_of_the_framework() -> None:
    result = scored({"c": [0, 1, 2, 3], "speed": [3, 2, 1, 0], **TOTAL})
    assert result.codes == ("total", "speed", "c")
    assert result.display == ("speed", "c")
    assert result.printed[:, 0].tolist() == [50.0, 3.0, 0.0]


def test_node_without_scores_is_not_in_the_result() -> None:
    result = scored(TOTAL)
    with pytest.raises(UnknownNameError, match="there is no node 'speed': Known: 'total'"):
        result.ranks_at("speed")
    with pytest.raises(UnknownNameError, match="there is no node 'c'"):
        result.table(columns=["c"])


def test_values_and_statuses_of_indicators_come_from_the_data() -> None:
    result = scored({**TOTAL, "c": [60, 0, np.nan, 20]}, data([60, None, NA, 20]))
    row = result.row_of("c")
    np.testing.assert_equal(result.values[row], [60, np.nan, np.nan, 20])
    assert result.status[row].tolist() == [0, 3, 4, 0]
    assert np.isnan(result.values[0]).all()


def test_ties_bands_and_precision_follow_the_settings() -> None:
    result = scored(
        {"total": [50.004, 50.001, 80, 10]},
        ranking=Ranking(decimals=2, ties="dense"),
        bands=Bands([("high", 50), ("low", None)], by="percent"),
    )
    assert result.rank_labels(overall=True) == ["=2", "=2", "1", ""]
    assert result.bands["total"].to_list() == ["high", "high", "high", "low"]


def test_precision_uses_the_rounding() -> None:
    scores = {"total": [5.595, 5.59, 80, 10]}
    ranks = Ranking(decimals=2)
    tied = scored(scores, ranking=ranks, rounding=Rounding(2, "binary"))
    apart = scored(scores, ranking=ranks)
    assert tied.rank_labels(overall=True) == ["=2", "=2", "1", ""]
    assert apart.rank_labels(overall=True) == ["2", "3", "1", ""]


def test_tie_break_looks_at_another_node() -> None:
    result = scored(
        {"total": [50, 50, 80, 10], "c": [1, 2, 3, 4]}, ranking=Ranking(tie_break=("c",))
    )
    assert result.ranks_at("total").tolist()[:2] == [2, 1]


def test_points_are_those_of_the_framework() -> None:
    result = scored({"total": [3, 2, 1, 0], "c": [2, 1, 1, 0]}, scale="points")
    assert result.maxima.tolist() == [4.0, 2.0]
    assert result.percent[1].tolist() == [100.0, 50.0, 50.0, 0.0]
    assert result.scores["c"].to_list() == [2.0, 1.0, 1.0, 0.0]


def test_result_is_the_data_of_another_index() -> None:
    result = scored({**NO_B, "c": [60, 30, 90, 20]}, absent={"B": "founded in May"})
    total, tier = result.as_observations(), result.as_observations(1)
    assert total.cell("B", "total").name == "MISSING"
    assert total.value("A", "total") == 50.0
    assert tier.variables == ("c",)


def test_unit_without_a_score_shows_the_given_reason() -> None:
    result = scored(NO_B, absent={"Beta": "founded in May"})
    assert result.unscored["reason"].to_dict() == {"B": "founded in May"}
    assert result.ranks["total"].to_list() == [1, pd.NA, 1, pd.NA]
    assert result.reasons["B", "total"] == "founded in May"
    assert result.announce()["ranked"].to_dict() == {"north": 1, "south": 1}


def test_results_are_compared_over_time_and_side_by_side() -> None:
    before, after = scored(TOTAL), scored({"total": [10.0, 20.0, 80.0, 10.0]})
    assert change(before, after).units["rank_change"].to_dict()["A"] == -1
    assert standings("A", {"median": after})["score"].to_list() == [10.0]


def test_explanation_is_refused() -> None:
    with pytest.raises(SettingError, match=r"'example.median' computes its scores by its own code"):
        explain(scored(TOTAL), "A")


def test_unused_variables_are_named() -> None:
    wide = observed({"a": [1, 2], "b": [1, 2], "c": [1, 2], "extra": [1, 2]})
    assert scored({"total": [1, 2]}, wide).provenance.unused == ("extra",)


@settings(max_examples=30)
@given(
    numbers=st.lists(st.integers(0, 20), min_size=4, max_size=4), order=st.permutations(range(4))
)
def test_ranks_do_not_depend_on_the_order_of_units(numbers: list[int], order: list[int]) -> None:
    units = [Unit(code) for code in "ABCD"]
    blank = np.zeros((4, 3))

    def ranks_at(chosen: list[int]) -> dict[str, Any]:
        own = Observations([units[i] for i in chosen], ["a", "b", "c"], blank)
        return dict(scored({"total": [numbers[i] / 3 for i in chosen]}, own).ranks["total"])

    assert ranks_at(order) == ranks_at([0, 1, 2, 3])


# -- what is refused -------------------------------------------------------------------------------


def test_every_problem_of_the_scores_is_reported_at_once() -> None:
    scores = {"speeed": [1, 2, 3, 4], "c": [1, 2], "a": ["x", 2, 3, 4]}
    with pytest.raises(DataError, match="4 problems") as caught:
        scored(scores)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "the root 'total' has no scores; given",
        "there is no node 'speeed'",
        "unit 'A', node 'a'",
        "node 'c'",
    ]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"scale": 0}, "a scale is 'points' or a finite number above 0, not 0"),
        ({"scale": "percent"}, "a scale is 'points' .* not 'percent'"),
        ({"ranking": "dense"}, r"ranking is a Ranking\(\), not 'dense'"),
        ({"bands": [("A", 1)]}, "bands are Bands"),
        ({"rounding": 2}, "rounding is a Rounding.* not 2"),
    ],
)
def test_impossible_setting_is_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        scored(TOTAL, **settings)


MEAN = Dimension(
    "speed",
    [Indicator("a", rule=rules.Points(), weight="size")],
    weight=5,
    aggregate=aggregate.Arithmetic(),
)
WEIGHTED = Framework("total", [MEAN], aggregate=aggregate.Sum())


@pytest.mark.parametrize(
    ("root", "problem"),
    [
        (Framework("total", [Indicator("a", rule=rules.Points())]), "points need a root that sums"),
        (WEIGHTED, "weighted by a variable: 'a'"),
    ],
)
def test_points_need_a_framework_that_has_them(root: Framework, problem: str) -> None:
    method = Median()
    method.framework = root
    with pytest.raises(SettingError, match=problem):
        result_from_scores(method, data(), TOTAL, scale="points")


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        (("c",), "ties of 'total' are broken by 'c', which has no scores: Known: 'total'"),
        (("total",), "the ties of 'total' are to be broken by 'total' itself"),
    ],
)
def test_impossible_tie_break_is_refused(codes: tuple[str, ...], problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        scored(TOTAL, ranking=Ranking(tie_break=codes))


def test_tie_break_of_a_node_needs_scores_too() -> None:
    own = Indicator("a", rule=rules.Points(), ranking=Ranking(tie_break=("b",)))
    method = Median()
    method.framework = Framework("total", [own, Indicator("b", rule=rules.Points())])
    with pytest.raises(DataError, match="the ties of 'a' are broken by 'b', which has no scores"):
        result_from_scores(method, data(), {**TOTAL, "a": [1, 2, 3, 4]})


def test_anything_but_observations_is_refused() -> None:
    frame: Any = pd.DataFrame({"a": [1]})
    with pytest.raises(DataError, match=r"'example.median' scores Observations, not DataFrame"):
        result_from_scores(Median(), frame, TOTAL)

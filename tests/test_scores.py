"""Scores that were computed elsewhere: what is taken, and what is absent without a word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from govindex import DataError, Dimension, Framework, Indicator, measures, rules
from govindex.errors import Problems
from govindex.scores import GivenScores, read_scores, size_problems
from tests.strategies import NA, observed

POINTS = rules.Points()
FRAMEWORK = Framework(
    "total",
    [
        Dimension("speed", [Indicator("a", rule=POINTS)]),
        Indicator("rate", rule=POINTS, measure=measures.Ratio("a", "b")),
        Indicator("other", rule=POINTS),
    ],
)
DATA = observed({"a": [4, None, NA], "b": [1, 2, 3]}, ["A", "B", "C"])
FULL = {"total": [1, 2, 3]}


def read(scores: Any, absent: Any = None) -> GivenScores:
    problems = Problems()
    found = read_scores(FRAMEWORK, DATA, scores, absent or {}, problems)
    problems.raise_any(DataError, "The scores cannot be used")
    return found


@pytest.mark.parametrize(
    "column",
    [
        [1, 2, 3],
        (1.0, 2.0, 3.0),
        np.array([1, 2, 3], dtype=np.uint8),
        np.array([1, 2, 3], dtype=object),
        pd.Series([1, 2, 3]),
        pd.Series([1, 2, 3], index=["A", "B", "C"], dtype="Int64"),
        pl.Series([1, 2, 3]),
    ],
    ids=["list", "tuple", "small", "objects", "series", "units", "polars"],
)
def test_scores_are_taken_from_any_column_of_numbers(column: Any) -> None:
    assert read({"total": column}).columns["total"].tolist() == [1.0, 2.0, 3.0]


def test_scores_are_copied() -> None:
    own = np.array([1.0, 2.0, 3.0])
    found = read({"total": own})
    own[0] = 9.0
    assert found.columns["total"][0] == 1.0


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ([1, 2], r"node 'total': scores have shape \(2,\), expected \(3,\): one for each unit"),
        (5.0, r"node 'total': scores have shape \(\), expected \(3,\)"),
        ([[1], [2, 3], [4]], "node 'total': scores are an array of numbers"),
        (
            ["1", "2", "3"],
            r"3 cells of 1 node are not numbers \('1', …\): first unit 'A'",
        ),
        ([True, False, True], "3 cells of 1 node are not numbers .*: first unit 'A'"),
        ([1, 2 + 1j, 3], "unit 'B', node 'total': .* is not a number"),
        ([1, pd.NA, 3], "unit 'B', node 'total': <NA> is not a number"),
        (pd.Series([1, 2, 3], index=["C", "B", "A"]), "not the units' codes in their order; use"),
    ],
)
def test_columns_without_numbers_are_refused(column: Any, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read({"total": column})


@pytest.mark.parametrize("scores", [[1, 2, 3], {}])
def test_scores_are_given_by_node(scores: Any) -> None:
    with pytest.raises(DataError, match=r"scores are a mapping|the root 'total' has no scores"):
        read(scores)


def test_reasons_are_given_by_unit() -> None:
    with pytest.raises(DataError, match="absent is a mapping of units' codes to reasons, not"):
        read(FULL, ["B"])


@pytest.mark.parametrize(
    "column",
    [[1, np.nan, 3], [1, None, 3], np.ma.masked_equal([1, 0, 3], 0)],
    ids=["nan", "none", "masked"],
)
def test_total_that_is_absent_without_a_reason_is_refused(column: Any) -> None:
    with pytest.raises(DataError, match=r"unit 'B', node 'total': there is no score.*\{'B': "):
        read({"total": column})
    assert np.isnan(read({"total": column}, {"B": "new"}).columns["total"][1])


def test_node_that_is_absent_without_a_reason_is_refused() -> None:
    scores = {**FULL, "speed": [1, np.nan, 3]}
    with pytest.raises(DataError, match=r"node 'speed': .*absent=\{\('B', 'speed'\): 'the reason"):
        read(scores)
    found = read(scores, {("B", "speed"): "no office yet"})
    assert dict(found.reasons) == {("B", "speed"): "no office yet"}


def test_reason_of_a_unit_speaks_for_all_of_its_nodes() -> None:
    found = read({"total": [1, np.nan, 3], "speed": [1, np.nan, 3]}, {"B": "new"})
    assert dict(found.reasons) == {("B", "total"): "new", ("B", "speed"): "new"}


def test_indicator_whose_variable_is_absent_needs_no_reason() -> None:
    found = read({**FULL, "a": [1, np.nan, np.nan]})
    assert found.reasons == {}
    assert found.cells["a"][1].tolist() == [0, 3, 4]


@pytest.mark.parametrize("code", ["rate", "other"], ids=["calculated", "not in the data"])
def test_indicator_that_shows_no_variable_needs_one(code: str) -> None:
    with pytest.raises(DataError, match=f"unit 'B', node '{code}': there is no score"):
        read({**FULL, code: [1, np.nan, 3]})
    assert read({**FULL, code: [1, 2, 3]}).cells[code][0] is None


@pytest.mark.parametrize(
    ("absent", "problem"),
    [
        ({"B": "new"}, "unit 'B', node 'total': the score is 2, and yet a reason .*: 'new'"),
        ({"X": "new"}, "absent: there is no unit 'X': Known: 'A', 'B', 'C'"),
        ({"B": " "}, "absent: the reason of 'B' is a text that is not blank"),
        ({("B", "sped"): "new"}, "absent: no scores were given of 'sped': Known: 'total'"),
    ],
)
def test_reason_in_vain_is_refused(absent: Any, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read(FULL, absent)


@pytest.mark.parametrize(
    ("number", "maximum", "problem"),
    [
        (np.inf, 100.0, "unit 'B', node 'total': the score is infinite"),
        (-np.inf, 100.0, "unit 'B', node 'total': the score is infinite"),
        (1.0, 0.0, "node 'total' has no points in the framework: leave it out, or give it a wei"),
    ],
)
def test_score_that_cannot_be_ranked_is_named(number: float, maximum: float, problem: str) -> None:
    columns = {"total": np.array([1.0, number, np.nan])}
    (found,) = size_problems(columns, {"total": maximum}, DATA.units)
    assert found.startswith(problem)

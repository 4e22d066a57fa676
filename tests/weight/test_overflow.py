"""Weights found from scores of any size are those of the same scores in an ordinary one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import weight

SCORES = pd.DataFrame(
    {
        "a": [5.0, 7.0, 2.0, 9.0, 4.0, 6.0],
        "b": [1.0, 8.0, 3.0, 2.0, 7.0, 5.0],
        "c": [6.0, 6.0, 9.0, 1.0, 8.0, 2.0],
    }
)
WEIGHERS = [
    weight.Entropy(),
    weight.StandardDeviation(),
    weight.StandardDeviation(relative=True),
    weight.CRITIC(),
    weight.CRITIC(correlation="spearman"),
    weight.PrincipalComponents(),
    weight.PrincipalComponents(by="first", negative="zero"),
    weight.Balance(),
    weight.Infomax(),
    weight.Infomax(by="variance"),
    weight.CommonBenefit(low=0.1),
]


def found(weigher: Any, scores: pd.DataFrame) -> list[float]:
    return list(weigher(scores).weights.values())


@pytest.mark.parametrize("weigher", WEIGHERS, ids=repr)
@settings(max_examples=15)
@given(power=st.integers(-1070, 1018))
def test_weights_ignore_the_size_of_scores(weigher: Any, power: int) -> None:
    assert found(weigher, SCORES * 2.0**power) == pytest.approx(found(weigher, SCORES))


@pytest.mark.parametrize("gaps", ["pairwise", "complete"])
@pytest.mark.parametrize("weigher", [weight.Entropy, weight.StandardDeviation, weight.CRITIC])
@settings(max_examples=10)
@given(power=st.integers(-1070, 1018))
def test_weights_with_gaps_ignore_the_size_of_scores(weigher: Any, gaps: str, power: int) -> None:
    scores = SCORES.copy()
    scores.loc[2, "a"] = scores.loc[4, "b"] = np.nan
    own = weigher(missing=gaps)
    assert found(own, scores * 2.0**power) == pytest.approx(found(own, scores))


@pytest.mark.parametrize(
    "weigher",
    [weight.Entropy(), weight.StandardDeviation(relative=True), weight.PrincipalComponents()],
    ids=repr,
)
@settings(max_examples=10)
@given(powers=st.lists(st.integers(-1070, 1018), min_size=3, max_size=3))
def test_columns_may_differ_in_size_where_a_measure_unit_counts_for_nothing(
    weigher: Any, powers: list[int]
) -> None:
    sized = pd.DataFrame(
        {code: np.ldexp(SCORES[code], p) for code, p in zip(SCORES, powers, strict=True)}
    )
    assert found(weigher, sized) == pytest.approx(found(weigher, SCORES))


def test_a_deviation_that_no_number_holds_is_refused_by_name() -> None:
    scores = pd.DataFrame({"far": [-1.7e308, 1.7e308, 1.7e308], "near": [1.0, 3.0, 2.0]})
    with pytest.raises(gi.DataError, match=r"no number holds the standard deviation at 'far'"):
        weight.StandardDeviation()(scores)


def test_the_least_deviation_weighs_most_however_small_it_is() -> None:
    scores = pd.DataFrame({"least": [5e-322, 1e-321, 0.0], "usual": [1.0, 3.0, 2.5]})
    assert weight.Infomax()(scores).weights == {"least": 1.0, "usual": 0.0}


def test_scores_too_far_apart_for_the_solver_are_refused_by_name() -> None:
    scores = pd.DataFrame({"a": [1e-300, 2e-300], "b": [1.0, 0.0]})
    with pytest.raises(gi.DataError, match=r"one scale: those at 'a' are negligible against"):
        weight.CommonBenefit()(scores)

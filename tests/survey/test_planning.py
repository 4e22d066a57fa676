"""How many persons to ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import survey


@pytest.mark.parametrize(
    ("population", "expected"),
    [(500, 223), (1_000, 286), (2_000, 334), (5_000, 371), (100_000, 399), (None, 400)],
)
def test_yamane_gives_the_numbers_of_his_table(population: int | None, expected: int) -> None:
    # His table rounds to the nearest number: 222, 286, 333, 370, 398, 400.
    assert survey.sample_size(population) == expected


def test_a_share_needs_the_textbook_numbers() -> None:
    assert survey.sample_size(how="share") == 385
    assert survey.sample_size(how="share", error=0.03) == 1068
    assert survey.sample_size(2_000, how="share") == 323


@given(
    population=st.integers(1, 10**6),
    how=st.sampled_from(["yamane", "share"]),
    deff=st.floats(0.5, 5),
)
def test_nobody_is_asked_twice_and_larger_effects_need_more(
    population: int, how: Any, deff: float
) -> None:
    few = survey.sample_size(population, how=how, deff=deff)
    more = survey.sample_size(population, how=how, deff=deff * 1.5, response=0.9)
    assert 1 <= few <= more <= population


def test_estimated_design_effects_are_those_that_were_planned() -> None:
    # Everybody in a cluster answers alike: the correlation is 1.
    cluster = np.repeat(np.arange(200), 20)
    answers = pd.DataFrame({"cluster": cluster, "x": np.random.default_rng(2).random(200)[cluster]})
    estimates = survey.means(answers, "x", survey.SampleDesign(clusters="cluster"))
    assert estimates.deff.item() == pytest.approx(survey.design_effect(20, 1), rel=0.01)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"population": 0}, "population is a whole number from 1"),
        ({"error": 5}, "error is a number between 0 and 1, not 5"),
        ({"how": "slovin"}, "how cannot be 'slovin'"),
        ({"response": 0}, "response is a share above 0"),
        ({"deff": -1}, "deff is a finite number above 0"),
    ],
)
def test_impossible_plans_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        survey.sample_size(**settings)

"""Standard errors of the data, varied without being named again."""

from __future__ import annotations

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import prepare, robustness, rules, survey, treat

UNITS = [gi.Unit(code) for code in "ABC"]
METHOD = gi.Methodology(
    "example.par",
    "1",
    gi.Framework(
        "par",
        [
            gi.Indicator("appraised", weight=90, rule=rules.Proportional(target=100)),
            gi.Indicator("sipas", weight=10, rule=rules.Proportional(target=100)),
        ],
    ),
)


def data(errors: list[float] | None) -> gi.Observations:
    values = np.array([[80.0, 85.0], [80.2, 82.0], [70.0, 90.0]])
    known = None if errors is None else np.array([[np.nan, each] for each in errors])
    return gi.Observations(UNITS, ("appraised", "sipas"), values, errors=known)


def test_errors_of_the_data_give_the_ranks_of_the_same_errors_by_name() -> None:
    errors = [2.0, 3.0, 1.0]
    observed = data(errors)
    one, other = (
        robustness.sample_ranks(METHOD, observed, vary=[vary], draws=500, rng=3).acceptability()
        for vary in (robustness.Errors(), robustness.Errors({"sipas": errors}))
    )
    pd.testing.assert_frame_equal(one, other)
    assert 0.1 < one.loc["A"].iloc[0] < 0.9
    assert one.loc["C"].iloc[2] == 1


def test_a_value_of_known_precision_does_not_vary() -> None:
    sample = robustness.sample_ranks(
        METHOD, data([0.0, 0.0, 4.0]), vary=[robustness.Errors()], draws=50, rng=1
    )
    assert sample.acceptability().loc["A"].iloc[0] == 1


def test_sensitivity_takes_the_errors_of_the_data() -> None:
    errors = [2.0, 3.0, 1.0]
    found = [
        robustness.sensitivity(
            METHOD, data(errors), vary=[vary, robustness.Weights(spread=0.1)], points=32, rng=1
        ).to_frame()
        for vary in (robustness.Errors(), robustness.Errors({"sipas": errors}))
    ]
    pd.testing.assert_frame_equal(found[0], found[1])


@pytest.mark.parametrize("errors", [None, [0.0, 0.0, 0.0]])
def test_data_without_errors_are_refused(errors: list[float] | None) -> None:
    with pytest.raises(gi.SettingError, match="the data have no standard errors: give Errors"):
        robustness.sample_ranks(METHOD, data(errors), vary=[robustness.Errors()], draws=9, rng=1)


def test_errors_that_preparation_dropped_are_named() -> None:
    method = attrs.evolve(METHOD, steps=[prepare.TreatAs({"sipas": treat.Between(high=84)})])
    observed = data([2.0, 3.0, 1.0])
    with pytest.raises(gi.SettingError, match="preparation changed the value") as caught:
        robustness.sample_ranks(method, observed, vary=[robustness.Errors()], draws=9, rng=1)
    assert [problem.unit for problem in caught.value.problems] == ["A", "C"]


def test_made_up_answers_become_ranks_with_intervals() -> None:
    rng = np.random.default_rng(5)
    answers = pd.DataFrame({"unit": np.repeat(["A", "B", "C"], 60), "q": rng.integers(2, 6, 180)})
    asked = survey.Questionnaire([survey.Question("q")], survey.AnswerScale.likert())
    estimates = survey.estimate(answers, asked, scale=100)
    method = gi.Methodology(
        "example.sipas",
        "1",
        gi.Framework("sipas", [gi.Indicator("q", rule=rules.Proportional(target=100))]),
    )
    observed = estimates.observations()
    assert observed.errors is not None
    np.testing.assert_allclose(observed.errors, estimates.se)
    sample = robustness.sample_ranks(
        method, observed, vary=[robustness.Errors(limits={"q": (0, 100)})], draws=400, rng=1
    )
    assert (sample.acceptability().max(axis=1) < 1).any()


def test_the_same_answers_of_a_sample_are_not_taken_as_exact() -> None:
    answers = pd.DataFrame({"unit": ["A"] * 20, "q": [5] * 20})
    asked = survey.Questionnaire([survey.Question("q")], survey.AnswerScale.likert())
    errors = survey.estimate(answers, asked).observations().errors
    assert errors is not None
    assert 0 < errors.item() < 0.1

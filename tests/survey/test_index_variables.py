"""Estimates as the variables that the leaves of an index measure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import measures, rules, survey
from govindex.survey import AnswerScale, Question, Questionnaire, SampleDesign

ASKED = Questionnaire([Question("q1"), Question("q2")], AnswerScale.likert(5))
FULL = rules.Proportional(target=100)


def answers() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    mood = rng.normal(size=300)
    data = {
        code: np.clip(np.round(3.5 + mood + rng.normal(size=300)), 1, 5) for code in ("q1", "q2")
    }
    return pd.DataFrame({"unit": np.repeat(["A", "B", "C"], 100), **data})


def index(first: Any, second: Any) -> gi.Framework:
    leaves = {"q1": first, "q2": second}
    return gi.Framework(
        "satisfaction",
        [gi.Indicator(code, measure=measure, rule=FULL) for code, measure in leaves.items()],
    )


def share(part: str, whole: str = "valid") -> measures.Ratio:
    return measures.Ratio(part, whole, times=100)


@pytest.mark.parametrize("replication", [None, survey.Bootstrap(40, rng=1)])
def test_leaves_have_the_values_errors_and_covariances_of_items(
    replication: survey.Bootstrap | None,
) -> None:
    design = SampleDesign(replication=replication)
    estimates = survey.estimate(answers(), ASKED, design, scale=100)
    framework = index(share("s1"), share("s2"))
    measured = estimates.for_index(framework)
    assert measured.items == ("s1", "valid", "s2")
    data = measured.observations()
    method = gi.Methodology("example.satisfaction", "1", framework)
    result = method.compute(data)
    np.testing.assert_allclose(result.scores[["q1", "q2"]], estimates.value)
    assert estimates.covariances is not None
    assert measured.covariances is not None
    np.testing.assert_allclose(measured.covariances[:, ::2, ::2], estimates.covariances)
    assert (measured.covariance("B")["valid"] == 0).all()
    draws = gi.robustness.sample_ranks(
        method, data, vary=[gi.robustness.Errors(limits=(0, 100))], draws=400, rng=1
    )
    weights = np.array([0.5, 0.5])
    assert estimates.covariances is not None
    expected = np.sqrt(weights @ estimates.covariances @ weights)
    found = draws.scores()[list("ABC")].std().to_numpy()
    np.testing.assert_allclose(found, expected, rtol=0.2)


def test_an_unknown_share_is_missing_and_its_whole_is_known() -> None:
    data = answers()
    data.loc[:99, "q2"] = np.nan
    measured = survey.estimate(data, ASKED, scale=100).for_index(index("q1", share("s2")))
    observed = measured.observations()
    assert observed.cell("A", "s2").name == "MISSING"
    assert observed.value("A", "valid") == 100


@pytest.mark.parametrize(
    ("framework", "message"),
    [
        (index(measures.Difference("a", "b"), "q2"), "neither a variable nor a part of a whole"),
        (index("x", "x"), "'q1' and 'q2' both measure variable 'x'"),
        (index(share("x"), "x"), "'q1' and 'q2' both measure variable 'x'"),
        (
            gi.Framework("other", [gi.Indicator("z", rule=FULL)]),
            "no leaf of the index has the code of an item: leaves are 'z', items 'q1', 'q2'",
        ),
    ],
)
def test_what_estimates_cannot_give_is_refused(framework: gi.Framework, message: str) -> None:
    estimates = survey.estimate(answers(), ASKED, scale=100)
    with pytest.raises(gi.DataError, match=message):
        estimates.for_index(framework)


def test_estimates_that_were_saved_are_measured_alike() -> None:
    estimates = survey.estimate(answers(), ASKED, scale=100)
    read = survey.Estimates.from_json(estimates.to_json())
    framework = index(share("s1"), share("s2"))
    table = read.for_index(framework).table()
    pd.testing.assert_frame_equal(table, estimates.for_index(framework).table())

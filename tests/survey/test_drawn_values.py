"""Values that estimates could have had."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import robustness, rules, survey
from govindex.survey import AnswerScale, Question, Questionnaire, SampleDesign

ASKED = Questionnaire([Question("q1"), Question("q2")], AnswerScale.likert(5))


def answers() -> pd.DataFrame:
    """Return made-up answers whose two questions are much alike."""
    rng = np.random.default_rng(8)
    mood = rng.normal(size=300)
    return pd.DataFrame(
        {
            "unit": np.repeat(["A", "B", "C"], 100),
            **{
                code: np.clip(np.round(3.5 + mood + 0.3 * rng.normal(size=300)), 1, 5)
                for code in ("q1", "q2")
            },
        }
    )


def test_draws_have_the_errors_and_covariances_of_the_estimates() -> None:
    estimates = survey.estimate(answers(), ASKED)
    drawn = estimates.drawn(40_000, rng=1)
    pair = np.cov(drawn["q1"]["B"], drawn["q2"]["B"])
    np.testing.assert_allclose(pair, estimates.covariance("B"), rtol=0.05)
    assert np.corrcoef(drawn["q1"]["B"], drawn["q2"]["C"])[0, 1] == pytest.approx(0, abs=0.03)


def test_bootstrapped_estimates_are_drawn_from_their_replicates() -> None:
    design = SampleDesign(replication=survey.Bootstrap(50, rng=4))
    estimates = survey.estimate(answers(), ASKED, design)
    assert estimates.replicates is not None
    drawn = estimates.drawn(60, rng=1)["q2"].to_numpy()
    np.testing.assert_array_equal(drawn[:50], estimates.replicates[:, :, 1])
    np.testing.assert_array_equal(drawn[50:], drawn[:10])


def test_items_that_go_together_make_ranks_less_certain_than_independent_ones() -> None:
    estimates = survey.estimate(answers(), ASKED)
    data = estimates.observations()
    assert data.errors is not None
    method = gi.Methodology(
        "example.two",
        "1",
        gi.Framework(
            "two", [gi.Indicator(code, rule=rules.Proportional(target=1)) for code in ("q1", "q2")]
        ),
    )
    drawn, together, apart = (
        robustness.sample_ranks(method, data, vary=[vary], draws=4000, rng=1).scores().std().mean()
        for vary in (
            robustness.Replicates(estimates.drawn(4000, rng=2)),
            robustness.Errors(),
            robustness.Errors(dict(zip(data.variables, data.errors.T, strict=True))),
        )
    )
    assert 1.2 * apart < drawn < 1.5 * apart
    assert together == pytest.approx(drawn, rel=0.03)


def test_limits_hold_every_draw() -> None:
    drawn = survey.estimate(answers(), ASKED).drawn(2000, rng=1, limits=(0.45, 0.55))
    assert all(frame.to_numpy().min() == 0.45 for frame in drawn.values())
    assert all(frame.to_numpy().max() == 0.55 for frame in drawn.values())


def test_unknown_errors_are_refused_by_name() -> None:
    lonely = pd.concat([answers(), pd.DataFrame({"unit": ["D"], "q1": [5], "q2": [4]})])
    with pytest.raises(gi.DataError, match="the value or its error is not known") as caught:
        survey.estimate(lonely, ASKED).drawn(5, rng=1)
    assert {problem.unit for problem in caught.value.problems} == {"D"}

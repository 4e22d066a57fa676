"""Rates of response by unit and question."""

from __future__ import annotations

import pandas as pd
import pytest

import govindex as gi
from govindex import survey
from govindex.survey import AnswerScale, Question, Questionnaire

ASKED = Questionnaire(
    [Question("q1"), Question("q2")], AnswerScale.likert(5, unknown=["9"], not_asked=["0"])
)
ANSWERS = pd.DataFrame({"unit": [*"AAAAB"], "q1": [1, 9, 0, None, 5], "q2": [0, 0, 0, 0, None]})


def test_every_answer_is_counted_once() -> None:
    rates = survey.response_rates(ANSWERS, ASKED)
    counted = rates[["valid", "unknown", "blank", "not_asked"]].sum(axis=1)
    assert counted.tolist() == rates["respondents"].tolist() == [4, 4, 1, 1]
    assert rates["valid"].tolist() == [1, 0, 1, 0]
    assert rates["item_rate"].round(3).astype(object).fillna("-").tolist() == [0.333, "-", 1.0, 0.0]


def test_a_unit_in_which_nobody_answered_is_listed() -> None:
    rates = survey.response_rates(ANSWERS, ASKED, invited={"A": 5, "B": 4, "C": 10})
    by_unit = rates.groupby("domain")["unit_rate"].first()
    assert by_unit.to_dict() == {"A": 0.8, "B": 0.25, "C": 0.0}
    assert rates[rates["domain"] == "C"]["question"].tolist() == ["q1", "q2"]


@pytest.mark.parametrize(
    ("invited", "message"),
    [
        ({"A": 5}, "invited lacks 'B'"),
        ({"A": 3, "B": 1}, "more persons answered than were invited in 'A': 4 of 3"),
    ],
)
def test_numbers_of_invited_that_do_not_fit_are_refused(
    invited: dict[str, int], message: str
) -> None:
    with pytest.raises(gi.DataError, match=message):
        survey.response_rates(ANSWERS, ASKED, invited=invited)

"""Questionnaires: items, documents, SIPAS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import survey
from govindex.survey import AnswerScale, Question, Questionnaire

DOCUMENT = """
format = 1
title = { vi = "Phiếu", en = "Form" }
[scales.five]
options = ["1", "2", "3", "4", "5"]
positive = ["4", "5"]
unknown = ["9"]
[[factors]]
code = "S1"
name = { vi = "Tiếp cận", en = "Access" }
[[questions]]
code = "c1"
factor = "S1"
scale = "five"
[[questions]]
code = "c2"
factor = "S1"
content = "expectation"
scale = "five"
"""


def test_a_document_is_read_as_the_classes(tmp_path: Path) -> None:
    file = tmp_path / "form.toml"
    file.write_text(DOCUMENT, encoding="utf-8")
    scale = AnswerScale.likert(5, unknown=["9"])
    assert survey.load_questionnaire(file) == Questionnaire(
        [
            Question("c1", "S1", scale="five"),
            Question("c2", "S1", "expectation", scale="five"),
        ],
        {"five": scale},
        factors=[survey.Factor("S1", {"vi": "Tiếp cận", "en": "Access"})],
        title={"vi": "Phiếu", "en": "Form"},
    )


def test_sipas_has_the_groups_factors_and_contents_of_the_methodology() -> None:
    nodes = gi.methodology("vn.sipas@2023").framework
    items = survey.sipas("2023").items
    leaves = {leaf.code for leaf in nodes.leaves}
    assert set(items) == leaves
    assert len(items) == 42


def test_sipas_says_what_is_assumed_and_where_it_comes_from() -> None:
    form = survey.sipas()
    assert "assumed" in form.confidence
    assert all(source.confidence == "verified" and source.url for source in form.sources)
    assert all("assumed" in question.confidence for question in form.questions)


def test_unknown_items_are_refused() -> None:
    with pytest.raises(gi.UnknownNameError, match=r"did you mean 'S1\.satisfaction'"):
        survey.sipas().with_questions({"S1.satisfied": ["c1"]})


def test_made_up_answers_of_sipas_are_scored() -> None:
    rng = np.random.default_rng(4)
    form = survey.sipas()
    answers = pd.DataFrame(
        {code: rng.integers(1, 6, 300) for code in (q.code for q in form.questions)}
    )
    answers["unit"] = rng.choice(["made-up A", "made-up B"], 300)
    estimates = survey.estimate(answers, form, items="factors", scale=100)
    observed = estimates.observations()
    assert observed.variables == tuple(form.items)
    share = answers.loc[answers["unit"] == "made-up A", "S1.satisfaction"].ge(4).mean()
    assert observed.value("made-up A", "S1.satisfaction") == pytest.approx(100 * share)

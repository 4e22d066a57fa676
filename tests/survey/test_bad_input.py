"""Bad input of surveys: every problem with counts, first rows and the cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import survey
from govindex.survey import AnswerScale, Question, Questionnaire, SampleDesign

ASKED = Questionnaire([Question("q1"), Question("q2")], AnswerScale.likert(5))
DESIGN = SampleDesign(weights="w", strata="s", clusters="c")
FORMULA: Any = survey.estimate  # with words that the type forbids
DROP: Any = attrs.evolve
GOOD = pd.DataFrame(
    {
        "unit": [*"AABB"],
        "q1": [5, 4, 2, 1],
        "q2": [1, 2, 3, 4],
        "w": [1.0, 2, 3, 4],
        "s": [*"xxyy"],
        "c": [1, 2, 3, 4],
        "N": [9, 9, 9, 9],
    }
)


def test_many_columns_that_do_not_exist_are_one_problem() -> None:
    questions = [Question(f"other_{number}") for number in range(40)]
    form = Questionnaire([Question("q11"), *questions], ASKED.scales[""])
    with pytest.raises(gi.DataError) as error:
        survey.estimate(GOOD, form, DESIGN)
    assert len(error.value.problems) == 2
    assert "there is no column 'q11': did you mean 'q1'?" in str(error.value)
    assert "there are no columns 'other_0', 'other_1'" in str(error.value)
    assert "and 28 more: Known: 'unit', 'q1'" in str(error.value)


def test_whole_numbers_written_with_decimals_are_the_same_answers() -> None:
    written = GOOD.assign(q1=["5.0", "4.0", "2.0", "1.0"], q2=GOOD["q2"].astype(float))
    want, got = (survey.estimate(data, ASKED, DESIGN).table() for data in (GOOD, written))
    pd.testing.assert_frame_equal(got, want)
    with pytest.raises(gi.DataError, match=r"'2\.5' is not an answer of the scale"):
        survey.estimate(GOOD.assign(q1=["5.0", "2.5", "2.0", "1.0"]), ASKED, DESIGN)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"q1": [5, 7, 7, 1]}, r"'q1': '7' is not an answer of the scale \(2 rows, first 2, 3\)"),
        ({"q1": ["5", "tốt", "1", ""]}, r"'tốt' is not an answer of the scale \(1 row, first 2\)"),
        ({"unit": ["A", None, "", "B"]}, r"column 'unit' is blank in 2 rows, first 2, 3"),
        ({"w": [1.0, 0, -2, 1]}, r"column 'w' is not above 0 in 2 rows, first 2, 3"),
        ({"w": [1.0, np.nan, 2, 1]}, r"column 'w' is missing or infinite in 1 row, first 2"),
        (
            {"w": ["1", "2", "x", "4"]},
            r"column 'w' must hold numbers, not texts, such as '1': make numbers of them",
        ),
        ({"c": [1, 2, 2, 4]}, r"cluster '2' is in strata 'x', 'y'"),
        ({"s": ["x", "x", "y", None]}, r"column 's' is blank in 1 row, first 4"),
        ({"s": [*"xxxy"]}, r"one cluster was drawn in 1 stratum \('y'\)"),
        ({"q1": [None] * 4, "q2": [np.nan] * 4}, r"there is no valid answer to any of 'q1', 'q2'"),
    ],
)
def test_bad_cells_are_counted_and_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(gi.DataError, match=message):
        survey.estimate(GOOD.assign(**change), ASKED, DESIGN)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([9, 8, 9, 9], r"column 'N' has 8 and 9 in 'x'"),
        ([1, 1, 9, 9], r"'x' has 2 units in the sample, but 1 in the population"),
    ],
)
def test_populations_are_one_for_a_stratum_and_not_below_the_sample(
    counts: list[int], message: str
) -> None:
    with pytest.raises(gi.DataError, match=message):
        survey.estimate(GOOD.assign(N=counts), ASKED, attrs.evolve(DESIGN, fpc="N"))


def test_all_problems_come_at_once_with_their_data() -> None:
    bad = GOOD.assign(q1=[5, 7, 2, 1], w=[1.0, 0, 3, 4])
    with pytest.raises(gi.DataError, match="2 problems") as caught:
        survey.estimate(bad, ASKED, DESIGN)
    assert [(p.code, p.variable, p.row) for p in caught.value.problems] == [
        ("survey.answer", "q1", 2),
        ("survey.weight", None, 2),
    ]


@pytest.mark.parametrize(
    ("design", "message"),
    [
        (SampleDesign(weights="weight"), "there is no column 'weight'"),
        (survey.post_stratify(DESIGN, "unit", {"A": 3}), "totals of 'unit' lack 'B'"),
        (
            survey.post_stratify(DESIGN, "unit", {"A": 3, "B": 4, "C": 5}),
            "nobody in the sample has 'C' in 'unit'",
        ),
    ],
)
def test_designs_that_do_not_fit_are_refused(design: SampleDesign, message: str) -> None:
    with pytest.raises(gi.DataError, match=message):
        survey.estimate(GOOD, ASKED, design)


def test_margins_that_cannot_be_matched_are_refused() -> None:
    data = GOOD.assign(m=["u", "u", "v", "v"])
    raked = survey.rake(DESIGN, {"unit": {"A": 50, "B": 50}, "m": {"u": 90, "v": 10}})
    with pytest.raises(gi.DataError, match="weights did not match all margins within 500 rounds"):
        survey.estimate(data, ASKED, raked)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AnswerScale(["a"]), "at least two options"),
        (lambda: AnswerScale(["a", "b"], positive=["c"]), "positive has 'c', which is not an opt"),
        (lambda: AnswerScale(["a", "b"], unknown=["a"]), "answer 'a' appears more than once"),
        (lambda: AnswerScale(["a", "b"], points={"a": 1}), "without points: 'b'"),
        (lambda: Questionnaire([], AnswerScale.likert()), "there are no questions"),
        (lambda: Questionnaire([Question("q")] * 2, AnswerScale.likert()), "'q' appears more than"),
        (lambda: SampleDesign(second_stage="h"), "a second stage is drawn within clusters"),
        (lambda: DROP(DESIGN, lonely="drop"), "cannot be 'drop'"),
        (lambda: survey.rake(DESIGN, {"a": {"x": 1}, "b": {"y": 2}}), "the same population, not:"),
        (lambda: survey.Bootstrap(1, rng=1), "from 2 to 100,000"),
        (lambda: FORMULA(GOOD, ASKED, formula="top"), "did you mean 'top_box'"),
        (lambda: survey.estimate(GOOD, ASKED, formula="gap"), "no factor has questions of both"),
        (lambda: survey.estimate(GOOD, ASKED, level=95), "between 0 and 1, such as 0.95, not 95"),
    ],
)
def test_impossible_settings_are_refused(make: Any, message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        make()


def test_empty_frames_are_refused() -> None:
    with pytest.raises(gi.DataError, match="there are no answers: the frame has no rows"):
        survey.estimate(GOOD[:0], ASKED, DESIGN)


def test_documents_name_the_path_of_every_problem(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(
        'format = 1\n[scales.a]\noptions = ["1", "2"]\npositiv = ["2"]\n'
        '[[questions]]\ncode = "q"\nscal = "a"\n',
        encoding="utf-8",
    )
    with pytest.raises(gi.FrameworkError, match="did you mean 'positive'") as caught:
        survey.load_questionnaire(file)
    paths = [problem.path for problem in caught.value.problems]
    assert paths == ["scales.a.positiv", "questions[0].scal"]

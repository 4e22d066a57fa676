"""What is written reads back equal: random methodologies and data, and the real ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import Problems
from govindex.interchange.parquet_files import _given_back, _TakenColumns
from govindex.model.stages import Stage
from govindex.robustness import RankSample, Weights, sample_ranks
from govindex.testing.strategies import methodologies, observations
from tests.goldens import CASES
from tests.sampling import few, some

KINDS = (
    *("change", "comparison", "estimates", "explanation", "observations", "problems"),
    *("rank-sample", "result"),
)
VALID = {kind: Draft202012Validator(gi.document_schema(kind)) for kind in KINDS}


@st.composite
def scored(draw: st.DrawFn) -> gi.IndexResult:
    """Draw a result: leagues, forms, panels, views, bands, imputed, treated and absent cells."""
    method = draw(methodologies())
    data = draw(observations(method, at_least=2))
    choose = draw(st.randoms(use_true_random=False))
    status, values = data.status.copy(), data.values
    for row, column in np.argwhere(status == CellStatus.REPORTED).tolist():
        if choose.random() < 0.2:
            status[row, column] = choose.choice([CellStatus.IMPUTED, CellStatus.FALLEN_BACK])
    treated = np.array([[choose.random() < 0.2 for _ in row] for row in values])
    treated &= ~np.isnan(values)
    errors = np.abs(values) / 7 if choose.random() < 0.5 else None
    data = attrs.evolve(
        data, status=status, treated=treated, raw=values[treated] * 1.1, errors=errors
    )
    return method.compute(data)


@settings(max_examples=few(35), deadline=None, suppress_health_check=list(HealthCheck))
@given(result=scored())
def test_a_result_reads_back_equal_to_the_last_bit(result: gi.IndexResult) -> None:
    text = result.to_json()
    again = gi.IndexResult.from_json(text)

    VALID["result"].validate(json.loads(text))
    assert again == result
    assert hash(again) == hash(result)
    assert again.to_json() == text
    assert again.table(status=True).equals(result.table(status=True))
    assert again.marks.equals(result.marks)
    assert again.unscored.equals(result.unscored)
    columns = _TakenColumns(len(result.units))
    rest = columns.taken(json.loads(text), ())
    assert _given_back(rest, columns.columns) == json.loads(text)
    assert result.given is not None
    assert gi.Observations.from_json(result.given.to_json()) == result.given


@pytest.mark.parametrize("name", some(CASES))
def test_real_results_read_back_from_every_format(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    result = case.part(gi.methodology(case.edition)).compute(gi.datasets.load(case.dataset))
    file = tmp_path / "result.parquet"
    result.to_parquet(file)
    written = tmp_path / "result.json"
    result.to_json(written)

    assert gi.IndexResult.from_dict(result.to_dict()) == result
    assert gi.IndexResult.from_json(written) == result
    assert gi.IndexResult.from_parquet(file) == result
    frame = pd.read_parquet(file)
    code = f"{result.codes[0]}.score"
    assert frame.set_index("unit")[code].tolist() == pytest.approx(
        result.score.tolist(), nan_ok=True, abs=0
    )


GROUPS = gi.methodology("vn.service-766").cut()
DAYS = [gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}") for day in ("06", "10")]
SAMPLE = sample_ranks(GROUPS, DAYS[1], vary=[Weights(spread=0.3)], draws=300, rng=1)
ANSWERS = pd.DataFrame(
    {"unit": [*"AAABBBCC"], "cluster": [1, 2, 3, 1, 2, 3, 1, 2], "q": [5, 1, 4, 2, 5, 3, 4, 4]}
)


def estimates() -> gi.survey.Estimates:
    asked = gi.survey.Questionnaire([gi.survey.Question("q", "f")], gi.survey.AnswerScale.likert())
    design = gi.survey.SampleDesign(clusters="cluster")
    return gi.survey.estimate(ANSWERS, asked, design=design)


def others() -> Iterator[tuple[str, Any]]:
    early, late = (GROUPS.compute(day) for day in DAYS)
    yield "comparison", gi.compare({"06": early, "10": late})
    yield "explanation", gi.explain(late, "H44", language="vi")
    yield "rank-sample", SAMPLE
    yield "estimates", estimates()
    yield "observations", DAYS[1]


@pytest.mark.parametrize(("kind", "written"), list(others()))
def test_other_objects_read_back_equal(kind: str, written: Any, tmp_path: Path) -> None:
    text = written.to_json()
    file = tmp_path / "document.parquet"
    written.to_parquet(file)

    VALID[kind].validate(json.loads(text))
    assert type(written).from_json(text) == written
    assert type(written).from_json(text).to_json() == text
    assert type(written).from_parquet(file) == written


def test_a_sample_from_a_document_answers_from_its_counts() -> None:
    again = RankSample.from_dict(SAMPLE.to_dict())

    assert again.intervals(0.8).equals(SAMPLE.intervals(0.8))
    assert again.acceptability().equals(SAMPLE.acceptability())
    assert again.neighbours().equals(SAMPLE.neighbours())
    assert again.summary == SAMPLE.summary
    with pytest.raises(gi.SettingError, match="read from a document, which holds counts"):
        again.pairwise()
    with pytest.raises(gi.SettingError, match="read from a document, which holds counts"):
        again.scores()


def test_differences_of_estimates_keep_the_covariance_of_one_sample() -> None:
    made = estimates()
    again = gi.survey.Estimates.from_dict(made.to_dict())

    assert again.difference("A", "B").equals(made.difference("A", "B"))
    document = made.to_dict()
    del document["differences"]
    with pytest.raises(gi.DataError, match="not hold the errors of differences"):
        gi.survey.Estimates.from_dict(document).difference("A", "B")


def test_a_change_is_written_with_its_tables() -> None:
    early, late = (GROUPS.compute(day) for day in DAYS)
    document = json.loads(gi.change(early, late, methods=GROUPS).to_json())

    VALID["change"].validate(document)
    names = {column["name"]: column["values"] for column in document["units"]["columns"]}
    assert names["rank_change"] == gi.change(early, late).units["rank_change"].tolist()


def test_problems_of_an_error_are_data() -> None:
    with pytest.raises(gi.DataError) as caught:
        gi.Observations.from_records([{"unit": "A", "x": 1}, {"unit": "A", "x": 2}], unit="unit")
    document = json.loads(json.dumps(caught.value.to_dict()))

    VALID["problems"].validate(document)
    assert document["error"] == "DataError"
    again = list(Problems.from_dict(document))
    assert again == list(caught.value.problems)
    assert [problem.unit for problem in again] == ["A"]


def test_stages_and_suppressed_cells_read_back_and_stay_hidden() -> None:
    hidden = np.array([[CellStatus.SUPPRESSED, 0], [0, 0]], dtype=np.uint8)
    units = [gi.Unit("A"), gi.Unit("B")]
    verified = gi.Observations(units, ["x", "y"], [[np.nan, 2.0], [3.0, 4.0]], hidden)
    claimed = gi.Observations(units, ["x", "y"], [[123456.5, 2.5], [3.5, np.nan]])
    data = gi.Observations.from_stages({"self": claimed, "verified": verified}, fall_back=True)
    text = data.to_json()

    assert gi.Observations.from_json(text) == data
    assert "123456" not in text
    loose = attrs.evolve(data, stages=[Stage("self", claimed.values, claimed.status)])
    assert "123456" not in loose.to_json()


def test_names_that_look_like_signs_of_columns_are_kept(tmp_path: Path) -> None:
    units = [
        gi.Unit("A", attributes={"$column": "x", "long": 10**30}),
        gi.Unit("B", attributes={"$rows": 1.5}),
    ]
    data = gi.Observations(units, ["$column"], [[1.0], [np.nan]])
    file = tmp_path / "data.parquet"
    data.to_parquet(file)

    assert gi.Observations.from_parquet(file) == data


def test_covariances_and_replicates_of_a_survey_go_with_the_data() -> None:
    design = gi.survey.SampleDesign(replication=gi.survey.Bootstrap(6, rng=1), clusters="cluster")
    asked = gi.survey.Questionnaire(
        [gi.survey.Question("q", "f"), gi.survey.Question("p", "f")],
        gi.survey.AnswerScale.likert(),
    )
    answers = ANSWERS.assign(p=[1, 5, 4, 4, 2, 2, 5, 3])
    found = gi.survey.estimate(answers, asked, design)
    data = found.observations()
    hidden = found.suppressed([("A", "q")])

    assert data.replicates is not None
    assert gi.Observations.from_json(data.to_json()) == data
    VALID["observations"].validate(json.loads(data.to_json()))
    assert gi.survey.Estimates.from_json(found.to_json()) == found
    assert gi.survey.Estimates.from_json(hidden.to_json()) == hidden
    told = json.loads(hidden.to_json())["domains"][0]
    assert [told[name][0] for name in ("value", "se", "n", "low", "status")] == [
        *[None] * 4,
        "suppressed",
    ]

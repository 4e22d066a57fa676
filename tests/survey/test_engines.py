"""Answers that stay in their engine give what they give in memory, and problems with counts."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import survey
from govindex.survey import AnswerScale, Estimates, Question, Questionnaire, SampleDesign
from tests.engines.tables import in_engine
from tests.sampling import few

SCALE = AnswerScale.likert(
    5, points={"1": 0, "2": 20, "3": 60, "4": 80, "5": 100}, unknown=["9"], not_asked=["0"]
)
ASKED = Questionnaire([Question("q1", "access"), Question("q2", "access"), Question("q3")], SCALE)
GAPS = Questionnaire([Question("q1", "access"), Question("q2", "access", "expectation")], SCALE)
DESIGN = SampleDesign(weights="w", strata="stratum", clusters="village", lonely="centre")
DESIGNS = {
    "weights": DESIGN,
    "counts": attrs.evolve(DESIGN, weights=None),
    "finite": attrs.evolve(DESIGN, fpc="villages"),
    "weights from counts": attrs.evolve(DESIGN, weights=None, fpc="villages"),
    "two stages": attrs.evolve(DESIGN, second_stage="home", fpc=["villages", "homes"]),
    "jackknife": attrs.evolve(DESIGN, replication=survey.Jackknife()),
    "bootstrap": attrs.evolve(DESIGN, replication=survey.Bootstrap(20, rng=1)),
    "post-stratified": survey.post_stratify(DESIGN, "sex", {"m": 500, "f": 700}),
    "raked": survey.rake(DESIGN, {"sex": {"m": 50, "f": 70}, "unit": {"A": 45, "B": 75}}),
    "without clusters": attrs.evolve(DESIGN, clusters=None),
    "replicates": SampleDesign(
        weights="w", replication=survey.ReplicateWeights(["w", "homes"], scale=0.5)
    ),
}
LAZY = ["polars-lazy", "duckdb"]
ARRAYS = ("value", "se", "df", "n", "n_effective", "deff", "low", "high", "covariances")


def made_up(seed: int) -> pd.DataFrame:
    """Return made-up answers of 3 strata, each of 2 or 3 villages of 2 homes, in 2 units."""
    rng = np.random.default_rng(seed)
    rows = []
    for stratum in range(3):
        for village in range(int(rng.integers(2, 4))):
            for person in range(int(rng.integers(4, 7))):
                name = f"s{stratum}v{village}"
                rows.append({"stratum": stratum, "village": name, "home": f"{name}h{person % 2}"})
    data = pd.DataFrame(rows)
    count = len(data)
    for code in ("q1", "q2", "q3"):
        data[code] = rng.choice([0, 1, 2, 3, 4, 5, 9], count)
    data["unit"] = np.resize(["A", "B"], count)
    data["sex"] = np.resize(["m", "m", "f", "f", "f"], count)
    data["w"] = rng.integers(1, 9, count) / 2
    data["x"] = np.where(rng.random(count) < 0.2, np.nan, rng.integers(0, 50, count))
    data["villages"], data["homes"] = 6, 5
    data.loc[:1, ["q1", "q2", "q3"]] = [[5, 4, 3], [2, 1, 4]]
    return data


def assert_same(one: Estimates, other: Estimates) -> None:
    assert one.domains == other.domains
    assert one.items == other.items
    for name in ARRAYS:
        np.testing.assert_allclose(
            getattr(other, name), getattr(one, name), rtol=1e-9, atol=1e-10, err_msg=name
        )


@settings(max_examples=few(30))
@given(
    design=st.sampled_from(list(DESIGNS)),
    seed=st.integers(0, 2**32 - 1),
    engine=st.sampled_from(LAZY),
)
def test_estimates_are_those_of_memory(design: str, seed: int, engine: str) -> None:
    data = made_up(seed)
    outside = in_engine(engine, data)
    for formula, asked in (("top_box", ASKED), ("option_score", ASKED), ("gap", GAPS)):
        one, other = (
            survey.estimate(answers, asked, DESIGNS[design], formula=formula, scale=100)  # type: ignore[arg-type]
            for answers in (data, outside)
        )
        assert_same(one, other)


@settings(max_examples=few(10))
@given(seed=st.integers(0, 2**32 - 1), engine=st.sampled_from(LAZY))
def test_numbers_are_those_of_memory(seed: int, engine: str) -> None:
    data = made_up(seed)
    outside = in_engine(engine, data)
    for design in (DESIGN, DESIGNS["raked"], DESIGNS["without clusters"]):
        one, other = (survey.means(d, ["x", "w"], design, by="unit") for d in (data, outside))
        assert_same(one, other)
        one, other = (survey.totals(d, "x", design) for d in (data, outside))
        assert_same(one, other)
        one, other = (survey.ratios(d, {"r": ("x", "w")}, design) for d in (data, outside))
        assert_same(one, other)


@pytest.mark.parametrize("engine", ["polars", "pyarrow", "parquet"])
def test_every_kind_of_table_is_taken(engine: str, tmp_path: Path) -> None:
    data = made_up(3)
    outside = in_engine(engine, data, tmp_path)
    assert_same(survey.estimate(data, ASKED, DESIGN), survey.estimate(outside, ASKED, DESIGN))
    pd.testing.assert_frame_equal(
        survey.response_rates(data, ASKED), survey.response_rates(outside, ASKED)
    )


def test_cells_of_csv_files_are_read_as_answers_and_numbers(tmp_path: Path) -> None:
    data = made_up(4)
    data.to_csv(tmp_path / "answers.csv", index=False)
    for design in (DESIGNS["two stages"], DESIGNS["without clusters"]):
        one = survey.estimate(data, ASKED, design)
        assert_same(one, survey.estimate(tmp_path / "answers.csv", ASKED, design))


@pytest.mark.parametrize("engine", ["dask"])
def test_many_questions_are_taken(engine: str) -> None:
    rng = np.random.default_rng(1)
    data = made_up(5)[["unit", "village", "w"]]
    codes = [f"c{number}" for number in range(26)]
    data = data.join(pd.DataFrame(rng.integers(1, 6, (len(data), 26)), columns=codes))
    asked = Questionnaire([Question(code, f"factor {code[-1]}") for code in codes], SCALE)
    design = SampleDesign(weights="w", clusters="village")
    outside = in_engine(engine, data)
    assert_same(survey.estimate(data, asked, design), survey.estimate(outside, asked, design))
    one, other = (survey.response_rates(answers, asked) for answers in (data, outside))
    pd.testing.assert_frame_equal(one, other)


WORDS = AnswerScale(["chưa hài lòng", "hài lòng"], positive=["hài lòng"], unknown=["KB"])
KINDS: dict[str, list[Any]] = {
    "texts": ["hài lòng", " hài lòng ", unicodedata.normalize("NFD", "hài lòng"), "", None, "KB"],
    "decimals": [1.0, 2.0, 2.0, float("nan"), None, 1.0],
    "flags": [True, False, True, None, None, True],
    "decimal texts": ["1.0", "2.0", "2", "", None, " 1.0"],
    "two texts": ["2.0", "2", "1", "", None, "1.0"],
}


@pytest.mark.parametrize("engine", LAZY)
@pytest.mark.parametrize("kind", KINDS)
def test_answers_of_any_type_mean_the_same(engine: str, kind: str) -> None:
    scales = {
        "texts": WORDS,
        "decimals": AnswerScale(["1", "2"], positive=["2"], blank=["2.5"]),
        "flags": AnswerScale(["False", "True"], positive=["True"]),
        "decimal texts": AnswerScale(["1", "2"], positive=["2"]),
        "two texts": AnswerScale(["1", "2", "2.0"], positive=["2.0"]),
    }
    data = pl.DataFrame({"q": KINDS[kind], "c": [1, 1, 2, 2, 3, 3]}, strict=False)
    outside = data.lazy() if engine == "polars-lazy" else _in_duckdb(data)
    asked = Questionnaire([Question("q")], scales[kind])
    one, other = (
        survey.estimate(answers, asked, SampleDesign(clusters="c"), by=None)
        for answers in (data, outside)
    )
    assert_same(one, other)
    rates = (survey.response_rates(answers, asked, by=None) for answers in (data, outside))
    pd.testing.assert_frame_equal(next(rates), next(rates))


def _in_duckdb(data: pl.DataFrame) -> Any:
    import duckdb

    connection = duckdb.connect()
    connection.register("answers", data.to_arrow())
    return connection.table("answers")


BAD: list[tuple[dict[str, list[Any]], str]] = [
    ({"q1": [5, 7, 7, 1]}, r"'7' is not an answer of the scale \(2 rows, first where unit 'A', "),
    ({"q1": ["5", "tốt", "1", ""]}, r"'tốt' is not an answer of the scale \(1 row, first where"),
    ({"unit": ["A", None, "", "B"]}, r"column 'unit' is blank in 2 rows, first where"),
    ({"w": [1.0, 0.0, -2.0, 1.0]}, r"column 'w' is not above 0 in 2 rows, first where unit 'A'"),
    ({"w": [1.0, None, 2.0, 1.0]}, r"column 'w' is missing or infinite in 1 row, first where"),
    ({"w": ["1", "2", "x", "4"]}, r"column 'w' must hold numbers, not texts, such as"),
    ({"c": [1, 2, 2, 4]}, r"cluster '2' is in strata 'x', 'y'"),
    ({"s": ["x", "x", "y", None]}, r"column 's' is blank in 1 row, first where"),
    ({"s": ["x", "x", "x", "y"]}, r"one cluster was drawn in 1 stratum \('y'\)"),
    ({"q1": [None] * 4, "q2": [None] * 4}, r"there is no valid answer to any of 'q1', 'q2'"),
    ({"N": [9, 8, 9, 9]}, r"column 'N' has 8 and 9 in 'x'"),
]


@pytest.mark.parametrize(
    ("engine", "change", "message"),
    [(LAZY[number % 2], *each) for number, each in enumerate(BAD)],
)
def test_bad_cells_are_counted_and_named(
    engine: str, change: dict[str, list[Any]], message: str
) -> None:
    good = {
        "unit": ["A", "A", "B", "B"],
        "q1": [5, 4, 2, 1],
        "q2": [1, 2, 3, 4],
        "w": [1.0, 2.0, 3.0, 4.0],
        "s": ["x", "x", "y", "y"],
        "c": [1, 2, 3, 4],
        "N": [9, 9, 9, 9],
    }
    data = pl.DataFrame({**good, **change})
    answers = data.lazy() if engine == "polars-lazy" else _in_duckdb(data)
    asked = Questionnaire([Question("q1"), Question("q2")], AnswerScale.likert(5))
    design = SampleDesign(weights="w", strata="s", clusters="c", fpc="N")
    with pytest.raises(gi.DataError, match=message):
        survey.estimate(answers, asked, design)


def test_all_problems_of_an_engine_come_at_once_with_their_data() -> None:
    data = made_up(6)
    data.loc[3:5, "q2"] = [7, 7, 8]
    data["q3"] = pd.to_datetime("2025-01-01")
    data.loc[2, "w"] = 0.0
    with pytest.raises(gi.DataError, match=r"'q3' holds Datetime.*, not answers"):
        survey.estimate(in_engine("duckdb", data), ASKED, DESIGN)
    with pytest.raises(gi.DataError, match="3 problems") as caught:
        survey.estimate(in_engine("duckdb", data.assign(q3=1)), ASKED, DESIGN)
    assert [(p.code, p.variable) for p in caught.value.problems] == [
        ("survey.weight", None),
        ("survey.answer", "q2"),
        ("survey.answer", "q2"),
    ]


def test_files_and_columns_that_do_not_exist_are_named(tmp_path: Path) -> None:
    with pytest.raises(gi.DataError, match="no file matches"):
        survey.estimate(str(tmp_path / "*.parquet"), ASKED, DESIGN)
    made_up(1).drop(columns=["village", "q2"]).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(gi.DataError, match="2 problems") as caught:
        survey.estimate(tmp_path / "a.parquet", ASKED, DESIGN)
    assert [p.code for p in caught.value.problems] == ["column.unknown"] * 2
    with pytest.raises(gi.DataError, match="there are no answers"):
        survey.estimate(pl.DataFrame(made_up(1)).lazy().head(0), ASKED, DESIGN)


@pytest.mark.parametrize("engine", ["pandas", *LAZY])
def test_domains_without_an_answer_are_missing(engine: str) -> None:
    data = pd.DataFrame({"unit": [*"AABB"], "q": [5.0, 2.0, np.nan, 9.0], "c": [1, 2, 3, 4]})
    asked = Questionnaire([Question("q")], SCALE)
    estimates = survey.estimate(in_engine(engine, data), asked, SampleDesign(clusters="c"))
    assert estimates.table()["status"].tolist() == ["reported", "missing"]
    observed = estimates.observations(units=[gi.Unit(code) for code in "ABC"])
    assert [observed.cell(unit, "q").name for unit in "ABC"] == ["REPORTED", "MISSING", "MISSING"]

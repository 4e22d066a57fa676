"""PySpark, SQLFrame and Ibis estimate what memory does; ``nox -s engines`` runs this."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import survey
from govindex.survey import Estimates
from tests.engines.other_engines import OTHER_ENGINES, opened
from tests.engines.tables import in_engine
from tests.survey.test_engines import ASKED, DESIGN, DESIGNS, GAPS, assert_same, made_up

pytestmark = pytest.mark.skipif(
    os.environ.get("GOVINDEX_PROFILE", "quick") == "quick", reason="nox -s engines runs it"
)


def _written(data: pd.DataFrame, folder: Path) -> Path:
    file = folder / "answers.parquet"
    in_engine("polars", data).write_parquet(file)
    return file


@pytest.mark.parametrize("engine", OTHER_ENGINES)
def test_other_engines_estimate_what_memory_does(engine: str, tmp_path: Path) -> None:
    data = made_up(7)
    table = opened(engine, _written(data, tmp_path))
    estimated: list[tuple[Any, str, str]] = [
        (ASKED, "top_box", "weights"),
        (ASKED, "option_score", "two stages"),
        (GAPS, "gap", "finite"),
        (ASKED, "mean_score", "raked"),
        (ASKED, "top_box", "jackknife"),
        (ASKED, "top_box", "without clusters"),
    ]
    for asked, formula, design in estimated:
        one, other = (
            survey.estimate(answers, asked, DESIGNS[design], formula=formula)  # type: ignore[arg-type]
            for answers in (data, table)
        )
        assert_same(one, other)
    for one, other in zip(_of_numbers(data), _of_numbers(table), strict=True):
        assert_same(one, other)
    here, there = (survey.response_rates(answers, ASKED) for answers in (data, table))
    pd.testing.assert_frame_equal(here, there)


def _of_numbers(answers: Any) -> list[Estimates]:
    return [
        survey.means(answers, ["x", "w"], DESIGN, by="unit"),
        survey.totals(answers, "x", DESIGN),
        survey.ratios(answers, {"r": ("x", "w")}, DESIGN),
    ]


@pytest.mark.parametrize("engine", OTHER_ENGINES)
def test_other_engines_name_bad_answers(engine: str, tmp_path: Path) -> None:
    data = made_up(8).astype({"unit": object, "w": float})
    data.loc[0, "unit"], data.loc[1, "w"], data.loc[2, "q1"] = None, np.nan, 7
    table = opened(engine, _written(data, tmp_path))
    with pytest.raises(gi.DataError) as caught:
        survey.estimate(table, ASKED, DESIGN)
    text = str(caught.value)
    assert "column 'w' is missing or infinite in 1 row, first where" in text
    assert "'7' is not an answer of the scale (1 row, first where" in text
    data.loc[1, "w"], data.loc[2, "q1"] = 1.0, 5
    table = opened(engine, _written(data, tmp_path))
    with pytest.raises(gi.DataError, match="column 'unit' is blank in 1 row, first where"):
        survey.estimate(table, ASKED, DESIGN)

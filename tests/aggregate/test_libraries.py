"""Methods of other libraries as aggregators, as the guide to aggregation shows them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.aggregate import TOPSIS, Callable
from tests.aggregate.examples import mabac
from tests.reference import reference


def index(
    columns: dict[str, Any], directions: list[Any], weights: list[float], aggregate: Any
) -> Any:
    """Return the scores of units whose indicators are min-max normalised."""
    leaves = [
        gi.Indicator(code, rule=gi.rules.MinMax(), direction=direction, weight=weight)
        for code, direction, weight in zip(columns, directions, weights, strict=True)
    ]
    framework = gi.Framework("index", leaves, aggregate=aggregate)
    method = gi.Methodology("example.libraries", "1", framework, scale=1)
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"unit": [f"U{i:02}" for i in range(count)], **columns})
    return method.compute(gi.Observations.from_frame(frame, unit="unit")).score.to_numpy()


def topsis(scores: Any, weights: Any) -> Any:
    import skcriteria as skc
    from skcriteria.agg import topsis as methods

    matrix = skc.mkdm(scores, [max] * len(weights), weights=weights)
    return methods.TOPSIS().evaluate(matrix).e_.similarity


def test_mabac_of_pymcdm_gives_a_published_example() -> None:
    pytest.importorskip("pymcdm", reason="pymcdm is not installed")
    cases = json.loads(reference("published/mcdm_textbook/examples.json").read_text())
    case = next(case for case in cases if case["id"] == "mabac_isik2020")
    columns = {f"c{i:02}": column for i, column in enumerate(zip(*case["matrix"], strict=True))}
    directions = ["higher" if kind > 0 else "lower" for kind in case["types"]]
    actual = index(columns, directions, case["weights"], Callable(mabac))
    np.testing.assert_allclose(actual, case["expected"], atol=0.5 * 10.0 ** -case["decimals"])


def test_topsis_equals_that_of_scikit_criteria() -> None:
    pytest.importorskip("skcriteria", reason="scikit-criteria is not installed")
    columns = {"a": [1, 2, 5, 3], "b": [4, 2, 1, 3], "c": [2, 2, 8, 1]}
    settings = (["higher", "lower", "higher"], [1.0, 2.0, 1.0])
    theirs = index(columns, *settings, Callable(topsis))
    own = index(columns, *settings, TOPSIS(scale="none"))
    np.testing.assert_allclose(theirs, own, rtol=1e-12)

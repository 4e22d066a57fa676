"""Margins of scores and of data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from govindex import (
    Dimension,
    absence,
    rules,
)
from govindex.robustness import (
    data_margins,
    score_margins,
)
from govindex.testing import observed
from tests.robustness.exact.examples import (
    MEANS,
    index_of,
    leaf,
    numbers,
    rows_of,
)


def test_points_to_the_next_ranks() -> None:
    data = observed({"x": [0.9, 0.6, 0.6, 0.1]})
    table = score_margins(index_of([leaf("x")]).compute(data))
    assert table["ahead"].fillna("").to_list() == ["", "U0", "U0", "U1"]
    assert table["behind"].fillna("").to_list() == ["U1", "U3", "U3", ""]
    np.testing.assert_allclose(table["gain"].to_numpy(), [np.nan, 30, 30, 50])
    np.testing.assert_allclose(table["lose"].to_numpy(), [30, 50, 50, np.nan])


RULES = [
    rules.Goalposts(worst=0, best=1),
    rules.Goalposts(worst=1, best=0),
    rules.Piecewise([(0, 0.1), (0.4, 0.3), (1, 1.0)]),
    rules.Affine(slope=-0.5, intercept=0.9),
]


@pytest.mark.parametrize("mean", [MEANS[0], MEANS[2], MEANS[4]], ids=str)
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_unit_with_the_needed_value_is_level_with_its_rival(rule: Any, mean: Any) -> None:
    children = [Dimension("a", [leaf("x", rule=rule), leaf("y", 2)]), leaf("z", 1.5)]
    method = index_of(children, aggregate=mean)
    cells = numbers(6, 6, "xyz")
    result = method.compute(observed(cells))
    table = data_margins(result)
    assert (table["outcome"] == "reachable").sum() > 5
    for row in rows_of(table, "reachable"):
        changed = {code: list(column) for code, column in cells.items()}
        changed[row.indicator][result.units.locate(row.Index)] = row.value_needed
        scores = method.compute(observed(changed)).score
        assert scores[row.Index] == pytest.approx(scores[row.rival], abs=1e-7)


def test_out_of_reach_absent_and_relative_are_outcomes() -> None:
    children = [
        leaf("x", rule=rules.Goalposts(worst=0, best=1)),
        leaf("y", rule=rules.MinMax()),
        leaf("z", rule=rules.Steps([(0.0, 0.0), (0.5, 0.5), (0.8, 1.0)])),
        leaf("v", 0),
    ]
    method = index_of(children, absence=absence.Renormalise())
    data = observed({"x": [0.9, 0.8, None], "y": [1, 2, 3], "z": [0.9, 0.4, 0.4], "v": [1, 2, 3]})
    table = data_margins(method.compute(data)).set_index(["way", "indicator"], append=True)
    # Shares: U0 (0.9, 0, 1), U1 (0.8, 0.5, 0) and U2 (–, 1, 0).
    assert list(score_margins(method.compute(data)).index) == ["U0", "U2", "U1"]
    assert table["outcome"].to_dict() == {
        ("U0", "lose", "x"): "reachable",
        ("U0", "lose", "y"): "out of reach",
        ("U0", "lose", "z"): "reachable",
        ("U2", "gain", "x"): "absent",
        ("U2", "gain", "y"): "out of reach",
        ("U2", "gain", "z"): "reachable",
        ("U2", "lose", "x"): "absent",
        ("U2", "lose", "y"): "relative",
        ("U2", "lose", "z"): "out of reach",
        ("U1", "gain", "x"): "reachable",
        ("U1", "gain", "y"): "relative",
        ("U1", "gain", "z"): "reachable",
    }
    assert table.loc[("U1", "gain", "y"), "score_needed"] == pytest.approx(70.0)
    assert table.loc[("U1", "gain", "x"), "value_needed"] == pytest.approx(1.0)
    # U2 is scored on two: what is missing weighs nothing.
    assert table.loc[("U2", "gain", "z"), "score_needed"] == pytest.approx(100 * 2 * 0.4 / 3)
    needed = table["value_needed"].notna()
    assert (needed == (table["outcome"] == "reachable")).all()


def test_a_stair_is_climbed_to_the_step_that_is_needed() -> None:
    stair = rules.Steps([(0.0, 0.0), (0.5, 0.5), (0.8, 1.0)])
    method = index_of([leaf("x", rule=stair), leaf("z")])
    result = method.compute(observed({"x": [0.9, 0.4], "z": [0.3, 0.6]}))
    table = data_margins(result, units="U1").set_index("indicator")
    # 65 and 30: 70 points of the stair are on its step of 100, which starts at 0.8.
    assert table.loc["x", "score_needed"] == pytest.approx(70.0)
    assert table.loc["x", "value_needed"] == pytest.approx(0.8)
    assert table.loc["z", "score_needed"] == pytest.approx(130.0)
    assert table.loc["z", "outcome"] == "reachable"  # an identity takes every share

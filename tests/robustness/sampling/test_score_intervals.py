"""Scores with errors: intervals, and an index as a leaf of another."""

from __future__ import annotations

import numpy as np
import pytest

import govindex as gi
from govindex import robustness, rules

UNITS = [gi.Unit(code, ranked=code != "D") for code in "ABCD"]


def satisfaction() -> robustness.RankSample:
    """Return the index of two items, whose errors have the correlation 0.5."""
    items = [gi.Indicator(code, rule=rules.Affine(slope=0.01)) for code in ("q1", "q2")]
    method = gi.Methodology("example.sipas", "1", gi.Framework("sipas", items))
    block = np.array([[4.0, 2.0], [2.0, 4.0]])
    data = gi.Observations(
        UNITS,
        ("q1", "q2"),
        [[80.0, 84.0], [70.0, 72.0], [90.0, np.nan], [60.0, 61.0]],
        errors=np.full((4, 2), 2.0),
        covariances=(("q1", "q2"), np.broadcast_to(block, (4, 2, 2))),
    )
    data = data.take(["B", "A", "D"])
    return robustness.sample_ranks(method, data, vary=[robustness.Errors()], draws=6000, rng=1)


def test_score_intervals_are_those_of_normal_errors() -> None:
    table = satisfaction().score_intervals(0.9)
    assert list(table.index) == ["A", "B", "D"]
    assert table["score"].tolist() == [82.0, 71.0, 60.5]
    # Variance of the mean of both: (4 + 4 + 2 · 2) / 4.
    np.testing.assert_allclose(table["error"], np.sqrt(3.0), rtol=0.04)
    np.testing.assert_allclose(table["high"] - table["score"], 1.645 * np.sqrt(3.0), rtol=0.08)
    np.testing.assert_allclose(table["median"], table["score"], atol=0.1)
    with pytest.raises(gi.SettingError, match="a level is a share from 0 to 1, not 90"):
        satisfaction().score_intervals(90)


def test_an_index_with_errors_is_a_leaf_of_another() -> None:
    sample = satisfaction()
    leaf = sample.as_observations()
    assert leaf.variables == ("sipas",)
    assert leaf.errors is not None
    np.testing.assert_allclose(leaf.errors[:, 0], np.sqrt(3.0), rtol=0.04)
    register = gi.Observations(
        [gi.Unit(code) for code in "DAB"], ["appraised"], [[80.0], [70.0], [75.0]]
    )
    par = gi.Methodology(
        "example.par",
        "1",
        gi.Framework(
            "par",
            [
                gi.Indicator("appraised", weight=90, rule=rules.Points()),
                gi.Indicator("sipas", weight=10, rule=rules.Proportional(target=100)),
            ],
            aggregate=gi.aggregate.Sum(),
        ),
        scale="points",
    )
    data = register.with_variables(leaf)
    again = robustness.sample_ranks(par, data, vary=[robustness.Errors()], draws=6000, rng=2)
    table = again.score_intervals()
    assert table.loc["A", "score"] == pytest.approx(78.2)
    # A tenth of the error of SIPAS is left in the total.
    np.testing.assert_allclose(table["error"], np.sqrt(3.0) / 10, rtol=0.05)
    scores, before = again.scores(), sample.scores()
    known = np.sort(70.0 + before["A"] / 10)
    nearest = known[np.minimum(np.searchsorted(known, scores["A"] - 1e-6), len(known) - 1)]
    np.testing.assert_allclose(scores["A"], nearest, atol=1e-6)


def test_a_score_without_draws_is_missing() -> None:
    items = [gi.Indicator("q1", rule=rules.Affine(slope=0.01)), gi.Indicator("q2", weight=0)]
    method = gi.Methodology(
        "example.gap", "1", gi.Framework("sipas", items, absence=gi.absence.Renormalise())
    )
    data = gi.Observations(
        UNITS[:3],
        ("q1", "q2"),
        [[80.0, 1.0], [70.0, 1.0], [np.nan, 1.0]],
        errors=[[2.0, 0.0], [2.0, 0.0], [np.nan, 0.0]],
    )
    sample = robustness.sample_ranks(method, data, vary=[robustness.Errors()], draws=50, rng=1)
    table = sample.score_intervals()
    assert table.loc["C", ["score", "error", "low", "high"]].isna().all()
    leaf = sample.as_observations()
    assert leaf.errors is not None
    assert np.isnan(leaf.errors[leaf.units.locate("C")]).all()

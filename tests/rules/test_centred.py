"""Goalposts around a reference value, and the adjusted Mazziotta–Pareto index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.aggregate import MazziottaPareto
from govindex.contracts import Scope
from govindex.errors import DataError, FrameworkError, SettingError
from govindex.rules import CentredGoalposts
from govindex.testing import observed
from tests.reference import reference_table


def ampi(centres: dict[str, Any], **settings: Any) -> gi.Methodology:
    leaves = [
        gi.Indicator(code, rule=CentredGoalposts(centre), **settings)
        for code, centre in centres.items()
    ]
    framework = gi.Framework("index", leaves, aggregate=MazziottaPareto("-"))
    return gi.Methodology("example.ampi", "1", framework)


def test_the_reference_value_gets_the_middle_and_the_range_the_goalposts() -> None:
    values = np.array([0.0, 10.0, 40.0])
    np.testing.assert_allclose(CentredGoalposts(10)(values, Scope()), [0.85, 1.0, 1.45])
    lower = CentredGoalposts(10)(values, Scope(direction="lower"))
    np.testing.assert_allclose(lower, [1.15, 1.0, 0.55])
    own = CentredGoalposts(low=0, high=1)(values, Scope())
    np.testing.assert_allclose(own.mean(), 0.5)
    np.testing.assert_allclose(np.ptp(own), 1.0)


@pytest.mark.parametrize("direction", ["higher", "lower"])
@pytest.mark.parametrize("centre", [None, 3.5])
def test_anchored_it_is_fixed_goalposts(centre: float | None, direction: Any) -> None:
    values, scope = np.array([1.0, 2.0, 7.0]), Scope(direction=direction)
    rule = CentredGoalposts(centre)
    anchored = rule.anchor(values, scope)
    assert not anchored.peer_dependent
    np.testing.assert_allclose(anchored(values, scope), rule(values, scope), rtol=1e-14)
    np.testing.assert_allclose(anchored(values[:1], scope), rule(values, scope)[:1], rtol=1e-14)


def test_an_index_of_a_panel_is_anchored_on_a_year() -> None:
    frame = pd.DataFrame(
        {"unit": list("ABC") * 2, "year": [2020] * 3 + [2021] * 3, "a": [1, 2, 3, 2, 3, 9]}
    )
    data = gi.Observations.from_frame(frame, unit="unit", period="year")
    method = ampi({"a": 2.0})
    # Pooled, the range is 8; of the first year alone it is 2.
    np.testing.assert_allclose(
        method.compute(data).shares[0], 1 + 0.6 / 8 * (frame["a"] - 2), rtol=1e-14
    )
    anchored = method.anchored(data.at_period("2020"))
    np.testing.assert_allclose(
        anchored.compute(data).shares[0], 1 + 0.6 / 2 * (frame["a"] - 2), rtol=1e-14
    )


def test_constant_values_are_refused_or_get_the_declared_share() -> None:
    with pytest.raises(DataError, match="'a': a scale of centred goalposts needs two"):
        ampi({"a": 2}).compute(observed({"a": [1, 1]}))
    assert CentredGoalposts(degenerate=1)(np.ones(2), Scope()).tolist() == [1, 1]
    with pytest.raises(SettingError, match="on a reference without two values"):
        CentredGoalposts(degenerate=1).anchor(np.ones(2), Scope())


def test_goalposts_of_several_populations_are_not_anchored() -> None:
    leaf = gi.Indicator("a", rule=CentredGoalposts(over="period"))
    method = gi.Methodology("example.years", "1", gi.Framework("index", [leaf]))
    frame = pd.DataFrame({"unit": list("ABAB"), "year": [1, 1, 2, 2], "a": [1, 2, 3, 9]})
    frame["year"] += 2000
    data = gi.Observations.from_frame(frame, unit="unit", period="year")
    with pytest.raises(FrameworkError, match="rule of 'a': a rule over periods cannot be anchored"):
        method.anchored(data)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"low": 1, "high": 1}, "goalposts need low < high, not 1 and 1"),
        ({"centre": "mean"}, "the centre of goalposts is a finite number, not 'mean'"),
        ({"over": "country"}, "there is no reference population 'country'"),
        ({"degenerate": "skip"}, "degenerate is 'error' or a share"),
        ({"base": "the first"}, "the base is a period such as '2018'"),
        ({"base": "2019", "centre": 3}, "a base period needs centre=None"),
        ({"base": "2019", "over": "period"}, "and populations of several periods"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        CentredGoalposts(**settings)


def test_adjusted_mazziotta_pareto_of_two_years_as_in_the_reference() -> None:
    table = reference_table("compind/input_ampi_panel.csv").astype(float)
    table["unit"] = [f"U{row % 34:02d}" for row in range(len(table))]
    table["time"] = table["time"].astype(int)
    data = gi.Observations.from_frame(table, unit="unit", period="time")
    result = ampi({"roads": 70, "trains": 40, "third": 60}).compute(data)
    expected = reference_table("compind/ampi_2t.csv").astype(float)
    actual = 100 * result.shares[0]
    # The reference prints three decimals.
    np.testing.assert_allclose(actual[:34], expected["2019"], atol=0.0005 + 1e-9)
    np.testing.assert_allclose(actual[34:], expected["2020"], atol=0.0005 + 1e-9)


def test_the_mean_of_the_base_period_is_the_centre_in_the_range_of_all() -> None:
    frame = pd.DataFrame(
        {"unit": list("ABC") * 2, "year": [2020] * 3 + [2021] * 3, "a": [1, 2, 3, 2, 5, 9]}
    )
    data = gi.Observations.from_frame(frame, unit="unit", period="year")
    leaf = gi.Indicator("a", rule=CentredGoalposts(base="2020"))
    method = gi.Methodology("example.ampi", "1", gi.Framework("index", [leaf]))
    expected = 1 + 0.6 / 8 * (frame["a"] - 2)
    np.testing.assert_allclose(method.compute(data).shares[0], expected, rtol=1e-14)
    anchored = method.anchored(data)
    np.testing.assert_allclose(anchored.compute(data).shares[0], expected, rtol=1e-14)
    alone = anchored.compute(data.at_period("2021"))
    np.testing.assert_allclose(alone.shares[0], expected[3:], rtol=1e-14)


def test_a_base_period_needs_a_panel_that_has_it() -> None:
    leaf = gi.Indicator("a", rule=CentredGoalposts(base="2019"))
    method = gi.Methodology("example.ampi", "1", gi.Framework("index", [leaf]))
    frame = pd.DataFrame({"unit": list("AB"), "year": [2020] * 2, "a": [1, 2]})
    data = gi.Observations.from_frame(frame, unit="unit", period="year")
    with pytest.raises(DataError, match="the base '2019' is not among the periods of the data"):
        method.compute(data)
    with pytest.raises(DataError, match="looks at the period 2019, but the data are not a panel"):
        method.compute(data.at_period("2020"))

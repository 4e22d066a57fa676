"""Panels against reference figures: COINr's artificial panel of ASEM, 2018 to 2022."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from tests.asem import asem_framework, asem_panel, asem_table
from tests.reference import reference


def expected(name: str) -> pd.DataFrame:
    table = asem_table(name)
    index = table["uCode"] + "@" + table["Time"].astype(str)
    return table.set_index(index).drop(columns=["uCode", "Time"]).astype(float)


def method(rule: Any) -> gi.Methodology:
    """Return the reference's chain: screen rows, draw outliers in year by year, normalise, add."""
    framework = asem_framework(rule, absence=gi.absence.Renormalise())
    steps = [gi.prepare.Screen(0.9), gi.prepare.Treat(over="period")]
    return gi.Methodology("example.asem", "1", framework, scale=1.0, steps=steps)


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (gi.rules.MinMax(0, 100), "purse_Aggregated"),
        (gi.rules.MinMax(0, 100, over="period"), "purse_local_norm_agg"),
        (gi.rules.ZScore(), "purse_global_zscore_agg"),
    ],
    ids=["global", "local", "global z-score"],
)
def test_scores_over_years_are_those_of_coinr(rule: Any, name: str) -> None:
    actual, known = method(rule).compute(asem_panel("purse_Raw")).scores, expected(name)
    assert actual.shape == (230, 60)
    assert (set(actual.index), set(actual.columns)) == (set(known.index), set(known.columns))
    np.testing.assert_allclose(
        actual, known.loc[actual.index, actual.columns], rtol=1e-9, atol=1e-9
    )


def test_years_by_themselves_are_scored_as_in_the_panel() -> None:
    data = asem_panel("purse_Raw")
    yearly = method(gi.rules.MinMax(0, 100, over="period"))
    whole = yearly.compute(data)
    for year in data.periods:
        alone = yearly.compute(data.at_period(year))
        np.testing.assert_array_equal(alone.printed, whole.at_period(year).printed)
        pd.testing.assert_frame_equal(alone.ranks, whole.at_period(year).ranks)


def test_an_anchored_index_does_not_see_what_others_do_later() -> None:
    data = asem_panel("purse_Raw")
    base = method(gi.rules.MinMax()).anchored(data.at_period("2018"))
    assert not base.peer_dependent
    still = data.values.copy()
    still[data.units.locate("AUT@2022")] = still[data.units.locate("AUT@2018")]
    unchanged = gi.Observations(data.units, data.variables, still)
    table = gi.over_time(base.compute(unchanged)).loc["AUT"]
    assert table["2022"] == table["2018"]
    assert table["2021"] != table["2018"]


def published_hdi(name: str) -> pd.DataFrame:
    # Namibia's code is "NA".
    return pd.read_csv(
        reference(f"published/hdi2022/{name}.csv"), keep_default_na=False, na_values=[""]
    )


def test_hdi_of_33_years_is_one_panel() -> None:
    published = published_hdi("hdi_timeseries_1990_2022")
    names = ["le", "eys", "mys", "gnipc"]
    data = gi.Observations.from_frame(published, unit="iso3", period="year", variables=names)
    result = gi.methodology("undp.hdi@2023-24").compute(data)
    table = gi.over_time(result)
    wanted = published.pivot_table(index="iso3", columns="year", values="hdi").loc[table.index]
    assert table.shape == (193, 33)
    np.testing.assert_array_equal(table, wanted)
    assert int(table.notna().to_numpy().sum()) == 5808
    ranks = published_hdi("hdr_2022_composites").set_index("iso3")["hdi_rank"].dropna()
    assert len(ranks) == 193
    assert list(gi.over_time(result, "rank").loc[ranks.index, "2022"]) == list(ranks)

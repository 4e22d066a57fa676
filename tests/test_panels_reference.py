"""Panels against reference figures: COINr's artificial panel of ASEM, 2018 to 2022."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from tests.asem import asem_framework, asem_meta, asem_table
from tests.reference import reference


def panel(name: str) -> gi.Observations:
    """Return a table of economies and years as a panel; NA is missing."""
    table = asem_table(name)
    codes = [code for code in asem_meta()["iCode"] if code in table.columns]
    frame = table[["uCode", "Time"]].join(table[codes].astype(float))
    return gi.Observations.from_frame(frame, unit="uCode", period="Time", variables=codes)


def expected(name: str) -> pd.DataFrame:
    table = asem_table(name)
    index = table["uCode"] + "@" + table["Time"].astype(str)
    return table.set_index(index).drop(columns=["uCode", "Time"]).astype(float)


def computed(rule: Any, data: gi.Observations) -> gi.IndexResult:
    """Score normalised figures, whose directions are turned already, by one rule more."""
    framework = asem_framework(absence=gi.absence.Renormalise())
    framework = framework.with_rules(dict.fromkeys(framework.leaf_codes, rule))
    return gi.Methodology("example.asem", "1", framework, scale=1.0).compute(data)


# Min-max and z-scores do not mind that the figures were taken to 0 … 100 over all years before.
@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (gi.rules.Identity(), "purse_Aggregated"),
        (gi.rules.MinMax(0, 100, over="period"), "purse_local_norm_agg"),
        (gi.rules.ZScore(), "purse_global_zscore_agg"),
        (gi.rules.MinMax(0, 100), "purse_Aggregated"),
    ],
    ids=["aggregated", "local", "global z-score", "global"],
)
def test_scores_over_years_are_those_of_coinr(rule: Any, name: str) -> None:
    data, known = panel("purse_Normalised"), expected(name)
    found = computed(rule, data).scores
    assert found.shape == (230, 60)
    assert set(found.columns) == set(known.columns)
    np.testing.assert_allclose(found, known.loc[found.index, found.columns], rtol=1e-9, atol=1e-9)


def test_years_by_themselves_are_scored_as_in_the_panel() -> None:
    data = panel("purse_Normalised")
    whole = computed(gi.rules.MinMax(0, 100, over="period"), data)
    for year in data.periods:
        alone = computed(gi.rules.MinMax(0, 100), data.at_period(year))
        np.testing.assert_array_equal(alone.printed, whole.at_period(year).printed)
        pd.testing.assert_frame_equal(alone.ranks, whole.at_period(year).ranks)


def test_an_anchored_index_does_not_see_what_others_do_later() -> None:
    data = panel("purse_Normalised")
    framework = asem_framework(gi.rules.MinMax(), absence=gi.absence.Renormalise())
    base = gi.Methodology("example.asem", "1", framework).anchored(data.at_period("2018"))
    still = data.values.copy()
    rows = {year: data.units.locate(f"AUT@{year}") for year in data.periods}
    still[rows["2022"]] = still[rows["2018"]]
    unchanged = gi.Observations(data.units, data.variables, still)
    found = gi.over_time(base.compute(unchanged)).loc["AUT"]
    assert found["2022"] == found["2018"]
    assert found["2021"] != found["2018"]


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
    found = gi.over_time(result)
    wanted = published.pivot_table(index="iso3", columns="year", values="hdi").loc[found.index]
    assert found.shape == (193, 33)
    np.testing.assert_array_equal(found, wanted)
    assert int(found.notna().to_numpy().sum()) == 5808
    ranks = published_hdi("hdr_2022_composites").set_index("iso3")["hdi_rank"].dropna()
    assert len(ranks) == 193
    assert list(gi.over_time(result, "rank").loc[ranks.index, "2022"]) == list(ranks)

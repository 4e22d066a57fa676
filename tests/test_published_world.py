"""Indices of international publishers, reproduced from what they published.

Tables of third parties are read from beside the checkout; what is written here are single figures,
or rows that are made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from tests.reference import reference


def table(name: str) -> pd.DataFrame:
    """Return a published table, only empty cells missing: Namibia's code is "NA"."""
    return pd.read_csv(reference(f"published/{name}"), keep_default_na=False, na_values=[""])


def scored(edition: str, frame: pd.DataFrame, **roles: Any) -> gi.IndexResult:
    """Score a frame whose units are its index."""
    return gi.methodology(edition).compute(gi.Observations.from_frame(frame, **roles))


def made_up(edition: str, **row: Any) -> gi.IndexResult:
    """Score one made-up unit."""
    return scored(edition, pd.DataFrame([row], index=["made up"]))


def reproduced(found: Iterable[Any], published: Iterable[Any]) -> int:
    """Count published values that are found exactly; what is not published must not be found."""
    ours, theirs = (
        pd.Series(list(side)).astype("Float64").to_numpy(float, na_value=np.nan)
        for side in (found, published)
    )
    assert [*np.isnan(ours)] == [*np.isnan(theirs)]
    return int(np.count_nonzero(ours == theirs))


# -- Human Development Index ---------------------------------------------------------------------

HDI = ["le", "eys", "mys", "gnipc"]
IHDI = [*HDI, "ineq_le", "ineq_edu", "ineq_inc"]


def test_hdi_of_every_year_is_reproduced_to_the_last_printed_digit() -> None:
    published = table("hdi2022/hdi_timeseries_1990_2022.csv")
    published.index = pd.Index(published["iso3"] + published["year"].astype(str))
    result = scored("undp.hdi@2023-24", published[HDI])
    assert reproduced(result.score[published.index], published["hdi"]) == 5808


def test_places_and_groups_of_hdi_2022_are_the_published_ones() -> None:
    published = table("hdi2022/hdr_2022_composites.csv").set_index("iso3")
    result = scored("undp.hdi@2023-24", published[HDI])
    assert reproduced(result.score[published.index], published["hdi"]) == 193
    assert reproduced(result.ranks.loc[published.index, "HDI"], published["hdi_rank"]) == 193
    assert sum(label.startswith("=") for label in result.rank_labels()) == 53
    groups = published["hdicode"].dropna()
    assert [*pd.Series(result.band_of("HDI"), result.units.codes)[groups.index]] == [*groups]


def test_ihdi_of_2022_is_reproduced_to_the_last_printed_digit() -> None:
    published = table("hdi2022/hdr_2022_composites.csv").set_index("iso3")
    result = scored("undp.ihdi@2023-24", published[IHDI])
    assert reproduced(result.score[published.index], published["ihdi"]) == 165


def test_hdi_halfway_between_all_goalposts_is_a_half() -> None:
    # Halfway on the logarithmic scale of incomes lies the geometric mean of the goalposts.
    middle = {"le": 52.5, "eys": 9, "mys": 7.5, "gnipc": np.sqrt(100 * 75_000)}
    result = made_up("undp.hdi@2023-24", **middle)
    assert [*result.scores.loc["made up"].round(12)] == [0.5] * 6
    assert result.band_of("HDI") == ["Low"]
    unequal = made_up("undp.ihdi@2023-24", **middle, ineq_le=50, ineq_edu=50, ineq_inc=50)
    assert unequal.score["made up"] == 0.25


def test_hdi_counts_nothing_beyond_a_goalpost() -> None:
    result = made_up("undp.hdi@2023-24", le=90, eys=22, mys=15, gnipc=120_000)
    assert (result.score["made up"], result.band_of("HDI")) == (1.0, ["Very High"])


@pytest.mark.parametrize("gap", HDI)
def test_hdi_is_not_given_without_all_four_indicators(gap: str) -> None:
    row = {"le": 70, "eys": 12, "mys": 8, "gnipc": 9_000, gap: np.nan}
    result = made_up("undp.hdi@2023-24", **row)
    assert np.isnan(result.score["made up"])
    assert result.rank_labels() == [""]

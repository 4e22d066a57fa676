"""Well-known indices of other publishers, reproduced from what they published.

Tables of third parties are read from beside the checkout; what is written here are single figures,
or rows that are made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

import attrs
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


def reproduced(actual: Iterable[Any], published: Iterable[Any]) -> int:
    """Count published values that are found exactly; what is not published must not be found."""
    ours, theirs = (
        pd.Series(list(side)).astype("Float64").to_numpy(float, na_value=np.nan)
        for side in (actual, published)
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


def test_hdi_of_a_dimension_at_its_lower_goalpost_is_0() -> None:
    row = {"le": 15, "eys": 10, "mys": 5, "gnipc": 2_000}
    assert made_up("undp.hdi@2023-24", **row).score["made up"] == 0.0


@pytest.mark.parametrize("gap", HDI)
def test_hdi_is_not_given_without_all_four_indicators(gap: str) -> None:
    row = {"le": 70, "eys": 12, "mys": 8, "gnipc": 9_000, gap: np.nan}
    result = made_up("undp.hdi@2023-24", **row)
    assert np.isnan(result.score["made up"])
    assert result.rank_labels() == [""]


GII = ["mmr", "abr", "pr_f", "se_f", "se_m", "lfpr_f", "lfpr_m"]


def test_gii_of_2022_and_its_places_are_the_published_ones() -> None:
    published = table("hdi2022/hdr_2022_composites.csv").set_index("iso3")
    result = scored("undp.gii@2023-24", published[GII])
    assert reproduced(result.score.loc[published.index], published["gii"]) == 166
    # Printed values tie and ranks do not: they are given on the full value.
    assert published["gii"].dropna().duplicated().any()
    assert reproduced(result.ranks.loc[published.index, "GII"], published["gii_rank"]) == 166


def test_gii_is_0_where_women_and_men_attain_the_same() -> None:
    equal = {"mmr": 5, "abr": 1, "pr_f": 50, "se_f": 80, "se_m": 80, "lfpr_f": 60, "lfpr_m": 60}
    assert made_up("undp.gii@2023-24", **equal).full_at("GII").item() == pytest.approx(0, abs=1e-12)
    row = {"mmr": 40, "abr": 4, "pr_f": 20, "se_f": 20, "se_m": 80, "lfpr_f": 20, "lfpr_m": 80}
    result = made_up("undp.gii@2023-24", **row)
    women = [0.25, 0.2, 0.2]
    men = [1.0, 0.8, 0.8]
    level = [np.prod(side) ** (1 / 3) for side in (women, men)]
    standard = np.prod([(w + m) / 2 for w, m in zip(women, men, strict=True)]) ** (1 / 3)
    exact = 1 - 2 / sum(1 / x for x in level) / standard
    assert result.full_at("GII").item() == pytest.approx(exact)
    assert result.score.item() == round(exact, 3)


def test_gii_gives_women_a_tenth_of_a_percent_of_seats_at_least() -> None:
    row = {"mmr": 5, "abr": 1, "se_f": 80, "se_m": 80, "lfpr_f": 60, "lfpr_m": 60}
    none, tenth = (
        made_up("undp.gii@2023-24", **row, pr_f=seats).full_at("GII").item() for seats in (0, 0.1)
    )
    assert none == tenth > 0.4


# -- E-Government Development Index --------------------------------------------------------------

EGDI = ["osi", "hci", "tii"]


@pytest.mark.parametrize(
    ("year", "edition", "error", "ranked"),
    [
        (2010, "2010", 1e-5, 192),
        (2012, "2012", 1e-5, 193),
        (2014, "2014", 5e-5, 193),
        (2016, "2014", 5e-5, 193),
        (2018, "2018", 0.0, 193),
    ],
)
def test_egdi_and_its_places_are_the_published_ones(
    year: int, edition: str, error: float, ranked: int
) -> None:
    published = table("egdi/egdi_2010_2018.csv").set_index("iso3")
    published = published[published["year"] == year]
    # South Sudan stands in the table of 2010 without figures: it was no state then.
    published = published.dropna(subset=EGDI, how="all")
    result = scored(f"un.egdi@{edition}", published[EGDI])
    assert (result.score - published["egdi"]).abs().max() <= error + 1e-12
    assert reproduced(result.ranks["EGDI"], published["egdi_rank"]) == ranked


def test_egdi_of_2010_without_a_sub_index_is_nothing_and_last() -> None:
    rows = {"all": (0.5, 0.5, 0.5), "zero": (0.0, 0.4, 0.2), "a": (0.3, np.nan, 0.9)}
    frame = pd.DataFrame.from_dict({**rows, "b": (0.1, np.nan, np.nan)}, "index", columns=EGDI)
    result = scored("un.egdi@2010", frame)
    assert [*result.score] == [0.5, 0.198, 0.0, 0.0]
    assert result.rank_labels() == ["1", "2", "=3", "=3"]


def test_online_index_of_nothing_makes_the_egdi_nothing_in_2012_only() -> None:
    row = {"osi": 0.0, "hci": 0.85, "tii": 0.374}
    assert made_up("un.egdi@2012", **row).score["made up"] == 0.0
    assert made_up("un.egdi@2014", **row).score["made up"] == 0.408


def test_egdi_of_2018_ties_where_four_decimals_do() -> None:
    frame = pd.DataFrame({"osi": [0.71554, 0.71546], "hci": 0.7, "tii": 0.7}, index=["a", "b"])
    assert scored("un.egdi@2018", frame).rank_labels() == ["=1", "=1"]
    assert scored("un.egdi@2014", frame).rank_labels() == ["1", "2"]


def test_egdi_from_2014_on_refuses_a_missing_sub_index() -> None:
    with pytest.raises(gi.DataError, match="unit 'made up', indicator 'hci': missing"):
        made_up("un.egdi@2014", osi=0.5, hci=np.nan, tii=0.5)


# -- Corruption Perceptions Index ----------------------------------------------------------------

CPI = [*gi.methodology("ti.cpi@2020").framework.leaf_codes]


def cpi_table() -> pd.DataFrame:
    """Return the published table, the thirteen sources under the codes of the document."""
    published = table("cpi2020/cpi2020.csv").set_index("ISO3")
    return published.rename(columns=dict(zip(published.columns[-13:], CPI, strict=True)))


def test_places_of_cpi_are_those_of_whole_scores() -> None:
    published = cpi_table()
    total = gi.Indicator("CPI score 2020", rule=gi.rules.Points())
    method = gi.methodology("ti.cpi@2020")
    alone = attrs.evolve(method, framework=gi.Framework("CPI", [total]), display=())
    result = alone.compute(gi.Observations.from_frame(published[["CPI score 2020"]]))
    assert reproduced(result.ranks["CPI"], published["Rank"]) == 180
    assert sum(label.startswith("=") for label in result.rank_labels()) == 162


def test_cpi_from_rounded_sources_is_the_published_score_within_one() -> None:
    published = cpi_table()
    result = scored("ti.cpi@2020", published[CPI])
    assert (result.score - published["CPI score 2020"]).abs().max() == 1
    # Sources are printed as whole numbers: 14 means of them round to the neighbouring score.
    assert reproduced(result.score, published["CPI score 2020"]) == 166


def test_cpi_needs_three_sources() -> None:
    gone = dict.fromkeys(CPI, np.nan)
    assert made_up("ti.cpi@2020", **{**gone, "bti": 40, "gi": 41, "vdem": 43}).score.item() == 41
    assert np.isnan(made_up("ti.cpi@2020", **{**gone, "bti": 40, "gi": 41}).score.item())


# -- Provincial Competitiveness Index ------------------------------------------------------------


def test_pci_of_2013_to_2016_its_places_and_tiers_are_the_published_ones() -> None:
    published = table("pci/pci_2013_2016.csv")
    assert len(published) == 252
    for _, year in published.groupby("year"):
        year = year.set_index("province")
        result = scored("vn.pci@2013", year)
        assert (result.score - year["pci"]).abs().max() <= 1e-5
        assert reproduced(result.ranks["PCI"], year["rank"]) == 63
        # The table writes accents apart from their letters.
        assert result.band_of("PCI") == [normalize("NFC", tier) for tier in year["tier"]]


@pytest.mark.parametrize(("edition", "provinces"), [("2007", 64), ("2009", 63)])
def test_pci_of_2007_and_2009_and_its_places_are_the_published_ones(
    edition: str, provinces: int
) -> None:
    published = table(f"pci/pci_{edition}.csv").set_index("province")
    result = scored(f"vn.pci@{edition}", published)
    assert (result.score - published["pci"]).abs().max() <= 1e-5
    assert reproduced(result.ranks["PCI"], published["rank"]) == provinces


def test_bias_opens_into_indicators_from_1_to_10_over_the_provinces() -> None:
    published = table("pci/pci2013_subindex6_indicators.csv").set_index("province")
    weights = table("pci/pci2013_subindex6_weights.csv").set_index("code")["weight"]
    rule = gi.rules.MinMax(0.1, 1)
    framework = gi.methodology("vn.pci@2013").framework.refine(
        "bias",
        [
            gi.Indicator(code, weight=weight, direction="lower", rule=rule)  # type: ignore[arg-type]
            for code, weight in weights.items()
        ],
        aggregate=gi.aggregate.Arithmetic(),
    )
    method = gi.Methodology("example.bias", "1", framework.subtree("bias"), scale=10)
    result = method.compute(gi.Observations.from_frame(published[[*weights.index]]))
    assert (result.score - published["sub6_bias"]).abs().max() <= 2e-6


def test_pci_is_a_tenth_of_the_weight_per_point() -> None:
    codes = gi.methodology("vn.pci@2013").framework.leaf_codes
    result = made_up("vn.pci@2013", **{**dict.fromkeys(codes, 5), "transparency": 6.5})
    assert result.score["made up"] == 53
    assert result.scores.loc["made up", "transparency"] == 13
    assert result.band_of("PCI") == ["Thấp"]
    with pytest.raises(gi.DataError, match="share above 1"):
        made_up("vn.pci@2013", **dict.fromkeys(codes, 50))


# -- Public Administration Performance Index -----------------------------------------------------


@pytest.mark.parametrize("year", range(2011, 2017))
def test_papi_and_its_dimensions_are_the_published_ones(year: int) -> None:
    published = table("papi/papi_2011_2016.csv")
    published = published[published["year"] == year].set_index("province")
    method = gi.methodology("vn.papi@2016" if year == 2016 else "vn.papi@2011")
    dimensions = published[[f"D_{code}" for code in method.shown]]
    dimensions.columns = pd.Index(method.shown)
    parts = gi.Observations.from_frame(published[[*method.framework.leaf_codes]])
    scores = method.compute(parts).scores[[*method.shown]]
    assert np.nanmax((scores - dimensions).abs().to_numpy()) <= 2e-6 + 1e-12
    total = method.cut().compute(gi.Observations.from_frame(dimensions)).score
    # The sheet of 2014 holds a total of 0 for the two provinces that have no data.
    gone = ["Bac Giang", "Dong Thap"] if year == 2014 else []
    assert [*total.index[total.isna()]] == [*scores.index[scores["service"].isna()]] == gone
    assert (total - published["papi_unweighted"])[total.notna()].abs().max() <= 1e-6


def test_papi_is_the_sum_of_points_of_six_dimensions() -> None:
    framework = gi.methodology("vn.papi@2016").framework
    row = dict.fromkeys(framework.leaf_codes, 1.5)
    result = made_up("vn.papi@2016", **row)
    assert result.score["made up"] == pytest.approx(33)
    assert result.maxima[0] == pytest.approx(60)
    assert result.scores.loc["made up", "transparency"] == pytest.approx(4.5)
    assert np.isnan(made_up("vn.papi@2016", **{**row, "service_4": np.nan}).score["made up"])


# -- Digital Economy and Society Index -----------------------------------------------------------


def desi_of(file: str) -> gi.Observations:
    """Return the indicators of 27 states and of the Union, which is not ranked."""
    frame = table(f"desi2022/{file}.csv").set_index("country")
    return gi.Observations.from_frame(frame.assign(state=frame.index != "EU"), ranked="state")


def test_desi_its_dimensions_and_places_are_the_published_ones() -> None:
    published = table("desi2022/expected_y6.csv").set_index("country")
    method = gi.methodology("eu.desi@2022")
    result = method.compute(desi_of("indicators_y6"))
    published = published.loc[result.score.index]
    assert (result.score - published["desi"]).abs().max() <= 1e-5
    for column in published.columns.drop(["desi", "rank"]):
        code = column[1] if column.startswith("d") else column  # d1_human_capital, 1a
        assert (result.scores[code] - published[column]).abs().max() <= 1e-4, code
    assert reproduced(result.ranks["DESI"], published["rank"]) == 27
    assert result.rank_labels()[result.units.locate("EU")] == ""


def test_desi_refuses_the_eight_cells_that_were_not_filled() -> None:
    with pytest.raises(gi.DataError) as error:
        gi.methodology("eu.desi@2022").compute(desi_of("indicators_y6_with_missing"))
    assert len(error.value.problems) == 8
    assert any("unit 'HR', indicator '2a3': missing" in text for text in error.value.problems)


def test_desi_of_a_panel_is_filled_from_the_latest_earlier_year() -> None:
    # The values that were used stand in for the year before: the latest ones that are known.
    years = {2021: "indicators_y6", 2022: "indicators_y6_with_missing"}
    frames = [table(f"desi2022/{file}.csv").assign(year=year) for year, file in years.items()]
    panel = gi.Observations.from_frame(pd.concat(frames), unit="country", period="year")
    step = gi.prepare.Impute(gi.impute.LastObservation())
    result = attrs.evolve(gi.methodology("eu.desi@2022"), steps=step).compute(panel)
    published = table("desi2022/expected_y6.csv").set_index("country")["desi"]
    scores = result.at_period("2022").score
    assert (scores - published[scores.index]).abs().max() <= 1e-5


def test_skipping_what_desi_fills_moves_a_state_by_more_than_half_a_point() -> None:
    method = gi.methodology("eu.desi@2022")
    skipping = attrs.evolve(
        method, framework=attrs.evolve(method.framework, absence=gi.absence.Renormalise())
    )
    filled = method.compute(desi_of("indicators_y6")).score
    gap = (skipping.compute(desi_of("indicators_y6_with_missing")).score - filled).abs()
    assert round(gap.max(), 3) == 0.683
    assert (gap > 1e-4).sum() == 8


def test_desi_counts_nothing_beyond_a_goalpost() -> None:
    framework = gi.methodology("eu.desi@2022").framework
    assert made_up("eu.desi@2022", **dict.fromkeys(framework.leaf_codes, 1000)).score.item() == 100
    assert made_up("eu.desi@2022", **dict.fromkeys(framework.leaf_codes, 0)).score.item() == 0
    # Gigabit is 1 of 3 in a quarter of a quarter.
    row = {**dict.fromkeys(framework.leaf_codes, 0), "2a3": 0.25}
    assert made_up("eu.desi@2022", **row).score.item() == pytest.approx(100 / 2 / 3 / 4 / 4)


# -- INFORM Risk Index ---------------------------------------------------------------------------

COMPONENTS = {
    "INFORM RISK": "RISK",
    "HAZARD & EXPOSURE": "hazard",
    "Natural": "natural",
    "Earthquake": "earthquake",
    "Flood": "flood",
    "Tsunami": "tsunami",
    "Tropical Cyclone": "cyclone",
    "Drought": "drought",
    "Epidemic": "epidemic",
    "Human": "human",
    "Projected Conflict Risk": "conflict_risk",
    "Current Highly Violent Conflict Intensity": "conflict",
    "VULNERABILITY": "vulnerability",
    "Socio-Economic Vulnerability": "socio_economic",
    "Development & Deprivation": "development",
    "Inequality": "inequality",
    "Economic Dependency": "dependency",
    "Vulnerable Groups": "groups",
    "Uprooted people": "uprooted",
    "Health Conditions": "health_conditions",
    "Children U5": "children",
    "Recent Shocks": "shocks",
    "Food Security": "food",
    "Other Vulnerable Groups": "other_groups",
    "LACK OF COPING CAPACITY": "coping",
    "Institutional": "institutional",
    "DRR": "drr",
    "Governance": "governance",
    "Infrastructure": "infrastructure",
    "Communication": "communication",
    "Physical infrastructure": "physical",
    "Access to health care": "health_care",
}
# Raw columns of the workbook, and the columns of its sheet with the scores made of them.
RAW = {
    **{"BI": "drr", "BK": "cpi", "BJ": "effectiveness", "BM": "literacy", "BL": "electricity"},
    **{"BN": "internet", "BO": "mobile", "BP": "road_km", "CB": "area_km2", "BQ": "sanitation"},
    **{"BR": "water", "BS": "physicians", "BT": "dtp3", "BU": "mcv2", "BV": "pcv3"},
    **{"BW": "expenditure", "BX": "maternal"},
}
SCORED = [
    *("drr", "", "cpi", "effectiveness", "governance", "institutional", "literacy", "electricity"),
    *("internet", "mobile", "communication", "", "roads", "sanitation", "water", "physical"),
    *("physicians", "dtp3", "mcv2", "pcv3", "immunisation", "expenditure", "maternal"),
    *("health_care", "infrastructure"),
]


def inform_components() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return published nodes under their codes, and the indicators of coping capacity."""
    nodes = table("inform2023/inform2023_components.csv").set_index("ISO3")
    coping = table("inform2023/lcc_indicators.csv").set_index("iso3").loc[nodes.index]
    return nodes.rename(columns=COMPONENTS), coping


def test_every_node_of_inform_its_places_and_classes_are_the_published_ones() -> None:
    nodes, coping = inform_components()
    raw = coping.rename(columns={f"raw_{column}": code for column, code in RAW.items()})
    method = gi.methodology("inform.risk@2023")
    given = nodes.drop(columns="drr").join(raw[[*RAW.values()]])
    result = method.compute(gi.Observations.from_frame(given[[*method.framework.variables]]))
    scores = result.scores.loc[nodes.index]
    for code in COMPONENTS.values():
        if code not in ("conflict", "conflict_risk"):
            assert reproduced(scores[code], nodes[code]) == nodes[code].notna().sum(), code
    for column, code in zip(range(3, 28), SCORED, strict=True):
        if code and code != "immunisation":
            published = coping[f"c{column}"]
            assert reproduced(scores[code], published) == published.notna().sum(), code
    assert (scores["immunisation"] - coping["c23"]).abs().max() < 1e-9
    assert reproduced(result.ranks.loc[nodes.index, "RISK"], nodes["Rank"]) == 191
    assert sum(label.startswith("=") for label in result.rank_labels()) == 169
    assert [*pd.Series(result.band_of("RISK"), result.units.codes)[nodes.index]] == [
        *nodes["RISK CLASS"]
    ]


def test_inform_from_published_dimensions_is_the_geometric_mean_of_risks() -> None:
    method = gi.methodology("inform.risk@2023").cut()
    frame = pd.DataFrame({"hazard": [8.0], "vulnerability": [2.0], "coping": [4.0]}, ["made up"])
    result = method.compute(gi.Observations.from_frame(frame))
    assert (result.score.item(), result.band_of("RISK")) == (4.0, ["Medium"])


def test_inform_is_not_given_without_all_three_dimensions() -> None:
    method = gi.methodology("inform.risk@2023").cut()
    frame = pd.DataFrame({"hazard": 8.0, "vulnerability": 2.0, "coping": np.nan}, ["made up"])
    assert np.isnan(method.compute(gi.Observations.from_frame(frame)).score.item())


def test_a_grave_hazard_is_not_averaged_away_by_inform() -> None:
    codes = ("earthquake", "flood", "tsunami", "cyclone", "drought", "epidemic")
    natural = gi.methodology("inform.risk@2023").framework.subtree("natural")
    method = gi.Methodology("example.natural", "1", natural, scale=10, rounding=gi.Rounding(1))
    frame = pd.DataFrame.from_dict(
        {"one of ten": [10.0] + 5 * [0.0], "all nothing": 6 * [0.0]}, "index", columns=codes
    )
    # (10 − 10^(5/6)) / 9 · 10, where the plain mean is 1.7; and never less than 0.1.
    assert [*method.compute(gi.Observations.from_frame(frame)).score] == [3.5, 0.1]

"""Estimates against svy on random designs: ``nox -s svy``; skipped where it is not installed.

Means, totals, ratios and shares agree in value, error, degrees of freedom and interval: with
strata, clusters, two stages, finite populations, domains, missing values, both policies for strata
with one cluster, and weights that match categories. After raking, values agree and errors differ:
svy regresses residuals on the margins without weights, govindex with the weights before raking.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import survey
from govindex.survey import AnswerScale, Estimates, Question, Questionnaire, SampleDesign
from tests.sampling import few

svy: Any = pytest.importorskip("svy", reason="svy is not installed: nox -s svy installs it")

DESIGN = SampleDesign(weights="w", strata="stratum", clusters="village")
THEIRS = {"wgt": "w", "stratum": "stratum", "psu": "village"}
STAGES: dict[str, tuple[SampleDesign, dict[str, Any]]] = {
    "with replacement": (DESIGN, {}),
    "finite": (attrs.evolve(DESIGN, fpc="villages"), {"pop_size": "villages"}),
    "two stages": (
        attrs.evolve(DESIGN, second_stage="home", fpc=["villages", "homes"]),
        {"ssu": "home", "pop_size": ("villages", "homes")},
    ),
}
SEXES, UNITS = {"m": 500, "f": 700}, {"A": 450, "B": 750}


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """Made-up answers in villages of 2 to 4 strata, with at least two homes in each village."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    homes = pd.DataFrame(
        [
            {"stratum": f"s{s}", "village": f"s{s}v{v}", "home": f"s{s}v{v}h{h}", "villages": 9}
            for s in range(draw(st.integers(2, 4)))
            for v in range(draw(st.integers(2, 5)))
            for h in range(draw(st.integers(2, 4)))
        ]
    )
    data = homes.loc[homes.index.repeat(rng.integers(1, 4, len(homes)))].reset_index(drop=True)
    count = len(data)
    data["homes"] = 7
    data["w"] = rng.integers(1, 9, count).astype(float)
    data["unit"] = np.resize(["A", "B"], count)
    data["sex"] = np.where(rng.random(count) < 0.5, "m", "f")
    data.loc[:1, "sex"] = ["m", "f"]
    data["x"] = np.where(rng.random(count) < 0.1, np.nan, rng.integers(0, 50, count))
    data.loc[:1, "x"] = [10.0, 30.0]
    data["visits"] = rng.integers(1, 9, count).astype(float)
    data["q"] = rng.integers(0, 2, count)
    return data


def sample_of(data: pd.DataFrame, how: dict[str, Any]) -> Any:
    sizes = how.get("pop_size")
    if isinstance(sizes, tuple):
        how = {**how, "pop_size": svy.PopSize(*sizes)}
    return svy.Sample(pl.DataFrame(data.to_dict("list")), svy.Design(**THEIRS, **how))


def assert_agree(ours: Estimates, theirs: Any, *, level: str | None = None) -> None:
    """Compare value, error, freedom and interval, domain by domain."""
    found = {
        (each.by_level or ("all",))[0]: (each.est, each.se, each.df, each.lci, each.uci)
        for each in theirs.estimates
        if level is None or str(each.y_level) == level
    }
    assert set(found) == set(ours.domains)
    for row, domain in enumerate(ours.domains):
        columns = (ours.value, ours.se, ours.df, ours.low, ours.high)
        mine = [float(column[row, 0]) for column in columns]
        if np.isnan(mine[1]):  # answers in one cluster only: no error here, 0 there
            assert mine[0] == pytest.approx(found[domain][0])
            continue
        np.testing.assert_allclose(mine, found[domain], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("stages", STAGES)
@settings(max_examples=few(25))
@given(data=surveys())
def test_means_totals_and_ratios_agree(stages: str, data: pd.DataFrame) -> None:
    design, how = STAGES[stages]
    theirs = sample_of(data, how).estimation
    assert_agree(
        survey.means(data, "x", design, by="unit"), theirs.mean("x", by="unit", drop_nulls=True)
    )
    assert_agree(survey.totals(data, "visits", design), theirs.total("visits"))
    pairs = {"rate": ("q", "visits")}
    assert_agree(
        survey.ratios(data, pairs, design, by="unit"), theirs.ratio("q", "visits", by="unit")
    )


@settings(max_examples=few(25))
@given(data=surveys())
def test_shares_agree_with_their_logit_intervals(data: pd.DataFrame) -> None:
    asked = Questionnaire([Question("q")], AnswerScale(["0", "1"], positive=["1"]))
    ours = survey.estimate(data, asked, DESIGN)
    certain = (ours.value[:, 0] == 0) | (ours.value[:, 0] == 1)
    if certain.any():  # where all answers agree: Wilson's interval here, another one there
        return
    assert_agree(ours, sample_of(data, {}).estimation.prop("q", by="unit"), level="1")


@pytest.mark.parametrize(("ours", "theirs"), [("centre", "center"), ("certainty", "skip")])
@settings(max_examples=few(25))
@given(data=surveys())
def test_strata_with_one_cluster_agree(ours: Any, theirs: str, data: pd.DataFrame) -> None:
    lonely = data[(data["stratum"] != "s1") | (data["village"] == "s1v0")]
    design = attrs.evolve(DESIGN, lonely=ours)
    found = sample_of(lonely, {"singleton": theirs}).estimation.mean("visits", by="unit")
    assert_agree(survey.means(lonely, "visits", design, by="unit"), found)


@settings(max_examples=few(25))
@given(data=surveys())
def test_weights_that_match_categories_agree(data: pd.DataFrame) -> None:
    design = survey.post_stratify(DESIGN, "sex", SEXES)
    theirs = sample_of(data, {}).weighting.poststratify(SEXES, cells="sex").estimation
    assert_agree(survey.means(data, "visits", design, by="unit"), theirs.mean("visits", by="unit"))
    assert_agree(survey.totals(data, "visits", design), theirs.total("visits"))


def regressed(data: pd.DataFrame, weights: Any, by: Any) -> float:
    """Return the error of the mean number of visits, residuals regressed on both margins."""
    mean = (weights * data["visits"]).sum() / weights.sum()
    variable = ((data["visits"] - mean) / weights.sum()).to_numpy()
    margins = pd.get_dummies(data[["sex", "unit"]]).to_numpy(float)
    root = np.sqrt(by)
    slopes = np.linalg.lstsq(margins * root[:, None], variable * root, rcond=None)[0]
    z = pd.Series(weights * (variable - margins @ slopes), data.index)
    variance = 0.0
    for _, rows in data.groupby("stratum"):
        sums = z[rows.index].groupby(rows["village"]).sum()
        variance += len(sums) / (len(sums) - 1) * ((sums - sums.mean()) ** 2).sum()
    return float(np.sqrt(variance))


@settings(max_examples=few(25))
@given(data=surveys())
def test_raked_values_agree_and_errors_differ_by_a_named_convention(data: pd.DataFrame) -> None:
    crossed = data.groupby(["sex", "unit"]).ngroups
    if crossed < 4:
        return
    design = survey.rake(DESIGN, {"sex": SEXES, "unit": UNITS})
    raked = sample_of(data, {}).weighting.rake(
        controls={"sex": SEXES, "unit": UNITS}, tol=1e-12, max_iter=1000
    )
    theirs = raked.estimation.mean("visits").estimates[0]
    ours = survey.means(data, "visits", design)
    assert ours.value.item() == pytest.approx(theirs.est, rel=1e-8)
    weights = raked.data["rk_wgt"].to_numpy()
    assert ours.se.item() == pytest.approx(regressed(data, weights, data["w"].to_numpy()), rel=1e-6)
    assert theirs.se == pytest.approx(regressed(data, weights, np.ones(len(data))), rel=1e-6)


@settings(max_examples=few(25))
@given(data=surveys())
def test_design_effects_agree(data: pd.DataFrame) -> None:
    theirs = sample_of(data, {}).estimation.mean("visits", deff="wr").estimates[0]
    ours = survey.means(data, "visits", DESIGN)
    assert ours.deff.item() == pytest.approx(theirs.deff)


def test_replicates_of_the_jackknife_agree() -> None:
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"stratum": np.repeat([*"ab"], 40), "village": np.arange(80) // 5})
    data["w"], data["x"] = rng.uniform(1, 5, 80), rng.normal(size=80)
    ours = survey.means(data, "x", attrs.evolve(DESIGN, replication=survey.Jackknife()))
    sample = sample_of(data, {}).weighting.create_jk_wgts()
    theirs = sample.estimation.mean("x", method="replication", variance_center="estimate")
    assert ours.value.item() == pytest.approx(theirs.estimates[0].est)
    assert ours.se.item() == pytest.approx(theirs.estimates[0].se)

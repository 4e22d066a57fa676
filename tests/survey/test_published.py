"""What the R package survey 4.5 prints of its data sets, to every printed digit.

Sources: tests/testoutput/api.Rout.saved, fpc.Rout.save, multistage.Rout.save and domain.Rout.save
of github:cran/survey at 4834b8b; raking from the example of ``rake``.
"""

from __future__ import annotations

import attrs
import pandas as pd
import pytest

from govindex import survey
from govindex.survey import Estimates, SampleDesign
from tests.reference import reference

STRATIFIED = SampleDesign(weights="pw", strata="stype", fpc="fpc")
ONE_STAGE = SampleDesign(weights="pw", clusters="dnum", fpc="fpc")
WITH_REPLACEMENT = SampleDesign(weights="pw", clusters="dnum")
TWO_STAGES = SampleDesign(weights="pw", clusters="dnum", second_stage="snum", fpc=["fpc1", "fpc2"])
TOY = SampleDesign(weights="weight", strata="stratid", clusters="psuid", nested=True)
TYPES = {"E": 4421, "H": 755, "M": 1018}
POST_STRATIFIED = survey.post_stratify(ONE_STAGE, "stype", TYPES)
RAKED = survey.rake(ONE_STAGE, {"stype": TYPES, "sch.wide": {"No": 1072, "Yes": 5122}})


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(reference("published/survey_api") / f"{name}.csv")


def printed(estimates: Estimates) -> tuple[float, float]:
    return estimates.value.item(), estimates.se.item()


def printed_by_r(error: float) -> str:
    """Return an error as ``printCoefmat`` writes it: of its four decimals, five digits.

    So 23.92049 is printed as 23.921, by way of 23.9205.
    """
    rounded = round(error, 4)
    return f"{rounded:.0f}" if rounded >= 1e5 else f"{rounded:.5g}"


@pytest.mark.parametrize(
    ("name", "design", "mean", "total"),
    [
        ("apistrat", STRATIFIED, ("662.29", "9.4089"), ("3687178", "114642")),
        ("apiclus1", ONE_STAGE, ("644.17", "23.542"), ("3404940", "932235")),
        ("apiclus1", POST_STRATIFIED, ("642.31", "23.921"), ("3680893", "406293")),
        ("apiclus1", RAKED, ("641.23", "23.704"), ("3647280", "400603")),
        ("apiclus2", WITH_REPLACEMENT, ("670.81", "30.712"), ("2639273", "820261")),
        ("apiclus2", TWO_STAGES, ("670.81", "30.099"), ("2639273", "799638")),
    ],
)
def test_schools_of_california_are_as_printed(
    name: str, design: SampleDesign, mean: tuple[str, str], total: tuple[str, str]
) -> None:
    schools = table(name)
    for estimates, texts in (
        (survey.means(schools, "api00", design), mean),
        (survey.totals(schools, "enroll", design), total),
    ):
        value, error = printed(estimates)
        decimals = len(texts[0].partition(".")[2])
        assert (f"{value:.{decimals}f}", printed_by_r(error)) == texts


def test_total_of_two_stages_with_weights_from_the_population_is_as_printed() -> None:
    design = SampleDesign(clusters="id1", fpc=["n1", "n2"])
    value, se = printed(survey.totals(table("mu284"), "y1", design))
    assert (f"{value:.0f}", f"{se:.1f}") == ("15080", "2274.3")


@pytest.mark.parametrize(("fpc", "se"), [((), "0.7413"), ("Nh", "0.6160")])
def test_mean_with_and_without_finite_population_is_as_printed(fpc: str, se: str) -> None:
    estimates = survey.means(table("fpc"), "x", attrs.evolve(TOY, fpc=fpc))
    assert [f"{x:.4f}" for x in printed(estimates)] == ["5.4481", se]


def test_domains_are_as_printed() -> None:
    toy = table("fpc")
    toy["size"] = toy["x"].gt(4).map({True: "above 4", False: "up to 4"})
    estimates = survey.means(toy, "x", TOY, by="size")
    assert [f"{x:.6f}" for x in estimates.value.ravel()] == ["6.195000", "3.314286"]
    assert [f"{x:.7f}" for x in estimates.se.ravel()] == ["0.7555129", "0.3117042"]


def test_weights_follow_from_finite_populations() -> None:
    schools, without = table("apistrat"), attrs.evolve(STRATIFIED, weights=None)
    given = printed(survey.totals(schools, "enroll", STRATIFIED))
    assert printed(survey.totals(schools, "enroll", without)) == pytest.approx(given, rel=1e-6)


def test_raked_weights_match_all_margins() -> None:
    schools = table("apiclus1")
    schools["one"] = 1.0
    for column, totals in {"stype": TYPES, "sch.wide": {"No": 1072, "Yes": 5122}}.items():
        found = survey.totals(schools, "one", RAKED, by=column)
        assert dict(zip(found.domains, found.value.ravel(), strict=True)) == pytest.approx(totals)
        assert found.se.ravel() == pytest.approx(0, abs=1e-6)

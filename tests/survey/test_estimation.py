"""Estimates against sums that are written out, and what they may not depend on."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex import survey
from govindex.survey import AnswerScale, Estimates, Question, Questionnaire, SampleDesign

SCALE = AnswerScale.likert(
    5, points={"1": 0, "2": 20, "3": 60, "4": 80, "5": 100}, unknown=["9"], not_asked=["0"]
)
ASKED = Questionnaire([Question("q1", "access"), Question("q2", "access"), Question("q3")], SCALE)
DESIGN = SampleDesign(weights="w", strata="stratum", clusters="village")
FPC = attrs.evolve(DESIGN, fpc="villages")


@st.composite
def surveys(draw: st.DrawFn) -> pd.DataFrame:
    """Answers of 2 to 4 strata, each of 2 to 4 villages with 1 to 5 respondents, in 2 units."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = []
    for stratum in range(draw(st.integers(2, 4))):
        villages = draw(st.integers(2, 4))
        for village in range(villages):
            for _ in range(draw(st.integers(1, 5))):
                answers = {f"q{n}": int(rng.choice([0, 1, 2, 3, 4, 5, 9])) for n in (1, 2, 3)}
                rows.append(
                    {
                        **answers,
                        "unit": str(rng.choice(["A", "B"])),
                        "w": float(rng.integers(1, 9)),
                        "stratum": f"s{stratum}",
                        "village": f"s{stratum}v{village}",
                        "villages": villages + 3,
                        "x": float(rng.integers(0, 50)),
                    }
                )
    rows[0] |= {"q1": 5, "q2": 4, "q3": 3}
    return pd.DataFrame(rows)


def written_out(data: pd.DataFrame, top: Any, bottom: Any, *, fpc: bool) -> tuple[float, float]:
    """Return the ratio of two weighted sums and its linearised error, loop by loop."""
    below = (data["w"] * bottom).sum()
    ratio = (data["w"] * top).sum() / below
    z = data["w"] * (top - ratio * bottom) / below
    variance = 0.0
    for _, rows in data.groupby("stratum"):
        sums = z[rows.index].groupby(rows["village"]).sum()
        n, fraction = len(sums), len(sums) / rows["villages"].iloc[0] if fpc else 0.0
        variance += (1 - fraction) * n / (n - 1) * ((sums - sums.mean()) ** 2).sum()
    return ratio, float(np.sqrt(variance))


def cell(estimates: Estimates, domain: str, item: str) -> tuple[float, float]:
    at = estimates.domains.index(domain), estimates.items.index(item)
    return float(estimates.value[at]), float(estimates.se[at])


@given(data=surveys(), fpc=st.booleans())
def test_factors_equal_ratios_that_are_written_out(data: pd.DataFrame, fpc: bool) -> None:
    estimates = survey.estimate(data, ASKED, FPC if fpc else DESIGN, by=None)
    valid = data[["q1", "q2"]].isin([1, 2, 3, 4, 5])
    top = (data[["q1", "q2"]].isin([4, 5]) & valid).sum(axis=1)
    expected = written_out(data, top, valid.sum(axis=1), fpc=fpc)
    value, se = cell(estimates, "all", "access")
    assert value == pytest.approx(expected[0])
    assert np.isnan(se) or se == pytest.approx(expected[1], abs=1e-12)


@given(data=surveys())
def test_domains_keep_the_clusters_of_others_with_weight_zero(data: pd.DataFrame) -> None:
    estimates = survey.estimate(data, ASKED, DESIGN, formula="option_score")
    points = data["q3"].map({1: 0, 2: 20, 3: 60, 4: 80, 5: 100})
    inside = (points.notna() & (data["unit"] == "A")).astype(float)
    if not inside.any():
        return
    expected = written_out(data, points.fillna(0) * inside, inside, fpc=False)
    value, se = cell(estimates, "A", "q3")
    assert value == pytest.approx(expected[0])
    assert np.isnan(se) or se == pytest.approx(expected[1], abs=1e-10)


@given(data=surveys(), seed=st.integers(0, 99))
def test_the_order_of_respondents_does_not_matter(data: pd.DataFrame, seed: int) -> None:
    shuffled = data.sample(frac=1, random_state=seed)
    one, other = (survey.estimate(d, ASKED, FPC, scale=100) for d in (data, shuffled))
    assert one.domains == other.domains
    np.testing.assert_allclose(one.value, other.value, rtol=1e-12)
    np.testing.assert_allclose(one.se, other.se, rtol=1e-9, atol=1e-9)


@given(data=surveys())
def test_all_frame_libraries_give_the_same(data: pd.DataFrame) -> None:
    frames = [data, pl.DataFrame(data.to_dict("list")), data.astype({"q1": str, "q2": float})]
    one, *others = [survey.estimate(frame, ASKED, DESIGN) for frame in frames]  # type: ignore[arg-type]
    for other in others:
        pd.testing.assert_frame_equal(one.table(), other.table())


@given(data=surveys(), factor=st.floats(0.01, 100))
def test_weights_matter_by_their_ratios_only(data: pd.DataFrame, factor: float) -> None:
    scaled = data.assign(w=data["w"] * factor)
    one, other = (survey.estimate(d, ASKED, DESIGN) for d in (data, scaled))
    np.testing.assert_allclose(one.value, other.value, rtol=1e-9)
    np.testing.assert_allclose(one.se, other.se, rtol=1e-6, atol=1e-9)


@given(data=surveys(), interval=st.sampled_from(["logit", "wilson"]))
def test_intervals_hold_the_estimate_and_stay_in_bounds(data: pd.DataFrame, interval: Any) -> None:
    estimates = survey.estimate(data, ASKED, DESIGN, scale=100, interval=interval)
    known = ~np.isnan(estimates.low)
    low, value, high = (a[known] for a in (estimates.low, estimates.value, estimates.high))
    assert (low >= 0).all()
    assert (high <= 100).all()
    assert (low <= value + 1e-9).all()
    assert (value <= high + 1e-9).all()


@given(data=surveys())
def test_covariances_are_consistent(data: pd.DataFrame) -> None:
    estimates = survey.estimate(data, ASKED, DESIGN)
    assert estimates.covariances is not None
    variances = np.diagonal(estimates.covariances, axis1=1, axis2=2)
    np.testing.assert_allclose(variances, estimates.se**2, atol=1e-15)
    for block in estimates.covariances:
        assert np.linalg.eigvalsh(np.nan_to_num(block)).min() > -1e-9


@given(data=surveys())
def test_the_difference_of_two_domains_takes_shared_clusters_into_account(
    data: pd.DataFrame,
) -> None:
    estimates = survey.means(data.assign(one=1.0), ["x", "one"], DESIGN, by="unit")
    if estimates.domains != ("A", "B") or np.isnan(estimates.se).any():
        return
    parts = []
    for unit in "AB":
        inside = (data["unit"] == unit).astype(float)
        below = (data["w"] * inside).sum()
        mean = (data["w"] * inside * data["x"]).sum() / below
        parts.append(data["w"] * inside * (data["x"] - mean) / below)
    variance = 0.0
    for _, rows in data.groupby("stratum"):
        sums = (parts[0] - parts[1])[rows.index].groupby(rows["village"]).sum()
        variance += len(sums) / (len(sums) - 1) * ((sums - sums.mean()) ** 2).sum()
    found = estimates.difference("A", "B")
    assert found["se"].tolist() == pytest.approx([np.sqrt(variance), 0.0], abs=1e-9)
    assert found["p"].fillna(1.0)["one"] == 1.0


@given(data=surveys())
def test_jackknifed_totals_equal_linearised_ones(data: pd.DataFrame) -> None:
    jackknife = attrs.evolve(FPC, replication=survey.Jackknife())
    one, other = (survey.totals(data, "x", d, by="unit") for d in (FPC, jackknife))
    np.testing.assert_allclose(one.se, other.se, rtol=1e-9, atol=1e-9)


@given(data=surveys())
def test_post_stratification_is_raking_to_one_margin(data: pd.DataFrame) -> None:
    totals = {name: 100.0 * (n + 1) for n, name in enumerate(sorted(set(data["unit"])))}
    designs = survey.post_stratify(DESIGN, "unit", totals), survey.rake(DESIGN, {"unit": totals})
    one, other = (survey.means(data, "x", design) for design in designs)
    np.testing.assert_allclose(one.value, other.value, rtol=1e-12)
    np.testing.assert_allclose(one.se, other.se, rtol=1e-9, atol=1e-9)


def test_bootstrap_is_near_the_linearised_error_and_repeats() -> None:
    rng = np.random.default_rng(7)
    villages = np.repeat(np.arange(60), 10)
    data = pd.DataFrame({"village": villages, "stratum": villages % 3, "w": 1.0})
    data["x"] = rng.normal(size=600) + rng.normal(size=60)[villages]
    bootstrap = attrs.evolve(DESIGN, replication=survey.Bootstrap(2000, rng=3))
    one, other, again = (
        survey.means(data, "x", design) for design in (DESIGN, bootstrap, bootstrap)
    )
    assert other.se.item() == pytest.approx(one.se.item(), rel=0.06)
    assert other.se.item() == again.se.item()
    assert other.replicates is not None
    assert other.replicates.shape == (2000, 1, 1)


def test_supplied_replicate_weights_give_the_jackknife() -> None:
    data = pd.DataFrame({"x": [1.0, 4.0, 2.0, 7.0], "w": 1.0})
    for left in range(4):
        data[f"r{left}"] = np.where(np.arange(4) == left, 0.0, 4 / 3)
    given = survey.ReplicateWeights([f"r{n}" for n in range(4)], scale=3 / 4)
    supplied = survey.means(data, "x", SampleDesign(weights="w", replication=given))
    jackknifed = survey.means(data, "x", SampleDesign(replication=survey.Jackknife()))
    assert supplied.se.item() == pytest.approx(jackknifed.se.item())


def test_formulas_of_one_question() -> None:
    data = pd.DataFrame({"q1": [1, 4, 5, 9, 0, None, 2]})
    asked = Questionnaire([Question("q1")], SCALE)
    for formula, expected in (
        ("top_box", 2 / 4),
        ("mean_score", (0 + 3 + 4 + 1) / 4 / 4),
        ("option_score", (0 + 80 + 100 + 20) / 4),
    ):
        estimates = survey.estimate(data, asked, by=None, formula=formula)  # type: ignore[arg-type]
        assert estimates.value.item() == pytest.approx(expected)
        assert estimates.n.item() == 4


def test_gap_is_the_difference_of_two_contents_with_its_error() -> None:
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"s": rng.integers(1, 6, 50), "e": rng.integers(1, 6, 50)})
    asked = Questionnaire([Question("s", "access"), Question("e", "access", "expectation")], SCALE)
    estimates = survey.estimate(data, asked, by=None, formula="gap")
    each = (data["s"] - data["e"]) / 4
    assert estimates.items == ("access",)
    assert estimates.value.item() == pytest.approx(each.mean())
    assert estimates.se.item() == pytest.approx(each.std() / np.sqrt(50))


def test_design_effect_of_a_simple_random_sample_is_one() -> None:
    data = pd.DataFrame({"x": [1.0, 4.0, 2.0, 7.0, 3.0]})
    estimates = survey.means(data, "x")
    assert estimates.deff.item() == pytest.approx(1)
    assert estimates.n_effective.item() == pytest.approx(5)
    assert estimates.df.item() == 4


def test_same_answers_have_an_interval_that_is_not_empty() -> None:
    data = pd.DataFrame({"q1": [5] * 20})
    estimates = survey.estimate(data, Questionnaire([Question("q1")], SCALE), by=None)
    assert estimates.value.item() == 1
    assert 0.75 < estimates.low.item() < 0.9
    assert estimates.high.item() == 1


def test_a_census_has_no_error() -> None:
    data = pd.DataFrame({"q1": [5, 2, 4], "all": 3})
    asked = Questionnaire([Question("q1")], SCALE)
    estimates = survey.estimate(data, asked, SampleDesign(fpc="all"), by=None)
    assert estimates.se.item() == 0
    assert estimates.low.item() == estimates.high.item() == pytest.approx(2 / 3)


def test_a_domain_in_one_cluster_has_a_value_and_no_error() -> None:
    data = pd.DataFrame({"unit": [*"AAB"], "q1": [5, 1, 4], "village": [1, 2, 3]})
    asked = Questionnaire([Question("q1")], SCALE)
    estimates = survey.estimate(data, asked, SampleDesign(clusters="village"))
    assert cell(estimates, "B", "q1")[0] == 1
    assert np.isnan(cell(estimates, "B", "q1")[1])
    assert np.isnan(estimates.low[1, 0])


def test_a_domain_without_an_answer_is_missing_in_the_observations() -> None:
    data = pd.DataFrame({"unit": [*"AAB"], "q1": [5, 1, None]})
    estimates = survey.estimate(data, Questionnaire([Question("q1")], SCALE))
    assert estimates.table()["status"].tolist() == ["reported", "missing"]
    observations = estimates.observations()
    assert observations.value("A", "q1") == 0.5
    assert observations.cell("B", "q1").name == "MISSING"


def test_lonely_strata_are_refused_or_follow_the_policy() -> None:
    data = pd.DataFrame(
        {"x": [1.0, 3.0, 2.0, 9.0], "stratum": [*"aaab"], "village": [1, 2, 3, 4], "w": 1.0}
    )
    with pytest.raises(survey_error(), match=r"one cluster was drawn in 1 stratum \('b'\)"):
        survey.means(data, "x", DESIGN)
    sure, centred = (
        survey.means(data, "x", attrs.evolve(DESIGN, lonely=how)).se.item()
        for how in ("certainty", "centre")
    )
    z = (data["x"] - data["x"].mean()) / 4
    inner = 1.5 * ((z[:3] - z[:3].mean()) ** 2).sum()
    assert sure == pytest.approx(np.sqrt(inner))
    assert centred == pytest.approx(np.sqrt(inner + z[3] ** 2))


def survey_error() -> type[Exception]:
    from govindex import DataError

    return DataError


def test_two_surveys_differ_with_the_errors_of_both() -> None:
    frame = {"domain": ["A", "B"], "item": ["S1", "S1"]}
    before = Estimates.of(pd.DataFrame({**frame, "value": [80.0, 70.0], "se": [1.2, 1.0]}))
    after = Estimates.of(pd.DataFrame({**frame, "value": [84.0, 70.5], "se": [1.6, 1.0]}))
    found = survey.differences(after, before)
    assert found["difference"].tolist() == [4.0, 0.5]
    assert found["se"].tolist() == pytest.approx([2.0, np.sqrt(2)])
    assert found["p"].tolist() == pytest.approx([0.0455, 0.7237], abs=1e-4)

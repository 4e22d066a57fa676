"""Coherence: statistics, correlations and structure, against references and by laws."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex import (
    DataError,
    Framework,
    Indicator,
    Methodology,
    Observations,
    SettingError,
    coherence,
    rules,
)
from govindex.errors import UnknownNameError
from govindex.model.tree import Dimension
from govindex.results import IndexResult
from tests.asem import asem_data, asem_framework, asem_table
from tests.tables import lettered


def scored(data: Observations, *, dimensions: dict[str, list[str]]) -> IndexResult:
    framework = Framework(
        "index",
        [
            Dimension(code, [Indicator(leaf, rule=rules.Affine()) for leaf in leaves])
            for code, leaves in dimensions.items()
        ],
    )
    return Methodology("example.made-up", "1", framework).compute(data)


def random_data(seed: int, units: int, columns: int) -> Observations:
    numbers = np.random.default_rng(seed).normal(size=(units, columns)).cumsum(axis=1)
    return lettered(**{f"x{i}": list(column) for i, column in enumerate(numbers.T)})


# -- against the reference ------------------------------------------------------------------------


STATISTICS = {
    "units": "N.Avail",
    "minimum": "Min",
    "maximum": "Max",
    "mean": "Mean",
    "median": "Median",
    "deviation": "Std",
    "skewness": "Skew",
    "kurtosis": "Kurt",
    "available": "Frc.Avail",
    "nonzero": "Frc.NonZero",
    "distinct": "Frc.Unique",
    "largest_tie": "Frc.Same",
}


@pytest.mark.parametrize("stage", ["Raw", "Treated"])
def test_statistics_equal_the_reference(stage: str) -> None:
    data = asem_data("input_iData" if stage == "Raw" else "stage_Treated")
    expected = asem_table(f"stats_{stage}").set_index("iCode")
    statistics = coherence.statistics(data)
    for name, theirs in STATISTICS.items():
        np.testing.assert_allclose(
            statistics[name],
            expected.loc[statistics.index, theirs].astype(float),
            rtol=1e-9,
            atol=1e-9,
        )
    outliers = statistics["flags"].str.contains("outliers")
    assert (outliers == (expected.loc[statistics.index, "Flag.SkewKurt"] == "OUT")).all()


@pytest.mark.parametrize("how", ["pearson", "spearman"])
def test_correlations_of_indicators_equal_the_reference(how: coherence.correlation.How) -> None:
    expected = asem_table(f"corr_{how}_L1_Raw_wide").set_index(".row").astype(float)
    correlation_matrix = coherence.correlation_matrix(asem_data("input_iData"), how=how)
    np.testing.assert_allclose(
        correlation_matrix,
        expected.loc[correlation_matrix.index, correlation_matrix.columns],
        rtol=1e-9,
        atol=1e-12,
    )


def test_correlations_across_tiers_equal_the_reference() -> None:
    expected = asem_table("corr_pearson_L2_L4").set_index("Var2")["Correlation"].astype(float)
    correlations = coherence.correlations(
        asem_data("stage_Aggregated"), sorted(expected.index), ["Index"]
    )
    values = correlations.set_index("first")["correlation"]
    np.testing.assert_allclose(values.loc[expected.index], expected, rtol=1e-9)


def test_p_values_equal_the_reference() -> None:
    expected = asem_table("corr_pvals_spearman_Aggregated_L2").set_index(".row").astype(float)
    correlations = coherence.correlations(
        asem_data("stage_Aggregated"), list(expected.index), how="spearman"
    )
    theirs = [
        expected.loc[a, b]
        for a, b in zip(correlations["first"], correlations["second"], strict=True)
    ]
    np.testing.assert_allclose(correlations["p_value"], theirs, rtol=1e-9, atol=1e-15)


def normalised() -> IndexResult:
    method = Methodology("asem", "1", asem_framework(rules.MinMax()))
    return method.compute(asem_data("stage_Treated"))


def test_conflicting_pairs_equal_the_reference() -> None:
    expected = asem_table("corr_flags_low")
    pairs = {frozenset(pair) for pair in zip(expected["Ind1"], expected["Ind2"], strict=True)}
    flagged_pairs = coherence.flagged_pairs(normalised(), below=-0.3, above=1.0)
    own = {
        frozenset(pair)
        for pair in zip(flagged_pairs["first"], flagged_pairs["second"], strict=True)
    }
    assert own == pairs
    assert set(flagged_pairs["flag"]) == {"conflicting"}
    assert flagged_pairs["correlation"].to_list() == sorted(flagged_pairs["correlation"])


def parent_of(framework: Framework, code: str) -> str | None:
    parent = framework.parent(code)
    return None if parent is None else parent.code


@pytest.mark.parametrize(
    ("case", "stage"),
    [
        ("Raw_L1", "input_iData"),
        ("Normalised_L1", "stage_Normalised"),
        ("Aggregated_L2", "stage_Aggregated"),
        ("Aggregated_L3", "stage_Aggregated"),
    ],
)
def test_components_of_each_dimension_equal_the_reference(case: str, stage: str) -> None:
    framework = asem_framework()
    data = asem_data(stage)
    expected = asem_table(f"pca_sdev_{case}")
    for group, rows in expected.groupby("group"):
        children = [code for code in framework.codes if parent_of(framework, code) == group]
        principal_components = coherence.principal_components(data, children)
        np.testing.assert_allclose(
            np.sqrt(principal_components.eigenvalues),
            rows["sdev"].astype(float),
            rtol=1e-8,
            atol=1e-8,
        )


@pytest.mark.parametrize(
    ("case", "stage"),
    [("Normalised_L1", "stage_Normalised"), ("Aggregated_L2", "stage_Aggregated")],
)
def test_vectors_of_components_equal_the_reference_but_for_their_sign(
    case: str, stage: str
) -> None:
    data = asem_data(stage)
    for _, rows in asem_table(f"pca_rotation_{case}").groupby("group"):
        theirs = rows.astype({"loading": float}).pivot(
            index="iCode", columns="pc", values="loading"
        )
        theirs.columns = theirs.columns.astype(int)
        theirs = theirs.sort_index().sort_index(axis=1)
        principal_components = coherence.principal_components(data, list(theirs.index))
        np.testing.assert_allclose(
            np.abs(principal_components.vectors), np.abs(theirs.to_numpy()), rtol=1e-6, atol=1e-8
        )


# -- by hand --------------------------------------------------------------------------------------


def test_alpha_of_items_that_agree_wholly_is_one() -> None:
    data = lettered(x=[1.0, 2.0, 3.0, 5.0], y=[2.0, 3.0, 4.0, 6.0])
    assert coherence.cronbach_alpha(data) == pytest.approx(1.0)


def test_alpha_follows_from_variances() -> None:
    # Var 2.5, 2.5 and 1.7 with covariances 2, 1.75 and 1: 3/2·(1 − 6.7/16.2).
    data = lettered(x=[1, 2, 3, 4, 5], y=[2, 1, 4, 3, 5], z=[1, 3, 2, 4, 4])
    columns = data.frame.to_numpy()
    whole = columns.sum(axis=1).var(ddof=1)
    by_hand = 3 / 2 * (1 - columns.var(axis=0, ddof=1).sum() / whole)
    assert coherence.cronbach_alpha(data) == pytest.approx(by_hand)


@pytest.mark.parametrize("gaps", [0, 40])
def test_pairwise_alpha_takes_each_covariance_from_the_units_that_have_both(gaps: int) -> None:
    rng = np.random.default_rng(gaps)
    values = rng.normal(size=(26, 1)) + rng.normal(size=(26, 6))
    values.flat[rng.choice(values.size, gaps, replace=False)] = np.nan
    pairs = np.empty((6, 6))
    for i, j in np.ndindex(pairs.shape):
        both = values[~np.isnan(values[:, [i, j]]).any(axis=1)]
        pairs[i, j] = np.cov(both[:, i], both[:, j])[0, 1]
    expected = 6 / 5 * (1 - np.trace(pairs) / pairs.sum())
    data = lettered(**{f"x{i}": list(column) for i, column in enumerate(values.T)})
    assert coherence.cronbach_alpha(data, missing="pairwise") == pytest.approx(expected, rel=1e-12)
    if not gaps:
        assert coherence.cronbach_alpha(data) == pytest.approx(expected, rel=1e-12)


def test_pairwise_alpha_of_the_asem_pillar_with_gaps_is_that_of_its_covariances() -> None:
    # As COINr's get_cronbach(…, use = "pairwise.complete.obs"): k²·(mean covariance)/(their sum).
    data = asem_data("stage_Raw")
    codes = [code for code in data.variables if np.isnan(data.frame[code]).any()]
    covariances = data.frame[codes].cov().to_numpy(dtype=float)
    count = len(codes)
    mean = covariances[~np.eye(count, dtype=bool)].mean()
    actual = coherence.cronbach_alpha(data, codes, missing="pairwise")
    assert count > 5
    assert actual == pytest.approx(count**2 * mean / covariances.sum(), rel=1e-9)


def test_alpha_of_what_cancels_out_or_never_meets_is_refused() -> None:
    opposite = lettered(x=[1.0, 2.0, 3.0, 5.0], y=[-1.0, -2.0, -3.0, -5.0])
    for missing in ("complete", "pairwise"):
        with pytest.raises(DataError, match="these cancel out: 'x', 'y'"):
            coherence.cronbach_alpha(opposite, missing=missing)
    apart = lettered(x=[1.0, 2.0, 3.0, None, None], y=[None, None, 3.0, 1.0, 2.0])
    with pytest.raises(DataError, match="fewer have: 'x and y'"):
        coherence.cronbach_alpha(apart, missing="pairwise")
    with pytest.raises(SettingError, match="missing is 'complete' or 'pairwise', not 'all'"):
        coherence.cronbach_alpha(apart, missing="all")  # type: ignore[arg-type]


def test_item_rest_points_to_the_indicator_that_does_not_belong() -> None:
    data = lettered(a=[1, 2, 3, 4, 5, 6], b=[1, 3, 2, 4, 6, 5], odd=[2, 1, 2, 1, 2, 1])
    item_rest = coherence.item_rest(data)
    assert item_rest["correlation"].idxmin() == "odd"
    assert item_rest["alpha"].idxmax() == "odd"


def test_adequacy_of_two_indicators_is_a_half() -> None:
    # With two indicators correlation and partial correlation are the same.
    sampling_adequacy = coherence.sampling_adequacy(lettered(x=[1, 2, 3, 4], y=[1, 3, 2, 4]))
    assert sampling_adequacy["overall"] == pytest.approx(0.5)


def test_sphericity_of_two_indicators_follows_from_their_correlation() -> None:
    data = lettered(x=[1, 2, 3, 4, 5], y=[2, 1, 4, 3, 5])
    sphericity = coherence.sphericity(data)
    # r = 0.8: −(5 − 1 − 9/6)·ln(1 − 0.64)
    assert sphericity.statistic == pytest.approx(-2.5 * np.log(0.36))
    assert (sphericity.freedom, sphericity.units) == (1, 5)
    assert sphericity.p_value == pytest.approx(0.110, abs=5e-4)


def test_kendall_is_tau_b() -> None:
    data = lettered(x=[1, 2, 2, 3], y=[1, 3, 2, 4])
    # Five concordant pairs of six, one tied in x: 5 / sqrt(5·6).
    correlations = coherence.correlations(data, how="kendall")
    assert correlations["correlation"].item() == pytest.approx(5 / np.sqrt(30))


def test_clusters_join_what_moves_together() -> None:
    data = lettered(a=[1, 2, 3, 4, 5], b=[1, 2, 3, 5, 4], c=[5, 1, 4, 2, 3], d=[5, 1, 3, 2, 4])
    clusters = coherence.clusters(data, count=2)["cluster"]
    assert clusters["a"] == clusters["b"] != clusters["c"] == clusters["d"]
    assert sorted(set(coherence.clusters(data, distance=2.0)["cluster"])) == [1]


def test_redundant_and_conflicting_pairs_are_flagged() -> None:
    data = lettered(a=[1, 2, 3, 4], b=[1, 2, 3, 5], c=[4, 3, 2, 1], d=[4, 3, 2, 1])
    result = scored(data, dimensions={"one": ["a", "b", "c"], "two": ["d"]})
    flagged_pairs = coherence.flagged_pairs(result).set_index(["first", "second"])["flag"]
    assert flagged_pairs.to_dict() == {
        ("a", "c"): "conflicting",
        ("a", "b"): "redundant",
        ("b", "c"): "conflicting",
    }
    across = coherence.flagged_pairs(result, same_dimension=False)
    assert ("c", "d") in set(zip(across["first"], across["second"], strict=True))


def test_structure_says_what_it_cannot_say() -> None:
    data = lettered(
        a=[1, 2, 3, 4, 5],
        b=[1, 3, 2, 5, 4],
        c=[7, 7, 7, 7, 7],
        d=[1, 4, 2, 5, 3],
        e=[2, 8, 4, 10, 6],
    )
    result = scored(
        data,
        dimensions={"one": ["a", "b"], "flat": ["c"], "twice": ["d", "e"]},
    )
    structure = coherence.structure(result)
    assert list(structure.index) == ["index", "one", "flat", "twice"]
    assert "constant: 'flat'" in str(structure.loc["index", "note"])
    assert structure.loc["flat", "note"] == "has one child"
    assert "determine each other; these do: 'd', 'e'" in str(structure.loc["twice", "note"])
    assert structure.loc["one", "note"] == ""
    assert structure.loc["one", "alpha"] == pytest.approx(
        coherence.cronbach_alpha(data, ["a", "b"])
    )


def test_flags_name_what_deserves_a_look() -> None:
    data = lettered(
        fine=[1, 2, 3, 4, 5],
        flat=[2, 2, 2, 2, 2],
        rare=[1, None, None, None, 2],
        none=[0, 0, 0, 0, 9],
    )
    flags = coherence.statistics(data)["flags"].to_dict()
    assert flags == {
        "fine": "",
        "flat": "constant",
        "none": "outliers, zeros, ties",
        "rare": "missing",
    }


# -- bad input ------------------------------------------------------------------------------------


def test_a_constant_indicator_is_named() -> None:
    data = lettered(x=[1, 2, 3, 4], flat=[2, 2, 2, 2])
    for ask in (coherence.cronbach_alpha, coherence.principal_components, coherence.sphericity):
        with pytest.raises(DataError, match="two distinct values per indicator; constant: 'flat'"):
            ask(data)
    correlations = coherence.correlations(data)
    assert correlations["note"].item() == "constant on these units"
    assert np.isnan(correlations["p_value"].item())


def test_too_few_complete_units_name_what_is_missing_most() -> None:
    data = lettered(x=[1, 2, 3, 4], gaps=[1, None, None, None])
    with pytest.raises(DataError, match=r"at least 3 units .* there are 1; missing most: 'gaps'"):
        coherence.cronbach_alpha(data)
    assert coherence.correlations(data)["note"].item() == "fewer than 3 units have both"


def test_indicators_that_determine_each_other_are_named() -> None:
    data = lettered(x=[1, 2, 3, 4, 6], y=[1, 3, 2, 4, 1], double=[2, 4, 6, 8, 12])
    for ask in (coherence.sampling_adequacy, coherence.sphericity):
        with pytest.raises(DataError, match="these do: 'double', 'x'"):
            ask(data)


def test_unknown_names_are_met_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no variable 'speeed'.*'speed'"):
        coherence.statistics(lettered(speed=[1, 2, 3]), ["speeed"])


def test_answers_are_refused() -> None:
    data = Observations.from_frame(pd.DataFrame({"unit": ["A", "B"], "x": ["yes", "no"]}))
    with pytest.raises(DataError, match="answers are not numbers: 'x'"):
        coherence.statistics(data, ["x"])
    with pytest.raises(DataError, match=r"no variable with numbers"):
        coherence.statistics(data)


def test_settings_that_say_nothing_are_refused() -> None:
    data = lettered(x=[1, 2, 3, 4], y=[1, 3, 2, 4])
    with pytest.raises(SettingError, match="either the number of clusters"):
        coherence.clusters(data)
    with pytest.raises(SettingError, match=r"no correlation 'pearsn'.*'pearson'"):
        coherence.correlation_matrix(data, how="pearsn")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="only frameworks have tiers"):
        coherence.statistics(data, 1)


# -- laws -----------------------------------------------------------------------------------------


@given(seed=st.integers(0, 2**32), order=st.randoms(use_true_random=False))
def test_the_order_of_units_and_columns_moves_no_bit(seed: int, order: Random) -> None:
    data = random_data(seed, 12, 4)
    codes = list(data.units.codes)
    order.shuffle(codes)
    columns = list(data.variables)
    order.shuffle(columns)
    frame = data.frame[columns].reset_index()
    other = Observations.from_frame(frame, unit="unit").take(codes)
    for ask in (coherence.correlations, coherence.statistics, coherence.item_rest):
        pd.testing.assert_frame_equal(ask(data), ask(other), rtol=0, atol=0)
    assert coherence.cronbach_alpha(data) == coherence.cronbach_alpha(other)
    first, second = (coherence.principal_components(d) for d in (data, other))
    assert (first.vectors == second.vectors).all()


@given(seed=st.integers(0, 2**32), scale=st.integers(-3, 3), shift=st.floats(-50, 50))
def test_correlations_ignore_the_measure_unit(seed: int, scale: int, shift: float) -> None:
    data = random_data(seed, 10, 3)
    frame = (data.frame * 2.0**scale + shift).reset_index()
    other = Observations.from_frame(frame, unit="unit")
    for how in ("pearson", "spearman", "kendall"):
        one, two = (coherence.correlation_matrix(d, how=how) for d in (data, other))
        np.testing.assert_allclose(one, two, atol=1e-9)


@given(seed=st.integers(0, 2**32))
def test_components_keep_the_variance_and_rebuild_the_correlations(seed: int) -> None:
    data = random_data(seed, 15, 4)
    principal_components = coherence.principal_components(data)
    assert principal_components.eigenvalues.sum() == pytest.approx(4.0)
    assert principal_components.explained.sum() == pytest.approx(1.0)
    loadings = principal_components.loadings.to_numpy()
    np.testing.assert_allclose(loadings @ loadings.T, coherence.correlation_matrix(data), atol=1e-9)
    assert (principal_components.vectors.sum(axis=0) > -1e-9).all()

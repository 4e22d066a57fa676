"""Aggregators against the reference data of other packages."""

from __future__ import annotations

import json
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.absence import Renormalise
from govindex.aggregate import (
    OWA,
    Arithmetic,
    Geometric,
    Harmonic,
    MazziottaPareto,
    MeanMin,
    Median,
    PowerMean,
)
from govindex.errors import CellError, GovIndexError
from govindex.rules import Affine, Goalposts, Identity, ZScore
from govindex.testing import observed
from tests.asem import asem_data, asem_framework, asem_meta, asem_table
from tests.reference import reference, reference_table

COMPLETE, GAPS = "norm_minmax_1_100_Treated", "norm_minmax_1_100_Raw"


def expect_reference(actual: gi.IndexResult, case: str) -> None:
    expected = asem_table(case).set_index("uCode")
    branches = [n.code for n in actual.framework.nodes if isinstance(n, gi.Dimension)]
    assert len(branches) == 11
    for code in branches:
        np.testing.assert_allclose(
            actual.shares[actual.row_of(code)],
            expected.loc[list(actual.units.codes), code].astype(float),
            rtol=1e-9,
            err_msg=code,
        )


def asem(data: str, aggregate: Any, **settings: Any) -> gi.IndexResult:
    framework = asem_framework(aggregate=aggregate, **settings)
    return gi.Methodology("example.asem", "1", framework, scale=1).compute(asem_data(data))


@pytest.mark.parametrize(
    ("case", "aggregate"),
    [
        ("agg_amean", Arithmetic()),
        ("agg_gmean", Geometric()),
        ("agg_hmean", Harmonic()),
        ("agg_genmean_p0.5", PowerMean(0.5)),
        ("agg_genmean_p2", PowerMean(2)),
        ("agg_genmean_pm1", PowerMean(-1)),
    ],
    ids=str,
)
def test_means_of_complete_data(case: str, aggregate: Any) -> None:
    expect_reference(asem(COMPLETE, aggregate), f"{case}_complete")


@pytest.mark.parametrize(
    ("case", "aggregate"),
    [
        ("agg_amean_withNA", Arithmetic()),
        ("agg_gmean_withNA", Geometric()),
        ("agg_hmean_withNA", Harmonic()),
        ("agg_median_unweighted_withNA", Median(weighted=False)),
    ],
    ids=str,
)
def test_means_carried_by_the_children_that_are_present(case: str, aggregate: Any) -> None:
    expect_reference(asem(GAPS, aggregate, absence=Renormalise()), case)


@pytest.mark.parametrize("p", [0.5, 2.0, -1.0, -3.0])
def test_a_power_mean_carried_by_present_children_is_the_mean_of_those(p: float) -> None:
    # The reference gives no mean where a child is missing; where it gives one, it is the same.
    result = asem(GAPS, PowerMean(p), absence=Renormalise())
    wrong = asem_table(f"agg_genmean_p{'m' if p < 0 else ''}{abs(p):g}_withNA").set_index("uCode")
    lacking = 0
    for branch in result.framework.nodes:
        if not isinstance(branch, gi.Dimension):
            continue
        shares = np.stack([result.shares[result.row_of(c.code)] for c in branch.children])
        weights = np.array([result.framework.weight(c.code) for c in branch.children], dtype=float)
        carried = np.where(np.isnan(shares), 0.0, weights[:, None])
        powers = np.where(np.isnan(shares), 0.0, shares**p)
        expected = ((carried * powers).sum(axis=0) / carried.sum(axis=0)) ** (1 / p)
        actual = result.shares[result.row_of(branch.code)]
        np.testing.assert_allclose(actual, expected, rtol=1e-9)
        theirs = wrong.loc[list(result.units.codes), branch.code].astype(float)
        given = ~np.isnan(theirs)
        np.testing.assert_allclose(actual[given], theirs[given], rtol=1e-9)
        lacking += int((~given).sum())
    assert lacking > 0


def test_an_aggregator_for_each_tier() -> None:
    framework = asem_framework(aggregate=Harmonic())
    tiers = {
        node.code: Geometric()
        for node in framework.nodes
        if isinstance(node, gi.Dimension) and node.code != "Index"
    }
    method = gi.Methodology("example.asem", "1", framework.with_aggregates(tiers), scale=1)
    expect_reference(method.compute(asem_data(COMPLETE)), "agg_mixed_gmean_gmean_hmean_complete")


@pytest.mark.parametrize(
    ("case", "aggregate"),
    [("agg_gmean_userweights", Geometric()), ("agg_hmean_userweights", Harmonic())],
    ids=str,
)
def test_means_with_other_weights(case: str, aggregate: Any) -> None:
    given = asem_table("meta_weights_user").set_index("iCode")["Weight"].astype(float)
    framework = asem_framework(aggregate=aggregate)
    weights = {code: float(given[code]) for code in framework.codes if code != "Index"}
    method = gi.Methodology("example.asem", "1", framework.with_weights(weights), scale=1)
    expect_reference(method.compute(asem_data(COMPLETE)), f"{case}_complete")


@pytest.mark.parametrize(
    ("case", "data", "limits"),
    [
        ("agg_datthresh_0.9_withNA", GAPS, (0.9, 0.9, 0.9)),
        ("agg_datthresh_vec_withNA", GAPS, (0.8, 0.5, 1.0)),
        ("agg_datthresh_vec_complete", COMPLETE, (0.8, 0.5, 1.0)),
    ],
)
def test_availability_is_limited_node_by_node(
    case: str, data: str, limits: tuple[float, ...]
) -> None:
    levels = asem_meta().set_index("iCode")["Level"].astype(int)
    framework = asem_framework(absence=Renormalise(min_share=limits[2]))

    def limited(node: Any) -> Any:
        if not isinstance(node, gi.Dimension):
            return node
        own = Renormalise(min_share=limits[levels[node.code] - 2])
        return attrs.evolve(node, absence=own, children=[limited(c) for c in node.children])

    framework = attrs.evolve(framework, children=[limited(c) for c in framework.children])
    method = gi.Methodology("example.asem", "1", framework, scale=1)
    expect_reference(method.compute(asem_data(data)), case)


@pytest.mark.parametrize(
    ("case", "data"),
    [
        ("agg_amean_on_zscore", "norm_zscore_0_1_Treated"),
        ("agg_amean_on_prank", "norm_prank_min_Treated"),
    ],
)
def test_means_of_other_normalisations(case: str, data: str) -> None:
    expect_reference(asem(data, Arithmetic()), case)


# Single means, with ties, gaps, constants, zeros and numbers far apart.

_KINDS: dict[str, Any] = {"a_amean": Arithmetic, "a_gmean": Geometric, "a_hmean": Harmonic}


def _edge_cases() -> list[dict[str, Any]]:
    lines = reference("asem/edge_cases.jsonl").read_text().splitlines()
    return [case for case in map(json.loads, lines) if case["fn"] in (*_KINDS, "a_genmean")]


def _mean(case: dict[str, Any]) -> float:
    args = case["args"]
    kind = PowerMean(float(args["p"][0])) if "p" in args else _KINDS[case["fn"]]()
    x = np.array([np.nan if v == "NA" else float(v) for v in args["x"]])
    w = np.where(np.isnan(x), 0.0, [float(v) for v in args["w"]])
    shares = [np.array([v]) for v in np.where(np.isnan(x), 0.0, x)]
    return float(kind(shares, [np.array([v]) for v in w])[0])


def test_single_means_of_the_reference() -> None:
    compared = refused = 0
    for case in _edge_cases():
        numbers = [v for v in case["args"]["x"] if v != "NA"]
        gaps = case["fn"] == "a_genmean" and "NA" in case["args"]["x"]
        odd = not case["args"]["x"] or "NA" in case["args"]["w"] or "-1" in case["args"]["w"]
        if odd or gaps or case["tag"] == "zero_weights":
            continue  # no children, no weights, or what the reference does not leave out
        negative = any(float(v) < 0 for v in numbers) and case["fn"] != "a_amean"
        if case["error"] or negative:
            with pytest.raises(GovIndexError, match=r"above 0|at least 0|power 0"):
                _mean(case)
            refused += 1
            continue
        expected = case["result"][0]
        actual = _mean(case)
        if expected in (None, "NA", "NaN"):
            assert np.isnan(actual), case
            continue
        np.testing.assert_allclose(actual, float(expected), rtol=1e-9, err_msg=str(case))
        compared += 1
    assert compared >= 35
    assert refused >= 15


def test_an_undefined_mean_of_negative_shares_is_refused() -> None:
    with pytest.raises(CellError, match="of at least 0"):
        PowerMean(2)([np.array([-1.0]), np.array([1.0])], [np.ones(1)] * 2)


# Regions of Europe.


def regional(
    table: str, aggregate: Any, rule: Any = None, *, over: pd.DataFrame | None = None
) -> Any:
    frame = reference_table(f"compind/{table}.csv") if over is None else over
    codes = ["roads", "trains", "third"]
    leaves = [gi.Indicator(code, rule=rule or Identity()) for code in codes]
    framework = gi.Framework("index", leaves, aggregate=aggregate)
    data = observed({code: frame[code].astype(float).tolist() for code in codes})
    return gi.Methodology("example.regions", "1", framework, scale=1).compute(data).shares[0]


@pytest.mark.parametrize(
    ("case", "column", "table", "aggregate"),
    [
        ("mpi_POS", "d", "input_nuts3_z", MazziottaPareto("-", ddof=1)),
        ("mpi_NEG", "d", "input_nuts3_z", MazziottaPareto("+", ddof=1)),
        ("owa_atleast2", "n", "input_nuts3", OWA([0, 0.5, 0.5])),
        ("owa_atleast2", "p", "input_nuts3", OWA([0.5, 0.5, 0])),
        ("meangeom_equal", "d", "input_nuts3_mm", Geometric()),
    ],
)
def test_regions_as_in_the_reference(case: str, column: str, table: str, aggregate: Any) -> None:
    expected = reference_table(f"compind/{case}.csv")[column]
    np.testing.assert_allclose(regional(table, aggregate), expected.astype(float), rtol=1e-9)


def test_mean_min_as_it_is_defined() -> None:
    expected = reference_table("compind/mean_min_correct.csv")["value"]
    actual = regional("input_nuts3", MeanMin(0.5, 1), ZScore(100, 10))
    np.testing.assert_allclose(actual, expected.astype(float), rtol=1e-9)


def test_mazziotta_pareto_on_z_scores_of_the_engine() -> None:
    expected = reference_table("compind/mpi_POS.csv")["d"]
    actual = regional("input_nuts3", MazziottaPareto("-", ddof=1), ZScore(1, 0.1))
    np.testing.assert_allclose(100 * actual, expected.astype(float), rtol=1e-9)


def test_a_power_mean_is_no_power_over_p() -> None:
    # The reference divides by p instead of taking the root.
    table = reference_table("compind/input_nuts3.csv").astype(float)
    wrong = reference_table("compind/generalized_mean_naF.csv")["d"].astype(float)
    actual = regional("input_nuts3", PowerMean(2))
    np.testing.assert_allclose(actual, np.sqrt((table.to_numpy() ** 2).mean(axis=1)), rtol=1e-12)
    np.testing.assert_allclose(actual**2 / 2, wrong, rtol=1e-9)


# Textbook methods that are a mean of normalised values.


def textbook(name: str) -> dict[str, Any]:
    cases = json.loads(reference("published/mcdm_textbook/examples.json").read_text())
    return next(case for case in cases if case["id"] == name)


def weighed(case: dict[str, Any], rules: list[Any]) -> np.ndarray[Any, Any]:
    codes = [f"c{i}" for i in range(len(rules))]
    leaves = [
        gi.Indicator(code, rule=rule, weight=weight)
        for code, rule, weight in zip(codes, rules, case["weights"], strict=True)
    ]
    method = gi.Methodology("example.textbook", "1", gi.Framework("index", leaves), scale=1)
    columns = np.array(case["matrix"], dtype=float).T.tolist()
    data = observed(dict(zip(codes, columns, strict=True)))
    return np.asarray(method.compute(data).shares[0])


def expect_printed(actual: Any, case: dict[str, Any]) -> None:
    printed = np.round(actual, case["decimals"])
    np.testing.assert_allclose(printed, np.round(case["expected"], case["decimals"]), atol=1e-9)


def test_simple_additive_weighting_of_a_published_example() -> None:
    case = textbook("saw_rizan2020")
    largest = np.array(case["matrix"]).max(axis=0)
    expect_printed(weighed(case, [Affine(slope=1 / float(top)) for top in largest]), case)


def test_distance_within_fixed_bounds_of_a_published_example() -> None:
    case = textbook("spotis_dezert2020")
    rules = [
        Goalposts(worst=low, best=high) if sign > 0 else Goalposts(worst=high, best=low)
        for low, high, sign in zip(
            case["bounds_min"], case["bounds_max"], case["types"], strict=True
        )
    ]
    expect_printed(1 - weighed(case, rules), case)  # there the lowest is the best

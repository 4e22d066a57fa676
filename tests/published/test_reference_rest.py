"""What the reference data hold beside the parts: tables of results, screened units, edge cases.

What is compared elsewhere, and what is not and why, stands in the tables below.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import rules
from govindex.contracts import Rule, Scope
from govindex.errors import CellError
from govindex.kernels.reductions import shape_of
from tests.asem import asem_data, asem_framework, asem_meta, asem_table
from tests.reference import reference

# Which test module compares the edge cases of a function, or why none does.
COMPARED = {
    "aggregate/test_outranking": ("a_copeland",),
    "aggregate/test_reference": ("a_amean", "a_gmean", "a_hmean", "a_genmean"),
    "measures/test_over_time": ("CAGR",),
    "rules/test_reference": (
        "n_borda",
        "n_dist2max",
        "n_dist2ref",
        "n_dist2targ",
        "n_fracmax",
        "n_prank",
        "n_rank",
    ),
    "test_agreement": ("outrankMatrix",),
    "published/test_preparation": (
        "boxcox",
        "i_mean",
        "i_mean_grp",
        "i_median",
        "i_median_grp",
        "kurt",
        "log_CT",
        "log_CT_orig",
        "log_CT_plus",
        "skew",
        "winsorise",
    ),
    "published/test_reference_rest": (
        "check_SkewKurt",
        "n_goalposts",
        "n_minmax",
        "n_scaled",
        "n_zscore",
        "rank_df",
    ),
}
NOT_COMPARED = {
    "log_GII": "hands the values back as they came",
    "prc_change": "the slope of a line through all periods, which no measure here is",
}


def edge_cases() -> list[dict[str, Any]]:
    lines = reference("asem/edge_cases.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def numbers(texts: list[str | None]) -> Any:
    return np.array([np.nan if t in (None, "NA", "NaN") else float(str(t)) for t in texts])


def test_every_function_of_the_edge_cases_is_compared_or_said_not_to_be() -> None:
    declared = [name for names in COMPARED.values() for name in names] + list(NOT_COMPARED)
    assert sorted(declared) == sorted({case["fn"] for case in edge_cases()})
    for module, names in COMPARED.items():
        text = (Path(__file__).parents[1] / f"{module}.py").read_text()
        assert all(f'"{name}"' in text for name in names), module


def _goalposts(args: dict[str, Any]) -> Rule:
    low, high, scale = map(float, args["gposts"])
    worst, best = (low, high) if args["direction"] == ["1"] else (high, low)
    posts = rules.Goalposts(worst=worst, best=best, clip=args["trunc2posts"][0])
    return rules.Chain(posts, rules.Affine(slope=scale))


def _scaled(args: dict[str, Any]) -> Rule:
    low, high = map(float, args["npara"])
    scale = float(args["scale_factor"][0]) / (high - low)
    return rules.Affine(intercept=-low * scale, slope=scale)


LINES: dict[str, Callable[[dict[str, Any]], Rule]] = {
    "n_minmax": lambda args: rules.MinMax(*map(float, args["l_u"])),
    "n_zscore": lambda args: rules.ZScore(*map(float, args.get("m_sd", ["0", "1"]))),
    "n_scaled": _scaled,
    "n_goalposts": _goalposts,
}


@pytest.mark.parametrize("name", LINES)
def test_straight_lines_of_edge_cases(name: str) -> None:
    """A constant indicator, for which the reference gives NaN, is refused by name."""
    looked = refused = 0
    for case in edge_cases():
        if case["fn"] != name or not case["args"]["x"]:
            continue
        values, expected = numbers(case["args"]["x"]), numbers(case["result"])
        rule = LINES[name](case["args"])
        if rule.peer_dependent and len(np.unique(values[~np.isnan(values)])) == 1:
            with pytest.raises(CellError, match="two distinct values"):
                rule(values, Scope())
            refused += 1
            continue
        np.testing.assert_allclose(rule(values, Scope()), expected, rtol=1e-9, atol=1e-9)
        looked += 1
    assert looked >= 10
    assert refused >= (1 if name in ("n_minmax", "n_zscore") else 0)


def test_places_of_edge_cases() -> None:
    (case,) = (case for case in edge_cases() if case["fn"] == "rank_df")
    frame = pd.DataFrame({"unit": case["args"]["df"]["u"], "s": numbers(case["args"]["df"]["s"])})
    leaf = gi.Indicator("s", rule=rules.Identity())
    framework = gi.Framework("index", [leaf], absence=gi.absence.Renormalise())
    result = gi.Methodology("example.rank", "1", framework).compute(
        gi.Observations.from_frame(frame, unit="unit")
    )
    actual = result.ranks["index"].astype("Float64").fillna(np.nan).to_numpy(dtype=float)
    np.testing.assert_array_equal(actual, numbers(case["result"]["s"]))


def test_whether_edge_cases_need_treatment() -> None:
    looked = 0
    for case in edge_cases():
        if case["fn"] != "check_SkewKurt" or case["result"] is None:
            continue
        actual = case["result"]
        skew, kurtosis = numbers(actual["Skew"])[0], numbers(actual["Kurt"])[0]
        values = numbers(case["args"]["x"])
        if np.isnan([skew, kurtosis]).any():
            # Nothing to be said of one value: the reference gives NA, nothing is treated here.
            assert len(np.unique(values[~np.isnan(values)])) < 2 or np.isnan(values).any()
            continue
        own = shape_of(values, np.ones(len(values), dtype=bool))
        np.testing.assert_allclose(np.ravel(own), [skew, kurtosis], rtol=1e-9)
        assert gi.prepare.Treat().fine(skew, kurtosis) == actual["Pass"][0]
        looked += 1
    assert looked >= 4


# Tables of results.


def asem(data: str, **settings: Any) -> gi.IndexResult:
    method = gi.Methodology("example.asem", "1", asem_framework(rules.MinMax(), **settings))
    return method.compute(asem_data(data))


def test_scores_and_places_of_the_index() -> None:
    result = asem("stage_Treated")
    expected = asem_table("results_Summ_scores").set_index("uCode")
    table = result.table().loc[expected.index]
    np.testing.assert_allclose(table["score"], expected["Index"].astype(float), atol=1e-10)
    assert (table["rank"] == expected["Rank"].astype(int)).all()


def test_places_inside_leagues() -> None:
    groups = asem_table("input_iData").set_index("uCode")["GDP_group"]
    data = asem_data("stage_Treated")
    leagues = tuple(groups[list(data.units.codes)])
    units = gi.Units(data.units.codes, leagues=leagues)
    method = gi.Methodology("example.asem", "1", asem_framework(rules.MinMax()))
    result = method.compute(gi.Observations(units, data.variables, data.values))
    expected = asem_table("results_Aggs_groupranks_GDP").set_index("uCode")
    nodes = list(expected.columns.drop("GDP_group"))
    actual = result.ranks.loc[expected.index, nodes].astype(int)
    pd.testing.assert_frame_equal(actual, expected[nodes].astype(int), check_names=False)


def test_one_unit_at_every_node() -> None:
    result = asem("stage_Treated")
    expected = asem_table("results_unit_summary_IND").set_index("Code")
    scores, ranks = (table.loc["IND"][expected.index] for table in (result.scores, result.ranks))
    np.testing.assert_allclose(scores, expected["Score"].astype(float), rtol=1e-9)
    assert (ranks == expected["Rank"].astype(int)).all()


@pytest.mark.parametrize("end", ["strengths", "weaknesses"])
def test_where_a_unit_is_best_and_worst(end: str) -> None:
    result = asem("stage_Raw", absence=gi.absence.Renormalise())
    leaves = list(result.framework.leaf_codes)
    rows = result.ranks.loc["ESP", leaves].dropna().astype(int)
    expected = asem_table(f"results_{end}_ESP").set_index("Code")["Rank"].astype(int)
    assert (rows[expected.index] == expected).all()
    others = rows.drop(expected.index)
    assert others.min() >= expected.max() if end == "strengths" else others.max() <= expected.min()


# Units that were screened, with what is known of each.


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("byNA_0.9", gi.prepare.Screen(0.9)),
        ("force", gi.prepare.Screen(0.95, drop=["AUS"], keep=["BRN"])),
    ],
)
def test_units_that_leave(name: str, step: gi.prepare.Screen) -> None:
    screened = step(asem_data("stage_Raw"))
    expected = asem_table(f"screen_{name}_removed")["value"]
    report: Any = screened.reports[0]
    assert sorted(report.left) == sorted(expected)
    assert not set(expected) & set(screened.units.codes)


def test_what_is_known_of_each_unit() -> None:
    expected = asem_table("avail_summary_Raw").set_index("uCode")
    shares = gi.prepare.Screen(0)(asem_data("stage_Raw")).reports[0].frame.loc[expected.index]
    for theirs, own in {
        "N_missing": "missing",
        "N_zero": "zero",
        "Dat_Avail": "availability",
        "Non_Zero": "nonzero",
    }.items():
        np.testing.assert_allclose(shares[own], expected[theirs].astype(float), rtol=1e-12)


# Variants of what other modules compare.


def test_an_index_that_knows_no_direction() -> None:
    table = asem_table("norm_no_directions_Raw").set_index("uCode").astype(float)
    leaves = [gi.Indicator(code, rule=rules.MinMax(0, 100)) for code in table.columns]
    framework = gi.Framework("asem", leaves, absence=gi.absence.Renormalise())
    result = gi.Methodology("example.asem", "1", framework, scale=1).compute(asem_data("stage_Raw"))
    shares = result.shares[[result.row_of(code) for code in table.columns]].T
    np.testing.assert_allclose(shares, table.loc[list(result.units.codes)], rtol=1e-9, atol=1e-9)


def test_scores_and_shifts_without_indicators_and_dimensions() -> None:
    method = gi.Methodology("example.asem", "1", asem_framework(rules.MinMax()))
    data = asem_data("stage_Treated")
    leaves = gi.leave_one_out(method, data, name="Nominal")
    scores = asem_table("remove_L1_Scores").set_index("uCode").astype(float)
    np.testing.assert_allclose(
        leaves.scores.loc[scores.index, list(scores.columns)], scores, rtol=1e-9
    )
    tier = gi.leave_one_out(method, data, 2, name="Nominal")
    shifts = asem_table("remove_L2_RankDiffs").set_index("uCode").astype(int)
    own = tier.shifts.loc[shifts.index, list(shifts.columns)].astype(int)
    pd.testing.assert_frame_equal(own, shifts, check_names=False)
    mean = asem_table("remove_L2_MeanAbsDiff").set_index("name")["value"].astype(float)
    np.testing.assert_allclose(tier.summary.loc[mean.index, "mean_shift"], mean)


def test_a_panel_screened_and_normalised_over_all_years() -> None:
    codes = [code for code in asem_meta()["iCode"] if code in asem_table("purse_Raw").columns]

    def rows(name: str) -> pd.DataFrame:
        table = asem_table(name)
        index = table["uCode"] + "@" + table["Time"].astype(str)
        return table.set_index(index)[codes].astype(float)

    frame = asem_table("purse_Raw")
    frame[codes] = frame[codes].astype(float)
    data = gi.Observations.from_frame(frame, unit="uCode", period="Time", variables=codes)
    kept = gi.prepare.Screen(0.9)(data)
    screened = rows("purse_Screened")
    assert set(kept.units.codes) == set(screened.index)
    np.testing.assert_array_equal(kept.values, screened.loc[list(kept.units.codes)])
    framework = asem_framework(rules.MinMax(0, 100), absence=gi.absence.Renormalise())
    result = gi.Methodology("example.asem", "1", framework, scale=1).compute(
        gi.prepare.Treat(over="period")(kept)
    )
    normalised = rows("purse_Normalised").loc[list(result.units.codes)]
    shares = result.shares[[result.row_of(code) for code in codes]].T
    np.testing.assert_allclose(shares, normalised, rtol=1e-9, atol=1e-9)

"""Relative rules against reference results of COINr 1.1.14 and Compind 3.4, and printed examples.

Known defects are left out: COINr's share of the largest value is wrong where less is better. R
counts ranks from the least value, so its ties "min" are the ranks "max" and the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex import rules
from govindex.contracts import Rule, Scope
from govindex.errors import CellError
from tests.asem import asem_data, asem_meta, asem_table
from tests.reference import reference, reference_table

TIES: dict[str, Any] = {"min": "max", "max": "competition", "average": "average"}


def normalised(data: str, choose: Callable[[Any], Rule]) -> pd.DataFrame:
    """Return the shares of every indicator of the ASEM index, each under the rule chosen for it."""
    observations = asem_data(data)
    meta = asem_table("input_iMeta_params").set_index("iCode")
    leaves = []
    for code in observations.variables:
        row: Any = meta.loc[code]
        rule = choose(row)
        lower = rule.directed and row["Direction"] < 0
        leaves.append(gi.Indicator(code, rule=rule, direction="lower" if lower else "higher"))
    framework = gi.Framework("asem", leaves, absence=gi.absence.Renormalise())
    result = gi.Methodology("example.asem", "1", framework, scale=1.0).compute(observations)
    actual = {leaf.code: result.shares[result.row_of(leaf.code)] for leaf in leaves}
    return pd.DataFrame(actual, index=list(result.units.codes))


def of_reference(name: str) -> pd.DataFrame:
    return asem_table(name).set_index("uCode").astype(float)


def always(rule: Rule) -> Callable[[Any], Rule]:
    return lambda row: rule


def target(row: Any) -> Rule:
    return rules.DistanceToTarget(float(row["Target"]))


def between(row: Any) -> Rule:
    ends = (float(row["goalpost_lower"]), float(row["goalpost_upper"]))
    worst, best = ends if row["Direction"] > 0 else ends[::-1]
    clip = row["goalpost_trunc2posts"] in (True, "TRUE", "True")
    posts = rules.Goalposts(worst=worst, best=best, clip=clip)
    return rules.Chain(posts, rules.Affine(slope=float(row["goalpost_scale"])))


def scaled(row: Any) -> Rule:
    return rules.Affine(slope=float(row["Direction"]))


def scaled_from_10_to_60(row: Any) -> Rule:
    return rules.Affine(intercept=-10 / 50, slope=float(row["Direction"]) / 50)


def mixed(row: Any) -> Rule:
    own: dict[str, Rule] = {
        "LPI": rules.ZScore(),
        "Flights": rules.MinMax(0, 10),
        "CO2": rules.PercentRank("max"),
    }
    return own.get(row.name, rules.MinMax(0, 100))


FIFTH = rules.DistanceToReference("BGR")  # the fifth unit of the table
CASES: list[tuple[str, Callable[[Any], Rule]]] = [
    ("minmax_0_100_Treated", always(rules.MinMax(0, 100))),
    ("minmax_1_100_Raw", always(rules.MinMax(1, 100))),
    ("minmax_1_100_Treated", always(rules.MinMax(1, 100))),
    ("minmax_0_1_Treated", always(rules.MinMax())),
    ("zscore_0_1_Raw", always(rules.ZScore())),
    ("zscore_0_1_Treated", always(rules.ZScore())),
    ("zscore_10_2_Raw", always(rules.ZScore(10, 2))),
    ("zscore_10_2_Treated", always(rules.ZScore(10, 2))),
    ("scaled_default_Treated", scaled),
    ("scaled_10_60_x1_Raw", scaled_from_10_to_60),
    ("dist2max_Raw", always(rules.DistanceToMax())),
    ("dist2max_Treated", always(rules.DistanceToMax())),
    ("dist2ref_5_Raw", always(FIFTH)),
    ("dist2ref_5_Treated", always(FIFTH)),
    ("dist2ref_5_cap_Treated", always(attrs.evolve(FIFTH, cap=True))),
    ("dist2targ_iMeta_Raw", target),
    ("dist2targ_iMeta_Treated", target),
    ("iMeta_n_goalposts_Raw", between),
    ("iMeta_n_zscore_Raw", lambda row: rules.ZScore(row["zscore_mean"], row["zscore_sd"])),
    ("iMeta_n_minmax_Raw", lambda row: rules.MinMax(row["minmax_lower"], row["minmax_upper"])),
    ("indiv_specs_Raw", mixed),
]
RANKS: list[tuple[str, Rule]] = [
    ("rank_min_Treated", rules.Rank("max")),
    ("rank_average_Treated", rules.Rank()),
    ("rank_max_Raw", rules.Rank("competition")),
    ("rank_max_Treated", rules.Rank("competition")),
    ("borda_min_Raw", rules.Borda("max")),
    ("borda_min_Treated", rules.Borda("max")),
    ("borda_average_Raw", rules.Borda()),
    ("borda_average_Treated", rules.Borda()),
    ("prank_min_Raw", rules.PercentRank("max")),
    ("prank_min_Treated", rules.PercentRank("max")),
    ("prank_average_Raw", rules.PercentRank()),
    ("prank_average_Treated", rules.PercentRank()),
]


@pytest.mark.parametrize(("name", "choose"), CASES, ids=[name for name, _ in CASES])
def test_asem_is_normalised_as_in_the_reference(name: str, choose: Any) -> None:
    expected = of_reference(f"norm_{name}")
    normalised_values = normalised(f"stage_{name.rsplit('_', 1)[1]}", choose)[expected.columns]
    np.testing.assert_allclose(normalised_values, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("name", "rule"), RANKS, ids=[name for name, _ in RANKS])
def test_asem_is_ranked_exactly_as_in_the_reference(name: str, rule: Rule) -> None:
    expected = of_reference(f"norm_{name}")
    normalised_values = normalised(f"stage_{name.rsplit('_', 1)[1]}", always(rule))[
        expected.columns
    ]
    np.testing.assert_array_equal(normalised_values, expected)


def test_asem_shares_of_the_largest_value_where_more_is_better() -> None:
    expected = of_reference("norm_fracmax_Raw")
    directions = asem_meta().set_index("iCode")["Direction"].astype(float)
    data = of_reference("stage_Raw")[expected.columns]
    rising = [c for c in expected.columns if directions[c] > 0 and data[c].min() >= 0]
    assert len(rising) > 30
    for code in rising:
        shares = rules.FractionOfMax()(data[code].to_numpy(), Scope())
        np.testing.assert_allclose(shares, expected[code], rtol=1e-12)


# Cases at the edges.

EDGES: dict[str, Callable[[dict[str, Any]], Rule]] = {
    "n_rank": lambda args: rules.Rank(TIES[args["ties.method"][0]]),
    "n_borda": lambda args: rules.Borda(TIES[args["ties.method"][0]]),
    "n_prank": lambda args: rules.PercentRank(TIES[args["ties.method"][0]]),
    "n_fracmax": lambda args: rules.FractionOfMax(),
    "n_dist2max": lambda args: rules.DistanceToMax(),
    "n_dist2ref": lambda args: rules.DistanceToReference(
        f"u{args['iref'][0]}", cap=args.get("cap_max", [False])[0]
    ),
    "n_dist2targ": lambda args: rules.DistanceToTarget(
        float(args["targ"][0]), cap=args["cap_max"][0]
    ),
}


def _numbers(texts: list[str]) -> Any:
    return np.array([np.nan if text in ("NA", "NaN") else float(text) for text in texts])


@pytest.mark.parametrize("name", EDGES)
def test_edge_cases_are_scored_alike_or_refused_with_a_reason(name: str) -> None:
    """Where the reference gives NaN, infinity or a number for a constant, an error says why."""
    lines = reference("asem/edge_cases.jsonl").read_text().splitlines()
    scored = 0
    for case in map(json.loads, lines):
        if case["fn"] != name or case["result"] is None or not case["args"]["x"]:
            continue
        values, expected = _numbers(case["args"]["x"]), _numbers(case["result"])
        units = gi.Units([f"u{i}" for i in range(1, len(values) + 1)])
        lower = case["args"].get("direction") == ["-1"]
        scope = Scope(direction="lower" if lower else "higher", peers=units)
        constant = len(np.unique(values[~np.isnan(values)])) == 1
        undefined = not np.isfinite(expected[~np.isnan(values)]).all()
        # Beyond the target, the worst value or 0 the reference turns the sign.
        turned = bool((expected < 0).any()) and name in ("n_dist2targ", "n_fracmax")
        rule = EDGES[name](case["args"])
        if constant or undefined or turned:
            with pytest.raises(CellError):
                rule(values, scope)
            continue
        np.testing.assert_allclose(rule(values, scope), expected, rtol=1e-9, atol=1e-9)
        scored += 1
    assert scored >= 2


# Compind.


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("z", rules.ZScore(100, 10)),
        ("minmax", rules.MinMax()),
        ("rank", rules.Rank()),
    ],
)
def test_regions_are_normalised_as_in_the_reference(name: str, rule: Rule) -> None:
    data = reference_table("compind/input_EU_NUTS1.csv")
    expected = reference_table(f"compind/norm_{name}_EU_NUTS1.csv")
    for column, direction in (("roads", "higher"), ("trains", "lower")):
        rule_shares = rule(data[column].to_numpy(float), Scope(direction=direction))  # type: ignore[arg-type]
        np.testing.assert_allclose(rule_shares, expected[column], rtol=1e-9, atol=1e-9)


# Printed examples of the literature.


def example(name: str) -> dict[str, Any]:
    every = json.loads(reference("published/mcdm_textbook/examples.json").read_text())
    return next(case for case in every if case["id"] == name)


def columns_of(case: dict[str, Any], rule: Rule) -> Any:
    """Return the matrix of a decision, criterion by criterion under the rule."""
    matrix = np.array(case["matrix"], dtype=float).T
    return np.array(
        [
            rule(column, Scope(direction="higher" if kind > 0 else "lower"))
            for column, kind in zip(matrix, case["types"], strict=True)
        ]
    ).T


def test_topsis_of_ersoy_2021_uses_vector_normalisation() -> None:
    case = example("topsis_ersoy2021")
    weighted = columns_of(case, rules.Vector()) * case["weights"]
    to_worst, to_best = (
        np.sqrt(((weighted - end) ** 2).sum(axis=1))
        for end in (weighted.min(axis=0), weighted.max(axis=0))
    )
    closeness = to_worst / (to_worst + to_best)
    np.testing.assert_allclose(closeness, case["expected"], atol=0.5 * 10.0 ** -case["decimals"])


def test_additive_weighting_of_rizan_2020_uses_shares_of_the_largest() -> None:
    case = example("saw_rizan2020")
    names = [f"c{i}" for i in range(len(case["weights"]))]
    # The third criterion is 0.75 for everybody: all are the best.
    rule = rules.FractionOfMax(degenerate=1)
    leaves = [
        gi.Indicator(n, rule=rule, weight=w) for n, w in zip(names, case["weights"], strict=True)
    ]
    frame = pd.DataFrame(case["matrix"], columns=names).assign(unit=list("ABCD"))
    method = gi.Methodology("example.saw", "1", gi.Framework("saw", leaves), scale=1.0)
    result = method.compute(gi.Observations.from_frame(frame, unit="unit"))
    np.testing.assert_allclose(result.score, case["expected"], atol=0.5 * 10.0 ** -case["decimals"])

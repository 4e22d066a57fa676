"""Ranks over draws: against published draws and brute force."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

from govindex import (
    Forms,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    aggregate,
    robustness,
    rules,
)
from govindex.compute import Block, evaluate
from govindex.compute.weights import redraw
from govindex.robustness import RankSample, sample_ranks
from govindex.robustness.sampling.draws import Runner
from tests.asem import asem_table
from tests.reference import reference
from tests.robustness.examples import (
    asem_replications,
    data_of,
    flat,
    index_of,
    tree,
)


def thrombo() -> tuple[RankSample, pd.DataFrame]:
    folder = "published/smaa_thrombo"
    draws = pd.read_csv(reference(f"{folder}/draws_10000.csv.gz"))
    expected = pd.read_csv(reference(f"{folder}/expected.csv")).set_index("alternative")
    units, criteria = ["Heparin", "Enoxaparin"], ["Prox DVT", "Dist DVT", "Bleed"]
    method = index_of([Indicator(code, rule=rules.Identity()) for code in criteria])
    frame = pd.DataFrame({"unit": units, **dict.fromkeys(criteria, 0.5)})
    data = Observations.from_frame(frame, unit="unit")
    values = {c: draws[[f"{unit}|{c}" for unit in units]].to_numpy() for c in criteria}
    weights = {c: draws[f"w|{c}"].to_numpy() for c in criteria}
    vary = [robustness.Given(weights=weights), robustness.Given(values=values)]
    return sample_ranks(method, data, vary=vary, rng=0), expected


def test_acceptability_central_weights_and_confidence_equal_the_published_ones() -> None:
    sample, expected = thrombo()
    assert sample.draws == 10_000
    acceptability = sample.acceptability().loc[expected.index]
    assert (acceptability.to_numpy() == expected[["ra_rank1", "ra_rank2"]].to_numpy()).all()
    central = sample.central_weights().loc[expected.index, ["Prox DVT", "Dist DVT", "Bleed"]]
    published = expected[["cw_prox_dvt", "cw_dist_dvt", "cw_bleed"]]
    np.testing.assert_allclose(central, published, atol=1e-7)
    assert (sample.confidence().loc[expected.index] == expected["cf"]).all()
    wins = sample.pairwise()
    published_wins = expected["pwi_vs_other"].to_dict()
    assert wins["Enoxaparin"]["Heparin"] == published_wins["Heparin"]
    assert wins["Heparin"]["Enoxaparin"] == published_wins["Enoxaparin"]


def test_replications_of_an_uncertainty_analysis_equal_the_reference() -> None:
    sample = asem_replications()
    columns = [f"r_{rep}" for rep in asem_table("sa_params")["rep"]]
    ranks = asem_table("sa_Ranks").set_index("uCode").astype(int)[columns]
    assert (sample.to_frame().T.loc[ranks.index].to_numpy(int) == ranks.to_numpy()).all()
    # The quantiles that COINr prints of these ranks are R's, of type 7.
    ends = sample.intervals(method="type7").loc[ranks.index, ["low", "median", "high"]]
    np.testing.assert_allclose(ends.T, np.quantile(ranks, [0.05, 0.5, 0.95], axis=1), rtol=1e-12)
    scores = asem_table("sa_Scores").set_index("uCode").astype(float)[columns]
    np.testing.assert_allclose(sample.scores().T.loc[scores.index], scores, rtol=1e-9)


def brute_force(sample: RankSample, method: Methodology, data: Observations) -> pd.DataFrame:
    """Return the ranks of draws computed one by one with separate methodologies."""
    rows = []
    runner = Runner(sample._drawable)
    for number in range(sample._drawable.blocks):
        drawn = runner.draw(number)
        for row in range(
            min(sample._drawable.block, sample.draws - number * sample._drawable.block)
        ):
            weights = runner.weights(method, drawn, np.array([row]))
            own = {code: float(weight[0]) for code, weight in weights.items()}
            variant = attrs.evolve(method, framework=method.framework.with_weights(own))
            rows.append(variant.compute(data).ranks_at(method.framework.code))
    return pd.DataFrame(rows, columns=list(data.units.codes)).astype(int)


WAYS = [
    {"spread": 0.5},
    {"deviation": 0.4},
    {"concentration": "uniform"},
    {"concentration": 20},
    {"spread": 1, "at": 1},
    {"spread": 1, "at": ["x", "y"]},
]


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("missing", [False, True])
def test_ranks_are_those_of_methodologies_with_the_drawn_weights(
    way: dict[str, Any], *, missing: bool
) -> None:
    numbers = np.random.default_rng(3).random((9, 3)).round(2)
    if missing:
        numbers[[1, 4, 7], [0, 1, 2]] = np.nan
    data = data_of({code: numbers[:, i] for i, code in enumerate("xyz")})
    sample = sample_ranks(tree(), data, vary=[robustness.Weights(**way)], draws=40, rng=1)
    expected = brute_force(sample, tree(), data)
    pd.testing.assert_frame_equal(
        sample.to_frame()[expected.columns].astype(int), expected, check_names=False
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"aggregate": aggregate.Geometric()},
        {"aggregate": aggregate.Sum()},
        {"ranking": Ranking(decimals=1, ties="average")},
        {"ranking": Ranking(tie_break=("z",), decimals=0)},
        {"rounding": Rounding(0)},
        {"ranking": Ranking(best="lowest", ties="dense", decimals=0)},
        {"rule": rules.Goalposts(worst=0.2, best=0.7)},
    ],
    ids=str,
)
def test_ranks_of_other_aggregators_are_those_of_methodologies(settings: dict[str, Any]) -> None:
    children = [Indicator(code, rule=rules.Points(), weight=10) for code in "xyz"]
    method = index_of(children, **settings)
    data = data_of(
        {code: np.arange(1.0, 9.0)[::step] for code, step in zip("xyz", (1, -1, 1), strict=True)}
    )
    sample = sample_ranks(method, data, vary=[robustness.Weights(spread=0.9)], draws=50, rng=1)
    runner = Runner(sample._drawable)
    drawn = runner.draw(0)
    for row in range(10):
        weights = runner.weights(method, drawn, np.array([row]))
        single = evaluate(method._plan, Block.of(data), weights)
        result = method.compute(data)
        maxima = redraw(method._plan.declared, weights).maxima[:, 0]
        own = attrs.evolve(result, states=tuple(single.values()), maxima=maxima)
        expected = own.ranks_at("index")
        assert (
            sample.to_frame().loc[row, list(data.units.codes)].to_numpy(float) == expected
        ).all()


def test_leagues_are_ranked_apart_and_unranked_units_not_at_all() -> None:
    frame = pd.DataFrame(
        {
            "unit": list("ABCDEF"),
            "x": [1, 2, 3, 4, 5, 6],
            "y": [6, 5, 4, 3, 2, 1],
            "league": list("LLLMMM"),
            "ranked": [True, True, True, True, False, True],
        }
    )
    data = Observations.from_frame(frame, unit="unit", league="league", ranked="ranked")
    sample = sample_ranks(flat("xy"), data, vary=[robustness.Weights(spread=1)], draws=200, rng=1)
    ranks = sample.to_frame()
    assert sorted(ranks[["A", "B", "C"]].iloc[0]) == [1, 2, 3]
    assert sorted(ranks[["D", "F"]].iloc[0]) == [1, 2]
    assert ranks["E"].isna().all()
    assert sample.pairwise()["D"].isna()["A"]
    assert sample.intervals().loc["E", ["rank", "low", "high"]].isna().all()


def test_forms_of_units_are_drawn_alike() -> None:
    frame = pd.DataFrame(
        {
            "unit": list("ABCD"),
            "x": [0.1, 0.4, 0.3, 0.9],
            "y": [0.9, 0.2, 0.6, 0.1],
            "type": list("sspp"),
        }
    )
    data = Observations.from_frame(frame, unit="unit", type="type")
    plain = flat("xy", rules.Identity())
    method = Forms.of(plain, {"s": plain.framework, "p": plain.framework})
    vary = [robustness.Weights(spread=0.8)]
    one, two = (sample_ranks(m, data, vary=vary, draws=64, rng=5) for m in (method, plain))
    assert (one.to_frame() == two.to_frame()).all(axis=None)

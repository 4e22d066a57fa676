"""Ranks over many draws: against published draws, against brute force, and by their laws."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    DataError,
    Dimension,
    Forms,
    Framework,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    Rounding,
    SettingError,
    Unit,
    Units,
    UnknownNameError,
    View,
    absence,
    aggregate,
    prepare,
    robustness,
    rules,
    treat,
    variant,
)
from govindex.compute import Block, evaluate
from govindex.compute.weights import redraw
from govindex.robustness import RankSample, sample_ranks
from govindex.robustness.sampling.counts import Counting
from govindex.robustness.sampling.draws import Runner
from govindex.rounding import Levels
from tests.asem import asem_data, asem_framework, asem_table
from tests.reference import reference


def index_of(children: list[Any], **settings: Any) -> Methodology:
    of_framework = {k: settings.pop(k) for k in ("aggregate", "absence", "rule") if k in settings}
    return Methodology(
        "example.made-up", "1", Framework("index", children, **of_framework), **settings
    )


def flat(codes: str = "xyz", rule: Any = None, **settings: Any) -> Methodology:
    return index_of([Indicator(code, rule=rule or rules.Affine()) for code in codes], **settings)


def data_of(columns: dict[str, Any], **fields: Any) -> Observations:
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"unit": [f"u{i:03}" for i in range(count)], **columns, **fields})
    return Observations.from_frame(
        frame, unit="unit", league="league" if "league" in fields else None
    )


def random_data(seed: int, units: int, codes: str = "xyz", **fields: Any) -> Observations:
    numbers = np.random.default_rng(seed).random((units, len(codes)))
    return data_of({code: numbers[:, i] for i, code in enumerate(codes)}, **fields)


# -- against published draws ----------------------------------------------------------------------


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
    found = sample.acceptability().loc[expected.index]
    assert (found.to_numpy() == expected[["ra_rank1", "ra_rank2"]].to_numpy()).all()
    central = sample.central_weights().loc[expected.index, ["Prox DVT", "Dist DVT", "Bleed"]]
    published = expected[["cw_prox_dvt", "cw_dist_dvt", "cw_bleed"]]
    np.testing.assert_allclose(central, published, atol=1e-7)
    assert (sample.confidence().loc[expected.index] == expected["cf"]).all()
    wins = sample.pairwise()
    published_wins = expected["pwi_vs_other"].to_dict()
    assert wins["Enoxaparin"]["Heparin"] == published_wins["Heparin"]
    assert wins["Heparin"]["Enoxaparin"] == published_wins["Enoxaparin"]


def asem_replications() -> RankSample:
    """Replay winsorised points, normalisation, aggregation and weights, 144 times."""
    drawn = asem_table("sa_params")
    pool = asem_table("ua_noisy_weights_pool").astype({"set": int, "Weight": float})
    below = pool[pool["iCode"] != "Index"].groupby("set")
    sets = [dict(zip(rows["iCode"], rows["Weight"], strict=True)) for _, rows in below]
    choices = {
        "steps": drawn["winmax"].astype(int).to_numpy() - 1,
        "rule": (drawn["norm"] == "n_zscore").to_numpy().astype(int),
        "aggregate": (drawn["f_ag"] == "a_gmean").to_numpy().astype(int),
        "weights": drawn["weightset"].astype(int).to_numpy() - 1,
    }
    log = treat.Log()
    vary: list[Any] = [
        robustness.Alternatives(
            steps=[[prepare.Treat([treat.Winsorise(points), log])] for points in range(1, 6)]
        ),
        robustness.Alternatives(rule=[rules.MinMax(0.01, 1.0), rules.ZScore(0.10, 0.02)]),
        robustness.Alternatives(aggregate=[aggregate.Arithmetic(), aggregate.Geometric()]),
        robustness.Alternatives(weights=sets),
        robustness.Given(choices=choices),
    ]
    method = Methodology("asem", "1", asem_framework(rules.MinMax()))
    return sample_ranks(method, asem_data("stage_Screened"), vary=vary, rng=0)


def test_replications_of_an_uncertainty_analysis_equal_the_reference() -> None:
    sample = asem_replications()
    columns = [f"r_{rep}" for rep in asem_table("sa_params")["rep"]]
    ranks = asem_table("sa_Ranks").set_index("uCode").astype(int)[columns]
    assert (sample.to_frame().T.loc[ranks.index].to_numpy(int) == ranks.to_numpy()).all()
    scores = asem_table("sa_Scores").set_index("uCode").astype(float)[columns]
    np.testing.assert_allclose(sample.scores().T.loc[scores.index], scores, rtol=1e-9)


# -- against brute force --------------------------------------------------------------------------


def tree() -> Methodology:
    return index_of(
        [
            Dimension(
                "a",
                [
                    Indicator("x", rule=rules.Identity()),
                    Indicator("y", rule=rules.Identity(), weight=2),
                ],
            ),
            Dimension("b", [Indicator("z", rule=rules.Identity())], weight=3),
        ],
        absence=absence.Shrink(),
    )


def brute_force(sample: RankSample, method: Methodology, data: Observations) -> pd.DataFrame:
    """Return the ranks of draws computed one by one with methodologies of their own."""
    rows = []
    runner = Runner(sample._recipe)
    for number in range(sample._recipe.blocks):
        drawn = runner.draw(number)
        for row in range(min(sample._recipe.block, sample.draws - number * sample._recipe.block)):
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
def test_places_are_those_of_methodologies_with_the_drawn_weights(
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
def test_what_is_not_linear_is_ranked_the_same_way(settings: dict[str, Any]) -> None:
    children = [Indicator(code, rule=rules.Points(), weight=10) for code in "xyz"]
    method = index_of(children, **settings)
    data = data_of(
        {code: np.arange(1.0, 9.0)[::step] for code, step in zip("xyz", (1, -1, 1), strict=True)}
    )
    sample = sample_ranks(method, data, vary=[robustness.Weights(spread=0.9)], draws=50, rng=1)
    runner = Runner(sample._recipe)
    drawn = runner.draw(0)
    for row in range(10):
        weights = runner.weights(method, drawn, np.array([row]))
        single = evaluate(method.plan, Block.of(data), weights)
        result = method.compute(data)
        outcome = attrs.evolve(
            result._outcome, shares=tuple(state.share[0] for state in single.values())
        )
        own = attrs.evolve(
            result, outcome=outcome, maxima=redraw(method.plan.own, weights).maxima[:, 0]
        )
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


# -- what a sample says ---------------------------------------------------------------------------


def row_of(table: pd.DataFrame, unit: str, *columns: str) -> list[Any]:
    return [table[column][unit] for column in columns]


def choice_of_two() -> RankSample:
    """A stands before B under x, and behind it under y: a quarter of the draws take y."""
    data = Observations.from_frame(
        pd.DataFrame({"unit": ["A", "B", "C"], "x": [3, 2, 1], "y": [2, 3, 1]}), unit="unit"
    )
    options = [{"x": 1.0, "y": 0.001}, {"x": 0.001, "y": 1.0}]
    children = [Indicator("x", rule=rules.Affine(), weight=3), Indicator("y", rule=rules.Affine())]
    return sample_ranks(
        index_of(children),
        data,
        vary=[
            robustness.Alternatives(weights=options),
            robustness.Given(choices={"weights": np.array([0, 0, 0, 1] * 25)}),
        ],
        rng=0,
    )


@pytest.mark.parametrize("way", ["equal", "flat"])
def test_equal_weights_are_an_alternative_by_name(way: str) -> None:
    part = Dimension("a", [Indicator(c, rule=rules.Affine(), weight=3) for c in "xyz"], weight=5)
    method = index_of([part, Indicator("w", rule=rules.Affine(), weight=2)])
    data = random_data(2, 9, "wxyz")
    named = {"a": 3.0 if way == "flat" else 1.0, "w": 1.0, "x": 1.0, "y": 1.0, "z": 1.0}
    pick = robustness.Given(choices={"weights": [0, 1]})
    found, expected = (
        sample_ranks(
            method, data, vary=[robustness.Alternatives(weights=[None, own]), pick], rng=0
        ).scores()
        for own in (way, named)
    )
    pd.testing.assert_frame_equal(found, expected)
    alone = variant(method, weights=way).compute(data).score  # type: ignore[arg-type]
    np.testing.assert_allclose(found.loc[1][alone.index], alone)


def test_shares_of_draws_are_counted() -> None:
    sample = choice_of_two()
    assert list(sample.acceptability().loc["A"]) == [0.75, 0.25, 0.0]
    assert list(sample.acceptability().loc["C"]) == [0.0, 0.0, 1.0]
    assert sample.top(1).to_dict() == {"A": 0.75, "B": 0.25, "C": 0.0}
    assert sample.pairwise().loc["A", "B"] == 0.75
    assert row_of(sample.intervals(0.9), "A", "low", "median", "high") == [1, 1, 2]
    assert row_of(sample.intervals(0.4), "A", "low", "median", "high") == [1, 1, 1]
    assert row_of(sample.shifts(), "A", "mean", "shift") == [1.25, 0.25]
    assert sample.mean_shift == pytest.approx(0.5 / 3)
    # The ranking of x has τ 1 with itself, that of y one pair of three turned round.
    assert sorted(set(sample.rank_correlations().round(9))) == [pytest.approx(1 / 3), 1.0]
    # R = 125, 175, 300 over 100 draws.
    by_hand = 12 * ((125 - 200) ** 2 + (175 - 200) ** 2 + (300 - 200) ** 2) / (100**2 * 24)
    assert sample.concordance() == pytest.approx(by_hand)


def test_the_summary_is_in_words() -> None:
    said = choice_of_two().summary
    assert "100 draws of 3 ranked units" in said
    assert "A: 75.0%" in said
    assert "A (1) before B (2) in 75.0% of draws" in said
    assert "1 of 3 units keep one rank" in said


def test_counted_and_kept_places_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = random_data(1, 30)
    vary = [robustness.Weights(spread=0.9)]
    kept = sample_ranks(flat(), data, vary=vary, draws=3_000, rng=9)
    monkeypatch.setattr("govindex.robustness.sampling.samples._KEPT_BYTES", 0)
    monkeypatch.setattr("govindex.robustness.sampling.jobs._TOGETHER", 5_000)
    counted = sample_ranks(flat(), data, vary=vary, draws=3_000, rng=9)
    assert counted._kept is None
    for ask in ("intervals", "acceptability", "shifts", "neighbours"):
        pd.testing.assert_frame_equal(getattr(kept, ask)(), getattr(counted, ask)())
    for level in (0.0, 0.3, 1.0):
        pd.testing.assert_frame_equal(kept.intervals(level), counted.intervals(level))
    pd.testing.assert_series_equal(kept.top(3), counted.top(3))
    assert kept.concordance() == counted.concordance()
    assert kept.mean_shift_error == counted.mean_shift_error
    np.testing.assert_allclose(kept.central_weights(), counted.central_weights(), equal_nan=True)
    with pytest.raises(SettingError, match="3,000 draws of 30 units are not kept"):
        counted.to_frame()


def test_convergence_is_told_for_fewer_draws() -> None:
    sample = sample_ranks(
        flat(), random_data(2, 12), vary=[robustness.Weights(spread=1)], draws=1000, rng=1
    )
    table = sample.convergence()
    assert list(table.index) == [64, 128, 256, 512, 1000]
    assert table.loc[1000, "mean_shift"] == sample.mean_shift
    assert (table["error"].diff().dropna() < 0).all()
    shifts = (sample.to_frame() - sample.nominal.ranks["index"]).abs().mean(axis=1)
    assert sample.mean_shift == pytest.approx(shifts.mean())
    assert sample.mean_shift_error == pytest.approx(shifts.std() / np.sqrt(1000))


# -- variations -----------------------------------------------------------------------------------


def weights_of(sample: RankSample) -> dict[str, Any]:
    runner = Runner(sample._recipe)
    return dict(runner.weights(sample._recipe.basis.method, runner.draw(0), slice(None)))


def drawn_weights(**way: Any) -> dict[str, Any]:
    vary = [robustness.Weights(**way)]
    return weights_of(sample_ranks(tree(), random_data(1, 5), vary=vary, draws=2_000, rng=3))


def test_spread_weights_stay_between_their_ends() -> None:
    drawn = drawn_weights(spread=0.25)
    assert set(drawn) == {"a", "b", "x", "y"}  # z has no sibling
    assert 1.5 <= drawn["y"].min() < 1.52
    assert 2.48 < drawn["y"].max() <= 2.5


def test_normal_weights_stay_above_0() -> None:
    drawn = drawn_weights(deviation=1.0)
    assert all((row > 0).all() for row in drawn.values())


def test_dirichlet_weights_keep_the_sum_and_on_average_the_proportions() -> None:
    drawn = drawn_weights(concentration=10)
    np.testing.assert_allclose(drawn["x"] + drawn["y"], 3.0)
    assert drawn["y"].mean() == pytest.approx(2.0, abs=0.05)
    uniform = drawn_weights(concentration="uniform")
    assert (uniform["y"] / 3.0).mean() == pytest.approx(0.5, abs=0.03)


def test_one_tier_is_varied_alone() -> None:
    assert set(drawn_weights(spread=0.5, at=1)) == {"a", "b"}


def test_left_out_nodes_count_for_nothing() -> None:
    data = random_data(4, 8)
    vary = [robustness.LeaveOut(none=False)]
    sample = sample_ranks(tree(), data, vary=vary, draws=60, rng=1)
    expected = {tuple(tree().without(code).compute(data).ranks_at("index")) for code in "xyz"}
    found = {tuple(row) for row in sample.to_frame()[list(data.units.codes)].to_numpy(float)}
    assert found == expected


def test_errors_of_measurement_move_values_within_their_limits() -> None:
    data = data_of({"x": [0.5, 0.6, 0.2], "se": [0.2, 0.0, 0.3]})
    vary = [robustness.Errors({"x": "se"}, limits={"x": (0.4, 0.8)})]
    sample = sample_ranks(flat("x", rules.Identity()), data, vary=vary, draws=500, rng=2)
    scores = sample.scores()
    assert (scores["u001"] == 60.0).all()
    assert scores.min().min() == 40.0
    assert scores.max().max() == 80.0


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_errors_have_the_size_that_is_given(distribution: Any) -> None:
    data = data_of({"x": [0.0, 10.0]})
    vary = [robustness.Errors({"x": [1.0, 2.0]}, distribution=distribution)]
    method = flat("x", rules.Affine(slope=0.01))
    scores = sample_ranks(method, data, vary=vary, draws=4_000, rng=2).scores()
    assert scores[["u000", "u001"]].std().to_list() == pytest.approx([1.0, 2.0], rel=0.05)


def test_missing_cells_stay_missing_under_errors() -> None:
    data = data_of({"x": [0.5, None, 0.2], "y": [0.1, 0.5, 0.3]})
    method = flat("xy", rules.Identity(), absence=absence.Renormalise())
    vary = [robustness.Errors({"x": 0.1})]
    scores = sample_ranks(method, data, vary=vary, draws=50, rng=2).scores()
    assert (scores["u001"] == 50.0).all()


def test_replicates_are_taken_whole() -> None:
    data = data_of({"x": [1.0, 2.0], "y": [1.0, 2.0]})
    tables = {"x": [[1, 2], [5, 6]], "y": [[1, 2], [50, 60]]}
    method = flat("xy", rules.Affine(slope=0.01))
    scores = sample_ranks(
        method, data, vary=[robustness.Replicates(tables)], draws=100, rng=1
    ).scores()
    assert sorted(set(scores["u000"])) == [1.0, 27.5]


def test_alternatives_follow_their_probabilities() -> None:
    data = random_data(1, 6)
    choice = robustness.Alternatives(
        aggregate=[None, aggregate.Geometric(), aggregate.Arithmetic()],
        probabilities=[0.7, 0.3, 0.0],
    )
    method = flat(rule=rules.Identity())
    scores = sample_ranks(method, data, vary=[choice], draws=2_000, rng=1).scores()
    share = (scores["u000"] == method.compute(data).scores.loc["u000", "index"]).mean()
    assert share == pytest.approx(0.7, abs=0.03)


def test_preparations_policies_and_methodologies_are_alternatives() -> None:
    data = data_of({"x": [0.5, None, 0.2], "y": [0.1, 0.5, 0.3]})
    method = flat("xy", rules.Identity(), absence=absence.Renormalise())
    halves = flat("xy", rules.Affine(slope=0.5), absence=absence.AsZero())
    vary = [
        robustness.Alternatives(method=[method, halves]),
        robustness.Alternatives(absence=[None, absence.AsZero()]),
        robustness.Alternatives(rule=[None, rules.Affine(slope=0.1)], at="x"),
    ]
    scores = sample_ranks(method, data, vary=vary, draws=300, rng=1).scores()
    assert sorted(set(scores["u001"])) == [12.5, 25.0, 50.0]
    assert (
        sorted(set(scores["u000"].round(9))) == [5.0, 7.5, 15.0, 30.0]
        or len(set(scores["u000"].round(9))) == 4
    )


# -- laws -----------------------------------------------------------------------------------------


MIXED: list[Any] = [
    robustness.Weights(spread=0.5),
    robustness.Errors({"x": 0.05}, limits={"x": (0, 1)}),
    robustness.Alternatives(aggregate=[None, aggregate.Geometric(0.1)]),
    robustness.LeaveOut(["x", "y"]),
]


def places_of(sample: RankSample) -> Any:
    assert sample._kept is not None
    return sample._kept


@given(draws=st.integers(1, 400))
@settings(max_examples=10)
def test_the_first_draws_are_the_same_however_many_follow(draws: int) -> None:
    data = random_data(1, 20)
    few, many = (
        sample_ranks(flat(), data, vary=MIXED, draws=count, rng=7) for count in (draws, 3_000)
    )
    assert (places_of(few) == places_of(many)[:draws]).all()


def test_any_number_of_workers_gives_the_same_bytes() -> None:
    data = random_data(1, 200)
    alone = sample_ranks(flat(), data, vary=MIXED, draws=9_000, rng=7)
    told: list[tuple[int, int]] = []
    with ThreadPoolExecutor(3) as pool:
        together = sample_ranks(
            flat(),
            data,
            vary=MIXED,
            draws=9_000,
            rng=7,
            executor=pool,
            progress=lambda done, whole: told.append((done, whole)),
        )
    assert (places_of(alone) == places_of(together)).all()
    assert told[-1] == (9_000, 9_000)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@given(seed=st.integers(0, 1000), order=st.permutations(range(8)))
@settings(max_examples=15)
def test_the_order_of_units_and_columns_moves_no_place(seed: int, order: list[int]) -> None:
    data = random_data(seed, 8)
    frame = data.frame.iloc[order][["z", "x", "y"]].reset_index()
    other = Observations.from_frame(frame, unit="unit")
    vary: list[Any] = [
        robustness.Weights(concentration="uniform"),
        robustness.Errors({"x": 0.05}),
    ]
    one, two = (sample_ranks(flat(), d, vary=vary, draws=64, rng=3) for d in (data, other))
    pd.testing.assert_frame_equal(
        one.to_frame().sort_index(axis=1), two.to_frame().sort_index(axis=1)
    )


def test_equal_units_share_a_place_in_every_draw() -> None:
    numbers = np.random.default_rng(1).random((40, 3))
    numbers[20:] = numbers[:20]
    data = data_of({code: numbers[:, i] for i, code in enumerate("xyz")})
    sample = sample_ranks(flat(), data, vary=[robustness.Weights(spread=1)], draws=2_000, rng=1)
    ranks = places_of(sample)
    assert (ranks[:, :20] == ranks[:, 20:]).all()


def test_without_variation_of_what_counts_every_draw_is_the_nominal_ranking() -> None:
    data = random_data(6, 30)
    method = flat()
    vary = [robustness.Given(weights={"x": np.full(50, 1.0)})]
    sample = sample_ranks(method, data, vary=vary, rng=1)
    nominal = method.compute(data).ranks_at("index")
    assert (places_of(sample) == 2 * nominal).all()
    assert sample.mean_shift == 0.0
    assert sample.concordance() == pytest.approx(1.0)


def test_a_generator_gives_other_draws_each_time_and_a_seed_the_same() -> None:
    data, vary = random_data(1, 15), [robustness.Weights(spread=1)]
    rng = np.random.default_rng(1)
    first, second = (sample_ranks(flat(), data, vary=vary, draws=50, rng=rng) for _ in range(2))
    assert (places_of(first) != places_of(second)).any()
    again = sample_ranks(flat(), data, vary=vary, draws=50, rng=np.random.default_rng(1))
    assert (places_of(first) == places_of(again)).all()


# -- bad input ------------------------------------------------------------------------------------


def refused(match: str, vary: Any = None, kind: Any = SettingError, **settings: Any) -> None:
    method = settings.pop("method", None) or flat()
    data = settings.pop("data", None)
    data = random_data(1, 6) if data is None else data
    settings = {"draws": 10, "rng": 1, **settings}
    with pytest.raises(kind, match=match):
        sample_ranks(
            method,
            data,
            vary=vary() if callable(vary) else vary or [robustness.Weights(spread=0.5)],
            **settings,
        )


@pytest.mark.parametrize(
    ("match", "settings"),
    [
        ("draws is a whole number from 1 to 1,000,000,000, not 0", {"draws": 0}),
        ("draws is a whole number from 1 to 1,000,000,000, not None", {"draws": None}),
        ("draws is a whole number from 1 to 1,000,000,000, not 2.5", {"draws": 2.5}),
        (
            "rng is a whole number of at least 0 or a numpy.random.Generator, not 'seed'",
            {"rng": "seed"},
        ),
        ("rng is a whole number of at least 0", {"rng": -1}),
        ("rng is a whole number of at least 0", {"rng": None}),
        ("on_error is 'raise' or 'count', not 'ignore'", {"on_error": "ignore"}),
        ("needs at least one variation", {"vary": lambda: []}),
        ("'spread' is no variation", {"vary": ["spread"]}),
        ("at least two ranked units, and there are 1", {"data": random_data(1, 1)}),
        ("progress is True, False or a function, not 'bar'", {"progress": "bar"}),
        (r"executor is a concurrent\.futures\.Executor, not 'pool'", {"executor": "pool"}),
        ("give a Methodology first, not object", {"method": object()}),
        (
            "an object that computes by code of its own shows none",
            {"method": type("Own", (), {"compute": print})()},
        ),
        (r"given in a list, vary=\[…\], not Weights", {"vary": robustness.Weights(spread=0.1)}),
        (
            r"executor is a concurrent\.futures\.Executor, not <class",
            {"executor": ThreadPoolExecutor},
        ),
    ],
)
def test_settings_out_of_range_are_refused(match: str, settings: dict[str, Any]) -> None:
    refused(match, **settings)


@pytest.mark.parametrize(
    ("match", "make"),
    [
        ("one of spread=, deviation=, concentration=", lambda: robustness.Weights()),
        ("one of spread=", lambda: robustness.Weights(spread=0.1, deviation=0.1)),
        ("a spread is at most 1", lambda: robustness.Weights(spread=1.5)),
        ("finite number above 0, not -1", lambda: robustness.Weights(deviation=-1)),
        ("finite number above 0, not 'even'", lambda: robustness.Weights(concentration="even")),
        (
            "probabilities add up to 1, not to 0.9",
            lambda: robustness.Alternatives(rule=[None, None], probabilities=[0.5, 0.4]),
        ),
        (
            "2 options have as many probabilities, not 1",
            lambda: robustness.Alternatives(rule=[None, None], probabilities=[1.0]),
        ),
        (
            "numbers of at least 0",
            lambda: robustness.Alternatives(rule=[None, None], probabilities=[1.5, -0.5]),
        ),
        ("alternatives are given for one of", lambda: robustness.Alternatives()),
        ("needs at least one option", lambda: robustness.Alternatives(rule=[])),
        ("at= names the nodes of a rule", lambda: robustness.Alternatives(steps=[None], at="x")),
        ("errors are 'normal' or 'uniform'", lambda: robustness.Errors({"x": 1}, distribution="t")),
        ("those of variables by name", lambda: robustness.Errors({})),
        ("those of variables by name", lambda: robustness.Errors(2.0)),
        ("are a pair", lambda: robustness.Errors({"x": 1}, limits={"x": (2, 1)})),
        ("needs weights, values or choices", lambda: robustness.Given()),
        (
            r"as many draws everywhere, not \[2, 3\]",
            lambda: robustness.Given(weights={"x": [1, 2], "y": [1, 2, 3]}),
        ),
        ("finite numbers of at least 0, not -1", lambda: robustness.Given(weights={"x": [1, -1]})),
        ("whole numbers from 0", lambda: robustness.Given(choices={"rule": [0.5]})),
        (r"have the shape \(draws, units\)", lambda: robustness.Given(values={"x": [1, 2]})),
    ],
)
def test_variations_that_say_nothing_are_refused(match: str, make: Any) -> None:
    with pytest.raises(SettingError, match=match):
        make()


@pytest.mark.parametrize(
    ("match", "vary"),
    [
        (r"no scored node 'w'.*'x'", robustness.Weights(spread=0.1, at="w")),
        ("no scored node at tier 7", robustness.Weights(spread=0.1, at=7)),
        (r"no variable 'q'.*'x'", robustness.Errors({"q": 1.0})),
        (r"no variable 'se' with its errors", robustness.Errors({"x": "se"})),
        ("an error is a finite number of at least 0", robustness.Errors({"x": -1.0})),
        ("one for each of the 6 units", robustness.Errors({"x": [1.0, 2.0]})),
        ("'y' has limits and no error", robustness.Errors({"x": 1.0}, limits={"y": (0, 1)})),
        (r"no node 'w'.*'x'", robustness.Given(weights={"w": np.ones(10)})),
        ("has 2 units, the data have 6", robustness.Given(values={"x": np.ones((10, 2))})),
        (
            "draw 3: no number",
            robustness.Given(values={"x": np.where(np.arange(60) == 19, np.nan, 1).reshape(10, 6)}),
        ),
        ("10 draws are asked for, and 3 are given", robustness.Given(weights={"x": np.ones(3)})),
        ("need one Alternatives", robustness.Given(choices={"rule": np.zeros(10, dtype=int)})),
        (r"no node 'w'.*'x'", robustness.Alternatives(rule=[rules.MinMax()], at="w")),
        ("alternatives of 'weights' do not apply", robustness.Alternatives(weights=[{"w": 1.0}])),
        (
            "alternatives of 'aggregate' do not apply",
            robustness.Alternatives(aggregate=[{"x": aggregate.Geometric()}]),
        ),
    ],
)
def test_variations_that_do_not_apply_are_refused(match: str, vary: Any) -> None:
    refused(match, [vary], (SettingError, UnknownNameError, DataError))


def test_given_choices_stay_within_the_options() -> None:
    choice = robustness.Alternatives(aggregate=[None, aggregate.Geometric()])
    picks = robustness.Given(choices={"aggregate": np.full(10, 2)})
    refused("run from 0 to 1, not to 2", [choice, picks])


def test_leaving_out_the_only_indicator_is_refused() -> None:
    refused(
        "without 'x' nothing of 'index' would be left", [robustness.LeaveOut()], method=flat("x")
    )


def failing() -> tuple[Methodology, Observations]:
    method = flat("xy", rules.Identity(), aggregate=aggregate.Geometric())
    return method, data_of({"x": [0.5, 0.6, 0.01], "y": [0.5, 0.6, 0.4]})


def test_a_draw_that_cannot_be_scored_is_named() -> None:
    method, data = failing()
    vary = [robustness.Errors({"x": 0.01})]
    with pytest.raises(
        DataError,
        match=r"draw \d+ \(drawn values of 'x'\) cannot .*unit 'u002', node 'index'.*above 0",
    ):
        sample_ranks(method, data, vary=vary, draws=200, rng=1)


def test_the_options_of_a_draw_that_cannot_be_scored_are_named() -> None:
    data = data_of({"x": [0.5, 0.6, 0.0], "y": [0.5, 0.6, 0.4]})
    choice = robustness.Alternatives(aggregate=[None, aggregate.Geometric()])
    method = flat("xy", rules.Identity())
    with pytest.raises(DataError, match=r"draw \d+ \(aggregate: Geometric.*unit 'u002'"):
        sample_ranks(method, data, vary=[choice], draws=20, rng=1)


def test_draws_that_cannot_be_scored_are_counted_and_never_dropped_silently() -> None:
    method, data = failing()
    vary = [robustness.Errors({"x": 0.01})]
    sample = sample_ranks(method, data, vary=vary, draws=200, rng=1, on_error="count")
    assert 10 < sample.failed < 60
    assert sample._tally.draws == 200 - sample.failed
    assert len(sample.to_frame()) == 200 - sample.failed
    assert sample.acceptability().sum(axis=1).to_list() == [1.0, 1.0, 1.0]
    assert f"{sample.failed} of which could not be scored" in sample.summary


def test_a_sample_without_a_single_scored_draw_says_so() -> None:
    method, data = failing()
    vary = [robustness.Given(values={"x": np.full((5, 3), -1.0)})]
    sample = sample_ranks(method, data, vary=vary, rng=1, on_error="count")
    assert sample.failed == 5
    with pytest.raises(DataError, match="none of the 5 draws could be scored"):
        sample.intervals()


def test_units_of_other_leagues_are_not_compared() -> None:
    data = random_data(1, 4, league=["a", "a", "b", "b"])
    refused("'u000' and 'u002' are not ranked together", data=data, pairs=[("u000", "u002")])


@pytest.mark.parametrize("policy", [absence.AsZero(), absence.Full(), absence.Fill("all")], ids=str)
@pytest.mark.parametrize("node", ["gap", "look"])
def test_a_node_is_ranked_as_the_branch_above_fills_it(policy: Any, node: str) -> None:
    gap, whole, other = (
        Indicator(code, rule=rules.Identity()) for code in ("gap", "whole", "other")
    )
    part = Dimension("part", [gap, whole], absence=policy)
    framework = Framework("index", [part, other], views=[View("look", of=("gap", "other"))])
    method = Methodology("example.made-up", "1", framework)
    table = {"gap": [None, 0.2, 0.9], "whole": [0.1, 0.2, 0.3], "other": [0.8, 0.75, 0.6]}
    data = Observations.from_frame(pd.DataFrame(table, index=["A", "B", "C"]))
    same = robustness.Given(weights={"gap": [1.0], "whole": [1.0]})
    found = sample_ranks(method, data, vary=[same], rng=1, node=node).intervals()
    assert found["median"].tolist() == found["rank"].tolist()
    assert sorted(found["rank"]) == [1, 2, 3]


@pytest.mark.parametrize("together", [1, 2**17])
@pytest.mark.parametrize("ties", ["competition", "average"])
def test_quantiles_of_places_and_of_their_counts_are_the_same(
    ties: Any, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("govindex.robustness.sampling.counts._SORTED", min(together, 4))
    monkeypatch.setattr("govindex.robustness.sampling.counts._COUNTED", together)
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(rng.integers(0, 4, (9, 3)), columns=list("xyz"), index=[*"ABCDEFGHI"])
    method = flat(ranking=Ranking(ties=ties))
    vary = [robustness.Weights(spread=0.5)]
    sample = sample_ranks(method, Observations.from_frame(frame), vary=vary, draws=301, rng=1)
    levels = (0.0, 0.05, 0.5, 0.95, 1.0)
    sorted_places = sample.quantiles(*levels)
    sample.acceptability()
    np.testing.assert_array_equal(sample.quantiles(*levels), sorted_places)


@pytest.mark.parametrize("on_error", ["raise", "count"])
def test_draws_scored_a_few_at_a_time_are_those_scored_together(
    on_error: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = random_data(5, 8)
    # Points are rounded, so every draw has indicators of its own.
    rounded = flat(aggregate=aggregate.Sum(), rounding=Levels(leaf=Rounding(2)))
    vary = [
        robustness.Weights(spread=0.9),
        robustness.Alternatives(rule=[rules.Affine(), rules.Affine(slope=0.7)]),
    ]
    ask = {"vary": vary, "draws": 700, "rng": 3, "on_error": on_error}
    together = sample_ranks(rounded, data, **ask).to_frame()
    monkeypatch.setattr("govindex.robustness.sampling.draws._CELLS_AT_ONCE", 100)
    pd.testing.assert_frame_equal(sample_ranks(rounded, data, **ask).to_frame(), together)


def test_a_draw_that_is_scored_with_a_few_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("govindex.robustness.sampling.draws._CELLS_AT_ONCE", 40)
    method = flat(rule=rules.Identity())
    data = random_data(5, 8)
    sound = np.tile(data.values[:, 0], (64, 1))
    sound[37, 2] = -1.0
    geometric = index_of([*method.framework.leaves], aggregate=aggregate.Geometric())
    vary = [robustness.Given(values={"x": sound})]
    with pytest.raises(DataError, match=r"^draw 37 .*unit 'u002'"):
        sample_ranks(geometric, data, vary=vary, rng=1)
    assert sample_ranks(geometric, data, vary=vary, rng=1, on_error="count").failed == 1


def test_draws_of_forms_scored_one_by_one_keep_to_themselves() -> None:
    framework = Framework("root", [Indicator(c, rule=rules.Identity()) for c in "ab"])
    method = Forms("example", "1", framework, forms={"s": framework, "t": framework})
    cells = np.random.default_rng(0).random((8, 2))
    units = [Unit(f"U{i}", type="st"[i % 2]) for i in range(8)]
    data = Observations(Units.of(units), ("a", "b"), cells)
    weights = np.ones(60)
    weights[7] = 0.0  # of which nothing can be scored: the others of its block are, one by one
    vary: list[Any] = [
        robustness.Errors({"a": 1e-9}),
        robustness.Given(weights={"a": weights, "b": weights}),
    ]
    sample = sample_ranks(method, data, vary=vary, draws=60, rng=0, on_error="count")
    assert sample.failed == 1
    found = sample.intervals(1.0)
    assert found["low"].to_list() == found["high"].to_list() == found["rank"].to_list()


# -- tables with labels ---------------------------------------------------------------------------

CODES = ["C", "A", "D", "B"]


def labelled_data() -> Observations:
    frame = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [4.0, 1, 3, 2]}, index=CODES)
    return Observations.from_frame(frame)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 0, 3, 1]])
@pytest.mark.parametrize(
    "kind", [robustness.Replicates, lambda table: robustness.Given(values=table)]
)
def test_columns_with_codes_are_those_units_in_any_order(kind: Any, order: list[int]) -> None:
    rng = np.random.default_rng(1)
    numbers = rng.random((50, 4))
    frame = pd.DataFrame(numbers, columns=CODES).iloc[:, order]
    plain, labelled = (
        sample_ranks(flat("xy"), labelled_data(), vary=[kind({"x": table})], draws=50, rng=1)
        for table in (numbers, frame)
    )
    np.testing.assert_array_equal(plain._kept, labelled._kept)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 0, 3, 1]])
def test_errors_with_codes_are_those_of_these_units_in_any_order(order: list[int]) -> None:
    sizes = np.array([0.001, 3.0, 0.2, 0.5])
    series = pd.Series(sizes, index=CODES).iloc[order]
    plain, labelled = (
        sample_ranks(
            flat("xy"), labelled_data(), vary=[robustness.Errors({"x": given})], draws=50, rng=1
        )
        for given in (sizes, series)
    )
    np.testing.assert_array_equal(plain._kept, labelled._kept)


@pytest.mark.parametrize(
    ("match", "codes"),
    [
        (r"'x': there is no unit 'E': Known: 'A'", ["C", "A", "D", "E"]),
        (r"'x' has no label 'B': it lacks this unit", ["C", "A", "D", "E"]),
        (r"'x' has unit 'A' twice", ["C", "A", "D", "A"]),
        (r"'x': there is no unit '5'", [5, 6, 7, 8]),
    ],
)
def test_labels_that_are_no_units_are_named(match: str, codes: list[Any]) -> None:
    table = pd.DataFrame(np.ones((3, 4)), columns=codes)
    for error, vary in (
        (DataError, robustness.Replicates({"x": table})),
        (DataError, robustness.Given(values={"x": table})),
        (SettingError, robustness.Errors({"x": table.iloc[0]})),
    ):
        with pytest.raises(error, match=match):
            sample_ranks(flat("xy"), labelled_data(), vary=[vary], draws=3, rng=1)


def test_an_error_that_is_none_is_said_once() -> None:
    with pytest.raises(
        SettingError, match=r"apply: variable 'x': the error is -1; an error is"
    ) as e:
        sample_ranks(
            flat("xy"), labelled_data(), vary=[robustness.Errors({"x": -1.0})], draws=3, rng=1
        )
    assert str(e.value).count("the error is") == 1


def test_errors_of_too_many_units_are_refused() -> None:
    with pytest.raises(SettingError, match="give one error, or one for each of the 4 units"):
        sample_ranks(
            flat("xy"), labelled_data(), vary=[robustness.Errors({"x": np.ones(5)})], draws=3, rng=1
        )


# -- misuse is answered in words ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "ask"),
    [
        ("takes at least one level", lambda sample: sample.quantiles()),
        (r"levels are shares from 0 to 1, not \[0", lambda sample: sample.quantiles([0.1, 0.9])),
        ("a level is a share from 0 to 1, not 90", lambda sample: sample.intervals(90)),
        ("a level is a share from 0 to 1, not 'x'", lambda sample: sample.intervals("x")),
        ("takes a rank of at least 1, not 0", lambda sample: sample.top(0)),
    ],
)
def test_questions_to_a_sample_that_make_no_sense(match: str, ask: Any) -> None:
    sample = sample_ranks(
        flat(), random_data(1, 6), vary=[robustness.Weights(spread=0.5)], draws=10, rng=1
    )
    with pytest.raises(SettingError, match=match):
        ask(sample)


@pytest.mark.parametrize(
    ("match", "make"),
    [
        (
            r"Alternatives\(rule=\[…\]\) takes a list of options, not MinMax",
            lambda: robustness.Alternatives(rule=rules.MinMax()),  # type: ignore[arg-type]
        ),
        (
            r"takes a list of options, not {'x': 2}",
            lambda: robustness.Alternatives(weights={"x": 2}),
        ),
        (
            "weights are numbers by code, 'equal' or 'flat': did you mean 'equal'",
            lambda: robustness.Alternatives(weights=["equals"]),
        ),
        (
            "weights are numbers by code, 'equal' or 'flat', not 2",
            lambda: robustness.Alternatives(weights=[{"x": 2.0}, 2]),
        ),
        (
            r"give an option, not its class: MinMax\(…\)",
            lambda: robustness.Alternatives(rule=[rules.MinMax]),
        ),
        (
            "replicates are given by the name of the variable",
            lambda: robustness.Replicates([1, 2]),
        ),
    ],
)
def test_variations_of_the_wrong_kind_are_refused(match: str, make: Any) -> None:
    with pytest.raises(SettingError, match=match):
        make()


# -- leagues --------------------------------------------------------------------------------------


def in_leagues() -> RankSample:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.random((12, 3)), columns=list("xyz"))
    frame = frame.assign(unit=[f"u{i:02}" for i in range(12)], league=["hills", "coast"] * 6)
    data = Observations.from_frame(frame, unit="unit", league="league")
    return sample_ranks(flat(), data, vary=[robustness.Weights(spread=0.5)], draws=50, rng=1)


def test_tables_say_the_league_where_there_are_several() -> None:
    sample = in_leagues()
    intervals = sample.intervals()
    assert list(intervals.columns) == ["name", "rank", "period", "league", "low", "median", "high"]
    assert (intervals.groupby("league")["rank"].min() == 1).all()
    near = sample.neighbours()
    assert dict(near.groupby("league").size()) == {"coast": 5, "hills": 5}
    assert set(sample.shifts()["league"]) == {"coast", "hills"}
    assert drawn_alone().intervals()["league"].isna().all()


def drawn_alone() -> RankSample:
    return sample_ranks(
        flat(), random_data(1, 6), vary=[robustness.Weights(spread=0.5)], draws=10, rng=1
    )


def test_the_summary_says_who_is_first_in_each_league() -> None:
    sample = in_leagues()
    said = sample.summary
    shares = sample.top(1)
    for league in ("hills", "coast"):
        part = said.split(f"First in {league}:\n")[1].split("\nFirst in")[0].split("\n\n")[0]
        own = shares[sample.intervals()["league"] == league]
        assert f"  {own.idxmax()}: {own.max():.1%}" in part
    assert "First:" not in said
    assert "First:" in drawn_alone().summary


def test_variations_of_data_say_what_they_are_and_not_their_numbers() -> None:
    assert repr(robustness.Errors({"x": 0.5, "y": 1.0})) == "<errors of 'x', 'y', normal>"
    assert repr(robustness.Replicates({"x": np.ones((3, 4))})) == "<3 replicates of 'x'>"
    assert repr(robustness.Given(weights={"a": [1, 2]})) == "<2 given draws of 'a'>"


# -- units of other forms -------------------------------------------------------------------------


def ranks_in(sample: RankSample, draw: int = 0) -> list[Any]:
    frame = sample.to_frame()[list(sample.units.codes)]
    return list(frame.iloc[draw])


def test_ties_between_forms_are_broken_as_in_the_joint_result() -> None:
    leaves = [Indicator(code, rule=rules.Identity()) for code in "ab"]
    form = Framework("root", leaves)
    method = Forms(
        "example.forms",
        "1",
        form,
        scale=1.0,
        ranking=Ranking(tie_break=("a",)),
        forms={"s": form, "t": form},
    )
    columns = {"a": [0.9, 0.8, 0.3, 0.2], "b": [0.9, 0.8, 0.3, 0.2], "type": list("stst")}
    frame = pd.DataFrame(columns).assign(unit=list("ABCD"))
    data = Observations.from_frame(frame, unit="unit", type="type")
    same = robustness.Given(weights={"a": np.ones(1)})
    sample = sample_ranks(method, data, vary=[same], rng=1)
    assert ranks_in(sample) == [1, 2, 3, 4] == method.compute(data).ranks_at("root").tolist()


@pytest.mark.parametrize(("by", "decimals"), [("points", None), ("share", 1), ("share", None)])
def test_forms_of_other_maxima_are_ranked_as_in_the_joint_result(by: Any, decimals: Any) -> None:
    def leaf(code: str) -> Indicator:
        return Indicator(code, rule=rules.Points(), weight=100)

    settings: dict[str, Any] = {"aggregate": aggregate.Sum(), "absence": absence.Shrink()}
    method = Forms(
        "example.forms",
        "1",
        Framework("root", [leaf("a"), leaf("b")], **settings),
        forms={"t": Framework("root", [leaf("a")], **settings)},
        scale="points",
        ranking=Ranking(by=by, decimals=decimals),
    )
    frame = pd.DataFrame(
        {
            "unit": list("ABC"),
            "a": [60, 90, 89.96],
            "b": [60, None, None],
            "type": ["n/a", "t", "t"],
        }
    )
    data = Observations.from_frame(frame, unit="unit", type="type")
    vary = [robustness.Given(weights={"a": [100.0, 50.0]})]
    sample = sample_ranks(method, data, vary=vary, rng=1)
    assert ranks_in(sample) == method.compute(data).ranks_at("root").tolist()
    half = attrs.evolve(
        method,
        framework=method.framework.with_weights({"a": 50.0}),
        forms={"t": method.forms["t"].with_weights({"a": 50.0})},
    )
    halved = frame.assign(a=frame["a"] / 2)
    expected = half.compute(Observations.from_frame(halved, unit="unit", type="type"))
    assert ranks_in(sample, 1) == expected.ranks_at("root").tolist()


def test_a_node_that_one_form_lacks_is_ranked_in_the_others() -> None:
    def leaf(code: str) -> Indicator:
        return Indicator(code, rule=rules.Identity())

    own = Dimension("own", [leaf("b"), leaf("c")])
    method = Forms(
        "example.forms",
        "1",
        Framework("root", [leaf("a"), own]),
        scale=1.0,
        forms={"t": Framework("root", [leaf("a")])},
    )
    frame = pd.DataFrame(
        {
            "unit": list("ABC"),
            "a": [0.1, 0.2, 0.3],
            "b": [0.5, 0.9, None],
            "c": [0.4, 0.2, None],
            "type": ["n/a", "n/a", "t"],
        }
    )
    data = Observations.from_frame(frame, unit="unit", type="type")
    vary = [robustness.Given(weights={"b": [1.0]})]
    sample = sample_ranks(method, data, vary=vary, rng=1, node="own")
    assert sample.intervals()["median"].dropna().to_dict() == {"A": 2, "B": 1}


def test_whole_methodologies_may_call_their_totals_otherwise() -> None:
    data = random_data(1, 6)
    other = Methodology(
        "example.other",
        "1",
        Framework("other", [Indicator(code, rule=rules.Affine()) for code in "xyz"]),
    )
    choice = robustness.Alternatives(method=[None, other])
    sample = sample_ranks(flat(), data, vary=[choice], draws=20, rng=1)
    assert sample.mean_shift == 0.0


# -- what is counted ------------------------------------------------------------------------------


def test_ties_and_squares_are_counted_whatever_their_size() -> None:
    ranks = np.array([[8, 8, 8, 8, 10, 0]], dtype=np.int16)
    ranked = np.arange(6)
    pairs = (ranked[:0], ranked[:0])
    counting = Counting(ranks[0].astype(np.int32), (ranked,), pairs, halves=False, full=False)
    assert counting(ranks, np.zeros(1, dtype=bool)).ties == 4**3 - 4
    units, draws = 10_000, 600
    nominal = np.arange(2, 2 * units + 2, 2, dtype=np.int32)
    everybody = np.arange(units)
    counting = Counting(nominal, (everybody,), pairs, halves=False, full=False)
    reversed_places = np.broadcast_to(nominal[::-1], (draws, units))
    apart = int(np.abs(nominal[::-1].astype(np.int64) - nominal).sum())
    found = counting(reversed_places, np.zeros(draws, dtype=bool))
    assert found.shift_squares == draws * apart**2 > 2**62

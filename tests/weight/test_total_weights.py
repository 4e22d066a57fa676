"""Weights found on the total: by ranks, and of one tier below branches that keep their weights."""

from __future__ import annotations

from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from govindex import (
    DataError,
    Dimension,
    Framework,
    Indicator,
    Methodology,
    Observations,
    SettingError,
    aggregate,
    rules,
    weight,
)
from govindex.weight.total_correlations import correlations_with
from tests.asem import asem_data, asem_framework, asem_table

Kind = Literal["pearson", "spearman", "kendall"]
RANKED: list[Kind] = ["spearman", "kendall"]
ORACLES = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
few = settings(max_examples=2)  # each is a search
seeds = st.integers(0, 2**32 - 1)


def frame_of(seed: int, codes: str = "abc", units: int = 9) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.1, 0.9, (units, len(codes))) + rng.uniform(0, 0.5, (units, 1))
    return pd.DataFrame(shares / 1.4, columns=list(codes)).set_axis([f"U{i}" for i in range(units)])


def loss_of(frame: pd.DataFrame, total: np.ndarray, kind: Kind) -> float:
    felt = np.array([ORACLES[kind](frame[code], total)[0] for code in frame])
    return float(np.mean((felt / felt.sum() - 1 / len(felt)) ** 2)) if felt.sum() > 0 else np.inf


def leaves(codes: str, **weights: float) -> list[Indicator]:
    return [Indicator(c, rule=rules.Identity(), weight=weights.get(c, 1.0)) for c in codes]


def two_branches(**settings: Any) -> Methodology:
    children = [Dimension("left", leaves("ab"), weight=3), Dimension("right", leaves("cde"))]
    return Methodology("example.two", "1", Framework("index", children, **settings))


def data_of(frame: pd.DataFrame) -> Observations:
    return Observations.from_frame(frame.reset_index(names="unit"))


# -- against references ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(ORACLES))
def test_correlations_with_totals_are_those_of_scipy(kind: Kind) -> None:
    rng = np.random.default_rng(3)
    scores = np.array(rng.integers(0, 6, (4, 30)), dtype=np.float64)
    totals = np.array(rng.integers(0, 9, (5, 30)), dtype=np.float64)
    expected = np.array([[ORACLES[kind](x, total)[0] for x in scores] for total in totals])
    np.testing.assert_allclose(correlations_with(scores, kind)(totals), expected, rtol=1e-12)


def asem_weights(how: weight.Weigher) -> tuple[weight.Weighting, float]:
    """Return the weights of the pillars of ASEM below sub-indices that keep theirs."""
    method = Methodology("example.asem", "1", asem_framework())
    weighting = weight.apply(method, how, asem_data("stage_Normalised"), at=2, above="fixed")
    computed = attrs.evolve(method, framework=weighting.framework)
    scores = computed.compute(asem_data("stage_Normalised")).scores
    pillars = weighting.groups["Index"].report.index
    return weighting, float(scores[pillars].corrwith(scores["Index"]).sum())


def test_a_tier_below_fixed_weights_tells_what_the_reference_found() -> None:
    # COINr's get_opt_weights(optype = "infomax") at level 2 keeps the sub-indices' weights, too.
    theirs = -float(asem_table("optw_L2_infomax_pearson")["objective"].astype(float)[0])
    weighting, information = asem_weights(weight.Infomax())
    assert information == pytest.approx(theirs, rel=1e-8)
    assert information == pytest.approx(
        weighting.groups["Index"].diagnostics["information"], rel=1e-9
    )
    for sub_index in ("Conn", "Sust"):
        assert weighting.framework.weight(sub_index) == asem_framework().weight(sub_index)


def test_weights_balanced_on_ranks_beat_those_of_the_reference_and_of_pearson() -> None:
    theirs = float(asem_table("optw_L2_balance_spearman")["objective"].astype(float)[0])
    method = Methodology("example.asem", "1", asem_framework())
    data = asem_data("stage_Normalised")
    by_rank, by_value = (
        weight.apply(method, weight.Balance(correlation=kind), data, at=2)
        for kind in ("spearman", "pearson")
    )
    discrepancy = by_rank.groups["Index"].diagnostics["discrepancy"]
    assert 2 * np.log(discrepancy) < theirs
    scores = attrs.evolve(method, framework=by_value.framework).compute(data).scores
    pillars = list(by_rank.groups["Index"].weights)
    assert discrepancy**2 < loss_of(scores[pillars], scores["Index"].to_numpy(), "spearman")


# -- by brute force -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", RANKED)
@few
@given(seed=seeds)
def test_no_weights_of_a_grid_are_felt_more_evenly(kind: Kind, seed: int) -> None:
    frame = frame_of(seed)
    found = weight.Balance(correlation=kind)(frame)
    grid = [(i, j, 10 - i - j) for i in range(11) for j in range(11 - i)]
    standard = (frame / frame.std()).to_numpy()
    least = min(loss_of(frame, standard @ np.array(sizes), kind) for sizes in grid)
    assert found.diagnostics["discrepancy"] ** 2 <= least + 1e-12


@few
@given(seed=seeds)
def test_no_weights_below_fixed_branches_are_felt_more_evenly(seed: int) -> None:
    frame = frame_of(seed, "abcde", 14)
    found = weight.apply(two_branches(), weight.Balance(), data_of(frame), at=2, above="fixed")
    drawn = np.random.default_rng(seed).dirichlet(np.ones(3), 200)
    first = np.random.default_rng(seed + 1).uniform(size=200)
    sizes = np.column_stack([0.75 * first, 0.75 * (1 - first), 0.25 * drawn])
    felt = np.corrcoef(sizes @ frame.to_numpy().T, frame.T)[:200, 200:]
    least = (((felt / felt.sum(axis=1, keepdims=True)) - 0.2) ** 2).mean(axis=1).min()
    assert found.groups["index"].diagnostics["discrepancy"] ** 2 <= least + 1e-12


# -- laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(ORACLES))
@few
@given(seed=seeds)
def test_the_order_of_units_moves_no_bit_of_what_is_found(kind: Kind, seed: int) -> None:
    frame = frame_of(seed, "abcde")
    shuffled = frame.sample(frac=1, random_state=seed % 2**31)
    how = weight.Infomax(correlation=kind)
    assert how(frame) == how(shuffled)
    tier = [
        weight.apply(two_branches(), how, data_of(one), at=2, above="fixed").weights
        for one in (frame, shuffled)
    ]
    assert tier[0] == tier[1]


@pytest.mark.parametrize("mean", [aggregate.Arithmetic(), aggregate.Geometric()], ids=repr)
@pytest.mark.parametrize("kind", list(ORACLES))
def test_what_is_told_of_a_tier_is_what_the_methodology_computes(kind: Kind, mean: Any) -> None:
    frame = frame_of(5, "abcde", 20)
    method = two_branches(aggregate=mean)
    found = weight.apply(
        method, weight.Balance(correlation=kind), data_of(frame), at=2, above="fixed"
    )
    result = attrs.evolve(method, framework=found.framework).compute(data_of(frame))
    report = found.groups["index"].report
    felt = [ORACLES[kind](frame[code], result.score)[0] for code in report.index]
    assert report["correlation"].to_list() == pytest.approx(felt, abs=1e-9)
    assert [found.framework.weight(code) for code in ("left", "right")] == [3, 1]
    assert report["weight"][["a", "b"]].sum() == pytest.approx(0.75)
    assert report["weight"].to_list() == pytest.approx(found.report["effective"].to_list())


def test_any_method_weighs_a_tier_below_fixed_weights() -> None:
    frame = frame_of(1, "abcdez")
    children = [*two_branches().framework.children, *leaves("z", z=4.0)]
    method = Methodology("example.mixed", "1", Framework("index", children))
    found = weight.apply(
        method, weight.StandardDeviation(), data_of(frame), at="leaves", above="fixed"
    ).framework
    deviations = frame.std()
    effective = found.effective_weights
    assert effective["a"] / effective["b"] == pytest.approx(deviations["a"] / deviations["b"])
    assert effective["a"] + effective["b"] == pytest.approx(3 / 8)
    assert effective["z"] == pytest.approx(4 / 8)


def test_points_of_branches_stay_above_a_tier_that_is_weighed() -> None:
    children = [
        Dimension("left", leaves("ab", a=20, b=40)),
        Dimension("right", leaves("cde", c=10, d=10, e=20)),
    ]
    framework = Framework("index", children, aggregate=aggregate.Sum())
    method = Methodology("example.points", "1", framework)
    frame = frame_of(2, "abcde")
    found = weight.apply(method, weight.Balance(), data_of(frame), at=2, above="fixed").framework
    assert sum(float(found.weight(code)) for code in "ab") == pytest.approx(60)
    assert sum(float(found.weight(code)) for code in "cde") == pytest.approx(40)


# -- refusals -------------------------------------------------------------------------------------


def test_what_cannot_be_kept_above_is_refused() -> None:
    data = data_of(frame_of(1, "abcde"))
    method, how = two_branches(), weight.Balance()
    with pytest.raises(SettingError, match="above is 'sums' or 'fixed', not 'keep'"):
        weight.apply(method, how, data, at=2, above="keep")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="name it, such as at=2 or at='leaves', not 'left'"):
        weight.apply(method, how, data, at="left", above="fixed")
    with pytest.raises(SettingError, match="need a Methodology and its Observations"):
        weight.apply(method.framework, how, frame_of(1, "abcde"), at=2, above="fixed")
    with pytest.raises(SettingError, match="'correlation' is one of 'pearson', 'spearman'"):
        weight.Balance(correlation="spearmann")  # type: ignore[arg-type]


def test_a_branch_of_constant_nodes_cannot_share_its_weight() -> None:
    frame = frame_of(1, "abcde").assign(a=0.5, b=0.5)
    how = weight.Balance(degenerate="zero")
    with pytest.raises(DataError, match="the branches 'left' keep their weights, but no node"):
        weight.apply(two_branches(), how, data_of(frame), at=2, above="fixed")
    with pytest.raises(DataError, match="contradict each other so much that no weights are felt"):
        weight.Balance(correlation="kendall")(
            pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [4.0, 3, 2, 1]})
        )

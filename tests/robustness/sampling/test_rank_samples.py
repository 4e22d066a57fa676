"""Tables and summaries of samples of ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from govindex import (
    Dimension,
    Indicator,
    Observations,
    SettingError,
    robustness,
    rules,
    variant,
)
from govindex.robustness import RankSample, sample_ranks
from govindex.robustness.sampling.counts import Counting
from tests.robustness.examples import (
    flat,
    index_of,
    random_data,
)


def row_of(table: pd.DataFrame, unit: str, *columns: str) -> list[Any]:
    return [table[column][unit] for column in columns]


def choice_of_two() -> RankSample:
    """A is ahead of B under x, and behind it under y: a quarter of the draws take y."""
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


def test_quantiles_are_a_table_with_a_column_for_each_level() -> None:
    table = choice_of_two().quantiles(0.05, 0.5, 0.975)
    assert list(table.columns) == ["name", "rank", "period", "league", "q5", "q50", "q97.5"]
    assert row_of(table, "A", "rank", "q5", "q50", "q97.5") == [1, 1, 1, 2]


def test_quantiles_of_type_7_lie_between_ranks() -> None:
    # 100 draws, 25 of them with rank 2: the 75th rank is 1, the 76th is 2, and 1 + 99·0.75 = 75.25.
    table = choice_of_two().quantiles(0.5, 0.75, 0.8, method="type7")
    assert row_of(table, "A", "q50", "q75", "q80") == [1.0, 1.25, 2.0]


@pytest.mark.parametrize("way", ["equal", "flat"])
def test_equal_weights_are_an_alternative_by_name(way: str) -> None:
    part = Dimension("a", [Indicator(c, rule=rules.Affine(), weight=3) for c in "xyz"], weight=5)
    method = index_of([part, Indicator("w", rule=rules.Affine(), weight=2)])
    data = random_data(2, 9, "wxyz")
    named = {"a": 3.0 if way == "flat" else 1.0, "w": 1.0, "x": 1.0, "y": 1.0, "z": 1.0}
    pick = robustness.Given(choices={"weights": [0, 1]})
    actual, expected = (
        sample_ranks(
            method,
            data,
            vary=[robustness.Alternatives(weights=[None, own]), pick],  # type: ignore[list-item]
            rng=0,
        ).scores()
        for own in (way, named)
    )
    pd.testing.assert_frame_equal(actual, expected)
    alone = variant(method, weights=way).compute(data).score  # type: ignore[arg-type]
    np.testing.assert_allclose(actual.loc[1][alone.index], alone)


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
    assert "A (1) ahead of B (2) in 75.0% of draws" in said
    assert "1 of 3 units keep one rank" in said


def test_counted_and_kept_ranks_agree(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_convergence_shows_fewer_draws() -> None:
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


def in_leagues() -> RankSample:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.random((12, 3)), columns=list("xyz"))
    frame = frame.assign(unit=[f"u{i:02}" for i in range(12)], league=["hills", "coast"] * 6)
    data = Observations.from_frame(frame, unit="unit", league="league")
    return sample_ranks(flat(), data, vary=[robustness.Weights(spread=0.5)], draws=50, rng=1)


def test_tables_show_the_league_if_there_are_several() -> None:
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


def test_the_summary_names_the_first_of_each_league() -> None:
    sample = in_leagues()
    said = sample.summary
    shares = sample.top(1)
    for league in ("hills", "coast"):
        part = said.split(f"First in {league}:\n")[1].split("\nFirst in")[0].split("\n\n")[0]
        own = shares[sample.intervals()["league"] == league]
        assert f"  {own.idxmax()}: {own.max():.1%}" in part
    assert "First:" not in said
    assert "First:" in drawn_alone().summary


def test_variations_of_data_are_shown_without_their_numbers() -> None:
    assert repr(robustness.Errors({"x": 0.5, "y": 1.0})) == "<errors of 'x', 'y', normal>"
    assert repr(robustness.Replicates({"x": np.ones((3, 4))})) == "<3 replicates of 'x'>"
    assert repr(robustness.Given(weights={"a": [1, 2]})) == "<2 given draws of 'a'>"


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
    actual = counting(reversed_places, np.zeros(draws, dtype=bool))
    assert actual.shift_squares == draws * apart**2 > 2**62

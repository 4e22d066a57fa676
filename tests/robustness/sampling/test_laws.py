"""Laws of draws: reproducible, whatever the order, the number and the workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import (
    Observations,
    aggregate,
    robustness,
)
from govindex.robustness import RankSample, sample_ranks
from tests.robustness.examples import (
    data_of,
    flat,
    random_data,
)

MIXED: list[Any] = [
    robustness.Weights(spread=0.5),
    robustness.Errors({"x": 0.05}, limits={"x": (0, 1)}),
    robustness.Alternatives(aggregate=[None, aggregate.Geometric(0.1)]),
    robustness.LeaveOut(["x", "y"]),
]


def ranks_of_draws(sample: RankSample) -> Any:
    assert sample._kept is not None
    return sample._kept


@given(draws=st.integers(1, 400))
@settings(max_examples=10)
def test_the_first_draws_are_the_same_however_many_follow(draws: int) -> None:
    data = random_data(1, 20)
    few, many = (
        sample_ranks(flat(), data, vary=MIXED, draws=count, rng=7) for count in (draws, 3_000)
    )
    assert (ranks_of_draws(few) == ranks_of_draws(many)[:draws]).all()


def test_any_number_of_workers_gives_the_same_bytes() -> None:
    data = random_data(1, 200)
    alone = sample_ranks(flat(), data, vary=MIXED, draws=9_000, rng=7)
    calls: list[tuple[int, int]] = []
    with ThreadPoolExecutor(3) as pool:
        together = sample_ranks(
            flat(),
            data,
            vary=MIXED,
            draws=9_000,
            rng=7,
            executor=pool,
            progress=lambda done, whole: calls.append((done, whole)),
        )
    assert (ranks_of_draws(alone) == ranks_of_draws(together)).all()
    assert calls[-1] == (9_000, 9_000)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


@given(seed=st.integers(0, 1000), order=st.permutations(range(8)))
@settings(max_examples=15)
def test_the_order_of_units_and_columns_changes_no_rank(seed: int, order: list[int]) -> None:
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


def test_equal_units_share_a_rank_in_every_draw() -> None:
    numbers = np.random.default_rng(1).random((40, 3))
    numbers[20:] = numbers[:20]
    data = data_of({code: numbers[:, i] for i, code in enumerate("xyz")})
    sample = sample_ranks(flat(), data, vary=[robustness.Weights(spread=1)], draws=2_000, rng=1)
    ranks = ranks_of_draws(sample)
    assert (ranks[:, :20] == ranks[:, 20:]).all()


def test_without_relevant_variation_every_draw_is_the_nominal_ranking() -> None:
    data = random_data(6, 30)
    method = flat()
    vary = [robustness.Given(weights={"x": np.full(50, 1.0)})]
    sample = sample_ranks(method, data, vary=vary, rng=1)
    nominal = method.compute(data).ranks_at("index")
    assert (ranks_of_draws(sample) == 2 * nominal).all()
    assert sample.mean_shift == 0.0
    assert sample.concordance() == pytest.approx(1.0)


def test_a_generator_gives_other_draws_each_time_and_a_seed_the_same() -> None:
    data, vary = random_data(1, 15), [robustness.Weights(spread=1)]
    rng = np.random.default_rng(1)
    first, second = (sample_ranks(flat(), data, vary=vary, draws=50, rng=rng) for _ in range(2))
    assert (ranks_of_draws(first) != ranks_of_draws(second)).any()
    again = sample_ranks(flat(), data, vary=vary, draws=50, rng=np.random.default_rng(1))
    assert (ranks_of_draws(first) == ranks_of_draws(again)).all()

"""Which ranks a sample cannot separate."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import robustness, rules

METHOD = gi.Methodology(
    "example.x",
    "1",
    gi.Framework("index", [gi.Indicator("x", rule=rules.Goalposts(worst=-1000, best=1000))]),
)


def sampled(
    values: list[float], error: float = 1.0, draws: int = 4000, leagues: str | None = None
) -> robustness.RankSample:
    codes = [f"U{number}" for number in range(len(values))]
    groups = leagues or "l" * len(values)
    data = gi.Observations(
        [gi.Unit(code, league=league) for code, league in zip(codes, groups, strict=True)],
        ("x",),
        np.array(values)[:, None],
        errors=np.full((len(values), 1), error),
    )
    return robustness.sample_ranks(METHOD, data, vary=[robustness.Errors()], draws=draws, rng=1)


def test_two_clusters_are_two_groups() -> None:
    found = robustness.tied_groups(sampled([50.0, 49.5, 30.0, 29.8]))
    assert found["ranks"].tolist() == ["1–2", "1–2", "3–4", "3–4"]
    assert found["group"].tolist() == [1, 1, 2, 2]
    assert found["ahead"].tolist() == [0, 0, 2, 2]
    assert found["behind"].tolist() == [2, 2, 0, 0]


def test_a_chain_of_small_steps_begins_a_group_where_the_first_one_differs() -> None:
    found = robustness.tied_groups(sampled([20.0, 17.0, 14.0, 11.0]))
    assert found["group"].tolist() == [1, 1, 2, 2]
    assert found["ranks"].tolist() == ["1–2", "1–3", "2–4", "3–4"]


def test_pairs_are_tested_as_two_normal_values_are() -> None:
    # z = difference / (error · √2): 1.96 divides pairs without a correction.
    error = 1 / np.sqrt(2)
    for difference, groups in ((1.8, [1, 1]), (2.1, [1, 2])):
        sample = sampled([difference, 0.0], error, draws=40_000)
        found = robustness.tied_groups(sample, correction="none")
        assert found["group"].tolist() == groups


def test_leagues_are_compared_within_themselves() -> None:
    found = robustness.tied_groups(sampled([50.0, 30.0, 49.9, 10.0], leagues="abab"))
    ranks = {"U0": "1–2", "U2": "1–2", "U1": "1", "U3": "2"}
    assert found["ranks"].to_dict() == ranks


@given(
    values=st.lists(st.integers(0, 12), min_size=2, max_size=7),
    level=st.sampled_from([0.5, 0.8, 0.9]),
)
def test_stricter_corrections_find_no_more_differences(values: list[int], level: float) -> None:
    sample = sampled([float(value) for value in values], draws=800)
    found = [
        robustness.tied_groups(sample, level, correction=how)
        for how in ("none", "holm", "bonferroni")
    ]
    for loose, strict in pairwise(found):
        assert (strict["first"] <= loose["first"]).all()
        assert (strict["last"] >= loose["last"]).all()
    for table in found:
        assert (table["first"] <= table["last"]).all()
        assert table["ahead"].sum() == table["behind"].sum()


def test_too_few_draws_are_refused_with_the_number_that_is_needed() -> None:
    sample = sampled([5.0, 4.0, 3.0], draws=100)
    with pytest.raises(gi.SettingError, match=r"100 draws cannot show .* sample at least 119"):
        robustness.tied_groups(sample)
    assert len(robustness.tied_groups(sampled([5.0, 4.0, 3.0], draws=119))) == 3


@pytest.mark.parametrize("level", [0, 1, 95])
def test_levels_are_shares(level: float) -> None:
    with pytest.raises(gi.SettingError, match="level is a share between 0 and 1"):
        robustness.tied_groups(sampled([1.0, 2.0]), level)


@given(values=st.lists(st.integers(0, 6), min_size=2, max_size=8), seed=st.integers(0, 9))
def test_groups_have_the_ranks_of_their_units_and_divide_them(values: list[int], seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(values).astype(float).tolist()
    found = robustness.tied_groups(sampled(shuffled, draws=600), 0.9, correction="none")
    sizes = found.groupby("group").size()
    last = sizes.cumsum()
    for number, (label, rows) in enumerate(found.groupby("group")["rank_group"]):
        first = int(last.iloc[number] - sizes.iloc[number]) + 1
        expected = str(first) if sizes[label] == 1 else f"{first}–{last.iloc[number]}"
        assert rows.tolist() == [expected] * len(rows)
    assert last.iloc[-1] == len(values)
    assert found["group"].is_monotonic_increasing


def test_exact_values_are_groups_of_their_own() -> None:
    data = gi.Observations(
        [gi.Unit(code) for code in "ABC"],
        ("x",),
        [[3.0], [2.0], [1.0]],
        errors=[[0], [0], [1e-9]],  # type: ignore[arg-type]
    )
    sample = robustness.sample_ranks(METHOD, data, vary=[robustness.Errors()], draws=200, rng=1)
    assert robustness.tied_groups(sample)["rank_group"].tolist() == ["1", "2", "3"]

"""Shares in which nothing cancels are distinguished however small, by rules and in pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.agreement import outranking_matrix

SHARES = {"x": [3.0, 1.0, 2.0, 5.0], "y": [2.0, 1.0, 4.0, 5.0], "z": [1.0, 2.0, 4.0, 3.0]}
PAIRWISE = [
    gi.aggregate.Copeland(),
    gi.aggregate.Borda(),
    gi.aggregate.Kemeny(ambiguous="middle"),
    gi.aggregate.Condorcet(rings="tie"),
]
RULES = [
    gi.rules.Rank(),
    gi.rules.PercentRank(),
    gi.rules.Borda(),
    gi.rules.NormalScores(),
    gi.rules.MinMax(),
]


def compared(
    size: float, rule: Any = None, shift: bool = False, **settings: Any
) -> tuple[gi.Methodology, gi.Observations]:
    columns = {name: np.array(values) * size for name, values in SHARES.items()}
    frame = pd.DataFrame({"unit": list("ABCD"), **columns})
    inner: Any = gi.rules.Affine(slope=1, intercept=1e-30) if shift else gi.rules.Identity()
    leaves = [gi.Indicator(code, rule=inner) for code in SHARES]
    mean = gi.aggregate.Geometric()  # refuses what is negative
    children = [gi.Dimension("d", leaves, rule=rule, aggregate=mean)] if rule else leaves
    framework = gi.Framework("f", children, **settings)
    data = gi.Observations.from_frame(frame, unit="unit")
    return gi.Methodology("example.small", "1", framework, scale=1), data


def shares(method: gi.Methodology, data: gi.Observations, code: str) -> Any:
    result = method.compute(data)
    return result.shares[result.row_of(code)].tolist()


SIZES = st.integers(-250, -1)


@pytest.mark.parametrize("part", PAIRWISE, ids=repr)
@settings(max_examples=10)
@given(decade=SIZES)
def test_pairs_of_small_shares_are_compared_like_large_ones(part: Any, decade: int) -> None:
    small, large = compared(10.0**decade, aggregate=part), compared(0.1, aggregate=part)
    assert shares(*small, "f") == shares(*large, "f")


@pytest.mark.parametrize("rule", RULES, ids=repr)
@settings(max_examples=10)
@given(decade=SIZES)
def test_rules_tell_small_sums_of_one_sign_apart(rule: Any, decade: int) -> None:
    small, large = compared(10.0**decade, rule), compared(0.1, rule)
    assert shares(*small, "d") == pytest.approx(shares(*large, "d"))
    anchored = small[0].anchored(small[1])
    assert shares(anchored, small[1], "d") == pytest.approx(shares(*small, "d"))


@pytest.mark.parametrize("rule", RULES, ids=repr)
@settings(max_examples=10)
@given(decade=SIZES)
def test_chains_tell_small_shares_of_an_indicator_apart(rule: Any, decade: int) -> None:
    def scored(size: float) -> tuple[gi.Methodology, gi.Observations]:
        frame = pd.DataFrame({"unit": list("ABCD"), "x": np.array(SHARES["x"]) * size})
        chain = gi.rules.Chain(gi.rules.Identity(), rule)
        method = gi.Methodology("e.x", "1", gi.Framework("f", [gi.Indicator("x", rule=chain)]))
        return method, gi.Observations.from_frame(frame, unit="unit")

    small, large = scored(10.0**decade), scored(0.1)
    assert shares(*small, "x") == pytest.approx(shares(*large, "x"))
    anchored = small[0].anchored(small[1])
    assert shares(anchored, small[1], "x") == pytest.approx(shares(*small, "x"))


def test_chains_on_what_may_cancel_compare_by_the_scale() -> None:
    frame = pd.DataFrame({"unit": list("AB"), "x": [3e-30, 1e-30], "y": [0.0, 0.0]})
    chain = gi.rules.Chain(gi.rules.Identity(), gi.rules.MinMax(degenerate=0.5))
    leaves = [
        gi.Indicator("d", rule=chain, measure=gi.measures.Difference("x", "y")),
        gi.Indicator("v", rule=chain, measure=gi.measures.Value("x")),
    ]
    method = gi.Methodology("e.x", "1", gi.Framework("f", leaves))
    data = gi.Observations.from_frame(frame, unit="unit")
    assert shares(method, data, "d") == [0.5, 0.5]
    assert shares(method, data, "v") == [1.0, 0.0]


def test_small_shares_in_which_something_may_cancel_tie() -> None:
    method, data = compared(1e-30, shift=True, aggregate=gi.aggregate.Copeland())
    assert shares(method, data, "f") == [0.5] * 4


@pytest.mark.parametrize("size", [0.1, 1e-30])
def test_the_outranking_matrix_knows_small_shares(size: float) -> None:
    method, data = compared(size)
    outranking = outranking_matrix(method.compute(data))
    assert outranking.loc["A", "B"] == pytest.approx(2 / 3)


def test_drawn_pairs_of_small_shares_are_those_of_one_evaluation() -> None:
    method, data = compared(1e-30, aggregate=gi.aggregate.Copeland())
    choice = gi.robustness.Alternatives(aggregate=[gi.aggregate.Copeland(), gi.aggregate.Borda()])
    sample = gi.robustness.sample_ranks(method, data, vary=[choice], draws=8, rng=1)
    assert (sample.to_frame()["B"] == 4).all()

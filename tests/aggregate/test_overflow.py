"""Shares of any size are combined as the same shares in an ordinary size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import aggregate
from govindex.contracts import BranchScope, Everyone

SHARES = [
    np.array([[0.5, 0.75, 0.125, 0.25, 1.0]]),
    np.array([[0.25, 0.875, 0.5, 0.625, 0.375]]),
    np.array([[0.75, 0.5, 0.25, 0.125, 0.875]]),
]
WEIGHTS = [np.array([[2.0]]), np.array([[1.0]]), np.array([[3.0]])]
SCOPE = BranchScope(("a", "b", "c"), Everyone(5))
POWERS = st.integers(-1040, 1020)


def combined(part: Any, shares: list[Any]) -> Any:
    return part(shares, WEIGHTS, SCOPE) if getattr(part, "scoped", False) else part(shares, WEIGHTS)


MEANS = [
    aggregate.Arithmetic(),
    aggregate.Geometric(),
    aggregate.Harmonic(),
    aggregate.PowerMean(2),
    aggregate.PowerMean(-400),
    aggregate.Median(),
    aggregate.MazziottaPareto(),
    aggregate.MazziottaPareto("+", ddof=1),
    aggregate.MeanMin(0.5),
]


@pytest.mark.parametrize("part", MEANS, ids=repr)
@settings(max_examples=15)
@given(power=st.integers(-1000, 1017))
def test_means_follow_the_size_of_shares(part: Any, power: int) -> None:
    shares = combined(part, [np.ldexp(share, power) for share in SHARES])
    np.testing.assert_allclose(np.ldexp(shares, -power), combined(part, SHARES), rtol=1e-12)


@pytest.mark.parametrize(
    "part",
    [
        aggregate.TOPSIS(),
        aggregate.TOPSIS(scale="none"),
        aggregate.Hellwig(),
        aggregate.Hellwig(scale="none"),
        aggregate.BenefitOfTheDoubt(),
    ],
    ids=repr,
)
@settings(max_examples=15)
@given(power=POWERS)
def test_what_compares_ignores_the_size_of_shares(part: Any, power: int) -> None:
    shares = combined(part, [np.ldexp(share, power) for share in SHARES])
    np.testing.assert_allclose(shares, combined(part, SHARES), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "part",
    [aggregate.TOPSIS(), aggregate.Hellwig(), aggregate.BenefitOfTheDoubt()],
    ids=repr,
)
@settings(max_examples=15)
@given(powers=st.lists(st.integers(-450, 450), min_size=3, max_size=3))
def test_what_is_relative_in_each_child_ignores_their_sizes(part: Any, powers: list[int]) -> None:
    sized = [np.ldexp(share, power) for share, power in zip(SHARES, powers, strict=True)]
    np.testing.assert_allclose(combined(part, sized), combined(part, SHARES), rtol=1e-9, atol=1e-12)


def test_a_product_that_vanishes_is_refused_by_name() -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Identity()) for code in ("x", "y")]
    framework = gi.Framework("f", leaves, aggregate=aggregate.Product())
    frame = pd.DataFrame({"unit": ["A", "B", "C"], "x": [1.0, 1e-200, 0.0], "y": [1.0, 1e-200, 1]})
    data = gi.Observations.from_frame(frame)
    with pytest.raises(gi.DataError, match=r"unit 'B', node 'f': .* nearer to 0 than a number"):
        gi.Methodology("example.product", "1", framework, scale=1).compute(data)

"""The nearest weights: against linear programmes and optimality conditions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from govindex.robustness.exact.distances import nearest_l1, nearest_l2, nearest_single, turns


@st.composite
def leading_pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    seed, nodes = draw(st.integers(0, 10_000)), draw(st.integers(2, 9))
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(nodes, draw(st.sampled_from([0.3, 1.0, 5.0]))))
    actual = rng.normal(size=(12, nodes)).round(draw(st.sampled_from([1, 12])))
    actual += draw(st.sampled_from([0.0, 0.6]))
    actual *= np.where(actual @ weights > 0, 1.0, -1.0)[:, None]
    keep = (actual @ weights > 1e-9) & (actual < 0).any(axis=1)
    assume(keep.any())
    return weights, actual[keep]


@given(leading_pairs())
@settings(max_examples=40)
def test_the_least_weight_is_moved_as_the_linear_programme_moves_it(pairs: Any) -> None:
    weights, differences = pairs
    actual = nearest_l1(weights, differences)
    nodes = len(weights)
    assert actual.min() >= -1e-15
    np.testing.assert_allclose(actual.sum(axis=1), 1.0)
    np.testing.assert_allclose((actual * differences).sum(axis=1), 0.0, atol=1e-12)
    square = np.eye(nodes)
    for own, row in zip(actual, differences, strict=True):
        level = np.append(row, np.zeros(nodes))[None]
        best = linprog(
            np.append(np.zeros(nodes), np.ones(nodes)),
            A_ub=np.vstack([np.block([[square, -square], [-square, -square]]), level]),
            b_ub=np.concatenate([weights, -weights, [0.0]]),
            A_eq=np.append(np.ones(nodes), np.zeros(nodes))[None],
            b_eq=[1.0],
        )
        assert np.abs(own - weights).sum() == pytest.approx(best.fun, abs=1e-7)


@given(leading_pairs())
def test_the_nearest_weights_meet_the_conditions_of_an_optimum(pairs: Any) -> None:
    weights, differences = pairs
    for own, row in zip(nearest_l2(weights, differences), differences, strict=True):
        assert own.min() >= 0.0
        assert own.sum() == pytest.approx(1.0)
        assert own @ row == pytest.approx(0.0, abs=1e-10)
        # w − u = λ + μ·d where a weight is left, and no more than that where it is 0; μ ≥ 0.
        free = own > 0
        terms = np.stack([np.ones(free.sum()), row[free]], axis=1)
        (level, slope), *_ = np.linalg.lstsq(terms, (weights - own)[free], rcond=None)
        np.testing.assert_allclose(terms @ [level, slope], (weights - own)[free], atol=1e-9)
        assert slope >= 0
        assert (weights[~free] <= level + slope * row[~free] + 1e-9).all()


def of_others(weights: Any, row: Any, node: int) -> Any:
    left = np.delete(weights, node)
    return left @ np.delete(row, node) / left.sum()


@given(leading_pairs())
@example((np.array([1.0 - 6.3e-9, 6.3e-9]), np.array([[0.91, -0.39], [1.95, -0.85]])))
def test_one_weight_alone_moves_least_of_all_that_end_the_lead(pairs: Any) -> None:
    weights, differences = pairs
    index, to = nearest_single(weights, *turns(weights, differences))
    grid = np.linspace(0.0, 1.0, 201)
    for row, own, end in zip(differences, index, to, strict=True):
        margin = np.inf if np.isnan(end) else abs(end - weights[own])
        for node, weight in enumerate(weights):
            if weight == 1.0:
                continue
            others = of_others(weights, row, node)
            lead = grid * row[node] + (1.0 - grid) * others
            assert (lead[np.abs(grid - weight) < margin - 1e-9] > -1e-9).all()
        if not np.isnan(end):
            others = of_others(weights, row, own)
            assert end * row[own] + (1.0 - end) * others == pytest.approx(0.0, abs=1e-9)

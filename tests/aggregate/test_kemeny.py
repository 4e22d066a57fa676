"""Kemeny–Young: the least contradiction, all best orders, rings too large."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.aggregate import Condorcet, Kemeny
from govindex.errors import CellError, DataError, FrameworkError, SettingError
from govindex.rules import Identity
from govindex.testing import observed

NAN = float("nan")


def placed(table: Any, weights: Any, **settings: Any) -> list[float]:
    """Rank units by a table of units × children, NaN for a child that a unit lacks."""
    columns = np.array(table, dtype=float).T
    carried = [np.where(np.isnan(c), 0.0, w) for c, w in zip(columns, weights, strict=True)]
    shares = Kemeny(**settings)([np.nan_to_num(c) for c in columns], carried)
    return shares.tolist()  # type: ignore[no-any-return]


def agreed(table: Any, weights: Any) -> Any:
    """Try every order: which units rank before which in all of the best ones."""
    count = len(table)
    cost = np.zeros((count, count))
    for i, j in itertools.permutations(range(count), 2):
        both = [
            (a - b, w)
            for a, b, w in zip(table[i], table[j], weights, strict=True)
            if a == a and b == b
        ]
        if both:
            lost = sum(w * ((gap < 0) + (gap == 0) / 2) for gap, w in both)
            cost[i, j] = lost / sum(w for _, w in both)
    orders = list(itertools.permutations(range(count)))
    costs = [sum(cost[a, b] for a, b in itertools.combinations(order, 2)) for order in orders]
    best = [o for o, c in zip(orders, costs, strict=True) if c < min(costs) + 1e-9]
    ahead = np.ones((count, count), dtype=bool)
    for order in best:
        index = np.argsort(order)
        ahead &= index[:, None] < index
    return ahead


values = st.sampled_from([0.1, 0.2, 0.3, 0.4])


def tables(cell: Any) -> Any:
    return st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=5)


@settings(max_examples=60)
@given(tables(st.one_of(values, st.just(NAN))), st.sampled_from([(1, 1, 1), (5, 3, 2), (4, 3, 3)]))
def test_it_says_what_all_best_orders_agree_on(table: Any, weights: Any) -> None:
    table = [row for row in table if any(v == v for v in row)]
    if len(table) < 2:
        return
    ahead = agreed(table, weights)
    rise = ahead.sum(axis=1) - ahead.sum(axis=0)
    shares = (len(table) - 1 + rise) / 2 / (len(table) - 1)
    alone = [not any(_common(a, b) for b in table if b is not a) for a in table]
    shares = np.where(alone, 0.5, shares)
    np.testing.assert_allclose(
        placed(table, weights, ambiguous="middle"), shares, rtol=1e-12, atol=1e-15
    )
    is_an_order = (ahead == (rise[:, None] > rise)).all()
    if is_an_order:
        np.testing.assert_allclose(placed(table, weights), shares, rtol=1e-12, atol=1e-15)
    else:
        with pytest.raises(CellError, match="several orders are best"):
            placed(table, weights)


def _common(one: Any, other: Any) -> bool:
    return any(a == a and b == b for a, b in zip(one, other, strict=True))


@settings(max_examples=40)
@given(st.data(), tables(values))
def test_the_order_of_rows_moves_no_bit(data: st.DataObject, table: Any) -> None:
    order = data.draw(st.permutations(range(len(table))))
    kind: dict[str, Any] = data.draw(
        st.sampled_from([{"ambiguous": "middle"}, {"exact": 1, "beyond": "insertion"}])
    )
    shares = placed(table, (5, 3, 2), **kind)
    assert placed([table[i] for i in order], (5, 3, 2), **kind) == [shares[i] for i in order]


def test_where_there_is_a_condorcet_order_it_is_the_best() -> None:
    table = [[0.1, 0.9, 0.4], [0.2, 0.8, 0.6], [0.3, 0.7, 0.5], [0.3, 0.7, 0.5]]
    columns, weights = list(np.array(table).T), [np.array([w]) for w in (5.0, 3.0, 4.0)]
    expected = Condorcet()(columns, weights)
    np.testing.assert_array_equal(Kemeny()(columns, weights), expected)


def test_a_ring_with_equal_weights_ties() -> None:
    assert placed([[3, 1, 2], [2, 3, 1], [1, 2, 3], [0, 0, 0]], [1, 1, 1]) == [
        2 / 3,
        2 / 3,
        2 / 3,
        0,
    ]


def test_what_no_order_with_ties_says_names_the_units() -> None:
    # B before C in every best order, and A anywhere.
    data = observed({"a": [1, 3, 2], "b": [3, 2, 1]})
    leaves = [gi.Indicator(code, rule=Identity()) for code in "ab"]
    method = gi.Methodology(
        "x.kemeny", "1", gi.Framework("index", leaves, aggregate=Kemeny()), scale=1
    )
    with pytest.raises(DataError, match=r"has no rank: several orders.*unit 'U0', node 'index'"):
        method.compute(data)
    with pytest.raises(FrameworkError, match=r"aggregator of 'index': Kemeny"):
        gi.Methodology(
            "x.middle",
            "1",
            gi.Framework("index", leaves, aggregate=Kemeny(ambiguous="middle")),
        ).anchored(data)
    assert placed([[1, 3], [3, 2], [2, 1]], [1, 1], ambiguous="middle") == [0.5, 0.75, 0.25]


def test_a_ring_that_is_too_large_is_refused_or_improved_step_by_step() -> None:
    rng = np.random.default_rng(4)
    table = rng.random((9, 5)) + np.linspace(0, 0.3, 9)[:, None]
    weights = [5, 4, 3, 2, 1.5]
    with pytest.raises(CellError, match=r"ring of \d units, and Kemeny\(exact=2\) searches no"):
        placed(table, weights, exact=2)
    exact = placed(table, weights)
    shares = placed(table, weights, exact=2, beyond="insertion")
    assert sorted(shares) == sorted(exact)
    assert _cost(shares, table, weights) <= _cost(exact, table, weights) * 1.02


def _cost(shares: Any, table: Any, weights: Any) -> float:
    order = np.argsort(-np.array(shares), kind="stable")
    behind = np.array(weights) @ np.array(
        [(column < column[:, None]).T.ravel() for column in np.asarray(table).T]
    )
    costs = behind.reshape(len(order), len(order))  # of the row's standing before the column
    return float(sum(costs[a, b] for a, b in itertools.combinations(order, 2)))


def test_a_large_ring_of_nothing_but_ties_needs_no_search() -> None:
    assert placed([[i, 99 - i] for i in range(100)], [1, 1]) == [0.5] * 100


def test_equal_units_count_once_against_the_size() -> None:
    ring = [[3, 1, 2], [2, 3, 1], [1, 2, 3]]
    shares = placed(ring * 20, [5, 3, 3.5], exact=3)
    np.testing.assert_allclose(shares[:3] * 20, shares)
    alone = placed(ring, [5, 3, 3.5])
    assert np.argsort(shares[:3]).tolist() == np.argsort(alone).tolist()


def test_the_declared_size_is_put_in_order() -> None:
    rng = np.random.default_rng(3)
    table = rng.random((40, 8))
    shares = placed(table, range(1, 9), ambiguous="middle")
    assert len(set(shares)) > 10


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="exact is a whole number of at least 1, not 0"):
        Kemeny(exact=0)
    with pytest.raises(SettingError, match="there is no beyond 'insert'"):
        Kemeny(beyond="insert")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="there is no ambiguous 'mid'"):
        Kemeny(ambiguous="mid")  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="cannot score units outside it"):
        Kemeny(over="ranked")


def test_leagues_are_ordered_separately() -> None:
    frame = pd.DataFrame({"unit": list("ABCD"), "league": list("xxyy"), "a": [1, 2, 9, 8]})
    data = gi.Observations.from_frame(frame, league="league")
    leaves = [gi.Indicator("a", rule=Identity())]
    framework = gi.Framework("index", leaves, aggregate=Kemeny(over="league"))
    method = gi.Methodology("x.leagues", "1", framework, scale=1)
    assert method.compute(data).shares[0].tolist() == [0, 1, 1, 0]

"""Numbers of units know their peers, of which there are as many as units."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from govindex.contracts import Everyone, Matrix
from govindex.impute import Mean


def matrix(count: int) -> Matrix:
    values = np.arange(2.0 * count).reshape(2, count)
    return Matrix(values, ("days", "cost"), units=tuple(f"U{row}" for row in range(count)))


def test_a_matrix_without_peers_is_filled_as_one_of_units_that_are_alike() -> None:
    values = np.array([[1.0, np.nan, 3.0]])
    actual = Mean(over="ranked").fill(Matrix(values, ("days",)))
    assert np.array_equal(actual, Mean().fill(Matrix(values, ("days",), Everyone(3))))


@given(kept=st.lists(st.booleans(), max_size=5))
def test_a_matrix_of_some_units_has_as_many_peers(kept: list[bool]) -> None:
    actual = matrix(len(kept)).where(np.array(kept, dtype=bool))
    assert len(actual.peers) == len(actual.units) == actual.values.shape[1] == sum(kept)


def test_a_matrix_of_some_names_keeps_its_peers() -> None:
    whole = matrix(3)
    assert whole.of(["cost"]).peers is whole.peers

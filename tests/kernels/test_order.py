from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from govindex.kernels.order import normal_scores, quantile, sorted_reference, standing

Float = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

cells = st.tuples(st.sampled_from([1.0, 2.0, 2.5, -3.0, float("nan")]), st.booleans())
rows = st.lists(cells, min_size=1, max_size=9)


def columns(row: list[tuple[float, bool]]) -> tuple[Float, Bool]:
    return np.array([value for value, _ in row]), np.array([counts for _, counts in row])


def counted(row: list[tuple[float, bool]]) -> list[float]:
    return sorted(value for value, counts in row if counts and value == value)


@given(row=rows)
def test_standing_counts_values_below_and_up_to_each(row: list[tuple[float, bool]]) -> None:
    reference = counted(row)
    below, upto, count = standing(*columns(row))
    assert count.tolist() == [len(reference)]
    for (value, _), less, most in zip(row, below, upto, strict=True):
        if np.isnan(value):
            assert np.isnan([less, most]).all()
        else:
            assert less == sum(other < value for other in reference)
            assert most == sum(other <= value for other in reference)


@given(several=st.lists(rows, min_size=2, max_size=3), reference=st.booleans())
def test_rows_are_counted_side_by_side(several: list[Any], reference: bool) -> None:
    width = min(map(len, several))
    table = np.array([[value for value, _ in row[:width]] for row in several])
    mask = np.array([counts or reference for _, counts in several[0][:width]])
    together = standing(table[:, None, :], mask)
    for i, row in enumerate(table):
        for whole, alone in zip(together, standing(row, mask), strict=True):
            np.testing.assert_array_equal(whole[i, 0], alone)


@given(row=rows, part=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]))
def test_quantiles_are_those_of_numpy(row: list[tuple[float, bool]], part: float) -> None:
    reference = counted(row)
    value = quantile(*sorted_reference(*columns(row)), part)
    if reference:
        np.testing.assert_allclose(value, [np.quantile(reference, part)], atol=1e-12)
    else:
        assert np.isnan(value).all()


def test_a_quantile_of_no_values_is_nan() -> None:
    nothing = sorted_reference(np.array([1.0, 2.0]), np.array([False, False]))
    assert np.isnan(quantile(*nothing, 0.5)).all()


@given(count=st.integers(1, 5000), part=st.floats(0, 1))
def test_normal_scores_are_quantiles_and_mirror_each_other(count: int, part: float) -> None:
    rank = 1.0 + np.round(2 * part * (count - 1)) / 2
    ranks, size = np.array([rank, count + 1 - rank, np.nan]), np.array([float(count)])
    one, other, absent = normal_scores(ranks, size)
    assert one == -other
    assert np.isnan(absent)
    lower = min(rank, count + 1 - rank)
    expected = NormalDist().inv_cdf((lower - 0.5) / count)
    np.testing.assert_allclose(-abs(one), expected, rtol=1e-12, atol=1e-15)


def test_normal_scores_reach_far_out() -> None:
    scores = normal_scores(np.array([1.0]), np.array([1e13]))
    np.testing.assert_allclose(scores, NormalDist().inv_cdf(0.5e-13), rtol=1e-12)


def test_no_units_have_no_normal_scores() -> None:
    assert np.isnan(normal_scores(np.array([1.0]), np.array([0.0]))).all()

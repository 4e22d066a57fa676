"""Exact answers for user-defined means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

from govindex import (
    Dimension,
    SettingError,
    aggregate,
)
from govindex.contracts import Float, LinearScale
from govindex.robustness import (
    swap_margins,
    weight_intervals,
)
from govindex.testing import observed
from tests.robustness.exact.examples import (
    index_of,
    leaf,
    numbers,
    result_of,
)


@attrs.frozen
class LogMean:
    """A geometric mean, written anew and inheriting from nothing."""

    peer_dependent = False
    monotone = True
    linear = False
    sums_points = False
    mean = True

    def linear_scale(self) -> LinearScale:
        return LinearScale(("own logarithms", 0.0), 0.0, np.log, np.exp)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        sums = sum(w * np.log(s) for s, w in zip(shares, weights, strict=True))
        return np.asarray(np.exp(sums / sum(weights)))


@attrs.frozen
class RootMeanSquare(LogMean):
    """A power mean, written anew."""

    def linear_scale(self) -> LinearScale:
        return LinearScale(("own squares", 0.0), -1e-9, np.square, np.sqrt)

    def __call__(self, shares: Sequence[Float], weights: Sequence[Float]) -> Float:
        sums = sum(w * s**2 for s, w in zip(shares, weights, strict=True))
        return np.asarray(np.sqrt(sums / sum(weights)))


@attrs.frozen
class Boastful(LogMean):
    """It says that it is a mean of squares, and is not."""

    def linear_scale(self) -> LinearScale:
        return RootMeanSquare().linear_scale()


@pytest.mark.parametrize(
    ("own", "known"),
    [(LogMean(), aggregate.Geometric()), (RootMeanSquare(), aggregate.PowerMean(2))],
)
def test_a_user_defined_mean_has_exact_margins(own: Any, known: Any) -> None:
    actual, expected = (swap_margins(result_of(aggregate=mean)) for mean in (own, known))
    pd.testing.assert_frame_equal(actual, expected, rtol=1e-9)
    assert actual["l1"].notna().any()
    ours, theirs = (weight_intervals(result_of(aggregate=mean)) for mean in (own, known))
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9)


def test_a_mean_that_is_not_a_sum_on_its_scale_is_refused() -> None:
    with pytest.raises(SettingError, match="differ from the means of its children"):
        swap_margins(result_of(aggregate=Boastful()))


def test_a_mean_without_a_scale_has_no_margins() -> None:
    with pytest.raises(SettingError, match="no weighted mean on any scale"):
        swap_margins(result_of(aggregate=aggregate.Median()))


def test_means_on_different_scales_are_not_one_sum() -> None:
    inside = Dimension("a", [leaf("x"), leaf("y")], aggregate=LogMean())
    method = index_of([inside, leaf("z"), leaf("v")], aggregate=aggregate.Geometric())
    with pytest.raises(SettingError, match="'a' is combined by LogMean"):
        swap_margins(method.compute(observed(numbers(3, 5))))

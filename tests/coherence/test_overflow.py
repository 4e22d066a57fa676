"""Coherence of very large and very small numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import coherence

FIGURES = pd.DataFrame(
    {
        "a": [5.0, 7.0, 2.0, 9.0, 4.0, 6.0, 3.0],
        "b": [1.0, 8.0, 3.0, 2.0, 7.0, 5.0, 4.0],
        "c": [6.0, 6.0, 9.0, 1.0, 8.0, 2.0, 7.0],
    }
)
WITHOUT_UNIT = ["skewness", "kurtosis", "nonzero", "distinct", "largest_tie"]
OF_EACH: dict[str, Callable[[gi.Observations], Any]] = {
    "pearson": coherence.correlation_matrix,
    "spearman": lambda data: coherence.correlation_matrix(data, how="spearman"),
    "kendall": lambda data: coherence.correlation_matrix(data, how="kendall"),
    "p-values": lambda data: coherence.correlations(data)["p_value"],
    "components": lambda data: coherence.principal_components(data).loadings,
    "adequacy": coherence.sampling_adequacy,
    "sphericity": lambda data: coherence.sphericity(data).p_value,
    "clusters": lambda data: coherence.clusters(data, count=2),
    "statistics": lambda data: coherence.statistics(data)[WITHOUT_UNIT],
}
OF_ALL: dict[str, Callable[[gi.Observations], Any]] = {
    "alpha": coherence.cronbach_alpha,
    "item-rest": coherence.item_rest,
}


def observed(frame: pd.DataFrame) -> gi.Observations:
    units = [f"U{row}" for row in range(len(frame))]
    return gi.Observations.from_frame(frame.assign(unit=units), unit="unit")


def same(one: Any, other: Any) -> None:
    np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("question", OF_EACH.values(), ids=OF_EACH)
@settings(max_examples=10)
@given(powers=st.lists(st.integers(-1070, 1018), min_size=3, max_size=3))
def test_each_indicator_may_have_any_size(
    question: Callable[[gi.Observations], Any], powers: list[int]
) -> None:
    sized = {c: np.ldexp(FIGURES[c], p) for c, p in zip(FIGURES, powers, strict=True)}
    same(question(observed(pd.DataFrame(sized))), question(observed(FIGURES)))


@pytest.mark.parametrize("question", OF_ALL.values(), ids=OF_ALL)
@settings(max_examples=10)
@given(power=st.integers(-1070, 1018))
def test_all_indicators_may_have_any_size(
    question: Callable[[gi.Observations], Any], power: int
) -> None:
    same(question(observed(FIGURES * 2.0**power)), question(observed(FIGURES)))


@settings(max_examples=15)
@given(power=st.integers(-1000, 1018))
@example(power=510)  # the mean of squares is finite, their sum is not
def test_statistics_in_the_measure_unit_follow_its_size(power: int) -> None:
    names = ["minimum", "maximum", "mean", "median", "deviation"]
    plain = coherence.statistics(observed(FIGURES))[names]
    same(np.ldexp(coherence.statistics(observed(FIGURES * 2.0**power))[names], -power), plain)


def test_pairs_are_correlated_on_common_units_however_large_the_others_are() -> None:
    one = [1e308, 1e-10, 2e-10, 4e-10, 3e-10]
    other = [np.nan, 1e-200, 3e-200, 2e-200, 4e-200]
    correlation_matrix = coherence.correlation_matrix(
        observed(pd.DataFrame({"x": one, "y": other}))
    )
    assert correlation_matrix.loc["x", "y"] == pytest.approx(
        np.corrcoef([1, 2, 4, 3], [1, 3, 2, 4])[0, 1]
    )


def test_the_median_of_the_largest_numbers_is_a_number() -> None:
    statistics = coherence.statistics(
        observed(pd.DataFrame({"x": [1.7e308, 1.7e308, 1.6e308, 1.0]}))
    )
    assert statistics.loc["x", "median"] == pytest.approx(1.65e308)


def test_a_deviation_that_no_number_holds_is_refused_by_name() -> None:
    data = observed(pd.DataFrame({"far": [-1.7e308, 1.7e308], "near": [1.0, 2.0]}))
    with pytest.raises(gi.DataError, match=r"the standard deviation of 'far' exceeds"):
        coherence.statistics(data)

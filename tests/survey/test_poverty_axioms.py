"""Axioms of counting poverty, and wrong counts that break each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.survey import Deprivation, PovertyMeasure, alkire_foster

CODES = ("a", "b", "c")
CUTOFF = 0.5  # deprived above it
Count = Callable[[pd.DataFrame, PovertyMeasure], float]


def measure_of(weights: tuple[float, ...], k: float) -> PovertyMeasure:
    pairs = zip(CODES, weights, strict=True)
    return PovertyMeasure([Deprivation(c, above=CUTOFF, weight=w) for c, w in pairs], k)


def m0(frame: pd.DataFrame, measure: PovertyMeasure) -> float:
    return float(alkire_foster(frame, measure).table()["M0"].item())


def poor(frame: pd.DataFrame, measure: PovertyMeasure) -> Any:
    return measure.poor(measure.scores(frame[list(CODES)].to_numpy() > CUTOFF))


# -- axioms ----------------------------------------------------------------------------------------


def replication(count: Count, frame: pd.DataFrame, measure: PovertyMeasure) -> None:
    """Two copies of a society are as poor as one."""
    twice = pd.concat([frame, frame], ignore_index=True)
    assert count(twice, measure) == pytest.approx(count(frame, measure))


def anonymity(count: Count, frame: pd.DataFrame, measure: PovertyMeasure) -> None:
    """Who is poor does not matter, only how."""
    turned = frame.iloc[::-1].reset_index(drop=True)
    assert count(turned, measure) == pytest.approx(count(frame, measure))


def deprivation_focus(count: Count, frame: pd.DataFrame, measure: PovertyMeasure) -> None:
    """More of what somebody does not lack changes nothing."""
    better = frame.mask(frame <= CUTOFF, frame - 1)
    assert count(better, measure) == pytest.approx(count(frame, measure))


def poverty_focus(count: Count, frame: pd.DataFrame, measure: PovertyMeasure) -> None:
    """A gain of people who are not poor changes nothing."""
    better = frame.copy()
    better.loc[~poor(frame, measure)] = 0.0
    assert count(better, measure) == pytest.approx(count(frame, measure))


def dimensional_monotonicity(count: Count, frame: pd.DataFrame, measure: PovertyMeasure) -> None:
    """A poor person who lacks one thing more makes the society poorer."""
    lacking = frame[list(CODES)].to_numpy() > CUTOFF
    for row in np.flatnonzero(poor(frame, measure)).tolist():
        for column, code in enumerate(CODES):
            if not lacking[row, column]:
                worse = frame.copy()
                worse.loc[row, code] = 1.0
                assert count(worse, measure) > count(frame, measure) + 1e-9


def weights_in_proportion(count: Count, frame: pd.DataFrame, measure: PovertyMeasure) -> None:
    """Only the proportions of weights count."""
    weights = tuple(3.0 * each.weight for each in measure.deprivations)
    scaled = measure_of(weights, measure.cutoff)
    assert count(frame, scaled) == pytest.approx(count(frame, measure))


def between_none_and_all(count: Count, frame: pd.DataFrame, measure: PovertyMeasure) -> None:
    """0 if nobody lacks anything, 1 if everybody lacks everything."""
    assert count(frame * 0.0, measure) == 0
    assert count(frame * 0.0 + 1.0, measure) == pytest.approx(1)
    assert -1e-12 <= count(frame, measure) <= 1 + 1e-12


AXIOMS = [
    replication,
    anonymity,
    deprivation_focus,
    poverty_focus,
    dimensional_monotonicity,
    weights_in_proportion,
    between_none_and_all,
]


@pytest.mark.parametrize("axiom", AXIOMS)
@given(
    rows=st.lists(st.tuples(*[st.sampled_from([0.0, 0.2, 1.0])] * 3), min_size=2, max_size=6),
    weights=st.tuples(*[st.integers(1, 4).map(float)] * 3),
    k=st.sampled_from([0.01, 1 / 3, 0.5, 1.0]),
)
def test_counting_keeps_the_axiom(
    axiom: Any, rows: list[tuple[float, ...]], weights: tuple[float, ...], k: float
) -> None:
    axiom(m0, pd.DataFrame(rows, columns=list(CODES)), measure_of(weights, k))


# -- wrong counts ----------------------------------------------------------------------------------


def _scores(frame: pd.DataFrame, measure: PovertyMeasure) -> Any:
    return measure.scores(frame[list(CODES)].to_numpy() > CUTOFF)


def in_heads(frame: pd.DataFrame, measure: PovertyMeasure) -> float:
    return len(frame) * m0(frame, measure)


def first_row_counts_twice(frame: pd.DataFrame, measure: PovertyMeasure) -> float:
    return m0(pd.concat([frame.head(1), frame], ignore_index=True), measure)


def means_of_achievements(frame: pd.DataFrame, measure: PovertyMeasure) -> float:
    values = np.where(poor(frame, measure)[:, None], frame[list(CODES)], 0.0)
    return float(values.mean())


def uncensored(frame: pd.DataFrame, measure: PovertyMeasure) -> float:
    return float(_scores(frame, measure).mean())


def headcount_alone(frame: pd.DataFrame, measure: PovertyMeasure) -> float:
    return float(poor(frame, measure).mean())


def weights_as_they_are(frame: pd.DataFrame, measure: PovertyMeasure) -> float:
    lacking = frame[list(CODES)].to_numpy() > CUTOFF
    weights = np.array([each.weight for each in measure.deprivations])
    return float(np.where(poor(frame, measure), lacking @ weights, 0.0).mean())


def intensity_of_those_who_are_poor(frame: pd.DataFrame, measure: PovertyMeasure) -> float:
    found = alkire_foster(frame, measure).table()["A"].item()
    return 0.5 if np.isnan(found) else float(found)


WRONG = [
    (in_heads, replication),
    (first_row_counts_twice, anonymity),
    (means_of_achievements, deprivation_focus),
    (uncensored, poverty_focus),
    (headcount_alone, dimensional_monotonicity),
    (weights_as_they_are, weights_in_proportion),
    (intensity_of_those_who_are_poor, between_none_and_all),
]
SOCIETY = pd.DataFrame([(0.0, 0.2, 1.0), (1.0, 1.0, 0.2), (1.0, 1.0, 1.0)], columns=list(CODES))


@pytest.mark.parametrize(("count", "axiom"), WRONG)
def test_axiom_catches_the_wrong_count(count: Count, axiom: Any) -> None:
    measure = measure_of((1.0, 2.0, 1.0), 0.5)
    axiom(m0, SOCIETY, measure)
    with pytest.raises(AssertionError):
        axiom(count, SOCIETY, measure)


def test_every_axiom_catches_a_wrong_count() -> None:
    assert [axiom for _, axiom in WRONG] == AXIOMS

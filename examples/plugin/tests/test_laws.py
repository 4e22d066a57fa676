"""Both methodologies keep the laws that their parts promise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import govindex as gi
from govindex.testing import methodology_checks

FIGURES = gi.Observations.from_frame(
    gi.read_table(Path(__file__).with_name("figures.csv")), unit="unit", league="league"
)
RUBRIC = methodology_checks(gi.methodology("made-up-province.reform@2026"))
# Nobody can see from outside which figures code accepts: it is tried on data like these.
MEDIAN = methodology_checks(gi.methodology("made-up-province.median@2026"), data=FIGURES)


@pytest.mark.parametrize("check", RUBRIC, ids=str)
def test_rubric_keeps_the_law(check: Callable[[], None]) -> None:
    check()


@pytest.mark.parametrize("check", MEDIAN, ids=str)
def test_median_keeps_the_law(check: Callable[[], None]) -> None:
    check()

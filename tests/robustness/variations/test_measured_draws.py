"""Drawn values go through measures together, not draw by draw."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np

import govindex as gi
from govindex import measures, robustness, rules
from govindex.contracts import BaseMeasure, Cells, Columns


@attrs.frozen
class CountedRatio(BaseMeasure):
    """A part of a whole, which counts how often it is asked."""

    ratio: measures.Ratio
    calls: ClassVar[list[int]] = []

    @property
    def variables(self) -> tuple[str, ...]:
        return self.ratio.variables

    def __call__(self, columns: Columns) -> Cells:
        cells = self.ratio(columns)
        self.calls.append(len(cells.values))
        return cells


def test_a_measure_of_drawn_values_is_asked_once_for_a_block() -> None:
    ratio = measures.Ratio("satisfied", "valid", times=100)
    data = gi.Observations(
        [gi.Unit(code) for code in "ABC"],
        ["satisfied", "valid"],
        [[80.0, 100.0], [79.0, 100.0], [60.0, 100.0]],
        errors=[[2.0, 0.0], [2.0, 0.0], [2.0, 0.0]],
    )
    samples = []
    for measure in (ratio, CountedRatio(ratio)):
        leaf = gi.Indicator("share", measure=measure, rule=rules.Proportional(target=100))
        method = gi.Methodology("example.share", "1", gi.Framework("share-index", [leaf]))
        CountedRatio.calls.clear()
        vary = [robustness.Errors(limits=(0, 100))]
        samples.append(robustness.sample_ranks(method, data, vary=vary, draws=300, rng=1))
    assert max(CountedRatio.calls) >= 300
    assert len(CountedRatio.calls) <= 3
    first, second = (sample.pairwise().to_numpy() for sample in samples)
    np.testing.assert_array_equal(first, second)

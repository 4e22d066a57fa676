"""The first of several variables that is reported."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import SettingError
from govindex.measures import FirstReported, Largest

cell = st.none() | st.integers(0, 100).map(float)


def computed(measure: Any, **columns: list[float | None]) -> gi.IndexResult:
    rule = gi.rules.Goalposts(worst=0, best=100)
    leaf = gi.Indicator("i", measure=measure, rule=rule)
    framework = gi.Framework("x", [leaf], absence=gi.absence.Shrink())
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(count)], **columns}, dtype=object)
    return gi.Methodology("x", "1", framework).compute(gi.Observations.from_frame(frame))


@given(rows=st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=5))
def test_the_first_that_is_there_counts_and_others_are_marked(
    rows: list[tuple[float | None, float | None, float | None]],
) -> None:
    a, b, c = (list(column) for column in zip(*[(1.0, 2.0, 3.0), *rows], strict=True))
    result = computed(FirstReported(["a", "b", "c"]), a=a, b=b, c=c)
    row = result.codes.index("i")
    for unit, cells in enumerate(zip(a, b, c, strict=True)):
        present = [(i, value) for i, value in enumerate(cells) if value is not None]
        status = CellStatus(int(result.status[row, unit]))
        if not present:
            assert status is CellStatus.MISSING
            continue
        position, value = present[0]
        assert result.shares[row, unit] == pytest.approx(value / 100)
        assert status is (CellStatus.FALLEN_BACK if position else CellStatus.REPORTED)


def test_later_variables_may_be_left_out_of_the_data() -> None:
    alone = computed(FirstReported(["a", "b"]), a=[5.0, None])
    assert alone.shares[alone.codes.index("i"), 0] == 0.05
    assert FirstReported(["a", Largest(["b", "c"])]).optional == ("b", "c")


def test_one_variable_is_no_choice() -> None:
    with pytest.raises(SettingError, match="among at least two variables"):
        FirstReported(["a"])

"""Observations cell by cell, for tests that say which cells there are."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from hypothesis import strategies as st

from govindex import Framework, Observations
from govindex.testing import NA, observed
from govindex.testing.cells import Cell
from govindex.testing.strategies import frameworks, levels

__all__ = ["NA", "TABLE", "Case", "cases", "frameworks", "levels", "observations", "observed"]

# The columns of a result's table, before those of nodes.
TABLE = (
    *("rank", "name", "period", "league", "overall_rank"),
    *("score", "maximum", "percent", "band"),
)


@attrs.frozen(eq=False)
class Case:
    """A framework with observations that hold all it needs."""

    framework: Framework
    data: Observations


@st.composite
def observations(
    draw: st.DrawFn,
    framework: Framework,
    *,
    units: int | None = None,
    absent: bool = True,
    distinct: bool = False,
) -> Observations:
    """Draw every indicator's variable: ties, constants, missing and not applicable cells.

    With `distinct` every variable has two values that differ, so that relative rules have a scale.
    """
    count = draw(st.integers(1, 6)) if units is None else units
    some: st.SearchStrategy[Cell] = st.one_of(
        st.integers(0, 100).map(float), st.sampled_from([0.0, 25.0, 50.0, 100.0])
    )
    if absent:
        some = st.one_of(some, some, some, st.sampled_from([None, NA]))
    columns: dict[str, list[Cell]] = {}
    for code in framework.leaf_codes:
        constant = draw(st.integers(0, 7)) == 0
        columns[code] = (
            [draw(some)] * count
            if constant
            else draw(st.lists(some, min_size=count, max_size=count))
        )
        if distinct:
            columns[code][:2] = draw(st.permutations([0.0, 100.0]))
    return observed(columns)


@st.composite
def cases(
    draw: st.DrawFn,
    kind: Callable[[], st.SearchStrategy[Framework]] = frameworks,
    *,
    units: int | None = None,
    absent: bool = True,
    distinct: bool = False,
) -> Case:
    """Draw a framework and its observations."""
    framework = draw(kind())
    data = draw(observations(framework, units=units, absent=absent, distinct=distinct))
    return Case(framework, data)

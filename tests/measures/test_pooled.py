"""Sums of variables, and ratios of sums of counts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govindex.contracts import CellStatus
from govindex.errors import DataError, SettingError
from govindex.measures import PooledRatio, Ratio, Sum, Value
from govindex.testing import NA, observed
from tests.measures.engine import cells_of, marked_cells_of

MISSING, NOT_APPLICABLE = CellStatus.MISSING, CellStatus.NOT_APPLICABLE
count = st.integers(0, 1000)
pair = st.tuples(count, count).map(lambda two: (min(two), max(two)))
cell = st.one_of(st.just(None), st.just(NA), count)


def value(measure: Any, **cells: Any) -> Any:
    """Return the value of a unit with these cells, or why it has none."""
    # Another unit keeps columns from being blank.
    data = observed({name: [cell, 1.0] for name, cell in cells.items()})
    return cells_of(measure, data)["U0"]


@given(pairs=st.lists(pair, min_size=2, max_size=4))
def test_every_case_counts_alike_in_a_pooled_ratio(pairs: list[tuple[int, int]]) -> None:
    names = [f"n{i}" for i in range(len(pairs))], [f"d{i}" for i in range(len(pairs))]
    top, whole = map(sum, zip(*pairs, strict=True))
    cells = {names[side][i]: two[side] for i, two in enumerate(pairs) for side in (0, 1)}
    expected = float(Fraction(100 * top, whole)) if whole else 0.0
    assert value(PooledRatio(*names, times=100, empty="zero"), **cells) == pytest.approx(expected)


@given(first=cell, second=cell, third=cell)
def test_what_is_left_out_of_a_sum_adds_nothing_and_never_hides_all(
    first: Any, second: Any, third: Any
) -> None:
    cells = {"a": first, "b": second, "c": third}
    present = [cell for cell in cells.values() if cell is not None and cell is not NA]
    kinds = {None: MISSING, NA: NOT_APPLICABLE}
    lacking = {kinds[cell] for cell in cells.values() if cell is None or cell is NA}
    for missing, not_applicable in [
        ("missing", "not_applicable"),
        ("missing", "left_out"),
        ("left_out", "not_applicable"),
        ("left_out", "left_out"),
    ]:
        measure = Sum(list(cells), missing=missing, not_applicable=not_applicable)  # type: ignore[arg-type]
        left_out = {MISSING} if missing == "left_out" else set()
        left_out |= {NOT_APPLICABLE} if not_applicable == "left_out" else set()
        prevails = lacking - left_out
        if prevails:
            assert value(measure, **cells) is max(prevails)
        elif present:
            assert value(measure, **cells) == sum(present)
        else:
            assert value(measure, **cells) is min(lacking)


def test_a_pair_is_left_out_together() -> None:
    cells = {"a": 5, "b": 30, "whole_a": 10, "whole_b": None}
    by = (["a", "b"], ["whole_a", "whole_b"])
    assert value(PooledRatio(*by), **cells) is MISSING
    assert value(PooledRatio(*by, missing="left_out"), **cells) == 0.5
    assert value(Ratio(Sum(by[0]), Sum(by[1]), above="allow"), **cells) is MISSING


def test_each_pair_is_checked_by_itself() -> None:
    cells = {"a": 5, "b": 1, "whole_a": 4, "whole_b": 9}
    measure = PooledRatio(["a", "b"], ["whole_a", "whole_b"])
    with pytest.raises(DataError, match=r"cannot exceed its denominator \(5 of 4\)"):
        value(measure, **cells)
    allowed = PooledRatio(["a", "b"], ["whole_a", "whole_b"], above="allow")
    assert value(allowed, **cells) == pytest.approx(6 / 13)


def test_an_empty_group_adds_nothing_and_all_empty_groups_have_a_policy() -> None:
    by = (["a", "b"], ["whole_a", "whole_b"])
    assert value(PooledRatio(*by), a=0, b=3, whole_a=0, whole_b=4) == 0.75
    empty = {"a": 0, "b": 0, "whole_a": 0, "whole_b": 0}
    assert value(PooledRatio(*by, empty="not_applicable"), **empty) is NOT_APPLICABLE
    with pytest.raises(DataError, match="is 0, and the ratio declares no empty= policy"):
        value(PooledRatio(*by), **empty)


def test_marks_of_the_parts_reach_the_sum_and_suppressed_parts_stay_hidden() -> None:
    figures = {"a": [1.0, 2.0], "b": [3.0, 4.0]}
    data = observed(figures, marks={("U0", "b"): "imputed"})
    marked = {"U0": (4.0, "imputed"), "U1": (6.0, "reported")}
    assert marked_cells_of(Sum(["a", "b"]), data) == marked
    hidden = observed(figures, marks={("U0", "b"): "suppressed"})
    measure = Sum(["a", "b"], missing="left_out", not_applicable="left_out")
    assert cells_of(measure, hidden) == {"U0": CellStatus.SUPPRESSED, "U1": 6.0}


def test_codes_that_mean_missing_are_found_inside_pairs() -> None:
    measure = PooledRatio(["a", Value("b", missing_when=99)], ["c", "d"], missing="left_out")
    assert value(measure, a=5, b=99, c=10, d=99) == 0.5


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Sum(["a"]), "adds at least two variables"),
        (lambda: Sum("ab"), "adds at least two variables"),
        (lambda: Sum(["a", "b"], missing="zero"), r"Sum\(missing=…\) cannot be 'zero'"),  # type: ignore[arg-type]
        (lambda: PooledRatio(["a"], ["b"]), "at least two pairs .* given: 1 and 1"),
        (lambda: PooledRatio(["a", "b"], ["c"]), "at least two pairs .* given: 2 and 1"),
        (lambda: PooledRatio(["a", "b"], ["c", "d"], rounding=2), r"must be a Rounding"),  # type: ignore[arg-type]
    ],
)
def test_settings_are_checked(make: Any, problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        make()

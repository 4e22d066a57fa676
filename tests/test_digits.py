"""What a double cannot hold is refused by name, and so is what is no name, or is given twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi

LARGEST = 2**53
DIGITS = r"unit 'B', variable 'x': *-?[\d.]+ has more digits than a number can hold \(about 16\)"


def wide(values: Any, **more: Any) -> pd.DataFrame:
    return pd.DataFrame({"unit": ["A", "B"], "x": values, **more})


@pytest.mark.parametrize(
    "frame",
    [
        wide([LARGEST, LARGEST + 1]),
        wide([LARGEST, -LARGEST - 1]),
        wide([LARGEST, LARGEST + 1], y=[0.5, np.nan]),
        wide([10**20, 10**20 + 1]),
        wide([str(LARGEST), str(LARGEST + 1)]),
        wide(["1", f" {LARGEST + 1}.0"]),
        wide([Decimal(LARGEST), Decimal(LARGEST + 1)]),
        wide(pd.array([None, LARGEST + 1], dtype="Int64")),
        pl.DataFrame({"unit": ["A", "B"], "x": [None, LARGEST + 1], "y": [0.1, 0.2]}),
        pl.DataFrame({"unit": ["A", "B"], "x": [Decimal(1), Decimal(LARGEST + 1)]}),
    ],
    ids=lambda frame: str(frame["x"].dtype),
)
def test_whole_numbers_that_lose_digits_are_refused_by_name(frame: Any) -> None:
    with pytest.raises(gi.DataError, match=DIGITS + r".* larger measure unit"):
        gi.Observations.from_frame(frame)


def test_long_frames_refuse_lost_digits_too() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "variable": "x", "value": [LARGEST, LARGEST + 1]})
    with pytest.raises(gi.DataError, match=r"unit 'B', .* has more digits than a number can hold"):
        gi.Observations.from_long(frame)


@given(st.integers(-(2**70), 2**70))
def test_a_whole_number_is_held_exactly_or_refused(number: int) -> None:
    for cells in ([0, number], ["0", str(number)]):
        frame = wide(pd.array(cells, dtype="object"))
        if int(float(number)) == number:
            assert gi.Observations.from_frame(frame).values[1, 0] == number
        else:
            with pytest.raises(gi.DataError, match=DIGITS):
                gi.Observations.from_frame(frame)


@pytest.mark.parametrize(
    "cell", [1e300, "1e300", "9.007199254740993e15", 0.1, "0.1", Decimal("0.1")]
)
def test_numbers_that_nobody_wrote_in_whole_digits_are_read(cell: Any) -> None:
    data = gi.Observations.from_frame(wide(pd.array([cell, cell], dtype="object")))
    assert data.values[:, 0].tolist() == [float(cell)] * 2


CODES = r"column '{}' holds codes that are numbers with decimals, .*dtype={{'{}': str}}"


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"unit": [1.1, 1.2], "x": [1, 2]}),
        pd.DataFrame({"unit": pd.array([1.1, "1.10"], dtype="object"), "x": [1, 2]}),
        pd.DataFrame({"x": [1, 2]}, index=pd.Index([1.1, 1.2], name="unit")),
        pl.DataFrame({"unit": [1.1, 1.2], "x": [1, 2]}),
    ],
)
def test_unit_codes_with_decimals_are_no_numbers(frame: Any) -> None:
    with pytest.raises(gi.DataError, match=CODES.format("unit", "unit")) as caught:
        gi.Observations.from_frame(frame, unit="unit")
    assert [problem.code for problem in caught.value.problems][:1] == ["code.number"]


def test_codes_of_parents_with_decimals_are_no_numbers() -> None:
    frame = pd.DataFrame({"unit": ["1.1", "1.10"], "above": [1.5, None], "x": [1, 2]})
    with pytest.raises(gi.DataError, match=CODES.format("above", "above")):
        gi.Observations.from_frame(frame, unit="unit", parent="above")


def test_codes_that_are_whole_numbers_or_texts_are_read() -> None:
    whole = pd.DataFrame({"unit": [1.0, 2.0], "x": [1, 2]})
    texts = pd.DataFrame({"unit": ["1.1", "1.10"], "x": [1, 2]})
    assert gi.Observations.from_frame(whole, unit="unit").units.codes == ("1", "2")
    assert gi.Observations.from_frame(texts, unit="unit").units.codes == ("1.1", "1.10")


@pytest.mark.parametrize("variable", [5, 1.5, None, b"x", "", "  "])
def test_a_measure_reads_a_variable_by_its_name(variable: Any) -> None:
    with pytest.raises(
        gi.SettingError, match=r"Value\(…\) takes the name of a variable, a text, no"
    ):
        gi.measures.Value(variable)


def test_a_condition_is_the_name_of_a_variable() -> None:
    with pytest.raises(
        gi.SettingError, match="a condition is the name of a variable, a text, not 5"
    ):
        gi.measures.Conditions({5: 0.5})  # type: ignore[dict-item]


def small() -> tuple[gi.Methodology, gi.Observations]:
    posts = gi.rules.Goalposts(worst=0, best=10)
    framework = gi.Framework("f", [gi.Indicator(code, rule=posts) for code in "xy"])
    data = gi.Observations.from_frame(wide([1.0, 2.0], y=[3.0, 1.0]))
    return gi.Methodology("e.twice", "1", framework), data


@pytest.mark.parametrize("again", [True, False])
def test_the_same_variation_twice_is_refused_by_name(*, again: bool) -> None:
    method, data = small()
    one = gi.robustness.Weights(spread=0.25)
    vary = [one, one if again else gi.robustness.Weights(spread=0.25)]
    with pytest.raises(gi.SettingError, match=r"the same variation twice, Weights\(.*give it once"):
        gi.robustness.sample_ranks(method, data, vary=vary, draws=4, rng=1)
    with pytest.raises(gi.SettingError, match=r"the same variation twice, Weights\("):
        gi.robustness.sensitivity(method, data, vary={"a": vary[0], "b": vary[1]}, points=8, rng=1)


def test_variations_of_one_kind_that_differ_are_taken() -> None:
    method, data = small()
    vary = [gi.robustness.Weights(spread=0.25), gi.robustness.Weights(spread=0.1)]
    assert gi.robustness.sample_ranks(method, data, vary=vary, draws=4, rng=1).draws == 4

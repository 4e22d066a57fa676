"""Denominators from another table, and functions instead of quotients."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import CellStatus
from govindex.errors import FrameworkError
from govindex.prepare import Denominate
from govindex.schema import methodology_schema
from govindex.toml import dumps, loads
from tests.tables import column, lettered

CENSUS = pd.DataFrame({"unit": ["C", "A", "B", "elsewhere"], "people": [5, 20, 4, 1]})
amount = st.floats(1e-3, 1e6)


@given(
    amounts=st.lists(st.tuples(amount, amount), min_size=1, max_size=5),
    factor=st.sampled_from([1.0, 1000.0]),
)
def test_a_table_gives_what_the_data_would_give(
    amounts: list[tuple[float, float]], factor: float
) -> None:
    doctors, people = (list(column) for column in zip(*amounts, strict=True))
    inside = lettered(doctors=doctors, people=people)
    outside = lettered(doctors=doctors)
    table = pd.DataFrame({"unit": list(outside.units.codes)[::-1], "people": people[::-1]})
    step = Denominate({"doctors": "people"}, factor=factor, table=table)
    expected = Denominate({"doctors": "people"}, factor=factor)(inside)
    done = step(outside)
    assert column(done, "doctors") == column(expected, "doctors")
    assert done.variables == ("doctors",)
    assert step.reads == ("doctors",)
    by_hand = dict(zip(outside.units.codes, people, strict=True))
    assert Denominate({"doctors": "people"}, factor=factor, table={"people": by_hand}) == step


def test_units_that_the_table_lacks_have_a_missing_denominator() -> None:
    data = lettered(doctors=[30, 8, 9, 7])  # D is not in the table
    step = Denominate({"doctors": "people"}, table=CENSUS)
    with pytest.raises(gi.DataError, match=r"unit 'D', .*the denominator 'people' is missing"):
        step(data)
    done = attrs.evolve(step, lacking="missing")(data)
    assert done.cell("D", "doctors") is CellStatus.MISSING
    assert column(done, "doctors")[:3] == [1.5, 2.0, 1.8]


def test_a_table_of_other_units_or_of_a_variable_of_the_data_is_refused() -> None:
    data = lettered(doctors=[30.0, 8.0])
    other = pd.DataFrame({"unit": ["Hà Nội", "Huế"], "people": [8, 1]})
    with pytest.raises(gi.DataError, match="none of the units of the data: it has 'Hà Nội'"):
        Denominate({"doctors": "people"}, table=other)(data)
    both = lettered(doctors=[30.0, 8.0], people=[1.0, 2.0])
    with pytest.raises(gi.DataError, match="'people' is in the table and among the variables"):
        Denominate({"doctors": "people"}, table=CENSUS)(both)
    with pytest.raises(gi.DataError, match="'area'"):
        Denominate({"doctors": "people", "beds": "area"}, table=CENSUS)(data)


def _imputed(data: gi.Observations) -> gi.Observations:
    return gi.prepare.Impute(gi.impute.Mean(), variables=["people"])(data)


def _treated(data: gi.Observations) -> gi.Observations:
    return gi.prepare.TreatAs({"people": gi.treat.Between(high=20.0)})(data)


def _uncertain(data: gi.Observations) -> gi.Observations:
    return attrs.evolve(data, errors=np.full(data.values.shape, 0.5))


@pytest.mark.parametrize(
    ("marked", "mark"),
    [(_imputed, "'B', .*imputed"), (_treated, "'C', .*treated"), (_uncertain, "standard errors")],
)
def test_marks_are_not_lost_in_a_table(marked: Any, mark: str) -> None:
    frame = pd.DataFrame({"unit": ["A", "B", "C"], "people": [10.0, np.nan, 30.0]})
    table = gi.Observations.from_frame(frame)
    assert Denominate({"doctors": "people"}, table=table).table
    with pytest.raises(gi.errors.DataError, match=f"make them variables of the data: .*{mark}"):
        Denominate({"doctors": "people"}, table=marked(table))


def test_a_row_of_a_panel_has_the_number_of_its_period_or_of_its_unit() -> None:
    rows = {"unit": ["A", "A", "B", "B"], "year": ["2023", "2024"] * 2, "doctors": [2, 6, 8, 8]}
    data = gi.Observations.from_frame(pd.DataFrame(rows), period="year")
    years = pd.DataFrame({"unit": ["A", "A"], "year": ["2023", "2024"], "people": [1, 2]})
    panel = gi.Observations.from_frame(years, period="year")
    table = {"people": {**Denominate({"x": "people"}, table=panel).table["people"], "B": 4.0}}  # type: ignore[index]
    done = Denominate({"doctors": "people"}, table=table)(data)
    cells = {code: done.value(code, "doctors") for code in done.units.codes}
    assert cells == {"A@2023": 2.0, "A@2024": 3.0, "B@2023": 2.0, "B@2024": 2.0}


def test_a_table_is_part_of_the_document_and_of_the_fingerprint() -> None:
    framework = gi.Framework("index", [gi.Indicator("doctors", rule=gi.rules.Identity())])
    step = Denominate({"doctors": "people"}, table=CENSUS)
    method = gi.Methodology("example.table", "1", framework, steps=step, scale=1)
    assert loads(dumps(method)) == method
    other = attrs.evolve(step, table=CENSUS.assign(people=[5, 20, 4, 2]))
    assert attrs.evolve(method, steps=other).fingerprint != method.fingerprint
    assert "people" in repr(step)
    assert "20.0" not in repr(step)


def log_per_head(value: float, people: float) -> float:
    return math.log1p(value) - math.log(people)


def test_a_function_stands_in_place_of_the_quotient() -> None:
    data = lettered(doctors=[30, 8, None, "n/a"], people=[10, 4, 2, 2])
    done = Denominate({"doctors": "people"}, factor=2, function=log_per_head)(data)
    expected = [2 * log_per_head(30, 10), 2 * log_per_head(8, 4)]
    np.testing.assert_allclose(column(done, "doctors")[:2], expected, rtol=1e-11)
    assert [done.cell(unit, "doctors").name for unit in "CD"] == ["MISSING", "NOT_APPLICABLE"]


def test_a_function_decides_which_denominators_it_takes() -> None:
    data = lettered(x=[3.0, 5.0], y=[0.0, -2.0])
    less = Denominate({"x": "y"}, function=lambda x, y: x - y)
    assert column(less(data), "x") == [3.0, 7.0]
    assert not less.peer_dependent


def test_what_a_function_refuses_is_named_cell_by_cell() -> None:
    data = lettered(doctors=[30.0, 8.0, 1.0, 2.0], people=[0.0, -4.0, 1.0, None])
    with pytest.raises(gi.DataError) as caught:
        Denominate({"doctors": "people"}, function=log_per_head)(data)
    assert [problem.unit for problem in caught.value.problems] == ["D", "A", "B"]
    first, second, _ = map(str, caught.value.problems)
    assert "the denominator 'people' is missing; it must be known" in first
    assert "log_per_head(30, 0) raised ValueError(" in second
    step = Denominate({"doctors": "people"}, function=lambda x, y: math.inf)
    with pytest.raises(gi.DataError, match=r"gave inf, no finite number"):
        step(data.take(["C"]))
    step = Denominate({"doctors": "people"}, factor=1000, function=lambda x, y: 1e308)
    with pytest.raises(gi.DataError, match=r"\(1, 1\) gave 1e\+308, which is too large for factor"):
        step(data.take(["C"]))


def test_errors_are_divided_by_a_table_and_unknown_after_a_function() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "doctors": [30.0, 8.0]})
    data = gi.Observations.from_frame(frame)
    data = attrs.evolve(data, errors=np.array([[3.0], [1.0]]))
    done: Any = Denominate({"doctors": "people"}, table=CENSUS)(data)
    np.testing.assert_allclose(done.errors, [[0.15], [0.25]])
    other: Any = Denominate({"doctors": "people"}, table=CENSUS, function=log_per_head)(data)
    assert np.isnan(other.errors).all()
    assert len(other.reports) == len(done.reports) + 1  # the errors that are lost


def test_a_document_cannot_hold_a_function_and_a_fingerprint_can() -> None:
    framework = gi.Framework("index", [gi.Indicator("doctors", rule=gi.rules.Identity())])
    method, other = (
        gi.Methodology(
            "example.function",
            "1",
            framework,
            steps=Denominate({"doctors": "people"}, function=function),
        )
        for function in (log_per_head, lambda x, y: x - y)
    )
    with pytest.raises(FrameworkError, match="a document holds built-in parts only"):
        dumps(method)
    document = dumps(attrs.evolve(method, steps=Denominate({"doctors": "people"})))
    with pytest.raises(FrameworkError, match=r"steps\[0\].function: there is no such setting"):
        loads(document.replace('kind = "Denominate"', 'kind = "Denominate", function = "log"'))
    assert "function" not in str(methodology_schema())
    assert method.fingerprint == attrs.evolve(method).fingerprint
    assert method.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"table": {}}, "at least one denominator"),
        ({"table": {"people": [1, 2]}}, "is a data frame, observations, or a mapping of"),
        ({"table": {"people": {"A": "many"}}}, "'people' of 'A' is a finite number"),
        ({"table": {"peple": {"A": 1}}}, "no variable is divided by 'peple' of the table"),
        ({"function": 3}, r"function takes \(value, denominator\) -> number, not 3"),
        ({"function": float}, "function takes"),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(gi.SettingError, match=problem):
        Denominate({"doctors": "people"}, **settings)

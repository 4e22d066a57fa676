"""Stages of assessment: a declared order, declared falling back, and every such cell listed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import CellStatus

ORDER = ["self", "verified", "appealed"]
UNITS, VARIABLES = ("A", "B", "C"), ("x", "y")
NA = "n/a"
cells = st.sampled_from([None, NA, 0.0, 4.0, 10.0, 2.5])


def long(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "variable", "stage", "value"])


def read(rows: list[tuple[Any, ...]], **settings: Any) -> gi.Observations:
    return gi.Observations.from_long(long(rows), stage="stage", **{"stages": ORDER, **settings})


@st.composite
def assessments(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    keys = [(u, v, s) for u in UNITS for v in VARIABLES for s in ORDER]
    return [(*key, draw(cells)) for key in keys]


def seen(data: gi.Observations) -> dict[tuple[str, str], tuple[Any, str]]:
    return {
        (unit, variable): (data.value(unit, variable), data.cell(unit, variable).name)
        for unit in data.units.codes
        for variable in data.variables
    }


# -- the order is declared -------------------------------------------------------------------------


@given(rows=assessments(), fall_back=st.booleans(), random=st.randoms())
def test_the_order_of_rows_changes_nothing(rows: Any, fall_back: bool, random: Any) -> None:
    shuffled = random.sample(rows, len(rows))
    one, other = (read(given, fall_back=fall_back) for given in (rows, shuffled))
    assert seen(one) == seen(other)
    assert one.stage == other.stage == "appealed"


@given(rows=assessments())
def test_without_falling_back_only_the_last_stage_counts(rows: Any) -> None:
    last = {(u, v): value for u, v, stage, value in rows if stage == "appealed"}
    for (unit, variable), (value, status) in seen(read(rows)).items():
        given = last[unit, variable]
        assert value == (None if given == NA else given)
        expected = {None: "MISSING", NA: "NOT_APPLICABLE"}.get(given, "REPORTED")
        assert status == expected


@given(rows=assessments(), order=st.permutations(ORDER[:-1]), count=st.integers(0, 2))
def test_cells_fall_back_to_the_first_stage_that_says_something(
    rows: Any, order: list[str], count: int
) -> None:
    data = read(rows, fall_back=order[:count])
    said = {(u, v, s): value for u, v, s, value in rows}
    listed = {(r.unit, r.variable): r.stage for r in data.fallen_back.itertuples()}
    for unit, variable in seen(data):
        tried = ["appealed", *order[:count]]
        taken = next((s for s in tried if said[unit, variable, s] is not None), None)
        expected = None if taken is None else said[unit, variable, taken]
        assert data.value(unit, variable) == (None if expected == NA else expected)
        assert listed.get((unit, variable)) == (None if taken == "appealed" else taken)


def test_the_order_of_stages_must_be_declared() -> None:
    frame = long([("A", "x", "Thẩm định", 1), ("A", "x", "Tự chấm", 2)])
    with pytest.raises(gi.SettingError, match="holds 'Thẩm định', 'Tự chấm'; give them as stages="):
        gi.Observations.from_long(frame, stage="stage")


def test_stage_names_are_composed_and_stripped() -> None:
    rows = [("A", "x", " Tự chấm", 1), ("A", "x", "Thẩm định ", 2)]
    data = read(rows, stages=["Tự chấm", "Thẩm định"])
    assert data.value("A", "x") == 2


def test_undeclared_and_blank_stages_name_their_rows() -> None:
    rows = [("A", "x", "self", 1), ("B", "x", "verifed", 1), ("C", "x", None, 1)]
    with pytest.raises(gi.DataError) as caught:
        read(rows, stages=["self", "verified"])
    actual = {(problem.code, problem.row) for problem in caught.value.problems}
    assert actual == {("stage.undeclared", 2), ("stage.blank", 3)}
    assert "did you mean 'verified'" in str(caught.value)


def test_a_last_stage_without_rows_is_refused_unless_cells_fall_back() -> None:
    rows = [("A", "x", "self", 1)]
    with pytest.raises(gi.DataError, match="no row is of the last stage, 'appealed'"):
        read(rows)
    assert read(rows, fall_back=["self"]).cell("A", "x") is CellStatus.FALLEN_BACK


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"stages": []}, "takes the names of stages"),
        ({"stages": ["self", 2]}, "takes the names of stages"),
        ({"stages": ["self", "self"]}, "'self' more than once"),
        ({"fall_back": ["selv"]}, "not to 'selv': did you mean 'self'"),
        ({"fall_back": ["appealed"]}, "stages before 'appealed'"),
        ({"fall_back": ["self", "self"]}, "fall_back names 'self' more than once"),
        ({"stage": None}, "name the column with stage="),
        ({"stage": None, "stages": None, "fall_back": True}, "fall_back= needs a column"),
    ],
)
def test_settings_of_stages_are_checked(settings: Any, message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        gi.Observations.from_long(
            long([("A", "x", "self", 1)]), **{"stage": "stage", "stages": ORDER, **settings}
        )


def test_a_mark_for_missing_at_the_last_stage_is_missing() -> None:
    rows = [("A", "x", "self", "7"), ("A", "x", "verified", "KAD")]
    settings: Any = {"stages": ["self", "verified"], "notation": gi.Notation(missing=["KAD"])}
    assert read(rows, **settings).cell("A", "x") is CellStatus.MISSING
    assert read(rows, **settings, fall_back=True).value("A", "x") == 7


def test_not_applicable_at_the_last_stage_is_kept() -> None:
    rows = [("A", "x", "self", "7"), ("A", "x", "verified", NA)]
    data = read(rows, stages=["self", "verified"], fall_back=True)
    assert data.cell("A", "x") is CellStatus.NOT_APPLICABLE
    assert data.fallen_back.empty


# -- wide frames -----------------------------------------------------------------------------------


def wide(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "league", "stage", "x", "y"])


@given(rows=assessments(), fall_back=st.booleans())
def test_wide_and_long_frames_give_the_same_cells(rows: Any, fall_back: bool) -> None:
    table = long(rows).pivot(index=["unit", "stage"], columns="variable", values="value")
    settings: Any = {"stage": "stage", "stages": ORDER, "fall_back": fall_back}
    data = gi.Observations.from_frame(table.reset_index(), unit="unit", **settings)
    assert seen(data) == seen(read(rows, fall_back=fall_back))


def test_a_unit_without_a_row_of_the_last_stage_is_missing_there() -> None:
    frame = wide(
        [("A", "old", "self", 1, 2), ("B", "n", "self", 3, 4), ("A", "new", "verified", 5, 6)]
    )
    data = gi.Observations.from_frame(
        frame, unit="unit", league="league", stage="stage", stages=["self", "verified"]
    )
    assert (data.value("A", "x"), data.value("B", "x")) == (5, None)
    assert data.units[0].league == "new"
    assert data.at_stage("self").value("B", "y") == 4


def test_a_wide_frame_without_rows_of_the_last_stage_falls_back() -> None:
    frame = wide([("A", "n", "self", 1, "yes"), ("A", "n", "verified", 3, None)])
    data = gi.Observations.from_frame(
        frame, unit="unit", league="league", stage="stage", stages=ORDER, fall_back=True
    )
    assert (data.stage, data.value("A", "x"), data.value("A", "y")) == ("appealed", 3, "yes")
    assert data.fallen_back["stage"].tolist() == ["verified", "self"]


def test_rows_of_a_wide_frame_name_their_stage() -> None:
    frame = wide([("A", "n", "self", 1, 2), ("B", "n", "slef", 3, 4)])
    with pytest.raises(gi.DataError, match="row 2: 'slef' is not a declared stage: did you mean"):
        gi.Observations.from_frame(frame, unit="unit", stage="stage", stages=["self"])


# -- what was done travels -------------------------------------------------------------------------


def test_what_fell_back_is_listed_with_its_stage() -> None:
    rows = [("A", "x", "self", 10), ("A", "x", "verified", None), ("B", "x", "verified", 8)]
    data = read(rows, stages=["self", "verified"], fall_back=True)
    table = data.fallen_back
    assert table.to_dict("records") == [
        {
            "unit": "A",
            "name": "A",
            "variable": "x",
            "stage": "self",
            "status": "fallen back",
            "value": 10,
        }
    ]
    assert data.take(["A"]).fallen_back.equals(table)
    assert data.take(["B"]).fallen_back.empty


def test_figures_made_of_cells_that_fell_back_are_listed_too() -> None:
    rows = [("A", "x", "self", 10), ("B", "x", "verified", 8)]
    data = read(rows, stages=["self", "verified"], fall_back=True).roll_up({"A": "AB", "B": "AB"})
    assert data.cell("AB", "x") is CellStatus.FALLEN_BACK
    assert data.fallen_back["stage"].tolist() == [None]


def test_what_is_imputed_at_an_earlier_stage_stays_imputed() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": [1.0, None]})
    first = gi.prepare.Impute(gi.impute.Mean())(gi.Observations.from_frame(frame))
    last = gi.Observations.from_frame(frame.assign(x=np.nan))
    data = gi.Observations.from_stages({"self": first, "verified": last}, fall_back=True)
    assert [data.cell(u, "x").name for u in "AB"] == ["FALLEN_BACK", "IMPUTED"]
    assert data.fallen_back["unit"].tolist() == ["A", "B"]


def test_a_suppressed_value_is_seen_at_no_stage() -> None:
    units = [gi.Unit("A"), gi.Unit("B")]
    own = gi.Observations(units, ["x"], [[3.0], [4.0]])
    last = gi.Observations(units, ["x"], [[np.nan], [5.0]], [[CellStatus.SUPPRESSED], [0]])  # type: ignore[arg-type]
    data = gi.Observations.from_stages({"self": own, "verified": last}, fall_back=True)
    assert data.cell("A", "x") is CellStatus.SUPPRESSED
    assert data.at_stage("self").cell("A", "x") is CellStatus.SUPPRESSED
    assert data.at_stage("self").value("B", "x") == 4


def test_a_stage_of_the_data_keeps_their_choice_of_falling_back() -> None:
    rows = [("A", "x", "self", 1), ("A", "y", "verified", 2), ("A", "y", "appealed", 3)]
    data = read(rows, fall_back=["self"])
    assert data.at_stage("verified").value("A", "x") == 1
    assert data.at_stage("verified", fall_back=False).value("A", "x") is None


def test_periods_that_fall_back_otherwise_do_not_fit() -> None:
    rows = [("A", "x", "self", 10), ("A", "x", "verified", 8)]
    order = ["self", "verified"]
    years = {y: read(rows, stages=order, fall_back=y == "2025") for y in ("2025", "2026")}
    with pytest.raises(gi.DataError, match="period 2026 falls back to"):
        gi.Observations.panel(years)
    years["2026"] = read(rows, stages=order[::-1])
    years["2025"] = read(rows, stages=order)
    with pytest.raises(gi.DataError, match="in that order"):
        gi.Observations.panel(years)


# -- one stage against another ---------------------------------------------------------------------


def rubric(**settings: Any) -> gi.Methodology:
    leaves = [gi.Indicator(v, weight=10, rule=gi.rules.Points()) for v in VARIABLES]
    branch = gi.Dimension("d", leaves)
    framework = gi.Framework("f", [branch], aggregate=gi.aggregate.Sum(), **settings)
    return gi.Methodology("example.stages", "1", framework)


@given(rows=assessments())
def test_differences_of_stages_are_points_after_minus_before(rows: Any) -> None:
    data = read(rows)
    said = {(u, v, s): value for u, v, s, value in rows if value not in (None, NA)}
    table = gi.stage_differences(rubric(), data, before="self", after="verified")
    assert list(table.columns) == ["unit", "name", "node", "before", "after", "difference"]
    expected = [
        (unit, variable, said.get((unit, variable, "self")), said.get((unit, variable, "verified")))
        for unit in UNITS
        for variable in VARIABLES
        if {(unit, variable, "self"), (unit, variable, "verified")} & set(said)
    ]
    columns = (table[name].tolist() for name in ("unit", "node", "before", "after"))
    actual = [
        (unit, node, *(None if np.isnan(x) else x for x in points))
        for unit, node, *points in zip(*columns, strict=True)
    ]
    assert actual == expected
    both = table.dropna()
    assert (both["difference"] == both["after"] - both["before"]).all()


def test_a_figure_imputed_at_a_stage_stays_imputed() -> None:
    rows = [("A", "x", "self", 10), ("A", "y", "self", 1), ("A", "y", "verified", 1)]
    rows += [("B", "x", "self", 9), ("B", "x", "verified", 7), ("B", "y", "verified", 2)]
    method = rubric()
    steps = gi.prepare.Impute(gi.impute.Constant(5))
    method = gi.Methodology("example.stages", "1", method.framework, steps=steps)
    data = read(rows, stages=["self", "verified"])
    table = gi.stage_differences(method, data, before="self", after="verified")
    actual = table.set_index(["unit", "node"])["difference"].to_dict()
    assert actual["B", "x"] == -2
    assert np.isnan(actual["A", "x"])
    assert np.isnan(actual["B", "y"])


def test_differences_need_a_stage_that_exists() -> None:
    data = read([("A", "x", "appealed", 1), ("A", "y", "appealed", 1)])
    with pytest.raises(gi.UnknownNameError, match="no stage 'selv': did you mean 'self'"):
        gi.stage_differences(rubric(), data, before="selv", after="verified")


def test_the_result_lists_what_fell_back() -> None:
    rows = [("A", "x", "self", 10), ("A", "y", "verified", 3)]
    data = read(rows, stages=["self", "verified"], fall_back=True)
    result = rubric().compute(data)
    assert result.fallen_back.equals(data.fallen_back)
    assert result.marks[["unit", "node", "status"]].values.tolist() == [["A", "x", "fallen back"]]

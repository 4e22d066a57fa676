"""Units × variables, with a status for every cell and every stage of assessment."""

from __future__ import annotations

import unicodedata
from typing import Any

import attrs
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import CellStatus
from govindex.model.observations import Stage
from tests.tables import lettered

NAN = np.nan
FRAME = pd.DataFrame(
    {
        "unit": ["A", "B", "C"],
        "title": ["An", None, "Cu"],
        "region": ["north", "north", "south"],
        "kind": ["city", "rural", "rural"],
        "above": [None, "A", "A"],
        "counted": ["yes", None, "no"],
        "zone": ["x", "y", None],
        "days": [3, None, 5],
        "answer": ["yes", "n/a", "no"],
    }
)
LONG = pd.DataFrame(
    {
        "unit": ["A", "A", "B", "A", "B"],
        "variable": ["x", "y", "x", "x", "y"],
        "value": [1.0, 2.0, 3.0, 4.0, None],
        "stage": ["self", "self", "self", "verified", "verified"],
    }
)
STAGED: dict[str, Any] = {"stage": "stage", "stages": ["self", "verified"]}
cells = st.one_of(st.just(NAN), st.floats(-1e6, 1e6))
positive = st.floats(0.01, 100)


@st.composite
def observations(draw: st.DrawFn, elements: st.SearchStrategy[float] = cells) -> gi.Observations:
    count, width = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    row = st.lists(elements, min_size=width, max_size=width)
    values = draw(st.lists(row, min_size=count, max_size=count))
    units = [gi.Unit(f"U{i}") for i in range(count)]
    return gi.Observations(units, [f"x{i}" for i in range(width)], values)


def same(one: gi.Observations, other: gi.Observations) -> bool:
    return (
        one.units.codes == other.units.codes
        and one.variables == other.variables
        and one.values.tobytes() == other.values.tobytes()
        and one.status.tobytes() == other.status.tobytes()
        and one.levels == other.levels
    )


# -- wide frames ---------------------------------------------------------------------------------


def test_from_frame_reads_every_field_of_the_units() -> None:
    data = gi.Observations.from_frame(
        FRAME,
        unit="unit",
        name="title",
        league="region",
        type="kind",
        parent="above",
        ranked="counted",
        attributes="zone",
        period="2026",
    )
    assert data.units[0] == gi.Unit(
        "A", "An", league="north", type="city", attributes={"zone": "x"}
    )
    assert data.units.parents == (None, "A", "A")
    assert data.units.ranked_mask.tolist() == [True, True, False]
    assert (data.variables, data.period) == (("days", "answer"), "2026")


@pytest.mark.parametrize("variables", ["days", ["days"]])
def test_from_frame_reads_only_the_variables_named(variables: Any) -> None:
    data = gi.Observations.from_frame(FRAME, unit="unit", variables=variables)
    assert data.variables == ("days",)


def test_first_column_holds_the_units_by_default() -> None:
    assert gi.Observations.from_frame(pl.DataFrame({"x": ["A"], "y": [1]})).units.codes == ("A",)
    assert gi.Observations.from_frame(pd.DataFrame({"x": ["A"], "y": [1]})).units.codes == ("A",)


@pytest.mark.parametrize(
    "numbers",
    [[1, 2], [0.5, None], pd.Series([1, 2], dtype=object), pd.array([1, 2], dtype="Int64")],
    ids=["whole", "float", "object", "nullable"],
)
def test_running_number_in_the_first_column_is_not_a_code(numbers: Any) -> None:
    frame = pd.DataFrame({"STT": numbers, "Đơn vị": ["Sở A", "Sở B"], "x": [3, 4]})
    message = "column, 'STT', is named like a running.*with unit=…, one of 'STT', 'Đơn vị', 'x'"
    with pytest.raises(gi.DataError, match=message):
        gi.Observations.from_frame(frame)
    assert gi.Observations.from_frame(frame.drop(columns="STT")).units.codes == ("Sở A", "Sở B")


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(
    ("title", "cells"),
    [
        ("STT", ["1", "2"]),
        ("TT", ["I", "II"]),
        ("Số TT", ["a", "b"]),
        ("No.", ["01", "02"]),
        ("#", ["x1", "x2"]),
        ("year", ["2025", "2026"]),
        ("score", ["1.5", "2.5"]),
        ("order", ["01", "02"]),
    ],
)
def test_texts_that_count_the_rows_are_not_codes(
    library: Any, title: str, cells: list[str]
) -> None:
    frame = library({title: cells, "Đơn vị": ["Sở A", "Sở B"], "x": [3, 4]})
    with pytest.raises(gi.DataError, match=f"first column, '{title}', .* unit=….*shell: --unit"):
        gi.Observations.from_frame(frame)
    assert gi.Observations.from_frame(frame, unit="Đơn vị").units.codes == ("Sở A", "Sở B")
    assert gi.Observations.from_frame(frame, unit=title).units.codes == tuple(cells)


@pytest.mark.parametrize("cells", [["01", "79"], ["001", "002x"], ["H01", "H02"], ["1", "2a"]])
def test_texts_with_leading_zeros_or_letters_are_codes(cells: list[str]) -> None:
    frame = pd.DataFrame({"mã": cells, "x": [3, 4]})
    assert gi.Observations.from_frame(frame).units.codes == tuple(cells)


def test_an_index_that_counts_the_rows_is_not_a_code() -> None:
    frame = pd.DataFrame({"STT": [1, 2], "x": [3, 4]}).set_index("STT")
    with pytest.raises(gi.DataError, match="'STT', is named like a running number"):
        gi.Observations.from_frame(frame)
    assert gi.Observations.from_frame(frame, unit="STT").units.codes == ("1", "2")


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("field", ["league", "type", "parent"])
@pytest.mark.parametrize("blank", [None, "", "  "])
def test_a_blank_field_of_a_unit_names_its_row(library: Any, field: str, blank: Any) -> None:
    cells = ["n/a", blank, "A", blank]
    frame = library({"unit": list("ABCD"), "field": cells, "x": [1, 2, 3, 4]})
    columns: Any = {field: "field"}
    with pytest.raises(gi.DataError, match=f"no {field} .* in 2 places: first row 2; row 4") as why:
        gi.Observations.from_frame(frame, unit="unit", variables=["x"], **columns)
    assert [problem.row for problem in why.value.problems] == [2, 4]
    assert "fill_down=['field']" in str(why.value)
    assert "--fill-down" in str(why.value)


def test_merged_units_of_a_long_table_are_filled_down_and_values_are_not() -> None:
    rows = {"unit": ["A", None, "B"], "variable": ["x", "y", "x"], "value": [1.0, 2.0, None]}
    frame = pd.DataFrame(rows)
    with pytest.raises(gi.DataError, match="row 2: no unit is named"):
        gi.Observations.from_long(frame)
    data = gi.Observations.from_long(frame, fill_down=["unit"])
    assert (data.value("A", "y"), data.value("B", "x")) == (2.0, None)
    with pytest.raises(gi.SettingError, match="not 'value': a figure that was not reported"):
        gi.Observations.from_long(frame, fill_down=["value"])


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_merged_cells_are_filled_down_if_declared(library: Any) -> None:
    frame = library(
        {
            "region": ["north", None, "south", " "],
            "unit": ["A", "B", "C", "D"],
            "note": [None, "x", "", "y"],
            "x": [1, None, 3, 4],
        }
    )
    data = gi.Observations.from_frame(
        frame, unit="unit", league="region", attributes=["note"], fill_down=["region", "note"]
    )
    assert data.units.leagues == ("north", "north", "south", "south")
    assert data.units[2].attributes["note"] == "x"
    assert data.status[:, 0].tolist() == [0, CellStatus.MISSING, 0, 0]


def test_merged_units_of_a_panel_are_filled_down() -> None:
    frame = pd.DataFrame(
        {"unit": ["A", None, "B", None], "year": ["2025", "2026", "2025", "2026"], "x": range(4)},
        index=[7, 7, 3, 1],
    )
    data = gi.Observations.from_frame(frame, unit="unit", period="year", fill_down=["unit"])
    assert data.units.codes == ("A@2025", "A@2026", "B@2025", "B@2026")


def test_nothing_above_leaves_a_cell_blank() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "region": [None, "north"], "x": [1, 2]})
    with pytest.raises(gi.DataError, match="row 1: there is no league"):
        gi.Observations.from_frame(frame, unit="unit", league="region", fill_down=["region"])


@pytest.mark.parametrize("columns", [["x"], ["region", "x"], ["none"]])
def test_figures_are_never_filled_down(columns: list[str]) -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "region": ["n", "s"], "x": [1, None]})
    with pytest.raises(gi.SettingError, match=r"describe units, 'region', 'unit'; not '(x|none)'"):
        gi.Observations.from_frame(frame, unit="unit", league="region", fill_down=columns)


def test_a_unit_that_has_no_league_type_or_parent_says_so() -> None:
    frame = pd.DataFrame(
        {"unit": list("AB"), "l": ["n/a", "x"], "t": ["k", "Không áp dụng"], "p": ["n/a", "n/a"]}
    ).assign(x=[1, 2])
    units = gi.Observations.from_frame(frame, unit="unit", league="l", type="t", parent="p").units
    assert (units.leagues, units.types, units.parents) == ((None, "x"), ("k", None), (None, None))


@pytest.mark.parametrize("name", ["unit", "Code", "ID"])
def test_numbers_are_codes_where_the_first_column_says_so(name: str) -> None:
    frame = pd.DataFrame({name: [1, 2], "x": [3, 4]})
    assert gi.Observations.from_frame(frame).units.codes == ("1", "2")


def test_numbers_are_codes_where_unit_names_their_column() -> None:
    frame = pd.DataFrame({"STT": [1, 2], "x": [3, 4]})
    assert gi.Observations.from_frame(frame, unit="STT").units.codes == ("1", "2")


def test_text_column_among_numbers_can_be_left_out_or_kept_as_an_attribute() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "note": ["late", 3], "x": [1, 2]})
    with pytest.raises(gi.DataError, match=r"leave it out with variables=\[…\], or keep it as"):
        gi.Observations.from_frame(frame)
    assert gi.Observations.from_frame(frame, variables=["x"]).variables == ("x",)
    kept = gi.Observations.from_frame(frame, attributes=["note"])
    assert kept.units[0].attributes["note"] == "late"


def test_variable_in_another_unicode_form_is_the_same() -> None:
    split = unicodedata.normalize("NFD", "Tiến độ")
    data = gi.Observations([gi.Unit("A")], [split], [[0.0]], levels={split: [split]})
    assert data.variables == ("Tiến độ",)
    assert data.value("A", split) == "Tiến độ"


@pytest.mark.parametrize("name", ["province", 0, None])
def test_pandas_index_holds_the_units(name: Any) -> None:
    frame = pd.DataFrame({"x": [1, 2], "y": [3, 4]}, index=pd.Index(["A", "B"], name=name))
    data = gi.Observations.from_frame(frame)
    assert (data.units.codes, data.variables) == (("A", "B"), ("x", "y"))


def test_pandas_index_can_be_named_as_the_units() -> None:
    frame = FRAME[["unit", "days"]].set_index("unit")
    assert gi.Observations.from_frame(frame, unit="unit").units.codes == ("A", "B", "C")


def test_column_of_units_goes_before_the_pandas_index() -> None:
    frame = FRAME[["unit", "days"]].set_index(pd.Index([7, 8, 9], name="row"))
    data = gi.Observations.from_frame(frame, unit="unit")
    assert (data.units.codes, data.variables) == (("A", "B", "C"), ("days",))


def test_numbered_pandas_index_holds_no_units() -> None:
    chosen = FRAME[["unit", "days"]].iloc[[0, 2]]
    assert gi.Observations.from_frame(chosen).units.codes == ("A", "C")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [([True, False], [True, False]), ([1.0, 0.0], [True, False]), (["có", "Không"], [True, False])],
)
def test_ranked_takes_true_and_false_in_several_forms(cells: Any, expected: list[bool]) -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "ranked": cells, "x": [1, 2]})
    data = gi.Observations.from_frame(frame, ranked="ranked")
    assert data.units.ranked_mask.tolist() == expected


# -- long frames ---------------------------------------------------------------------------------


def test_from_long_leaves_cells_without_a_row_missing() -> None:
    data = gi.Observations.from_long(LONG[:3])
    np.testing.assert_array_equal(data.values, [[1, 2], [3, NAN]])
    assert data.cell("B", "y") == CellStatus.MISSING
    assert data.stages == ()


def test_from_long_finds_every_one_of_many_units() -> None:
    codes = [f"U{i}" for i in range(12_000)]
    frame = pd.DataFrame({"unit": codes[::-1], "variable": "x", "value": np.arange(12_000.0)})
    data = gi.Observations.from_long(frame, units=[gi.Unit(code) for code in codes])
    np.testing.assert_array_equal(data.values[:, 0], np.arange(12_000.0)[::-1])


def test_many_unknown_units_are_named_together() -> None:
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(100)], "variable": "x", "value": 1})
    said = "there is no such unit in 95 places: first unit 'U5'"
    with pytest.raises(gi.DataError, match=said) as long:
        gi.Observations.from_long(frame, units=[gi.Unit("A")])
    with pytest.raises(gi.DataError, match=said):
        lettered(x=[1]).roll_up(dict.fromkeys(frame["unit"], "all"))
    assert [problem.unit for problem in long.value.problems] == [f"U{i}" for i in range(100)]
    assert {problem.code for problem in long.value.problems} == {"unit.unknown"}


def test_from_long_keeps_units_with_their_fields() -> None:
    units = [gi.Unit("B", league="north"), gi.Unit("A"), gi.Unit("Z")]
    data = gi.Observations.from_long(LONG[:3], units=units)
    assert data.units[0].league == "north"
    np.testing.assert_array_equal(data.values, [[3, NAN], [1, 2], [NAN, NAN]])


def test_from_long_reads_stages_in_the_order_declared() -> None:
    data = gi.Observations.from_long(LONG, **STAGED)
    assert ([stage.name for stage in data.stages], data.stage) == (["self", "verified"], "verified")
    np.testing.assert_array_equal(data.values, [[4, NAN], [NAN, NAN]])
    np.testing.assert_array_equal(data.at_stage("self").values, [[1, 2], [3, NAN]])


def test_from_long_numbers_answers_alike_at_all_stages() -> None:
    answers = pd.Series(["no", "low", "yes", "yes", None])
    frame = LONG.assign(value=answers)
    data = gi.Observations.from_long(frame, **STAGED)
    assert data.levels == {"x": ("no", "yes"), "y": ("low",)}
    assert (data.value("A", "x"), data.at_stage("self").value("A", "x")) == ("yes", "no")


def test_from_long_applies_marks_by_variable() -> None:
    frame = LONG[:3].assign(value=["1", "2", "n/a"])
    data = gi.Observations.from_long(frame, notation=gi.Notation(text="y"))
    assert (data.value("A", "x"), data.value("A", "y")) == (1, "2")
    assert data.cell("B", "x") == CellStatus.NOT_APPLICABLE


@given(data=observations())
def test_long_and_wide_frames_give_the_same_cells(data: gi.Observations) -> None:
    long = data.frame.reset_index().melt(id_vars="unit")
    assert same(gi.Observations.from_long(long), data)


# -- stages --------------------------------------------------------------------------------------


def test_cells_fall_back_where_that_is_declared() -> None:
    own = lettered(x=[10, 20, None], y=[1, 2, 3])
    verified = lettered(x=[8, None, None], y=[None, "n/a", "0"])
    data = gi.Observations.from_stages({"self": own, "verified": verified}, fall_back=True)
    np.testing.assert_array_equal(data.values, [[8, 1], [20, NAN], [NAN, 0]])
    assert data.cell("B", "y") == CellStatus.NOT_APPLICABLE
    assert data.stage == "verified"


def test_missing_self_score_is_not_zero() -> None:
    own = lettered(x=[10, None])
    data = gi.Observations.from_stages({"self": own, "verified": lettered(x=[None, 4])})
    early = data.at_stage("self")
    assert early.cell("B", "x") == CellStatus.MISSING
    assert early.value("B", "x") is None
    assert (data.value("A", "x"), data.value("B", "x")) == (None, 4)


def test_at_stage_shows_what_was_known_then() -> None:
    stages = {
        "self": lettered(x=[1, 2]),
        "verified": lettered(x=[3, None]),
        "appealed": lettered(x=[None, 5]),
    }
    data = gi.Observations.from_stages(stages, fall_back=True)
    seen = [data.at_stage(name).values[:, 0].tolist() for name in stages]
    assert seen == [[1, 2], [3, 2], [3, 5]]
    assert data.at_stage("verified").stage == "verified"


def test_stages_with_other_answers_are_numbered_alike() -> None:
    own = lettered(x=["no", "partly"], y=[1, 2])
    verified = lettered(x=["yes", None], y=[1, None])
    data = gi.Observations.from_stages({"self": own, "verified": verified}, fall_back=True)
    assert data.levels == {"x": ("no", "partly", "yes")}
    assert [data.value(unit, "x") for unit in "AB"] == ["yes", "partly"]
    assert data.at_stage("self").value("A", "x") == "no"


@given(data=observations())
def test_only_what_is_declared_falls_back_to_before_a_silent_stage(data: gi.Observations) -> None:
    silent = gi.Observations(data.units, data.variables, np.full(data.values.shape, NAN))
    stages = {"self": data, "verified": silent}
    both = gi.Observations.from_stages(stages, fall_back=True)
    np.testing.assert_array_equal(both.values, data.values)
    assert both.status[data.status == CellStatus.REPORTED].tolist() == [
        CellStatus.FALLEN_BACK
    ] * int((data.status == CellStatus.REPORTED).sum())
    assert (gi.Observations.from_stages(stages).status == CellStatus.MISSING).all()


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (lettered(x=[1, 2, 3]), "stage 'verified' has other units than 'self', or another order"),
        (lettered(y=[1, 2]), "stage 'verified' has other variables than 'self'"),
        (lettered(x=["a", "b"]), "stage 'self' has numbers for the answers of variable 'x'"),
        (
            attrs.evolve(lettered(x=[1, 2]), period="2026"),
            "stage 'verified' has another period than",
        ),
        (FRAME, "stage 'verified' is DataFrame, not Observations"),
    ],
    ids=["units", "variables", "answers", "period", "frame"],
)
def test_stages_that_do_not_fit_are_refused(other: Any, problem: str) -> None:
    with pytest.raises(gi.DataError, match=f"The stages do not fit together: {problem}"):
        gi.Observations.from_stages({"self": lettered(x=[1, 2]), "verified": other})


def test_no_stage_at_all_is_refused() -> None:
    with pytest.raises(gi.DataError, match="give at least one stage"):
        gi.Observations.from_stages({})


def test_unknown_stage_suggests_the_near_miss() -> None:
    data = gi.Observations.from_stages({"verified": lettered(x=[1])})
    with pytest.raises(gi.UnknownNameError, match="no stage 'verify': did you mean 'verified'"):
        data.at_stage("verify")


# -- looking -------------------------------------------------------------------------------------


def test_value_and_cell_are_found_by_code_or_name() -> None:
    data = gi.Observations.from_frame(FRAME[["unit", "title", "days", "answer"]], name="title")
    assert (data.value("An", "days"), data.value("A", "answer")) == (3, "yes")
    assert (data.value("B", "days"), data.value("B", "answer")) == (None, None)
    assert data.cell("B", "answer") == CellStatus.NOT_APPLICABLE


def test_unknown_variable_suggests_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match="no variable 'dys': did you mean 'days'"):
        lettered(days=[1]).value("A", "dys")


def test_frame_shows_numbers_and_answers() -> None:
    frame = lettered(days=[3, None], answer=["yes", None]).frame
    assert frame.index.tolist() == ["A", "B"]
    assert frame["answer"].isna().tolist() == [False, True]
    assert list(frame.loc["A"]) == [3, "yes"]
    assert "missing" in lettered(answer=["yes", None])._repr_html_()


@given(data=observations())
def test_frame_reads_back_as_the_same_observations(data: gi.Observations) -> None:
    assert same(gi.Observations.from_frame(data.frame), data)


def test_repr_counts_absent_cells() -> None:
    data = gi.Observations.from_long(LONG, **STAGED, period="2026-Q1")
    assert repr(data) == (
        "<Observations: 2 units × 2 variables, period 2026-Q1, stage verified, 3 cells absent>"
    )
    assert repr(lettered(x=[1])) == "<Observations: 1 units × 1 variables, 0 cells absent>"


@pytest.mark.parametrize(
    ("period", "parts"),
    [
        ("2026", 1),
        ("2026-Q3", 4),
        ("2026q3", 4),
        ("2026-09", 12),
        ("spring", None),
        (None, None),
    ],
)
def test_parts_of_year_follow_from_the_period(period: str | None, parts: int | None) -> None:
    assert attrs.evolve(lettered(x=[1]), period=period).parts_of_year == parts


# -- deriving ------------------------------------------------------------------------------------


def test_take_keeps_the_order_given_and_every_stage() -> None:
    data = gi.Observations.from_long(LONG, **STAGED).take(["B", "A"])
    assert data.units.codes == ("B", "A")
    np.testing.assert_array_equal(data.values, [[NAN, NAN], [4, NAN]])
    np.testing.assert_array_equal(data.at_stage("self").values, [[3, NAN], [1, 2]])


def test_take_of_an_unknown_unit_is_refused() -> None:
    with pytest.raises(gi.UnknownNameError, match="there is no unit 'Z'"):
        lettered(x=[1]).take(["Z"])


def test_roll_up_leaves_units_out_that_are_not_named() -> None:
    data = lettered(x=[1, 3, 100], y=[0, 1, 100]).roll_up({"A": "new", "B": "new"})
    assert data.units.codes == ("new",)
    assert data.values.tolist() == [[2, 0.5]]


def test_roll_up_sums() -> None:
    data = lettered(x=[1, 3, 5]).roll_up({"A": "p", "B": "q", "C": "p"}, "sum")
    assert (data.value("p", "x"), data.value("q", "x")) == (6, 3)


def test_roll_up_weights_the_mean() -> None:
    data = lettered(x=[1, 5], population=[3, 1])
    merged = data.roll_up({"A": "new", "B": "new"}, weights="population")
    assert merged.value("new", "x") == 2


def test_roll_up_takes_the_new_units_with_their_fields() -> None:
    new = [gi.Unit("q", league="south"), gi.Unit("p")]
    data = lettered(x=[1, 2]).roll_up({"A": "p", "B": "q"}, units=new)
    assert data.units[0].league == "south"
    assert (data.value("q", "x"), data.value("p", "x")) == (2, 1)


@pytest.mark.parametrize("how", ["mean", "sum"])
def test_roll_up_of_many_units_keeps_them_apart(how: Any) -> None:
    count = 12_000
    units = [gi.Unit(f"U{i}") for i in range(2 * count)]
    points = np.arange(2.0 * count)[:, None]
    data = gi.Observations(units, ["x"], points)
    mapping = {f"U{i}": f"N{i % count}" for i in reversed(range(2 * count))}
    merged = data.roll_up(mapping, how)
    expected = points[:count] + points[count:]
    assert merged.units.codes == tuple(f"N{i}" for i in range(count))
    np.testing.assert_array_equal(merged.values, expected / 2 if how == "mean" else expected)


def test_roll_up_merges_groups_of_different_sizes() -> None:
    data = lettered(x=[1, 2, 4, 8, 16, 32], w=[1, 1, 1, 3, 1, 1])
    mapping = dict(zip("ABCDEF", "pqqrrr", strict=True))
    assert data.roll_up(mapping, "sum").values[:, 0].tolist() == [1, 6, 56]
    merged = data.roll_up(mapping, weights="w")
    assert merged.values[:, 0].tolist() == pytest.approx([1, 3, 72 / 5])


@given(data=observations(st.floats(-1e6, 1e6)), cut=st.integers(0, 6))
def test_roll_up_of_several_units_is_that_of_each(data: gi.Observations, cut: int) -> None:
    halves = {code: "left" if i < cut else "right" for i, code in enumerate(data.units.codes)}
    both = data.roll_up(halves)
    for half in both.units.codes:
        one = data.roll_up({code: new for code, new in halves.items() if new == half})
        assert one.values.tobytes() == both.take([half]).values.tobytes()


@given(data=observations(st.floats(-1e6, 1e6)))
def test_roll_up_of_single_units_changes_nothing(data: gi.Observations) -> None:
    own = data.roll_up({code: code for code in data.units.codes})
    np.testing.assert_array_equal(own.values, data.values)


@given(data=observations(st.floats(-1e6, 1e6)), cut=st.integers(0, 6))
def test_sums_of_sums_are_the_sum_of_all(data: gi.Observations, cut: int) -> None:
    halves = {code: "left" if i < cut else "right" for i, code in enumerate(data.units.codes)}
    twice = data.roll_up(halves, "sum").roll_up(dict.fromkeys(halves.values(), "all"), "sum")
    np.testing.assert_allclose(twice.values, [data.values.sum(axis=0)], atol=1e-6)


@given(data=observations(st.floats(-1e6, 1e6)), order=st.randoms(use_true_random=False))
def test_roll_up_does_not_depend_on_the_order_of_units(data: gi.Observations, order: Any) -> None:
    everyone = dict.fromkeys(data.units.codes, "all")
    codes = list(data.units.codes)
    order.shuffle(codes)
    shuffled = data.take(codes).roll_up(everyone)
    assert shuffled.values.tobytes() == data.roll_up(everyone).values.tobytes()


@given(pairs=st.lists(st.tuples(st.floats(-1e3, 1e3), positive), min_size=1, max_size=8))
def test_weighted_mean_lies_between_the_extremes(pairs: list[tuple[float, float]]) -> None:
    values, weights = zip(*pairs, strict=True)
    data = lettered(x=list(values), w=list(weights))
    merged = data.roll_up(dict.fromkeys(data.units.codes, "all"), weights="w")
    actual = merged.value("all", "x")
    assert isinstance(actual, float)
    assert min(values) - 1e-9 <= actual <= max(values) + 1e-9


@pytest.mark.parametrize(
    ("data", "settings", "problem"),
    [
        (lettered(x=[1, 2]), {"how": "median"}, "merged by 'mean' or 'sum', not 'median'"),
        (lettered(x=[1, 2]), {"how": "sum", "weights": "x"}, "a sum takes no weights"),
        (lettered(x=["a", "b"]), {}, "variable 'x' holds answers, which have no mean"),
        (lettered(x=[1, None]), {}, "unit 'B', variable 'x' is absent: impute it before you merge"),
        (lettered(x=[1, 2]), {"mapping": {"AA": "new"}}, "no unit 'AA': did you mean 'A'"),
        (lettered(x=[1, 2]), {"mapping": {}}, "no unit is merged into another"),
        (lettered(x=[1, -2]), {"weights": "x"}, "unit 'B' has the weight -2"),
        (
            lettered(x=[1, 0]),
            {"weights": "x", "mapping": {"A": "p", "B": "q"}},
            "The weights 'x' .*: unit 'q': no unit that is merged into it has a weight above 0",
        ),
        (
            lettered(x=[1, 2]),
            {"units": [gi.Unit("old")]},
            "the merged units are 'new', but `units` des",
        ),
    ],
    ids=[
        "how",
        "weighted sum",
        "answers",
        "absent",
        "unknown unit",
        "nothing",
        "negative weight",
        "zero weights",
        "units",
    ],
)
def test_impossible_roll_up_is_refused(
    data: gi.Observations, settings: dict[str, Any], problem: str
) -> None:
    given_settings = {"mapping": {"A": "new", "B": "new"}, **settings}
    with pytest.raises(gi.DataError, match=problem):
        data.roll_up(**given_settings)


def test_roll_up_by_an_unknown_weight_suggests_the_near_miss() -> None:
    with pytest.raises(gi.UnknownNameError, match="no variable 'pop': did you mean 'pops'"):
        lettered(x=[1], pops=[2]).roll_up({"A": "new"}, weights="pop")


# -- arrays --------------------------------------------------------------------------------------


def test_arrays_cannot_be_written_to() -> None:
    data = gi.Observations.from_long(LONG, **STAGED)
    for array in (data.values, data.status, data.stages[0].values, data.stages[0].status):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 0


def test_observations_do_not_follow_the_arrays_they_were_made_of() -> None:
    values, status = np.array([[1.0, 2.0]]), np.zeros((1, 2), dtype=np.uint8)
    data = gi.Observations([gi.Unit("A")], ["x", "y"], values, status)
    values[0, 0], status[0, 0] = 99, CellStatus.MISSING
    assert (data.value("A", "x"), data.cell("A", "x")) == (1, CellStatus.REPORTED)


ONE = [gi.Unit("A")]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"values": [[1.0], [2.0, 3.0]]}, "values are an array of numbers, units × variables"),
        ({"values": [["one"]]}, "values are an array of numbers"),
        ({"values": [[1.0, 2.0]]}, r"values have shape \(1, 2\), expected \(1, 1\)"),
        ({"values": [[np.inf]]}, "unit 'A', variable 'x': the value is infinite"),
        ({"status": [[77]]}, "a status is a CellStatus: a whole number from 0 to 5"),
        ({"status": [[-1]]}, "a status is a CellStatus"),
        ({"status": [["reported"]]}, "a status is a CellStatus"),
        ({"status": [[CellStatus.MISSING]]}, "unit 'A', variable 'x': value and status disagree"),
        ({"values": [[NAN]], "status": [[0]]}, "NaN belongs to absent cells"),
        ({"variables": []}, "there are no variables"),
        ({"variables": [1]}, "a variable's name is a text that is not blank, not 1"),
        ({"variables": [" "]}, "a variable's name is a text that is not blank, not ''"),
        ({"variables": ["x", "x"]}, "variable 'x' appears more than once"),
        ({"levels": {"z": ("a",)}}, "levels has 'z', which is not a variable: Known: 'x'"),
        ({"levels": {"x": ("a",)}}, "variable 'x': 1 is the number of no answer, there are 1"),
        (
            {"levels": {"x": ("a", "b")}, "values": [[0.5]]},
            "unit 'A', variable 'x': 0.5 is the number of no answer",
        ),
        ({"period": 2026}, "the period is a text such as '2026-Q3', not 2026"),
        ({"stages": [Stage("self", [[1, 2]], [[0, 0]])]}, "values of stage 'self' have shape"),
        ({"units": []}, "there are no units"),
    ],
)
def test_impossible_observations_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(gi.DataError, match=problem):
        gi.Observations(**{"units": ONE, "variables": ["x"], "values": [[1.0]], **settings})

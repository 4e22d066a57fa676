"""What was done to a figure reaches every output: results, explanations, tables, data."""

from __future__ import annotations

from io import StringIO
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.absence import Absence, AsZero, Refuse, Renormalise, Shrink
from govindex.contracts import CellStatus, is_absent

NAN = np.nan
UNITS = [gi.Unit(code) for code in "ABCD"]
VARIABLES = ["x", "y", "z"]
statuses = st.sampled_from(list(CellStatus))
LENIENT = Absence(missing=AsZero(), not_applicable=Renormalise(), suppressed=Shrink())


@st.composite
def observations(draw: st.DrawFn) -> gi.Observations:
    shape = (len(UNITS), len(VARIABLES))
    status = np.array(draw(st.lists(statuses, min_size=12, max_size=12)), dtype=np.uint8)
    status = status.reshape(shape)
    numbers = draw(st.lists(st.integers(1, 9), min_size=12, max_size=12))
    values = np.where(is_absent(status), NAN, np.reshape(numbers, shape))
    marks = np.reshape(draw(st.lists(st.booleans(), min_size=12, max_size=12)), shape)
    treated = marks & ~is_absent(status)
    raw = values[treated] + 100
    return gi.Observations(UNITS, VARIABLES, values, status, treated=treated, raw=raw)


def method(absence: Any = LENIENT, steps: Any = (), **rules: Any) -> gi.Methodology:
    leaves = [
        gi.Indicator(v, weight=w, rule=gi.rules.Goalposts(worst=0, best=10))
        for v, w in zip(VARIABLES, (1, 1, 2), strict=True)
    ]
    inside = [gi.Dimension("d", leaves[:2]), leaves[2]]
    framework = gi.Framework("f", inside, absence=absence)
    return gi.Methodology("example.statuses", "1", framework, steps=steps)


def marked(data: gi.Observations) -> dict[tuple[str, str], tuple[str, float]]:
    return {
        (unit, name): (data.cell(unit, name).name, data.raw_values[row, column])
        for row, unit in enumerate(data.units.codes)
        for column, name in enumerate(data.variables)
        if data.treated[row, column]
    }


# -- through data ----------------------------------------------------------------------------------


@given(data=observations(), order=st.permutations("ABCD"))
def test_taking_units_takes_their_marks(data: gi.Observations, order: list[str]) -> None:
    taken = data.take(order)
    assert marked(taken) == marked(data)
    assert [taken.cell(u, v) for u in "ABCD" for v in VARIABLES] == [
        data.cell(u, v) for u in "ABCD" for v in VARIABLES
    ]


@given(one=observations(), two=observations())
def test_a_panel_keeps_the_marks_of_its_periods(one: Any, two: Any) -> None:
    panel = gi.Observations.panel({"2025": one, "2026": two})
    assert marked(panel.at_period("2025")) == marked(one)
    assert marked(panel.at_period("2026")) == marked(two)
    assert marked(panel.balanced("common")) == marked(panel)


@given(data=observations())
def test_stages_keep_the_marks_of_the_cells_taken(data: gi.Observations) -> None:
    blank = gi.Observations(UNITS, VARIABLES, np.full(data.values.shape, NAN))
    both = gi.Observations.from_stages({"self": data, "verified": blank}, fall_back=True)
    assert {key: raw for key, (_, raw) in marked(both).items()} == {
        key: raw for key, (_, raw) in marked(data).items()
    }
    assert (is_absent(both.status) == is_absent(data.status)).all()


@given(data=observations(), step=st.sampled_from(["impute", "treat", "denominate", "screen"]))
def test_no_step_forgets_a_mark(data: gi.Observations, step: str) -> None:
    steps: dict[str, Any] = {
        "impute": gi.prepare.Impute(gi.impute.Constant(5)),
        "treat": gi.prepare.TreatAs({"x": gi.treat.Between(low=3, high=6)}),
        "denominate": gi.prepare.Denominate({"x": "y"}, lacking="missing"),
        "screen": gi.prepare.Screen(0.01),
    }
    if step == "denominate":
        status = np.where(is_absent(data.status), np.uint8(3), data.status)
        data = attrs.evolve(data, status=status)
    done = steps[step](data)
    for row, unit in enumerate(done.units.codes):
        before = data.units.locate(unit)
        kept = ~is_absent(done.status[row])
        assert not (data.treated[before] & kept & ~done.treated[row]).any()
        known = ~is_absent(data.status[before]) & kept
        assert (done.status[row][known] >= data.status[before][known]).all()


def test_denominating_brings_the_raw_value_along() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": [90.0, 8.0], "people": [10.0, 4.0]})
    data = gi.Observations.from_frame(frame)
    cut = gi.prepare.TreatAs({"x": gi.treat.Between(high=50)})(data)
    done = gi.prepare.Denominate({"x": "people"}, factor=2)(cut)
    assert (done.value("A", "x"), done.raw_value("A", "x")) == (10, 18)
    assert not done.treated[1, 0]
    assert done.raw_value("B", "x") == done.value("B", "x") == 4


def test_what_is_divided_by_a_treated_figure_is_treated() -> None:
    frame = pd.DataFrame({"unit": ["A"], "x": [90.0], "people": [1000.0]})
    data = gi.Observations.from_frame(frame)
    cut = gi.prepare.TreatAs({"people": gi.treat.Between(high=100)})(data)
    done = gi.prepare.Denominate({"x": "people"})(cut)
    assert done.treated.tolist() == [[True, True]]
    assert (done.value("A", "x"), done.raw_value("A", "x")) == (0.9, 0.09)


def test_a_cell_treated_twice_keeps_its_first_raw_value() -> None:
    data = gi.Observations([gi.Unit("A")], ["x"], [[90.0]])
    for high in (50, 20):
        data = gi.prepare.TreatAs({"x": gi.treat.Between(high=high)})(data)
    assert (data.value("A", "x"), data.raw_value("A", "x")) == (20, 90)


@pytest.mark.parametrize(("how", "value", "raw"), [("sum", 60, 100), ("mean", 30, 50)])
def test_merged_units_have_a_raw_and_a_treated_value(how: Any, value: int, raw: int) -> None:
    data = gi.Observations(UNITS[:2], ["x"], [[90.0], [10.0]])
    data = gi.prepare.TreatAs({"x": gi.treat.Between(high=50)})(data)
    done = data.roll_up({"A": "AB", "B": "AB"}, how)
    assert (done.value("AB", "x"), done.raw_value("AB", "x")) == (value, raw)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"treated": [[True, False]]}, r"treated have shape \(1, 2\)"),
        ({"treated": [[1]]}, "treated is an array of true and false"),
        ({"treated": [[True]]}, r"1 treated cells, but raw values of shape \(0,\)"),
        (
            {"treated": [[True]], "raw": [1.0], "values": [[NAN]]},
            "an absent cell cannot be treated",
        ),
    ],
)
def test_marks_of_treatment_are_checked(settings: Any, message: str) -> None:
    with pytest.raises(gi.DataError, match=message):
        gi.Observations(**{"units": UNITS[:1], "variables": ["x"], "values": [[1.0]], **settings})


# -- suppressed ------------------------------------------------------------------------------------


def suppressed() -> gi.Observations:
    status = [[CellStatus.SUPPRESSED, 0, 0], [0, 0, 0]]
    return gi.Observations(UNITS[:2], VARIABLES, [[NAN, 4.0, 5.0], [1.0, 2.0, 3.0]], status)


def test_suppressed_cells_are_read_where_their_mark_is_declared() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": ["C", "3"]})
    data = gi.Observations.from_frame(frame, notation=gi.Notation(suppressed=["c"]))
    assert data.cell("A", "x") is CellStatus.SUPPRESSED
    assert (data.value("A", "x"), data.value("B", "x")) == (None, 3)


def test_a_suppressed_cell_is_refused_unless_a_policy_is_declared() -> None:
    for absence in (Refuse(), Renormalise(), Shrink(), AsZero()):
        with pytest.raises(gi.DataError, match=r"indicator 'x': suppressed, .*suppressed="):
            method(absence).compute(suppressed())
    result = method(Absence(suppressed=Renormalise())).compute(suppressed())
    assert result.scores.loc["A", "d"] == 40
    assert result.status[result.row_of("x"), 0] == CellStatus.SUPPRESSED


def test_a_branch_of_suppressed_indicators_is_suppressed() -> None:
    status = [[CellStatus.SUPPRESSED, CellStatus.MISSING, 0]]
    data = gi.Observations(UNITS[:1], VARIABLES, [[NAN, NAN, 5.0]], status)
    both = Absence(missing=Renormalise(), suppressed=Renormalise())
    result = method(both).compute(data)
    assert result.status[result.row_of("d"), 0] == CellStatus.SUPPRESSED
    assert result.score["A"] == 50


def test_the_policy_for_suppressed_cells_survives_a_document(tmp_path: Any) -> None:
    for absence in (LENIENT, Absence(missing=Shrink()), Absence(suppressed=Shrink())):
        gi.save_methodology(method(absence), tmp_path / "own.toml", overwrite=True)
        read = gi.load_methodology(tmp_path / "own.toml")
        assert read.framework.absence == absence
        assert read.fingerprint == method(absence).fingerprint


def test_a_suppressed_policy_that_is_not_declared_leaves_fingerprints_alone() -> None:
    spelled = Absence(missing=Shrink(), not_applicable=Shrink(), suppressed=Refuse())
    assert method(spelled).fingerprint == method(Shrink()).fingerprint


# -- results ---------------------------------------------------------------------------------------


@given(data=observations())
def test_every_figure_that_is_not_plainly_reported_is_marked(data: gi.Observations) -> None:
    marks = method().compute(data).marks
    rows = zip(*(marks[name].tolist() for name in ("unit", "node", "status", "raw")), strict=True)
    actual = {(unit, node): (said, raw) for unit, node, said, raw in rows}
    for row, unit in enumerate(data.units.codes):
        for column, name in enumerate(VARIABLES):
            status, treated = CellStatus(data.status[row, column]), data.treated[row, column]
            words = [] if status == CellStatus.REPORTED else [status.label]
            words += ["treated"] if treated else []
            if not words:
                assert (unit, name) not in actual
                continue
            said, raw = actual[unit, name]
            assert said == ", ".join(words)
            assert np.isnan(raw) if not treated else raw == data.raw_values[row, column]


@given(data=observations(), code=st.sampled_from(["f", "d", "z"]))
def test_statuses_are_counted_by_cells_and_weight(data: gi.Observations, code: str) -> None:
    result = method().compute(data)
    below = {"f": {"x": 1 / 6, "y": 1 / 6, "z": 2 / 3}, "d": {"x": 0.5, "y": 0.5}, "z": {"z": 1.0}}
    cells, weight = (result.status_counts(code, by=by) for by in ("cells", "weight"))
    for row, unit in enumerate(data.units.codes):
        for status in CellStatus:
            own = [v for v in below[code] if data.cell(unit, v) == status]
            assert cells.loc[unit, status.name.lower()] == len(own)
            expected = sum(below[code][v] for v in own)
            assert weight.loc[unit, status.name.lower()] == pytest.approx(expected, abs=1e-12)
        own = [v for v in below[code] if data.treated[row, data.column_of(v)]]
        assert cells.loc[unit, "treated"] == len(own)


def test_measures_hand_on_what_was_treated() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "a": [90.0, 1.0], "b": [100.0, 4.0]})
    leaf = gi.Indicator(
        "r", measure=gi.measures.Ratio("a", "b"), rule=gi.rules.Goalposts(worst=0, best=1)
    )
    cut = gi.prepare.TreatAs({"a": gi.treat.Between(high=50)})
    own = gi.Methodology("t", "1", gi.Framework("f", [leaf]), steps=cut)
    result = own.compute(gi.Observations.from_frame(frame))
    row = result.row_of("r")
    assert result.treated[row].tolist() == [True, False]
    assert result.raw_values[row, 0] == 0.9
    assert result.footnotes == ["treated: 1 figure (A r (raw 0.9))"]


def test_a_raw_figure_that_cannot_be_measured_is_not_made_up() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "a": [90.0, 1.0], "b": [60.0, 4.0]})
    leaf = gi.Indicator(
        "r", measure=gi.measures.Ratio("a", "b"), rule=gi.rules.Goalposts(worst=0, best=1)
    )
    cut = gi.prepare.TreatAs({"a": gi.treat.Between(high=50)})
    own = gi.Methodology("t", "1", gi.Framework("f", [leaf]), steps=cut)
    result = own.compute(gi.Observations.from_frame(frame))
    assert result.treated[result.row_of("r")].tolist() == [True, False]
    assert result.marks["status"].tolist() == ["treated"]
    assert result.marks["raw"].isna().all()


def test_treatment_is_reported_by_form_and_period() -> None:
    units = [gi.Unit("A", type="one"), gi.Unit("B", type="two")]
    data = gi.Observations(units, VARIABLES, [[9.0, 1, 1], [8.0, 1, 1]], period="2026")
    base = method(steps=gi.prepare.TreatAs({"x": gi.treat.Between(high=8.5)}))
    own = gi.Forms.of(base, {"one": base.framework, "two": base.framework})
    result = own.compute(data)
    assert result.treated[result.row_of("x")].tolist() == [True, False]
    assert result.marks[["unit", "raw"]].values.tolist() == [["A", 9.0]]
    assert result.at_period("2026").treated.sum() == 1


def test_a_figure_made_of_an_earlier_period_is_treated_with_it() -> None:
    years = {"2025": 90.0, "2026": 10.0}
    panel = gi.Observations.panel(
        {year: gi.Observations(UNITS[:1], ["x"], [[x]]) for year, x in years.items()}
    )
    measure = gi.measures.Indexed("x", base="2025")
    leaf = gi.Indicator("x", measure=measure, rule=gi.rules.Goalposts(worst=0, best=100))
    cut = gi.prepare.TreatAs({"x": gi.treat.Between(high=50)})
    own = gi.Methodology("t", "1", gi.Framework("f", [leaf], absence=Renormalise()), steps=cut)
    result = own.compute(panel)
    row = result.row_of("x")
    assert dict(zip(result.units.codes, result.treated[row], strict=True))["A@2026"]
    late = result.at_period("2026")
    assert late.treated[row].tolist() == [True]
    assert late.raw_values[row, 0] == result.raw_values[row, result.units.locate("A@2026")]


@given(data=observations())
def test_statuses_survive_a_written_table(data: gi.Observations) -> None:
    table = method().compute(data).table(status=True)
    text = StringIO(table.to_csv())
    read = pd.read_csv(text, index_col="unit", keep_default_na=False)
    assert read["status"].tolist() == table["status"].tolist()
    assert list(table.columns[:-1]) == list(method().compute(data).table().columns)


def test_scores_that_a_policy_filled_are_imputed_as_data() -> None:
    status = [[CellStatus.MISSING, 0, CellStatus.IMPUTED]]
    data = gi.Observations(UNITS[:1], VARIABLES, [[NAN, 4.0, 5.0]], status)
    actual = method().compute(data).as_observations(["x", "y", "z"])
    assert [actual.cell("A", v).name for v in VARIABLES] == ["IMPUTED", "REPORTED", "IMPUTED"]


# -- explanations ----------------------------------------------------------------------------------


def explained() -> gi.Explanation:
    status = [[CellStatus.IMPUTED, CellStatus.NOT_APPLICABLE, 0]]
    data = gi.Observations(UNITS[:1], VARIABLES, [[4.0, NAN, 9.0]], status)
    cut = gi.prepare.TreatAs({"z": gi.treat.Between(high=8)})
    return gi.explain(method(steps=cut).compute(data), "A")


def test_an_explanation_says_what_was_done_to_each_figure() -> None:
    leaves = explained().leaves
    assert leaves["status"].to_dict() == {
        "x": "imputed",
        "y": "not applicable",
        "z": "treated",
    }
    assert (leaves["value"].to_dict()["z"], leaves["raw"].to_dict()["z"]) == (8, 9)
    assert leaves["data"].to_dict() == {
        "x": "4 (imputed)",
        "y": "not applicable",
        "z": "8 (treated, raw 9)",
    }


def test_an_explanation_as_text_marks_what_was_done() -> None:
    lines = {line.split()[0]: line for line in str(explained()).splitlines()[1:]}
    assert "imputed" in lines["x"]
    assert "not applicable" in lines["y"]
    assert "treated" in lines["z"]
    assert "9.00" in lines["z"]
    html = explained()._repr_html_()
    assert all(word in html for word in ("imputed", "not applicable", "treated"))


def test_an_explanation_of_reported_figures_has_no_column_for_it() -> None:
    data = gi.Observations(UNITS[:1], VARIABLES, [[4.0, 3.0, 9.0]])
    why = gi.explain(method().compute(data), "A")
    assert set(why.leaves["status"]) == {"reported"}
    assert "status" not in str(why)
    assert "raw" not in str(why)


def test_a_printed_result_has_footnotes() -> None:
    status = [[CellStatus.IMPUTED, CellStatus.NOT_APPLICABLE, 0]]
    result = method().compute(gi.Observations(UNITS[:1], VARIABLES, [[4.0, NAN, 9.0]], status))
    assert result.footnotes == ["imputed: 1 figure (A x)", "not applicable: 1 figure (A y)"]
    assert "<p>imputed: 1 figure (A x)</p>" in result._repr_html_()

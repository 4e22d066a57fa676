"""Screen, denominate and impute: observations in, observations and a report out."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.contracts import CellStatus
from govindex.impute import Constant, Known, Mean, Median, RowMean, RowMedian
from govindex.parts import kinds
from govindex.prepare import Denominate, Impute, Screen, Treat, screen_variables
from tests.tables import column, lettered

NAN = float("nan")


def index(*leaves: str, steps: Any, **settings: Any) -> gi.Methodology:
    children = [gi.Indicator(name, rule=gi.rules.Identity()) for name in leaves]
    framework = gi.Framework("index", children)
    return gi.Methodology("test", "1", framework, steps=steps, scale=1.0, **settings)


def test_denominate_divides_by_the_denominator_as_it_was() -> None:
    data = lettered(doctors=[30.0, 8.0], people=[10.0, 4.0], area=[2.0, 8.0])
    step = Denominate({"doctors": "people", "people": "area"}, factor={"doctors": 1000})
    done = step(data)
    assert column(done, "doctors") == [3000.0, 2000.0]
    assert column(done, "people") == [5.0, 0.5]
    row = done.reports[0].frame.loc[["doctors"]]
    assert row.to_numpy().tolist() == [["people", 1000.0, 2]]


def test_denominate_leaves_what_is_absent_absent() -> None:
    data = lettered(doctors=[30, None, "n/a"], people=[10, None, 0])
    done = Denominate({"doctors": "people"})(data)
    assert done.cell("B", "doctors") is CellStatus.MISSING
    assert done.cell("C", "doctors") is CellStatus.NOT_APPLICABLE


def test_denominate_names_every_impossible_denominator() -> None:
    data = lettered(doctors=[1, 2, 3, 4, 5], people=[0, None, "n/a", -2, 1])
    with pytest.raises(gi.DataError) as caught:
        Denominate({"doctors": "people"})(data)
    assert [problem.partition("'people' ")[2] for problem in caught.value.problems] == [
        "is 0; it must be above 0",
        "is missing; it must be above 0",
        "is not applicable; it must be above 0",
        "is -2; it must be above 0",
    ]
    assert "unit 'B', variable 'doctors': the denominator 'people'" in str(caught.value)
    assert [problem.unit for problem in caught.value.problems] == [*"ABCD"]


def test_what_was_denominated_by_an_imputed_cell_counts_as_imputed() -> None:
    data = lettered(doctors=[1.0, 2.0], people=[4.0, None])
    steps = [Impute(Mean(), variables="people"), Denominate({"doctors": "people"})]
    result = index("doctors", steps=steps).compute(data)
    assert result.status[result.row_of("doctors")].tolist() == [0, CellStatus.IMPUTED]
    assert [type(report).__name__ for report in result.preparation] == [
        "ImputeReport",
        "DenominateReport",
    ]


def test_denominators_are_not_unused_variables() -> None:
    data = lettered(doctors=[1.0, 2.0], people=[4.0, 4.0], area=[1.0, 1.0])
    result = index("doctors", steps=Denominate({"doctors": "people"})).compute(data)
    assert result.provenance.unused == ("area",)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Denominate({}), "give a mapping of variables to their denominators"),
        (lambda: Denominate({"a": "a"}), "'a' cannot be its own denominator"),
        (lambda: Denominate({"a": "b"}, factor=0), "the factor is a number above 0, not 0"),
        (lambda: Denominate({"a": "b"}, factor={"c": 2}), "without a denominator: 'c'"),
        (lambda: Denominate({"a": 3}), "are names: 'a', 3"),  # type: ignore[arg-type]
    ],
)
def test_impossible_denominators_are_refused(build: Any, message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        build()


def test_lacking_denominators_are_all_named() -> None:
    with pytest.raises(gi.DataError, match=r"(?s)'kids'.*'peple': did you mean 'people'"):
        Denominate({"doctors": "peple", "kids": "people"})(lettered(doctors=[1], people=[2]))


def test_mean_and_median_fill_what_is_missing_and_mark_it() -> None:
    data = lettered(days=[1.0, None, 4.0, 10.0], online=[None, 1.0, 0.0, None])
    assert column(Impute(Mean())(data), "days") == [1, 5, 4, 10]
    filled = Impute(Median())(data)
    assert column(filled, "days") == [1, 4, 4, 10]
    assert column(filled, "online") == [0.5, 1, 0, 0.5]
    marks = filled.status == CellStatus.IMPUTED
    assert marks.tolist() == np.isnan(data.values).tolist()


def test_groups_give_their_own_numbers() -> None:
    data = lettered(league="NNSS", days=[1.0, None, 8.0, None])
    assert column(Impute(Mean(over="league"))(data), "days") == [1, 1, 8, 8]


def test_a_group_without_a_value_is_an_error_that_names_it() -> None:
    data = lettered(league="NNST", days=[1.0, 2.0, None, None])
    with pytest.raises(gi.DataError) as caught:
        Impute(Mean(over="league"))(data)
    expected = (
        "variable 'days': Mean(over='league') has no number for 'C', 'D'; without a value: the "
        "league 'S', 'T'"
    )
    assert caught.value.problems == (expected,)


def test_a_group_without_a_value_may_have_a_fallback_or_stay_missing() -> None:
    data = lettered(league="NNS", days=[1.0, 2.0, None])
    filled = Impute(Mean(over="league"), otherwise=Mean())(data)
    assert column(filled, "days") == [1, 2, 1.5]
    report: Any = filled.reports[0]
    assert report.cells["by"].tolist() == ["Mean(over='all')"]
    left = Impute(Mean(over="league"), lacking="missing")(data)
    assert left.cell("C", "days") is CellStatus.MISSING
    assert left.reports[0].frame.loc["days", "still_missing"] == 1


def test_units_without_an_attribute_are_in_no_group() -> None:
    frame = pd.DataFrame({"unit": list("ABC"), "region": ["x", None, None], "days": [1, None, 5]})
    data = gi.Observations.from_frame(frame, attributes=["region"])
    with pytest.raises(gi.DataError, match="has no number for 'B'; of no region"):
        Impute(Mean(over="region"))(data)


def test_a_variable_without_any_value_is_an_error_that_names_it() -> None:
    data = lettered(days=[None, None], online=[1.0, 2.0])
    with pytest.raises(gi.DataError, match="variable 'days' has no value at all"):
        Impute(Mean())(data)
    assert column(Impute(Mean(), otherwise=Constant(7))(data), "days") == [7, 7]


def test_rows_are_filled_from_their_dimension() -> None:
    data = lettered(a=[1.0, 4.0], b=[None, 6.0], c=[5.0, None], d=[9.0, 9.0])
    framework = gi.Framework(
        "index",
        [gi.Dimension("x", [leaf("a"), leaf("b")]), gi.Dimension("y", [leaf("c"), leaf("d")])],
    )
    method = gi.Methodology("t", "1", framework, steps=Impute(RowMean(["x", "y"])))
    assert method.prepare(data).values.tolist() == [[1, 1, 5, 9], [4, 6, 9, 9]]
    assert Impute(RowMedian())(data).value("A", "b") == 5


def leaf(code: str) -> gi.Indicator:
    return gi.Indicator(code, rule=gi.rules.Identity())


def test_rows_of_an_unknown_dimension_are_refused() -> None:
    data = lettered(a=[1.0, None])
    with pytest.raises(gi.UnknownNameError, match="there is no dimension 'x': Known: 'index'"):
        index("a", steps=Impute(RowMean(["x"]))).compute(data)
    with pytest.raises(gi.SettingError, match="says which variables are below 'x'"):
        Impute(RowMean(["x"]))(data)
    with pytest.raises(gi.UnknownNameError, match="there is no variable 'b'"):
        Impute(RowMean({"x": ["b"]}))(data)


def test_not_applicable_cells_are_filled_only_on_demand() -> None:
    data = lettered(days=[1, "n/a", None])
    filled = Impute(Constant(0))(data)
    assert filled.cell("B", "days") is CellStatus.NOT_APPLICABLE
    assert column(Impute(Constant(0), not_applicable=True)(data), "days") == [1, 0, 0]


def test_answers_are_never_filled() -> None:
    data = lettered(kind=["new", None], days=[1.0, None])
    filled = Impute(Constant(0))(data)
    assert filled.cell("B", "kind") is CellStatus.MISSING
    assert filled.value("B", "days") == 0
    with pytest.raises(gi.DataError, match="variable 'kind' holds answers, not numbers"):
        Impute(Constant(0), variables=["kind"])(data)


def test_stages_stay_as_they_were_reported() -> None:
    first, second = lettered(days=[1.0, None]), lettered(days=[None, None])
    data = gi.Observations.from_stages({"self": first, "verified": second})
    filled = Impute(Constant(9))(data)
    assert filled.value("B", "days") == 9
    assert filled.at_stage("self").value("B", "days") is None


def test_in_a_methodology_only_measured_variables_are_filled() -> None:
    data = lettered(days=[1.0, None], people=[5.0, None])
    prepared = index("days", steps=Impute(Constant(0))).prepare(data)
    assert prepared.value("B", "days") == 0
    assert prepared.value("B", "people") is None


def test_variables_that_do_not_exist_are_refused() -> None:
    with pytest.raises(gi.DataError, match="no variable 'dais': did you mean 'days'"):
        Impute(Mean(), variables=["dais"])(lettered(days=[1.0, None]))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: Impute("mean"),  # type: ignore[arg-type]
            "fill is a fill such as prepare.impute.Mean",
        ),
        (
            lambda: Impute(Mean),  # type: ignore[arg-type]
            "fill is a fill",
        ),
        (
            lambda: Impute(Mean(), otherwise=3),  # type: ignore[arg-type]
            "otherwise is a fill",
        ),
        (lambda: Mean(over=""), "over is one of 'all'"),
        (lambda: Known([1]), "give a mapping of variables to numbers"),  # type: ignore[arg-type]
        (lambda: Known({"a": {"x": 1}}), "'a' has numbers for the groups 'x'"),
        (lambda: Known({"a": NAN}), "the number for 'a' is a finite number"),
        (lambda: Constant(float("inf")), "is a finite number"),
        (lambda: RowMean(3), "groups are the codes of dimensions"),  # type: ignore[arg-type]
        (lambda: Impute(Mean(), variables=3), "expected a name or names, not 3"),  # type: ignore[arg-type]
    ],
)
def test_impossible_fills_are_refused(build: Any, message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        build()


def test_means_are_anchored_as_numbers() -> None:
    data = lettered(league="NNS", days=[1.0, 2.0, 9.0], online=[1.0, 1.0, None])
    method = index("days", "online", steps=Impute(Mean(over="league"), otherwise=Median()))
    anchored = method.anchored(data)
    assert anchored.steps == (
        Impute(
            Known({"days": {"N": 1.5, "S": 9}, "online": {"N": 1}}, over="league"),
            otherwise=Known({"days": 2, "online": 1}),
            variables=("days", "online"),
        ),
    )
    assert not anchored.peer_dependent
    other = lettered(league="SST", days=[None, 100.0, None], online=[1.0, 1.0, 1.0])
    assert column(anchored.prepare(other), "days") == [9, 100, 2]


def test_what_cannot_be_anchored_is_named() -> None:
    def shifted(data: gi.Observations) -> gi.Observations:
        return data

    data = lettered(days=[1.0, 2.0])
    method = index("days", steps=[shifted, Impute(Mean(over="period"))])
    with pytest.raises(gi.FrameworkError) as caught:
        method.anchored(data)
    assert [problem.partition(" has no anchor")[1] for problem in caught.value.problems] == [
        " has no anchor",
        "",
    ]
    assert "every period has its own reference" in str(caught.value)


def test_steps_are_anchored_on_what_the_ones_before_make() -> None:
    data = lettered(days=[2.0, 4.0, None], people=[2.0, 2.0, 2.0])
    steps = [Denominate({"days": "people"}), Impute(Mean())]
    anchored = index("days", steps=steps).anchored(data)
    assert anchored.steps[1].fill == Known({"days": 1.5})  # type: ignore[attr-defined]


def test_screen_removes_units_of_which_too_little_is_known() -> None:
    data = lettered(a=[1, None, 3], b=[1, None, "n/a"], c=[0, 2, 3])
    screened = Screen(0.5)(data)
    assert screened.units.codes == ("A", "C")
    report: Any = screened.reports[0]
    assert report.left == ("B",)
    assert report.frame["why"].tolist() == ["", "availability 0.3333 < 0.5", ""]
    assert report.frame["applicable"].tolist() == [3, 3, 2]


def test_screen_looks_at_zeros_and_at_dimensions() -> None:
    data = lettered(a=[0.0, 1.0, 1.0], b=[0.0, 1.0, 1.0], c=[1.0, 1.0, None], d=[1.0, 1.0, 1.0])
    screen = Screen(nonzero=0.6, groups={"x": ["a", "b"], "y": ["c", "d"]}, group_availability=0.8)
    report = screen.report(data)
    assert report.left == ("A", "C")
    assert report.reasons == (("nonzero 0.5 < 0.6",), (), ("availability: y 0.5 < 0.8",))


def test_screen_takes_dimensions_from_the_framework() -> None:
    data = lettered(a=[None, 1.0], b=[1.0, 1.0], extra=[1.0, None])
    framework = gi.Framework("index", [gi.Dimension("x", [leaf("a")]), leaf("b")])
    steps = Screen(groups=["x"], group_availability=1)
    result = gi.Methodology("t", "1", framework, steps=steps).compute(data)
    assert result.units.codes == ("B",)
    report: Any = result.preparation[0]
    assert report.left == ("A",)
    with pytest.raises(gi.SettingError, match="says which variables are below 'x'"):
        steps(data)


def test_units_are_forced_in_and_out() -> None:
    data = lettered(a=[1.0, None, 3.0])
    screened = Screen(0.5, keep=["B"], drop=["A"])(data)
    assert screened.units.codes == ("B", "C")
    assert screened.reports[0].frame["why"].tolist() == [
        "dropped by name",
        "availability 0 < 0.5",
        "",
    ]


def test_screened_units_may_stay_without_a_rank() -> None:
    data = lettered(a=[5.0, 1.0, 3.0], b=[1.0, None, 1.0])
    method = index("a", steps=Screen(0.9, variables=["a", "b"], becomes="unranked"))
    result = method.compute(data)
    assert result.units.codes == ("A", "B", "C")
    assert result.ranks["a"].tolist()[::2] == [1, 2]
    assert pd.isna(result.ranks["a"].iloc[1])


def test_a_unit_may_be_the_last_to_be_dropped() -> None:
    with pytest.raises(gi.DataError, match="A leaves for 'dropped by name'"):
        Screen(drop=["A"])(lettered(a=[None]))


def test_steps_pass_over_data_without_numbers() -> None:
    data = lettered(kind=["x", "y"])
    for step in (Impute(Mean()), Screen(0.5), Treat()):
        assert step(data).units.codes == ("A", "B")


def test_merged_units_keep_the_marks_and_the_reports() -> None:
    filled = Impute(Mean())(lettered(a=[1.0, None, 5.0], b=[1.0, 2.0, 3.0]))
    whole = filled.roll_up({"A": "x", "B": "x", "C": "y"})
    assert whole.status.tolist() == [[CellStatus.IMPUTED, 0], [0, 0]]
    assert whole.reports == filled.reports


def test_a_fill_of_another_shape_is_refused() -> None:
    @attrs.frozen
    class Wrong:
        peer_dependent: bool = False

        def fill(self, matrix: Any) -> Any:
            return np.zeros(3)

    message = r"the fill .*Wrong.* returned numbers of shape \(3,\), expected \(1, 2\)"
    with pytest.raises(gi.SettingError, match=message):
        Impute(Wrong())(lettered(a=[1.0, None]))


def test_forms_with_other_variables_are_not_screened_together() -> None:
    forms = {"district": gi.Framework("index", [leaf("b")])}
    method = gi.Forms("t", "1", gi.Framework("index", [leaf("a")]), forms=forms, steps=Screen(0.5))
    with pytest.raises(gi.SettingError, match="the forms measure different variables"):
        method.compute(lettered(a=[1.0], b=[1.0]))


def test_no_unit_left_is_an_error() -> None:
    with pytest.raises(
        gi.DataError, match=r"no unit is left after Screen.*: A leaves for 'availability 0.5 < 0.9'"
    ):
        Screen(0.9)(lettered(a=[1.0, None], b=[None, 1.0]))


def test_a_parent_cannot_leave_its_children() -> None:
    frame = pd.DataFrame({"unit": ["P", "C"], "parent": [None, "P"], "a": [None, 1.0]})
    data = gi.Observations.from_frame(frame, parent="parent")
    with pytest.raises(gi.DataError, match="unit 'C' stays, but its parent 'P' leaves"):
        Screen(0.5)(data)
    assert Screen(0.5, becomes="unranked")(data).units.codes == ("P", "C")


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: Screen(1.5), gi.SettingError, "is a share from 0 to 1, not 1.5"),
        (lambda: Screen(group_nonzero=0.5), gi.SettingError, "need groups"),
        (lambda: Screen(keep=["X"])(lettered(a=[1])), gi.DataError, "there is no unit 'X'"),
        (
            lambda: Screen(keep=["A"], drop=["A"])(lettered(a=[1])),
            gi.DataError,
            "to keep and to drop at once: 'A'",
        ),
        (
            lambda: screen_variables(lettered(a=[1]), drop=["b"]),
            gi.DataError,
            "variables to keep or drop: there is no 'b'",
        ),
    ],
)
def test_impossible_screens_are_refused(build: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        build()


def test_variables_are_screened_by_an_analysis() -> None:
    data = lettered(a=[1, None, None], b=[0, 0, 1], c=["x", "y", "x"])
    report = screen_variables(data, availability=0.5, nonzero=0.5, keep=["b"])
    assert report.left == ("a",)
    assert report.frame["why"].tolist() == [
        "availability 0.3333 < 0.5",
        "nonzero 0.3333 < 0.5",
        "",
    ]


def test_one_import_prepares_data() -> None:
    from govindex import impute, prepare, treat

    assert (prepare.impute, prepare.treat) == (impute, treat)
    assert set(kinds(prepare)) == {"Denominate", "Impute", "Screen", "Treat", "TreatAs"}

"""Covariances and replicates of observations: what they must be, and what becomes of them."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import impute, prepare, survey, treat
from govindex.contracts import CellStatus
from govindex.model.error_reports import LostErrorsReport

UNITS = [gi.Unit(code) for code in "ABC"]
VARIABLES = ("x", "y", "size")
VALUES = np.array([[80.0, 70.0, 10.0], [60.0, 65.0, 20.0], [90.0, 85.0, 5.0]])
JOINT = ("x", "y")


def covariances(seed: int, units: int = 3, scale: float = 1.0) -> Any:
    """Return covariances that errors can have, shape (units, 2, 2)."""
    roots = np.random.default_rng(seed).normal(size=(units, 2, 3)) * scale
    return roots @ np.swapaxes(roots, 1, 2)


def errors_of(blocks: Any) -> Any:
    exact = np.zeros((len(blocks), 1))
    return np.hstack([np.sqrt(np.diagonal(blocks, axis1=1, axis2=2)), exact])


def data(seed: int = 1, **other: Any) -> gi.Observations:
    blocks = covariances(seed)
    fields = {"errors": errors_of(blocks), "covariances": (JOINT, blocks), **other}
    return gi.Observations(UNITS, VARIABLES, VALUES, **fields)


def replicated(seed: int = 1, count: int = 30) -> gi.Observations:
    """Return data whose errors and covariances are those of their replicates."""
    rng = np.random.default_rng(seed)
    apart = rng.normal(size=(count, 3, 2)) @ np.array([[2.0, 1.0], [0.0, 1.5]])
    apart += rng.normal(size=(count, 1, 1))  # what units share
    blocks = np.einsum("rua,rub->uab", apart, apart) / count
    return gi.Observations(
        UNITS,
        VARIABLES,
        VALUES,
        errors=errors_of(blocks),
        covariances=(JOINT, blocks),
        replicates=(JOINT, VALUES[:, :2] + apart),
    )


def values_of(observed: gi.Observations) -> Any:
    assert observed.covariances is not None
    return observed.covariances.values


def draws_of(observed: gi.Observations) -> Any:
    assert observed.replicates is not None
    return observed.replicates.values


def lost(observed: gi.Observations) -> list[LostErrorsReport]:
    return [report for report in observed.reports if isinstance(report, LostErrorsReport)]


def test_a_unit_has_a_table_of_its_covariances() -> None:
    table = data().covariance("B")
    np.testing.assert_array_equal(table, covariances(1)[1])
    assert list(table.index) == list(table.columns) == ["x", "y"]
    with pytest.raises(gi.DataError, match="the data have no covariances between variables"):
        gi.Observations(UNITS, VARIABLES, VALUES).covariance("B")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"errors": None}, "covariances and replicates go with standard errors: give errors="),
        ({"covariances": (("x", "z"), covariances(1))}, "covariances name 'z', which is no var"),
        ({"covariances": (("x", "x"), covariances(1))}, "covariances name 'x' more than once"),
        ({"covariances": covariances(1)}, r"covariances are \(variables, array of units"),
        ({"covariances": (JOINT, covariances(1)[:2])}, r"covariances have shape \(2, 2, 2\), exp"),
        ({"covariances": (JOINT, 2 * covariances(1))}, "unit 'A', variable 'x': the diagonal of"),
        ({"replicates": (JOINT, np.ones((1, 3, 2)))}, r"replicates have shape \(1, 3, 2\), exp"),
        ({"replicates": (JOINT, np.ones((4, 3, 2)), [1.0])}, "there are 4 replicates and factors"),
        ({"replicates": (JOINT, np.ones((2, 3, 2)), [1, -1])}, "factors of replicates are finite"),
        ({"replicates": (JOINT, np.full((4, 3, 2), np.inf))}, "a replicate is infinite"),
        ({"replicates": {"x": [1]}}, r"replicates are \(variables, array of replicates"),
    ],
)
def test_joint_errors_that_cannot_be_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(gi.GovIndexError, match=message):
        data(**wrong)


def test_correlations_beyond_one_are_refused_by_unit_and_variable() -> None:
    blocks = covariances(1)
    blocks[2, 0, 1] = blocks[2, 1, 0] = 1.1 * np.sqrt(blocks[2, 0, 0] * blocks[2, 1, 1])
    with pytest.raises(gi.DataError, match=r"with that of 'y' is beyond ±1") as caught:
        data(covariances=(JOINT, blocks))
    assert {problem.unit for problem in caught.value.problems} == {"C"}
    blocks[2, 0, 1] = 0.0
    with pytest.raises(gi.DataError, match="is another in either order"):
        data(covariances=(JOINT, blocks))


def test_covariances_that_contradict_each_other_are_refused() -> None:
    block = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    with pytest.raises(gi.DataError, match="unit 'A': no errors have these covariances"):
        gi.Observations(
            UNITS[:1], VARIABLES, VALUES[:1], errors=[[1, 1, 1]], covariances=(VARIABLES, [block])
        )


def test_an_absent_cell_has_neither_covariances_nor_replicates() -> None:
    values = VALUES.copy()
    values[1, 0] = np.nan
    known = replicated()
    gap = attrs.evolve(known, values=values, status=None)
    assert np.isnan(values_of(gap)[1]).tolist() == [[True, True], [True, False]]
    assert np.isnan(draws_of(gap)[:, 1, 0]).all()
    np.testing.assert_array_equal(draws_of(gap)[:, 1, 1], draws_of(known)[:, 1, 1])


def test_a_suppressed_cell_shows_nothing_of_its_error() -> None:
    hidden = replicated().suppressed([("B", "x")])
    assert np.isnan(values_of(hidden)[1]).tolist() == [[True, True], [True, False]]
    assert np.isnan(draws_of(hidden)[:, 1, 0]).all()


def test_a_copied_unit_has_the_errors_of_its_model() -> None:
    """Rank reversal adds copies of units to data with errors."""
    leaf = gi.Indicator("x", rule=gi.rules.MinMax())
    method = gi.Methodology("example.x", "1", gi.Framework("index", [leaf]))
    cases = gi.robustness.reversals(method, replicated(), copies=True).cases
    assert (cases["case"] == "copy of").sum() == 3


def test_joint_errors_follow_the_units_that_are_taken() -> None:
    taken = replicated().take(["C", "A"])
    np.testing.assert_array_equal(values_of(taken), values_of(replicated())[[2, 0]])
    np.testing.assert_array_equal(draws_of(taken), draws_of(replicated())[:, [2, 0]])


def test_a_panel_gives_back_the_joint_errors_of_its_periods() -> None:
    order = ["size", "y", "x"]
    later = gi.Observations(UNITS, order, VALUES[:, ::-1])
    panel = gi.Observations.panel({"2024": replicated(), "2025": later})
    again = panel.at_period("2024")
    np.testing.assert_array_equal(values_of(again), values_of(replicated()))
    np.testing.assert_array_equal(draws_of(again), draws_of(replicated()))
    assert np.isnan(values_of(panel.at_period("2025"))).all()
    whole = panel.balanced("all")
    np.testing.assert_array_equal(values_of(whole), values_of(panel))


def test_replicates_of_unlike_surveys_are_dropped_with_a_report() -> None:
    panel = gi.Observations.panel({"2024": replicated(), "2025": replicated(2, count=31)})
    assert panel.replicates is None
    [report] = lost(panel)
    assert report.what == "replicates"
    assert report.frame["cells"].to_dict() == {"x": 6, "y": 6}
    assert repr(report) == "<LostErrorsReport: replicates of 12 cells>"
    np.testing.assert_array_equal(values_of(panel.at_period("2025")), values_of(replicated(2, 31)))


def test_cells_of_one_stage_keep_their_covariance_and_others_have_none() -> None:
    blank = VALUES.copy()
    blank[1, 0] = blank[2, :2] = np.nan
    later = data(2)
    later = attrs.evolve(later, values=blank, status=None)
    joined = gi.Observations.from_stages({"self": data(1), "verified": later}, fall_back=True)
    found = values_of(joined)
    np.testing.assert_allclose(found[0], covariances(2)[0])
    np.testing.assert_allclose(found[2], covariances(1)[2])
    assert joined.cell("B", "x") is CellStatus.FALLEN_BACK
    assert np.isnan(found[1, 0, 1])
    assert np.isnan(found[1, 1, 0])
    assert found[1, 0, 0] == pytest.approx(covariances(1)[1, 0, 0])
    assert found[1, 1, 1] == pytest.approx(covariances(2)[1, 1, 1])


@given(
    seed=st.integers(0, 99),
    weights=st.tuples(*[st.floats(0.1, 10)] * 3),
    how=st.sampled_from(["mean", "sum"]),
)
def test_merged_units_have_the_covariances_of_sums_of_independent_ones(
    seed: int, weights: tuple[float, ...], how: Any
) -> None:
    values = np.column_stack([VALUES[:, :2], weights])
    observed = attrs.evolve(data(seed), values=values)
    mapping = {"A": "new", "B": "old", "C": "new"}
    merged = observed.roll_up(mapping, how, weights="size" if how == "mean" else None)
    shares = np.array(weights)[[0, 2]] if how == "mean" else np.ones(2)
    shares = shares / (shares.sum() if how == "mean" else 1)
    blocks = covariances(seed)
    expected = shares[0] ** 2 * blocks[0] + shares[1] ** 2 * blocks[2]
    row = merged.units.locate("new")
    np.testing.assert_allclose(values_of(merged)[row], expected, rtol=1e-9)
    np.testing.assert_allclose(values_of(merged)[1 - row], blocks[1] * 1.0, rtol=1e-9)


def test_replicates_show_how_errors_of_merged_units_go_together() -> None:
    observed = replicated()
    merged = observed.roll_up(dict.fromkeys("ABC", "all"), "sum")
    together = draws_of(observed).sum(axis=1)
    np.testing.assert_allclose(draws_of(merged)[:, 0], together)
    apart = together - VALUES[:, :2].sum(axis=0)
    np.testing.assert_allclose(values_of(merged)[0], apart.T @ apart / len(apart))
    assert merged.errors is not None
    np.testing.assert_allclose(merged.errors[0, :2] ** 2, (apart**2).mean(axis=0))


def test_an_error_that_replicates_do_not_show_stays_in_the_merged_one() -> None:
    """Where all answers agree, replicates are equal and the error is that of the interval."""
    same = np.broadcast_to(VALUES[:, :1], (20, 3, 1))
    observed = gi.Observations(
        UNITS, VARIABLES, VALUES, errors=[[3.0, 0, 0], [4.0, 0, 0], [0, 0, 0]],  # type: ignore[arg-type]
        replicates=(("x",), same),
    )  # fmt: skip
    merged = observed.roll_up(dict.fromkeys("ABC", "all"), "sum")
    assert merged.errors is not None
    assert merged.errors[0, 0] == pytest.approx(5.0)


def test_denominating_divides_covariances_and_replicates() -> None:
    divided = prepare.Denominate({"x": "size"}, factor=10)(replicated())
    by = np.column_stack([10 / VALUES[:, 2], np.ones(3)])
    expected = values_of(replicated()) * by[:, :, None] * by[:, None, :]
    np.testing.assert_allclose(values_of(divided), expected)
    np.testing.assert_allclose(draws_of(divided), draws_of(replicated()) * by)
    assert not lost(divided)


def test_a_denominator_with_an_error_drops_errors_with_a_report() -> None:
    errors = errors_of(covariances(1))
    errors[:2, 2] = 0.5
    divided = prepare.Denominate({"x": "size"})(data(errors=errors))
    [report] = lost(divided)
    assert report.frame["cells"].to_dict() == {"x": 2}
    assert report.summary_in("vi").startswith("không còn biết sai số chuẩn: 2 ô")
    assert np.isnan(values_of(divided)[0]).tolist() == [[True, True], [True, False]]
    assert not np.isnan(values_of(divided)[2]).any()


@pytest.mark.parametrize(
    ("step", "gone"),
    [
        (prepare.TreatAs({"x": treat.Between(high=85)}), [False, False, True]),
        (prepare.Impute(impute.Mean(), variables=["x"]), [False, False, False]),
    ],
)
def test_steps_keep_the_joint_errors_of_cells_that_they_do_not_change(
    step: Any, gone: list[bool]
) -> None:
    after = step(replicated())
    assert np.isnan(values_of(after)[:, 0, 0]).tolist() == gone
    assert np.isnan(draws_of(after)[0, :, 0]).tolist() == gone
    np.testing.assert_array_equal(values_of(after)[:, 1, 1], values_of(replicated())[:, 1, 1])
    assert [report.frame["cells"].to_dict() for report in lost(after)] == [{"x": 1}] * any(gone)
    assert not isinstance(after.reports[-1], LostErrorsReport)


def test_variables_of_a_survey_stand_beside_those_of_a_register() -> None:
    register = gi.Observations([*UNITS, gi.Unit("D")], ["appraised"], [[50.0], [60], [55], [40]])  # type: ignore[arg-type]
    joined = register.with_variables(replicated().take(["C", "A", "B"]), names={"x": "sipas"})
    assert joined.variables == ("appraised", "sipas", "y", "size")
    assert joined.cell("D", "sipas") is CellStatus.MISSING
    assert joined.value("B", "sipas") == 60.0
    rows = np.arange(3)
    np.testing.assert_array_equal(values_of(joined)[rows], values_of(replicated()))
    np.testing.assert_array_equal(draws_of(joined)[:, rows], draws_of(replicated()))
    assert np.isnan(draws_of(joined)[:, 3]).all()
    assert joined.errors is not None
    assert np.isnan(joined.errors[:, 0]).all()


def test_a_survey_has_the_same_value_at_every_stage() -> None:
    first = gi.Observations(UNITS, ["appraised"], [[50.0], [60], [55]])  # type: ignore[arg-type]
    last = gi.Observations(UNITS, ["appraised"], [[40.0], [np.nan], [50]])  # type: ignore[arg-type]
    staged = gi.Observations.from_stages({"self": first, "verified": last}, fall_back=True)
    joined = staged.with_variables(data())
    assert joined.cell("B", "appraised") is CellStatus.FALLEN_BACK
    assert joined.at_stage("self").value("A", "x") == joined.value("A", "x") == 80.0
    assert joined.at_stage("self").value("A", "appraised") == 50.0


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            gi.Observations(UNITS, ["x"], [[1.0], [2], [3]]),  # type: ignore[arg-type]
            "both have a variable 'x': rename it with",
        ),
        (gi.Observations([gi.Unit("Z")], ["z"], [[1.0]]), "unit 'Z': the data do not have this"),
        (
            gi.Observations(UNITS, ["z"], [[1.0], [2.0], [3.0]], period="2025"),
            "of no period, the .*from_frame",
        ),
        (
            gi.Observations.from_stages({"self": gi.Observations(UNITS, ["z"], [[1.0], [2], [3]])}),  # type: ignore[arg-type]
            "the variables have the stages 'self', the data none",
        ),
    ],
)
def test_variables_that_do_not_fit_are_refused(other: gi.Observations, message: str) -> None:
    with pytest.raises(gi.DataError, match=message):
        data().with_variables(other)


def test_estimates_give_covariances_and_replicates_to_the_units_that_they_name() -> None:
    rng = np.random.default_rng(3)
    table = {
        "unit": np.repeat(["A", "B", "C"], 40),
        **{code: rng.integers(1, 6, 120) for code in ("q1", "q2", "q3")},
    }
    asked = survey.Questionnaire(
        [survey.Question(code) for code in ("q1", "q2", "q3")], survey.AnswerScale.likert()
    )
    design = survey.SampleDesign(replication=survey.Bootstrap(25, rng=1))
    estimates = survey.estimate(pd.DataFrame(table), asked, design)
    units = [gi.Unit(code) for code in ("C", "D", "A", "B")]
    observed = estimates.observations(items=["q3", "q1"], units=units)
    assert estimates.covariances is not None
    assert estimates.replicates is not None
    block = estimates.covariance("A").loc[["q3", "q1"], ["q3", "q1"]]
    pd.testing.assert_frame_equal(observed.covariance("A"), block)
    assert np.isnan(observed.covariance("D").to_numpy()).all()
    np.testing.assert_array_equal(
        draws_of(observed)[:, [2, 3, 0]], estimates.replicates[:, :, [2, 0]]
    )


def test_published_estimates_come_with_covariances() -> None:
    frame = pd.DataFrame(
        {"domain": [*"AABB"], "item": ["S1", "S2"] * 2, "value": [0.8, 0.7, 0.9, 0.6],
         "se": [0.02, 0.03, 0.01, 0.02]}
    )  # fmt: skip
    pairs = pd.DataFrame({"domain": ["A"], "item": ["S2"], "other": ["S1"], "covariance": [0.0003]})
    estimates = survey.Estimates.of(frame, covariances=pairs)
    assert estimates.covariance("A").loc["S1", "S2"] == 0.0003
    assert estimates.covariance("B").isna().loc["S1", "S2"]
    assert estimates.drawn(3, rng=1)["S1"].shape == (3, 2)
    assert estimates.observations().covariance("A").loc["S2", "S2"] == pytest.approx(0.0009)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("A", "S1", "S9", 0.1), "row 1: column 'other' names 'S9', which has no estimate"),
        (("A", "S1", "S2", 0.1), "unit 'A', variable 'S1'.*is 0.1, more than its errors allow"),
        (("A", "S1", "S1", 0.1), "is 0.1, by the squared error 0.0004"),
        (
            ("A", "S1", "S2", "much"),
            "column 'covariance' must hold numbers, not texts, such as 'much'",
        ),
    ],
)
def test_covariances_that_do_not_fit_the_estimates_are_refused(
    row: tuple[Any, ...], message: str
) -> None:
    frame = pd.DataFrame(
        {"domain": ["A", "A"], "item": ["S1", "S2"], "value": [0.8, 0.7], "se": [0.02, 0.03]}
    )
    pairs = pd.DataFrame([row], columns=["domain", "item", "other", "covariance"])
    with pytest.raises(gi.DataError, match=message):
        survey.Estimates.of(frame, covariances=pairs)

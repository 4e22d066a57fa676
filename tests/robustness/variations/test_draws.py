"""Draws of variations, and their tables with labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from govindex import (
    DataError,
    Observations,
    SettingError,
    absence,
    aggregate,
    robustness,
    rules,
)
from govindex.robustness import RankSample, sample_ranks
from govindex.robustness.sampling.draws import Runner
from tests.robustness.examples import (
    data_of,
    flat,
    random_data,
    tree,
)


def weights_of(sample: RankSample) -> dict[str, Any]:
    runner = Runner(sample._drawable)
    return dict(runner.weights(sample._drawable.basis.method, runner.draw(0), slice(None)))


def drawn_weights(**way: Any) -> dict[str, Any]:
    vary = [robustness.Weights(**way)]
    return weights_of(sample_ranks(tree(), random_data(1, 5), vary=vary, draws=2_000, rng=3))


def test_spread_weights_stay_between_their_ends() -> None:
    drawn = drawn_weights(spread=0.25)
    assert set(drawn) == {"a", "b", "x", "y"}  # z has no sibling
    assert 1.5 <= drawn["y"].min() < 1.52
    assert 2.48 < drawn["y"].max() <= 2.5


def test_normal_weights_stay_above_0() -> None:
    drawn = drawn_weights(deviation=1.0)
    assert all((row > 0).all() for row in drawn.values())


def test_dirichlet_weights_keep_the_sum_and_on_average_the_proportions() -> None:
    drawn = drawn_weights(concentration=10)
    np.testing.assert_allclose(drawn["x"] + drawn["y"], 3.0)
    assert drawn["y"].mean() == pytest.approx(2.0, abs=0.05)
    uniform = drawn_weights(concentration="uniform")
    assert (uniform["y"] / 3.0).mean() == pytest.approx(0.5, abs=0.03)


def test_one_tier_is_varied_alone() -> None:
    assert set(drawn_weights(spread=0.5, at=1)) == {"a", "b"}


def test_left_out_nodes_count_for_nothing() -> None:
    data = random_data(4, 8)
    vary = [robustness.LeaveOut(none=False)]
    sample = sample_ranks(tree(), data, vary=vary, draws=60, rng=1)
    expected = {tuple(tree().without(code).compute(data).ranks_at("index")) for code in "xyz"}
    actual = {tuple(row) for row in sample.to_frame()[list(data.units.codes)].to_numpy(float)}
    assert actual == expected


def test_errors_of_measurement_move_values_within_their_limits() -> None:
    data = data_of({"x": [0.5, 0.6, 0.2], "se": [0.2, 0.0, 0.3]})
    vary = [robustness.Errors({"x": "se"}, distribution="normal", limits={"x": (0.4, 0.8)})]
    sample = sample_ranks(flat("x", rules.Identity()), data, vary=vary, draws=500, rng=2)
    scores = sample.scores()
    assert (scores["u001"] == 60.0).all()
    assert scores.min().min() == 40.0
    assert scores.max().max() == 80.0


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_errors_have_the_size_that_is_given(distribution: Any) -> None:
    data = data_of({"x": [0.0, 10.0]})
    vary = [robustness.Errors({"x": [1.0, 2.0]}, distribution=distribution)]
    method = flat("x", rules.Affine(slope=0.01))
    scores = sample_ranks(method, data, vary=vary, draws=4_000, rng=2).scores()
    assert scores[["u000", "u001"]].std().to_list() == pytest.approx([1.0, 2.0], rel=0.05)


def test_missing_cells_stay_missing_under_errors() -> None:
    data = data_of({"x": [0.5, None, 0.2], "y": [0.1, 0.5, 0.3]})
    method = flat("xy", rules.Identity(), absence=absence.Renormalise())
    vary = [robustness.Errors({"x": 0.1})]
    scores = sample_ranks(method, data, vary=vary, draws=50, rng=2).scores()
    assert (scores["u001"] == 50.0).all()


def test_replicates_are_taken_whole() -> None:
    data = data_of({"x": [1.0, 2.0], "y": [1.0, 2.0]})
    tables = {"x": [[1, 2], [5, 6]], "y": [[1, 2], [50, 60]]}
    method = flat("xy", rules.Affine(slope=0.01))
    scores = sample_ranks(
        method, data, vary=[robustness.Replicates(tables)], draws=100, rng=1
    ).scores()
    assert sorted(set(scores["u000"])) == [1.0, 27.5]


def test_alternatives_follow_their_probabilities() -> None:
    data = random_data(1, 6)
    choice = robustness.Alternatives(
        aggregate=[None, aggregate.Geometric(), aggregate.Arithmetic()],
        probabilities=[0.7, 0.3, 0.0],
    )
    method = flat(rule=rules.Identity())
    scores = sample_ranks(method, data, vary=[choice], draws=2_000, rng=1).scores()
    share = (scores["u000"] == method.compute(data).scores.loc["u000", "index"]).mean()
    assert share == pytest.approx(0.7, abs=0.03)


def test_preparations_policies_and_methodologies_are_alternatives() -> None:
    data = data_of({"x": [0.5, None, 0.2], "y": [0.1, 0.5, 0.3]})
    method = flat("xy", rules.Identity(), absence=absence.Renormalise())
    halves = flat("xy", rules.Affine(slope=0.5), absence=absence.AsZero())
    vary = [
        robustness.Alternatives(method=[method, halves]),
        robustness.Alternatives(absence=[None, absence.AsZero()]),
        robustness.Alternatives(rule=[None, rules.Affine(slope=0.1)], at="x"),
    ]
    scores = sample_ranks(method, data, vary=vary, draws=300, rng=1).scores()
    assert sorted(set(scores["u001"])) == [12.5, 25.0, 50.0]
    assert (
        sorted(set(scores["u000"].round(9))) == [5.0, 7.5, 15.0, 30.0]
        or len(set(scores["u000"].round(9))) == 4
    )


CODES = ["C", "A", "D", "B"]


def labelled_data() -> Observations:
    frame = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [4.0, 1, 3, 2]}, index=CODES)
    return Observations.from_frame(frame)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 0, 3, 1]])
@pytest.mark.parametrize(
    "kind", [robustness.Replicates, lambda table: robustness.Given(values=table)]
)
def test_columns_with_codes_are_those_units_in_any_order(kind: Any, order: list[int]) -> None:
    rng = np.random.default_rng(1)
    numbers = rng.random((50, 4))
    frame = pd.DataFrame(numbers, columns=CODES).iloc[:, order]
    plain, labelled = (
        sample_ranks(flat("xy"), labelled_data(), vary=[kind({"x": table})], draws=50, rng=1)
        for table in (numbers, frame)
    )
    np.testing.assert_array_equal(plain._kept, labelled._kept)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 0, 3, 1]])
def test_errors_with_codes_are_those_of_these_units_in_any_order(order: list[int]) -> None:
    sizes = np.array([0.001, 3.0, 0.2, 0.5])
    series = pd.Series(sizes, index=CODES).iloc[order]
    plain, labelled = (
        sample_ranks(
            flat("xy"), labelled_data(), vary=[robustness.Errors({"x": given})], draws=50, rng=1
        )
        for given in (sizes, series)
    )
    np.testing.assert_array_equal(plain._kept, labelled._kept)


@pytest.mark.parametrize(
    ("match", "codes"),
    [
        (r"'x': there is no unit 'E': Known: 'A'", ["C", "A", "D", "E"]),
        (r"'x' has no label 'B': it lacks this unit", ["C", "A", "D", "E"]),
        (r"'x' has unit 'A' twice", ["C", "A", "D", "A"]),
        (r"'x': there is no unit '5'", [5, 6, 7, 8]),
    ],
)
def test_labels_that_are_no_units_are_named(match: str, codes: list[Any]) -> None:
    table = pd.DataFrame(np.ones((3, 4)), columns=codes)
    for error, vary in (
        (DataError, robustness.Replicates({"x": table})),
        (DataError, robustness.Given(values={"x": table})),
        (SettingError, robustness.Errors({"x": table.iloc[0]})),
    ):
        with pytest.raises(error, match=match):
            sample_ranks(flat("xy"), labelled_data(), vary=[vary], draws=3, rng=1)


def test_an_error_that_is_no_number_is_reported_once() -> None:
    with pytest.raises(
        SettingError, match=r"apply: variable 'x': the error is -1; an error is"
    ) as e:
        sample_ranks(
            flat("xy"), labelled_data(), vary=[robustness.Errors({"x": -1.0})], draws=3, rng=1
        )
    assert str(e.value).count("the error is") == 1


def test_errors_of_too_many_units_are_refused() -> None:
    with pytest.raises(SettingError, match="give one error, or one for each of the 4 units"):
        sample_ranks(
            flat("xy"), labelled_data(), vary=[robustness.Errors({"x": np.ones(5)})], draws=3, rng=1
        )

"""Draws of errors that go together: covariances, limits, replicates."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import robustness, rules
from govindex.kernels.logit_normals import logistic, logit_normal
from govindex.kernels.seeds import generator
from tests.sampling import few

UNITS = [gi.Unit(code) for code in "ABCD"]
VARIABLES = ("a", "b", "c")
WEIGHTS = {"a": 3.0, "b": 1.0, "c": 2.0}
VALUES = np.array([[82.0, 75.0, 60.0], [80.0, 78.0, 55.0], [91.0, 97.0, 88.0], [50.0, 40.0, 52.0]])
DRAWS = 8_000


def method() -> gi.Methodology:
    """Return the mean of three percentages; scores are linear in them, also beyond 0 and 100."""
    leaves = [
        gi.Indicator(code, weight=weight, rule=rules.Affine(slope=0.01))
        for code, weight in WEIGHTS.items()
    ]
    return gi.Methodology("example.linear", "1", gi.Framework("index", leaves))


def covariances(seed: int, scale: float = 2.0) -> Any:
    roots = np.random.default_rng(seed).normal(size=(4, 3, 4)) * scale
    return roots @ np.swapaxes(roots, 1, 2)


def data(blocks: Any, values: Any = VALUES) -> gi.Observations:
    errors = np.sqrt(np.diagonal(blocks, axis1=1, axis2=2))
    return gi.Observations(UNITS, VARIABLES, values, errors=errors, covariances=(VARIABLES, blocks))


def drawn(observed: gi.Observations, vary: Any, draws: int = DRAWS) -> Any:
    """Return drawn values, shape (draws, units, variables)."""
    sample = robustness.sample_ranks(method(), observed, vary=[vary], draws=draws, rng=1)
    recipe = sample._drawable
    [bound] = recipe.bounds
    parts = [
        bound.draw(generator(recipe.seed, 0, number), number * recipe.block, recipe.block)
        for number in range(recipe.blocks)
    ]
    prepared = recipe.basis.prepared
    shifts = [
        np.stack([part.shifts.get(name, np.zeros((recipe.block, 4))) for name in VARIABLES], axis=2)
        for part in parts
    ]
    columns = [prepared.column_of(name) for name in VARIABLES]
    values = prepared.values[:, columns] + np.concatenate(shifts)[:draws]
    for column, name in enumerate(VARIABLES):
        low, high = parts[0].limits.get(name, (-np.inf, np.inf))
        values[:, :, column] = np.clip(values[:, :, column], low, high)
    return values


def covariance_of(values: Any) -> Any:
    """Return the covariances of drawn values about their mean, shape (units, k, k)."""
    apart = values - values.mean(axis=0)
    return np.einsum("dua,dub->uab", apart, apart) / len(values)


def relative(found: Any, wanted: Any) -> Any:
    """Return differences of covariances over the errors of both variables."""
    size = np.sqrt(np.diagonal(wanted, axis1=1, axis2=2))
    return (found - wanted) / (size[:, :, None] * size[:, None, :])


@given(seed=st.integers(0, 50))
@settings(max_examples=few(10))
def test_draws_have_the_covariances_of_the_data(seed: int) -> None:
    blocks = covariances(seed)
    values = drawn(data(blocks), robustness.Errors())
    sd = np.sqrt(np.diagonal(blocks, axis1=1, axis2=2))
    assert (np.abs(values.mean(axis=0) - VALUES) < 5 * sd / np.sqrt(DRAWS)).all()
    assert np.abs(relative(covariance_of(values), blocks)).max() < 0.06


@given(seed=st.integers(0, 50))
@settings(max_examples=few(10))
def test_the_variance_of_a_linear_index_is_that_of_its_weights(seed: int) -> None:
    blocks = covariances(seed)
    sample = robustness.sample_ranks(
        method(), data(blocks), vary=[robustness.Errors()], draws=DRAWS, rng=seed
    )
    weights = np.array(list(WEIGHTS.values())) / sum(WEIGHTS.values())
    expected = np.sqrt(np.einsum("a,uab,b->u", weights, blocks, weights))
    found = sample.scores()[[unit.code for unit in UNITS]].std().to_numpy()
    np.testing.assert_allclose(found, expected, rtol=0.05)


@given(
    seed=st.integers(0, 50),
    part=st.floats(0.01, 0.25),
    values=st.lists(st.floats(1.0, 99.0), min_size=12, max_size=12),
)
@settings(max_examples=few(10))
def test_shares_keep_their_mean_error_and_limits(
    seed: int, part: float, values: list[float]
) -> None:
    """The errors are a part of what is possible between the limits; correlations up to ±0.45."""
    shares = np.array(values).reshape(4, 3) / 100
    sd = 100 * np.sqrt(part * shares * (1 - shares))
    blocks = covariances(seed)
    size = np.sqrt(np.diagonal(blocks, axis1=1, axis2=2))
    correlation = 0.45 * blocks / (size[:, :, None] * size[:, None, :])
    correlation[:, range(3), range(3)] = 1.0
    blocks = correlation * sd[:, :, None] * sd[:, None, :]
    # Of shares near 0 and 1 rare draws decide the moments: more draws, and room for chance.
    moved = drawn(data(blocks, 100 * shares), robustness.Errors(limits=(0, 100)), 4 * DRAWS)
    assert moved.min() >= 0.0
    assert moved.max() <= 100.0
    assert (np.abs(moved.mean(axis=0) - 100 * shares) < 6 * sd / np.sqrt(len(moved))).all()
    found = relative(covariance_of(moved), blocks)
    assert np.abs(found[:, range(3), range(3)]).max() < 0.4
    mild = np.abs(shares - 0.5).max(axis=1) < 0.4
    assert np.abs(found[mild]).max(initial=0.0) < 0.08


@pytest.mark.parametrize(("mean", "sd"), [(0.82, 0.02), (0.5, 0.35), (0.01, 0.05), (0.999, 0.002)])
def test_a_logit_normal_has_its_mean_and_deviation(mean: float, sd: float) -> None:
    mu, sigma = logit_normal(np.array([mean]), np.array([sd]))
    normal = np.linspace(-9, 9, 40_001)
    chance = np.exp(-(normal**2) / 2)
    values = logistic(mu + sigma * normal)
    assert np.average(values, weights=chance) == pytest.approx(mean, rel=1e-7)
    assert np.average((values - mean) ** 2, weights=chance) == pytest.approx(sd**2, rel=1e-6)


def test_a_value_at_a_limit_is_drawn_inwards_by_its_error() -> None:
    values = VALUES.copy()
    values[0, 0], values[3, 0], values[1, 1] = 100.0, 0.0, 99.95
    observed = gi.Observations(UNITS, VARIABLES, values, errors=np.full((4, 3), 3.0))
    moved = drawn(observed, robustness.Errors(limits=(0, 100)))
    assert 99.9 < moved[:, 0, 0].max() <= 100.0
    assert 0.0 <= moved[:, 3, 0].min() < 0.1
    for row, column in ((0, 0), (3, 0), (1, 1)):
        apart = moved[:, row, column] - values[row, column]
        assert np.sqrt((apart**2).mean()) == pytest.approx(3.0, rel=0.04)


def test_errors_without_covariances_are_drawn_as_they_were() -> None:
    """Bit by bit: one block of standard normal numbers for each variable, in order of names."""
    errors = np.array([[2.0, np.nan, 1.0]] * 4)
    observed = gi.Observations(UNITS, VARIABLES, VALUES, errors=errors)
    [bound] = robustness.sample_ranks(
        method(), observed, vary=[robustness.Errors()], draws=5, rng=3
    )._drawable.bounds
    rng = generator((3,), 0, 0)
    found = bound.draw(generator((3,), 0, 0), 0, 16)
    for name, size in (("a", 2.0), ("c", 1.0)):
        expected = rng.standard_normal((16, 4)) * np.full(4, size)
        np.testing.assert_array_equal(found.shifts[name], expected)
    assert set(found.shifts) == {"a", "c"}


@pytest.mark.parametrize("kind", ["errors", "covariances", "draws", "factors"])
def test_the_order_of_units_and_columns_does_not_change_a_draw(kind: str) -> None:
    observed = {
        "errors": attrs.evolve(data(covariances(2)), covariances=None),
        "covariances": data(covariances(2)),
        "draws": replicated(),
        "factors": replicated(scale=0.5),
    }[kind]
    order, names = ["C", "A", "D", "B"], ["c", "a", "b"]
    columns = [observed.column_of(name) for name in names]
    other = attrs.evolve(
        observed,
        variables=names,
        values=observed.values[:, columns],
        status=None,
        treated=None,
        errors=None if observed.errors is None else observed.errors[:, columns],
    ).take(order)
    samples = [
        robustness.sample_ranks(method(), each, vary=[robustness.Errors()], draws=200, rng=5)
        for each in (observed, other)
    ]
    one, two = (sample.scores()[list("ABCD")].to_numpy() for sample in samples)
    np.testing.assert_array_equal(one, two)


def test_exact_values_leave_every_rank_where_it_is() -> None:
    exact = np.zeros((4, 3))
    exact[3, 0] = 1e-9  # of the last unit, far behind
    blocks = exact[:, :, None] * exact[:, None, :]
    sample = robustness.sample_ranks(
        method(), data(blocks), vary=[robustness.Errors(limits=(0, 100))], draws=64, rng=1
    )
    assert (sample.acceptability().max(axis=1) == 1.0).all()


def test_units_of_equal_values_and_errors_are_first_equally_often() -> None:
    blocks = np.broadcast_to(covariances(4)[0], (4, 3, 3))
    values = np.broadcast_to(VALUES[0], (4, 3))
    sample = robustness.sample_ranks(
        method(),
        data(blocks, values),
        vary=[robustness.Errors(limits=(0, 100))],
        draws=DRAWS,
        rng=2,
    )
    assert sample.top(1).to_numpy() == pytest.approx(0.25, abs=0.02)


def replicated(scale: float | None = None, count: int = 40) -> gi.Observations:
    """Return data with replicates that are draws, or that count `scale` each in the variance."""
    rng = np.random.default_rng(8)
    apart = rng.normal(size=(count, 4, 3)) + rng.normal(size=(count, 1, 1))
    apart -= apart.mean(axis=0)
    factors = np.full(count, 1.0 / count if scale is None else scale)
    errors = np.sqrt(np.einsum("r,rua->ua", factors, apart**2))
    return gi.Observations(
        UNITS, VARIABLES, VALUES, errors=errors, replicates=(VARIABLES, VALUES + apart, factors)
    )


def test_replicates_of_a_bootstrap_are_drawn_whole() -> None:
    observed = replicated()
    assert observed.replicates is not None
    known = {tuple(row) for row in observed.replicates.values.reshape(40, -1).round(9).tolist()}
    moved = drawn(observed, robustness.Errors(), 500)
    assert {tuple(row) for row in moved.reshape(500, -1).round(9).tolist()} == known


@pytest.mark.parametrize("limits", [{}, {"limits": (0, 100)}])
def test_other_replicates_are_combined_with_the_covariances_of_all_units(
    limits: dict[str, Any],
) -> None:
    observed = replicated(scale=0.4)
    assert observed.replicates is not None
    apart = (observed.replicates.values - VALUES).reshape(40, -1)
    wanted = 0.4 * apart.T @ apart
    moved = drawn(observed, robustness.Errors(**limits)).reshape(DRAWS, -1)
    found = np.cov(moved.T)
    size = np.sqrt(np.diagonal(wanted))
    assert np.abs((found - wanted) / np.outer(size, size)).max() < (0.13 if limits else 0.07)
    if limits:
        assert moved.max() <= 100.0


def test_cells_without_replicates_are_drawn_by_their_errors() -> None:
    observed = replicated()
    assert observed.replicates is not None
    assert observed.errors is not None
    values, errors = observed.replicates.values.copy(), observed.errors.copy()
    values[:, 1, 0] = np.nan
    values[:, 2, 1] = VALUES[2, 1]  # all answers agree: replicates show nothing
    errors[2, 1] = 4.0
    partial = attrs.evolve(observed, errors=errors, replicates=(VARIABLES, values))
    moved = drawn(partial, robustness.Errors())
    np.testing.assert_allclose(moved.std(axis=0), errors, rtol=0.05)


def test_sensitivity_takes_errors_that_go_together_as_one_group() -> None:
    blocks = covariances(1)
    blocks[:, :2, 2] = blocks[:, 2, :2] = 0.0
    vary = {"errors": robustness.Errors()}
    found = robustness.sensitivity(
        method(), data(blocks), vary=vary, points=64, rng=1, groups="inputs"
    ).to_frame()
    assert set(found["group"]) == {"errors: a, b", "errors: c"}
    total = found[found["output"] == "score"].groupby("unit")["total"].sum()
    assert total.to_numpy() == pytest.approx(1.0, abs=0.35)  # independent groups of a sum


@pytest.mark.parametrize("scale", [None, 0.5])
def test_sensitivity_takes_replicates_as_one_input(scale: float | None) -> None:
    vary: dict[str, Any] = {
        "errors": robustness.Errors(),
        "weights": robustness.Weights(spread=0.1),
    }
    found = robustness.sensitivity(method(), replicated(scale), vary=vary, points=64, rng=1)
    groups = found.to_frame().groupby("group")["total"].mean()
    assert groups["errors"] > groups["weights"] > 0


@pytest.mark.parametrize("distribution", ["uniform", "normal", "logit-normal"])
def test_every_distribution_holds_the_covariances(distribution: Any) -> None:
    blocks = covariances(3, scale=1.0)
    vary = robustness.Errors(distribution=distribution, limits=(-50, 150))
    assert np.abs(relative(covariance_of(drawn(data(blocks), vary)), blocks)).max() < 0.06


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"distribution": "gamma"}, "errors are 'normal', 'uniform', 'logit-normal', not 'gamma'"),
        ({"limits": (1, 0)}, r"limits of the variables are a pair \(low, high\), not \(1, 0\)"),
        ({"limits": 5}, "a mapping of variables to pairs"),
    ],
)
def test_settings_that_do_not_apply_are_refused(settings_: dict[str, Any], message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        robustness.Errors(**settings_)


def test_values_and_errors_that_limits_do_not_allow_are_named() -> None:
    observed = gi.Observations(UNITS, VARIABLES, VALUES, errors=np.full((4, 3), 2.0))
    message = "the value is not between its limits 0 and 90 in 2 cells of 2 var"
    with pytest.raises(gi.SettingError, match=message) as caught:
        drawn(observed, robustness.Errors(limits=(0, 90)))
    assert {problem.unit for problem in caught.value.problems} == {"C"}
    alike = attrs.evolve(observed, values=np.full((4, 3), 50.0))
    with pytest.raises(gi.SettingError, match="the error 2 is too large for 50 between 48 and 52"):
        drawn(alike, robustness.Errors(limits=(48, 52)))


def test_points_declare_their_limits() -> None:
    """No draw is refused, although normal errors would pass the maximum."""
    leaves = [gi.Indicator(code, weight=10, rule=rules.Points()) for code in VARIABLES]
    framework = gi.Framework("index", leaves, aggregate=gi.aggregate.Sum())
    rubric = gi.Methodology("example.rubric", "1", framework, scale="points")
    observed = gi.Observations(
        UNITS, VARIABLES, VALUES / 10, errors=np.full((4, 3), 0.5), period="2024"
    )
    samples = [
        robustness.sample_ranks(rubric, observed, vary=[vary], draws=400, rng=1)
        for vary in (robustness.Errors(), robustness.Errors(limits=(0, 10)))
    ]
    one, two = (sample.scores().to_numpy() for sample in samples)
    np.testing.assert_array_equal(one, two)
    vary = [robustness.Errors(distribution="normal")]
    with pytest.raises(gi.DataError, match="points lie between 0 and the maximum 10"):
        robustness.sample_ranks(rubric, observed, vary=vary, draws=400, rng=1)

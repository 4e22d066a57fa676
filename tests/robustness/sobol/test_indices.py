"""Sobol' indices: against closed forms, another library, published tables, and by their laws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex import SettingError
from govindex.robustness import SobolIndices, SobolSample, sobol_indices, sobol_sample
from govindex.robustness.sobol.estimators import Estimator, resamples
from tests.asem import asem_table

Function = Callable[[Any], Any]


def values(sample: SobolSample, f: Function, *, second: bool = False) -> list[Any]:
    groups = range(len(sample.groups))
    actual = [f(sample.a), f(sample.b), np.array([f(sample.a_b(i)) for i in groups])]
    return [*actual, np.array([f(sample.b_a(i)) for i in groups])] if second else actual


def indices_of(f: Function, inputs: Any, points: int, **settings: Any) -> SobolIndices:
    sample = sobol_sample(inputs, points, rng=1)
    return sobol_indices(*values(sample, f, second=settings.pop("second", False)), **settings)


def ishigami(x: Any) -> Any:
    z = np.pi * (2.0 * x - 1.0)
    return np.sin(z[:, 0]) + 7.0 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0])


# -- against closed forms -------------------------------------------------------------------------


def test_indices_of_the_ishigami_function_are_those_of_its_closed_form() -> None:
    one = 0.5 * (1.0 + 0.1 * np.pi**4 / 5.0) ** 2
    two = 7.0**2 / 8.0
    both = 0.1**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    variance = one + two + both
    indices = indices_of(ishigami, 3, 2**14, second=True)
    np.testing.assert_allclose(indices.variance, variance, rtol=0.01)
    first = np.array([one, two, 0.0]) / variance
    np.testing.assert_allclose(indices.first.value, first, atol=0.01)
    total = np.array([one + both, two, both]) / variance
    np.testing.assert_allclose(indices.total.value, total, atol=0.01)
    assert indices.second is not None
    pairs = indices.second.value[[0, 0, 1], [1, 2, 2]]
    np.testing.assert_allclose(pairs, np.array([0.0, both, 0.0]) / variance, atol=0.02)
    assert (indices.second.value[2, 0] == indices.second.value[0, 2]).all()
    assert np.isnan(np.diagonal(indices.second.value)).all()


def g_function(a: Any) -> Function:
    return lambda x: np.prod((np.abs(4.0 * x - 2.0) + a) / (1.0 + a), axis=1)


def g_parts(a: Any) -> tuple[Any, float]:
    own = 1.0 / (3.0 * (1.0 + a) ** 2)
    return own, float(np.prod(1.0 + own) - 1.0)


@pytest.mark.parametrize("a", [[0, 1, 4.5, 9, 99, 99, 99, 99], [0.5, 0.5, 2.0]], ids=str)
def test_indices_of_the_g_function_are_those_of_its_closed_form(a: list[float]) -> None:
    own, variance = g_parts(np.array(a))
    indices = indices_of(g_function(np.array(a)), len(a), 2**13)
    np.testing.assert_allclose(indices.first.value, own / variance, atol=0.01)
    total = own * (1.0 + variance) / (1.0 + own) / variance
    np.testing.assert_allclose(indices.total.value, total, atol=0.01)


def test_a_group_has_the_indices_of_its_inputs_together() -> None:
    a = np.array([0.0, 1.0, 4.5, 9.0])
    own, variance = g_parts(a)
    indices = indices_of(g_function(a), ["strong", "strong", "weak", "weak"], 2**13)
    strong, weak = np.prod(1.0 + own[:2]) - 1.0, np.prod(1.0 + own[2:]) - 1.0
    np.testing.assert_allclose(indices.first.value, [strong / variance, weak / variance], atol=0.01)
    np.testing.assert_allclose(
        indices.total.value, [1.0 - weak / variance, 1.0 - strong / variance], atol=0.01
    )


# -- against another library ----------------------------------------------------------------------


def in_turn(f: list[Any]) -> Any:
    """Return values as SALib orders them: point by point A, A_B of every input, B_A, B."""
    a, b, *mixed = f
    return np.vstack([a, *mixed, b]).T.reshape(-1)


def test_indices_equal_those_of_salib_on_the_same_points() -> None:
    salib = pytest.importorskip("SALib.analyze.sobol", reason="SALib is not installed")
    own = values(sobol_sample(3, 512, rng=3), ishigami, second=True)
    indices = sobol_indices(*own)
    problem = {"num_vars": 3, "names": list("xyz"), "bounds": [[0, 1]] * 3}
    theirs = salib.analyze(problem, in_turn(own), calc_second_order=True, seed=1)
    np.testing.assert_allclose(indices.total.value, theirs["ST"], rtol=0, atol=1e-12)
    # There, values are taken less the mean of all evaluations; here, of the two samples.
    a, b, a_b, b_a = (f - (own[0].mean() + own[1].mean()) / 2.0 for f in own)
    first = [salib.first_order(a, a_b[i], b) for i in range(3)]
    np.testing.assert_allclose(indices.first.value, first, rtol=0, atol=1e-12)
    middle = np.mean([*a, *b, *a_b.reshape(-1), *b_a.reshape(-1)])
    moved = middle * (a_b - a).mean(axis=1) / indices.variance
    np.testing.assert_allclose(indices.first.value - moved, theirs["S1"], rtol=0, atol=1e-12)
    assert indices.second is not None
    for j, k in ((0, 1), (0, 2), (1, 2)):
        pair = salib.second_order(a, a_b[j], a_b[k], b_a[j], b)
        np.testing.assert_allclose(indices.second.value[j, k], pair, rtol=0, atol=1e-12)


# -- against published tables ---------------------------------------------------------------------


def parts_of(f: Any, points: int) -> tuple[Any, Any, Any]:
    return f[:points], f[points : 2 * points], f[2 * points :].reshape(-1, points)


def test_total_indices_of_the_asem_ranks_equal_the_reference() -> None:
    """The first-order column there is not centred, and differs from any estimate that is."""
    ranks = asem_table("sa_Ranks").set_index("uCode").astype(int)
    shifts = ranks.sub(ranks.pop("Nominal"), axis=0).abs().mean().to_numpy()
    indices = sobol_indices(*parts_of(shifts, 24))
    expected = asem_table("sa_Sensitivity")["STi"].astype(float)
    # The variance is taken over 48 − 1 there.
    np.testing.assert_allclose(indices.total.value * 47 / 48, expected, rtol=1e-12)


def test_total_indices_of_a_function_equal_the_reference() -> None:
    sample = asem_table("sa_generic_sample").astype(float)
    f = sample["X1"] + 2.0 * sample["X2"] + 3.0 * sample["X3"] ** 2
    np.testing.assert_allclose(f, sample["y"], rtol=1e-12)
    indices = sobol_indices(*parts_of(sample["y"].to_numpy(), 64))
    expected = asem_table("sa_generic_estimate").astype({"Si": float, "STi": float})
    np.testing.assert_allclose(indices.total.value * 127 / 128, expected["STi"], rtol=1e-12)
    # Additive: both kinds are the same, and the centred estimate is the nearer one.
    parts = np.array([1.0 / 12.0, 4.0 / 12.0, 9.0 * (1.0 / 5.0 - 1.0 / 9.0)])
    exact = parts / parts.sum()
    ours, theirs = (np.abs(s - exact).max() for s in (indices.first.value, expected["Si"]))
    assert ours < theirs


# -- by their laws --------------------------------------------------------------------------------


@given(
    shift=st.floats(-1e6, 1e6), scale=st.sampled_from([-1e3, 1e-3, 7.0]), seed=st.integers(0, 100)
)
@settings(max_examples=25)
def test_indices_do_not_depend_on_the_unit_of_measurement(
    shift: float, scale: float, seed: int
) -> None:
    own = values(sobol_sample(3, 64, rng=seed), ishigami, second=True)
    one = sobol_indices(*own)
    two = sobol_indices(*(shift + scale * f for f in own))
    tolerance = 1e-9 * max(1.0, abs(shift) / abs(scale) * 1e-2)
    for order in ("first", "total", "second"):
        np.testing.assert_allclose(
            getattr(one, order).value, getattr(two, order).value, atol=tolerance
        )


def test_outputs_together_have_the_indices_they_have_alone() -> None:
    sample = sobol_sample(3, 256, rng=5)

    def both(x: Any) -> Any:
        return np.stack([ishigami(x), g_function(np.array([0.0, 1.0, 9.0]))(x)], axis=1)

    together = sobol_indices(*values(sample, both, second=True), bootstraps=20, rng=2)
    for index in range(2):
        own = [f[..., index] for f in values(sample, both, second=True)]
        alone = sobol_indices(*own, bootstraps=20, rng=2)
        for order in ("first", "total", "second"):
            for part in ("value", "low", "high"):
                np.testing.assert_allclose(
                    getattr(getattr(together, order), part)[..., index],
                    getattr(getattr(alone, order), part),
                    atol=1e-12,
                )


def test_a_bootstrap_is_the_estimate_from_the_points_that_were_drawn() -> None:
    a, b, a_b, b_a = values(sobol_sample(3, 64, rng=5), ishigami, second=True)
    weights = resamples(64, 6, (3,))
    assert weights is not None
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    estimator = Estimator(a[:, None], b[:, None], weights, 0.9)
    groups = estimator.first_and_total(list(a_b[:, :, None]))
    drawn = np.rint(weights * 64).astype(int)
    for number, counts in enumerate(drawn, start=1):
        rows = np.repeat(np.arange(64), counts)
        again = sobol_indices(a[rows], b[rows], a_b[:, rows], b_a[:, rows])
        for i, (first, total) in enumerate(groups):
            assert first[number, 0] == pytest.approx(again.first.value[i], abs=1e-12)
            assert total[number, 0] == pytest.approx(again.total.value[i], abs=1e-12)
    indices = sobol_indices(a, b, a_b, b_a, bootstraps=6, level=1 - 1e-12, rng=3)
    assert indices.second is not None
    assert indices.second.low is not None
    assert indices.second.high is not None
    pairs = []
    for counts in drawn:
        rows = np.repeat(np.arange(64), counts)
        second = sobol_indices(a[rows], b[rows], a_b[:, rows], b_a[:, rows]).second
        assert second is not None
        pairs.append(second.value)
    np.testing.assert_allclose(indices.second.low, np.min(pairs, axis=0), atol=1e-9)
    np.testing.assert_allclose(indices.second.high, np.max(pairs, axis=0), atol=1e-9)


def test_intervals_hold_the_closed_form_about_as_often_as_their_level() -> None:
    a = np.array([0.0, 1.0, 4.5])
    own, variance = g_parts(a)
    total = own * (1.0 + variance) / (1.0 + own) / variance
    inside = []
    for seed in range(60):
        x, y = np.random.default_rng(seed).random((2, 256, 3))
        sample = SobolSample(x, y, ("1", "2", "3"), np.arange(3))
        indices = sobol_indices(*values(sample, g_function(a)), bootstraps=100, rng=seed)
        assert indices.total.low is not None
        assert indices.total.high is not None
        inside.append((indices.total.low <= total) & (total <= indices.total.high))
    assert 0.78 < np.mean(inside) < 0.98


def test_an_output_without_variance_has_no_indices_and_a_reason() -> None:
    def f(x: Any) -> Any:
        return np.stack(
            [x[:, 0], np.full(len(x), 0.1), np.where(x[:, 1] > 0.9, np.nan, x[:, 0])], 1
        )

    sample = sobol_sample(2, 64, rng=1)
    indices = sobol_indices(*values(sample, f, second=True), bootstraps=10, rng=1)
    assert indices.reasons[0] == ""
    assert indices.reasons[1] == "no variance: 0.1 at every point"
    assert "of 384 evaluations give no number" in indices.reasons[2]
    assert indices.second is not None
    for estimates in (indices.first, indices.total, indices.second):
        for part in (estimates.value, estimates.low, estimates.high):
            assert part is not None
            assert np.isnan(part[..., 1:]).all()
    assert np.isfinite(indices.total.value[:, 0]).all()


def test_variation_in_the_last_bits_is_no_variance() -> None:
    indices = indices_of(lambda x: 1.0 + 1e-15 * x[:, 0], 2, 64)
    assert indices.reasons == ("no variance: 1 at every point",)


def test_bootstraps_without_variance_are_left_out_of_the_interval() -> None:
    """One of 16 points differs: more than a third of the bootstraps do not contain it."""
    f = np.zeros(16)
    f[3] = 1.0
    indices = sobol_indices(f, np.zeros(16), np.stack([np.zeros(16), f]), bootstraps=100, rng=1)
    assert indices.total.low is not None
    assert indices.total.high is not None
    assert np.isfinite([*indices.total.low, *indices.total.high]).all()
    assert indices.total.low[0] > 0.9
    assert indices.total.high[1] == 0.0


# -- points ---------------------------------------------------------------------------------------


def test_points_are_balanced_and_strictly_inside() -> None:
    sample = sobol_sample(["w", "w", "rule"], 256, rng=4)
    assert sample.groups == ("w", "rule")
    for cube in (sample.a, sample.b):
        counts = [np.histogram(cube[:, i], bins=256, range=(0, 1))[0] for i in range(3)]
        assert (np.array(counts) == 1).all()
    mixed = sample.b_a(1)
    assert (mixed[:, 2] == sample.a[:, 2]).all()
    assert (mixed[:, :2] == sample.b[:, :2]).all()
    again = sobol_sample(["w", "w", "rule"], 256, rng=4)
    assert (again.a == sample.a).all()
    assert (sobol_sample(["w", "w", "rule"], 256, rng=5).a != sample.a).any()


def test_inputs_beyond_the_known_directions_are_drawn() -> None:
    sample = sobol_sample(10_603, 2, rng=1)
    assert sample.a.shape == sample.b.shape == (2, 10_603)
    for cube in (sample.a, sample.b):
        assert ((cube > 0) & (cube < 1)).all()
    assert (sample.a[:, -3:] != sample.b[:, -3:]).all()


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("match", "make"),
    [
        ("take 1024 or 512, not 1000", lambda: sobol_sample(3, 1000, rng=1)),
        ("power of two of at least 2, not 1", lambda: sobol_sample(3, 1, rng=1)),
        ("power of two of at least 2, not 2.0", lambda: sobol_sample(3, 2.0, rng=1)),  # type: ignore[arg-type]
        ("groups is a whole number from 2 to 1,000,000, not 1", lambda: sobol_sample(1, 8, rng=1)),
        ("at least two, not only 'w'", lambda: sobol_sample(["w", "w"], 8, rng=1)),
        ("at least two, not 0", lambda: sobol_sample([], 8, rng=1)),
        ("f_A and f_B have one shape", lambda: sobol_indices([1, 2], [1, 2, 3], [[1, 2]])),
        ("f_A and f_B have one shape", lambda: sobol_indices(1, 2, 3)),
        (r"f_AB has the shape \(groups, 2\)", lambda: sobol_indices([1, 2], [1, 2], [1, 2])),
        (
            r"f_BA has the shape \(groups, 2\)",
            lambda: sobol_indices([1, 2], [1, 2], [[1, 2]] * 2, [[1, 2]]),
        ),
        (
            "bootstraps is 0 or a whole number of at least 2, not 1",
            lambda: sobol_indices([1, 2], [1, 2], [[1, 2]], bootstraps=1, rng=1),
        ),
        (
            "bootstraps are drawn by rng=",
            lambda: sobol_indices([1, 2], [1, 2], [[1, 2]], bootstraps=10),
        ),
        (
            "level is a share between 0 and 1, not 90",
            lambda: sobol_indices([1, 2], [1, 2], [[1, 2]], level=90),
        ),
    ],
)
def test_settings_that_do_not_fit_are_refused(match: str, make: Any) -> None:
    with pytest.raises(SettingError, match=match):
        make()

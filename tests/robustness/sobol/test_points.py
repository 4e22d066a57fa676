"""What points of the unit cube make of variations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

from govindex import (
    aggregate,
)
from govindex.robustness import (
    Alternatives,
    Errors,
    LeaveOut,
    Replicates,
    Weights,
    sobol_sample,
)
from govindex.robustness.sampling.samples import bound_to
from govindex.robustness.sobol.inputs import pointed
from tests.robustness.examples import (
    random_data,
    tree,
)


def drawn_by(variation: Any, method: Any = None, data: Any = None, points: int = 4096) -> Any:
    """Return what a variation draws at the points of a sample, and the points themselves."""
    method = method or tree()
    data = random_data(1, 5) if data is None else data
    _, _, (bound,), _ = bound_to(method, data, [variation])
    labels = [f"{i}" for i in range(len(bound.inputs))] + ["another"]  # type: ignore[attr-defined]
    sample = sobol_sample(labels, points, rng=1)
    (driven,) = pointed([bound], sample)  # type: ignore[list-item]
    return driven.draw(np.random.default_rng(), 0, points), sample.a


def weights_drawn(variation: Any) -> tuple[dict[str, Any], Any]:
    drawn, cube = drawn_by(variation)
    own = {code: np.ones(1) for code in "abxyz"}
    own["y"], own["b"] = np.full(1, 2.0), np.full(1, 3.0)
    return dict(drawn.weigh(own, slice(None))), cube


def test_weights_spread_evenly() -> None:
    drawn, cube = weights_drawn(Weights(spread=0.5))
    np.testing.assert_allclose(drawn["a"], 0.5 + cube[:, 0])
    np.testing.assert_allclose(drawn["y"], 2.0 * (0.5 + cube[:, 3]))
    assert (drawn["z"] == 1.0).all()


def test_weights_follow_the_normal_distribution_above_0() -> None:
    drawn, _ = weights_drawn(Weights(deviation=0.8))
    least = -1.0 / 0.8
    ratio = np.exp(-(least**2) / 2.0) / np.sqrt(2.0 * np.pi) / special.ndtr(-least)
    assert drawn["a"].min() > 0
    assert drawn["a"].mean() == pytest.approx(1.0 + 0.8 * ratio, abs=1e-3)
    variance = 0.8**2 * (1.0 + least * ratio - ratio**2)
    assert drawn["a"].var() == pytest.approx(variance, rel=5e-3)


@pytest.mark.parametrize("concentration", ["uniform", 5.0, 0.01])
def test_weights_follow_a_dirichlet_distribution(concentration: Any) -> None:
    drawn, _ = weights_drawn(Weights(concentration=concentration))
    np.testing.assert_allclose(drawn["x"] + drawn["y"], 3.0)
    one, two = (1.0, 1.0) if concentration == "uniform" else np.array([1, 2]) * concentration / 3
    share, whole = drawn["x"] / 3.0, one + two
    assert share.mean() == pytest.approx(one / whole, abs=5e-3)
    assert share.var() == pytest.approx(one * two / whole**2 / (whole + 1.0), rel=0.05)


def test_options_have_their_probabilities() -> None:
    choice = Alternatives(
        aggregate=[None, aggregate.Geometric(), aggregate.Arithmetic()],
        probabilities=[0.25, 0.75, 0.0],
    )
    drawn, _ = drawn_by(choice)
    assert (np.bincount(drawn.option, minlength=3) == [1024, 3072, 0]).all()


@pytest.mark.parametrize("none", [False, True])
def test_nodes_are_left_out_equally_often(*, none: bool) -> None:
    drawn, _ = weights_drawn(LeaveOut(["a", "x", "y"], none=none))
    out = [(drawn[code] == 0).mean() for code in "axy"]
    np.testing.assert_allclose(out, 1.0 / (3 + none), atol=1e-3)


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_errors_have_their_sizes(distribution: Any) -> None:
    vary = Errors({"x": [0.1, 0.0, 0.3, 0.1, 0.1], "z": 0.2}, distribution=distribution)
    drawn, cube = drawn_by(vary)
    assert cube.shape[1] == 10  # nine values with an error
    assert (drawn.shifts["x"][:, 1] == 0).all()
    np.testing.assert_allclose(drawn.shifts["x"].std(axis=0), [0.1, 0, 0.3, 0.1, 0.1], rtol=5e-3)
    np.testing.assert_allclose(drawn.shifts["z"].std(axis=0), 0.2, rtol=5e-3)


def test_replicates_are_drawn_equally_often() -> None:
    drawn, _ = drawn_by(Replicates({"x": np.arange(20.0).reshape(4, 5)}))
    assert (
        np.bincount(drawn.values["x"][:, 0].astype(int)) == np.bincount([0, 5, 10, 15] * 1024)
    ).all()

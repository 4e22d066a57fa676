"""Treatments of values of any size: those of the same values in an ordinary one, or an error."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import treat

VALUES = np.array([-60.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 90.0])
LIMITS = [
    treat.Winsorise(points=2),
    treat.Quartiles(),
    treat.Percentiles(0.1, 0.9),
    treat.Deviations(),
]


def treated(values: Any, *treatments: Any) -> Any:
    frame = pd.DataFrame({"unit": [f"U{i}" for i in range(len(values))], "x": values})
    data = gi.Observations.from_frame(frame, unit="unit")
    return gi.prepare.Treat(treatments, when="always")(data).values[:, 0]


@pytest.mark.parametrize("limits", LIMITS, ids=repr)
@settings(max_examples=15)
@given(power=st.integers(-1060, 1017))
def test_limits_follow_the_size_of_values(limits: Any, power: int) -> None:
    actual = treated(np.ldexp(VALUES, power), limits)
    step = np.ldexp(1.0, max(-1074 - power, -60))  # what the least numbers can tell apart
    np.testing.assert_allclose(
        np.ldexp(actual, -power), treated(VALUES, limits), rtol=1e-11, atol=step
    )


@settings(max_examples=15)
@given(power=st.integers(-1060, 1017), mirrored=st.booleans())
def test_logarithms_of_other_sizes_differ_by_a_constant(power: int, mirrored: bool) -> None:
    log = treat.Log(mirrored=mirrored, share=0.5)
    apart = treated(np.ldexp(VALUES, power), log) - treated(VALUES, log)
    shift = power * np.log(2.0)
    np.testing.assert_allclose(apart, -shift if mirrored else shift, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("curve", "size"),
    [
        (treat.BoxCox(power=2), 1e160),
        (treat.BoxCox(power=2), 1e-160),
        (treat.BoxCox(power=-2), 1e160),
        (treat.BoxCox(power=-2), 1e-160),
        (treat.BoxCox(power=0.5), 1e-160),
        (treat.YeoJohnson(power=3), 1e160),
        (treat.YeoJohnson(power=3), 1e-160),
    ],
    ids=repr,
)
def test_a_curve_that_no_number_follows_is_refused_by_name(curve: Any, size: float) -> None:
    with pytest.raises(gi.DataError, match=r"'x': .* gives no finite number, or the same as"):
        treated(np.array([1.0, 2.0, 3.0, 9.0]) * size, curve)


@pytest.mark.parametrize("size", [1e-160, 1e-306])
def test_a_power_that_cannot_be_found_is_refused_by_name(size: float) -> None:
    with pytest.raises(gi.DataError, match=r"'x': YeoJohnson finds no power: .* measure unit"):
        treated(np.array([1.0, 2.0, 3.0, 9.0, 4.0]) * size, treat.YeoJohnson())

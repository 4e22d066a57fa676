from __future__ import annotations

import re

import numpy as np
import pytest

from govindex.errors import SettingError
from govindex.rounding import Levels, Mode, Rounding


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("half-up", [5.6, 1.13, 2.68, -5.6]),
        ("half-even", [5.6, 1.12, 2.68, -5.6]),
        ("truncate", [5.59, 1.12, 2.67, -5.59]),
        ("binary", [5.59, 1.13, 2.67, -5.59]),
        ("r", [5.6, 1.12, 2.67, -5.6]),
    ],
)
def test_rounding_modes_differ_at_halves(mode: Mode, expected: list[float]) -> None:
    values = np.array([5.595, 1.125, 2.675, -5.595])
    assert Rounding(2, mode)(values).tolist() == expected


def test_rounding_keeps_nan_and_shape() -> None:
    result = Rounding(0)(np.array([[np.nan, 1.5], [2.4, 0.0]]))
    np.testing.assert_array_equal(result, [[np.nan, 2.0], [2.0, 0.0]])


def test_rounding_to_negative_decimals_gives_hundreds() -> None:
    assert Rounding(-2)(np.array([149.0, 150.0])).tolist() == [100.0, 200.0]


@pytest.mark.parametrize("decimals", [-10, 16, True, 2.0, "2", None])
def test_rounding_refuses_impossible_decimals(decimals: object) -> None:
    with pytest.raises(SettingError, match=rf"from -9 to 15, not {decimals!r}"):
        Rounding(decimals)  # type: ignore[arg-type]


def test_rounding_names_the_nearest_mode() -> None:
    with pytest.raises(SettingError, match=r"no rounding mode 'half_up': did you mean 'half-up'"):
        Rounding(2, "half_up")  # type: ignore[arg-type]


def test_levels_round_nothing_by_default() -> None:
    assert Levels(total=Rounding(1)) == Levels(leaf=None, node=None, total=Rounding(1))
    assert Levels().total is None


@pytest.mark.parametrize("tier", ["leaf", "node", "total"])
@pytest.mark.parametrize(("given", "meant"), [(2, "Rounding(2)"), ("2", "Rounding(…)")])
def test_levels_refuse_what_is_no_rounding(tier: str, given: object, meant: str) -> None:
    message = f"Levels({tier}=…) is {meant} or None, not {given!r}"
    with pytest.raises(SettingError, match=re.escape(message)):
        Levels(**{tier: given})  # type: ignore[arg-type]


def test_printed_only_must_be_a_boolean() -> None:
    with pytest.raises(SettingError, match="printed_only is True or False, not 'yes'"):
        Rounding(2, printed_only="yes")  # type: ignore[arg-type]

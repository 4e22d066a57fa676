"""Laws of leaving out one unit, and wrong answers that break each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import rules
from tests.tables import lettered

LeaveOut = Callable[[gi.Methodology, gi.Observations], pd.DataFrame]
NUMBERS = ["units", "rescored", "mean_difference", "largest_difference", "changed"]
NUMBERS += ["mean_shift", "largest_shift"]


def method(rule: Any) -> gi.Methodology:
    leaves = [gi.Indicator(code, rule=rule) for code in "xy"]
    return gi.Methodology("example.left-out", "1", gi.Framework("index", leaves))


PEERS = method(rules.MinMax(degenerate=0.5))
ALONE = method(rules.Goalposts(worst=0, best=10))


# -- laws ------------------------------------------------------------------------------------------


def nobody_moves_without_peers(leave: LeaveOut, data: gi.Observations) -> None:
    """Ranks are counted among those who remain: moving up by one is no shift."""
    assert (leave(ALONE, data)[["rescored", "changed", "largest_shift"]] == 0).all(axis=None)


def copies_move_nobody(leave: LeaveOut, data: gi.Observations) -> None:
    """If another unit has the same figures, the extremes stay."""
    values = np.vstack([data.values, data.values[:1]])
    doubled = lettered(x=values[:, 0].tolist(), y=values[:, 1].tolist())
    copy = doubled.units.codes[0]
    row = leave(PEERS, doubled).loc[copy]
    assert (row["rescored"], row["largest_difference"]) == (0, 0)


def order_moves_nothing(leave: LeaveOut, data: gi.Observations) -> None:
    """The order of units changes no number."""
    first = leave(PEERS, data)
    turned = leave(PEERS, data.take(data.units.codes[::-1])).loc[first.index]
    pd.testing.assert_frame_equal(turned[NUMBERS], first[NUMBERS])


def differences_are_those_of_computing_again(leave: LeaveOut, data: gi.Observations) -> None:
    """What is said of a unit is what the index without it says."""
    found, before = leave(PEERS, data), PEERS.compute(data).score
    for unit in data.units.codes:
        rest = [code for code in data.units.codes if code != unit]
        after = PEERS.compute(data.take(rest)).score
        largest = (before.loc[rest].round(2) - after.loc[rest].round(2)).abs().max()
        assert found.loc[unit, "units"] == len(rest)
        assert found.loc[unit, "largest_difference"] == pytest.approx(largest, abs=0.011)


LAWS = [
    nobody_moves_without_peers,
    copies_move_nobody,
    order_moves_nothing,
    differences_are_those_of_computing_again,
]


@pytest.mark.parametrize("law", LAWS)
@given(rows=st.lists(st.tuples(*[st.integers(0, 10).map(float)] * 2), min_size=3, max_size=5))
def test_leaving_out_keeps_the_law(law: Any, rows: list[tuple[float, float]]) -> None:
    x, y = (list(column) for column in zip(*rows, strict=True))
    law(gi.leave_one_unit_out, lettered(x=x, y=y))


# -- wrong answers ---------------------------------------------------------------------------------


def ranks_among_all(method: gi.Methodology, data: gi.Observations) -> pd.DataFrame:
    found, before = gi.leave_one_unit_out(method, data), method.compute(data).ranks["index"]
    for unit in found.index:
        rest = [code for code in data.units.codes if code != unit]
        after = method.compute(data.take(rest)).ranks["index"]
        shift = (before.loc[rest].astype(float) - after.loc[rest].astype(float)).abs()
        found.loc[unit, "changed"] = int((shift > 0).sum())
        found.loc[unit, "largest_shift"] = shift.max()
    return found


def leaves_out_all_alike(method: gi.Methodology, data: gi.Observations) -> pd.DataFrame:
    found = gi.leave_one_unit_out(method, data)
    for unit in found.index:
        row = data.values[data.units.locate(unit)]
        rest = [c for c in data.units.codes if (data.values[data.units.locate(c)] != row).any()]
        before, after = method.compute(data).score, method.compute(data.take(rest)).score
        gap = (before.loc[rest] - after).abs()
        found.loc[unit, "rescored"] = int((gap > 0.005).sum())
        found.loc[unit, "largest_difference"] = gap.max()
    return found


def leaves_out_the_first(method: gi.Methodology, data: gi.Observations) -> pd.DataFrame:
    found = gi.leave_one_unit_out(method, data)
    first = found.loc[data.units.codes[0], NUMBERS].to_numpy()
    found[NUMBERS] = np.tile(first, (len(found), 1))
    return found


def leaves_out_nobody(method: gi.Methodology, data: gi.Observations) -> pd.DataFrame:
    found = gi.leave_one_unit_out(method, data)
    return found.assign(rescored=0, mean_difference=0.0, largest_difference=0.0)


WRONG = [
    (ranks_among_all, nobody_moves_without_peers),
    (leaves_out_all_alike, copies_move_nobody),
    (leaves_out_the_first, order_moves_nothing),
    (leaves_out_nobody, differences_are_those_of_computing_again),
]
DATA = lettered(x=[0.0, 4.0, 5.0, 9.0], y=[9.0, 8.0, 1.0, 3.0])


@pytest.mark.parametrize(("leave", "law"), WRONG)
def test_law_catches_the_wrong_answer(leave: LeaveOut, law: Any) -> None:
    law(gi.leave_one_unit_out, DATA)
    with pytest.raises(AssertionError):
        law(leave, DATA)


def test_every_law_catches_a_wrong_answer() -> None:
    assert [law for _, law in WRONG] == LAWS


def test_methods_of_the_laws_are_what_they_seem() -> None:
    assert PEERS.peer_dependent
    assert not ALONE.peer_dependent

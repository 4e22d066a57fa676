"""A change over editions as a picture: ranks of another league are not compared."""

from __future__ import annotations

import attrs
import numpy as np

import govindex as gi
from tests.plot.test_artists import simple


def test_a_unit_in_another_league_has_no_line() -> None:
    after = simple([5.0, 7.0, 6.0])
    units = attrs.evolve(after.units, leagues=["x", None, None])
    before = attrs.evolve(after, units=units)
    changed = gi.change(before, after, units="code")
    axes = gi.plot.change(changed)
    heights = [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines]
    lines = [ends for ends in heights if len(ends) == 2 and not np.isnan(ends).any()]
    assert changed.units["rank_change"].isna().sum() == 3 - len(lines)
    assert lines


def test_two_results_are_compared_as_change_does() -> None:
    before, after = simple([5.0, 7.0, 6.0]), simple([6.5, 7.0, 6.0])
    both = gi.plot.change(before, after)
    once = gi.plot.change(gi.change(before, after))
    texts = [[text.get_text() for text in axes.texts] for axes in (both, once)]
    assert texts[0] == texts[1]

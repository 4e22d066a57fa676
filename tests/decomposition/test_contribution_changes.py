"""Parts of a change add up to it, node by node, over editions and mergers."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import govindex as gi
from tests.sampling import few
from tests.strategies import Case, cases, frameworks, observed

ANYTHING = partial(frameworks, relative=True, bonuses=True)


def first_rows(table: Any) -> Any:
    return table[table["tier"] == 0]


def test_the_provinces_changes_add_up_node_by_node() -> None:
    groups = gi.methodology("vn.service-766").cut()
    early, late = (
        groups.compute(gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}"))
        for day in ("06", "10")
    )
    change = gi.change(early, late)
    table: Any = change.contributions
    added = table["own_change"].groupby(level=0).sum()
    expected = change.units["score_change"]
    assert added[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.011)
    top = first_rows(table)
    assert added[top.index].to_numpy() == pytest.approx(top["contribution_change"].to_numpy())


@settings(max_examples=few(30))
@given(case=cases(ANYTHING))
def test_own_changes_add_up_to_the_change_of_any_tree(case: Case) -> None:
    method = gi.Methodology("test", "1", case.framework)
    after = method.compute(case.data)
    mirrored = gi.Observations(
        case.data.units, case.data.variables, case.data.values[::-1], case.data.status[::-1],
        levels=case.data.levels,
    )  # fmt: skip
    before = method.compute(mirrored)
    table: Any = gi.change(before, after).contributions
    top = first_rows(table)["contribution_change"]
    added = table["own_change"].groupby(level=0, sort=False).sum(min_count=1)
    size = max(1.0, float(after.maxima[0]))
    known = top.notna()
    assert added[top.index][known].to_numpy() == pytest.approx(
        top[known].to_numpy(), abs=1e-7 * size
    )


def goal(code: str) -> gi.Indicator:
    return gi.Indicator(code, rule=gi.rules.Goalposts(worst=0, best=10))


def test_nodes_that_came_and_went_have_parts_of_their_own() -> None:
    old = gi.Methodology("t", "1", gi.Framework("x", [goal("a"), goal("b")]))
    new = gi.Methodology("t", "2", gi.Framework("x", [goal("a"), goal("c")]))
    before = old.compute(observed({"a": [4.0], "b": [6.0]}))
    after = new.compute(observed({"a": [4.0], "c": [10.0]}))
    table: Any = gi.change(before, after).contributions
    rows = table.set_index(["node", "node_before"])["contribution_change"]
    assert len(table) == 4
    assert rows.to_list() == pytest.approx([20.0, 0.0, 50.0, -30.0])
    assert table["node"].isna().to_list() == [False, False, False, True]


def test_contributions_of_merged_units_merge_as_their_scores() -> None:
    method = gi.Methodology("t", "1", gi.Framework("x", [goal("a"), goal("b")]))
    before = method.compute(observed({"a": [4.0, 8.0], "b": [6.0, 2.0]}, ["A", "B"]))
    after = method.compute(observed({"a": [9.0], "b": [5.0]}, ["A"]))
    merger = gi.Merger({"A": "A", "B": "A"}, how="mean")
    table: Any = gi.change(before, after, units=merger).contributions.set_index("node")
    assert table["contribution_before"].to_dict() == {"x": 50.0, "a": 30.0, "b": 20.0}
    assert table["own_change"].sum() == pytest.approx(20.0)
    assert not np.isnan(table["percent_change"]).any()

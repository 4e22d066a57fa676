"""Panels: rows that are a body in a period, and what is ranked together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import govindex as gi
from govindex.contracts import Scope
from govindex.errors import DataError, SettingError, UnknownNameError
from govindex.model.periods import ordinal, parts_of_year, period_problems, sorted_periods


def panel_units(**fields: Any) -> gi.Units:
    """Return two bodies in two periods, the later period first."""
    codes = ("A@2021", "A@2020", "B@2020", "B@2021")
    return gi.Units(codes, periods=("2021", "2020", "2020", "2021"), **fields)


# -- periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("2019", "2020"), ("2019-Q4", "2020Q1"), ("2019q3", "2019-Q4"), ("2019-12", "2020-01")],
)
def test_neighbouring_periods_are_one_apart(earlier: str, later: str) -> None:
    assert ordinal(later) - ordinal(earlier) == 1
    assert parts_of_year(earlier) == parts_of_year(later)


def test_periods_are_sorted_by_time_once_each() -> None:
    assert sorted_periods(["2020Q1", "2019-Q4", "2020Q1"]) == ("2019-Q4", "2020Q1")


@pytest.mark.parametrize(
    ("periods", "problem"),
    [
        (["2020", "round 2"], "'round 2' is no period that can be put in order"),
        (["2020", "2020-13"], "'2020-13' is no period"),
        (["2020", "2020-Q1"], "of one kind, not years such as '2020'; quarters such as '2020-Q1'"),
        (["2020-Q1", "2020Q1"], "'2020-Q1' and '2020Q1' are one period, spelled in two ways"),
    ],
)
def test_periods_that_do_not_sort_are_named(periods: list[str], problem: str) -> None:
    assert any(problem in said for said in period_problems(periods))


# -- units ----------------------------------------------------------------------------------------


def test_a_row_knows_its_body_and_its_period() -> None:
    units = panel_units()
    assert units.bodies == ("A", "A", "B", "B")
    assert units[0] == gi.Unit("A@2021", period="2021")
    assert units.times is not None
    assert (units.times[0] - units.times[1]).item() == 1


def test_units_without_periods_are_their_own_bodies() -> None:
    units = gi.Units(("A", "B"))
    assert (units.bodies, units.times, units.column("period")) == (("A", "B"), None, None)
    assert units.group("period").tolist() == [0, 0]


def test_single_units_make_the_same_panel() -> None:
    units = panel_units(leagues=("x", "y", None, "x"))
    assert list(gi.Units.of(units)) == list(units)


@pytest.mark.parametrize(
    ("by", "groups"),
    [("period", [1, 0, 0, 1]), ("unit", [0, 0, 1, 1]), ("league_period", [2, 0, 1, 2])],
)
def test_rows_are_grouped_by_period_and_body(by: str, groups: list[int]) -> None:
    assert panel_units(leagues=("x", "x", None, "x")).group(by).tolist() == groups


def test_contests_are_leagues_in_periods_the_earliest_first() -> None:
    units = panel_units(leagues=("x", "x", None, "x"))
    found = [(league, period, rows.tolist()) for league, period, rows in units.contests()]
    assert found == [("x", "2020", [1]), (None, "2020", [2]), ("x", "2021", [0, 3])]


def test_contests_without_periods_are_the_leagues() -> None:
    units = gi.Units(("A", "B", "C"), leagues=("x", None, "x"))
    found = [(league, period, rows.tolist()) for league, period, rows in units.contests()]
    assert found == [("x", None, [0, 2]), (None, None, [1])]


def test_labels_show_the_period() -> None:
    units = panel_units(names=("Áo", "Áo", None, None))
    assert units.labels() == ["Áo (2021)", "Áo (2020)", "B (2020)", "B (2021)"]
    assert units.body_labels() == ["Áo", "Áo", "B", "B"]
    assert units[2].label() == "B (2020)"


def test_a_row_is_found_by_code_and_label_and_a_body_has_several() -> None:
    units = panel_units(names=("Áo", "Áo", None, None))
    assert units.locate("A@2020") == units.locate("Áo (2020)") == 1
    assert units.locate_all("A") == units.locate_all("Áo") == [0, 1]
    with pytest.raises(
        UnknownNameError, match="unit 'A' has several periods: give one of 'A@2021'"
    ):
        units.locate("A")
    with pytest.raises(UnknownNameError, match="did you mean 'A@20"):
        units.locate("A@202")


@pytest.mark.parametrize(
    ("codes", "periods", "problem"),
    [
        (("A@2020", "A"), ("2020", "2020"), "unit 'A' stands in 2020 more than once"),
        (("A@2020", "A"), ("2020", None), "unit 'A' is of no period"),
        (("A@2020", "A@2"), ("2020", "2"), "'2' is no period"),
        (("A@2020",), ("2020", "2021"), "'periods' has 2 entries for 1 units"),
    ],
)
def test_rows_that_make_no_panel_are_named(codes: Any, periods: Any, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        gi.Units(codes, periods=periods)


def test_a_panel_has_no_attribute_called_period() -> None:
    attributes: Any = {"period": ("x",)}
    with pytest.raises(DataError, match="cannot have an attribute 'period'"):
        gi.Units(("A@2020",), periods=("2020",), attributes=attributes)


# -- reference populations ------------------------------------------------------------------------

VALUES = np.array([10.0, 0.0, 4.0, 20.0])  # A 2021, A 2020, B 2020, B 2021


@pytest.mark.parametrize(
    ("over", "shares"),
    [
        ("all", [0.5, 0.0, 0.2, 1.0]),
        ("period", [0.0, 0.0, 1.0, 1.0]),
        ("league", [1.0, 0.0, 0.0, 1.0]),
        ("league_period", [0.5, 0.5, 0.5, 0.5]),
    ],
)
def test_min_max_is_taken_over_the_declared_population(over: Any, shares: list[float]) -> None:
    scope = Scope(peers=panel_units(leagues=("x", "x", "y", "y")))
    rule = gi.rules.MinMax(over=over, degenerate=0.5)
    np.testing.assert_allclose(rule(VALUES, scope), shares)


@pytest.mark.parametrize("over", ["period", "league_period"])
@pytest.mark.parametrize("kind", [gi.rules.MinMax, gi.rules.ZScore])
def test_a_rule_over_periods_is_anchored_on_one(kind: Any, over: Any) -> None:
    rule, several = kind(over=over), Scope(peers=panel_units())
    with pytest.raises(SettingError, match="anchor it on one period"):
        rule.anchor(VALUES, several)
    one = Scope(peers=panel_units().take(np.array([1, 2])))
    frozen = rule.anchor(VALUES[[1, 2]], one)
    np.testing.assert_allclose(frozen(VALUES[[1, 2]], one), rule(VALUES[[1, 2]], one))
    assert not frozen.peer_dependent

"""What improvements say of real and made-up units, and what is refused."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

import govindex as gi
from govindex.testing import observed
from tests.sampling import few

GOALPOSTS = gi.rules.Goalposts(worst=0, best=100)


def index(*weights: float, **settings: Any) -> gi.Methodology:
    leaves = [
        gi.Indicator(f"i{i}", rule=GOALPOSTS, weight=weight) for i, weight in enumerate(weights)
    ]
    return gi.Methodology("example.index", "1", gi.Framework("index", leaves), **settings)


def provinces() -> tuple[gi.Methodology, gi.Observations]:
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    return gi.methodology("vn.service-766").cut(), data


def test_the_second_province_needs_the_points_that_separate_it_from_the_first() -> None:
    method, data = provinces()
    found = gi.improve(method, data, "H19", to=1)
    assert (found.before.rank, found.after.rank) == (2, 1)
    assert found.after.score == 68.80
    assert found.changes["points"].sum() == pytest.approx(1.32)
    assert found.observations.value("H19", "4") == 11.35
    again = method.compute(found.observations)
    assert again.ranks_at("766")[again.units.locate("H19")] == 1


def test_a_province_of_few_indicators_reaches_seventy_points_by_dossiers() -> None:
    method = gi.methodology("vn.service-766")
    data = gi.datasets.load("vn.service-766.phu-tho-2026")
    found = gi.improve(method, data, "H44", to={"score": 70})
    assert found.after.score == 70.0
    assert found.gap == 0
    assert (found.changes["steps"] == found.changes["after"] - found.changes["before"]).all()
    assert found.changes["points"].sum() == pytest.approx(70 - 61.89)
    assert set(found.held["reason"]) == {"best", "absent"}
    assert method.compute(found.observations).score["H44"] == 70.0


def in_points(decimals: int, codes: str, maximum: float = 10.0) -> gi.Methodology:
    """Return a sum of printed points."""
    leaves = [gi.Indicator(code, rule=GOALPOSTS, weight=maximum) for code in codes]
    framework = gi.Framework("index", leaves, aggregate=gi.aggregate.Sum())
    printed = gi.Levels(leaf=gi.Rounding(decimals))
    return gi.Methodology("example.points", "1", framework, rounding=printed)


@given(starts=st.lists(st.integers(1000, 8999), min_size=4, max_size=4, unique=True))
@settings(max_examples=few(20), deadline=None)
def test_of_equal_efforts_the_one_with_the_fewest_changes_is_found(starts: list[int]) -> None:
    # Every figure can gain a point, whatever its next digits are: one change is enough.
    data = observed({code: [start / 100] for code, start in zip("abcd", starts, strict=True)})
    method = in_points(2, "abcd")
    score = float(method.compute(data).printed_at("index")[0])
    found = gi.improve(method, data, data.units.codes[0], to={"score": round(score + 1, 2)})
    assert found.how == "dynamic programme"
    assert len(found.changes) == 1
    assert found.effort == pytest.approx(0.1)


def test_of_equal_efforts_and_changes_the_one_with_the_least_work_is_found() -> None:
    # a is printed as 3 of 10 points from 2.5 on, and b as 4 from 3.5 on.
    data = observed({"a": [24.0], "b": [26.0]})
    found = gi.improve(in_points(0, "ab"), data, data.units.codes[0], to={"score": 6})
    assert found.changes[["variable", "after"]].to_numpy().tolist() == [["a", 25.0]]
    assert found.effort == pytest.approx(0.1)


numbers = st.floats(0, 100).map(lambda number: round(number, 2))


@settings(max_examples=few(60), deadline=None)
@given(
    start=st.lists(numbers, min_size=3, max_size=3),
    efforts=st.lists(st.floats(0.1, 5), min_size=3, max_size=3),
    weights=st.lists(st.floats(0.2, 5), min_size=3, max_size=3),
    part=st.floats(0.05, 1),
)
def test_lines_cost_what_the_linear_programme_says(
    start: list[float], efforts: list[float], weights: list[float], part: float
) -> None:
    method = index(*weights)
    data = observed({f"i{i}": [value, 50.0] for i, value in enumerate(start)})
    now = float(method.compute(data).score["U0"])
    wanted = now + part * (100.0 - now)
    given_efforts = {f"i{i}": effort for i, effort in enumerate(efforts)}
    found = gi.improve(method, data, "U0", to={"score": wanted}, effort=given_efforts)
    parts = np.array(weights) / sum(weights)
    least = optimize.linprog(
        efforts,
        A_ub=[-parts],
        b_ub=[now - wanted],
        bounds=[(0, 100 - value) for value in start],
    )
    assert found.reached
    assert found.how in ("closed form", "")
    assert abs(found.effort - least.fun) <= 1e-5 * max(least.fun, 1.0)


def test_what_cannot_be_reached_leads_to_the_nearest_that_can() -> None:
    data = observed({"i0": [20.0, 60.0, 90.0], "i1": [10.0, 50.0, 90.0]})
    limits = {"i0": (None, 80), "i1": (None, 60)}
    found = gi.improve(index(1, 1), data, "U0", to=1, feasible=limits)
    assert not found.reached
    assert (str(found.goal), str(found.nearest)) == ("rank 1", "rank 2")
    assert found.after.rank == 2
    assert "the nearest that can be reached is rank 2" in str(found)
    held = gi.improve(index(1, 1), data, "U0", to=1, feasible={"i0": None, "i1": None})
    assert held.nearest is None
    assert held.changes.empty
    assert "nothing nearer" in str(held)


def test_rivals_that_move_raise_what_is_needed() -> None:
    data = observed({"i0": [20.0, 60.0, 70.0], "i1": [10.0, 50.0, 90.0]})
    still = gi.improve(index(1, 1), data, "U0", to=1)
    moving = gi.improve(index(1, 1), data, "U0", to=1, rivals={"U2": 5})
    assert (still.after.score, moving.after.score) == (80.0, 85.0)
    every = gi.improve(index(1, 1), data, "U0", to=1, rivals=100)
    assert every.after.score == 100.0


def test_several_units_are_improved_one_by_one() -> None:
    data = observed({"i0": [20.0, 60.0, 70.0], "i1": [10.0, 50.0, 90.0]})
    found = gi.improve(index(1, 1), data, ["U0", "U1"], to=1)
    assert [one.unit for one in found] == ["U0", "U1"]
    assert [one.after.rank for one in found] == [1, 1]


def test_a_plan_issued_on_time_is_one_choice() -> None:
    rule = gi.rules.Choice({"issued": 1, "late": 0.5, "none": 0})
    framework = gi.Framework("index", [gi.Indicator("plan", rule=rule), *index(1).framework.leaves])
    frame = pd.DataFrame({"unit": ["A", "B"], "plan": ["none", "late"], "i0": [40.0, 60.0]})
    data = gi.Observations.from_frame(frame)
    method = gi.Methodology("example.plan", "1", framework)
    cheap = gi.improve(method, data, "A", to=1, effort={"plan": {"late": 3, "issued": 0.1}})
    assert cheap.changes[["before", "after"]].to_numpy().tolist() == [["none", "issued"]]
    assert cheap.effort == pytest.approx(0.1)


def test_a_risk_improves_by_falling() -> None:
    method = index(1, 1, ranking=gi.Ranking(best="lowest"))
    data = observed({"i0": [80.0, 40.0], "i1": [70.0, 50.0]})
    found = gi.improve(method, data, "U0", to=1)
    assert found.after.rank == 1
    assert found.after.score == 45.0
    assert (found.changes["after"] < found.changes["before"]).all()


def test_a_band_is_reached_at_its_start() -> None:
    bands = gi.Bands([("good", 80), ("fair", 50), ("weak", None)])
    data = observed({"i0": [20.0, 60.0], "i1": [10.0, 50.0]})
    found = gi.improve(index(1, 1, bands=bands), data, "U0", to="good")
    assert found.after.score == pytest.approx(80.0)
    assert found.after.band == "good"


def test_a_treated_figure_that_changes_is_reported() -> None:
    data = observed({"i0": [20.0, 60.0], "i1": [10.0, 50.0]})
    marked = attrs.evolve(
        data, treated=np.array([[True, False], [True, False]]), raw=np.array([99.0, 98.0])
    )
    found = gi.improve(index(1, 1), marked, "U0", to=1, feasible=["i0"])
    assert found.observations.treated.tolist() == [[False, False], [True, False]]
    assert found.observations.raw.tolist() == [98.0]


def test_methodologies_that_look_at_peers_are_refused_by_name() -> None:
    leaves = [gi.Indicator("i0", rule=gi.rules.MinMax()), gi.Indicator("i1", rule=GOALPOSTS)]
    method = gi.Methodology("example.peers", "1", gi.Framework("index", leaves))
    data = observed({"i0": [20.0, 60.0, 70.0], "i1": [10.0, 50.0, 90.0]})
    with pytest.raises(gi.SettingError, match=r"rule of 'i0'.*improve\(method.anchored\(data\)"):
        gi.improve(method, data, "U0")
    assert gi.improve(method.anchored(data), data, "U0").after.rank == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"to": 9}, "only 3 units are ranked with 'U0'"),
        ({"to": 1.5}, "to= is a rank such as 1"),
        ({"to": {"place": 1}}, "to= has no goal 'place'"),
        ({"to": "good"}, "the methodology has no bands"),
        ({"to": {"gain": 3}}, "it can gain 2 ranks at most"),
        ({"effort": {"i9": 1}}, "there is no figure 'i9'"),
        ({"effort": {"i0": -1}}, "a number of at least 0, not -1"),
        ({"feasible": {"i0": 5}}, "is a pair such as"),
        ({"feasible": {"i0": (9, 1)}}, "the lower limit comes first"),
        ({"feasible": "i0"}, "a list of the figures that may change"),
        ({"steps": {"i0": 0}}, "a number above 0"),
        ({"rivals": {"U0": 1}}, "names other units"),
        ({"rivals": "all"}, "points that every one of them gains"),
        ({"seconds": 0}, "a number above 0"),
    ],
)
def test_an_impossible_setting_is_refused(settings: dict[str, Any], message: str) -> None:
    data = observed({"i0": [20.0, 60.0, 70.0], "i1": [10.0, 50.0, 90.0]})
    with pytest.raises(gi.GovIndexError, match=message):
        gi.improve(index(1, 1), data, "U0", **settings)


def test_too_many_combinations_below_a_branch_are_refused_by_name() -> None:
    leaves = [gi.Indicator(f"i{i}", rule=GOALPOSTS) for i in range(4)]
    inner = gi.Dimension("d", leaves[:3], aggregate=gi.aggregate.Minimum())
    framework = gi.Framework("index", [inner, leaves[3]])
    method = gi.Methodology("example.least", "1", framework)
    data = observed({f"i{i}": [20.0, 60.0] for i in range(4)})
    with pytest.raises(gi.SettingError, match=r"'d' is combined by Minimum.*must change in steps"):
        gi.improve(method, data, "U0", to=1)
    fine = {f"i{i}": 0.5 for i in range(3)}
    with pytest.raises(gi.SettingError, match="combinations of the figures below"):
        gi.improve(method, data, "U0", to=1, steps=fine)
    found = gi.improve(method, data, "U0", to=1, steps={f"i{i}": 20 for i in range(3)})
    assert found.after.rank == 1


def test_large_counts_are_whole_steps_along_a_line() -> None:
    ratio = gi.measures.Ratio("a", "b", times=100)
    lines = [
        gi.Indicator("i", measure=ratio, rule=gi.rules.Proportional(90), weight=2),
        gi.Indicator("j", measure=gi.measures.Ratio("c", "d"), rule=gi.rules.Identity()),
    ]
    method = gi.Methodology("example.counts", "1", gi.Framework("index", lines))
    data = observed(
        {"a": [500_000, 700_000], "b": [1_000_001] * 2, "c": [30, 70_001], "d": [100_000] * 2}
    )
    found = gi.improve(method, data, "U0", to=1, effort={"a": 1, "c": 50})
    assert found.after.rank == 1
    assert found.gap == 0
    after = found.changes["after"].to_numpy()
    assert (after == np.round(after)).all()
    taken = {name: float(found.observations.value("U0", name) or 0) for name in "ac"}
    for name in "ac":
        limits = {n: (None, figure - (n == name)) for n, figure in taken.items()}
        assert not gi.improve(method, data, "U0", to=1, feasible=limits).reached


def test_an_improvement_is_shown_in_vietnamese() -> None:
    method, data = provinces()
    shown = repr(gi.show(gi.improve(method, data, "H19", to=1), language="vi"))
    assert "Từ hạng 2 với 67,48 điểm lên hạng 1 với 68,80 điểm." in shown
    assert "11,35" in shown


def test_units_are_improved_by_their_own_form() -> None:
    def form(*codes: str) -> gi.Framework:
        return gi.Framework("speed", [gi.Indicator(c, rule=GOALPOSTS) for c in codes])

    method = gi.Forms("example.speed", "1", form("days", "queue"), forms={"small": form("days")})
    frame = pd.DataFrame(
        {"unit": ["A", "B"], "type": ["n/a", "small"], "days": [50.0, 80.0], "queue": [70.0, None]}
    )
    data = gi.Observations.from_frame(frame, type="type")
    found = gi.improve(method, data, "A", to=1)
    assert (found.before.rank, found.after.rank, found.after.score) == (2, 1, 80.0)


def test_a_panel_is_refused_with_the_period_to_take() -> None:
    data = observed({"i0": [20.0, 60.0]})
    panel = gi.Observations.panel({"2025": data, "2026": data})
    with pytest.raises(gi.DataError, match=r"data.at_period\('2026'\)"):
        gi.improve(index(1), panel, "U0@2026")

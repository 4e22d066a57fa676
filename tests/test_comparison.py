"""Comparisons of versions and leave-one-out, against references and by laws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import (
    DataError,
    Dimension,
    Framework,
    FrameworkError,
    Indicator,
    Methodology,
    Observations,
    Ranking,
    SettingError,
    UnknownNameError,
    View,
    aggregate,
    compare,
    leave_one_out,
    rules,
)
from tests.asem import asem_data, asem_framework, asem_table
from tests.tables import lettered


def asem(rule: rules.MinMax | rules.ZScore, **settings: object) -> Methodology:
    return Methodology("asem", "1", asem_framework(rule, **settings))


# -- against the reference ------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "tier"), [("L1", None), ("L2", 2), ("L3", 1)])
def test_leaving_out_equals_the_reference(level: str, tier: int | None) -> None:
    comparison = leave_one_out(
        asem(rules.MinMax()), asem_data("stage_Treated"), tier, name="Nominal"
    )
    expected = asem_table(f"remove_{level}_Ranks").set_index("uCode").astype(int)
    assert set(comparison.names) == set(expected.columns)
    ranks = comparison.ranks.loc[expected.index, list(expected.columns)]
    pd.testing.assert_frame_equal(ranks.astype(int), expected, check_names=False)


def test_scores_without_a_dimension_equal_the_reference() -> None:
    comparison = leave_one_out(asem(rules.MinMax()), asem_data("stage_Treated"), 1, name="Nominal")
    expected = asem_table("remove_L3_Scores").set_index("uCode").astype(float)
    scores = comparison.scores.loc[expected.index, list(expected.columns)]
    np.testing.assert_allclose(scores, expected, rtol=1e-9)


def test_mean_shifts_equal_the_reference() -> None:
    comparison = leave_one_out(asem(rules.MinMax()), asem_data("stage_Treated"), name="Nominal")
    expected = asem_table("remove_L1_MeanAbsDiff").set_index("name")["value"].astype(float)
    np.testing.assert_allclose(comparison.summary.loc[expected.index, "mean_shift"], expected)
    shifts = asem_table("remove_L1_RankDiffs").set_index("uCode").astype(int)
    own = comparison.shifts.loc[shifts.index, list(shifts.columns)].astype(int)
    pd.testing.assert_frame_equal(own, shifts, check_names=False)


def test_versions_side_by_side_equal_the_reference() -> None:
    data = asem_data("stage_Treated")
    comparison = compare(
        {
            "Nominal": asem(rules.MinMax()).compute(data),
            "Winmax1": asem(rules.MinMax()).compute(asem_data("treat_winmax1_Screened")),
            "Zscore": asem(rules.ZScore(10, 2)).compute(data),
            "Gmean": asem(rules.MinMax(0.01, 1.0), aggregate=aggregate.Geometric()).compute(data),
        }
    )
    expected = asem_table("compare_multi_Values").set_index("uCode").astype(int)
    assert list(comparison.names) == list(expected.columns)
    ranks = comparison.ranks.loc[expected.index].astype(int)
    pd.testing.assert_frame_equal(ranks, expected, check_names=False)
    shifts = -asem_table("compare_multi_Diffs").set_index("uCode").astype(int)  # ranks lost
    own = comparison.shifts.loc[shifts.index].astype(int)
    pd.testing.assert_frame_equal(own, shifts, check_names=False)


def test_an_index_without_indicators_equals_the_reference() -> None:
    method = asem(rules.MinMax()).without(["LPI", "Forest"])
    expected = asem_table("change_ind_drop").set_index("uCode")
    scores = method.compute(asem_data("stage_Treated")).scores.loc[expected.index]
    for code in ("Index", "Conn", "Sust", "Physical", "Environ", "Social"):
        np.testing.assert_allclose(scores[code], expected[code].astype(float), rtol=1e-9)


# -- by hand --------------------------------------------------------------------------------------


def points_of(x: float, y: float, **settings: object) -> Methodology:
    framework = Framework(
        "index",
        [
            Dimension("left", [Indicator("x", rule=rules.Points(), weight=x)]),
            Dimension("right", [Indicator("y", rule=rules.Points(), weight=y)]),
        ],
        aggregate=aggregate.Sum(),
    )
    return Methodology("example.points", "1", framework, **settings)  # type: ignore[arg-type]


def test_shifts_count_ranks() -> None:
    data = lettered(x=[4.0, 3.0, 1.0], y=[0.0, 5.0, 5.0])
    comparison = leave_one_out(points_of(4, 6), data)
    assert comparison.ranks["all"].to_dict() == {"B": 1, "C": 2, "A": 3}
    assert comparison.shifts["y"].to_dict() == {"B": -1, "C": -1, "A": 2}
    summary = comparison.summary
    assert summary["changed"].to_dict() == {"all": 0, "x": 1, "y": 3}
    assert summary["largest_shift"].to_dict() == {"all": 0.0, "x": 1.0, "y": 2.0}
    assert summary["most_moved"].to_dict() == {"all": "", "x": "C", "y": "A"}


def test_a_version_that_says_the_same_of_everybody_has_no_correlation() -> None:
    data = lettered(x=[4.0, 3.0, 1.0], y=[5.0, 5.0, 5.0])
    comparison = leave_one_out(points_of(4, 6), data)
    assert comparison.summary["pearson"].isna().to_dict() == {"all": False, "x": True, "y": False}


def test_points_without_an_indicator_are_those_of_the_rest() -> None:
    left = points_of(4, 6, display=("left", "right"), ranking=Ranking(tie_break=("x",)))
    pruned = left.without("x")
    assert pruned.framework.codes == ("index", "right", "y")
    assert pruned.framework.weight("index") == 6.0
    assert pruned.display == ("right",)
    assert pruned.ranking.tie_break == ()


def test_views_keep_looking_at_what_is_left() -> None:
    framework = Framework(
        "index",
        [
            Indicator("x", rule=rules.MinMax(), direction="lower"),
            *(Indicator(code, rule=rules.Affine()) for code in "yz"),
        ],
        views=[
            View("two", of=("x", "y")),
            View("one", of=("x",)),
            View("up", where={"direction": "higher"}),
            View("down", where={"direction": "lower"}),
        ],
    )
    left = framework.without("x")
    assert [view.code for view in left.views] == ["two", "up"]
    assert left.seen_by(left.views[0]) == ("y",)


def test_what_remains_unscored_goes_too() -> None:
    shown = Indicator("shown", weight=0)
    framework = Framework(
        "index",
        [
            Dimension("d", [Indicator("x", rule=rules.Affine()), shown]),
            Indicator("y", rule=rules.Affine()),
        ],
    )
    assert framework.without("x").codes == ("index", "y")


# -- bad input ------------------------------------------------------------------------------------


def test_nothing_left_is_an_error() -> None:
    with pytest.raises(FrameworkError, match="nothing scored of 'index' would be left"):
        points_of(4, 6).without(["x", "y"])
    with pytest.raises(FrameworkError, match="nothing scored of 'index' would be left"):
        points_of(4, 6).without("index")


def test_unknown_nodes_are_met_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no node 'lefd'.*'left'"):
        points_of(4, 6).without("lefd")
    with pytest.raises(UnknownNameError, match=r"no node 'lefd'.*'left'"):
        points_of(4, 6).framework.without("lefd")


def test_versions_of_other_units_are_not_compared() -> None:
    method = points_of(4, 6)
    three, two = lettered(x=[1.0, 2, 3], y=[1.0, 2, 3]), lettered(x=[1.0, 2], y=[1.0, 2])
    with pytest.raises(DataError, match="version 'b': other units; removed: 'C'"):
        compare({"a": method.compute(three), "b": method.compute(two)})


def test_versions_in_other_leagues_are_not_compared() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "x": [1, 2], "y": [1, 2], "league": ["one", "one"]})
    moved = frame.assign(league=["one", "two"])
    method = points_of(4, 6)
    first, second = (
        method.compute(Observations.from_frame(f, unit="unit", league="league"))
        for f in (frame, moved)
    )
    with pytest.raises(DataError, match="units in another league, or ranked in one only: 'B'"):
        compare({"a": first, "b": second})


def test_one_version_is_nothing_to_compare() -> None:
    result = points_of(4, 6).compute(lettered(x=[1.0, 2], y=[1.0, 2]))
    with pytest.raises(DataError, match="at least two versions to compare"):
        compare({"a": result})
    with pytest.raises(UnknownNameError, match="no version 'c'"):
        compare({"a": result, "b": result}, base="c")


def test_a_name_that_a_node_has_is_refused() -> None:
    with pytest.raises(SettingError, match="are both called 'x': give name="):
        leave_one_out(points_of(4, 6), lettered(x=[1.0, 2], y=[1.0, 2]), name="x")
    with pytest.raises(SettingError, match="there is no node at tier 9"):
        leave_one_out(points_of(4, 6), lettered(x=[1.0, 2], y=[1.0, 2]), 9)


# -- laws -----------------------------------------------------------------------------------------


numbers = st.lists(st.integers(0, 20), min_size=4, max_size=4)


@given(x=numbers, y=numbers, z=numbers)
def test_leaving_a_node_out_is_giving_it_no_weight(
    x: list[float], y: list[float], z: list[float]
) -> None:
    framework = Framework(
        "index",
        [
            Indicator(code, rule=rules.Affine(), weight=weight)
            for code, weight in zip("xyz", (1, 2, 3), strict=True)
        ],
    )
    data = lettered(x=x, y=y, z=z)
    out = Methodology("example.out", "1", framework).without("y").compute(data)
    none = Methodology("example.none", "1", framework.with_weights({"y": 0})).compute(data)
    assert (out.scores["index"] == none.scores["index"]).all()


@given(x=numbers, y=numbers)
def test_shifts_are_those_of_the_ranks(x: list[float], y: list[float]) -> None:
    comparison = leave_one_out(points_of(20, 20), lettered(x=x, y=y))
    for name in comparison.names:
        assert (comparison.ranks["all"] - comparison.ranks[name] == comparison.shifts[name]).all()
    back = compare(
        {
            "y": points_of(20, 20).without("y").compute(lettered(x=x, y=y)),
            "all": points_of(20, 20).compute(lettered(x=x, y=y)),
        }
    )
    assert (back.shifts["all"] == -comparison.shifts["y"].loc[back.shifts.index]).all()


def test_a_comparison_says_what_is_compared() -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.MinMax()) for code in "xy"]
    method = gi.Methodology("example.two", "1", gi.Framework("index", leaves))
    frame = pd.DataFrame({"unit": ["A", "B", "C"], "x": [1, 2, 9], "y": [7, 2, 1]})
    data = gi.Observations.from_frame(frame)
    comparison = gi.replicate(method, data, {"ranks": {"rule": gi.rules.Rank()}})
    assert repr(comparison) == "<Comparison of 'ranks' with 'as it is': 3 units>"


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1.0, 1e12, 1e300])
def test_correlations_do_not_depend_on_the_size_of_scores(size: float) -> None:
    framework = gi.Framework("f", [gi.Indicator("x", rule=gi.rules.Identity())])
    method = gi.Methodology("example.size", "1", framework)
    one, two = (
        method.compute(lettered(x=[a * size for a in row])) for row in ([1, 2, 4], [1, 5, 3])
    )
    summary = gi.compare({"one": one, "two": two}).summary["pearson"]
    assert summary["two"] == pytest.approx(np.corrcoef([1, 2, 4], [1, 5, 3])[0, 1])


def test_a_change_that_no_number_holds_names_its_unit() -> None:
    framework = gi.Framework("f", [gi.Indicator("x", rule=gi.rules.Identity())])
    method = gi.Methodology("example.size", "1", framework)
    one, two = (method.compute(lettered(x=[sign * 1e306, 0.0])) for sign in (-1, 1))
    with pytest.raises(gi.DataError, match="unit 'A' exceeds the largest number"):
        gi.change(one, two)


# -- signed changes, all nodes, units left out ----------------------------------------------------


def test_signed_shifts_of_the_reference() -> None:
    """The reference gives ranks lost: base less version, with the opposite sign."""
    data = asem_data("stage_Treated")
    comparison = compare(
        {
            "Nominal": asem(rules.MinMax()).compute(data),
            "Winmax1": asem(rules.MinMax()).compute(asem_data("treat_winmax1_Screened")),
            "Zscore": asem(rules.ZScore(10, 2)).compute(data),
        }
    )
    lost = asem_table("compare_multi_Diffs").set_index("uCode").astype(int)
    sizes = asem_table("compare_multi_AbsDiffs").set_index("uCode").astype(int)
    counted = comparison.signed_shifts([1, 3])
    for name in comparison.names:
        gained = -lost[name]
        assert (gained.abs() == sizes[name]).all()
        assert counted.loc[name, "mean"] == pytest.approx(gained.mean())
        for least in (1, 3):
            assert counted.loc[name, f"up_{least}"] == (gained >= least).sum()
            assert counted.loc[name, f"down_{least}"] == (gained <= -least).sum()


def test_score_differences_are_those_of_printed_scores() -> None:
    data = asem_data("stage_Treated")
    comparison = leave_one_out(asem(rules.MinMax()), data, 1, name="Nominal")
    scores = asem_table("remove_L3_Scores").set_index("uCode").astype(float)
    expected = scores.sub(scores["Nominal"], axis=0)
    own = comparison.differences.loc[expected.index, list(expected.columns)]
    np.testing.assert_allclose(own, expected, atol=0.011)  # scores are printed in hundredths
    counted = comparison.signed_differences([5])
    pd.testing.assert_frame_equal(comparison.signed_differences(5), counted)
    assert counted["up_5"].to_dict() == (own >= 5).sum().to_dict()
    assert counted["down_5"].to_dict() == (own <= -5).sum().to_dict()
    np.testing.assert_allclose(counted["mean"], own.mean()[counted.index])


@pytest.mark.parametrize("sizes", [[0], [-1], ["many"], [float("nan")], 0, "many", None])
def test_sizes_of_changes_are_above_0(sizes: object) -> None:
    data = lettered(x=[4.0, 3.0, 1.0], y=[0.0, 5.0, 5.0])
    with pytest.raises(SettingError, match="at_least"):
        leave_one_out(points_of(4, 6), data).signed_shifts(sizes)  # type: ignore[arg-type]


def test_all_nodes_at_once_are_each_node_by_itself() -> None:
    data = asem_data("stage_Treated")
    versions = {
        "base": asem(rules.MinMax()).compute(data),
        "z": asem(rules.ZScore(10, 2)).compute(data),
        "without": asem(rules.MinMax()).without("Conn").compute(data),
    }
    table = gi.compare_nodes(versions).set_index(["node", "version"])
    codes = versions["base"].codes
    assert {node for node, version in table.index if version == "z"} == set(codes)
    assert ("Conn", "without") not in table.index
    assert table.loc[("Sust", "without"), "changed"] == 0
    for node in ("Index", "Sust", "Social"):
        own = compare({n: versions[n] for n in ("base", "z")}, node).summary.loc["z"]
        for column in ("changed", "mean_shift", "pearson", "spearman", "kendall"):
            assert table.loc[(node, "z"), column] == own[column]


def test_units_left_out_move_what_recomputing_moves() -> None:
    method, data = asem(rules.MinMax()), asem_data("stage_Treated")
    found = gi.leave_one_unit_out(method, data, ["CHE", "SGP"])
    for unit in ("CHE", "SGP"):
        rest = [code for code in data.units.codes if code != unit]
        before = method.compute(data).scores.loc[rest, "Index"]
        after = method.compute(data.take(rest)).scores.loc[rest, "Index"]
        shift = (before.rank(ascending=False) - after.rank(ascending=False)).abs()
        assert found.loc[unit, "units"] == len(rest)
        assert found.loc[unit, "changed"] == (shift > 0).sum()
        assert found.loc[unit, "mean_shift"] == pytest.approx(shift.mean())
        assert found.loc[unit, "largest_shift"] == shift.max()
        expected = (before - after).abs()
        assert found.loc[unit, "mean_difference"] == pytest.approx(expected.mean(), abs=0.011)


@given(
    x=st.lists(st.integers(0, 10), min_size=2, max_size=6),
    y=st.integers(0, 10),
)
def test_without_peers_no_unit_moves_another(x: list[int], y: int) -> None:
    data = lettered(x=[float(v) for v in x], y=[float(y)] * len(x))
    found = gi.leave_one_unit_out(points_of(10, 10), data)
    assert (found[["rescored", "changed", "mean_shift"]] == 0).all(axis=None)
    assert (found["most_moved"] == "").all()
    assert list(found.index) == list(data.units.codes)


def test_units_that_cannot_be_left_out_are_named() -> None:
    data = lettered(x=[4.0, 3.0], y=[0.0, 5.0])
    with pytest.raises(UnknownNameError, match="there is no unit 'Z'"):
        gi.leave_one_unit_out(points_of(4, 6), data, ["Z"])
    with pytest.raises(DataError, match="'A' is the only unit"):
        gi.leave_one_unit_out(points_of(4, 6), data.take(["A"]))
    minmax = Methodology("example.x", "1", Framework("i", [Indicator("x", rule=rules.MinMax())]))
    with pytest.raises(DataError, match="cannot be computed without 'A'"):
        gi.leave_one_unit_out(minmax, data)
    panel = Observations.panel({"2024": data, "2025": data})
    with pytest.raises(DataError, match="units are left out of one period"):
        gi.leave_one_unit_out(minmax, panel)

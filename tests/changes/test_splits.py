"""The split of a change: exact, and as the definition says, computed in the plainest way."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import DataError, Merger, SettingError, Unit, absence, aggregate, rules
from tests.sampling import few
from tests.strategies import NA, observed

change: Any = gi.change  # its tables are of any type

LEAVES = ("a", "b", "c")
RULES = [
    rules.Goalposts(worst=0, best=10),
    rules.Goalposts(worst=0, best=20),
    rules.MinMax(degenerate=0.5),
    rules.MinMax(over="league", degenerate=0.5),
]
COMBINED = [aggregate.Arithmetic(), aggregate.PowerMean(2.0)]
PARTS = ["merger", "data", "rules", "league"]


def method(chosen: Any, weights: Any, combined: Any, **settings: Any) -> gi.Methodology:
    leaves = [
        gi.Indicator(code, rule=rule, weight=weight)
        for code, rule, weight in zip(LEAVES, chosen, weights, strict=True)
    ]
    framework = gi.Framework("f", leaves, aggregate=combined, absence=absence.Renormalise())
    return gi.Methodology("example.split", "1", framework, **settings)


@st.composite
def methods(draw: st.DrawFn) -> gi.Methodology:
    ties: Any = draw(st.sampled_from(["competition", "average", "dense"]))
    breaks = draw(st.sampled_from([(), ("a",)]))
    return method(
        draw(st.tuples(*[st.sampled_from(RULES)] * 3)),
        draw(st.tuples(*[st.integers(1, 4)] * 3)),
        draw(st.sampled_from(COMBINED)),
        ranking=gi.Ranking(ties=ties, tie_break=breaks),
    )


@st.composite
def editions(draw: st.DrawFn, codes: str) -> gi.Observations:
    """Draw figures of some units in leagues, a few of them absent."""
    cell = st.one_of(st.integers(0, 10).map(float), st.sampled_from([0.0, 10.0, None, NA]))
    units = [Unit(code, league=draw(st.sampled_from(["x", "x", "y"]))) for code in codes]
    return observed({leaf: [draw(cell) for _ in codes] for leaf in LEAVES}, units)


def corner(rule: Any, figures: gi.Observations, league: gi.Observations, unit: str) -> Any:
    """Score and rank a unit with its figures of one edition among the units of another."""
    values, status = league.values.copy(), league.status.copy()
    row, source = league.units.locate(unit), figures.units.locate(unit)
    values[row], status[row] = figures.values[source], figures.status[source]
    result = rule.compute(attrs.evolve(league, values=values, status=status))
    return {
        "score": result.printed_at("f")[row],
        "percent": result.percent[0][row],
        "rank": -result.ranks_at("f")[row],
    }


def means_over_orders(both: Any, rule: Any, unit: str, quantity: str) -> dict[str, float]:
    """Return the mean step of data, rules and league over their six orders."""
    steps: dict[str, list[float]] = {"data": [], "rules": [], "league": []}
    for order in permutations(steps):
        now = {"data": 0, "rules": 0, "league": 0}
        value = corner(rule[0], both[0], both[0], unit)[quantity]
        for name in order:
            now[name] = 1
            after = corner(rule[now["rules"]], both[now["data"]], both[now["league"]], unit)
            steps[name].append(after[quantity] - value)
            value = after[quantity]
    return {name: float(np.mean(some)) for name, some in steps.items()}


@settings(max_examples=few(25), deadline=None)
@given(rule=st.tuples(methods(), methods()), both=st.tuples(editions("ABCD"), editions("DBAEF")))
def test_parts_are_the_mean_steps_over_all_orders(rule: Any, both: Any) -> None:
    found = change(rule[0].compute(both[0]), rule[1].compute(both[1]), methods=rule)
    split = found.split
    assert split is not None
    assert list(split.index.get_level_values("unit").unique()) == ["D", "B", "A"]
    for (unit, quantity), row in split.iterrows():
        if row["reason"]:
            assert row[PARTS].isna().all()
            continue
        expected = means_over_orders(both, rule, unit, quantity)
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-8)
        assert row["merger"] == 0.0


@settings(max_examples=few(25), deadline=None)
@given(rule=st.tuples(methods(), methods()), both=st.tuples(editions("ABCD"), editions("DBAEF")))
def test_parts_add_up_to_the_change(rule: Any, both: Any) -> None:
    found = change(rule[0].compute(both[0]), rule[1].compute(both[1]), methods=rule)
    assert found.split is not None
    split = found.split[found.split["reason"] == ""]
    assert np.allclose(split[PARTS].sum(axis=1), split["change"], rtol=0, atol=1e-9)
    table = found.units.loc[split.index.get_level_values("unit").unique()]
    scores = split[split.index.get_level_values("quantity") == "score"].droplevel("quantity")
    assert scores["change"].equals(table.loc[scores.index, "score_change"].rename("change"))


@settings(max_examples=few(25), deadline=None)
@given(rule=methods(), both=st.tuples(editions("ABCD"), editions("DBAC")))
def test_the_same_rules_change_nothing(rule: gi.Methodology, both: Any) -> None:
    found = change(rule.compute(both[0]), rule.compute(both[1]), methods=rule)
    assert found.split is not None
    assert (found.split["rules"].dropna() == 0.0).all()


@settings(max_examples=few(25), deadline=None)
@given(rule=st.tuples(methods(), methods()), data=editions("ABCD"))
def test_the_same_data_in_the_same_league_change_nothing(rule: Any, data: Any) -> None:
    found = change(rule[0].compute(data), rule[1].compute(data), methods=rule)
    assert found.split is not None
    assert (found.split[["data", "league"]].dropna() == 0.0).all().all()


@settings(max_examples=few(25), deadline=None)
@given(rule=st.tuples(methods(), methods()), both=st.tuples(editions("ABC"), editions("ABCD")))
def test_the_split_the_other_way_round_is_its_opposite(rule: Any, both: Any) -> None:
    one, other = rule[0].compute(both[0]), rule[1].compute(both[1])
    there = change(one, other, methods=rule).split
    back = change(other, one, methods=rule[::-1]).split
    assert there is not None
    assert back is not None
    parts = ["data", "rules", "league"]
    opposite = -back.loc[there.index, parts]
    assert np.allclose(there[parts], opposite, rtol=0, atol=1e-9, equal_nan=True)


POINTS = gi.Framework(
    "f",
    [gi.Indicator(code, code.upper(), weight=50, rule=rules.Points()) for code in ("a", "b")],
    aggregate=aggregate.Sum(),
    absence=absence.Renormalise(min_share=1),
)
RUBRIC = gi.Methodology("example.rubric", "1", POINTS)


def renamed(names: dict[str, str], **settings: Any) -> gi.Methodology:
    """Return the rubric with other codes or names of indicators."""
    children = [attrs.evolve(leaf, name=names.get(leaf.code, leaf.name)) for leaf in POINTS.leaves]
    framework = attrs.evolve(POINTS, children=children)
    return gi.Methodology("example.rubric", "2", framework, **settings)


def reason(found: Any, unit: str = "A") -> str:
    assert found.split is not None
    return str(found.split.loc[(unit, "score"), "reason"])


def test_variables_that_one_edition_lacks_are_named() -> None:
    leaves = [*POINTS.children, gi.Indicator("c", weight=10, rule=rules.Points())]
    method = gi.Methodology("example.rubric", "2", attrs.evolve(POINTS, children=leaves))
    before = RUBRIC.compute(observed({"a": [1.0], "b": [2.0]}, ["A"]))
    after = method.compute(observed({"a": [1.0], "b": [2.0], "c": [3.0]}, ["A"]))
    found = change(before, after, methods=(RUBRIC, method))
    assert reason(found) == "the data before lack 'c'"
    assert "thiếu 'c'" in str(change(before, after, methods=(RUBRIC, method), language="vi"))


def test_a_code_that_means_another_indicator_is_not_mixed_up() -> None:
    method = renamed({"b": "Another"})
    before = RUBRIC.compute(observed({"a": [1.0], "b": [2.0]}, ["A"]))
    after = method.compute(observed({"a": [1.0], "b": [2.0]}, ["A"]))
    found = change(before, after, methods=(RUBRIC, method))
    assert reason(found) == (
        "another indicator has 'b' in the data now; another indicator has 'b' in the data before"
    )
    assert not reason(change(before, after, methods=(RUBRIC, method), nodes="code"))


def test_renumbered_indicators_take_their_figures_along() -> None:
    method = renamed({"a": "B", "b": "A"})
    before = RUBRIC.compute(observed({"a": [10.0], "b": [20.0]}, ["A"]))
    after = method.compute(observed({"a": [25.0], "b": [10.0]}, ["A"]))
    found = change(before, after, methods=(RUBRIC, method), nodes="name")
    assert found.split is not None
    row = found.split.loc[("A", "score")]
    assert row[["change", "data", "rules", "league"]].to_list() == [5.0, 5.0, 0.0, 0.0]
    nodes = found.nodes.loc["A"]
    assert nodes["node_before"].to_dict() == {"a": "b", "b": "a"}
    assert nodes["score_change"].to_dict() == {"a": 5.0, "b": 0.0}


def test_another_maximum_is_split_in_percent() -> None:
    leaves = [POINTS.leaves[0], attrs.evolve(POINTS.leaves[1], weight=150)]
    method = gi.Methodology("example.rubric", "2", attrs.evolve(POINTS, children=leaves))
    before = RUBRIC.compute(observed({"a": [10.0], "b": [50.0]}, ["A"]))
    after = method.compute(observed({"a": [10.0], "b": [150.0]}, ["A"]))
    found = change(before, after, methods=(RUBRIC, method))
    assert found.split is not None
    assert reason(found) == "the maximum differs"
    assert found.split.loc[("A", "percent"), ["change", "rules"]].to_list() == [20.0, 20.0]
    assert found.units["score_change"].isna().all()
    assert "The maximum was 100 and is 200" in str(found)


@settings(max_examples=few(25), deadline=None)
@given(
    maxima=st.tuples(*[st.integers(1, 40)] * 3),
    shares=st.lists(st.tuples(*[st.sampled_from([0, 0.25, 0.5, 1])] * 3), min_size=2, max_size=4),
)
def test_points_keep_their_share_where_only_maxima_changed(maxima: Any, shares: Any) -> None:
    def rubric(*sizes: float) -> gi.Methodology:
        leaves = [
            gi.Indicator(code, weight=size, rule=rules.Points())
            for code, size in zip(LEAVES, sizes, strict=True)
        ]
        return gi.Methodology("r", "1", gi.Framework("f", leaves, aggregate=aggregate.Sum()))

    def result(method: gi.Methodology, *sizes: float) -> gi.IndexResult:
        columns = {c: [s * m for s in row] for c, m, row in zip(LEAVES, sizes, zip(*shares))}  # noqa: B905
        return method.compute(observed(columns, list("ABCD")[: len(shares)]))

    methods = rubric(8, 8, 16), rubric(*maxima)
    before, after = result(methods[0], 8, 8, 16), result(methods[1], *maxima)
    split = change(before, after, methods=methods).split
    assert split is not None
    percent = split.xs("percent", level="quantity")
    assert (percent["reason"] == "").all()
    assert np.allclose(percent["data"], 0.0, atol=1e-9)
    assert np.allclose(percent["rules"], percent["change"], atol=1e-9)


def test_points_that_were_figures_before_are_not_mixed_up() -> None:
    leaves = [attrs.evolve(leaf, rule=rules.Goalposts(worst=0, best=9)) for leaf in POINTS.leaves]
    method = attrs.evolve(RUBRIC, framework=attrs.evolve(POINTS, children=leaves))
    data = observed({"a": [1.0], "b": [2.0]}, ["A"])
    found = change(RUBRIC.compute(data), method.compute(data), methods=(RUBRIC, method))
    assert "'a', 'b': points of a known maximum in one edition only" in reason(found)


def test_merged_units_are_split_from_their_merged_figures() -> None:
    data = observed({"a": [10.0, 30.0, 5.0], "b": [20.0, 20.0, 5.0]}, ["A", "B", "C"])
    before = RUBRIC.compute(data)
    after = RUBRIC.compute(observed({"a": [30.0, 5.0], "b": [25.0, 5.0]}, ["AB", "C"]))
    merger = Merger({"A": "AB", "B": "AB"}, how="mean", weights={"A": 1, "B": 3})
    found = change(before, after, units=merger, methods=RUBRIC)
    assert found.split is not None
    assert found.split.loc[("AB", "score"), ["before", "change", "merger", "data"]].to_list() == [
        *(45.0, 10.0, 0.0, 10.0),
    ]
    assert found.split.loc[("AB", "rank"), "reason"] == "there is no rank"
    assert found.split.loc[("C", "rank"), ["change", "merger", "data"]].to_list() == [1, 1, 0]


def test_what_scoring_merged_figures_changes_is_a_part_of_its_own() -> None:
    leaf = gi.Indicator(
        "share", measure=gi.measures.Ratio("done", "all"), rule=rules.Goalposts(worst=0, best=1)
    )
    method = gi.Methodology("example.share", "1", gi.Framework("f", [leaf]))
    before = method.compute(observed({"done": [10.0, 90.0], "all": [10.0, 190.0]}, ["A", "B"]))
    after = method.compute(observed({"done": [120.0], "all": [200.0]}, ["AB"]))
    merger = Merger({"A": "AB", "B": "AB"}, how="mean", data="sum")
    found = change(before, after, units=merger, methods=method)
    assert found.split is not None
    row = found.split.loc[("AB", "score")]
    mean = (100.0 + 100.0 * 90 / 190) / 2
    assert row["merger"] == pytest.approx(50.0 - mean)
    assert row["data"] == pytest.approx(10.0)
    assert row[PARTS].sum() == pytest.approx(row["change"])


def test_figures_that_cannot_be_merged_are_said() -> None:
    framework = attrs.evolve(POINTS, absence=absence.Renormalise())
    method = attrs.evolve(RUBRIC, framework=framework)
    before = method.compute(observed({"a": [10.0, None], "b": [20.0, 20.0]}, ["A", "B"]))
    after = method.compute(observed({"a": [30.0], "b": [25.0]}, ["AB"]))
    merger = Merger({"A": "AB", "B": "AB"}, how="mean")
    found = change(before, after, units=merger, methods=method)
    assert "cannot be merged" in reason(found, "AB")
    assert "'a' is absent" in reason(found, "AB")


def test_forms_are_split_unit_by_unit() -> None:
    small = gi.Framework("f", [POINTS.leaves[0]], aggregate=aggregate.Sum())
    method = gi.Forms.of(RUBRIC, {"small": small})
    units = [Unit("A"), Unit("S", type="small")]
    one = method.compute(observed({"a": [10.0, 20.0], "b": [20.0, NA]}, units))
    other = method.compute(observed({"a": [10.0, 40.0], "b": [30.0, NA]}, units))
    found = change(one, other, methods=method)
    assert found.split is not None
    assert found.split.loc[("S", "score"), ["change", "data"]].to_list() == [20.0, 20.0]
    assert found.nodes.loc["S"].index.to_list() == ["a"]


@attrs.frozen
class Median:
    """A methodology of another class, which scores by its own code."""

    framework: gi.Framework = POINTS
    id: str = "example.median"
    version: str = "1"
    fingerprint: str = "median-1"

    def compute(self, observations: gi.Observations) -> gi.IndexResult:
        middle = np.median(observations.values)
        scores = {"f": observations.values.mean(axis=1) - middle + 50.0}
        return gi.result_from_scores(self, observations, scores)


def test_any_methodology_is_split_by_computing_it() -> None:
    one = observed({"a": [10.0, 20.0], "b": [20.0, 40.0]}, ["A", "B"])
    other = observed({"a": [10.0, 20.0], "b": [24.0, 20.0]}, ["A", "B"])
    median = Median()
    found = change(median.compute(one), median.compute(other), methods=median)
    score = found.split.xs("score", level="quantity")
    assert (score["reason"] == "").all()
    assert np.allclose(score[PARTS].sum(axis=1), score["change"])
    # B has 30 − 20 + 50 = 60, then 20 − 20 + 50 = 50; the figures of A alone move no median.
    expected = means_over_orders((one, other), (median, median), "B", "score")
    assert score.loc["B", ["data", "rules", "league"]].to_dict() == pytest.approx(expected)


def test_units_that_the_other_rules_refuse_are_said() -> None:
    lenient = attrs.evolve(RUBRIC, framework=attrs.evolve(POINTS, absence=absence.AsZero()))
    strict = attrs.evolve(RUBRIC, framework=attrs.evolve(POINTS, absence=absence.Refuse()))
    before = lenient.compute(observed({"a": [10.0, None], "b": [20.0, 20.0]}, ["A", "B"]))
    after = strict.compute(observed({"a": [10.0, 10.0], "b": [20.0, 20.0]}, ["A", "B"]))
    found = change(before, after, methods=(lenient, strict))
    assert reason(found).startswith("units before cannot be scored by the other rules: ")
    assert "unit 'B'" in reason(found)
    assert "kỳ trước" in reason(change(before, after, methods=(lenient, strict), language="vi"))


def test_answers_keep_their_meaning_whatever_their_numbers() -> None:
    def method(**scores: float) -> gi.Methodology:
        leaf = gi.Indicator("q", rule=rules.Choice(scores))
        return gi.Methodology("example.answers", "1", gi.Framework("f", [leaf]))

    def data(*answers: str) -> gi.Observations:
        frame = pd.DataFrame({"unit": list("AB")[: len(answers)], "q": answers})
        return gi.Observations.from_frame(frame)

    old, new = method(no=0, yes=1, partly=0.5), method(no=0, yes=1, partly=0.2)
    found = change(
        old.compute(data("yes", "partly")), new.compute(data("no", "partly")), methods=(old, new)
    )
    score = found.split.xs("score", level="quantity")
    assert score.loc["A", ["data", "rules"]].to_list() == [-100.0, 0.0]
    assert score.loc["B", ["data", "rules"]].to_list() == [0.0, -30.0]


def test_a_unit_that_inherits_is_scored_among_its_parents() -> None:
    leaf = gi.Indicator(
        "a", measure=gi.measures.Inherited("a"), rule=rules.Goalposts(worst=0, best=10)
    )
    method = gi.Methodology("example.inherits", "1", gi.Framework("f", [leaf]))
    units = [Unit("P"), Unit("C", parent="P")]
    before = method.compute(observed({"a": [2.0, 1.0]}, units))
    after = method.compute(observed({"a": [6.0, 1.0]}, units))
    found = change(before, after, methods=method)
    assert found.split.loc[("C", "score"), ["change", "data", "league"]].to_list() == [40, 0, 40]
    assert found.split.loc[("P", "score"), ["change", "data", "league"]].to_list() == [40, 40, 0]


def test_prepared_data_are_asked_for_as_they_were() -> None:
    step = gi.prepare.Impute(gi.impute.Mean())
    method = attrs.evolve(RUBRIC, steps=[step])
    raw = [observed({"a": [10.0, None], "b": [20.0, last]}, ["A", "B"]) for last in (20.0, 40.0)]
    one, other = (method.compute(data) for data in raw)
    with pytest.raises(DataError, match=r"prepares its data by steps: give data=\(before, after\)"):
        change(one, other, methods=method)
    found = change(one, other, methods=method, data=(raw[0], raw[1]))
    assert found.split is not None
    assert found.split.loc[("B", "score"), ["change", "data"]].to_list() == [20.0, 20.0]
    with pytest.raises(DataError, match="does not give the scores and ranks of `before`"):
        change(one, other, methods=method, data=(raw[1], raw[1]))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"methods": "vn.par"}, SettingError, "methods is a methodology, or a pair"),
        ({"methods": (RUBRIC,)}, SettingError, "methods is a methodology, or a pair"),
        ({"methods": (renamed({"a": "Z"}, scale=10.0), RUBRIC)}, DataError, "is not the methodolo"),
        ({"data": (1, 2)}, SettingError, "data=… is for the split, which needs methods="),
        ({"methods": RUBRIC, "data": (1, 2)}, SettingError, "data is a pair of Observations"),
        ({"by": "shares"}, SettingError, "by 'points' or 'percent', not 'shares'"),
    ],
)
def test_impossible_arguments_are_refused(arguments: Any, error: Any, message: str) -> None:
    result = RUBRIC.compute(observed({"a": [1.0], "b": [2.0]}, ["A"]))
    with pytest.raises(error, match=message):
        change(result, result, **arguments)


def test_a_panel_is_split_period_by_period_only() -> None:
    data = observed({"a": [1.0], "b": [2.0]}, ["A"])
    panel = RUBRIC.compute(gi.Observations.panel({"2024": data, "2025": data}))
    with pytest.raises(DataError, match="split needs results of one period"):
        change(panel, panel, methods=RUBRIC)
    assert len(change(panel, panel).units) == 2


@given(parts=st.lists(st.floats(-100, 100), min_size=3, max_size=4), decimals=st.integers(0, 4))
def test_rounded_parts_add_up_to_the_rounded_total(parts: list[float], decimals: int) -> None:
    from govindex.changes.summaries import rounded_parts

    total = sum(parts)
    found = rounded_parts(parts, total, decimals)
    assert sum(found) == pytest.approx(np.rint(total * 10**decimals) / 10**decimals, abs=1e-9)
    assert all(abs(a - b) < 1.01 / 10**decimals for a, b in zip(found, parts, strict=True))


def test_merged_units_are_read_from_a_table(tmp_path: Path) -> None:
    table = tmp_path / "merged.csv"
    table.write_text("unit,now\nA,AB\nB,AB\nC,\n", encoding="utf-8")
    assert Merger(table, how="mean") == Merger({"A": "AB", "B": "AB", "C": None}, how="mean")
    table.write_text("unit,new\nA,AB\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"'merged.csv' has no column 'now'"):
        Merger(table, how="mean")

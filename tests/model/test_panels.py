"""Panels: rows that are a body in a period, and what is ranked together."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.contracts import Scope
from govindex.errors import DataError, FrameworkError, SettingError, UnknownNameError
from govindex.periods import ordinal, parts_of_year, period_problems, sorted_periods


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
        (["2020", "round 2"], "'round 2' is not a period that can be put in order"),
        (["2020", "2020-13"], "'2020-13' is not a period"),
        (["2020", "2020-Q1"], "of one kind, not years such as '2020'; quarters such as '2020-Q1'"),
        (["2020-Q1", "2020Q1"], "'2020-Q1' and '2020Q1' are the same period, spelled in two ways"),
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
    found = [(league, period, rows.tolist()) for league, period, rows in units.ranking_groups()]
    assert found == [("x", "2020", [1]), (None, "2020", [2]), ("x", "2021", [0, 3])]


def test_contests_without_periods_are_the_leagues() -> None:
    units = gi.Units(("A", "B", "C"), leagues=("x", None, "x"))
    found = [(league, period, rows.tolist()) for league, period, rows in units.ranking_groups()]
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
        (("A@2020", "A"), ("2020", "2020"), "unit 'A' appears in 2020 more than once"),
        (("A@2020", "A"), ("2020", None), "unit 'A' has no period"),
        (("A@2020", "A@2"), ("2020", "2"), "'2' is not a period"),
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


# -- reading --------------------------------------------------------------------------------------


def wide() -> pd.DataFrame:
    """Return an unbalanced panel: C has no 2020."""
    return pd.DataFrame(
        {
            "country": ["A", "B", "A", "B", "C"],
            "year": [2021, 2020, 2020, 2021, 2021],
            "days": [10.0, 4.0, 0.0, 20.0, None],
            "kind": ["x", "y", "y", "x", "x"],
        }
    )


def read(frame: Any, **given: Any) -> gi.Observations:
    return gi.Observations.from_frame(frame, unit="country", period="year", **given)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "index"])
def test_a_column_of_periods_makes_a_panel(library: str) -> None:
    frame: Any = wide()
    if library == "polars":
        frame = pytest.importorskip("polars").from_pandas(frame)
    elif library == "pyarrow":
        frame = pytest.importorskip("pyarrow").Table.from_pandas(frame)
    elif library == "index":
        frame = frame.set_index(["country", "year"])
    data = read(frame)
    assert data.units.codes == ("A@2021", "B@2020", "A@2020", "B@2021", "C@2021")
    assert (data.is_panel, data.periods, data.period) == (True, ("2020", "2021"), None)
    assert (data.value("B@2021", "days"), data.value("B@2020", "kind")) == (20.0, "y")
    assert data.cell("C@2021", "days").name == "MISSING"
    assert repr(data) == (
        "<Observations: 3 units in 2 periods, 5 rows × 2 variables, 1 cells absent>"
    )


def test_a_long_frame_makes_the_same_panel() -> None:
    long = wide()[["country", "year", "days"]].melt(id_vars=["country", "year"])
    data = gi.Observations.from_long(
        long, unit="country", period="year", units=[gi.Unit(c, league=c.lower()) for c in "CBA"]
    )
    assert data.units.codes == ("A@2021", "B@2020", "A@2020", "B@2021", "C@2021")
    assert data.units.leagues == ("a", "b", "a", "b", "c")
    np.testing.assert_array_equal(data.values, read(wide(), variables=["days"]).values)


def test_one_period_for_all_rows_is_what_it_was() -> None:
    frame = wide().query("year == 2021").rename(columns={"days": "2021"})
    data = gi.Observations.from_frame(frame, unit="country", period="2021")
    assert (data.is_panel, data.period, data.periods) == (False, "2021", ("2021",))
    assert data.variables == ("year", "2021", "kind")
    other = gi.Observations.from_frame(frame, unit="country", period="third round")
    assert (other.period, other.parts_of_year) == ("third round", None)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"year": [2021, 2020, 2021, 2021, 2021]}, "unit 'A@2021' appears more than once"),
        ({"year": [2021, 2020, None, 2021, 2021]}, r"row 3: no period is named \(column 'year'"),
        ({"year": ["2021", "2020", "2020-Q1", "2021", "2021"]}, "of one kind, not years"),
        ({"year": ["2021", "2020", "20", "2021", "2021"]}, "'20' is not a period that can be put"),
    ],
)
@pytest.mark.parametrize("shape", ["wide", "long"])
def test_rows_without_a_period_of_their_own_are_refused(
    shape: str, change: dict[str, Any], problem: str
) -> None:
    frame = wide().assign(**change)
    if shape == "wide":
        with pytest.raises(DataError, match=problem):
            read(frame)
        return
    long = frame[["country", "year", "days"]].melt(id_vars=["country", "year"])
    problem = problem.replace(" appears", ", variable 'days': appears")
    with pytest.raises(DataError, match=problem):
        gi.Observations.from_long(long, unit="country", period="year")


def test_a_mistyped_column_of_periods_is_suggested() -> None:
    with pytest.raises(DataError, match=r"there is no column 'yaer', .* did you mean 'year'"):
        gi.Observations.from_frame(wide(), unit="country", period="yaer")


def test_a_long_panel_names_units_and_rows_that_do_not_exist() -> None:
    long = wide()[["country", "year", "days"]].melt(id_vars=["country", "year"])
    given: Any = {"unit": "country", "period": "year"}
    with pytest.raises(DataError, match="there is no unit 'C'"):
        gi.Observations.from_long(long, units=[gi.Unit("A"), gi.Unit("B")], **given)
    rows = gi.Units(("A@2020", "A@2021", "B@2020", "C@2021"), periods=("2020", "2021") * 2)
    with pytest.raises(DataError, match="there is no unit 'B@2021'"):
        gi.Observations.from_long(long, units=rows, **given)


def test_a_parent_is_the_parent_in_the_same_period() -> None:
    frame = wide().query("country != 'C'").assign(above=["", "A", "", "A"])
    data = read(frame, parent="above")
    assert data.units.parents == (None, "A@2020", None, "A@2021")
    assert data.at_period("2020").units.parents == ("A", None)
    with pytest.raises(DataError, match="'C@2021' names a parent that does not exist, 'D@2021'"):
        read(wide().assign(above=["", "", "", "", "D"]), parent="above")


def test_the_observations_have_a_period_or_their_rows_have() -> None:
    with pytest.raises(DataError, match="the rows of a panel have periods"):
        gi.Observations(panel_units(), ["days"], np.zeros((4, 1)), period="2020")


# -- deriving -------------------------------------------------------------------------------------


def by_year() -> dict[str, gi.Observations]:
    data = read(wide(), league="country")
    return {period: data.at_period(period) for period in data.periods}


def same(one: gi.Observations, other: gi.Observations) -> bool:
    """Compare cells, units and answers."""
    return (
        list(one.units) == list(other.units)
        and one.variables == other.variables
        and dict(one.levels) == dict(other.levels)
        and np.array_equal(one.values, other.values, equal_nan=True)
        and np.array_equal(one.status, other.status)
    )


def test_a_period_of_a_panel_is_plain_data() -> None:
    data = read(wide()).at_period("2021")
    assert (data.units.codes, data.period, data.is_panel) == (("A", "B", "C"), "2021", False)
    assert data.at_period("2021") is data
    with pytest.raises(UnknownNameError, match="there is no period '2202': did you mean '2021'"):
        data.at_period("2202")


def test_periods_put_together_are_the_panel_again() -> None:
    years = by_year()
    data = gi.Observations.panel({"2021": years["2021"], "2020": years["2020"]})
    assert data.units.codes == ("B@2020", "A@2020", "A@2021", "B@2021", "C@2021")
    assert all(same(data.at_period(period), years[period]) for period in years)


def test_columns_and_answers_of_periods_may_have_any_order() -> None:
    first = gi.Observations.from_frame(pd.DataFrame({"unit": ["A"], "a": [1], "b": ["no"]}))
    second = gi.Observations.from_frame(pd.DataFrame({"unit": ["A"], "b": ["yes"], "a": [2]}))
    data = gi.Observations.panel({"2020": first, "2021": second})
    assert [data.value(f"A@{y}", v) for y in (2020, 2021) for v in "ab"] == [1, "no", 2, "yes"]


def plain(period: str | None = None, **columns: Any) -> gi.Observations:
    frame = pd.DataFrame({"unit": ["A"], **(columns or {"days": [1]})})
    return gi.Observations.from_frame(frame, unit="unit", period=period)


@pytest.mark.parametrize(
    ("periods", "problem"),
    [
        ({}, "give at least one period"),
        ({"2020": plain("2019")}, "period '2020' holds data of 2019"),
        ({"2020": plain(), "2021-01": plain()}, "of one kind"),
        ({"2020": read(wide())}, "period '2020' is a panel itself"),
        ({"2020": wide()}, "period '2020' is DataFrame, not Observations"),
        ({"2020": plain(), "2021": plain(cost=[1])}, "period 2021 lacks variables of 2020: 'days'"),
        (
            {"2020": plain(), "2021": plain(days=["x"])},
            "period '2020' has numbers for the answers of variable 'days'",
        ),
        (
            {"2020": gi.Observations.from_stages({"self": plain()}), "2021": plain()},
            "period 2021 lacks stages of 2020: 'self'",
        ),
    ],
)
def test_periods_that_do_not_fit_are_named(periods: Any, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        gi.Observations.panel(periods)


def test_stages_of_periods_are_kept() -> None:
    years = {
        year: gi.Observations.from_stages({"self": plain(days=[5]), "checked": plain(days=[found])})
        for year, found in {"2020": 4, "2021": 3}.items()
    }
    data = gi.Observations.panel(years)
    assert data.stage == "checked"
    assert data.values[:, 0].tolist() == [4, 3]
    assert data.at_stage("self").values[:, 0].tolist() == [5, 5]
    assert data.at_period("2021").at_stage("self").value("A", "days") == 5


def test_taking_a_unit_takes_its_rows() -> None:
    data = read(wide())
    assert data.take(["B", "C@2021"]).units.codes == ("B@2020", "B@2021", "C@2021")


def test_a_balanced_panel_has_the_same_units_in_every_period() -> None:
    data = read(wide(), league="kind")
    common, every = data.balanced("common"), data.balanced("all")
    assert common.units.codes == ("A@2020", "B@2020", "A@2021", "B@2021")
    assert every.units.codes == ("A@2020", "B@2020", "C@2020", "A@2021", "B@2021", "C@2021")
    assert every.cell("C@2020", "days").name == "MISSING"
    assert every.units.leagues == ("y", "y", "x", "x", "x", "x")
    assert same(every.take(common.units.codes), common)


@pytest.mark.parametrize(
    ("data", "how", "error", "problem"),
    [
        (plain(), "all", DataError, "only a panel can be balanced"),
        (read(wide()), "none", SettingError, "how is 'common' or 'all'"),
        (read(wide().iloc[[1, 4]]), "common", DataError, "no unit has a row in every period"),
    ],
)
def test_what_cannot_be_balanced_is_refused(
    data: gi.Observations, how: Any, error: Any, problem: str
) -> None:
    with pytest.raises(error, match=problem):
        data.balanced(how)


def test_units_are_merged_inside_their_periods() -> None:
    data = read(wide(), variables=["days"]).take(["A", "B"])
    merged = data.roll_up({"A": "AB", "B": "AB"}, units=[gi.Unit("AB", league="x")])
    assert merged.units.codes == ("AB@2020", "AB@2021")
    assert merged.values[:, 0].tolist() == [2.0, 15.0]
    assert merged.units.leagues == ("x", "x")


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [({"D": "AB"}, "there is no unit 'D'"), ({}, "no unit is merged"), ({"A": "X"}, "`units`")],
)
def test_a_panel_says_what_cannot_be_merged(mapping: Any, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read(wide(), variables=["days"]).roll_up(mapping, units=[gi.Unit("AB")])


def test_a_yearly_total_is_divided_by_the_periods_of_the_panel() -> None:
    frame = wide().assign(year=["2021-Q1", "2020-Q4", "2020-Q4", "2021-Q1", "2021-Q1"])
    leaf = gi.Indicator(
        "days", measure=gi.measures.PerPeriod("days"), rule=gi.rules.Goalposts(worst=0, best=5)
    )
    method = gi.Methodology("example.days", "1", gi.Framework("total", [leaf]))
    result = method.compute(read(frame.iloc[:4], variables=["days"]))
    assert result.score.to_list() == [50.0, 20.0, 0.0, 100.0]


# -- results --------------------------------------------------------------------------------------


def method_of(rule: Any, **settings: Any) -> gi.Methodology:
    leaf = gi.Indicator("days", rule=rule)
    framework = gi.Framework("total", [leaf], absence=gi.absence.Renormalise())
    return gi.Methodology("example.days", "1", framework, **settings)


POOLED = method_of(gi.rules.MinMax())
YEARLY = method_of(gi.rules.MinMax(over="period"))
FIXED = method_of(gi.rules.Goalposts(worst=0, best=20), bands=gi.Bands([("high", 50), ("low", 0)]))


def test_scores_are_taken_over_all_periods_or_over_each() -> None:
    data = read(wide())
    pooled = gi.over_time(POOLED.compute(data))
    yearly = gi.over_time(YEARLY.compute(data))
    assert pooled.loc[["A", "B"]].to_numpy().tolist() == [[0.0, 50.0], [20.0, 100.0]]
    assert yearly.loc[["A", "B"]].to_numpy().tolist() == [[0.0, 0.0], [100.0, 100.0]]
    assert pooled.loc["C"].isna().all()


def test_places_are_given_inside_leagues_and_periods() -> None:
    frame = pd.DataFrame(
        {
            "country": [*"ABCD", *"ABCD"],
            "year": [2021] * 4 + [2020] * 4,
            "days": [1, 2, 3, 4, 8, 7, 6, 5],
            "league": [*"xxyy", *"xyyx"],
        }
    )
    result = FIXED.compute(read(frame, league="league"))
    assert gi.over_time(result, "rank").to_numpy().tolist() == [[1, 2], [1, 1], [2, 2], [2, 1]]
    assert gi.over_time(result, "overall_rank").to_numpy().tolist() == [
        [1, 4],
        [2, 3],
        [3, 2],
        [4, 1],
    ]
    table = result.table()
    assert table["period"].tolist() == ["2020"] * 4 + ["2021"] * 4
    assert table["name"].tolist() == [*"ADBC", *"BADC"]
    assert table["rank"].tolist() == [1, 2] * 4
    said = result.announce()
    assert list(said.loc[("2020", "y"), ["first", "second"]]) == ["B", "C"]
    assert result.rank_labels() == ["2", "1", "2", "1", "1", "1", "2", "2"]


def test_units_of_different_periods_never_share_a_rank() -> None:
    frame = pd.DataFrame({"country": ["A", "B", "A"], "year": [2020, 2020, 2021], "days": [9] * 3})
    result = FIXED.compute(read(frame))
    assert result.rank_labels() == ["=1", "=1", "1"]
    assert result.rank_labels(overall=True) == ["=1", "=1", "1"]


@pytest.mark.parametrize("method", [POOLED, YEARLY, FIXED])
def test_the_result_of_a_period_is_a_part_of_the_whole(method: gi.Methodology) -> None:
    whole = method.compute(read(wide(), league="kind"))
    part = whole.at_period("2021")
    assert (part.units.codes, part.provenance.period) == (("A", "B", "C"), "2021")
    rows = [whole.units.locate(f"{code}@2021") for code in part.units.codes]
    np.testing.assert_array_equal(part.printed, whole.printed[:, rows])
    np.testing.assert_array_equal(part.ranks_at("total"), whole.ranks_at("total")[rows])
    assert part.band_of("total") == [whole.band_of("total")[row] for row in rows]
    assert part.observations is not None
    assert part.observations.value("A", "days") == 10
    assert part.at_period("2021") is part
    assert part.unscored.index.to_list() == ["C"]
    with pytest.raises(UnknownNameError, match="there is no period '2022'"):
        whole.at_period("2022")


@pytest.mark.parametrize("method", [YEARLY, FIXED])
def test_periods_apart_score_as_the_panel_does(method: gi.Methodology) -> None:
    data = read(wide(), league="kind")
    whole = method.compute(data)
    for period in data.periods:
        alone = method.compute(data.at_period(period))
        pd.testing.assert_frame_equal(alone.table(), whole.at_period(period).table())


def test_forms_score_panels_and_their_periods() -> None:
    frame = wide().query("country != 'C'").assign(type=["n/a", "district", "n/a", "district"])
    form = gi.Framework("total", [gi.Indicator("days", rule=gi.rules.Goalposts(worst=20, best=0))])
    result = gi.Forms.of(FIXED, {"district": form}).compute(read(frame, type="type"))
    assert gi.over_time(result).to_numpy().tolist() == [[0.0, 50.0], [80.0, 0.0]]
    part = result.at_period("2020")
    assert part.part_of("B").units.codes == ("B",)
    assert gi.explain(part, "B").score == 80.0


def test_scores_feed_another_index_period_by_period() -> None:
    fed = FIXED.compute(read(wide())).as_observations()
    assert (fed.is_panel, fed.value("B@2020", "total")) == (True, 20.0)


def test_results_over_time_have_the_words_of_the_table() -> None:
    result = FIXED.compute(read(wide()))
    assert list(gi.over_time(result, "band").loc["B"]) == ["low", "high"]
    assert list(gi.over_time(result, "percent", node="days").loc["B"]) == [20.0, 100.0]
    assert gi.over_time(result, "rank").isna().loc["C"].all()
    wrong: Any = "scores"
    with pytest.raises(SettingError, match="did you mean 'score'"):
        gi.over_time(result, wrong)
    with pytest.raises(DataError, match="of one period only"):
        gi.over_time(result.at_period("2020"))


def test_change_compares_two_periods_of_the_same_units() -> None:
    result = FIXED.compute(read(wide()).balanced("common"))
    moved = gi.change(result.at_period("2020"), result.at_period("2021")).units
    assert moved["score_change"].to_dict() == {"B": 80.0, "A": 50.0}
    unbalanced = FIXED.compute(read(wide()))
    joined = gi.change(unbalanced.at_period("2020"), unbalanced.at_period("2021")).unmatched
    assert joined[["code", "edition", "kind"]].to_numpy().tolist() == [["C", "after", "came"]]
    with pytest.raises(DataError, match=r"`before` is the result of a panel.*at_period\('2021'\)"):
        gi.change(unbalanced, unbalanced.at_period("2021"))


def test_standings_name_a_row_of_the_panel() -> None:
    result = FIXED.compute(read(wide()))
    found = gi.standings("B@2020", {"days": result})
    assert list(found.loc["days", ["rank", "of", "score"]]) == [1, 2, 20.0]


# -- anchoring ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [gi.rules.MinMax(), gi.rules.ZScore(50, 10)])
def test_an_index_anchored_on_a_period_scores_an_unchanged_unit_the_same(rule: Any) -> None:
    frame = pd.DataFrame(
        {
            "country": [*"ABC", *"ABCD"],
            "year": [2020] * 3 + [2021] * 4,
            "days": [1.0, 5.0, 9.0, 1.0, 30.0, 40.0, 99.0],
        }
    )
    data = read(frame)
    method = method_of(rule)
    anchored = method.anchored(data.at_period("2020"))
    assert not anchored.peer_dependent
    scores = gi.over_time(anchored.compute(data))
    assert scores.loc["A"].nunique() == 1
    base = method.compute(data.at_period("2020")).score
    np.testing.assert_allclose(scores["2020"].dropna(), base)
    moving = method_of(attrs.evolve(rule, over="period")).compute(data).score
    assert moving["B@2021"] < anchored.compute(data).score["B@2021"]


def test_an_index_anchored_on_a_panel_is_pooled() -> None:
    data = read(wide())
    anchored = POOLED.anchored(data)
    np.testing.assert_allclose(anchored.compute(data).score, POOLED.compute(data).score)
    with pytest.raises(FrameworkError, match="rule of 'days': a rule over periods cannot be"):
        YEARLY.anchored(data)
    assert not YEARLY.anchored(data.at_period("2020")).peer_dependent


def test_a_year_is_anchored_on_though_gaps_are_filled_from_others() -> None:
    frame = pd.DataFrame(
        {"unit": list("ABAB"), "year": [2024, 2024, 2025, 2025], "x": [np.nan, 2.0, 4.0, 6.0]}
    )
    data = gi.Observations.from_frame(frame, unit="unit", period="year")
    step = gi.prepare.Impute(gi.impute.Interpolated(beyond="nearest"))
    framework = gi.Framework("index", [gi.Indicator("x", rule=gi.rules.MinMax())])
    method = gi.Methodology("example.gaps", "1", framework, scale=1, steps=step)
    with pytest.raises(gi.SettingError, match="reads other periods of the same unit"):
        method.anchored(data.at_period("2024"))
    year = method.prepare(data).at_period("2024")
    scoring = attrs.evolve(method, steps=()).anchored(year)
    based = attrs.evolve(scoring, steps=method.steps)
    assert not based.peer_dependent
    assert based.compute(data).score.to_dict() == {
        "A@2024": 1,
        "B@2024": 0,
        "A@2025": 1,
        "B@2025": 2,
    }

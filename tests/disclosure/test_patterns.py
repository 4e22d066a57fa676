"""Suppression of small cells, and the attack on what is published."""

from __future__ import annotations

import pickle
from itertools import combinations
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex.disclosure import (
    AdditiveTable,
    Dominance,
    MinimumCount,
    PPercent,
    Suppression,
    Totals,
)
from govindex.disclosure import suppress as suppressed_table
from govindex.disclosure.relations import components, of_axes
from tests.sampling import few


def frame_of(counts: list[list[int]], columns: str = "wxyz") -> pd.DataFrame:
    rows = [
        ("ABCDEFGH"[unit], columns[item], number)
        for unit, row in enumerate(counts)
        for item, number in enumerate(row)
    ]
    return pd.DataFrame(rows, columns=["unit", "item", "n"])


LEAGUES = Totals(parents={"A": "North", "B": "North", "C": "South", "D": "South"})


@st.composite
def tables(draw: st.DrawFn) -> AdditiveTable:
    """Draw small tables of counts: flat, with leagues, without totals over items, of dossiers."""
    units, items = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    number = st.one_of(st.integers(0, 6), st.integers(0, 60))
    counts = draw(
        st.lists(st.lists(number, min_size=items, max_size=items), min_size=units, max_size=units)
    )
    frame = frame_of(counts)
    above = {code: LEAGUES.parents[code] for code in "ABCD"[:units]}
    leagues = draw(st.sampled_from([Totals(), Totals(parents=above)]))
    across = draw(st.sampled_from([Totals(), Totals(total=None)]))
    by = {"unit": leagues, "item": across}
    if draw(st.booleans()):
        frame["kind"] = ["ab"[row % 2] for row in range(len(frame))]
        by["kind"] = Totals()
    return AdditiveTable.of(frame, by, counts="n")


def attacked(found: Suppression) -> pd.DataFrame:
    """Return the attacker's intervals, and whether the cell is sensitive."""
    table = found.intervals()
    table["primary"] = found.primary[found.suppressed]
    return table.assign(width=table["high"] - table["low"])


@settings(max_examples=few(40))
@given(table=tables(), minimum=st.integers(2, 6), method=st.sampled_from(["exact", "fast"]))
def test_nobody_finds_a_suppressed_count(table: AdditiveTable, minimum: int, method: Any) -> None:
    found = suppressed_table(table, MinimumCount(minimum), method=method, time_limit=0.3)
    small = (table.values > 0) & (table.values < minimum)
    assert (found.primary == small).all()
    assert found.suppressed[small].all()
    attack = attacked(found)
    true = table.values[found.suppressed]
    assert (attack["low"] <= true).all()
    assert (attack["high"] >= true).all()
    assert (attack.loc[attack["primary"], "width"] >= minimum).all()
    assert (attack["width"] >= 1).all()
    np.testing.assert_array_equal(
        found.published[~found.suppressed], table.values[~found.suppressed]
    )


def protects(table: AdditiveTable, hidden: np.ndarray, primary: np.ndarray, width: float) -> bool:
    """Return whether sensitive cells are wide enough, with these cells suppressed."""
    relations = of_axes(table.axes)
    for component in components(relations, table.values.ravel(), hidden.ravel()):
        for cell in component.cells[primary.ravel()[component.cells]].tolist():
            high, low = component.bounds(cell, 1.0), component.bounds(cell, -1.0)
            assert low is not None
            if high is not None and high.value - low.value < width - 1e-6:
                return False
    return True


@settings(max_examples=few(10))
@given(counts=st.lists(st.integers(0, 12), min_size=6, max_size=6))
def test_the_exact_suppression_is_the_cheapest_of_all(counts: list[int]) -> None:
    table = AdditiveTable.of(frame_of([counts[:3], counts[3:]]), ["unit", "item"], counts="n")
    found = suppressed_table(table, MinimumCount(3))
    assert found.gap == 0
    assert protects(table, found.suppressed, found.primary, 3)
    cells = np.argwhere(~found.primary)
    costs = (table.values + 1)[~found.primary]
    mine = (table.values + 1)[found.suppressed & ~found.primary].sum()
    for size in range(5):
        for chosen in map(list, combinations(range(len(cells)), size)):
            if costs[chosen].sum() < mine:
                hidden = found.primary.copy()
                hidden[tuple(cells[chosen].T)] = True
                assert not protects(table, hidden, found.primary, 3)


def test_a_cell_is_found_from_sums_of_rows_less_sums_of_columns() -> None:
    # Made-up: no suppressed cell is alone in a row or column, yet rows A and B less columns w and
    # y give (A, x).
    table = AdditiveTable.of(
        frame_of([[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [80, 99, 65, 40]]),
        ["unit", "item"],
        counts="n",
    )
    hidden = np.zeros(table.values.shape, dtype=bool)
    for unit, items in {0: (0, 1, 2), 1: (0, 2), 2: (1, 3), 3: (1, 3)}.items():
        hidden[unit, list(items)] = True
    naive = Suppression(
        axes=table.axes,
        published=np.where(hidden, np.nan, table.values),
        primary=hidden,
        reasons=(),
        are_counts=True,
        method="fast",
        gap=np.nan,
    )
    attack = naive.intervals().set_index(["unit", "item"])
    low, high = attack["low"].to_dict(), attack["high"].to_dict()
    assert (low["A", "x"], high["A", "x"]) == (47, 47)
    assert high["A", "w"] > low["A", "w"]


@settings(max_examples=few(10))
@given(
    amounts=st.lists(
        st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz"), st.integers(0, 10**9)),
        min_size=3,
        max_size=30,
    ),
    rule=st.sampled_from([PPercent(10), Dominance(2, 80), MinimumCount(3)]),
)
def test_amounts_stay_as_uncertain_as_the_rule_asks_for(
    amounts: list[tuple[str, str, int]], rule: PPercent | Dominance | MinimumCount
) -> None:
    frame = pd.DataFrame(amounts, columns=["unit", "item", "fee"])
    by = {"unit": LEAGUES, "item": Totals()}
    table = AdditiveTable.of_records(frame, by, amounts="fee")
    found = suppressed_table(table, rule)
    needs = rule(table)
    attack = attacked(found)
    true, hidden = table.values[found.suppressed], found.suppressed
    slack = 1e-5 * np.maximum(true, 1) + 1e-9 * table.values.max()
    first = found.primary[hidden]
    assert (found.primary == needs.sensitive).all()
    above, below = attack["high"] - true, true - attack["low"]
    assert (above + slack >= needs.upper[hidden])[first].all()
    assert (below + slack >= needs.lower[hidden])[first].all()
    assert (attack["width"] + slack >= needs.width[hidden])[first].all()


@settings(max_examples=few(10))
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from("ABCD"),
            st.sampled_from("xyz"),
            st.sampled_from("fghi"),
            st.integers(1, 900),
        ),
        min_size=3,
        max_size=12,
    ),
)
def test_who_knows_a_cell_alone_does_not_find_another(
    rows: list[tuple[str, str, str, int]],
) -> None:
    frame = pd.DataFrame(rows, columns=["unit", "item", "firm", "fee"])
    by = {"unit": LEAGUES, "item": Totals()}
    table = AdditiveTable.of_records(frame, by, amounts="fee", contributor="firm")
    rule = PPercent(10)
    found, needs, relations = (
        suppressed_table(table, rule, method="fast"),
        rule(table),
        of_axes(table.axes),
    )
    assert table.owner is not None
    for firm in np.unique(table.owner[table.owner >= 0]).tolist():
        own = (table.owner == firm).ravel()
        hidden = found.suppressed.ravel() & ~own
        for component in components(relations, table.values.ravel(), hidden):
            for cell in component.cells[found.primary.ravel()[component.cells]].tolist():
                high = component.bounds(cell, 1.0)
                most = table.values.flat[cell] + needs.upper.flat[cell]
                assert high is None or high.value >= most - 1e-4


def test_two_firms_alone_need_a_third_cell() -> None:
    rows = [("A", "x", "f", 100), ("A", "y", "g", 200)]
    rows += [("A", "z", firm, 300) for firm in "hijk"]
    frame = pd.DataFrame(rows, columns=["unit", "item", "firm", "fee"])
    by = {"item": Totals()}
    table = AdditiveTable.of_records(frame, by, amounts="fee", contributor="firm")
    assert suppressed_table(table, PPercent(10)).suppressed.tolist() == [True, True, True, False]
    unnamed = attrs.evolve(table, owner=None)
    assert suppressed_table(unnamed, PPercent(10)).suppressed.sum() == 2


def test_rules_of_amounts_follow_their_definitions() -> None:
    frame = pd.DataFrame({"unit": [*"AAABBB"], "fee": [100.0, 50, 5, 100, 50, 12]})
    table = AdditiveTable.of_records(frame, "unit", amounts="fee")
    percent, dominant = PPercent(10)(table), Dominance(1, 62)(table)
    # A: 155 − 100 − 50 = 5 < 10 % of 100, B: 12 is not.
    assert percent.sensitive.tolist() == [True, False, False]
    assert percent.upper[0] == pytest.approx(5)
    # 100 is 64.5 % of 155 and 61.7 % of 162.
    assert dominant.sensitive.tolist() == [True, False, False]
    assert dominant.upper[0] == pytest.approx(100 / 0.62 - 155)


def test_one_contributor_with_many_records_is_one() -> None:
    frame = pd.DataFrame(
        {"unit": [*"AAAABBB"], "firm": [*"ffffghi"], "fee": [10.0, 20, 30, 40, 50, 60, 70]}
    )
    table = AdditiveTable.of_records(frame, "unit", amounts="fee", contributor="firm")
    assert table.contributors is not None
    assert table.contributors.tolist() == [1, 3, 4]
    assert table.largest is not None
    assert table.largest[:, :3].tolist() == [[100, 0, 0], [70, 60, 50], [100, 70, 60]]


def test_totals_of_leagues_and_items_are_sums() -> None:
    frame = frame_of([[1, 2], [3, 4], [5, 6], [7, 8]])
    table = AdditiveTable.of(frame, {"unit": LEAGUES, "item": Totals(total=None)}, counts="n")
    assert table.axes[0].codes == ("A", "B", "C", "D", "North", "South", "total")
    assert table.values[4:].tolist() == [[4, 6], [12, 14], [16, 20]]
    assert table.axes[1].codes == ("w", "x")


def test_a_small_unit_takes_another_of_its_league_with_it() -> None:
    frame = pd.DataFrame({"unit": [*"ABCD"], "n": [3, 9, 40, 50]})
    found = suppressed_table(
        AdditiveTable.of(frame, {"unit": LEAGUES}, counts="n"), MinimumCount(5)
    )
    why = found.why()
    assert why["unit"].tolist() == ["A", "B"]
    assert why["kind"].tolist() == ["primary", "complementary"]
    assert why["why"].tolist() == ["fewer than 5", "protects A"]


@settings(max_examples=few(10))
@given(
    counts=st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=4, max_size=4),
    order=st.permutations(range(12)),
)
def test_the_order_of_rows_does_not_matter(counts: list[list[int]], order: list[int]) -> None:
    frame = frame_of(counts)
    by = {"unit": LEAGUES, "item": Totals()}
    one, other = (
        suppressed_table(AdditiveTable.of(rows, by, counts="n"), MinimumCount(4))
        for rows in (frame, frame.iloc[order])
    )
    pd.testing.assert_frame_equal(one.table(), other.table())


def test_what_is_published_does_not_distinguish_primary_from_complementary() -> None:
    found = suppressed_table(
        AdditiveTable.of(
            frame_of([[3, 20, 30], [25, 8, 40], [12, 50, 60]]), ["unit", "item"], counts="n"
        ),
        MinimumCount(5),
    )
    table = found.table()
    assert set(table["status"]) == {"reported", "suppressed"}
    assert list(table) == ["unit", "item", "value", "status"]
    assert (table["value"].isna() == (table["status"] == "suppressed")).all()


def test_kept_cells_are_published_or_refused() -> None:
    table = AdditiveTable.of(frame_of([[3, 20], [25, 8]]), ["unit", "item"], counts="n")
    found = suppressed_table(table, MinimumCount(5), keep=[("total", "total"), ("A", "total")])
    published = found.table().set_index(["unit", "item"])["value"]
    assert published[("total", "total")] == 56
    assert published[("A", "total")] == 23
    every = [(unit, item) for unit in ("A", "B", "total") for item in ("w", "x", "total")]
    with pytest.raises(gi.DataError, match=r"'A × w' cannot be protected"):
        suppressed_table(table, MinimumCount(5), keep=[c for c in every if c != ("A", "w")])
    with pytest.raises(gi.SettingError, match=r"A × w; take them out of keep"):
        suppressed_table(table, MinimumCount(5), keep=[("A", "w")])
    with pytest.raises(gi.SettingError, match="there is no item 'v'"):
        suppressed_table(table, MinimumCount(5), keep=[("A", "v")])


def test_a_short_time_gives_a_sufficient_suppression_with_its_gap() -> None:
    rng = np.random.default_rng(3)
    counts = rng.negative_binomial(1.0, 0.03, size=(8, 4)).tolist()
    table = AdditiveTable.of(frame_of(counts), ["unit", "item"], counts="n")
    found = suppressed_table(table, MinimumCount(5), time_limit=1e-9)
    attack = attacked(found)
    assert found.gap > 0
    assert (attack.loc[attack["primary"], "width"] >= 5).all()
    assert "% above the cheapest" in repr(found)


def test_the_result_and_its_pickle_do_not_hold_the_value() -> None:
    frame = pd.DataFrame({"unit": [*"AAB"], "fee": [73.219, 12345.5, 20000.25]})
    by = {"unit": Totals()}
    found = suppressed_table(AdditiveTable.of_records(frame, by, amounts="fee"), PPercent(20))
    assert found.suppressed[0]
    secret = np.float64(73.219 + 12345.5).tobytes()
    assert secret not in pickle.dumps(found)
    shown = [repr(found), *(f().to_csv() for f in (found.table, found.why, found.intervals))]
    assert "12418" not in "".join(shown)


WRONG = [
    (pd.DataFrame({"unit": ["A", "A"], "n": [1, 2]}), "'A' is in rows 1 and 2"),
    (pd.DataFrame({"unit": ["A", None], "n": [1, 2]}), "column 'unit' is blank"),
    (pd.DataFrame({"unit": ["A", "B"], "n": [1, -2]}), "'n' is missing, infinite or below 0"),
    (pd.DataFrame({"unit": ["A", "B"], "n": [1, 2.5]}), "'n' is no whole number"),
    (pd.DataFrame({"unit": ["A", "B"], "n": ["1", "few"]}), "must hold numbers, not texts"),
    (pd.DataFrame({"unit": ["A", "total"], "n": [1, 2]}), "'total' in column 'unit' is a total"),
    (pd.DataFrame({"unit": [], "n": []}), "it has no rows"),
    (pd.DataFrame({"units": ["A"], "n": [1]}), "there is no column 'unit'"),
]


@pytest.mark.parametrize(("frame", "cause"), WRONG)
def test_a_wrong_table_is_refused(frame: pd.DataFrame, cause: str) -> None:
    with pytest.raises(gi.DataError, match=cause):
        AdditiveTable.of(frame, "unit", counts="n")


def test_settings_that_do_not_fit_are_refused() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "n": [1, 20]})
    amounts = AdditiveTable.of(frame, "unit", amounts="n")
    for rule in (MinimumCount(5), PPercent(10), Dominance(1, 80)):
        with pytest.raises(gi.SettingError, match=r"needs the (number of )?contribut"):
            suppressed_table(amounts, rule)
    with pytest.raises(gi.SettingError, match=r"counts=… or of amounts=…"):
        AdditiveTable.of(frame, "unit")
    with pytest.raises(gi.SettingError, match="form a cycle: 'A', 'B', 'A'"):
        Totals(parents={"A": "B", "B": "A"})
    with pytest.raises(gi.SettingError, match="the total 'total' has a parent"):
        Totals(parents={"total": "A"})
    with pytest.raises(gi.SettingError, match="rules say which cells"):
        suppressed_table(amounts, [])


def test_estimates_lose_the_cells_of_a_table_of_answers() -> None:
    rng = np.random.default_rng(1)
    sizes = {"A": 3, "B": 9, "C": 40, "D": 50}
    answers = pd.DataFrame({"unit": np.repeat([*sizes], [*sizes.values()])})
    answers["q"] = rng.integers(1, 6, len(answers))
    form = gi.survey.Questionnaire([gi.survey.Question("q")], gi.survey.AnswerScale.likert(5))
    estimates = gi.survey.estimate(answers, form)
    by = {"domain": LEAGUES, "item": Totals(total=None)}
    found = suppressed_table(AdditiveTable.of(estimates.table(), by, counts="n"), MinimumCount(5))
    kept = found.apply(estimates)
    table = kept.table().set_index("domain")
    assert table["status"].tolist() == ["suppressed", "suppressed", "reported", "reported"]
    numbers = table.drop(columns=["item", "status"])
    assert numbers.loc[["A", "B"]].isna().all(axis=None)
    assert numbers.loc[["C", "D"]].notna().all(axis=None)
    assert kept.difference("A", "C")["se"].isna().all()
    pd.testing.assert_frame_equal(kept.difference("C", "D"), estimates.difference("C", "D"))
    again = gi.survey.Estimates.of(kept.table(), status="status")
    assert again.observations().cell("A", "q") == kept.observations().cell("A", "q")
    data = found.apply(estimates.observations())
    assert data.cell("A", "q").label == "suppressed"
    assert data.errors is not None
    assert np.isnan(data.errors).tolist() == [[True], [True], [False], [False]]


def test_a_table_that_does_not_know_the_data_is_not_applied() -> None:
    table = AdditiveTable.of(frame_of([[3, 9], [40, 50]]), ["unit", "item"], counts="n")
    found = suppressed_table(table, MinimumCount(5))
    wide = pd.DataFrame({"unit": ["A", "E"], "w": [1.0, 2.0]})
    with pytest.raises(gi.DataError, match="says nothing about 'E'") as raised:
        found.apply(gi.Observations.from_frame(wide))
    assert "the data do not have 'x'" in str(raised.value)

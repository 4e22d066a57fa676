"""Indices of other tools: COINr's tables and a made-up workbook of the COIN Tool."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex import DataError, FrameworkError, SettingError
from govindex.impute import Mean
from govindex.prepare import Impute, Screen, Treat
from govindex.treat import Log, Winsorise
from govindex.workbooks import read_coin_tool, read_coinr
from tests.asem import asem_meta, asem_table
from tests.reference import reference
from tests.workbooks.coin_tools import write_coin_tool

DATA = pd.DataFrame(
    {
        "uCode": ["A", "B", "C"],
        "uName": ["An", "Ba", "Ca"],
        "zone": ["x", "x", "y"],
        "roads": [4.0, 9.0, 6.0],
        "trees": [1.0, 3.0, 2.0],
        "waste": [5.0, 2.0, np.nan],
        "people": [2.0, 3.0, 1.0],
    }
)
META = pd.DataFrame(
    [
        (1, "roads", "Roads", 1, 2, "km", "people", "move", "Indicator"),
        (1, "trees", "Trees", 1, 1, "%", None, "green", "Indicator"),
        (1, "waste", "Waste", -1, 3, "t", None, "green", "Indicator"),
        (2, "move", "Movement", 1, 1, None, None, "all", "Aggregate"),
        (2, "green", "Environment", 1, 3, None, None, "all", "Aggregate"),
        (3, "all", "The index", 1, 1, None, None, None, "Aggregate"),
        (None, "people", "People", None, None, "million", None, None, "Denominator"),
        (None, "zone", "Zone", None, None, None, None, None, "Group"),
    ],
    columns=[
        *("Level", "iCode", "iName", "Direction", "Weight", "Unit", "Denominator", "Parent"),
        "Type",
    ],
)


def scored(data: pd.DataFrame, meta: pd.DataFrame) -> pd.DataFrame:
    coin = read_coinr(data, meta)
    return coin.methodology("example.coin", "1").compute(coin.observations).scores


def test_the_tables_of_the_reference_give_its_scores_and_ranks() -> None:
    coin = read_coinr(reference("asem/input_iData.csv"), reference("asem/input_iMeta.csv"))
    steps: Any = [
        Impute(Mean(over="EurAsia_group")),
        Screen(0.9),
        Treat([Winsorise(5), Log()]),
    ]
    result = coin.methodology("coinr.asem", "1", steps=steps).compute(coin.observations)
    expected = asem_table("stage_Aggregated").set_index("uCode").astype(float)
    scores = result.scores.loc[expected.index, list(expected.columns)]
    np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-9)
    summary = asem_table("results_Summ_scores").set_index("uCode")
    ranks = result.table().loc[summary.index, "rank"]
    assert (ranks == summary["Rank"].astype(int)).all()
    assert len(coin.targets) == 49
    assert coin.denominators["CultGood"] == "GDP"
    node = result.framework.node("CO2")
    assert isinstance(node, gi.Indicator)
    assert node.measure_unit == "Tonnes per capita"


def test_several_years_of_the_reference_are_a_panel() -> None:
    coin = read_coinr(reference("asem/input_iData_panel.csv"), reference("asem/input_iMeta.csv"))
    assert len(coin.observations.units) == 255
    assert "AUT@2018" in coin.observations.units.codes


def test_parameters_of_the_reference_become_goalposts() -> None:
    meta = reference("asem/input_iMeta_params.csv")
    coin = read_coinr(reference("asem/input_iData.csv"), meta)
    assert coin.goalposts["LPI"] == (2.75, 4.11)
    assert "zscore_mean" in coin.remarks[0]


def test_a_workbook_with_both_sheets_reads_alike(tmp_path: Path) -> None:
    file = tmp_path / "index.xlsx"
    with pd.ExcelWriter(file, engine="xlsxwriter") as writer:
        DATA.to_excel(writer, sheet_name="iData", index=False)
        META.to_excel(writer, sheet_name="iMeta", index=False)
    read, given_frames = read_coinr(file), read_coinr(DATA, META)
    assert read.framework == given_frames.framework
    assert read.observations == given_frames.observations


def test_scores_by_hand() -> None:
    """Roads per head 2, 3, 6; trees 1, 3, 2; waste 5, 2 and missing, where less is better."""
    expected = {
        "move": [0, 25, 100],
        "green": [0, 100, 50],
        "all": [0, 0.25 * 25 + 0.75 * 100, 0.25 * 100 + 0.75 * 50],
    }
    scores = scored(DATA, META)
    for node, values in expected.items():
        assert scores[node].tolist() == pytest.approx(values)


@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_and_columns_changes_no_score(seed: int) -> None:
    mixed = random.Random(seed)
    columns = mixed.sample(list(DATA.columns), len(DATA.columns))
    rows, lines = mixed.sample(range(3), 3), mixed.sample(range(8), 8)
    scores = scored(DATA.iloc[rows][columns], META.iloc[lines])
    usual = scored(DATA, META)
    pd.testing.assert_frame_equal(scores.loc[usual.index, usual.columns], usual, check_exact=True)


@pytest.mark.parametrize(
    ("code", "column", "value", "message"),
    [
        ("roads", "Direction", "up", "iMeta row 1, 'roads': its direction is 'up'; it is 1"),
        ("roads", "Direction", None, "its direction is blank"),
        ("trees", "Weight", None, "'trees': its weight is blank"),
        ("trees", "Weight", "1,5", "its weight is '1,5'; it is a number"),
        ("trees", "Parent", "gren", "its parent 'gren' does not exist: did you mean 'green'"),
        ("trees", "Parent", "waste", "its parent 'waste' is an indicator, not an aggregate"),
        ("trees", "Parent", None, "an indicator needs a parent"),
        ("trees", "Type", "indicator", "its Type is 'indicator': did you mean 'Indicator'"),
        ("trees", "Level", 2, "its level is 2, that of its parent 'green' 2"),
        ("trees", "iCode", "roads", "'roads' is described twice: iMeta row 1 and iMeta row 2"),
        ("roads", "Denominator", "peple", "'peple' has no row of Type 'Denominator'"),
        ("green", "Parent", None, "exactly one aggregate has no parent, the index; these have"),
        ("move", "Type", "Other", "its parent 'move' does not exist"),
        ("roads", "Parent", "green", "'move': nothing is below this aggregate"),
    ],
)
def test_a_problem_of_the_metadata_is_named(
    code: str, column: str, value: Any, message: str
) -> None:
    meta = META.astype(object)
    meta.loc[meta["iCode"] == code, column] = value
    with pytest.raises((FrameworkError, DataError), match=message):
        read_coinr(DATA, meta)


def test_parents_in_a_circle_are_named() -> None:
    more = pd.DataFrame(
        [(2, "a", 1, "b", "Aggregate"), (3, "b", 1, "a", "Aggregate")],
        columns=["Level", "iCode", "Weight", "Parent", "Type"],
    ).astype(object)
    meta = pd.concat([META.astype(object), more]).drop(columns="Level")
    with pytest.raises(FrameworkError, match="parents form a circle: 'a', 'b'"):
        read_coinr(DATA, meta)


@pytest.mark.parametrize(
    ("data", "meta", "error", "message"),
    [
        (DATA.drop(columns="waste"), META, DataError, "no column for the indicator 'waste'"),
        (DATA.assign(odd=1), META, DataError, "the column 'odd' of iData has no row in iMeta"),
        (DATA.drop(columns="uCode"), META, DataError, "iData has no column 'uCode'"),
        (DATA, META.drop(columns="Type"), DataError, "iMeta has no column 'Type'"),
        (DATA, None, SettingError, "give iMeta as well"),
    ],
)
def test_tables_that_do_not_match_are_named(
    data: Any, meta: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_coinr(data, meta)


# -- the COIN Tool: workbooks that imitate it ------------------------------------------------------


@pytest.fixture(scope="module")
def asem_book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    file = tmp_path_factory.mktemp("coin") / "made-up-coin-tool.xlsx"
    meta = asem_meta()
    treated = asem_table("stage_Treated").set_index("uCode")
    leaves = meta["iCode"][meta["Type"] == "Indicator"]
    return file, write_coin_tool(file, treated[list(leaves)].astype(float), meta)


def test_a_workbook_of_the_coin_tool_gives_the_scores_of_the_reference(
    asem_book: tuple[Path, dict[str, str]],
) -> None:
    file, codes = asem_book
    coin = read_coin_tool(file)
    result = coin.methodology("coin-tool.asem", "1").compute(coin.observations)
    expected = asem_table("stage_Aggregated").set_index("uCode").astype(float)
    scores = result.scores.loc[expected.index, [codes[code] for code in expected.columns]]
    np.testing.assert_allclose(scores, expected, rtol=1e-9, atol=1e-9)
    assert result.framework.node("si.02").name == {"": "Sustainability"}
    assert coin.remarks == ("'sp.01' holds all indicators: its level was left out",)
    assert coin.goalposts["Ind.01"] == (0.0, 100.0)


def spoilt(file: Path, into: Path, cells: dict[str, Any]) -> Path:
    book = openpyxl.load_workbook(file)
    for at, value in cells.items():
        sheet, cell = at.split("!")
        book[sheet][cell] = value
    book.save(into / "spoilt.xlsx")
    return into / "spoilt.xlsx"


@pytest.fixture
def small_book(tmp_path: Path) -> Path:
    file = tmp_path / "small.xlsx"
    data = DATA.set_index("uCode")[["roads", "trees", "waste"]]
    write_coin_tool(
        file, data, META.replace({"iCode": {"all": "Index"}, "Parent": {"all": "Index"}})
    )
    return file


def test_missing_figures_and_unused_columns_of_the_coin_tool(
    small_book: Path, tmp_path: Path
) -> None:
    coin = read_coin_tool(small_book)
    assert coin.observations.cell("C", "Ind.03").name == "MISSING"
    assert coin.framework.leaf_codes == ("Ind.01", "Ind.02", "Ind.03")
    empty = spoilt(small_book, tmp_path, {"Database!H15": "Noise"})
    assert "indicator 'Ind.4' (Noise) has no figure" in read_coin_tool(empty).remarks[0]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"Database!E17": "much"}, "unit 'A', variable 'Ind.01': 'much' is not a number"),
        ({"Database!C18": "A"}, "the unit 'A' is there twice, first in C17"),
        ({"Database!B18": None, "Database!C18": None}, "a row of figures has no unit"),
        ({"Database!E8": 0}, "'Database'!E16, 'Ind.01': its direction is '0'"),
        ({"Database!E7": None}, "'Ind.01': its weight is blank"),
        ({"Database!E13": "p.9"}, "'p.9', which 'Database' names, has no row in 'Framework'"),
        ({"Framework!E5": "heavy"}, "its weight is 'heavy'"),
        ({"Database!E16": "first"}, "not the Database of a COIN Tool"),
        ({"Framework!H4": "Title"}, "not the Framework of a COIN Tool"),
    ],
)
def test_a_problem_of_the_coin_tool_is_named_with_its_cell(
    small_book: Path, tmp_path: Path, cells: dict[str, Any], message: str
) -> None:
    with pytest.raises((FrameworkError, DataError), match=message):
        read_coin_tool(spoilt(small_book, tmp_path, cells))


def test_a_coin_shows_what_was_left_out() -> None:
    coin = read_coinr(DATA, META.assign(note="x"))
    assert repr(coin) == "<Coin 'all': 3 indicators, 3 units, 1 denominators>"
    assert str(coin).endswith("columns of iMeta that were not read: 'note'")
    assert gi.workbooks.Coin is type(coin)

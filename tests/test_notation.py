"""How cells are written → what they say, the same from every source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.contracts import CellStatus
from govindex.notation import cure_of_word

MISSING, NOWHERE = CellStatus.MISSING, CellStatus.NOT_APPLICABLE
SOURCES: dict[str, Callable[[list[Any]], Any]] = {
    "whole numbers": lambda cells: pd.DataFrame({"x": cells}),
    "real numbers": lambda cells: pd.DataFrame({"x": np.array(cells, dtype=np.float64)}),
    "short numbers": lambda cells: pd.DataFrame({"x": np.array(cells, dtype=np.float32)}),
    "nullable numbers": lambda cells: pd.DataFrame({"x": pd.array(cells, dtype="Int64")}),
    "objects": lambda cells: pd.DataFrame({"x": pd.Series(cells, dtype=object)}),
    "texts": lambda cells: pd.DataFrame({"x": list(map(str, cells))}),
    "texts of reals": lambda cells: pd.DataFrame({"x": [f"{cell:.1f}" for cell in cells]}),
    "polars": lambda cells: pl.DataFrame({"x": cells}),
    "polars decimals": lambda cells: pl.DataFrame(
        {"x": cells}, schema_overrides={"x": pl.Decimal(10, 2)}
    ),
    "pyarrow": lambda cells: pa.table({"x": cells}),
    "duckdb": lambda cells: duckdb.from_arrow(pa.table({"x": cells})),
}


def column(cells: list[Any], **settings: Any) -> gi.Observations:
    frame = pd.DataFrame({"unit": [f"U{row}" for row in range(len(cells))], "x": cells})
    return gi.Observations.from_frame(frame, notation=gi.Notation(**settings))


def with_units(frame: Any) -> Any:
    units = [f"U{row}" for row in range(4)]
    if isinstance(frame, pd.DataFrame):
        return frame.assign(unit=units)
    if isinstance(frame, pl.DataFrame):
        return frame.with_columns(unit=pl.Series(units))
    table = frame if isinstance(frame, pa.Table) else frame.to_arrow_table()
    return table.append_column("unit", pa.array(units))


@pytest.mark.parametrize("code", [-999, "-999", -999.0, "-999.0", " -999 "], ids=repr)
@pytest.mark.parametrize("source", SOURCES)
def test_a_code_holds_in_columns_of_every_kind(source: str, code: object) -> None:
    frame = with_units(SOURCES[source]([-999, 2, 88, 4]))
    notation = gi.Notation(missing=[code], not_applicable=[88])  # type: ignore[list-item]
    data = gi.Observations.from_frame(frame, unit="unit", notation=notation)
    assert [data.value(unit, "x") for unit in data.units.codes] == [None, 2, None, 4]
    assert [data.cell(unit, "x") for unit in ("U0", "U2")] == [MISSING, NOWHERE]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "parquet"])
def test_a_code_holds_in_every_file(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"table.{kind}"
    gi.write_table(pd.DataFrame({"unit": ["A", "B"], "x": [-9.5, 2.0]}), file)
    notation = gi.Notation(missing=[-9.5])
    data = gi.Observations.from_frame(gi.read_table(file), unit="unit", notation=notation)
    assert (data.cell("A", "x"), data.value("B", "x")) == (MISSING, 2)


def test_a_code_holds_in_long_frames() -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "variable": "x", "value": [-1, 5]})
    data = gi.Observations.from_long(frame, notation=gi.Notation(missing="-1"))
    assert data.cell("A", "x") == MISSING


def test_a_code_that_is_stored_in_32_bits_is_found() -> None:
    frame = pl.DataFrame({"unit": ["A"], "x": [-99.9]}, schema_overrides={"x": pl.Float32})
    data = gi.Observations.from_frame(frame, notation=gi.Notation(missing=[-99.9]))
    assert data.cell("A", "x") == MISSING


def test_a_number_that_means_missing_is_not_a_truth_value() -> None:
    assert column([True, False], missing=[1]).value("U0", "x") == 1


def test_a_code_holds_among_answers() -> None:
    data = column(["yes", "-999", "no"], missing=[-999])
    assert (data.cell("U1", "x"), data.levels["x"]) == (MISSING, ("no", "yes"))


def test_a_code_holds_among_declared_answers() -> None:
    data = column(["1", "99", "2"], missing=[99], text=["x"])
    assert (data.cell("U1", "x"), data.levels["x"]) == (MISSING, ("1", "2"))


def test_a_word_that_means_missing_leaves_the_fields_of_units_blank() -> None:
    frame = pd.DataFrame(
        {"unit": ["A", "B"], "parent": ["-", "A"], "seat": ["-", "x"], "x": [1, 2]}
    )
    notation = gi.Notation(missing=["-"])
    data = gi.Observations.from_frame(
        frame, parent="parent", attributes=["seat"], variables=["x"], notation=notation
    )
    assert data.units.parents == (None, "A")
    assert data.units.attributes["seat"] == (None, "x")


def test_what_usually_means_not_applicable_may_be_declared_missing() -> None:
    data = column(["n/a", "không áp dụng", "3"], missing=["N/A"])
    assert [data.cell(unit, "x") for unit in ("U0", "U1")] == [MISSING, NOWHERE]


@pytest.mark.parametrize(
    ("numbers", "text", "number"),
    [
        ("vi", "7,5", 7.5),
        ("vi", "1.401,40", 1401.4),
        ("vi", "1 234", 1234),
        ("vi", "1\u202f234\u202f567,8", 1234567.8),
        ("vi", "1'234", 1234),
        ("vi", "1.234", 1234),
        ("vi", "\u22123", -3),
        ("vi", "-1\u00a0234,5", -1234.5),
        ("vi", ",5", 0.5),
        ("vi", "1e3", 1000),
        ("en", "1,401.40", 1401.4),
        ("en", "1,234,567", 1234567),
        ("en", "12.5", 12.5),
        ("en", "\u20131,000", -1000),
        ("plain", "1.234", 1.234),
        ("plain", "+2", 2),
    ],
)
def test_numbers_are_read_as_declared(numbers: str, text: str, number: float) -> None:
    assert column([text], numbers=numbers).value("U0", "x") == number


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ("plain", "7,5"),
        ("plain", "1 234"),
        ("plain", "\u22123"),
        ("plain", "1.234.567"),
        ("plain", "1,234.5"),
        ("plain", "45%"),
        ("plain", "45,5 %"),
        ("vi", "12.5"),
        ("vi", "0.125"),
        ("vi", "1,234.5"),
        ("vi", "45%"),
        ("en", "7,5"),
        ("en", "1.401,40"),
    ],
)
def test_a_whole_column_in_another_notation_is_refused(numbers: str, text: str) -> None:
    with pytest.raises(gi.DataError, match=f"'{text}' is not a number: it has .*Notation") as info:
        column([text], numbers=numbers)
    assert (info.value.problems[0].unit, info.value.problems[0].variable) == ("U0", "x")


@pytest.mark.parametrize("answer", ["1.1.1", "01.02.2026", "10-20", "A", "0912 345 678", "1st"])
def test_answers_are_not_read_as_numbers(answer: str) -> None:
    assert column([answer]).levels == {"x": (answer,)}


@given(
    number=st.decimals(-(10**9), 10**9, places=2),
    numbers=st.sampled_from(["vi", "en"]),
    minus=st.sampled_from("-\u2212"),
)
def test_what_one_style_writes_it_reads(number: Any, numbers: str, minus: str) -> None:
    text = f"{number:,}".replace("-", minus)
    if numbers == "vi":
        text = text.translate(str.maketrans(",.", ".,"))
    assert column([text], numbers=numbers).value("U0", "x") == float(number)


@pytest.mark.parametrize(("percent", "number"), [("number", 45.7), ("share", 0.457)])
def test_a_percent_sign_is_read_as_declared(percent: str, number: float) -> None:
    data = column(["45,7 %", "0"], numbers="vi", percent=percent)
    assert (data.value("U0", "x"), data.value("U1", "x")) == (number, 0)


@pytest.mark.parametrize("other", ["0.5", 0.5])
def test_a_column_with_and_without_percent_signs_is_refused(other: object) -> None:
    with pytest.raises(gi.DataError, match=r"unit 'U1', .*'0.5' has no percent sign, but other"):
        column(["45%", other, "0"], percent="number")


def test_one_advice_reads_all_numbers_of_a_column() -> None:
    with pytest.raises(gi.DataError, match=r"read decimal commas with Notation\(numbers='vi'\)"):
        column(["1,234", "7,5", "9"])
    with pytest.raises(gi.DataError, match="write the numbers of a variable in one way"):
        column(["1,234.5", "7,5", "9"])


def test_a_column_of_thousands_of_wrong_cells_takes_one_line() -> None:
    with pytest.raises(
        gi.DataError,
        match=r"3000 cells of 1 variable hold a decimal comma \('0,5', …\): first unit 'U0'",
    ) as info:
        column([f"{i},5" for i in range(3000)])
    assert len(str(info.value).splitlines()) == 1
    assert len(info.value.problems) == 3000


def test_an_infinite_column_takes_one_line() -> None:
    with pytest.raises(gi.DataError, match="the value is infinite in 3000 cells of 1 variable"):
        column([np.inf] * 3000)


@pytest.mark.parametrize("word", ["KAD", "không áp dụng", "-", "x", "…", "null", "N/A"])
def test_usual_words_name_their_declaration(word: str) -> None:
    declared = cure_of_word(word)
    assert f"Notation(not_applicable=['{word}'])" in declared
    data = column([word, "2"], not_applicable=[word])
    assert data.cell("U0", "x") == NOWHERE


def test_the_old_name_says_the_new_one() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Marks': it is govindex\.Notation now"):
        _ = gi.Marks  # type: ignore[attr-defined]

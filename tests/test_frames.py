"""Any data frame → the same cells."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from functools import partial
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
from govindex.errors import Problems
from govindex.frames import column_texts, open_table, require_columns

REPORTED, MISSING = CellStatus.REPORTED, CellStatus.MISSING
COLUMNS: dict[str, list[Any]] = {
    "unit": ["A", "B", "C"],
    "league": ["north", "n/a", "south"],
    "days": [3, None, 5],
    "share": [0.1, 0.25, None],
    "online": [True, None, False],
    "answer": ["yes", None, "no"],
    "text": ["1.5", " n/a ", ""],
}


def as_pandas(columns: dict[str, list[Any]]) -> Any:
    return pd.DataFrame(columns)


def as_pandas_object(columns: dict[str, list[Any]]) -> Any:
    return pd.DataFrame(columns, dtype=object)


def as_pandas_nullable(columns: dict[str, list[Any]]) -> Any:
    return pd.DataFrame(columns).convert_dtypes()


def as_pandas_arrow(columns: dict[str, list[Any]]) -> Any:
    return pa.table(columns).to_pandas(types_mapper=pd.ArrowDtype)


def as_polars(columns: dict[str, list[Any]]) -> Any:
    return pl.DataFrame(columns)


def as_polars_lazy(columns: dict[str, list[Any]]) -> Any:
    return pl.LazyFrame(columns)


def as_pyarrow(columns: dict[str, list[Any]]) -> Any:
    return pa.table(columns)


def as_duckdb(columns: dict[str, list[Any]]) -> Any:
    return duckdb.from_arrow(pa.table(columns))


LIBRARIES = [
    as_pandas_object,
    as_pandas_nullable,
    as_pandas_arrow,
    as_polars,
    as_polars_lazy,
    as_pyarrow,
    as_duckdb,
]


def read(frame: Any, **settings: Any) -> gi.Observations:
    return gi.Observations.from_frame(frame, unit="unit", **settings)


def column(cells: Any, **notation: Any) -> gi.Observations:
    rows = [f"U{row}" for row in range(len(cells))]
    frame = pd.DataFrame({"unit": rows, "x": cells})
    return read(frame, notation=gi.Notation(**notation))


@pytest.mark.parametrize("build", LIBRARIES)
def test_from_frame_gives_the_same_bytes_whatever_the_library(
    build: Callable[[dict[str, list[Any]]], Any],
) -> None:
    expected = read(as_pandas(COLUMNS), league="league")
    data = read(build(COLUMNS), league="league")
    assert data.values.tobytes() == expected.values.tobytes()
    assert data.status.tobytes() == expected.status.tobytes()
    assert (data.variables, data.levels) == (expected.variables, expected.levels)
    assert (data.units.codes, data.units.leagues) == (expected.units.codes, expected.units.leagues)


def test_from_frame_reads_every_kind_of_column() -> None:
    data = read(as_pandas(COLUMNS), league="league")
    nan = np.nan
    np.testing.assert_array_equal(
        data.values,
        [[3, 0.1, 1, 1, 1.5], [nan, 0.25, nan, nan, nan], [5, nan, 0, 0, nan]],
    )
    assert data.cell("B", "text") == CellStatus.NOT_APPLICABLE
    assert data.cell("C", "text") == MISSING
    assert data.levels == {"answer": ("no", "yes")}


@given(
    numbers=st.lists(st.one_of(st.none(), st.integers(-(2**53), 2**53)), min_size=1, max_size=6),
    real=st.floats(allow_nan=True, allow_infinity=False, width=32),
)
def test_numbers_do_not_depend_on_the_library(numbers: list[int | None], real: float) -> None:
    columns = {
        "unit": [f"U{i}" for i in range(len(numbers))],
        "whole": numbers,
        "real": [real for _ in numbers],
    }
    typed = pa.table(columns, pa.schema({"unit": pa.string(), "whole": "int64", "real": "float32"}))
    frames = [
        typed,
        pl.from_arrow(typed),
        typed.to_pandas(),
        typed.to_pandas(types_mapper=pd.ArrowDtype),
    ]
    assert len({read(frame).values.tobytes() for frame in frames}) == 1


def test_null_and_nan_are_both_missing() -> None:
    data = read(pl.DataFrame({"unit": ["A", "B", "C"], "x": [None, float("nan"), 0.0]}))
    assert data.status[:, 0].tolist() == [MISSING, MISSING, REPORTED]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param(pd.array([1, None], dtype="Int64"), [1, None], id="Int64"),
        pytest.param(pd.array([1.5, None], dtype="Float64"), [1.5, None], id="Float64"),
        pytest.param(pd.array([True, None], dtype="boolean"), [1, None], id="boolean"),
        pytest.param(pd.array(["x", None], dtype="string"), ["x", None], id="string"),
        pytest.param(pd.array(["2", None], dtype="string"), [2, None], id="string of numbers"),
        pytest.param(pd.array([1, None], dtype="int64[pyarrow]"), [1, None], id="Arrow int"),
        pytest.param(pd.array(["x", None], dtype="string[pyarrow]"), ["x", None], id="Arrow text"),
        pytest.param(pd.Categorical(["x", None]), ["x", None], id="categorical"),
        pytest.param(pd.Categorical([1.5, 2.0]), [1.5, 2], id="categorical numbers"),
        pytest.param([True, False], [1, 0], id="bool"),
        pytest.param(pd.Series([True, None], dtype=object), [1, None], id="object bool"),
        pytest.param(pd.Series([1, 2.5], dtype=object), [1, 2.5], id="object numbers"),
        pytest.param([np.float32(0.5), np.int8(2)], [0.5, 2], id="numpy numbers"),
        pytest.param([Decimal("1.25"), Decimal("NaN")], [1.25, None], id="Decimal"),
        pytest.param([None, None], [None, None], id="all null"),
        pytest.param(["1e3", " 2 "], [1000, 2], id="text numbers"),
    ],
)
def test_pandas_column_is_read_as_what_it_holds(cells: Any, expected: list[Any]) -> None:
    data = column(cells)
    assert [data.value(code, "x") for code in data.units.codes] == expected


@pytest.mark.parametrize(
    "kind", [pl.Int128, pl.UInt64, pl.Decimal(10, 2), pl.Float32, pl.Int8], ids=str
)
def test_polars_column_of_any_numeric_type_is_read(kind: Any) -> None:
    frame = pl.DataFrame({"unit": ["A", "B"], "x": [1, None]}, schema_overrides={"x": kind})
    data = read(frame)
    assert (data.value("A", "x"), data.value("B", "x")) == (1, None)


def test_arrow_decimals_are_read_exactly() -> None:
    data = read(pa.table({"unit": ["A", "B"], "x": pa.array([Decimal("0.10"), None])}))
    assert (data.value("A", "x"), data.value("B", "x")) == (0.1, None)


def test_duckdb_wide_integers_are_read() -> None:
    data = read(duckdb.sql("select 'A' as unit, sum(i) as x from range(5) t(i)"))
    assert data.value("A", "x") == 10


def test_float32_beside_int32_loses_no_digit() -> None:
    frame = pl.DataFrame(
        {"unit": ["A"], "x": [16_777_217], "y": [0.5]},
        schema_overrides={"x": pl.Int32, "y": pl.Float32},
    )
    assert read(frame).value("A", "x") == 16_777_217


def test_decimal_comma_is_read_if_declared() -> None:
    data = column(["1,5", "2"], numbers="vi")
    assert [data.value(code, "x") for code in data.units.codes] == [1.5, 2]


@pytest.mark.parametrize(
    ("wrong", "numbers", "advice"),
    [
        ("1,5", "plain", r"it has a decimal comma: read decimal commas with .*\(numbers='vi'\);"),
        ("1.000,5", "en", r"it has a decimal comma: read decimal commas with .*\(numbers='vi'\);"),
        ("1,000,5", "vi", "write the digits without marks between them$"),
        ("1_000", "plain", "write the digits without marks between them$"),
        ("KAD", "plain", r"not applicable, declare it with Notation\(not_applicable=\['KAD'\]\)$"),
        ("-", "vi", r"Notation\(missing=\['-'\]\) or Notation\(not_applicable=\['-'\]\)$"),
        ("see note", "plain", r"leave it out with variables=\[…\], or keep it as attributes=\[…\]"),
        ("see note", "plain", r"answers, declare them with Notation\(text=\['x'\]\)"),
    ],
)
def test_text_between_numbers_says_what_to_do(wrong: str, numbers: str, advice: str) -> None:
    message = f"unit 'U0', variable 'x': '{wrong}' is not a number: .*{advice}"
    with pytest.raises(gi.DataError, match=message):
        column([wrong, "2"], numbers=numbers)


def test_words_are_read_in_any_case() -> None:
    data = column(["N/A ", "KHÔNG ÁP DỤNG", "-", "4"], missing="-")
    absent = [CellStatus.NOT_APPLICABLE, CellStatus.NOT_APPLICABLE, MISSING, REPORTED]
    assert data.status[:, 0].tolist() == absent


def test_words_of_your_own_replace_the_usual_ones() -> None:
    data = column(["n/a", "x"], not_applicable=["x"])
    assert [data.value(code, "x") for code in data.units.codes] == ["n/a", None]


@pytest.mark.parametrize("build", [as_pandas, *LIBRARIES])
def test_decomposed_names_and_texts_are_composed(
    build: Callable[[dict[str, list[Any]]], Any],
) -> None:
    columns = {"Đơn vị": ["Lào Cai", "Huế"], "Tiến độ": ["không áp dụng", "5"], "Đáp": ["có", "ổn"]}
    split = partial(unicodedata.normalize, "NFD")
    typed = {split(name): [split(cell) for cell in cells] for name, cells in columns.items()}
    data = gi.Observations.from_frame(build(typed), name=split("Đơn vị"), unit="Đơn vị")
    assert (data.units.codes, data.variables) == (("Lào Cai", "Huế"), ("Tiến độ", "Đáp"))
    assert data.cell("Lào Cai", "Tiến độ") == CellStatus.NOT_APPLICABLE
    assert (data.levels["Đáp"], data.units[1].label()) == (("có", "ổn"), "Huế")


def test_unit_written_in_two_unicode_forms_appears_twice() -> None:
    frame = pd.DataFrame(
        {"unit": ["Lào Cai", unicodedata.normalize("NFD", "Lào Cai")], "x": [1, 2]}
    )
    with pytest.raises(gi.DataError, match="unit 'Lào Cai' appears more than once"):
        read(frame)


def test_column_written_in_two_unicode_forms_is_refused() -> None:
    names = ["unit", "Huế", unicodedata.normalize("NFD", "Huế")]
    with pytest.raises(gi.DataError, match="columns have the same name: 'Huế'"):
        read(pd.DataFrame([["A", 1, 2]], columns=names))


def test_decomposed_words_and_settings_are_composed() -> None:
    split = partial(unicodedata.normalize, "NFD")
    frame = pd.DataFrame({"unit": ["A", "B"], "Tiến độ": ["chưa có", 5], "Mã": ["1", "2"]})
    notation = gi.Notation(missing=split("Chưa có"), text=split("Mã"))
    data = read(frame, notation=notation, variables=[split("Tiến độ"), split("Mã")])
    assert data.cell("A", "Tiến độ") == MISSING
    assert data.value("A", "Mã") == "1"


def test_long_frames_are_composed() -> None:
    split = partial(unicodedata.normalize, "NFD")
    rows = {"unit": ["Huế", split("Huế")], split("Biến"): [split("Độ"), "Sâu"], "value": [1, 2]}
    data = gi.Observations.from_long(pd.DataFrame(rows), variable="Biến")
    assert (data.units.codes, data.variables) == (("Huế",), ("Độ", "Sâu"))


def test_answers_become_levels_in_the_order_of_texts() -> None:
    data = column(["b", " a ", "b", None])
    assert data.levels == {"x": ("a", "b")}
    np.testing.assert_array_equal(data.values[:, 0], [1, 0, 1, np.nan])


@pytest.mark.parametrize("cells", [["3", "1.5"], [3, 1.5]], ids=["texts", "numbers"])
def test_declared_answers_stay_texts(cells: list[Any]) -> None:
    assert column(cells, text="x").levels == {"x": ("1.5", "3")}


def test_mixed_texts_and_numbers_are_named_cell_by_cell() -> None:
    with pytest.raises(gi.DataError) as caught:
        column(["1", "two", "3", "four"])
    first, second = caught.value.problems
    assert first == "unit 'U1', variable 'x': 'two' is not a number"
    assert first.cure.startswith("declare what texts mean")
    assert second == "unit 'U3', variable 'x': 'four' is not a number"


@pytest.mark.parametrize(
    "cells",
    [
        [1.0, np.inf],
        ["1", "-inf"],
        ["1", "1e999"],
        pd.Series([1, 10**400], dtype=object),
        [1, Decimal("Infinity")],
    ],
    ids=["float", "text", "too large a text", "too large a whole number", "Decimal"],
)
def test_infinity_is_refused_by_cell(cells: list[Any]) -> None:
    with pytest.raises(gi.DataError) as caught:
        column(cells)
    assert caught.value.problems == ("unit 'U1', variable 'x': the value is infinite",)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"unit": ["A"], "x": pd.to_datetime(["2026-01-01"])}),
        pd.DataFrame({"unit": ["A"], "x": pd.to_timedelta([1], unit="D")}),
        pl.DataFrame({"unit": ["A"], "x": [dt.date(2026, 1, 1)]}),
        pa.table({"unit": ["A"], "x": [dt.datetime(2026, 1, 1)]}),
    ],
    ids=["pandas dates", "pandas durations", "Polars dates", "Arrow times"],
)
def test_dates_are_refused(frame: Any) -> None:
    with pytest.raises(
        gi.DataError, match=r"variable 'x': dates or times are not numbers .* with variables="
    ):
        read(frame)


def test_dates_between_numbers_of_a_long_frame_say_to_leave_rows_out() -> None:
    rows = {"unit": ["A", "B"], "variable": "x", "value": [dt.date(2026, 1, 1), 1]}
    with pytest.raises(
        gi.DataError, match="2026-01-01 is neither a number nor a text: leave its rows"
    ):
        gi.Observations.from_long(pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (dt.date(2026, 1, 2), "2026-01-02"),
        (1j, "1j"),
        ([1, 2], r"\[1, 2\]"),
        ({"a": 1}, r"\{'a': 1\}"),
        (np.array([1, 2]), r"\[1 2\]"),
    ],
    ids=["date", "complex", "list", "mapping", "array"],
)
def test_objects_in_cells_are_refused(cell: Any, shown: str) -> None:
    with pytest.raises(gi.DataError, match=f"{shown}(, …)? is neither a number nor a text"):
        column([cell, 1.0])


def test_nested_polars_cells_are_refused() -> None:
    with pytest.raises(gi.DataError, match=r"unit 'A', variable 'x': .* is neither a number nor"):
        read(pl.DataFrame({"unit": ["A"], "x": [[1, 2]]}))


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame([["A", 1, 2]], columns=["unit", "x", "x"]),
        pd.DataFrame([["A", 1, 2]], columns=["unit", "1", 1]),
        pa.table([["A"], [1], [2]], names=["unit", "x", "x"]),
    ],
    ids=["pandas", "a number and its text", "pyarrow"],
)
def test_columns_of_the_same_name_are_refused(frame: Any) -> None:
    with pytest.raises(gi.DataError, match=r"columns have the same name: '(x|1)'; rename all"):
        read(frame)


def test_column_names_of_other_types_are_read_as_texts() -> None:
    data = read(pd.DataFrame([["A", 1.5, 2.5]], columns=["unit", 2025, 2026]))
    assert (data.variables, data.value("A", "2026")) == (("2025", "2026"), 2.5)


@pytest.mark.parametrize(
    "frame",
    [None, [1, 2], {"unit": ["A"]}, np.zeros((2, 2)), "data.csv", pd.Series([1]), pl.Series([1])],
    ids=["None", "list", "dict", "array", "text", "pandas series", "Polars series"],
)
def test_anything_but_a_data_frame_is_refused(frame: Any) -> None:
    with pytest.raises(gi.DataError, match=r"expected a data frame .*, not "):
        open_table(frame)


def test_require_suggests_the_near_miss() -> None:
    problems = Problems()
    table = open_table(pd.DataFrame({"province": ["A"], "days": [1]}))
    assert not require_columns(table, ["province", "day"], problems)
    with pytest.raises(gi.DataError, match="no column 'day': did you mean 'days'"):
        problems.raise_any(gi.DataError, "The frame cannot be used")


def test_codes_are_stripped_and_whole_numbers_stay_whole() -> None:
    frame = pd.DataFrame({"code": [" A ", "", None], "number": [1.0, 2.5, np.nan]})
    table = open_table(frame)
    assert column_texts(table, "code") == ["A", None, None]
    assert column_texts(table, "number") == ["1", "2.5", None]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"numbers": ";"}, r"numbers is how .*, one of 'plain' \(1234\.5\), .*, not ';'"),
        ({"percent": 100}, r"percent is what a percent sign means: .*, not 100"),
        ({"missing": [None]}, "a code for missing or not applicable is a text or a number, not N"),
        ({"missing": [True]}, "a code for .* is a text or a number, not True"),
        ({"missing": [10**400]}, "a code for .* is a text or a number, not 1000"),
        ({"not_applicable": [float("nan")]}, "NaN is missing, and cannot mean not applicable"),
        ({"missing": ["KAD"], "not_applicable": "kad"}, "'kad' cannot mean both missing and"),
        ({"missing": [99], "not_applicable": ["99"]}, "'99.0' cannot mean both missing and not"),
        ({"text": [1]}, "must be names, which are texts, not 1"),
    ],
)
def test_impossible_notations_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(gi.SettingError, match=message):
        gi.Notation(**settings)


# -- rows that are records -------------------------------------------------------------------------

RECORDS: dict[str, list[Any]] = {
    "unit": ["A", "B"] * 4,
    "day": ["2026-01", "2026-02"] * 4,
    "x": list(range(8)),
}


@pytest.mark.parametrize("build", [as_pandas, *LIBRARIES])
def test_records_are_refused_with_what_to_do(
    build: Callable[[dict[str, list[Any]]], Any],
) -> None:
    message = r"8 rows for 2 units \('unit'\), .*: give period=… .*count first, with gi"
    with pytest.raises(gi.DataError, match=message):
        read(build(RECORDS))
    with pytest.raises(gi.DataError, match=r"8 rows for 2 units \('unit', 'day'\), .*: else count"):
        read(build(RECORDS), period="day")


@pytest.mark.parametrize("build", [as_pandas, *LIBRARIES])
def test_records_of_long_frames_are_refused(
    build: Callable[[dict[str, list[Any]]], Any],
) -> None:
    rows: dict[str, list[Any]] = {
        "unit": ["A", "B"] * 4,
        "variable": ["x"] * 8,
        "value": list(range(8)),
    }
    message = r"8 rows for 2 cells \('unit', 'variable'\), .*: count first, .*: stage=…, period=…"
    with pytest.raises(gi.DataError, match=message):
        gi.Observations.from_long(build(rows))


def test_lazy_records_are_refused_before_they_are_collected() -> None:
    def fail(cells: pl.Series) -> pl.Series:
        raise AssertionError("the records were collected")

    lazy = pl.LazyFrame(RECORDS).with_columns(pl.col("x").map_batches(fail, return_dtype=pl.Int64))
    with pytest.raises(gi.DataError, match="8 rows for 2 units"):
        read(lazy)


def test_panels_and_a_repeated_unit_are_not_records() -> None:
    months = [f"2026-0{month}" for month in (1, 2, 3, 4)]
    panel = {"unit": ["A"] * 4 + ["B"] * 4, "month": months * 2, "x": list(range(8))}
    assert len(read(pl.LazyFrame(panel), period="month").units) == 8
    with pytest.raises(gi.DataError, match="unit 'A' appears more than once"):
        read(pl.LazyFrame({"unit": ["A", "B", "C", "A"], "x": [1, 2, 3, 4]}))

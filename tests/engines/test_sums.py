"""Every engine adds up and counts what a plain loop does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import narwhals as nw
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govindex.engines import grouped_distinct, grouped_sums, open_records, sums_text
from govindex.errors import DataError, SettingError
from tests.engines.tables import ENGINES, in_engine
from tests.sampling import few

Row = tuple[str | None, int | None, int, float | None]

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Huế", "An Giang", "", None]),
        st.sampled_from([1, 2, 3, None]),
        st.integers(-(2**40), 2**40),
        st.sampled_from([0.5, -2.25, 1024.125, None]),
    ),
    min_size=1,
    max_size=12,
)


def frame_of(rows: Sequence[Row]) -> pd.DataFrame:
    # A first row of every type, so that no engine has to guess the type of an empty column.
    every = [("Huế", 1, 0, 0.5), *rows]
    columns: list[list[Any]] = [list(column) for column in zip(*every, strict=True)]
    return pd.DataFrame(
        {
            "unit": pd.Series(columns[0], dtype=object),
            "who": pd.Series(columns[1], dtype="Int64"),
            "amount": columns[2],
            "fee": pd.Series(columns[3], dtype=float),
        }
    )


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=few(10))
@given(rows=ROWS)
def test_sums_are_those_of_a_plain_loop_in_every_engine(engine: str, rows: list[Row]) -> None:
    table = open_records(in_engine(engine, frame_of(rows)))
    sums = {
        "amount": nw.col("amount"),
        "fee": nw.col("fee"),
        "known": ~nw.col("who").is_null(),
    }
    found = grouped_sums(table, ["unit"], sums, where=nw.col("amount") >= -5)
    expected: dict[str | None, list[float]] = {}
    for unit, who, amount, fee in [("Huế", 1, 0, 0.5), *rows]:
        if amount >= -5:
            group = expected.setdefault(unit, [0, 0, 0.0, 0])
            for column, term in enumerate((1, amount, fee or 0.0, who is not None)):
                group[column] += term
    assert {row[0]: list(row[1:]) for row in found.itertuples(index=False)} == expected
    assert [str(kind) for kind in found.dtypes[1:]] == ["int64", "int64", "float64", "int64"]


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=few(10))
@given(rows=ROWS)
def test_no_value_is_counted_twice_in_any_engine(engine: str, rows: list[Row]) -> None:
    table = open_records(in_engine(engine, frame_of(rows)))
    every = [("Huế", 1, 0, 0.5), *rows]
    found = grouped_distinct(table, ["unit"], nw.col("who"))
    pairs = {(unit, who) for unit, who, *_ in every if who is not None}
    assert dict(found.to_numpy().tolist()) == Counter(unit for unit, _ in pairs)
    once = grouped_distinct(table, ["unit"], nw.col("who"), first=("at", nw.col("amount")))
    earliest = Counter(
        (unit, min(amount for u, w, amount, _ in every if (u, w) == (unit, who)))
        for unit, who in pairs
    )
    assert {(row[0], row[1]): row[2] for row in once.itertuples(index=False)} == earliest


@pytest.mark.parametrize("engine", [*ENGINES, "parquet"])
def test_keys_of_any_type_come_back_plain_and_in_one_order(engine: str, tmp_path: Any) -> None:
    frame = frame_of([(None, None, 7, None), ("An Giang", 2, 1, 0.5)])
    table = open_records(in_engine(engine, frame, tmp_path))
    found = grouped_sums(table, {"u": nw.col("unit"), "w": nw.col("who")}, {}, rows="n")
    assert found.to_numpy().tolist() == [["An Giang", 2, 1], ["Huế", 1, 1], [None, None, 1]]


@pytest.mark.parametrize("engine", ENGINES)
def test_without_keys_there_is_one_row_even_of_no_records(engine: str) -> None:
    table = open_records(in_engine(engine, frame_of([])))
    nothing = nw.col("amount") > 5
    found = grouped_sums(table, [], {"fee": nw.col("fee")}, where=nothing)
    assert found.to_dict("records") == [{"rows": 0, "fee": 0.0}]
    distinct = grouped_distinct(table, [], nw.col("who"), where=nothing)
    assert distinct.to_dict("records") == [{"distinct": 0}]


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow", "duckdb", "dask"])
def test_whole_numbers_that_no_engine_can_hold_are_refused(engine: str) -> None:
    frame = pd.DataFrame({"x": [2**62, 2**62, 2**62]})
    table = open_records(in_engine(engine, frame))
    with pytest.raises(DataError, match=r"more than 64 bits|cannot count the records"):
        grouped_sums(table, [], {"x": nw.col("x")})


def test_only_numbers_and_flags_are_added_up() -> None:
    table = open_records(frame_of([]))
    with pytest.raises(DataError, match=r"only numbers and flags are added up, not String"):
        grouped_sums(table, [], {"unit": nw.col("unit")})
    with pytest.raises(SettingError, match=r"need different names: 'unit', 'rows', 'rows'"):
        grouped_sums(table, ["unit"], {"rows": nw.col("fee")})


def test_an_unknown_column_is_an_error_of_the_engine_in_one_line() -> None:
    for engine in ENGINES:
        table = open_records(in_engine(engine, frame_of([])))
        with pytest.raises(DataError, match=r"cannot count the records: .*(nowhere|Did you mean)"):
            grouped_sums(table, ["nowhere"], {})


def test_sql_is_shown_where_there_is_sql() -> None:
    table = open_records(in_engine("duckdb", frame_of([])))
    assert "GROUP BY" in sums_text(table, ["unit"], {"fee": nw.col("fee")}).upper()
    for engine in ("pandas", "dask"):
        table = open_records(in_engine(engine, frame_of([])))
        with pytest.raises(SettingError, match=rf"{engine} runs no SQL"):
            sums_text(table, ["unit"], {})


@settings(max_examples=few(20))
@given(
    flags=st.lists(st.sampled_from([True, False, None]), max_size=4),
    keys=st.sampled_from([["unit"], []]),
    least=st.integers(0, 4),
)
def test_flags_that_are_all_unknown_count_nothing(
    flags: list[bool | None], keys: list[str], least: int
) -> None:
    import duckdb
    import polars as pl

    frame = pl.DataFrame(
        {"unit": ["A"] * len(flags), "row": range(len(flags)), "flag": flags},
        schema={"unit": pl.String, "row": pl.Int64, "flag": pl.Boolean},
    )
    sums, where = {"flag": nw.col("flag"), "row": nw.col("row")}, nw.col("row") >= least
    for table in (frame, frame.lazy(), frame.to_arrow(), duckdb.from_arrow(frame.to_arrow())):
        found = grouped_sums(open_records(table), keys, sums, where=where)
        counted = flags[least:]
        expected = [len(counted), sum(map(bool, counted)), sum(range(least, len(flags)))]
        group = {"unit": "A"} if keys else {}
        names = ["rows", "flag", "row"]
        rows = [group | dict(zip(names, expected, strict=True))] if counted or not keys else []
        assert found.to_dict("records") == rows


@pytest.mark.parametrize("keys", [["unit"], []])
def test_duckdb_adds_up_numbers_of_every_type(keys: list[str]) -> None:
    import duckdb

    numbers = {
        "UBIGINT": "18446744073709551615::UBIGINT % 7",
        "HUGEINT": "x::HUGEINT",
        "TINYINT": "x::TINYINT",
        "DECIMAL(9,2)": "(x + 0.25)::DECIMAL(9,2)",
        "FLOAT": "if(x = 2, 'nan'::FLOAT, x + 0.5::FLOAT)",
        "BOOLEAN": "x > 1",
    }
    cells = ", ".join(f"if(x = 3, NULL, {text}) AS '{kind}'" for kind, text in numbers.items())
    relation = duckdb.sql(f"SELECT 'A' AS unit, {cells} FROM range(4) AS made_up(x)")
    assert relation is not None
    assert list(map(str, relation.types[1:])) == list(numbers)
    found = grouped_sums(open_records(relation), keys, {kind: nw.col(kind) for kind in numbers})
    assert found[list(numbers)].to_numpy().tolist() == [[3, 3, 3, 3.75, 2.0, 1]]

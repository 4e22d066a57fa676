"""Files of records: globs, folders, types that differ, files that lack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest

from govindex.engines import (
    first_rows,
    grouped_distinct,
    grouped_sums,
    open_records,
    record_files,
)
from govindex.errors import DataError, SettingError


@pytest.fixture(params=["duckdb", "polars"])
def engine(request: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the engine that reads the files."""
    only = request.param
    monkeypatch.setattr(record_files, "find_spec", lambda name: True if name == only else None)
    return str(only)


def write(folder: Path, **files: dict[str, list[Any]]) -> None:
    for name, columns in files.items():
        pl.DataFrame(columns).write_parquet(folder / f"{name}.parquet")


def test_globs_folders_and_lists_are_one_table(tmp_path: Path, engine: str) -> None:
    write(tmp_path, a={"unit": ["A"]}, b={"unit": ["B", "B"]})
    files = sorted(tmp_path.iterdir())
    for source in (str(tmp_path / "*.parquet"), tmp_path, files, [str(tmp_path / "[ab]*"), *files]):
        table = open_records(source)  # type: ignore[arg-type]
        assert table.engine == engine
        assert table.files == tuple(map(str, files))
        counts = grouped_sums(table, ["unit"], {})
        assert counts.to_numpy().tolist() == [["A", 1], ["B", 2]]


def test_files_are_opened_by_the_engine_that_is_the_fastest_for_them(tmp_path: Path) -> None:
    write(tmp_path, a={"unit": ["A"]})
    assert open_records(tmp_path).engine == "duckdb"
    assert open_records(tmp_path, rows="answers").engine == "polars"


def test_messages_say_what_the_rows_are(tmp_path: Path, engine: str) -> None:
    write(tmp_path, a={"unit": ["A"]})
    for rows in ("records", "answers"):
        with pytest.raises(DataError, match=rf"files of {rows} cannot be used: there is no file"):
            open_records(tmp_path / "b.parquet", rows=rows)
        with pytest.raises(DataError, match=rf"^{rows} are a data frame"):
            open_records(5, rows=rows)  # type: ignore[arg-type]
        table = open_records(tmp_path, rows=rows)
        with pytest.raises(DataError, match=rf"{engine} cannot count the {rows}: "):
            grouped_sums(table, ["nowhere"], {})
        with pytest.raises(DataError, match=rf"{engine} cannot count the {rows}: "):
            grouped_distinct(table, [], nw.col("nowhere"))
        with pytest.raises(DataError, match=rf"{engine} cannot count the {rows}: "):
            first_rows(table, nw.col("nowhere").is_null(), ["unit"])


def test_cells_of_csv_files_are_texts(tmp_path: Path, engine: str) -> None:
    (tmp_path / "a.csv").write_text("unit,fee\n001,5\n01,\n", encoding="utf-8")
    (tmp_path / "b.tsv").write_text("unit\tfee\n001\t5\n", encoding="utf-8")
    table = open_records(tmp_path / "a.csv")
    assert {str(kind) for kind in table.schema.values()} == {"String"}
    assert grouped_sums(table, ["unit"], {})["unit"].tolist() == ["001", "01"]
    assert first_rows(table, nw.col("fee").is_null(), ["unit"]) == [{"unit": "01"}]
    assert list(open_records(tmp_path / "b.tsv").schema) == ["unit", "fee"]


def test_a_column_of_another_type_in_one_file_is_named(tmp_path: Path, engine: str) -> None:
    write(tmp_path, a={"fee": [1]}, b={"fee": [2]}, c={"fee": ["3"]}, d={"cost": [4]})
    with pytest.raises(DataError, match=r"'fee' is not the same in every file") as caught:
        open_records(tmp_path)
    text = str(caught.value)
    assert "in 2 files, first 'a.parquet'" in text
    assert "in 1 file, first 'c.parquet'" in text
    assert "no such column in 1 file, first 'd.parquet'" in text
    assert [problem.variable for problem in caught.value.problems] == ["fee", "cost"]


def test_files_that_lack_are_all_named(tmp_path: Path, engine: str) -> None:
    write(tmp_path, a={"unit": ["A"]})
    (tmp_path / "empty").mkdir()
    sources = [tmp_path / n for n in ("a.parquet", "b.parquet", "*.csv", "empty")]
    with pytest.raises(DataError) as caught:
        open_records([*sources, "s3://bucket/c.parquet"])
    causes = [problem.cause.replace(str(tmp_path), "…") for problem in caught.value.problems]
    assert causes == [
        "there is no file '…/b.parquet'",
        "no file matches '…/*.csv'",
        "the folder '…/empty' has no Parquet or CSV file",
        "'s3://bucket/c.parquet' is not a file on this machine",
    ]


def test_a_broken_file_is_named(tmp_path: Path, engine: str) -> None:
    write(tmp_path, a={"unit": ["A"]})
    (tmp_path / "b.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(DataError, match=r"b\.parquet' cannot be read"):
        open_records(tmp_path)


def test_what_is_not_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"")
    with pytest.raises(DataError, match=r"read from Parquet files .* or CSV files"):
        open_records(tmp_path / "a.xlsx")
    for wrong in (5, None, ["a", 5], [], b"a.parquet"):
        with pytest.raises(DataError, match=r"records are a data frame .* or the path"):
            open_records(wrong)  # type: ignore[arg-type]


def test_files_need_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, a={"unit": ["A"]})
    monkeypatch.setattr(record_files, "find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"pip install 'govindex\[duckdb\]' or 'govindex\[pol"):
        open_records(tmp_path)

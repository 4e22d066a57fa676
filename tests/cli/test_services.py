"""``govindex services``: from files of dossiers to a ranking, as a user types it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from govindex.cli import main
from govindex.services import made_up_766

MADE = made_up_766(300, provinces=1, communes=2, rng=5)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write dossiers and communes to CSV files, with Vietnamese dates and a name of one's own."""
    folder = tmp_path_factory.mktemp("made-up")
    kept = ["unit", "procedure", "received", "due", "finished", "channel", "digitised"]
    dossiers = MADE.tables["dossiers"][kept].rename(columns={"received": "Ngay"})
    dates = {n: dossiers[n].dt.strftime("%d/%m/%Y") for n in ("Ngay", "due", "finished")}
    dossiers.assign(**dates).to_csv(folder / "dossiers.csv", index=False)
    MADE.tables["communes"].to_csv(folder / "communes.csv", index=False)
    units = [(u.code, u.label(), u.league, u.parent or "n/a") for u in MADE.units]
    frame = pd.DataFrame(units, columns=["unit", "name", "league", "parent"])
    frame.to_csv(folder / "units.csv", index=False)
    return folder


def call(files: Path, *more: str) -> list[str]:
    named = ["--column", "dossiers.received=Ngay", "--date-format", "%d/%m/%Y"]
    tables = [f"--{table}={files / table}.csv" for table in ("dossiers", "communes", "units")]
    return ["services", *tables, "--period", "2026", *named, *more]


def test_files_are_counted_scored_and_ranked_in_a_language(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts, ranking = tmp_path / "counts.csv", tmp_path / "ranking.csv"
    more = ["--counts", str(counts), "--out", str(ranking), "--language", "vi"]
    assert main(call(files, *more)) == 0
    out = capsys.readouterr().out
    assert "dossiers: 300 dòng" in out
    assert "Chỉ tiêu chưa có dữ liệu" in out
    assert "không có bảng 'procedures'" in out
    assert "6 đơn vị chưa có điểm" in out
    written = pd.read_csv(counts, dtype=str, keep_default_na=False)
    assert list(written.columns[:4]) == ["code", "unit", "league", "parent"]
    assert written.set_index("code").loc["made-up-1-d1", "4.6.a"] == "n/a"
    assert len(pd.read_csv(ranking)) == len(MADE.units)


def test_the_columns_of_the_tables_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["services", "--columns", "--language", "vi"]) == 0
    out = capsys.readouterr().out
    assert "Ngày tiếp nhận" in out
    assert "certified_copies" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["services"], "--dossiers FILE --period 2026"),
        (["services", "--dossiers", "x.csv", "--period", "26"], "'2026-Q3'"),
        (["services", "--dossiers", "none.csv", "--period", "2026"], "none.csv"),
        (
            ["services", "--dossiers=x.csv", "--period=2026", "--column", "received=Ngay"],
            "dossiers.received=Ngay",
        ),
    ],
)
def test_a_wrong_call_is_one_line_in_words_of_the_shell(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1


def test_records_without_unit_name_the_option_that_leaves_them_out(
    files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = MADE.tables["dossiers"].copy()
    frame.loc[0, "unit"] = None
    frame.to_parquet(tmp_path / "dossiers.parquet", index=False)
    arguments = ["services", f"--dossiers={tmp_path / 'dossiers.parquet'}", "--period", "2026"]
    assert main(arguments) == 1
    assert "or leave them out: --missing leave_out" in capsys.readouterr().err
    assert main([*arguments, "--missing", "leave_out", "--sql"]) == 0
    out = capsys.readouterr().out
    assert "Records that were left out" in out
    assert "-- table dossiers" in out

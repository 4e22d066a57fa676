"""The command line, as a user types it."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pandas as pd
import pytest

import govindex as gi
from govindex.cli import main


def write(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_text(text, encoding=encoding)
    return str(path)


@pytest.fixture
def provinces(tmp_path: Path) -> str:
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    frame = data.frame.reset_index(names="code")
    frame.insert(1, "unit", data.units.labels())
    frame.to_csv(tmp_path / "provinces.csv", index=False)
    return str(tmp_path / "provinces.csv")


def test_demo_ranks_shows_change_and_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    assert "UBND tỉnh Đồng Tháp 68.80" in " ".join(out.split())
    assert "National mean 62.59" in out
    assert "61.89 of 100, 38.11 lost" in out
    moved = next(line for line in out.splitlines() if "Khánh Hòa" in line and "+10" in line)
    assert moved.split()[-6:] == ["34", "24", "+10", "53.20", "61.66", "+8.46"]


def test_demo_speaks_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--language", "vi"]) == 0
    assert "1 Công khai, minh bạch (18)" in capsys.readouterr().out


def test_list_names_every_edition(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert "vn.service-766 2022" in " ".join(capsys.readouterr().out.split())


def test_score_prints_the_published_ranking(
    provinces: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", provinces, "--method", "vn.service-766", "--cut"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:5] == ["1", "UBND", "tỉnh", "Đồng", "Tháp"]
    assert lines[34].split()[-7:] == ["55.23", "11.20", "14.81", "9.23", "4.69", "8.01", "7.29"]


def test_score_reads_semicolons_decimal_commas_and_byte_order_marks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "code;1;2;3A;3B;4;5\nA;7,96;17,68;8,56;6,67;9,59;11,43\n"
    file = write(tmp_path / "a.csv", text, "utf-8-sig")
    call = ["score", file, "--method", "vn.service-766", "--cut", "--separator", ";"]
    assert main([*call, "--decimal", ","]) == 0
    assert "61.89" in capsys.readouterr().out


def test_score_explains_a_unit_and_names_unused_columns(
    provinces: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.read_csv(provinces).assign(remark_number=1)
    frame.to_csv(tmp_path / "more.csv", index=False)
    call = ["score", str(tmp_path / "more.csv"), "--method", "vn.service-766", "--cut"]
    assert main([*call, "--explain", "H44", "--language", "en"]) == 0
    out = capsys.readouterr().out
    assert "Columns not used: remark_number" in out
    assert "UBND tỉnh Phú Thọ: 62.18 of 100, 37.82 lost" in out


def test_score_reports_units_without_a_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "code,1,2,3A,3B,4,5\nA,7,17,8,6,9,11\nB,7,17,8,,9,11\n"
    file = write(tmp_path / "a.csv", text)
    assert main(["score", file, "--method", "vn.service-766", "--cut"]) == 0
    out = capsys.readouterr().out
    assert "1 units without a score" in out
    assert "B: missing: 3B" in out


def test_leagues_of_the_file_are_ranked_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "code,league,1,2,3A,3B,4,5\nA,x,7,17,8,6,9,11\nB,y,6,17,8,6,9,11\n"
    file = write(tmp_path / "a.csv", text)
    assert main(["score", file, "--method", "vn.service-766", "--cut"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:3]]
    assert [row[:4] for row in rows] == [["1", "A", "x", "1"], ["1", "B", "y", "2"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"code,1\nA,\xe9\xe9\n", "is not UTF-8: invalid continuation byte at byte 9"),
        (b"", "is no CSV table: No columns to parse from file"),
        (b"code,1,2,3A,3B,4,5\n", "the frame has no rows"),
        (b"code,1,2,3A,3B,4\nA,1,1,1,1,1\n", "indicator '5' needs the variable '5'"),
        (b"code,1,2,3A,3B,4,5\nA,19,1,1,1,1,1\n", "unit 'A', indicator '1'"),
        (b"code,1,2,3A,3B,4,5\nA,x,1,1,1,1,1\nB,2,1,1,1,1,1\n", "'x' is not a number"),
    ],
    ids=["encoding", "empty", "no-rows", "missing-column", "above-maximum", "text"],
)
def test_bad_file_gives_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    assert main(["score", str(tmp_path / "bad.csv"), "--method", "vn.service-766", "--cut"]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "none.csv")
    assert main(["score", file, "--method", "vn.service-766"]) == 1
    assert "none.csv' cannot be read: No such file or directory" in capsys.readouterr().err


def test_unknown_method_suggests_the_near_miss(
    provinces: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", provinces, "--method", "vn.servce-766"]) == 1
    assert "did you mean 'vn.service-766'?" in capsys.readouterr().err


def test_wrong_call_exits_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["rank"])
    assert stop.value.code == 2
    assert "invalid choice: 'rank'" in capsys.readouterr().err


def test_module_runs_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["govindex", "list"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("govindex", run_name="__main__")
    assert stop.value.code == 0
    assert "vn.service-766" in capsys.readouterr().out

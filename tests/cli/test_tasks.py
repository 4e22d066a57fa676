"""``govindex tasks``: from a file to statuses, counts, overdue tasks and a ranking."""

from __future__ import annotations

from pathlib import Path

import pytest

import govindex as gi
from govindex.cli import main

REGISTER = """Mã,Nhiệm vụ,Cơ quan chủ trì,Chương trình,Ngày giao,Thời hạn,Ngày hoàn thành,Ghi chú
1,Việc một,Sở Y tế,NQ57,01/02/2025,31/3/2025,20/03/2025,
2,Việc hai,Sở Y tế,NQ57,01/02/2025,quý II/2025,,x
3,Việc ba,Sở Nội vụ,ĐA06,01/02/2025,thường xuyên,,
4,Việc bốn,Sở Nội vụ,ĐA06,15/02/2025,2025-06-01,15/06/2025,
"""
TARGETS = "name;agency;target;achieved\nHồ sơ trực tuyến;Sở Y tế;40;45,03\n"


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "120")
    file = tmp_path / "register.csv"
    file.write_text(REGISTER, encoding="utf-8-sig")
    return str(file)


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_tasks_are_counted_listed_and_ranked(
    register: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tasks", register, "--at", "Q3 2025", "--dates", "dmy"]) == 0
    out = lines(capsys.readouterr().out)
    assert "Tasks at 2025-09-30" in out
    assert "All 4 1 1 0 1 66.7 66.7 1 33.3" in out
    assert "2 Việc hai Sở Y tế NQ57 2025-06-30 92" in out
    assert "1 Sở Nội vụ 60.00 100.00 0.00" in out
    assert "Columns not used: Ghi chú" in out


def test_tasks_speak_vietnamese_and_rank_with_targets(
    register: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = tmp_path / "targets.csv"
    targets.write_text(TARGETS, encoding="utf-8")
    words = ["tasks", register, "--at", "30/9/2025", "--dates", "dmy", "--language", "vi"]
    words += ["--targets", str(targets), "--regular", "done"]
    assert main(words) == 1
    assert "'45,03' is not a number: it has a decimal comma" in (error := capsys.readouterr().err)
    assert "--numbers vi" in error
    assert main([*words, "--numbers", "vi"]) == 0
    out = lines(capsys.readouterr().out)
    assert "Tình hình thực hiện nhiệm vụ đến ngày 30/09/2025" in out
    assert any("Nhiệm vụ thường xuyên tính là hoàn thành: 1." in line for line in out)
    assert "Hồ sơ trực tuyến Sở Y tế 40 45,03 +5,03 112,6" in out
    assert "1 Sở Y tế 75,00 50,00 100,00" in out


def test_what_is_not_known_of_a_target_is_refused_or_declared(
    register: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = tmp_path / "targets.csv"
    targets.write_text(TARGETS.replace("45,03", ""), encoding="utf-8")
    words = ["tasks", register, "--at", "2025", "--dates", "dmy", "--targets", str(targets)]
    assert main(words) == 1
    assert "'Hồ sơ trực tuyến': missing" in (error := capsys.readouterr().err)
    assert "--when-missing" in error
    for policy, score in (("renormalise", "50.00"), ("zero", "25.00")):
        assert main([*words, "--when-missing", policy]) == 0
        row = next(x for x in lines(capsys.readouterr().out) if x.startswith("2 Sở Y tế"))
        assert row.split()[4] == score


@pytest.mark.parametrize(
    ("table", "first"),
    [("statuses", "task"), ("counts", "programme"), ("overdue", "task"), ("ranking", "unit")],
)
def test_each_table_is_written_to_a_file(
    register: str, tmp_path: Path, table: str, first: str
) -> None:
    out = tmp_path / "tasks.xlsx"
    words = ["tasks", register, "--at", "2025", "--dates", "dmy", "--by", "programme"]
    assert main([*words, "--table", table, "--out", str(out)]) == 0
    written = gi.read_table(out)
    assert written.columns[0] == first
    assert len(written) == {"statuses": 4, "counts": 2, "overdue": 1, "ranking": 2}[table]


def test_problems_are_in_the_words_of_the_shell(
    register: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tasks", register, "--at", "2025"]) == 1
    assert "in 3 cells of 1 column" in (error := capsys.readouterr().err)
    assert error.rstrip().endswith("declare the order with --dates dmy")
    words = ["tasks", register, "--at", "2025", "--dates", "dmy", "--ignore", "Thời hạn"]
    assert main(words) == 1
    assert "there is no column 'due'" in (error := capsys.readouterr().err)
    assert "name it with --column due=…" in error
    assert main(["tasks", register, "--at", "03/04/2025"]) == 1
    assert "--at: '03/04/2025' may be day, month, year" in capsys.readouterr().err


def test_settings_are_named_as_options(register: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["tasks", register, "--at", "2025", "--dates", "dmy"]
    assert main([*words, "--fiscal-month", "1"]) == 1
    assert "--fiscal-month is the first month" in capsys.readouterr().err
    assert main([*words, "--zone", "Nowhere"]) == 1
    assert "--zone: there is no time zone 'Nowhere'" in capsys.readouterr().err
    assert main([*words, "--by", ""]) == 0
    assert "4 1 1 0 1 66.7 66.7 1 33.3" in lines(capsys.readouterr().out)
    assert main([*words, "--by", "agncy"]) == 1
    assert "did you mean 'agency'" in capsys.readouterr().err


def test_the_declared_order_holds_for_the_date_of_the_shell(
    register: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tasks", register, "--at", "03/04/2025", "--dates", "dmy"]) == 0
    assert "Tasks at 2025-04-03" in capsys.readouterr().out

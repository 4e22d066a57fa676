"""A new user's day: from a rubric and a table of scores to a ranking, a report and a plug-in.

A plain run types the commands in this process. The full profile (`nox -s day`) starts in an empty
environment with the command of the README.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from govindex.cli import main

ROOT = Path(__file__).resolve().parents[2]
RUBRIC = [
    ("STT", "Tiêu chí", "Điểm tối đa"),
    ("I", "Cải cách thể chế (giả định)", 40),
    ("1", "Văn bản đúng hạn", 25),
    ("2", "Rà soát văn bản", 15),
    ("II", "Thủ tục hành chính (giả định)", 60),
    ("3", "Hồ sơ đúng hạn", 40),
    ("4", "Hồ sơ trực tuyến", 20),
]
SCORES = {
    "2024": "unit,1,2,3,4\nSở A,18,12,33,10\nSở B,21,10,30,15\nSở C,22,9,20,8\n",
    "2025": "unit,1,2,3,4\nSở A,20,15,30,12.5\nSở B,25,10,38,20\nSở C,22,9,39,8\n",
}
# A command, and what it must say. Nothing else is typed: no setting, no name of a column.
DAY = [
    ("read rubric.xlsx --id my.reform --edition 2025 --out reform.toml", ["100 points"]),
    ("score 2025.csv --method reform.toml", ["Sở B", "93", "78", "77.5"]),
    ("change 2024.csv 2025.csv --method reform.toml", ["Sở C", "+1"]),
    ("plot ranking 2025.csv --method reform.toml --out ranking.png", ["ranking.png"]),
    ("report 2025.csv --method reform.toml --out report.docx", ["report.docx"]),
    ("new my.reform --from rubric.xlsx", ["my-reform"]),
]
PLUGIN = "score 2025.csv --method my.reform --json"  # once it is installed: by its name

Run = Callable[[str], str]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a user who has a rubric in a spreadsheet and two years of scores."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in RUBRIC:
        book.active.append(row)
    book.save(tmp_path / "rubric.xlsx")
    for year, text in SCORES.items():
        (tmp_path / f"{year}.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def live(run: Run, desk: Path) -> None:
    for command, promised in DAY:
        said = run(command)
        assert [words for words in promised if words not in said] == [], command
    assert (desk / "ranking.png").read_bytes().startswith(b"\x89PNG")
    assert (desk / "report.docx").read_bytes().startswith(b"PK")


def test_a_day_takes_six_commands(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(command: str) -> str:
        code = main(command.split())
        out, err = capsys.readouterr()
        assert (code, command, err if code else "") == (0, command, "")
        return out

    live(run, desk)


def test_every_command_of_the_day_is_needed(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # What ranks, compares, draws and reports needs the document that the first command writes.
    for command, _ in DAY[1:5]:
        assert main(command.split()) != 0
        assert "reform.toml" in capsys.readouterr().err


@pytest.mark.skipif(
    os.environ.get("GOVINDEX_PROFILE", "quick") == "quick",
    reason="an empty environment is filled in the full profile only",
)
def test_a_day_starts_in_an_empty_environment(desk: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    demo = re.search(r"<!-- ci: demo -->\n```bash\n(.+)\n```", readme)
    assert demo is not None
    # A user has the folder of the package, and no environment.
    shell = demo[1].replace(" . ", f" '{ROOT}[excel,plot,report,testing]' ")
    shell = shell.replace("python3 -m venv", f"{sys.executable} -m venv", 1)
    environment = {**os.environ, "PYTHONPATH": ""}

    def typed(command: str) -> str:
        return subprocess.run(
            command,
            shell=True,
            cwd=desk,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert "68.80" in typed(shell)
    live(lambda command: typed(f".venv/bin/govindex {command}"), desk)
    typed(".venv/bin/pip install --quiet './my-reform[test]'")
    assert "passed" in typed(".venv/bin/python -m pytest -q my-reform")
    assert "Sở B" in typed(f".venv/bin/govindex {PLUGIN}")

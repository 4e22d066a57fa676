"""Stages and statuses in the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import govindex as gi
from govindex.cli import main

TABLE = "unit,stage,x,y\nB,verified,8,\nA,self,10,3\nA,verified,4,n/a\nB,self,9,5\n"
STAGES = ["--stage", "stage", "--stages", "self,verified"]


@pytest.fixture
def call(tmp_path: Path) -> list[str]:
    leaves = [
        gi.Indicator(code, weight=weight, rule=gi.rules.Points())
        for code, weight in {"x": 10, "y": 5}.items()
    ]
    framework = gi.Framework("f", leaves, aggregate=gi.aggregate.Sum(), absence=gi.absence.Shrink())
    gi.save_methodology(gi.Methodology("example.stages", "1", framework), tmp_path / "own.toml")
    (tmp_path / "scores.csv").write_text(TABLE, encoding="utf-8")
    return [str(tmp_path / "scores.csv"), "--method", str(tmp_path / "own.toml")]


def test_the_last_stage_counts(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", *call, *STAGES]) == 0
    out = capsys.readouterr().out
    lines = [line.split() for line in out.splitlines()]
    assert ["1", "B", "8.00", "10.00", "80.00", "8.00"] in lines
    assert ["2", "A", "4.00", "10.00", "40.00", "4.00", "n/a"] in lines
    assert "not applicable: 1 figure (A y)" in out
    assert "missing: 1 figure (B y)" in out


def test_cells_that_fell_back_are_printed_and_written(
    call: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ranking.xlsx"
    assert main(["score", *call, *STAGES, "--fall-back", "--explain", "B", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "fallen back: 1 figure (B y)" in said
    assert "5 (fallen back)" in said
    ranking = gi.read_table(out, sheet="Ranking", header=5).set_index("Unit")
    written = ranking["Status of figures"]
    assert written.to_dict() == {"B": "fallen back: y", "A": "not applicable: y"}
    stages = gi.read_table(out, sheet="Stages", header=5)
    assert list(stages.columns)[3:] == ["Points: self", "Points: verified", "Difference"]
    fallen = gi.read_table(out, sheet="Earlier stages", header=4)
    assert fallen["Stage"].to_list() == ["self"]


def test_stages_to_fall_back_to_can_be_named(
    call: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", *call, *STAGES, "--fall-back=self"]) == 0
    assert "fallen back: 1 figure (B y)" in capsys.readouterr().out
    assert main(["validate", *call, *STAGES, "--fall-back=selv"]) == 1
    assert "not to 'selv': did you mean 'self'" in capsys.readouterr().err


def test_robustness_reads_stages(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["robustness", *call, *STAGES, "--fall-back", "--draws", "64"]) == 0
    assert "fallen back: 1 figure (B y)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stage", "stage"], "holds 'self', 'verified'; give them as --stages EARLIEST,…,LATEST"),
        (["--stages", "self,verified"], "--stages needs the column of the stages: --stage COLUMN"),
        (["--fall-back"], "--fall-back needs the column of the stages: --stage COLUMN"),
        (["--stage", "stage", "--stages", "self,checked"], "'verified' is not a declared stage"),
        (["--stage", "stag", "--stages", "self"], "no column 'stag': did you mean 'stage'"),
    ],
)
def test_stages_half_declared_are_refused_in_words_of_the_shell(
    options: list[str], message: str, call: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", *call, *options]) == 1
    assert message in capsys.readouterr().err


def test_json_lists_figures_that_are_not_as_reported(
    call: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", *call, *STAGES, "--fall-back", "--json"]) == 0
    marks = json.loads(capsys.readouterr().out)["marks"]
    assert [(m["unit"], m["node"], m["status"], m["value"]) for m in marks] == [
        ("A", "y", "not applicable", None),
        ("B", "y", "fallen back", 5.0),
    ]

"""`govindex improve`: the changes that a goal takes, and its options in messages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from govindex.cli import main

METHOD = """format = 1
id = "example.doors"
version = "1"

[[nodes]]
code = "r"

[[nodes]]
code = "x"
parent = "r"
rule = { %s }
"""
GOALPOSTS = 'kind = "Goalposts", worst = 0, best = 100'


def improve(folder: Path, *options: str, rule: str = GOALPOSTS) -> int:
    (folder / "m.toml").write_text(METHOD % rule, encoding="utf-8")
    (folder / "d.csv").write_text("unit,x\nA,20\nB,60\nC,90\n", encoding="utf-8")
    words = [str(folder / "d.csv"), "A", "--method", str(folder / "m.toml")]
    return main(["improve", *words, *options])


def test_changes_are_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "changes.csv"
    options = ["--to", "rank=1", "--rivals", "C=5", "--effort", "x=2", "--out", str(out)]
    assert improve(tmp_path, *options) == 0
    text = capsys.readouterr().out
    assert "From rank 3 with 20.00 to rank 1 with 95.00." in text
    assert "Effort: 150." in text
    table = pd.read_csv(out)
    assert table[["unit", "node", "before", "after"]].to_numpy().tolist() == [["A", "x", 20, 95]]


def test_what_looks_at_peers_is_frozen_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert improve(tmp_path, rule='kind = "MinMax"') == 1
    assert "Freeze them on the data: --anchored" in capsys.readouterr().err
    assert improve(tmp_path, "--anchored", rule='kind = "MinMax"') == 0
    assert "From rank 3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "first"], "--to is rank=1, gain=2, band=NAME or score=80, not 'first'"),
        (["--to", "rank=9"], "--to rank=9: only 3 units are ranked with 'A'; a score is --to"),
        (["--to", "rank=1.5"], "--to rank=… is a whole number"),
        (["--effort", "y=1"], "there is no figure 'y'"),
        (["--effort", "x"], "--effort is FIGURE=VALUE, not 'x'"),
        (["--effort", "x=much"], "--effort takes a number such as 0.5, not 'much'"),
        (["--feasible", "x=90"], "--feasible is FIGURE=LOW,HIGH"),
        (["--feasible", "x=9,1"], "--feasible x=…: the lower limit comes first"),
        (["--step", "x=0"], "--step x=… is a number above 0"),
    ],
)
def test_messages_are_in_words_of_the_shell(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert improve(tmp_path, *options) == 1
    assert message in capsys.readouterr().err

"""What the shell calls things: its own options, also in messages."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from govindex.cli import main
from govindex.cli.inputs import add_sheets
from govindex.cli.reading import add_reading
from govindex.options import in_words_of_the_shell
from govindex.workbooks.scores.problems import CURES

METHOD = """format = 1
id = "example.doors"
version = "1"

[[nodes]]
code = "r"
absence = "Renormalise"

[[nodes]]
code = "x"
parent = "r"
rule = { kind = "Goalposts", worst = 0, best = 1000 }
"""


def test_a_table_is_no_frame_in_the_shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert score(tmp_path, "unit;x\nA;1\nA;2\n") == 1
    said = capsys.readouterr().err
    assert "table" in said
    assert "frame" not in said


def test_a_group_that_is_no_column_of_the_shell_is_named_with_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    step = '\n[[steps]]\nkind = "Impute"\nfill = { kind = "Median", over = "region" }\n'
    table = "unit;region;x\nA;n;1\nB;n;\nC;s;3\n"
    for column, code in (("region", 1), ("type", 0)):
        (tmp_path / "m.toml").write_text(METHOD + step.replace("region", column), encoding="utf-8")
        (tmp_path / "d.csv").write_text(table, encoding="utf-8")
        words = ["score", str(tmp_path / "d.csv"), "--method", str(tmp_path / "m.toml")]
        assert main([*words, *(["--type", "region"] if not code else [])]) == code
    assert 'over = "type" in the document, and give --type region' in capsys.readouterr().err


def score(folder: Path, table: str, *options: str) -> int:
    (folder / "m.toml").write_text(METHOD, encoding="utf-8")
    (folder / "d.csv").write_text(table, encoding="utf-8")
    words = [str(folder / "d.csv"), "--method", str(folder / "m.toml"), "--separator", ";"]
    return main(["score", *words, *options])


@pytest.mark.parametrize(
    ("cells", "advice", "options"),
    [
        (("KAD", "500"), '--not-applicable "KAD"', ["--not-applicable", "KAD"]),
        (("-", "500"), '--missing "-"', ["--missing", "-"]),
        (("--", "500"), '--missing " --"', ["--missing", " --"]),
        (("x", "500"), '--missing "x"', ["--missing", "x"]),
        (("Không áp dụng ", "500,0"), "--numbers vi", ["--numbers", "vi"]),
        (("", "500,0"), "--numbers vi", ["--decimal", ","]),
        (("", "0 500"), "--text", ["--missing", "0 500"]),
        (("", "1,500.0"), "--numbers en", ["--numbers", "en"]),
        (("", "50%"), "--percent number", ["--percent", "number"]),
        (("500%", "50%"), "--percent share", ["--percent", "share"]),
        (("see note", "500"), "--missing WORD", ["--missing", "see note"]),
        (("see note", "500"), "--ignore COLUMN", ["--missing", "see note"]),
    ],
)
def test_a_message_names_the_option_that_helps(
    cells: tuple[str, str],
    advice: str,
    options: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = f"unit;x\nA;{cells[0]}\nB;{cells[1]}\n"
    if "0 500" not in cells:  # not a usual way to write a number
        assert score(tmp_path, table) == 1
        error = capsys.readouterr().err
        assert advice in error
        assert not re.search(r"Notation\(|\w=[…'\[]|error\.problems", error)
    assert score(tmp_path, table, *options) == 0


def test_codes_are_declared_for_columns_of_numbers_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = "unit;x\nA;-999\nB;500\nC;-998\n"
    words = ["--missing", "-999", "--not-applicable", "-998", "--explain", "B"]
    assert score(tmp_path, table, *words) == 0
    assert "2 units without a score" in capsys.readouterr().out


def test_columns_are_ignored_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = "unit;x;note\nA;500;7,5\n"
    assert score(tmp_path, table, "--ignore", "note") == 0
    assert score(tmp_path, table, "--ignore", "nota") == 1
    error = capsys.readouterr().err
    assert "--ignore: there is no column 'nota': did you mean 'note'" in error


def test_decimal_and_numbers_cannot_contradict_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert score(tmp_path, "unit;x\nA;5\n", "--decimal", ",", "--numbers", "en") == 1
    assert "--decimal , and --numbers en cannot both hold" in capsys.readouterr().err


def test_three_thousand_wrong_cells_fit_one_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"Commune {i};{i},5\n" for i in range(3000))
    assert score(tmp_path, f"unit;x\n{rows}") == 1
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 2
    assert "3000 cells of 1 variable hold a decimal comma ('0,5', …)" in error


@pytest.mark.parametrize(
    ("said", "in_the_shell"),
    [
        ("name the column of the units with unit=…", "name the column of the units with --unit"),
        ("use method.cut()", "use --cut"),
        (
            "use method.cut(), which reads the scores of the published dimensions, or "
            "method.cut(['a', 'b'])",
            "use --cut, which reads the scores of the published dimensions",
        ),
        ("such as period='2026'", "such as --period '2026'"),
        ("say it with header=(5, 6) (in the shell: --header 5,6)", "say it with --header 5,6"),
        ("with overwrite=True (in the shell: --force)", "with --force"),
        ("fill_down=['a b'] (in the shell: --fill-down 'a b')", "--fill-down 'a b'"),
        ("20 more: error.problems holds all", "20 more"),
        ("unit 'A' has no name", "unit 'A' has no name"),
    ],
)
def test_arguments_are_options_in_the_shell(said: str, in_the_shell: str) -> None:
    assert in_words_of_the_shell(said) == in_the_shell


@pytest.mark.parametrize("code", sorted(CURES))
def test_cures_of_scoring_sheets_name_options_of_the_shell(code: str) -> None:
    said = in_words_of_the_shell(CURES[code])
    assert not re.search(r"[a-z]=[\[{(…']|Notation|[\[{]", said)
    parser = argparse.ArgumentParser()
    add_sheets(parser)
    add_reading(parser)
    named = set(re.findall(r"--[a-z-]+", said))
    assert named <= set(parser._option_string_actions)


def test_a_branch_without_a_policy_is_cured_in_the_shell() -> None:
    said = in_words_of_the_shell("give it absence= Renormalise(), Shrink(), AsZero() …")
    assert "--when-missing" in said
    assert "=" not in said


def test_scores_of_dimensions_are_distinguished_from_indicators(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "d.csv").write_text("code,1,2,3A,3B,4,5\nA,1,1,1,1,1,1\n", encoding="utf-8")
    assert main(["score", str(tmp_path / "d.csv"), "--method", "vn.service-766"]) == 1
    error = capsys.readouterr().err
    assert "the data hold scores of '1', '2', '3A', '3B', '4', '5', which are dimensions" in error
    assert error.rstrip().endswith("use --cut, which reads the scores of the published dimensions")
    assert len(error.splitlines()) == 1

"""The shell whatever its terminal, reader and disk: one line for every failure, no traceback."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import govindex as gi
from govindex.cli import command_line, main
from govindex.cli.list import fitted
from govindex.cli.reading import _LARGEST
from govindex.cli.streams import lenient_streams

DOCUMENT = """\
format = 1
id = "test.forms"
version = "2026"
title = "Chỉ số cải cách"
[[nodes]]
code = "DTI"
aggregate = "Sum"
absence = { kind = "Renormalise", min_share = 1.0 }
[[nodes]]
code = "1"
parent = "DTI"
weight = 6
name = "Nền tảng"
rule = "Points"
[[nodes]]
code = "2"
parent = "DTI"
weight = 4
rule = { kind = "Proportional", target = 80 }
"""
DATA = "code,unit,1,2\nA,Đắk Lắk,6,40\nB,Bắc Sơn,3,20\nC,Huế,,20\n"
READ = ["--method", "method.toml", "--name", "unit"]

CALLS: dict[str, list[str]] = {
    "alone": [],
    "help": ["--help"],
    "version": ["--version"],
    "help of a command": ["score", "--help"],
    "list": ["list"],
    "list as JSON": ["list", "--json"],
    "show": ["show", "method.toml"],
    "score": ["score", "data.csv", *READ, "--explain", "A"],
    "score as JSON": ["score", "data.csv", *READ, "--explain", "A", "--json"],
    "robustness": ["robustness", "whole.csv", *READ, "--draws", "20"],
    "validate a document": ["validate", "method.toml"],
    "validate data": ["validate", "data.csv", *READ],
    "check": ["check", "method.toml", "--law", "contract", "--examples", "1"],
    "new": ["new", "my-index"],
    "demo": ["demo", "--language", "vi"],
}
WRONG: dict[str, list[str]] = {
    "no file": ["score", "Đồng.csv", *READ],
    "no methodology": ["show", "chỉ-số"],
    "no unit": ["score", "data.csv", *READ, "--explain", "Đồng"],
    "folder": ["score", ".", *READ],
    "folder to write to": ["score", "data.csv", *READ, "--out", "./x.csv/y.csv"],
    "binary": ["validate", "method.pyc"],
    "id": ["new", "Đồng Tháp"],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "method.toml").write_text(DOCUMENT, encoding="utf-8")
    (tmp_path / "data.csv").write_text(DATA, encoding="utf-8")
    (tmp_path / "whole.csv").write_text(DATA.replace("Huế,,", "Huế,5,"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Full(io.BytesIO):
    """A disk that takes nothing."""

    def write(self, _: Any) -> int:
        raise OSError(28, "No space left on device")


class Closed(io.BytesIO):
    """A closed pipe."""

    def write(self, _: Any) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def call(
    monkeypatch: pytest.MonkeyPatch, words: list[str], encoding: str, out: io.BytesIO | None = None
) -> tuple[int, str, str]:
    """Return the exit code, and what was written to streams of an encoding."""
    written, wrong = out or io.BytesIO(), io.BytesIO()
    with monkeypatch.context() as patch:
        stream = io.TextIOWrapper(written, encoding=encoding)
        patch.setattr(sys, "stdout", stream)
        patch.setattr(sys, "stderr", io.TextIOWrapper(wrong, encoding=encoding))
        try:
            code = main(words)
        except SystemExit as stop:
            code = int(stop.code or 0)
        finally:
            stream.detach() if out else stream.flush()
            sys.stderr.flush()
        return code, written.getvalue().decode(encoding), wrong.getvalue().decode(encoding)


# -- encodings -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", CALLS.values(), ids=CALLS)
def test_every_command_writes_to_every_encoding(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    lines = {}
    for encoding in ("utf-8", "ascii", "cp1252", "cp1258"):
        if words[:1] == ["new"]:
            words = [*words, "--into", encoding]
            Path(encoding).mkdir()
        code, out, error = call(monkeypatch, words, encoding)
        assert (code, error) == (0, "")
        lines[encoding] = len(out.splitlines())
    assert len(set(lines.values())) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252", "cp1258"])
@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_every_failure_is_printed_in_every_encoding(
    monkeypatch: pytest.MonkeyPatch, words: list[str], encoding: str
) -> None:
    code, out, error = call(monkeypatch, words, encoding)
    assert (code, out) == (1, "")
    assert error.startswith("govindex: ")
    assert "Traceback" not in error
    assert "unexpected" not in error


def test_what_an_encoding_lacks_is_written_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    _, out, _ = call(monkeypatch, CALLS["show"], "ascii")
    assert r"test.forms@2026: Ch\u1ec9 s\u1ed1 c\u1ea3i c\xe1ch" in out


@given(
    text=st.text(
        st.sampled_from("ÀÁẢÃẠăằắẳẵặâầấẩẫậđèẻẽéẹêềếểễệìỉĩíịòỏõóọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĐ")
    )
)
def test_vietnamese_windows_shows_every_letter(text: str) -> None:
    written = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, io.TextIOWrapper(written, "cp1258") as stream:
        patch.setattr(sys, "stdout", stream)
        with lenient_streams():
            print(text, end="", flush=True)
        assert unicodedata.normalize("NFC", written.getvalue().decode("cp1258")) == text
        assert stream.errors == "strict"


# -- readers and disks -----------------------------------------------------------------------------


@pytest.mark.parametrize("words", CALLS.values(), ids=CALLS)
def test_closed_pipe_is_not_an_error(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    assert call(monkeypatch, words, "utf-8", Closed())[::2] == (0, "")


@pytest.mark.parametrize("words", CALLS.values(), ids=CALLS)
def test_full_disk_is_reported_in_one_line(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    code, _, error = call(monkeypatch, words, "utf-8", Full())
    assert code == 1
    assert error == "govindex: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_closed_stream_prints_no_traceback(monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, stream, None)
        assert main(["list"]) == 0
        assert main(["show", "none"]) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("words", [["list"], ["--help"]], ids=["list", "help"])
def test_process_ends_quietly_on_a_full_disk(words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "govindex", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == "govindex: the output cannot be written: No space left on device\n"


# -- interrupts and faults -------------------------------------------------------------------------


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(command_line, "run", fail)


def test_interrupt_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(monkeypatch, KeyboardInterrupt())
    assert main(["list"]) == 130
    assert capsys.readouterr() == ("", "govindex: interrupted\n")


# The process interrupts itself, so that it is known where Ctrl-C meets it.
WHILE_IT_WORKS = """
import signal, sys
from govindex.cli import check
check.show_progress = lambda text: signal.raise_signal(signal.SIGINT)
sys.exit(__import__("govindex_shell").main())
"""
WHILE_IT_LOADS = """
import builtins, signal, sys
from govindex_shell import main
load = builtins.__import__
def interrupted(name, *rest):
    if name == sys.argv[1]:
        signal.raise_signal(signal.SIGINT)
    return load(name, *rest)
builtins.__import__ = interrupted
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (WHILE_IT_WORKS, ["check", "method.toml", "--examples", "1"]),
        (WHILE_IT_LOADS, ["attrs"]),
        (WHILE_IT_LOADS, ["govindex.cli.command_line"]),
    ],
    ids=["at work", "loading the package", "loading the commands"],
)
def test_process_ends_quietly_when_it_is_interrupted(code: str, words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "govindex: interrupted\n")


@pytest.mark.parametrize("error", [RuntimeError("so"), MemoryError(), RecursionError("deep")])
def test_unexpected_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    raising(monkeypatch, error)
    assert main(["list"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(
        f"govindex: unexpected {type(error).__name__}: {error}. This is an error"
    )
    assert said.count("\n") == 1
    monkeypatch.setenv("GOVINDEX_TRACEBACK", "1")
    assert main(["list"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_error_of_the_system_names_its_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(monkeypatch, PermissionError(13, "Permission denied", "x/y"))
    assert main(["list"]) == 1
    assert capsys.readouterr().err == "govindex: 'x/y': Permission denied\n"


def test_warning_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import warnings

    def run(_: object) -> tuple[str, int]:
        warnings.simplefilter("always")
        warnings.warn("a@1 is deprecated: so", gi.DeprecatedEditionWarning, stacklevel=1)
        return "done", 0

    monkeypatch.setattr(command_line, "run", run)
    assert main(["list"]) == 0
    assert capsys.readouterr() == ("done\n", "govindex: warning: a@1 is deprecated: so\n")


# -- version and help ------------------------------------------------------------------------------


def test_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    assert tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"] == (
        gi.__version__
    )
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"govindex {gi.__version__}\n"


def test_govindex_alone_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    alone = capsys.readouterr().out
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    assert alone == capsys.readouterr().out
    assert "score and rank the units of a file" in alone


# -- standard input --------------------------------------------------------------------------------


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


@pytest.mark.parametrize(
    "words",
    [
        ["score", "{}", *READ, "--json"],
        ["validate", "{}", *READ],
        ["check", "method.toml", "--data", "{}", "--law", "contract", "--examples", "1"],
        ["robustness", "{}", *READ, "--draws", "20"],
    ],
    ids=lambda words: words[0],
)
def test_dash_reads_the_table_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    piped(monkeypatch, Path("whole.csv").read_bytes())
    code, of_input, _ = call(monkeypatch, [word.format("-") for word in words], "utf-8")
    _, of_file, _ = call(monkeypatch, [word.format("whole.csv") for word in words], "utf-8")
    assert (code, of_input) == (0, of_file.replace("whole.csv", "-"))


def test_dash_reads_records_of_json_too(monkeypatch: pytest.MonkeyPatch) -> None:
    records = gi.read_table("whole.csv").to_json(orient="records")
    piped(monkeypatch, f"\n {records}".encode())
    code, of_input, _ = call(monkeypatch, ["score", "-", *READ], "utf-8")
    _, of_file, _ = call(monkeypatch, ["score", "whole.csv", *READ], "utf-8")
    assert (code, of_input) == (0, of_file)


def test_a_folder_is_named_as_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, said = call(monkeypatch, ["score", "whole.csv", *READ, "--out", "."], "utf-8")
    assert (code, said) == (
        1,
        "govindex: '.' cannot be written: it is a folder, a pipe or a device\n",
    )


def test_the_number_of_draws_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["robustness", "whole.csv", *READ, "--draws", str(10**20)]
    assert (
        "draws is a whole number from 1 to 1,000,000,000, not 1e+20"
        in call(monkeypatch, words, "utf-8")[2]
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "'standard input.csv' is empty"), (b"\xff\xfe\x00", "'standard input.csv'")],
    ids=["empty", "binary"],
)
def test_wrong_standard_input_is_named(
    monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    piped(monkeypatch, content)
    code, _, error = call(monkeypatch, ["score", "-", *READ], "utf-8")
    assert (code, message in error) == (1, True)


def test_standard_input_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("govindex.cli.reading._LARGEST", 2**20)
    piped(monkeypatch, b"a," * 2**20)
    _, _, error = call(monkeypatch, ["score", "-", *READ], "utf-8")
    assert error == (
        "govindex: standard input has more than 1,048,576 bytes: save the table as a file\n"
    )
    assert _LARGEST >= 2**30
    monkeypatch.setattr(sys, "stdin", None)
    assert "there is no standard input" in call(monkeypatch, ["score", "-", *READ], "utf-8")[2]


# -- JSON ------------------------------------------------------------------------------------------


def test_list_as_json_says_what_methodologies_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    actual = pd.DataFrame(json.loads(capsys.readouterr().out)).set_index("id")
    pd.testing.assert_frame_equal(actual, gi.methodologies())


def listed(code: str, unit: str, rank: Any, score: Any, percent: Any, scores: Any) -> Any:
    maximum = 0 if score is None else 10
    own = {"score": score, "maximum": maximum, "percent": percent, "scores": scores}
    place = {"unit": code, "rank": rank, "name": unit, "overall_rank": rank}
    return {**place, "period": None, "league": None, "band": None, **own}


def test_score_as_json_holds_the_ranking(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(CALLS["score as JSON"]) == 0
    out = capsys.readouterr().out
    content = json.loads(out)
    assert out.isascii()
    method = gi.load_methodology("method.toml")
    assert (content["methodology"], content["version"]) == ("test.forms", "2026")
    assert content["fingerprint"] == method.fingerprint
    assert content["maxima"] == {"1": 6, "2": 4}
    assert content["units"] == [
        listed("A", "Đắk Lắk", 1, 8, 80, {"1": 6, "2": 2}),
        listed("B", "Bắc Sơn", 2, 4, 40, {"1": 3, "2": 1}),
        listed("C", "Huế", None, None, None, {"1": None, "2": 1}),
    ]
    assert content["unscored"] == {"C": "missing: 1"}
    explained = content["explanation"]
    assert (explained["score"], explained["maximum"], explained["lost"]) == (8, 10, 2)
    assert [node["lost"] for node in explained["nodes"]] == [2, 0, 2]


def test_panel_and_bands_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["code,month,league,1,2", "A,2026-08,x,6,40", "A,2026-09,x,5,40", "B,2026-09,y,1,1"]
    Path("panel.csv").write_text("\n".join(rows), encoding="utf-8")
    words = ["score", "panel.csv", "--method", "method.toml", "--period", "month", "--json"]
    assert main(words) == 0
    units = json.loads(capsys.readouterr().out)["units"]
    assert [(unit["period"], unit["league"], unit["rank"]) for unit in units] == [
        ("2026-08", "x", 1),
        ("2026-09", "x", 1),
        ("2026-09", "y", 1),
    ]


# -- the width of a terminal -----------------------------------------------------------------------


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 160, 200, 300, 1000])
def test_list_fits_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    main(["list"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    words = re.split(r"\s+", " ".join(lines))
    for identifier, version in zip(
        gi.methodologies().index, gi.methodologies()["version"], strict=True
    ):
        if len(identifier) < width - 2:
            assert identifier in words
            assert version in words


def test_list_says_below_what_is_wrong_with_an_edition() -> None:
    frame = pd.DataFrame(
        [
            ["a.b", "1", "Một chỉ số rất dài " * 9, "ready"],
            ["c", "2", "", "broken: " + "x y " * 40],
        ],
        columns=["id", "version", "title", "state"],
    )
    frame = frame.assign(units="", depth="", confidence="", indicators=1, package="p")
    narrow = fitted(frame, 70)
    assert max(map(len, narrow.splitlines())) <= 70
    assert "c@2: broken: x y x y" in narrow
    assert " ".join(narrow.split()).count("x y") == 40
    assert "… ready" in narrow.splitlines()[1]
    assert narrow.endswith("A wider terminal or --json shows more.")
    assert fitted(frame, 0).splitlines()[1].count("Một chỉ số") == 9


def test_the_list_speaks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")  # whatever the terminal is
    assert main(["list", "--language", "vi"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["mã", "phiên", "bản", "tên"]
    assert head.endswith("tình trạng")
    titles = gi.methodologies("vi")["title"]
    assert len(rows) == len(titles)
    assert all(title in row for title, row in zip(titles, rows, strict=True))
    named = gi.methodology("vn.service-766").label("vi")
    assert named == titles["vn.service-766"] != gi.methodologies()["title"]["vn.service-766"]
    states = set(gi.methodologies("vi")["state"])
    assert "sẵn sàng" in states
    assert "ready" not in states


def test_the_list_is_cut_in_every_language() -> None:
    for language in ("en", "vi"):
        frame = gi.methodologies(language).reset_index()
        for width in (20, 60, 90, 140):
            assert max(map(len, fitted(frame, width, language).splitlines())) <= width


def test_a_list_in_no_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--language", "vn"]) == 1
    assert "there are no words in 'vn'" in capsys.readouterr().err


@pytest.mark.parametrize("sign", ["\x1b[2J", "\r", "\x9b31m", "\u202e"])
def test_names_do_not_command_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sign: str
) -> None:
    file = tmp_path / "data.csv"
    file.write_text(f"unit,{sign}a\nA,1\n", encoding="utf-8")
    assert main(["score", str(file), "--method", f"{sign}b"]) == 1
    said = capsys.readouterr()
    assert sign[0] not in said.out + said.err
    assert ascii(sign[0])[1:-1] in said.err

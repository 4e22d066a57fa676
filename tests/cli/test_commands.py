"""The command line, as a user types it."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.cli import main
from govindex.cli.printing import ranking_text
from govindex.contracts import Curve, Float, Scope
from govindex.testing import LAWS


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
    assert "The mean score is 62.58" in out
    # Two means are printed, and why they differ.
    assert "National mean 62.59" in out
    assert "each rounded to hundredths; the mean score, 62.58, is rounded once" in out
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


def test_robustness_tells_how_stable_ranks_are(
    provinces: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["robustness", provinces, "--method", "vn.service-766", "--cut", "--draws", "500"]
    out = tmp_path / "intervals.csv"
    assert main([*call, "--spread", "0.1", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "500 draws of 34 ranked units" in said
    assert "period" not in said
    assert "UBND tỉnh Đồng Tháp: 100.0%" in said
    written = pd.read_csv(out)
    assert list(written.columns) == [
        "unit",
        "name",
        "rank",
        "period",
        "league",
        "low",
        "median",
        "high",
    ]
    assert (written["low"] <= written["high"]).all()
    assert main([*call, "--spread", "2"]) == 1
    assert "a spread is at most 1" in capsys.readouterr().err


def test_score_ranks_a_panel_period_by_period(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    months = {"2026-08": "06", "2026-09": "10"}  # two days of October, as if they were months
    both = pd.concat(
        gi.datasets.load(f"vn.service-766.provinces-2026-10-{day}").frame.assign(month=month)
        for month, day in months.items()
    )
    both.reset_index(names="code").to_csv(tmp_path / "panel.csv", index=False)
    words = ["--method", "vn.service-766", "--cut", "--period", "month", "--explain", "H32@2026-09"]
    assert main(["score", str(tmp_path / "panel.csv"), *words]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    moved = [line[:4] for line in lines if line[1:2] == ["H32"]]
    assert moved == [["34", "H32", "2026-08", "53.20"], ["24", "H32", "2026-09", "61.66"]]
    assert ["H32", "(2026-09):", "61.66", "of", "100,", "38.34", "lost"] in lines


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


@pytest.mark.parametrize("command", ["score", "validate"])
def test_who_left_in_preparation_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    framework = gi.Framework("index", [gi.Indicator(n, rule=gi.rules.Identity()) for n in "ab"])
    steps = [gi.prepare.Screen(0.6), gi.prepare.Impute(gi.impute.Mean())]
    method = gi.Methodology("example.steps", "1", framework, steps=steps, scale=1)
    gi.save_methodology(method, tmp_path / "steps.toml")
    data = write(tmp_path / "data.csv", "unit,a,b\nA,1,2\nB,,3\nC,4,5\n")
    assert main([command, data, "--method", str(tmp_path / "steps.toml")]) == 0
    out = capsys.readouterr().out
    assert "  screened: 1 of 3 units left out: 'B'" in out
    assert "  filled: 0 cells; still missing: 0" in out


def test_score_reports_units_without_a_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "code,1,2,3A,3B,4,5\nA,7,17,8,6,9,11\nB,7,17,8,,9,11\n"
    file = write(tmp_path / "a.csv", text)
    assert main(["score", file, "--method", "vn.service-766", "--cut"]) == 0
    out = capsys.readouterr().out
    assert "1 unit without a score:" in out
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
        (b"", "'bad.csv' is empty"),
        (b"code,1,2,3A,3B,4,5\n", "the table has no rows"),
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


# -- methodologies, documents and files of other kinds ---------------------------------------------

DOCUMENT = """format = 1
id = "test.forms"
version = "2026"
scale = "points"
assesses = "departments"
notes = "Made up."
title = { vi = "Chỉ số", en = "Index" }
[[sources]]
title = "Decision 1"
[[nodes]]
code = "DTI"
aggregate = "Sum"
[[nodes]]
code = "1"
parent = "DTI"
weight = 6
name = { vi = "Nền tảng", en = "Foundation" }
rule = "Points"
[[nodes]]
code = "2"
parent = "DTI"
weight = 4
rule = { kind = "Proportional", target = 80 }
[[forms]]
type = "small"
[[forms.nodes]]
code = "DTI"
aggregate = "Sum"
[[forms.nodes]]
code = "1"
parent = "DTI"
weight = 6
rule = "Points"
"""
DATA = "code,unit,type,1,2,remark\nA,An Bình,n/a,6,40,x\nB,Bắc Sơn,small,3,,y\n"


@pytest.fixture
def document(tmp_path: Path) -> str:
    return write(tmp_path / "forms.toml", DOCUMENT)


@pytest.fixture
def data(tmp_path: Path) -> str:
    return write(tmp_path / "data.csv", DATA)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_list_shows_what_is_known_of_each_edition(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")  # whatever the terminal is
    _, out, _ = run(capsys, "list")
    head, *rows = out.splitlines()
    assert head.split() == ["id", *gi.methodologies().columns]
    assert len(rows) == len(gi.methodologies())


def test_show_describes_a_built_in(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "vn.service-766@2022", "--language", "vi")
    assert code == 0
    assert out.startswith("vn.service-766@2022: Bộ chỉ số phục vụ người dân")
    assert f"Mã xác thực: {gi.methodology('vn.service-766').fingerprint}" in out
    assert "Tỷ lệ hồ sơ nộp trực tuyến" in out
    assert "Proportional(target=50)" in out
    assert "[verified] The group of online services as published: 12 + 10" in out


def test_show_describes_a_document_and_its_forms(
    document: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, "show", document)
    assert out.splitlines()[:2] == ["test.forms@2026: Index", "Assesses: departments"]
    assert "  Foundation" in out
    assert "Units of type 'small'" in out
    assert out.endswith("Made up.\n\n[source] Decision 1\n")


def test_show_describes_a_methodology_of_another_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    framework = gi.Framework("root", [gi.Indicator("days", rule=gi.rules.Points())])
    own = SimpleNamespace(id="own", version="1", framework=framework, compute=None)
    monkeypatch.setattr("govindex.cli.reading.methodology", lambda name: own)
    code, out, _ = run(capsys, "show", "own")
    assert (code, out.splitlines()[0]) == (0, "own@1")
    assert "days" in out


def test_methodology_of_somebodys_own_is_not_cut(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("govindex.cli.reading.methodology", lambda name: SimpleNamespace(id="own"))
    code, _, said = run(capsys, "score", data, "--method", "own", "--cut")
    assert code == 1
    assert said.startswith("govindex: 'own' computes its scores with its own code and cannot be")


def test_show_says_why_an_edition_is_deprecated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(tmp_path / "old.toml", 'deprecated = "two typing errors"\n' + DOCUMENT)
    assert "Deprecated: two typing errors" in run(capsys, "show", old)[1].splitlines()


def test_score_by_a_document_takes_forms_from_the_type_column(
    document: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "score", data, "--method", document)
    rows = [line.split() for line in out.splitlines()[1:3]]
    assert code == 0
    assert [row[:6] for row in rows] == [
        ["1", "An", "Bình", "8.00", "10.00", "80.00"],
        ["2", "Bắc", "Sơn", "3.00", "6.00", "50.00"],
    ]
    assert "Columns not used: remark" in out


def test_score_prints_a_node_that_is_called_like_an_empty_column() -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Goalposts(worst=0, best=10)) for code in "xy"]
    framework = gi.Framework("t", [gi.Dimension("band", leaves[:1]), leaves[1]])
    data = gi.Observations([gi.Unit("A")], ["x", "y"], [[4.0, 8.0]])
    result = gi.Methodology("e.t", "1", framework).compute(data)
    head, row = ranking_text(result, None).splitlines()[:2]
    assert head.split() == ["Rank", "Unit", "Score", "band", "y"]
    assert row.split() == ["1", "A", "60.00", "40.00", "80.00"]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json"])
def test_score_writes_the_ranking(
    document: str, data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    file = tmp_path / f"ranking{suffix}"
    code, out, _ = run(capsys, "score", data, "--method", document, "--out", str(file))
    is_book = suffix == ".xlsx"
    table = gi.read_table(file, sheet="Ranking", header=4) if is_book else gi.read_table(file)
    table = table.rename(columns=str.lower)
    assert (code, f"Written to {file}" in out) == (0, True)
    assert table["unit" if is_book else "name"].to_list() == ["An Bình", "Bắc Sơn"]
    assert [float(score) for score in table["score"]] == [8, 3]


def test_score_writes_a_workbook_in_the_language(
    document: str, data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ranking.xlsx"
    call = ["score", data, "--method", document, "--out", str(file), "--language", "vi"]
    code, out, error = run(capsys, *call)
    assert (code, error, f"Đã ghi vào {file}" in out) == (0, "", True)
    found = gi.read_table(file, sheet="Xếp hạng", header=4)
    assert found["Đơn vị"].to_list() == ["An Bình", "Bắc Sơn"]
    assert [float(score) for score in found["Điểm"]] == [8, 3]
    assert run(capsys, *call)[0] == 1
    assert run(capsys, *call, "--force")[0] == 0


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet", ".json"])
def test_score_reads_files_of_every_kind(
    document: str, data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    file = tmp_path / f"other{suffix}"
    gi.write_table(gi.read_table(data).drop(columns="remark"), file)
    code, out, _ = run(capsys, "score", str(file), "--method", document, "--explain", "An Bình")
    assert code == 0
    assert "An Bình: 8 of 10, 2 lost" in out


def test_score_reads_the_sheet_that_is_named(
    document: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "book.xlsx"
    with pd.ExcelWriter(file) as book:
        pd.DataFrame({"note": ["nothing"]}).to_excel(book, sheet_name="Ghi chú", index=False)
        frame = pd.DataFrame({"code": ["A"], 1: [5], 2: [80]})
        frame.to_excel(book, sheet_name="Điểm", index=False)
    call = ["score", str(file), "--method", document]
    assert run(capsys, *call, "--sheet", "Điểm")[0] == 0
    code, _, error = run(capsys, *call)
    assert (code, "name one: 'Ghi chú', 'Điểm'" in error) == (1, True)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_score_reads_other_separators(
    document: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], separator: str
) -> None:
    file = write(tmp_path / "a.csv", DATA.replace(",", separator))
    call = ["score", file, "--method", document, "--separator", separator]
    assert "8.00" in run(capsys, *call)[1]


def test_validate_reports_a_document(document: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "validate", document)
    digest = gi.load_methodology(document).fingerprint
    assert (code, out) == (
        0,
        f"forms.toml: test.forms@2026, 2 indicators, fingerprint {digest}\n",
    )


def test_validate_reports_data(
    document: str, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "validate", data, "--method", document)
    assert code == 0
    assert out.splitlines() == [
        "data.csv: 2 units, 0 of them without a score",
        "Columns not used: remark",
    ]


def test_validate_names_units_without_a_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "a.csv", "code,1,2,3A,3B,4,5\nA,7,17,8,6,9,11\nB,7,17,8,,9,11\n")
    code, out, _ = run(capsys, "validate", file, "--method", "vn.service-766", "--cut")
    assert code == 0
    assert out.splitlines() == [
        "a.csv: 2 units, 1 of them without a score",
        "  B: missing: 3B",
        "Figures that are not as reported:",
        "  missing: 1 figure (B 3B)",
    ]


def test_validate_prints_every_problem_of_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "bad.toml", DOCUMENT.replace("weight", "wieght"))
    code, out, error = run(capsys, "validate", file)
    assert (code, out) == (1, "")
    assert error.startswith("govindex: 'bad.toml' is not a methodology (3 problems):\n")
    assert "2. nodes[2].wieght: there is no such setting: did you mean 'weight'?" in error
    assert "forms[0].nodes[1].wieght: there is no such setting" in error


# -- the laws --------------------------------------------------------------------------------------


@attrs.frozen
class Hump:
    """Best in the middle, but declared monotone."""

    peer_dependent: ClassVar[bool] = False
    monotone: ClassVar[bool] = True
    directed: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def __call__(self, values: Float, scope: Scope) -> Float:
        return np.asarray(1 - np.abs(values - 50) / 50)

    def curve(self, maximum: float) -> Curve:
        return Curve(low=0, high=100, bends=(50,), slope=0.02)


@pytest.fixture
def hump(monkeypatch: pytest.MonkeyPatch) -> str:
    leaf = gi.Indicator("staff", rule=Hump())
    method = gi.Methodology("example.hump", "1", gi.Framework("total", [leaf]))
    monkeypatch.setattr("govindex.cli.reading.methodology", lambda name: method)
    return "example.hump"


def test_check_says_what_came_of_every_law(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, error = run(capsys, "check", "vn.sipas@2023", "--examples", "1")
    rows, said = out.split("\n\n")
    came = dict(row.split(maxsplit=1) for row in rows.splitlines())
    assert (code, error) == (0, "")
    assert list(came) == [law.name for law in LAWS]
    assert came["betterment"] == "ok"
    assert came["anchoring"] == "not promised: nothing in it looks at peers"
    tried = sum(actual == "ok" for actual in came.values())
    assert said == f"vn.sipas@2023: {tried} of {len(LAWS)} laws tried, none broken\n"


def test_check_shows_broken_laws_and_exits_with_one(
    hump: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check", hump, "--examples", "40", "--law", "betterment", "--law", "bounds"]
    code, out, error = run(capsys, *words)
    assert (code, error) == (1, "")
    assert out.startswith("betterment  broken\nbounds      ok\n\nexample.hump@1 breaks the law")
    assert "laws.betterment(method, data, unit=" in out
    assert out.endswith("\n\nexample.hump@1: 2 of 2 laws tried, 1 broken\n")


def test_check_stops_at_a_broken_contract(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    framework = gi.Framework("total", [gi.Indicator("days", rule=gi.rules.Points())])
    own = SimpleNamespace(
        id="own", version="1", framework=framework, fingerprint="x", compute=lambda data: None
    )
    monkeypatch.setattr("govindex.cli.reading.methodology", lambda name: own)
    code, out, _ = run(capsys, "check", "own", "--examples", "2")
    assert code == 1
    assert out.startswith("contract                          broken\n")
    assert "determinism                       not tried: it does not score\n" in out
    assert "compute returns NoneType, not an IndexResult" in out


def test_check_takes_data_from_a_file(
    hump: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "a.csv", "name;staff\nA;7,5\nB;7,5\n")
    words = ["check", hump, "--law", "contract", "--law", "betterment", "--examples", "2"]
    code, out, _ = run(capsys, *words, "--data", file, "--separator", ";", "--decimal", ",")
    assert code in (0, 1)
    assert out.startswith("contract    ok\n")
    code, _, error = run(capsys, *words, "--data", file, "--separator", ";")
    assert (code, "hold a decimal comma ('7,5')" in error) == (1, True)


def test_check_says_of_the_file_what_is_wrong_with_it(
    document: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "short.csv", "code,1\nA,6\n")
    code, out, error = run(capsys, "check", document, "--data", file)
    assert (code, out) == (1, "")
    assert error.startswith("govindex: ")
    assert "needs the variable '2'" in error


def test_check_tries_dimensions_if_the_file_holds_their_scores(
    provinces: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["check", "vn.service-766@2022", "--cut", "--data", provinces, "--examples", "2"]
    code, out, _ = run(capsys, *words, "--law", "printed_parts_add_up")
    assert (code, out.splitlines()[0]) == (0, "printed_parts_add_up  ok")


def test_check_counts_the_laws_for_somebody_who_waits(
    document: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    words = ["check", document, "--examples", "1", "--law", "contract", "--law", "determinism"]
    _, _, error = run(capsys, *words)
    shown = [line.rstrip() for line in error.split("\r") if line.strip()]
    assert shown == ["1 of 2: contract", "2 of 2: determinism"]
    assert error.endswith(f"\r{'':60}\r")


def test_check_without_hypothesis_names_the_extra(
    document: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("govindex.testing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    code, out, error = run(capsys, "check", document)
    assert (code, out) == (1, "")
    assert error == "govindex: trying the laws needs hypothesis: pip install 'govindex[testing]'\n"


def test_check_leaves_nothing_behind(document: str, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    words = ["check", document, "--law", "contract", "--examples", "1"]
    subprocess.run([sys.executable, "-m", "govindex", *words], cwd=here, check=True)
    assert list(here.iterdir()) == []


BAD_CALLS: dict[str, tuple[list[str], str]] = {
    "missing document": (["show", "none.toml"], "'none.toml' cannot be read: No such file"),
    "unknown id": (["show", "vn.servce-766"], "did you mean 'vn.service-766'?"),
    "unknown law": (
        ["check", "{document}", "--law", "bettermint"],
        "there is no law 'bettermint': did you mean 'betterment'?",
    ),
    "unknown version": (
        ["score", "{data}", "--method", "vn.service-766@2021"],
        "'vn.service-766' has no version '2021': did you mean '2022'?",
    ),
    "broken document": (["score", "{data}", "--method", "{bad}"], "bad.toml' is not well formed"),
    "document is data": (["validate", "{data}"], "name their methodology with --method"),
    "missing data": (["validate", "no.csv", "--method", "{document}"], "'no.csv' cannot be read"),
    "another kind": (
        ["validate", "{bad}", "--method", "{document}"],
        "not a table that can be read",
    ),
    "not enough": (["score", "{short}", "--method", "{document}"], "needs the variable '2'"),
    "out of bounds": (["validate", "{wide}", "--method", "{document}"], "unit 'A', indicator '1'"),
    "unknown type": (
        ["score", "{typed}", "--method", "{document}"],
        "unit 'A': the type is 'smal', for which 'test.forms' has no form: did you mean 'small'?",
    ),
    "unknown column": (
        ["score", "{data}", "--method", "{document}", "--league", "lge"],
        "there is no column 'lge'",
    ),
    "separator": (
        ["score", "{data}", "--method", "{document}", "--separator", "\\t"],
        "separator is the sign between two cells",
    ),
    "unknown unit": (
        ["score", "{data}", "--method", "{document}", "--explain", "An Binh"],
        "there is no unit 'An Binh': did you mean 'An Bình'?",
    ),
    "kind of output": (
        ["score", "{data}", "--method", "{document}", "--out", "ranking.pdf"],
        "tables are not written to 'ranking.pdf'",
    ),
    "folder of output": (
        ["score", "{data}", "--method", "{document}", "--out", "no/such/ranking.csv"],
        "'ranking.csv' cannot be written",
    ),
}


@pytest.mark.parametrize(("words", "message"), BAD_CALLS.values(), ids=BAD_CALLS)
def test_bad_input_exits_with_one_and_no_traceback(
    document: str,
    data: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    files = {
        "document": document,
        "data": data,
        "bad": write(tmp_path / "bad.toml", "format = \n"),
        "short": write(tmp_path / "short.csv", "code,1\nA,6\n"),
        "wide": write(tmp_path / "wide.csv", "code,1,2\nA,7,80\n"),
        "typed": write(tmp_path / "typed.csv", "code,type,1,2\nA,smal,6,80\n"),
    }
    code, out, error = run(capsys, *(word.format(**files) for word in words))
    assert (code, out) == (1, "")
    assert message in error
    assert error.startswith("govindex: ")
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show"], "the following arguments are required: method"),
        (["score", "data.csv"], "the following arguments are required: --method"),
        (["validate"], "the following arguments are required: file"),
        (["check"], "the following arguments are required: method"),
        (["check", "a.toml", "--examples", "0"], "'0' is not a whole number of at least 1"),
        (["list", "more"], "unrecognized arguments: more"),
        (["score", "a.csv", "--method", "x", "--decimal", ";"], "invalid choice: ';'"),
        (["score", "a.csv", "--method", "x", "--sheet"], "--sheet: expected one argument"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_calls_exit_with_two(
    capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_output_to_a_closed_pipe_is_not_an_error() -> None:
    code = "import sys; from govindex.cli import main; sys.exit(main(['show', 'vn.sipas@2023']))"
    show = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert show.stdout is not None
    show.stdout.close()
    _, error = show.communicate(timeout=60)
    assert (show.returncode, error) == (0, "")


def test_a_misspelt_role_and_an_empty_column_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaves = [gi.Indicator(code, rule=gi.rules.Goalposts(worst=0, best=10)) for code in "xy"]
    framework = gi.Framework("index", leaves, absence=gi.absence.AsZero())
    document = tmp_path / "own.toml"
    gi.save_methodology(gi.Methodology("example.gaps", "1", framework), document)
    table = write(tmp_path / "own.csv", "code,leauge,x,y\nA,hills,3,\nB,coast,4,\nC,coast,5,\n")
    for command in (["score"], ["validate"], ["robustness", "--draws", "10"]):
        assert main([command[0], table, "--method", str(document), *command[1:]]) == 0
        out = capsys.readouterr().out
        assert "Columns not used: leauge (did you mean 'league'?)" in out
        assert "Columns in which no unit has a value: y" in out

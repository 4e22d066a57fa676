"""`govindex new`: a package of one's own methodology that passes its own tests."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import govindex as gi
from govindex import DataError, FrameworkError
from govindex.cli import main
from govindex.skeleton import package_files, read_rubric, write_package
from govindex.toml import loads

RUBRIC = """\
code;parent;name_vi;weight;aggregate;rule;target;per;measure;numerator;denominator;Ghi chú
CCHC;;Chỉ số (giả định);20;Sum;;;;;;;
1;CCHC;Hồ sơ đúng hạn;15;;Proportional;0,95;;Ratio;a;b;Quý I
2;CCHC;Đơn khiếu nại;5;;Deduction;;0,2;;;;
"""
FORMS = """\
format = 1
id = "my.index"
version = "2026"  # kept as it is written
[[nodes]]
code = "x"
[[nodes]]
code = "a"
parent = "x"
rule = "Points"
[[forms]]
type = "small"
[[forms.nodes]]
code = "x"
[[forms.nodes]]
code = "b"
parent = "x"
rule = "Points"
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    return write(tmp_path / "rubric.csv", RUBRIC)


def held(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


# -- what a package holds --------------------------------------------------------------------------


def test_package_offers_its_document_as_an_entry_point() -> None:
    texts = package_files("my-province.reform")
    project = tomllib.loads(texts["pyproject.toml"])["project"]
    assert project["name"] == "my-province-reform"
    assert project["entry-points"] == {
        "govindex.methodologies": {"my_province_reform": "my_province_reform"}
    }
    document = texts["src/my_province_reform/my-province.reform@1.toml"]
    assert loads(document).id == "my-province.reform"


def test_example_says_that_it_is_made_up_and_gives_what_it_expects(tmp_path: Path) -> None:
    texts = package_files("my-index")
    method = loads(texts["src/my_index/my-index@1.toml"])
    figures = gi.read_table(write(tmp_path / "figures.csv", texts["tests/figures.csv"]))
    found = method.compute(gi.Observations.from_frame(figures, unit="unit"))
    assert "made up" in method.label("en")
    assert [f"{score:g}" for score in found.score] == figures["expected score"].to_list()


def test_no_placeholder_is_left() -> None:
    assert [path for path, text in package_files("my-index").items() if "$" in text] == []


def test_rubric_of_a_spreadsheet_becomes_the_document(rubric: Path) -> None:
    text = read_rubric("my.index", rubric, decimal=",", ignore=["Ghi chú"])
    framework = gi.Framework.from_table(gi.read_table(rubric), decimal=",", ignore=["Ghi chú"])
    method = loads(text)
    assert (method.id, method.version, method.label("vi")) == ("my.index", "1", "Chỉ số (giả định)")
    assert method.framework == framework
    assert method.sources[0].title == "rubric.csv"
    assert text.startswith("# Made from 'rubric.csv' by govindex new.")


def test_figures_have_a_column_for_each_variable(rubric: Path) -> None:
    text = read_rubric("my.index", rubric, decimal=",", ignore=["Ghi chú"])
    assert package_files("my.index", text)["tests/figures.csv"] == "unit,a,b,2,expected score\n"


def test_document_is_kept_as_it_is_written(tmp_path: Path) -> None:
    text = read_rubric("my.index", write(tmp_path / "any.toml", FORMS))
    texts = package_files("my.index", text)
    assert texts["src/my_index/my.index@2026.toml"] == FORMS
    assert texts["tests/figures.csv"] == "unit,type,a,b,expected score\n"
    assert 'unit="unit", type="type"' in texts["tests/test_my_index.py"]


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("My-Index", "my-index"),
        ("Cải cách.Đắk Lắk", "cai-cach.dak-lak"),
        ("my_index", "my-index"),
        ("my..index-", "my.index"),
        ("2026", "my-2026"),
        ("***", "my-province.reform"),
        ("", "my-province.reform"),
        ("json", "my-json"),
        ("class", "my-class"),
        ("govindex", "my-govindex"),
    ],
)
def test_name_that_is_no_id_is_refused_with_one_that_is(name: str, near: str) -> None:
    with pytest.raises(FrameworkError, match=f"try '{near}'"):
        package_files(name)
    assert package_files(near)


def test_name_of_another_methodology_is_refused() -> None:
    with pytest.raises(FrameworkError, match=r"the document says 'my\.index', the name is 'mine'"):
        package_files("mine", FORMS)


# -- writing ---------------------------------------------------------------------------------------


def test_package_is_written_whole(tmp_path: Path) -> None:
    texts = package_files("my-index")
    write_package(texts, tmp_path / "my-index")
    assert held(tmp_path) == sorted(f"my-index/{path}" for path in texts)


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_is_overwritten(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "my-index"
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.touch()
    else:
        place.symlink_to(tmp_path / "nowhere")
    before = held(tmp_path)
    with pytest.raises(DataError, match=r"my-index' exists already and is left as it is"):
        write_package(package_files("my-index"), place)
    assert held(tmp_path) == before


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"my-index' cannot be written: "):
        write_package({"a.txt": "", "a.txt/b.txt": ""}, tmp_path / "my-index")
    assert list(tmp_path.iterdir()) == []


# -- the command -----------------------------------------------------------------------------------


def test_command_writes_and_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "my.index", "--into", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert held(tmp_path / "my-index") == sorted(package_files("my.index"))
    assert "  src/my_index/my.index@1.toml\n" in out
    assert f"  pip install -e '{tmp_path}/my-index[test]'\n" in out
    assert f"  python -m pytest {tmp_path}/my-index\n" in out


def test_command_writes_into_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my-index"]) == 0
    assert "Written to my-index:" in capsys.readouterr().out
    assert (tmp_path / "my-index" / "pyproject.toml").is_file()


def test_command_starts_from_a_sheet_of_a_workbook(
    tmp_path: Path, rubric: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        pd.DataFrame({"note": ["nothing"]}).to_excel(book, sheet_name="Ghi chú", index=False)
        gi.read_table(rubric).to_excel(book, sheet_name="Tiêu chí", index=False)
    call = ["new", "my-index", "--into", str(tmp_path), "--from", str(tmp_path / "book.xlsx")]
    assert main([*call, "--sheet", "Tiêu chí", "--decimal", ",", "--ignore", "Ghi chú"]) == 0
    capsys.readouterr()
    method = gi.load_methodology(tmp_path / "my-index/src/my_index/my-index@1.toml")
    assert method.framework.leaf_codes == ("1", "2")


BAD = {
    "name": (["Mine"], "'Mine' is none: try 'mine'"),
    "name before file": (["Mine", "--from", "none.csv"], "'Mine' is none: try 'mine'"),
    "no file": (["mine", "--from", "none.csv"], "'none.csv' cannot be read"),
    "unknown column": (["mine", "--from", "{rubric}"], "no use for the column 'Ghi chú'"),
    "id": (["mine", "--from", "{forms}"], "the document says 'my.index', the name is 'mine'"),
    "no folder": (["mine", "--into", "{forms}/x"], "x' to write in: make it first"),
}


@pytest.mark.parametrize(("words", "message"), BAD.values(), ids=BAD)
def test_command_refuses_and_writes_nothing(
    tmp_path: Path,
    rubric: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    forms = write(tmp_path / "forms.toml", FORMS)
    before = held(tmp_path)
    call = [word.format(rubric=rubric, forms=forms) for word in words]
    if "--into" not in call:
        call += ["--into", str(tmp_path)]
    assert main(["new", *call]) == 1
    assert message in capsys.readouterr().err
    assert held(tmp_path) == before


# -- its own tests ---------------------------------------------------------------------------------


@pytest.mark.skipif(
    importlib.util.find_spec("govindex.testing") is None,
    reason="the tests of a package need govindex.testing",
)
@pytest.mark.parametrize("start", ["example", "spreadsheet"])
def test_package_passes_its_own_tests(tmp_path: Path, rubric: Path, start: str) -> None:
    table = read_rubric("x.y", rubric, decimal=",", ignore=["Ghi chú"])
    texts = package_files("x.y", table if start == "spreadsheet" else None)
    write_package(texts, tmp_path / "x-y")
    sources = (tmp_path / "x-y" / "src", Path(gi.__file__).parents[1])
    path = os.pathsep.join(map(str, sources))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path / "x-y",
        env={**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr

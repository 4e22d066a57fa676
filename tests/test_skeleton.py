"""`govindex new`: a new package, which passes its tests."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import attrs
import pandas as pd
import pytest
import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st

import govindex as gi
from govindex import DataError, FrameworkError
from govindex.cli import main
from govindex.skeleton import _in_python, _in_toml, package_files, read_rubric, write_package
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
EXAMPLE = next(text for path, text in package_files("my-index").items() if "@" in path)
IDS = st.from_regex(r"[a-z0-9]{0,3}([.-][a-z0-9]{1,3}){0,2}", fullmatch=True)
SIGNS = st.text(st.sampled_from("=+-@'\";,.\t $ế"), max_size=5)


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
    result = method.compute(gi.Observations.from_frame(figures, unit="unit"))
    assert "made up" in method.label("en")
    assert [f"{score:g}" for score in result.score] == figures["expected score"].to_list()


def test_no_placeholder_is_left() -> None:
    assert [path for path, text in package_files("my-index").items() if "$" in text] == []


def test_rubric_of_a_spreadsheet_becomes_the_document(rubric: Path) -> None:
    text = read_rubric("my.index", rubric, decimal=",", ignore=["Ghi chú"])
    framework = gi.Framework.from_table(gi.read_table(rubric), decimal=",", ignore=["Ghi chú"])
    method = loads(text)
    assert (method.id, method.version, method.label("vi")) == ("my.index", "1", "Chỉ số (giả định)")
    assert method.framework == framework
    assert method.sources[0].title == "rubric.csv"
    assert text.startswith('# Made from "rubric.csv" by govindex new.')


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
        ("numpy", "my-numpy"),
        ("tests", "my-tests"),
        ("con", "my-con"),
        ("aux.reform", "my-aux.reform"),
        ("COM¹", "my-com1"),
    ],
)
def test_impossible_id_is_refused_with_a_possible_one(name: str, near: str) -> None:
    with pytest.raises(FrameworkError, match=f"try '{near}'"):
        package_files(name)
    assert package_files(near)


def test_name_of_another_methodology_is_refused() -> None:
    with pytest.raises(FrameworkError, match=r"the document says 'my\.index', the name is 'mine'"):
        package_files("mine", FORMS)


# -- text that tries to get in ---------------------------------------------------------------------

HOSTILE = (
    "1/../../../PWNED",
    "..",
    "1\\..\\x",
    "C:x",
    "/etc/x",
    '1"\ndependencies=["other"]\n[tool.x]\ny="1',
    """'1"if(__import__("os").system("x"))else"'""",
    '1"""; import os; """',
    "$module",
    "${id}",
    "1\n",
    "1\x00",
    "1\u2028x",
    "{name}",
    "nul.txt\n",
    "`x`",
)


COLUMNS = [text.strip() for text in HOSTILE if "\0" not in text]
VARIABLES = st.one_of(st.sampled_from(COLUMNS), SIGNS.map(lambda signs: f"{signs}x".strip()))


def generated(texts: dict[str, str], name: str, edition: str) -> dict[str, object]:
    """Return what the files of a package say, with their own name and edition blanked out."""
    module = name.replace(".", "_").replace("-", "_")

    def plain(text: str) -> str:
        for word in (edition, name, module, name.replace(".", "-")):
            text = re.sub(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", "?", text)
        return text.replace(f"test_{module}", "test_?")

    actual: dict[str, object] = {}
    for path, text in texts.items():
        if path.endswith(".py"):
            actual[plain(path)] = plain(ast.dump(ast.parse(text)))
        elif path == "pyproject.toml":
            actual[path] = plain(repr(tomllib.loads(text)))
        elif path == "README.md":
            actual[path] = plain(text)
        else:
            actual[plain(path)] = None
    return actual


@given(version=st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8)))
@example("2022-05.1")
def test_version_gets_no_text_into_a_generated_file(version: str) -> None:
    document = tomli_w.dumps(tomllib.loads(FORMS) | {"version": version})
    if not re.fullmatch(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*", version):
        with pytest.raises(FrameworkError, match="the version is made of letters"):
            package_files("my.index", document)
        return
    texts = package_files("my.index", document)
    expected = generated(package_files("my.index", FORMS), "my.index", "my.index@2026")
    assert generated(texts, "my.index", f"my.index@{version}") == expected


@given(name=st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8), IDS).map("zq".__add__))
def test_id_gets_no_text_into_a_generated_file(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*", name):
        with pytest.raises(FrameworkError, match="try '"):
            package_files(name)
        return
    texts = package_files(name)
    document = loads(texts[next(path for path in texts if "@" in path)])
    assert document == attrs.evolve(loads(EXAMPLE), id=name)
    expected = generated(package_files("my-index"), "my-index", "my-index@1")
    assert generated(texts, name, f"{name}@1") == expected


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@example(HOSTILE[5])
@example(HOSTILE[6])
def test_text_is_quoted_for_the_language_of_its_file(text: str) -> None:
    assert ast.literal_eval(_in_python(text)) == text
    assert tomllib.loads(f"x = {_in_toml(text)}\ny = 1") == {"x": text, "y": 1}


@settings(max_examples=30)
@example(names=['1"""; import os; """', ";;x"])
@given(names=st.lists(VARIABLES, min_size=1, max_size=8))
def test_variables_are_read_back_from_the_figures(names: list[str]) -> None:
    nodes = [{"code": "r"}] + [
        {"code": f"n{i}", "parent": "r", "rule": "Points", "measure": name}
        for i, name in enumerate(names)
    ]
    document = {"format": 1, "id": "my.index", "version": "1", "nodes": nodes}
    texts = package_files("my.index", tomli_w.dumps(document))
    method = loads(texts["src/my_index/my.index@1.toml"])
    with tempfile.TemporaryDirectory() as folder:
        write_package(texts, Path(folder) / "x")
        columns = list(gi.read_table(Path(folder) / "x/tests/figures.csv").columns)
    assert columns == ["unit", *dict.fromkeys(method.framework.variables), "expected score"]


@pytest.mark.parametrize("name", ["a\nb = 1.csv", "a\x7f.csv", "a\u2028.csv", "a\n.toml"])
def test_file_name_gets_no_text_into_the_document(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, RUBRIC)
    with pytest.raises(DataError, match=r"holds printable signs only, not .*: rename the file"):
        read_rubric("my.index", tmp_path / name)


def test_file_name_is_quoted(tmp_path: Path) -> None:
    name = "a' {name} \" \\ $id.csv"
    text = read_rubric("x.y", write(tmp_path / name, RUBRIC), decimal=",", ignore=["Ghi chú"])
    assert loads(text).sources[0].title == name
    assert text.splitlines()[0].startswith(f"# Made from {_in_toml(name)} by govindex new")


ELSEWHERE = ("../x", "/x", "a/../../x", "a//x", "a\\x", "c:x", "a/con", "NUL.txt", "a/com1.x.py")
NO_NAMES = ("x.", "x ", "x\n", "a/./x", "", "lpt³", "a*", "a/")


@pytest.mark.parametrize("path", [*ELSEWHERE, *NO_NAMES])
def test_path_that_leads_elsewhere_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DataError, match=r"names in a path of a package|keeps the name"):
        write_package({path: "x"}, tmp_path / "inner" / "x")
    assert list(tmp_path.iterdir()) == []


def test_text_that_is_not_unicode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"x' cannot be written: a text is not Unicode"):
        write_package({"a.txt": "\ud800"}, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


# -- writing ---------------------------------------------------------------------------------------


def test_package_is_written_whole(tmp_path: Path) -> None:
    texts = package_files("my-index")
    write_package(texts, tmp_path / "my-index")
    assert held(tmp_path) == sorted(f"my-index/{path}" for path in texts)


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_is_overwritten(tmp_path: Path, kind: str) -> None:
    index = tmp_path / "my-index"
    if kind == "folder":
        index.mkdir()
    elif kind == "file":
        index.touch()
    else:
        index.symlink_to(tmp_path / "nowhere")
    before = held(tmp_path)
    with pytest.raises(DataError, match=r"my-index' exists already and is not changed"):
        write_package(package_files("my-index"), index)
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
    "name": (["Mine"], "'Mine' is not: try 'mine'"),
    "name before file": (["Mine", "--from", "none.csv"], "'Mine' is not: try 'mine'"),
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
    # A sample of the laws: `.ci/run` tries all of them on a package that is installed.
    some = "contract or scoring or betterment or not laws"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", some, "."],
        cwd=tmp_path / "x-y",
        env={**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr

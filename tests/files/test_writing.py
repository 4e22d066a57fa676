"""What is written reads back equal, is harmless elsewhere, and is whole or not there."""

from __future__ import annotations

import csv
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import govindex as gi
from govindex.cli import main
from govindex.files import read_table, write_table
from govindex.files.guards import guarded, unguarded

SUFFIXES = (".csv", ".xlsx", ".json", ".parquet")
FRAME = pd.DataFrame({"unit": ["An Bình", "Hòa Lạc"], "days": [3.5, 4.0]})
METHOD = gi.Methodology(
    "example.m", "1", gi.Framework("r", [gi.Indicator(c, rule=gi.rules.MinMax()) for c in "xy"])
)
SIGNS = "=+-@\t\r\n'\"“,;|#_x000D_ ＝−ế\u0301\u2028😀"


def texts() -> st.SearchStrategy[str]:
    """Texts with what breaks files: signs of formulas, quotes, line ends, apostrophes."""
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff")
    return st.text(st.one_of(st.sampled_from(SIGNS), letters), min_size=1, max_size=12)


def there_and_back(frame: pd.DataFrame, suffix: str) -> pd.DataFrame:
    with TemporaryDirectory() as folder:
        write_table(frame, Path(folder) / f"a{suffix}")
        return read_table(Path(folder) / f"a{suffix}")


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(names=st.lists(texts(), min_size=1, max_size=6))
def test_texts_read_back_equal(suffix: str, names: list[str]) -> None:
    frame = pd.DataFrame({"code": [f"c{i}" for i in range(len(names))], "name": names})
    assert there_and_back(frame, suffix)["name"].to_list() == names


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(titles=st.lists(texts().map(str.strip).filter(bool), min_size=2, unique=True, max_size=5))
@example(titles=["0", ";"])  # at ";" too there would be two columns, with quotation marks in them
def test_titles_read_back_equal(suffix: str, titles: list[str]) -> None:
    frame = pd.DataFrame([["a"] * len(titles)], columns=titles)
    assert list(there_and_back(frame, suffix).columns) == titles


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(numbers=st.lists(st.floats(-9e307, 9e307), min_size=1, max_size=5))
def test_numbers_read_back_to_the_last_bit(suffix: str, numbers: list[float]) -> None:
    frame = pd.DataFrame({"unit": list("abcde")[: len(numbers)], "x": numbers})
    if suffix == ".xlsx":  # sixteen digits are written
        assert there_and_back(frame, suffix)["x"].to_list() == pytest.approx(numbers, rel=1e-15)
    else:
        assert [float(x) for x in there_and_back(frame, suffix)["x"]] == numbers


@given(text=st.one_of(texts(), st.floats(max_value=-1e-300).map(repr)))
def test_a_guarded_text_begins_no_formula_and_is_found_again(text: str) -> None:
    written = guarded(text)
    assert unguarded(written) == text
    assert written[0] not in "=+-@\t\r\n" or re.fullmatch(r"-[\d.,]+(e[+-]?\d+)?", written)


@pytest.mark.parametrize("number", ["-5", "-0.5", "-.5", "-3,5", "-1.234,56", "-1e-05", "-2E+3"])
def test_negative_numbers_have_no_apostrophe(number: str) -> None:
    assert guarded(number) == number


@pytest.mark.parametrize("text", ["-", "-A1", "-2+3", "-5%", "--5", "-1 OR 1", "+7", "@x", "=1"])
def test_what_only_begins_like_a_number_has_one(text: str) -> None:
    assert guarded(text) == f"'{text}"


def test_no_cell_of_a_written_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    names = ["=1+2", "https://example.org", "+7", "@A", "007", "{=1}", "mailto:a@b.c", "1E3"]
    frame = pd.DataFrame({"unit": names, "=A1": names})
    write_table(frame, tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in archive.namelist() if "sheet1.xml.rels" in name]
    assert not re.search(r"<f[ >/]|hyperlink", sheet)
    assert read_table(tmp_path / "a.xlsx").to_numpy().tolist() == frame.to_numpy().tolist()


def test_csv_cells_are_guarded_however_the_file_is_split(tmp_path: Path) -> None:
    frame = pd.DataFrame({"unit": ["a;=1", "b\t=1", "c\r=1", "=1", "-5"], "x": [-1, 2, 3, 4, 5]})
    write_table(frame, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = stream.read()
        stream.seek(0)
        cells = [row[0] for row in csv.reader(stream)][1:]
    assert cells == ["a;=1", "b\t=1", "c\r=1", "'=1", "-5"]
    assert '"a;=1",-1\n' in lines


def test_texts_of_the_shell_are_guarded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "d.csv").write_text('code,unit,x,y\n"\'=1+2","=HYPERLINK(""a"")",1,1\n-5,@A,3,2\n')
    gi.save_methodology(METHOD, tmp_path / "m.toml")
    for suffix in (".csv", ".xlsx"):
        out = tmp_path / f"o{suffix}"
        words = ["score", str(tmp_path / "d.csv"), "--method", str(tmp_path / "m.toml")]
        assert main([*words, "--out", str(out)]) == 0
        is_book = suffix == ".xlsx"
        table = read_table(out, sheet="Ranking", header=4) if is_book else read_table(out)
        assert set(table["Unit" if is_book else "name"]) == {'=HYPERLINK("a")', "@A"}
    capsys.readouterr()
    raw = (tmp_path / "o.csv").read_text(encoding="utf-8-sig")
    assert '"\'=HYPERLINK(""a"")"' in raw


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_absent_cells_dates_and_truths_are_written(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame(
        {
            "unit": ["A", "B"],
            "x": [1.5, np.nan],
            "n": pd.array([None, 3], dtype="Int64"),
            "on": [date(2026, 1, 2), date(2026, 1, 3)],
            "at": [datetime(2026, 1, 2, 3, 4), pd.NaT],
            "yes": [True, False],
        }
    )
    actual = there_and_back(frame, suffix)
    blank = actual.map(lambda cell: pd.isna(cell) or cell == "").to_numpy()
    assert blank.nonzero()[0].tolist() == [0, 1, 1]
    assert [str(cell)[:10] for cell in actual["on"]] == ["2026-01-02", "2026-01-03"]
    assert str(actual["yes"].to_list()[0]) == "True"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_of_the_same_name_are_not_written(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame([[1, 2]], columns=["x", "x"])
    with pytest.raises(gi.DataError, match="two columns have the same name: 'x'"):
        write_table(frame, tmp_path / f"a{suffix}")


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("x" * 32_768, r"cell B2 has 32,768 letters, and a cell of a sheet at most 32,767"),
        (2**53 + 1, r"cannot hold the number 9007199254740993 of cell B2 exactly"),
        (float("inf"), r"cannot hold the number inf of cell B2"),
    ],
)
def test_content_that_a_sheet_cannot_hold_is_refused(
    tmp_path: Path, cell: object, problem: str
) -> None:
    with pytest.raises(gi.DataError, match=problem):
        write_table(pd.DataFrame({"unit": ["A"], "x": [cell]}), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_more_columns_than_a_sheet_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(gi.DataError, match=r"1 rows and 16,385 columns, and a sheet has 1,048,576"):
        write_table(pd.DataFrame(np.zeros((1, 16_385))), tmp_path / "a.xlsx")


# -- whole or not at all ---------------------------------------------------------------------------


def writers(suffix: str) -> Callable[[Path, bool], None]:
    if suffix == ".toml":
        return lambda file, overwrite: gi.save_methodology(METHOD, file, overwrite=overwrite)
    return lambda file, overwrite: write_table(FRAME, file, overwrite=overwrite)


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".toml"])
def test_a_file_that_exists_is_left_unless_it_is_to_be_replaced(
    tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"a{suffix}"
    file.write_text("mine")
    file.chmod(0o640)
    with pytest.raises(gi.DataError, match=rf"'a\{suffix}' exists already .*overwrite=True .*--f"):
        writers(suffix)(file, False)
    assert file.read_text() == "mine"
    writers(suffix)(file, True)
    assert file.read_bytes() != b"mine"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [actual.name for actual in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".toml"])
def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    file = tmp_path / f"a{suffix}"
    writers(suffix)(file, False)
    good = file.read_bytes()

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # As where the workbook is open in a spreadsheet program.
    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(gi.DataError, match=rf"'a\{suffix}' cannot be written: "):
        writers(suffix)(file, True)
    assert (file.read_bytes(), len(list(tmp_path.iterdir()))) == (good, 1)


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".toml"])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    writers(suffix)(file, False)
    good = file.read_bytes()
    code = (
        "import resource, signal, sys, pandas as pd, govindex as gi\n"
        "path = sys.argv[1]\n"
        "nodes = [gi.Indicator(f'x{i}', rule=gi.rules.MinMax()) for i in range(200)]\n"
        "method = gi.Methodology('e.m', '1', gi.Framework('f', nodes))\n"
        "frame = pd.DataFrame({'unit': [f'unit {i}' for i in range(20000)], 'x': range(20000)})\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        "    if path.endswith('.toml'): gi.save_methodology(method, path, overwrite=True)\n"
        "    else: gi.write_table(frame, path, overwrite=True)\n"
        "except gi.DataError as error: print(error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, env=environment
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"'a{suffix}' cannot be written: " in done.stdout
    assert (file.read_bytes(), len(list(tmp_path.iterdir()))) == (good, 1)


def test_a_write_that_is_interrupted_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_table(FRAME, tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_came_meanwhile_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.link

    def raced(source: Path, target: Path) -> None:
        target.write_text("theirs")
        real(source, target)

    monkeypatch.setattr(os, "link", raced)
    with pytest.raises(gi.DataError, match=r"'a\.csv' cannot be written: File exists"):
        write_table(FRAME, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "theirs"


def test_disks_without_links_are_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refused)
    write_table(FRAME, tmp_path / "a.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_read_only_files_pipes_and_folders_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").mkdir()
    os.mkfifo(tmp_path / "b.csv")
    for name in ("a.csv", "b.csv"):
        with pytest.raises(gi.DataError, match="cannot be written: it is a folder, a pipe or a de"):
            write_table(FRAME, tmp_path / name, overwrite=True)
    write_table(FRAME, tmp_path / "c.csv")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(gi.DataError, match="cannot be written: it is read-only"):
        write_table(FRAME, tmp_path / "c.csv", overwrite=True)


def test_what_a_link_points_to_is_replaced_not_the_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "a.csv").symlink_to(tmp_path / "real.csv")
    write_table(FRAME, tmp_path / "a.csv", overwrite=True)
    assert (tmp_path / "a.csv").is_symlink()
    assert len(read_table(tmp_path / "real.csv")) == 2


@pytest.mark.parametrize("command", ["score", "robustness"])
def test_the_shell_replaces_a_file_only_with_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    data, document, out = (tmp_path / name for name in ("d.csv", "m.toml", "o.csv"))
    data.write_text("unit,x,y\nA,1,3\nB,2,1\nC,4,2\n")
    gi.save_methodology(METHOD, document)
    out.write_text("mine")
    words = [command, str(data), "--method", str(document), "--out", str(out)]
    words += ["--draws", "20"] if command == "robustness" else []
    assert main(words) == 1
    assert "--force" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert main([*words, "--force"]) == 0
    assert len(read_table(out)) == 3


def test_json_is_written_as_records(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"unit": ["A"], "x": [0.1 + 0.2]}), tmp_path / "a.json")
    records = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert records == [{"unit": "A", "x": 0.30000000000000004}]
    with pytest.raises(gi.DataError, match=r"'a\.json' cannot be written: .*not JSON compliant"):
        write_table(pd.DataFrame({"x": [np.inf]}), tmp_path / "a.json", overwrite=True)


@pytest.mark.parametrize("name", ["A", "Sở Văn hóa, Thể thao và Du lịch", "x" * 400])
def test_columns_of_a_workbook_show_their_titles_and_short_texts(name: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"unit": [None, name], "percent_before": [100 / 3, 50.0]})
    write_table(frame, tmp_path / "wide.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "wide.xlsx").worksheets[0]
    first, second = (sheet.column_dimensions[letter].width for letter in "AB")
    assert min(len(name), 60) <= first < 62
    assert len("percent_before") < second < 25

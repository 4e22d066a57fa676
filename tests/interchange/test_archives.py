"""An archive is computed again: every change of a number, a file or the methodology is named."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest

import govindex as gi
from govindex.cli.entry import main
from govindex.interchange import archives
from govindex.interchange.json_files import json_text
from tests.document_goldens import method, result


def rewritten(file: Path, change: Callable[[dict[str, Any]], None], *, signed: bool) -> Path:
    """Change the files of an archive; with `signed` the hashes are those of the changed files."""
    with zipfile.ZipFile(file) as archive:
        texts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    contents: dict[str, Any] = {
        name: json.loads(text) if name.endswith(".json") else text for name, text in texts.items()
    }
    change(contents)
    packed = {
        name: (content if isinstance(content, str) else json_text(content)).encode()
        for name, content in contents.items()
    }
    if signed:
        manifest = contents["manifest.json"]
        manifest["sha256"] = {
            name: archives._hash(content)
            for name, content in packed.items()
            if name != "manifest.json"
        }
        packed["manifest.json"] = json.dumps(manifest).encode()
    changed = file.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in packed.items():
            archive.writestr(name, content)
    return changed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "index.zip"
    result().archive(path)
    return path


def test_an_archive_is_verified_and_has_the_same_bytes(file: Path) -> None:
    again = file.with_name("again.zip")
    method().compute(gi.Observations.from_json(result().given.to_json())).archive(again)  # type: ignore[union-attr]

    assert file.read_bytes() == again.read_bytes()
    check = gi.verify_archive(file)
    assert check.verified
    assert (check.methodology, check.units, check.notes) == ("example.made-up@1", 5, ())


def test_data_before_preparation_are_in_the_archive(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        data = gi.Observations.from_json(archive.read("data.json"))

    assert data == result().given
    assert data.value("B", "days") == 12.0  # treated to 9 before it was scored


def swapped_ranks(contents: dict[str, Any]) -> None:
    ranks = contents["result.json"]["nodes"][0]["rank"]
    ranks[0], ranks[1] = ranks[1], ranks[0]


def raised_score(contents: dict[str, Any]) -> None:
    contents["result.json"]["nodes"][0]["score"][3] += 0.1


def changed_data(contents: dict[str, Any]) -> None:
    contents["data.json"]["variables"][0]["value"][2] = 0.5


def changed_status(contents: dict[str, Any]) -> None:
    contents["data.json"]["variables"][1]["status"][1] = "reported"


def changed_rule(contents: dict[str, Any]) -> None:
    text = contents["methodology.toml"]
    contents["methodology.toml"] = text.replace("weight = 2", "weight = 3")


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], None], str, set[tuple[Any, Any]]]] = {
    "ranks": (swapped_ranks, "archive.rank", {("A", "total"), ("B", "total")}),
    "score": (raised_score, "archive.score", {("D", "total")}),
    "data": (changed_data, "archive.score", {("C", "days"), ("C", "speed"), ("C", "total")}),
    "status": (changed_status, "archive.status", {("B", "share"), ("B", "done")}),
    "rule": (changed_rule, "archive.methodology", {(None, None)}),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_named_cell_by_cell_though_hashes_agree(case: str, file: Path) -> None:
    change, code, cells = CHANGES[case]
    check = gi.verify_archive(rewritten(file, change, signed=True))

    assert not check.verified
    found = {(p.unit, p.variable) for p in check.problems if p.code == code}
    assert found >= cells
    assert "archive.changed" not in {problem.code for problem in check.problems}


@pytest.mark.parametrize("case", CHANGES)
def test_a_changed_file_does_not_have_its_hash(case: str, file: Path) -> None:
    check = gi.verify_archive(rewritten(file, CHANGES[case][0], signed=False))

    assert "archive.changed" in {problem.code for problem in check.problems}


def test_added_and_removed_files_are_named(file: Path) -> None:
    def change(contents: dict[str, Any]) -> None:
        contents["note.txt"] = "seen"
        del contents["methodology.toml"]

    codes = [
        problem.code
        for problem in gi.verify_archive(rewritten(file, change, signed=False)).problems
    ]
    assert {"archive.added", "archive.removed", "archive.plugin"} <= {*codes}


def test_another_version_is_a_note(file: Path) -> None:
    def change(contents: dict[str, Any]) -> None:
        contents["manifest.json"]["versions"]["numpy"] = "1.0"
        contents["manifest.json"]["govindex"] = "0.0.1"

    check = gi.verify_archive(rewritten(file, change, signed=True))
    assert check.verified
    assert [note.partition(",")[0] for note in check.notes] == [
        "written with govindex 0.0.1",
        "written with numpy 1.0",
    ]


class Median:
    """A methodology that is code."""

    id, version, fingerprint = "example.median", "1", "example.median@1"
    framework = gi.Framework(
        "total", [gi.Indicator(code, rule=gi.rules.Identity()) for code in "abc"]
    )

    def compute(self, observations: gi.Observations) -> gi.IndexResult:
        scores = {"total": np.median(observations.values, axis=1)}
        return gi.result_from_scores(self, observations, scores)


def test_a_methodology_that_is_code_comes_from_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame({"unit": ["A", "B"], "a": [1.0, 2], "b": [3.0, 4], "c": [9.0, 1]})
    made = Median().compute(gi.Observations.from_frame(frame))
    file = tmp_path / "median.zip"
    made.archive(file)

    (missing,) = gi.verify_archive(file).problems
    assert missing.code == "archive.plugin"
    assert "no installed package offers it" in missing
    monkeypatch.setattr(archives, "methodology", lambda name: Median())
    assert gi.verify_archive(file).verified
    monkeypatch.setattr(Median, "fingerprint", "example.median@2")
    assert {p.code for p in gi.verify_archive(file).problems} >= {"archive.methodology"}
    again = gi.IndexResult.from_json(made.to_json())
    assert again.table().equals(made.table())
    assert again.method is not None
    assert made.given is not None
    with pytest.raises(gi.SettingError, match="is code that the document of this result"):
        again.method.compute(made.given)


def test_one_period_of_a_panel_is_computed_from_the_whole(tmp_path: Path) -> None:
    days = [f"vn.service-766.provinces-2026-10-{day}" for day in ("06", "10")]
    early, late = (attrs.evolve(gi.datasets.load(day), period=None) for day in days)
    panel = gi.Observations.panel({"2026-09": early, "2026-10": late})
    whole = gi.methodology("vn.service-766").cut().compute(panel)
    file = tmp_path / "october.zip"
    whole.at_period("2026-10").archive(file)

    check = gi.verify_archive(file)
    assert check.verified
    assert check.units == 34


def test_a_result_without_its_data_cannot_be_archived(tmp_path: Path) -> None:
    again = gi.IndexResult.from_json(result().to_json())
    with pytest.raises(gi.DataError, match=r"the data before preparation.*compute it with"):
        again.archive(tmp_path / "x.zip")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no archive of a result"),
        (b"PK\x03\x04" + b"x" * 50, "no archive"),
        (None, "cannot be"),
    ],
)
def test_other_files_are_refused(content: bytes | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(gi.DataError, match=message):
        gi.verify_archive(path)


def test_a_zip_without_a_manifest_or_of_another_version_is_refused(file: Path) -> None:
    def other(contents: dict[str, Any]) -> None:
        contents["manifest.json"]["schema"] = "govindex/archive/2"

    def empty(contents: dict[str, Any]) -> None:
        contents["manifest.json"] = {"schema": "govindex/archive/1"}

    for change, message in [(other, "schema 'govindex/archive/2'"), (empty, "must name the")]:
        with pytest.raises(gi.DataError, match=message):
            gi.verify_archive(rewritten(file, change, signed=False))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.txt", "x")
    with pytest.raises(gi.DataError, match=r"holds no manifest\.json"):
        gi.verify_archive(file)


def test_the_shell_verifies_in_both_languages(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = rewritten(file, swapped_ranks, signed=False)

    assert main(["verify", str(file)]) == 0
    assert "every number is found again" in capsys.readouterr().out
    assert main(["verify", str(changed)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "changed.zip: not verified. example.made-up@1: 3 differences:"
    assert "  A, total: the rank is 2 in the archive, 1 when computed again" in lines
    assert main(["verify", str(changed), "--language", "vi"]) == 1
    text = capsys.readouterr().out
    assert "'result.json' bị sửa sau khi lập tệp lưu" in text
    assert "A, total: thứ hạng trong tệp lưu là 2, tính lại được 1" in text


def test_the_shell_writes_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, file = tmp_path / "data.csv", tmp_path / "x.zip"
    document = tmp_path / "method.toml"
    leaf = gi.Indicator("days", direction="lower", rule=gi.rules.MinMax())
    gi.save_methodology(gi.Methodology("made.up", "1", gi.Framework("f", [leaf])), document)
    data.write_text("unit,days\nA,3\nB,7\nC,4.5\n", encoding="utf-8")
    call = ["score", str(data), "--method", str(document), "--out", str(file)]

    assert main(call) == 0
    assert main(["verify", str(file)]) == 0
    assert "made.up@1, 3 units" in capsys.readouterr().out
    assert main(call) == 1
    assert "--force" in capsys.readouterr().err
    assert main([*call, "--force"]) == 0

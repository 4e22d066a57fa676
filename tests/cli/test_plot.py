"""Pictures from the shell."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import govindex as gi
from govindex.cli.entry import main

KINDS = [
    *("ranking", "heatmap", "contributions", "league_table", "missing", "weights", "framework"),
    *("acceptability", "pairwise", "rank_intervals", "swap_margins", "correlations", "sensitivity"),
]


@pytest.fixture(scope="module")
def provinces(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("provinces") / "provinces.csv"
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    gi.write_table(data.frame.reset_index(), file)
    return str(file)


def call(file: str, kind: str, out: Path, *more: str) -> list[str]:
    method = ["--method", "vn.service-766", "--cut"]
    return ["plot", kind, file, *method, "--out", str(out), "--language", "vi", *more]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn(provinces: str, kind: str, tmp_path: Path) -> None:
    out = tmp_path / "picture.svg"
    assert main(call(provinces, kind, out, "--draws", "50")) == 0
    assert out.read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("profile", ["--of", "H20"]),
        ("radar", ["--of", "H20", "--of", "H32"]),
        ("scatter", ["--x", "1", "--y", "2"]),
        ("distribution", ["--x", "1"]),
    ],
)
def test_kinds_that_are_about_something_name_it(
    provinces: str,
    kind: str,
    more: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "picture.png"
    assert main(call(provinces, kind, out, *more, "--dark")) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert main(call(provinces, kind, tmp_path / "other.png")) == 1
    assert f"a picture of the kind '{kind}' needs {more[0]}" in capsys.readouterr().err


def test_a_change_is_drawn_of_two_files(provinces: str, tmp_path: Path) -> None:
    out = tmp_path / "change.pdf"
    assert main(call(provinces, "change", out, "--before", provinces)) == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_every_picture_of_the_namespace_but_one_is_a_kind() -> None:
    from govindex import plot
    from govindex.cli.plot import _KINDS

    assert {*plot.__all__} - {*_KINDS} == {"explorer", "tasks"}  # registers are no table of units


def test_ranks_are_followed_over_two_files_or_a_panel(
    provinces: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "bump.svg"
    early = tmp_path / "early.csv"
    early.write_bytes(Path(provinces).read_bytes())
    assert main(call(provinces, "bump", out, "--before", str(early), "--of", "H20")) == 0
    assert ">early<" in out.read_text(encoding="utf-8") or "<!-- early -->" in out.read_text(
        encoding="utf-8"
    )
    assert main(call(provinces, "bump", tmp_path / "other.svg")) == 1
    assert "needs --before, or figures of several periods" in capsys.readouterr().err
    frame = pd.read_csv(provinces)
    panel = tmp_path / "panel.csv"
    pd.concat([frame.assign(year=2025), frame.assign(year=2026)]).to_csv(panel, index=False)
    over = tmp_path / "panel.svg"
    assert main(call(str(panel), "bump", over, "--period", "year")) == 0
    assert "<!-- 2025 -->" in over.read_text(encoding="utf-8")


def test_the_explorer_is_a_page(
    provinces: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    assert main(call(provinces, "explorer", out)) == 0
    bare = out.read_text(encoding="utf-8")
    assert "H20" in bare
    wide = tmp_path / "intervals.html"
    assert main(call(provinces, "explorer", wide, "--draws", "50")) == 0
    assert len(wide.read_text(encoding="utf-8")) > len(bare)
    assert main(call(provinces, "explorer", tmp_path / "page.png")) == 1
    assert "the explorer is a page, .html, not '.png'" in capsys.readouterr().err


def test_other_files_are_refused(
    provinces: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(call(provinces, "ranking", tmp_path / "picture.gif")) == 1
    assert "pictures are written as .png, .svg, .pdf, not '.gif'" in capsys.readouterr().err


def test_the_demo_opens_with_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "demo.html"
    assert main(["demo", "--html", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"Written to {out}")
    assert "<script" in out.read_text(encoding="utf-8")

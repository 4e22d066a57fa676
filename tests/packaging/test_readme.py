"""What the README shows is what comes out: outputs, pictures, commands, links."""

from __future__ import annotations

import doctest
import re
import runpy
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest

import govindex as gi
from govindex.cli import main
from tests.sampling import some

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MADE_UP = ROOT / "examples" / "province_year" / "made-up"
PICTURES = re.findall(r"\]\(docs/pictures/(\w+)\.png\)", README)
DRAWING = runpy.run_path(str(ROOT / "docs" / "pictures" / "draw.py"))
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def python_blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def absent_links(text: str, folder: Path) -> list[str]:
    return [target for target in LINK.findall(text) if not (folder / target).exists()]


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_outputs_are_shown_and_run_with_the_tests() -> None:
    shown = [example for example in doctest.DocTestParser().get_examples(README) if example.want]
    assert len(shown) >= 5
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    options = project["tool"]["pytest"]["ini_options"]
    assert "README.md" in options["testpaths"]
    assert "--doctest-glob=*.md" in options["addopts"]


def test_blocks_without_output_run_on_a_made_up_annex(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = [block for block in python_blocks() if ">>>" not in block]
    assert plain != []
    shutil.copy(MADE_UP / "bo_tieu_chi_2025.xlsx", tmp_path / "annex.xlsx")
    shutil.copy(MADE_UP / "diem_2025.xlsx", tmp_path / "scores.xlsx")
    monkeypatch.chdir(tmp_path)
    for block in plain:
        exec(block, {"gi": gi})
    assert (tmp_path / "report.docx").read_bytes().startswith(b"PK")


def test_commands_exist(capsys: pytest.CaptureFixture[str]) -> None:
    listed = re.findall(r"\(`govindex (read`.+?)\)", README, flags=re.DOTALL)
    commands = re.findall(r"`(?:govindex )?([a-z]+)`", "`" + listed[0])
    commands += re.findall(r"govindex ([a-z]+) ", "".join(re.findall(r"`[^`\n]+`", README)))
    assert {"read", "form", "score", "new", "report"} <= set(commands)
    for command in set(commands):
        with pytest.raises(SystemExit, match="0"):
            main([command, "--help"])


def test_pictures_have_a_drawing() -> None:
    assert sorted(PICTURES) == sorted(DRAWING["PICTURES"])


@pytest.mark.parametrize("name", some(PICTURES))
def test_picture_is_the_one_that_is_drawn(name: str, tmp_path: Path) -> None:
    image = pytest.importorskip("matplotlib.image")
    stored = image.imread(ROOT / "docs" / "pictures" / f"{name}.png")
    drawn = image.imread(DRAWING["draw"](name, tmp_path))
    # Another release of matplotlib moves lines and letters by a pixel, not bars and names.
    assert differ(stored, drawn) < 0.03
    assert differ(stored, drawn[::-1]) > 0.03


def differ(first: np.ndarray, second: np.ndarray) -> float:
    """Return the mean difference of two pictures, of the part that both have; 1 is the most."""
    height, width = (min(first.shape[axis], second.shape[axis]) for axis in (0, 1))
    assert max(first.shape[0], second.shape[0]) < 1.02 * height
    return float(np.abs(first[:height, :width] - second[:height, :width]).mean())


def test_numbers_in_alternative_texts_are_those_of_the_pictures() -> None:
    result = gi.methodology("vn.service-766").cut()
    data = gi.datasets.load("vn.service-766.provinces-2026-10-10")
    score = result.compute(data).score
    texts = re.findall(r"!\[([^\]]+)\]", README)
    assert f"{len(score)} provinces" in texts[0]
    assert f"from {score.max():.2f} to {score.min():.2f}" in texts[0]


def test_links_lead_somewhere() -> None:
    assert absent_links(README, ROOT) == []
    assert absent_links("[there](README.md) [gone](docs/gone.md)", ROOT) == ["docs/gone.md"]

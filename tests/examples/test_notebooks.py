"""The notebooks of the lessons: the cells of the pages, small, with the outputs of a run."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sampling import some

pytest.importorskip("myst_nb", reason="notebooks are read and run by what builds the documentation")

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "examples" / "notebooks" / "make.py"
MAKE = runpy.run_path(str(FILE))
LESSONS: tuple[str, ...] = MAKE["LESSONS"]
AGAIN = "run `python examples/notebooks/make.py {}`"


def outputs(lesson: str) -> list[Any]:
    return [output for cell in MAKE["stored"](lesson).cells for output in cell.get("outputs", [])]


def test_every_lesson_of_the_documentation_has_a_notebook() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    listed = re.search(r":caption: Tutorials\n(?::[^\n]*\n)*\n(.*?)\n```", index, flags=re.DOTALL)
    assert listed is not None
    assert tuple(listed[1].split()) == LESSONS
    assert sorted(file.stem for file in FILE.parent.glob("*.ipynb")) == sorted(LESSONS)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_notebook_has_the_cells_of_its_lesson(lesson: str) -> None:
    cells = [MAKE["sources"](read(lesson)) for read in (MAKE["stored"], MAKE["notebook_of"])]
    assert cells[0] == cells[1], AGAIN.format(lesson)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_notebook_is_small_and_says_something(lesson: str) -> None:
    assert (FILE.parent / f"{lesson}.ipynb").stat().st_size < MAKE["LARGEST"]
    said = outputs(lesson)
    assert len(said) >= 5
    shapes = {shape for output in said for shape in output.get("data", {})}
    assert shapes <= set(MAKE["SHAPES"])


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_notebook_fails_only_where_its_lesson_shows_an_error(lesson: str) -> None:
    for cell in MAKE["stored"](lesson).cells:
        failed = any(output.output_type == "error" for output in cell.get("outputs", []))
        assert failed == ("raises-exception" in cell.metadata.get("tags", [])), cell.source


@pytest.mark.parametrize("lesson", LESSONS)
def test_files_that_a_notebook_names_are_there(lesson: str) -> None:
    prose = [cell.source for cell in MAKE["stored"](lesson).cells if cell.cell_type == "markdown"]
    links = re.findall(r"\]\((?!https?:)([^)#]+)", "\n".join(prose))
    code = [cell.source for cell in MAKE["stored"](lesson).cells if cell.cell_type == "code"]
    read = re.findall(r'"(\.\.[^"]*)"', "\n".join(code))
    gone = [name for name in (*links, *read) if not (FILE.parent / name).exists()]
    assert gone == []
    assert re.findall(r"\{[\w:-]+\}`|```\{", "\n".join(prose)) == []  # what only Sphinx reads


# A plain run runs one lesson, `nox -s conformance` all.
@pytest.mark.parametrize("lesson", some(LESSONS, share=len(LESSONS)))
def test_a_run_gives_the_stored_outputs(lesson: str) -> None:
    done = subprocess.run(
        [sys.executable, str(FILE), "--check", lesson], capture_output=True, text=True
    )
    assert done.returncode == 0, f"{AGAIN.format(lesson)}\n{done.stdout}\n{done.stderr[-2_000:]}"


def test_an_output_that_changed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = LESSONS[0]
    file = FILE.parent / f"{lesson}.ipynb"
    text = file.read_text(encoding="utf-8")
    changed = json.loads(text)
    cell = next(cell for cell in changed["cells"] if cell.get("outputs"))
    cell["outputs"][0]["data"]["text/plain"] = ["something else"]
    namespace = MAKE["differences"].__globals__
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setitem(namespace, "stored", lambda _: nbformat.reads(json.dumps(changed), 4))
    monkeypatch.setitem(namespace, "run", lambda _: nbformat.reads(text, 4))
    found = namespace["differences"](lesson)
    assert len(found) == 1
    assert "stored ['something else'], now" in found[0]


def test_what_differs_from_run_to_run_is_not_stored() -> None:
    text = "<Styler at 0x7f3a91> in /tmp/tmpab12cd/report.docx #T_a1b2c_row0"
    assert MAKE["lasting"](text) == "<Styler at 0x0> in /tmp/report.docx #T_0_row0"

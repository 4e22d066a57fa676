"""What the pages name exists: tests that prove a statement, and names of the package."""

from __future__ import annotations

import ast
import re
from functools import reduce
from pathlib import Path

import pytest

import govindex as gi
from govindex.testing import LAWS

ROOT = Path(__file__).parents[2]
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md")}
PROOF = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NAME = re.compile(r"`gi\.([\w.]+)(?:\([^`]*\))?`")


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def absent_proofs(text: str) -> list[str]:
    """Return the tests a text names that do not exist."""
    return [
        f"{file}::{name}"
        for file, name in PROOF.findall(text)
        if not (ROOT / file).exists() or (name and name not in functions_of(ROOT / file))
    ]


def absent_names(text: str) -> list[str]:
    """Return the names of the package a text gives that do not exist."""

    def exists(name: str) -> bool:
        try:
            reduce(getattr, name.rstrip(".").split("."), gi)
        except AttributeError:
            return False
        return True

    return [name for name in NAME.findall(text) if not exists(name)]


@pytest.mark.parametrize("page", sorted(page for page in PAGES if PROOF.search(PAGES[page])))
def test_tests_that_a_page_names_exist(page: str) -> None:
    assert absent_proofs(PAGES[page]) == []


def test_names_of_the_package_in_the_tables_of_other_packages_exist() -> None:
    assert len(NAME.findall(PAGES["coming-from"])) > 50
    assert absent_names(PAGES["coming-from"]) == []


@pytest.mark.parametrize(
    "package", ["COINr", "Compind", "Spreadsheets and the COIN Tool", "scikit-criteria and pymcdm"]
)
def test_every_package_has_proofs(package: str) -> None:
    section = PAGES["coming-from"].partition(f"\n## {package}\n")[2].partition("\n## ")[0]
    assert len(PROOF.findall(section)) >= 3


def test_what_each_law_is_to_the_last_one_is_said() -> None:
    section = PAGES["laws"].partition("## What they mean for a unit that is ranked last")[2]
    rows = [
        line.split("|")[1] for line in section.partition("\n## ")[0].splitlines() if "|" in line
    ]
    named = set(re.findall(r"`(\w+)`", "".join(rows)))
    assert named == {law.name for law in LAWS}


def test_what_does_not_exist_is_found() -> None:
    file = "tests/packaging/test_named_proofs.py"
    text = f"`{file}::test_nothing` `tests/nowhere.py` `{file}::test_what_does_not_exist_is_found`"
    assert absent_proofs(text) == [f"{file}::test_nothing", "tests/nowhere.py::"]
    assert absent_names("`gi.rules.MinMax` `gi.rules.Minimax` `gi.explain(result)`") == [
        "rules.Minimax"
    ]

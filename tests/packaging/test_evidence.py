"""The page of evidence names only what exists, and holds no figure that is written by hand."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import govindex as gi
from govindex.testing import LAWS
from tests.mutants import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "docs" / "evidence").glob("*.json"))
PAGE = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")


def figures(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(
        (ROOT / "docs" / "evidence" / f"{name}.json").read_text("utf-8")
    )
    return read


@cache
def functions_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing(tests: list[str]) -> list[str]:
    """Return the tests, a file or a function of one, that are no longer there."""
    gone = []
    for test in tests:
        file, *path = test.split("::")
        if not (ROOT / file).exists() or (path and path[-1] not in functions_of(file)):
            gone.append(test)
    return gone


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_figures_say_where_they_come_from(path: Path) -> None:
    found = figures(path.stem)
    assert re.fullmatch(r"[0-9a-f]{10}", found["commit"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])
    assert {"python", "govindex", "numpy", "pandas"} <= found["versions"].keys()


def test_page_shows_every_file_and_no_other() -> None:
    shown = set(re.findall(r'figures\("(\w+)"\)', PAGE))
    assert shown == {path.stem for path in FILES}


def test_page_has_no_figure_of_its_own() -> None:
    _, _, text = PAGE.split("---\n", 2)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    assert re.findall(r"\S*\d\S*", prose) == []


def test_editions_and_tests_of_published_indices_exist() -> None:
    rows = figures("published")["indices"]
    assert len(rows) > 30
    editions = {f"{id_}@{version}" for id_, version in gi.methodologies()["version"].items()}
    assert {row["edition"] for row in rows} <= editions
    assert missing([row["test"] for row in rows]) == []
    kept = [row for row in rows if row["cells"] or row["ranks"]]
    assert kept == rows


def test_laws_and_their_mutants_are_those_of_the_kit() -> None:
    rows = figures("laws")["laws"]
    assert {row["law"] for row in rows} == {law.name for law in LAWS}
    named = {(row["law"], name) for row in rows for name in row["mutants"]}
    laws = {law.name for law in LAWS}
    assert named == {(one.law.name, one.name) for one in MUTANTS if one.law.name in laws}
    assert [row["law"] for row in rows if row["caught"] != len(row["mutants"])] == []
    assert [row["law"] for row in rows if row["kept"] != row["editions"]] == []


def test_hostile_inputs_are_those_of_tests_that_exist() -> None:
    rows = figures("hostile")["tests"]
    assert missing([row["test"] for row in rows]) == []
    assert [row["test"] for row in rows if row["passed"] + row["skipped"] != row["cases"]] == []

"""What a package index, a citation and an installer are told is one and the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import govindex as gi

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]


def test_version_is_the_same_everywhere() -> None:
    version = PROJECT["project"]["version"]
    cited = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), flags=re.M)
    noted = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.M)
    assert [gi.__version__, *cited, noted[0]] == [version] * 3


def test_groups_of_dependencies_are_the_extra_for_development() -> None:
    grouped = [entry for name in ("test", "lint", "docs") for entry in GROUPS[name]]
    extra = PROJECT["project"]["optional-dependencies"]["dev"]
    assert sorted(["govindex[all]", *grouped]) == sorted(extra)


def test_every_dependency_has_an_oldest_release() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    needed = [PROJECT["project"]["dependencies"], *extras]
    open_ended = [
        entry
        for entries in needed
        for entry in entries
        if ">=" not in entry and not entry.startswith("govindex[")
    ]
    assert open_ended == []

"""Old names are refused with the new ones, by Python, documents and the changelog."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from govindex import impute, rules
from govindex.errors import Problems
from govindex.parts import build
from govindex.renamed import RENAMED

OLD = [(module, old, new) for module, names in RENAMED.items() for old, new in names.items()]
CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"


@pytest.mark.parametrize(("module", "old", "new"), OLD, ids=lambda name: name)
def test_an_old_name_leads_to_a_new_one_that_exists(module: str, old: str, new: str) -> None:
    path = new if "." in new else f"{module}.{new}"
    with pytest.raises(AttributeError, match=rf"'{module}' .*'{old}': it is {path} now$"):
        getattr(import_module(module), old)
    home, _, name = path.rpartition(".")
    try:
        import_module(path)
    except ModuleNotFoundError:
        assert name in import_module(home).__all__


@pytest.mark.parametrize("family", [rules, impute], ids=lambda family: family.__name__)
def test_a_document_with_an_old_kind_is_refused_with_the_new_one(family: ModuleType) -> None:
    for old, new in RENAMED[family.__name__].items():
        problems = Problems()
        assert build(family, {"kind": old}, "nodes[2].part", problems) is None
        [problem] = problems
        assert str(problem) == f"nodes[2].part.kind: there is no '{old}': it is '{new}' now"


def test_a_name_that_never_was_gets_no_other() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Weighs'$"):
        getattr(import_module("govindex.weight"), "Weighs")  # noqa: B009


def test_the_changelog_lists_every_renamed_name() -> None:
    text = CHANGELOG.read_text(encoding="utf-8")
    table = re.findall(r"^\| (.*) \| (.*) \|$", text, re.MULTILINE)

    def stands(name: str, cell: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", cell) is not None

    lost = [
        f"{module}.{old}"
        for module, old, new in OLD
        if not any(stands(old, was) and stands(new.rpartition(".")[2], now) for was, now in table)
    ]
    assert not lost

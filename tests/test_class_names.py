"""A class name says which class is meant, wherever it stands in the package."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest

import govindex
from govindex import (
    absence,
    aggregate,
    contracts,
    impute,
    measures,
    prepare,
    records,
    rules,
    treat,
    weight,
)

FAMILIES = (
    *(absence, aggregate, contracts, impute, measures, prepare, records, rules, treat, weight),
)
ROOT = Path(govindex.__file__).parent


def used_twice(defined: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names of several classes with their modules, shared terms of the field left out.

    Parts of different families may share a term, such as the Borda count of a rule and that of an
    aggregator.
    """
    modules = defaultdict(list)
    for name, module in defined:
        modules[name].append(module)
    return {
        name: homes
        for name, homes in modules.items()
        if len(homes) > 1 and not _are_parts_of_different_families(name, homes)
    }


def _are_parts_of_different_families(name: str, homes: list[str]) -> bool:
    return len({family_of(name, home) for home in homes} - {None}) == len(homes)


def family_of(name: str, home: str) -> ModuleType | None:
    offered = (f for f in FAMILIES if getattr(getattr(f, name, None), "__module__", "") == home)
    return next(offered, None)


def classes() -> list[tuple[str, str]]:
    actual = []
    for file in sorted(ROOT.rglob("*.py")):
        module = ".".join(("govindex", *file.relative_to(ROOT).with_suffix("").parts))
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        actual += [(name, module.removesuffix(".__init__")) for name in named]
    return actual


def test_no_class_name_is_used_twice() -> None:
    assert not used_twice(classes())


@pytest.mark.parametrize(
    ("defined", "refused"),
    [
        ([("Part", "govindex.model.joining"), ("Part", "govindex.methods")], True),
        ([("_Row", "govindex.model.table"), ("_Row", "govindex.model.table")], True),
        ([("Borda", "govindex.rules.order"), ("Borda", "govindex.methods")], True),
        ([("Borda", "govindex.rules.order"), ("Borda", "govindex.aggregate.outranking")], False),
    ],
)
def test_only_parts_of_different_families_share_a_name(
    defined: list[tuple[str, str]], refused: bool
) -> None:
    assert bool(used_twice(defined)) is refused

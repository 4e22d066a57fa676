"""What users write in their own code and files does not change unnoticed."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import attrs

from tests.public_names import RELEASED, names_of, namespaces, public_classes, public_names

REFERENCE = Path(__file__).parents[2] / "docs" / "api"
DIRECTIVE = re.compile(r"^(?:\.\. |   :)(\S+?)::? (\S.*)$", re.MULTILINE)


def test_public_names_are_the_released_ones() -> None:
    released = RELEASED.read_text(encoding="utf-8").splitlines()
    actual = public_names()
    gone = [f"- {name}" for name in released if name not in actual]
    new = [f"+ {name}" for name in actual if name not in released]
    assert not [*gone, *new], (
        'public names changed. A new one needs a sentence under "Added" in the changelog; one '
        'that is gone or changed breaks whoever uses it, see "Versions and deprecation" in '
        "CONTRIBUTING.md. Then run `python -m tests.public_names`.\n" + "\n".join([*gone, *new])
    )


def test_released_names_stand_sorted_and_once() -> None:
    released = RELEASED.read_text(encoding="utf-8").splitlines()
    assert released == sorted(set(released))


def test_every_public_name_is_described_once_in_the_reference() -> None:
    described = [name for page in REFERENCE.glob("*.md") for name in described_on(page)]
    offered = [name for module in namespaces() for name in offered_by(module)]
    elsewhere = {name.split(" is ")[0] for name in public_names() if " is govindex." in name}
    assert sorted(described) == sorted({*offered} - elsewhere)


def offered_by(module: str) -> list[str]:
    space = import_module(module)
    names = [name for name in space.__all__ if not isinstance(getattr(space, name), ModuleType)]
    return [f"{module}.{name}" for name in names]


def described_on(page: Path) -> list[str]:
    """Return the names that a page of the reference describes."""
    module, names = "", list[str]()
    for kind, rest in DIRECTIVE.findall(page.read_text(encoding="utf-8")):
        if kind in ("currentmodule", "automodule"):
            module = rest
        if kind == "automodule":
            names += offered_by(module)
        elif kind == "exclude-members":
            names = [n for n in names if n not in [f"{module}.{each}" for each in rest.split(", ")]]
        elif kind in ("autoclass", "autofunction"):
            names.append(rest if rest.startswith("govindex.") else f"{module}.{rest}")
    return names


def test_the_arguments_of_a_class_are_its_attributes() -> None:
    lost = {
        f"{name}.{argument}"
        for name, cls in public_classes().items()
        if attrs.has(cls)
        for argument in {*inspect.signature(cls).parameters} - names_of(cls)
    }
    made_by_compute = {"states", "plan"}
    made_by_draws = {"recipe", "counting", "kept", "failures", "counted"}
    made_by_change = {"again", "forms", "pairs"}
    made = made_by_compute | made_by_draws | made_by_change
    assert {name.rpartition(".")[2] for name in lost} == made

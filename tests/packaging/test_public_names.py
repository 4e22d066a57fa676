"""What users write in their own code and files does not change unnoticed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import govindex as gi
from tests.public_names import RELEASED, documented_modules, public_names


def test_public_names_are_the_released_ones() -> None:
    released = RELEASED.read_text(encoding="utf-8").splitlines()
    found = public_names()
    gone = [f"- {name}" for name in released if name not in found]
    new = [f"+ {name}" for name in found if name not in released]
    assert not [*gone, *new], (
        'public names changed. A new one needs a sentence under "Added" in the changelog; one '
        'that is gone or changed breaks whoever uses it, see "Versions and deprecation" in '
        "CONTRIBUTING.md. Then run `python -m tests.public_names`.\n" + "\n".join([*gone, *new])
    )


def test_released_names_stand_sorted_and_once() -> None:
    released = RELEASED.read_text(encoding="utf-8").splitlines()
    assert released == sorted(set(released))


def test_every_name_of_the_package_is_documented_and_exists() -> None:
    documented = {n for module in documented_modules() for n in import_module(module).__all__}
    names = {name for name in gi.__all__ if not isinstance(getattr(gi, name), ModuleType)}
    assert names <= documented
    assert {f"govindex.{name}" for name in {*gi.__all__} - names} <= {*documented_modules()}

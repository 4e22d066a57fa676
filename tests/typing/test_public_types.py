"""No setting and no answer of the public face is declared as anything."""

from __future__ import annotations

from typing import Any

from tests.typing.public_types import declared_as_anything, of_class


def test_nothing_is_declared_as_anything() -> None:
    assert declared_as_anything() == []


def test_what_is_declared_as_anything_is_found() -> None:
    class Loose:
        kept: list[Any]
        known: int

        def read(self, cells: Any, count: int) -> Any:
            return cells

        def __call__(self, cells: int) -> dict[str, Any]:
            return {"cells": cells}

    actual = [line.rpartition("Loose.")[2] for line in of_class(Loose)]
    assert actual == ["kept", "read(cells)", "read -> …", "__call__ -> …"]

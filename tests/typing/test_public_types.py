"""No setting of the public face is declared as anything but those that a list names."""

from __future__ import annotations

from tests.typing.public_types import LISTED, declared_as_anything


def test_what_is_declared_as_anything_is_listed() -> None:
    """Declare a type; ``python -m tests.typing.public_types`` takes what has one off the list."""
    assert declared_as_anything() == LISTED.read_text(encoding="utf-8").splitlines()


def test_nodes_and_methodologies_take_no_anything() -> None:
    own = ("tree.Indicator", "tree.Dimension", "methods.Methodology", "rooted_tree.RootedTree")
    found = [line for line in declared_as_anything() if any(f".{name}." in line for name in own)]
    assert found == []

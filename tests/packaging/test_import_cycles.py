"""No module imports one that imports it, also inside a package and for types only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"


def _modules(root: Path) -> dict[str, Path]:
    actual = {}
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        actual[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return actual


def _at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs, or is read for types, when a module is imported."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield child
            yield from _at_once(child)


def _imports(source: str, known: set[str]) -> set[str]:
    actual = set()
    for node in _at_once(ast.parse(source)):
        if isinstance(node, ast.Import):
            actual |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            actual |= inner & known if inner <= known else {node.module, *(inner & known)}
    return actual & known


def _cycle(sources: dict[str, str]) -> list[str]:
    graph = {name: _imports(text, {*sources}) - {name} for name, text in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_import_cycle() -> None:
    assert _cycle({name: file.read_text("utf-8") for name, file in _modules(SRC).items()}) == []


@pytest.mark.parametrize(
    "back",
    [
        "import p.a",
        "from p.a import x",
        "from p import a",
        "if TYPE_CHECKING:\n    from p.a import x",
    ],
)
def test_cycle_inside_a_package_is_noticed(back: str) -> None:
    assert {*_cycle({"p": "", "p.a": "from p.b import y", "p.b": back})} == {"p.a", "p.b"}


def test_import_inside_a_function_is_no_cycle() -> None:
    back = "def f():\n    from p.a import x"
    assert _cycle({"p": "", "p.a": "from p.b import y", "p.b": back}) == []

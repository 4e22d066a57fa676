"""What a user of the package can rely on beside its behaviour."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import subprocess
import sys
import textwrap
from importlib import import_module
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

import govindex as gi
from govindex import testing

NAMESPACES = [
    gi,
    *(found for name in gi.__all__ if isinstance(found := getattr(gi, name), ModuleType)),
    testing,
    testing.laws,
    testing.strategies,
]
HEAVY = ("pandas", "narwhals", "scipy", "sklearn", "matplotlib", "polars", "hypothesis")


def output_of(code: str) -> str:
    """Return what a fresh process prints."""
    command = [sys.executable, "-c", textwrap.dedent(code)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_import_loads_nothing_that_was_not_asked_for() -> None:
    loaded = output_of("import sys; import govindex; print(*sorted(sys.modules))").split()
    own = [name for name in loaded if name.startswith("govindex.")]
    assert own == ["govindex.namespaces", "govindex.renamed"]
    assert {"numpy", "attrs", *HEAVY}.isdisjoint(loaded)


def test_no_name_of_the_package_loads_a_heavy_library() -> None:
    code = f"""
        import sys
        from govindex import *
        print([name for name in {HEAVY} if name in sys.modules])
    """
    assert output_of(code) == "[]"


@pytest.mark.parametrize("seed", range(3))
def test_names_are_no_modules_after_every_module_was_imported(seed: int) -> None:
    code = f"""
        import random
        from importlib import import_module
        from inspect import ismodule
        from pkgutil import walk_packages

        import govindex

        for module in walk_packages(govindex.__path__, "govindex."):
            if module.name != "govindex.__main__":
                import_module(module.name)
        spaces = [import_module(name) for name in {[space.__name__ for space in NAMESPACES]}]
        names = [(space, name) for space in spaces for name in space.__all__]
        random.Random({seed}).shuffle(names)
        found = [(space, name, getattr(space, name)) for space, name in names]
        print([f"{{space.__name__}}.{{name}}" for space, name, value in found
               if ismodule(value) and value not in spaces])
    """
    assert output_of(code) == "[]"


@pytest.mark.parametrize("space", NAMESPACES, ids=lambda space: space.__name__)
def test_no_function_has_the_name_of_a_module_of_its_namespace(space: ModuleType) -> None:
    modules = {module.name for module in pkgutil.iter_modules(getattr(space, "__path__", ()))}
    functions = {name for name in space.__all__ if inspect.isroutine(getattr(space, name))}
    assert modules.isdisjoint(functions)


@pytest.mark.parametrize("space", NAMESPACES, ids=lambda space: space.__name__)
def test_names_to_complete_are_the_public_ones(space: ModuleType) -> None:
    assert dir(space) == sorted(space.__all__)


def test_type_checkers_see_the_names_of_the_package() -> None:
    tree = ast.parse(Path(gi.__file__).read_text(encoding="utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.asname: getattr(import_module(line.module), alias.name)
        for line in block.body
        if isinstance(line, ast.ImportFrom) and line.module is not None
        for alias in line.names
    }
    assert seen == {name: getattr(gi, name) for name in gi.__all__}


def test_commands_that_try_no_laws_do_without_hypothesis() -> None:
    code = """
        import sys
        from govindex.cli import main
        main(["show", "vn.sipas"])
        print("hypothesis" in sys.modules)
    """
    assert output_of(code).split()[-1] == "False"


def test_the_conformance_kit_names_the_extra_that_it_lacks() -> None:
    code = "import sys; sys.modules['hypothesis'] = None; import govindex.testing"
    out = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "govindex.testing needs hypothesis: pip install 'govindex[testing]'" in out.stderr


def test_package_is_typed_and_carries_its_data() -> None:
    package = files("govindex")
    assert package.joinpath("py.typed").is_file()
    assert package.joinpath("datasets", "index.toml").is_file()


def test_command_is_installed() -> None:
    names = {point.name for point in entry_points(group="console_scripts")}
    assert "govindex" in names

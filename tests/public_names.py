"""What users write in their own code and files, one name per line.

The names and signatures of the documented modules, the words of the command line, the fields of
methodology documents and the names of datasets. ``python -m tests.public_names`` writes the list.
"""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

import govindex as gi
from govindex.cli import command_line

RELEASED = Path(__file__).parent / "public_names.txt"
DOCUMENTED = Path(__file__).parents[1] / "docs" / "api"
OPERATORS = ("__call__", "__contains__", "__getitem__", "__iter__", "__len__")


def public_names() -> list[str]:
    """Return every public name, sorted."""
    modules = [import_module(name) for name in documented_modules()]
    return sorted(
        {
            *(f"govindex.{name}" for name in gi.__all__),
            *(line for module in modules for line in _of_module(module)),
            *_of_command(command_line.parser()),
            *_of_document(gi.methodology_schema()),
            *(f"dataset {name}" for name in gi.datasets.available().index),
        }
    )


def documented_modules() -> list[str]:
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCUMENTED.glob("*.md"))
    return re.findall(r"automodule:: (\S+)", pages)


# -- Python ---------------------------------------------------------------------------------------


def _of_module(module: ModuleType) -> Iterator[str]:
    for name in module.__all__:
        found, path = getattr(module, name), f"{module.__name__}.{name}"
        if inspect.isclass(found):
            bases = [base.__name__ for base in found.__mro__[1:] if issubclass(base, Exception)]
            # What an error can be caught as is public; how it is made is not.
            yield f"{path} is {', '.join(bases)}" if bases else path + _signature(found)
            yield from (f"{path}.{line}" for line in _of_class(found))
        elif inspect.isfunction(found):
            yield path + _signature(found)
        else:
            yield f"{path} = {found!r}" if type(found) in (int, str) else path


def _of_class(cls: type) -> Iterator[str]:
    """Return the names of a class; what it inherits from another public class is listed there."""
    own = [base for base in cls.__mro__ if base.__module__.startswith("govindex")]
    # What a family promises is listed once, with its base.
    family = [base for base in own[1:] if base.__module__.startswith("govindex.contracts.")]
    promises = {name for base in family for name in vars(base)}
    own = [base for base in own if base is cls or base not in _public_classes()]
    names = {name for base in own for name in (*vars(base), *vars(base).get("__annotations__", ()))}
    for name in names - promises:
        if name.startswith("_") and name not in OPERATORS:
            continue
        found = inspect.getattr_static(cls, name, None)
        function = getattr(found, "__func__", found)
        yield name + _signature(function) if inspect.isfunction(function) else name


@cache
def _public_classes() -> frozenset[Any]:
    modules = [import_module(name) for name in documented_modules()]
    return frozenset(
        getattr(module, name)
        for module in modules
        for name in module.__all__
        if inspect.isclass(getattr(module, name))
    )


def _signature(found: Any) -> str:
    """Return names, kinds and plain defaults; annotations print differently between versions."""
    if inspect.isclass(found) and not attrs.has(found):
        return ""
    parameters = [
        parameter.replace(
            annotation=inspect.Parameter.empty,
            default=parameter.default
            if parameter.default is inspect.Parameter.empty
            else _Shown(parameter.default),
        )
        for parameter in inspect.signature(found).parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    return str(inspect.Signature(parameters))


@attrs.frozen(repr=False)
class _Shown:
    value: Any

    def __repr__(self) -> str:
        plain = self.value is None or isinstance(self.value, (bool, int, float, str, tuple))
        return repr(self.value) if plain else "…"


# -- the command line -----------------------------------------------------------------------------


def _of_command(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"$ {parser.prog}"
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _of_command(command)
        elif not isinstance(action, argparse._HelpAction):
            word = "|".join(action.option_strings) or action.dest.upper()
            needed = "" if action.required else " (optional)"
            choices = f" in {list(action.choices)}" if action.choices else ""
            default = f" = {action.default!r}" if action.default else ""
            yield f"$ {parser.prog} {word}{choices}{default}{needed}"


# -- methodology documents ------------------------------------------------------------------------


def _of_document(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from _fields("document", schema)
    for name, part in schema["$defs"].items():
        for variant in (part, *part.get("anyOf", ())):
            kind = variant.get("properties", {}).get("kind", {}).get("const")
            yield from _fields(f"document {name}{f' {kind}' if kind else ''}", variant)


def _fields(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    required = table.get("required", ())
    for name, field in table.get("properties", {}).items():
        words = [field["const"]] if "const" in field else field.get("enum")
        told = f" in {words}" if words else ""
        yield f"{path}: {name}{told}{' (required)' if name in required else ''}"


if __name__ == "__main__":
    RELEASED.write_text("\n".join([*public_names(), ""]), encoding="utf-8", newline="\n")

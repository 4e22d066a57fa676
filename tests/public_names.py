"""What users write in their own code and files, one name per line.

The names and signatures of the namespaces, the words of the command line, the fields of methodology
documents and the names of datasets. The arguments of a class are its attributes, and members of a
base or a protocol are members of what keeps it: both are listed once.
``python -m tests.public_names`` writes the list.
"""

from __future__ import annotations

import argparse
import inspect
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
OPERATORS = ("__call__", "__contains__", "__getitem__", "__iter__", "__len__")


def public_names() -> list[str]:
    """Return every public name, sorted."""
    return sorted(
        {
            *(line for name in namespaces() for line in _of_namespace(name)),
            *_of_command(command_line.parser()),
            *_of_document(gi.methodology_schema()),
            *(f"dataset {name}" for name in gi.datasets.available().index),
        }
    )


@cache
def namespaces() -> tuple[str, ...]:
    """Return the namespaces in the order in which they describe what several of them offer."""
    parts = [f"govindex.{name}" for name in gi.__all__ if isinstance(getattr(gi, name), ModuleType)]
    kit = ["govindex.testing", "govindex.testing.laws", "govindex.testing.strategies"]
    return ("govindex.contracts", *parts, *kit, "govindex", "govindex.toml")


# -- Python ---------------------------------------------------------------------------------------


def _of_namespace(module: str) -> Iterator[str]:
    for name in import_module(module).__all__:
        actual, path = getattr(import_module(module), name), f"{module}.{name}"
        if isinstance(actual, ModuleType):
            yield path
        elif _described().get(id(actual), path) != path:
            yield f"{path} is {_described()[id(actual)]}"
        elif inspect.isclass(actual):
            bases = [base.__name__ for base in actual.__mro__[1:] if issubclass(base, Exception)]
            # What an error can be caught as is public; how it is made is not.
            yield f"{path} is {', '.join(bases)}" if bases else path + _signature(actual)
            yield from (f"{path}.{line}" for line in _of_class(actual))
        elif inspect.isfunction(actual):
            yield path + _signature(actual)
        else:
            yield f"{path} = {actual!r}" if type(actual) in (int, str) else path


def _of_class(cls: type) -> Iterator[str]:
    """Return what stands neither in the arguments nor with a base or a protocol of the family."""
    names = names_of(cls)
    repeated = {
        line for base in cls.__mro__[1:] if id(base) in _described() for line in _lines(base)
    }
    for base in public_classes().values():
        if base is not cls and getattr(base, "_is_protocol", False) and names >= names_of(base):
            repeated |= _lines(base)
    if attrs.has(cls):
        repeated |= names & {*inspect.signature(cls).parameters}
    yield from _lines(cls) - repeated


def _lines(cls: type) -> set[str]:
    functions = {
        name: getattr(actual, "__func__", actual)
        for name in names_of(cls)
        for actual in [inspect.getattr_static(cls, name, None)]
    }
    return {n + _signature(f) if inspect.isfunction(f) else n for n, f in functions.items()}


def names_of(cls: type) -> set[str]:
    """Return the public names of a class, and what it does as an operator."""
    own = [base for base in cls.__mro__ if base.__module__.startswith("govindex")]
    names = {name for base in own for name in (*vars(base), *vars(base).get("__annotations__", ()))}
    return {name for name in names if not name.startswith("_") or name in OPERATORS}


@cache
def _described() -> Mapping[int, str]:
    """Return where each public object is described: by the first namespace that offers it."""
    names = [(module, name) for module in namespaces() for name in import_module(module).__all__]
    return {
        id(getattr(import_module(module), name)): f"{module}.{name}"
        for module, name in reversed(names)
    }


@cache
def public_classes() -> dict[str, Any]:
    """Return the public classes by the names under which they are described."""
    homes = {path: path.rpartition(".") for path in sorted(_described().values())}
    actual = {path: getattr(import_module(home), name) for path, (home, _, name) in homes.items()}
    return {path: cls for path, cls in actual.items() if inspect.isclass(cls)}


def _signature(actual: Any) -> str:
    """Return names, kinds and plain defaults; annotations print differently between versions."""
    if inspect.isclass(actual) and not attrs.has(actual):
        return ""
    parameters = [
        parameter.replace(
            annotation=inspect.Parameter.empty,
            default=parameter.default
            if parameter.default is inspect.Parameter.empty
            else _Shown(parameter.default),
        )
        for parameter in inspect.signature(actual).parameters.values()
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
        where = f" in {words}" if words else ""
        yield f"{path}: {name}{where}{' (required)' if name in required else ''}"


if __name__ == "__main__":
    RELEASED.write_text("\n".join([*public_names(), ""]), encoding="utf-8", newline="\n")

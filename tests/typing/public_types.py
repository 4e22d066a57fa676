"""The settings and answers of the public face that are declared as anything, one per line.

``python -m tests.typing.public_types`` writes the list, which may only become shorter. What is left
is below the classes that it takes or returns (steps and fills are declared beneath observations,
results beneath methodologies), or is a frame in a protocol of the user's. Documents, which are
plain data as JSON has it, are declared as ``Document``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.public_names import namespaces

LISTED = Path(__file__).parent / "declared_as_anything.txt"
_ANY = re.compile(r"\bAny\b")
_OPERATORS = ("__init__", "__call__", "__getitem__")


def declared_as_anything() -> list[str]:
    """Return the arguments, fields and returns whose declared type has an Any in it, sorted."""
    found: set[str] = set()
    for namespace in namespaces():
        module = import_module(namespace)
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isclass(thing):
                for base in thing.__mro__:
                    if base.__module__.startswith("govindex"):
                        found.update(_of_class(base))
            elif not isinstance(thing, ModuleType):
                found.update(_of_function(thing, f"{namespace}.{name}"))
    return sorted(found)


def _of_class(cls: type) -> Iterator[str]:
    path = f"{cls.__module__}.{cls.__name__}"
    for name, declared in vars(cls).get("__annotations__", {}).items():
        if not name.startswith("_") and _is_open(declared):
            yield f"{path}.{name}"
    for name, member in vars(cls).items():
        if name.startswith("_") and name not in _OPERATORS:
            continue
        function = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
        if inspect.isfunction(function):
            yield from _of_function(function, f"{path}.{name}")


def _of_function(function: Any, path: str) -> Iterator[str]:
    for name, declared in getattr(function, "__annotations__", {}).items():
        if _is_open(declared):
            yield f"{path}({name})" if name != "return" else f"{path} -> …"


def _is_open(declared: object) -> bool:
    return _ANY.search(declared if isinstance(declared, str) else repr(declared)) is not None


def main() -> None:
    """Write the list."""
    LISTED.write_text("\n".join(declared_as_anything()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

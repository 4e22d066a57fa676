"""The settings and answers of the public face that are declared as anything.

What is declared below the classes that it takes or returns is generic in them: a step in the
observations, a part that can be anchored in its reference. Documents, which are plain data as JSON
has it, are declared as ``Document``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from tests.public_names import namespaces

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
                        found.update(of_class(base))
            elif not isinstance(thing, ModuleType):
                found.update(_of_function(thing, f"{namespace}.{name}"))
    return sorted(found)


def of_class(cls: type) -> Iterator[str]:
    """Yield what a class by itself declares as anything."""
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

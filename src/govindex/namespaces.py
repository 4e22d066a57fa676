"""Namespaces: their public names, loaded on first use, and hints for old names."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from govindex.renamed import guide

__all__ = ["define_namespace"]


def define_namespace(name: str, homes: Mapping[str, str] | None = None) -> None:
    """Let ``dir()`` of a module show its ``__all__``, and import a name on first use.

    Call it at the end of the module. It sets the module's ``__dir__`` and ``__getattr__``; a type
    checker does not see them, and knows the names that the module defines and no others.

    Parameters
    ----------
    name : str
        The module, such as "govindex.rules".
    homes : mapping, optional
        The module that defines each public name; a namespace is its own.

    Examples
    --------
    >>> import govindex
    >>> dir(govindex) == govindex.__all__
    True
    """
    module, refuse = sys.modules[name], guide(name)

    def getattribute(attribute: str) -> Any:
        if homes is None or attribute not in homes:
            return refuse(attribute)
        home = import_module(homes[attribute])
        return home if home.__name__ == f"{name}.{attribute}" else getattr(home, attribute)

    vars(module).update(__getattr__=getattribute, __dir__=lambda: sorted(module.__all__))

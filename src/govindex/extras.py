"""Optional dependencies: imported where they are used, asked for by name where they lack."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import attrs

from govindex.errors import SettingError

__all__ = ["Later", "later", "needed"]


@attrs.frozen(repr=False)
class Later:
    """Functions of a namespace that take an object first, imported when one is called for."""

    _module: str
    _first: Any
    _names: tuple[str, ...]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._names:
            raise AttributeError(f"{self!r} has no '{name}': {', '.join(self._names)}")
        return partial(getattr(import_module(self._module), name), self._first)

    def __dir__(self) -> list[str]:
        return sorted(self._names)

    def __repr__(self) -> str:
        return f"<{self._module} of {type(self._first).__name__}>"


def later(module: str, first: Any, names: tuple[str, ...]) -> Later:
    """Return functions of a namespace above, as a short cut from an object that they take.

    Parameters
    ----------
    module : str
        The namespace, which is imported when one of the functions is called for.
    first : object
        Their first argument.
    names : tuple of str
        The functions.

    Examples
    --------
    >>> later("math", 9.0, ("sqrt",)).sqrt()
    3.0
    """
    return Later(module, first, names)


def needed(module: str, *, extra: str, what: str) -> Any:
    """Import a module of an optional dependency.

    Parameters
    ----------
    module : str
        Such as "sklearn.impute".
    extra : str
        The extra of govindex that brings it.
    what : str
        What needs it, for the message.

    Raises
    ------
    SettingError
        If it is not installed, saying what to install.

    Examples
    --------
    >>> needed("nowhere.to.be.found", extra="ml", what="Neighbours")
    Traceback (most recent call last):
    govindex.errors.SettingError: Neighbours needs nowhere: pip install 'govindex[ml]'
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise SettingError(f"{what} needs {package}: pip install 'govindex[{extra}]'") from error

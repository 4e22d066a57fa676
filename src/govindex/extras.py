"""Optional dependencies: imported where they are used, asked for by name where they lack."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from govindex.errors import SettingError

__all__ = ["needed"]


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

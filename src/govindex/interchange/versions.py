"""The versions of govindex and of what decides its last bits."""

from __future__ import annotations

import platform
from importlib import import_module, metadata

__all__ = ["govindex_version", "versions"]


def govindex_version() -> str:
    """Return the version of govindex."""
    version: str = import_module("govindex").__version__
    return version


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that compute."""
    names = ("numpy", "pandas", "scipy")
    return {"python": platform.python_version(), **{n: metadata.version(n) for n in names}}

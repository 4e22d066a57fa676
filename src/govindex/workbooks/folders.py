"""Workbooks of files and folders, each once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from os import PathLike
from pathlib import Path
from typing import Any

from govindex.files.saving import as_path
from govindex.files.sheets import OpenedBook

__all__ = ["workbook_files"]


def workbook_files(
    path: Any, kinds: Collection[str]
) -> tuple[tuple[Path | OpenedBook, ...], tuple[Path, ...]]:
    """Return the files of paths and folders, in the order of their names.

    A file that is open stands for the same file of a folder.

    Parameters
    ----------
    path : path or iterable of path
    kinds : collection of str
        The endings of the files of a folder that are taken, such as ".xlsx".

    Returns
    -------
    files : tuple of Path or OpenedBook
    others : tuple of Path
        Files of folders that have other endings.
    """
    single = isinstance(path, (str, PathLike)) or not isinstance(path, Iterable)
    files: dict[Path, Path | OpenedBook] = {}
    others: dict[Path, None] = {}
    for item in [path] if single else path:
        one = as_path(item)
        if not one.is_dir():
            files[one] = item if isinstance(item, OpenedBook) else one
            continue
        for file in sorted(one.iterdir()):
            if file.name.startswith(("~$", ".")) or not file.is_file():
                continue
            if file.suffix.lower() in kinds:
                files.setdefault(file, file)
            else:
                others[file] = None
    return tuple(files.values()), tuple(others)

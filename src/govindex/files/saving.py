"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from govindex.checks import true_or_false
from govindex.errors import DataError, GovIndexError

__all__ = ["as_path", "check_target", "write_whole"]


def check_target(file: Path, *, overwrite: bool) -> None:
    """Refuse a file that exists and is not to be overwritten, or cannot be.

    Raises
    ------
    DataError
        Saying what stands in the way.
    """
    true_or_false(overwrite, "overwrite")
    try:
        exists = file.exists() or file.is_symlink()
        regular = file.is_file() or not file.exists()
    except (OSError, ValueError) as error:  # a path with a NUL in it is no path
        raise _failed(file, error) from error
    if exists and not regular:
        name = file.name or str(file)
        raise DataError(f"'{name}' cannot be written: it is a folder, a pipe or a device")
    if exists and not overwrite:
        raise DataError(
            f"'{file.name}' exists already and is left as it is: write elsewhere, or replace it "
            "with overwrite=True (in the shell: --force)"
        )
    if file.exists() and not os.access(file, os.W_OK):
        raise DataError(f"'{file.name}' cannot be written: it is read-only")


def as_path(path: Any) -> Path:
    """Return a path, or say what is none.

    Raises
    ------
    DataError
        Naming it.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise DataError(f"a file is a path, not {path!r}")
    return Path(path)


def write_whole(file: Path, write: Callable[[Path], object], *, overwrite: bool) -> None:
    """Write a file beside its target and rename it when it is complete.

    Parameters
    ----------
    file : path
        Left as it was if anything goes wrong.
    write : callable
        Writes the file it is given.
    overwrite : bool
        Whether a file that exists is replaced.

    Raises
    ------
    DataError
        If the file exists and is not to be overwritten, or cannot be written.
    """
    check_target(file, overwrite=overwrite)
    try:
        target = Path(os.path.realpath(file))  # what a link points to is replaced, not the link
    except (OSError, ValueError) as error:  # a path with a NUL in it is no path
        raise _failed(file, error) from error
    draft = target.with_name(f".{secrets.token_hex(8)}{target.suffix}")
    try:
        write(draft)
        if target.exists():
            shutil.copymode(target, draft)
            os.replace(draft, target)
        else:
            _put(draft, target, overwrite=overwrite)
    except GovIndexError:
        raise
    except Exception as error:  # whatever a writer of somebody else stumbles over
        raise _failed(file, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _put(draft: Path, target: Path, *, overwrite: bool) -> None:
    """Move a new file to its target, and not onto one that came there meanwhile."""
    if not overwrite:
        try:
            os.link(draft, target)
            return
        except FileExistsError:
            raise
        except OSError:  # there are no links on this disk
            pass
    os.replace(draft, target)


def _failed(file: Path, error: BaseException) -> DataError:
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return DataError(f"'{file.name}' cannot be written: {why}")

"""Files that are written whole or not at all."""

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
        With the reason.
    """
    true_or_false(overwrite, "overwrite")
    try:
        exists = file.exists() or file.is_symlink()
        regular = file.is_file() or not file.exists()
    except (OSError, ValueError) as error:  # a NUL in the path
        raise _writing_error(file, error) from error
    if exists and not regular:
        name = file.name or str(file)
        raise DataError(f"'{name}' cannot be written: it is a folder, a pipe or a device")
    if exists and not overwrite:
        raise DataError(
            f"'{file.name}' exists already and is not changed: write elsewhere, or replace it "
            "with overwrite=True (in the shell: --force)"
        )
    if file.exists() and not os.access(file, os.W_OK):
        raise DataError(f"'{file.name}' cannot be written: it is read-only")


def as_path(path: Any) -> Path:
    """Return a path; refuse anything else."""
    if not isinstance(path, (str, os.PathLike)):
        raise DataError(f"a file is a path, not {path!r}")
    return Path(path)


def write_whole(file: Path, write: Callable[[Path], object], *, overwrite: bool) -> None:
    """Write a file in the folder of its target and rename it when it is complete.

    Parameters
    ----------
    file : path
        Unchanged if anything fails.
    write : callable
        Writes the draft, whose path it is given.
    overwrite : bool
        Whether a file that exists is replaced.

    Raises
    ------
    DataError
        If the file exists and is not to be overwritten, or cannot be written.
    """
    check_target(file, overwrite=overwrite)
    try:
        target = Path(os.path.realpath(file))  # the target of a link is replaced, not the link
    except (OSError, ValueError) as error:  # a NUL in the path
        raise _writing_error(file, error) from error
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
    except Exception as error:  # any error of the library that writes
        raise _writing_error(file, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _put(draft: Path, target: Path, *, overwrite: bool) -> None:
    """Move a new file to its target; do not replace one that was written meanwhile."""
    if not overwrite:
        try:
            os.link(draft, target)
            return
        except FileExistsError:
            raise
        except OSError:  # this disk has no links
            pass
    os.replace(draft, target)


def _writing_error(file: Path, error: BaseException) -> DataError:
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return DataError(f"'{file.name}' cannot be written: {why}")

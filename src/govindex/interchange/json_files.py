"""Documents as JSON: text and files."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn

from govindex.checks import shown, true_or_false
from govindex.errors import DataError
from govindex.files.saving import as_path, write_whole
from govindex.files.tables import check_regular
from govindex.interchange.kinds import document_of, read_document
from govindex.names import json_object

__all__ = ["json_of", "json_text", "parsed", "read_json"]


def json_text(document: dict[str, Any]) -> str:
    """Return a document as JSON: one line for each field, numbers in their shortest form."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"


def json_of(
    written: Any, path: str | PathLike[str] | None = None, *, overwrite: bool = False
) -> str:
    """Return an object as JSON, and write it to a file if a path is given."""
    true_or_false(overwrite, "overwrite")
    text = json_text(document_of(written))
    if path is not None:
        file = as_path(path)
        if file.suffix.lower() != ".json":
            raise DataError(f"a JSON document is written to a .json file, not to '{file.name}'")
        write_whole(
            file, lambda draft: draft.write_bytes(text.encode("utf-8")), overwrite=overwrite
        )
    return text


def read_json(cls: type, source: Any) -> Any:
    """Return the object of a class that a JSON document says, from its text or its file."""
    if isinstance(source, PathLike):
        file = Path(source)
        return read_document(cls, parsed(_content(file), file.name))
    if not isinstance(source, (str, bytes)):
        raise DataError(f"JSON is a text, or a pathlib.Path to a file, not {shown(source)}")
    return read_document(cls, parsed(source, "document.json"))


def _content(file: Path) -> bytes:
    try:
        check_regular(file)
        return file.read_bytes()
    except OSError as error:
        raise DataError(f"'{file.name}' cannot be read: {error.strerror}") from error
    except ValueError as error:  # a path with a NUL in it
        raise DataError(f"{file.name!r} cannot be read: {error}") from error


def parsed(text: str | bytes, name: str) -> Any:
    """Return the content of a JSON text.

    Raises
    ------
    DataError
        If it is not JSON, has a key twice, or a number that is not one.
    """

    def refused(word: str) -> NoReturn:
        raise DataError(
            f"'{name}' holds {word}, which JSON does not have: an absent number is null"
        )

    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        reader = json_object(DataError, name)
        return json.loads(plain, object_pairs_hook=reader, parse_constant=refused)
    except UnicodeDecodeError as error:
        raise DataError(f"'{name}' is not UTF-8: {error.reason} at byte {error.start}") from error
    except RecursionError as error:
        raise DataError(f"'{name}' nests its lists too deeply") from error
    except json.JSONDecodeError as error:
        cure = ""
        if not plain.lstrip().startswith("{"):
            cure = ": a file is given as pathlib.Path(…)"
        raise DataError(f"'{name}' is not JSON: {error}{cure}") from error
    except ValueError as error:  # a whole number of thousands of digits
        raise DataError(f"'{name}' is not well formed: {error}") from error

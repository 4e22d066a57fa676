"""Optional dependencies, and doors to rooms above: imported where they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from os import PathLike
from typing import Any, Self

import attrs

from govindex.errors import Document, SettingError

__all__ = ["Interchanged", "Later", "Written", "later", "needed"]

_ROOM = "govindex.interchange"


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


class Written:
    """What can be written as a document: plain data, JSON, Parquet.

    A document names its schema ("govindex/result/1"). Numbers are written so that they read back
    equal to the last bit; an absent number is null, beside the name of its status.
    """

    __slots__ = ()

    def to_dict(self) -> Document:
        """Return the document as plain data: dictionaries, lists, texts, numbers and None.

        Raises
        ------
        DataError
            If something in it has no plain form, named.
        """
        document: dict[str, Any] = import_module(_ROOM).document_of(self)
        return document

    def to_json(self, path: str | PathLike[str] | None = None, *, overwrite: bool = False) -> str:
        """Return the document as JSON, and write it to a file if a path is given.

        Parameters
        ----------
        path : path, optional
            A file ending in ``.json``, written whole or not at all.
        overwrite : bool
            Whether a file that exists is replaced.

        Raises
        ------
        DataError
            If the file exists and is not to be replaced, or cannot be written.
        """
        text: str = import_module(_ROOM).json_of(self, path, overwrite=overwrite)
        return text

    def to_parquet(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write the document to a Parquet file: a table of its columns, the rest as metadata.

        Parameters
        ----------
        path : path
            A file ending in ``.parquet``, written whole or not at all.
        overwrite : bool
            Whether a file that exists is replaced.

        Raises
        ------
        DataError
            If the file exists and is not to be replaced, or cannot be written.
        SettingError
            If pyarrow is not installed (``pip install "govindex[parquet]"``).
        """
        import_module(_ROOM).write_parquet(self, path, overwrite=overwrite)


class Interchanged(Written):
    """What can be written as a document and read back equal."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same document."""
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Interchanged)
        return self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash(repr(self))

    @classmethod
    def from_dict(cls, document: Mapping[str, object]) -> Self:
        """Return what a document says.

        Fields that this version does not know are kept, and written again.

        Parameters
        ----------
        document : dict
            As `to_dict` gives it, of the same major version of the schema.

        Raises
        ------
        DataError
            With every problem and its path in the document: another kind, another major version,
            missing fields, values of another type, numbers that contradict each other.
        """
        read: Self = import_module(_ROOM).read_document(cls, document)
        return read

    @classmethod
    def from_json(cls, source: str | bytes | PathLike[str]) -> Self:
        """Return what a JSON document says.

        Parameters
        ----------
        source : str, bytes or path
            The text of the document, or a ``pathlib.Path`` to a file.

        Raises
        ------
        DataError
            As of `from_dict`; or if it is not JSON, or the file cannot be read.
        """
        read: Self = import_module(_ROOM).read_json(cls, source)
        return read

    @classmethod
    def from_parquet(cls, path: str | PathLike[str]) -> Self:
        """Return what a Parquet file that `to_parquet` wrote says.

        Raises
        ------
        DataError
            As of `from_dict`; or if the file cannot be read, or holds no document.
        SettingError
            If pyarrow is not installed (``pip install "govindex[parquet]"``).
        """
        read: Self = import_module(_ROOM).read_parquet(cls, path)
        return read


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

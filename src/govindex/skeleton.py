"""A package of one's own methodology, to start from: what its files hold, and writing them.

The texts are templates in the folder ``templates``. A package is made whole before anything is
written, and stands in its place complete or not at all.
"""

from __future__ import annotations

import csv
import io
import keyword
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal

from govindex.errors import DataError, FrameworkError
from govindex.files import read_table
from govindex.methodology import Methodology, Source
from govindex.model.framework import Framework
from govindex.toml import dumps, load_methodology, loads

__all__ = ["package_files", "read_rubric", "write_package"]

_ID = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")
_HEAD = """\
# Made from '{name}' by govindex new. What the table does not say is yours to add: issued, assesses,
# the title and address of the sources with your confidence in them, how scores are rounded and
# ranked, bands, and what becomes of absent figures (absence of the node without a parent).
"""


def package_files(name: str, document: str | None = None) -> dict[str, str]:
    """Return the files of a package that offers a methodology: their texts by path.

    Parameters
    ----------
    name : str
        The methodology's id, dotted and lower case: "my-province.reform".
    document : str, optional
        The methodology as TOML; a small made-up example by default.

    Raises
    ------
    FrameworkError
        If the name is no id that a package can be called by, or is not the document's.

    Examples
    --------
    >>> list(package_files("my-province.reform"))[-1]
    'tests/test_my_province_reform.py'
    """
    _check_name(name)
    module = re.sub(r"[.-]", "_", name)
    text = _filled("example.toml", id=name) if document is None else document
    method = loads(text, name=f"{name}.toml")
    if method.id != name:
        raise FrameworkError(
            f"a package is called by the id of its methodology; the document says '{method.id}', "
            f"the name is '{name}': change one of them"
        )
    words = {
        "id": name,
        "edition": f"{name}@{method.version}",
        "module": module,
        "project": name.replace(".", "-"),
        "columns": 'unit="unit"' + (', type="type"' if method.forms else ""),
    }
    return {
        "README.md": _filled("README.md", **words),
        "pyproject.toml": _filled("pyproject.toml", **words),
        f"src/{module}/__init__.py": _filled("package.py", **words),
        f"src/{module}/{words['edition']}.toml": text,
        "tests/figures.csv": _filled("example.csv") if document is None else _header(method),
        f"tests/test_{module}.py": _filled("test_methodology.py", **words),
    }


def read_rubric(
    name: str,
    path: Path,
    *,
    sheet: str | None = None,
    separator: str | None = None,
    header: int | Sequence[int] | None = None,
    errors: Literal["refuse", "missing"] = "refuse",
    decimal: Literal[".", ","] = ".",
    ignore: Iterable[str] = (),
) -> str:
    """Return a rubric as a methodology document.

    Parameters
    ----------
    name : str
        The methodology's id.
    path : path
        A table that :meth:`Framework.from_table <govindex.model.framework.Framework.from_table>`
        understands (.csv, .xlsx …), or a document (.toml), which is kept as it is written.
    sheet, separator, header, errors
        As of :func:`~govindex.files.read_table`.
    decimal, ignore
        As of :meth:`Framework.from_table <govindex.model.framework.Framework.from_table>`.

    Raises
    ------
    DataError, FrameworkError
        With every problem of the file.
    """
    _check_name(name)
    if path.suffix == ".toml":
        load_methodology(path)
        return path.read_text(encoding="utf-8-sig")
    table = read_table(path, sheet=sheet, separator=separator, header=header, errors=errors)
    framework = Framework.from_table(table, decimal=decimal, ignore=ignore)
    source = Source(path.name, note="The table that this document was made from.")
    method = Methodology(name, "1", framework, title=framework.name, sources=source)
    return _HEAD.format(name=path.name) + dumps(method)


def write_package(texts: dict[str, str], folder: Path) -> None:
    """Write a package into a new folder, complete or not at all.

    Parameters
    ----------
    texts : mapping of str to str
        What :func:`package_files` returned.
    folder : path
        Does not exist yet; the folder above it does.

    Raises
    ------
    DataError
        If it exists, if there is no folder to write it in, or it cannot be written.
    """
    if folder.exists() or folder.is_symlink():
        raise DataError(
            f"'{folder}' exists already and is left as it is: remove it, or write elsewhere"
        )
    if not folder.parent.is_dir():
        raise DataError(f"there is no folder '{folder.parent}' to write in: make it first")
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".govindex-new-") as draft:
            whole = Path(draft) / folder.name
            for path, text in texts.items():
                file = whole / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            whole.rename(folder)
    except OSError as error:
        raise DataError(f"'{folder}' cannot be written: {error.strerror}") from error


def _check_name(name: str) -> None:
    rule = (
        "a methodology's id is made of lower-case letters, digits, dots and hyphens, begins with a "
        "letter and has no two marks side by side"
    )
    if not _ID.fullmatch(name):
        raise FrameworkError(f"{rule}; '{name}' is none: try '{_near_id(name)}'")
    module = re.sub(r"[.-]", "_", name)
    taken = (*sys.stdlib_module_names, *keyword.kwlist, "govindex")
    if module in taken:
        raise FrameworkError(
            f"the package would be called '{module}', which Python or govindex has already: "
            f"try 'my-{name}'"
        )


def _near_id(name: str) -> str:
    # No decomposition takes the bar out of the Vietnamese đ.
    plain = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    parts = [re.sub(r"[^a-z0-9]+", "-", part).strip("-") for part in letters.split(".")]
    near = ".".join(part for part in parts if part)
    return near if _ID.fullmatch(near) else f"my-{near}" if near else "my-province.reform"


def _filled(template: str, **words: str) -> str:
    text = files("govindex").joinpath("templates", f"{template}.in").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _header(method: Methodology) -> str:
    """Return a table without rows: a column for everything that decides a score."""
    needed = [name for form in method.frameworks for name in form.variables]
    used = [name for form in method.frameworks for name in form.optional_variables]
    units = ["unit", "type"] if method.forms else ["unit"]
    line = io.StringIO()
    columns = dict.fromkeys([*units, *needed, *used, "expected score"])
    csv.writer(line, lineterminator="\n").writerow(columns)
    return line.getvalue()
